//! The YAML of Alertmanager's configuration, as servers show it. Nothing outside this folder sees it.

use std::collections::BTreeMap;

use chrono::Duration;
use serde::{Deserialize, Deserializer, de};

use super::{calendar::WireIntervals, matchers};
use crate::domain::{
    duration,
    matcher::{MatchOp, Matcher},
    routing::{
        inhibit::InhibitRule,
        route::{GroupBy, Options, Route},
    },
    text::SafeText,
};

/// Deepest tree of routes that is read; a deeper one is no configuration anybody wrote.
const DEPTH_MAX: usize = 64;

#[derive(Deserialize)]
pub(super) struct WireConfig {
    pub(super) route: Option<WireRoute>,
    pub(super) inhibit_rules: Option<Vec<WireInhibit>>,
    pub(super) receivers: Option<Vec<WireReceiver>>,
    pub(super) mute_time_intervals: Option<Vec<WireIntervals>>,
    pub(super) time_intervals: Option<Vec<WireIntervals>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WireRoute {
    receiver: Option<Text>,
    group_by: Option<Vec<Text>>,
    #[serde(rename = "match")]
    equal: Option<BTreeMap<String, Text>>,
    match_re: Option<BTreeMap<String, Text>>,
    matchers: Option<Vec<Text>>,
    #[serde(rename = "continue")]
    goes_on: Option<bool>,
    group_wait: Option<Text>,
    group_interval: Option<Text>,
    repeat_interval: Option<Text>,
    mute_time_intervals: Option<Vec<Text>>,
    active_time_intervals: Option<Vec<Text>>,
    routes: Option<Vec<WireRoute>>,
}

#[derive(Deserialize)]
pub(super) struct WireInhibit {
    source_match: Option<BTreeMap<String, Text>>,
    source_match_re: Option<BTreeMap<String, Text>>,
    source_matchers: Option<Vec<Text>>,
    target_match: Option<BTreeMap<String, Text>>,
    target_match_re: Option<BTreeMap<String, Text>>,
    target_matchers: Option<Vec<Text>>,
    equal: Option<Vec<Text>>,
}

#[derive(Deserialize)]
pub(super) struct WireReceiver {
    pub(super) name: Text,
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, Length>,
}

/// A scalar as text: what people leave unquoted is a number or a truth to YAML.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Scalar {
            Text(String),
            Whole(i64),
            Bool(bool),
            Number(f64),
        }
        Ok(Self(match Scalar::deserialize(d)? {
            Scalar::Text(text) => text,
            Scalar::Whole(n) => n.to_string(),
            Scalar::Bool(b) => b.to_string(),
            Scalar::Number(n) => n.to_string(),
        }))
    }
}

impl From<Text> for SafeText {
    fn from(text: Text) -> Self {
        Self::new(&text.0)
    }
}

/// How many items a list has; what they are is dropped while it is read.
pub(super) struct Length(pub(super) usize);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Counting)
    }
}

struct Counting;

