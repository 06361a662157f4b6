//! What happened, under the lanes: a row for each kind where there is room, else all of them in one. A letter where
//! something began, a bar as long as it lasted.

use ratatui::{layout::Rect, style::Style};

use crate::{
    app::{
        desk::axis::names,
        world::{
            lanes::{Lanes, Mark},
            marks::MarkKind,
        },
    },
    config::theme::Role,
    domain::Time,
    ui::{
        Canvas,
        slo::{scale::Span, strip},
        widgets::text::Pen,
    },
};

/// Each row, and what stands in it.
const ROWS: [(&str, &[MarkKind]); 10] = [
    ("incident", &[MarkKind::Incident, MarkKind::Maintenance]),
    ("acks", &[MarkKind::Ack]),
    ("silences", &[MarkKind::Silence]),
    ("notes", &[MarkKind::Note]),
    ("actions", &[MarkKind::Action]),
    ("pages", &[MarkKind::Page]),
    ("crashes", &[MarkKind::Crash]),
    ("events", &[MarkKind::Event]),
    ("changes", &[MarkKind::Deploy, MarkKind::Objective]),
    ("blind", &[MarkKind::Outage]),
];

/// The rows that have something in them.
pub(super) fn kinds(lanes: &Lanes) -> Vec<(&'static str, &'static [MarkKind])> {
    let has = |kinds: &[MarkKind]| lanes.marks.iter().any(|m| kinds.contains(&m.kind));
    ROWS.into_iter().filter(|(_, kinds)| has(kinds)).collect()
}

pub(super) fn draw(c: &mut Canvas<'_>, area: Rect, lanes: &Lanes, (span, head): (Span, Time)) {
    let kinds = kinds(lanes);
    if kinds.len() > usize::from(area.height) || kinds.is_empty() {
        row(c, Rect { height: area.height.min(1), ..area }, "marks", (lanes, None), (span, head));
        return;
    }
    for (line, (name, own)) in (0..area.height).zip(kinds) {
        row(c, Rect { y: area.y + line, height: 1, ..area }, name, (lanes, Some(own)), (span, head));
    }
}

fn row(
    c: &mut Canvas<'_>,
    row: Rect,
    name: &str,
    (lanes, only): (&Lanes, Option<&[MarkKind]>),
    (span, head): (Span, Time),
) {
    let columns = usize::from(names(c.app.desk.width).saturating_sub(2));
    Pen::new(c.buf, row, 0).column_right(name, columns, c.look.style(Role::Dim));
    let plot = super::plot(c, row);
    let counts =
        |m: &&Mark| only.is_none_or(|kinds| kinds.contains(&m.kind)) && m.touches((span.from, after(span)), head);
    let mut marks: Vec<&Mark> = lanes.marks.iter().filter(counts).collect();
    marks.sort_by_key(|m| m.kind);
    let bar = c.look.glyph("━", "=");
    let width = usize::from(plot.width);
    let column = |at: Time| span.column(at.clamp(span.from, span.to), width);
    // Where all share a row, only what says that nobody saw, or that there was an incident, is as long as it lasted.
    let long = |m: &&&Mark| only.is_some() || m.kind.is_bar();
    for mark in marks.iter().filter(long) {
        let (Some(first), Some(last)) = (column(mark.from), column(mark.end(head).min(head))) else { continue };
        (first..=last).for_each(|x| strip::put(c.buf, plot, x, bar, style(c, mark.kind)));
    }
    for mark in marks {
        // What began before the part that is shown has its letter at the edge where it has a bar.
        let seen = mark.from >= span.from || only.is_some() || mark.kind.is_bar();
        if let Some(x) = column(mark.from).filter(|_| seen) {
            strip::put(c.buf, plot, x, mark.kind.letter(), style(c, mark.kind));
        }
    }
}

/// The axis with its last moment.
fn after(span: Span) -> Time {
    span.to + chrono::Duration::seconds(1)
}

fn style(c: &Canvas<'_>, kind: MarkKind) -> Style {
    c.look.style(role(kind))
}

pub(super) fn role(kind: MarkKind) -> Role {
    match kind {
        MarkKind::Ack => Role::Acked,
        MarkKind::Silence => Role::Suppressed,
        MarkKind::Note => Role::Accent,
        MarkKind::Outage => Role::Unknown,
        MarkKind::Event => Role::Dim,
        MarkKind::Crash | MarkKind::Page => Role::Warning,
        MarkKind::Incident | MarkKind::Alert => Role::Bad,
        MarkKind::Action | MarkKind::Deploy | MarkKind::Objective | MarkKind::Maintenance => Role::Marker,
    }
}
