//! Acks as the journal tells of them: those that live in it alone, what each was made on, and which are over.
//!
//! Pure: refuses to know where the entries are kept. That a silence stands is its source's to tell.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Time,
    alert::{Ack, AlertId},
    contract::Contract,
    entry::{Entry, Kind, Subject},
    label::Fingerprint,
    source::AckVia,
    text::SafeText,
};

/// What an ack lives in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carrier {
    /// A silence, by its id.
    Silence(SafeText),
    /// The journal alone, by the alert.
    Journal(Subject),
}

/// An ack that Watchfire made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub contract: Arc<Contract>,
    /// The end that Watchfire gave it last.
    pub until: Time,
}

/// That an ack broke, and why: the mark on the alert that is nobody's again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub at: Time,
    pub carrier: Carrier,
    /// Whose ack it was.
    pub by: SafeText,
    /// What was acked.
    pub title: SafeText,
    pub why: SafeText,
    /// Another alert of the same source that broke it.
    pub cause: Option<Fingerprint>,
}

/// All that the journal says about acks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalAcks {
    /// In force and carried by the journal alone.
    pub acks: BTreeMap<Subject, Ack>,
    pub terms: BTreeMap<Carrier, Terms>,
    /// Broken, released or taken back, and when.
    pub over: BTreeMap<Carrier, Time>,
    pub broken: BTreeMap<Subject, Broken>,
}

impl Broken {
    /// Where an alert wears the mark: the one that was acked, and the one that broke it.
    pub fn marks(&self, acked: &AlertId) -> Vec<AlertId> {
        let cause = self.cause.clone().map(|fingerprint| AlertId { fingerprint, ..acked.clone() });
        std::iter::once(acked.clone()).chain(cause).collect()
    }
}

/// The name of the cause in the body of a broken ack.
pub const CAUSE: &str = "cause";
/// The name of the owner there; its actor is who noticed.
pub const OWNER: &str = "owner";

/// What the journal says about acks at `now`. `entries` in the order the journal keeps them.
///
/// The latest confirmed ack of a subject counts. It ends at its `until`, with a confirmed unack, when it was released
/// or broke, or when an ack carried another way follows it.
pub fn journal_acks(entries: &[Entry], now: Time) -> JournalAcks {
    let mut told = JournalAcks::default();
    for entry in entries {
        step(&mut told, entry);
    }
    told.acks.retain(|_, ack| ack.stands(now));
    told
}

fn step(told: &mut JournalAcks, entry: &Entry) {
    match entry.kind {
        Kind::AckConfirmed => confirm(told, entry),
        Kind::AckExtended => extend(told, entry),
        Kind::UnackConfirmed => {
            end(told, entry);
            told.broken.remove(&entry.subject);
        }
        Kind::AckReleased => end(told, entry),
        Kind::AckBroken => {
            end(told, entry);
            told.broken.insert(entry.subject.clone(), broken(entry));
        }
        _ => {}
    }
}

fn carrier(entry: &Entry) -> Carrier {
    match &entry.body.silence {
        Some(id) => Carrier::Silence(id.clone()),
        None => Carrier::Journal(entry.subject.clone()),
    }
}

fn confirm(told: &mut JournalAcks, entry: &Entry) {
    let carried_here = entry.body.via == Some(AckVia::Journal);
    match entry.body.until.filter(|_| carried_here) {
        Some(until) => told.acks.insert(entry.subject.clone(), ack(entry, until)),
        None => told.acks.remove(&entry.subject),
    };
    told.broken.remove(&entry.subject);
    // What a source keeps itself, it breaks and ends itself.
    if let Some(until) = entry.body.until.filter(|_| entry.body.via != Some(AckVia::Native)) {
        let contract = entry.body.contract.clone().unwrap_or_else(|| of_older(entry));
        told.terms.insert(carrier(entry), Terms { contract: Arc::new(contract), until });
    }
}

/// What an entry without a contract tells.
fn of_older(entry: &Entry) -> Contract {
    let mut contract = Contract::bare(entry.at);
    if let Some(id) = entry.subject.as_alert() {
        contract.alert = id.fingerprint;
    }
    contract.labels = entry.body.title.iter().map(|title| ("alertname", title.clone())).collect();
    contract
}

fn extend(told: &mut JournalAcks, entry: &Entry) {
    let Some(until) = entry.body.until else { return };
    if let Some(ack) = told.acks.get_mut(&entry.subject) {
        ack.until = Some(until);
    }
    if let Some(terms) = told.terms.get_mut(&carrier(entry)) {
        terms.until = until;
    }
}

fn end(told: &mut JournalAcks, entry: &Entry) {
    told.acks.remove(&entry.subject);
    told.over.insert(carrier(entry), entry.at);
}

fn broken(entry: &Entry) -> Broken {
    let body = &entry.body;
    let named = |name: &str| body.more.get(name).and_then(|v| v.as_str());
    Broken {
        at: entry.at,
        carrier: carrier(entry),
        by: SafeText::new(named(OWNER).unwrap_or_default()),
        title: body.title.clone().unwrap_or_default(),
        why: body.text.clone().unwrap_or_default(),
        cause: named(CAUSE).map(Fingerprint::new),
    }
}

