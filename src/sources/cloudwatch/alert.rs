//! An alarm as an alert: its labels, its words, its state.
//!
//! Knows neither how alarms are read nor who is muted by whom; that is told to it.

use std::sync::Arc;

use super::{
    options::Options,
    place::{Arn, Region},
    wire::{Alarm, Dimension},
};
use crate::domain::{
    Time,
    alert::{Alert, AlertState},
    held::Held,
    label::{Fingerprint, Labels},
    text::SafeText,
};

/// What of AWS' dimensions says which service, cluster or machine it is.
const SERVICES: [&str; 5] = ["ServiceName", "Service", "FunctionName", "ApiName", "QueueName"];
const CLUSTERS: [&str; 3] = ["ClusterName", "DBClusterIdentifier", "CacheClusterId"];
const INSTANCES: [&str; 3] = ["InstanceId", "DBInstanceIdentifier", "LoadBalancer"];

/// The stable name of a thing of AWS: its ARN. A slash would end the source's name in front of it.
pub(super) fn fingerprint(arn: &str) -> Fingerprint {
    Fingerprint::new(&arn.replace('%', "%25").replace('/', "%2F"))
}

/// The ARN again.
pub(super) fn arn_of(fingerprint: &Fingerprint) -> String {
    fingerprint.as_str().replace("%2F", "/").replace("%25", "%")
}

/// What an alarm is told as; none where there is nothing to tell.
pub(super) fn state(alarm: &Alarm, options: &Options) -> Option<AlertState> {
    let blind = alarm.evaluation_state.as_deref().is_some_and(|e| !e.is_empty());
    match alarm.state_value.as_str() {
        "ALARM" if alarm.actions_suppressed_by.is_some() => Some(AlertState::Suppressed),
        "ALARM" => Some(AlertState::Firing),
        // It says that all is well, and that it could not see.
        "OK" => blind.then_some(AlertState::Unknown),
        "INSUFFICIENT_DATA" => options.without_data,
        _ => Some(AlertState::Unknown),
    }
}

/// # Errors
/// Where it has no name to know it by.
pub(super) fn alert(
    alarm: &Alarm,
    kind: &'static str,
    state: AlertState,
    (options, region): (&Options, &Region),
    now: Time,
) -> Result<Alert, String> {
    let arn = Arn::read(&alarm.alarm_arn).ok_or_else(|| format!("`{}` is no ARN", alarm.alarm_arn))?;
    let starts_at = alarm.state_transitioned_timestamp.or(alarm.state_updated_timestamp).unwrap_or(now).min(now);
    let held = Held { word: SafeText::new(&word(alarm)), ..Held::default() };
    Ok(Alert {
        state,
        source_url: region.alarm_page(&alarm.alarm_name).map(|p| SafeText::new(&p)),
        held: Some(Arc::new(held)),
        ..Alert::firing(
            fingerprint(&alarm.alarm_arn),
            labels(alarm, kind, &arn, options),
            annotations(alarm),
            starts_at,
        )
    })
}

