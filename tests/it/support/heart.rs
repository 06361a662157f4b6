//! A heart with one source that has told nothing yet, for tests that speak to it without a runtime.

use chrono::Duration;
use watchfire::{
    app::{App, world::Setup},
    config::keymap::Keymap,
    domain::{
        Time,
        contract::AckRules,
        source::{AckVia, Capabilities, Description, SourceName},
    },
};

/// Seconds after the hour at which it began.
pub fn t(seconds: i64) -> Time {
    "2026-03-02T20:00:00Z".parse::<Time>().unwrap() + Duration::seconds(seconds)
}

/// Its source is `am`, its user `ana`.
pub fn heart(ack: AckVia) -> App {
    let can = Capabilities {
        alerts: true,
        ack: Some(ack),
        silences: true,
        counts: false,
        evaluates: false,
        ..Capabilities::default()
    };
    let source = Description { name: SourceName::new("am"), kind: "sim", can, interval: Duration::seconds(10) };
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: AckRules::lasting(Duration::hours(1)),
        sources: vec![source],
        started_at: t(0),
    };
    App::new(setup, Keymap::default())
}
