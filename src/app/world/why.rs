//! Why an alert paged or did not: its way through routes, grouping, inhibition, silences and the clock, in one answer.
//!
//! One answer for each source that tells people, out of its live configuration and of what the board knows.

use std::sync::Arc;

use crate::{
    app::msg::Finding,
    domain::{
        Time,
        alert::{AlertId, AlertState},
        duration,
        label::Fingerprint,
        matcher::Matcher,
        routing::{
            Policy,
            route::Route,
            verdict::{Branch, Cause, Mute},
        },
        silence::Silence,
        source::{SourceError, SourceName},
    },
};

use super::{World, board::Row, sources::SourceStatus};

/// What one source that tells people makes of the alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    pub source: SourceName,
    pub standing: Standing,
    pub read: Read,
    /// One for each route that takes it.
    pub branches: Vec<Branch>,
}

/// Where the alert is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This source has it.
    There,
    /// Its rule waits; no such source has it yet.
    Pending,
    /// It fires where it is evaluated, and this source does not have it.
    NotDelivered,
    /// This source cannot be read: what follows is as old as its last word.
    Blind,
    /// It is over.
    Resolved,
}

/// Whether its configuration could be read.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    Asking,
    At(Time, Vec<String>),
    Failed(SourceError),
}

impl World {
    /// One answer for each source with routes that has to do with the alert.
    pub fn why(&self, row: &Row, found: Option<&[Finding]>, now: Time) -> Vec<Why> {
        let policies = found.unwrap_or_default().iter().filter_map(|f| match f {
            Finding::Policy(source, answer) => Some((source, answer)),
            Finding::Past(..) => None,
        });
        let evaluated = self.source(&row.id.source).is_some_and(|s| s.about.can.evaluates);
        let concerns = |source: &SourceName| evaluated || source == &row.id.source || row.also.contains(source);
        policies.filter(|(source, _)| concerns(source)).map(|(s, a)| self.why_at(row, s, a.as_ref(), now)).collect()
    }

    fn why_at(
        &self,
        row: &Row,
        source: &SourceName,
        answer: Option<&Result<Arc<Policy>, SourceError>>,
        now: Time,
    ) -> Why {
        let status = self.source(source);
        let standing = standing(row, source, status);
        let (read, branches) = match answer {
            None => (Read::Asking, Vec::new()),
            Some(Err(error)) => (Read::Failed(error.clone()), Vec::new()),
            Some(Ok(policy)) => {
                let problems = policy.problems.iter().map(|p| p.line().into_owned()).collect();
                (Read::At(policy.read_at, problems), self.branches(row, source, policy, now))
            }
        };
        Why { source: source.clone(), standing, read, branches }
    }

    fn branches(&self, row: &Row, source: &SourceName, policy: &Policy, now: Time) -> Vec<Branch> {
        let labels = &row.alert.labels;
        let mutes: Vec<Mute> =
            self.silences_on(row, source).into_iter().chain(self.inhibitions(row, source, policy)).collect();
        let mut branches = Vec::new();
        for way in policy.root.ways(labels) {
            let Some(end) = way.end() else { continue };
            let mut branch = Branch::new(policy, &way, end, labels, row.alert.starts_at);
            (branch.size, branch.joined) = self.group(row, source, policy, end);
            branch.mutes.clone_from(&mutes);
            branch.take_intervals(policy, end, now);
            branches.push(branch);
        }
        branches
    }

    fn silences_on(&self, row: &Row, source: &SourceName) -> Vec<Mute> {
        let silences = self.source(source).map_or(&[][..], |s| &s.silences[..]);
        let mute = |s: &Silence| Mute {
            from: s.starts_at,
            until: Some(s.ends_at),
            why: Cause::Silence { id: s.id.clone(), by: s.created_by.clone(), comment: s.comment.clone() },
        };
        let mut mutes: Vec<Mute> = silences.iter().filter(|s| s.matches(&row.alert.labels)).map(mute).collect();
        // One that the server names and does not show still mutes.
        for id in row.alert.silenced_by.iter().filter(|id| !silences.iter().any(|s| &s.id == *id)) {
            let why = Cause::Silence { id: id.clone(), by: Default::default(), comment: Default::default() };
            mutes.push(Mute { from: row.alert.starts_at, until: None, why });
        }
        mutes
    }

