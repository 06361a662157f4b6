//! What the alerts pane makes of the visible rows: lines, each an alert or the header of a group.
//!
//! A selection is a line by identity ([`LineKey`]). Lines are made anew only where the rows or the view changed; where
//! nothing is grouped, no alert has a twin and the order is the board's own there are none to make.

pub(crate) mod act;
mod counting;
pub mod facets;
pub mod group;
pub mod keys;
pub mod layer;
pub mod lines;
pub mod order;
pub mod pick;
pub mod queue;
pub mod routed;
pub mod split;
pub mod storm;
pub mod twins;
pub(crate) mod watch;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    app::world::{World, board::Slot},
    config::{AlertsConfig, Column, Sort},
    domain::alert::AlertId,
};

use self::{
    group::{Group, GroupKey, Groups},
    twins::{Apart, Branch, Joined, Joiner},
};

/// One line of the pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The header of [`Groups::all`] at this index.
    Group(usize),
    Alert(Slot),
    /// One of several lines that were taken apart.
    Apart(Slot, Branch),
    /// What several sources tell, as [`View::joined`] has it.
    Twins(usize),
}

/// A line by what it is, wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineKey {
    Group(GroupKey),
    Alert(AlertId),
    /// All tales of the line, the worst first. It is the line of any of them.
    Twins(Arc<[AlertId]>),
}

/// How the alerts are seen.
#[derive(Debug, Default)]
pub struct View {
    pub columns: Vec<Column>,
    pub sort: Sort,
    /// The labels whose values make a group; none: the alerts one by one.
    pub group_by: Vec<String>,
    pub folds: Folds,
    /// Which joined lines are taken apart.
    pub apart: Apart,
    /// As the configuration wants it, where no saved view says otherwise.
    home: AlertsConfig,
    groups: Groups,
    joined: Joined,
    ways: routed::Ways,
    lines: Vec<Line>,
    /// Whether the lines are the visible rows as they are.
    is_listed: bool,
    /// What the lines were made from.
    made_of: Option<(u64, u64, Vec<Slot>)>,
    /// Counts changes of how it is seen.
    revision: u64,
    /// The order of the groups while somebody stands among them in a storm.
    held: Option<HashMap<GroupKey, usize>>,
    /// How many alerts had arrived when it was held.
    held_at: u64,
    pub storm: storm::Mode,
}

/// Which groups are folded.
#[derive(Clone, Debug, Default)]
pub struct Folds {
    all: bool,
    except: HashSet<GroupKey>,
}

impl Folds {
    pub fn all() -> Self {
        Self { all: true, except: HashSet::new() }
    }

    pub fn is_folded(&self, key: &GroupKey) -> bool {
        self.all != self.except.contains(key)
    }

    fn turn(&mut self, key: &GroupKey) {
        if !self.except.remove(key) {
            self.except.insert(key.clone());
        }
    }
}

impl View {
    pub fn new(config: &AlertsConfig) -> Self {
        Self {
            columns: config.columns.clone(),
            sort: config.sort.clone(),
            group_by: config.group_by.clone(),
            home: config.clone(),
            ..Self::default()
        }
    }

    /// Whether the visible rows as they are will do for lines.
    fn is_plain(&self, world: &World) -> bool {
        let joins = !world.twins.is_empty() && !self.apart.is_everything();
        self.group_by.is_empty() && self.sort == Sort::Severity && !joins
    }

    /// Whether the lines are others than the visible rows as they are.
    pub(crate) fn is_listed(&self) -> bool {
        self.is_listed
    }

    pub fn is_grouped(&self) -> bool {
        !self.group_by.is_empty()
    }

    /// Whether the groups are those of the sources' own routes.
    pub fn is_routed(&self) -> bool {
        self.group_by.iter().any(|name| name == routed::ROUTE)
    }

    /// Puts another way of seeing on; in a storm it waits until that is over.
    fn put_on(&mut self, labels: Vec<String>, sort: Sort, columns: Vec<Column>) {
        self.columns = columns;
        if self.storm.keep(&labels, &sort) || (self.group_by == labels && self.sort == sort) {
            return;
        }
        (self.group_by, self.sort, self.folds) = (labels, sort, Folds::default());
        self.changed();
    }

    /// How it is seen has changed: the lines are made anew the next time.
    pub(crate) fn changed(&mut self) {
        self.revision += 1;
    }

    /// Makes the lines anew where the rows or the view changed.
    pub(crate) fn arrange(&mut self, world: &World, visible: &[Slot]) {
        self.is_listed = !self.is_plain(world);
        if !self.is_listed {
            (self.lines, self.groups, self.made_of) = (Vec::new(), Groups::default(), None);
            self.joined = Joined::default();
            return;
        }
        let now = (world.board.version, self.revision);
        if self.made_of.as_ref().is_some_and(|(v, r, of)| (*v, *r) == now && of == visible) {
            return;
        }
        let sorted = order::sorted(world, visible, &self.sort);
        self.groups = Groups::default();
        if self.is_grouped() {
            self.groups = if self.is_routed() {
                Groups::routed(world, &sorted, &mut self.ways)
            } else {
                Groups::of(world, &sorted, &self.group_by)
            };
            self.put_in_order();
        }
        (self.lines, self.joined) = self.laid(world, &sorted);
        self.made_of = Some((now.0, now.1, visible.to_vec()));
    }

