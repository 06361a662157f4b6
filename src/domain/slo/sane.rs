//! The sanity of an objective and its alerts: what can never fire, fires for nothing, or says something else than the
//! counts do. Each finding says what to do. Knows no file and no server.

use super::{
    BudgetRow,
    assess::Assessment,
    burn::{Tier, threshold},
    tale::percent,
};
use crate::domain::duration;

/// Scrapes that a short window needs, so that one late scrape does not decide.
const SCRAPES: f64 = 4.0;
/// Difference between what rules recorded and what the counts say, as a share of the budget.
const DIFFERS: f64 = 0.02;

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word to filter by.
    pub rule: &'static str,
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

fn finding(rule: &'static str, what: String, advice: &str) -> Finding {
    Finding { rule, what, advice: advice.to_owned() }
}

/// Everything that is wrong with one row. `scrape_s` = seconds between two scrapes of its events, where that is known.
pub fn lint(row: &BudgetRow, scrape_s: Option<f64>) -> Vec<Finding> {
    let mut out = Vec::new();
    let tiers = row.slo.alerting.tiers(row.slo.window.seconds());
    let beta = row.slo.objective.budget_ratio();
    tiers.iter().for_each(|t| out.extend(tier(beta, t, scrape_s)));
    out.extend(row.trouble.as_ref().map(|t| {
        let advice = if t.rule.is_some() { "add the rule that `slo show` prints" } else { "correct its definition" };
        finding("uncounted", t.what.line().into_owned(), advice)
    }));
    out.extend(row.numbers().and_then(quantum));
    out.extend(born(row));
    out.extend(rules(row));
    out.extend(row.numbers().and_then(|n| differs(row, n)));
    out
}

fn name(tier: &Tier) -> String {
    let windows = (duration::prometheus(tier.long_s), duration::prometheus(tier.short_s));
    format!("{} {}/{}", tier.severity.as_str(), windows.0, windows.1)
}

fn tier(beta: f64, tier: &Tier, scrape_s: Option<f64>) -> Vec<Finding> {
    let (limit, name) = (threshold(beta, tier.factor), name(tier));
    let mut out = Vec::new();
    if limit.unreachable {
        let most = 1.0 / beta.max(f64::MIN_POSITIVE);
        let what = format!("{name} asks for {:.1}x, and a full outage burns only {most:.1}x", tier.factor);
        out.push(finding("unreachable", what, "give it a lower factor or a longer window; it never fires as it is"));
    }
    if limit.below_one {
        let what = format!("{name} fires at {:.2}x, a pace that never spends the budget", tier.factor);
        out.push(finding("factor_below_one", what, "raise the factor to 1, or leave the tier out for this window"));
    }
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    let scrapes = scrape_s.filter(|s| *s > 0.0).map(|s| tier.short_s as f64 / s);
    if let Some(few) = scrapes.filter(|n| *n < SCRAPES) {
        let what = format!("the short window of {name} holds {few:.1} scrapes, fewer than {SCRAPES}");
        out.push(finding("short_window", what, "scrape more often, or make the short window longer"));
    }
    out
}

fn quantum(n: &Assessment) -> Option<Finding> {
    let quantum = n.quantum.filter(|_| n.one_event_pages())?;
    let what = format!("one failure takes {} of the budget: one event pages", percent(quantum));
    Some(finding("quantum", what, "ask for a least number of bad events, a longer window or a lower objective"))
}

/// Buckets that have events and no error series: the first error makes the series, and `increase` does not see it.
fn born(row: &BudgetRow) -> Option<Finding> {
    let kept = row.history.export();
    let cells = || kept.iter().flat_map(|k| k.bad.iter().zip(&k.total)).filter(|(_, t)| t.is_some_and(|t| t > 0.0));
    let (all, absent) = (cells().count(), cells().filter(|(bad, _)| bad.is_none()).count());
    let share = (absent > 0).then(|| format!("in {absent} of {all} buckets there are events and no error series"))?;
    Some(finding(
        "born_on_failure",
        share,
        "count errors from zero: make the series with the value 0 when the program starts",
    ))
}

