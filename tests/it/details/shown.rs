//! What is told is asked for when an alert is opened, shown as it comes, and never waited for for ever.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect};
use tokio::sync::mpsc;
use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{Explanation, Msg, SourceMsg},
        world::Setup,
    },
    config::{
        keymap::{Chord, Keymap},
        theme::Theme,
    },
    domain::{
        Time,
        alert::{Alert, AlertId},
        source::{AckVia, Capabilities, Description, Detail, Snapshot, SourceError, SourceName},
    },
    runtime::{INBOX, Sources, clock::Clock, explain::Question},
    sources::{Details, Source},
    ui::{
        self,
        look::{GlyphSet, Look},
        still,
    },
};

use crate::support::recorded_at;

use super::alert;

/// A source that tells, fails, panics or never answers.
enum Plays {
    Tells(&'static str),
    Fails,
    Panics,
    Hangs,
    HasNoMore,
}

struct Player(Description, Plays);

fn player(name: &str, plays: Plays) -> Arc<dyn Source> {
    let can = Capabilities {
        alerts: true,
        ack: Some(AckVia::Journal),
        silences: false,
        counts: false,
        evaluates: false,
        ..Capabilities::default()
    };
    let name = SourceName::new(name);
    Arc::new(Player(Description { name, kind: "player", can, interval: Duration::seconds(15) }, plays))
}

#[async_trait]
impl Source for Player {
    fn describe(&self) -> &Description {
        &self.0
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        Ok(Snapshot { alerts: vec![fire("A").into(), fire("B").into()], ..Snapshot::empty(now) })
    }

    fn details(&self) -> Option<&dyn Details> {
        (!matches!(self.1, Plays::HasNoMore)).then_some(self as &dyn Details)
    }
}

#[async_trait]
impl Details for Player {
    async fn details(&self, _: &Alert, _: Time) -> Result<Vec<Detail>, SourceError> {
        match self.1 {
            Plays::Tells("") | Plays::HasNoMore => Ok(Vec::new()),
            Plays::Tells(text) => Ok(vec![Detail::new("receiver", text)]),
            Plays::Fails => Err(SourceError::unreachable("connection \u{1b}[2J refused")),
            Plays::Panics => panic!("a defect on purpose"),
            Plays::Hangs => std::future::pending().await,
        }
    }
}

fn fire(name: &str) -> Alert {
    alert(&[("alertname", name), ("severity", if name == "A" { "critical" } else { "warning" })])
}

fn id(name: &str) -> AlertId {
    AlertId { source: SourceName::new("one"), fingerprint: fire(name).fingerprint }
}

/// A cockpit on these sources; the first, `one`, has told its alerts `A` and `B`.
async fn app(sources: &Sources) -> App {
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: watchfire::domain::contract::AckRules::lasting(Duration::hours(1)),
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: recorded_at(),
    };
    let mut app = App::new(setup, Keymap::default());
    let snapshot = sources[0].poll(recorded_at()).await.unwrap();
    drop(app.update(recorded_at(), Msg::Resized { width: 100, height: 60 }));
    drop(app.update(recorded_at(), Msg::Source(SourceName::new("one"), SourceMsg::Answered(Box::new(snapshot)))));
    app
}

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let keys = keys.split(' ').flat_map(|k| Chord::parse(k).unwrap().0);
    keys.flat_map(|k| app.update(recorded_at(), Msg::Key(k))).collect()
}

fn screen(app: &App) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, 100, 60));
    ui::view(app, &Look::new(Theme::mono(), GlyphSet::Unicode), &mut buf);
    still::text(&buf)
}

/// Opens the first alert and lets every source answer.
async fn opened(sources: Sources) -> (App, Vec<Msg>) {
    let mut app = app(&sources).await;
    let effects = press(&mut app, "Enter");
    assert!(effects.contains(&Effect::Explain(id("A"))), "{effects:?}");
    let question = Question::new(&app, &id("A"), &sources, Clock::from(recorded_at(), 1.0)).unwrap();
    let (inbox, mut messages) = mpsc::channel(INBOX);
    question.tell(inbox).await;
    let mut all = Vec::new();
    while let Some(msg) = messages.recv().await {
        all.push(msg);
    }
    (app, all)
}

