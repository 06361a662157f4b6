//! Budgets and graphs that come from a plugin: counted there, or by queries that are written here.

use watchfire::{
    config::SourceConfig,
    domain::{
        signals::{Ask, Signal, Unit},
        slo::{BucketSpan, Counted, Indicator, Objective, Slo, Window},
    },
    sources::connect,
};

use super::{noon, path, plugin};

fn budget(how: &str) -> SourceConfig {
    plugin(&["/usr/bin/env", "python3", &path("tests/servers/plugin/budget.py"), how])
}

fn hour() -> BucketSpan {
    let to = noon().timestamp();
    BucketSpan { from: to - 3_600, to, step: 300 }
}

fn slo(id: &str, bad: &str) -> Slo {
    let indicator = Indicator::events(Counted::Bad(bad.into()), "all_total", true);
    Slo::new(id, Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
}

#[tokio::test]
async fn objectives_that_a_plugin_declares_are_counted_by_it() {
    let source = connect(&budget("counts")).await.unwrap();
    assert!(source.describe().can.counts && !source.describe().can.alerts && source.signals().is_none());
    let counts = source.counts().unwrap();
    let declared = counts.declared(noon()).await.unwrap();
    let [checkout] = declared.slos.as_slice() else { panic!("{declared:?}") };
    assert_eq!((checkout.id.as_str(), checkout.service.raw()), ("prod/checkout", "shop"));
    assert_eq!((checkout.objective.as_percent(), checkout.window.seconds()), ("99.5", 604_800));
    assert_eq!(declared.notes, ["one more is a draft"]);

    let wanted = [checkout.clone(), slo("other", "bad_total")];
    let tally = counts.count(&wanted, hour(), noon()).await.unwrap();
    assert_eq!((tally.series.len(), tally.samples), (1, Some(7)));
    let buckets = &tally.series[0].buckets;
    assert_eq!((buckets.len(), buckets[11].end), (12, noon().timestamp()));
    assert!(buckets.iter().all(|b| b.total == Some(500.0) && b.bad == Some(5.0)), "{buckets:?}");
    let (refused, trouble) = &tally.refused[0];
    assert_eq!((refused.as_str(), trouble.what.raw()), ("other", "there is no such service"));

    let recorded = counts.recorded(&wanted[..1], noon()).await.unwrap();
    assert_eq!((recorded[0].1.remaining, recorded[0].1.burn_over(3_600)), (Some(0.25), Some(3.5)));
    let parts = counts.drill(checkout, None, (0, 300), noon()).await.unwrap();
    assert_eq!((parts[0].label.raw(), parts[0].portions.len()), ("pod", 2));
}

#[tokio::test]
async fn one_that_answers_promql_is_asked_the_two_queries_of_each_bucket() {
    let source = connect(&budget("promql")).await.unwrap();
    let counts = source.counts().unwrap();
    let wanted = [slo("a", "bad_total"), slo("b", "nonsense_total"), slo("c", "{")];
    let tally = counts.count(&wanted, hour(), noon()).await.unwrap();
    assert_eq!(tally.series.len(), 1);
    assert!(tally.series[0].buckets.iter().all(|b| b.total == Some(500.0) && b.bad == Some(5.0)), "{tally:?}");
    let refused: Vec<&str> = tally.refused.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(refused, ["b", "c"]);
    assert!(tally.refused[0].1.what.raw().contains("nonsense"), "{tally:?}");
    assert_eq!(counts.queries(&wanted[0], 300).unwrap().total, "sum(increase(all_total[5m]))");
}

#[tokio::test]
async fn a_graph_is_read_point_by_point_from_the_moment_after_its_begin() {
    let source = connect(&budget("promql")).await.unwrap();
    let ask = Ask::recognised(Signal::Traffic, "calls", "rate(all_total[$window])".into(), Unit::PerSecond, "");
    let values = source.signals().unwrap().values(&ask, hour(), 300, noon()).await.unwrap();
    assert_eq!((values.points.len(), values.points[11].0), (12, noon().timestamp()));
    assert!(values.points.iter().all(|(_, v)| (*v - 500.0).abs() < 1e-9), "{values:?}");
}
