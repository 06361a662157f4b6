//! What the alerts pane shows and when it calls something a storm: `[alerts]` and `[storm]`, with the words they are written in.
//!
//! Knows the words and what they mean, not how a column is drawn or a storm is told.

use std::sync::LazyLock;

use chrono::Duration;

use super::{
    document::{self, Node, Table},
    fault::{Report, nearest},
    layers::{DEFAULT_TOML, Layers},
};
use crate::domain::duration;

/// `[alerts]` and `[storm]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertsConfig {
    pub columns: Vec<Column>,
    pub sort: Sort,
    /// Labels whose values make a group; empty is no grouping.
    pub group_by: Vec<String>,
    /// Without a key for this long a person has been away.
    pub away: Duration,
    /// Changes within the window from which on an alert flaps; at least 2.
    pub flap_changes: usize,
    pub flap_window: Duration,
    pub storm: StormConfig,
}

/// `[storm]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StormConfig {
    /// Whether the pane changes by itself.
    pub auto: bool,
    /// Alerts that began within a minute from which on it is a storm; at least 1.
    pub per_minute: usize,
    /// It is over after this long below half of that.
    pub quiet_for: Duration,
}

/// One column of the alerts pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    State,
    Age,
    Name,
    Summary,
    Owner,
    Source,
    /// When it fired during the last hours.
    Spark,
    Label(String),
}

/// The order of the alerts pane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Nobody's first, then by severity, the youngest first.
    #[default]
    Severity,
    Newest,
    Oldest,
    Name,
    Source,
    Label(String),
}

const COLUMNS: [(&str, Column); 7] = [
    ("state", Column::State),
    ("age", Column::Age),
    ("name", Column::Name),
    ("summary", Column::Summary),
    ("owner", Column::Owner),
    ("source", Column::Source),
    ("spark", Column::Spark),
];

const SORTS: [(&str, Sort); 5] = [
    ("severity", Sort::Severity),
    ("newest", Sort::Newest),
    ("oldest", Sort::Oldest),
    ("name", Sort::Name),
    ("source", Sort::Source),
];

/// The text after `label:`.
fn label(word: &str) -> Option<String> {
    word.strip_prefix("label:").map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned)
}

