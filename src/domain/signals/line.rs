//! What was read of the signals of one objective, and how old that is.

use std::sync::Arc;

use chrono::Duration;

use super::{
    Ask, Outlook, Signal,
    columns::{self, LOOK_BACK_MIN},
};
use crate::domain::{
    Time,
    slo::{SloId, curve::Axis},
    text::SafeText,
};

/// A value older than this is no longer that of now.
pub const FRESH_FOR: Duration = Duration::minutes(3);

/// The signals of the objective that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Golden {
    pub slo: SloId,
    /// In the order of [`Signal::ALL`].
    pub lines: Vec<Line>,
    /// Why there is less than there could be: who could not be asked what there is.
    pub problem: Option<SafeText>,
    /// By what its metrics were looked for, in words.
    pub looked_for: SafeText,
    /// Whether it was found out what there is to be asked.
    pub is_known: bool,
}

/// One signal, as far as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub ask: Arc<Ask>,
    /// Seconds between two moments; each speaks for the step before it.
    pub step: i64,
    /// Seconds that a rate looks back at each moment.
    pub window: i64,
    /// Unix seconds, oldest first; a value that is none was asked for and is not there.
    pub points: Vec<(i64, Option<f64>)>,
    /// The latest answer about now, which may be that there is no value.
    pub now: Option<(Time, Option<f64>)>,
    /// Why the latest question was not answered.
    pub trouble: Option<SafeText>,
    /// Of saturation alone.
    pub outlook: Option<Outlook>,
}

impl Golden {
    pub fn new(slo: SloId) -> Self {
        Self { slo, lines: Vec::new(), problem: None, looked_for: SafeText::default(), is_known: false }
    }

    /// Signals of which nothing is known that could be asked.
    pub fn missing(&self) -> impl Iterator<Item = Signal> {
        Signal::ALL.into_iter().filter(|s| !self.lines.iter().any(|l| l.ask.signal == *s))
    }

    /// The lines in the order in which they are left out last.
    pub fn by_importance(&self) -> Vec<&Line> {
        let mut lines: Vec<(usize, &Line)> = self.lines.iter().enumerate().collect();
        // A second disk is worth less than any signal that has no row yet.
        let again = |at: usize| self.lines[..at].iter().any(|l| l.ask.signal == self.lines[at].ask.signal);
        lines.sort_by_key(|(at, l)| (again(*at), l.ask.signal.importance(), *at));
        lines.into_iter().map(|(_, l)| l).collect()
    }
}

impl Line {
    pub fn new(ask: Arc<Ask>) -> Self {
        let trouble = ask.fault.clone();
        Self { ask, step: 0, window: LOOK_BACK_MIN, points: Vec::new(), now: None, trouble, outlook: None }
    }

    /// Whether its value is that of now: read lately, and not refused since.
    pub fn is_fresh(&self, now: Time) -> bool {
        self.now.is_some_and(|(at, _)| now - at <= FRESH_FOR)
    }

    /// What was told for a moment; none where there is a gap.
    pub fn at(&self, at: i64) -> Option<f64> {
        let place = self.points.partition_point(|(t, _)| *t < at);
        let (end, value) = self.points.get(place)?;
        value.filter(|_| end - self.step < at)
    }

    /// One value a column of an axis; the value of now stands in its own, however far apart the moments are.
    pub fn columns(&self, axis: Axis) -> Vec<Option<f64>> {
        let mut columns = columns::columns(&self.points, self.step, axis, self.ask.signal);
        let now = self.now.and_then(|(at, value)| Some((axis.column(at.timestamp())?, value?)));
        if let Some((column, value)) = now.filter(|(_, v)| v.is_finite()) {
            columns[column] = Some(columns[column].map_or(value, |there| there.max(value)));
        }
        columns
    }

    /// The least and the most that was read, now among it.
    pub fn range(&self) -> Option<(f64, f64)> {
        let now = self.now.and_then(|(_, v)| v);
        let values: Vec<Option<f64>> = self.points.iter().map(|(_, v)| *v).chain([now]).collect();
        columns::range(&values)
    }

    /// The last value that was read at all, and when.
    pub fn last(&self) -> Option<(Time, f64)> {
        let now = self.now.and_then(|(at, v)| Some((at, v?)));
        let newest = self.points.iter().rev().find_map(|(at, v)| Some((Time::from_timestamp(*at, 0)?, (*v)?)));
        now.or(newest)
    }
}
