//! The plan of counting: what a minute costs, what a restart asks for, and what a refusal leaves standing.

mod cost;
mod goals;
mod kept;
mod refused;

use std::{collections::HashMap, sync::Arc};

use tokio::sync::watch;
use watchfire::{
    config::SourceKind,
    domain::{
        Time,
        slo::{Counted, Indicator, Objective, Slo, SloId, Window},
    },
    runtime::{
        budgets::{Counting, Means},
        clock::Clock,
    },
    sources::{self, Source},
};

use crate::support::{
    config,
    server::{Reply, Request},
};

const DAY: i64 = 86_400;
/// Noon, long ago, in Unix seconds.
const NOON: i64 = 1_735_689_600 + DAY / 2;

fn at(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).unwrap()
}

async fn connect(url: String) -> Arc<dyn Source> {
    sources::connect(&config(SourceKind::Prometheus, &[url])).await.unwrap()
}

/// A month of requests.
fn slo(id: &str) -> Slo {
    let indicator =
        Indicator::events(Counted::Bad(format!("bad{{slo=\"{id}\"}}")), &format!("all{{slo=\"{id}\"}}"), true);
    Slo::new(id, Objective::percent("99").unwrap(), Window::rolling(30 * DAY), indicator)
}

fn slos(n: usize) -> Vec<Slo> {
    (0..n).map(|i| slo(&format!("slo{i}"))).collect()
}

/// Somebody looks at these.
fn watched(ids: &[&str]) -> (watch::Sender<Vec<SloId>>, watch::Receiver<Vec<SloId>>) {
    watch::channel(ids.iter().map(|id| SloId::new(id)).collect())
}

fn counting(source: &Arc<dyn Source>, slos: Vec<Slo>, means: Means, now: Time) -> Counting {
    Counting::new(vec![source.clone()], slos, Vec::new(), Clock::from(now, 0.01)).with(means)
}

fn form(request: &Request) -> HashMap<String, String> {
    url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect()
}

/// Seconds between the first and the last bucket of a question.
fn seconds_asked(request: &Request) -> i64 {
    let form = form(request);
    let number = |name: &str| form.get(name).map_or(0, |n| n.parse::<i64>().unwrap());
    number("end") - number("start") + number("step")
}

fn is_range(request: &Request) -> bool {
    request.path.ends_with("query_range")
}

/// A server with no rules, where every half of every bucket counts 100 and each question reads a thousand samples.
fn hundreds(request: &Request) -> Reply {
    Reply::json(hundreds_text(request))
}

fn hundreds_text(request: &Request) -> String {
    let answer = |kind: &str, result: &str| {
        let stats = r#""stats":{"samples":{"totalQueryableSamples":1000,"peakSamples":9}}"#;
        format!(r#"{{"status":"success","data":{{"resultType":"{kind}","result":[{result}],{stats}}}}}"#)
    };
    if request.path.ends_with("rules") {
        return r#"{"status":"success","data":{"groups":[]}}"#.to_owned();
    }
    if !is_range(request) {
        return answer("vector", "");
    }
    let form = form(request);
    let number = |name: &str| form[name].parse::<i64>().unwrap();
    let ends = (number("start")..=number("end")).step_by(usize::try_from(number("step")).unwrap());
    let values: Vec<String> = ends.map(|end| format!("[{end},\"100\"]")).collect();
    let keys = form["query"].split("\"wf\", \"").skip(1).filter_map(|rest| rest.split('"').next());
    let series: Vec<String> =
        keys.map(|key| format!(r#"{{"metric":{{"wf":"{key}"}},"values":[{}]}}"#, values.join(","))).collect();
    answer("matrix", &series.join(","))
}
