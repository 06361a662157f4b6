//! Who is on it: acks that silences carry, acks the journal carries, and those accepted but not yet seen in a snapshot.
//!
//! Keeps what each was made on and which are over; what breaks one is `contracts`' to find.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use chrono::Duration;

use crate::domain::{
    Time,
    acks::{Broken, Carrier, JournalAcks, Terms},
    alert::{Ack, Alert, AlertId},
    contract::Contract,
    entry::Subject,
    held::HeldAck,
    label::{Fingerprint, Labels},
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
    /// When it was last tried to extend or to end a silence.
    tried: BTreeMap<SafeText, Time>,
    /// The acks that Watchfire made, this one or another.
    terms: BTreeMap<Carrier, Terms>,
    /// Broken, released or taken back, and when: one that was made later stands again.
    over: BTreeMap<Carrier, Time>,
    broken: BTreeMap<AlertId, Broken>,
    /// Since when no alert of an ack fires.
    gone: BTreeMap<Carrier, Time>,
    /// Silences whose end somebody else moved while their alert fired.
    moved: BTreeSet<SafeText>,
    /// Acks that a source keeps itself, made or taken back and read back, waiting for a snapshot that was requested later.
    asked: Vec<Asked>,
}

#[derive(Debug)]
struct Asked {
    alert: AlertId,
    at: Time,
    /// None where it was taken back.
    ack: Option<Ack>,
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

    /// A source made an ack of its own, or took it back.
    pub(crate) fn asked(&mut self, alert: &AlertId, at: Time, ack: Option<Ack>) {
        self.asked.retain(|a| a.alert != *alert);
        self.asked.push(Asked { alert: alert.clone(), at, ack });
    }

    /// As [`Self::settle`], for the acks that a source keeps itself; answers which alerts waited.
    pub(crate) fn settle_asked(&mut self, source: &SourceName, requested_at: Time) -> Vec<Fingerprint> {
        let over = |a: &mut Asked| &a.alert.source == source && a.at < requested_at;
        self.asked.extract_if(.., over).map(|a| a.alert.fingerprint).collect()
    }

    /// Whether what a source did itself waits for a snapshot that shows it.
    pub(crate) fn is_asked(&self, alert: &AlertId) -> bool {
        self.asked.iter().any(|a| &a.alert == alert)
    }

    /// Takes in what the journal says. What was seen here and is not written yet stays.
    pub(crate) fn learn(&mut self, told: JournalAcks) {
        self.journal = told.acks;
        for (carrier, terms) in told.terms {
            let newer = |known: &Terms| (known.contract.at, known.until) < (terms.contract.at, terms.until);
            if self.terms.get(&carrier).is_none_or(newer) {
                self.terms.insert(carrier, terms);
            }
        }
        // A mark that the journal knows goes when the journal says that somebody is on it again.
        self.broken.retain(|_, b| !told.over.contains_key(&b.carrier));
        for (carrier, at) in told.over {
            let since = self.over.entry(carrier).or_insert(at);
            *since = at.max(*since);
        }
        // What was seen to be over here may not be written yet.
        let over = &self.over;
        let stands = |s: &Subject, a: &Ack| over.get(&Carrier::Journal(s.clone())).is_none_or(|at| *at < a.at);
        self.journal.retain(|subject, ack| stands(subject, ack));
        for (subject, broken) in told.broken {
            if let Some(id) = subject.as_alert() {
                self.mark(&id, broken);
            }
        }
    }

    /// What an ack was made on that has just been confirmed, or that its silence carries.
    pub(crate) fn agree(&mut self, carrier: Carrier, contract: Contract, until: Time) {
        self.terms.insert(carrier, Terms { contract: Arc::new(contract), until });
    }

    /// Watchfire moved the end of a silence.
    pub(crate) fn extended(&mut self, silence: &SafeText, until: Time) {
        self.moved.remove(silence);
        if let Some(terms) = self.terms.get_mut(&Carrier::Silence(silence.clone())) {
            terms.until = until;
        }
    }

    /// Notes on a source's silences what they say of themselves: contracts nobody told of, ends that others moved.
    pub(crate) fn read(&mut self, silences: &[Silence]) {
        for silence in silences.iter().filter(|s| s.is_ack()) {
            let carrier = Carrier::Silence(silence.id.clone());
            match (self.terms.get(&carrier), Contract::of(silence)) {
                (Some(terms), _) if silence.ends_at > terms.until + Duration::seconds(2) => {
                    self.moved.insert(silence.id.clone());
                }
                (Some(_), _) => drop(self.moved.remove(&silence.id)),
                (None, Some(contract)) => self.agree(carrier, contract, silence.ends_at),
                (None, None) => {}
            }
        }
    }

    pub fn terms(&self, carrier: &Carrier) -> Option<&Terms> {
        self.terms.get(carrier)
    }

    /// Whether another program keeps a silence alive, as kthxbye does.
    pub fn is_kept_by_another(&self, silence: &SafeText) -> bool {
        self.moved.contains(silence)
    }

    /// Whether the ack that was made then is over, though what carries it may still stand.
    pub(crate) fn is_over(&self, carrier: &Carrier, made_at: Time) -> bool {
        self.over.get(carrier).is_some_and(|at| *at >= made_at)
    }

