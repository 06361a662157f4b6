//! From a key to the last byte of its frame, in a real pty, while an Alertmanager on loopback changes one alert in a
//! hundred every five seconds; memory; and what a poll costs that says nothing new. 1,000, 10,000 and 100,000 alerts.
//!
//! `cargo bench --bench keys`, or `cargo bench --bench keys -- 100000` for one size

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

mod storm;

use std::{
    io::{Read, Write},
    path::Path,
    sync::{Arc, Mutex, atomic::Ordering, mpsc},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use storm::Storm;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";
/// How the terminal is; one that does not say so is sent frames by rate.
const ASKS: &[u8] = b"\x1b[5n";
/// How long the source is watched in calm and in storm.
const WATCH: Duration = Duration::from_secs(60);
/// The target: nobody notices this.
const NOTICED_MS: f64 = 16.0;

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    let seen: Vec<Seen> = sizes.into_iter().map(run).collect();
    for pair in seen.windows(2) {
        let ratio = |of: fn(&Seen) -> f64| of(&pair[1]) / of(&pair[0]);
        println!(
            "{} : {} alerts, as 1 : {:.0} | key p99 1 : {:.2} | letter p99 1 : {:.2} | memory 1 : {:.2} | changed poll 1 : {:.2}",
            pair[0].alerts,
            pair[1].alerts,
            ratio(|s| s.alerts as f64),
            ratio(|s| s.key),
            ratio(|s| s.letter),
            ratio(|s| s.memory),
            ratio(|s| s.poll),
        );
    }
}

/// What is compared between sizes: p99 in ms, memory in MB, CPU of a changed poll in ms.
struct Seen {
    alerts: usize,
    key: f64,
    letter: f64,
    memory: f64,
    poll: f64,
}

/// What is typed, and what the terminal answers.
#[derive(Clone)]
struct Keyboard(Arc<Mutex<Box<dyn Write + Send>>>);

impl Write for Keyboard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.lock().expect("nobody panics with it").flush()
    }
}

