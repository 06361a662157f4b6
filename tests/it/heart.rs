//! The heart alone: what happened goes in, what must be done comes out as data.

use std::sync::Arc;

use chrono::Duration;
use watchfire::{
    app::{
        App,
        desk::layer::Layer,
        effect::{Effect, Effects},
        msg::{JournalMsg, Msg, OpMsg, SourceMsg},
        world::{
            acts::Told,
            board::Row,
            ops::{Activity, Phase},
            trust::Verdict,
        },
    },
    config::keymap::Chord,
    domain::{
        Time,
        alert::{Alert, AlertState},
        entry::Kind,
        label::Labels,
        op::{Act, Intent, OpId, Outcome, Purpose},
        silence::{Silence, SilenceState},
        source::{AckVia, Snapshot, SourceError, SourceName},
        text::SafeText,
    },
};

use crate::support::heart::{heart, t};

fn am() -> SourceName {
    SourceName::new("am")
}

fn first(app: &App) -> &Row {
    app.world.board.iter().next().unwrap()
}

fn alert(name: &str) -> Alert {
    let labels: Labels = [("alertname", name), ("severity", "critical")].into_iter().collect();
    Alert::firing(labels.fingerprint(), labels, Labels::default(), t(-60))
}

fn told(app: &mut App, now: Time, asked: Time, alerts: Vec<Alert>, silences: Vec<Silence>) -> Effects {
    let alerts = alerts.into_iter().map(Arc::new).collect();
    let snapshot = Snapshot { alerts, silences, ..Snapshot::empty(asked) };
    app.update(now, Msg::Source(am(), SourceMsg::Answered(Box::new(snapshot))))
}

fn keys(app: &mut App, now: Time, chord: &str) -> Effects {
    Chord::parse(chord).unwrap().0.into_iter().flat_map(|key| app.update(now, Msg::Key(key))).collect()
}

/// A heart with one alert, and the intent of an ack that was confirmed with Enter.
fn acking() -> (App, Intent) {
    let mut app = heart(AckVia::Silence);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    assert_eq!(keys(&mut app, t(2), "a w h y"), []);
    let mut effects = keys(&mut app, t(3), "Enter");
    match (effects.len(), effects.pop()) {
        (1, Some(Effect::Intend(intent, _))) => (app, *intent),
        other => panic!("not one intent: {other:?}"),
    }
}

fn silence_of(intent: &Intent) -> Silence {
    let Act::PutSilence { draft, .. } = &intent.act else { panic!("{intent:?}") };
    Silence {
        id: SafeText::new("id-1"),
        matchers: draft.matchers.clone(),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        created_by: SafeText::new(&draft.created_by),
        comment: SafeText::new(&draft.comment),
        annotations: draft.annotations.clone(),
        state: SilenceState::Active,
    }
}

fn accepted(app: &mut App, now: Time, intent: &Intent) -> Effects {
    let silence = silence_of(intent);
    let outcome = Outcome::Confirmed { silence: Some(silence.id.clone()), ends_at: Some(silence.ends_at) };
    app.update(now, Msg::Op(intent.op.clone(), OpMsg::Ended { outcome, silence: Some(Box::new(silence)) }))
}

fn bad_word(app: &App) -> String {
    match app.desk.toast.as_ref().map(|t| &t.told) {
        Some(Told::Bad(text) | Told::Warned(text)) => text.clone(),
        other => panic!("no bad word: {other:?}"),
    }
}

#[test]
fn enter_on_the_plan_is_one_intent_and_sends_nothing() {
    let (app, intent) = acking();
    assert_eq!((intent.purpose, intent.actor.as_str(), intent.reason.as_str()), (Purpose::Ack, "ana", "why"));
    let Act::PutSilence { draft, .. } = &intent.act else { panic!("{intent:?}") };
    assert_eq!((draft.comment.as_str(), draft.ends_at), ("ACK! why", t(3) + Duration::hours(1)));
    assert_eq!(first(&app).activity, Some(Activity::Acking));
}

