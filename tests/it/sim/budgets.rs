//! Counts of the simulated source: deterministic and additive.

use chrono::Duration;
use proptest::prelude::*;
use watchfire::{
    domain::{
        Time,
        slo::{BucketSpan, CountSeries, drill::rank},
    },
    sources::sim::{self, SimWorld},
};

use super::{at, epoch, source, world};

/// Bad and total of a series.
fn sums(series: &CountSeries) -> (f64, f64) {
    series.buckets.iter().fold((0.0, 0.0), |sum, b| (sum.0 + b.bad.unwrap(), sum.1 + b.total.unwrap()))
}

async fn count(world: &SimWorld, id: &str, span: BucketSpan, now: Time) -> CountSeries {
    let counting = world.sources().into_iter().find(|s| s.counts().is_some()).unwrap();
    let slo = world.scenario().slos().find(|s| s.id.as_str() == id).unwrap().clone();
    let mut all = counting.counts().unwrap().count(&[slo], span, now).await.unwrap().series;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The share of bad events in the given minutes of the payment outage.
async fn ratio(world: &SimWorld, id: &str, from_min: i64, to_min: i64) -> f64 {
    let start = epoch().timestamp();
    let span = BucketSpan { from: start + from_min * 60, to: start + to_min * 60, step: 60 };
    let (bad, total) = sums(&count(world, id, span, at("2h")).await);
    bad / total
}

#[tokio::test]
async fn only_the_budget_of_checkout_burns() {
    let world = world("payment-outage");
    assert!((ratio(&world, "checkout/availability", -60, 0).await - 0.0003).abs() < 1e-5);
    assert!((ratio(&world, "checkout/availability", 15, 25).await - 0.31).abs() < 1e-3);
    assert!((ratio(&world, "search/latency", 15, 25).await - 0.0014).abs() < 1e-4);
    assert!(ratio(&world, "ledger-export/availability", -600, 30).await.is_nan(), "no traffic");
    let left = |spent: f64| 1.0 - spent / 0.001;
    let before = left(ratio(&world, "checkout/availability", -30 * 1_440, 9).await);
    let after = left(ratio(&world, "checkout/availability", 41 - 30 * 1_440, 41).await);
    assert!((0.30..0.40).contains(&before), "{before}");
    assert!((0.45..0.55).contains(&(after / before)), "{before} -> {after}: half of what was left");
}

#[tokio::test]
async fn buckets_are_aligned_and_none_lies_in_the_future() {
    let world = world("payment-outage");
    let start = epoch().timestamp();
    let span = BucketSpan { from: start - 450, to: start + 3_600, step: 300 };
    let series = count(&world, "search/latency", span, at("7m")).await;
    let ends: Vec<i64> = series.buckets.iter().map(|b| b.end - start).collect();
    assert_eq!(ends, [-300, 0, 300]);
    let metrics = source(&world, "metrics");
    let wrong = BucketSpan { step: 0, ..span };
    assert!(metrics.counts().unwrap().count(&[], wrong, at("7m")).await.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn however_a_span_is_cut_its_counts_sum_to_the_same(
        from in -3_000_i64..40, hours in 1_i64..30, fine in prop::sample::select(vec![10_i64, 60, 300, 900]), shift_ms in 0_i64..1_000_000,
    ) {
        let scenario = sim::load("payment-outage").unwrap();
        let world = SimWorld::new(scenario, epoch() + Duration::milliseconds(shift_ms));
        let start = epoch().timestamp().div_euclid(3_600) * 3_600 + from * 3_600;
        let whole = BucketSpan { from: start, to: start + hours * 3_600, step: 3_600 };
        let cut = BucketSpan { step: fine, ..whole };
        let now = epoch() + Duration::days(30);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (coarse, fine) = runtime.block_on(async {
            let id = "checkout/availability";
            (count(&world, id, whole, now).await, count(&world, id, cut, now).await)
        });
        prop_assert_eq!(sums(&coarse), sums(&fine));
        for bucket in &fine.buckets {
            let (bad, total) = (bucket.bad.unwrap(), bucket.total.unwrap());
            prop_assert!(0.0 <= bad && bad <= total && total.fract() == 0.0 && bad.fract() == 0.0, "{:?}", bucket);
        }
    }
}

#[tokio::test]
async fn an_outage_can_be_drilled_into_and_its_portions_are_the_whole() {
    let world = world("payment-outage");
    let metrics = source(&world, "metrics");
    let slo = world.scenario().slos().find(|s| s.id.as_str() == "checkout/availability").unwrap().clone();
    let start = epoch().timestamp();
    let span = (start + 15 * 60, start + 25 * 60);
    let told = metrics.counts().unwrap().drill(&slo, None, span, at("30m")).await.unwrap();
    let ranked = rank(&told);
    assert_eq!((ranked[0].label.raw(), ranked[0].value.raw()), ("handler", "/checkout/pay"));
    assert!(ranked[0].share > 0.9 && ranked[0].lift.unwrap() > 4.0, "{:?}", ranked[0]);
    for counted in &told {
        let bad: f64 = counted.portions.iter().map(|p| p.bad).sum();
        assert!((counted.bad - bad).abs() <= 3.0, "{counted:?}");
    }
    let one = metrics.counts().unwrap().drill(&slo, Some("region"), span, at("30m")).await.unwrap();
    assert_eq!((one.len(), one[0].portions.len()), (1, 2));
    assert!(metrics.counts().unwrap().drill(&slo, Some("pod"), span, at("30m")).await.unwrap().is_empty());
    // Before the outage everything fails alike.
    let calm = metrics.counts().unwrap().drill(&slo, Some("handler"), (start - 7_200, start), at("30m")).await.unwrap();
    assert!(rank(&calm).iter().all(|r| (r.lift.unwrap() - 1.0).abs() < 0.05), "{calm:?}");
}
