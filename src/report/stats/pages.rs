//! Pages: which firings are any, how soon each was owned, into which shift and which service they fall.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::{
    Time,
    alert::Severity,
    entry::{Entry, Kind},
    shift::Rota,
    text::SafeText,
};

use super::{Given, Measure, share};

/// Shifts that are told at most, the newest: ten years of two a day.
const MOST: usize = 8_000;

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub at: Time,
    pub service: Option<SafeText>,
    /// None where nobody acked it before it resolved.
    pub acked_after_s: Option<i64>,
    pub out_of_hours: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShiftLine {
    pub from: Time,
    pub to: Time,
    pub pages: usize,
    pub out_of_hours: usize,
    /// It lies in the time that is looked at from its beginning to its end.
    pub whole: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceLine {
    /// None where the entries do not say.
    pub service: Option<SafeText>,
    pub pages: usize,
    pub out_of_hours: usize,
    pub out_of_hours_share: Option<f64>,
    pub acknowledge: Measure,
}

/// All shifts that begin at one time of day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StartLine {
    /// `08:00`, in the zone of the shifts.
    pub start: String,
    pub pages: usize,
    /// Over the shifts that were whole.
    pub a_shift: Measure,
}

pub(super) struct Pages {
    pub(super) pages: Vec<Page>,
    pub(super) fired: usize,
}

/// An alert that fires and that nobody has acked yet: where its page is, and when it fired.
#[derive(Default)]
struct Open(BTreeMap<String, Vec<usize>>);

pub(super) fn of(given: &Given<'_>) -> Pages {
    let mut entries: Vec<&Entry> = given
        .entries
        .iter()
        .filter(|e| e.at >= given.since && e.at <= given.now && e.subject.as_alert().is_some())
        .collect();
    // An ack of the second in which it fired is an ack of it; a resolve of that second ends what fired before.
    let order = |e: &Entry| match e.kind {
        Kind::AlertResolved => 0,
        Kind::AlertFired => 1,
        _ => 2,
    };
    entries.sort_by(|a, b| (a.at, order(a), &a.id).cmp(&(b.at, order(b), &b.id)));
    entries.dedup_by(|a, b| a.id == b.id);
    let (mut pages, mut open, mut fired) = (Vec::new(), Open::default(), 0);
    for entry in entries {
        let subject = entry.subject.as_str();
        match entry.kind {
            Kind::AlertFired => {
                fired += 1;
                if is_page(entry) {
                    open.0.entry(subject.to_owned()).or_default().push(pages.len());
                    pages.push(page(given.rota, entry));
                }
            }
            Kind::AlertResolved => drop(open.0.remove(subject)),
            Kind::AckConfirmed => {
                let owned = open.0.remove(subject).unwrap_or_default();
                owned.into_iter().for_each(|i| pages[i].acked_after_s = Some((entry.at - pages[i].at).num_seconds()));
            }
            _ => {}
        }
    }
    Pages { pages, fired }
}

fn is_page(entry: &Entry) -> bool {
    entry.body.severity.is_some_and(|s| s <= Severity::Error)
}

fn page(rota: &Rota, entry: &Entry) -> Page {
    let service = entry.body.more.get("service").and_then(|s| s.as_str()).map(SafeText::new);
    Page { at: entry.at, service, acked_after_s: None, out_of_hours: !rota.is_working(entry.at) }
}

pub(super) fn shifts(given: &Given<'_>, pages: &[Page]) -> Vec<ShiftLine> {
    let shifts = given.rota.between(given.since, given.now, MOST);
    let of = |from: Time, to: Time| {
        let (a, b) = (pages.partition_point(|p| p.at < from), pages.partition_point(|p| p.at < to));
        &pages[a..b]
    };
    let line = |s: &crate::domain::shift::Shift| {
        let own = of(s.from, s.to);
        ShiftLine {
            from: s.from,
            to: s.to,
            pages: own.len(),
            out_of_hours: own.iter().filter(|p| p.out_of_hours).count(),
            whole: s.from >= given.since && s.to <= given.now,
        }
    };
    shifts.iter().map(line).collect()
}

pub(super) fn services(pages: &[Page]) -> Vec<ServiceLine> {
    let mut by: BTreeMap<Option<&SafeText>, Vec<&Page>> = BTreeMap::new();
    pages.iter().for_each(|p| by.entry(p.service.as_ref()).or_default().push(p));
    let line = |(service, own): (Option<&SafeText>, Vec<&Page>)| {
        let out_of_hours = own.iter().filter(|p| p.out_of_hours).count();
        ServiceLine {
            service: service.cloned(),
            pages: own.len(),
            out_of_hours,
            out_of_hours_share: share(out_of_hours, own.len()),
            acknowledge: Measure::of(own.iter().map(|p| p.acked_after_s)),
        }
    };
    let mut lines: Vec<ServiceLine> = by.into_iter().map(line).collect();
    lines.sort_by_key(|l| std::cmp::Reverse(l.pages));
    lines
}

pub(super) fn starts(rota: &Rota, shifts: &[ShiftLine]) -> Vec<StartLine> {
    let mut by: BTreeMap<String, Vec<&ShiftLine>> = BTreeMap::new();
    shifts.iter().for_each(|s| by.entry(rota.wall.clock(s.from)).or_default().push(s));
    let line = |(start, own): (String, Vec<&ShiftLine>)| StartLine {
        start,
        pages: own.iter().map(|s| s.pages).sum(),
        a_shift: Measure::of(own.iter().filter(|s| s.whole).map(|s| i64::try_from(s.pages).ok())),
    };
    by.into_iter().map(line).collect()
}
