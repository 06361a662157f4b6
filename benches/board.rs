//! What a poll costs: reading it, merging it, drawing it. Ratios within one run, and between the sizes, are what counts.
//!
//! `cargo bench --bench board`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
};

use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{
        App,
        msg::{Msg, SourceMsg},
        world::Setup,
    },
    config::{self, keymap::Keymap, theme::Theme},
    domain::{
        Time,
        alert::Alert,
        delta::{Delta, LastWord},
        source::{Description, Snapshot},
    },
    sources::{self, Source},
    ui::{
        self,
        look::{GlyphSet, Look},
    },
};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

fn json(alerts: usize) -> String {
    let one = |i: usize| {
        format!(
            r#"{{"annotations":{{"summary":"pod web-{i} restarts","runbook_url":"https://runbooks.example/pods"}},"endsAt":"2026-03-02T21:00:00.000Z","fingerprint":"{i:016x}","receivers":[{{"name":"default"}}],"startsAt":"2026-03-02T20:{:02}:{:02}.000Z","status":{{"inhibitedBy":[],"silencedBy":[],"state":"active"}},"updatedAt":"2026-03-02T20:40:00.000Z","generatorURL":"http://prometheus/graph","labels":{{"alertname":"PodRestarts{}","cluster":"eu-{}","namespace":"shop","pod":"web-{i}","severity":"{}","team":"t{}","service":"s{}"}}}}"#,
            i % 40,
            i % 60,
            i % 37,
            i % 3,
            ["critical", "warning", "info", "error"][i % 4],
            i % 11,
            i % 53,
        )
    };
    format!("[{}]", (0..alerts).map(one).collect::<Vec<_>>().join(","))
}

/// An Alertmanager that always gives the same answer.
fn serve(body: Arc<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, body) = (stream.expect("a connection"), body.clone());
            std::thread::spawn(move || {
                let mut buf = [0; 8192];
                while let Ok(n @ 1..) = stream.read(&mut buf) {
                    let request = String::from_utf8_lossy(&buf[..n]).into_owned();
                    let answer = match request.split_whitespace().nth(1) {
                        Some(path) if path.contains("/alerts") => body.as_str(),
                        Some(path) if path.contains("/silences") => "[]",
                        _ => r#"{"cluster":{"status":"disabled"},"versionInfo":{"version":"0.25.0"}}"#,
                    };
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                        answer.len()
                    );
                    if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(answer.as_bytes())).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn source(runtime: &tokio::runtime::Runtime, url: &str) -> Arc<dyn Source> {
    let text = format!("[[source]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"{url}\"\n");
    let file = std::env::temp_dir().join(format!("watchfire-bench-{}.toml", std::process::id()));
    std::fs::write(&file, text).expect("a configuration");
    let request = config::Request { explicit: Some(file), ..config::Request::from_process() };
    let config = config::load(&request).expect("a good configuration");
    runtime.block_on(sources::connect(&config.sources[0])).expect("a source")
}

struct Ready {
    about: Description,
    snapshot: Snapshot,
    now: Time,
}

fn ready(alerts: usize) -> Ready {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let source = source(&runtime, &serve(Arc::new(json(alerts))));
    let now = "2026-03-02T20:41:00Z".parse().expect("a time");
    let snapshot = runtime.block_on(source.poll(now)).expect("an answer");
    Ready { about: source.describe().clone(), snapshot, now }
}

fn app(ready: &Ready) -> App {
    told(ready, LastWord::default().take(ready.snapshot.clone()))
}

fn told(ready: &Ready, first: Delta) -> App {
    let setup = Setup {
        user: "ana".into(),
        session: "bench".into(),
        read_only: false,
        ack: watchfire::domain::contract::AckRules::lasting(Duration::hours(1)),
        sources: vec![ready.about.clone()],
        started_at: ready.now,
    };
    let mut app = App::new(setup, Keymap::default());
    drop(app.update(ready.now, Msg::Source(ready.about.name.clone(), SourceMsg::Told(Box::new(first)))));
    app
}

/// The peer of `poll`: the same bytes into serde_json's own tree.
#[divan::bench(args = SIZES)]
fn parse_as_plain_json_tree(bencher: divan::Bencher, alerts: usize) {
    let text = json(alerts);
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(&text).expect("JSON"));
}

