//! Which SLOs there are: those of files, those that backends declare, and the groups that some are split into.

use std::collections::BTreeMap;

use chrono::Duration;

use super::{Counting, cache::Definitions, known::Known};
use crate::{
    domain::{
        Time,
        slo::{Declared, Slo, SloId, merge},
        source::{SourceError, SourceName},
        text::SafeText,
    },
    runtime::panics,
    sources::Counts,
};

/// Between two looks for SLOs.
const EVERY: Duration = Duration::minutes(5);
/// The groups of one SLO change seldom, and asking for them is not cheap.
const GROUPS: Duration = Duration::minutes(30);
/// Most that a look comes later, so that many cockpits do not come together; in seconds.
const SPREAD: u32 = 60;

pub(super) struct Catalogue {
    given: Vec<Slo>,
    problems: Vec<SafeText>,
    declared: BTreeMap<SourceName, Declared>,
    groups: BTreeMap<SourceName, Declared>,
    /// As they were kept last in this run: once a run they are written, so that they are not forgotten.
    kept: BTreeMap<SourceName, Definitions>,
    next: Option<Time>,
    next_groups: Option<Time>,
}

impl Catalogue {
    pub(super) fn new(given: Vec<Slo>, problems: Vec<SafeText>) -> Self {
        let (declared, groups, kept) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { given, problems, declared, groups, kept, next: None, next_groups: None }
    }

    /// Other files and other sources: what the sources that stay declared is known until they are asked again.
    pub(super) fn renew(&mut self, given: Vec<Slo>, problems: Vec<SafeText>, sources: &[SourceName]) {
        (self.given, self.problems) = (given, problems);
        self.declared.retain(|name, _| sources.contains(name));
        self.groups.retain(|name, _| sources.contains(name));
        (self.next, self.next_groups) = (None, None);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.given.is_empty() && self.problems.is_empty()
    }

    pub(super) fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }

    pub(super) fn problems(&self) -> Vec<SafeText> {
        let told = self.declared.values().chain(self.groups.values()).flat_map(|d| &d.notes);
        self.problems.iter().chain(told).cloned().collect()
    }

    /// What one source told, if it is other than what was kept of it.
    fn new_of(&self, source: &SourceName) -> Option<Definitions> {
        let declared = self.declared.get(source)?.clone();
        let told = Definitions { declared, groups: self.groups.get(source).cloned().unwrap_or_default() };
        (self.kept.get(source) != Some(&told)).then_some(told)
    }

    /// All of them, each once, whoever told it.
    fn slos(&self) -> Vec<Slo> {
        let mut slos = self.given.clone();
        let told = self.declared.values().chain(self.groups.values()).flat_map(|d| &d.slos);
        told.for_each(|slo| merge::add(&mut slos, slo.clone()));
        slos
    }
}

impl Counting {
    /// What the sources declared last time, until they are asked.
    pub(super) fn recall(&mut self) {
        let Some(cache) = &self.means.cache else { return };
        for source in &self.sources {
            let name = source.describe().name.clone();
            let Some(text) = source.counts().and_then(Counts::catalogue) else { continue };
            let Some(kept) = cache.definitions(&text) else { continue };
            self.catalogue.declared.insert(name.clone(), kept.declared);
            self.catalogue.groups.insert(name, kept.groups);
        }
    }

    /// What the sources declare now and was not kept yet, with the text that says whose it is.
    pub(super) fn unkept(&mut self) -> Vec<(String, Definitions)> {
        let mut out = Vec::new();
        for source in &self.sources {
            let name = &source.describe().name;
            let Some(text) = source.counts().and_then(Counts::catalogue) else { continue };
            let Some(told) = self.catalogue.new_of(name) else { continue };
            self.catalogue.kept.insert(name.clone(), told.clone());
            out.push((text, told));
        }
        out
    }

    /// Learns which SLOs there are, where that is due; the first error of a source that could not say. What one told
    /// before stays.
    pub(super) async fn declare(&mut self, now: Time) -> Result<(), SourceError> {
        if self.catalogue.next.is_some_and(|next| now < next) {
            return Ok(());
        }
        let mut all = Ok(());
        for source in &self.sources.clone() {
            let Some(counts) = source.counts() else { continue };
            match panics::asked(counts.declared(now)).await {
                Ok(declared) => drop(self.catalogue.declared.insert(source.describe().name.clone(), declared)),
                Err(error) => all = all.and(Err(error)),
            }
        }
        self.learn();
        all = all.and(self.split(now).await);
        if all.is_ok() {
            let spread = std::process::id() % SPREAD;
            self.catalogue.next = Some(now + EVERY + Duration::seconds(spread.into()));
        }
        all
    }

    /// Adds a row for each group of those that ask to be split.
    async fn split(&mut self, now: Time) -> Result<(), SourceError> {
        let parents: Vec<Slo> =
            self.rows.iter().filter(|k| !k.slo.grouping.is_empty()).map(|k| (*k.slo).clone()).collect();
        if parents.is_empty() || self.catalogue.next_groups.is_some_and(|next| now < next) {
            return Ok(());
        }
        let mut all = Ok(());
        for source in &self.sources.clone() {
            let is_its =
                |slo: &&Slo| Self::source_of(&self.sources, slo).is_some_and(|s| std::sync::Arc::ptr_eq(s, source));
            let its: Vec<Slo> = parents.iter().filter(is_its).cloned().collect();
            let Some(counts) = source.counts().filter(|_| !its.is_empty()) else { continue };
            match panics::asked(counts.groups(&its, now)).await {
                Ok(groups) => drop(self.catalogue.groups.insert(source.describe().name.clone(), groups)),
                Err(error) => all = all.and(Err(error)),
            }
        }
        if all.is_ok() {
            self.catalogue.next_groups = Some(now + GROUPS);
        }
        self.learn();
        all
    }

    /// Takes what there is now; an SLO that still counts the same keeps its counts, a new one has those of last time.
    pub(super) fn learn(&mut self) {
        let now = self.clock.now();
        let mut before: BTreeMap<SloId, Known> =
            std::mem::take(&mut self.rows).into_iter().map(|k| (k.slo.id.clone(), k)).collect();
        for slo in self.catalogue.slos() {
            let same = |k: &Known| k.slo.indicator == slo.indicator && k.slo.method == slo.method;
            let known = match before.remove(&slo.id).filter(same) {
                Some(known) => known.redefined(slo),
                None => {
                    let source = Self::source_of(&self.sources, &slo);
                    let key = source.and_then(|s| s.counts()).and_then(|c| c.identity(&slo));
                    let kept = key.as_deref().and_then(|key| self.means.cache.as_ref()?.load(key, now));
                    Known::new(slo, key, kept)
                }
            };
            self.rows.push(known);
        }
    }
}
