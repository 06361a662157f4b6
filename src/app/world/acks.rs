//! Who is on it: acks that silences carry, acks the journal carries, and those accepted but not yet seen in a snapshot.

use std::collections::BTreeMap;

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

use super::sources::SourceStatus;

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
    /// False: the silence was ended.
    stands: bool,
}

impl Acks {
    /// A silence that was put and read back.
    pub(crate) fn accept(&mut self, source: &SourceName, at: Time, silence: Silence) {
        self.accepted.retain(|a| a.silence.id != silence.id);
        self.accepted.push(Accepted { source: source.clone(), at, silence, stands: true });
    }

    /// A silence that was ended, seen by reading it back.
    pub(crate) fn ended(&mut self, source: &SourceName, at: Time, silence: Silence) {
        self.accepted.retain(|a| a.silence.id != silence.id);
        self.accepted.push(Accepted { source: source.clone(), at, silence, stands: false });
    }

    /// A snapshot requested after an acceptance speaks for itself.
    pub(crate) fn settle(&mut self, source: &SourceName, requested_at: Time) {
        self.accepted.retain(|a| &a.source != source || a.at >= requested_at);
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

    /// All silences of a source that carry acks now, the accepted ones in place of the older tale.
    pub fn carriers<'a>(&'a self, source: &'a SourceStatus, now: Time) -> Vec<&'a Silence> {
        let name = &source.about.name;
        let overridden = |id: &SafeText| self.accepted.iter().any(|a| &a.silence.id == id);
        let told = source.silences.iter().filter(|s| !overridden(&s.id));
        let ours = self.accepted.iter().filter(|a| &a.source == name && a.stands).map(|a| &a.silence);
        told.chain(ours).filter(|s| s.is_ack() && s.is_active(now)).collect()
    }

    /// The ack on an alert: a silence's first, then the journal's.
    pub fn of(&self, carriers: &[&Silence], id: &AlertId, labels: &Labels, now: Time) -> Option<Ack> {
        let silence = carriers.iter().filter(|s| s.matches(labels)).max_by_key(|s| s.ends_at);
        silence.map(|s| carried(s)).or_else(|| {
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
