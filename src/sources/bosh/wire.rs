//! The director's JSON, as its source has it. Numbers may be texts and anything may be null.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::{Time, text::SafeText};

#[derive(Deserialize)]
pub(super) struct Info {
    pub(super) name: Option<SafeText>,
    pub(super) version: Option<SafeText>,
    pub(super) user_authentication: UserAuthentication,
}

#[derive(Deserialize)]
pub(super) struct UserAuthentication {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) options: Option<Options>,
}

#[derive(Deserialize)]
pub(super) struct Options {
    pub(super) url: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Task {
    pub(super) id: i64,
    pub(super) state: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) description: String,
    timestamp: Option<i64>,
    started_at: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) result: String,
    pub(super) user: Option<SafeText>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) deployment: String,
}

impl Task {
    /// When it changed last: when it ended, for one that has.
    pub(super) fn at(&self) -> Option<Time> {
        moment(self.timestamp)
    }

    pub(super) fn began(&self) -> Option<Time> {
        moment(self.started_at)
    }

    pub(super) fn failed(&self) -> bool {
        matches!(self.state.as_str(), "error" | "timeout")
    }

    pub(super) fn runs(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "processing" | "cancelling")
    }

    pub(super) fn is_deploy(&self) -> bool {
        ["create deployment", "update deployment", "delete deployment"].iter().any(|d| self.description.starts_with(d))
    }
}

fn moment(seconds: Option<i64>) -> Option<Time> {
    Time::from_timestamp(seconds.filter(|s| *s > 0)?, 0)
}

fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(d: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

#[derive(Clone, Deserialize)]
pub(super) struct Event {
    pub(super) id: String,
    timestamp: Option<i64>,
    pub(super) user: Option<SafeText>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) action: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) object_type: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) object_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) deployment: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) instance: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) task: String,
    #[serde(default)]
    pub(super) context: Value,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) error: String,
}

impl Event {
    pub(super) fn at(&self) -> Option<Time> {
        moment(self.timestamp)
    }

    pub(super) fn said(&self, key: &str) -> &str {
        self.context.get(key).and_then(Value::as_str).unwrap_or("")
    }
}

#[derive(Deserialize)]
pub(super) struct Deployment {
    pub(super) name: String,
}

/// An instance, as the database has it or as its VM's agent says.
#[derive(Clone, Deserialize)]
pub(super) struct Instance {
    #[serde(alias = "job", default, deserialize_with = "or_default")]
    pub(super) job_name: String,
    pub(super) id: Option<String>,
    pub(super) index: Option<Value>,
    pub(super) az: Option<String>,
    #[serde(alias = "cid")]
    pub(super) vm_cid: Option<String>,
    #[serde(default)]
    pub(super) expects_vm: Option<bool>,
    /// What the agent says; none where nobody asked it.
    pub(super) job_state: Option<String>,
    /// What it is meant to be.
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) ignore: Option<bool>,
    #[serde(default)]
    processes: Option<Vec<Process>>,
    #[serde(default)]
    vitals: Value,
}

#[derive(Clone, Deserialize)]
struct Process {
    name: Option<String>,
    state: Option<String>,
}

impl Instance {
    pub(super) fn name(&self) -> String {
        let index = self.index.as_ref().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned));
        format!("{}/{}", self.job_name, self.id.clone().or(index).unwrap_or_else(|| "?".to_owned()))
    }

    /// Processes that do not run.
    pub(super) fn failing(&self) -> Vec<String> {
        let bad = |p: &&Process| p.state.as_deref().is_some_and(|s| s != "running");
        let name = |p: &Process| format!("{} {}", p.name.as_deref().unwrap_or("?"), p.state.as_deref().unwrap_or("?"));
        self.processes.iter().flatten().filter(bad).map(name).collect()
    }

    /// Load and fill, as far as the agent says.
    pub(super) fn vitals(&self) -> Vec<String> {
        let percent = |name: &str, at: &[&str]| {
            let value = at.iter().try_fold(&self.vitals, |v, key| v.get(key))?;
            let number =
                value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|n: &f64| n.is_finite())?;
            Some(format!("{name} {number:.0}%"))
        };
        let all = [
            percent("memory", &["mem", "percent"]),
            percent("system disk", &["disk", "system", "percent"]),
            percent("ephemeral disk", &["disk", "ephemeral", "percent"]),
            percent("persistent disk", &["disk", "persistent", "percent"]),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A line of a task's event output.
#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) time: Option<i64>,
    pub(super) stage: Option<String>,
    pub(super) task: Option<String>,
    pub(super) state: Option<String>,
    pub(super) error: Option<Fault>,
    pub(super) data: Option<Data>,
}

#[derive(Deserialize)]
pub(super) struct Fault {
    pub(super) code: Option<i64>,
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Data {
    pub(super) error: Option<String>,
}
