//! The rules of a server, as far as they are a generator's: read group by group, so that a page of megabytes leaves only
//! what matters.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{super::Prometheus, expression};
use crate::{
    domain::{Time, label::Labels, text::SafeText},
    sources::http::{Call, Failure},
};

/// Most rules that are kept: five hundred objectives have some eight thousand.
const RULES_MAX: usize = 100_000;
/// What the names of recordings begin with, or hold, that generators make.
const BEGINS: [&str; 4] = ["slo:", "sloth_", "pyrra_", "grafana_slo_"];
const HOLDS: [&str; 4] = [":burnrate", ":increase", ":count", ":sum"];
/// What in an alert's expression is a recorded ratio.
const COMPARED: [&str; 3] = ["slo:sli_error:ratio_rate", ":burnrate", "grafana_slo_sli_"];

/// One rule that a generator made.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) labels: Labels,
    pub(super) alerts: bool,
    /// Seconds that an alert waits.
    pub(super) for_s: i64,
    /// `group in file`
    pub(super) place: String,
    pub(super) evaluation: Evaluation,
}

/// How a group of rules fares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Evaluation {
    pub(crate) at: Option<Time>,
    /// Seconds.
    pub(crate) took_s: Option<f64>,
    /// Seconds between two.
    pub(crate) every_s: Option<f64>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    groups: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireGroup<'a> {
    #[serde(default)]
    name: SafeText,
    #[serde(default)]
    file: SafeText,
    interval: Option<f64>,
    evaluation_time: Option<f64>,
    last_evaluation: Option<Time>,
    #[serde(borrow)]
    rules: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Head {
    name: SafeText,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct WireRule {
    query: String,
    labels: Option<Labels>,
    duration: Option<f64>,
}

impl Prometheus {
    /// What could not be read of it is passed over: it is nobody's objective.
    pub(super) async fn generated_rules(&self, now: Time) -> Result<Vec<Rule>, Failure> {
        let query = [("exclude_alerts", "true".to_owned())];
        let reply = self.ask_rules(Call::get("api/v1/rules").query(&query), now).await?;
        let (page, _) = reply.open::<Page>()?;
        let mut found = Vec::new();
        for group in page.groups.unwrap_or_default() {
            if let Ok(group) = serde_json::from_str::<WireGroup>(group.get()) {
                group.rules(&mut found);
            }
        }
        Ok(found)
    }
}

impl WireGroup<'_> {
    fn rules(&self, found: &mut Vec<Rule>) {
        let evaluation = Evaluation {
            at: self.last_evaluation.filter(|at| at.timestamp() > 0),
            took_s: self.evaluation_time.filter(|s| s.is_finite() && *s >= 0.0),
            every_s: self.interval.filter(|s| s.is_finite() && *s > 0.0),
        };
        let place = match self.file.raw() {
            "" => self.name.raw().to_owned(),
            file => format!("{} in {file}", self.name.raw()),
        };
        for raw in self.rules.iter().flatten() {
            if found.len() >= RULES_MAX {
                return;
            }
            let rule = read(raw);
            found.extend(rule.map(|rule| Rule { place: place.clone(), evaluation, ..rule }));
        }
    }
}

/// A rule that a generator made.
fn read(raw: &RawValue) -> Option<Rule> {
    let head = serde_json::from_str::<Head>(raw.get()).ok()?;
    let alerts = head.kind.as_deref() == Some("alerting");
    let name = head.name.raw();
    let generated = BEGINS.iter().any(|b| name.starts_with(b)) || HOLDS.iter().any(|h| name.contains(h));
    if !alerts && !generated || alerts && !COMPARED.iter().any(|c| raw.get().contains(c)) {
        return None;
    }
    let rule = serde_json::from_str::<WireRule>(raw.get()).ok()?;
    Some(Rule {
        name: name.to_owned(),
        expression: rule.query,
        labels: rule.labels.unwrap_or_default(),
        alerts,
        for_s: seconds(rule.duration.unwrap_or(0.0)),
        ..Rule::default()
    })
}

impl Rule {
    /// The value of a label, which is not empty.
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        Some(self.labels.value(name)).filter(|v| !v.is_empty())
    }

    /// The value of a label of an alert, or what its first recording is asked to have there.
    pub(super) fn label_or_matcher(&self, name: &str) -> Option<String> {
        let first = || expression::comparisons(&self.expression).into_iter().next();
        self.label(name).map(str::to_owned).or_else(|| expression::equal_to(&first()?.selector, name))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "clamped before")]
pub(super) fn seconds(number: f64) -> i64 {
    number.clamp(0.0, 1e9) as i64
}
