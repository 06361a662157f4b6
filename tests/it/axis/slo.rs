//! The axis of a budget: the alerts about it as sources remember them, also from before the cockpit began.

use chrono::Duration;
use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{Finding, JournalMsg, Msg},
        world::{lanes::Of, marks::MarkKind},
    },
    config::keymap::Chord,
    domain::{
        Time,
        alert::AlertId,
        entry::{Body, Entry, Kind, Subject},
        past::{Past, Span, Was},
        source::SourceName,
        text::SafeText,
    },
};

use super::text;
use crate::screens::{demo_with, press};

/// The alert that names the first budget.
fn named(app: &App) -> AlertId {
    let row = &app.world.budgets.rows[0];
    let found = app.world.board.iter().find(|r| row.slo.is_named_by(&r.alert.labels)).expect("one names it");
    found.id.clone()
}

/// Its source remembers that it fired for an hour, a day ago; and that it was calm for the rest of the month.
fn remember(app: &mut App) -> (Time, Time) {
    let now = app.now;
    let (from, to) = (now - Duration::hours(25), now - Duration::hours(24));
    let past = Past::new(now - Duration::days(40), now, [Span { from, to, was: Was::Firing }]);
    let found = vec![Finding::Past(SourceName::new("metrics"), Some(Ok(past)))];
    let id = named(app);
    drop(app.update(now, Msg::Recalled { id, found }));
    (from, to)
}

fn effects(app: &mut App, key: &str) -> Vec<Effect> {
    let keys = Chord::parse(key).unwrap().0;
    keys.into_iter().flat_map(|key| app.update(app.now, Msg::Key(key))).collect()
}

#[tokio::test]
async fn sources_are_asked_as_far_back_as_the_axis_goes() {
    let mut app = demo_with("2").await;
    let id = app.world.budgets.rows[0].slo.id.clone();
    let (from, _) = app.world.budgets.axis(&id).unwrap();
    let asked: Vec<Duration> = effects(&mut app, "Enter")
        .into_iter()
        .filter_map(|e| if let Effect::Recall { back, .. } = e { Some(back) } else { None })
        .collect();
    assert!(!asked.is_empty() && asked.iter().all(|back| *back >= app.now - from), "{asked:?}");
}

#[tokio::test]
async fn what_reaches_back_less_far_than_the_axis_is_asked_again() {
    let mut app = demo_with("2").await;
    let (now, id) = (app.now, named(&app));
    let past = Past::new(now - Duration::days(7), now, []);
    let found = vec![Finding::Past(SourceName::new("metrics"), Some(Ok(past)))];
    drop(app.update(now, Msg::Recalled { id: id.clone(), found }));
    let is_asked = |e: &Effect| matches!(e, Effect::Recall { id: asked, .. } if *asked == id);
    assert!(effects(&mut app, "Enter").iter().any(is_asked), "a week is not a month");
    remember(&mut app);
    press(&mut app, "Esc");
    assert!(!effects(&mut app, "Enter").iter().any(is_asked), "a month is");
}

#[tokio::test]
async fn a_firing_from_before_the_cockpit_began_is_shaded_and_has_both_its_edges() {
    let mut app = demo_with("2 Enter t").await;
    let shaded = |app: &mut App| text(app, (160, 50)).matches('\u{2592}').count();
    let before = shaded(&mut app);
    let (from, to) = remember(&mut app);
    assert!(from < app.world.started_at());
    assert!(shaded(&mut app) > before, "{}", text(&mut app, (160, 50)));
    let id = app.world.budgets.rows[0].slo.id.clone();
    let moments = app.world.lanes(&Of::Slo(id), app.now).moments();
    assert!(moments.contains(&from) && moments.contains(&to), "{moments:?}");
    let mut seen = String::new();
    for _ in 0..40 {
        press(&mut app, "H");
        seen.push_str(&text(&mut app, (160, 50)));
    }
    for said in ["ErrorBudgetBurn began to fire; it fired for 1h", "ErrorBudgetBurn stopped; it fired for 1h"] {
        assert!(seen.contains(&said.replace("; it ", "; ")) || seen.contains(said), "`{said}` is never said");
    }
}

#[tokio::test]
async fn a_source_that_was_lost_is_marked_under_the_graph_of_a_budget() {
    let mut app = demo_with("2 Enter").await;
    let now = app.now;
    let subject = Subject::source(&SourceName::new("metrics"));
    let entry = |n: i64, at: Time, kind: Kind| Entry {
        id: format!("lost{n}"),
        seq: 100_000 + n,
        at,
        recorded_at: at,
        actor: SafeText::new("watchfire"),
        kind,
        subject: subject.clone(),
        body: Body { title: Some(SafeText::new("metrics")), ..Body::default() },
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    };
    let (lost, back) = (now - Duration::days(9), now - Duration::days(4));
    let entries = vec![entry(1, lost, Kind::SourceLost), entry(2, back, Kind::SourceBack)];
    drop(app.update(now, Msg::Journal(JournalMsg::Entries(entries))));
    let slo = app.world.budgets.rows[0].slo.clone();
    let happened = app.world.happened(&slo);
    let outage = happened.iter().find(|e| e.kind == MarkKind::Outage).expect("it is an event");
    assert_eq!((outage.from, outage.to, outage.lasts), (lost, Some(back), false));
    let drawn = text(&mut app, (160, 50));
    assert!(drawn.contains("U\u{2501}\u{2501}\u{2501}"), "{drawn}");
}
