//! Who is on call, as each source that knows told it last, with its age.
//!
//! It changes seldom, so it is asked for seldom. What cannot be read is not "nobody": it is UNKNOWN, for so long.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        Time,
        held::Duty,
        oncall::{Names, Post, held_by, posts},
        source::{SourceError, SourceName},
    },
};

use super::World;

/// How often it is asked; after a failure sooner.
const ASK_AGAIN: Duration = Duration::minutes(5);
const TRY_AGAIN: Duration = Duration::minutes(1);
/// For how long an answer is believed.
const BELIEVED: Duration = Duration::minutes(15);
/// How far ahead is asked: who has it now, who comes next, and after.
pub const AHEAD: Duration = Duration::days(7);

/// What the sources told of who is on call.
#[derive(Debug, Default)]
pub struct OnCall {
    /// The clock that shifts go by.
    pub wall: crate::domain::shift::Wall,
    told: BTreeMap<SourceName, Told>,
    /// The names of the person before the screen.
    pub names: Names,
}

/// What one source told.
#[derive(Debug, Default)]
pub struct Told {
    asked_at: Option<Time>,
    /// An answer is on its way.
    waits: bool,
    pub duties: Vec<Duty>,
    pub read_at: Option<Time>,
    /// Why it could not be read the last time.
    pub error: Option<SourceError>,
}

impl Told {
    /// Whether what is known is not known now.
    pub fn is_blind(&self, now: Time) -> bool {
        self.error.is_some() || self.read_at.is_none_or(|at| now - at > BELIEVED)
    }

    fn is_due(&self, now: Time) -> bool {
        let wait = if self.error.is_some() { TRY_AGAIN } else { ASK_AGAIN };
        self.asked_at.is_none_or(|at| now - at >= wait)
    }
}

/// Whether the person before the screen is on call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mine {
    /// On call, at the lowest level that one has; none: it does not end.
    Until(Option<Time>, u32),
    /// It was so when it was last told, and nobody can say now.
    Unknown,
    No,
}

impl OnCall {
    pub fn is_known_to_none(&self) -> bool {
        self.told.is_empty()
    }

    pub fn sources(&self) -> impl Iterator<Item = (&SourceName, &Told)> {
        self.told.iter()
    }

    /// Every post of every source at a moment; what was last told where that is old.
    pub fn posts(&self, at: Time) -> Vec<Post> {
        let of = |(name, told): (&SourceName, &Told)| {
            let old_s = told.read_at.filter(|_| told.is_blind(at)).map(|read| (at - read).num_seconds().max(0));
            posts(name, &told.duties, at).into_iter().map(move |post| Post { old_s, ..post })
        };
        self.told.iter().flat_map(of).collect()
    }

    /// Whether somebody of these names is on call now.
    pub fn mine(&self, now: Time) -> Mine {
        let posts = self.posts(now);
        let held = held_by(&posts, &self.names);
        let sure = held.iter().find(|(post, _)| self.told.get(&post.source).is_some_and(|t| !t.is_blind(now)));
        match sure {
            Some((post, until)) => Mine::Until(*until, post.level),
            None if !held.is_empty() => Mine::Unknown,
            None if self.told.values().any(|t| t.is_blind(now) && !t.waits) => Mine::Unknown,
            None => Mine::No,
        }
    }

    pub(super) fn forget(&mut self, source: &SourceName) {
        self.told.remove(source);
    }
}

impl World {
    /// Asks the sources that know who is on call, where they were not asked of late; all of them where somebody wants it.
    pub(crate) fn ask_on_call(&mut self, now: Time, wanted: bool) -> Effects {
        let knows = self.sources.iter().filter(|s| s.about.can.on_call);
        let mut effects = Vec::new();
        for name in knows.map(|s| s.about.name.clone()) {
            let told = self.on_call.told.entry(name.clone()).or_default();
            if told.is_due(now) || wanted && !told.waits {
                (told.asked_at, told.waits) = (Some(now), true);
                effects.push(Effect::ReadOnCall(name));
            }
        }
        effects
    }

    /// Takes what a source told; none: nobody looks, and it was not asked.
    pub(crate) fn on_call_told(&mut self, now: Time, name: SourceName, told: Option<Result<Vec<Duty>, SourceError>>) {
        let known = self.on_call.told.entry(name).or_default();
        known.waits = false;
        match told {
            None => known.asked_at = None,
            Some(Err(error)) => known.error = Some(error),
            Some(Ok(duties)) => {
                (known.duties, known.read_at, known.error) = (duties, Some(now), None);
            }
        }
    }
}
