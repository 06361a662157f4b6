//! What budgets stand on when counts are odd, each through the whole path from a server's answer to a row.

use watchfire::{
    domain::slo::{BudgetRow, Counted, Indicator, Objective, Slo, Window, budget::BudgetState, sane},
    runtime::budgets::{Means, cache::Cache},
};

use super::{DAY, NOON, at, connect, counting, script, slo};
use crate::support::server::Server;

/// Always the same.
fn constant(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn is_bad(query: &str) -> bool {
    query.contains("bad{")
}

async fn read(server: &Server, slo: Slo) -> BudgetRow {
    let source = connect(server.url()).await;
    let mut counting = counting(&source, vec![slo], Means::default(), at(NOON));
    counting.refresh(at(NOON), None).await.unwrap();
    counting.report(at(NOON), None).rows.remove(0)
}

/// One objective of 99 % over thirty days, of these bad and all events by the end of a bucket.
async fn row(
    bad: impl Fn(i64) -> Option<String> + Send + Sync + 'static,
    total: impl Fn(i64) -> Option<String> + Send + Sync + 'static,
) -> BudgetRow {
    let server = script(move |query, end| if is_bad(query) { bad(end) } else { total(end) }).await;
    read(&server, slo("x")).await
}

fn state(row: &BudgetRow) -> BudgetState {
    row.numbers().unwrap().state
}

#[tokio::test]
async fn no_traffic_is_idle_and_neither_well_nor_unknown() {
    let row = row(|_| None, |_| constant("0")).await;
    let n = row.numbers().unwrap();
    assert_eq!((n.state, n.remaining, n.burn[2].1, n.sli), (BudgetState::NoTraffic, Some(1.0), Some(0.0), None));
    assert!(n.tiers.iter().all(|t| !t.firing));
}

#[tokio::test]
async fn what_is_not_a_number_is_dropped_and_the_rest_counts() {
    let odd = |end: i64| (end / 3_600) % 4 == 0;
    let row = row(
        move |end| constant(if odd(end) { "NaN" } else { "2" }),
        move |end| constant(if odd(end) { "NaN" } else { "100" }),
    )
    .await;
    let n = row.numbers().unwrap();
    assert!((n.sli.unwrap() - 0.98).abs() < 1e-9, "{n:?}");
    assert!((0.7..0.8).contains(&n.coverage.unwrap()), "{:?}", n.coverage);
    let all = self::row(|_| constant("NaN"), |_| constant("+Inf")).await;
    assert_eq!(state(&all), BudgetState::NoData);
}

#[tokio::test]
async fn no_error_series_is_no_errors_where_there_is_a_total() {
    let row = row(|_| None, |_| constant("100")).await;
    let n = row.numbers().unwrap();
    assert_eq!((n.state, n.remaining, n.bad, n.burn[0].1), (BudgetState::Ok, Some(1.0), Some(0.0), Some(0.0)));
    let told: Vec<&str> = sane::lint(&row, None).iter().map(|f| f.rule).collect();
    assert_eq!(told, ["born_on_failure"], "and the first error will be missed");
}

#[tokio::test]
async fn no_series_of_good_events_is_no_good_event_in_every_form_of_the_query() {
    let good = |query: &str| {
        let indicator = Indicator::events(Counted::Good(query.into()), "all", true);
        Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(30 * DAY), indicator)
    };
    let since = NOON - 6 * 3_600;
    for query in ["good", "sum(rate(good[5m]))", "sum(increase(good[{{.window}}]))"] {
        let never = script(|query, _| if query.contains("good") { None } else { constant("100") }).await;
        let n = read(&never, good(query)).await.numbers.unwrap();
        assert_eq!((n.state, n.sli, n.bad), (BudgetState::Exhausted, Some(0.0), n.total), "{query}");
        let of_late =
            script(move |query, end| if query.contains("good") && end > since { None } else { constant("100") }).await;
        let n = read(&of_late, good(query)).await.numbers.unwrap();
        assert_eq!((n.burn[2].1.map(f64::round), n.burn[6].1.map(|b| b > 1.0)), (Some(100.0), Some(true)), "{query}");
        assert!(n.firing().is_some(), "{query}");
        let idle = script(|query, _| if query.contains("good") { None } else { constant("0") }).await;
        assert_eq!(state(&read(&idle, good(query)).await), BudgetState::NoTraffic, "{query}");
        let blind = script(|query, _| if query.contains("good") { constant("100") } else { None }).await;
        assert_eq!(state(&read(&blind, good(query)).await), BudgetState::NoData, "{query}");
    }
}

#[tokio::test]
async fn without_a_total_nothing_is_known_and_errors_alone_contradict_it() {
    let nothing = row(|_| None, |_| None).await;
    assert_eq!(state(&nothing), BudgetState::NoData);
    assert_eq!(nothing.numbers().unwrap().remaining, None);
    let errors = row(|_| constant("5"), |_| None).await;
    assert_eq!(state(&errors), BudgetState::Invalid);
    let more = row(|_| constant("5"), |_| constant("3")).await;
    assert_eq!((state(&more), more.numbers().unwrap().sli), (BudgetState::Invalid, Some(0.0)));
}

#[tokio::test]
async fn a_gap_of_scrapes_shrinks_the_coverage_and_is_drawn_as_a_gap() {
    let gap = |end: i64| (NOON - 10 * DAY..NOON - 5 * DAY).contains(&end);
    let counted = move |n: &'static str| move |end: i64| if gap(end) { None } else { constant(n) };
    let row = row(counted("1"), counted("1000")).await;
    let n = row.numbers().unwrap();
    assert!((n.coverage.unwrap() - 25.0 / 30.0).abs() < 0.01 && n.state == BudgetState::Ok);
    assert!((n.remaining.unwrap() - 0.9).abs() < 1e-6, "by what was counted: {:?}", n.remaining);
    assert!(n.burn_down.iter().filter(|(_, left)| left.is_none()).count() >= 100);
}

