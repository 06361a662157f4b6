//! What is other in one configuration than in another, option by option, and what of that must be seen before it holds.
//!
//! Compares what was read; reads nothing. A secret is compared and never told.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
};

use super::{explain::Setting, types::Config};
use crate::domain::{slo::Slo, source::SourceName};

/// One option that is other than it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Like `ui.theme` or `source.prod-eu`.
    pub key: String,
    /// As TOML writes it; none where it was not there.
    pub was: Option<String>,
    pub is: Option<String>,
    /// It holds only from the next start on.
    pub later: bool,
    /// Why somebody must have seen it before it holds.
    pub danger: Option<&'static str>,
}

/// Longest value that is told, in characters.
const VALUE_MAX: usize = 80;

impl fmt::Display for Change {
    /// `alerts.sort: "severity" -> "newest"`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.was, &self.is) {
            (Some(was), Some(is)) if was == is => write!(f, "{}: another value, which is not shown", self.key)?,
            (Some(was), Some(is)) => write!(f, "{}: {} -> {}", self.key, cut(was), cut(is))?,
            (None, Some(is)) => write!(f, "{}: new: {}", self.key, cut(is))?,
            (Some(was), None) => write!(f, "{}: gone, was {}", self.key, cut(was))?,
            (None, None) => write!(f, "{}", self.key)?,
        }
        if self.later { write!(f, " (from the next start)") } else { Ok(()) }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_MAX) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

/// What becomes of the sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    pub gone: Vec<SourceName>,
    pub came: Vec<SourceName>,
    /// Another server or kind under the same name: what the old one told is not what the new one tells.
    pub moved: Vec<SourceName>,
    /// The same server, asked in another way.
    pub altered: Vec<SourceName>,
}

impl Sources {
    pub fn is_empty(&self) -> bool {
        [&self.gone, &self.came, &self.moved, &self.altered].iter().all(|names| names.is_empty())
    }

    /// Those that are connected anew.
    pub fn anew(&self) -> impl Iterator<Item = &SourceName> {
        self.came.iter().chain(&self.moved).chain(&self.altered)
    }
}

/// Lists of named tables: one that comes or goes is one change.
const NAMED: [&str; 5] = ["source.", "view.", "action.", "silence_template.", "slo_exclusion."];

/// Everything that differs, in the order of the options. `touched` are files that were written since.
pub fn compare(was: &Config, is: &Config, touched: &BTreeSet<PathBuf>) -> Vec<Change> {
    let (old, new) = (grouped(was), grouped(is));
    let order = is.settings.iter().chain(&was.settings).map(|s| key_of(s, &old, &new));
    let mut seen = BTreeSet::new();
    let mut changes: Vec<Change> = order
        .filter(|key| seen.insert(key.clone()))
        .filter_map(|key| differs(&key, old.get(&key).map(Vec::as_slice), new.get(&key).map(Vec::as_slice)))
        .collect();
    changes.extend(order_of_views(was, is, &changes));
    changes.extend(files(was, is, touched));
    for change in &mut changes {
        change.later = is_later(&change.key);
        change.danger = danger(change);
    }
    changes
}

type Grouped<'a> = BTreeMap<String, Vec<&'a Setting>>;

/// By their keys; those of a named table by the table's.
fn grouped(config: &Config) -> Grouped<'_> {
    let mut out: Grouped<'_> = BTreeMap::new();
    for setting in &config.settings {
        out.entry(setting.key.clone()).or_default().push(setting);
        if let Some(table) = table_of(&setting.key) {
            out.entry(table.to_owned()).or_default().push(setting);
        }
    }
    out
}

/// `source.prod-eu` of `source.prod-eu.url`.
fn table_of(key: &str) -> Option<&str> {
    NAMED.iter().any(|noun| key.starts_with(noun)).then(|| key.rsplit_once('.').map(|(table, _)| table)).flatten()
}

/// A table that only one of the two has is told as a whole.
fn key_of(setting: &Setting, old: &Grouped<'_>, new: &Grouped<'_>) -> String {
    let alone = |table: &&str| old.contains_key(*table) != new.contains_key(*table);
    table_of(&setting.key).filter(alone).unwrap_or(&setting.key).to_owned()
}

fn differs(key: &str, was: Option<&[&Setting]>, is: Option<&[&Setting]>) -> Option<Change> {
    let prints = |all: &[&Setting]| all.iter().map(|s| s.print).collect::<Vec<_>>();
    if was.map(prints) == is.map(prints) {
        return None;
    }
    let told = |all: &[&Setting]| match all {
        [one] if one.key == key => one.value.clone(),
        many => {
            let leaf = |s: &Setting| s.key.strip_prefix(key).unwrap_or_default().trim_start_matches('.').to_owned();
            let given = many.iter().filter(|s| s.origin != super::Origin::Default && !leaf(s).is_empty());
            let parts: Vec<String> = given.map(|s| format!("{} = {}", leaf(s), s.value)).collect();
            if parts.is_empty() {
                many.iter().map(|s| s.value.as_str()).collect::<Vec<_>>().join(", ")
            } else {
                parts.join(", ")
            }
        }
    };
    Some(change(key, was.map(told), is.map(told)))
}

