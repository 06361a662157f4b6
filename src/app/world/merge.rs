//! How what sources, acks and acts say becomes rows: only of those that changed.
//!
//! Whoever changes what is known calls [`World::refresh`]; it finds out by itself what that touches.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::domain::{
    Time,
    alert::{Ack, AlertId},
    delta::is_same,
    label::Fingerprint,
    silence::Silence,
};

use super::{
    World,
    acks::Acks,
    board::{Board, Row, Slot},
    carriers::Carriers,
    echo::{Echoes, Guest},
    ops::Activity,
    sources::{Known, SourceStatus},
    standing::alert_of,
};

/// The touched alerts of each source, by its place.
type Touched = Vec<Vec<Fingerprint>>;

impl World {
    /// Brings the board up to date with all that is known; answers whether any row changed.
    pub(crate) fn refresh(&mut self, now: Time) -> bool {
        let mut touched = self.touched_alerts();
        let Self { sources, acks, ops, board, standing, echoes, .. } = self;
        let carriers: Vec<Vec<&Silence>> = sources.iter().map(|s| acks.carriers(s, now)).collect();
        for (at, carriers) in carriers.iter().enumerate() {
            let ids = standing.on_silences(at, carriers, acks, board);
            touched[at].extend(ids.into_iter().map(|id| id.fingerprint));
        }
        for subject in standing.on_journal(acks, now) {
            touch_subject(&subject, sources, &mut touched);
        }
        for id in standing.on_ops(ops) {
            let at = sources.iter().position(|s| s.about.name == id.source);
            at.into_iter().for_each(|at| touched[at].push(id.fingerprint.clone()));
        }
        for id in standing.on_held(sources, &touched, now) {
            let at = sources.iter().position(|s| s.about.name == id.source);
            at.into_iter().for_each(|at| touched[at].push(id.fingerprint.clone()));
        }
        standing.note_due(sources, acks, now);
        if touched.iter().all(Vec::is_empty) {
            return false;
        }
        let carriers = carriers.iter().map(|c| Carriers::new(c)).collect();
        let told = Told { sources, acks, carriers, activities: &standing.activities, now };
        let changed = Merge { told, board, echoes, guests: BTreeSet::new(), hosts: BTreeSet::new() }.run(touched);
        self.twins.follow(&self.board);
        self.follow_pages();
        changed
    }

    fn touched_alerts(&mut self) -> Touched {
        let touched = self.sources.iter_mut().map(|source| {
            let news = std::mem::take(&mut source.news);
            let mut touched = news.alerts;
            if news.all {
                touched.extend(source.known.keys().cloned());
            }
            touched
        });
        touched.collect()
    }
}

fn touch_subject(subject: &crate::domain::entry::Subject, sources: &[SourceStatus], touched: &mut Touched) {
    let Some((at, fingerprint)) = alert_of(subject, sources) else { return };
    if fingerprint.is_usual() {
        touched[at].push(fingerprint);
    } else {
        // A subject tells an unusual one as it is shown, from which it cannot be read back.
        touched[at].extend(sources[at].known.keys().filter(|f| !f.is_usual()).cloned());
    }
}

/// What was told, to make rows of.
struct Told<'a> {
    sources: &'a [SourceStatus],
    acks: &'a Acks,
    carriers: Vec<Carriers<'a>>,
    activities: &'a HashMap<AlertId, Activity>,
    now: Time,
}

impl<'a> Told<'a> {
    fn known(&self, at: usize, fingerprint: &Fingerprint) -> Option<&'a Known> {
        self.sources[at].known.get(fingerprint)
    }

    fn row(&self, at: usize, known: &Known) -> Row {
        let source = &self.sources[at];
        let id = source.alert_id(&known.alert.fingerprint);
        let ack = self.acks.on(&self.carriers[at], &id, &known.alert, self.now);
        let activity = self.activities.get(&id).copied().or_else(|| self.settling(&id, ack.as_ref()));
        Row::new(id, known, source.is_blind(), ack, activity)
    }

    fn settling(&self, id: &AlertId, ack: Option<&Ack>) -> Option<Activity> {
        if self.acks.is_asked(id) {
            return Some(Activity::Settling);
        }
        let silence = ack?.silence.as_ref()?;
        self.acks.is_settling(silence).then_some(Activity::Settling)
    }
}

struct Merge<'a> {
    told: Told<'a>,
    board: &'a mut Board,
    echoes: &'a mut Echoes,
    /// Alerts of rule engines whose row may be another.
    guests: BTreeSet<Guest>,
    /// Rows that others than before may tell too.
    hosts: BTreeSet<Slot>,
}

impl Merge<'_> {
    fn run(mut self, touched: Touched) -> bool {
        for (at, touched) in touched.into_iter().enumerate() {
            if self.echoes.is_engine(at) {
                self.guests.extend(touched.into_iter().map(|fingerprint| (at, fingerprint)));
            } else {
                self.board.expect(at, touched.len());
                touched.iter().for_each(|fingerprint| self.deliver(at, fingerprint));
            }
        }
        self.board.settle_labels();
        for guest in std::mem::take(&mut self.guests) {
            self.seat(&guest);
        }
        for host in std::mem::take(&mut self.hosts) {
            self.board.set_also(host, self.echoes.also(host));
        }
        self.board.settle()
    }

    /// An alert of a source that evaluates no rules: it has a row of its own.
    fn deliver(&mut self, at: usize, fingerprint: &Fingerprint) {
        let slot = self.board.slot_of(at, fingerprint);
        let known = self.told.known(at, fingerprint);
        let keeps = |slot| match (self.board.at(slot), known) {
            (Some(row), Some(k)) => is_same(&row.alert, &k.alert) || row.alert.labels == k.alert.labels,
            _ => false,
        };
        match (slot, known) {
            (Some(slot), Some(known)) if keeps(slot) => self.board.set(slot, self.told.row(at, known)),
            (_, known) => {
                if slot.is_some()
                    && let Some((slot, row)) = self.board.remove(at, fingerprint)
                {
                    self.guests.extend(self.echoes.row_left(slot, &row.alert));
                }
                if let Some(known) = known {
                    let alert = Arc::clone(&known.alert);
                    let slot = self.board.add(at, self.told.row(at, known));
                    self.guests.extend(self.echoes.row_came(slot, &alert));
                }
            }
        }
    }

    /// An alert of a rule engine: it is told by the row of its delivered self, else by its own.
    fn seat(&mut self, guest: &Guest) {
        let (at, fingerprint) = (guest.0, &guest.1);
        let known = self.told.known(at, fingerprint);
        self.hosts.extend(self.echoes.lodges_at(guest));
        self.echoes.know(self.board, guest, known.map(|k| &k.alert));
        let host = self.echoes.host(self.board, guest);
        self.echoes.lodge(guest, host);
        self.hosts.extend(host);
        match known.filter(|_| host.is_none()) {
            Some(known) => self.sit_alone(at, known),
            None => drop(self.board.remove(at, fingerprint)),
        }
    }

    fn sit_alone(&mut self, at: usize, known: &Known) {
        let row = self.told.row(at, known);
        match self.board.slot_of(at, &row.id.fingerprint) {
            Some(slot) if self.board.at(slot).is_some_and(|old| old.alert.labels == row.alert.labels) => {
                self.board.set(slot, row);
            }
            _ => {
                drop(self.board.remove(at, &row.id.fingerprint));
                self.board.add(at, row);
            }
        }
    }
}
