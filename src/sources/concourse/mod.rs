//! Sources of kind `concourse`: every job that is red, what was built, and the end of a failed build's log.
//!
//! One answer is the whole board. Concourse has no acks: those live in the journal. Nobody publishes a contract of its
//! API; what is read here was checked against the server's own source, and never against a running one.

mod acts;
mod board;
mod builds;
mod checkup;
mod log;
mod login;
mod wire;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Quick, PoisonError},
};

use async_trait::async_trait;
use chrono::Duration;
use regex::Regex;
use tokio::sync::Mutex;
use url::Url;

use super::{
    Changes, Details, Requests, Source,
    http::{Call, Http, clock_problem},
    items,
    logins::Known,
    secret::refused,
    uaa::{self, Client, Door, Issuer, Session, Who},
};
use crate::{
    config::{SourceConfig, request::Env},
    domain::{
        Time,
        alert::Alert,
        checkup::Checkup,
        label::Fingerprint,
        source::{AckVia, Capabilities, Change, Description, Detail, Problem, Snapshot, SourceError},
        text::SafeText,
    },
};

/// The jobs whose builds are deploys, where nothing else is said.
const DEPLOYS: &str = "(?i)deploy|release|promote";
/// What fly asks its tokens for.
const SCOPE: &str = "openid profile email federated:id groups";
/// How often the server is asked for its version and its address.
const INFO: Duration = Duration::hours(1);
/// Logs of builds that ended, kept so as not to be read again.
const LOGS: usize = 32;

/// What is shown, and how it is called.
struct Rules {
    teams: Vec<String>,
    pipelines: Vec<String>,
    deploys: Regex,
}

impl Rules {
    fn read(config: &SourceConfig) -> Result<Self, SourceError> {
        let pattern = config.own.text("deploy_jobs").unwrap_or(DEPLOYS);
        let deploys = Regex::new(pattern)
            .map_err(|e| SourceError::rejected(format!("`deploy_jobs` is no regular expression: {e}")))?;
        let list = |key| config.own.list(key).to_vec();
        Ok(Self { teams: list("teams"), pipelines: list("pipelines"), deploys })
    }

    fn takes(&self, team: &str, pipeline: Option<&str>) -> bool {
        let one_of =
            |list: &[String], name: Option<&str>| list.is_empty() || list.iter().any(|n| Some(n.as_str()) == name);
        one_of(&self.teams, Some(team)) && one_of(&self.pipelines, pipeline)
    }

    fn deploys(&self, job: &str) -> bool {
        self.deploys.is_match(job)
    }
}

/// One server.
pub(crate) struct Concourse {
    description: Description,
    door: Door,
    session: Arc<Session>,
    rules: Rules,
    /// Every job as of the last board.
    jobs: Mutex<HashMap<Fingerprint, wire::Job>>,
    running: Mutex<builds::Running>,
    /// Why the builds are not all of them, where that is so.
    gap: Mutex<Option<Problem>>,
    logs: Mutex<Vec<(String, Vec<Detail>)>>,
    about: Quick<About>,
}

/// What the server says of itself, and when it was asked.
#[derive(Clone, Default)]
struct About {
    asked: Option<Time>,
    version: Option<SafeText>,
    page: Option<Url>,
}

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let url = config.urls.first().ok_or_else(|| SourceError::rejected("this source has no address"))?;
    let who = match uaa::configured(config, false).await? {
        Some(who) => who,
        None => Who::Login(Box::new(flyrc(config, url)?)),
    };
    let session = uaa::shared(who);
    let issued = ("sky/issuer/token", Some(SCOPE));
    let issuer = Issuer::new(config, url, issued, Client::open("fly", "Zmx5"), (session.token(), None)).await?;
    session.issued_by(|| issuer);
    let plain = SourceConfig { auth: crate::config::Auth::None, ..config.clone() };
    let http = Http::for_source(&plain).await?.into_iter().next();
    let http = http.ok_or_else(|| SourceError::rejected("this source has no address"))?;
    Ok(Arc::new(Concourse {
        description: describe(config),
        door: Door::new(http, &session),
        session,
        rules: Rules::read(config)?,
        jobs: Mutex::default(),
        running: Mutex::default(),
        gap: Mutex::default(),
        logs: Mutex::default(),
        about: Quick::default(),
    }))
}