/// What is wrong with a word, and what may have been meant.
fn unknown<'a>(noun: &str, word: &str, known: impl Iterator<Item = &'a str>) -> (String, String) {
    let known: Vec<&str> = known.chain(["label:NAME"]).collect();
    let hint = match nearest(word, &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    (format!("no {noun} is called `{word}`"), hint)
}

impl Column {
    /// Reads the word of a configuration.
    ///
    /// # Errors
    /// What is wrong with it, and what may have been meant.
    pub fn read(word: &str) -> Result<Self, (String, String)> {
        let known = || COLUMNS.iter().find(|(name, _)| *name == word).map(|(_, column)| column.clone());
        let found = label(word).map(Self::Label).or_else(known);
        found.ok_or_else(|| unknown("column", word, COLUMNS.iter().map(|(name, _)| *name)))
    }
}

impl Sort {
    /// The orders one key steps through; a label's order is only ever configured.
    pub const STEPS: [Sort; 5] = [Sort::Severity, Sort::Newest, Sort::Oldest, Sort::Name, Sort::Source];

    /// Reads the word of a configuration.
    ///
    /// # Errors
    /// What is wrong with it, and what may have been meant.
    pub fn read(word: &str) -> Result<Self, (String, String)> {
        let known = || SORTS.iter().find(|(name, _)| *name == word).map(|(_, sort)| sort.clone());
        let found = label(word).map(Self::Label).or_else(known);
        found.ok_or_else(|| unknown("order", word, SORTS.iter().map(|(name, _)| *name)))
    }

    pub fn word(&self) -> String {
        match self {
            Self::Label(name) => format!("label:{name}"),
            known => SORTS.iter().find(|(_, s)| s == known).map_or("severity", |(w, _)| w).to_owned(),
        }
    }

    /// The order that the key brings next.
    pub fn next(&self) -> Self {
        let place = Self::STEPS.iter().position(|s| s == self);
        Self::STEPS[place.map_or(0, |i| (i + 1) % Self::STEPS.len())].clone()
    }
}

impl Default for AlertsConfig {
    /// What `config/default.toml` says.
    fn default() -> Self {
        static BUILT_IN: LazyLock<Option<AlertsConfig>> = LazyLock::new(|| {
            let (base, _) = document::parse(DEFAULT_TOML);
            let file = Table::default();
            read(Layers { base: &base, file: &file })
        });
        BUILT_IN.clone().unwrap_or(Self {
            columns: COLUMNS.iter().map(|(_, c)| c.clone()).take(4).collect(),
            sort: Sort::Severity,
            group_by: Vec::new(),
            away: Duration::MAX,
            flap_changes: usize::MAX,
            flap_window: Duration::zero(),
            storm: StormConfig { auto: false, per_minute: usize::MAX, quiet_for: Duration::zero() },
        })
    }
}

/// The settings in force; words that are no column and no order are [`judge`]'s.
pub(super) fn read(layers: Layers<'_>) -> Option<AlertsConfig> {
    let length = |path: &[&str]| layers.read(path, |n| duration::parse(n.text()?).ok());
    let number = |path: &[&str]| layers.read(path, Node::integer).and_then(|n| usize::try_from(n).ok());
    Some(AlertsConfig {
        columns: layers.read(&["alerts", "columns"], |n| {
            n.texts().iter().map(|(_, word)| Column::read(word).ok()).collect::<Option<Vec<_>>>()
        })?,
        sort: layers.read(&["alerts", "sort"], |n| Sort::read(n.text()?).ok())?,
        group_by: layers
            .read(&["alerts", "group_by"], |n| Some(n.texts().iter().map(|(_, l)| (*l).to_owned()).collect()))?,
        away: length(&["alerts", "away"])?,
        flap_changes: number(&["alerts", "flap_changes"])?,
        flap_window: length(&["alerts", "flap_window"])?,
        storm: StormConfig {
            auto: layers.read(&["storm", "auto"], Node::bool)?,
            per_minute: number(&["storm", "alerts_per_minute"])?,
            quiet_for: length(&["storm", "quiet_for"])?,
        },
    })
}

/// Names every word that is no column and no order.
pub(super) fn judge(layers: Layers<'_>, report: &mut Report) {
    let node = |path: &[&str]| layers.get(path).map(|(node, _)| node);
    words(node(&["alerts", "columns"]), node(&["alerts", "sort"]), report);
}

/// As [`judge`], for the columns and the order of a saved view.
pub(super) fn words(columns: Option<&Node>, sort: Option<&Node>, report: &mut Report) {
    for (at, word) in columns.map(Node::texts).unwrap_or_default() {
        if let Err((what, hint)) = Column::read(word) {
            report.hint(at, what, hint);
        }
    }
    if let Some(node) = sort
        && let Some(Err((what, hint))) = node.text().map(Sort::read)
    {
        report.hint(node.at, what, hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_is_none_names_the_nearest() {
        assert_eq!(Column::read("label:team"), Ok(Column::Label("team".into())));
        let (what, hint) = Column::read("sumary").unwrap_err();
        assert_eq!((what.as_str(), hint.as_str()), ("no column is called `sumary`", "did you mean `summary`?"));
        assert!(Sort::read("label:").is_err());
    }

    #[test]
    fn the_key_steps_through_every_order_and_back() {
        let mut sort = Sort::Label("team".into());
        let seen: Vec<String> = (0..6)
            .map(|_| {
                sort = sort.next();
                sort.word()
            })
            .collect();
        assert_eq!(seen, ["severity", "newest", "oldest", "name", "source", "severity"]);
    }

    #[test]
    fn the_defaults_are_those_of_the_reference() {
        let config = AlertsConfig::default();
        assert_eq!(config.columns.len(), 6);
        assert_eq!((config.flap_changes, config.storm.per_minute), (5, 60));
    }
}