#[test]
fn a_second_enter_confirms_nothing_twice() {
    let (mut app, _) = acking();
    let effects = keys(&mut app, t(4), "Enter");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Intend(..) | Effect::Send(_))), "{effects:?}");
}

#[test]
fn an_intent_is_sent_once_it_is_on_disk_and_only_once() {
    let (mut app, intent) = acking();
    let on_disk = || Msg::Journal(JournalMsg::Intended(intent.op.clone()));
    assert_eq!(app.update(t(4), on_disk()), [Effect::Send(Box::new(intent.clone()))]);
    assert_eq!(app.update(t(4), on_disk()), []);
}

#[test]
fn an_intent_that_is_not_on_disk_is_never_sent_and_that_is_said() {
    let (mut app, intent) = acking();
    let why = SafeText::new("disk full");
    let effects = app.update(t(4), Msg::Journal(JournalMsg::NotIntended { op: intent.op.clone(), why }));
    assert_eq!(effects, []);
    assert!(bad_word(&app).contains("NOT done") && bad_word(&app).contains("disk full"));
    assert_eq!(app.update(t(5), Msg::Journal(JournalMsg::Intended(intent.op))), [], "a late word changes nothing");
    assert_eq!(first(&app).activity, None);
}

#[test]
fn an_answer_that_nobody_waits_for_is_dropped() {
    let mut app = heart(AckVia::Silence);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    let outcome = Outcome::Confirmed { silence: Some(SafeText::new("x")), ends_at: Some(t(9)) };
    let effects = app.update(t(2), Msg::Op(OpId("nobody".into()), OpMsg::Ended { outcome, silence: None }));
    assert_eq!((effects, app.desk.toast), (Vec::new(), None));
}

#[test]
fn an_accepted_ack_settles_until_a_snapshot_that_was_asked_for_later() {
    let (mut app, intent) = acking();
    app.update(t(4), Msg::Journal(JournalMsg::Intended(intent.op.clone())));
    let effects = accepted(&mut app, t(6), &intent);
    assert!(matches!(&effects[..], [Effect::Settle(..), Effect::Refresh(Some(_))]), "{effects:?}");
    let row = |app: &App| (first(app).ack.is_some(), first(app).activity);
    assert_eq!(row(&app), (true, Some(Activity::Settling)));
    told(&mut app, t(7), t(5), vec![alert("A")], Vec::new());
    assert_eq!(row(&app), (true, Some(Activity::Settling)), "an answer from before knows nothing of it");
    told(&mut app, t(8), t(7), vec![alert("A")], vec![silence_of(&intent)]);
    assert_eq!(row(&app), (true, None));
}

#[test]
fn an_accepted_ack_that_a_later_snapshot_does_not_show_is_gone() {
    let (mut app, intent) = acking();
    app.update(t(4), Msg::Journal(JournalMsg::Intended(intent.op.clone())));
    accepted(&mut app, t(6), &intent);
    told(&mut app, t(8), t(7), vec![alert("A")], Vec::new());
    assert!(first(&app).ack.is_none(), "somebody ended it at the source");
}

#[test]
fn a_refused_ack_is_settled_with_the_reason_and_leaves_the_row_as_it_was() {
    let (mut app, intent) = acking();
    app.update(t(4), Msg::Journal(JournalMsg::Intended(intent.op.clone())));
    let outcome = Outcome::Refused { why: SafeText::new("403") };
    let effects = app.update(t(5), Msg::Op(intent.op.clone(), OpMsg::Ended { outcome, silence: None }));
    let Some(Effect::Settle(op, entries)) = effects.first() else { panic!("{effects:?}") };
    assert_eq!((op, &entries[0].kind, entries.len()), (&intent.op, &Kind::AckRefused, 1));
    assert_eq!(entries[0].body.text.as_ref().map(SafeText::raw), Some("403"));
    assert!(bad_word(&app).contains("refused: 403") && first(&app).ack.is_none());
}

