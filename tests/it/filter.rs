//! The filter line, its completion and the saved views, through the heart; matchers beside a real Alertmanager's.

mod completion;
mod real;
mod views;

use chrono::Duration;
use watchfire::{
    app::{
        App,
        effect::Effects,
        msg::{Msg, SourceMsg},
        world::Setup,
    },
    config::{
        keymap::{Chord, Keymap},
        types::ViewConfig,
    },
    domain::{
        Time,
        alert::{Alert, AlertState},
        filter::Filter,
        label::Labels,
        source::{AckVia, Capabilities, Description, Snapshot, SourceName},
        text::SafeText,
    },
};

pub fn t(seconds: i64) -> Time {
    "2026-03-02T20:00:00Z".parse::<Time>().unwrap() + Duration::seconds(seconds)
}

/// A heart with one source that has told nothing yet.
pub fn heart(views: &[(&str, &str)], rings: &str) -> App {
    let can =
        Capabilities { alerts: true, ack: Some(AckVia::Silence), silences: true, counts: false, evaluates: false };
    let source = Description { name: SourceName::new("am"), kind: "sim", can, interval: Duration::seconds(10) };
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: watchfire::domain::contract::AckRules::lasting(Duration::hours(1)),
        sources: vec![source],
        started_at: t(0),
    };
    let view = |(name, filter): &(&str, &str)| ViewConfig {
        name: SafeText::new(name),
        filter: Filter::parse(filter).unwrap(),
        group_by: Vec::new(),
        sort: None,
        columns: Vec::new(),
    };
    App::new(setup, Keymap::default()).with_views(views.iter().map(view).collect(), Filter::parse(rings).unwrap())
}

/// Labels as `name=value` words; a severity where none is said.
pub fn alert(labels: &str) -> Alert {
    let pairs = labels.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    let labels: Labels = [("severity", "critical")].into_iter().chain(pairs).collect();
    Alert {
        fingerprint: labels.fingerprint(),
        labels,
        annotations: Labels::default(),
        state: AlertState::Firing,
        starts_at: t(-60),
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        receivers: vec![SafeText::new("ops")],
        source_url: None,
    }
}

pub fn told(app: &mut App, now: Time, alerts: &[&str]) -> Effects {
    let snapshot =
        Snapshot { alerts: alerts.iter().map(|a| std::sync::Arc::new(alert(a))).collect(), ..Snapshot::empty(now) };
    app.update(now, Msg::Source(SourceName::new("am"), SourceMsg::Answered(Box::new(snapshot))))
}

pub fn keys(app: &mut App, chord: &str) -> Effects {
    Chord::parse(chord).unwrap().0.into_iter().flat_map(|key| app.update(t(5), Msg::Key(key))).collect()
}

pub fn typed(app: &mut App, text: &str) {
    for c in text.chars() {
        let key = watchfire::config::keymap::Key::new(watchfire::config::keymap::KeyCode::Char(c));
        app.update(t(5), Msg::Key(key));
    }
}
