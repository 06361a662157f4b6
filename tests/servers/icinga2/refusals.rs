//! Who may not read is told so, and a part that may not be read is never calm; the contract of bad answers.

use watchfire::{
    config::{AckMode, Auth, Secret, SourceConfig, SourceKind},
    domain::source::SourceError,
};

use super::super::sources;

use super::super::contract::{Held, nothing_before};
use super::lab::Lab;
use crate::support::{
    config, machine_time,
    server::{Reply, Request},
};

fn basic(user: &str, password: &str) -> Auth {
    Auth::Basic { user: user.into(), password: Secret::Inline(password.into()) }
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named_and_is_never_calm() {
    let lab = Lab::start().await;
    let asked = async |config: SourceConfig| sources::connect(&config).await.unwrap().poll(machine_time()).await;

    let of_half = asked(SourceConfig { auth: basic("half", "half-pw"), ..lab.config() }).await.unwrap();
    assert!(!of_half.complete, "hosts may be down, and it may not know");
    let said: Vec<String> = of_half.problems.iter().map(|p| format!("{}: {}", p.at, p.why)).collect();
    assert!(said.iter().any(|s| s.starts_with("hosts") && s.contains("objects/query/Host")), "{said:?}");
    assert!(said.iter().any(|s| s.starts_with("events") && s.contains("events/..")), "{said:?}");

    let wrong = asked(SourceConfig { auth: basic("watchfire", "guess-pw"), ..lab.config() }).await.unwrap_err();
    assert!(matches!(&wrong, SourceError::Auth { .. }) && !wrong.to_string().contains("guess-pw"), "{wrong}");
    let nobody = asked(lab.config_of_nobody()).await.unwrap_err();
    assert!(matches!(nobody, SourceError::Auth { .. }), "{nobody}");
    let stranger = asked(SourceConfig { ca_file: None, ..lab.config() }).await.unwrap_err();
    assert!(matches!(&stranger, SourceError::Unreachable { why } if why.raw().contains("ca_file")), "{stranger}");

    let pair = (lab.file("data/certs/ana.crt"), lab.file("data/certs/ana.key"));
    let by_certificate = SourceConfig { client_cert: Some(pair), ..lab.config_of_nobody() };
    let told = asked(by_certificate).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{:?}", told.problems);
}

fn well(r: &Request, _: &str) -> Reply {
    Reply::json(match r.path.as_str() {
        "/v1/status/IcingaApplication" => {
            r#"{"results":[{"name":"IcingaApplication","status":{"icingaapplication":{"app":{"version":"r2.13.6-1"}}}}]}"#
        }
        "/v1/events" => "",
        _ => r#"{"results":[]}"#,
    })
}

#[tokio::test]
async fn an_icinga_keeps_its_word() {
    let config = |url| SourceConfig { ack: AckMode::Native, ..config(SourceKind::Icinga2, &[url]) };
    Held { config, before: nothing_before, good: well, goes_on_at_404: false }.keeps_its_word().await;
}