    pub(crate) fn end(&mut self, carrier: Carrier, at: Time) {
        self.gone.remove(&carrier);
        if let Carrier::Journal(subject) = &carrier {
            self.journal.remove(subject);
        }
        self.over.insert(carrier, at);
    }

    /// The alert is nobody's again, and says why.
    pub(crate) fn mark(&mut self, acked: &AlertId, broken: Broken) {
        for id in broken.marks(acked) {
            self.broken.insert(id, broken.clone());
        }
    }

    /// Somebody is on it again, or said not to be.
    pub(crate) fn unmark(&mut self, acked: &AlertId) {
        if let Some(broken) = self.broken.remove(acked) {
            self.broken.retain(|_, b| b.carrier != broken.carrier);
        }
    }

    /// How the ack broke that was on this alert, or that this alert broke, for as long as it fires.
    pub fn broken(&self, id: &AlertId, alert: &Alert) -> Option<&Broken> {
        self.broken.get(id).filter(|b| alert.starts_at <= b.at)
    }

    /// Whether any ack broke within a day.
    pub fn any_broken(&self, now: Time) -> bool {
        self.broken.values().any(|b| now - b.at < Duration::days(1))
    }

    /// Since when nothing fires that the ack is on.
    pub(crate) fn gone_since(&mut self, carrier: &Carrier, now: Time, fires: bool) -> Option<Time> {
        if fires {
            self.gone.remove(carrier);
            return None;
        }
        Some(*self.gone.entry(carrier.clone()).or_insert(now))
    }

    /// Whether a silence may be tried to be extended or ended now, having been tried before; a try is written down.
    pub(crate) fn try_to_write(&mut self, silence: &SafeText, now: Time, again_after: Duration) -> bool {
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

    /// All silences of a source that carry acks in force.
    pub fn carriers<'a>(&'a self, source: &'a SourceStatus, now: Time) -> Vec<&'a Silence> {
        let mut standing = self.standing_silences(source, now);
        standing.retain(|s| !self.is_void(s));
        standing
    }

    /// Silences of a source that stand and carry an ack, in force or not.
    pub(crate) fn standing_silences<'a>(&'a self, source: &'a SourceStatus, now: Time) -> Vec<&'a Silence> {
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

    /// Silences of a source that still stand though the ack they carried broke or was released.
    pub(crate) fn left_over<'a>(&'a self, source: &'a SourceStatus, now: Time) -> Vec<&'a Silence> {
        let mut standing = self.standing_silences(source, now);
        standing.retain(|s| self.is_void(s));
        standing
    }

    fn is_void(&self, silence: &Silence) -> bool {
        if self.over.is_empty() {
            return false;
        }
        let carrier = Carrier::Silence(silence.id.clone());
        let made_at = self.terms.get(&carrier).map_or(silence.starts_at, |t| t.contract.at);
        self.is_over(&carrier, made_at)
    }

    /// When the acks that no snapshot tells of end by themselves.
    pub(crate) fn ends(&self) -> impl Iterator<Item = Time> {
        let accepted = self.accepted.iter().map(|a| a.silence.ends_at);
        let asked = self.asked.iter().filter_map(|a| a.ack.as_ref()?.until);
        self.journal.values().filter_map(|a| a.until).chain(accepted).chain(asked)
    }

    /// The ack on an alert: a silence's first, then the journal's.
    pub fn of(&self, carriers: &Carriers<'_>, id: &AlertId, labels: &Labels, now: Time) -> Option<Ack> {
        let silence = carriers.on(labels).max_by_key(|s| (s.ends_at, &s.id));
        silence.map(|s| self.carried(s)).or_else(|| {
            if self.journal.is_empty() {
                return None;
            }
            let ack = self.journal.get(&Subject::alert(id))?;
            ack.stands(now).then(|| ack.clone())
        })
    }

    /// The ack on an alert: what its source keeps itself comes first.
    pub fn on(&self, carriers: &Carriers<'_>, id: &AlertId, alert: &Alert, now: Time) -> Option<Ack> {
        if let Some(asked) = self.asked.iter().find(|a| &a.alert == id) {
            return asked.ack.clone().filter(|ack| ack.stands(now));
        }
        let kept = alert.held.as_ref().and_then(|held| held.ack.as_ref()).map(kept);
        kept.filter(|ack| ack.stands(now)).or_else(|| self.of(carriers, id, &alert.labels, now))
    }

    fn carried(&self, silence: &Silence) -> Ack {
        let terms = self.terms.get(&Carrier::Silence(silence.id.clone()));
        Ack {
            by: silence.created_by.clone(),
            reason: silence.reason(),
            at: silence.starts_at,
            until: Some(silence.ends_at),
            via: AckVia::Silence,
            breaks_on: terms.map(|t| t.contract.breaks_on.clone()).unwrap_or_default(),
            silence: Some(silence.id.clone()),
        }
    }
}

/// An ack that its source keeps.
fn kept(ack: &HeldAck) -> Ack {
    Ack {
        by: ack.by.clone(),
        reason: ack.reason.clone(),
        at: ack.at,
        until: ack.until,
        via: AckVia::Native,
        breaks_on: Vec::new(),
        silence: None,
    }
}
