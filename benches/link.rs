//! A link of 20 kB/s with 50 ms each way and a buffer of 2 MiB: how old what is on the screen is, and how long a key takes,
//! with our writer and beside it the stock backend in a loop that does not wait; alone and inside tmux.
//!
//! Both want thirty frames a second of a screen that changes everywhere; a frame tells when it was drawn and which key came
//! last. `cargo bench --bench link`, or `-- 10` for ten seconds each.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

mod wire;

use std::{
    io::Write,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crossterm::{
    event::{self, Event, KeyCode},
    terminal::{EnterAlternateScreen, enable_raw_mode},
};
use futures_util::StreamExt;
use portable_pty::CommandBuilder;
use ratatui::{
    Terminal,
    backend::CrosstermBackend,
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
};
use watchfire::runtime::terminal::{
    encode::{Encoder, dialect::Dialect},
    gate::Gate,
    reader::{Audience, Reader},
    writer::Frames,
};
use wire::{Sight, Wire};

const FRAME: Duration = Duration::from_millis(33);
const SIZES: [(u16, u16); 2] = [(80, 24), (200, 50)];
/// The bench starts itself as the program that draws.
const CHILD: &str = "--as";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == CHILD) {
        return match arguments.get(at + 1).map(String::as_str) {
            Some("ours") => ours(),
            _ => stock(),
        };
    }
    let seconds = arguments.iter().find_map(|a| a.parse().ok()).unwrap_or(20);
    println!("20 kB/s, 50 ms each way, 2 MiB of buffer, {seconds} s each; seconds");
    println!(
        "{:<28} {:>7} {:>24} {:>24} {:>18}",
        "", "frames", "age as it arrives", "age of what is seen", "key to screen"
    );
    println!(
        "{:<28} {:>7} {:>8}{:>8}{:>8} {:>8}{:>8}{:>8} {:>6}{:>6}{:>6}",
        "", "", "p50", "p95", "max", "p50", "p95", "max", "p50", "max", "lost"
    );
    for size in SIZES {
        for (what, tmux) in [("ours", false), ("stock", false), ("ours", true), ("stock", true)] {
            let found = measure(what, tmux, size, Duration::from_secs(seconds));
            let place = if tmux { " in tmux" } else { "" };
            println!("{:<28} {}", format!("{what}{place}, {}x{}", size.0, size.1), found.line());
        }
    }
    let home = tempfile::tempdir().expect("a directory");
    for tmux in [false, true] {
        let keys = cockpit(tmux, home.path());
        println!(
            "the cockpit itself{}: `?` to its help p50 {:.2}, max {:.2}",
            if tmux { " in tmux" } else { "" },
            at(&keys, 0.5),
            at(&keys, 1.0)
        );
    }
}

// What is drawn.

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}

/// A screen that is another one everywhere at each turn; its first row says when it was drawn, and the last key.
fn fill(buf: &mut Buffer, turn: u32, key: char) {
    let area = buf.area;
    for y in 1..area.height {
        let text: String = (0..area.width)
            .map(|x| char::from(b'a' + ((turn * 7 + u32::from(x) * 3 + u32::from(y) * 5) % 26) as u8))
            .collect();
        let colour = [Color::Reset, Color::Red, Color::Cyan, Color::Yellow][usize::from(y) % 4];
        buf.set_string(0, y, text, Style::new().fg(colour));
    }
    buf.set_string(0, 0, format!("drawn {} key {key} ", now_ms()), Style::new());
}

