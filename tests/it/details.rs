//! More of one alert: its route as Alertmanager has it, its rule as Prometheus has it.

mod shown;

use std::{collections::HashMap, sync::Arc};

use watchfire::{
    config::SourceKind,
    domain::{
        alert::Alert,
        label::Labels,
        source::{Detail, SourceError},
    },
    sources::{
        self, Source,
        sim::{self, SimWorld},
    },
};

use crate::support::{
    config, machine_time,
    real::Real,
    recorded_at,
    server::{Reply, Server},
};

fn alert(labels: &[(&str, &str)]) -> Alert {
    let labels: Labels = labels.iter().copied().collect();
    Alert::firing(labels.fingerprint(), labels, Labels::default(), recorded_at())
}

/// As the recorded Alertmanagers tell it: `cluster` is an external label.
fn target_down() -> Alert {
    alert(&[
        ("alertname", "TargetDown"),
        ("cluster", "lab"),
        ("instance", "127.0.0.1:19299"),
        ("job", "dead"),
        ("severity", "critical"),
        ("team", "platform"),
    ])
}

async fn connect(kind: SourceKind, servers: &[&Server]) -> Arc<dyn Source> {
    let urls: Vec<String> = servers.iter().map(|s| s.url()).collect();
    sources::connect(&config(kind, &urls)).await.unwrap()
}

async fn ask(kind: SourceKind, servers: &[&Server], alert: &Alert) -> Result<Vec<Detail>, SourceError> {
    connect(kind, servers).await.details().unwrap().details(alert, recorded_at()).await
}

fn pairs(details: &[Detail]) -> Vec<(&str, &str)> {
    details.iter().map(|d| (d.name.raw(), d.value.raw())).collect()
}

fn value<'a>(details: &'a [Detail], name: &str) -> &'a str {
    details.iter().find(|d| d.name == *name).map_or("", |d| d.value.raw())
}

/// Names and values of a query, each in its order.
fn query(text: &str) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()).into_owned() {
        all.entry(name).or_default().push(value);
    }
    all
}