fn rules(row: &BudgetRow) -> Vec<Finding> {
    let Some(recorded) = &row.recorded else { return Vec::new() };
    let mut out = Vec::new();
    if let Some((took, every)) = recorded.took_s.zip(recorded.every_s).filter(|(took, every)| took > every) {
        let what = format!("its rules take {took:.1} s and are to be evaluated every {every:.0} s");
        out.push(finding("slow_rules", what, "split the rule group, or evaluate it less often"));
    }
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    let stale = recorded.stale_s.map(|s| s as f64).zip(recorded.every_s).filter(|(s, every)| *s > 3.0 * every);
    if let Some((stale, every)) = stale {
        let what = format!("its rules were last evaluated {stale:.0} s ago, at an interval of {every:.0} s");
        out.push(finding("stale_rules", what, "look at the rule evaluation of the server"));
    }
    out
}

fn differs(row: &BudgetRow, n: &Assessment) -> Option<Finding> {
    let recorded = row.recorded.as_ref()?.remaining?;
    let counted = n.remaining.filter(|r| r.is_finite())?;
    let apart = (recorded - counted).abs();
    let far = !apart.is_finite() || apart > DIFFERS * counted.abs().max(1.0);
    let what = format!("the rules recorded {} left, the counts say {}", percent(recorded), percent(counted));
    far.then(|| {
        finding(
            "recorded_differs",
            what,
            "rules that average ratios weigh a quiet night as a busy day; trust the counts",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{
        Bucket, BucketSpan, Counted, Indicator, Objective, Slo, Window, assess::assess, history::History, row::Recorded,
    };
    use std::sync::Arc;

    const DAY: i64 = 86_400;

    fn row(percent: &str, days: i64) -> BudgetRow {
        let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
        BudgetRow::new(
            Slo::new("x", Objective::percent(percent).unwrap(), Window::rolling(days * DAY), indicator),
            None,
        )
    }

    /// A day of a hundred events an hour, with errors in the last hour alone.
    fn counted(percent: &str) -> BudgetRow {
        let mut row = row(percent, 30);
        let mut history = History::default();
        let span = BucketSpan { from: 30 * DAY, to: 60 * DAY, step: 3_600 };
        let bad = |k: i64| (k == 60 * 24).then_some(1.0);
        let bucket = |k: i64| Bucket { end: k * 3_600, bad: bad(k), total: Some(100.0) };
        history.answer(span, (30 * 24 + 1..=60 * 24).map(bucket).collect::<Vec<_>>());
        row.numbers =
            Some(Arc::new(assess(&row.slo, &history, chrono::DateTime::from_timestamp(60 * DAY, 0).unwrap())));
        row.history = Arc::new(history);
        row
    }

    fn rules(row: &BudgetRow, scrape_s: Option<f64>) -> Vec<&'static str> {
        lint(row, scrape_s).into_iter().map(|f| f.rule).collect()
    }

    #[test]
    fn a_tier_that_can_never_fire_and_one_that_fires_for_nothing_are_told() {
        assert_eq!(rules(&row("90", 30), None), ["unreachable"]);
        assert_eq!(rules(&row("99.9", 28), None), ["factor_below_one"]);
        assert_eq!(rules(&row("99.9", 30), None), [""; 0]);
    }

    #[test]
    fn a_short_window_needs_four_scrapes() {
        assert_eq!(rules(&row("99.9", 30), Some(75.0)), [""; 0]);
        assert_eq!(rules(&row("99.9", 30), Some(120.0)), ["short_window"]);
    }

    #[test]
    fn an_error_series_that_the_first_error_made_is_told() {
        assert_eq!(rules(&counted("99"), None), ["born_on_failure"]);
    }

    #[test]
    fn rules_that_are_slow_late_or_wrong_are_told() {
        let mut row = counted("99");
        let recorded = Recorded {
            remaining: Some(0.5),
            took_s: Some(40.0),
            every_s: Some(30.0),
            stale_s: Some(200),
            ..Recorded::default()
        };
        row.recorded = Some(recorded);
        assert_eq!(rules(&row, None), ["born_on_failure", "slow_rules", "stale_rules", "recorded_differs"]);
        row.recorded.as_mut().unwrap().remaining = row.numbers().unwrap().remaining.map(|r| r + 0.019);
        assert!(!rules(&row, None).contains(&"recorded_differs"), "within two per cent of the budget");
    }
}
