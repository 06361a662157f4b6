//! On a real server, samples that stand exactly on the edge of two buckets are counted in one of them.

use watchfire::domain::slo::{BucketSpan, Counted, Indicator, Objective, Slo, Window};

use super::{DAY, connect};
use crate::support::{machine_time, real::Real};

/// Six hours, a sample a minute on the minute; every tenth is 0. The hour begins at `from`.
fn samples(from: i64) -> String {
    let lines = (0..=360_i64).map(|m| format!("ready {} {}\n", i64::from(m % 10 != 0), from + m * 60));
    format!("# TYPE ready gauge\n{}# EOF\n", lines.collect::<String>())
}

#[tokio::test]
async fn a_sample_on_the_edge_of_two_buckets_is_counted_once() {
    let from = machine_time().timestamp() / 3_600 * 3_600 - 8 * 3_600;
    let server = Real::prometheus("groups: []\n", &samples(from)).await;
    let source = connect(server.url()).await;
    for (good, total, counter) in [
        ("sum_over_time(ready[5m])", "count_over_time(ready[5m])", true),
        ("sum(sum_over_time(ready[{{.window}}]))", "sum(count_over_time(ready[{{.window}}]))", false),
        ("ready", "ready * 0 + 1", false),
        ("sum_over_time(ready[$__range])", "count_over_time((ready)[{{.window}}:1m])", false),
    ] {
        let total = if total.contains("* 0") { "count_over_time(ready[1m])" } else { total };
        let indicator = Indicator::events(Counted::Good(good.into()), total, counter);
        let slo = Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(DAY), indicator);
        for (step, each) in [(300, 5.0), (3_600, 60.0)] {
            let span = BucketSpan { from, to: from + 6 * 3_600, step };
            let tally = source.counts().unwrap().count(std::slice::from_ref(&slo), span, machine_time()).await.unwrap();
            let buckets = &tally.series[0].buckets;
            assert_eq!(buckets.len(), usize::try_from(6 * 3_600 / step).unwrap(), "{good} {:?}", tally.refused);
            assert!(buckets.iter().all(|b| b.total == Some(each)), "{good} by {step}: {buckets:?}");
            let bad: f64 = buckets.iter().filter_map(|b| b.bad).sum();
            assert_eq!(bad, 36.0, "{good} by {step}");
        }
    }
}
