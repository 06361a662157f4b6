//! What each key costs the heart and the drawing together, without a terminal: so that a busy machine disturbs little.
//! 8 labels and two annotations an alert; two labels and one annotation are each alert's own. 1,000, 10,000 and
//! 100,000 alerts, four saved views.
//!
//! `cargo bench --bench letters`, or `cargo bench --bench letters -- 100000` for one size

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

mod storm;

use std::{sync::Arc, time::Instant};

use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{
        App,
        msg::{Msg, SourceMsg},
        world::Setup,
    },
    config::{
        self,
        keymap::{Key, KeyCode, Keymap},
        theme::Theme,
        types::ViewConfig,
    },
    domain::{
        Time,
        alert::Alert,
        contract::AckRules,
        delta::LastWord,
        filter::Filter,
        source::{Description, Snapshot},
    },
    sources,
    ui::{
        self,
        look::{GlyphSet, Look},
    },
};

use storm::Storm;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const TIMES: usize = 7;
const VIEWS: [&str; 4] =
    ["severity=critical", "@severity=warning team=t7", "checkout or payments", "cluster=eu-1 @age>5m"];

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    for alerts in sizes {
        let mut desk = Bench::new(alerts);
        println!(
            "== {alerts} alerts; ms: median and longest of {TIMES}, and the longest step of what is done after the frame"
        );
        desk.filters();
        desk.others();
    }
}

struct Bench {
    app: App,
    look: Look,
    buf: Buffer,
    now: Time,
    about: Description,
    last: LastWord,
    snapshot: Snapshot,
    round: usize,
}

/// What one key took, in ms: until its frame was drawn, and the longest step of what was left to do after it.
#[derive(Clone, Copy)]
struct Took(f64, f64);

impl Bench {
    fn new(alerts: usize) -> Self {
        let storm = Storm::start(alerts);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let text = format!("[[source]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"{}\"\n", storm.url);
        let file = std::env::temp_dir().join(format!("watchfire-letters-{}.toml", std::process::id()));
        std::fs::write(&file, text).expect("a configuration");
        let request = config::Request { explicit: Some(file), ..config::Request::from_process() };
        let config = config::load(&request).expect("a good configuration");
        let source = runtime.block_on(sources::connect(&config.sources[0])).expect("a source");
        let now = "2026-03-02T20:41:00Z".parse().expect("a time");
        let snapshot = runtime.block_on(source.poll(now)).expect("an answer");
        let about = source.describe().clone();
        let setup = Setup {
            user: "ana".into(),
            session: "bench".into(),
            read_only: false,
            ack: AckRules::lasting(Duration::hours(1)),
            sources: vec![about.clone()],
            started_at: now,
        };
        let views = VIEWS.iter().map(|f| ViewConfig {
            name: (*f).into(),
            filter: Filter::parse(f).expect("a filter"),
            group_by: Vec::new(),
            sort: None,
            columns: Vec::new(),
        });
        let app = App::new(setup, Keymap::default()).with_views(views.collect(), Filter::default());
        let look = Look::new(Theme::default(), GlyphSet::Unicode);
        let buf = Buffer::empty(Rect::new(0, 0, 120, 40));
        let mut bench = Self { app, look, buf, now, about, last: LastWord::default(), snapshot, round: 0 };
        bench.step(Msg::Resized { width: 120, height: 40 });
        bench.poll();
        bench.tick();
        bench.keys("jk");
        bench
    }

    /// One message, its frame, and what is left to do.
    fn step(&mut self, msg: Msg) -> Took {
        self.now += Duration::milliseconds(7);
        let began = Instant::now();
        drop(self.app.update(self.now, msg));
        self.buf.reset();
        ui::view(&self.app, &self.look, &mut self.buf);
        let took = ms(began);
        Took(took, self.rest())
    }

    fn rest(&mut self) -> f64 {
        let mut longest: f64 = 0.0;
        while self.app.has_more() {
            let began = Instant::now();
            let _ = self.app.update(self.now, Msg::Idle);
            longest = longest.max(ms(began));
        }
        longest
    }

    fn key(&mut self, key: Key) -> Took {
        self.step(Msg::Key(key))
    }

    fn keys(&mut self, keys: &str) {
        keys.chars().for_each(|c| {
            self.key(Key::char(c));
        });
    }

    fn leave(&mut self) {
        for _ in 0..3 {
            self.key(named(KeyCode::Esc));
        }
    }

    fn tick(&mut self) -> Took {
        self.step(Msg::Ticked)
    }

