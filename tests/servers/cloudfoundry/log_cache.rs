//! Budgets counted by Log Cache: its gate is a fake, its engine a real Prometheus.

use std::fmt::Write;

use watchfire::domain::slo::{BucketSpan, Counted, Indicator, Objective, Slo, Window};

use super::{
    at,
    fake::{Fake, SEARCH, SHOP, noon},
    source,
};
use crate::support::{real::Real, server::Server};

/// Half an hour in which Log Cache remembers twenty minutes: each app answers a request a second, every fifth badly.
async fn counting() -> (Fake, Server, Real) {
    let (fake, server) = Fake::start().await;
    let mut samples = String::from("# TYPE requests counter\n# TYPE errors counter\n");
    for (name, each) in [("requests_total", 15), ("errors_total", 3)] {
        for app in [SHOP, SEARCH] {
            for step in 0..=80_i64 {
                let seconds = noon().timestamp() - 1_200 + 15 * step;
                writeln!(samples, "{name}{{source_id=\"{app}\",instance_id=\"0\"}} {} {seconds}", each * step).unwrap();
            }
        }
    }
    let real = Real::prometheus("", &format!("{}# EOF\n", sorted(&samples))).await;
    fake.with(|s| s.metrics.behind = Some(real.address().to_owned()));
    (fake, server, real)
}

/// A family's samples stand together, behind its type.
fn sorted(samples: &str) -> String {
    let of = |family: &str| {
        let lines = samples.lines().filter(|l| l.starts_with(family));
        format!("# TYPE {family} counter\n{}\n", lines.collect::<Vec<_>>().join("\n"))
    };
    of("requests") + &of("errors")
}

