//! A scenario file as it is written: TOML, every key known, every mistake with its line.
//!
//! Refuses to know what the values mean together; that is `scenario.rs`. Lengths are written as Prometheus writes them
//! (`90s`, `4m`, `3d2h`); a moment is a length since the scenario began and may be negative (`-3d2h`).

use std::collections::BTreeMap;

use chrono::Duration;
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Spanned;

use crate::domain::{
    Time, duration,
    matcher::{MatchOp, Matcher},
    slo::Objective,
};

/// A whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) story: String,
    pub(super) start: Time,
    pub(super) opens_at: Moment,
    #[serde(rename = "source")]
    pub(super) sources: Vec<SourceTable>,
    #[serde(rename = "alert", default)]
    pub(super) alerts: Vec<AlertTable>,
    #[serde(rename = "silence", default)]
    pub(super) silences: Vec<SilenceTable>,
    #[serde(rename = "fault", default)]
    pub(super) faults: Vec<FaultTable>,
    #[serde(rename = "event", default)]
    pub(super) events: Vec<EventTable>,
    #[serde(rename = "duty", default)]
    pub(super) duties: Vec<DutyTable>,
    #[serde(rename = "slo", default)]
    pub(super) slos: Vec<SloTable>,
    pub(super) experiment: Option<super::experiment::ExperimentTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) name: Spanned<String>,
    #[serde(default, alias = "imitates")]
    pub(super) kind: Imitates,
    pub(super) ack: Option<Spanned<AckWord>>,
    pub(super) interval: Option<Length>,
    /// Of one that pages: who is paged first, second, last.
    pub(super) people: Option<Spanned<Vec<String>>>,
    /// Of one that pages: how long somebody has to ack.
    pub(super) escalates_after: Option<Length>,
    /// Of one that pages: how long an ack lasts there.
    pub(super) ack_lasts: Option<Length>,
}

/// Which backend a simulated source behaves like: an Alertmanager writes silences, a Prometheus counts, a PagerDuty keeps
/// acks and owners itself and pages the next where nobody acks, a Concourse and a Cloud Foundry tell what was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Imitates {
    #[default]
    Alertmanager,
    Prometheus,
    Pagerduty,
    /// Tells what was changed, and lists no alert; so does the next.
    Concourse,
    Cloudfoundry,
}

