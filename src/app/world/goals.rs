//! An objective that is another than it was: an entry, so that a graph can mark when its scale changed.

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::GoalChange,
    },
    domain::{
        entry::{Body, Kind, NewEntry, Subject},
        text::SafeText,
    },
};

/// One entry a change; two cockpits that notice it on one day write it once.
pub(crate) fn entries(changes: Vec<GoalChange>) -> Effects {
    let entries: Vec<NewEntry> = changes.into_iter().map(entry).collect();
    if entries.is_empty() { Vec::new() } else { vec![Effect::Observe(entries)] }
}

fn entry(GoalChange { id, title, at, was, asks }: GoalChange) -> NewEntry {
    let text = format!("asks for {asks}, was {was}");
    NewEntry {
        at,
        actor: SafeText::new("watchfire"),
        kind: Kind::ObjectiveChanged,
        subject: Subject::slo(id.as_str()),
        source: None,
        once: Some(format!("objective:{id}:{was}:{asks}:{}", at.format("%F"))),
        body: Body { title: Some(title), text: Some(SafeText::new(&text)), ..Body::default() },
    }
}
