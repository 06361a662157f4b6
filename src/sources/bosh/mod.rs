//! Sources of kind `bosh`: tasks that failed or take long, instances without a VM, and, where it is asked for, how every
//! VM's agent says it fares.
//!
//! BOSH has neither acks nor silences: acks live in the journal. Nobody publishes a contract of its API; what is read here
//! was checked against the director's own source, and never against a running one.

mod acts;
mod director;
mod events;
mod login;
mod output;
mod tasks;
mod vms;
mod wire;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::Duration;
use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;

use super::{
    Changes, Details, Requests, Source,
    http::{Call, clock_problem},
    items,
    logins::Known,
    secret::refused,
    uaa::{self, Who},
};
use crate::{
    config::{Auth, Secret, SourceConfig, request::Env},
    domain::{
        Time,
        alert::Alert,
        checkup::{Checkup, Right},
        source::{AckVia, Capabilities, Change, Description, Detail, Problem, Snapshot, SourceError},
    },
};

use self::{director::Director, login::Cli, output::Output, tasks::Limits, wire::Task};

const TASKS_WITHIN: Duration = Duration::hours(1);
const FAILED_FOR: Duration = Duration::hours(6);
/// How often the agents are asked where nothing is said, and how often at most.
const VITALS: Duration = Duration::minutes(10);
const VITALS_MIN: Duration = Duration::minutes(5);
/// Tasks that are asked for at one poll, and remembered.
const RECENT: usize = 100;
const REMEMBERED: usize = 1_000;
/// How far back changes are looked for at first.
const HISTORY: Duration = Duration::days(1);
/// Outputs of tasks that are remembered.
const OUTPUTS: usize = 16;

/// One director.
pub(crate) struct Bosh {
    description: Description,
    director: Director,
    limits: Limits,
    only: Vec<String>,
    vitals: Option<Duration>,
    world: Mutex<World>,
    feed: Mutex<events::Feed>,
    outputs: Mutex<Vec<Output>>,
}

/// What was read of it.
#[derive(Default)]
struct World {
    tasks: BTreeMap<i64, Task>,
    vms: vms::Vms,
    alerts: Vec<Arc<Alert>>,
}

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    connect_in(config, &Env::from_process()).await
}

/// The same where the variables are not those of this process.
///
/// # Errors
/// As [`connect`].
pub async fn connect_in(config: &SourceConfig, env: &Env) -> Result<Arc<dyn Source>, SourceError> {
    let cli = Cli::of(config.own.path("bosh_config").cloned(), env);
    let url = match config.urls.first() {
        Some(url) => {
            Url::parse(url).map_err(|e| SourceError::rejected(format!("the address of this source is none: {e}")))?
        }
        None => cli.director().await?,
    };
    let address = url.as_str().trim_end_matches('/').to_owned();
    let mut config = SourceConfig { urls: vec![address], ..config.clone() };
    let authority = if config.ca_file.is_none() { cli.authority(&url).await? } else { None };
    let mut robot = config.own.text("grant") == Some("client_credentials");
    let mut file = None;
    if matches!(config.auth, Auth::None) {
        if let Some(auth) = cli.client(&url).await {
            (config.auth, robot) = (auth, true);
        } else {
            let found = cli.login(url)?;
            config.auth = found.basic().await?.unwrap_or_default();
            file = Some(found);
        }
    }
    let who = match (uaa::configured(&config, robot).await?, file) {
        (Some(who), _) => who,
        (None, Some(file)) => Who::Login(Box::new(file)),
        (None, None) => return Err(refused("no credentials are configured")),
    };
    made(config, authority, (who, robot)).await
}

/// The directors that the bosh CLI is logged in to, by its variables and its file.
pub(super) async fn logins(env: &Env) -> Vec<Known> {
    let known = |name: String, url: String, says: &str| Known {
        name,
        says: format!("{url}, {says}"),
        url: Some(url),
        own: Vec::new(),
    };
    let of_env = login::environment(env).map(|url| known("environment".to_owned(), url, "BOSH_CLIENT"));
    let of_file = match uaa::home(env, ".bosh/config") {
        Some(path) => login::directors(&path).await,
        None => Vec::new(),
    };
    let of_file = of_file.into_iter().map(|(name, url)| known(name, url, "by ~/.bosh/config"));
    of_env.into_iter().chain(of_file).collect()
}

