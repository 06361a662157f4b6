//! What became of an alert on one route: told, muted, still waiting; as far as configuration and board can tell.
//!
//! Alertmanager does not say when it told whom. Moments here are worked out, and the words say "not before" where
//! only that is known.

use chrono::Duration;

use super::{
    Policy, interval,
    route::{Options, Route, Way},
};
use crate::domain::{Time, duration, label::Labels, text::SafeText};

/// What keeps a route silent for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Mute {
    pub from: Time,
    /// None while no end is known.
    pub until: Option<Time>,
    pub why: Cause,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// Its id, who made it and what for.
    Silence {
        id: SafeText,
        by: SafeText,
        comment: SafeText,
    },
    /// The alert that burns, and the rule where it is known.
    Inhibition {
        by: String,
        rule: Option<String>,
        told: bool,
    },
    MuteInterval(SafeText),
    /// Outside every one of these.
    ActiveIntervals(Vec<SafeText>),
}

impl Mute {
    fn covers(&self, at: Time) -> bool {
        self.from <= at && self.until.is_none_or(|end| at < end)
    }
}

/// One route that takes the alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// From the root down.
    pub steps: Vec<StepTold>,
    pub options: Options,
    /// The kinds of the receiver's integrations; none where the receiver is not in the configuration.
    pub kinds: Option<Vec<SafeText>>,
    pub group: Labels,
    /// How many alerts are in the group now, this one among them.
    pub size: usize,
    /// When the oldest of the others in the group began, where it is older than this one.
    pub joined: Option<Time>,
    pub mutes: Vec<Mute>,
    /// Intervals of which nobody can say whether they hold.
    pub unknown: Vec<SafeText>,
    starts_at: Time,
}

/// One route on the way down, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTold {
    /// None at the root, which takes everything.
    pub matchers: Vec<String>,
    /// How many routes before it do not match.
    pub passed: usize,
    pub goes_on: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The receiver has no integration.
    Nobody,
    /// It is not in the configuration that is shown.
    NoReceiver,
    NotBefore(Time),
    /// With the next flush of its group, which was or will be by then.
    By(Time),
    /// Told about then; muted now by that.
    Told {
        at: Time,
        muted: Option<Mute>,
    },
    Muted(Mute),
    /// It leans on an interval of which nobody knows.
    Unsure(SafeText),
}

impl Branch {
    pub fn new(policy: &Policy, way: &Way<'_>, end: &Route, labels: &Labels, starts_at: Time) -> Self {
        let steps = way.steps.iter().map(|s| StepTold {
            matchers: s.route.matchers.iter().map(ToString::to_string).collect(),
            passed: s.passed,
            goes_on: s.route.goes_on,
        });
        Self {
            steps: steps.collect(),
            options: end.options.clone(),
            kinds: policy.receiver(&end.options.receiver).map(|r| r.kinds.clone()),
            group: end.group_of(labels),
            size: 1,
            joined: None,
            mutes: Vec::new(),
            unknown: Vec::new(),
            starts_at,
        }
    }

    /// The soonest that it was to be told, had nothing muted it.
    pub fn due(&self) -> Time {
        match self.joined {
            None => self.starts_at + self.options.group_wait,
            Some(oldest) => self.starts_at.max(oldest + self.options.group_wait),
        }
    }

    /// Whether its group had been told by then, so that it waits for the next flush, of which nobody knows when it is.
    fn waits_for_flush(&self) -> bool {
        self.joined.is_some_and(|oldest| oldest + self.options.group_wait < self.starts_at)
    }

    /// The latest that a group is told, once it is to be told at `at`.
    fn latest(&self, at: Time) -> Time {
        let flush = self.waits_for_flush() || at > self.due();
        if flush { at + self.options.group_interval } else { at }
    }

    /// Adds what the clock mutes between when it was due and `now`, and now.
    pub fn take_intervals(&mut self, policy: &Policy, end: &Route, now: Time) {
        for name in &end.mute {
            let cause = Cause::MuteInterval(name.clone());
            self.take_clock(policy, std::slice::from_ref(name), true, &cause, now);
        }
        if !end.active.is_empty() {
            self.take_clock(policy, &end.active, false, &Cause::ActiveIntervals(end.active.clone()), now);
        }
    }

    /// Muted while any of the names holds, or while none does.
    fn take_clock(&mut self, policy: &Policy, names: &[SafeText], holding: bool, cause: &Cause, now: Time) {
        let due = self.due();
        if let Some(name) = names.iter().find(|n| policy.holds(n, due).is_none()) {
            self.unknown.push(name.clone());
            return;
        }
        let muted = |at: Time| names.iter().any(|n| policy.holds(n, at) == Some(true)) == holding;
        let mut spans = spans(due, now.min(due + Duration::days(8)), &muted);
        if muted(now) && !spans.iter().any(|m: &(Time, Option<Time>)| m.0 <= now && m.1.is_none_or(|end| now < end)) {
            spans.push((now, interval::next_change(now, muted)));
        }
        self.mutes.extend(spans.into_iter().map(|(from, until)| Mute { from, until, why: cause.clone() }));
    }

