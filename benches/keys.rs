//! From a key to the last byte of its frame, in a real pty, with 5,000 alerts on the board and snapshots arriving.
//!
//! `cargo bench --bench keys`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

use std::{
    io::{Read, Write},
    sync::mpsc,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const KEYS: usize = 400;
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

fn main() {
    for (columns, rows) in [(80, 24), (200, 60)] {
        run(columns, rows);
    }
}

fn run(columns: u16, rows: u16) {
    let pty =
        native_pty_system().openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).expect("a pty");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_watchfire"));
    command.args(["demo", "--scenario", "storm"]);
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    let began = Instant::now();
    let mut child = pty.slave.spawn_command(command).expect("the cockpit");
    drop(pty.slave);
    let frames = watch(pty.master.try_clone_reader().expect("a reader"));
    let mut keyboard = pty.master.take_writer().expect("a writer");
    let first = frames.recv().expect("a first frame").0;
    println!("{columns}x{rows}: first frame after {:.1} ms", (first - began).as_secs_f64() * 1e3);
    // The board fills and the budgets are counted before anything is measured.
    quiet_down(&frames, Duration::from_secs(8));
    let mut times: Vec<f64> =
        (0..KEYS).map(|i| press(&mut keyboard, &frames, if i % 20 < 15 { b"j" } else { b"k" })).collect();
    times.sort_by(f64::total_cmp);
    let at = |p: f64| times[((times.len() - 1) as f64 * p) as usize];
    println!(
        "{columns}x{rows}: key to last byte p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.2} ms over {KEYS} keys",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    let before = quiet_down(&frames, Duration::from_millis(300));
    let idle = quiet_down(&frames, Duration::from_secs(20));
    println!("{columns}x{rows}: idle {:.0} bytes/s ({before} bytes before)", idle as f64 / 20.0);
    let cpu = std::fs::read_to_string(format!("/proc/{}/stat", child.process_id().unwrap_or(0))).unwrap_or_default();
    let ticks: Vec<&str> = cpu.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    println!(
        "{columns}x{rows}: CPU so far {} ticks of user, {} of system (100 a second)",
        ticks.get(11).unwrap_or(&"?"),
        ticks.get(12).unwrap_or(&"?")
    );
    keyboard.write_all(b"q").expect("the key to leave");
    child.wait().expect("an end");
}

/// Tells when each frame ended and how many bytes it had.
fn watch(mut reader: Box<dyn Read + Send>) -> mpsc::Receiver<(Instant, usize)> {
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

fn press(keyboard: &mut Box<dyn Write + Send>, frames: &mpsc::Receiver<(Instant, usize)>, key: &[u8]) -> f64 {
    quiet_down(frames, Duration::from_millis(25));
    let began = Instant::now();
    keyboard.write_all(key).expect("a key");
    let (ended, _) = frames.recv_timeout(Duration::from_secs(10)).expect("an answer to a key");
    (ended - began).as_secs_f64() * 1e3
}
