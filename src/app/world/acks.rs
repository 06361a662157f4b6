//! Who is on it: acks that silences carry, acks the journal carries, and those accepted but not yet seen in a snapshot.

use std::collections::{BTreeMap, HashSet};

use chrono::Duration;

use crate::domain::{
    Time,
    alert::{Ack, AlertId},
    entry::Subject,
    label::Labels,
    silence::Silence,
    source::{AckVia, SourceName},
    text::SafeText,
};

use super::{carriers::Carriers, sources::SourceStatus};

/// What is known of acks beyond the snapshots.
#[derive(Debug, Default)]
pub struct Acks {
    pub journal: BTreeMap<Subject, Ack>,
    /// Read back from the server, waiting for a snapshot that was requested later.
    accepted: Vec<Accepted>,
    /// When it was last tried to extend a silence.
    tried: BTreeMap<SafeText, Time>,
}

#[derive(Debug)]
struct Accepted {
    source: SourceName,
    at: Time,
    silence: Silence,
}

impl Acks {
    /// A silence that was put or ended and read back.
    pub(crate) fn accept(&mut self, source: &SourceName, at: Time, silence: Silence) {
        self.accepted.retain(|a| a.silence.id != silence.id);
        self.accepted.push(Accepted { source: source.clone(), at, silence });
    }

    /// A snapshot requested after an acceptance speaks for itself.
    /// Answers whether it waited for one.
    pub(crate) fn settle(&mut self, source: &SourceName, requested_at: Time) -> bool {
        let before = self.accepted.len();
        self.accepted.retain(|a| &a.source != source || a.at >= requested_at);
        before != self.accepted.len()
    }

    /// Whether a silence may be tried to be extended now, having been tried before; a try is written down.
    pub(crate) fn try_to_extend(&mut self, silence: &SafeText, now: Time, again_after: Duration) -> bool {
        let due = self.tried.get(silence).is_none_or(|at| now - *at >= again_after);
        if due {
            self.tried.retain(|_, at| now - *at < again_after);
            self.tried.insert(silence.clone(), now);
        }
        due
    }

    /// A silence as it was last read back, where no snapshot has told of it since.
    pub(crate) fn latest(&self, silence: &SafeText) -> Option<&Silence> {
        self.accepted.iter().rev().map(|a| &a.silence).find(|s| &s.id == silence)
    }

    /// Whether an accepted change of this source is still unconfirmed by a snapshot.
    pub fn is_settling(&self, silence: &SafeText) -> bool {
        self.accepted.iter().any(|a| &a.silence.id == silence)
    }

    /// All silences of a source that carry acks now.
    pub fn carriers<'a>(&'a self, source: &'a SourceStatus, now: Time) -> Vec<&'a Silence> {
        self.known(source).into_iter().filter(|s| s.is_ack() && s.is_active(now)).collect()
    }

    /// All silences of a source, those that were put or ended and read back in place of the older tale.
    pub fn known<'a>(&'a self, source: &'a SourceStatus) -> Vec<&'a Silence> {
        let name = &source.about.name;
        let ours = || self.accepted.iter().filter(|a| &a.source == name);
        let overridden: HashSet<&SafeText> = ours().map(|a| &a.silence.id).collect();
        let told = source.silences.iter().filter(|s| !overridden.contains(&s.id));
        told.chain(ours().map(|a| &a.silence)).collect()
    }

    /// When the acks that no snapshot tells of end by themselves.
    pub(crate) fn ends(&self) -> impl Iterator<Item = Time> {
        let accepted = self.accepted.iter().map(|a| a.silence.ends_at);
        self.journal.values().map(|a| a.until).chain(accepted)
    }

    /// The ack on an alert: a silence's first, then the journal's.
    pub fn of(&self, carriers: &Carriers<'_>, id: &AlertId, labels: &Labels, now: Time) -> Option<Ack> {
        let silence = carriers.on(labels).max_by_key(|s| (s.ends_at, &s.id));
        silence.map(carried).or_else(|| {
            if self.journal.is_empty() {
                return None;
            }
            let ack = self.journal.get(&Subject::alert(id))?;
            (now < ack.until).then(|| ack.clone())
        })
    }
}

fn carried(silence: &Silence) -> Ack {
    Ack {
        by: silence.created_by.clone(),
        reason: silence.reason(),
        at: silence.starts_at,
        until: silence.ends_at,
        via: AckVia::Silence,
        breaks_on: Vec::new(),
        silence: Some(silence.id.clone()),
    }
}
