//! The names of groups as a running Alertmanager sends them, to a webhook and to PagerDuty, against those computed here.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};
use watchfire::{
    config::SourceKind,
    domain::{
        Time,
        label::Labels,
        routing::{
            Policy,
            group_key::{alert_key, group_key},
        },
    },
    sources,
};

use crate::support::{
    config,
    real::Real,
    server::{Reply, Request, Server},
};

/// How long Alertmanager may take to send what it sends at once.
const SENT_WITHIN: Duration = Duration::from_secs(30);

/// Every way of writing a route, and each goes on to the next. `HERE` is who is told.
const ROUTES: &str = r#"
route:
  receiver: both
  group_by: [job, alertname]
  group_wait: 0s
  group_interval: 1s
  routes:
  - match: {team: pay}
    continue: true
    group_by: ['...']
    routes:
    - match_re: {severity: "crit.*|error"}
      continue: true
    - match_re: {severity: "^(?:critical)$", alertname: ".+"}
      group_by: [severity]
  - match_re: {team: "pay|shop", alertname: ".+"}
    match: {z: "a\"b"}
    matchers: ['severity=~"crit.*"', 'a!=b', 'x!~"q\\.r"', "n!=\"1\\n2\""]
    group_by: [alertname, instance, missing]
    continue: true
  - matchers: ['severity != "info"', "team =~ x|pay", 'team!="x|pay"', 'team!~"no|nothing"']
    group_by: [severity, instance]
    continue: true
  - matchers: ['{severity="critical", team="pay"}']
    group_by: [team]
    continue: true
  - match: {}
    group_by: [missing]
    continue: true
  - group_by: []
    continue: true
  - match_re: {team: "shop"}
    group_by: [instance]
receivers:
- name: both
  webhook_configs: [{url: "HERE/hook", send_resolved: false}]
  pagerduty_configs: [{url: "HERE/page", routing_key: r-of-tests, send_resolved: false}]
"#;

fn alerts() -> Vec<BTreeMap<&'static str, &'static str>> {
    vec![
        BTreeMap::from([
            ("alertname", "Größe \"x\" ✓"),
            ("team", "pay"),
            ("severity", "critical"),
            ("z", "a\"b"),
            ("instance", "a:1"),
            ("job", "j\n1\\\t\u{a0}"),
        ]),
        BTreeMap::from([("alertname", "Down"), ("team", "shop"), ("severity", "critical"), ("z", "a\"b"), ("job", "")]),
        BTreeMap::from([("alertname", "Down"), ("team", "pay"), ("severity", "error"), ("instance", "{b,c}=\"d\"")]),
    ]
}

fn sent<'a>(seen: &'a [Request], path: &'a str) -> impl Iterator<Item = Value> + 'a {
    seen.iter().filter(move |r| r.path == path).map(|r| serde_json::from_str(&r.body).unwrap())
}

fn texts(all: impl Iterator<Item = Value>, field: &str) -> BTreeSet<String> {
    all.map(|v| v[field].as_str().unwrap().to_owned()).collect()
}

/// What is computed here: the names of all groups, and the keys at PagerDuty.
fn computed(policy: &Policy) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for alert in alerts() {
        let labels: Labels = alert.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        names.extend(policy.root.ways(&labels).iter().filter_map(|way| group_key(way, &labels)));
        keys.extend(policy.alert_keys(&labels));
    }
    (names, keys)
}

#[tokio::test]
async fn every_group_has_the_name_and_the_key_that_a_running_alertmanager_sends() {
    let told = Server::always(Reply::with(202, "", "{}")).await;
    let alertmanager = Real::alertmanager_routing(&ROUTES.replace("HERE", &told.url())).await;
    let source = sources::connect(&config(SourceKind::Alertmanager, &[alertmanager.url()])).await.unwrap();
    let policy = source.routing().unwrap().policy(Time::UNIX_EPOCH).await.unwrap();
    assert!(policy.problems.is_empty(), "{:?}", policy.problems);
    let (names, keys) = computed(&policy);

    let posted: Vec<Value> = alerts().iter().map(|labels| json!({ "labels": labels })).collect();
    alertmanager.post("/api/v2/alerts", &json!(posted).to_string()).await;
    // A group that no label names has the same name everywhere: of that there is no name and no key here.
    let nameless: BTreeSet<String> =
        [r#"{}/{}:{}"#, r#"{}/{team=~"^(?:shop)$"}:{}"#].iter().map(|&name| name.to_owned()).collect();
    let all = async {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            look.tick().await;
            let seen = told.seen();
            let (pages, theirs) = (texts(sent(&seen, "/page"), "dedup_key"), texts(sent(&seen, "/hook"), "groupKey"));
            let wanted = names.len() + nameless.len();
            if theirs.len() >= wanted && pages.len() >= wanted {
                return;
            }
        }
    };
    let in_time = tokio::time::timeout(SENT_WITHIN, all).await;

    let seen = told.seen();
    let theirs = texts(sent(&seen, "/hook"), "groupKey");
    assert!(in_time.is_ok(), "computed: {names:#?}\nsent: {theirs:#?}");
    assert_eq!(theirs, names.union(&nameless).cloned().collect());
    let of_nameless = nameless.iter().map(|name| alert_key(name)).collect();
    assert_eq!(texts(sent(&seen, "/page"), "dedup_key"), keys.union(&of_nameless).cloned().collect());
    let twice = r#"{}/{team="pay"}/{alertname=~"^(?:.+)$",severity=~"^(?:^(?:critical)$)$"}:{severity="critical"}"#;
    assert!(names.contains(twice), "{names:#?}");
}
