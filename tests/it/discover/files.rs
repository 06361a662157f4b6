//! What the user's files say stands before what was found; both ends come together where budgets are counted.

use watchfire::{
    config::slo::{Around, read},
    domain::slo::OriginKind,
    runtime::{clock::Clock, once},
};

use super::{
    connect,
    real::samples,
    shapes::{HEAD, Sloth},
    until,
};
use crate::support::real::Real;

#[tokio::test]
async fn a_server_alone_gives_counted_budgets_and_a_file_renames_one_of_them() {
    let ratio = "(sum(rate(http_requests_total{code=~\"5..\"}[WINDOW]))) / (sum(rate(http_requests_total[WINDOW])))";
    let slo = Sloth {
        service: "shop",
        name: "pay",
        objective: "99",
        days: 30,
        ratio: ratio.into(),
        alerts: true,
        labels: &[],
    };
    let server = Real::prometheus(&format!("{HEAD}{}", slo.groups()), &samples()).await;
    let sources = vec![connect(server.url()).await];
    let counted = |files: Vec<watchfire::domain::slo::Slo>| {
        let sources = sources.clone();
        async move { once::budgets(&sources, files, &[], Clock::real()).await }
    };
    let answers = until(|| counted(Vec::new()), |c| c.iter().any(|(_, report)| !report.rows.is_empty())).await;
    let row = &answers[0].1.rows[0];
    let numbers = row.numbers().expect("it was counted");
    assert_eq!((row.slo.id.as_str(), row.slo.origin.kind), ("shop-pay", OriginKind::Rules));
    // One of thirty fails, where one of a hundred may.
    assert!((numbers.remaining.unwrap() + 2.33).abs() < 0.1, "{numbers:?}");

    let text = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: shop-pay, displayName: Payments}\nspec:\n  service: shop\n  indicator: {metadata: {name: x}, spec: {ratioMetric: {counter: true, bad: {metricSource: {type: prometheus, spec: {query: 'http_requests_total{code=\"500\"}'}}}, total: {metricSource: {type: prometheus, spec: {query: http_requests_total}}}}}}\n  timeWindow: [{duration: 28d, isRolling: true}]\n  budgetingMethod: Occurrences\n  objectives: [{target: 0.9}]\n";
    let reading = read(&[("slo.yaml", text)], &Around::default());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let answers = counted(reading.slos).await;
    let rows = &answers[0].1.rows;
    assert_eq!(rows.len(), 1, "one objective is one row");
    assert_eq!((rows[0].slo.title.raw(), rows[0].slo.objective.as_percent()), ("Payments", "90"));
    assert_eq!(rows[0].slo.origin.kind, OriginKind::OpenSlo);
}
