//! The heart tells the journal what it saw, a batch at a time, and what it must look for after nobody watched.

use std::sync::Arc;

use watchfire::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::{JournalMsg, Msg, SourceMsg},
    },
    domain::{
        alert::Alert,
        entry::Subject,
        label::Labels,
        source::{AckVia, Snapshot, SourceName},
    },
};

use crate::support::heart::{heart, t};

fn alert(i: usize) -> Arc<Alert> {
    let instance = format!("node-{i}");
    let labels: Labels = [("alertname", "NodeDown"), ("instance", instance.as_str())].into_iter().collect();
    Arc::new(Alert::firing(labels.fingerprint(), labels, Labels::default(), t(-60)))
}

fn tells(app: &mut App, second: i64, alerts: usize, complete: bool) -> Effects {
    let snapshot = Snapshot { alerts: (0..alerts).map(alert).collect(), complete, ..Snapshot::empty(t(second)) };
    app.update(t(second), Msg::Source(SourceName::new("am"), SourceMsg::Answered(Box::new(snapshot))))
}

fn observed(effects: &Effects) -> usize {
    effects.iter().map(|e| if let Effect::Observe(entries) = e { entries.len() } else { 0 }).sum()
}

fn made_up(effects: &Effects) -> Option<&watchfire::app::effect::Absence> {
    effects.iter().find_map(|e| if let Effect::MakeUp(absence) = e { Some(&**absence) } else { None })
}

/// What was kept of this person's looking has come: there was nothing.
fn recalls(app: &mut App) {
    app.update(t(0), Msg::Journal(JournalMsg::Entries(Vec::new())));
    app.update(t(0), Msg::Journal(JournalMsg::Draft { key: "seen:ana".into(), text: String::new() }));
}

#[test]
fn each_batch_follows_the_one_before_at_once_though_the_journal_knew_it_all() {
    let mut app = heart(AckVia::Silence);
    let mut told = vec![observed(&tells(&mut app, 1, 3_500, true))];
    while *told.last().unwrap() > 0 {
        told.push(observed(&app.update(t(1), Msg::Journal(JournalMsg::Observed))));
    }
    assert_eq!(told, [1_000, 1_000, 1_000, 500, 0]);
    assert!(app.was_quiet(), "nothing on the screen has changed");
}

#[test]
fn what_resolved_while_nobody_watched_is_looked_for_once_and_only_after_a_whole_answer() {
    let mut app = heart(AckVia::Silence);
    assert!(made_up(&tells(&mut app, 1, 3, true)).is_none(), "what was kept has not come yet");
    recalls(&mut app);
    assert!(made_up(&tells(&mut app, 10, 2, false)).is_none(), "what is missing may be elsewhere");
    let effects = tells(&mut app, 20, 2, true);
    let absence = made_up(&effects).expect("now it is certain");
    let subject = |i| Subject::new(&format!("alert:am/{}", alert(i).fingerprint));
    assert_eq!([0, 1, 2].map(|i| absence.is_told(&subject(i))), [true, true, false]);
    assert_eq!((absence.asked_at, absence.began, absence.watched_until), (t(20), t(0), None));
    assert!(made_up(&tells(&mut app, 30, 2, true)).is_none(), "once");
}
