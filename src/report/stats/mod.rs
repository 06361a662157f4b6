//! Statistics over many incidents and pages: how long it takes to own and to end one, how many pages a shift gets and
//! from which service, how many come while people should sleep.
//!
//! Every number says how many it stands on and by which definition; a mean alone hides the one bad night, so the median
//! stands beside it. Told from the journal: what nobody watched is in no number.

mod measure;
mod pages;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::domain::{
    Time,
    entry::Entry,
    incident::{Clues, Incident, Incidents, Moment},
    shift::Rota,
};

use super::template::{Mistake, STATS, Template, render};

pub use measure::Measure;
pub use pages::{Page, ServiceLine, ShiftLine, StartLine};

/// What statistics are made of.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub now: Time,
    pub since: Time,
    /// Since then, in any order; what tells of incidents from the beginning.
    pub entries: &'a [Entry],
    pub rota: &'a Rota,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    pub since: Time,
    pub until: Time,
    pub incidents: OfIncidents,
    pub pages: OfPages,
    /// The busiest first.
    pub services: Vec<ServiceLine>,
    /// Every shift, in order.
    pub shifts: Vec<ShiftLine>,
    /// By when shifts begin.
    pub starts: Vec<StartLine>,
    /// By which words the numbers are to be read.
    pub definitions: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OfIncidents {
    /// Declared in the time that is looked at; those that were withdrawn are left out.
    pub count: usize,
    pub open: usize,
    pub detect: Measure,
    pub acknowledge: Measure,
    pub mitigate: Measure,
    pub resolve: Measure,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OfPages {
    pub count: usize,
    /// Alerts that fired in all, the others being of a lesser severity.
    pub fired: usize,
    pub acknowledge: Measure,
    pub out_of_hours: usize,
    /// In [0, 1]; none without a page.
    pub out_of_hours_share: Option<f64>,
    /// Over the shifts that were whole.
    pub a_shift: Measure,
    /// The most that one shift got.
    pub most: usize,
}

impl Stats {
    pub fn of(given: &Given<'_>) -> Self {
        let pages = pages::of(given);
        let shifts = pages::shifts(given, &pages.pages);
        let whole: Vec<&ShiftLine> = shifts.iter().filter(|s| s.whole).collect();
        let out_of_hours = pages.pages.iter().filter(|p| p.out_of_hours).count();
        let count = pages.pages.len();
        Self {
            since: given.since,
            until: given.now,
            incidents: incidents(given),
            pages: OfPages {
                count,
                fired: pages.fired,
                acknowledge: Measure::of(pages.pages.iter().map(|p| p.acked_after_s)),
                out_of_hours,
                out_of_hours_share: share(out_of_hours, count),
                a_shift: Measure::of(whole.iter().map(|s| i64::try_from(s.pages).ok())),
                most: shifts.iter().map(|s| s.pages).max().unwrap_or(0),
            },
            services: pages::services(&pages.pages),
            starts: pages::starts(given.rota, &shifts),
            shifts,
            definitions: definitions(given.rota),
        }
    }

    /// As Markdown.
    ///
    /// # Errors
    /// The mistake in the template; the one that is built in has none.
    pub fn written(&self) -> Result<String, Mistake> {
        render(Template { name: "stats.md", text: STATS }, self)
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts, far below 2^52")]
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn incidents(given: &Given<'_>) -> OfIncidents {
    let all = Incidents::of(given.entries);
    let inside = |i: &&Incident| i.declared_at().is_some_and(|at| at >= given.since && at <= given.now);
    let counted: Vec<&Incident> = all.iter().filter(|i| !i.withdrawn).filter(inside).collect();
    let clues: Vec<Clues> = counted.iter().map(|i| Clues::of(i, given.entries)).collect();
    let between = |from: Moment, to: Moment| {
        let length = move |(i, clues): (&&Incident, &Clues)| {
            Some((i.time(to, clues)?.at - i.time(from, clues)?.at).num_seconds())
        };
        Measure::of(counted.iter().zip(&clues).map(length))
    };
    OfIncidents {
        count: counted.len(),
        open: counted.iter().filter(|i| i.is_open()).count(),
        detect: between(Moment::Started, Moment::Detected),
        acknowledge: between(Moment::Detected, Moment::Acknowledged),
        mitigate: between(Moment::Started, Moment::Mitigated),
        resolve: between(Moment::Started, Moment::Resolved),
    }
}

fn definitions(rota: &Rota) -> Vec<String> {
    let working = rota.working().words();
    let starts: Vec<String> = rota.starts().iter().map(|s| s.format("%H:%M").to_string()).collect();
    vec![
        "MTTA: from the first sight of an incident to the one who took it. MTTR: from its start to its end. MTTD, MTTM: from its start to its first sight, to the end of the hurt. Times that nobody said are the journal's.".into(),
        "Left out: a time that is unknown, or two that contradict each other. An incident that is open counts where its times are known.".into(),
        "A page: an alert of severity critical or error that fired. Its time to own: from the firing to the first ack of it before it resolved; who nobody acked is left out.".into(),
        format!("Shifts begin at {} in {}; out of hours is all but {working} there.", starts.join(", "), rota.wall.words()),
        "All of it is from the journal: what fired while nobody watched is not in it.".into(),
    ]
}
