//! The golden signals of a service in an answer. What is not known is null; a gap is null, too.

use serde::Serialize;

use crate::domain::{
    Time,
    signals::{Golden, Line, Outlook, Signal},
    text::SafeText,
};

#[derive(Serialize)]
pub struct SignalsAnswer<'a> {
    lines: Vec<LineAnswer<'a>>,
    /// Signals for which there is nothing to ask.
    missing: Vec<&'static str>,
    looked_for: &'a SafeText,
    /// Why it could not be found out what there is.
    problem: Option<&'a SafeText>,
}

#[derive(Serialize)]
struct LineAnswer<'a> {
    signal: &'static str,
    name: &'a SafeText,
    unit: &'static str,
    query: String,
    basis: &'a SafeText,
    configured: bool,
    now: Option<f64>,
    read_at: Option<Time>,
    problem: Option<&'a SafeText>,
    /// Seconds between two points.
    step: i64,
    /// Unix seconds and value.
    points: &'a [(i64, Option<f64>)],
    outlook: Option<OutlookAnswer>,
}

#[derive(Serialize)]
struct OutlookAnswer {
    /// full, fills, rises, steady, falls, unclear.
    state: &'static str,
    full_at: Option<Time>,
    earliest: Option<Time>,
    latest: Option<Time>,
    /// Points and seconds that it stands on.
    points: Option<usize>,
    length: Option<i64>,
}

impl<'a> SignalsAnswer<'a> {
    pub fn of(golden: &'a Golden) -> Self {
        Self {
            lines: golden.lines.iter().map(LineAnswer::of).collect(),
            missing: golden.missing().map(Signal::as_str).collect(),
            looked_for: &golden.looked_for,
            problem: golden.problem.as_ref(),
        }
    }
}

impl<'a> LineAnswer<'a> {
    fn of(line: &'a Line) -> Self {
        let ask = &line.ask;
        Self {
            signal: ask.signal.as_str(),
            name: &ask.name,
            unit: ask.unit.as_str(),
            query: ask.over(line.window),
            basis: &ask.basis,
            configured: ask.is_configured,
            now: line.now.and_then(|(_, v)| v),
            read_at: line.now.map(|(at, _)| at),
            problem: line.trouble.as_ref(),
            step: line.step,
            points: &line.points,
            outlook: line.outlook.as_ref().map(OutlookAnswer::of),
        }
    }
}

impl OutlookAnswer {
    fn of(outlook: &Outlook) -> Self {
        let (earliest, latest) = match outlook {
            Outlook::Full { earliest, latest, .. } => (Some(*earliest), *latest),
            _ => (None, None),
        };
        let basis = match outlook {
            Outlook::Full { basis, .. } | Outlook::Far(basis) | Outlook::Steady(basis) | Outlook::Falls(basis) => {
                Some(basis)
            }
            Outlook::IsFull | Outlook::Unclear(_) => None,
        };
        Self {
            state: outlook.as_str(),
            full_at: outlook.full_at(),
            earliest,
            latest,
            points: basis.map(|b| b.points),
            length: basis.map(|b| b.length),
        }
    }
}
