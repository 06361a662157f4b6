//! Calendar periods: two numbers and which is the headline, a curve that never rises, an end that is foretold.

use proptest::prelude::*;
use watchfire::domain::slo::{
    Bucket, BucketSpan, Counted, EmptySlice, Indicator, Measure, Method, Objective, Slo, Window,
    assess::{RunsOut, assess},
    budget::BudgetState,
    calendar::{Calendar, Step},
    history::{FINE, HOURLY, History},
    projection::Basis,
};

use crate::slo_properties::{at, backend, slo};

const DAY: i64 = 86_400;
/// 2026-06-01 00:00 UTC; the month has 30 days.
const JUNE: i64 = 1_780_272_000;

fn month() -> Window {
    let anchor = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    Window::Calendar(Calendar { anchor, zone: chrono_tz::UTC, step: Step::Months(1) })
}

fn monthly(objective: &str) -> Slo {
    Slo { window: month(), ..slo(objective, DAY) }
}

/// Even traffic of one event a second since `from`, with a ratio of bad ones that depends on the time.
fn counted(from: i64, now: i64, ratio: impl Fn(i64) -> f64) -> History {
    let mut history = History::default();
    for step in [FINE, HOURLY] {
        let span = BucketSpan { from, to: now / step * step, step };
        let fines = |end: i64| (1..=step / FINE).map(move |k| end - step + k * FINE);
        let bucket = |end: i64| {
            let bad: f64 = fines(end).map(|e| ratio(e) * FINE as f64).sum();
            Bucket { end, bad: Some(bad), total: Some(step as f64) }
        };
        let all: Vec<Bucket> = (from / step + 1..=now / step).map(|k| bucket(k * step)).collect();
        history.answer(span, all);
    }
    history
}

fn near(got: Option<f64>, expected: f64) {
    assert!((got.unwrap() - expected).abs() < 1e-6, "{got:?} is not {expected}");
}

#[test]
fn a_third_of_the_month_has_two_numbers_and_the_headline_is_the_projected_one() {
    let now = JUNE + 10 * DAY;
    let a = assess(&monthly("99.9"), &counted(JUNE, now, |_| 0.0015), at(now));
    near(a.remaining_so_far, -0.5);
    near(a.remaining_projected, 0.5);
    assert_eq!((a.remaining, a.basis, a.state), (a.remaining_projected, Basis::Weeks, BudgetState::Ok));
    assert_eq!((a.period.begin, a.period.end), (JUNE, JUNE + 30 * DAY));
    // Twenty more days at 1.5x: the other half of the budget lasts ten.
    let left = a.exhausts_at.unwrap().timestamp() - now;
    assert!((10 * DAY - 60..=10 * DAY + 60).contains(&left), "{left}");
    near(a.end_remaining, -0.5);
    // Too young for last week's hours to tell of most that is to come.
    let now = JUNE + 3 * DAY;
    let young = assess(&monthly("99.9"), &counted(JUNE, now, |_| 0.0015), at(now));
    near(young.remaining_projected, 1.0 - 1.5 / 10.0);
    assert_eq!(young.basis, Basis::ProRata);
}

#[test]
fn a_pace_that_lasts_until_the_end_survives() {
    let now = JUNE + 10 * DAY;
    let spike = |end: i64| if end <= JUNE + DAY { 0.01 } else { 0.0005 };
    let a = assess(&monthly("99.9"), &counted(JUNE, now, spike), at(now));
    assert_eq!((a.runs_out, a.exhausts_at), (RunsOut::Survives, None));
    assert_eq!(a.runs_out.words(at(now)), "survives");
    near(a.end_remaining, 1.0 - (0.01 + 0.0005 * 29.0) / 0.03);
}

#[test]
fn a_spent_month_comes_back_when_the_next_one_begins() {
    let now = JUNE + 10 * DAY;
    let a = assess(&monthly("99.9"), &counted(JUNE, now, |_| 0.01), at(now));
    assert_eq!((a.state, a.runs_out), (BudgetState::Exhausted, RunsOut::Exhausted));
    assert_eq!(a.recovers_at, Some(at(JUNE + 30 * DAY)));
}

#[test]
fn the_months_traffic_is_that_of_the_same_hours_of_the_last_four_weeks() {
    let now = JUNE + 10 * DAY;
    // Weekends (UTC days 5 and 6 after Monday) have a tenth of the traffic.
    let weekend = |end: i64| ((end - 1).div_euclid(DAY) + 3).rem_euclid(7) >= 5;
    let mut history = counted(JUNE - 28 * DAY, now, |_| 0.0);
    for step in [FINE, HOURLY] {
        let span = BucketSpan { from: JUNE - 28 * DAY, to: now, step };
        let ends = ((JUNE - 28 * DAY) / step + 1..=now / step).map(|k| k * step);
        let total = |end| if weekend(end) { step as f64 / 10.0 } else { step as f64 };
        history.answer(span, ends.map(|end| Bucket { end, bad: None, total: Some(total(end)) }).collect::<Vec<_>>());
    }
    let a = assess(&monthly("99.9"), &history, at(now));
    let whole: f64 = (1..=30 * 24).map(|h| if weekend(JUNE + h * HOURLY) { 360.0 } else { 3_600.0 }).sum();
    assert_eq!(a.basis, Basis::Weeks);
    near(a.allowed_bad, 0.001 * whole);
}

