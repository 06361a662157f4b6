//! The edge cases, row by row, as far as counts decide them.

use watchfire::domain::slo::{
    Bucket, BucketSpan, Objective, Window,
    assess::{Assessment, RunsOut, assess},
    budget::{BudgetState, budget},
    exclusion::{Exclusion, adjusted},
    history::{FINE, HOURLY, History},
    series::increase,
    whatif::{WhatIf, what_if},
};

use crate::slo_properties::{EPOCH, at, outage, slo};

const DAY: i64 = 86_400;

/// A history whose every bucket is what `bucket` makes of its end and its step.
fn history(from: i64, to: i64, bucket: impl Fn(i64, i64) -> (Option<f64>, Option<f64>)) -> History {
    let mut history = History::default();
    for step in [FINE, HOURLY] {
        let span = BucketSpan { from, to, step };
        let ends = (from / step + 1..=to / step).map(|k| k * step);
        let one = |end| {
            let (bad, total) = bucket(end, step);
            Bucket { end, bad, total }
        };
        history.answer(span, ends.map(one).collect::<Vec<_>>());
    }
    history
}

fn judged(history: &History) -> Assessment {
    assess(&slo("99.9", 30 * DAY), history, at(EPOCH))
}

const MONTH: i64 = EPOCH - 31 * DAY;

#[test]
fn no_traffic_is_a_state_of_its_own_and_burns_nothing() {
    let a = judged(&history(MONTH, EPOCH, |_, _| (Some(0.0), Some(0.0))));
    assert_eq!(
        (a.state, a.sli, a.remaining, a.runs_out),
        (BudgetState::NoTraffic, None, Some(1.0), RunsOut::NoTraffic)
    );
    assert!(a.burn.iter().all(|(_, b)| *b == Some(0.0)) && a.firing().is_none() && a.band.is_none());
}

#[test]
fn no_traffic_in_one_slot_that_is_not_a_number_is_dropped_and_not_spread() {
    let nan = |end, step: i64| {
        let broken = end == EPOCH - HOURLY && step == FINE;
        if broken { (Some(f64::NAN), Some(f64::NAN)) } else { (Some(0.0), Some(step as f64)) }
    };
    let a = judged(&history(MONTH, EPOCH, nan));
    assert_eq!((a.state, a.remaining), (BudgetState::Ok, Some(1.0)));
}

#[test]
fn an_error_series_that_is_absent_is_no_errors_where_there_is_a_total() {
    let a = judged(&history(MONTH, EPOCH, |_, step| (None, Some(step as f64))));
    assert_eq!((a.state, a.bad, a.remaining, a.coverage), (BudgetState::Ok, Some(0.0), Some(1.0), Some(1.0)));
}

#[test]
fn a_total_that_is_absent_is_no_data_and_with_errors_it_is_invalid() {
    assert_eq!(judged(&history(MONTH, EPOCH, |_, _| (None, None))).state, BudgetState::NoData);
    let a = judged(&history(MONTH, EPOCH, |_, _| (Some(1.0), None)));
    assert_eq!((a.state, a.remaining, a.runs_out), (BudgetState::Invalid, None, RunsOut::NoData));
}

#[test]
fn a_scrape_gap_lowers_the_coverage_and_is_drawn_as_a_gap() {
    let gap = |end: i64| (EPOCH - 10 * DAY + 1..=EPOCH - 7 * DAY).contains(&end);
    let a = judged(&history(MONTH, EPOCH, |end, step| if gap(end) { (None, None) } else { (None, Some(step as f64)) }));
    assert_eq!(a.coverage, Some(0.9));
    assert_eq!(a.burn_down.iter().filter(|(_, v)| v.is_none()).count(), 72);
    assert!(a.burn_down.iter().all(|(t, v)| v.is_none() == gap(t.timestamp())));
    assert_eq!(a.remaining, Some(1.0));
}

#[test]
fn a_counter_reset_adds_the_new_value_and_a_negative_count_is_none() {
    assert_eq!(increase([100.0, 160.0, 220.0, 10.0, 70.0]), Some(190.0));
    let a = judged(&history(MONTH, EPOCH, |_, step| (Some(-5.0), Some(step as f64))));
    assert_eq!((a.bad, a.remaining), (Some(0.0), Some(1.0)));
}

#[test]
fn an_objective_of_100_is_exhausted_by_its_first_error() {
    let all = Objective::percent("100").unwrap();
    let (clean, one) = (budget(&all, Some(1e6), Some(0.0)), budget(&all, Some(1e6), Some(1.0)));
    assert_eq!((clean.state, clean.remaining), (BudgetState::Ok, Some(1.0)));
    assert_eq!(
        (one.state, one.remaining, one.burn),
        (BudgetState::Exhausted, Some(f64::NEG_INFINITY), Some(f64::INFINITY))
    );
    let a = assess(&slo("100", 30 * DAY), &outage(EPOCH, &[1.0]), at(EPOCH));
    assert_eq!((a.state, a.quantum, a.share(1.0)), (BudgetState::Exhausted, None, Some(f64::INFINITY)));
}

