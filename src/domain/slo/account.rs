//! The account of one budget: what burned it, how far each alert is from firing, when it comes back, what burns it now, and
//! what the policy says. Gathers the arithmetic of its neighbours and adds none. Knows no screen and no source.

use super::{
    Slo,
    aging::{self, Return},
    assess::{Assessment, TierStatus},
    attribution::{self, Attribution, Cause, CauseKind, Measured, Share},
    burn::Tier,
    distance::{Distance, Pace, distance},
    history::History,
    judge::moment,
    meter::{Meter, meter},
    policy::{Policy, Standing},
    timeline::Timeline,
};
use crate::domain::Time;

/// Seconds without errors after which nothing is said to burn any more.
const STILL: i64 = 900;
/// Seconds that the pace of a tier's distance is taken from.
const PACE: i64 = 600;
/// Seconds after a deploy within which errors that begin are laid at its door.
const SUSPECT: i64 = 1_800;

/// What an open budget tells beside its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub burned: Attribution,
    /// The usual error ratio, in [0, 1].
    pub baseline: f64,
    pub tiers: Vec<TierSight>,
    /// Every day to come, and what it gives back.
    pub returns: Vec<Return>,
    /// What burns now, since when, and how it goes on.
    pub burning: Option<(Cause, Meter)>,
    pub standing: Standing,
    /// What needs a postmortem.
    pub postmortems: Vec<String>,
}

/// A tier, where it stands and how far it is from firing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TierSight {
    pub tier: Tier,
    pub status: TierStatus,
    pub distance: Distance,
}

/// Gathers everything. `told` are the alerts and deploys that are known.
pub fn account(slo: &Slo, history: &History, numbers: &Assessment, told: &[Cause], policy: &Policy) -> Account {
    let beta = slo.objective.budget_ratio();
    let head = numbers.as_of.timestamp();
    let back = head - numbers.period.begin;
    let line = Timeline::of(history, head, back);
    let causes = causes(beta, &line, told);
    let baseline = attribution::baseline(&causes, line.stretches());
    let measured = Measured { allowed: numbers.allowed_bad.unwrap_or(0.0), baseline };
    let mut burned = attribution::what_burned(measured, &causes, line.stretches());
    burned.shares.retain(|s| s.bad > 0.0);
    let dated = |s: &Share| format!("{} of {}", s.cause.name.line(), moment(s.cause.from).format("%d.%m. %H:%M"));
    let named: Vec<(String, f64)> = burned.shares.iter().map(|s| (dated(s), s.net)).collect();
    let over = named.iter().map(|(name, share)| (name.as_str(), *share));
    let postmortems = policy.postmortems(over).into_iter().map(str::to_owned).collect();
    Account {
        tiers: tiers(slo, history, numbers, back),
        returns: aging::returns(slo.window, numbers, &line),
        standing: policy.standing(numbers),
        burning: burning(slo, numbers, &Timeline::live(history, head, back), (told, baseline)),
        burned,
        baseline,
        postmortems,
    }
}

/// The burst of errors that goes on, as closely as it is counted.
fn burning(
    slo: &Slo,
    numbers: &Assessment,
    line: &Timeline,
    (told, baseline): (&[Cause], f64),
) -> Option<(Cause, Meter)> {
    let since = line.end()? - STILL;
    let causes = causes(slo.objective.budget_ratio(), line, told);
    let latest = causes.into_iter().filter(|c| c.kind == CauseKind::Burst && c.to >= since).max_by_key(|c| c.to)?;
    let meter = meter(slo, numbers, line, moment(latest.from), baseline);
    Some((latest, meter))
}

/// Alerts and deploys as they were told, and bursts of errors: a deploy is suspected of those that begin soon after it.
fn causes(beta: f64, line: &Timeline, told: &[Cause]) -> Vec<Cause> {
    let alerts: Vec<Cause> = told.iter().filter(|c| c.kind != CauseKind::Deploy).cloned().collect();
    let bursts = attribution::bursts(beta, line.stretches(), &alerts);
    let suspected = |deploy: &Cause| {
        let soon = bursts.iter().filter(|b| b.to > deploy.from && b.from <= deploy.from + SUSPECT);
        let to = soon.map(|b| b.to).min()?;
        Some(Cause { to, ..deploy.clone() })
    };
    let deploys: Vec<Cause> = told.iter().filter(|c| c.kind == CauseKind::Deploy).filter_map(suspected).collect();
    [alerts, deploys, bursts].concat()
}

