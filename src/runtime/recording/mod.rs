//! What a person did to a cockpit, as a file: a bug report, or a drill to be played again.
//!
//! One JSON object a line. The first is the head: the size of the screen, the scenario with its text, or the names of the
//! sources. Each other one is a key, a paste, the mouse, a new size or the end, with its
//! moment. What sources told is not in it, and
//! of what a source is asked with nothing is: no address, no token. What was typed is in it, key by key.
//!
//! ```text
//! {"watchfire":"recording","version":1,"of":"drill","began":"2026-03-02T20:12:00Z","size":[120,40],"speed":1.0,..}
//! {"at":21.5,"key":"a"}
//! {"at":24.25,"paste":"on it"}
//! {"at":31.5,"mouse":["press",12,7]}
//! {"at":60.0,"size":[100,30]}
//! {"at":95.125,"end":"quit"}
//! ```

pub mod keys;
pub mod play;
mod read;
mod write;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{config::keymap::Key, domain::Time};

pub use read::{LARGEST, read};
pub use write::Recorder;

/// The format that this version writes, and the newest that it reads.
pub const VERSION: u32 = 2;
/// What the head of a recording is called.
pub const NAME: &str = "recording";

/// A whole recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub head: Head,
    /// In the order of time.
    pub moves: Vec<Move>,
    /// When and why it ended; none where it was cut off.
    pub end: Option<(Duration, End)>,
}

/// What it was recorded on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub watchfire: String,
    pub version: u32,
    /// The version of the program.
    #[serde(default)]
    pub program: String,
    pub of: Kind,
    /// When the cockpit was opened, on its clock.
    pub began: Time,
    /// Columns and rows.
    pub size: (u16, u16),
    /// How fast its time ran.
    #[serde(default = "usual_speed")]
    pub speed: f64,
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub read_only: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Played>,
    /// The names of the sources, where they were real.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

fn usual_speed() -> f64 {
    1.0
}

/// The scenario that was played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Played {
    pub name: String,
    /// The file itself; a built-in one is known by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When it began, on the cockpit's clock.
    pub epoch: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Demo,
    Drill,
    /// On real sources: what they told is not in it.
    Cockpit,
}

/// Something that came from the terminal, and when since the cockpit was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub at: Duration,
    pub what: Came,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    Key(Key),
    Paste(String),
    Size(u16, u16),
    /// What the mouse did, and where: column and row, counted from 0.
    Mouse(Hand, u16, u16),
}

/// What a hand does with a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hand {
    Press,
    Drag,
    Release,
    WheelDown,
    WheelUp,
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// Somebody quit.
    Quit,
    /// The scenario was over.
    Over,
    /// A signal, or a terminal that went.
    Gone,
}

/// A line after the head, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Seconds since the cockpit was opened.
    at: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paste: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<(u16, u16)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mouse: Option<(Hand, u16, u16)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}
