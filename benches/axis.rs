//! What a frame of the one axis costs beside a frame of the alerts: 200 spans and 5,000 entries, 200 columns by 60 lines.
//! The ratio of the two within one run is what counts.
//!
//! `cargo bench --bench axis`

#![allow(clippy::expect_used, reason = "a bench ends where it cannot go on")]

use std::sync::Arc;

use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{
        App,
        msg::{Finding, JournalMsg, Msg, SourceMsg},
        world::Setup,
    },
    config::{
        keymap::{Chord, Keymap},
        theme::Theme,
    },
    domain::{
        Time,
        alert::{Alert, AlertId, AlertState},
        contract::AckRules,
        delta::LastWord,
        entry::{Body, Entry, Kind, Subject},
        few::Few,
        label::{Fingerprint, Labels},
        past::{Past, Span, Was},
        source::{AckVia, Capabilities, Description, Snapshot, SourceName},
        text::SafeText,
    },
    ui::{
        self,
        look::{GlyphSet, Look},
    },
};

const SIZE: (u16, u16) = (200, 60);
const ALERTS: usize = 1_000;
const SPANS: i64 = 200;
const ENTRIES: i64 = 5_000;

fn main() {
    divan::main();
}

fn now() -> Time {
    "2026-03-02T20:40:00Z".parse().expect("a time")
}

fn source() -> SourceName {
    SourceName::new("prod")
}

fn alert(i: usize) -> Arc<Alert> {
    let instance = format!("web-{i}");
    let labels = [("alertname", "Hot"), ("severity", "critical"), ("instance", &instance), ("service", "checkout")];
    Arc::new(Alert {
        fingerprint: Fingerprint::new(&format!("{i:016x}")),
        labels: labels.into_iter().collect(),
        annotations: Labels::default(),
        state: AlertState::Firing,
        starts_at: now() - Duration::minutes(30),
        fires_at: None,
        silenced_by: Few::default(),
        inhibited_by: Few::default(),
        receivers: Few::default(),
        source_url: None,
        held: None,
    })
}

/// Half an hour apart, ten minutes each.
fn past(shift: i64) -> Past {
    let begin = |i: i64| now() - Duration::minutes(30 * (i + 2) + shift);
    let span = |i: i64| Span { from: begin(i), to: begin(i) + Duration::minutes(10), was: Was::Firing };
    Past::new(now() - Duration::days(7), now(), (0..SPANS).map(span))
}

fn found(shift: i64) -> Vec<Finding> {
    vec![Finding::Past(source(), Some(Ok(past(shift))))]
}

fn entry(i: i64, subject: &Subject) -> Entry {
    let at = now() - Duration::minutes(2 * i);
    let kinds = [Kind::NoteAdded, Kind::AckConfirmed, Kind::read("change.deploy"), Kind::AckReleased];
    let kind = kinds[usize::try_from(i % 4).unwrap_or(0)].clone();
    let text = Some(SafeText::new("the pool is full, and nobody knows of what"));
    Entry {
        id: i.to_string(),
        seq: 10_000 - i,
        at,
        recorded_at: at,
        actor: SafeText::new("ana"),
        kind,
        subject: subject.clone(),
        body: Body { text, ..Body::default() },
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn press(app: &mut App, keys: &str) {
    for chord in keys.split_whitespace() {
        for key in Chord::parse(chord).expect("a chord").0 {
            drop(app.update(now(), Msg::Key(key)));
        }
    }
}

/// A thousand alerts, and after `Enter` all that is known of the first.
fn open(keys: &str) -> (App, AlertId) {
    let can = Capabilities {
        alerts: true,
        ack: Some(AckVia::Silence),
        silences: true,
        counts: false,
        evaluates: false,
        ..Capabilities::default()
    };
    let about = Description { name: source(), kind: "sim", can, interval: Duration::seconds(10) };
    let setup = Setup {
        user: "ana".into(),
        session: "bench".into(),
        read_only: false,
        ack: AckRules::lasting(Duration::hours(1)),
        sources: vec![about],
        started_at: now() - Duration::days(7),
    };
    let mut app = App::new(setup, Keymap::default());
    drop(app.update(now(), Msg::Resized { width: SIZE.0, height: SIZE.1 }));
    let snapshot = Snapshot { alerts: (0..ALERTS).map(alert).collect(), ..Snapshot::empty(now()) };
    let told = SourceMsg::Told(Box::new(LastWord::default().take(snapshot)));
    drop(app.update(now(), Msg::Source(source(), told)));
    let id = app.desk.selected_alert().expect("one is selected").clone();
    press(&mut app, keys);
    let subject = Subject::alert(&id);
    let entries = (0..ENTRIES).map(|i| entry(i, &subject)).collect();
    drop(app.update(now(), Msg::Studied { id: id.clone(), found: found(0) }));
    drop(app.update(now(), Msg::Journal(JournalMsg::History { subject, entries })));
    (app, id)
}

/// The alerts alone, and the axis: at the news, with the cursor on an event, between two marks.
#[divan::bench(args = ["z", "Enter", "Enter H H H", "Enter Space H H H H H H H H"])]
fn frame(bencher: divan::Bencher, keys: &str) {
    let (app, _) = open(keys);
    let look = Look::new(Theme::default(), GlyphSet::Unicode);
    let mut buf = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    bencher.bench_local(|| {
        buf.reset();
        ui::view(&app, &look, &mut buf)
    });
}

/// With the lanes worked out anew, as after every answer.
#[divan::bench]
fn frame_after_news(bencher: divan::Bencher) {
    let (mut app, id) = open("Enter");
    let look = Look::new(Theme::default(), GlyphSet::Unicode);
    let mut buf = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let mut shift = 0;
    bencher.bench_local(|| {
        shift = (shift + 1) % 10;
        drop(app.update(now(), Msg::Studied { id: id.clone(), found: found(shift) }));
        buf.reset();
        ui::view(&app, &look, &mut buf)
    });
}

/// A key on the axis and the frame after it.
#[divan::bench(args = ["h", "H", "+"])]
fn key_and_frame(bencher: divan::Bencher, key: &str) {
    let (mut app, _) = open("Enter");
    let look = Look::new(Theme::default(), GlyphSet::Unicode);
    let mut buf = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    bencher.bench_local(|| {
        press(&mut app, key);
        buf.reset();
        ui::view(&app, &look, &mut buf)
    });
}
