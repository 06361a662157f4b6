//! What an entry says of an incident, in words: for the timeline, for a plan before it is confirmed, for the foot of the
//! screen. The same words each time.

use super::{Attached, Change, Cost, Declared, Detached, Moment, Role, RoleTold, StatusTold, TaskTold, TimeTold};
use crate::domain::{entry::Entry, text::SafeText};

/// Names that are spelt out before the rest is counted.
const NAMED: usize = 3;

/// What an entry says, without the incident it says it of; empty where it cannot be read.
pub fn sentence(entry: &Entry) -> String {
    Change::read(entry).map(|change| in_words(&change)).unwrap_or_default()
}

/// What a change says, as a sentence that the incident's name could begin.
pub fn in_words(change: &Change) -> String {
    match change {
        Change::Declared(told) => declared(told),
        Change::Changed(told) => {
            let title = told.new_title.as_ref().map(|t| format!("is now called \"{}\"", t.line()));
            let level = told.level.as_ref().map(|l| format!("is now {l}"));
            title.into_iter().chain(level).collect::<Vec<_>>().join(", ")
        }
        Change::Status(told) => status(told),
        Change::Role(told) => role(told),
        Change::Task(told) => task(told),
        Change::Attached(told) => attached(told),
        Change::Detached(told) => detached(told),
        Change::Time(told) => time(told),
        Change::Withdrawn(_) => "an act on it is taken back".into(),
    }
}

fn declared(told: &Declared) -> String {
    let roles = told.roles.iter().map(|(role, who)| format!(", {role} {}", who.line())).collect::<String>();
    let links = attached(&told.links);
    let links = if links.is_empty() { links } else { format!("; {links}") };
    format!("declared {}, {}{roles}{links}", told.level, told.status)
}

fn status(told: &StatusTold) -> String {
    match names(told.cost.iter().map(Cost::in_words)) {
        cost if cost.is_empty() => told.status.to_string(),
        cost => format!("{}; cost {cost}", told.status),
    }
}

fn role(told: &RoleTold) -> String {
    match (&told.person, told.leaves) {
        (Some(who), false) => format!("has {} as {}", who.line(), told.role),
        (Some(who), true) => format!("goes on without {} as {}", who.line(), told.role),
        (None, _) if told.role == Role::Responder => "has no responder any more".into(),
        (None, _) => format!("has no {} any more", told.role),
    }
}

fn task(told: &TaskTold) -> String {
    let what = told.what.as_ref().map(|t| format!(" \"{}\"", t.line())).unwrap_or_default();
    let owner = match &told.owner {
        Some(owner) if owner.raw().trim().is_empty() => " is nobody's".into(),
        Some(owner) => format!(" is {}'s", owner.line()),
        None => String::new(),
    };
    let done = match told.done {
        Some(true) => " is done",
        Some(false) => " is to be done",
        None => "",
    };
    format!("task{what}{owner}{done}")
}

fn attached(told: &Attached) -> String {
    let joined = told.alerts.iter().all(|l| l.joined);
    let alerts = names(told.alerts.iter().map(|l| l.title.line().into_owned()));
    let mut parts = Vec::new();
    if !alerts.is_empty() {
        parts.push(if joined { format!("joined by {alerts}") } else { format!("has {alerts}") });
    }
    if !told.slos.is_empty() {
        parts.push(format!("costs the budget {}", names(told.slos.iter().map(|s| s.line().into_owned()))));
    }
    parts.extend(entries(told.entries.len()).map(|n| format!("has {n} of the journal in its timeline")));
    parts.extend(told.filter.as_ref().map(|f| format!("joined by new alerts that match {}", f.line())));
    parts.join("; ")
}

fn detached(told: &Detached) -> String {
    let mut parts = Vec::new();
    match told.alerts.len() {
        0 => {}
        1 => parts.push("goes on without an alert".to_owned()),
        n => parts.push(format!("goes on without {n} alerts")),
    }
    if !told.slos.is_empty() {
        parts.push(format!("no longer has the budget {}", names(told.slos.iter().map(|s| s.line().into_owned()))));
    }
    parts.extend(entries(told.entries.len()).map(|n| format!("goes on without {n} of the journal")));
    parts.extend(told.filter.then(|| "no new alerts join it by themselves".to_owned()));
    parts.join("; ")
}

fn entries(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("an entry".into()),
        n => Some(format!("{n} entries")),
    }
}

fn time(told: &TimeTold) -> String {
    let was = match told.moment {
        Moment::Started => "started",
        Moment::Detected => "was detected",
        Moment::Acknowledged => "was acknowledged",
        Moment::Mitigated => "was mitigated",
        Moment::Resolved => "was resolved",
    };
    match told.value {
        Some(at) => format!("{was} at {} UTC", at.format("%d.%m. %H:%M:%S")),
        None => format!("{was} when the journal suggests"),
    }
}

/// The first few named, the rest counted.
fn names(all: impl ExactSizeIterator<Item = String>) -> String {
    let count = all.len();
    let few: Vec<String> = all.take(NAMED).collect();
    match count.saturating_sub(NAMED) {
        0 => few.join(", "),
        more => format!("{} and {more} more", few.join(", ")),
    }
}

/// What the entry takes back when it is undone: `the status of checkout is down`.
pub fn deed(part: super::Part, title: &SafeText) -> String {
    use super::Part;
    let what = match part {
        Part::Declared => "declaration",
        Part::Changed => "change",
        Part::Status => "status",
        Part::Role => "role",
        Part::Task => "task",
        Part::Attached | Part::Detached => "links",
        Part::Time => "time",
        Part::Withdrawn => "taking back",
    };
    format!("the {what} of {}", title.line())
}