#[test]
fn a_budget_of_time_stands_on_the_length_of_the_period() {
    let now = JUNE + 10 * DAY;
    let target = Objective::percent("99").unwrap();
    let method = |empty| Method::Timeslices { slice_s: 60, target: target.clone(), empty };
    let sliced = |empty| Slo { method: method(empty), ..monthly("99.9") };
    // Buckets hold slices of a minute: a day was never counted.
    let minutes = |history: History| {
        let mut h = History::default();
        for kept in history.export() {
            let span = BucketSpan { from: JUNE + DAY, to: now, step: kept.step };
            let ends = (span.from / kept.step + 1..=now / kept.step).map(|k| k * kept.step);
            let bucket = |end| Bucket { end, bad: Some(0.0), total: Some(kept.step as f64 / 60.0) };
            h.answer(span, ends.map(bucket).collect::<Vec<_>>());
        }
        h
    };
    let history = minutes(counted(JUNE, now, |_| 0.0));
    let allowed = |empty| assess(&sliced(empty), &history, at(now)).allowed_bad;
    near(allowed(EmptySlice::Good), 43.2);
    near(allowed(EmptySlice::Ignore), 43.2 - 1.44);
    let slo = sliced(EmptySlice::Good);
    assert_eq!(assess(&slo, &history, at(now)).basis, Basis::Length);
    assert_eq!((slo.time_equivalent_s(), slo.seconds_of(2.0), slo.unit()), (Some(2_592.0), Some(120.0), "slices"));
}

#[test]
fn only_a_budget_of_time_has_an_equivalent_in_minutes() {
    let events = slo("99.95", 28 * DAY);
    assert_eq!((events.time_equivalent_s(), events.seconds_of(5.0), events.unit()), (None, None, "events"));
    let indicator = Indicator { measure: Measure::Ratio(Counted::Bad("e".into())), ..events.indicator.clone() };
    let ratio = Slo { indicator, ..events };
    near(ratio.time_equivalent_s().map(|s| s / 60.0), 20.16);
    assert_eq!(ratio.unit(), "seconds");
}

#[test]
fn the_last_bucket_of_a_month_belongs_to_it() {
    let end = JUNE + 30 * DAY;
    let history = counted(JUNE, end, |_| 0.0005);
    let old = assess(&monthly("99.9"), &history, at(end + 60));
    assert_eq!((old.as_of, old.period.end), (at(end), end));
    near(old.remaining, 0.5);
    near(old.remaining_so_far, 0.5);
    near(old.end_remaining, 0.5);
    let young = assess(&monthly("99.9"), &counted(JUNE, end + FINE, |_| 0.0005), at(end + FINE));
    assert_eq!(young.period.begin, end);
    near(young.remaining_so_far, 0.5);
    assert!(young.remaining.unwrap() > 0.999);
}

#[test]
fn a_calendar_wants_four_weeks_and_the_month_that_has_just_ended() {
    let oldest = |now: i64| {
        History::default().wanted(month(), now).iter().filter(|s| s.step == HOURLY).map(|s| s.from).min().unwrap()
    };
    assert!(oldest(JUNE + DAY) <= JUNE + DAY - 28 * DAY);
    assert!(oldest(JUNE + 30 * DAY + 60) <= JUNE);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_months_burn_down_starts_full_never_rises_and_ends_at_the_headline(
        backend in backend(), elapsed in 1..30 * DAY / FINE,
    ) {
        let now = JUNE + elapsed * FINE;
        let a = assess(&monthly("99"), &backend.cold(month(), now), at(now));
        if let (Some(first), Some(last)) = (a.burn_down.first(), a.burn_down.last()) {
            prop_assert_eq!((first.0.timestamp(), first.1), (a.period.begin, Some(1.0)));
            prop_assert_eq!((last.0, last.1), (a.as_of, a.remaining));
            let values: Vec<f64> = a.burn_down.iter().filter_map(|(_, v)| *v).collect();
            prop_assert!(values.is_sorted_by(|x, y| x >= y), "{values:?}");
        }
        prop_assert!(a.exhausts_at.is_none_or(|t| t.timestamp() <= a.period.end && t >= a.as_of));
        prop_assert!(a.band.is_none_or(|b| b.soonest.is_none_or(|s| b.latest.is_none_or(|l| s <= l))));
    }

    #[test]
    fn a_month_that_fetches_its_tail_knows_what_a_cold_start_knows(
        backend in backend(), elapsed in 1..31 * DAY, every in 30..2_000_i64, polls in 1..20_i64,
    ) {
        let mut now = JUNE + elapsed;
        let mut warm = backend.cold(month(), now);
        for _ in 0..polls {
            now += every;
            backend.fetch(&mut warm, month(), now);
            warm.prune(month(), now);
        }
        let slo = monthly("99.9");
        prop_assert_eq!(assess(&slo, &warm, at(now)), assess(&slo, &backend.cold(month(), now), at(now)));
    }
}