fn slo(id: &str, bad: &str, total: &str) -> Slo {
    let indicator = Indicator::events(Counted::Bad(bad.to_owned()), total, true);
    Slo::new(id, Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
}

fn of_app(app: &str) -> Slo {
    slo(app, &format!("errors_total{{source_id=\"{app}\"}}"), &format!("requests_total{{source_id=\"{app}\"}}"))
}

/// The last half hour, in buckets of five minutes.
fn span() -> BucketSpan {
    BucketSpan { from: noon().timestamp() - 1_800, to: noon().timestamp(), step: 300 }
}

fn logins(server: &Server) -> usize {
    server.seen().iter().filter(|r| r.path == "/oauth/token").count()
}

const OPTIONS: &str = "log_cache = true";

#[tokio::test]
async fn a_budget_is_counted_by_log_cache_with_the_systems_token_and_what_it_forgot_stays_unknown() {
    let (fake, server, _real) = counting().await;
    let source = source(&server, OPTIONS).await;
    let tally = source.counts().unwrap().count(&[of_app(SHOP), of_app(SEARCH)], span(), at(0)).await.unwrap();
    assert!(tally.refused.is_empty(), "{:?}", tally.refused);
    assert_eq!(tally.series.len(), 2);
    for series in &tally.series {
        let buckets = &series.buckets;
        assert_eq!(buckets.len(), 6);
        assert_eq!((buckets[0].bad, buckets[0].total), (None, None), "before it remembers anything");
        for bucket in &buckets[3..] {
            let (bad, total) = (bucket.bad.unwrap(), bucket.total.unwrap());
            assert!((total - 300.0).abs() < 1.0 && (bad / total - 0.2).abs() < 1e-6, "{bucket:?}");
        }
    }
    let asked: Vec<_> = server.seen().into_iter().filter(|r| r.path.starts_with("/api/v1/query")).collect();
    let token = fake.with(|s| s.tokens.keys().next().unwrap().clone());
    assert!(!asked.is_empty() && asked.iter().all(|r| r.method == "GET" && r.body.is_empty()));
    assert!(asked.iter().all(|r| r.headers["authorization"].eq_ignore_ascii_case(&format!("bearer {token}"))));
}

#[tokio::test]
async fn an_app_that_is_not_to_be_seen_hides_no_other_and_is_not_asked_for_by_ever_new_logins() {
    let (fake, server, _real) = counting().await;
    fake.with(|s| s.metrics.visible = vec![SHOP]);
    let source = source(&server, OPTIONS).await;
    let wanted = [of_app(SHOP), of_app(SEARCH)];
    for minutes in 0..5 {
        let tally = source.counts().unwrap().count(&wanted, span(), at(60 * minutes)).await.unwrap();
        assert_eq!(tally.series.iter().map(|s| s.slo.as_str()).collect::<Vec<_>>(), [SHOP]);
        assert_eq!(tally.refused.len(), 1, "{:?}", tally.refused);
        let (id, trouble) = &tally.refused[0];
        assert!(id.as_str() == SEARCH && trouble.what.raw().contains("no such source_id"), "{trouble:?}");
    }
    assert_eq!(logins(&server), 2, "one to begin with, one for the doubt");
}

#[tokio::test]
async fn a_login_that_ended_before_its_time_is_had_anew_though_log_cache_says_404() {
    let (fake, server, _real) = counting().await;
    let source = source(&server, OPTIONS).await;
    let counts = source.counts().unwrap();
    counts.count(&[of_app(SHOP)], span(), at(0)).await.unwrap();
    fake.with(|s| s.tokens.clear());
    let tally = counts.count(&[of_app(SHOP)], span(), at(60)).await.unwrap();
    assert!(tally.refused.is_empty() && tally.series.len() == 1, "{tally:?}");
    assert_eq!(logins(&server), 2);
}

#[tokio::test]
async fn what_log_cache_would_count_as_nothing_is_refused_and_not_asked() {
    let (_fake, server, _real) = counting().await;
    let source = source(&server, OPTIONS).await;
    let total = format!("requests_total{{source_id=\"{SHOP}\"}}");
    let pattern = slo("pattern", &format!("requests_total{{source_id=\"{SHOP}\",code=~\"5..\"}}"), &total);
    let nameless = slo("nameless", "errors_total", &total);
    let wanted = [pattern, nameless, of_app(SHOP)];
    let tally = source.counts().unwrap().count(&wanted, span(), at(0)).await.unwrap();
    assert_eq!(tally.series.len(), 1);
    let told: Vec<&str> = tally.refused.iter().map(|(_, t)| t.what.raw()).collect();
    assert!(told[0].contains("code=~\"5..\"") && told[1].contains("source_id=\"..\" is missing"), "{told:?}");
    assert!(server.seen().iter().all(|r| !r.query.contains("code")));
    let error = source.counts().unwrap().drill(&wanted[0], None, (span().from, span().to), at(0)).await.unwrap_err();
    assert!(error.to_string().contains("code=~"), "{error}");
}

#[tokio::test]
async fn a_query_that_its_engine_refuses_is_told_in_its_words_and_hides_no_other() {
    let (_fake, server, _real) = counting().await;
    let source = source(&server, OPTIONS).await;
    let app = format!("source_id=\"{SHOP}\"");
    let raw = |query: &str| Counted::Bad(query.to_owned());
    let indicator = Indicator::events(
        raw(&format!("nonsense(errors_total{{{app}}}[5m])")),
        &format!("requests_total{{{app}}}"),
        false,
    );
    let wrong = Slo::new("wrong", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator);
    let tally = source.counts().unwrap().count(&[wrong, of_app(SHOP)], span(), at(0)).await.unwrap();
    assert_eq!(tally.series.iter().map(|s| s.slo.as_str()).collect::<Vec<_>>(), [SHOP]);
    let why = tally.refused[0].1.what.raw();
    assert!(why.contains("nonsense"), "{why}");
}

#[tokio::test]
async fn its_parts_are_told_by_instance() {
    let (_fake, server, _real) = counting().await;
    let source = source(&server, OPTIONS).await;
    let parts = source.counts().unwrap();
    let parts = parts.drill(&of_app(SHOP), Some("instance_id"), (span().to - 600, span().to), at(0)).await.unwrap();
    assert_eq!(parts.len(), 1, "{parts:?}");
}
