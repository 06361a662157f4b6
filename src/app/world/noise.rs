//! Pages that a person called not actionable. The last word on an alert counts: a mark, or the taking back of it.

use std::collections::HashMap;

use crate::{
    app::effect::Effects,
    domain::{
        Time,
        alert::AlertId,
        entry::{Body, Entry, Kind, Subject, TAKEN_BACK},
        text::SafeText,
    },
};

use super::{World, ops::Recording, pulse};

/// Which alerts are marked now.
#[derive(Debug, Default)]
pub struct Noise(HashMap<u64, Mark>);

/// Who called it noise, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub by: SafeText,
    pub at: Time,
    pub why: Option<SafeText>,
}

impl Noise {
    pub(super) fn take(&mut self, entry: &Entry) {
        if entry.kind != Kind::NoiseMarked {
            return;
        }
        let key = pulse::key(&entry.subject);
        if entry.takes_mark_back() {
            self.0.remove(&key);
        } else {
            self.0.insert(key, Mark { by: entry.actor.clone(), at: entry.at, why: entry.body.text.clone() });
        }
    }

    pub fn on(&self, id: &AlertId) -> Option<&Mark> {
        self.0.get(&pulse::key_of(id))
    }
}

impl World {
    /// Says that an alert was not actionable, or takes that back.
    pub(crate) fn mark_noise(&mut self, now: Time, id: &AlertId, why: Option<&str>) -> Effects {
        let row = self.board.get(id);
        let mut body = Body {
            title: row.map(|r| r.name().clone()),
            severity: row.map(|r| r.severity),
            text: why.map(str::trim).filter(|w| !w.is_empty()).map(SafeText::from),
            ..Body::default()
        };
        let takes_back = self.noise.on(id).is_some();
        if takes_back {
            body.more.insert(TAKEN_BACK.to_owned(), true.into());
        }
        let name = body.title.clone().unwrap_or_default();
        let entry = self.entry(now, Kind::NoiseMarked, Subject::alert(id), body);
        self.record(now, Recording::Noise { name, marks: !takes_back }, entry, None)
    }
}