/// A group of these alerts, as Alertmanager writes it.
fn group(receiver: &str, labels: &str, alerts: &[String]) -> String {
    format!(r#"{{"receiver":{{"name":"{receiver}"}},"labels":{labels},"alerts":[{}]}}"#, alerts.join(","))
}

fn member(alert: &Alert, status: &str) -> String {
    let (labels, fingerprint) = (serde_json::to_string(&alert.labels).unwrap(), &alert.fingerprint);
    format!(r#"{{"labels":{labels},"fingerprint":"{fingerprint}","status":{status}}}"#)
}

const ACTIVE: &str = r#"{"state":"active","mutedBy":[]}"#;

fn list(groups: &[String]) -> Reply {
    Reply::json(format!("[{}]", groups.join(",")))
}

#[tokio::test]
async fn the_recorded_alertmanagers_tell_group_and_receiver() {
    for version in ["0.25.0", "0.28.1"] {
        let server = Server::always(Reply::recorded(&format!("alertmanager/{version}/groups"))).await;
        let told = ask(SourceKind::Alertmanager, &[&server], &target_down()).await.unwrap();
        let wanted = [
            ("receiver", "default"),
            ("group", r#"{alertname="TargetDown", job="dead"}"#),
            ("in the group", "1 alert"),
        ];
        assert_eq!(pairs(&told), wanted);
    }
}

#[tokio::test]
async fn the_alert_is_asked_for_by_its_labels_and_then_its_group_by_the_groups() {
    let server = Server::always(Reply::recorded("alertmanager/0.25.0/groups")).await;
    let known = target_down();
    let mut labels = known.labels.iter().map(|(n, v)| (n.raw(), v.raw())).collect::<HashMap<_, _>>();
    labels.extend([("cloud.region", "eu"), ("path", "a\"b\\c &=+%")]);
    let mut alert = alert(&labels.into_iter().collect::<Vec<_>>());
    alert.fingerprint = known.fingerprint;
    ask(SourceKind::Alertmanager, &[&server], &alert).await.unwrap();
    let seen = server.seen();
    let queries: Vec<_> = seen.iter().map(|r| query(&r.query)).collect();
    assert!(seen.iter().all(|r| (r.method.as_str(), r.path.as_str()) == ("GET", "/api/v2/alerts/groups")));
    assert!(queries.iter().all(|q| ["active", "silenced", "inhibited"].iter().all(|n| q[*n] == ["true"])));
    let first = [
        r#"alertname="TargetDown""#,
        r#"cluster="lab""#,
        r#"instance="127.0.0.1:19299""#,
        r#"job="dead""#,
        r#"path="a\"b\\c &=+%""#,
        r#"severity="critical""#,
        r#"team="platform""#,
    ];
    assert_eq!(queries[0]["filter"], first, "a name that 0.25 refuses is left out");
    assert_eq!(queries[1]["filter"], [r#"alertname="TargetDown""#, r#"job="dead""#]);
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn every_route_an_alert_takes_is_told_with_the_size_of_its_group_and_what_mutes_it_there() {
    let (one, two) = (alert(&[("alertname", "A"), ("n", "1")]), alert(&[("alertname", "A"), ("n", "2")]));
    let muted = r#"{"state":"suppressed","mutedBy":["nights","week\u001bends"]}"#;
    let alone = [
        group("page", r#"{"alertname":"A"}"#, &[member(&one, ACTIVE)]),
        group("mail", "{}", &[member(&one, muted)]),
        group("other", "{}", &[member(&two, ACTIVE)]),
    ];
    let whole = [
        group("page", r#"{"alertname":"A"}"#, &[member(&two, ACTIVE), member(&one, ACTIVE)]),
        group("mail", "{}", &[member(&one, muted), r#"{"labels":7}"#.into(), member(&two, ACTIVE)]),
        group("other", "{}", &[member(&two, ACTIVE)]),
    ];
    let server =
        Server::start(move |r| if query(&r.query).contains_key("filter") { list(&alone) } else { list(&whole) }).await;
    let told = ask(SourceKind::Alertmanager, &[&server], &one).await.unwrap();
    let wanted = [
        ("receiver", "page"),
        ("group", r#"{alertname="A"}"#),
        ("in the group", "2 alerts"),
        ("receiver", "mail"),
        ("group", "all alerts of the route"),
        ("in the group", "3 alerts"),
        ("muted by", "time interval nights, week\u{1b}ends"),
    ];
    assert_eq!(pairs(&told), wanted);
    assert_eq!(told.last().unwrap().value.shown(), "time interval nights, week^[ends");
}

#[tokio::test]
async fn a_group_whose_size_cannot_be_had_is_told_without_it() {
    let one = alert(&[("alertname", "A"), ("n", "1")]);
    let alone = [group("page", r#"{"alertname":"A"}"#, &[member(&one, ACTIVE)])];
    let server = Server::start(move |r| match query(&r.query)["filter"].len() {
        2 => list(&alone),
        _ => Reply::status(500, "too much"),
    })
    .await;
    let told = ask(SourceKind::Alertmanager, &[&server], &one).await.unwrap();
    assert_eq!(pairs(&told), [("receiver", "page"), ("group", r#"{alertname="A"}"#)]);
}

#[tokio::test]
async fn one_malformed_group_hides_no_other_and_is_named() {
    let one = alert(&[("alertname", "A")]);
    let good = group("page", "null", &["null".into(), r#"{"fingerprint":7}"#.into(), member(&one, "null")]);
    let bad = [r#"{"receiver":"page"}"#.to_owned(), "null".to_owned(), r#"{"alerts":7}"#.to_owned()];
    let server = Server::always(list(&[&bad[..], &[good]].concat())).await;
    let told = ask(SourceKind::Alertmanager, &[&server], &one).await.unwrap();
    assert_eq!(value(&told, "receiver"), "page");
    assert_eq!(value(&told, "in the group"), "3 alerts");
    let unread = value(&told, "not read");
    assert!(unread.starts_with("groups[0]: ") && unread.ends_with("(and 2 more)"), "{unread}");
    let server = Server::always(list(&bad)).await;
    let error = ask(SourceKind::Alertmanager, &[&server], &one).await.unwrap_err();
    assert!(matches!(&error, SourceError::Malformed { why } if why.raw().starts_with("groups[0]")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_hangs_or_knows_nothing_does_not_keep_the_one_that_knows_from_answering() {
    let hangs = Server::always(Reply::silence()).await;
    let empty = Server::always(Reply::json("[]")).await;
    let knows = Server::always(Reply::recorded("alertmanager/0.28.1/groups")).await;
    let told = ask(SourceKind::Alertmanager, &[&hangs, &empty, &knows], &target_down()).await.unwrap();
    assert_eq!(value(&told, "receiver"), "default");
    assert_eq!(ask(SourceKind::Alertmanager, &[&hangs, &empty], &target_down()).await, Ok(Vec::new()));
    let error = ask(SourceKind::Alertmanager, &[&hangs], &target_down()).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn what_is_no_answer_is_an_error_in_the_servers_words() {
    for kind in [SourceKind::Alertmanager, SourceKind::Prometheus] {
        let refuses = Server::always(Reply::status(401, "Unauthorized")).await;
        assert!(matches!(ask(kind, &[&refuses], &target_down()).await, Err(SourceError::Auth { .. })));
        let words = Server::always(Reply::status(400, r#"{"status":"error","error":"bad matcher"}"#)).await;
        let error = ask(kind, &[&words], &target_down()).await.unwrap_err().to_string();
        assert!(error.contains("bad matcher"), "{error}");
        for body in ["", "hello", "{}", "7"] {
            let server = Server::always(Reply::json(body)).await;
            assert!(ask(kind, &[&server], &target_down()).await.is_err(), "{kind:?} {body:?}");
        }
    }
}

#[tokio::test]
async fn the_recorded_prometheuses_tell_the_rule_of_an_alert_that_alertmanager_told() {
    for version in ["2.42.0", "2.53.3"] {
        let server = Server::always(Reply::recorded(&format!("prometheus/{version}/rules"))).await;
        let told = ask(SourceKind::Prometheus, &[&server], &target_down()).await.unwrap();
        let wanted = [
            ("expression", "up == 0"),
            ("for", "0s: it fires at once"),
            ("rule group", "slo in rules.yml"),
            ("evaluated", "2026-11-21 02:47:31 UTC (0s ago), took 0.4 ms"),
        ];
        assert_eq!(pairs(&told), wanted);
        let sent = query(&server.seen()[0].query);
        assert_eq!((&sent["type"][..], &sent["rule_name[]"][..]), (&["alert".into()][..], &["TargetDown".into()][..]));
        let pending = alert(&[("alertname", "PendingForever"), ("severity", "warning")]);
        assert_eq!(value(&ask(SourceKind::Prometheus, &[&server], &pending).await.unwrap(), "for"), "10m");
        let other = alert(&[("alertname", "TargetDown"), ("job", "alive"), ("severity", "critical")]);
        assert_eq!(ask(SourceKind::Prometheus, &[&server], &other).await, Ok(Vec::new()), "another target's");
    }
}

#[tokio::test]
async fn the_recorded_vmalerts_tell_the_rule_as_well() {
    for version in ["1.79.5", "1.112.0"] {
        let server = Server::always(Reply::recorded(&format!("vmalert/{version}/rules"))).await;
        let always = alert(&[("alertgroup", "vm"), ("alertname", "AlwaysOn"), ("severity", "critical")]);
        let told = ask(SourceKind::Prometheus, &[&server], &always).await.unwrap();
        assert_eq!((value(&told, "expression"), value(&told, "rule group")), ("vector(1)", "vm in vmrules.yml"));
    }
}

/// A rule named `A` with one alert.
fn rule(query: &str, labels: &str, more: &str) -> String {
    format!(
        r#"{{"type":"alerting","name":"A","query":"{query}","duration":90,"health":"ok","alerts":[{{"labels":{labels}}}]{more}}}"#
    )
}

fn rules(rules: &[String], more: &str) -> Reply {
    Reply::json(format!(
        r#"{{"status":"success","data":{{"groups":[{{"name":"g","file":"f.yml","rules":[{}]}}]}}{more}}}"#,
        rules.join(",")
    ))
}

#[tokio::test]
async fn of_two_rules_of_a_name_the_one_that_knows_more_of_the_alert_raised_it() {
    let loose = rule("loose", r#"{"alertname":"A"}"#, "");
    let close = rule("close", r#"{"alertname":"A","job":"x"}"#, "");
    let other = rule("other", r#"{"alertname":"A","job":"y"}"#, "");
    let nameless = rule("nameless", "{}", "");
    let recording = close.replace("alerting", "recording").replace("close", "recording");
    let server = Server::always(rules(&[loose, close, other, nameless, recording], "")).await;
    let told = ask(SourceKind::Prometheus, &[&server], &alert(&[("alertname", "A"), ("job", "x"), ("dc", "eu")]))
        .await
        .unwrap();
    let wanted = [("expression", "close"), ("for", "1m30s"), ("rule group", "g in f.yml")];
    assert_eq!(pairs(&told), wanted);
}

#[tokio::test]
async fn a_rule_that_fares_badly_says_so() {
    let more = r#","keepFiringFor":300,"health":"err","lastError":"many-to-many \u001b[2J","lastEvaluation":"0001-01-01T00:00:00Z","evaluationTime":2.5"#;
    let bad = rule("x", r#"{"alertname":"A"}"#, more).replace(r#""health":"ok","#, "");
    let server = Server::always(rules(&[bad], "")).await;
    let told = ask(SourceKind::Prometheus, &[&server], &alert(&[("alertname", "A")])).await.unwrap();
    assert_eq!(value(&told, "keep firing"), "5m after it was last true");
    assert_eq!((value(&told, "rule health"), value(&told, "evaluated")), ("err", "not yet"));
    assert_eq!(told.iter().find(|d| d.name == *"last error").unwrap().value.shown(), "many-to-many ^[[2J");
}

#[tokio::test]
async fn numbers_of_any_size_are_lengths() {
    for (seconds, said) in [("1e300", "36500d"), ("-5", "0s: it fires at once"), ("0.25", "250.0 ms"), ("null", "")] {
        let odd =
            rule("x", r#"{"alertname":"A"}"#, r#","lastEvaluation":"2026-11-21T02:47:31Z","evaluationTime":-1e300"#);
        let odd = odd.replace(r#""duration":90"#, &format!(r#""duration":{seconds}"#));
        let server = Server::always(rules(&[odd], "")).await;
        let told = ask(SourceKind::Prometheus, &[&server], &alert(&[("alertname", "A")])).await.unwrap();
        assert_eq!(value(&told, "for"), said);
        assert!(value(&told, "evaluated").ends_with("took 0.0 ms"));
    }
}

#[tokio::test]
async fn one_malformed_rule_hides_no_other_and_is_named_where_it_may_be_the_one() {
    let good = rule("good", r#"{"alertname":"A"}"#, "");
    let bad = [
        r#"{"type":"alerting","name":"A","query":7}"#.to_owned(),
        r#"{"type":"alerting","name":"B","query":7}"#.to_owned(),
        "null".to_owned(),
    ];
    let server = Server::always(rules(&[&bad[..], &[good]].concat(), "")).await;
    let told = ask(SourceKind::Prometheus, &[&server], &alert(&[("alertname", "A")])).await.unwrap();
    assert_eq!(value(&told, "expression"), "good");
    let unread = value(&told, "not read");
    assert!(unread.starts_with("rule 0 of g in f.yml: ") && unread.ends_with("(and 1 more)"), "{unread}");
    let server = Server::always(rules(&[], r#","warnings":["store 10.0.0.7 is away"]"#)).await;
    let told = ask(SourceKind::Prometheus, &[&server], &alert(&[("alertname", "A")])).await.unwrap();
    assert_eq!(pairs(&told), [("not read", "answer: store 10.0.0.7 is away")]);
}

const ROUTING: &str = r#"
route:
  receiver: everybody
  group_wait: 0s
  routes:
    - {receiver: night, group_by: [alertname, job], matchers: ['team="shop"'], continue: true}
    - {receiver: "archive", group_by: ["..."], matchers: ['job="a \"b\" \\ c/größe"']}
receivers: [{name: everybody}, {name: night}, {name: archive}]
"#;

#[tokio::test]
async fn a_real_alertmanager_tells_the_routes_of_an_alert_with_odd_labels() {
    let server = Real::alertmanager_routing(ROUTING).await;
    let odd = |n: &str| {
        format!(
            r#"{{"labels":{{"alertname":"Slow & hot","job":"a \"b\" \\ c/größe","team":"shop","n":"{n}","lines":"a\nb"}}}}"#
        )
    };
    let plain = r#"{"labels":{"alertname":"Plain"}}"#;
    server.post("/api/v2/alerts", &format!("[{},{},{plain}]", odd("1"), odd("2"))).await;
    let source = sources::connect(&config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    let snapshot = source.poll(machine_time()).await.unwrap();
    let named = |name: &str| snapshot.alerts.iter().find(|a| *a.name() == name).unwrap();
    let details = source.details().unwrap();
    let told = details.details(named("Slow & hot"), machine_time()).await.unwrap();
    let mut routes: Vec<_> = pairs(&told).chunks(3).map(<[_]>::to_vec).collect();
    routes.sort();
    let n = named("Slow & hot").labels.value("n");
    let everything =
        format!(r#"{{alertname="Slow & hot", job="a \"b\" \\ c/größe", lines="a\nb", n="{n}", team="shop"}}"#);
    let wanted = [
        vec![("receiver", "archive"), ("group", everything.as_str()), ("in the group", "1 alert")],
        vec![
            ("receiver", "night"),
            ("group", r#"{alertname="Slow & hot", job="a \"b\" \\ c/größe"}"#),
            ("in the group", "2 alerts"),
        ],
    ];
    assert_eq!(routes, wanted);
    let told = details.details(named("Plain"), machine_time()).await.unwrap();
    let wanted = [("receiver", "everybody"), ("group", "all alerts of the route"), ("in the group", "1 alert")];
    assert_eq!(pairs(&told), wanted);
}

#[tokio::test]
async fn a_real_prometheus_tells_expression_and_wait_of_an_alert_told_elsewhere() {
    let server = Real::prometheus(crate::prometheus::RULES, "").await;
    let source = sources::connect(&config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    crate::prometheus::until_alerts(&*source, 2).await;
    let details = source.details().unwrap();
    let smoking = alert(&[("alertname", "Smoking"), ("severity", "warning"), ("cluster", "lab")]);
    let told = details.details(&smoking, machine_time()).await.unwrap();
    assert_eq!((value(&told, "expression"), value(&told, "for")), ("vector(1)", "1h"));
    assert!(value(&told, "rule group").starts_with("watch in "), "{told:?}");
    assert!(value(&told, "evaluated").contains(" ago), took "), "{told:?}");
    let critical = alert(&[("alertname", "Smoking"), ("severity", "critical")]);
    assert_eq!(details.details(&critical, machine_time()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn the_simulation_tells_group_and_receiver_of_what_burns() {
    let world = SimWorld::new(sim::load("payment-outage").unwrap(), recorded_at());
    let now = recorded_at() + chrono::Duration::minutes(20);
    for source in world.sources() {
        match source.details() {
            Some(_) => crate::contract::details_source(&*source, now).await,
            None => assert!(source.describe().can.evaluates),
        }
    }
    let eu = &world.sources()[0];
    let provider = eu.poll(now).await.unwrap().alerts.into_iter().find(|a| *a.name() == "PaymentProviderTimeout");
    let told = eu.details().unwrap().details(&provider.unwrap(), now).await.unwrap();
    let wanted =
        [("receiver", "sim"), ("group", r#"{alertname="PaymentProviderTimeout"}"#), ("in the group", "12 alerts")];
    assert_eq!(pairs(&told), wanted);
}
