//! Which page was sent for which alerts: joined by keys that both have, kept up to date with the rows that changed.
//!
//! A page and its alerts are not one alert: each keeps its own state, and who acks a page has acked no alert. Nothing is
//! joined by a key of which a part is empty. Refuses to know how they are shown.

use std::{
    collections::{BTreeSet, HashMap},
    hash::BuildHasher,
};

use foldhash::fast::{FixedState, RandomState};

use crate::domain::{
    alert::AlertId,
    correlation::Correlation,
    held::HeldAck,
    routing::group_key::ALERT_KEY,
    source::{AckVia, SourceName},
    text::SafeText,
};

use super::{
    World,
    board::{Board, Row, Slot},
    links::{Link, LinkKind},
    routes::Routes,
    sources::SourceStatus,
};

/// Most alerts of one page that are named.
pub const MOST: usize = 50;

/// The keys of the rows that have some, and who shares them.
#[derive(Debug, Default)]
pub struct Pages {
    /// Those by which an alert and its page are known.
    by: Vec<Correlation>,
    /// Hashes of the keys of each slot that has any.
    keys: HashMap<Slot, Vec<u64>, RandomState>,
    /// Slots in the order of their keys.
    alike: BTreeSet<(u64, Slot)>,
    /// The board's version that this is as old as.
    seen: Option<u64>,
}

impl Pages {
    pub(super) fn new(by: Vec<Correlation>) -> Self {
        Self { by, ..Self::default() }
    }

    /// What follows from the routes follows anew.
    pub(super) fn forget(&mut self) {
        *self = Self::new(std::mem::take(&mut self.by));
    }

    /// Brings it up to date with the rows that changed.
    pub(super) fn follow(&mut self, board: &Board, routes: &Routes) {
        let changed = self.seen.and_then(|version| Some(board.changed_since(version)?.collect::<Vec<_>>()));
        let changed = changed.unwrap_or_else(|| {
            self.forget();
            board.slots().to_vec()
        });
        self.seen = Some(board.version);
        for slot in changed {
            for key in self.keys.remove(&slot).unwrap_or_default() {
                self.alike.remove(&(key, slot));
            }
            let keys: Vec<u64> = board.at(slot).map(|row| self.hashes(row, routes)).unwrap_or_default();
            self.alike.extend(keys.iter().map(|key| (*key, slot)));
            if !keys.is_empty() {
                self.keys.insert(slot, keys);
            }
        }
    }

    fn hashes(&self, row: &Row, routes: &Routes) -> Vec<u64> {
        self.keys_of(row, routes).iter().map(|key| FixedState::default().hash_one(key)).collect()
    }

    /// What a row is known by: what its source says, what its Alertmanager tells PagerDuty, what the configuration names.
    fn keys_of(&self, row: &Row, routes: &Routes) -> Vec<(String, String)> {
        let mut keys = Vec::new();
        match &row.alert.held {
            Some(held) => {
                let whole = held.keys.iter().filter(|(name, value)| !is_empty(name) && !is_empty(value));
                keys.extend(whole.map(|(name, value)| (name.raw().to_owned(), value.raw().to_owned())));
            }
            None => {
                let policy = routes.of(&row.id.source, &row.also).map(|(_, policy)| policy);
                let computed = policy.map(|p| p.alert_keys(&row.alert.labels)).unwrap_or_default();
                keys.extend(computed.into_iter().map(|key| (ALERT_KEY.to_owned(), key)));
            }
        }
        let named = self.by.iter().enumerate().filter(|(_, by)| by.joins(&row.id.source));
        keys.extend(named.filter_map(|(at, by)| Some((format!("[{at}]"), by.key(&row.alert.labels)?))));
        keys
    }

    /// Whether it is the page of the two.
    fn is_page(&self, row: &Row) -> bool {
        row.alert.held.is_some() || self.by.iter().any(|by| by.sources.first() == Some(&row.id.source))
    }

