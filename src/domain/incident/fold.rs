//! From entries to incidents: each entry in the order of telling, those that were taken back left out.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Attached, Change, Declared, Detached, Incident, IncidentId, Level, Link, Role, RoleTold, Roles, Said, Status,
    StatusTold, Task, TaskTold, order::key,
};
use crate::domain::{
    entry::{Entry, Kind},
    op::OpId,
    text::SafeText,
};

pub(super) fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<Incident> {
    let mut seen = HashSet::new();
    let mut ours: Vec<&Entry> = entries.into_iter().filter(|e| matches!(e.kind, Kind::Incident(_))).collect();
    ours.retain(|e| seen.insert(e.id.as_str()));
    ours.sort_by(|a, b| key(a).cmp(&key(b)));
    let changes: Vec<(&Entry, Change)> = ours.into_iter().filter_map(|e| Some((e, Change::read(e)?))).collect();
    let withdrawn: HashSet<OpId> = changes.iter().filter_map(|(_, c)| taken_back(c)).collect();
    let mut places: HashMap<IncidentId, usize> = HashMap::new();
    let mut all: Vec<Incident> = Vec::new();
    for (entry, change) in changes {
        let Some(id) = IncidentId::of(&entry.subject) else { continue };
        let place = *places.entry(id.clone()).or_insert_with(|| {
            all.push(Incident::unknown(id));
            all.len() - 1
        });
        let is_withdrawn = entry.body.op.as_ref().is_some_and(|op| withdrawn.contains(op));
        match change {
            // What was declared in error is still there to be looked at.
            Change::Declared(_) if is_withdrawn => {
                all[place].withdrawn = true;
                all[place].take(entry, change);
            }
            _ if is_withdrawn => {}
            change => all[place].take(entry, change),
        }
    }
    all
}

fn taken_back(change: &Change) -> Option<OpId> {
    match change {
        Change::Withdrawn(op) => Some(op.clone()),
        _ => None,
    }
}

fn said<T>(entry: &Entry, value: T) -> Said<T> {
    let Entry { id, at, recorded_at, actor, .. } = entry;
    Said { value, by: actor.clone(), at: *at, recorded_at: *recorded_at, entry: id.clone() }
}

impl Incident {
    /// One of which nothing is known but that somebody spoke of it.
    fn unknown(id: IncidentId) -> Self {
        Self {
            id,
            title: SafeText::new("(its declaration is not in this journal)"),
            level: Level::default(),
            statuses: Vec::new(),
            declared: None,
            roles: Roles::default(),
            tasks: Vec::new(),
            alerts: BTreeMap::new(),
            detached: BTreeMap::new(),
            slos: std::collections::BTreeSet::new(),
            filter: None,
            entries: std::collections::BTreeSet::new(),
            left_out: std::collections::BTreeSet::new(),
            cost: None,
            times: BTreeMap::new(),
            withdrawn: false,
        }
    }

    fn take(&mut self, entry: &Entry, change: Change) {
        match change {
            Change::Declared(told) => self.declare(entry, told),
            Change::Changed(told) => {
                self.title = told.new_title.unwrap_or_else(|| self.title.clone());
                self.level = told.level.unwrap_or_else(|| self.level.clone());
            }
            Change::Status(told) => self.status_told(entry, told),
            Change::Role(told) => self.roles.take(told),
            Change::Task(told) => self.task_told(entry, told),
            Change::Attached(told) => self.attach(told),
            Change::Detached(told) => self.detach(told),
            Change::Time(told) => self.times.entry(told.moment).or_default().push(said(entry, told.value)),
            Change::Withdrawn(_) => {}
        }
    }

    /// Two that drew one name are one incident: both declarations stand, the later title is shown.
    fn declare(&mut self, entry: &Entry, told: Declared) {
        (self.title, self.level) = (told.title, told.level);
        self.declared.get_or_insert_with(|| said(entry, ()));
        self.statuses.push(said(entry, told.status));
        for (role, person) in told.roles {
            self.roles.take(RoleTold { role, person: Some(person), leaves: false });
        }
        self.attach(told.links);
    }

    fn status_told(&mut self, entry: &Entry, told: StatusTold) {
        self.statuses.push(said(entry, told.status));
        // Said again without a figure, the one before stands; open again, it costs on.
        let open = told.status != Status::Resolved;
        self.cost =
            if told.cost.is_empty() { self.cost.take().filter(|_| !open) } else { Some(said(entry, told.cost)) };
    }

    fn attach(&mut self, told: Attached) {
        self.left_out.retain(|id| !told.entries.contains(id));
        self.entries.extend(told.entries);
        for link in told.alerts {
            // Who took it out by hand means it: no filter brings it back.
            if link.joined && self.detached.contains_key(&link.alert) {
                continue;
            }
            self.detached.remove(&link.alert);
            let known = self.alerts.remove(&link.alert);
            self.alerts.insert(link.alert.clone(), link.with(known));
        }
        self.slos.extend(told.slos);
        self.filter = told.filter.filter(|f| !f.is_empty()).or_else(|| self.filter.take());
    }

    fn detach(&mut self, told: Detached) {
        for id in told.alerts {
            if let Some(link) = self.alerts.remove(&id) {
                self.detached.insert(id, link);
            }
        }
        self.slos.retain(|slo| !told.slos.contains(slo));
        self.entries.retain(|id| !told.entries.contains(id));
        self.left_out.extend(told.entries);
        if told.filter {
            self.filter = None;
        }
    }

    fn task_told(&mut self, entry: &Entry, told: TaskTold) {
        let place = self.tasks.iter().position(|t| t.id == told.task).unwrap_or_else(|| {
            let text = told.what.clone().unwrap_or_else(|| SafeText::new("(its text is not in this journal)"));
            let (number, id) = (self.tasks.len() + 1, told.task.clone());
            self.tasks.push(Task { number, id, text, owner: None, done: None, added: said(entry, ()) });
            self.tasks.len() - 1
        });
        let task = &mut self.tasks[place];
        if let Some(text) = told.what {
            task.text = text;
        }
        if let Some(owner) = told.owner {
            task.owner = Some(owner).filter(|o| !o.raw().trim().is_empty());
        }
        match told.done {
            Some(true) if task.done.is_none() => task.done = Some(said(entry, ())),
            Some(false) => task.done = None,
            _ => {}
        }
    }
}

impl Link {
    /// What was known of it before and is not told again stays.
    fn with(self, known: Option<Link>) -> Self {
        let Some(known) = known else { return self };
        let earliest = |a: Option<_>, b: Option<_>| a.into_iter().chain(b).min();
        Self {
            labels: if self.labels.is_empty() { known.labels } else { self.labels },
            starts_at: earliest(self.starts_at, known.starts_at),
            acked_at: earliest(self.acked_at, known.acked_at),
            joined: self.joined && known.joined,
            ..self
        }
    }
}

impl Roles {
    fn take(&mut self, told: RoleTold) {
        let person = told.person.filter(|p| !p.raw().trim().is_empty());
        match told.role {
            Role::Commander => self.commander = person,
            Role::Scribe => self.scribe = person,
            Role::Liaison => self.liaison = person,
            Role::Responder => match person {
                Some(person) if told.leaves => drop(self.responders.remove(&person)),
                Some(person) => drop(self.responders.insert(person)),
                None => self.responders.clear(),
            },
        }
    }
}
