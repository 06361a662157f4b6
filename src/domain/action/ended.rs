//! How a command ended, in words that say what to make of it.

use serde_json::{Map, Value, json};

use super::{Command, Output};
use crate::domain::{duration, text::SafeText};

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    Exited(i32),
    /// By a signal that was not ours.
    Killed(i32),
    /// It took too long, and its whole group was ended.
    TimedOut,
    /// A person stopped it.
    Stopped,
    /// Watchfire was left while it ran, and its whole group was ended.
    Left,
    /// It could not be started.
    NotStarted(SafeText),
}

/// The end of a command, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub how: How,
    pub took: chrono::Duration,
    pub output: Output,
    /// Something that it started holds its output still.
    pub lingers: bool,
    /// It failed, and the last that it said looks like a question.
    pub asked: bool,
}

/// Bytes of output that the journal keeps.
pub const KEPT: usize = 8 * 1024;

impl How {
    pub fn is_good(&self) -> bool {
        *self == Self::Exited(0)
    }

    /// In a few words.
    pub fn word(&self) -> String {
        match self {
            Self::Exited(0) => "done".into(),
            Self::Exited(code) => format!("exit {code}{}", meaning(*code)),
            Self::Killed(signal) => format!("killed by signal {signal}{}", meaning(128 + signal)),
            Self::TimedOut => "ended: it took too long".into(),
            Self::Stopped => "stopped".into(),
            Self::Left => "stopped: watchfire was left while it ran".into(),
            Self::NotStarted(why) => format!("not started: {}", why.line()),
        }
    }

    fn fields(&self) -> (&'static str, Option<i32>) {
        match self {
            Self::Exited(code) => ("exit", Some(*code)),
            Self::Killed(signal) => ("signal", Some(*signal)),
            Self::TimedOut => ("timeout", None),
            Self::Stopped => ("stopped", None),
            Self::Left => ("left", None),
            Self::NotStarted(_) => ("not_started", None),
        }
    }
}

/// What an exit code is known to mean.
fn meaning(code: i32) -> &'static str {
    match code {
        126 => " (found, but it may not be run)",
        127 => " (no such command)",
        129 => " (SIGHUP: its terminal went)",
        130 => " (SIGINT: interrupted)",
        134 => " (SIGABRT: it gave up itself)",
        137 => " (SIGKILL: killed, often for want of memory)",
        139 => " (SIGSEGV: it crashed)",
        141 => " (SIGPIPE: nobody read its output)",
        143 => " (SIGTERM: asked to end)",
        _ => "",
    }
}

impl Ended {
    /// One line for the timeline.
    pub fn line(&self) -> String {
        if let How::NotStarted(_) = self.how {
            return self.how.word();
        }
        let took = if self.took < chrono::Duration::seconds(10) {
            format!("{:.1}s", self.took.as_seconds_f64())
        } else {
            duration::long(self.took)
        };
        let lingers = if self.lingers { "; something it started still runs" } else { "" };
        let asked = if self.asked { "; it seems to have asked for input, which nobody can give it here" } else { "" };
        format!("{} after {took}{lingers}{asked}", self.how.word())
    }

    /// The fields of its entry, beside those of [`started`].
    pub fn fields(&self) -> Map<String, Value> {
        let (ended, code) = self.how.fields();
        let mut map = Map::new();
        map.insert("ended".into(), json!(ended));
        if let Some(code) = code {
            map.insert("code".into(), json!(code));
        }
        map.insert("took_s".into(), json!(self.took.as_seconds_f64()));
        map.insert("output".into(), json!(self.output.text(KEPT)));
        map.insert("output_bytes".into(), json!(self.output.total));
        map
    }
}

/// The fields of an entry that say what was run.
pub fn started(name: &SafeText, command: &Command) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("action".into(), json!(name.raw()));
    map.insert("argv".into(), json!(command.argv));
    map.insert("timeout_s".into(), json!(command.timeout.num_seconds()));
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_and_thirty_seven_is_explained() {
        assert!(How::Exited(137).word().contains("want of memory"));
        assert!(How::Killed(9).word().contains("signal 9") && How::Killed(9).word().contains("memory"));
        assert!(How::Exited(127).word().contains("no such command"));
        assert_eq!(How::Exited(3).word(), "exit 3");
    }
}
