//! What follows from an assessment and its counts: causes, returns, policy, spans, what-if, the meter, the cache.

use proptest::prelude::*;
use watchfire::domain::slo::{
    Objective, Window,
    aging::returns,
    assess::assess,
    attribution::{Cause, CauseKind, Measured, account, attribute, baseline, bursts, what_burned},
    history::History,
    meter::meter,
    policy::{Policy, Stance},
    span::spent,
    timeline::{Stretch, Timeline},
    whatif::{Outage, WhatIf, what_if},
};

use crate::slo_properties::{EPOCH, at, backend, objective, outage, slo, window};

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

fn cause(kind: CauseKind, name: &str, from: i64, to: i64) -> Cause {
    Cause { kind, name: name.into(), from, to }
}

fn line_of(history: &History, window: i64) -> Timeline {
    Timeline::of(history, history.head(EPOCH), window)
}

fn close(got: f64, expected: f64) -> bool {
    got == expected || (got - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

#[test]
fn an_incident_takes_what_its_alert_would_and_a_burst_takes_what_nobody_named() {
    let stretch = |k: i64, bad: f64| Stretch { start: k * 300, end: (k + 1) * 300, bad, total: 1_000.0, known: true };
    let bad = [0.0, 50.0, 50.0, 0.0, 0.0, 80.0, 0.0, 1.0];
    let stretches: Vec<Stretch> = (0..).zip(bad).map(|(k, b)| stretch(k, b)).collect();
    let causes = [cause(CauseKind::Incident, "INC-1", 300, 900), cause(CauseKind::Alert, "Burn", 0, 1_200)];
    let found = what_burned(Measured { allowed: 1_000.0, baseline: 0.001 }, &causes, &stretches);
    let of = |name: &str| found.shares.iter().find(|s| s.cause.name == *name).unwrap();
    assert!(close(of("INC-1").gross, 0.1) && close(of("INC-1").net, 0.098), "{found:?}");
    assert_eq!(of("Burn").gross, 0.0);
    assert!(close(found.unattributed, 0.081) && close(found.consumed, 0.181), "{found:?}");
    assert_eq!(found.shares[0].cause.name, "INC-1");
    assert!(close(baseline(&causes, &stretches), 81.0 / 4_000.0));
}

#[test]
fn what_nobody_named_is_found_and_the_account_sums_to_what_was_consumed() {
    let history = outage(EPOCH, &[500.0, 500.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 800.0]);
    let slo = slo("99.9", 30 * DAY);
    let a = assess(&slo, &history, at(EPOCH));
    let named = [
        cause(CauseKind::Incident, "INC-1", EPOCH - 300, EPOCH),
        cause(CauseKind::Alert, "Burn", EPOCH - 9_000, EPOCH - 2_400),
    ];
    let found = account(&a, 0.001, &line_of(&history, 30 * DAY), &named);
    let seen: Vec<_> = found.shares.iter().map(|s| (s.cause.name.raw(), s.bad)).collect();
    assert_eq!(seen, [("Burn", 1_000.0), ("INC-1", 800.0)], "{found:?}");
    assert!(close(found.consumed, a.consumed.unwrap()) && found.unattributed == 0.0);
    let found = account(&a, 0.001, &line_of(&history, 30 * DAY), &named[..1]);
    let seen: Vec<_> = found.shares.iter().map(|s| (s.cause.kind, s.bad)).collect();
    assert_eq!(seen, [(CauseKind::Burst, 1_000.0), (CauseKind::Incident, 800.0)]);
}

#[test]
fn bursts_join_across_half_an_hour_and_are_called_by_the_alert_that_fired_then() {
    let stretch = |k: i64| {
        let bad = if [2, 3, 9, 17].contains(&k) { 20.0 } else { 1.0 };
        Stretch { start: k * 300, end: (k + 1) * 300, bad, total: 1_000.0, known: true }
    };
    let stretches: Vec<Stretch> = (0..30).map(stretch).collect();
    let alerts = [cause(CauseKind::Alert, "Short", 600, 700), cause(CauseKind::Alert, "CheckoutBurn", 700, 2_000)];
    let found = bursts(0.001, &stretches, &alerts);
    // 4..9 is 25 minutes of quiet, 10..17 is 35.
    let edges: Vec<_> = found.iter().map(|c| (c.from / 300, c.to / 300, c.name.raw().to_owned())).collect();
    assert_eq!(edges, [(2, 10, "CheckoutBurn".into()), (17, 18, "errors without an alert".into())]);
}

#[test]
fn a_policy_stands_since_the_curve_fell_below_its_limit_and_until_the_budget_is_back() {
    let day = 7 * DAY;
    let slo = slo("99", day);
    let a = assess(&slo, &outage(EPOCH, &[1_000.0; 24]), at(EPOCH));
    let standing = Policy::default().standing(&a);
    assert_eq!((standing.stance, standing.until), (Stance::Freeze, a.recovers_at));
    let since = standing.since.unwrap();
    assert!(since > at(EPOCH - 2 * HOUR) && since <= a.as_of, "{since}");
    let policy = Policy::default();
    assert_eq!(policy.stance(Some(0.0)), Stance::Freeze);
    assert_eq!(policy.stance(Some(0.25)), Stance::Warn);
    assert_eq!(policy.stance(Some(0.250_1)), Stance::Ok);
    assert_eq!(policy.stance(None).as_str(), "UNKNOWN");
    assert_eq!(policy.standing(&assess(&slo, &outage(EPOCH, &[]), at(EPOCH))).since, None);
}

#[test]
fn the_meter_says_what_goes_in_a_minute_and_when_nothing_is_left() {
    // Half an hour in which every other event failed; of 8,640,000 events, 8,640 may.
    let history = outage(EPOCH, &[500.0; 6]);
    let slo = slo("99.9", 30 * DAY);
    let a = assess(&slo, &history, at(EPOCH));
    let m = meter(&slo, &a, &line_of(&history, 30 * DAY), at(EPOCH - 1_800), 0.0);
    assert!(close(m.spent.share.unwrap(), 3_000.0 / 8_640.0), "{m:?}");
    assert!(close(m.per_minute.unwrap(), 100.0 / 8_640.0));
    assert_eq!((m.net, m.if_fixed_now), (m.spent.share, a.remaining));
    let gone = m.gone.unwrap();
    assert!(((gone.at - a.as_of).num_seconds() - 3_384).abs() <= 1 && gone.give_or_take_s < 1.0, "{gone:?}");
    assert_eq!(m.next, None, "{:?}", a.tiers);
    let slow = outage(EPOCH, &[20.0; 6]);
    let a = assess(&slo, &slow, at(EPOCH));
    let next = meter(&slo, &a, &line_of(&slow, 30 * DAY), at(EPOCH - 1_800), 0.0).next.unwrap();
    assert_eq!(next.tier, 0);
    // 2 % of an hour's events is 20x: 14.4x after 43.2 minutes, of which 30 are over.
    assert!((next.fires_in - 13.2 * 60.0).abs() <= 15.0, "{next:?}");
}

#[test]
fn a_planned_outage_costs_what_its_minutes_cost_and_names_the_tiers_it_fires() {
    let (slo, history) = (slo("99.9", 30 * DAY), outage(EPOCH, &[]));
    let plan = |minutes, ratio| {
        let changes = WhatIf { outage: Some(Outage { minutes, ratio }), ..WhatIf::default() };
        what_if(&slo, &history, &changes, at(EPOCH)).outage.unwrap()
    };
    let after = plan(43.2, 1.0);
    assert!(close(after.share, 1.0) && after.remaining.unwrap().abs() < 1e-9, "{after:?}");
    assert_eq!(after.fires.len(), 4);
    let small = plan(5.0, 0.01);
    assert!(close(small.share, 5.0 * 0.01 / 43.2) && small.fires.is_empty(), "{small:?}");
}

#[test]
fn without_its_incident_a_budget_is_what_it_usually_is() {
    let (slo, history) = (slo("99.9", 30 * DAY), outage(EPOCH, &[500.0; 6]));
    let changes = WhatIf { without: vec![(EPOCH - 1_800, EPOCH)], ..WhatIf::default() };
    let outcome = what_if(&slo, &history, &changes, at(EPOCH));
    assert_eq!((outcome.numbers.remaining, outcome.numbers.firing()), (Some(1.0), None));
    assert_eq!(outcome.numbers.total, assess(&slo, &history, at(EPOCH)).total);
    let tighter = WhatIf { objective: Some(Objective::percent("99.99").unwrap()), ..WhatIf::default() };
    let spent = what_if(&slo, &history, &tighter, at(EPOCH)).numbers.consumed.unwrap();
    assert!(close(spent, 10.0 * 3_000.0 / 8_640.0), "{spent}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_if_nothing_changes_is_what_is(backend in backend(), o in objective(), w in window()) {
        let (slo, history) = (slo(o, w), backend.cold(Window::rolling(w), EPOCH));
        let same = WhatIf {
            objective: Some(slo.objective.clone()), window: Some(slo.window), baseline: 0.1, ..WhatIf::default()
        };
        for changes in [WhatIf::default(), same] {
            let outcome = what_if(&slo, &history, &changes, at(EPOCH));
            prop_assert_eq!(&outcome.numbers, &assess(&slo, &history, at(EPOCH)));
            prop_assert_eq!((&outcome.slo, &outcome.history), (&slo, &history));
        }
    }

    #[test]
    fn what_burned_sums_to_what_was_consumed(
        backend in backend(), w in window(), spans in prop::collection::vec((0.0..1.0_f64, 0.0..0.2_f64, 0..4_usize), 0..6),
    ) {
        let (slo, history) = (slo("99", w), backend.cold(Window::rolling(w), EPOCH));
        let a = assess(&slo, &history, at(EPOCH));
        let line = line_of(&history, w);
        let kinds = [CauseKind::Incident, CauseKind::Alert, CauseKind::Deploy, CauseKind::Burst];
        #[allow(clippy::cast_possible_truncation, reason = "within a window")]
        let causes: Vec<Cause> = spans.iter().map(|(from, length, kind)| {
            let from = a.period.begin + (from * w as f64) as i64;
            cause(kinds[*kind], "x", from, from + (length * w as f64) as i64)
        }).collect();
        let measured = Measured { allowed: a.allowed_bad.unwrap_or(1.0), baseline: 0.1 };
        for found in [attribute(measured, &causes, line.stretches()), what_burned(measured, &causes, line.stretches())] {
            let sum = found.shares.iter().map(|s| s.gross).sum::<f64>() + found.unattributed;
            prop_assert!(close(sum, found.consumed));
            prop_assert!(close(found.consumed, a.consumed.unwrap_or(0.0)), "{} {:?}", found.consumed, a.consumed);
            prop_assert!(found.shares.iter().all(|s| s.net >= 0.0 && s.net <= s.gross + 1e-9));
        }
    }

    #[test]
    fn what_returns_day_by_day_is_what_was_consumed(backend in backend(), w in window()) {
        let (slo, history) = (slo("99", w), backend.cold(Window::rolling(w), EPOCH));
        let a = assess(&slo, &history, at(EPOCH));
        let back = returns(slo.window, &a, &line_of(&history, w));
        let share: f64 = back.iter().map(|r| r.share).sum();
        prop_assert!(close(share, a.consumed.unwrap_or(0.0)), "{share} {:?}", a.consumed);
        prop_assert!(back.is_sorted_by(|x, y| x.to == y.from) && back.last().is_none_or(|r| r.to == a.as_of + chrono::Duration::seconds(w)));
    }

    #[test]
    fn the_spans_of_a_window_spend_together_what_it_spent(backend in backend(), w in window(), cut in 0.0..1.0_f64) {
        let (slo, history) = (slo("99", w), backend.cold(Window::rolling(w), EPOCH));
        let a = assess(&slo, &history, at(EPOCH));
        let line = line_of(&history, w);
        #[allow(clippy::cast_possible_truncation, reason = "within a window")]
        let middle = at(a.period.begin + (cut * w as f64) as i64);
        let begin = at(line.start().unwrap());
        let part = |from, to| spent(&a, 0.01, &line, from, to).share.unwrap_or(0.0);
        let both = part(begin, middle) + part(middle, a.as_of);
        prop_assert!(close(both, a.consumed.unwrap_or(0.0)), "{both} {:?}", a.consumed);
        prop_assert_eq!(part(middle, begin), part(begin, middle));
    }

    #[test]
    fn a_history_that_was_kept_answers_as_before(backend in backend(), w in window()) {
        let window = Window::rolling(w);
        let history = backend.cold(window, EPOCH);
        let back = History::import(&history.export());
        prop_assert_eq!(&back, &history);
        prop_assert_eq!(back.wanted(window, EPOCH + 900), history.wanted(window, EPOCH + 900));
    }

    #[test]
    fn a_line_in_time_sums_as_its_history(backend in backend(), w in window(), columns in 1..200_i64) {
        let history = backend.cold(Window::rolling(w), EPOCH);
        let line = line_of(&history, w);
        let head = history.head(EPOCH);
        let (sums, whole) = (line.sum(line.start().unwrap(), head), history.sum(head, w));
        prop_assert!(close(sums.bad.unwrap_or(0.0), whole.bad.unwrap_or(0.0)));
        prop_assert!(close(sums.total.unwrap_or(0.0), whole.total.unwrap_or(0.0)));
        let parts = (0..columns).map(|k| {
            let edge = |k: i64| line.start().unwrap() + (head - line.start().unwrap()) * k / columns;
            line.within(edge(k), edge(k + 1)).stretches().iter().map(|s| s.bad).sum::<f64>()
        });
        let bad: f64 = parts.sum();
        prop_assert!(close(bad, whole.bad.unwrap_or(0.0)), "{bad} {:?}", whole.bad);
    }
}