#[tokio::test]
async fn a_negative_count_is_none_at_all() {
    let n = row(|_| constant("-3"), |_| constant("100")).await.numbers.unwrap();
    assert_eq!((n.state, n.bad), (BudgetState::Ok, Some(0.0)));
}

#[tokio::test]
async fn an_objective_of_a_hundred_per_cent_is_gone_with_its_first_error() {
    let strict = || Slo { objective: Objective::percent("100").unwrap(), ..slo("x") };
    let clean = script(|query, _| constant(if is_bad(query) { "0" } else { "100" })).await;
    let n = read(&clean, strict()).await.numbers.unwrap();
    assert_eq!((n.state, n.remaining, n.burn[2].1), (BudgetState::Ok, Some(1.0), Some(0.0)));
    let one = script(|query, end| {
        constant(match (is_bad(query), (NOON - 3 * DAY..NOON - 3 * DAY + 3_600).contains(&end)) {
            (true, false) => "0",
            (true, true) => "1",
            (false, _) => "100",
        })
    })
    .await;
    let n = read(&one, strict()).await.numbers.unwrap();
    assert_eq!((n.state, n.remaining, n.slo_met), (BudgetState::Exhausted, Some(f64::NEG_INFINITY), Some(false)));
}

#[tokio::test]
async fn a_young_objective_is_judged_on_what_there_is_and_says_how_much() {
    let young = |n: &'static str| move |end: i64| if end > NOON - 6 * DAY { constant(n) } else { None };
    let n = row(young("1"), young("1000")).await.numbers.unwrap();
    assert_eq!(n.young().as_deref(), Some("6 d of 30 d"));
    assert!((n.remaining.unwrap() - 0.9).abs() < 1e-6 && n.coverage.unwrap() < 0.25);
}

#[tokio::test]
async fn an_objective_that_is_edited_is_computed_anew_from_the_same_counts() {
    let dir = tempfile::tempdir().unwrap();
    let means = || Means { cache: Some(Cache::new(dir.path().into(), true)), ..Means::default() };
    let server = script(|query, _| constant(if is_bad(query) { "1" } else { "1000" })).await;
    let source = connect(server.url()).await;
    counting(&source, vec![slo("x")], means(), at(NOON)).refresh(at(NOON), None).await.unwrap();
    let asked = server.seen().len();
    let edited = Slo { objective: Objective::percent("99.8").unwrap(), ..slo("x") };
    let opened = counting(&source, vec![edited], means(), at(NOON)).open();
    assert!((opened.rows[0].numbers().unwrap().remaining.unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(server.seen().len(), asked, "and nobody is asked again");
}

#[tokio::test]
async fn a_bucket_that_comes_late_is_no_outage_and_two_closed_ones_are_read_again() {
    let late = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let is_late = late.clone();
    let server = script(move |query, end| {
        let newest = is_late.load(std::sync::atomic::Ordering::Relaxed) && end > NOON - 300;
        let early = is_late.load(std::sync::atomic::Ordering::Relaxed) && end == NOON - 300;
        match (is_bad(query), newest) {
            (_, true) => None,
            (true, false) => constant("0"),
            // Half of its scrapes were stored when it was read.
            (false, false) => constant(if early { "50" } else { "100" }),
        }
    })
    .await;
    let source = connect(server.url()).await;
    let mut counting = counting(&source, vec![slo("x")], Means::default(), at(NOON));
    counting.refresh(at(NOON), None).await.unwrap();
    let n = counting.report(at(NOON), None).rows.remove(0).numbers.unwrap();
    assert_eq!((n.as_of, n.burn[0].1, n.state), (at(NOON - 300), Some(0.0), BudgetState::Ok));
    late.store(false, std::sync::atomic::Ordering::Relaxed);
    let later = at(NOON + 60);
    counting.refresh(later, None).await.unwrap();
    let row = counting.report(later, None).rows.remove(0);
    assert_eq!(row.numbers().unwrap().as_of, at(NOON));
    assert_eq!(row.history.fine.at(NOON - 300).total, Some(100.0), "what was half a bucket is a whole one");
}

#[tokio::test]
async fn one_broken_objective_of_many_says_so_on_its_own_row() {
    let server = script(|query, _| constant(if is_bad(query) { "1" } else { "1000" })).await;
    let source = connect(server.url()).await;
    let mut slos: Vec<Slo> = (0..30).map(|i| slo(&format!("slo{i}"))).collect();
    for (i, query) in [(3, "sum(x{a=\"b)"), (17, "rate(sum(x)[5m:1m])"), (20, ""), (29, "x offset 1h")] {
        slos[i].indicator = Indicator::events(Counted::Bad(query.into()), "all", true);
    }
    let mut counting = counting(&source, slos, Means::default(), at(NOON));
    counting.refresh(at(NOON), None).await.unwrap();
    let rows = counting.report(at(NOON), None).rows;
    let broken: Vec<usize> = (0..30).filter(|i| rows[*i].trouble.is_some()).collect();
    assert_eq!((rows.len(), broken), (30, vec![3, 17, 20, 29]));
    let well = |r: &BudgetRow| (r.numbers().unwrap().remaining.unwrap() - 0.9).abs() < 1e-9;
    assert!(rows.iter().all(|r| r.trouble.is_some() || well(r)));
    assert!(rows.iter().all(|r| r.trouble.is_none() || r.numbers.is_none()), "and is not green");
}
