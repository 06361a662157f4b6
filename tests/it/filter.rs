//! The filter line, its completion and the saved views, through the heart; matchers beside a real Alertmanager's.

mod completion;
mod real;
mod searched;
mod views;

use watchfire::{
    app::{
        App,
        effect::Effects,
        msg::{Msg, SourceMsg},
    },
    config::{keymap::Chord, types::ViewConfig},
    domain::{
        Time,
        alert::Alert,
        filter::Filter,
        label::Labels,
        source::{AckVia, Snapshot, SourceName},
        text::SafeText,
    },
};

use crate::support::heart;
pub use crate::support::heart::t;

/// A heart with one source that has told nothing yet.
pub fn heart(views: &[(&str, &str)], rings: &str) -> App {
    let view = |(name, filter): &(&str, &str)| ViewConfig {
        name: SafeText::new(name),
        filter: Filter::parse(filter).unwrap(),
        group_by: Vec::new(),
        sort: None,
        columns: Vec::new(),
    };
    heart::heart(AckVia::Silence).with_views(views.iter().map(view).collect(), Filter::parse(rings).unwrap())
}

/// Labels as `name=value` words; a severity where none is said.
pub fn alert(labels: &str) -> Alert {
    let pairs = labels.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    let labels: Labels = [("severity", "critical")].into_iter().chain(pairs).collect();
    let receivers = vec![SafeText::new("ops")].into();
    Alert { receivers, ..Alert::firing(labels.fingerprint(), labels, Labels::default(), t(-60)) }
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