#[test]
fn a_plan_that_changed_while_the_reason_was_written_is_shown_again() {
    let mut app = heart(AckVia::Silence);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    keys(&mut app, t(2), "a");
    let mut wider = alert("A");
    wider.labels = [("alertname", "A"), ("severity", "critical"), ("pod", "1")].into_iter().collect();
    wider.fingerprint = wider.labels.fingerprint();
    told(&mut app, t(3), t(3), vec![alert("A"), wider], Vec::new());
    assert_eq!(keys(&mut app, t(4), "Enter"), []);
    assert!(bad_word(&app).contains("the plan changed"));
    let Some(Layer::Ack(form)) = app.desk.layers.last() else { panic!("the form stays") };
    assert_eq!(form.plan.also_mutes.len(), 1);
    assert!(matches!(keys(&mut app, t(5), "Enter")[..], [Effect::Intend(..)]));
}

#[test]
fn an_alert_that_resolves_under_the_plan_is_not_acked() {
    let mut app = heart(AckVia::Silence);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    keys(&mut app, t(2), "a");
    told(&mut app, t(3), t(3), Vec::new(), Vec::new());
    assert_eq!(keys(&mut app, t(4), "Enter"), []);
    assert!(bad_word(&app).contains("has resolved"));
}

#[test]
fn an_ack_in_the_journal_is_one_entry_and_no_intent() {
    let mut app = heart(AckVia::Journal);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    let effects = keys(&mut app, t(2), "a Enter");
    let [Effect::Record { op, entries, clear_draft: None }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((&entries[0].kind, entries[0].body.via), (&Kind::AckConfirmed, Some(AckVia::Journal)));
    let why = SafeText::new("locked");
    app.update(t(3), Msg::Journal(JournalMsg::NotRecorded { op: op.clone(), why }));
    assert!(bad_word(&app).contains("locked"));
}

#[test]
fn nothing_is_planned_while_the_journal_cannot_be_written() {
    let mut app = heart(AckVia::Silence);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    app.update(t(2), Msg::Journal(JournalMsg::Health(Some(SafeText::new("disk full")))));
    assert_eq!((keys(&mut app, t(3), "a"), app.desk.layers.len()), (Vec::new(), 0));
    assert!(bad_word(&app).contains("disk full"));
    app.update(t(4), Msg::Journal(JournalMsg::Health(None)));
    keys(&mut app, t(5), "a");
    assert_eq!(app.desk.layers.len(), 1);
}

#[test]
fn one_lost_answer_is_not_yet_blindness_but_a_refused_token_is() {
    let failing = |error: SourceError| {
        let mut app = heart(AckVia::Silence);
        told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
        app.update(t(11), Msg::Source(am(), SourceMsg::Failed(error)));
        (first(&app).state, app.world.is_blind())
    };
    assert_eq!(failing(SourceError::unreachable("gone")), (AlertState::Firing, false));
    assert_eq!(failing(SourceError::Auth { why: SafeText::new("401") }), (AlertState::Unknown, true));
}

#[test]
fn silence_alone_makes_a_source_stale_and_its_rows_unknown() {
    let mut app = heart(AckVia::Silence);
    told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
    // The first tick asks for the routes as well.
    drop(app.update(t(2), Msg::Ticked));
    assert_eq!(app.update(t(23), Msg::Ticked), []);
    let effects = app.update(t(24), Msg::Ticked);
    let [Effect::Observe(entries)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(entries[0].kind, Kind::SourceLost);
    assert_eq!((first(&app).state, app.world.verdict()), (AlertState::Unknown, Verdict::Critical));
    assert_eq!(app.update(t(60), Msg::Ticked), [], "it is said once");
}

#[test]
fn an_empty_board_is_unknown_until_every_source_has_answered() {
    let mut app = heart(AckVia::Silence);
    assert_eq!(app.world.verdict(), Verdict::Unknown);
    told(&mut app, t(1), t(1), Vec::new(), Vec::new());
    assert_eq!(app.world.verdict(), Verdict::Calm);
}

#[test]
fn the_first_answer_rings_no_bell_and_a_new_page_does() {
    let mut app = heart(AckVia::Silence);
    let rings = |effects: &Effects| effects.contains(&Effect::Bell);
    assert!(!rings(&told(&mut app, t(1), t(1), vec![alert("A")], Vec::new())));
    assert!(!rings(&told(&mut app, t(11), t(11), vec![alert("A")], Vec::new())));
    assert!(rings(&told(&mut app, t(21), t(21), vec![alert("A"), alert("B")], Vec::new())));
}

#[test]
fn an_ack_near_its_end_is_extended_once_and_not_again_while_that_is_under_way() {
    let (mut app, intent) = acking();
    let silence = silence_of(&intent);
    let late = Duration::minutes(56).num_seconds();
    let effects = told(&mut app, t(late), t(late), vec![alert("A")], vec![silence.clone()]);
    // The ack itself is still being written: nothing else is done to the same alert.
    assert!(!effects.iter().any(|e| matches!(e, Effect::Intend(..))), "{effects:?}");
    app.update(t(late), Msg::Journal(JournalMsg::Intended(intent.op.clone())));
    accepted(&mut app, t(late), &intent);
    let extended = |effects: Effects| effects.into_iter().filter(|e| matches!(e, Effect::Intend(..))).count();
    let again = |app: &mut App, s: i64| extended(told(app, t(s), t(s), vec![alert("A")], vec![silence.clone()]));
    assert_eq!((again(&mut app, late + 1), again(&mut app, late + 2)), (1, 0));
    let flying: Vec<_> = app.world.ops.flying.values().collect();
    assert!(matches!(flying[..], [watchfire::app::world::ops::Op::Act { phase: Phase::Recording, .. }]), "{flying:?}");
}

#[test]
fn time_never_runs_backwards_on_the_screen() {
    let mut app = heart(AckVia::Silence);
    app.update(t(10), Msg::Ticked);
    app.update(t(5), Msg::Ticked);
    assert_eq!(app.now, t(10));
}

#[test]
fn ctrl_c_quits_from_any_layer() {
    for before in ["", "a", "n", "/", "?", ":", "Enter"] {
        let mut app = heart(AckVia::Silence);
        told(&mut app, t(1), t(1), vec![alert("A")], Vec::new());
        if !before.is_empty() {
            keys(&mut app, t(2), before);
        }
        assert_eq!(keys(&mut app, t(3), "ctrl-c"), [Effect::Quit], "after `{before}`");
    }
}

#[test]
fn many_that_fire_at_once_are_written_down_batch_by_batch_and_all_of_them() {
    let observed = |effects: Effects| {
        let entries = |e: Effect| if let Effect::Observe(entries) = e { entries } else { Vec::new() };
        effects.into_iter().flat_map(entries).map(|e| e.subject).collect::<Vec<_>>()
    };
    let mut app = heart(AckVia::Silence);
    let many = (0..3_500).map(|i| alert(&format!("A{i}"))).collect();
    let mut all = observed(told(&mut app, t(1), t(1), many, Vec::new()));
    assert_eq!(all.len(), 1_000);
    all.extend(observed(app.update(t(2), Msg::Ticked)));
    assert_eq!(all.len(), 1_000, "the journal is at it");
    all.extend(observed(app.update(t(2), Msg::Journal(JournalMsg::Observed))));
    assert_eq!(all.len(), 2_000);
    app.update(t(2), Msg::Journal(JournalMsg::Health(Some(SafeText::new("disk full")))));
    let idle = (3..6).map(|s| observed(app.update(t(s), Msg::Ticked)).len()).sum::<usize>();
    assert_eq!(idle, 0, "it cannot be written");
    app.update(t(6), Msg::Journal(JournalMsg::Health(None)));
    (7..12).for_each(|s| all.extend(observed(app.update(t(s), Msg::Ticked))));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3_500);
}