fn ack(entry: &Entry, until: Time) -> Ack {
    Ack {
        by: entry.actor.clone(),
        reason: entry.body.text.clone().unwrap_or_default(),
        at: entry.at,
        until: Some(until),
        via: AckVia::Journal,
        breaks_on: entry.body.contract.as_ref().map(|c| c.breaks_on.clone()).unwrap_or_default(),
        silence: None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;
    use crate::domain::{entry::Body, text::SafeText};

    fn minute(n: i64) -> Time {
        DateTime::UNIX_EPOCH + Duration::minutes(n)
    }

    fn entry(at: i64, kind: Kind, subject: &str, body: Body) -> Entry {
        Entry {
            id: format!("{subject}-{at}"),
            seq: at,
            at: minute(at),
            recorded_at: minute(at),
            actor: SafeText::new("ana"),
            kind,
            subject: Subject::new(subject),
            body,
            source: None,
            prev_hash: String::new(),
            hash: String::new(),
        }
    }

    fn acked(at: i64, subject: &str, via: AckVia, until: i64) -> Entry {
        let body = Body {
            via: Some(via),
            until: Some(minute(until)),
            text: Some(SafeText::new("looking")),
            ..Body::default()
        };
        entry(at, Kind::AckConfirmed, subject, body)
    }

    #[test]
    fn a_confirmed_journal_ack_holds_until_its_end() {
        let entries = [acked(1, "alert:a", AckVia::Journal, 60)];
        let acks = journal_acks(&entries, minute(59)).acks;
        let ack = &acks[&Subject::new("alert:a")];
        assert_eq!(
            (ack.by.raw(), ack.reason.raw(), ack.at, ack.until),
            ("ana", "looking", minute(1), Some(minute(60)))
        );
        assert_eq!(ack.via, AckVia::Journal);
        assert!(journal_acks(&entries, minute(60)).acks.is_empty());
    }

    #[test]
    fn an_unack_a_release_or_a_break_ends_the_ack_of_its_own_subject_only() {
        for kind in [Kind::UnackConfirmed, Kind::AckReleased, Kind::AckBroken] {
            let entries = [
                acked(1, "alert:a", AckVia::Journal, 60),
                acked(2, "alert:b", AckVia::Journal, 60),
                entry(3, kind, "alert:a", Body::default()),
            ];
            let acks = journal_acks(&entries, minute(4)).acks;
            assert_eq!(acks.keys().map(Subject::as_str).collect::<Vec<_>>(), ["alert:b"]);
        }
    }

    #[test]
    fn an_ack_survives_a_flap_and_one_after_a_break_counts_again() {
        let gone = entry(2, Kind::AlertResolved, "alert:a", Body::default());
        let flapped = [acked(1, "alert:a", AckVia::Journal, 60), gone];
        assert_eq!(journal_acks(&flapped, minute(4)).acks.len(), 1, "whether it is gone for good is not said yet");
        let entries = [
            acked(1, "alert:a", AckVia::Journal, 60),
            entry(2, Kind::AckBroken, "alert:a", Body { text: Some(SafeText::new("it got worse")), ..Body::default() }),
            acked(3, "alert:a", AckVia::Journal, 90),
        ];
        assert_eq!(journal_acks(&entries[..2], minute(4)).broken[&Subject::new("alert:a")].why.raw(), "it got worse");
        let told = journal_acks(&entries, minute(4));
        assert_eq!(told.acks[&Subject::new("alert:a")].until, Some(minute(90)));
        assert!(told.broken.is_empty());
    }

    #[test]
    fn the_contract_of_an_ack_that_a_silence_carries_is_kept_under_the_silence() {
        let contract = Contract {
            breaks_on: Vec::new(),
            at: minute(1),
            alert: Fingerprint::new("a"),
            labels: Default::default(),
            severity: crate::domain::alert::Severity::Warning,
            route: None,
            starts_at: minute(0),
            group: Default::default(),
            members: Vec::new(),
        };
        let silence = |until| Body {
            via: Some(AckVia::Silence),
            silence: Some(SafeText::new("s1")),
            until: Some(minute(until)),
            contract: (until == 60).then(|| contract.clone()),
            ..Body::default()
        };
        let entries = [
            entry(1, Kind::AckConfirmed, "alert:a", silence(60)),
            entry(50, Kind::AckExtended, "alert:a", silence(120)),
            entry(90, Kind::AckReleased, "alert:a", Body { silence: Some(SafeText::new("s1")), ..Body::default() }),
        ];
        let told = journal_acks(&entries, minute(100));
        let s1 = Carrier::Silence(SafeText::new("s1"));
        assert_eq!((told.terms[&s1].until, told.over[&s1]), (minute(120), minute(90)));
    }

    #[test]
    fn an_ack_that_a_silence_carries_is_not_the_journals() {
        assert!(journal_acks(&[acked(1, "alert:a", AckVia::Silence, 60)], minute(2)).acks.is_empty());
        let moved = [acked(1, "alert:a", AckVia::Journal, 60), acked(2, "alert:a", AckVia::Silence, 60)];
        assert!(journal_acks(&moved, minute(3)).acks.is_empty());
    }

    #[test]
    fn an_extension_moves_the_end_and_an_intent_alone_is_no_ack() {
        let later = Body { until: Some(minute(120)), ..Body::default() };
        let entries = [
            acked(1, "alert:a", AckVia::Journal, 60),
            entry(2, Kind::AckExtended, "alert:a", later.clone()),
            entry(3, Kind::AckIntended, "alert:b", Body { via: Some(AckVia::Journal), ..later }),
        ];
        let acks = journal_acks(&entries, minute(100)).acks;
        assert_eq!(acks.len(), 1);
        assert_eq!(acks[&Subject::new("alert:a")].until, Some(minute(120)));
    }
}
