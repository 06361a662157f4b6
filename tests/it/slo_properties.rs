//! What must hold for every budget, whatever the counts.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use chrono::DateTime;
use proptest::prelude::*;
use watchfire::domain::{
    Time,
    slo::{
        Bucket, BucketSpan, Counted, Indicator, Objective, Slo, Window,
        assess::{Assessment, RunsOut, assess},
        budget::{BudgetState, budget},
        burn::Severity,
        history::{FINE, HOURLY, History},
        series::Buckets,
    },
};

pub(crate) const DAY: i64 = 86_400;
pub(crate) const EPOCH: i64 = 1_700_000_000 / DAY * DAY;

pub(crate) fn slo(objective: &str, window: i64) -> Slo {
    let indicator = Indicator::events(Counted::Bad("b".into()), "t", true);
    Slo::new("s", Objective::percent(objective).unwrap(), Window::rolling(window), indicator)
}

pub(crate) fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// A mix of numbers that depends on nothing but its input.
fn noise(seed: u64, n: i64) -> u64 {
    let mut x = seed ^ (n.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A backend: what it answers for a bucket is final once the bucket is `late` seconds old.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backend {
    pub(crate) seed: u64,
    pub(crate) late: i64,
    pub(crate) gaps: bool,
}

impl Backend {
    /// One fine bucket.
    fn fine(&self, end: i64) -> Bucket {
        let n = noise(self.seed, end);
        if self.gaps && (end / HOURLY % 7 == 3 || n.is_multiple_of(11)) {
            return Bucket { end, bad: None, total: None };
        }
        let total = (n >> 8) % 1_000;
        let bad = if n.is_multiple_of(5) { Some(((n >> 20) % (total + 1)) as f64) } else { None };
        Bucket { end, bad, total: Some(total as f64) }
    }

    fn count(&self, span: BucketSpan, now: i64) -> Vec<Bucket> {
        let ends = (span.from.div_euclid(span.step) + 1..=span.to.div_euclid(span.step)).map(|k| k * span.step);
        ends.filter(|end| *end <= now).filter_map(|end| self.bucket(end, span.step, now)).collect()
    }

    fn bucket(&self, end: i64, step: i64, now: i64) -> Option<Bucket> {
        let parts = (1..=step / FINE).map(|k| self.fine(end - step + k * FINE));
        let known: Vec<Bucket> = parts.filter(|b| b.total.is_some()).collect();
        if known.is_empty() {
            return None;
        }
        let part = if now >= end + self.late { 1.0 } else { 0.5 };
        let sum = |of: fn(&Bucket) -> Option<f64>| known.iter().filter_map(of).reduce(|a, b| a + b).map(|v| v * part);
        Some(Bucket { end, bad: sum(|b| b.bad), total: sum(|b| b.total) })
    }

    pub(crate) fn fetch(&self, history: &mut History, window: Window, now: i64) {
        for span in history.wanted(window, now) {
            history.answer(span, self.count(span, now));
        }
    }

    pub(crate) fn cold(&self, window: Window, now: i64) -> History {
        let mut history = History::default();
        self.fetch(&mut history, window, now);
        history
    }
}

pub(crate) fn backend() -> impl Strategy<Value = Backend> {
    (any::<u64>(), 0..600_i64, any::<bool>()).prop_map(|(seed, late, gaps)| Backend { seed, late, gaps })
}

pub(crate) fn window() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![HOURLY, 6 * HOURLY, DAY, 26 * HOURLY, 27 * HOURLY, 3 * DAY, 7 * DAY, 30 * DAY])
}

pub(crate) fn objective() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["100", "99.999999999", "99.99", "99.9", "99", "90", "50", "0.000000001"])
}

