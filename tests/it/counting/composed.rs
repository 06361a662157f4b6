//! A composite has a row as everything that is counted: numbers of its parts, and as blind as the blindest of them.

use watchfire::{
    config::slo::{Around, read},
    domain::slo::{BudgetRow, Slo, budget::BudgetState},
    runtime::budgets::Means,
};

use super::{NOON, at, connect, counting, is_range, script, watched};
use crate::support::server::Server;

/// Of the cart one of two hundred fails, of the mails one of a hundred.
pub(super) fn definition(method: &str) -> String {
    let objective = |name: &str, weight: &str| {
        let query = |which: &str| format!("{{metricSource: {{spec: {{query: {name}_{which}}}}}}}");
        format!(
            "    - {{displayName: {name}, target: 0.98, compositeWeight: {weight}, indicator: {{metadata: {{name: \
             {name}}}, spec: {{ratioMetric: {{counter: true, bad: {}, total: {}}}}}}}}}\n",
            query("bad"),
            query("all")
        )
    };
    format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: purchase}}\nspec:\n  service: journey\n  timeWindow: \
         [{{duration: 7d, isRolling: true}}]\n  budgetingMethod: {method}\n  objectives:\n{}{}",
        objective("cart", "3"),
        objective("mails", "1")
    )
}

fn slos() -> Vec<Slo> {
    let reading = read(&[("slo.yaml", definition("Occurrences"))], &Around::default());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    reading.slos
}

async fn shop(mails: bool) -> Server {
    script(move |query, _| {
        let count = match query {
            q if q.contains("cart_bad") => "5",
            q if q.contains("mails_bad") => "10",
            _ => "1000",
        };
        (mails || !query.contains("mails")).then(|| count.to_owned())
    })
    .await
}

fn whole(rows: &[BudgetRow]) -> &BudgetRow {
    rows.iter().find(|r| r.slo.is_composite()).unwrap()
}

#[tokio::test]
async fn a_composite_shows_the_numbers_of_its_parts() {
    let server = shop(true).await;
    let source = connect(server.url()).await;
    let mut counting = counting(&source, slos(), Means::default(), at(NOON));
    assert!(counting.open().rows.iter().all(|r| r.numbers.is_none()));
    counting.refresh(at(NOON), None).await.unwrap();
    let report = counting.report(at(NOON), None);
    let row = whole(&report.rows);
    let n = row.numbers().unwrap();
    // Three quarters of 0.5 % and a quarter of 1 % lack, of 2 % that may.
    assert!((n.remaining.unwrap() - (1.0 - 0.00625 / 0.02)).abs() < 1e-6, "{:?}", n.remaining);
    assert!((n.burn[2].1.unwrap() - 0.3125).abs() < 1e-6 && n.state == BudgetState::Ok);
    assert!(row.trouble.is_none() && row.counted_at == Some(at(NOON)) && !row.history.hourly.is_empty());
    let asked = server.seen().iter().filter(|r| is_range(r) && r.body.contains("purchase")).count();
    assert_eq!(asked, 0, "nobody is asked for the whole");
}

#[tokio::test]
async fn looking_at_a_composite_is_looking_at_its_parts() {
    let server = shop(true).await;
    let source = connect(server.url()).await;
    let slos = slos();
    let id = slos.iter().find(|s| s.is_composite()).unwrap().id.clone();
    let (_eyes, rows) = watched(&[id.as_str()]);
    let mut counting = counting(&source, slos, Means::default(), at(NOON)).watching(rows);
    counting.refresh(at(NOON), None).await.unwrap();
    for minute in 1..4 {
        let now = at(NOON + 60 * minute);
        counting.refresh(now, None).await.unwrap();
        assert_eq!(whole(&counting.report(now, None).rows).counted_at, Some(now));
    }
}

#[tokio::test]
async fn a_composite_one_of_whose_parts_is_blind_is_unknown() {
    let server = shop(false).await;
    let source = connect(server.url()).await;
    let mut counting = counting(&source, slos(), Means::default(), at(NOON));
    counting.refresh(at(NOON), None).await.unwrap();
    let n = whole(&counting.report(at(NOON), None).rows).numbers.clone().unwrap();
    assert_eq!((n.state, n.remaining, n.burn[2].1), (BudgetState::NoData, None, None));
}

#[tokio::test]
async fn what_is_in_the_way_of_a_part_is_in_the_way_of_the_whole() {
    let server = shop(true).await;
    let source = connect(server.url()).await;
    let mut slos = slos();
    let part = slos.iter_mut().find(|s| s.id.as_str().contains("mails")).unwrap();
    part.indicator = watchfire::domain::slo::Indicator::events(
        watchfire::domain::slo::Counted::Bad("x offset 1h".into()),
        "mails_all",
        true,
    );
    let mut counting = counting(&source, slos, Means::default(), at(NOON));
    counting.refresh(at(NOON), None).await.unwrap();
    let report = counting.report(at(NOON), None);
    let row = whole(&report.rows);
    assert!(row.numbers.is_none(), "never green when blind");
    let why = &row.trouble.as_ref().unwrap().what;
    assert!(why.raw().contains("mails") && why.raw().contains("offset"), "{}", why.raw());
}
