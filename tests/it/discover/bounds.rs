//! How much is asked, and what relatives do that have less than a Prometheus.

use serde_json::{Value, json};
use watchfire::domain::slo::{OriginKind, burn::Alerting};

use super::{by_id, connect, declared, queries};
use crate::support::{
    machine_time,
    server::{Reply, Request, Server},
};

fn answer(data: &Value) -> Reply {
    Reply::json(json!({"status": "success", "data": data}).to_string())
}

fn series(list: &[Value]) -> Reply {
    answer(&json!({"resultType": "vector", "result": list}))
}

fn one(labels: Value, value: &str) -> Value {
    json!({"metric": labels, "value": [1_795_229_251.8, value]})
}

fn info(id: &str) -> Vec<Value> {
    let labels = |name: &str| json!({"__name__": name, "sloth_id": id, "sloth_service": "shop", "sloth_slo": "pay"});
    vec![one(labels("slo:objective:ratio"), "0.9990000000000001"), one(labels("slo:time_period:days"), "30")]
}

#[tokio::test]
async fn five_hundred_slos_are_found_with_two_questions_and_their_numbers_read_with_three() {
    let groups: Vec<Value> = (0..500)
        .map(|i| {
            let labels = json!({"sloth_id": format!("shop-{i}"), "sloth_service": "shop", "sloth_slo": i.to_string(), "sloth_objective": "99.9"});
            let rule = |name: &str, query: String| json!({"type": "recording", "name": name, "query": query, "labels": labels});
            let half = |code: &str| format!("(sum(rate(r{{i=\"{i}\"{code}}}[5m])))");
            let rules = [
                rule("slo:sli_error:ratio_rate5m", format!("{} / {}", half(",code=\"5\""), half(""))),
                rule("slo:time_period:days", "vector(30)".into()),
                rule("sloth_slo_info", "vector(1)".into()),
                json!({"type": "alerting", "name": "x", "query": "up == 0", "alerts": [], "labels": {}}),
                json!({"type": "recording", "name": 5, "query": {}}),
            ];
            json!({"name": format!("g{i}"), "file": "f", "interval": 30, "evaluationTime": 95.5, "lastEvaluation": "2026-11-21T02:00:00Z", "rules": rules})
        })
        .collect();
    let page = json!({ "groups": groups });
    let server = Server::start(move |r: &Request| match r.path.as_str() {
        "/api/v1/rules" => answer(&page),
        _ => series(&[]),
    })
    .await;
    let source = connect(server.url()).await;
    let found = declared(&*source).await;
    assert_eq!((found.slos.len(), found.notes.len(), server.seen().len()), (500, 0, 2));
    assert!(found.slos.iter().all(|s| queries(s).0 == "bad" && s.alerting == Alerting::Off));
    let counts = source.counts().unwrap();
    assert!(counts.recorded(&found.slos, machine_time()).await.unwrap().is_empty());
    let before = server.seen().len();
    assert!(
        before <= 2 + 3 + 4,
        "how often there is a scrape is learnt once, a hundred objectives a question: {before}"
    );
    counts.recorded(&found.slos, machine_time()).await.unwrap();
    assert_eq!(server.seen().len() - before, 3);
}

