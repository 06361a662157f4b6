//! What outlives a restart, with the journal's drafts: the notices that wait for the end of quiet hours, until when somebody
//! is awake, and why the program of one's own failed last.

use serde::{Deserialize, Serialize};

use crate::{
    app::effect::{Effect, Effects},
    domain::{Time, notify::About, text::SafeText},
};

use super::{super::World, HUSHED_MAX, Paging};

/// Under which key the last failure of the program is kept, whoever is told.
pub const HOOK: &str = "notify:command";

/// Whether what was kept before has come back: only then may it be written over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reading {
    #[default]
    No,
    Asked,
    Done,
}

/// As it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Memo {
    awake_until: Option<Time>,
    hushed: Vec<About>,
}

/// A program that could not be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure {
    pub at: Time,
    pub why: String,
}

impl Failure {
    /// As it was kept; none where the program was told since, or never.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Paging {
    /// What is held, and until when somebody is awake, has become another.
    pub(super) fn changed(&mut self) {
        self.unkept = true;
    }

    /// As of another run: what waited then comes before what waits since.
    fn recall(&mut self, text: &str) {
        // What cannot be read is as good as nothing: the alerts themselves are on the board.
        let Memo { awake_until, mut hushed } = serde_json::from_str(text).unwrap_or_default();
        hushed
            .retain(|about| self.hushed.iter().all(|known| known.id != about.id || known.starts_at != about.starts_at));
        self.unkept |= !self.hushed.is_empty();
        hushed.append(&mut self.hushed);
        let more = hushed.len().saturating_sub(HUSHED_MAX);
        self.hushed = hushed.split_off(more);
        self.awake_until = self.awake_until.or(awake_until);
    }
}

impl World {
    fn paging_key(&self) -> String {
        format!("paging:{}", self.user)
    }

    /// Asks for what was kept, once.
    pub(crate) fn ask_paging(&mut self) -> Option<Effect> {
        if self.paging.read != Reading::No {
            return None;
        }
        self.paging.read = Reading::Asked;
        Some(Effect::LoadDraft { key: self.paging_key() })
    }

    /// What was kept has come; answers whether it was this at all.
    pub(crate) fn recall_paging(&mut self, key: &str, text: &str) -> bool {
        if key != self.paging_key() {
            return false;
        }
        if std::mem::replace(&mut self.paging.read, Reading::Done) != Reading::Done {
            self.paging.recall(text);
        }
        true
    }

    /// Keeps it where it is another; nothing before what was kept last has come back.
    pub(crate) fn keep_paging(&mut self) -> Effects {
        if !self.paging.unkept || self.paging.read != Reading::Done {
            return Vec::new();
        }
        self.paging.unkept = false;
        let memo = Memo { awake_until: self.paging.awake_until, hushed: self.paging.hushed.clone() };
        let text = serde_json::to_string(&memo).unwrap_or_default();
        vec![Effect::SaveDraft { key: self.paging_key(), text }]
    }

    /// What became of a notice that the program was told: a word where the reason is a new one, and what is kept of it.
    pub(crate) fn hook_told(&mut self, now: Time, told: Result<(), SafeText>) -> Effects {
        let keep = |text: String| vec![Effect::SaveDraft { key: HOOK.to_owned(), text }];
        let Err(why) = told else { return keep(String::new()) };
        let why = why.line().into_owned();
        if self.paging.failures.insert(why.clone()) {
            let word = format!("the program of [notify] was not told: {why}; `watchfire notify test` tries it");
            self.paging.unsaid.push(word);
        }
        keep(serde_json::to_string(&Failure { at: now, why }).unwrap_or_default())
    }

    /// What is to be said once there is room for it.
    pub(crate) fn unsaid(&mut self) -> Option<String> {
        (!self.paging.unsaid.is_empty()).then(|| self.paging.unsaid.remove(0))
    }
}