fn waiting(msg: &Msg) -> Vec<&str> {
    let Msg::Explained { told, .. } = msg else { panic!("{msg:?}") };
    told.iter().filter(|t| t.answer.is_none()).map(|t| t.source.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn each_source_has_a_section_as_soon_as_it_answers_and_none_is_asked_for_ever() {
    let sources = vec![
        player("one", Plays::Tells("pager")),
        player("two", Plays::Fails),
        player("three", Plays::Hangs),
        player("four", Plays::Panics),
        player("five", Plays::Tells("")),
        player("six", Plays::HasNoMore),
    ];
    let (mut app, messages) = opened(sources).await;
    assert!(screen(&app).contains("asking the sources…"));
    assert_eq!(waiting(&messages[0]), ["one", "two", "three", "four", "five"]);
    let (last, before) = messages.split_last().unwrap();
    assert_eq!((waiting(before.last().unwrap()), waiting(last)), (vec!["three"], vec![]));
    for msg in before {
        drop(app.update(recorded_at(), msg.clone()));
    }
    let seen = screen(&app);
    let due = [
        "as one tells it",
        "receiver",
        "pager",
        "as two tells it",
        "unreachable: connection ^[[2J refused",
        "as four tells it",
        "reading it failed inside watchfire: a defect on purpose",
        "asking three…",
    ];
    let places: Vec<usize> = due.iter().map(|d| seen.find(d).unwrap_or_else(|| panic!("`{d}`\n{seen}"))).collect();
    assert!(places.is_sorted(), "{places:?}\n{seen}");
    assert!(!seen.contains("as five tells it"), "a source that does not know it is no news");
    drop(app.update(recorded_at(), last.clone()));
    let seen = screen(&app);
    assert!(seen.contains("no answer within 30s") && !seen.contains("asking"), "{seen}");
}

#[tokio::test(start_paused = true)]
async fn the_source_of_an_alert_that_says_no_more_is_seen_to() {
    let (mut app, messages) = opened(vec![player("one", Plays::Tells(""))]).await;
    drop(app.update(recorded_at(), messages.last().unwrap().clone()));
    let seen = screen(&app);
    assert!(seen.contains("as one tells it") && seen.contains("no more than is said above"), "{seen}");
}

#[tokio::test(start_paused = true)]
async fn where_nobody_tells_more_nothing_is_asked() {
    let (mut app, messages) = opened(vec![player("one", Plays::HasNoMore)]).await;
    assert_eq!(messages.len(), 1);
    drop(app.update(recorded_at(), messages[0].clone()));
    let seen = screen(&app);
    assert!(!seen.contains("asking") && !seen.contains("tells it"), "{seen}");
}

#[tokio::test]
async fn an_answer_about_an_alert_that_was_left_is_not_shown_on_another() {
    let mut app = app(&vec![player("one", Plays::Tells("x"))]).await;
    let told = |text: &str| {
        let answer = Some(Ok(vec![Detail::new("receiver", text)]));
        vec![Explanation { source: SourceName::new("one"), answer }]
    };
    press(&mut app, "Enter Esc j");
    assert!(press(&mut app, "Enter").contains(&Effect::Explain(id("B"))));
    drop(app.update(recorded_at(), Msg::Explained { id: id("B"), told: told("for-b") }));
    drop(app.update(recorded_at(), Msg::Explained { id: id("A"), told: told("for-a") }));
    let seen = screen(&app);
    assert!(seen.contains("for-b") && !seen.contains("for-a") && !seen.contains("asking"), "{seen}");
}

#[tokio::test]
async fn there_is_nothing_to_ask_about_an_alert_that_has_left_the_board() {
    let sources = vec![player("one", Plays::Tells("x"))];
    let app = app(&sources).await;
    assert!(Question::new(&app, &id("Gone"), &sources, Clock::from(recorded_at(), 1.0)).is_none());
}