/// The reader, the encoder and the writer of the cockpit, under a loop as its own: keys first, then a frame where one may be
/// sent.
fn ours() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    enable_raw_mode().expect("a terminal");
    let (mut frames, mut encoder) =
        (Frames::start(true).expect("a writer"), Encoder::new(Dialect::of(&std::env::var("TERM").unwrap_or_default())));
    let audience = Audience { writer: frames.ready(), gate: Gate::default(), questions: Default::default() };
    let mut events = Reader::open(&audience, None).expect("a reader");
    runtime.block_on(async {
        let mut due = tokio::time::interval(FRAME);
        let (mut turn, mut key, mut dirty) = (0, '-', true);
        loop {
            let ready = frames.ready();
            tokio::select! {
                biased;
                came = events.next() => match came {
                    Some(Ok(Event::Key(pressed))) => (key, dirty) = (pressed.code.as_char().unwrap_or(key), true),
                    Some(Ok(_)) => {}
                    _ => return,
                },
                sent = ready.wait(), if dirty => {
                    let (width, height) = crossterm::terminal::size().unwrap_or((80, 24));
                    let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
                    fill(&mut frame, turn, key);
                    turn += 1;
                    dirty = false;
                    if sent.is_err() || frames.send(&encoder.frame(&frame, &[], None), b"", false).is_err() {
                        return;
                    }
                }
                _ = due.tick() => dirty = true,
            }
        }
    });
}

