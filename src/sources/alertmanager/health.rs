//! What a member said of itself last, and when it must be asked again: its status is needed to know whether absence in its
//! list means anything, and that only where something is absent.
//!
//! One that was restarted has an empty list or another: so the status is asked anew whenever the list names other alerts than
//! before, after every failure, until the member has settled, and every few minutes.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use chrono::Duration;

use crate::domain::{Time, alert::Alert, text::SafeText};

use super::wire::Dated;

/// How long a word on version and configuration counts.
const COUNTS: Duration = Duration::minutes(3);

/// What is remembered of one member.
#[derive(Default)]
pub(super) struct Health {
    seed: RandomState,
    /// Which alerts its last list named.
    named: Option<u64>,
    told: Option<Told>,
}

/// Its last good word.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) at: Time,
    pub(super) is_settled: bool,
    pub(super) version: Option<SafeText>,
}

impl Health {
    /// The last word, where it still counts.
    pub(super) fn counts(&self, now: Time) -> Option<&Told> {
        self.told.as_ref().filter(|t| t.is_settled && now - t.at < COUNTS && t.at <= now)
    }

    /// Takes in which alerts a list names; answers whether they are the same as before. Their order does not count.
    pub(super) fn is_as_before(&mut self, alerts: &[Dated<Arc<Alert>>]) -> bool {
        let sum =
            |sum: u64, (_, alert): &Dated<Arc<Alert>>| sum.wrapping_add(self.seed.hash_one(alert.fingerprint.as_str()));
        let named = alerts.iter().fold(alerts.len() as u64, sum);
        self.named.replace(named) == Some(named)
    }

    pub(super) fn tells(&mut self, told: Told) {
        self.told = Some(told);
    }

    /// It failed, or its list could not be read: nothing that it said counts any more.
    pub(super) fn is_unknown(&mut self) {
        self.told = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        alert::AlertState,
        label::{Fingerprint, Labels},
    };

    fn list(names: &[&str]) -> Vec<Dated<Arc<Alert>>> {
        let alert = |name: &&str| Alert {
            fingerprint: Fingerprint::new(name),
            labels: Labels::default(),
            annotations: Labels::default(),
            state: AlertState::Firing,
            starts_at: Time::UNIX_EPOCH,
            silenced_by: Default::default(),
            inhibited_by: Default::default(),
            receivers: Default::default(),
            fires_at: None,
            source_url: None,
            held: None,
        };
        names.iter().map(|name| (Time::UNIX_EPOCH, Arc::new(alert(name)))).collect()
    }

    #[test]
    fn a_list_is_as_before_where_it_names_the_same_alerts_in_any_order() {
        let mut health = Health::default();
        let steps = [
            (&["a", "b"][..], false),
            (&["b", "a"], true),
            (&["a"], false),
            (&["c"], false),
            (&[], false),
            (&[], true),
        ];
        for (names, same) in steps {
            assert_eq!(health.is_as_before(&list(names)), same, "{names:?}");
        }
    }

    #[test]
    fn a_word_counts_for_a_while_and_only_where_the_member_had_settled() {
        let mut health = Health::default();
        let at = Time::UNIX_EPOCH;
        let told = |is_settled| Told { at, is_settled, version: None };
        assert!(health.counts(at).is_none());
        health.tells(told(false));
        assert!(health.counts(at).is_none());
        health.tells(told(true));
        assert!(
            health.counts(at + Duration::minutes(2)).is_some() && health.counts(at + Duration::minutes(3)).is_none()
        );
        health.is_unknown();
        assert!(health.counts(at).is_none());
    }
}
