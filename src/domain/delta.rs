//! What changed between two answers of one source: the rest of a hundred thousand alerts need not be looked at again.
//!
//! Refuses to know what a change means: whether what is gone has resolved is for the heart to say.

use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

use super::{
    Time,
    alert::Alert,
    label::Fingerprint,
    members::Members,
    silence::Silence,
    source::{Problem, Snapshot, SourceError},
    text::SafeText,
};

/// What one answer changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    /// As [`Snapshot::requested_at`].
    pub requested_at: Time,
    /// As [`Snapshot::complete`]: only then is what is `gone` resolved.
    pub complete: bool,
    /// New, other than before, or back after an answer that left it out; in the order of their fingerprints.
    pub told: Vec<Arc<Alert>>,
    /// Left out now. What an incomplete answer left out is named again by the first complete one that leaves it out too.
    pub gone: Vec<Fingerprint>,
    /// All silences, where any of them changed.
    pub silences: Option<Vec<Silence>>,
    pub problems: Vec<Problem>,
    pub missing_members: Vec<(SafeText, SourceError)>,
    pub members: Arc<Members>,
    pub version: Option<SafeText>,
}

impl Delta {
    /// Of an answer where nothing was known before but silences: all of it is told.
    pub fn first(answer: Snapshot, silences: &[Silence]) -> Self {
        Self {
            requested_at: answer.requested_at,
            complete: answer.complete,
            told: in_order(answer.alerts),
            gone: Vec::new(),
            silences: (answer.silences != silences).then_some(answer.silences),
            problems: answer.problems,
            missing_members: answer.missing_members,
            members: answer.members,
            version: answer.version,
        }
    }
}

/// One source's last word on everything, by which its next answer is read.
#[derive(Debug, Default)]
pub struct LastWord {
    /// In order of their fingerprints, each once.
    present: Vec<Arc<Alert>>,
    /// What the last answer left out though it was not complete.
    left_out: BTreeSet<Fingerprint>,
    silences: Option<Vec<Silence>>,
}

impl LastWord {
    /// What is known already, from elsewhere.
    pub fn of(present: Vec<Arc<Alert>>, left_out: BTreeSet<Fingerprint>, silences: Vec<Silence>) -> Self {
        Self { present: in_order(present), left_out, silences: Some(silences) }
    }

    /// Takes an answer in and tells what it changed. An alert that is as before keeps its old allocation.
    pub fn take(&mut self, answer: Snapshot) -> Delta {
        let (told, mut gone) = self.take_alerts(in_order(answer.alerts));
        if answer.complete {
            gone.extend(std::mem::take(&mut self.left_out));
            gone.sort();
        } else {
            self.left_out.extend(gone.iter().cloned());
        }
        let silences = (self.silences.as_ref() != Some(&answer.silences)).then(|| answer.silences.clone());
        self.silences = Some(answer.silences);
        Delta {
            requested_at: answer.requested_at,
            complete: answer.complete,
            told,
            gone,
            silences,
            problems: answer.problems,
            missing_members: answer.missing_members,
            members: answer.members,
            version: answer.version,
        }
    }

    fn take_alerts(&mut self, mut now: Vec<Arc<Alert>>) -> (Vec<Arc<Alert>>, Vec<Fingerprint>) {
        let (mut told, mut gone) = (Vec::new(), Vec::new());
        let mut before = std::mem::take(&mut self.present).into_iter().peekable();
        for alert in &mut now {
            while let Some(old) = before.next_if(|old| old.fingerprint < alert.fingerprint) {
                gone.push(old.fingerprint.clone());
            }
            match before.next_if(|old| old.fingerprint == alert.fingerprint) {
                Some(old) if is_same(&old, alert) => *alert = old,
                _ => {
                    self.left_out.remove(&alert.fingerprint);
                    told.push(alert.clone());
                }
            }
        }
        gone.extend(before.map(|old| old.fingerprint.clone()));
        self.present = now;
        (told, gone)
    }
}

/// Whether two tellings of one alert are the same; what is shared need not be compared.
pub fn is_same(a: &Arc<Alert>, b: &Arc<Alert>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// By fingerprint; of one that stands twice, the last counts.
fn in_order(mut alerts: Vec<Arc<Alert>>) -> Vec<Arc<Alert>> {
    let order = |a: &Arc<Alert>, b: &Arc<Alert>| a.fingerprint.cmp(&b.fingerprint);
    if !alerts.is_sorted_by(|a, b| order(a, b) == Ordering::Less) {
        alerts.reverse();
        alerts.sort_by(order);
        alerts.dedup_by(|later, first| later.fingerprint == first.fingerprint);
    }
    alerts.shrink_to_fit();
    alerts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{alert::AlertState, label::Labels};

    fn alert(name: &str, state: AlertState) -> Arc<Alert> {
        let labels: Labels = [("alertname", name)].into_iter().collect();
        Arc::new(Alert {
            receivers: Default::default(),
            fingerprint: labels.fingerprint(),
            labels,
            annotations: Labels::default(),
            state,
            starts_at: Time::default(),
            silenced_by: Default::default(),
            inhibited_by: Default::default(),
            fires_at: None,
            source_url: None,
            held: None,
        })
    }

    fn answer(names: &[&str], complete: bool) -> Snapshot {
        let alerts = names.iter().map(|n| alert(n, AlertState::Firing)).collect();
        Snapshot { alerts, complete, ..Snapshot::empty(Time::default()) }
    }

    fn changed(word: &mut LastWord, names: &[&str], complete: bool) -> (usize, usize) {
        let delta = word.take(answer(names, complete));
        (delta.told.len(), delta.gone.len())
    }

    #[test]
    fn only_what_changed_is_told() {
        let mut word = LastWord::default();
        assert_eq!(changed(&mut word, &["a", "b", "c"], true), (3, 0));
        assert_eq!(changed(&mut word, &["c", "b", "a"], true), (0, 0), "another order says nothing");
        assert_eq!(changed(&mut word, &["a", "c", "d"], true), (1, 1));
        let muted = Snapshot { alerts: vec![alert("a", AlertState::Suppressed)], ..answer(&[], true) };
        let delta = word.take(muted);
        assert_eq!((delta.told[0].state, delta.gone.len()), (AlertState::Suppressed, 2));
    }

    #[test]
    fn what_an_incomplete_answer_left_out_is_named_again_by_a_complete_one() {
        let mut word = LastWord::default();
        changed(&mut word, &["a", "b"], true);
        assert_eq!(changed(&mut word, &["a"], false), (0, 1));
        assert_eq!(changed(&mut word, &["a"], false), (0, 0), "it has been said");
        assert_eq!(changed(&mut word, &["a"], true), (0, 1));
        assert_eq!(changed(&mut word, &["a"], true), (0, 0));
    }

    #[test]
    fn what_comes_back_is_told_though_it_is_as_before() {
        let mut word = LastWord::default();
        changed(&mut word, &["a", "b"], true);
        changed(&mut word, &["a"], false);
        assert_eq!(changed(&mut word, &["a", "b"], false), (1, 0));
        assert_eq!(changed(&mut word, &["a", "b"], true), (0, 0));
    }

    #[test]
    fn what_is_as_before_keeps_its_allocation() {
        let mut word = LastWord::default();
        let first = answer(&["a"], true);
        let kept = Arc::downgrade(&first.alerts[0]);
        word.take(first);
        word.take(answer(&["a"], true));
        assert!(kept.upgrade().is_some_and(|a| Arc::ptr_eq(&a, &word.present[0])));
    }
}
