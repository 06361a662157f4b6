//! What was changed, and what the cluster says happened: rollouts and events, each told once and under its own id.

use std::collections::{BTreeMap, VecDeque};

use chrono::Duration;

use crate::domain::{Time, source::Change, text::SafeText};

use super::{
    feed::Turn,
    object::{Object, Rollout},
    resource::Resource,
    whose::Index,
};

/// How far back rollouts are told that replica sets remember.
const PAST: Duration = Duration::days(7);
/// Most entries that are remembered.
const ENTRIES_MAX: usize = 10_000;

/// What came, and whether somebody was told.
#[derive(Default)]
pub(super) struct Log(VecDeque<Entry>);

struct Entry {
    arrived: Time,
    told: bool,
    change: Change,
}

impl Log {
    fn add(&mut self, change: Change, arrived: Time) {
        // The same again: an event whose count grew takes the place of what it was.
        self.0.retain(|e| e.change.id != change.id);
        self.0.push_back(Entry { arrived, told: false, change });
        if self.0.len() > ENTRIES_MAX {
            self.0.pop_front();
        }
    }

    /// What came since then, and what nobody was told, oldest first.
    pub(super) fn since(&mut self, since: Time) -> Vec<Change> {
        let new = self.0.iter_mut().filter(|e| !e.told || e.arrived > since);
        let mut changes: Vec<Change> = new
            .map(|e| {
                e.told = true;
                e.change.clone()
            })
            .collect();
        changes.sort_by_key(|c| c.at);
        changes
    }

    /// Takes what became of objects.
    pub(super) fn take(&mut self, turns: Vec<Turn>, index: &Index<'_>, now: Time) {
        let mut sets = BTreeMap::<String, Vec<&Object>>::new();
        for turn in &turns {
            if turn.new.resource == Resource::ReplicaSets {
                let owner = turn.new.owner.as_ref().map_or("", |o| o.uid.as_str());
                sets.entry(owner.to_owned()).or_default().push(&turn.new);
            } else if let Some(change) = rollout(turn, now).or_else(|| event(turn, index)) {
                self.add(change, now);
            }
        }
        for sets in sets.into_values() {
            past(sets, now).into_iter().for_each(|change| self.add(change, now));
        }
    }
}

/// A workload that has another template than before.
fn rollout(turn: &Turn, now: Time) -> Option<Change> {
    let old = turn.old.as_ref()?;
    let (before, after) = (old.rollout.as_ref()?, turn.new.rollout.as_ref()?);
    (before.revision != after.revision).then(|| {
        let at = after.at.filter(|at| *at <= now && before.at.is_none_or(|b| *at > b)).unwrap_or(now);
        told(&turn.new, &turn.new.uid, Some(before), after, at)
    })
}

/// The rollouts that the replica sets of one deployment remember. One that was rolled back to keeps its old age, so
/// those out of order are left out.
fn past(mut sets: Vec<&Object>, now: Time) -> Vec<Change> {
    let number = |o: &Object| o.rollout.as_ref().and_then(|r| r.revision.parse::<u64>().ok()).unwrap_or(0);
    sets.sort_by_key(|o| number(o));
    let mut changes = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let (Some(after), Some(at), Some(owner)) = (&set.rollout, set.created, &set.owner) else { continue };
        let before = index.checked_sub(1).map(|i| sets[i]);
        let in_order = before.is_none_or(|b| b.created <= set.created);
        if !in_order || now - at > PAST || at > now || before.is_none() && number(set) != 1 {
            continue;
        }
        let deployment = Object { name: owner.name.clone(), resource: Resource::Deployments, ..(**set).clone() };
        changes.push(told(&deployment, &owner.uid, before.and_then(|b| b.rollout.as_ref()), after, at));
    }
    changes
}

fn told(object: &Object, uid: &str, before: Option<&Rollout>, after: &Rollout, at: Time) -> Change {
    let kind = object.resource.plural().trim_end_matches('s');
    let images = images(before, after);
    let what = if images.is_empty() { "the same images, rolled out anew".to_owned() } else { images };
    let title = format!("{kind} {}/{}: {what}", object.namespace, object.name);
    let revision = format!("revision {}", after.revision);
    let text = after.cause.as_ref().map_or(revision.clone(), |cause| format!("{revision}: {cause}"));
    Change {
        at,
        kind: "rollout".into(),
        title: SafeText::new(&title),
        by: SafeText::new(after.by.as_deref().unwrap_or("kubernetes")),
        text: SafeText::new(&text),
        service: Some(SafeText::new(object.service.as_deref().unwrap_or(&object.name))),
        id: Some(SafeText::new(&format!("{uid}/{}", after.revision))),
        url: None,
    }
}

/// Which container has another image; one image in two containers is told once.
fn images(before: Option<&Rollout>, after: &Rollout) -> String {
    let old =
        |name: &str| before.and_then(|b| b.images.iter().find(|(n, _)| n == name)).map(|(_, image)| image.as_str());
    let mut told: Vec<String> = Vec::new();
    for (name, image) in &after.images {
        let line = match old(name) {
            Some(old) if old == image => continue,
            Some(old) => format!("{old} -> {image}"),
            None => format!("{name} {image}"),
        };
        if !told.contains(&line) {
            told.push(line);
        }
    }
    told.join(", ")
}

fn event(turn: &Turn, index: &Index<'_>) -> Option<Change> {
    let event = turn.new.event.as_ref()?;
    if turn.old.as_ref().is_some_and(|old| old.event.as_ref() == Some(event)) {
        return None;
    }
    let about = &event.regarding;
    let object = match about.namespace.as_str() {
        "" => format!("{} {}", about.kind.to_ascii_lowercase(), about.name),
        namespace => format!("{} {namespace}/{}", about.kind.to_ascii_lowercase(), about.name),
    };
    let seen = match (event.count, event.last) {
        (1, _) | (_, None) => String::new(),
        (n, Some(last)) => format!(" ({n} times, last at {} UTC)", last.format("%H:%M:%S")),
    };
    let by = if event.by.is_empty() { "kubernetes" } else { &event.by };
    let kind = if event.kind.is_empty() || event.kind == "Warning" { "event" } else { "event, normal" };
    Some(Change {
        at: event.at,
        kind: kind.into(),
        title: SafeText::new(&format!("{} {object}", event.reason)),
        by: SafeText::new(by),
        text: SafeText::new(&format!("{}{seen}", event.note)),
        service: index.about(about).map(|w| SafeText::new(w.service.as_deref().unwrap_or(&w.name))),
        id: Some(SafeText::new(&turn.new.uid)),
        url: None,
    })
}
