//! The map as data: each room, whom it may use and what it must not know.
//!
//! `may` and `not` are the words of the table in `src/lib.rs`; a change of one is a change of both.

/// One row of the map.
pub struct Rule {
    pub room: &'static str,
    /// Rooms and crates as the table names them.
    may: &'static [&'static str],
    /// What the table denies, in its words.
    not: &'static [&'static str],
    /// Paths denied beyond the words of the table.
    also: &'static [&'static str],
}

const CLOCKS: [&str; 4] = ["Utc::now", "Local::now", "Instant::now", "SystemTime::now"];

pub const RULES: [Rule; 9] = [
    Rule { room: "domain", may: &["std", "chrono", "serde", "arcstr"], not: &["everything else"], also: &[] },
    Rule { room: "config", may: &["domain"], not: &["tokio", "drawing"], also: &CLOCKS },
    Rule {
        room: "app",
        may: &["domain", "config"],
        not: &["tokio", "drawing", "HTTP", "clocks", "files"],
        also: &["sqlx", "std::net", "std::thread"],
    },
    Rule {
        room: "ui",
        may: &["app", "domain", "config"],
        not: &["tokio", "sources", "journal"],
        also: &["reqwest", "sqlx", "Utc::now", "Local::now", "Instant::now", "SystemTime::now"],
    },
    Rule { room: "sources", may: &["domain", "config"], not: &["app", "ui", "terminal", "journal"], also: &CLOCKS },
    Rule { room: "journal", may: &["domain", "config"], not: &["app", "ui", "sources", "terminal"], also: &CLOCKS },
    Rule {
        room: "report",
        may: &["domain"],
        not: &["app", "ui", "sources", "journal", "tokio", "drawing", "HTTP", "clocks", "files"],
        also: &["sqlx", "std::net", "std::thread"],
    },
    Rule { room: "runtime", may: &["all"], not: &[], also: &[] },
    Rule { room: "cli", may: &["all"], not: &[], also: &[] },
];

/// What a word of the table denies, as the starts of paths (clocks: as their ends).
fn meaning(word: &str) -> &'static [&'static str] {
    match word {
        "tokio" => &["tokio"],
        "drawing" | "terminal" => &["ratatui", "crossterm"],
        "HTTP" => &["reqwest"],
        "files" => &["std::fs"],
        "clocks" => &CLOCKS,
        "everything else" => &[
            "tokio",
            "ratatui",
            "crossterm",
            "reqwest",
            "sqlx",
            "std::fs",
            "std::net",
            "std::process",
            "std::thread",
            "Utc::now",
            "Local::now",
            "Instant::now",
            "SystemTime::now",
        ],
        room if RULES.iter().any(|r| r.room == room) => &[],
        other => panic!("the map denies `{other}`, and nobody here knows what that means"),
    }
}

impl Rule {
    pub fn may_use(&self, room: &str) -> bool {
        self.may.iter().any(|m| *m == room || *m == "all")
    }

    pub fn bans(&self) -> impl Iterator<Item = &'static str> {
        self.not.iter().flat_map(|w| meaning(w)).chain(self.also).copied()
    }

    /// The row as [`doc_rows`] reads it.
    pub fn as_documented(&self) -> Row {
        let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect();
        (self.room.to_owned(), words(self.may), words(self.not))
    }
}

pub fn rule_of(room: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.room == room)
}

/// Room, may use, must not know.
pub type Row = (String, Vec<String>, Vec<String>);

/// The rows of the table in the documentation of the crate.
pub fn doc_rows(lib: &str) -> Vec<Row> {
    let table = lib.lines().filter_map(|l| l.strip_prefix("//! | [`"));
    table.map(|row| doc_row(row).unwrap_or_else(|| panic!("a row of the map that cannot be read: {row}"))).collect()
}

fn doc_row(row: &str) -> Option<Row> {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let [room, _holds, may, not, ""] = cells[..] else { return None };
    Some((room.strip_suffix("`]")?.to_owned(), words(may), words(not)))
}

fn words(cell: &str) -> Vec<String> {
    cell.split(',').map(|w| w.trim().to_owned()).filter(|w| w != "-").collect()
}
