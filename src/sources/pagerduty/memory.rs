//! What was read before and need not be asked again, and what is only known because it was.
//!
//! Refuses to keep what a poll tells anyway.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{actor::Who, level::Rota, linked::Linked};
use crate::domain::{Time, op::OpId, text::SafeText};

/// Behind one lock, which is never held while a server is asked.
#[derive(Default)]
pub(super) struct Memory(Mutex<Known>);

#[derive(Default)]
pub(super) struct Known {
    /// Whose token it is.
    pub(super) who: Option<Who>,
    /// The alerts of incidents, by the incident's id.
    pub(super) linked: HashMap<SafeText, Linked>,
    pub(super) rota: Option<(Time, Rota)>,
    /// When incidents were last snoozed, as the log told.
    pub(super) snoozed: HashMap<SafeText, Time>,
    /// Until when change events are known.
    pub(super) events_until: Option<Time>,
    /// What was told of the last minutes, by id.
    pub(super) told: HashSet<SafeText>,
    /// Acts that PagerDuty took.
    pub(super) sent: HashSet<OpId>,
    /// To which level an act escalated.
    pub(super) escalated: HashMap<OpId, u32>,
}

impl Memory {
    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
