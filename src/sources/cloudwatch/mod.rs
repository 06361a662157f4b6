//! Amazon CloudWatch: alarms of every kind, services of ECS beside them, and budgets.
//!
//! It reads and mutes; it never sets an alarm's state and never switches its actions off. Acks live in the journal:
//! AWS knows none.

mod alarms;
mod alert;
mod api;
mod credentials;
mod ecs;
mod history;
mod mutes;
mod options;
mod place;
mod requests;
mod sign;
mod slos;
mod wire;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;

pub use api::Action;

use self::{
    alarms::Alarms,
    api::Api,
    credentials::{Files, Wallet},
    ecs::Ecs,
    mutes::{ByAlarm, Mutes},
    options::Options,
    place::Region,
    slos::Reports,
};
use super::{Changes, Counts, Remembers, Requests, Source, logins::Known, prometheus::Prometheus};
use crate::{
    config::{
        Auth, SourceConfig,
        request::{Dirs, Env},
    },
    domain::{
        Time,
        alert::{Alert, AlertState},
        checkup::Checkup,
        source::{AckVia, Capabilities, Change, Description, Snapshot, SourceError},
        text::SafeText,
    },
};

/// One region of one account.
pub struct Cloudwatch {
    description: Description,
    options: Options,
    region: Region,
    wallet: Arc<Wallet>,
    api: Api,
    promql: Option<Prometheus>,
    alarms: Alarms,
    mutes: Mutes,
    ecs: Ecs,
    reports: Reports,
}

/// Finds region and keys; asks AWS nothing yet.
///
/// # Errors
/// `Auth` where a certificate or profile cannot be had, `Rejected` where no region is named.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    Ok(Arc::new(Cloudwatch::connect(config, Env::from_process()).await?))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let options = Options::of(config);
    Description {
        can: Capabilities {
            alerts: true,
            ack: Some(AckVia::Journal),
            counts: options.slos || options.promql,
            changes: options.ecs || options.history,
            ways: requests::ways(),
            ..Capabilities::default()
        },
        ..super::plain(config)
    }
}

impl Cloudwatch {
    async fn connect(config: &SourceConfig, env: Env) -> Result<Self, SourceError> {
        let options = Options::of(config);
        let files = Files::of(&env, Dirs::from_process().home);
        let region = place(config, &env, &files)?;
        let wallet = Arc::new(Wallet::open(config, env, files)?);
        let api = Api::new(config, &region, wallet.clone()).await?;
        let promql = if options.promql { Some(promql(config, &region, &wallet).await?) } else { None };
        tracing::debug!(source = %config.name, "asks {} in {}", api.address().line(), region.as_str());
        let description = describe(config);
        let (alarms, mutes, ecs, reports) = Default::default();
        Ok(Self { description, options, region, wallet, api, promql, alarms, mutes, ecs, reports })
    }
}

/// The profiles of AWS' own tools, and keys in the environment.
pub(super) fn logins(env: &Env, home: Option<PathBuf>) -> Vec<Known> {
    let region = |region: Option<&str>| region.map(|r| ("region", r.to_owned()));
    let of_env = env.get("AWS_REGION").or_else(|| env.get("AWS_DEFAULT_REGION"));
    let keys = env.get("AWS_ACCESS_KEY_ID").map(|_| Known {
        name: "environment".to_owned(),
        says: "keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned(),
        url: None,
        own: region(of_env.as_deref()).into_iter().collect(),
    });
    let profiles = Files::of(env, home).read_now().unwrap_or_default();
    let profiles = profiles.all().map(|(name, of_profile, is_elsewhere)| {
        let (key, value, how) = match is_elsewhere {
            true => {
                ("credentials_command", format!("aws configure export-credentials --profile '{name}'"), "SSO or a role")
            }
            false => ("profile", name.to_owned(), "keys"),
        };
        let says = of_profile.map_or_else(|| how.to_owned(), |r| format!("{how}, {r}"));
        let own = region(of_profile.or(of_env.as_deref())).into_iter().chain([(key, value)]).collect();
        Known { name: name.to_owned(), says, url: None, own }
    });
    keys.into_iter().chain(profiles).collect()
}

/// As they are configured, else as AWS' own tools find them.
fn place(config: &SourceConfig, env: &Env, files: &Files) -> Result<Region, SourceError> {
    let is_true = |text: String| text.eq_ignore_ascii_case("true");
    let fips = config.own.bool("fips").or_else(|| env.get("AWS_USE_FIPS_ENDPOINT").map(is_true));
    let fips = fips.or_else(|| of_profile(config, env, files, "use_fips_endpoint").map(is_true));
    Ok(region(config, env, files)?.with_fips(fips.unwrap_or(false)))
}

fn of_profile(config: &SourceConfig, env: &Env, files: &Files, key: &str) -> Option<String> {
    let asked = config.own.text("profile").map(str::to_owned).or_else(|| env.get("AWS_PROFILE"));
    files.read_now().ok()?.said(asked.as_deref().unwrap_or("default"), key)
}