    /// Groups that are held stay where they were; new ones come after them, and stay there too.
    fn put_in_order(&mut self) {
        if let Some(held) = &self.held {
            self.groups.all.sort_by_key(|g| held.get(&g.key).copied().unwrap_or(usize::MAX));
            self.hold(self.held_at);
        }
    }

    /// From now on the groups stay where they are.
    pub(crate) fn hold(&mut self, arrived: u64) {
        self.held_at = arrived;
        self.held = Some(self.groups.all.iter().enumerate().map(|(i, g)| (g.key.clone(), i)).collect());
    }

    /// How many alerts have arrived since the order was held; none while it is not.
    pub fn arrived_since(&self, arrived: u64) -> Option<u64> {
        self.held.as_ref().map(|_| arrived.saturating_sub(self.held_at))
    }

    /// The lines, and what is joined on them; twins of different groups are not.
    fn laid(&self, world: &World, sorted: &[Slot]) -> (Vec<Line>, Joined) {
        let mut lines = Vec::with_capacity(sorted.len());
        let mut joiner = Joiner::new(world, &self.apart);
        if !self.is_grouped() {
            joiner.lines(sorted, &mut lines);
        }
        for (i, group) in self.groups.all.iter().enumerate() {
            lines.push(Line::Group(i));
            if !self.folds.is_folded(&group.key) {
                joiner.lines(self.groups.alerts(group), &mut lines);
            }
        }
        (lines, joiner.joined)
    }

    /// Lets the groups go back into their order.
    pub(crate) fn let_go(&mut self) {
        if self.held.take().is_some() {
            self.changed();
        }
    }

    pub fn len(&self, visible: &[Slot]) -> usize {
        if self.is_listed { self.lines.len() } else { visible.len() }
    }

    pub fn line(&self, visible: &[Slot], at: usize) -> Option<Line> {
        if self.is_listed { self.lines.get(at).copied() } else { visible.get(at).map(|s| Line::Alert(*s)) }
    }

    /// What is joined on one line.
    pub fn joined(&self) -> &Joined {
        &self.joined
    }

    pub fn has_unfolded(&self) -> bool {
        self.groups.all.iter().any(|g| !self.folds.is_folded(&g.key))
    }

    pub fn group(&self, index: usize) -> Option<&Group> {
        self.groups.all.get(index)
    }

    pub fn groups(&self) -> usize {
        self.groups.all.len()
    }

    pub fn key(&self, world: &World, visible: &[Slot], at: usize) -> Option<LineKey> {
        match self.line(visible, at)? {
            Line::Group(index) => self.group(index).map(|g| LineKey::Group(g.key.clone())),
            Line::Alert(slot) | Line::Apart(slot, _) => world.board.at(slot).map(|row| LineKey::Alert(row.id.clone())),
            Line::Twins(line) => {
                let members = twins::worst_first(world, self.joined.members(line));
                let ids = members.into_iter().map(|row| row.id.clone());
                Some(LineKey::Twins(ids.collect()))
            }
        }
    }

    pub fn find(&self, world: &World, visible: &[Slot], key: &LineKey) -> Option<usize> {
        match key {
            LineKey::Alert(id) => self.find_alert(world, visible, id),
            LineKey::Twins(ids) => ids.iter().find_map(|id| self.find_alert(world, visible, id)),
            LineKey::Group(key) => {
                let index = self.groups.find(key)?;
                self.lines.iter().position(|l| *l == Line::Group(index))
            }
        }
    }

    /// The line that tells of an alert, alone or with its twins.
    fn find_alert(&self, world: &World, visible: &[Slot], id: &AlertId) -> Option<usize> {
        let slot = world.slot_of(id)?;
        if !self.is_listed {
            return world.board.place_in(visible, slot);
        }
        let is_its = |l: &Line| matches!(l, Line::Alert(s) | Line::Apart(s, _) if *s == slot);
        self.lines.iter().position(is_its).or_else(|| {
            let line = Line::Twins(self.joined.holding(slot)?);
            self.lines.iter().position(|l| *l == line)
        })
    }

    /// The header above a line, where the alerts are grouped.
    pub fn header_of(&self, world: &World, key: &LineKey) -> Option<GroupKey> {
        let id = match key {
            LineKey::Group(key) => return Some(key.clone()),
            LineKey::Alert(id) => id,
            LineKey::Twins(ids) => ids.first()?,
        };
        self.groups.holding(world.slot_of(id)?).map(|g| g.key.clone())
    }

    /// The alerts that a line stands for: itself, all its tales, or all of its group, folded or not.
    pub fn alerts_of(&self, world: &World, key: &LineKey) -> Vec<AlertId> {
        match key {
            LineKey::Alert(id) => vec![id.clone()],
            LineKey::Twins(ids) => ids.to_vec(),
            LineKey::Group(key) => {
                let group = self.groups.find(key).and_then(|i| self.group(i));
                let slots = group.map(|g| self.groups.alerts(g)).unwrap_or_default();
                slots.iter().filter_map(|s| Some(world.board.at(*s)?.id.clone())).collect()
            }
        }
    }
}
