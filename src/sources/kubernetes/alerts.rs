//! From what is wrong with objects to rows: one for a workload and a reason, however many pods and whatever their names.

use std::{collections::BTreeMap, sync::Arc};

use crate::domain::{
    Time,
    alert::{Alert, AlertState},
    few::Few,
    label::{Fingerprint, Labels},
    text::SafeText,
};

use super::{
    episodes::{Episodes, Loops},
    feed::Feed,
    object::{Finding, Object},
    options::Options,
    resource::Resource,
    whose::{Index, Workload},
};

/// Most pods that a row names.
const NAMES_MAX: usize = 10;
/// Longest message of the cluster that a row keeps, in characters.
const MESSAGE_MAX: usize = 2_000;

/// What the rows are made with.
pub(super) struct Making<'a> {
    pub(super) options: &'a Options,
    pub(super) cluster: &'a str,
    pub(super) now: Time,
}

/// Rows, and whose each is.
pub(super) type Rows = (Vec<Arc<Alert>>, BTreeMap<Fingerprint, Workload>);

struct Group<'a> {
    workload: Workload,
    found: Vec<(&'a Object, &'a Finding)>,
}

impl Making<'_> {
    pub(super) fn rows(&self, feeds: &[Feed], episodes: &mut Episodes) -> Rows {
        let index = Index::of(feeds);
        let mut groups: BTreeMap<(String, &str), Group<'_>> = BTreeMap::new();
        for object in feeds.iter().flat_map(|f| f.objects.values()) {
            for finding in object.findings.iter().filter(|f| f.counts(self.now)) {
                let workload = index.workload(object);
                let key = (workload.uid.clone(), finding.reason.as_str());
                groups
                    .entry(key)
                    .or_insert_with(|| Group { workload, found: Vec::new() })
                    .found
                    .push((object, finding));
            }
        }
        let newest = newest_runs(feeds, &index);
        groups.retain(|_, group| group.is_current(&newest));
        let mut rows = (Vec::with_capacity(groups.len()), BTreeMap::new());
        let (loops, mut went_on) = (Loops::of(feeds), BTreeMap::new());
        for ((uid, reason), mut group) in groups {
            let since = |(object, finding): &(&Object, &Finding)| loops.since(object, finding);
            group.found.sort_by(|a, b| (since(a), &a.0.name).cmp(&(since(b), &b.0.name)));
            let fingerprint = Fingerprint::new(&format!("{uid}/{reason}"));
            // An object that tells no time at all begins when it is first seen.
            let told = group.found.iter().map(since).find(|since| *since > Time::UNIX_EPOCH);
            let began = told.map_or(self.now, |since| since.min(self.now));
            let began = episodes.began(&fingerprint).unwrap_or(began);
            went_on.insert(fingerprint.clone(), began);
            rows.0.push(Arc::new(self.row(&group, reason, fingerprint.clone(), began)));
            rows.1.insert(fingerprint, group.workload);
        }
        episodes.go_on(went_on);
        rows
    }

    fn row(&self, group: &Group<'_>, reason: &str, fingerprint: Fingerprint, starts_at: Time) -> Alert {
        let fires_at = group.found.iter().map(|(_, f)| f.from).min().filter(|from| *from > self.now);
        Alert {
            fingerprint,
            labels: self.labels(group, reason),
            annotations: annotations(group),
            state: if fires_at.is_some() { AlertState::Pending } else { AlertState::Firing },
            starts_at,
            fires_at,
            silenced_by: Few::default(),
            inhibited_by: Few::default(),
            receivers: Few::default(),
            source_url: self.options.page.as_deref().map(|page| SafeText::new(&page_of(page, &group.workload))),
            held: None,
        }
    }

    fn labels(&self, group: &Group<'_>, reason: &str) -> Labels {
        let workload = &group.workload;
        let mut labels = vec![
            ("alertname", reason),
            ("reason", reason),
            ("severity", self.options.severities.of(reason)),
            ("cluster", self.cluster),
            ("namespace", workload.namespace.as_str()),
            (workload.kind.as_str(), workload.name.as_str()),
        ];
        let is_node = group.found.iter().any(|(o, _)| o.resource == Resource::Nodes);
        if is_node {
            labels.push(("instance", workload.name.as_str()));
        } else {
            labels.push(("service", workload.service.as_deref().unwrap_or(&workload.name)));
        }
        labels.extend(only(group.pods().map(|p| p.name.as_str())).map(|pod| ("pod", pod)));
        labels.extend(only(group.found.iter().filter_map(|(_, f)| f.container.as_deref())).map(|c| ("container", c)));
        labels.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// The one that all of them are.
fn only<'a>(mut all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

impl<'a> Group<'a> {
    fn pods(&self) -> impl Iterator<Item = &'a Object> + '_ {
        self.found.iter().map(|(object, _)| *object).filter(|o| o.resource == Resource::Pods)
    }

    /// Of the runs of one scheduled job only the newest says how it is.
    fn is_current(&self, newest: &BTreeMap<String, (Option<Time>, &str)>) -> bool {
        let Some((_, newest)) = newest.get(&self.workload.uid) else { return true };
        self.found.iter().any(|(o, _)| o.resource != Resource::Jobs || o.uid == *newest)
    }

    fn summary(&self) -> String {
        let Some((object, finding)) = self.found.first() else { return String::new() };
        let Workload { kind, name, .. } = &self.workload;
        let container = finding.container.as_ref().map_or_else(String::new, |c| format!("container {c} "));
        let words = &finding.words;
        let mut names: Vec<&str> = self.pods().map(|p| p.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        match (names.len(), self.workload.wants) {
            (0, _) => format!("{kind} {name}: {words}"),
            (1, None | Some(0 | 1)) if object.name == *name => format!("pod {name}: {container}{words}"),
            (n, Some(wants)) if wants >= n as i64 => {
                format!("{n} of {wants} pods of {kind} {name}: {container}{words}")
            }
            (1, _) => format!("1 pod of {kind} {name}: {container}{words}"),
            (n, _) => format!("{n} pods of {kind} {name}: {container}{words}"),
        }
    }
}

fn annotations(group: &Group<'_>) -> Labels {
    let message = group.found.iter().map(|(_, f)| f.message.trim()).find(|m| !m.is_empty()).unwrap_or_default();
    let description: String = message.chars().take(MESSAGE_MAX).collect();
    let mut pods: Vec<&str> = group.pods().map(|p| p.name.as_str()).collect();
    pods.sort_unstable();
    pods.dedup();
    let more = pods.len().saturating_sub(NAMES_MAX);
    let mut names = pods[..pods.len() - more].join(", ");
    if more > 0 {
        names.push_str(&format!(" and {more} more"));
    }
    let all = [("summary", group.summary()), ("description", description), ("pods", names)];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// Of every scheduled job the run that began last.
fn newest_runs<'a>(feeds: &'a [Feed], index: &Index<'_>) -> BTreeMap<String, (Option<Time>, &'a str)> {
    let mut newest: BTreeMap<String, (Option<Time>, &str)> = BTreeMap::new();
    let runs = feeds.iter().filter(|f| f.resource == Resource::Jobs).flat_map(|f| f.objects.values());
    for run in runs.filter(|r| r.owner.is_some()) {
        let place = newest.entry(index.workload(run).uid).or_default();
        *place = (*place).max((run.created, run.uid.as_str()));
    }
    newest
}

/// Names are DNS names, so nothing in them means anything in an address.
fn page_of(page: &str, workload: &Workload) -> String {
    let Workload { kind, namespace, name, .. } = workload;
    page.replace("{kind}", kind).replace("{namespace}", namespace).replace("{name}", name)
}