impl<'de> de::Visitor<'de> for Counting {
    type Value = Length;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Length, A::Error> {
        let mut count = 0;
        while seq.next_element::<de::IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Length(count))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Length, A::Error> {
        while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(Length(0))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Length, E> {
        Ok(Length(0))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Length, E> {
        Ok(Length(0))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Length, E> {
        Ok(Length(0))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Length, E> {
        Ok(Length(0))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Length, E> {
        Ok(Length(0))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Length, E> {
        Ok(Length(0))
    }

    fn visit_none<E: de::Error>(self) -> Result<Length, E> {
        Ok(Length(0))
    }
}

/// # Errors
/// Where it is no YAML of this shape; the words hold nothing of the text, which may hold secrets.
pub(super) fn read(text: &str) -> Result<WireConfig, String> {
    let options = serde_saphyr::options! {
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map_or(String::new(), |l| format!(" (line {})", l.line()));
        format!("its configuration cannot be read{line}")
    })
}

/// # Errors
/// Where there is no route, or routes without end.
pub(super) fn root(wire: Option<WireRoute>, problems: &mut Vec<String>) -> Result<Route, String> {
    let wire = wire.ok_or("its configuration has no route")?;
    wire.read(&Options::default(), 0, problems).ok_or_else(|| format!("its routes lie deeper than {DEPTH_MAX} levels"))
}

impl WireRoute {
    /// None where the tree is too deep.
    fn read(self, parent: &Options, depth: usize, problems: &mut Vec<String>) -> Option<Route> {
        if depth > DEPTH_MAX {
            return None;
        }
        let options = self.options(parent, problems);
        let read = matchers(self.equal, self.match_re, self.matchers);
        let matchers = read.unwrap_or_else(|why| {
            problems.push(format!("a route to `{}` is left out: {why}", options.receiver.raw()));
            vec![nothing()]
        });
        let children = self.routes.unwrap_or_default().into_iter();
        let routes: Option<Vec<_>> = children.map(|r| r.read(&options, depth + 1, problems)).collect();
        Some(Route {
            matchers,
            mute: texts(self.mute_time_intervals),
            active: texts(self.active_time_intervals),
            goes_on: self.goes_on.unwrap_or(false),
            routes: routes?,
            options,
        })
    }

    fn options(&self, parent: &Options, problems: &mut Vec<String>) -> Options {
        let mut length = |text: &Option<Text>, inherited: Duration| match text {
            None => inherited,
            Some(text) => duration::parse_ms(&text.0).map(Duration::milliseconds).unwrap_or_else(|why| {
                problems.push(why);
                inherited
            }),
        };
        Options {
            group_wait: length(&self.group_wait, parent.group_wait),
            group_interval: length(&self.group_interval, parent.group_interval),
            repeat_interval: length(&self.repeat_interval, parent.repeat_interval),
            receiver: self
                .receiver
                .clone()
                .filter(|r| !r.0.is_empty())
                .map_or_else(|| parent.receiver.clone(), Into::into),
            group_by: group_by(self.group_by.as_deref(), &parent.group_by),
        }
    }
}

/// An empty list says nothing, as in Alertmanager: what the parent says holds.
fn group_by(names: Option<&[Text]>, inherited: &GroupBy) -> GroupBy {
    match names {
        None | Some([]) => inherited.clone(),
        Some(names) if names.iter().any(|n| n.0 == "...") => GroupBy::All,
        Some(names) => GroupBy::Labels(names.iter().map(|n| SafeText::new(&n.0)).collect()),
    }
}

pub(super) fn inhibits(wire: Option<Vec<WireInhibit>>, problems: &mut Vec<String>) -> Vec<InhibitRule> {
    let read = wire.unwrap_or_default().into_iter().map(WireInhibit::read);
    let keep = |rule: Result<InhibitRule, String>| {
        rule.map_err(|why| problems.push(format!("a rule of inhibition is left out: {why}"))).ok()
    };
    read.filter_map(keep).collect()
}

impl WireInhibit {
    fn read(self) -> Result<InhibitRule, String> {
        Ok(InhibitRule {
            source: matchers(self.source_match, self.source_match_re, self.source_matchers)?,
            target: matchers(self.target_match, self.target_match_re, self.target_matchers)?,
            equal: texts(self.equal),
        })
    }
}

fn texts(list: Option<Vec<Text>>) -> Vec<SafeText> {
    list.unwrap_or_default().into_iter().map(Into::into).collect()
}

/// All three ways of writing matchers, which hold together.
fn matchers(
    equal: Option<BTreeMap<String, Text>>,
    regex: Option<BTreeMap<String, Text>>,
    written: Option<Vec<Text>>,
) -> Result<Vec<Matcher>, String> {
    let mut all: Vec<Matcher> = equal.into_iter().flatten().map(|(n, v)| Matcher::equal(n, v.0)).collect();
    for (name, value) in regex.into_iter().flatten() {
        // A server shows it as it was written, and names its groups by what it made of it.
        all.push(Matcher::new(name, MatchOp::Regex, format!("^(?:{})$", value.0))?);
    }
    for text in written.into_iter().flatten() {
        all.extend(matchers::read(&text.0)?);
    }
    Ok(all)
}

/// Matches no label set: what stands for a matcher that cannot be read.
fn nothing() -> Matcher {
    Matcher::new("alertname", MatchOp::NotRegex, ".*").unwrap_or_else(|_| Matcher::equal("alertname", "\u{0}"))
}
