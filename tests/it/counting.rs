//! The plan of counting: what a minute costs, what a restart asks for, and what a refusal leaves standing.

mod again;
mod close;
mod composed;
mod cost;
mod edges;
mod goals;
mod kept;
mod planned;
mod refused;
mod sharp;

use std::{collections::HashMap, sync::Arc};

use tokio::sync::watch;
use watchfire::{
    app::effect::Eyes,
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
    server::{Reply, Request, Server},
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
fn watched(ids: &[&str]) -> (watch::Sender<Eyes>, watch::Receiver<Eyes>) {
    watch::channel(Eyes { seen: ids.iter().map(|id| SloId::new(id)).collect(), close: None })
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
    answer("matrix", &matrix(request, |_, _| Some("100".into())))
}

/// The series of a question for buckets; `value` gets a half's own query and the end of a bucket, in Unix seconds.
fn matrix(request: &Request, value: impl Fn(&str, i64) -> Option<String>) -> String {
    let form = form(request);
    let number = |name: &str| form[name].parse::<i64>().unwrap();
    let ends = || (number("start")..=number("end")).step_by(usize::try_from(number("step")).unwrap());
    let halves = form["query"].split("label_replace(sum(").skip(1).map(|rest| {
        let (query, rest) = rest.split_once("), \"wf\", \"").unwrap();
        (query, rest.split('"').next().unwrap())
    });
    let series = halves.filter_map(|(query, key)| {
        let values: Vec<String> =
            ends().filter_map(|end| Some(format!("[{end},\"{}\"]", value(query, end)?))).collect();
        let series = format!(r#"{{"metric":{{"wf":"{key}"}},"values":[{}]}}"#, values.join(","));
        (!values.is_empty()).then_some(series)
    });
    series.collect::<Vec<_>>().join(",")
}

/// A server that counts what it is told to, and knows no rules.
async fn script(value: impl Fn(&str, i64) -> Option<String> + Send + Sync + 'static) -> Server {
    Server::start(move |request| match is_range(request) {
        true => Reply::json(format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[{}]}}}}"#,
            matrix(request, &value)
        )),
        false => hundreds(request),
    })
    .await
}
