//! What other programs of the person were told already: their servers, their credentials, their names.
//!
//! Reads files and writes none; what is not taken over is said.

mod amtool;
mod http_config;
mod karma;
mod nagstamon;
mod pagerduty;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::config::Request;

use super::draft::{Keep, Later, SourceDraft};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// A file of another program.
#[derive(Debug)]
pub struct Found {
    /// The program.
    pub of: &'static str,
    pub path: PathBuf,
    pub user: Option<String>,
    pub sources: Vec<SourceDraft>,
    pub later: Vec<Later>,
    /// What is there and not taken over, and why.
    pub notes: Vec<String>,
}

impl Found {
    fn new(of: &'static str, path: &Path) -> Self {
        Self { of, path: path.to_owned(), user: None, sources: Vec::new(), later: Vec::new(), notes: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.later.is_empty()
    }

    /// What is in it, in a few words.
    pub fn says(&self) -> String {
        let sources = self.sources.iter().map(|s| format!("{} at {}", s.kind.as_str(), s.url));
        let later = self.later.iter().map(|l| format!("a token for {}", l.kind));
        let all: Vec<String> = sources.chain(later).collect();
        if all.is_empty() { "nothing that can be taken over".to_owned() } else { all.join(", ") }
    }
}

/// One program whose files are read.
struct Program {
    name: &'static str,
    /// Where its files are.
    looks: fn(&Request) -> Vec<PathBuf>,
    reads: fn(&Path, &str, Keep) -> Found,
}

const PROGRAMS: [Program; 4] = [
    Program { name: "amtool", looks: amtool::places, reads: amtool::read },
    Program { name: "karma", looks: karma::places, reads: karma::read },
    Program { name: "nagstamon", looks: nagstamon::places, reads: nagstamon::read },
    Program { name: "pagerduty", looks: pagerduty::places, reads: pagerduty::read },
];

/// Names that `--from` takes beside paths.
pub fn names() -> String {
    PROGRAMS.map(|p| p.name).join(", ")
}

/// Every file of every program that is there.
pub fn all(request: &Request, keep: Keep) -> Vec<Found> {
    PROGRAMS.iter().flat_map(|program| of(program, request, keep)).collect()
}

fn of(program: &Program, request: &Request, keep: Keep) -> Vec<Found> {
    let places = (program.looks)(request);
    let read = |path: PathBuf| Some((program.reads)(&path, &text(&path).ok()?, keep));
    places.into_iter().filter_map(read).collect()
}

/// The files of one program by its name, or one file whose program is told by what is in it.
///
/// # Errors
/// Where there is none, it cannot be read, or nobody knows whose it is.
pub fn named(wanted: &str, request: &Request, keep: Keep) -> Result<Vec<Found>, String> {
    if let Some(program) = PROGRAMS.iter().find(|p| p.name == wanted) {
        let found = of(program, request, keep);
        if found.is_empty() {
            let looked: Vec<String> = (program.looks)(request).iter().map(|p| p.display().to_string()).collect();
            return Err(format!("no file of {wanted} is there; looked at {}", looked.join(", ")));
        }
        return Ok(found);
    }
    let path = Path::new(wanted);
    let text = text(path).map_err(|e| format!("{wanted}: {e}; a path, or one of: {}", names()))?;
    let read = PROGRAMS.iter().map(|p| (p.reads)(path, &text, keep));
    read.into_iter()
        .find(|f| !f.is_empty())
        .map(|f| vec![f])
        .ok_or_else(|| format!("{wanted} names no server that could be taken over; files are read of: {}", names()))
}

fn text(path: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    std::fs::File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

/// YAML as a table; none where it is none.
fn yaml(text: &str) -> Option<BTreeMap<String, Value>> {
    serde_saphyr::from_str(text).ok()
}

/// A text that is there and not empty.
fn said(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// An address that can be one of a source; else a note says why not.
fn usable(found: &mut Found, source: &mut SourceDraft, keep: Keep) -> bool {
    if source.take_user(keep) {
        found.notes.push("The user and the password in its address are kept as a secret.".to_owned());
    }
    match super::address(&source.url) {
        Ok(()) => true,
        Err(why) => {
            found.notes.push(format!("{}: {why}", source.name));
            false
        }
    }
}
