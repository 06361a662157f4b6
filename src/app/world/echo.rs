//! Which alerts of a rule engine an alert source delivers as well: these are told by one row.
//!
//! Delivery adds external labels, so that the engine's labels are some of the delivered ones. Engines give one rule's
//! alerts the same label names: for each such set of names both sides are found by the hash of the values, however many
//! alerts a rule raises. An alert without a name is nobody's echo.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use crate::domain::{
    alert::Alert,
    label::{Fingerprint, Labels},
    source::{Description, SourceName},
    text::SafeText,
};

use super::board::{Board, Slot};

/// An alert that a rule engine tells: the place of its source among the sources, and its fingerprint.
pub(super) type Guest = (usize, Fingerprint);

/// Sets of label names under one alert name; whoever has more gets rows of their own.
const SHAPES_MAX: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Echoes {
    /// The sources whose alerts are looked for in those of the others.
    engines: Vec<(usize, SourceName)>,
    guests: HashMap<Guest, Lodging>,
    /// By the alert's name.
    shapes: HashMap<SafeText, Vec<Shape>>,
    hosts: HashMap<Slot, BTreeSet<Guest>>,
}

#[derive(Debug)]
struct Lodging {
    alert: Arc<Alert>,
    host: Option<Slot>,
}

/// One set of label names.
#[derive(Debug)]
struct Shape {
    names: Vec<SafeText>,
    guests: HashMap<u64, Vec<Guest>>,
    rows: HashMap<u64, Vec<Slot>>,
}

impl Shape {
    fn of(labels: &Labels) -> Self {
        Self { names: labels.iter().map(|(n, _)| n.clone()).collect(), guests: HashMap::new(), rows: HashMap::new() }
    }

    fn is_of(&self, labels: &Labels) -> bool {
        self.names.len() == labels.len() && self.names.iter().zip(labels.iter()).all(|(a, (b, _))| a == b)
    }

    /// Of the values under these names; none where one is absent.
    fn hash(&self, labels: &Labels) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        for name in &self.names {
            labels.get(name.raw())?.raw().hash(&mut hasher);
        }
        Some(hasher.finish())
    }
}

impl Echoes {
    pub(super) fn new(engines: Vec<(usize, SourceName)>) -> Self {
        Self { engines, ..Self::default() }
    }

    /// A source comes, to stand at this place.
    pub(super) fn open(&mut self, source: usize, about: &Description) {
        if about.can.evaluates {
            self.engines.push((source, about.name.clone()));
        }
    }

    /// The source at this place has gone, after its alerts: those behind it move up.
    pub(super) fn close(&mut self, source: usize) {
        let moved = |at: usize| if at > source { at - 1 } else { at };
        let guest = |(at, fingerprint): Guest| (moved(at), fingerprint);
        self.engines.retain(|(at, _)| *at != source);
        self.engines.iter_mut().for_each(|(at, _)| *at = moved(*at));
        self.guests = std::mem::take(&mut self.guests).into_iter().map(|(g, lodging)| (guest(g), lodging)).collect();
        for shape in self.shapes.values_mut().flatten() {
            shape.guests.values_mut().flatten().for_each(|(at, _)| *at = moved(*at));
        }
        for guests in self.hosts.values_mut() {
            *guests = std::mem::take(guests).into_iter().map(guest).collect();
        }
    }

    pub(super) fn is_engine(&self, source: usize) -> bool {
        self.engines.iter().any(|(at, _)| *at == source)
    }

    /// A delivered row came; answers the alerts that may be it.
    pub(super) fn row_came(&mut self, slot: Slot, alert: &Alert) -> Vec<Guest> {
        let mut may = Vec::new();
        if self.shapes.is_empty() {
            return may;
        }
        for shape in self.shapes.get_mut(alert.name()).into_iter().flatten() {
            let Some(hash) = shape.hash(&alert.labels) else { continue };
            shape.rows.entry(hash).or_default().push(slot);
            may.extend(shape.guests.get(&hash).into_iter().flatten().cloned());
        }
        may
    }

    /// A delivered row left; answers the alerts that were it.
    pub(super) fn row_left(&mut self, slot: Slot, alert: &Alert) -> BTreeSet<Guest> {
        for shape in self.shapes.get_mut(alert.name()).into_iter().flatten() {
            let Some(hash) = shape.hash(&alert.labels) else { continue };
            drop_from(&mut shape.rows, hash, &slot);
        }
        self.hosts.remove(&slot).unwrap_or_default()
    }

    /// An engine tells an alert, or no longer.
    pub(super) fn know(&mut self, board: &Board, guest: &Guest, alert: Option<&Arc<Alert>>) {
        match (self.guests.get_mut(guest), alert) {
            (None, None) => return,
            (Some(known), Some(alert)) if known.alert.labels == alert.labels => {
                known.alert = alert.clone();
                return;
            }
            (Some(known), _) => {
                let known = known.alert.clone();
                self.forget(guest, &known);
            }
            (None, Some(_)) => {}
        }
        let Some(alert) = alert.filter(|a| a.labels.get("alertname").is_some()) else { return };
        if self.remember(board, guest, alert).is_some() {
            let host = None;
            self.guests.insert(guest.clone(), Lodging { alert: alert.clone(), host });
        }
    }