fn region(config: &SourceConfig, env: &Env, files: &Files) -> Result<Region, SourceError> {
    let own = config.own.text("region").map(str::to_owned);
    let name = own
        .or_else(|| env.get("AWS_REGION"))
        .or_else(|| env.get("AWS_DEFAULT_REGION"))
        .or_else(|| of_profile(config, env, files, "region"));
    let name = name
        .ok_or_else(|| SourceError::rejected("no region: set region = \"eu-central-1\" under [source.cloudwatch]"))?;
    Region::read(&name).ok_or_else(|| SourceError::rejected(format!("`{name}` is no region, such as eu-central-1")))
}

/// Where CloudWatch, ECS and Application Signals answer in a region; nowhere where that is none.
pub fn endpoints(region: &str, fips: bool) -> Vec<String> {
    let region = Region::read(region).map(|region| region.with_fips(fips));
    let of = |service: &str| region.as_ref().map(|region| region.endpoint(service));
    ["monitoring", "ecs", "application-signals"].into_iter().filter_map(of).collect()
}

/// CloudWatch answers PromQL where it answers everything else.
async fn promql(config: &SourceConfig, region: &Region, wallet: &Arc<Wallet>) -> Result<Prometheus, SourceError> {
    let urls = vec![api::endpoint(config, region, "monitoring")];
    let plain = SourceConfig { urls, auth: Auth::None, discover: false, ..config.clone() };
    Ok(Prometheus::connect(&plain).await?.signed(&api::signer(wallet, region, "monitoring")))
}

#[async_trait]
impl Source for Cloudwatch {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let about = (&self.options, &self.region);
        let read = self.alarms.read(&self.api, about.0, about.1, now).await?;
        let (muted, of_mutes) = self.mutes.read(&self.api, now).await;
        let (services, of_ecs) = self.ecs.read(&self.api, about, now).await;
        let alarms = read.alerts.into_iter().map(|alert| mute(alert, &muted));
        let alerts = alarms.chain(services).map(Arc::new).collect();
        let problems = [read.problems, of_mutes, of_ecs].concat();
        Ok(Snapshot { alerts, problems, complete: read.complete, ..Snapshot::empty(now) })
    }

    async fn checkup(&self, _now: Time) -> Checkup {
        Checkup::by(format!("{}, in {}", self.wallet.words(), self.region.as_str()))
    }

    fn counts(&self) -> Option<&dyn Counts> {
        self.description.can.counts.then_some(self)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        self.description.can.changes.then_some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }

    fn past(&self) -> Option<&dyn Remembers> {
        Some(self)
    }
}

#[async_trait]
impl Changes for Cloudwatch {
    /// Those of ECS are what the last poll brought: nothing is asked for them.
    async fn changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let mut all = if self.options.history { self.state_changes(since, now).await? } else { Vec::new() };
        all.extend(self.ecs.news(since, now));
        all.sort_by_key(|c| c.at);
        Ok(all)
    }
}

/// An alarm that tells nobody burns all the same; it is shown as muted, and by what.
fn mute(alert: Alert, muted: &ByAlarm) -> Alert {
    let Some(rules) = muted.get(alert.name().raw()) else { return alert };
    let by = (SafeText::new("muted_by"), SafeText::new(&rules.join(", ")));
    let annotations = alert.annotations.iter().map(|(n, v)| (n.clone(), v.clone())).chain([by]).collect();
    let state = if alert.state == AlertState::Firing { AlertState::Suppressed } else { alert.state };
    Alert { annotations, state, ..alert }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::kinds::Own;

    #[test]
    fn endpoints_of_fips_are_asked_where_the_configuration_the_environment_or_the_profile_say() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".aws")).unwrap();
        std::fs::write(home.path().join(".aws/config"), "[default]\nregion = us-east-1\nuse_fips_endpoint = true\n")
            .unwrap();
        let endpoint = |own: Own, env: &[(&str, &str)], home: Option<std::path::PathBuf>| {
            let (config, env) = (credentials::tests::config(own.with("region", "us-east-2")), Env::of(env));
            let files = Files::of(&env, home);
            api::endpoint(&config, &place(&config, &env, &files).unwrap(), "ecs")
        };
        let (plain, fips) = ("https://ecs.us-east-2.amazonaws.com", "https://ecs-fips.us-east-2.amazonaws.com");
        assert_eq!(endpoint(Own::default(), &[], None), plain);
        assert_eq!(endpoint(Own::default(), &[("AWS_USE_FIPS_ENDPOINT", "True")], None), fips);
        assert_eq!(endpoint(Own::default(), &[], Some(home.path().to_owned())), fips);
        let off = [("AWS_USE_FIPS_ENDPOINT", "false")];
        assert_eq!(endpoint(Own::default(), &off, Some(home.path().to_owned())), plain);
        assert_eq!(endpoint(Own::default().with_bool("fips", true), &off, None), fips);
    }
}
