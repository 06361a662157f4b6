//! When an alert fired of late: the sparkline, which asks where nobody watched, and flapping.

use chrono::Duration;
use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{JournalMsg, Msg, SourceMsg},
        world::pulse::Cell::{self, Calm, Fired, Unknown},
    },
    config::{AlertsConfig, Column},
    domain::{
        alert::Alert,
        entry::{Entry, NewEntry},
        source::{AckVia, Snapshot, SourceError, SourceName},
    },
};

use super::{alert, routed::screen};
use crate::support::heart::{self, t};

/// A heart whose journal has at once what it observes.
struct Life {
    app: App,
    seq: i64,
}

impl Life {
    fn new() -> Self {
        let config =
            AlertsConfig { columns: vec![Column::State, Column::Name, Column::Spark], ..AlertsConfig::default() };
        let mut app = heart::heart(AckVia::Silence).with_alerts(&config);
        app.update(t(0), Msg::Resized { width: 120, height: 24 });
        Self { app, seq: 0 }
    }

    fn told(&mut self, at: i64, msg: SourceMsg) {
        for effect in self.app.update(t(at), Msg::Source(SourceName::new("am"), msg)) {
            let Effect::Observe(new) = effect else { continue };
            let entries: Vec<Entry> = new.into_iter().map(|e| self.kept(at, e)).collect();
            self.app.update(t(at), Msg::Journal(JournalMsg::Entries(entries)));
        }
    }

    fn kept(&mut self, at: i64, new: NewEntry) -> Entry {
        let NewEntry { at: happened, actor, kind, subject, source, body, .. } = new;
        self.seq += 1;
        let (id, prev_hash, hash) = (self.seq.to_string(), String::new(), String::new());
        Entry {
            id,
            seq: self.seq,
            at: happened,
            recorded_at: t(at),
            actor,
            kind,
            subject,
            body,
            source,
            prev_hash,
            hash,
        }
    }

    fn shows(&mut self, at: i64, alerts: Vec<Alert>) {
        let alerts = alerts.into_iter().map(Into::into).collect();
        self.told(at, SourceMsg::Answered(Box::new(Snapshot { alerts, ..Snapshot::empty(t(at)) })));
    }

    fn spark(&self, at: i64, span: Duration, cells: usize) -> Vec<Cell> {
        let row = self.app.world.board.iter().next().unwrap();
        self.app.world.pulse.spark(row, t(at), span, cells)
    }
}

/// Fires since then.
fn lag(since: i64) -> Alert {
    alert("Lag", "warning", "db", -since)
}

#[test]
fn a_sparkline_asks_where_nobody_watched_and_rises_where_it_fired() {
    let mut life = Life::new();
    life.shows(0, Vec::new());
    life.shows(3_600, vec![lag(3_600)]);
    life.shows(5_400, Vec::new());
    life.shows(5_500, Vec::new());
    life.shows(6_300, vec![lag(6_300)]);
    life.shows(7_200, vec![lag(6_300)]);
    let cells = life.spark(7_200, Duration::hours(4), 8);
    assert_eq!(cells[..6], [Unknown, Unknown, Unknown, Unknown, Calm, Calm], "{cells:?}");
    assert_eq!(cells[6], Fired(8), "{cells:?}");
    assert!(matches!(cells[7], Fired(3..=5)), "half of the time: {cells:?}");
    let seen = screen(&life.app);
    assert!(seen.contains("????????··█▄"), "{seen}");
}

#[test]
fn a_source_that_was_away_leaves_a_question_in_the_sparkline() {
    let mut life = Life::new();
    life.shows(0, vec![lag(0)]);
    life.told(1_800, SourceMsg::Failed(SourceError::unreachable("no route to host")));
    life.app.update(t(1_801), Msg::Ticked);
    life.shows(3_600, vec![lag(0)]);
    let cells = life.spark(5_400, Duration::minutes(90), 3);
    assert_eq!(cells[0], Fired(8), "{cells:?}");
    assert_eq!(cells[2], Fired(8), "{cells:?}");
}

#[test]
fn an_alert_that_comes_and_goes_is_marked_as_flapping_and_one_that_came_twice_is_not() {
    let mut life = Life::new();
    let mut at = 0;
    let mut turn = |life: &mut Life| {
        life.shows(at, vec![lag(at)]);
        life.shows(at + 60, Vec::new());
        life.shows(at + 200, Vec::new());
        at += 300;
    };
    turn(&mut life);
    turn(&mut life);
    let flaps = |life: &Life| {
        let row = life.app.world.board.iter().next().unwrap();
        (life.app.world.is_flapping(row, life.app.now), life.app.now)
    };
    assert!(!flaps(&life).0, "four changes are none too many");
    turn(&mut life);
    assert!(flaps(&life).0, "{:?}", life.spark(900, Duration::hours(1), 6));
    let row = life.app.world.board.iter().next().unwrap();
    assert!(!life.app.world.is_flapping(row, life.app.now + Duration::hours(1)), "an hour later that is over");
}
