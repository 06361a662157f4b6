//! Every request that is made is one that the published contract takes, and every answer of the fake is one that it
//! promises; and the bad answers of the world.
//!
//! The contract speaks of relational operators (`created_ats[gt]`) in prose only: they are asked for without.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use watchfire::{
    config::SourceConfig,
    domain::{
        alert::AlertId,
        held::{Request as Asked, Verb},
        op::OpId,
        source::SourceName,
    },
};

use super::super::contract::Held;
use super::{
    at, crashing,
    fake::{Fake, SHOP},
    source,
};
use crate::support::{
    fixture,
    server::{Reply, Request, Server},
    source_of,
};

/// The mock that judges requests, ended with its value.
struct Steady {
    child: Child,
    url: String,
}

impl Steady {
    async fn start() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules/.bin/steady");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(&program)
            .args(["--host", "127.0.0.1", "-p", &port.to_string(), "--validator-query-array-format=comma", "--quiet"])
            .arg(fixture("contracts/cloudfoundry.json"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{} cannot be started ({e}): `tests/run` installs it", program.display()));
        let steady = Self { child, url: format!("http://127.0.0.1:{port}") };
        let ready = async {
            let mut look = tokio::time::interval(Duration::from_millis(50));
            while reqwest::get(&steady.url).await.is_err() {
                look.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), ready).await.expect("the mock is ready in time");
        steady
    }

    /// What is wrong with a request, where anything is.
    async fn judge(&self, request: &Request) -> Option<String> {
        let query = request.query.replace("created_ats%5Bgt%5D", "created_ats");
        let url = format!("{}{}?{query}", self.url, request.path);
        let method = request.method.parse().unwrap();
        let call = reqwest::Client::builder().no_proxy().build().unwrap().request(method, url.trim_end_matches('?'));
        let call = call.header("authorization", "bearer x").header("content-type", "application/json");
        let answer = call.body(request.body.clone()).send().await.unwrap();
        let (good, text) = (answer.status().is_success(), answer.text().await.unwrap());
        (!good).then(|| format!("{} {}?{query}: {text}", request.method, request.path))
    }
}

impl Drop for Steady {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has everything done that the source can do.
async fn everything() -> (Fake, Server) {
    let (fake, server) = crashing().await;
    fake.with(|s| {
        s.page = 3;
        s.deployment(1, SHOP, at(-3_600), ("ACTIVE", "DEPLOYING"), None);
    });
    let source = source(&server, "organizations = [\"acme\"]").await;
    let alert = source.poll(at(0)).await.unwrap().alerts[0].clone();
    let request = Asked {
        verb: Verb::Note,
        alert: AlertId { source: SourceName::new("cf"), fingerprint: alert.fingerprint.clone() },
        began: alert.starts_at,
        actor: "ana".to_owned(),
        text: "on it".to_owned(),
        until: None,
    };
    source.requests().unwrap().apply(&OpId("op".to_owned()), &request, at(1)).await.unwrap();
    fake.with(|s| {
        s.now = at(60);
        s.deployment(1, SHOP, at(-3_600), ("FINALIZED", "DEPLOYED"), None);
    });
    source.poll(at(60)).await.unwrap();
    (fake, server)
}

#[tokio::test]
async fn every_request_is_one_that_the_published_contract_takes() {
    let steady = Steady::start().await;
    let (_fake, server) = everything().await;
    let asked: Vec<Request> = server.seen().into_iter().filter(|r| !r.path.starts_with("/oauth")).collect();
    let mut paths: Vec<&str> = asked.iter().map(|r| r.path.split('/').nth(2).unwrap_or("")).collect();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths, ["", "apps", "audit_events", "deployments", "spaces"]);
    for request in &asked {
        assert_eq!(steady.judge(request).await, None);
    }
    // The judge does judge.
    let wrong = Request {
        path: "/v3/audit_events".into(),
        query: "types=app.crush".into(),
        method: "GET".into(),
        ..Request::default()
    };
    assert!(steady.judge(&wrong).await.is_some_and(|why| why.contains("E3016")));
}

/// Reads pairs of a schema's name and an answer, and prints what is wrong with any.
const VALIDATE: &str = r#"
import json, sys, jsonschema
components = json.load(open(sys.argv[1]))["components"]
paths = json.load(open(sys.argv[1]))["paths"]
for path, method, body in json.load(sys.stdin):
    schema = paths[path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    judge = jsonschema.Draft202012Validator(dict(schema, components=components), format_checker=jsonschema.FormatChecker())
    for error in judge.iter_errors(body):
        print(path, method, "/".join(map(str, error.absolute_path)), error.message)
"#;

fn validated(answers: &[Value]) -> String {
    let contract: PathBuf = fixture("contracts/cloudfoundry.json");
    let mut python = Command::new("python3");
    python.args(["-c", VALIDATE]).arg(contract).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = python.spawn().expect("python3 with jsonschema: apt-get install python3-jsonschema");
    child.stdin.take().unwrap().write_all(json!(answers).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn every_answer_of_the_fake_is_one_that_the_contract_promises() {
    let (fake, _server) = everything().await;
    let template = |path: &str| match path.split('/').collect::<Vec<_>>().as_slice() {
        ["", "v3", kind @ ("apps" | "deployments"), _] => format!("/v3/{kind}/{{guid}}"),
        ["", "v3", "apps", _, "processes", _, "stats"] => "/v3/apps/{guid}/processes/{type}/stats".to_owned(),
        _ => path.to_owned(),
    };
    let answers: Vec<Value> = fake.with(|s| s.answered.iter().map(|(p, m, b)| json!([template(p), m, b])).collect());
    assert!(answers.len() > 10);
    assert_eq!(validated(&answers), "");
    let wrong = json!(["/v3/deployments", "get", {"resources": [{"status": {"value": "LEVITATING"}}]}]);
    assert!(validated(&[wrong]).contains("LEVITATING"), "the judge does judge");
}

fn config(url: String) -> SourceConfig {
    source_of(&format!(
        "[[source]]\nname = \"cf\"\nkind = \"cloudfoundry\"\nurl = \"{url}\"\ntoken = \"{}\"\n",
        super::super::contract::TOKEN
    ))
}

fn root(url: &str) -> Reply {
    Reply::json(json!({"links": {"self": {"href": url}, "uaa": {"href": url}, "log_cache": null}}).to_string())
}

fn good(request: &Request, url: &str) -> Reply {
    match request.path.as_str() {
        "/" | "" => root(url),
        _ => Reply::json(r#"{"pagination":{"next":null},"resources":[]}"#),
    }
}

#[tokio::test]
async fn a_cloud_foundry_keeps_its_word_from_its_first_answer() {
    Held { config, before: super::super::contract::nothing_before, good, goes_on_at_404: false }.keeps_its_word().await;
}

#[tokio::test]
async fn a_cloud_foundry_keeps_its_word_in_its_lists() {
    let before = |request: &Request, url: &str| (request.path.len() < 2).then(|| root(url));
    Held { config, before, good, goes_on_at_404: false }.keeps_its_word().await;
}