    /// The next answer: one in a hundred alerts says something else, and half of those are other alerts.
    fn poll(&mut self) -> Took {
        self.round += 1;
        self.now += Duration::seconds(5);
        for (i, alert) in self.snapshot.alerts.iter_mut().enumerate().skip(self.round % 100).step_by(100) {
            let mut new = Alert { starts_at: alert.starts_at + Duration::seconds(1), ..(**alert).clone() };
            if i / 100 % 2 == 0 {
                let other = format!("web-{i}-{}", self.round);
                new.labels = new
                    .labels
                    .iter()
                    .map(|(n, v)| (n.clone(), if n.raw() == "pod" { other.as_str().into() } else { v.clone() }))
                    .collect();
                new.fingerprint = new.labels.fingerprint();
            }
            *alert = Arc::new(new);
        }
        self.snapshot.requested_at = self.now;
        let delta = self.last.take(self.snapshot.clone());
        self.step(Msg::Source(self.about.name.clone(), SourceMsg::Told(Box::new(delta))))
    }

    fn filters(&mut self) {
        for text in
            [r#"team="t7""#, "web-123", r#"severity=~"crit.*" checkout"#, "zzq", "pod=web-12", "not here or eu-1"]
        {
            self.typed(text);
        }
    }

    fn typed(&mut self, text: &str) {
        let letters: Vec<Key> = text.chars().map(Key::char).collect();
        let mut on = vec![Vec::new(); letters.len()];
        let mut back = vec![Vec::new(); letters.len()];
        let (mut ticks, mut polls) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            self.keys("/");
            for (times, key) in on.iter_mut().zip(&letters) {
                times.push(self.key(*key));
            }
            polls.push(self.poll());
            ticks.push(self.tick());
            for times in &mut back {
                times.push(self.key(named(KeyCode::Backspace)));
            }
            self.leave();
        }
        println!("/ {text}");
        let told = |name: &str, all: &[Vec<Took>]| {
            println!("   {name:5} {}", all.iter().map(|t| short(t)).collect::<Vec<_>>().join("  "))
        };
        told("on", &on);
        told("back", &back);
        told("poll", &[polls]);
        told("tick", &[ticks]);
    }

    fn others(&mut self) {
        self.each("down", &["j"]);
        self.each("open and leave an alert", &["enter", "esc"]);
        self.each("five tabs", &["]", "]", "]", "]", "]"]);
        self.each("a filter kept, then taken back", &["/", "w", "e", "enter", "esc"]);
        self.each("facets", &["f", "j", "esc"]);
        self.each("group by: the question", &["b", "t", "esc", "esc"]);
        self.each("by team and back", &["b", "t", "e", "a", "enter", "j", "b", "o", "n", "e", "enter"]);
        self.each("sorted five ways and back", &["O", "O", "O", "O", "O"]);
        self.each("silence form", &["s", "x", "backspace", "up", "up", "x", "esc", "esc"]);
        self.each("silence list", &["S", "j", "/", "x", "esc", "esc", "esc"]);
        self.each("note", &["n", "x", "esc", "esc"]);
        self.each("ack", &["a", "x", "esc", "esc"]);
        self.each("mark all and leave", &["*", "esc"]);
        self.each("noise", &["!", "x", "esc"]);
    }

    fn each(&mut self, name: &str, keys: &[&str]) {
        let mut all = vec![Vec::new(); keys.len()];
        let mut ticks = Vec::new();
        for _ in 0..TIMES {
            for (times, key) in all.iter_mut().zip(keys) {
                times.push(self.key(read(key)));
                if keys.len() > 2 && times.len() == 1 {
                    ticks.push(self.tick());
                }
            }
        }
        let told: Vec<String> = keys.iter().zip(&all).map(|(k, t)| format!("{k} {}", short(t))).collect();
        let tick = if ticks.is_empty() { String::new() } else { format!("   ticks {}", short(&ticks)) };
        println!("{name}: {}{tick}", told.join("  "));
    }
}

fn read(key: &str) -> Key {
    match key {
        "enter" => named(KeyCode::Enter),
        "esc" => named(KeyCode::Esc),
        "backspace" => named(KeyCode::Backspace),
        "up" => named(KeyCode::Up),
        letter => Key::char(letter.chars().next().unwrap_or(' ')),
    }
}

fn named(code: KeyCode) -> Key {
    Key { code, ..Key::char('x') }
}

fn short(times: &[Took]) -> String {
    let mut all: Vec<f64> = times.iter().map(|t| t.0).collect();
    all.sort_by(f64::total_cmp);
    let rest = times.iter().map(|t| t.1).fold(0.0, f64::max);
    format!("{:.1}/{:.1}/{rest:.1}", all[all.len() / 2], all[all.len() - 1])
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}