impl Imitates {
    /// The kind of source that tells what was changed and nothing else.
    pub fn tells_changes_alone(self) -> Option<&'static str> {
        match self {
            Self::Alertmanager | Self::Prometheus | Self::Pagerduty => None,
            Self::Concourse => Some("concourse"),
            Self::Cloudfoundry => Some("cloudfoundry"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AckWord {
    Silence,
    Journal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlertTable {
    pub(super) at: Spanned<Moment>,
    pub(super) until: Option<Moment>,
    pub(super) source: Option<Spanned<String>>,
    pub(super) labels: BTreeMap<String, Words>,
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, Words>,
    /// Its page at the source.
    pub(super) url: Option<String>,
    pub(super) pending_for: Option<Length>,
    pub(super) count: Option<Spanned<u32>>,
    /// The copies begin evenly over this length.
    pub(super) spread: Option<Length>,
    /// The copies end evenly over this length, the first at `until`.
    pub(super) until_spread: Option<Length>,
    pub(super) every: Option<Length>,
    #[serde(rename = "for")]
    pub(super) lasts: Option<Length>,
    #[serde(default)]
    pub(super) inhibited_by: Vec<MatcherText>,
}

/// A value, or values taken in turn by the copies of an alert.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    One(String),
    Turns(Vec<String>),
}

impl Words {
    pub(super) fn of(&self, copy: usize) -> &str {
        match self {
            Self::One(word) => word,
            Self::Turns(words) if words.is_empty() => "",
            Self::Turns(words) => &words[copy % words.len()],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SilenceTable {
    pub(super) at: Spanned<Moment>,
    pub(super) until: Moment,
    pub(super) source: Option<Spanned<String>>,
    pub(super) matchers: Vec<MatcherText>,
    pub(super) by: String,
    pub(super) comment: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultTable {
    pub(super) at: Spanned<Moment>,
    pub(super) until: Moment,
    pub(super) source: Option<Spanned<String>>,
    pub(super) kind: FaultKind,
}

/// How a simulated source fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Nobody answers.
    Unreachable,
    /// 401.
    Unauthorized,
    /// 429 until the fault is over.
    RateLimited,
    /// Every answer takes 8 s.
    Slow,
    /// An answer that is none.
    Malformed,
    /// Every third alert of an answer cannot be read; the rest can.
    Garbled,
    /// Reads are answered, writes are refused.
    Refused,
    /// A write is carried out, but its answer never arrives.
    LostAnswer,
    /// A write never arrives, and nobody says so.
    LostRequest,
    /// What is asked for is taken, and done when the fault is over.
    Pending,
    /// A defect of ours: the poll panics.
    Panic,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventTable {
    pub(super) at: Moment,
    pub(super) kind: String,
    pub(super) source: Option<Spanned<String>>,
    pub(super) title: String,
    pub(super) by: String,
    #[serde(default)]
    pub(super) text: String,
    pub(super) service: Option<String>,
    /// Its page at the source.
    pub(super) url: Option<String>,
    /// `every` so long until `until` it happens again.
    pub(super) every: Option<Length>,
    pub(super) until: Option<Moment>,
}

/// Who is on call for what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DutyTable {
    pub(super) source: Option<Spanned<String>>,
    pub(super) of: String,
    #[serde(default)]
    pub(super) services: Vec<String>,
    pub(super) level: u32,
    pub(super) who: String,
    pub(super) from: Option<Moment>,
    pub(super) until: Option<Moment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SloTable {
    pub(super) id: Spanned<String>,
    pub(super) service: String,
    pub(super) name: Option<String>,
    pub(super) title: String,
    pub(super) objective: ObjectiveText,
    pub(super) window: Length,
    pub(super) source: Option<Spanned<String>>,
    /// Requests a second, on average over a day.
    pub(super) rps: Spanned<f64>,
    /// How far the rate swings over a day, as a share of `rps`: 0 to 0.9, highest at 15:00.
    pub(super) daily: Option<Spanned<f64>>,
    pub(super) base_error_ratio: Spanned<f64>,
    #[serde(rename = "incident", default)]
    pub(super) incidents: Vec<IncidentTable>,
    #[serde(rename = "signal", default)]
    pub(super) signals: Vec<SignalTable>,
    #[serde(rename = "portion", default)]
    pub(super) portions: Vec<PortionTable>,
}

/// A gauge of the service, as straight lines between moments.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignalTable {
    /// latency or saturation: traffic and errors are those of the events.
    pub(super) signal: Spanned<SignalWord>,
    pub(super) name: String,
    /// The query that a Prometheus would be asked.
    pub(super) query: String,
    /// Moments, in the order of time, and the value at each: seconds, or a share.
    pub(super) line: Vec<(Moment, f64)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SignalWord {
    Latency,
    Saturation,
}

/// A value of a label, to drill into.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PortionTable {
    pub(super) label: String,
    pub(super) value: String,
    /// Its share of the requests.
    pub(super) traffic: Spanned<f64>,
    /// Its share of what incidents break.
    pub(super) broken: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IncidentTable {
    pub(super) from: Spanned<Moment>,
    pub(super) until: Moment,
    pub(super) ratio: Spanned<f64>,
}

/// A moment as a length since the scenario began.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) Duration);

/// A length of time, not negative.
#[derive(Clone, Copy)]
pub(super) struct Length(pub(super) Duration);

/// `name=value` with any of the four operators; the value may be quoted.
pub(super) struct MatcherText(pub(super) Matcher);

/// A percentage as decimal text.
pub(super) struct ObjectiveText(pub(super) Objective);

/// Longest distance from the start that is taken: four years, so that no sum of two can leave the calendar.
const FARTHEST_MS: i64 = 4 * 365 * 86_400_000;

fn length(text: &str) -> Result<Duration, String> {
    match duration::parse_ms(text)? {
        ms if ms > FARTHEST_MS => Err(format!("`{text}` is longer than four years")),
        ms => Ok(Duration::milliseconds(ms)),
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let read = match text.strip_prefix('-') {
            Some(before) => length(before).map(|l| -l),
            None => length(&text),
        };
        read.map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        length(&String::deserialize(d)?).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for MatcherText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        matcher(&String::deserialize(d)?).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ObjectiveText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Objective::percent(&String::deserialize(d)?).map(Self).map_err(D::Error::custom)
    }
}

/// Reads `name op value`; a value in double quotes loses them, escapes are TOML's own.
fn matcher(text: &str) -> Result<Matcher, String> {
    let at = text.find(['=', '!']).ok_or_else(|| format!("`{text}` is no matcher; write it like severity=critical"))?;
    let (name, rest) = text.split_at(at);
    let ops = [MatchOp::NotEqual, MatchOp::NotRegex, MatchOp::Regex, MatchOp::Equal];
    let (op, value) = ops
        .into_iter()
        .find_map(|op| rest.strip_prefix(op.as_str()).map(|value| (op, value.trim())))
        .ok_or_else(|| format!("`{text}` has no operator of = != =~ !~"))?;
    let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    Matcher::new(name.trim(), op, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_is_read_with_each_operator() {
        for (text, name, op, value) in [
            ("a=b", "a", MatchOp::Equal, "b"),
            ("a != \"b c\"", "a", MatchOp::NotEqual, "b c"),
            ("pod=~web-.*=x", "pod", MatchOp::Regex, "web-.*=x"),
            ("a!~b", "a", MatchOp::NotRegex, "b"),
        ] {
            assert_eq!(matcher(text), Matcher::new(name, op, value), "{text}");
        }
        assert!(matcher("critical").unwrap_err().contains("severity=critical"));
        assert!(matcher("a!b").unwrap_err().contains("operator"));
        assert!(matcher("a=~(").unwrap_err().contains("regular expression"));
    }
}