    /// By the server's word, and by its rules on what the board knows of the same server.
    fn inhibitions(&self, row: &Row, source: &SourceName, policy: &Policy) -> Vec<Mute> {
        let labels = &row.alert.labels;
        let told = |fingerprint: &Fingerprint| row.id.source == *source && row.alert.inhibited_by.contains(fingerprint);
        let rules = policy.inhibits.iter().filter(|r| r.aims_at(labels));
        let mut mutes: Vec<Mute> = Vec::new();
        for rule in rules {
            let equal = rule.equal.iter().map(|n| Matcher::equal(n.raw(), labels.value(n.raw())));
            let loud: Vec<Matcher> = rule.source.iter().cloned().chain(equal).collect();
            for other in self.board.matching(source, &loud).filter(|o| o.id != row.id && is_burning(o)) {
                if rule.holds(&other.alert.labels, labels) && !mutes.iter().any(|m| is_by(m, other)) {
                    mutes.push(inhibition(other, told(&other.id.fingerprint), Some(rule_words(rule))));
                }
            }
        }
        for fingerprint in row.alert.inhibited_by.iter().filter(|f| told(f)) {
            let id = AlertId { source: source.clone(), fingerprint: fingerprint.clone() };
            match self.board.get(&id) {
                Some(other) if mutes.iter().any(|m| is_by(m, other)) => {}
                Some(other) => mutes.push(inhibition(other, true, None)),
                None => {
                    let by = format!("the alert {fingerprint}, which is not on the board");
                    let why = Cause::Inhibition { by, rule: None, told: true };
                    mutes.push(Mute { from: row.alert.starts_at, until: None, why });
                }
            }
        }
        mutes
    }

    /// How many are in its group there, and when the oldest of the others began, where it is older.
    fn group(&self, row: &Row, source: &SourceName, policy: &Policy, end: &Route) -> (usize, Option<Time>) {
        let key = end.group_of(&row.alert.labels);
        let (mut size, mut oldest) = (1, row.alert.starts_at);
        let same: Vec<Matcher> = key.iter().map(|(n, v)| Matcher::equal(n.raw(), v.raw())).collect();
        for other in self.board.matching(source, &same).filter(|o| o.id != row.id && is_burning(o)) {
            let labels = &other.alert.labels;
            if end.group_of(labels) == key
                && policy.root.ways(labels).iter().any(|w| w.end().is_some_and(|e| std::ptr::eq(e, end)))
            {
                size += 1;
                oldest = oldest.min(other.alert.starts_at);
            }
        }
        (size, (oldest < row.alert.starts_at).then_some(oldest))
    }
}

fn is_burning(row: &Row) -> bool {
    row.state != AlertState::Resolved && row.told != AlertState::Pending
}

fn is_by(mute: &Mute, row: &Row) -> bool {
    matches!(&mute.why, Cause::Inhibition { by, .. } if *by == named(row))
}

fn inhibition(other: &Row, told: bool, rule: Option<String>) -> Mute {
    let why = Cause::Inhibition { by: named(other), rule, told };
    Mute { from: other.alert.starts_at, until: other.resolved_at, why }
}

/// A name alone is many alerts: the fingerprint says which.
fn named(row: &Row) -> String {
    format!("{} ({})", row.name().line(), row.id.fingerprint)
}

fn rule_words(rule: &crate::domain::routing::inhibit::InhibitRule) -> String {
    let side = |matchers: &[Matcher]| matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let equal: Vec<_> = rule.equal.iter().map(|n| n.line()).collect();
    let equal = if equal.is_empty() { String::new() } else { format!(", equal in {}", equal.join(", ")) };
    format!("{{{}}} inhibits {{{}}}{equal}", side(&rule.source), side(&rule.target))
}

fn standing(row: &Row, source: &SourceName, status: Option<&SourceStatus>) -> Standing {
    let has = row.id.source == *source || row.also.contains(source);
    if status.is_none_or(SourceStatus::is_blind) {
        return Standing::Blind;
    }
    match row.told {
        _ if row.resolved_at.is_some() => Standing::Resolved,
        _ if has => Standing::There,
        AlertState::Pending => Standing::Pending,
        _ => Standing::NotDelivered,
    }
}

impl Why {
    /// The answer in one sentence.
    pub fn verdict(&self, now: Time) -> String {
        let routes = || self.branches.iter().map(|b| b.sentence(now)).collect::<Vec<_>>().join("; ");
        let leads = || {
            let names: Vec<String> = self.branches.iter().map(|b| format!("`{}`", b.options.receiver.line())).collect();
            if names.is_empty() { String::new() } else { format!("; it would go to {}", names.join(", ")) }
        };
        match (&self.standing, &self.read) {
            (Standing::Pending, _) => format!("pending: has not reached {}{}", self.source, leads()),
            (Standing::NotDelivered, _) => {
                format!("did not page: it fires, and {} does not have it{}", self.source, leads())
            }
            (_, Read::Asking) => "asking the sources for their configuration…".to_owned(),
            (_, Read::Failed(error)) => {
                format!("UNKNOWN: the configuration of {} cannot be read: {error}", self.source)
            }
            (Standing::Blind, Read::At(..)) => {
                format!("UNKNOWN: the alerts of {} cannot be read now; as last told: {}", self.source, routes())
            }
            (Standing::Resolved, Read::At(..)) => format!("resolved; {}", routes()),
            (Standing::There, Read::At(..)) => routes(),
        }
    }

    /// Where the answer comes from, and how old that is.
    pub fn origin(&self, now: Time) -> String {
        match &self.read {
            Read::Asking => String::new(),
            Read::At(at, _) => {
                format!("from the live configuration of {} (read {} ago)", self.source, duration::long(now - *at))
            }
            Read::Failed(error) => error.advice().to_owned(),
        }
    }
}
