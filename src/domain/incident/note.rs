//! Notes beyond their text: tags, to which incident they belong, and corrections, which are entries of their own.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{IncidentId, order::key};
use crate::domain::{
    deed::UNDOES,
    entry::{Entry, Kind},
    filter,
    text::SafeText,
};

/// Under this name the body of a note holds its tag.
pub const TAG: &str = "tag";
/// Under this name an entry about something else names the incident that it belongs to.
pub const INCIDENT: &str = "incident";
/// Under this name a correction names the entry that it corrects.
pub const CORRECTS: &str = "corrects";

/// What a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tag {
    Hypothesis,
    Decision,
    Impact,
    Customer,
}

impl Tag {
    pub const ALL: [Self; 4] = [Self::Hypothesis, Self::Decision, Self::Impact, Self::Customer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hypothesis => "hypothesis",
            Self::Decision => "decision",
            Self::Impact => "impact",
            Self::Customer => "customer",
        }
    }

    /// # Errors
    /// A sentence with the nearest tag and all there are.
    pub fn read(word: &str) -> Result<Self, String> {
        let word = word.trim().trim_start_matches('#');
        if let Some(tag) = Self::ALL.into_iter().find(|t| t.as_str().eq_ignore_ascii_case(word)) {
            return Ok(tag);
        }
        let all = Self::ALL.map(Self::as_str);
        let near = filter::nearest(word, all.into_iter()).map(|n| format!("; did you mean {n}?")).unwrap_or_default();
        Err(format!("`{}` is no tag{near} There are: {}", SafeText::new(word).line(), all.join(", ")))
    }

    /// The tag of an entry; one that only a newer version knows is none.
    pub fn of(entry: &Entry) -> Option<Self> {
        let word = entry.body.more.get(TAG)?.as_str()?;
        Self::ALL.into_iter().find(|t| t.as_str() == word)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The incident that an entry names, by its subject or beside it.
pub(super) fn belongs_to(entry: &Entry) -> Option<IncidentId> {
    IncidentId::of(&entry.subject).or_else(|| entry.body.more.get(INCIDENT)?.as_str().map(IncidentId::new))
}

/// What was corrected: by the id of the entry, the corrections in the order in which they were told.
#[derive(Debug, Default)]
pub struct Corrections<'a>(HashMap<&'a str, Vec<&'a Entry>>);

impl<'a> Corrections<'a> {
    pub fn of(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut all: HashMap<&str, Vec<&Entry>> = HashMap::new();
        let mut undone: HashSet<&str> = HashSet::new();
        for entry in entries {
            if let Some(op) = takes_back(entry) {
                undone.insert(op);
            } else if let Some(id) = corrected(entry) {
                all.entry(id).or_default().push(entry);
            }
        }
        for told in all.values_mut() {
            told.retain(|e| e.body.op.as_ref().is_none_or(|op| !undone.contains(op.0.as_str())));
            told.sort_by(|a, b| key(a).cmp(&key(b)));
            told.dedup_by(|a, b| a.id == b.id);
        }
        Self(all)
    }

    /// The corrections of an entry, the last of which holds.
    pub fn on(&self, entry: &Entry) -> &[&'a Entry] {
        self.0.get(entry.id.as_str()).map_or(&[], Vec::as_slice)
    }
}

/// The act whose correction an entry takes back.
fn takes_back(entry: &Entry) -> Option<&str> {
    (entry.kind == Kind::NoteCorrected).then(|| entry.body.more.get(UNDOES)?.as_str())?
}

fn corrected(entry: &Entry) -> Option<&str> {
    (entry.kind == Kind::NoteCorrected).then(|| entry.body.more.get(CORRECTS)?.as_str())?
}