    pub fn verdict(&self, now: Time) -> Verdict {
        match &self.kinds {
            None => return Verdict::NoReceiver,
            Some(kinds) if kinds.is_empty() => return Verdict::Nobody,
            Some(_) => {}
        }
        if let Some(name) = self.unknown.first() {
            return Verdict::Unsure(name.clone());
        }
        let mut at = self.due();
        // Each turn leaves one mute behind; those that end are as many as there are.
        for _ in 0..=self.mutes.len() {
            let Some(mute) = self.mute_at(at) else { break };
            match mute.until {
                Some(end) if end <= now => at = end,
                _ => return Verdict::Muted(mute.clone()),
            }
        }
        if at > now {
            return Verdict::NotBefore(at);
        }
        let latest = self.latest(at);
        if latest > now && self.mute_at(now).is_none() {
            return Verdict::By(latest);
        }
        Verdict::Told { at, muted: self.mute_at(now).cloned() }
    }

    /// Of those that hold then the one that holds longest.
    fn mute_at(&self, at: Time) -> Option<&Mute> {
        let end = |m: &&Mute| m.until.unwrap_or(Time::MAX_UTC);
        self.mutes.iter().filter(|m| m.covers(at)).max_by_key(end)
    }

    /// Once it was told: when again at the soonest, if nothing changes.
    pub fn again(&self, now: Time) -> Option<Time> {
        let Verdict::Told { at, muted: None } = self.verdict(now) else { return None };
        let every = self.options.repeat_interval.num_seconds().max(1);
        let passed = (now - at).num_seconds().max(0) / every;
        at.checked_add_signed(Duration::seconds(every.saturating_mul(passed + 1)))
    }

    /// `paged `oncall` at 02:14 UTC (group_wait 30s)`, `did not page `oncall`: …`.
    pub fn sentence(&self, now: Time) -> String {
        let receiver = self.options.receiver.line();
        match self.verdict(now) {
            Verdict::Nobody => {
                format!("did not page: its route leads to the receiver `{receiver}`, which tells nobody")
            }
            Verdict::NoReceiver => {
                format!("UNKNOWN: the receiver `{receiver}` is not in the configuration that is shown")
            }
            Verdict::NotBefore(at) => {
                format!("will page `{receiver}` not before {} ({})", clock(at, now), self.waits())
            }
            Verdict::By(at) => {
                format!("pages `{receiver}` by {} at the latest, if it has not yet ({})", clock(at, now), self.waits())
            }
            Verdict::Told { at, muted } => {
                let since = muted.map(|m| format!("; since then {}", m.words(now))).unwrap_or_default();
                format!("paged `{receiver}` {}{since}", self.told(at, now))
            }
            Verdict::Muted(mute) => format!("did not page `{receiver}`: {}", mute.words(now)),
            Verdict::Unsure(name) => format!(
                "UNKNOWN whether it paged `{receiver}`: nobody can say whether the time interval `{}` holds",
                name.line()
            ),
        }
    }

    fn told(&self, at: Time, now: Time) -> String {
        if at > self.due() {
            let flush = duration::prometheus(self.options.group_interval.num_seconds());
            return format!(
                "not before {}, when the mute ended (next flush of the group, group_interval {flush})",
                clock(at, now)
            );
        }
        if self.waits_for_flush() {
            return format!("not before {} ({})", clock(at, now), self.waits());
        }
        format!("at {} ({})", clock(at, now), self.waits())
    }

    fn waits(&self) -> String {
        let length = |d: Duration| duration::prometheus(d.num_seconds());
        if self.waits_for_flush() {
            format!(
                "joined a group, told with its next flush within group_interval {}",
                length(self.options.group_interval)
            )
        } else {
            format!("group_wait {}", length(self.options.group_wait))
        }
    }
}

/// The spans from `from` to `to` in which it is muted; one that is not over has the end that is foreseen.
fn spans(from: Time, to: Time, muted: &impl Fn(Time) -> bool) -> Vec<(Time, Option<Time>)> {
    let mut spans = Vec::new();
    let mut at = from;
    loop {
        let change = interval::next_change(at, muted);
        if muted(at) {
            spans.push((at, change));
        }
        match change {
            Some(next) if next <= to => at = next,
            _ => return spans,
        }
    }
}

impl Mute {
    /// `muted by the silence of bob until 03:00 UTC: deploy`.
    pub fn words(&self, now: Time) -> String {
        let until = match self.until {
            Some(end) if end > now => format!(" until {}", clock(end, now)),
            Some(end) => format!(" until {} (over)", clock(end, now)),
            None => String::new(),
        };
        match &self.why {
            Cause::Silence { id, by, comment } if by.is_empty() => {
                format!("muted by silence {}{until}{}", id.line(), tail(comment))
            }
            Cause::Silence { by, comment, .. } => {
                format!("muted by the silence of {}{until}{}", by.line(), tail(comment))
            }
            Cause::Inhibition { by, told, .. } => {
                let told = if *told { "" } else { " (worked out from the rule, not told by Alertmanager)" };
                format!("inhibited by {by}{until}{told}")
            }
            Cause::MuteInterval(name) => format!("muted by the time interval `{}`{until}", name.line()),
            Cause::ActiveIntervals(names) => {
                let names: Vec<_> = names.iter().map(|n| format!("`{}`", n.line())).collect();
                format!("muted outside the active time interval {}{until}", names.join(", "))
            }
        }
    }
}

fn tail(comment: &SafeText) -> String {
    if comment.is_empty() { String::new() } else { format!(": {}", comment.line()) }
}

/// A moment near `now`: the day only where it is another one.
pub fn clock(at: Time, now: Time) -> String {
    if at.date_naive() == now.date_naive() {
        format!("{} UTC", at.format("%H:%M:%S"))
    } else {
        format!("{} UTC", at.format("%d.%m. %H:%M"))
    }
}