async fn made(
    config: SourceConfig,
    authority: Option<Vec<u8>>,
    (who, robot): (Who, bool),
) -> Result<Arc<dyn Source>, SourceError> {
    let open = SourceConfig { auth: Auth::None, ..config.clone() };
    let https = director::https(&config, &open, authority.as_deref()).await?;
    let client = match &config.auth {
        Auth::Basic { user, password } if robot => (user.clone(), password.clone()),
        _ => ("bosh_cli".to_owned(), Secret::Inline(SecretString::from(""))),
    };
    let own = &config.own;
    let vitals = own.duration("vitals_every").unwrap_or(VITALS).max(VITALS_MIN);
    Ok(Arc::new(Bosh {
        description: describe(&config),
        limits: Limits {
            tasks_within: own.duration("tasks_within").unwrap_or(TASKS_WITHIN),
            failed_for: own.duration("failed_for").unwrap_or(FAILED_FOR),
        },
        only: own.list("deployments").to_vec(),
        vitals: (own.bool("vitals") == Some(true)).then_some(vitals),
        director: Director::new((open, authority), https, uaa::shared(who), client),
        world: Mutex::default(),
        feed: Mutex::default(),
        outputs: Mutex::default(),
    }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let can = Capabilities {
        alerts: true,
        ack: Some(AckVia::Journal),
        ways: acts::ways(),
        changes: true,
        ..Capabilities::default()
    };
    Description { name: config.name.clone(), kind: config.kind.as_str(), can, interval: config.interval }
}

impl Bosh {
    /// Tasks that run, and those that ended of late.
    async fn tasks(&self, known: &mut BTreeMap<i64, Task>, now: Time) -> Result<Vec<Problem>, SourceError> {
        let mut problems = Vec::new();
        let running = ("state", "queued,processing,cancelling".to_owned());
        let queries = [vec![running], vec![("limit", RECENT.to_string())]];
        for (n, mut query) in queries.into_iter().enumerate() {
            query.push(("verbose", "1".to_owned()));
            let answer = self.director.call(Call::get("tasks").query(&query), now).await?;
            let list: Vec<&serde_json::value::RawValue> = self.director.read(&answer)?;
            let (tasks, wrong) = items::each(&list, "tasks", Ok::<Task, String>);
            problems.extend(wrong);
            if n == 0 {
                problems.extend(clock_problem(answer.date(), now));
                // One that ran and is not among them has ended; the second list, or asking for it, says how.
                known.retain(|_, t| !t.runs());
            }
            let takes = |t: &Task| self.only.is_empty() || t.deployment.is_empty() || self.only.contains(&t.deployment);
            known.extend(tasks.into_iter().filter(takes).map(|t| (t.id, t)));
        }
        while known.len() > REMEMBERED {
            known.pop_first();
        }
        Ok(problems)
    }
}

#[async_trait]
impl Source for Bosh {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let about = self.director.about(now).await?;
        let mut world = self.world.lock().await;
        let World { tasks, vms, alerts } = &mut *world;
        let mut problems = self.tasks(tasks, now).await?;
        problems.extend(vms.renew(&self.director, &self.only, self.vitals, now).await?);
        let complete = problems.iter().all(|p| p.at == "clock");
        let mut all = tasks::alerts(tasks, self.limits, &about.name, now);
        all.extend(vms.alerts(&about.name, now));
        alerts.clone_from(&all);
        problems.extend(self.director.note());
        problems.extend(self.feed.lock().await.gap.clone());
        Ok(Snapshot { alerts: all, problems, complete, version: about.version, ..Snapshot::empty(now) })
    }

    async fn checkup(&self, _now: Time) -> Checkup {
        let Some(said) = self.director.session.says().await else { return Checkup::default() };
        let is_admin = |s: &String| s.strip_prefix("bosh.").is_some_and(|s| s == "admin" || s.ends_with(".admin"));
        let writes = said.scope.iter().any(is_admin);
        let (why, advice) = ("its token has no bosh.admin", "notes need a client with the authority bosh.admin");
        Checkup::by(said.login()).with(Right::of("write notes", writes, why, advice))
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }

    fn details(&self) -> Option<&dyn Details> {
        Some(self)
    }
}

#[async_trait]
impl Changes for Bosh {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let since = since.max(now - HISTORY);
        let events = self.events(since, now).await?;
        let takes = |deployment: &str| {
            self.only.is_empty() || deployment.is_empty() || self.only.iter().any(|o| o == deployment)
        };
        let mut world = self.world.lock().await;
        if world.tasks.is_empty() {
            self.tasks(&mut world.tasks, now).await?;
        }
        let mut changes = tasks::changes(&world.tasks, since - Duration::seconds(60));
        changes.extend(events.iter().filter(|e| takes(&e.deployment)).filter_map(events::change));
        changes.sort_by_key(|c| c.at);
        Ok(changes)
    }
}

#[async_trait]
impl Details for Bosh {
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        let ours = self.world.lock().await.alerts.iter().any(|a| a.fingerprint == alert.fingerprint);
        let Some(task) = alert.annotations.value("task").parse::<i64>().ok().filter(|_| ours) else {
            return Ok(Vec::new());
        };
        let mut outputs = self.outputs.lock().await;
        let mut output = match outputs.iter().position(|o| o.task == task) {
            Some(at) => outputs.remove(at),
            None => Output::of(task),
        };
        let renewed = output.renew(&self.director, now).await;
        let details = output.details();
        outputs.push(output);
        if outputs.len() > OUTPUTS {
            outputs.remove(0);
        }
        renewed.map(|()| details)
    }
}