struct Run {
    storm: Arc<Storm>,
    keyboard: Keyboard,
    frames: mpsc::Receiver<(Instant, usize)>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

fn run(alerts: usize) -> Seen {
    let home = tempfile::tempdir().expect("a directory");
    let mut run = Run::start(alerts, home.path());
    println!("== {alerts} alerts, 120x40");
    let rows = run.wait_for_rows();
    println!("all on the board after {:.0} ms", rows.as_secs_f64() * 1e3);
    let calm = run.poll_cost("unchanged");
    run.storm.blows.store(true, Ordering::SeqCst);
    let poll = run.poll_cost("changed");
    println!("a poll of 1 % news costs {:.2} times one of none", poll / calm);
    let memory = run.memory();
    // ctrl-d and ctrl-u are half pages.
    let walk = b"jjjjjjkkk\x04\x04\x15".chunks(1).cycle().take(420);
    let key = run.press_all("j, k, half pages", walk);
    let mut letters = Vec::new();
    for _ in 0..8 {
        letters.extend(run.type_filter(r#"team="t7""#));
        letters.extend(run.type_filter("web-123"));
        letters.extend(run.type_filter(r#"severity=~"crit.*" checkout"#));
    }
    let letter = told("letters in /", letters);
    run.memory();
    run.keyboard.write_all(b"q").expect("the key to leave");
    run.child.wait().expect("an end");
    Seen { alerts, key, letter, memory, poll }
}

impl Run {
    fn start(alerts: usize, home: &Path) -> Self {
        let storm = Storm::start(alerts);
        let file = home.join("config.toml");
        let text =
            format!("[[source]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"{}\"\ninterval = \"5s\"\n", storm.url);
        std::fs::write(&file, text).expect("a configuration");
        let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).expect("a pty");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_watchfire"));
        command.args(["--config", &file.to_string_lossy()]);
        ["HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"].iter().for_each(|name| command.env(name, home));
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let child = pty.slave.spawn_command(command).expect("the cockpit");
        drop(pty.slave);
        let keyboard = Keyboard(Arc::new(Mutex::new(pty.master.take_writer().expect("a writer"))));
        let frames = watch(pty.master.try_clone_reader().expect("a reader"), keyboard.clone());
        Self { storm, keyboard, frames, child, _master: pty.master }
    }

    /// The second time it is asked, the first answer is on the board.
    fn wait_for_rows(&mut self) -> Duration {
        let began = Instant::now();
        while self.storm.polls.load(Ordering::SeqCst) < 2 {
            quiet_down(&self.frames, Duration::from_millis(20));
        }
        let took = began.elapsed().saturating_sub(Duration::from_secs(5));
        quiet_down(&self.frames, Duration::from_secs(3));
        took
    }

    /// CPU in ms of one poll, of the cockpit alone, with the clock ticking as always.
    fn poll_cost(&mut self, what: &str) -> f64 {
        let (polls, cpu) = (self.storm.polls.load(Ordering::SeqCst), self.cpu_ms());
        let bytes = quiet_down(&self.frames, WATCH);
        let polls = (self.storm.polls.load(Ordering::SeqCst) - polls).max(1);
        let each = (self.cpu_ms() - cpu) / polls as f64;
        println!("{what} answers: {each:.0} ms of CPU a poll over {polls} polls, {bytes} bytes drawn in {WATCH:?}");
        each
    }

    fn cpu_ms(&self) -> f64 {
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) * 10.0
    }

    fn proc(&self, file: &str) -> String {
        let id = self.child.process_id().unwrap_or(0);
        std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default()
    }

    /// The most it ever held, in MB.
    fn memory(&self) -> f64 {
        let status = self.proc("status");
        let mb = |name: &str| {
            let line = status.lines().find(|l| l.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
        };
        println!("memory: VmRSS {:.0} MB, VmHWM {:.0} MB", mb("VmRSS"), mb("VmHWM"));
        mb("VmHWM")
    }

    fn press_all<'k>(&mut self, what: &str, keys: impl Iterator<Item = &'k [u8]>) -> f64 {
        let times = keys.map(|key| self.press(key)).collect();
        told(what, times)
    }

    /// Types a filter, takes it back with Esc, and tells what each letter took.
    fn type_filter(&mut self, text: &str) -> Vec<f64> {
        self.press(b"/");
        let times = text.as_bytes().chunks(1).map(|letter| self.press(letter)).collect();
        // An open list takes the first Esc.
        self.keyboard.write_all(b"\x1b").expect("a key");
        quiet_down(&self.frames, Duration::from_millis(200));
        self.keyboard.write_all(b"\x1b").expect("a key");
        quiet_down(&self.frames, Duration::from_millis(200));
        times
    }

    fn press(&mut self, key: &[u8]) -> f64 {
        quiet_down(&self.frames, Duration::from_millis(25));
        let began = Instant::now();
        self.keyboard.write_all(key).expect("a key");
        match self.frames.recv_timeout(Duration::from_secs(2)) {
            Ok((ended, _)) => (ended - began).as_secs_f64() * 1e3,
            Err(_) => f64::NAN,
        }
    }
}

/// Prints what the keys took; answers p99 in ms. A key that changed nothing on the screen draws no frame and is left out.
fn told(what: &str, mut times: Vec<f64>) -> f64 {
    let all = times.len();
    times.retain(|t| t.is_finite());
    times.sort_by(f64::total_cmp);
    let at = |p: f64| times.get(((times.len().saturating_sub(1)) as f64 * p).ceil() as usize).copied().unwrap_or(0.0);
    let late = times.iter().filter(|t| **t > NOTICED_MS).count();
    println!(
        "{what}: key to last byte p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms; {late} of {} above {NOTICED_MS} ms ({all} pressed)",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len(),
    );
    at(0.99)
}

/// Tells when each frame ended and how many bytes it had.
fn watch(mut reader: Box<dyn Read + Send>, mut keyboard: Keyboard) -> mpsc::Receiver<(Instant, usize)> {
    let (tell, frames) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buf = [0; 65_536];
        let mut tail = Vec::new();
        let mut bytes = 0;
        while let Ok(n @ 1..) = reader.read(&mut buf) {
            let now = Instant::now();
            bytes += n;
            tail.extend_from_slice(&buf[..n]);
            if tail.windows(END_OF_FRAME.len()).any(|w| w == END_OF_FRAME) {
                if tell.send((now, bytes)).is_err() {
                    return;
                }
                bytes = 0;
            }
            if tail.windows(ASKS.len()).any(|w| w == ASKS) {
                // The terminal may have gone by then.
                let _ = keyboard.write_all(b"\x1b[0n");
            }
            let keep = tail.len().saturating_sub(END_OF_FRAME.len() - 1);
            tail.drain(..keep);
        }
    });
    frames
}

/// Bytes that came within `length`.
fn quiet_down(frames: &mpsc::Receiver<(Instant, usize)>, length: Duration) -> usize {
    let until = Instant::now() + length;
    let mut bytes = 0;
    while let Ok((_, n)) = frames.recv_timeout(until.saturating_duration_since(Instant::now())) {
        bytes += n;
    }
    bytes
}
