//! Telling a person of what burns: each episode once, many as one, not in quiet hours, and what was quiet at their end.
//!
//! An episode begins when an alert fires, and anew when an ack or a silence on it ends. What the journal had before this run
//! was told then. Refuses to know how a notice travels, and what is on the screen.

mod awake;
mod kept;

pub use kept::{Failure, HOOK};

use std::collections::{HashMap, HashSet};

use chrono::Duration;

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        Time,
        notify::{About, Notice, Rules, Way},
    },
};

use super::{
    World,
    board::{Came, Slot},
    pulse,
};

/// Between two notices; what comes in between is told as one.
const GAP: Duration = Duration::seconds(10);
/// The same while alerts arrive faster than they can be read.
const STORM_GAP: Duration = Duration::minutes(1);
/// Between two bells.
const BELL_GAP: Duration = Duration::seconds(10);
/// A first answer that comes so late after the start brings news, and not how things stand.
const LATE: Duration = Duration::minutes(1);
/// Alerts that quiet hours keep one by one; of more than that the oldest are left out of the words.
const HUSHED_MAX: usize = 1_000;
/// Episodes that are remembered before those that have left the board are forgotten.
const TOLD_MAX: usize = 20_000;

/// What was told, and what waits.
#[derive(Debug, Default)]
pub struct Paging {
    pub rules: Rules,
    /// By the alert's key: the beginning of the episode that was told last.
    told: HashMap<u64, Time>,
    waits: Vec<About>,
    hushed: Vec<About>,
    told_at: Option<Time>,
    rang_at: Option<Time>,
    /// The storm that goes on has had its bell.
    storm_rang: bool,
    awake_until: Option<Time>,
    /// Whether what outlives a restart was read, and is another since it was kept.
    read: kept::Reading,
    unkept: bool,
    /// Why the program of one's own failed in this run: each reason is told once.
    failures: HashSet<String>,
    /// Words about that, which wait until nothing else is being said.
    unsaid: Vec<String>,
}

impl Paging {
    fn hushes(&self, about: &About, now: Time) -> bool {
        !self.is_awake(now) && self.rules.hushes(about.severity, now)
    }

    fn take(&mut self, about: About, now: Time) {
        if !self.hushes(&about, now) {
            self.waits.push(about);
            return;
        }
        if self.hushed.len() >= HUSHED_MAX {
            self.hushed.remove(0);
        }
        self.hushed.push(about);
        self.changed();
    }

    /// Tells what waits, where the last notice is long enough ago.
    fn flush(&mut self, now: Time, storm: bool) -> Effects {
        self.storm_rang &= storm;
        let gap = if storm { STORM_GAP } else { GAP };
        if self.waits.is_empty() || self.told_at.is_some_and(|at| now - at < gap) {
            return Vec::new();
        }
        self.told_at = Some(now);
        let notice = Notice::alerts(now, std::mem::take(&mut self.waits), &self.rules);
        self.tell(now, notice, storm)
    }

    fn tell(&mut self, now: Time, notice: Notice, storm: bool) -> Effects {
        let mut effects = Vec::new();
        if notice.ways.has(Way::Bell) && self.may_ring(now, storm) {
            self.rang_at = Some(now);
            self.storm_rang = storm;
            effects.push(Effect::Bell);
        }
        if !notice.ways.without(Way::Bell).is_empty() {
            effects.push(Effect::Notify(Box::new(notice)));
        }
        effects
    }

    /// A storm has one bell.
    fn may_ring(&self, now: Time, storm: bool) -> bool {
        !(storm && self.storm_rang) && self.rang_at.is_none_or(|at| now - at >= BELL_GAP)
    }
}

impl World {
    /// What an answer brought that burns and nobody is on. `first`: it is the first of its source.
    pub(crate) fn page(&mut self, now: Time, came: Vec<Came>, first: bool) -> Effects {
        if first && now - self.started_at < LATE {
            return Vec::new();
        }
        for Came { slot, again } in came {
            if let Some(about) = self.episode(slot, again, first) {
                self.paging.take(about, now);
            }
        }
        let mut effects = self.paging.flush(now, self.storm.is_on());
        effects.extend(self.keep_paging());
        effects
    }

    /// One that was not told yet.
    fn episode(&mut self, slot: Slot, again: bool, first: bool) -> Option<About> {
        let row = self.board.at(slot)?;
        let (key, began) = (pulse::key_of(&row.id), row.alert.starts_at);
        if self.paging.rules.ways(row.severity).is_empty() || (first && began <= self.started_at) {
            return None;
        }
        let told = self.paging.told.get(&key) == Some(&began) || self.pulse.knew(&row.id, began, self.started_at);
        if told && !again {
            return None;
        }
        let about = About::new(&row.id, &row.alert, self.paging.rules.detail);
        self.paging.told.insert(key, began);
        Some(about)
    }

    /// Time passed: quiet hours may be over, and what waits may be told.
    pub(super) fn page_on_tick(&mut self, now: Time) -> Effects {
        self.forget_told();
        let mut effects = self.paging.flush(now, self.storm.is_on());
        if self.paging.hushed.iter().any(|about| !self.paging.hushes(about, now)) {
            effects.extend(self.was_quiet(now));
        }
        effects.extend(self.keep_paging());
        effects
    }

    fn was_quiet(&mut self, now: Time) -> Effects {
        let hushed = std::mem::take(&mut self.paging.hushed);
        self.paging.changed();
        let burns = hushed.iter().filter(|a| self.board.get(&a.id).is_some_and(super::board::Row::burns_alone)).count();
        let mut notice = Notice::was_quiet(now, hushed, burns, &self.paging.rules);
        // It could wait all night.
        notice.ways = notice.ways.without(Way::Bell);
        let storm = self.storm.is_on();
        self.paging.tell(now, notice, storm)
    }

    /// Something that is to be heard as a critical alert is.
    pub(super) fn alarm(&mut self, now: Time, title: String, body: &str) -> Effects {
        let notice = Notice::alarm(now, title, body, &self.paging.rules);
        if !self.paging.is_awake(now) && self.paging.rules.hushes(notice.severity, now) {
            return Vec::new();
        }
        let storm = self.storm.is_on();
        self.paging.tell(now, notice, storm)
    }

    fn forget_told(&mut self) {
        if self.paging.told.len() > TOLD_MAX {
            let there: HashSet<u64> = self.board.iter().map(|row| pulse::key_of(&row.id)).collect();
            self.paging.told.retain(|key, _| there.contains(key));
        }
    }
}
