//! What the board was last built on beside the alerts: acks and acts in flight. Tells which alerts are touched by what
//! became of them, so that one ack among a hundred thousand alerts looks at one row.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::domain::{
    Time,
    acks::Carrier,
    alert::{Ack, AlertId},
    entry::Subject,
    label::Fingerprint,
    silence::Silence,
    text::SafeText,
};

use super::{
    acks::Acks,
    board::Board,
    ops::{Activity, Ops},
    sources::SourceStatus,
};

#[derive(Debug, Default)]
pub(super) struct Standing {
    /// By the place of their source: the silences that carried acks, each with a hash of what it said.
    silences: Vec<HashMap<SafeText, u64>>,
    journal: BTreeMap<Subject, Ack>,
    pub(super) activities: HashMap<AlertId, Activity>,
    /// When acks that their source keeps end by themselves.
    held: BTreeMap<AlertId, Time>,
    /// When the first of these begins or ends by itself.
    due: Option<Time>,
}

impl Standing {
    /// The source at this place has gone.
    pub(super) fn close(&mut self, source: usize) {
        if source < self.silences.len() {
            self.silences.remove(source);
        }
    }

    /// Whether time alone has changed something.
    pub(super) fn is_due(&self, now: Time) -> bool {
        self.due.is_some_and(|at| at <= now)
    }

    /// Takes in what one source's silences carry now; answers whose acks that may change.
    pub(super) fn on_silences(&mut self, at: usize, carriers: &[&Silence], acks: &Acks, board: &Board) -> Vec<AlertId> {
        self.silences.resize_with(self.silences.len().max(at + 1), HashMap::new);
        let now: HashMap<SafeText, u64> = carriers.iter().map(|s| (s.id.clone(), hash(s, acks))).collect();
        if now == self.silences[at] {
            return Vec::new();
        }
        let before = std::mem::replace(&mut self.silences[at], now);
        let now = &self.silences[at];
        let others = |id: &SafeText| before.get(id) != now.get(id);
        let source = board.source_name(at);
        let carried = board.owned().filter(|r| Some(&r.id.source) == source);
        let carried = carried.filter(|r| r.ack.as_ref().and_then(|a| a.silence.as_ref()).is_some_and(others));
        let mut touched: Vec<AlertId> = carried.map(|r| r.id.clone()).collect();
        for silence in carriers.iter().filter(|s| others(&s.id) && !s.matchers.is_empty()) {
            let matching = source.into_iter().flat_map(|name| board.matching(name, &silence.matchers));
            touched.extend(matching.map(|r| r.id.clone()));
        }
        touched
    }

    /// Takes in the acks of the journal; answers the subjects that they came to or went from.
    pub(super) fn on_journal(&mut self, acks: &Acks, now: Time) -> Vec<Subject> {
        let holds = |ack: &Ack| ack.stands(now);
        let same = acks.journal.iter().filter(|(_, a)| holds(a)).eq(self.journal.iter());
        if same {
            return Vec::new();
        }
        let journal: BTreeMap<_, _> =
            acks.journal.iter().filter(|(_, a)| holds(a)).map(|(s, a)| (s.clone(), a.clone())).collect();
        let before = std::mem::replace(&mut self.journal, journal);
        let changed = |s: &&Subject| before.get(s) != self.journal.get(s);
        let gone = before.keys().filter(|s| !self.journal.contains_key(*s));
        self.journal.keys().filter(changed).chain(gone).cloned().collect()
    }

    /// Takes in what is in flight; answers what it is about, or was.
    pub(super) fn on_ops(&mut self, ops: &Ops) -> Vec<AlertId> {
        let before = std::mem::replace(&mut self.activities, ops.activities());
        let changed = |id: &&AlertId| before.get(id) != self.activities.get(id);
        let gone = before.keys().filter(|id| !self.activities.contains_key(id));
        self.activities.keys().filter(changed).chain(gone).cloned().collect()
    }

    /// Takes in when the acks end that sources keep themselves; answers whose have ended.
    pub(super) fn on_held(
        &mut self,
        sources: &[SourceStatus],
        touched: &[Vec<Fingerprint>],
        now: Time,
    ) -> Vec<AlertId> {
        for (source, fingerprints) in sources.iter().zip(touched) {
            for known in fingerprints.iter().filter_map(|f| source.known.get(f)) {
                let until = known.alert.held.as_ref().and_then(|h| h.ack.as_ref()?.until);
                let id = || source.alert_id(&known.alert.fingerprint);
                match until {
                    Some(until) => drop(self.held.insert(id(), until)),
                    None if self.held.is_empty() => {}
                    None => drop(self.held.remove(&id())),
                }
            }
        }
        self.held.extract_if(.., |_, until| *until <= now).map(|(id, _)| id).collect()
    }

    /// Notes when time alone will change something.
    pub(super) fn note_due(&mut self, sources: &[SourceStatus], acks: &Acks, now: Time) {
        let silences = sources.iter().flat_map(|s| &s.silences).filter(|s| s.is_ack());
        let times = silences.flat_map(|s| [s.starts_at, s.ends_at]).chain(acks.ends());
        let times = times.chain(self.held.values().copied()).filter(|at| *at > now);
        self.due = times.min();
    }
}

fn hash(silence: &Silence, acks: &Acks) -> u64 {
    let mut hasher = DefaultHasher::new();
    acks.terms(&Carrier::Silence(silence.id.clone())).map(|t| &t.contract.breaks_on).hash(&mut hasher);
    let settling = acks.is_settling(&silence.id);
    (silence.starts_at, silence.ends_at, &silence.created_by, &silence.comment, settling).hash(&mut hasher);
    for m in &silence.matchers {
        (&m.name, m.op, &m.value).hash(&mut hasher);
    }
    hasher.finish()
}

/// The alert that a subject is; its source by place. None where it is of no source here.
pub(super) fn alert_of(subject: &Subject, sources: &[SourceStatus]) -> Option<(usize, Fingerprint)> {
    let id = subject.as_str().strip_prefix("alert:")?;
    sources.iter().enumerate().find_map(|(at, source)| {
        let digits = id.strip_prefix(source.about.name.as_str())?.strip_prefix('/')?;
        Some((at, Fingerprint::new(digits)))
    })
}