pub(crate) fn numbers(a: &Assessment) -> Vec<f64> {
    let single = [a.sli, a.total, a.bad, a.allowed_bad, a.remaining, a.consumed, a.coverage, a.quantum];
    let burn = a.burn.iter().map(|(_, b)| *b);
    let tiers = a.tiers.iter().flat_map(|t| [t.long_burn, t.short_burn, Some(t.factor)]);
    let line = a.burn_down.iter().map(|(_, v)| *v);
    single.into_iter().chain(burn).chain(tiers).chain(line).flatten().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn more_errors_never_leave_more(o in objective(), total in 0.0..1e9_f64, a in 0.0..1e9_f64, b in 0.0..1e9_f64) {
        let objective = Objective::percent(o).unwrap();
        let left = |bad: f64| budget(&objective, Some(total), Some(bad)).remaining.unwrap();
        prop_assert!(left(a.max(b)) <= left(a.min(b)));
    }

    #[test]
    fn ten_times_the_traffic_with_ten_times_the_errors_is_the_same_budget(
        o in objective(), total in 1.0..1e6_f64, share in 0.0..1.0_f64, times in 1.0..1e6_f64,
    ) {
        let objective = Objective::percent(o).unwrap();
        let one = budget(&objective, Some(total), Some(total * share));
        let many = budget(&objective, Some(total * times), Some(total * share * times));
        let (one, many) = (one.remaining.unwrap(), many.remaining.unwrap());
        prop_assert!(one == many || (one - many).abs() <= 1e-9 * one.abs().max(1.0), "{one} {many}");
    }

    #[test]
    fn two_spans_together_are_the_mean_weighted_by_traffic(
        t1 in 1..1_000_000_u32, t2 in 1..1_000_000_u32, s1 in 0.0..1.0_f64, s2 in 0.0..1.0_f64,
    ) {
        let objective = Objective::percent("99.9").unwrap();
        let (t1, t2) = (f64::from(t1), f64::from(t2));
        let left = |t: f64, b: f64| budget(&objective, Some(t), Some(b)).remaining.unwrap();
        let both = left(t1 + t2, t1 * s1 + t2 * s2);
        let mean = (left(t1, t1 * s1) * t1 + left(t2, t2 * s2) * t2) / (t1 + t2);
        prop_assert!((both - mean).abs() <= 1e-6 * mean.abs().max(1.0), "{both} {mean}");
    }

    #[test]
    fn counts_of_any_kind_never_make_a_nan(o in objective(), total in any::<Option<f64>>(), bad in any::<Option<f64>>()) {
        let b = budget(&Objective::percent(o).unwrap(), total, bad);
        let all = [b.sli, b.error_ratio, b.allowed_bad, b.remaining, b.consumed, b.burn];
        prop_assert!(all.into_iter().flatten().all(|v| !v.is_nan()), "{b:?}");
        prop_assert!(b.remaining.is_none_or(|r| r <= 1.0) && b.sli.is_none_or(|s| (0.0..=1.0).contains(&s)), "{b:?}");
    }

    #[test]
    fn the_burn_down_starts_full_never_rises_and_ends_at_the_headline(
        backend in backend(), o in objective(), w in window(), minute in 0..1_440_i64,
    ) {
        let now = EPOCH + minute * 60;
        let a = assess(&slo(o, w), &backend.cold(Window::rolling(w), now), at(now));
        prop_assert!(numbers(&a).iter().all(|v| !v.is_nan()), "{a:?}");
        if let (Some(first), Some(last)) = (a.burn_down.first(), a.burn_down.last()) {
            prop_assert_eq!(first.1, Some(1.0));
            prop_assert_eq!((last.0, last.1), (a.as_of, a.remaining));
            let values: Vec<f64> = a.burn_down.iter().filter_map(|(_, v)| *v).collect();
            prop_assert!(values.is_sorted_by(|x, y| x >= y), "{values:?}");
            prop_assert!(a.burn_down.is_sorted_by(|x, y| x.0 < y.0));
        } else {
            prop_assert_eq!(a.total, None);
        }
    }

    #[test]
    fn what_runs_out_lies_ahead_and_only_one_of_both_turns_is_foretold(
        backend in backend(), o in objective(), w in window(),
    ) {
        let a = assess(&slo(o, w), &backend.cold(Window::rolling(w), EPOCH), at(EPOCH));
        let exhausted = a.state == BudgetState::Exhausted;
        prop_assert!(!(exhausted && a.exhausts_at.is_some()) && (exhausted || a.recovers_at.is_none()));
        let turn = a.exhausts_at.or(a.recovers_at);
        prop_assert!(turn.is_none_or(|t| t >= a.as_of && t <= a.as_of + chrono::Duration::seconds(w + HOURLY)), "{turn:?}");
    }

    #[test]
    fn a_cache_that_fetches_its_tail_knows_what_a_cold_start_knows(
        backend in backend(), w in window(), every in 30..2_000_i64, polls in 1..40_i64,
    ) {
        let window = Window::rolling(w);
        let mut warm = backend.cold(window, EPOCH);
        let mut now = EPOCH;
        for _ in 0..polls {
            now += every;
            backend.fetch(&mut warm, window, now);
            warm.prune(window, now);
        }
        let slo = slo("99.9", w);
        let (warm, cold) = (assess(&slo, &warm, at(now)), assess(&slo, &backend.cold(window, now), at(now)));
        prop_assert_eq!(warm.total, cold.total);
        prop_assert_eq!(warm, cold);
    }

    #[test]
    fn splitting_buckets_never_changes_a_sum(seed in any::<u64>(), from in 0..200_i64, len in 1..200_i64) {
        let backend = Backend { seed, late: 0, gaps: true };
        let (mut fine, mut hourly) = (Buckets::new(FINE), Buckets::new(HOURLY));
        let now = EPOCH + 500 * HOURLY;
        let (from, to) = (EPOCH + from * HOURLY, EPOCH + (from + len) * HOURLY);
        for tier in [&mut fine, &mut hourly] {
            let span = BucketSpan { from: EPOCH, to: now, step: tier.step() };
            tier.answer(span, backend.count(span, now));
        }
        let (fine, hourly) = (fine.sum(from, to), hourly.sum(from, to));
        prop_assert_eq!((fine.bad, fine.total, fine.expected), (hourly.bad, hourly.total, hourly.expected));
    }
}

