//! What is told of a budget beside its numbers, in an answer. A number that is not known, or is infinite, is null.

use serde::Serialize;

use crate::domain::{
    Time,
    slo::{
        BudgetRow, SloId,
        account::{Account, TierSight},
        drill::Ranked,
        explain::{Explained, Queries},
        gate::Verdict,
        policy::Stance,
        replay::Score,
        sane::Finding,
        supposed::Supposed,
    },
    text::SafeText,
};

use super::{signals::SignalsAnswer, slo::SloAnswer};

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// One budget whole.
#[derive(Serialize)]
pub struct ShowAnswer<'a> {
    #[serde(flatten)]
    pub slo: SloAnswer<'a>,
    /// Null where it was not counted.
    pub account: Option<AccountAnswer<'a>>,
    pub signals: SignalsAnswer<'a>,
}

#[derive(Serialize)]
pub struct AccountAnswer<'a> {
    /// Gross shares of the causes and `unattributed` sum to `consumed`.
    burned: Vec<CauseAnswer<'a>>,
    unattributed: Option<f64>,
    consumed: Option<f64>,
    returns: Vec<ReturnAnswer>,
    distances: Vec<DistanceAnswer>,
    burning: Option<BurningAnswer>,
    policy: PolicyAnswer<'a>,
}

#[derive(Serialize)]
struct CauseAnswer<'a> {
    /// incident, alert, deploy, burst.
    kind: &'static str,
    name: &'a SafeText,
    from: Option<Time>,
    to: Option<Time>,
    bad: f64,
    net: Option<f64>,
    gross: Option<f64>,
}

#[derive(Serialize)]
struct ReturnAnswer {
    from: Time,
    to: Time,
    bad: f64,
    share: Option<f64>,
}

/// Of the tier at the same place in `tiers`; seconds, null = never at this pace.
#[derive(Serialize)]
struct DistanceAnswer {
    long_burn: Option<f64>,
    short_burn: Option<f64>,
    fires_in_s: Option<f64>,
    resets_in_s: Option<f64>,
}

#[derive(Serialize)]
struct BurningAnswer {
    since: Time,
    spent: Option<f64>,
    per_minute: Option<f64>,
    next: Option<&'static str>,
    next_in_s: Option<f64>,
    gone_at: Option<Time>,
    if_fixed_now: Option<f64>,
}

#[derive(Serialize)]
struct PolicyAnswer<'a> {
    stance: &'static str,
    since: Option<Time>,
    until: Option<Time>,
    postmortems: &'a [String],
}

impl<'a> AccountAnswer<'a> {
    pub fn of(account: &'a Account) -> Self {
        let at = |s| Time::from_timestamp(s, 0);
        let cause = |s: &'a crate::domain::slo::attribution::Share| CauseAnswer {
            kind: s.cause.kind.as_str(),
            name: &s.cause.name,
            from: at(s.cause.from),
            to: at(s.cause.to),
            bad: s.bad,
            net: finite(s.net),
            gross: finite(s.gross),
        };
        let standing = &account.standing;
        let returns = account.returns.iter().filter(|r| r.bad > 0.0);
        Self {
            burned: account.burned.shares.iter().map(cause).collect(),
            unattributed: finite(account.burned.unattributed),
            consumed: finite(account.burned.consumed),
            returns: returns
                .map(|r| ReturnAnswer { from: r.from, to: r.to, bad: r.bad, share: finite(r.share) })
                .collect(),
            distances: account.tiers.iter().map(DistanceAnswer::of).collect(),
            burning: account.burning.as_ref().map(BurningAnswer::of),
            policy: PolicyAnswer {
                stance: standing.stance.as_str(),
                since: standing.since,
                until: standing.until,
                postmortems: &account.postmortems,
            },
        }
    }
}

impl DistanceAnswer {
    fn of(t: &TierSight) -> Self {
        let (long_burn, short_burn) = (t.status.long_burn.and_then(finite), t.status.short_burn.and_then(finite));
        Self { long_burn, short_burn, fires_in_s: t.distance.fires_in, resets_in_s: t.distance.resets_in }
    }
}

impl BurningAnswer {
    fn of((_, m): &(crate::domain::slo::attribution::Cause, crate::domain::slo::meter::Meter)) -> Self {
        Self {
            since: m.spent.from,
            spent: m.spent.share.and_then(finite),
            per_minute: m.per_minute.and_then(finite),
            next: m.next.map(|n| n.severity.as_str()),
            next_in_s: m.next.map(|n| n.fires_in),
            gone_at: m.gone.map(|g| g.at),
            if_fixed_now: m.if_fixed_now.and_then(finite),
        }
    }
}