#[divan::bench(args = SIZES)]
fn poll_over_loopback_and_parse(bencher: divan::Bencher, alerts: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let source = source(&runtime, &serve(Arc::new(json(alerts))));
    let now = "2026-03-02T20:41:00Z".parse().expect("a time");
    bencher.bench_local(|| runtime.block_on(source.poll(now)).expect("an answer"));
}

#[divan::bench(args = SIZES)]
fn merge_the_first_answer(bencher: divan::Bencher, alerts: usize) {
    let ready = ready(alerts);
    bencher
        .with_inputs(|| LastWord::default().take(ready.snapshot.clone()))
        .bench_local_values(|first| told(&ready, first));
}

/// Reading what changed, as the poller does, and merging it, as the heart does.
#[divan::bench(args = SIZES)]
fn merge_an_unchanged_answer(bencher: divan::Bencher, alerts: usize) {
    merge(bencher, alerts, |_| {});
}

#[divan::bench(args = SIZES)]
fn merge_an_answer_of_which_one_in_a_hundred_changed(bencher: divan::Bencher, alerts: usize) {
    merge(bencher, alerts, |snapshot| {
        for alert in snapshot.alerts.iter_mut().step_by(100) {
            let seconds = Duration::seconds(1);
            *alert = Arc::new(Alert { starts_at: alert.starts_at + seconds, ..(**alert).clone() });
        }
    });
}

fn merge(bencher: divan::Bencher, alerts: usize, change: fn(&mut Snapshot)) {
    let mut ready = ready(alerts);
    let mut last = LastWord::default();
    let mut app = told(&ready, last.take(ready.snapshot.clone()));
    bencher.bench_local(|| {
        change(&mut ready.snapshot);
        ready.snapshot.requested_at += Duration::seconds(1);
        let delta = last.take(ready.snapshot.clone());
        app.update(ready.now, Msg::Source(ready.about.name.clone(), SourceMsg::Told(Box::new(delta))))
    });
}

#[divan::bench(args = [(80, 24), (200, 60)])]
fn draw(bencher: divan::Bencher, (width, height): (u16, u16)) {
    let ready = ready(10_000);
    let mut app = app(&ready);
    drop(app.update(ready.now, Msg::Resized { width, height }));
    let look = Look::new(Theme::default(), GlyphSet::Unicode);
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    bencher.bench_local(|| {
        buf.reset();
        ui::view(&app, &look, &mut buf)
    });
}

#[divan::bench(args = SIZES)]
fn move_the_selection(bencher: divan::Bencher, alerts: usize) {
    let ready = ready(alerts);
    let mut app = app(&ready);
    let key = config::keymap::Key::char('j');
    bencher.bench_local(|| app.update(ready.now, Msg::Key(key)));
}

/// What each letter typed after `/` costs the heart.
#[divan::bench(args = SIZES)]
fn type_a_letter_of_a_filter(bencher: divan::Bencher, alerts: usize) {
    let ready = ready(alerts);
    let mut app = app(&ready);
    drop(app.update(ready.now, Msg::Key(config::keymap::Key::char('/'))));
    let mut letters = r#"team="t7" web"#.chars().cycle();
    bencher.bench_local(|| match letters.next() {
        Some('b') => app.update(ready.now, Msg::Key(config::keymap::Key::ctrl('u'))),
        Some(letter) => app.update(ready.now, Msg::Key(config::keymap::Key::char(letter))),
        None => Vec::new(),
    });
}