fn tiers(slo: &Slo, history: &History, numbers: &Assessment, back: i64) -> Vec<TierSight> {
    let tiers = slo.alerting.tiers(slo.window.seconds());
    let longest = tiers.iter().map(|t| t.long_s).max().unwrap_or(0).max(back);
    let head = numbers.as_of.timestamp();
    let line = Timeline::of(history, head, longest);
    let pace = Pace::of(&line, head, PACE).unwrap_or_default();
    let beta = slo.objective.budget_ratio();
    let sight = |(tier, status): (Tier, &TierStatus)| TierSight {
        distance: distance(beta, &tier, &line, head, pace),
        status: *status,
        tier,
    };
    tiers.into_iter().zip(&numbers.tiers).map(sight).collect()
}

/// A cause that began and may have ended; one that goes on lasts until `now`.
pub fn cause(kind: CauseKind, name: &crate::domain::text::SafeText, from: Time, to: Option<Time>, now: Time) -> Cause {
    Cause { kind, name: name.clone(), from: from.timestamp(), to: to.unwrap_or(now).timestamp().max(from.timestamp()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        slo::{Bucket, BucketSpan, Counted, Indicator, Objective, Window, assess::assess},
        text::SafeText,
    };

    const HOUR: i64 = 3_600;
    const HEAD: i64 = 10_000 * HOUR;

    /// Seven days of a hundred events an hour, one in a thousand bad; half of them in the two hours before `until`.
    fn world(until: i64) -> (Slo, History, Assessment) {
        let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
        let slo = Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(7 * 24 * HOUR), indicator);
        let mut history = History::default();
        for step in [300, HOUR] {
            let span = BucketSpan { from: HEAD - 8 * 24 * HOUR, to: HEAD, step };
            let ends = (span.from / step + 1..=HEAD / step).map(|k| k * step);
            let each = step as f64 / 36.0;
            let bucket = |end: i64| {
                let burns = end > until - 2 * HOUR && end <= until;
                Bucket { end, bad: Some(each * if burns { 0.5 } else { 0.001 }), total: Some(each) }
            };
            history.answer(span, ends.map(bucket).collect::<Vec<_>>());
        }
        let numbers = assess(&slo, &history, moment(HEAD));
        (slo, history, numbers)
    }

    #[test]
    fn what_burned_sums_to_what_was_consumed_and_names_the_burst() {
        let (slo, history, numbers) = world(HEAD - 24 * HOUR);
        let account = account(&slo, &history, &numbers, &[], &Policy::default());
        assert!((account.burned.consumed - numbers.consumed.unwrap()).abs() < 1e-9);
        assert_eq!(account.burned.shares.len(), 1);
        assert_eq!(account.burned.shares[0].cause.kind, CauseKind::Burst);
        assert!(account.postmortems[0].starts_with("errors without an alert of "), "{:?}", account.postmortems);
        assert!(account.burning.is_none(), "it is over");
    }

    #[test]
    fn errors_that_begin_soon_after_a_deploy_are_laid_at_its_door() {
        let (slo, history, numbers) = world(HEAD);
        let deploy = cause(CauseKind::Deploy, &SafeText::new("v7"), moment(HEAD - 2 * HOUR - 600), None, moment(HEAD));
        let account = account(&slo, &history, &numbers, &[deploy], &Policy::default());
        assert_eq!(account.burned.shares[0].cause.name.raw(), "v7");
        let (_, meter) = account.burning.expect("it burns");
        assert!(meter.per_minute.unwrap() > 0.0);
        assert!(account.tiers.iter().any(|t| t.status.firing && t.distance.resets_in.is_some()));
    }
}
