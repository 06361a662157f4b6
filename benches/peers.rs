//! Watchfire beside programs that people know, in one run and in a terminal of 200x60: bytes of an idle minute beside htop and
//! btop, bytes of one picture after another beside ncurses, and how long until the first frame stands.
//!
//! `cargo bench --bench peers`, or with the seconds to watch an idle screen: `-- 60`. Debian: htop, btop, python3.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

mod pty;
mod tables;

use std::{net::TcpListener, path::Path, process::Command, time::Duration};

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};
use serde_json::{Value, json};
use watchfire::runtime::terminal::encode::{Encoder, dialect::Dialect};

use pty::Pty;

const WATCHFIRE: &str = env!("CARGO_BIN_EXE_watchfire");
const CURSES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/curses_frames.py");
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

fn main() {
    let seconds = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(60);
    idle(Duration::from_secs(seconds));
    pictures();
    beginnings();
}

/// Everything has been drawn that comes with the beginning by then.
const SETTLED: Duration = Duration::from_secs(6);

/// All of them once a second. What htop and btop show depends on what the machine does: it had better do nothing.
fn idle(length: Duration) {
    println!("== bytes of {length:?} of an idle screen, 200x60, redrawn every second");
    let home = tempfile::tempdir().expect("a directory");
    once_a_second(home.path());
    let home = home.path().to_string_lossy().into_owned();
    let env = [("HOME", home.as_str()), ("XDG_STATE_HOME", home.as_str()), ("XDG_DATA_HOME", home.as_str())];
    let bytes = |program: &str, arguments: &[&str]| {
        let mut pty = Pty::start(program, arguments, &env);
        let drawn = pty.sent_in(SETTLED).len();
        (drawn > 1_000).then(|| pty.sent_in(length).len())
    };
    let ours = bytes(WATCHFIRE, &["demo", "--scenario", "quiet"]).expect("the cockpit is drawn");
    println!("watchfire {ours}");
    for (peer, arguments) in [("htop", ["--delay=10"].as_slice()), ("btop", &["--utf-force"])] {
        if !is_there(peer) {
            println!("{peer} is not here: apt-get install {peer}");
            continue;
        }
        match bytes(peer, arguments) {
            Some(theirs) => println!("{peer} {theirs}: ours is {:.4} of it", ours as f64 / theirs as f64),
            None => println!("{peer} drew nothing here"),
        }
    }
}

/// btop takes its interval from a file only.
fn once_a_second(home: &Path) {
    let there = home.join(".config/btop");
    std::fs::create_dir_all(&there).expect("a directory");
    std::fs::write(there.join("btop.conf"), "update_ms = 1000\n").expect("a configuration");
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success())
}

/// The same pictures, one after the other, by ncurses and by our encoder.
fn pictures() {
    println!("== bytes from one picture of 200x60 to the next");
    let steps = tables::steps();
    println!("{:<42} {:>8} {:>8} {:>8}", "", "ours", "ncurses", "ratio");
    // A first paint has nothing before it that ncurses could have drawn.
    for (what, from, to) in &steps[1..] {
        let mut encoder = Encoder::new(Dialect::XTERM);
        encoder.frame(from, &[], None);
        let ours = encoder.frame(to, &[], None).len();
        let theirs = by_curses(from, to);
        println!("{what:<42} {ours:>8} {theirs:>8} {:>8.2}", ours as f64 / theirs as f64);
    }
}

fn by_curses(from: &Buffer, to: &Buffer) -> usize {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let frames = json!([spans(from), spans(to)]);
    std::fs::write(file.path(), frames.to_string()).expect("frames");
    let path = std::env::var("PATH").unwrap_or_default();
    let name = file.path().to_string_lossy().into_owned();
    let mut pty = Pty::start("python3", &[CURSES, &name], &[("PATH", &path)]);
    let first = pty.sent_in(Duration::from_millis(1_500));
    assert!(first.len() > 1_000, "the first picture was drawn: {}", String::from_utf8_lossy(&first));
    pty.types(b"n");
    pty.sent_in(Duration::from_millis(700)).len()
}

/// Rows of runs that look alike.
fn spans(frame: &Buffer) -> Value {
    let width = usize::from(frame.area.width);
    let rows = frame.content.chunks(width).map(|row| {
        let runs = row.chunk_by(|a, b| look(a) == look(b)).map(|run| {
            let text: String = run.iter().map(Cell::symbol).collect();
            let (colour, bold, reverse) = look(&run[0]);
            json!([text, colour, bold, reverse])
        });
        runs.collect::<Value>()
    });
    rows.collect()
}

fn look(cell: &Cell) -> (u8, bool, bool) {
    let colour = match cell.fg {
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Cyan => 6,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        _ => 0,
    };
    (colour, cell.modifier.contains(Modifier::BOLD), cell.modifier.contains(Modifier::REVERSED))
}

/// How often each is started.
const STARTS: usize = 15;

/// In a terminal that answers nothing, at a source that takes connections and says nothing.
fn beginnings() {
    println!("== until the first frame has been written, 200x60, median and worst of {STARTS}");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let home = tempfile::tempdir().expect("a directory");
    let config = home.path().join("config.toml");
    let url = silent.local_addr().expect("an address");
    let text = format!("[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"http://{url}\"\n");
    std::fs::write(&config, text).expect("a configuration");
    let env = environment(home.path());
    let env: Vec<(&str, &str)> = env.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let config = config.to_string_lossy().into_owned();
    fill(&config, &env);
    let ours = told("watchfire, its journal and a silent source", || {
        Pty::start(WATCHFIRE, &["--config", &config], &env).until(END_OF_FRAME)
    });
    if is_there("htop") {
        let theirs = told("htop", || Pty::start("htop", &[], &env).until(b"F10"));
        println!("ours is {:.2} of it", ours / theirs);
    }
}

fn environment(home: &Path) -> Vec<(&'static str, String)> {
    let home = home.to_string_lossy().into_owned();
    ["HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"].map(|name| (name, home.clone())).to_vec()
}

/// A journal with something in it.
fn fill(config: &str, env: &[(&str, &str)]) {
    for i in 0..50 {
        let mut command = Command::new(WATCHFIRE);
        command.args(["--config", config, "note", "incident", &format!("what was seen, {i}")]);
        command.env_clear().envs(env.iter().copied());
        let _ = command.output();
    }
}

fn told(what: &str, start: impl Fn() -> Duration) -> f64 {
    let mut times: Vec<f64> = (0..STARTS).map(|_| start().as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    println!("{what}: {:.1} ms, {:.1} ms", times[STARTS / 2], times[STARTS - 1]);
    times[STARTS / 2]
}
