//! Sources of kind `cloudfoundry`: crash loops, instances that are down, deployments that do not end, and everything the
//! audit events say was done.
//!
//! Cloud Foundry has neither alerts nor acks: alerts are drawn from what it tells, acks live in the journal. Its API is
//! read as its published contract has it, which the tests hold every request to.

mod acts;
mod alerts;
mod api;
mod deploys;
mod feed;
mod health;
mod log_cache;
mod login;
mod names;
mod wire;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use chrono::Duration;
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::{
    Changes, Counts, Requests, Source,
    http::Http,
    logins::Known,
    secret::refused,
    uaa::{self, Session, Who},
};
use crate::{
    config::{Auth, Secret, SourceConfig, request::Env},
    domain::{
        Time,
        checkup::{Checkup, Right},
        label::Fingerprint,
        source::{AckVia, Capabilities, Change, Description, Snapshot, SourceError},
        text::SafeText,
    },
};

use self::{
    alerts::Limits,
    api::Api,
    log_cache::LogCache,
    login::CfLogin,
    names::{App, Names, Sight},
};

/// Crashes of one app that are a loop, within this time.
const CRASHES: usize = 3;
const WITHIN: Duration = Duration::minutes(10);
/// A deployment that takes longer is an alert.
const DEPLOYS_WITHIN: Duration = Duration::minutes(30);

/// One foundation.
pub(crate) struct CloudFoundry {
    description: Description,
    api: Arc<Api>,
    limits: Limits,
    note_prefix: String,
    page: Option<String>,
    log_cache: Option<LogCache>,
    world: Mutex<World>,
}

/// What was read of it.
struct World {
    names: Names,
    feed: feed::Feed,
    health: health::Health,
    deploys: deploys::Deploys,
    /// The app of each alert as of the last poll, and when it began.
    apps: HashMap<Fingerprint, (String, Time)>,
}

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let robot = config.own.text("grant") == Some("client_credentials");
    let who = uaa::configured(config, robot).await?;
    let open = |text: &str| Secret::Inline(SecretString::from(text));
    let (who, url, client) = match who {
        Some(who) => {
            let url = config.urls.first().cloned();
            let url = url.ok_or_else(|| SourceError::rejected("this source has no `url`: write the API's address"))?;
            let client = match &config.auth {
                Auth::Basic { user, password } if robot => (user.clone(), password.clone()),
                _ => ("cf".to_owned(), open("")),
            };
            (who, url, client)
        }
        None => {
            let path = config.own.path("cf_config").cloned().or_else(|| CfLogin::usual(&Env::from_process()));
            let path = path
                .ok_or_else(|| refused("no credentials are configured, and there is no home to find cf's login in"))?;
            let login = CfLogin { path, api: config.urls.first().cloned() };
            let (target, id, secret) = login.target().await?;
            let url = login.api.clone().unwrap_or(target);
            let login = CfLogin { api: Some(url.clone()), ..login };
            (Who::Login(Box::new(login)), url, (id, open(&secret)))
        }
    };
    let config = SourceConfig { auth: Auth::None, urls: vec![url], ..config.clone() };
    made(config, uaa::shared(who), client).await
}

/// The login of the cf CLI.
pub(super) async fn logins(env: &Env) -> Vec<Known> {
    let Some(path) = CfLogin::usual(env) else { return Vec::new() };
    let says = path.to_string_lossy().into_owned();
    let Ok((url, ..)) = (CfLogin { path, api: None }).target().await else { return Vec::new() };
    vec![Known { name: "cf".to_owned(), says: format!("{url}, by {says}"), url: Some(url), own: Vec::new() }]
}

