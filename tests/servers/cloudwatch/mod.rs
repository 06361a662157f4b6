//! CloudWatch against two emulators that are real programs, and against a fake for what neither of them knows.

mod alarms;
mod budgets;
mod ecs;
mod emulator;
mod emulators;
mod fake;
mod mutes;
mod policy;
mod signature;

use std::sync::Arc;

use watchfire::{
    config::{
        self, Auth, Secret, SourceConfig, SourceKind,
        kinds::Own,
        request::{Dirs, Env, Request},
    },
    domain::{
        Time,
        alert::{Alert, AlertState},
        source::Snapshot,
    },
};

use super::sources::{self, Source};

use super::contract::{self, Held, TOKEN};
use crate::support::{
    config as plain,
    server::{self, Reply},
};

/// When tests ask.
fn now() -> Time {
    "2026-11-21T03:00:00Z".parse().unwrap()
}

/// A source as a file would configure it; `own` is what stands in its own table.
fn configured(url: &str, own: &str) -> SourceConfig {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "[[source]]\nname = \"aws\"\nkind = \"cloudwatch\"\nurl = \"{url}\"\nusername = \"AKIDEXAMPLE\"\n\
         password_command = [\"echo\", \"s3cr3t-of-aws\"]\n[source.cloudwatch]\nregion = \"eu-central-1\"\n{own}\n"
    );
    std::fs::write(file.path(), text).unwrap();
    let home = tempfile::tempdir().unwrap();
    let request = Request {
        explicit: Some(file.path().to_owned()),
        env: Env::of(&[]),
        dirs: Dirs { data: Some(home.path().to_owned()), ..Dirs::default() },
        ..Request::from_process()
    };
    let config = config::load(&request).unwrap_or_else(|e| panic!("{e:?}"));
    config.sources.into_iter().next().unwrap()
}

async fn connected(url: &str, own: &str) -> Arc<dyn Source> {
    sources::connect(&configured(url, own)).await.unwrap()
}

fn named<'a>(snapshot: &'a Snapshot, name: &str) -> &'a Alert {
    let found = snapshot.alerts.iter().find(|a| a.name().raw() == name);
    found.unwrap_or_else(|| panic!("no {name} in {snapshot:#?}"))
}

fn states(snapshot: &Snapshot) -> Vec<(&str, AlertState)> {
    let mut all: Vec<_> = snapshot.alerts.iter().map(|a| (a.name().raw(), a.state)).collect();
    all.sort();
    all
}

fn held(url: String) -> SourceConfig {
    let auth = Auth::Basic { user: "AKIDEXAMPLE".into(), password: Secret::Inline(TOKEN.into()) };
    let own = Own::default().with("region", "eu-central-1");
    SourceConfig { auth, own, ..plain(SourceKind::Cloudwatch, &[url]) }
}

fn good(request: &server::Request, _: &str) -> Reply {
    let action = request.headers.get("x-amz-target").cloned().unwrap_or_default();
    Reply::json(match action.rsplit('.').next().unwrap() {
        "DescribeAlarms" => r#"{"MetricAlarms":[],"CompositeAlarms":[],"LogAlarms":[]}"#,
        "ListAlarmMuteRules" => r#"{"AlarmMuteRuleSummaries":[]}"#,
        _ => r#"{"clusterArns":[]}"#,
    })
}

#[tokio::test]
async fn it_keeps_the_word_of_every_source() {
    Held { config: held, before: contract::nothing_before, good, goes_on_at_404: false }.keeps_its_word().await;
}

#[tokio::test]
async fn it_is_asked_once_a_minute_where_nothing_is_said() {
    assert_eq!(configured("http://127.0.0.1:9", "").interval, chrono::Duration::seconds(60));
}

#[tokio::test]
async fn a_region_that_is_none_is_refused_with_an_example() {
    let mut config = held("http://127.0.0.1:9".into());
    config.own = Own::default().with("region", "evil.example/");
    let Err(error) = sources::connect(&config).await else { panic!("it is taken") };
    assert!(error.to_string().contains("eu-central-1"), "{error}");
}