fn change(key: &str, was: Option<String>, is: Option<String>) -> Change {
    Change { key: key.to_owned(), was, is, later: false, danger: None }
}

/// The tabs stand in another order, and nothing else about them is other.
fn order_of_views(was: &Config, is: &Config, changes: &[Change]) -> Option<Change> {
    let names = |c: &Config| c.views.iter().map(|v| v.name.line().into_owned()).collect::<Vec<_>>();
    let (old, new) = (names(was), names(is));
    let is_told = changes.iter().any(|c| c.key.starts_with("view."));
    (old != new && !is_told).then(|| change("order of views", Some(old.join(", ")), Some(new.join(", "))))
}

/// Files that say something else under the same name.
fn files(was: &Config, is: &Config, touched: &BTreeSet<PathBuf>) -> Vec<Change> {
    let mut out = Vec::new();
    let same_theme = was.ui.theme_file.is_some() && was.ui.theme_file == is.ui.theme_file;
    if same_theme && was.theme != is.theme {
        out.push(change("the theme file says something else", None, None));
    }
    for source in &is.sources {
        let written = source.inputs().into_iter().find(|path| touched.contains(path));
        let stood = was.sources.iter().any(|s| s.name == source.name);
        if let Some(path) = written.filter(|_| stood) {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            out.push(change(&format!("source.{}: its file {name} was written", source.name), None, None));
        }
    }
    out
}

/// What becomes of the sources of `was` under `is`.
pub fn sources(was: &Config, is: &Config, touched: &BTreeSet<PathBuf>) -> Sources {
    let mut out = Sources::default();
    for old in &was.sources {
        if !is.sources.iter().any(|s| s.name == old.name) {
            out.gone.push(old.name.clone());
        }
    }
    for new in &is.sources {
        let name = new.name.clone();
        match was.sources.iter().find(|s| s.name == name) {
            None => out.came.push(name),
            Some(old) if old.kind != new.kind || old.urls != new.urls => out.moved.push(name),
            Some(old) => {
                let same = prints(was, &name) == prints(is, &name) && old.discover == new.discover;
                if !same || new.inputs().iter().any(|path| touched.contains(path)) {
                    out.altered.push(name);
                }
            }
        }
    }
    out
}

fn prints(config: &Config, name: &SourceName) -> Vec<(String, u64)> {
    let table = format!("source.{name}");
    let its = config.settings.iter().filter(|s| table_of(&s.key) == Some(&table));
    its.map(|s| (s.key.clone(), s.print)).collect()
}

/// Objectives that are others than they were, each in a line.
pub fn objectives(was: &[Slo], is: &[Slo]) -> Vec<Change> {
    let goal = |slo: &Slo| format!("{} % over {}", slo.objective.as_percent(), slo.window.words());
    let by_id = |slos: &[Slo]| slos.iter().map(|s| (s.id.clone(), s.clone())).collect::<BTreeMap<_, _>>();
    let (old, new) = (by_id(was), by_id(is));
    let ids: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let one = |id| match (old.get(id), new.get(id)) {
        (Some(a), Some(b)) if a == b => None,
        (Some(a), Some(b)) if goal(a) == goal(b) => Some(change(&format!("slo {id}: another definition"), None, None)),
        (a, b) => Some(change(&format!("slo {id}"), a.map(goal), b.map(goal))),
    };
    ids.into_iter().filter_map(one).collect()
}

/// What a program that runs cannot take up.
fn is_later(key: &str) -> bool {
    matches!(key, "journal.url" | "user.name") || key.starts_with("sim.")
}

/// Where more may happen than before, or to somebody else: it is shown and confirmed first.
fn danger(change: &Change) -> Option<&'static str> {
    let leaf = change.key.rsplit('.').next().unwrap_or_default();
    let within = |noun: &str| change.key.starts_with(noun);
    let was_there = change.was.is_some() && change.is.is_some();
    let became = |word: &str| change.is.as_deref() == Some(word);
    match leaf {
        "read_only" if became("false") => Some("sources may be written to again"),
        "url" | "urls" | "kind" | "proxy" if within("source.") => Some("acks and silences of this source go elsewhere"),
        "silences" if within("source.") && became("\"write\"") => Some("silences may be written on this source"),
        "ack" if within("source.") && became("\"silence\"") => Some("an ack mutes on this source"),
        "token_command" | "password_command" if within("source.") => Some("another program is run for the secret"),
        _ if within("action.") && was_there => Some("an action that you know does something else"),
        "guard_share" | "guard_alerts" | "guard_filters" => Some("another silence is too broad for one key"),
        _ => None,
    }
}
