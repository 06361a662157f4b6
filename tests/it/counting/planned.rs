//! Planned maintenance is left out of a number that stands beside the raw one.

use watchfire::{
    config::slo::{Around, read},
    domain::slo::{
        BudgetRow,
        explain::explain_row,
        planned::{Planned, When},
        tale,
    },
    runtime::budgets::Means,
};

use super::{NOON, at, composed, connect, counting, script, slo};

/// An hour the day before yesterday in which every tenth request failed; else one of a thousand.
const OUTAGE: (i64, i64) = (NOON - 50 * 3_600, NOON - 49 * 3_600);

fn means(slo: &str) -> Means {
    let when = When::Once { from: OUTAGE.0, to: OUTAGE.1 };
    let planned = vec![Planned { name: "upgrade".into(), slo: Some(slo.into()), service: None, when }];
    Means { planned, ..Means::default() }
}

async fn rows(slos: Vec<watchfire::domain::slo::Slo>, means: Means) -> Vec<BudgetRow> {
    let server = script(|query, end| {
        let is_out = end > OUTAGE.0 && end <= OUTAGE.1;
        let bad = if is_out { "100" } else { "1" };
        Some(if query.contains("bad") { bad } else { "1000" }.to_owned())
    })
    .await;
    let source = connect(server.url()).await;
    let mut counting = counting(&source, slos, means, at(NOON));
    counting.refresh(at(NOON), None).await.unwrap();
    counting.report(at(NOON), None).rows
}

#[tokio::test]
async fn maintenance_is_left_out_beside_the_raw_number_and_named() {
    let rows = rows(vec![slo("shop"), slo("other")], means("sh*")).await;
    let (raw, adjusted) = (rows[0].numbers().unwrap(), rows[0].adjusted.as_ref().unwrap());
    assert_eq!(rows[1].numbers().unwrap().remaining, raw.remaining, "the raw number is what it is without a plan");
    assert!(rows[1].adjusted.is_none() && adjusted.raw.remaining == raw.remaining);
    assert!((adjusted.adjusted.remaining.unwrap() - 0.9).abs() < 1e-9, "{:?}", adjusted.adjusted.remaining);
    assert_eq!((adjusted.bad, adjusted.total), (100.0, 1_000.0), "the one hour");
    let badges = tale::badges(&rows[0]);
    let (_, words) = badges.iter().find(|(badge, _)| badge == "adjusted").unwrap();
    assert_eq!(words, "90.0 % left without upgrade: 100 bad of 1000 events are left out");
    let told = explain_row(&rows[0], raw);
    let told = told.iter().find(|e| e.name == "adjusted").unwrap();
    assert!(told.result == "90.0 %" && told.values.contains("upgrade"), "{told:?}");
}

#[tokio::test]
async fn maintenance_of_a_composite_is_left_out_of_it_and_of_no_part() {
    let reading = read(&[("slo.yaml", composed::definition("Occurrences"))], &Around::default());
    let rows = rows(reading.slos, means("purchase")).await;
    for row in &rows {
        assert_eq!(row.adjusted.is_some(), row.slo.is_composite(), "{}", row.slo.id);
    }
    let whole = rows.iter().find(|r| r.slo.is_composite()).unwrap();
    let adjusted = whole.adjusted.as_ref().unwrap();
    assert!(adjusted.adjusted.remaining > adjusted.raw.remaining);
}
