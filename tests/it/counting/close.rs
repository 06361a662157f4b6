//! The one budget that is selected is counted by the minute, as far as its scrapes allow, and feeds the live meter.

use watchfire::{
    domain::slo::{SloId, account::account, policy::Policy},
    runtime::budgets::Means,
};

use super::{NOON, at, connect, counting, form, hundreds, is_range, matrix, slos, watched};
use crate::support::server::{Reply, Request, Server};

/// Samples in ten minutes as `samples` says; a thousandth fails until noon, and then everything.
async fn server(samples: &'static str) -> Server {
    Server::start(move |request| {
        let value = move |query: &str, end: i64| {
            let all = if query.contains("[1m") { 20.0 } else { 100.0 };
            let burns = end > NOON && query.contains("[1m");
            Some(if query.contains("bad") && !burns { all / 1_000.0 } else { all }.to_string())
        };
        let answer = |kind: &str, result: &str| {
            Reply::json(format!(r#"{{"status":"success","data":{{"resultType":"{kind}","result":[{result}]}}}}"#))
        };
        match is_range(request) {
            true => answer("matrix", &matrix(request, value)),
            false if form(request).get("query").is_some_and(|q| q.contains("quantile")) => {
                let of = |i: usize| format!(r#"{{"metric":{{"wf":"{i}"}},"value":[{NOON},"{samples}"]}}"#);
                answer("vector", &[of(0), of(1)].join(","))
            }
            false => hundreds(request),
        }
    })
    .await
}

fn steps(seen: &[Request], step: &str) -> usize {
    seen.iter().filter(|r| is_range(r) && form(r)["step"] == step).count()
}

#[tokio::test]
async fn the_selected_budget_has_minutes_and_a_meter_that_does_not_wait_for_five() {
    let server = server("60").await;
    let source = connect(server.url()).await;
    let (eyes, rows) = watched(&["slo0", "slo1"]);
    let mut counting = counting(&source, slos(2), Means::default(), at(NOON)).watching(rows);
    counting.refresh(at(NOON), None).await.unwrap();
    assert_eq!(steps(&server.seen(), "60"), 0, "nobody looks closely");
    eyes.send_modify(|e| e.close = Some(SloId::new("slo1")));
    let now = at(NOON + 180);
    counting.refresh(now, None).await.unwrap();
    let report = counting.report(now, None);
    assert!(report.rows[0].history.minutes.is_empty() && !report.rows[1].history.minutes.is_empty());
    let row = &report.rows[1];
    let numbers = row.numbers().unwrap();
    assert_eq!(numbers.as_of, at(NOON), "five minutes are not over");
    let told = account(&row.slo, &row.history, numbers, &[], &Policy::default());
    let (cause, meter) = told.burning.unwrap();
    assert_eq!((cause.to, meter.spent.to), (NOON + 180, now), "the meter is three minutes ahead");
    assert_eq!(meter.spent.from, at(NOON));
    assert!(meter.per_minute.unwrap() > 0.0 && meter.if_fixed_now < numbers.remaining);
    let before = server.seen().len();
    counting.refresh(at(NOON + 240), None).await.unwrap();
    assert_eq!(steps(&server.seen()[before..], "60"), 1, "one question a minute");
}

#[tokio::test]
async fn the_length_of_the_short_buckets_follows_the_scrapes() {
    for (samples, step, is_asked) in
        [("60", "60", true), ("40", "120", true), ("20", "120", true), ("10", "120", false)]
    {
        let server = server(samples).await;
        let source = connect(server.url()).await;
        let (eyes, rows) = watched(&["slo0"]);
        eyes.send_modify(|e| e.close = Some(SloId::new("slo0")));
        let mut counting = counting(&source, slos(1), Means::default(), at(NOON)).watching(rows);
        counting.refresh(at(NOON), None).await.unwrap();
        counting.refresh(at(NOON + 60), None).await.unwrap();
        let seen = server.seen();
        let short = seen.iter().filter(|r| is_range(r)).map(|r| form(r)["step"].clone());
        let short: Vec<String> = short.filter(|s| s != "300" && s != "3600").collect();
        assert_eq!((!short.is_empty(), short.iter().all(|s| s == step)), (is_asked, true), "{samples}: {short:?}");
    }
}