    /// The rows on the other side: of a page its alerts, of an alert its pages. In the order of the board.
    fn others<'a>(&self, board: &'a Board, row: &Row, routes: &Routes) -> Vec<&'a Row> {
        let Some(slot) = board.slot(&row.id) else { return Vec::new() };
        let Some(keys) = self.keys.get(&slot) else { return Vec::new() };
        let mut slots: Vec<Slot> = keys.iter().flat_map(|key| self.sharing(*key)).filter(|s| *s != slot).collect();
        slots.sort_by(|a, b| board.compare(*a, *b));
        slots.dedup();
        if slots.is_empty() {
            return Vec::new();
        }
        let (side, own) = (self.is_page(row), self.keys_of(row, routes));
        // A hash may lie: the keys themselves are looked at.
        let is_other = |other: &&Row| {
            other.id.source != row.id.source
                && self.is_page(other) != side
                && self.keys_of(other, routes).iter().any(|key| own.contains(key))
        };
        slots.into_iter().filter_map(|slot| board.at(slot)).filter(is_other).take(MOST).collect()
    }

    fn sharing(&self, key: u64) -> impl Iterator<Item = Slot> + '_ {
        let range = (key, Slot::FIRST)..=(key, Slot::LAST);
        self.alike.range(range).map(|(_, slot)| *slot)
    }
}

fn is_empty(text: &SafeText) -> bool {
    text.raw().trim().is_empty()
}

/// Who acked a page, as its source says or as the board has it.
pub fn page_acked(page: &Row) -> Option<&SafeText> {
    let held = || page.alert.held.as_deref()?.ack.as_ref().map(|HeldAck { by, .. }| by);
    page.ack.as_ref().filter(|a| a.via == AckVia::Native).map(|a| &a.by).or_else(held)
}

impl World {
    /// Whether anything here can be a page.
    fn is_paged(&self) -> bool {
        let pages = |s: &SourceStatus| s.about.can.on_call || s.about.can.ack == Some(AckVia::Native);
        !self.pages.by.is_empty() || self.sources.iter().any(pages)
    }

    pub(super) fn follow_pages(&mut self) {
        if self.is_paged() {
            self.pages.follow(&self.board, &self.routes);
        }
    }

    /// The pages that were sent for an alert; none for a page.
    pub fn pages_of<'a>(&'a self, row: &Row) -> Vec<&'a Row> {
        if self.pages.is_page(row) { Vec::new() } else { self.pages.others(&self.board, row, &self.routes) }
    }

    /// The alerts that a page was sent for; none for an alert.
    pub fn alerts_of<'a>(&'a self, page: &Row) -> Vec<&'a Row> {
        if self.pages.is_page(page) { self.pages.others(&self.board, page, &self.routes) } else { Vec::new() }
    }

    /// Who acked the page of an alert that nobody acked itself: its own state is as it was.
    pub fn page_acked_by(&self, row: &Row) -> Option<(&SafeText, &SourceName)> {
        if row.ack.is_some() || row.resolved_at.is_some() {
            return None;
        }
        self.pages_of(row).into_iter().find_map(|page| Some((page_acked(page)?, &page.id.source)))
    }

    /// Both sides of a page as links.
    pub(super) fn page_links(&self, row: &Row) -> Vec<Link> {
        let pages = self.pages_of(row).into_iter().map(|other| (LinkKind::Page, other));
        let alerts = self.alerts_of(row).into_iter().map(|other| (LinkKind::Paged, other));
        pages.chain(alerts).map(|(kind, other)| link(kind, other)).collect()
    }

    /// Where the walk from an open alert leads: its pages or alerts first, then what may burn for the same reason.
    pub fn walk(&self, id: &AlertId) -> Vec<AlertId> {
        let linked = self.board.get(id).map(|row| self.page_links(row)).unwrap_or_default();
        let mut all: Vec<AlertId> = linked.into_iter().map(|link| link.id).collect();
        let study = self.studied.as_ref().filter(|s| s.id == *id);
        for related in study.iter().flat_map(|s| &s.related) {
            if !all.contains(&related.id) {
                all.push(related.id.clone());
            }
        }
        all
    }
}

fn link(kind: LinkKind, other: &Row) -> Link {
    let acked_by = match kind {
        LinkKind::Page => page_acked(other).cloned(),
        _ => other.ack.as_ref().map(|a| a.by.clone()),
    };
    Link {
        kind,
        id: other.id.clone(),
        member: None,
        state: Some(other.state),
        told: other.told,
        starts_at: other.alert.starts_at,
        acked_by,
        differs: Vec::new(),
    }
}
