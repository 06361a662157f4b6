//! Buckets that join: only where a server says how often there is a scrape, and does not look before a range by itself.

use watchfire::domain::slo::BucketSpan;

use super::{NOTHING, START, bad, form, is_range, sevens, tally};
use crate::support::server::{Reply, Request, Server};

/// What is asked of the newest bucket by a server that answers these series to how often there is a scrape.
async fn asked(scrapes: &'static [(&str, f64)]) -> (String, usize) {
    let server = Server::start(move |request: &Request| match is_range(request) {
        true => sevens(request),
        false if request.path.ends_with("buildinfo") => {
            Reply::json(r#"{"status":"success","data":{"version":"2.53.3"}}"#)
        }
        false if scrapes.is_empty() => Reply::json(NOTHING),
        false => {
            let one = |(key, n): &(&str, f64)| format!(r#"{{"metric":{{"wf":"{key}"}},"value":[1735690000,"{n}"]}}"#);
            let all = scrapes.iter().map(one).collect::<Vec<_>>().join(",");
            Reply::json(NOTHING.replace("[]", &format!("[{all}]")))
        }
    })
    .await;
    let span = BucketSpan { from: START, to: START + 300, step: 300 };
    let tally = tally(&server, &[bad("a", "x", "y")], span).await.unwrap();
    assert_eq!(tally.series.len(), 1);
    let seen = server.seen();
    let query = seen.iter().find(|r| is_range(r)).map(|r| form(r)["query"].clone()).unwrap();
    // What server it is, it is asked as well.
    (query, seen.iter().filter(|r| !r.path.ends_with("buildinfo")).count())
}

#[tokio::test]
async fn a_bucket_reaches_back_to_the_scrape_before_it_where_that_is_known() {
    let (query, questions) = asked(&[("0", 40.0)]).await;
    assert!(query.contains("sum((increase(x[5m14s990ms])) * 300 / 314.99)"), "{query}");
    assert!(query.contains("sum((increase(y[5m14s990ms])) * 300 / 314.99)"), "{query}");
    assert_eq!(questions, 2);
}

#[tokio::test]
async fn a_bucket_stays_as_it_is_where_nobody_knows_or_the_server_joins_them_itself() {
    for scrapes in [&[][..], &[("0", 1.0)], &[("0", 40.0), ("alone", 0.0)]] {
        let (query, _) = asked(scrapes).await;
        assert!(query.contains("sum(increase(x[5m]))") && !query.contains("ms]"), "{scrapes:?}: {query}");
    }
}
