//! The policy in the manual: every action that is asked, and no other.

use std::collections::BTreeSet;

use serde_json::Value;
use watchfire::sources::cloudwatch::Action;

const MANUAL: &str = include_str!("../../../assets/manual/source-cloudwatch.md");

fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap();
    let all = statements.iter().flat_map(|s| s["Action"].as_array().unwrap().clone());
    all.map(|a| a.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_policy_of_the_manual_allows_what_is_asked_and_nothing_else() {
    let text = MANUAL.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let policy: Value = serde_json::from_str(text).unwrap();
    let asked: BTreeSet<String> = Action::ALL.iter().map(|a| a.permission()).collect();
    let mut allowed = actions(&policy);
    // PromQL is asked through the client of Prometheus.
    assert!(allowed.remove("cloudwatch:GetMetricData"));
    assert_eq!(allowed, asked);
}

#[test]
fn nothing_that_runs_or_stops_the_actions_of_an_alarm_is_ever_asked() {
    for action in Action::ALL {
        let name = action.permission();
        assert!(!name.contains("SetAlarmState") && !name.contains("AlarmActions"), "{name}");
    }
}
