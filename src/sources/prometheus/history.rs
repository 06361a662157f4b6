//! When an alert burned before, from the `ALERTS` series that Prometheus writes of its own rules.
//!
//! No sample of an alert means calm only where the server has samples at all: what `up` does not cover is unknown.

use async_trait::async_trait;
use chrono::Duration;

use super::{Prometheus, Series};
use crate::{
    domain::{
        Time,
        alert::Alert,
        label::Labels,
        matcher::quote,
        past::{Past, Span, Was},
        source::SourceError,
        text::SafeText,
    },
    sources::Remembers,
};

/// Most points a series of one query; servers refuse at 11,000.
const POINTS_MAX: i64 = 10_000;
/// Finest step, in seconds.
const STEP_MIN: i64 = 60;
/// How finely it is looked whether the server was there at all, in seconds: as long as a sample counts.
const EVIDENCE_STEP: i64 = 300;
/// Longest value that is asked for, in bytes; what is left out is compared here.
const VALUE_MAX: usize = 512;
/// Longest query, in bytes.
const QUERY_MAX: usize = 8 * 1024;

#[async_trait]
impl Remembers for Prometheus {
    async fn past(&self, alert: &Alert, since: Time, now: Time) -> Result<Past, SourceError> {
        let length = (now - since).num_seconds().max(STEP_MIN);
        let step = up_to(length.div_euclid(POINTS_MAX) + 1, STEP_MIN);
        let mut spans = self.burned(&alert.labels, (since, now), step).await?;
        spans.extend(self.unwatched((since, now), up_to(step, EVIDENCE_STEP)).await);
        Ok(Past::new(since, now, spans))
    }
}

/// The next multiple of `unit`, so that two questions ask for the same moments.
fn up_to(seconds: i64, unit: i64) -> i64 {
    (seconds + unit - 1).div_euclid(unit).max(1) * unit
}

impl Prometheus {
    async fn burned(&self, labels: &Labels, (since, now): (Time, Time), step: i64) -> Result<Vec<Span>, SourceError> {
        let selector = selector(labels);
        // A coarse step must not step over what was short.
        let query = if step > STEP_MIN { format!("max_over_time({selector}[{step}s])") } else { selector };
        let series = self.range(&query, grid(since, now, step), step, now).await?;
        Ok(series.iter().filter(|s| is_part_of(&s.labels, labels)).flat_map(|s| runs(s, step)).collect())
    }

    /// Where there is no sample of anything; everything, where that cannot be asked.
    async fn unwatched(&self, (since, now): (Time, Time), step: i64) -> Vec<Span> {
        let span = grid(since, now, step);
        let seen: Vec<i64> = match self.range("count(up) or count(ALERTS)", span, step, now).await {
            Ok(series) => series.iter().flat_map(|s| s.points.iter().filter_map(|(at, _)| whole(*at))).collect(),
            Err(failure) => {
                tracing::warn!("whether Prometheus watched cannot be asked: {}", failure.words);
                Vec::new()
            }
        };
        let seen: std::collections::BTreeSet<i64> = seen.into_iter().collect();
        let mut at = span.0;
        let mut gaps = Vec::new();
        while at <= span.1 {
            if !seen.contains(&at) {
                gaps.extend(spanned(at - step, at, Was::Unknown));
            }
            at += step;
        }
        gaps
    }
}

fn grid(since: Time, now: Time, step: i64) -> (i64, i64) {
    let last = now.timestamp().div_euclid(step) * step;
    (up_to(since.timestamp(), step).min(last), last)
}

/// `ALERTS{alertname="X",instance=~"a|",…}`: a rule may lack a label that the delivered alert has, as external labels.
fn selector(labels: &Labels) -> String {
    let mut parts = vec![format!("alertname={}", quote(labels.value("alertname")))];
    let mut size = 0;
    for (name, value) in labels.iter().filter(|(n, _)| n.raw() != "alertname") {
        if !is_name(name.raw()) || value.raw().len() > VALUE_MAX {
            continue;
        }
        let part = format!("{}=~{}", name.raw(), quote(&format!("{}|", regex::escape(value.raw()))));
        size += part.len();
        if size > QUERY_MAX {
            break;
        }
        parts.push(part);
    }
    format!("ALERTS{{{}}}", parts.join(","))
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

fn is_part_of(series: &Labels, alert: &Labels) -> bool {
    let own = |n: &SafeText| matches!(n.raw(), "__name__" | "alertstate");
    series.iter().all(|(n, v)| own(n) || alert.value(n.raw()) == v.raw())
}

/// Samples no more than a step apart are one span; a sample stands for the step before it.
fn runs(series: &Series, step: i64) -> Vec<Span> {
    let was = if series.labels.value("alertstate") == "pending" { Was::Pending } else { Was::Firing };
    let mut spans: Vec<(i64, i64)> = Vec::new();
    for at in series.points.iter().filter_map(|(at, _)| whole(*at)) {
        match spans.last_mut() {
            Some((_, end)) if at - *end <= step => *end = at,
            _ => spans.push((at - step, at)),
        }
    }
    spans.into_iter().filter_map(|(from, to)| spanned(from, to, was)).collect()
}

fn spanned(from: i64, to: i64, was: Was) -> Option<Span> {
    Some(Span { from: Time::from_timestamp(from, 0)?, to: Time::from_timestamp(to, 0)?, was })
}

#[allow(clippy::cast_possible_truncation, reason = "a finite moment; one beyond reason saturates and is cut off")]
fn whole(at: f64) -> Option<i64> {
    let limit = Duration::days(1_000_000).num_seconds();
    Some(at.round() as i64).filter(|n| (-limit..limit).contains(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_label_may_be_absent_and_values_are_quoted() {
        let labels: Labels =
            [("alertname", "A\"b"), ("instance", "a.b:1"), ("cloud.region", "eu")].into_iter().collect();
        assert_eq!(selector(&labels), r#"ALERTS{alertname="A\"b",instance=~"a\\.b:1|"}"#);
    }

    #[test]
    fn a_week_takes_fewer_points_than_servers_refuse() {
        for days in [1, 7, 30, 400] {
            let length = days * 86_400;
            let step = up_to(length / POINTS_MAX + 1, STEP_MIN);
            assert!(length / step < 11_000 && step % 60 == 0, "{days}");
        }
    }
}
