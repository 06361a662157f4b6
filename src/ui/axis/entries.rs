//! What happened at a moment, each in a sentence.

use crate::{
    app::world::{
        lanes::{Lane, Lanes, Mark},
        marks::MarkKind,
    },
    config::theme::Role,
    domain::{
        Time, duration,
        entry::Kind,
        past::{Span, Was},
    },
    ui::timeline,
};

use super::marks::role;

/// One of them.
pub(crate) struct Told {
    pub at: Time,
    pub text: String,
    pub role: Role,
}

/// All that began or ended within `[from, to)`, in the order of time.
pub(crate) fn within(lanes: &Lanes, (from, to): (Time, Time)) -> Vec<Told> {
    let inside = |at: Time| from <= at && at < to;
    let mut told: Vec<Told> = Vec::new();
    for lane in &lanes.rows {
        // Nothing is put into words that is not told: a week may have hundreds of spans.
        let touches = |s: &&Span| s.was == Was::Firing && (inside(s.from) || inside(s.to));
        for span in lane.past.spans.iter().filter(touches) {
            told.extend(turns(lane, *span, lanes.whole.1).into_iter().filter(|t| inside(t.at)));
        }
    }
    told.extend(lanes.marks.iter().filter(|m| inside(m.from)).map(|m| mark(m, lanes.whole.1)));
    told.extend(lanes.marks.iter().filter(|m| m.to.is_some_and(inside) && m.to > Some(m.from)).filter_map(over));
    told.sort_by_key(|t| t.at);
    told
}

/// What was in force at a moment: acks, silences, an incident, a source that could not be read.
pub(super) fn in_force(lanes: &Lanes, (from, to): (Time, Time)) -> Vec<Told> {
    let head = lanes.whole.1;
    let lasting = lanes.marks.iter().filter(|m| m.from < from && (m.lasts || m.end(head) >= to));
    lasting.map(|m| mark(m, head)).collect()
}

fn turns(lane: &Lane, span: Span, head: Time) -> Vec<Told> {
    let name = lane.label();
    let lasted = duration::long(span.to - span.from);
    let goes_on = span.to >= head;
    let how_long = if goes_on { format!("fires since, for {lasted}") } else { format!("fired for {lasted}") };
    let mut told = Vec::new();
    if span.from > lane.past.since {
        told.push(Told { at: span.from, text: format!("{name} began to fire; {how_long}"), role: Role::Bad });
    }
    if !goes_on {
        // What nobody saw after it may have gone on.
        let blind = lane.at(span.to).is_some_and(|s| s.was == Was::Unknown);
        let text =
            if blind { format!("{name}: from here on nobody knows") } else { format!("{name} stopped; it {how_long}") };
        told.push(Told { at: span.to, text, role: if blind { Role::Unknown } else { Role::Ok } });
    }
    told
}

pub(super) fn mark(mark: &Mark, head: Time) -> Told {
    let what = match &mark.entry {
        Some(entry) => {
            let (word, _) = timeline::word(&entry.kind);
            let word = if word.is_empty() { entry.kind.to_string() } else { word.to_owned() };
            let until =
                mark.to.filter(|_| entry.kind == Kind::SourceLost).map(|to| format!(" until {}", clock(to, head)));
            format!("{word} {}{}", timeline::with_text(entry, Some(&mark.text)), until.unwrap_or_default())
        }
        None => {
            let until = mark.to.map_or_else(|| ", goes on".into(), |to| format!(" until {}", clock(to, head)));
            format!("{}{until}: {}", mark.kind.word(), mark.text.line())
        }
    };
    Told { at: mark.from, text: what, role: role(mark.kind) }
}

fn over(mark: &Mark) -> Option<Told> {
    let at = mark.to?;
    let who = mark.entry.as_ref().and_then(|e| e.body.title.as_ref()).map_or_else(|| mark.text.line(), |t| t.line());
    let word = match mark.kind {
        MarkKind::Outage => "the source answers again",
        kind => return Some(Told { at, text: format!("{} ends: {who}", kind.word()), role: Role::Dim }),
    };
    Some(Told { at, text: format!("{word}: {who}"), role: Role::Ok })
}

/// A moment as it is written beside others of about the same time.
pub(crate) fn clock(at: Time, head: Time) -> String {
    let far = (head - at).num_hours().abs() >= 20;
    at.format(if far { "%d.%m. %H:%M:%S" } else { "%H:%M:%S" }).to_string()
}
