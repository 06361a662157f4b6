//! The silences of a simulated day, with Alertmanager's manners.
//!
//! After `silences.Set` of Alertmanager 0.25: the same id, matchers and start change a silence in place; anything else
//! makes a new one and ends the old one. Refusals are in the words a running 0.25 used. Refuses to know alerts.

use std::{io::ErrorKind, path::Path};

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Time,
    alert::AlertId,
    held::Request,
    matcher::Matcher,
    op::OpId,
    silence::{Silence, SilenceDraft, SilenceState},
    source::SourceError,
    text::SafeText,
};

/// How long a silence that is over stays listed, as Alertmanager's default retention.
const RETENTION: Duration = Duration::hours(120);

/// All silences of all simulated sources.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    held: Vec<Held>,
    /// What was asked of those that keep acks themselves, in order.
    #[serde(default)]
    asked: Vec<Asked>,
}

/// One thing that a source was asked to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) op: OpId,
    /// When it is done.
    pub(super) at: Time,
    pub(super) request: Request,
}

#[derive(Debug, Serialize, Deserialize)]
struct Held {
    source: usize,
    /// Nobody sees it before: a colleague has yet to make it.
    made_at: Time,
    silence: Silence,
}

impl Ledger {
    /// A silence that somebody else makes at its start.
    pub(super) fn foresee(&mut self, source: usize, silence: Silence) {
        let made_at = silence.starts_at;
        let silence = Silence { id: self.next_id(), ..silence };
        self.held.push(Held { source, made_at, silence });
    }

    /// Makes or changes a silence.
    ///
    /// # Errors
    /// `Rejected`, in Alertmanager's words, for what Alertmanager refuses.
    pub(super) fn put(&mut self, source: usize, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        check(draft, now)?;
        if let Some(id) = draft.id.as_ref().filter(|id| !id.is_empty()) {
            let old = self.find(source, id.raw(), now).ok_or_else(not_found)?;
            if can_update(&old.silence, draft, now) {
                old.silence = silence(id.clone(), draft);
                return Ok(id.clone());
            }
            end(&mut old.silence, now);
        }
        let id = self.next_id();
        let mut silence = silence(id.clone(), draft);
        silence.starts_at = silence.starts_at.max(now);
        self.held.push(Held { source, made_at: now, silence });
        Ok(id)
    }

    /// Ends it now. What is over, or what nobody knows, stays as it is, as every source has it.
    pub(super) fn expire(&mut self, source: usize, id: &str, now: Time) {
        if let Some(held) = self.find(source, id, now) {
            end(&mut held.silence, now);
        }
    }

    pub(super) fn get(&self, source: usize, id: &str, now: Time) -> Option<Silence> {
        self.seen(source, now).find(|s| s.id == *id)
    }

    /// What is active, will be, or has not been over for long.
    pub(super) fn list(&self, source: usize, now: Time) -> Vec<Silence> {
        self.seen(source, now).filter(|s| s.ends_at + RETENTION > now).collect()
    }

    /// Takes what a file has; where there is none yet, nothing was written.
    ///
    /// # Errors
    /// That it cannot be read, and why.
    pub(super) fn read(&mut self, file: &Path) -> Result<(), SourceError> {
        match std::fs::read(file) {
            Ok(bytes) => *self = serde_json::from_slice(&bytes).map_err(|e| unkept(file, &e))?,
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(unkept(file, &e)),
        }
        Ok(())
    }

    /// Leaves the file whole, whatever happens meanwhile.
    ///
    /// # Errors
    /// That it cannot be written, and why.
    pub(super) fn write(&self, file: &Path) -> Result<(), SourceError> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| unkept(file, &e))?;
        let new = file.with_extension(format!("new-{}", std::process::id()));
        std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, file)).map_err(|e| unkept(file, &e))
    }

    /// Keeps what was asked; the same act is kept once.
    pub(super) fn ask(&mut self, asked: Asked) {
        if !self.asked.iter().any(|a| a.op == asked.op) {
            self.asked.push(asked);
            self.asked.sort_by_key(|a| a.at);
        }
    }

    pub(super) fn asked(&self, op: &OpId) -> Option<&Asked> {
        self.asked.iter().find(|a| &a.op == op)
    }

    /// All that was done by now in one episode of an alert.
    pub(super) fn done(&self, id: &AlertId, began: Time, now: Time) -> impl Iterator<Item = &Asked> {
        let of = move |a: &&Asked| a.request.alert == *id && a.request.began == began && a.at <= now;
        self.asked.iter().filter(of)
    }

    fn seen(&self, source: usize, now: Time) -> impl Iterator<Item = Silence> {
        let there = move |h: &&Held| h.source == source && h.made_at <= now;
        self.held.iter().filter(there).map(move |h| Silence { state: state(&h.silence, now), ..h.silence.clone() })
    }

    fn find(&mut self, source: usize, id: &str, now: Time) -> Option<&mut Held> {
        self.held.iter_mut().find(|h| h.source == source && h.made_at <= now && h.silence.id == *id)
    }

    fn next_id(&self) -> SafeText {
        SafeText::new(&format!("sim-{}", self.held.len() + 1))
    }
}

fn silence(id: SafeText, draft: &SilenceDraft) -> Silence {
    Silence {
        id,
        matchers: draft.matchers.clone(),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        created_by: SafeText::new(&draft.created_by),
        comment: SafeText::new(&draft.comment),
        annotations: draft.annotations.clone(),
        state: SilenceState::Active,
    }
}

fn check(draft: &SilenceDraft, now: Time) -> Result<(), SourceError> {
    let why = if draft.ends_at <= draft.starts_at {
        "Failed to create silence: start time must be before end time"
    } else if draft.ends_at <= now {
        "Failed to create silence: end time can't be in the past"
    } else if draft.matchers.is_empty() {
        "matchers in body should have at least 1 items"
    } else if draft.matchers.iter().all(|m: &Matcher| m.matches_value("")) {
        "silence invalid: at least one matcher must not match the empty string"
    } else {
        return Ok(());
    };
    Err(SourceError::rejected(why))
}

fn can_update(old: &Silence, draft: &SilenceDraft, now: Time) -> bool {
    old.matchers == draft.matchers
        && match state(old, now) {
            SilenceState::Active => old.starts_at == draft.starts_at && draft.ends_at > now,
            SilenceState::Pending => draft.starts_at >= now,
            SilenceState::Expired => false,
        }
}

/// Ends what is not over; a silence that had yet to begin never does.
fn end(silence: &mut Silence, now: Time) {
    if silence.ends_at > now {
        silence.starts_at = silence.starts_at.min(now);
        silence.ends_at = now;
    }
}

fn state(silence: &Silence, now: Time) -> SilenceState {
    if silence.ends_at <= now {
        SilenceState::Expired
    } else if now < silence.starts_at {
        SilenceState::Pending
    } else {
        SilenceState::Active
    }
}

fn not_found() -> SourceError {
    SourceError::rejected("silence not found")
}

fn unkept(file: &Path, why: &dyn std::fmt::Display) -> SourceError {
    SourceError::unreachable(format!("the silences of the simulation, {}: {why}", file.display()))
}
