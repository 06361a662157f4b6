//! What the members said last, so that an answer which says the same again costs little and is the same alerts again.
//!
//! Refuses to decide anything: without it every answer would be read as it is with it.

use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use foldhash::fast::RandomState;

use super::{
    health::Health,
    sight,
    wire::{Dated, WireAlert, WireSilence},
};
use crate::{
    domain::{alert::Alert, label::Fingerprint, members::Members, silence::Silence},
    sources::{intern::Interner, items, recall::Recall},
};

/// Fewer alerts are never worth a sweep.
const SWEPT_MIN: usize = 1024;

pub(super) struct Memory {
    members: Vec<Heard>,
    /// Whether nobody will ask again.
    is_of_a_look: bool,
    told: Mutex<Told>,
}

/// What one member said, by the bytes it said it in.
#[derive(Default)]
struct Heard {
    alerts: Mutex<Recall<Dated<Arc<Alert>>>>,
    silences: Mutex<Recall<Dated<Silence>>>,
    health: Mutex<Health>,
}

/// What all members said, by what it is.
#[derive(Default)]
pub(super) struct Told {
    texts: Interner,
    /// The last word on each alert, whoever said it; none where nobody will ask again.
    alerts: Option<HashSet<Word, RandomState>>,
    sweep_at: usize,
    /// Alerts that no member told as they were handed out: what mutes them was gathered from several.
    united: HashMap<Fingerprint, Arc<Alert>>,
    /// Where the members did not agree in the answer before.
    pub(super) members: Arc<Members>,
}

/// An alert under its own fingerprint, which it need not be given once more.
struct Word(Arc<Alert>);

impl Borrow<Fingerprint> for Word {
    fn borrow(&self) -> &Fingerprint {
        &self.0.fingerprint
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.0.fingerprint == other.0.fingerprint
    }
}

impl Eq for Word {}

impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.fingerprint.hash(state);
    }
}

impl Memory {
    pub(super) fn new(members: usize) -> Self {
        let told = Told { alerts: Some(HashSet::default()), ..Told::default() };
        Self { members: (0..members).map(|_| Heard::default()).collect(), is_of_a_look: false, told: told.into() }
    }

    /// For who will not ask again: equal texts are shared, and that is all.
    pub(super) fn of_a_look(members: usize) -> Self {
        let heard = || Heard {
            alerts: Recall::of_nothing().into(),
            silences: Recall::of_nothing().into(),
            health: Mutex::default(),
        };
        let told = Told { texts: Interner::of_a_look(), ..Told::default() };
        Self { members: (0..members).map(|_| heard()).collect(), is_of_a_look: true, told: told.into() }
    }

    pub(super) fn alerts(&self, member: usize) -> MutexGuard<'_, Recall<Dated<Arc<Alert>>>> {
        lock(&self.members[member].alerts)
    }

    pub(super) fn silences(&self, member: usize) -> MutexGuard<'_, Recall<Dated<Silence>>> {
        lock(&self.members[member].silences)
    }

    pub(super) fn health(&self, member: usize) -> MutexGuard<'_, Health> {
        lock(&self.members[member].health)
    }

    pub(super) fn told(&self) -> MutexGuard<'_, Told> {
        lock(&self.told)
    }

    /// # Errors
    /// What is wrong with the item.
    pub(super) fn alert(&self, member: usize, round: u32, item: &[u8]) -> Result<Dated<Arc<Alert>>, String> {
        self.alerts(member).item(round, item, || {
            let mut told = self.told();
            let text = std::str::from_utf8(item).unwrap_or_default();
            if let Some((alert, length)) = sight::alert(text, &mut told.texts)
                && length == item.len()
            {
                return Ok(told.alert(alert));
            }
            let wire: WireAlert<'_> = items::read(item)?;
            let (updated, alert) = wire.read(&mut told.texts);
            Ok(told.alert((updated, Arc::new(alert))))
        })
    }

    /// An alert at the start of a text, and its length; none where its bytes are to be remembered, or unknown.
    pub(super) fn alert_at_sight(&self, text: &str) -> Option<(Dated<Arc<Alert>>, usize)> {
        if !self.is_of_a_look {
            return None;
        }
        sight::alert(text, &mut self.told().texts)
    }

    /// # Errors
    /// What is wrong with the item.
    pub(super) fn silence(&self, member: usize, round: u32, item: &[u8]) -> Result<Dated<Silence>, String> {
        self.silences(member).item(round, item, || items::read::<WireSilence>(item)?.read())
    }
}

impl Told {
    /// An alert that says what it said before is the one it was: when it was last sent is no part of it.
    fn alert(&mut self, (updated, alert): Dated<Arc<Alert>>) -> Dated<Arc<Alert>> {
        let Some(alerts) = &mut self.alerts else { return (updated, alert) };
        if let Some(Word(known)) = alerts.get(&alert.fingerprint).filter(|Word(known)| *known == alert) {
            return (updated, known.clone());
        }
        if alerts.len() >= self.sweep_at {
            alerts.retain(|Word(alert)| Arc::strong_count(alert) > 1);
            self.sweep_at = (alerts.len() * 2).max(SWEPT_MIN);
        }
        alerts.replace(Word(alert.clone()));
        (updated, alert)
    }

    /// The same for the alerts that were gathered from several members; those that no longer are, are forgotten.
    pub(super) fn unite(&mut self, alerts: &mut [Arc<Alert>], gathered: &[usize]) {
        let before = std::mem::take(&mut self.united);
        for index in gathered {
            let alert = &mut alerts[*index];
            if let Some(known) = before.get(&alert.fingerprint).filter(|known| *known == alert) {
                *alert = known.clone();
            }
            self.united.insert(alert.fingerprint.clone(), alert.clone());
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(annotation: &str, updated: &str) -> String {
        format!(
            r#"{{"labels":{{"alertname":"A"}},"annotations":{{"summary":"{annotation}"}},"fingerprint":"a",
            "startsAt":"2026-11-21T02:00:00Z","updatedAt":"2026-11-21T02:{updated}:00Z"}}"#
        )
    }

    #[test]
    fn members_that_tell_the_same_alert_share_it_whenever_they_heard_of_it() {
        let memory = Memory::new(2);
        let read = |member, text: &str| memory.alert(member, 1, text.as_bytes()).unwrap();
        let (one, two) = (read(0, &item("x", "10")), read(1, &item("x", "20")));
        assert!(Arc::ptr_eq(&one.1, &two.1) && one.0 < two.0);
        assert!(!Arc::ptr_eq(&one.1, &read(0, &item("y", "10")).1));
    }

    #[test]
    fn alerts_that_are_over_are_forgotten() {
        let memory = Memory::new(1);
        for n in 0..10 * SWEPT_MIN {
            let round = memory.alerts(0).begin();
            let text = item(&n.to_string(), "10").replace(r#""fingerprint":"a""#, &format!(r#""fingerprint":"{n}""#));
            memory.alert(0, round, text.as_bytes()).unwrap();
            memory.alerts(0).end(round);
        }
        let kept = memory.told().alerts.as_ref().unwrap().len();
        assert!(kept <= 2 * SWEPT_MIN, "{kept}");
    }
}
