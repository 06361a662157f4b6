//! Why an alert paged or did not, in an answer.

use serde::Serialize;

use crate::{
    app::world::{
        board::Row,
        why::{Read, Why},
    },
    domain::{
        Time,
        label::Labels,
        routing::{
            route::GroupBy,
            verdict::{Branch, Cause, Mute, Verdict},
        },
        text::SafeText,
    },
};

#[derive(Debug, Serialize)]
pub struct WhyAnswer<'a> {
    id: String,
    labels: &'a Labels,
    why: Vec<SourceWhy<'a>>,
}

/// What one source that tells people makes of it.
#[derive(Debug, Serialize)]
pub struct SourceWhy<'a> {
    source: &'a str,
    verdict: String,
    /// When its configuration was read; null where it could not be.
    config_read_at: Option<Time>,
    error: Option<String>,
    not_read: &'a [String],
    routes: Vec<RouteAnswer<'a>>,
}

#[derive(Debug, Serialize)]
struct RouteAnswer<'a> {
    /// From the root down; an empty list of matchers takes everything.
    path: Vec<&'a [String]>,
    receiver: &'a SafeText,
    /// Kinds of integrations; empty = it tells nobody, null = the receiver is not in the configuration.
    integrations: Option<&'a [SafeText]>,
    /// `...` is told as true.
    group_by_all: bool,
    group: &'a Labels,
    group_size: usize,
    /// Seconds, as the next two.
    group_wait: i64,
    group_interval: i64,
    repeat_interval: i64,
    /// told, not_before, by, muted, nobody, no_receiver, unsure.
    outcome: &'static str,
    /// When it was told, is to be at the soonest, or at the latest.
    at: Option<Time>,
    again_not_before: Option<Time>,
    mutes: Vec<MuteAnswer<'a>>,
}

#[derive(Debug, Serialize)]
struct MuteAnswer<'a> {
    /// silence, inhibition, mute_interval, active_interval.
    kind: &'static str,
    by: String,
    comment: Option<&'a SafeText>,
    rule: Option<&'a str>,
    from: Time,
    until: Option<Time>,
}

impl<'a> WhyAnswer<'a> {
    pub fn of(row: &'a Row, why: &'a [Why], now: Time) -> Self {
        Self { id: row.id.to_string(), labels: &row.alert.labels, why: all(why, now) }
    }
}

pub fn all(why: &[Why], now: Time) -> Vec<SourceWhy<'_>> {
    why.iter().map(|w| SourceWhy::of(w, now)).collect()
}

impl<'a> SourceWhy<'a> {
    fn of(why: &'a Why, now: Time) -> Self {
        let (config_read_at, not_read, error): (_, &[String], _) = match &why.read {
            Read::At(at, problems) => (Some(*at), problems, None),
            Read::Failed(error) => (None, &[], Some(error.to_string())),
            Read::Asking => (None, &[], None),
        };
        let routes = why.branches.iter().map(|b| RouteAnswer::of(b, now)).collect();
        Self { source: why.source.as_str(), verdict: why.verdict(now), config_read_at, error, not_read, routes }
    }
}

impl<'a> RouteAnswer<'a> {
    fn of(branch: &'a Branch, now: Time) -> Self {
        let (outcome, at) = match branch.verdict(now) {
            Verdict::Told { at, .. } => ("told", Some(at)),
            Verdict::NotBefore(at) => ("not_before", Some(at)),
            Verdict::By(at) => ("by", Some(at)),
            Verdict::Muted(_) => ("muted", None),
            Verdict::Nobody => ("nobody", None),
            Verdict::NoReceiver => ("no_receiver", None),
            Verdict::Unsure(_) => ("unsure", None),
        };
        let options = &branch.options;
        Self {
            path: branch.steps.iter().map(|s| s.matchers.as_slice()).collect(),
            receiver: &options.receiver,
            integrations: branch.kinds.as_deref(),
            group_by_all: options.group_by == GroupBy::All,
            group: &branch.group,
            group_size: branch.size,
            group_wait: options.group_wait.num_seconds(),
            group_interval: options.group_interval.num_seconds(),
            repeat_interval: options.repeat_interval.num_seconds(),
            outcome,
            at,
            again_not_before: branch.again(now),
            mutes: branch.mutes.iter().map(MuteAnswer::of).collect(),
        }
    }
}

impl<'a> MuteAnswer<'a> {
    fn of(mute: &'a Mute) -> Self {
        let (kind, by, comment, rule) = match &mute.why {
            Cause::Silence { id, comment, .. } => ("silence", id.raw().to_owned(), Some(comment), None),
            Cause::Inhibition { by, rule, .. } => ("inhibition", by.clone(), None, rule.as_deref()),
            Cause::MuteInterval(name) => ("mute_interval", name.raw().to_owned(), None, None),
            Cause::ActiveIntervals(names) => {
                let names: Vec<&str> = names.iter().map(SafeText::raw).collect();
                ("active_interval", names.join(", "), None, None)
            }
        };
        MuteAnswer { kind, by, comment, rule, from: mute.from, until: mute.until }
    }
}
