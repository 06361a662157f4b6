//! What a frame of an open budget costs: a month of hours and days of five minutes, a full timeline, 200 columns by 60 lines.
//!
//! `cargo bench --bench graphs`

#![allow(clippy::expect_used, reason = "a bench ends where it cannot go on")]

use std::sync::Arc;

use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{
        App,
        msg::{BudgetReport, Cost, JournalMsg, Msg},
        world::Setup,
    },
    config::{
        keymap::{Chord, Keymap},
        theme::Theme,
    },
    domain::{
        Time,
        contract::AckRules,
        entry::{Body, Entry, Kind, Subject},
        slo::{
            Bucket, BucketSpan, BudgetRow, Counted, Indicator, Objective, Slo, Window, account::account,
            assess::assess, history::History, policy::Policy,
        },
        text::SafeText,
    },
    ui::{
        self,
        look::{GlyphSet, Look},
    },
};

const HOUR: i64 = 3_600;
const SIZE: (u16, u16) = (200, 60);

fn main() {
    divan::main();
}

fn now() -> Time {
    "2026-03-02T20:40:00Z".parse().expect("a time")
}

fn slo() -> Slo {
    let indicator = Indicator::events(Counted::Bad("bad".into()), "all", true);
    Slo::new("checkout", Objective::percent("99.9").expect("an objective"), Window::rolling(30 * 24 * HOUR), indicator)
}

/// A burst every four days, and the usual errors between.
fn history() -> History {
    let mut history = History::default();
    let now = now().timestamp();
    for (step, back) in [(HOUR, 62 * 24 * HOUR), (300, 4 * 24 * HOUR)] {
        let span = BucketSpan { from: now - back, to: now, step };
        let ends = (span.from / step + 1..=now / step).map(|k| k * step);
        let bucket = |end: i64| {
            let share = if end.rem_euclid(4 * 24 * HOUR) < 2 * HOUR { 0.05 } else { 0.0004 };
            #[allow(clippy::cast_precision_loss, reason = "small")]
            let total = step as f64;
            Bucket { end, bad: Some(total * share), total: Some(total) }
        };
        history.answer(span, ends.map(bucket).collect::<Vec<_>>());
    }
    history
}

fn entry(i: i64) -> Entry {
    let at = now() - Duration::minutes(20 * i);
    let kinds = [Kind::AlertFired, Kind::read("change.deploy"), Kind::AckConfirmed, Kind::AlertResolved];
    let kind = kinds[usize::try_from(i % 4).unwrap_or(0)].clone();
    let more = [("service".to_owned(), "checkout".into())].into_iter().collect();
    let body = Body { title: Some(SafeText::new("HighErrorRate")), starts_at: Some(at), more, ..Body::default() };
    Entry {
        id: i.to_string(),
        seq: 10_000 - i,
        at,
        recorded_at: at,
        actor: SafeText::new("prod"),
        kind,
        subject: Subject::new(&format!("alert:prod/{i}")),
        body,
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

/// A cockpit after these keys.
fn open(keys: &str) -> App {
    let setup = Setup {
        user: "ana".into(),
        session: "bench".into(),
        read_only: false,
        ack: AckRules::lasting(Duration::hours(1)),
        sources: Vec::new(),
        started_at: now(),
    };
    let mut app = App::new(setup, Keymap::default());
    let (slo, history) = (slo(), history());
    let numbers = assess(&slo, &history, now());
    let row = BudgetRow { history: Arc::new(history), ..BudgetRow::new(slo, Some(numbers)) };
    let report = BudgetReport {
        at: now(),
        rows: vec![row],
        error: None,
        counted_at: Some(now()),
        problems: Vec::new(),
        progress: 1.0,
        cost: Cost::default(),
    };
    drop(app.update(now(), Msg::Resized { width: SIZE.0, height: SIZE.1 }));
    drop(app.update(now(), Msg::Budgets(report)));
    drop(app.update(now(), Msg::Journal(JournalMsg::Entries((0..2_000).map(entry).collect()))));
    for chord in keys.split_whitespace() {
        for key in Chord::parse(chord).expect("a chord").0 {
            drop(app.update(now(), Msg::Key(key)));
        }
    }
    app
}

#[divan::bench(args = ["2", "2 Enter", "2 Enter t", "2 Enter o", "2 Enter m"])]
fn frame(bencher: divan::Bencher, keys: &str) {
    let app = open(keys);
    let look = Look::new(Theme::default(), GlyphSet::Unicode);
    let mut buf = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    bencher.bench_local(|| {
        buf.reset();
        ui::view(&app, &look, &mut buf)
    });
}

#[divan::bench]
fn what_happened(bencher: divan::Bencher) {
    let app = open("");
    bencher.bench_local(|| app.world.happened(&app.world.budgets.rows[0].slo));
}

#[divan::bench]
fn account_of_it(bencher: divan::Bencher) {
    let app = open("");
    let row = &app.world.budgets.rows[0];
    let numbers = row.numbers().expect("numbers");
    let causes = app.world.causes(&row.slo, now());
    bencher.bench_local(|| account(&row.slo, &row.history, numbers, &causes, &Policy::default()));
}

#[divan::bench]
fn judged(bencher: divan::Bencher) {
    let (slo, history) = (slo(), history());
    bencher.bench_local(|| assess(&slo, &history, now()));
}