/// One number with its formula.
#[derive(Serialize)]
pub struct ExplainAnswer<'a> {
    name: &'a str,
    result: &'a str,
    formula: &'static str,
    values: &'a str,
    /// Seconds that it looks back; 0 = it stands on no counts.
    back: i64,
    /// Seconds of a bucket.
    step: i64,
    /// Null where the source speaks no query language; of good events where `counts_good`.
    query: Option<&'a str>,
    counts_good: Option<bool>,
    total_query: Option<&'a str>,
}

impl<'a> ExplainAnswer<'a> {
    pub fn of(e: &'a Explained, queries: Option<&'a Queries>) -> Self {
        Self {
            name: &e.name,
            result: &e.result,
            formula: e.formula,
            values: &e.values,
            back: e.counts.back,
            step: e.counts.step,
            query: queries.map(|q| q.counted.as_str()),
            counts_good: queries.map(|q| q.is_good),
            total_query: queries.map(|q| q.total.as_str()),
        }
    }
}

#[derive(Serialize)]
pub struct GateAnswer<'a> {
    stance: &'static str,
    /// As the command ends.
    code: u8,
    text: &'a str,
    slos: Vec<StandingAnswer<'a>>,
}

#[derive(Serialize)]
struct StandingAnswer<'a> {
    id: &'a SloId,
    stance: &'static str,
    reason: &'a str,
    remaining: Option<f64>,
    since: Option<Time>,
    until: Option<Time>,
}

impl<'a> GateAnswer<'a> {
    pub fn of(stance: Stance, code: u8, text: &'a str, rows: &'a [(&'a BudgetRow, Verdict)]) -> Self {
        let one = |(row, verdict): &'a (&'a BudgetRow, Verdict)| StandingAnswer {
            id: &row.slo.id,
            stance: verdict.standing.stance.as_str(),
            reason: &verdict.reason,
            remaining: row.numbers().and_then(|n| n.remaining).and_then(finite),
            since: verdict.standing.since,
            until: verdict.standing.until,
        };
        Self { stance: stance.as_str(), code, text, slos: rows.iter().map(one).collect() }
    }
}

#[derive(Serialize)]
pub struct LintAnswer<'a> {
    /// `files` where it is about no budget.
    id: &'a str,
    rule: &'static str,
    what: &'a str,
    advice: &'a str,
}

impl<'a> LintAnswer<'a> {
    pub fn of(id: &'a str, f: &'a Finding) -> Self {
        Self { id, rule: f.rule, what: &f.what, advice: &f.advice }
    }
}

#[derive(Serialize)]
pub struct WhatIfAnswer<'a> {
    id: &'a SloId,
    objective: &'a str,
    /// Seconds.
    window: i64,
    remaining: Option<f64>,
    remaining_as_it_is: Option<f64>,
    bad: Option<f64>,
    allowed_bad: Option<f64>,
    exhausts_at: Option<Time>,
    outage: Option<OutageAnswer>,
    page: ScoreAnswer,
    ticket: ScoreAnswer,
    /// Seconds of history that the alerts were replayed over.
    replayed: i64,
}

#[derive(Serialize)]
struct OutageAnswer {
    share: Option<f64>,
    remaining: Option<f64>,
    fires: Vec<&'static str>,
}

/// How often somebody would have been called.
#[derive(Serialize)]
struct ScoreAnswer {
    calls: usize,
    without_incident: usize,
    missed: usize,
}

impl ScoreAnswer {
    fn of(s: Score) -> Self {
        Self { calls: s.calls, without_incident: s.without, missed: s.missed }
    }
}

impl<'a> WhatIfAnswer<'a> {
    pub fn of(row: &'a BudgetRow, s: &'a Supposed) -> Self {
        let (slo, n) = (&s.outcome.slo, &s.outcome.numbers);
        Self {
            id: &row.slo.id,
            objective: slo.objective.as_percent(),
            window: slo.window.seconds(),
            remaining: n.remaining.and_then(finite),
            remaining_as_it_is: s.is.and_then(finite),
            bad: n.bad,
            allowed_bad: n.allowed_bad,
            exhausts_at: n.exhausts_at,
            outage: s.outcome.outage.as_ref().map(|after| OutageAnswer {
                share: finite(after.share),
                remaining: after.remaining.and_then(finite),
                fires: after.fires.iter().map(|(t, _)| t.severity.as_str()).collect(),
            }),
            page: ScoreAnswer::of(s.page),
            ticket: ScoreAnswer::of(s.ticket),
            replayed: s.replayed_s,
        }
    }
}

#[derive(Serialize)]
pub struct DrillAnswer<'a> {
    label: &'a SafeText,
    value: &'a SafeText,
    bad: f64,
    total: Option<f64>,
    /// Of all bad events.
    share: f64,
    lift: Option<f64>,
}

impl<'a> DrillAnswer<'a> {
    pub fn of(r: &'a Ranked) -> Self {
        Self { label: &r.label, value: &r.value, bad: r.bad, total: r.total, share: r.share, lift: r.lift }
    }
}