#[test]
fn a_new_slo_is_judged_on_what_there_is_and_says_how_much_that_is() {
    let born = EPOCH - 149 * HOURLY;
    let young = judged(&history(born, EPOCH, |_, step| (Some(step as f64 / 2_000.0), Some(step as f64))));
    assert_eq!(young.young().as_deref(), Some("6.2 d of 30 d"));
    assert!((young.remaining.unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(judged(&history(MONTH, EPOCH, |_, step| (None, Some(step as f64)))).young(), None);
    let newborn = judged(&history(EPOCH - 5 * HOURLY, EPOCH, |_, step| (None, Some(step as f64))));
    assert_eq!(newborn.young().as_deref(), Some("5 h of 30 d"));
}

#[test]
fn an_objective_edited_mid_window_is_computed_anew_from_the_counts() {
    let history = outage(EPOCH, &[100.0; 3]);
    let edited = WhatIf { objective: Some(Objective::percent("99.5").unwrap()), ..WhatIf::default() };
    let outcome = what_if(&slo("99.9", 30 * DAY), &history, &edited, at(EPOCH));
    assert_eq!(outcome.numbers, assess(&slo("99.5", 30 * DAY), &history, at(EPOCH)));
}

#[test]
fn a_late_rule_or_a_partial_last_bucket_is_neither_an_outage_nor_a_recovery() {
    let full = history(MONTH, EPOCH, |_, step| (None, Some(step as f64)));
    let before = assess(&slo("99.9", 30 * DAY), &full, at(EPOCH));
    let late = assess(&slo("99.9", 30 * DAY), &full, at(EPOCH + FINE + 30));
    assert_eq!((late.as_of, &late.burn, late.state), (before.as_of, &before.burn, before.state));
    let again: Vec<i64> = full.wanted(Window::rolling(30 * DAY), EPOCH).iter().map(|s| EPOCH - s.from).collect();
    assert_eq!(again, [2 * FINE, 2 * HOURLY]);
}

#[test]
fn of_a_grouped_slo_the_worst_group_comes_first() {
    let (bad, well) = (judged(&outage(EPOCH, &[1_000.0; 3])), judged(&outage(EPOCH, &[])));
    let unknown = judged(&History::default());
    assert!(bad.urgency() < unknown.urgency() && unknown.urgency() < well.urgency());
}

#[test]
fn maintenance_leaves_the_counts_out_and_stands_beside_the_raw_number() {
    let (slo, history) = (slo("99.9", 30 * DAY), outage(EPOCH, &[1_000.0; 6]));
    let maintenance = Exclusion { from: EPOCH - 1_800, to: EPOCH - 900, reason: "database move".into() };
    let both = adjusted(&slo, &history, &[maintenance.clone(), maintenance.clone()], at(EPOCH)).unwrap();
    assert_eq!((both.raw, both.bad, both.total), (assess(&slo, &history, at(EPOCH)), 3_000.0, 3_000.0));
    assert_eq!((both.adjusted.bad, both.adjusted.coverage), (Some(3_000.0), Some(1.0)));
    let past = Exclusion { from: EPOCH - 40 * DAY, to: EPOCH - 39 * DAY, ..maintenance };
    assert_eq!(adjusted(&slo, &history, &[past], at(EPOCH)), None);
}

#[test]
fn at_low_traffic_one_failure_is_a_seventh_of_the_budget_and_pages_alone() {
    let a = judged(&history(MONTH, EPOCH, |_, step| (None, Some(step as f64 / 360.0))));
    assert!((a.quantum.unwrap() - 0.138_888).abs() < 1e-5 && a.one_event_pages());
    assert!(!judged(&history(MONTH, EPOCH, |_, step| (None, Some(step as f64)))).one_event_pages());
}

#[test]
fn a_forecast_is_a_band_or_says_that_there_is_too_little_data() {
    let steady =
        |ratio: f64| judged(&history(MONTH, EPOCH, move |_, step| (Some(step as f64 * ratio), Some(step as f64))));
    let calm = steady(0.000_5);
    let band = calm.band.unwrap();
    assert_eq!((band.looks, band.soonest, band.latest, calm.runs_out), (4, None, None, RunsOut::NotAtPace));
    let rising = history(MONTH, EPOCH, |end, step| {
        let ratio = if end > EPOCH - DAY { 0.01 } else { 0.0 };
        (Some(step as f64 * ratio), Some(step as f64))
    });
    let band = judged(&rising).band.unwrap();
    assert_eq!(band.looks, 5);
    assert!(band.soonest.unwrap() <= band.middle.unwrap() && band.middle.unwrap() <= band.latest.unwrap());
    let few = judged(&outage(EPOCH, &[4.0]));
    assert_eq!((few.runs_out, few.band), (RunsOut::TooLittleData, None));
}