/// The targets that fly is logged in to.
pub(super) async fn logins(env: &Env) -> Vec<Known> {
    let Some(path) = uaa::home(env, ".flyrc") else { return Vec::new() };
    let known = |(target, url): (String, String)| Known {
        says: url.clone(),
        url: Some(url),
        own: vec![("target", target.clone())],
        name: target,
    };
    login::targets(&path).await.into_iter().map(known).collect()
}

fn flyrc(config: &SourceConfig, url: &str) -> Result<login::Flyrc, SourceError> {
    let path = config.own.path("flyrc").cloned().or_else(|| uaa::home(&Env::from_process(), ".flyrc"));
    let path =
        path.ok_or_else(|| refused("no credentials are configured, and there is no home to find fly's login in"))?;
    Ok(login::Flyrc { path, target: config.own.text("target").map(str::to_owned), url: url.to_owned() })
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

impl Concourse {
    /// Every job that may be seen, what of them could not be read, and when the server thinks it answered.
    async fn board(&self, now: Time) -> Result<(Vec<wire::Job>, Vec<Problem>, Option<Time>), SourceError> {
        let answer = self.door.call(Call::get("api/v1/jobs"), now).await?;
        let list: Option<Vec<&serde_json::value::RawValue>> = self.door.http.json(&answer)?;
        let none =
            list.is_none().then(|| Problem { at: "jobs".into(), why: "the server names none, not even no job".into() });
        let (mut jobs, mut problems) = items::each(&list.unwrap_or_default(), "jobs", Ok::<wire::Job, String>);
        problems.extend(none);
        jobs.retain(|j| self.rules.takes(&j.team_name, Some(&j.pipeline_name)));
        Ok((jobs, problems, answer.date()))
    }

    fn about(&self) -> About {
        self.about.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where its pages are: as it is known to people, else where it is asked.
    fn page(&self) -> Url {
        self.about().page.unwrap_or_else(|| self.door.http.base().clone())
    }

    /// Its version and its address for people, asked seldom. A server that does not say is none the worse.
    async fn learn(&self, now: Time) -> About {
        let known = self.about();
        if known.asked.is_some_and(|at| now - at < INFO) {
            return known;
        }
        let info = self.door.json::<wire::Info>(Call::get("api/v1/info"), now).await.ok();
        let web = |text: &String| Url::parse(text).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
        let page = info.as_ref().and_then(|i| i.external_url.as_ref()).and_then(web);
        let new = About { asked: Some(now), version: info.and_then(|i| i.version).or(known.version), page };
        *self.about.lock().unwrap_or_else(PoisonError::into_inner) = new.clone();
        new
    }
}

#[async_trait]
impl Source for Concourse {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let (jobs, mut problems, date) = self.board(now).await?;
        let complete = problems.is_empty();
        let about = self.learn(now).await;
        let page = self.page();
        let alerts = jobs.iter().filter_map(|j| board::alert(j, &self.rules, &page, now)).map(Arc::new).collect();
        *self.jobs.lock().await = jobs.into_iter().map(|j| (board::identity(&j), j)).collect();
        problems.extend(clock_problem(date, now));
        problems.extend(self.session.note());
        problems.extend(self.gap.lock().await.clone());
        Ok(Snapshot { alerts, problems, complete, version: about.version, ..Snapshot::empty(now) })
    }

    async fn checkup(&self, now: Time) -> Checkup {
        self.check_up(now).await
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
impl Changes for Concourse {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        self.built(since, now).await
    }
}

#[async_trait]
impl Details for Concourse {
    async fn details(&self, alert: &Alert, now: Time) -> Result<Vec<Detail>, SourceError> {
        let id = alert.annotations.value("build_id");
        let ours = self.jobs.lock().await.contains_key(&alert.fingerprint);
        if !ours || id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Vec::new());
        }
        if let Some((_, known)) = self.logs.lock().await.iter().find(|(known, _)| known == id) {
            return Ok(known.clone());
        }
        let (details, whole) = log::tail(&self.door, id, alert.annotations.value("build"), now).await?;
        if whole {
            let mut logs = self.logs.lock().await;
            logs.push((id.to_owned(), details.clone()));
            if logs.len() > LOGS {
                logs.remove(0);
            }
        }
        Ok(details)
    }
}