/// CloudWatch's own words for its state: `ALARM PARTIAL_DATA`.
fn word(alarm: &Alarm) -> String {
    [Some(alarm.state_value.as_str()), alarm.evaluation_state.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn labels(alarm: &Alarm, kind: &'static str, arn: &Arn<'_>, options: &Options) -> Labels {
    let mut pairs: Vec<(&str, &str)> = dimensions(alarm).map(|d| (d.name.as_str(), d.value.as_str())).collect();
    let first = |names: &[&str]| names.iter().find_map(|n| dimensions(alarm).find(|d| d.name == *n)).map(|d| &*d.value);
    let known = [("service", first(&SERVICES)), ("cluster", first(&CLUSTERS)), ("instance", first(&INSTANCES))];
    pairs.extend(known.into_iter().filter_map(|(name, value)| Some((name, value?))));
    pairs.extend([
        ("alertname", alarm.alarm_name.as_str()),
        ("severity", options.severity(&alarm.alarm_name)),
        ("alarm_type", kind),
        ("region", arn.region),
        ("account", arn.account),
        ("partition", arn.partition),
        ("aws_namespace", alarm.namespace.as_deref().unwrap_or_default()),
        ("metric", alarm.metric_name.as_deref().unwrap_or_default()),
        ("evaluation", alarm.evaluation_state.as_deref().unwrap_or_default()),
    ]);
    pairs.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (SafeText::new(n), SafeText::new(v))).collect()
}

fn dimensions(alarm: &Alarm) -> impl Iterator<Item = &Dimension> {
    alarm.dimensions.iter().flatten()
}

fn annotations(alarm: &Alarm) -> Labels {
    let described = alarm.alarm_description.as_deref().unwrap_or_default().trim();
    let reason = alarm.state_reason.as_deref().unwrap_or_default().trim();
    let (first, rest) = described.split_once('\n').unwrap_or((described, ""));
    let (summary, description) = if first.is_empty() {
        (reason.to_owned(), String::new())
    } else {
        (first.to_owned(), [rest.trim(), reason].join("\n").trim().to_owned())
    };
    let blind = alarm.evaluation_state.as_deref().map(|e| match e {
        "PARTIAL_DATA" => "PARTIAL_DATA: not all of its data could be read",
        other => other,
    });
    let off = (alarm.actions_enabled == Some(false)).then_some("off: nobody is told when it changes");
    let pairs = [
        ("summary", Some(summary)),
        ("description", Some(description)),
        ("state", Some(alarm.state_value.clone())),
        ("evaluation", blind.map(str::to_owned)),
        ("condition", condition(alarm)),
        ("rule", alarm.alarm_rule.clone()),
        ("actions", off.map(str::to_owned)),
        ("suppressed_by", alarm.actions_suppressed_by.as_ref().map(|by| suppressed(alarm, by))),
        ("runbook_url", runbook(described).map(str::to_owned)),
    ];
    let said =
        pairs.into_iter().filter_map(|(n, v)| Some((SafeText::new(n), SafeText::new(&v.filter(|v| !v.is_empty())?))));
    said.collect()
}

fn suppressed(alarm: &Alarm, by: &str) -> String {
    match alarm.actions_suppressed_reason.as_deref() {
        Some(reason) if !reason.is_empty() => format!("{by}: {reason}"),
        _ => by.to_owned(),
    }
}

/// `Sum of 5xx > 10 for 3 x 60s`
fn condition(alarm: &Alarm) -> Option<String> {
    let compare = match alarm.comparison_operator.as_deref()? {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => ">=",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "<=",
        other => other,
    };
    let metric = alarm.metric_name.as_deref().unwrap_or("its expression");
    let statistic = alarm.statistic.as_deref().or(alarm.extended_statistic.as_deref());
    let of = statistic.map(|s| format!("{s} of ")).unwrap_or_default();
    let threshold = alarm.threshold.map(|t| format!(" {t}")).unwrap_or_default();
    let lasting = match (alarm.evaluation_periods, alarm.period) {
        (Some(n), Some(period)) => format!(" for {n} x {period}s"),
        _ => String::new(),
    };
    Some(format!("{of}{metric} {compare}{threshold}{lasting}"))
}

/// Where the description calls an address its runbook.
fn runbook(described: &str) -> Option<&str> {
    let lower = described.to_ascii_lowercase();
    let after = described.get(lower.find("runbook")?..)?;
    after
        .split([' ', '\n', '\t', '<', '>', '(', ')', '"'])
        .find(|w| w.starts_with("https://") || w.starts_with("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_slash_comes_back_as_it_was() {
        for arn in ["arn:aws:cloudwatch:r:1:alarm:a/b%2Fc", "arn:aws:ecs:r:1:service/prod/web"] {
            assert_eq!(arn_of(&fingerprint(arn)), arn);
            assert!(!fingerprint(arn).as_str().contains('/'));
        }
    }

    #[test]
    fn a_runbook_is_found_in_a_description() {
        assert_eq!(runbook("5xx. Runbook: https://w.example/5xx (ask Ana)"), Some("https://w.example/5xx"));
        assert_eq!(runbook("see https://w.example/"), None);
    }
}