#[tokio::test]
async fn a_relative_without_rules_tells_what_its_series_know_and_says_so() {
    for (status, word) in [(404, "404"), (403, "403"), (400, "400"), (501, "501")] {
        let server = Server::start(move |r: &Request| match r.path.as_str() {
            "/api/v1/rules" => Reply::status(status, "no such thing"),
            _ => series(&info("shop-pay")),
        })
        .await;
        let found = declared(&*connect(server.url()).await).await;
        let slo = &found.slos[0];
        assert_eq!((slo.objective.as_percent(), slo.origin.kind), ("99.9", OriginKind::Metrics), "{status}");
        assert!(slo.origin.place.raw().contains(&format!("rules cannot be read ({word})")), "{}", slo.origin);
        assert_eq!(queries(slo).1, r#"slo:sli_error:ratio_rate5m{sloth_id="shop-pay"}"#);
        assert_eq!(slo.alerting, Alerting::Recomputed, "nothing is known of its alerts");
    }
}

#[tokio::test]
async fn a_server_that_is_down_for_a_moment_is_an_error_and_not_a_poorer_answer() {
    let server = Server::start(move |r: &Request| match r.path.as_str() {
        "/api/v1/rules" => Reply::status(503, "starting"),
        _ => series(&info("shop-pay")),
    })
    .await;
    let source = connect(server.url()).await;
    assert!(source.counts().unwrap().declared(machine_time()).await.is_err());
}

#[tokio::test]
async fn grouping_rates_and_numbers_that_are_none_are_understood_from_series_alone() {
    let sloth = |name: &str, more: Value| {
        let mut labels = json!({"__name__": name, "sloth_id": "shop-pay", "sloth_service": "shop", "sloth_slo": "pay"});
        labels.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        labels
    };
    let mut list = vec![
        one(sloth("sloth_slo_info", json!({"sloth_objective": "99.5", "team": "a"})), "1"),
        one(sloth("slo:time_period:days", json!({})), "7"),
        one(sloth("slo:objective:ratio", json!({})), "NaN"),
        one(sloth("slo:current_burn_rate:ratio", json!({"handler": "/pay", "team": "a"})), "3"),
        one(json!({"__name__": "pyrra_objective", "slo": "api"}), "0.99"),
        one(json!({"__name__": "pyrra_window", "slo": "api"}), "1209600"),
        one(json!({"__name__": "pyrra_requests:rate5m", "slo": "api"}), "3"),
        one(json!({"__name__": "pyrra_objective", "slo": "lost"}), "0.99"),
    ];
    for (name, value) in [("objective", "0.9"), ("objective_window_seconds", "604800"), ("sli_5m", "1")] {
        list.push(one(
            json!({"__name__": format!("grafana_slo_{name}"), "grafana_slo_uuid": "u", "grafana_slo_name": "g"}),
            value,
        ));
    }
    let server = Server::start(move |r: &Request| match r.path.as_str() {
        "/api/v1/rules" => answer(&json!({"groups": []})),
        _ => series(&list),
    })
    .await;
    let found = declared(&*connect(server.url()).await).await;
    assert_eq!(found.notes.len(), 1);
    assert!(found.notes[0].raw().contains("`lost` is recorded, but its window"), "{:?}", found.notes);
    let found = by_id(found.slos);
    let pay = &found["shop-pay"];
    assert_eq!(
        (pay.objective.as_percent(), pay.window.seconds(), &pay.grouping[..]),
        ("99.5", 604_800, &["handler".to_owned()][..])
    );
    let rate = |name: &str| format!("sum_over_time(({name}{{slo=\"api\"}} < +Inf)[{{{{.window}}}}:60s]) * 60");
    assert_eq!(
        queries(&found["api"]),
        ("bad", rate("pyrra_errors:rate5m").as_str(), rate("pyrra_requests:rate5m").as_str())
    );
    assert_eq!(queries(&found["g"]).1, r#"grafana_slo_sli_5m{grafana_slo_uuid="u"}"#);
}

#[tokio::test]
async fn of_too_many_groups_the_worst_are_shown_and_the_rest_is_told() {
    let list: Vec<Value> = (0..60)
        .flat_map(|i| {
            let half = |key: &str, value: i32| one(json!({"pod": format!("p{i}"), "wf": key}), &value.to_string());
            [half("total", 100), half("bad", i)]
        })
        .chain([one(json!({"wf": "total"}), "5")])
        .collect();
    let server = Server::start(move |_: &Request| series(&list)).await;
    let source = connect(server.url()).await;
    let mut parent = crate::prometheus::slos()[0].clone();
    parent.grouping = vec!["pod".into()];
    let split = source.counts().unwrap().groups(&[parent.clone()], machine_time()).await.unwrap();
    assert_eq!((split.slos.len(), split.slos[0].group.value("pod")), (50, "p59"));
    assert_eq!(split.notes[0].raw(), "template: the 50 worst groups are shown, 10 more are left out");
    assert!(
        queries(&split.slos[0]).1.contains(r#"{code=~"5..",pod="p59"}[{{.window}}]"#),
        "{:?}",
        queries(&split.slos[0])
    );
    parent.grouping = vec!["pod) (x".into()];
    let refused = source.counts().unwrap().groups(&[parent], machine_time()).await.unwrap();
    assert!(refused.slos.is_empty() && refused.notes[0].raw().contains("no label to group by"), "{:?}", refused.notes);
}