    fn forget(&mut self, guest: &Guest, alert: &Alert) {
        if let Some(shapes) = self.shapes.get_mut(alert.name()) {
            for shape in shapes.iter_mut().filter(|s| s.is_of(&alert.labels)) {
                if let Some(hash) = shape.hash(&alert.labels) {
                    drop_from(&mut shape.guests, hash, guest);
                }
            }
            shapes.retain(|s| !s.guests.is_empty());
            if shapes.is_empty() {
                self.shapes.remove(alert.name());
            }
        }
        if let Some(host) = self.guests.remove(guest).and_then(|l| l.host) {
            drop_guest(&mut self.hosts, host, guest);
        }
    }

    fn remember(&mut self, board: &Board, guest: &Guest, alert: &Alert) -> Option<()> {
        let shapes = self.shapes.entry(alert.name().clone()).or_default();
        let at = match shapes.iter().position(|s| s.is_of(&alert.labels)) {
            Some(at) => at,
            None if shapes.len() >= SHAPES_MAX => return None,
            None => {
                shapes.push(shape(board, &self.engines, alert));
                shapes.len() - 1
            }
        };
        let hash = shapes[at].hash(&alert.labels)?;
        shapes[at].guests.entry(hash).or_default().push(guest.clone());
        Some(())
    }

    /// The row that stands for an alert: of several the first by identity, so that it does not depend on who came first.
    pub(super) fn host(&self, board: &Board, guest: &Guest) -> Option<Slot> {
        let alert = &self.guests.get(guest)?.alert;
        let shape = self.shapes.get(alert.name())?.iter().find(|s| s.is_of(&alert.labels))?;
        let rows = shape.rows.get(&shape.hash(&alert.labels)?)?.iter();
        let fits = rows.filter_map(|s| Some((&board.at(*s)?.id, *s, &board.at(*s)?.alert.labels)));
        fits.filter(|(.., labels)| alert.labels.is_subset_of(labels))
            .min_by_key(|(id, ..)| *id)
            .map(|(_, slot, _)| slot)
    }

    /// Notes which row stands for an alert.
    pub(super) fn lodge(&mut self, guest: &Guest, host: Option<Slot>) {
        let before = self.guests.get_mut(guest).and_then(|l| std::mem::replace(&mut l.host, host));
        if let Some(host) = host {
            self.hosts.entry(host).or_default().insert(guest.clone());
        }
        if let Some(left) = before.filter(|b| Some(*b) != host) {
            drop_guest(&mut self.hosts, left, guest);
        }
    }

    /// Where an alert is told now.
    pub(super) fn lodges_at(&self, guest: &Guest) -> Option<Slot> {
        self.guests.get(guest)?.host
    }

    /// The alerts of an engine, by its place, that a row delivers.
    pub(super) fn guests(&self, slot: Slot, engine: usize) -> impl Iterator<Item = &Fingerprint> {
        let all = self.hosts.get(&slot).into_iter().flatten();
        all.filter(move |(at, _)| *at == engine).map(|(_, fingerprint)| fingerprint)
    }

    /// Who else tells a row.
    pub(super) fn also(&self, slot: Slot) -> Vec<SourceName> {
        let tell = |at: usize| self.hosts.get(&slot).is_some_and(|guests| guests.iter().any(|(s, _)| *s == at));
        self.engines.iter().filter(|(at, _)| tell(*at)).map(|(_, name)| name.clone()).collect()
    }
}

/// A new set of names, with the rows of that alert name that have them.
fn shape(board: &Board, engines: &[(usize, SourceName)], alert: &Alert) -> Shape {
    let mut shape = Shape::of(&alert.labels);
    for (slot, row) in board.with_label("alertname", alert.name().raw()) {
        let delivered = row.name() == alert.name() && engines.iter().all(|(_, name)| *name != row.id.source);
        if let Some(hash) = shape.hash(&row.alert.labels).filter(|_| delivered) {
            shape.rows.entry(hash).or_default().push(slot);
        }
    }
    shape
}

fn drop_from<T: PartialEq>(map: &mut HashMap<u64, Vec<T>>, hash: u64, item: &T) {
    if let Some(list) = map.get_mut(&hash) {
        list.retain(|i| i != item);
        if list.is_empty() {
            map.remove(&hash);
        }
    }
}

fn drop_guest(hosts: &mut HashMap<Slot, BTreeSet<Guest>>, host: Slot, guest: &Guest) {
    if let Some(guests) = hosts.get_mut(&host) {
        guests.remove(guest);
        if guests.is_empty() {
            hosts.remove(&host);
        }
    }
}
