//! Icinga 2, against the real server: what is read, what is asked of it, who is refused.

mod acts;
mod events;
mod lab;
mod reading;
mod refusals;

use std::sync::Arc;

use watchfire::{
    domain::{
        Time,
        alert::{Alert, AlertId},
        held::{Request, Verb},
        source::{Snapshot, SourceName},
    },
    sources::Source,
};

use crate::support::machine_time;

async fn polled(source: &dyn Source) -> Snapshot {
    let told = source.poll(machine_time()).await.expect("it answers");
    assert!(told.complete && told.problems.is_empty(), "{:?}", told.problems);
    told
}

fn find<'a>(told: &'a Snapshot, fingerprint: &str) -> &'a Arc<Alert> {
    let found = told.alerts.iter().find(|a| a.fingerprint.as_str() == fingerprint);
    found.unwrap_or_else(|| panic!("no {fingerprint} among {:?}", told.alerts))
}

fn request(verb: Verb, alert: &Alert, text: &str, until: Option<Time>) -> Request {
    let alert_id = AlertId { source: SourceName::new("prod"), fingerprint: alert.fingerprint.clone() };
    Request { verb, alert: alert_id, began: alert.starts_at, actor: "ana".into(), text: text.into(), until }
}
