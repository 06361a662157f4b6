//! A drill: what is broken on purpose, what is asked of the person who watches, and how well they did.
//!
//! An [`Experiment`] has the shape of a chaos experiment: how things are when all is well, what is believed, what is
//! injected and how it is rolled back. [`Score::of`] reads the entries of a journal against it and the [`Cast`] of alerts;
//! the same entries always give the same score. Refuses to know who plays the scenario, and what a screen is.

mod brief;
mod score;
#[cfg(test)]
mod tests;
mod wrong;

use chrono::Duration;
use serde::Serialize;

use super::{Time, alert::AlertId, label::Labels, matcher::Matcher, text::SafeText};

pub use brief::{Told, brief};
pub use score::{Done, Given, Page, Score, Step, Verdict, What};
pub use wrong::{Deed, Wrong};

/// What a scenario is an exercise in. Moments are lengths since the scenario began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Experiment {
    pub steady_state: SafeText,
    pub hypothesis: SafeText,
    pub faults: Vec<Injected>,
    /// What asks for an owner: of each, one acked alert that matches is enough.
    pub own: Vec<Vec<Matcher>>,
    /// What has nothing to do with it: to ack or silence it is a wrong act.
    pub unrelated: Vec<Vec<Matcher>>,
    /// Whether it is worth an incident.
    pub incident: bool,
    pub within: Limits,
    /// When the drill is over.
    pub ends_at: Option<Duration>,
    /// What people did when it happened, where it is a day that was recorded.
    pub then: Option<Times>,
}

/// One thing that is broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Injected {
    pub what: SafeText,
    pub at: Duration,
    /// When it ends, whatever anybody does.
    pub until: Option<Duration>,
    /// How it is undone, in words.
    pub rollback: SafeText,
    /// The action of the configuration that undoes it, at once.
    pub action: Option<SafeText>,
    /// On which alerts that action must be run; on any where none are named.
    pub on: Vec<Matcher>,
}

/// How soon each step is to be done, from the first page on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub own: Option<Duration>,
    pub note: Option<Duration>,
    pub declare: Option<Duration>,
    pub mitigate: Option<Duration>,
}

/// How soon each step was done, in seconds from the first page on; none where it never was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    pub own_s: Option<i64>,
    pub note_s: Option<i64>,
    pub declare_s: Option<i64>,
    pub mitigate_s: Option<i64>,
}

/// An alert of the drill and its part in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cast {
    pub id: AlertId,
    pub title: SafeText,
    pub labels: Labels,
    pub part: Part,
    /// When it first fires.
    pub fires_at: Time,
    /// When it is over for good.
    pub ends_at: Option<Time>,
}

/// What an alert is to a drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It asks for an owner: by the place in [`Experiment::own`].
    Own(usize),
    Unrelated,
    /// A symptom: to take it is neither asked nor wrong.
    Other,
}

impl Experiment {
    /// The part of an alert with these labels. What is asked for stands before what is not.
    pub fn part(&self, labels: &Labels) -> Part {
        let among = |all: &[Vec<Matcher>]| all.iter().position(|m| super::matcher::all_match(m, labels));
        match among(&self.own) {
            Some(duty) => Part::Own(duty),
            None if among(&self.unrelated).is_some() => Part::Unrelated,
            None => Part::Other,
        }
    }
}