/// What a program does that has no writer of its own.
fn stock() {
    enable_raw_mode().expect("a terminal");
    crossterm::execute!(std::io::stdout(), EnterAlternateScreen).expect("a terminal");
    let mut terminal = Terminal::new(CrosstermBackend::new(std::io::stdout())).expect("a terminal");
    let (mut turn, mut key) = (0, '-');
    loop {
        let drawn = terminal.draw(|frame| fill(frame.buffer_mut(), turn, key));
        if drawn.is_err() || std::io::stdout().flush().is_err() {
            return;
        }
        turn += 1;
        let until = Instant::now() + FRAME;
        while event::poll(until.saturating_duration_since(Instant::now())).unwrap_or(false) {
            match event::read() {
                Ok(Event::Key(pressed)) => key = if let KeyCode::Char(c) = pressed.code { c } else { key },
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }
}

// What is seen.

#[derive(Default)]
struct Found {
    frames: usize,
    /// When the first row of a frame arrives, and in every instant, of the last whole frame.
    arriving: Vec<f64>,
    seen: Vec<f64>,
    keys: Vec<f64>,
    lost: usize,
}

impl Found {
    fn line(&self) -> String {
        let [a, b] = [&self.arriving, &self.seen]
            .map(|of| format!("{:>8.2}{:>8.2}{:>8.2}", at(of, 0.5), at(of, 0.95), at(of, 1.0)));
        format!("{:>7} {a} {b} {:>6.2}{:>6.2}{:>6}", self.frames, at(&self.keys, 0.5), at(&self.keys, 1.0), self.lost)
    }
}

fn at(of: &[f64], share: f64) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(((sorted.len().saturating_sub(1)) as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

fn program(words: &[&str], tmux: bool, home: &Path, (columns, rows): (u16, u16)) -> CommandBuilder {
    let (socket, conf) = (home.join("socket"), home.join("conf"));
    std::fs::write(&conf, "set -g default-terminal tmux-256color\nset -g status off\n").expect("a configuration");
    let (columns, rows) = (columns.to_string(), rows.to_string());
    let mut command = if tmux {
        let mut tmux = CommandBuilder::new("tmux");
        tmux.args([
            "-S",
            &socket.to_string_lossy(),
            "-f",
            &conf.to_string_lossy(),
            "new-session",
            "-x",
            &columns,
            "-y",
            &rows,
        ]);
        tmux.args(words);
        tmux
    } else {
        let mut plain = CommandBuilder::new(words[0]);
        plain.args(&words[1..]);
        plain
    };
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in [
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
        ("SHELL", "/bin/sh"),
        ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"),
    ] {
        command.env(name, value);
    }
    ["HOME", "TMPDIR", "WATCHFIRE_DATA_DIR"].iter().for_each(|name| command.env(name, home));
    command.cwd(home);
    command
}

fn measure(what: &str, tmux: bool, size: (u16, u16), length: Duration) -> Found {
    let home = tempfile::tempdir().expect("a directory");
    let own = std::env::current_exe().expect("a name");
    let wire = Wire::open(program(&[&own.to_string_lossy(), CHILD, what], tmux, home.path(), size), size);
    let mut watch = Watch::new(&wire);
    let began = Instant::now();
    while began.elapsed() < length {
        watch.presses(began);
        if let Ok(sight) = wire.sights.recv_timeout(Duration::from_millis(10)) {
            watch.sees(&sight);
        }
        watch.looks();
    }
    ends(tmux, home.path());
    watch.found.lost +=
        watch.pressed.iter().filter(|p| p.1.is_some_and(|at| at.elapsed() > Duration::from_secs(2))).count();
    watch.found
}

fn ends(tmux: bool, home: &Path) {
    if tmux {
        // It may have ended with its client.
        let _ = std::process::Command::new("tmux")
            .arg("-S")
            .arg(home.join("socket"))
            .arg("kill-server")
            .stderr(std::process::Stdio::null())
            .status();
    }
}

/// One that looks at the screen and presses a key a second.
struct Watch<'a> {
    wire: &'a Wire,
    found: Found,
    /// Each key that was pressed, until its letter is seen.
    pressed: Vec<(char, Option<Instant>)>,
    drawn: u64,
    whole: Option<u64>,
    looked: Instant,
}

impl<'a> Watch<'a> {
    fn new(wire: &'a Wire) -> Self {
        Self { wire, found: Found::default(), pressed: Vec::new(), drawn: 0, whole: None, looked: Instant::now() }
    }

    fn presses(&mut self, began: Instant) {
        let wanted = began.elapsed().as_secs() as usize;
        if wanted > self.pressed.len() {
            let letter = char::from(b'A' + (self.pressed.len() % 26) as u8);
            let at = self.wire.types(letter.to_string().as_bytes());
            self.pressed.push((letter, Some(at)));
        }
    }

    fn sees(&mut self, sight: &Sight) {
        let first = sight.screen.lines().next().unwrap_or_default();
        let mut words = first.split_whitespace();
        let (Some("drawn"), Some(drawn), Some("key"), Some(key)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return;
        };
        let Ok(drawn) = drawn.parse::<u64>() else { return };
        if drawn > self.drawn {
            self.drawn = drawn;
            self.found.frames += 1;
            self.found.arriving.push(age(drawn));
        }
        if sight.inside {
            return;
        }
        self.whole = Some(self.drawn);
        let answered = self.pressed.iter().position(|(letter, _)| key.starts_with(*letter));
        // The last key that is seen stands for those before it.
        for (_, pressed) in self.pressed.iter_mut().take(answered.map_or(0, |i| i + 1)) {
            if let Some(at) = pressed.take() {
                self.found.keys.push((sight.at - at).as_secs_f64());
            }
        }
    }

    /// Every ten milliseconds, whatever is there.
    fn looks(&mut self) {
        if self.looked.elapsed() >= Duration::from_millis(10) {
            self.looked = Instant::now();
            self.found.seen.extend(self.whole.map(age));
        }
    }
}

fn age(drawn: u64) -> f64 {
    now_ms().saturating_sub(drawn) as f64 / 1e3
}

/// The cockpit on its demonstration: how long until its help is seen, and until it is gone.
fn cockpit(tmux: bool, home: &Path) -> Vec<f64> {
    let size = (120, 40);
    let wire = Wire::open(program(&[env!("CARGO_BIN_EXE_watchfire"), "demo", "--speed", "60"], tmux, home, size), size);
    let until = |wanted: &dyn Fn(&str) -> bool| {
        while let Ok(sight) = wire.sights.recv_timeout(Duration::from_secs(10)) {
            if !sight.inside && wanted(&sight.screen) {
                return sight.at;
            }
        }
        Instant::now() + Duration::from_secs(100)
    };
    until(&|s| s.contains("DiskWillFill"));
    let mut times = Vec::new();
    for _ in 0..10 {
        let pressed = wire.types(b"?");
        times.push((until(&|s| s.contains("Leave Watchfire.")) - pressed).as_secs_f64());
        let pressed = wire.types(b"\x1b");
        times.push((until(&|s| !s.contains("Leave Watchfire.")) - pressed).as_secs_f64());
    }
    drop(wire);
    ends(tmux, home);
    times
}
