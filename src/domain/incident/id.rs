//! The name of an incident: `INC-1121-K7QF2`. The day it was declared, and five letters that no other cockpit will draw.
//!
//! Two cockpits that cannot see each other must not call two things the same, so no number is counted up. The letters are
//! drawn from the id of the act, which is unique to its run: of two declared apart on one day, one pair in 33 million
//! would share a name.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::{Deserialize, Serialize};

use super::Incident;
use crate::domain::{Time, entry::Subject, filter, op::OpId, text::SafeText};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(SafeText);

/// Crockford's: none of them is taken for another when it is read out.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DRAWN: u32 = 5;

impl IncidentId {
    pub fn new(text: &str) -> Self {
        Self(SafeText::new(text))
    }

    /// A new one for what this act declares.
    pub fn draw(op: &OpId, now: Time) -> Self {
        let mut hasher = DefaultHasher::new();
        op.hash(&mut hasher);
        let drawn = hasher.finish();
        #[allow(clippy::cast_possible_truncation, reason = "five bits are an index below 32")]
        let letter = |i: u32| char::from(LETTERS[((drawn >> (5 * i)) & 31) as usize]);
        let letters: String = (0..DRAWN).map(letter).collect();
        Self::new(&format!("INC-{}-{letters}", now.format("%m%d")))
    }

    /// The incident that a subject is about.
    pub fn of(subject: &Subject) -> Option<Self> {
        subject.as_str().strip_prefix("incident:").filter(|id| !id.is_empty()).map(Self::new)
    }

    pub fn subject(&self) -> Subject {
        Subject::new(&format!("incident:{}", self.0.raw()))
    }

    pub fn as_str(&self) -> &str {
        self.0.raw()
    }

    pub fn text(&self) -> &SafeText {
        &self.0
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.line())
    }
}

/// As [`super::Incidents::find`].
pub(super) fn find<'i>(all: &'i [Incident], text: &str) -> Result<&'i Incident, String> {
    let wanted = text.strip_prefix("incident:").unwrap_or(text).trim();
    if let Some(one) = all.iter().find(|i| i.id.as_str().eq_ignore_ascii_case(wanted)) {
        return Ok(one);
    }
    let ends = |i: &&Incident| {
        let (id, wanted) = (i.id.as_str().to_ascii_lowercase(), wanted.to_ascii_lowercase());
        wanted.len() >= 2 && id.split_once('-').is_some_and(|(_, rest)| rest.split('-').any(|p| p.starts_with(&wanted)))
    };
    let found: Vec<&Incident> = all.iter().filter(ends).collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(unknown(all, wanted)),
        _ => {
            let ids: Vec<String> = found.iter().map(|i| format!("{} ({})", i.id, i.title.line())).collect();
            Err(format!("`{}` may be any of: {}", SafeText::new(wanted).line(), ids.join(", ")))
        }
    }
}

fn unknown(all: &[Incident], wanted: &str) -> String {
    let asked = SafeText::new(wanted);
    let ids: Vec<String> = all.iter().rev().map(|i| i.id.as_str().to_ascii_lowercase()).collect();
    let near = filter::nearest(wanted, ids.iter().map(String::as_str)).map(str::to_ascii_uppercase);
    match (near, all.last()) {
        (Some(id), _) => {
            format!("no incident is called `{}`; did you mean {}?", asked.line(), SafeText::from(id).line())
        }
        (None, Some(last)) => format!(
            "no incident is called `{}`; the newest is {} ({}); `watchfire incident list --all` has them all",
            asked.line(),
            last.id,
            last.title.line()
        ),
        (None, None) => {
            format!("no incident is called `{}`: there is none; `watchfire incident declare` makes one", asked.line())
        }
    }
}
