//! The timeline of a post-mortem as rows of a table: what happened, who or what, when, and when it was told.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    domain::{
        Time,
        entry::{Entry, Kind},
        incident::{Line, Part, Skew, Tag},
        text::SafeText,
    },
    report::markdown::bounded_text,
};

use super::{Given, rest_of};

/// Rows of a document; beyond it what machines wrote is left out, and counted.
const MOST: usize = 1_000;
/// What was told within this of its time was told at once.
const AT_ONCE: i64 = 1;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The id of the entry.
    pub entry: String,
    /// When it happened.
    pub at: Time,
    pub recorded_at: Time,
    /// Seconds from the thing to its telling where they differ; below zero where clocks disagree.
    pub told_after_s: Option<i64>,
    /// A person told it late, or a clock is wrong: worth a word.
    pub skewed: bool,
    pub who: SafeText,
    /// Nobody did it.
    pub machine: bool,
    pub kind: Kind,
    /// It was done to a system on purpose.
    #[serde(skip)]
    pub(super) meant: bool,
    /// `fired`, `acked`, `note`.
    pub what: String,
    pub text: SafeText,
    pub tag: Option<Tag>,
    pub corrected: Option<Corrected>,
    /// So many more alerts of this name did the same before anything else happened, and when the last of them did.
    pub more: usize,
    pub until: Option<Time>,
}

/// That another text stands in place of the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Corrected {
    pub by: SafeText,
    pub at: Time,
}

pub(super) struct Rows {
    pub(super) shown: Vec<Row>,
    pub(super) left_out: usize,
}

pub(super) fn of(given: &Given<'_>) -> Rows {
    let settled: HashSet<&str> =
        given.lines.iter().filter(|l| is_outcome(l.entry)).filter_map(|l| op(l.entry)).collect();
    let worth = |l: &&Line<'_>| !is_step(l.entry) || op(l.entry).is_none_or(|op| !settled.contains(op));
    let worth = |l: &&Line<'_>| worth(l) && l.entry.kind != Kind::AckExtended && !is_join(l.entry);
    let mut shown: Vec<Row> = Vec::new();
    // The alerts that fire or end one after the other: each with the place of its row.
    let mut turning: Vec<(&Entry, usize)> = Vec::new();
    for line in given.lines.iter().filter(worth) {
        if !is_turn(line.entry) {
            turning.clear();
        } else if let Some((_, place)) = turning.iter().find(|(before, _)| is_alike(before, line.entry)) {
            let row: &mut Row = &mut shown[*place];
            (row.more, row.until) = (row.more + 1, Some(line.entry.at));
            continue;
        } else {
            turning.push((line.entry, shown.len()));
        }
        shown.push(row(given, line));
    }
    let mut room = MOST.saturating_sub(shown.iter().filter(|r| !r.machine).count());
    let before = shown.len();
    shown.retain(|r| {
        let stays = !r.machine || room > 0;
        room = room.saturating_sub(usize::from(r.machine));
        stays
    });
    Rows { left_out: before - shown.len(), shown }
}

impl Rows {
    pub(super) fn tagged(&self, tags: &[&str]) -> Vec<Row> {
        let has = |r: &&Row| r.tag.is_some_and(|tag| tags.contains(&tag.as_str()));
        self.shown.iter().filter(has).cloned().collect()
    }

    /// What was done to a system on purpose.
    pub(super) fn changes(&self) -> Vec<Row> {
        self.shown.iter().filter(|r| r.meant).cloned().collect()
    }
}

/// An alert that joined by itself: that it fired is a line, and it stands among the alerts.
fn is_join(entry: &Entry) -> bool {
    entry.kind == Kind::Incident(Part::Attached) && entry.is_of_a_machine()
}

fn is_turn(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::AlertFired | Kind::AlertResolved)
}

/// Whether two lines are one to a reader: alerts of one name, with nothing but alerts between them.
fn is_alike(a: &Entry, b: &Entry) -> bool {
    a.kind == b.kind && a.body.title == b.body.title
}

fn op(entry: &Entry) -> Option<&str> {
    entry.body.op.as_ref().map(|op| op.0.as_str())
}

/// That something was meant; how it ended is a line of its own.
fn is_step(entry: &Entry) -> bool {
    entry.is_intent()
}

fn is_outcome(entry: &Entry) -> bool {
    use Kind::{
        AckConfirmed, AckRefused, AckUnknown, RequestConfirmed, RequestRefused, RequestUnknown, SilenceConfirmed,
        SilenceRefused, SilenceUnknown, UnackConfirmed, UnackRefused, UnackUnknown,
    };
    matches!(
        entry.kind,
        AckConfirmed
            | AckRefused
            | AckUnknown
            | UnackConfirmed
            | UnackRefused
            | UnackUnknown
            | SilenceConfirmed
            | SilenceRefused
            | SilenceUnknown
            | RequestConfirmed
            | RequestRefused
            | RequestUnknown
    )
}

fn row(given: &Given<'_>, line: &Line<'_>) -> Row {
    let entry = line.entry;
    let words = (given.words)(line);
    let after = (entry.recorded_at - entry.at).num_seconds();
    Row {
        entry: entry.id.clone(),
        at: entry.at,
        recorded_at: entry.recorded_at,
        told_after_s: Some(after).filter(|s| s.abs() >= AT_ONCE),
        skewed: matches!(line.skew, Some(Skew::Late(_) | Skew::Ahead(_))),
        who: entry.actor.clone(),
        machine: entry.is_of_a_machine(),
        kind: entry.kind.clone(),
        meant: entry.is_marker(),
        what: words.what,
        text: bounded_text(&SafeText::new(&words.text), &rest_of(line.corrected.unwrap_or(entry))),
        tag: line.tag,
        more: 0,
        until: None,
        corrected: line.corrected.map(|c| Corrected { by: c.actor.clone(), at: c.recorded_at }),
    }
}