/// A history of even traffic with the bad events of the newest buckets given, newest last.
pub(crate) fn outage(now: i64, bad: &[f64]) -> History {
    let mut history = History::default();
    for span in history.wanted(Window::rolling(30 * DAY), now) {
        let per = |end: i64, step: i64| {
            let first = now - i64::try_from(bad.len()).unwrap() * FINE;
            let inside = (0..).zip(bad).filter(|(k, _)| (end - step..end).contains(&(first + k * FINE)));
            Bucket { end, bad: Some(inside.map(|(_, b)| b).sum()), total: Some(1_000.0 * (step / FINE) as f64) }
        };
        let ends = (span.from / span.step + 1..=span.to / span.step).map(|k| k * span.step);
        history.answer(span, ends.map(|end| per(end, span.step)).collect::<Vec<_>>());
    }
    history
}

#[test]
fn an_outage_pages_at_once_and_after_a_quarter_of_an_hour_says_when_the_budget_is_gone() {
    let now = EPOCH + 25 * 60;
    let slo = slo("99.9", 30 * DAY);
    let spike = assess(&slo, &outage(now, &[1_000.0]), at(now));
    assert_eq!(spike.burn[0], ("5m", Some(1_000.0)));
    assert!((spike.burn[2].1.unwrap() - 1_000.0 / 12.0).abs() < 1e-9, "{:?}", spike.burn);
    assert_eq!((spike.firing(), spike.runs_out), (Some(Severity::Page), RunsOut::NotAtPace));
    let a = assess(&slo, &outage(now, &[1_000.0; 3]), at(now));
    assert_eq!(a.tiers.iter().filter(|t| t.firing).count(), 4);
    // 5640 of 8640 allowed errors are left, and 200 more come every minute.
    let left = a.exhausts_at.unwrap() - a.as_of;
    assert!((28..=29).contains(&left.num_minutes()), "{left}");
    assert!(a.runs_out.words(a.as_of).starts_with("in 28m"), "{:?}", a.runs_out.words(a.as_of));
    assert!(a.recovers_at.is_none() && a.coverage == Some(1.0));
}

#[test]
fn a_spent_budget_comes_back_when_its_outage_leaves_the_window() {
    let now = EPOCH;
    let later = now + 2 * DAY;
    let a = assess(&slo("99", 7 * DAY), &outage(now, &[1_000.0; 24]), at(now));
    assert_eq!((a.state, a.runs_out.words(a.as_of).as_str()), (BudgetState::Exhausted, "exhausted"));
    let mut history = outage(now, &[1_000.0; 24]);
    for step in [HOURLY, FINE] {
        let span = BucketSpan { from: now, to: later, step };
        let ends = (now / step + 1..=later / step).map(|k| k * step);
        let total = 1_000.0 * (step / FINE) as f64;
        history.answer(span, ends.map(|end| Bucket { end, bad: None, total: Some(total) }).collect::<Vec<_>>());
    }
    let a = assess(&slo("99", 7 * DAY), &history, at(later));
    assert!(
        a.state == BudgetState::Exhausted && a.firing().is_some_and(|s| s == Severity::Ticket) || a.firing().is_none()
    );
    let hours = (a.recovers_at.unwrap() - a.as_of).num_hours();
    assert!((5 * 24 - 3..=5 * 24).contains(&hours), "{hours}");
}

#[test]
fn nothing_known_is_no_data_and_never_a_full_budget() {
    let a = assess(&slo("99.9", 30 * DAY), &History::default(), at(EPOCH));
    assert_eq!((a.state, a.remaining, a.coverage), (BudgetState::NoData, None, Some(0.0)));
    assert_eq!(a.runs_out.words(a.as_of), "no data");
    assert!(a.burn_down.is_empty() && a.firing().is_none() && a.burn.iter().all(|(_, b)| b.is_none()));
}

#[test]
fn the_worst_comes_first_and_the_unknown_before_the_well() {
    let now = EPOCH;
    let slo = slo("99.9", 30 * DAY);
    let page = assess(&slo, &outage(now, &[1_000.0]), at(now));
    let well = assess(&slo, &outage(now, &[]), at(now));
    let unknown = assess(&slo, &History::default(), at(now));
    let with = |f: fn(&mut Assessment)| {
        let mut a = well.clone();
        f(&mut a);
        a
    };
    let ticket = with(|a| a.tiers[2].firing = true);
    let spent = with(|a| {
        a.state = BudgetState::Exhausted;
        a.remaining = Some(-0.5);
    });
    let soon = with(|a| a.exhausts_at = Some(a.as_of + chrono::Duration::hours(1)));
    let less = with(|a| a.remaining = Some(0.2));
    let broken = with(|a| a.remaining = Some(f64::NEG_INFINITY));
    let order = [&page, &ticket, &spent, &soon, &unknown, &broken, &less, &well];
    assert!(order.iter().map(|a| a.urgency()).is_sorted_by(|a, b| a < b));
}
