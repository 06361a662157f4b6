//! Drills and recordings, as the program plays them: no terminal, no network, a clock that stands still.

mod recorded_days;
mod recordings;
mod scenarios;

use std::{path::PathBuf, process::Command};

use tempfile::TempDir;
use watchfire::runtime::recording::keys;

/// Where recordings of a test lie.
struct Desk(TempDir);

/// How a run ended.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchfire"));
        command.args(args).current_dir(self.0.path());
        for name in ["WATCHFIRE_DATA_DIR", "XDG_CONFIG_HOME", "HOME"] {
            command.env(name, self.0.path());
        }
        let output = command.env_remove("NO_COLOR").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    fn replay(&self, recording: &str, args: &[&str]) -> Ran {
        let path = self.write("session.ndjson", recording);
        self.run(&[&["replay", path.to_str().unwrap()], args].concat())
    }
}

/// The head of a drill of payment-outage, watched from 20:12 on.
const HEAD: &str = r#"{"watchfire":"recording","version":1,"of":"drill","began":"2026-03-02T20:12:00Z","size":[120,40],"speed":1.0,"user":"ana","scenario":{"name":"payment-outage","epoch":"2026-03-02T20:00:00Z"}}"#;

/// A line for each key of a chord, a tenth of a second apart.
fn keys(at: f64, chord: &str) -> String {
    let line = |(i, key): (usize, &str)| {
        assert!(keys::read(key).is_ok(), "{key}");
        format!("{{\"at\":{:.1},\"key\":\"{key}\"}}\n", at + 0.1 * f64::from(u32::try_from(i).unwrap()))
    };
    chord.split_whitespace().enumerate().map(line).collect()
}

fn paste(at: f64, text: &str) -> String {
    format!("{{\"at\":{at:.1},\"paste\":\"{text}\"}}\n")
}

/// The alert of this name alone, acked.
fn acks(at: f64, name: &str) -> String {
    let filter = [keys(at, "Esc Esc /"), paste(at + 1.0, &format!("alertname={name}")), keys(at + 2.0, "Enter")];
    filter.concat() + &keys(at + 4.0, "a") + &paste(at + 5.0, "mine") + &keys(at + 6.0, "Enter")
}

fn end(at: u32) -> String {
    format!("{{\"at\":{at},\"end\":\"quit\"}}\n")
}

/// Own it, note it, declare it; five minutes in all.
fn session() -> String {
    let note = keys(90.0, "n") + &paste(91.0, "4.12.0 went out at nine past") + &keys(92.0, "Enter");
    let declare = keys(150.0, "i Ctrl-u") + &paste(151.0, "checkout is down") + &keys(152.0, "Enter");
    [format!("{HEAD}\n"), acks(40.0, "HighErrorRate"), note, declare, end(300)].concat()
}
