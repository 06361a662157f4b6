//! What it may ask: the roles of the manual, no more and no less; and what becomes of what is refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use watchfire::domain::source::SourceError;

use super::{PODS, crashing, fake::Fake, later, names, now, pod, source};

/// Group, resource and verb.
pub type Rules = BTreeSet<(String, String, String)>;

/// What a role of this name in the manual allows.
pub fn role(name: &str) -> Rules {
    let manual = include_str!("../../../assets/manual/source-kubernetes.md");
    let blocks = manual.split("```yaml\n").skip(1).filter_map(|b| b.split("```").next());
    let roles: Vec<Value> = blocks.map(|b| serde_saphyr::from_str(b).unwrap()).collect();
    let role = roles.iter().find(|r| r["metadata"]["name"] == name).unwrap();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
    };
    let mut rules = Rules::new();
    for rule in role["rules"].as_array().unwrap() {
        for group in texts(&rule["apiGroups"]) {
            for resource in texts(&rule["resources"]) {
                rules.extend(texts(&rule["verbs"]).into_iter().map(|verb| (group.clone(), resource.clone(), verb)));
            }
        }
    }
    rules
}

#[tokio::test]
async fn the_manuals_role_allows_what_is_asked_and_nothing_else() {
    let fake = Fake::start().await;
    fake.world().allowed = Some(role("watchfire"));
    let source = source(&fake.url(), "").await;
    let told = source.poll(now()).await.unwrap();
    assert!(told.complete && told.problems.is_empty(), "{told:?}");
    assert_eq!(fake.world().used, role("watchfire"));
}

#[tokio::test]
async fn what_is_refused_is_told_and_the_rest_goes_on() {
    let fake = Fake::start().await;
    fake.put(PODS, pod("web-5d4-a", crashing(3)));
    let without = |resource: &str| role("watchfire").into_iter().filter(|(_, r, _)| r != resource).collect::<Rules>();
    fake.world().allowed = Some(without("nodes"));
    let source = source(&fake.url(), "").await;
    for second in [0, 15] {
        let told = source.poll(later(second)).await.unwrap();
        assert_eq!((names(&told), told.complete), (vec!["CrashLoopBackOff"], false));
        let why = told.problems[0].why.raw();
        assert!(
            told.problems[0].at == "nodes" && why.contains("nodes is forbidden") && why.contains("`resources`"),
            "{why}"
        );
    }
    assert_eq!(fake.asked("/api/v1/nodes").0, 1, "a refusal holds for a minute");
    fake.world().allowed = Some(role("watchfire"));
    assert!(source.poll(later(61)).await.unwrap().complete);
}

#[tokio::test]
async fn what_makes_no_alerts_may_be_refused_without_doubt_about_them() {
    let fake = Fake::start().await;
    let rules = role("watchfire").into_iter().filter(|(_, r, _)| r != "events" && r != "replicasets").collect();
    fake.world().allowed = Some(rules);
    let told = source(&fake.url(), "").await.poll(now()).await.unwrap();
    assert!(told.complete, "{told:?}");
    let at: Vec<&str> = told.problems.iter().map(|p| p.at.raw()).collect();
    assert_eq!(at, ["replicasets", "events"]);
}

#[tokio::test]
async fn what_may_only_be_listed_is_listed_once_a_minute() {
    let fake = Fake::start().await;
    fake.put(PODS, pod("web-5d4-a", crashing(3)));
    let lists = role("watchfire").into_iter().filter(|(_, _, verb)| verb == "list").collect();
    fake.world().allowed = Some(lists);
    let source = source(&fake.url(), "resources = [\"pods\"]").await;
    let told = source.poll(now()).await.unwrap();
    assert!(told.complete && told.problems[0].why.raw().contains("once a minute"), "{told:?}");
    fake.delete(PODS, "shop", "web-5d4-a");
    source.poll(later(30)).await.unwrap();
    assert_eq!(fake.asked("/api/v1/pods"), (1, 1));
    assert!(source.poll(later(60)).await.unwrap().alerts.is_empty());
}

#[tokio::test]
async fn who_may_read_nothing_is_not_authorised() {
    let fake = Fake::start().await;
    fake.world().allowed = Some(Rules::new());
    let error = source(&fake.url(), "").await.poll(now()).await.unwrap_err();
    assert!(matches!(&error, SourceError::Auth { why } if why.raw().contains("forbidden")), "{error}");
}

#[tokio::test]
async fn one_namespace_that_is_refused_does_not_hide_the_other() {
    let lists = |r: &crate::support::server::Request| match r.path.as_str() {
        "/version" => crate::support::server::Reply::json("{}"),
        p if p.contains("/namespaces/shop/") => {
            let items = if p.ends_with("pods") { json!([pod_in_full()]) } else { json!([]) };
            crate::support::server::Reply::json(
                json!({ "metadata": { "resourceVersion": "9" }, "items": items }).to_string(),
            )
        }
        _ => crate::support::server::Reply::with(
            403,
            "",
            r#"{"kind":"Status","message":"pods is forbidden","code":403}"#,
        ),
    };
    let server = crate::support::server::Server::start(lists).await;
    let source = source(&server.url(), "namespaces = [\"shop\", \"vault\"]\nresources = [\"pods\"]").await;
    let told = source.look(now()).await.unwrap();
    assert_eq!(
        (names(&told), told.complete, told.problems[0].at.raw()),
        (vec!["CrashLoopBackOff"], false, "pods in vault")
    );
}

fn pod_in_full() -> Value {
    let mut pod = pod("web-5d4-a", crashing(3));
    pod["metadata"]["uid"] = json!("u1");
    pod
}
