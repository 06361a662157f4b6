//! A second start with SLOs that no file defines: their rows are there before anybody is asked, and little is asked then.

use watchfire::runtime::budgets::{Means, cache::Cache};

use super::{connect, counting};
use crate::{
    discover::shapes::{HEAD, Sloth},
    support::{machine_time, real::Real},
};

const MANY: usize = 3;

fn rules() -> String {
    let half = |i: usize, code: &str| format!("(sum(rate(r_total{{i=\"{i}\"{code}}}[WINDOW])))");
    let groups = (0..MANY).map(|i| {
        let ratio = format!("{}\n/\n{}", half(i, ",code=\"5\""), half(i, ""));
        let name = format!("s{i}");
        Sloth { service: "shop", name: &name, objective: "99.9", days: 30, ratio, alerts: true, labels: &[] }.groups()
    });
    format!("{HEAD}{}", groups.collect::<String>())
}

/// Three hours of requests, none of which fails.
fn samples() -> String {
    let now = machine_time().timestamp() / 60 * 60;
    let mut text = String::from("# TYPE r counter\n");
    for i in 0..MANY {
        for minute in 0..=180 {
            text += &format!("r_total{{i=\"{i}\",code=\"2\"}} {} {}\n", minute * 60, now - (180 - minute) * 60);
        }
    }
    text + "# EOF\n"
}

async fn questions(server: &Real) -> (u64, u64) {
    (server.questions("/api/v1/query").await, server.questions("/api/v1/query_range").await)
}

#[tokio::test]
async fn discovered_rows_are_drawn_from_what_was_kept_and_only_what_is_missing_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let means = || Means { cache: Some(Cache::new(dir.path().join("counts"), true)), ..Means::default() };
    let server = Real::prometheus(&rules(), &samples()).await;
    let source = connect(server.url()).await;
    let now = machine_time();
    let mut first = counting(&source, Vec::new(), means(), now);
    assert!(first.open().rows.is_empty(), "nothing is known at the first start");
    first.refresh(now, None).await.unwrap();
    let before = first.report(now, None);
    assert_eq!(before.rows.len(), MANY);
    let cold = questions(&server).await;

    let source = connect(server.url()).await;
    let mut again = counting(&source, Vec::new(), means(), now);
    let drawn = again.open();
    assert_eq!(questions(&server).await, cold, "the first frame asks nobody");
    assert_eq!(drawn.rows.len(), MANY);
    for (row, was) in drawn.rows.iter().zip(&before.rows) {
        assert_eq!(row.slo, was.slo, "the same definition");
        assert_eq!(row.numbers().unwrap().total, was.numbers().unwrap().total);
        assert_eq!(row.numbers().unwrap().remaining, Some(1.0), "no error series, and traffic");
    }
    again.refresh(now, None).await.unwrap();
    let warm = questions(&server).await;
    assert!(cold.1 >= 30, "a cold start reads its month day by day: {cold:?}");
    assert!(warm.1 - cold.1 <= 2, "the tails, all in one question a tier: {}", warm.1 - cold.1);
    assert!(warm.0 - cold.0 <= 6, "which there are, and what their rules say: {}", warm.0 - cold.0);
}

#[tokio::test]
async fn what_was_kept_of_a_server_that_is_away_is_shown_with_its_age() {
    let dir = tempfile::tempdir().unwrap();
    let means = || Means { cache: Some(Cache::new(dir.path().join("counts"), true)), ..Means::default() };
    let server = Real::prometheus(&rules(), &samples()).await;
    let (url, now) = (server.url(), machine_time());
    let source = connect(url.clone()).await;
    counting(&source, Vec::new(), means(), now).refresh(now, None).await.unwrap();
    drop(server);
    let later = now + chrono::Duration::hours(1);
    let source = connect(url).await;
    let mut again = counting(&source, Vec::new(), means(), later);
    again.open();
    let error = again.refresh(later, None).await.unwrap_err();
    let report = again.report(later, Some(error));
    assert_eq!(report.rows.len(), MANY, "no row vanishes because of us");
    assert!(report.rows.iter().all(|r| r.is_stale(later) && r.numbers.is_some()), "and none is green");
}