async fn made(
    config: SourceConfig,
    session: Arc<Session>,
    client: (String, Secret),
) -> Result<Arc<dyn Source>, SourceError> {
    let none = || SourceError::rejected("this source has no address");
    let (one, other) = (Http::for_source(&config).await?.pop(), Http::for_source(&config).await?.pop());
    let http = (one.ok_or_else(none)?, other.ok_or_else(none)?.with_token(session.token(), false));
    let description = describe(&config);
    let own = &config.own;
    let limits = Limits {
        crashes: own.number("crashes").and_then(|n| usize::try_from(n).ok()).unwrap_or(CRASHES),
        within: own.duration("within").unwrap_or(WITHIN),
        deploys_within: own.duration("deploys_within").unwrap_or(DEPLOYS_WITHIN),
    };
    let list = |key| own.list(key).to_vec();
    let sight = Sight { organizations: list("organizations"), spaces: list("spaces"), apps: list("apps") };
    let api = Arc::new(Api::new(config.clone(), http, session, client));
    let log_cache = description.can.counts.then(|| LogCache::new(config.clone(), description.clone(), api.clone()));
    Ok(Arc::new(CloudFoundry {
        description,
        api,
        limits,
        note_prefix: acts::prefix(own.text("note_prefix"))?,
        page: own.text("page").map(str::to_owned),
        log_cache,
        world: Mutex::new(World {
            names: Names::new(sight),
            feed: feed::Feed::default(),
            health: health::Health::default(),
            deploys: deploys::Deploys::default(),
            apps: HashMap::new(),
        }),
    }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let can = Capabilities {
        alerts: true,
        ack: Some(AckVia::Journal),
        counts: config.own.bool("log_cache") == Some(true),
        ways: acts::ways(),
        changes: true,
        ..Capabilities::default()
    };
    Description { name: config.name.clone(), kind: config.kind.as_str(), can, interval: config.interval }
}

impl CloudFoundry {
    fn page(&self, app: &App) -> Option<SafeText> {
        let pairs = [
            ("{app}", app.name.raw()),
            ("{space}", app.space.raw()),
            ("{organization}", app.organization.raw()),
            ("{app_guid}", &app.guid),
            ("{space_guid}", &app.space_guid),
            ("{organization_guid}", &app.organization_guid),
        ];
        let segment =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let fill = |page: String, (name, value): &(&str, &str)| page.replace(name, &segment(value));
        Some(SafeText::new(&pairs.iter().fold(self.page.clone()?, fill)))
    }
}

#[async_trait]
impl Source for CloudFoundry {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let api = &*self.api;
        let version = api.parts(now).await?.version;
        let mut world = self.world.lock().await;
        let World { names, feed, health, deploys, apps } = &mut *world;
        let mut problems = names.renew(api, now).await?;
        feed.renew(names, api, now).await?;
        problems.extend(feed.gap.clone());
        problems.extend(deploys.renew(api, now).await?);
        names.learn(&deploys.apps(), api, now).await?;
        let page = |app: &App| self.page(app);
        let day = feed.crashes(Time::UNIX_EPOCH);
        let seen: Vec<_> = day.iter().copied().filter(|c| names.sees(&names.app(&c.target.guid))).collect();
        problems.extend(health.renew(&seen, api, now).await?);
        let mut all = alerts::crash_loops(&day, self.limits, names, &page, now);
        all.extend(alerts::down(health, names, &page, now));
        all.extend(alerts::deployments(deploys, self.limits, names, &page, now));
        *apps = all
            .iter()
            .map(|a| (a.fingerprint.clone(), (a.annotations.value("app_guid").to_owned(), a.starts_at)))
            .collect();
        // While instances are not looked at, what was down before may have come up again.
        let complete = problems.is_empty();
        problems.extend(api.notes());
        Ok(Snapshot { alerts: all, problems, complete, version, ..Snapshot::empty(now) })
    }

    async fn checkup(&self, now: Time) -> Checkup {
        let allowed = self.api.door.http.allowed(now);
        let Some(said) = self.api.session.says().await else { return Checkup::default().allowed(allowed) };
        let writes =
            said.scope.iter().any(|s| matches!(s.as_str(), "cloud_controller.write" | "cloud_controller.admin"));
        let (why, advice) = (
            "its token has no cloud_controller.write",
            "notes need a login with that scope and the role space_developer or space_supporter",
        );
        Checkup::by(said.login()).with(Right::of("write notes", writes, why, advice)).allowed(allowed)
    }

    fn counts(&self) -> Option<&dyn Counts> {
        self.log_cache.as_ref().map(|l| l as &dyn Counts)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }
}

#[async_trait]
impl Changes for CloudFoundry {
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let mut world = self.world.lock().await;
        let World { names, feed, deploys, .. } = &mut *world;
        // The poll before it has read what is new; only who asks for changes alone reads it here.
        if feed.is_older_than(now, self.description.interval) {
            names.renew(&self.api, now).await?;
            feed.renew(names, &self.api, now).await?;
        }
        let page = |app: &App| self.page(app);
        let mut changes = feed.changes(since, now, names, &page);
        changes.extend(deploys.changes(since, names, &page));
        changes.sort_by_key(|c| c.at);
        Ok(changes)
    }
}
