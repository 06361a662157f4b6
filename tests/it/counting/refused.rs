//! What a server refuses, and what its clock does not know yet.

use std::sync::Arc;

use watchfire::{
    config::{SourceConfig, SourceKind},
    domain::{slo::BucketSpan, source::SourceError},
    runtime::budgets::Means,
    sources::{self, Source},
};

use super::{NOON, at, connect, counting, form, hundreds, hundreds_text, is_range, slos, watched};
use crate::support::{
    config,
    server::{Reply, Request, Server},
};

fn dear(request: &Request) -> Reply {
    let too_much = is_range(request) && form(request)["query"].contains("slo7") && {
        let form = form(request);
        form["end"].parse::<i64>().unwrap() - form["start"].parse::<i64>().unwrap() > 600 || form["step"] != "300"
    };
    if too_much {
        let words = "query processing would load too many samples into memory in query execution";
        return Reply::status(422, &format!(r#"{{"status":"error","errorType":"execution","error":"{words}"}}"#));
    }
    hundreds(request)
}

#[tokio::test]
async fn one_dear_objective_says_so_on_its_own_row_and_is_left_alone_for_a_while() {
    let server = Server::start(dear).await;
    let source = connect(server.url()).await;
    let (_eyes, rows) = watched(&["slo1", "slo7"]);
    let mut counting = counting(&source, slos(20), Means::default(), at(NOON)).watching(rows);
    counting.refresh(at(NOON), None).await.unwrap();
    let report = counting.report(at(NOON), None);
    for (i, row) in report.rows.iter().enumerate() {
        assert_eq!(row.trouble.is_some(), i == 7, "{}: {:?}", row.slo.id, row.trouble);
        assert!(i == 7 || row.numbers.as_ref().unwrap().coverage == Some(1.0));
    }
    let trouble = report.rows[7].trouble.as_ref().unwrap();
    assert!(trouble.what.raw().starts_with("too expensive"), "{trouble:?}");
    assert!(trouble.rule.as_ref().unwrap().raw().contains(r#"expr: "sum(increase(bad{slo=\"slo7\"}[5m]))""#));
    let asked = server.seen().len();
    counting.refresh(at(NOON + 60), None).await.unwrap();
    assert!(server.seen().len() - asked < 8, "{}", server.seen().len() - asked);
    assert!(counting.report(at(NOON + 60), None).rows[7].trouble.is_some(), "it is still said");
}

#[tokio::test]
async fn a_budget_of_samples_holds_the_past_back_and_never_the_newest() {
    let server = Server::start(hundreds).await;
    let source = connect(server.url()).await;
    let (_eyes, rows) = watched(&["slo0"]);
    let means = Means { samples_a_minute: 5_000, ..Means::default() };
    let mut counting = counting(&source, slos(1), means, at(NOON)).watching(rows);
    let mut tails = Vec::new();
    for minute in 0..10 {
        let now = at(NOON + minute * 60);
        let asked = server.seen().len();
        counting.refresh(now, None).await.unwrap();
        let spans: Vec<_> = server.seen()[asked..].iter().filter(|r| is_range(r)).map(super::seconds_asked).collect();
        assert!(spans.len() <= 6, "{spans:?}");
        tails.push(spans.first().copied().unwrap_or(0));
        let cost = counting.report(now, None).cost;
        assert!(cost.allowed == 5_000 && cost.samples_a_minute.is_some_and(|n| n <= 6_000), "{cost:?}");
    }
    assert!(tails[1..].iter().all(|tail| (600..=1_800).contains(tail)), "a tail each minute: {tails:?}");
    let row = &counting.report(at(NOON + 600), None).rows[0];
    assert_eq!(row.numbers.as_ref().unwrap().coverage, Some(1.0), "and the past all the same");
}

#[tokio::test]
async fn a_server_whose_clock_is_behind_has_no_outage_in_its_last_bucket() {
    let server = Server::start(|request| {
        let date = "Date: Wed, 01 Jan 2025 11:57:00 GMT\r\nContent-Type: application/json\r\n";
        Reply::with(200, date, &hundreds_text(request))
    })
    .await;
    let source = connect(server.url()).await;
    let span = BucketSpan { from: NOON - 3_600, to: NOON, step: 300 };
    for _ in 0..2 {
        let tally = source.counts().unwrap().count(&slos(1), span, at(NOON)).await.unwrap();
        assert_eq!(tally.series[0].buckets.last().map(|b| b.end), Some(NOON - 300));
        assert!(tally.samples.is_some());
    }
}

/// As a server whose own limit is beyond ours: a range that is too long is never answered.
fn slow(request: &Request) -> Reply {
    let too_much =
        is_range(request) && form(request)["query"].contains("slo3") && super::seconds_asked(request) > 1_800;
    if too_much { Reply::silence() } else { hundreds(request) }
}

#[tokio::test]
async fn a_query_that_is_not_answered_in_time_is_halved_and_then_said_on_its_own_row() {
    let server = Server::start(slow).await;
    let source = impatient(&server).await;
    let span = BucketSpan { from: NOON - 4 * 3_600, to: NOON, step: 300 };
    let tally = source.counts().unwrap().count(&slos(5), span, at(NOON)).await.unwrap();
    let counted: Vec<&str> = tally.series.iter().map(|s| s.slo.as_str()).collect();
    assert_eq!(counted, ["slo0", "slo1", "slo2", "slo4"], "the others are counted");
    let [(id, trouble)] = &tally.refused[..] else { panic!("{:?}", tally.refused) };
    assert!(id.as_str() == "slo3" && trouble.what.raw().starts_with("too expensive"), "{trouble:?}");
    assert!(trouble.rule.as_ref().unwrap().raw().contains("slo3"));
    let longest: Vec<i64> = server.seen().iter().filter(|r| is_range(r)).map(super::seconds_asked).collect();
    assert!(longest[0] == 4 * 3_600 && longest.contains(&7_200) && longest.contains(&3_600), "{longest:?}");
}

#[tokio::test]
async fn a_server_that_answers_nothing_in_time_is_away_and_not_asked_piece_by_piece() {
    let server = Server::start(|_| Reply::silence()).await;
    let source = impatient(&server).await;
    let span = BucketSpan { from: NOON - 86_400, to: NOON, step: 300 };
    let error = source.counts().unwrap().count(&slos(20), span, at(NOON)).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    assert!(server.seen().len() <= 2, "{}", server.seen().len());
}

/// Waits for a quarter of a second.
async fn impatient(server: &Server) -> Arc<dyn Source> {
    let config = config(SourceKind::Prometheus, &[server.url()]);
    sources::connect(&SourceConfig { timeout: chrono::Duration::milliseconds(250), ..config }).await.unwrap()
}
