//! Acks that live in the journal alone: what the entries say about who is on it.
//!
//! Pure: refuses to know where the entries are kept. Acks that a backend carries are the backend's to tell.

use std::collections::BTreeMap;

use super::{
    Time,
    alert::Ack,
    entry::{Entry, Kind, Subject},
    source::AckVia,
};

/// The journal-carried acks in force at `now`, by subject. `entries` in the order the journal keeps them.
///
/// The latest confirmed ack of a subject counts. It ends at its `until`, with a confirmed unack, when its alert
/// resolves, or when an ack carried another way follows it.
pub fn journal_acks(entries: &[Entry], now: Time) -> BTreeMap<Subject, Ack> {
    let mut acks = BTreeMap::new();
    for entry in entries {
        step(&mut acks, entry);
    }
    acks.retain(|_, ack| ack.until > now);
    acks
}

fn step(acks: &mut BTreeMap<Subject, Ack>, entry: &Entry) {
    match entry.kind {
        Kind::AckConfirmed => confirm(acks, entry),
        Kind::AckExtended => extend(acks, entry),
        Kind::UnackConfirmed | Kind::AlertResolved => {
            acks.remove(&entry.subject);
        }
        _ => {}
    }
}

fn confirm(acks: &mut BTreeMap<Subject, Ack>, entry: &Entry) {
    let carried_here = entry.body.via == Some(AckVia::Journal);
    match entry.body.until.filter(|_| carried_here) {
        Some(until) => acks.insert(entry.subject.clone(), ack(entry, until)),
        None => acks.remove(&entry.subject),
    };
}

fn extend(acks: &mut BTreeMap<Subject, Ack>, entry: &Entry) {
    if let (Some(ack), Some(until)) = (acks.get_mut(&entry.subject), entry.body.until) {
        ack.until = until;
    }
}

fn ack(entry: &Entry, until: Time) -> Ack {
    Ack {
        by: entry.actor.clone(),
        reason: entry.body.text.clone().unwrap_or_default(),
        at: entry.at,
        until,
        via: AckVia::Journal,
        breaks_on: Vec::new(),
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
        let acks = journal_acks(&entries, minute(59));
        let ack = &acks[&Subject::new("alert:a")];
        assert_eq!((ack.by.raw(), ack.reason.raw(), ack.at, ack.until), ("ana", "looking", minute(1), minute(60)));
        assert_eq!(ack.via, AckVia::Journal);
        assert!(journal_acks(&entries, minute(60)).is_empty());
    }

    #[test]
    fn an_unack_or_a_resolve_ends_the_ack_of_its_own_subject_only() {
        for kind in [Kind::UnackConfirmed, Kind::AlertResolved] {
            let entries = [
                acked(1, "alert:a", AckVia::Journal, 60),
                acked(2, "alert:b", AckVia::Journal, 60),
                entry(3, kind, "alert:a", Body::default()),
            ];
            let acks = journal_acks(&entries, minute(4));
            assert_eq!(acks.keys().map(Subject::as_str).collect::<Vec<_>>(), ["alert:b"]);
        }
    }

    #[test]
    fn an_ack_after_the_resolve_counts_again() {
        let entries = [
            acked(1, "alert:a", AckVia::Journal, 60),
            entry(2, Kind::AlertResolved, "alert:a", Body::default()),
            acked(3, "alert:a", AckVia::Journal, 90),
        ];
        assert_eq!(journal_acks(&entries, minute(4))[&Subject::new("alert:a")].until, minute(90));
    }

    #[test]
    fn an_ack_that_a_silence_carries_is_not_the_journals() {
        assert!(journal_acks(&[acked(1, "alert:a", AckVia::Silence, 60)], minute(2)).is_empty());
        let moved = [acked(1, "alert:a", AckVia::Journal, 60), acked(2, "alert:a", AckVia::Silence, 60)];
        assert!(journal_acks(&moved, minute(3)).is_empty());
    }

    #[test]
    fn an_extension_moves_the_end_and_an_intent_alone_is_no_ack() {
        let later = Body { until: Some(minute(120)), ..Body::default() };
        let entries = [
            acked(1, "alert:a", AckVia::Journal, 60),
            entry(2, Kind::AckExtended, "alert:a", later.clone()),
            entry(3, Kind::AckIntended, "alert:b", Body { via: Some(AckVia::Journal), ..later }),
        ];
        let acks = journal_acks(&entries, minute(100));
        assert_eq!(acks.len(), 1);
        assert_eq!(acks[&Subject::new("alert:a")].until, minute(120));
    }
}
