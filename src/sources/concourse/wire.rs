//! Concourse's JSON. Nobody publishes a contract of it; the shapes are those of `atc/job.go`, `atc/build.go` and
//! `atc/event` of its source.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::{Time, text::SafeText};

/// Deepest instance variable that is named by its path.
const DEEP: usize = 8;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Job {
    pub(super) name: String,
    pub(super) team_name: String,
    pub(super) pipeline_name: String,
    #[serde(default)]
    pub(super) pipeline_instance_vars: Option<Map<String, Value>>,
    #[serde(default)]
    pub(super) paused: bool,
    pub(super) paused_by: Option<SafeText>,
    pub(super) finished_build: Option<Build>,
    pub(super) next_build: Option<Build>,
    /// The first build of the run of equal results that the last finished one belongs to.
    pub(super) transition_build: Option<Build>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Build {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) name: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) team_name: String,
    /// Absent in a build of `fly execute`.
    pub(super) job_name: Option<String>,
    pub(super) pipeline_name: Option<String>,
    #[serde(default)]
    pub(super) pipeline_instance_vars: Option<Map<String, Value>>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    pub(super) created_by: Option<SafeText>,
    #[serde(default)]
    pub(super) comment: Option<String>,
    pub(super) rerun_of: Option<Value>,
}

impl Build {
    /// Left out by the server while it is zero.
    pub(super) fn began(&self) -> Option<Time> {
        moment(self.start_time)
    }

    pub(super) fn ended(&self) -> Option<Time> {
        moment(self.end_time)
    }

    pub(super) fn is_red(&self) -> bool {
        matches!(self.status.as_str(), "failed" | "errored")
    }

    pub(super) fn runs(&self) -> bool {
        matches!(self.status.as_str(), "pending" | "started")
    }
}

fn moment(seconds: Option<i64>) -> Option<Time> {
    Time::from_timestamp(seconds.filter(|s| *s > 0)?, 0)
}

#[derive(Deserialize)]
pub(super) struct Info {
    pub(super) version: Option<SafeText>,
    pub(super) external_url: Option<String>,
}

/// One message of a build's stream.
#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) event: String,
    #[serde(default)]
    pub(super) data: EventData,
}

/// What of it is read: the words of a log, and of an error.
#[derive(Default, Deserialize)]
pub(super) struct EventData {
    pub(super) payload: Option<String>,
    pub(super) message: Option<String>,
}

/// Instance variables as the server itself writes them: `branch:main,region.name:eu`, in the order of their names.
pub(super) fn instance(vars: Option<&Map<String, Value>>) -> String {
    let pairs = leaves(vars);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    pairs.iter().map(|(name, value)| format!("{name}:{}", text(value))).collect::<Vec<_>>().join(",")
}

/// The same for a query: `vars.branch="main"`.
pub(super) fn query(vars: Option<&Map<String, Value>>) -> Vec<(String, String)> {
    leaves(vars).into_iter().map(|(name, value)| (format!("vars.{name}"), value.to_string())).collect()
}

fn leaves(vars: Option<&Map<String, Value>>) -> Vec<(String, &Value)> {
    let mut out = Vec::new();
    if let Some(vars) = vars {
        descend("", vars, DEEP, &mut out);
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn descend<'a>(before: &str, vars: &'a Map<String, Value>, deep: usize, out: &mut Vec<(String, &'a Value)>) {
    for (name, value) in vars {
        let path = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        match value {
            Value::Object(inner) if deep > 0 && !inner.is_empty() => descend(&path, inner, deep - 1, out),
            leaf => out.push((path, leaf)),
        }
    }
}
