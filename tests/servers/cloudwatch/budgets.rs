//! Budgets that AWS tells, and budgets that are counted by its PromQL.

use serde_json::{Value, json};
use watchfire::domain::slo::{BucketSpan, Counted, Indicator, Objective, Slo, Window};

use super::{
    connected,
    fake::{Fake, State},
    now,
};

fn slo(name: &str, total: i64, left: i64, interval: &Value) -> Value {
    json!({
        "Arn": format!("arn:aws-us-gov:application-signals:us-gov-west-1:123456789012:slo/{name}"), "Name": name,
        "BudgetStatus": "OK", "Attainment": 99.95, "TotalBudgetSeconds": total, "BudgetSecondsRemaining": left,
        "Goal": { "Interval": interval, "AttainmentGoal": 99.9 },
    })
}

#[tokio::test]
async fn a_budget_of_application_signals_is_told_as_aws_reckons_it() {
    let rolling = json!({ "RollingInterval": { "DurationUnit": "DAY", "Duration": 28 } });
    let calendar =
        json!({ "CalendarInterval": { "StartTime": 1_793_491_200, "DurationUnit": "MONTH", "Duration": 1 } });
    let odd = json!({ "RollingInterval": { "DurationUnit": "FORTNIGHT", "Duration": 1 } });
    let slos = vec![slo("pay", 1000, 250, &rolling), slo("cart", 1000, -500, &calendar), slo("odd", 1, 1, &odd)];
    let fake = Fake::start(State { slos, ..State::default() }).await;
    let source = connected(&fake.server.url(), "slos = true").await;
    let counts = source.counts().unwrap();
    let declared = counts.declared(now()).await.unwrap();
    let ids: Vec<&str> = declared.slos.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["aws/pay", "aws/cart"]);
    assert!(declared.notes[0].raw().starts_with("odd: "), "{:?}", declared.notes);
    let pay = &declared.slos[0];
    assert_eq!((pay.objective.as_percent(), pay.window), ("99.9", Window::rolling(28 * 86_400)));
    assert_eq!(pay.service.raw(), "shop");
    let recorded = counts.recorded(&declared.slos, now()).await.unwrap();
    assert_eq!(recorded.iter().map(|(_, r)| r.remaining).collect::<Vec<_>>(), [Some(0.25), Some(-0.5)]);
    let spent = recorded[1].1.spent.unwrap();
    assert_eq!((spent.bad, spent.allowed, spent.unit), (1500.0, 1000.0, "seconds"));
    assert_eq!(fake.asked("budget-report").len(), 1, "what was read a moment ago is not read again");
    let span = BucketSpan { from: 0, to: 3_600, step: 60 };
    let tally = counts.count(&declared.slos, span, now()).await.unwrap();
    assert!(tally.series.is_empty() && tally.refused[0].1.what.raw().contains("as a whole"), "{tally:?}");
}

#[tokio::test]
async fn a_budget_of_requests_is_told_in_requests_and_one_without_data_not_at_all() {
    let rolling = json!({ "RollingInterval": { "DurationUnit": "DAY", "Duration": 28 } });
    let of_requests = |name: &str, status: &str| {
        let mut slo = slo(name, 0, 0, &rolling);
        slo["BudgetStatus"] = json!(status);
        (slo["TotalBudgetRequests"], slo["BudgetRequestsRemaining"]) = (json!(2_000), json!(500));
        let fields = slo.as_object_mut().unwrap();
        fields.retain(|name, _| !name.contains("Seconds"));
        Value::Object(fields.clone())
    };
    let slos = vec![of_requests("pay", "WARNING"), of_requests("new", "INSUFFICIENT_DATA")];
    let fake = Fake::start(State { slos, ..State::default() }).await;
    let source = connected(&fake.server.url(), "slos = true").await;
    let counts = source.counts().unwrap();
    let declared = counts.declared(now()).await.unwrap();
    let recorded = counts.recorded(&declared.slos, now()).await.unwrap();
    let spent = recorded[0].1.spent.unwrap();
    assert_eq!((spent.bad, spent.allowed, spent.unit), (1_500.0, 2_000.0, "requests"));
    assert_eq!((recorded[0].1.remaining, recorded[1].1.remaining), (Some(0.25), None));
    assert_eq!(recorded[1].1.spent, None);
}

#[tokio::test]
async fn an_slo_is_counted_by_signed_promql() {
    let fake = Fake::start(State::default()).await;
    let source = connected(&fake.server.url(), "promql = true").await;
    let indicator = Indicator::events(Counted::Bad("errors_total".into()), "requests_total", true);
    let slo = Slo::new("pay", Objective::percent("99.9").unwrap(), Window::rolling(86_400), indicator);
    let to = now().timestamp() / 300 * 300;
    let span = BucketSpan { from: to - 3_600, to, step: 300 };
    source.counts().unwrap().count(&[slo], span, now()).await.unwrap();
    let seen = fake.server.seen();
    let query = seen.iter().find(|r| r.path == "/api/v1/query_range").expect("nothing was counted");
    assert!(query.body.contains("errors_total"));
    let authorization = &query.headers["authorization"];
    assert!(authorization.contains("/eu-central-1/monitoring/aws4_request"), "{authorization}");
    assert!(authorization.contains("SignedHeaders=content-type;host;x-amz-date"), "{authorization}");
}

#[tokio::test]
async fn without_promql_it_counts_nothing_and_says_how() {
    let fake = Fake::start(State::default()).await;
    assert!(connected(&fake.server.url(), "").await.counts().is_none());
    let source = connected(&fake.server.url(), "slos = true").await;
    let indicator = Indicator::events(Counted::Bad("errors".into()), "all", true);
    let slo = Slo::new("pay", Objective::percent("99.9").unwrap(), Window::rolling(86_400), indicator);
    let span = BucketSpan { from: 0, to: 3_600, step: 60 };
    let tally = source.counts().unwrap().count(&[slo], span, now()).await.unwrap();
    assert!(tally.refused[0].1.what.raw().contains("promql = true"), "{tally:?}");
}
