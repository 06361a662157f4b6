//! The walk through a tree of routes, against `amtool config routes test`; what else a configuration holds.

use std::process::Command;

use chrono::Duration;
use watchfire::{
    domain::{
        Time,
        label::Labels,
        routing::{
            Policy,
            route::GroupBy,
            verdict::{Branch, Verdict},
        },
    },
    sources::alertmanager::policy,
};

const TREES: [&str; 4] = [
    r#"
route:
  receiver: default
  routes:
  - match: {team: web}
    receiver: web
    routes:
    - match_re: {severity: "crit.*|page"}
      receiver: web-page
  - matchers: [ team=~"db|cache", severity!="info" ]
    receiver: db
receivers: [{name: default}, {name: web}, {name: web-page}, {name: db}]
"#,
    r#"
route:
  receiver: default
  routes:
  - matchers: ['{team="web"}']
    receiver: audit
    continue: true
  - match: {team: web}
    receiver: web
    continue: true
    routes:
    - match: {severity: critical}
      receiver: page
      continue: true
    - match_re: {severity: "critical|warning"}
      receiver: mail
  - match: {env: ""}
    receiver: noenv
receivers: [{name: default}, {name: audit}, {name: web}, {name: page}, {name: mail}, {name: noenv}]
"#,
    r#"
route:
  receiver: default
  routes:
  - matchers: [ severity!~"info|debug", 'instance=~"a\\d+"' ]
    receiver: numbered
  - receiver: rest
    matchers: []
  - match: {team: web}
    receiver: never
receivers: [{name: default}, {name: numbered}, {name: rest}, {name: never}]
"#,
    "route: {receiver: only}\nreceivers: [{name: only}]\n",
];

const LABELS: [&[(&str, &str)]; 9] = [
    &[],
    &[("team", "web")],
    &[("team", "web"), ("severity", "critical")],
    &[("team", "web"), ("severity", "warning"), ("env", "prod")],
    &[("team", "db"), ("severity", "info")],
    &[("team", "db"), ("severity", "page")],
    &[("team", "dbx"), ("severity", "critical")],
    &[("instance", "a12"), ("severity", "page")],
    &[("instance", "a12b"), ("severity", "debug")],
];

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn read(text: &str) -> Policy {
    policy(text, Time::UNIX_EPOCH).unwrap()
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().copied().collect()
}

fn receivers(policy: &Policy, labels: &Labels) -> Vec<String> {
    let ways = policy.root.ways(labels);
    ways.iter().map(|w| w.end().unwrap().options.receiver.raw().to_owned()).collect()
}

fn amtool(config: &std::path::Path, pairs: &[(&str, &str)]) -> Vec<String> {
    let words = pairs.iter().map(|(n, v)| format!("{n}={v}"));
    let file = format!("--config.file={}", config.display());
    let run = Command::new("amtool").args(["config", "routes", "test", &file]).args(words).output();
    let run = run.expect("these tests run a real amtool: apt install prometheus-alertmanager");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).trim().split(',').map(str::to_owned).collect()
}

#[test]
fn every_label_set_takes_the_routes_that_amtool_says() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("alertmanager.yml");
    for tree in TREES {
        std::fs::write(&file, tree).unwrap();
        let policy = read(tree);
        for pairs in LABELS {
            assert_eq!(receivers(&policy, &labels(pairs)), amtool(&file, pairs), "{pairs:?} in {tree}");
        }
    }
}

#[test]
fn a_route_inherits_what_it_does_not_say_and_never_a_mute_interval() {
    let policy = read(
        r"
route:
  receiver: default
  group_by: [alertname, job]
  group_wait: 10s
  repeat_interval: 1h30m
  routes:
  - matchers: [team=web]
    mute_time_intervals: [nights]
    group_by: ['...']
    group_interval: 1m
    routes:
    - matchers: [severity=page]
      group_by: []
      group_wait: 0s
receivers: [{name: default}]
mute_time_intervals: [{name: nights, time_intervals: []}]
",
    );
    let ways = policy.root.ways(&labels(&[("team", "web"), ("severity", "page")]));
    let end = ways[0].end().unwrap();
    assert_eq!(end.options.group_wait, Duration::zero());
    assert_eq!(end.options.group_interval, Duration::minutes(1));
    assert_eq!(end.options.repeat_interval, Duration::minutes(90));
    assert_eq!(end.options.group_by, GroupBy::All);
    assert!(end.mute.is_empty());
    let ways = policy.root.ways(&labels(&[("alertname", "A"), ("job", "j"), ("x", "y")]));
    assert_eq!(
        ways[0].end().unwrap().group_of(&labels(&[("alertname", "A"), ("x", "y")])),
        labels(&[("alertname", "A")])
    );
}

#[test]
fn receivers_are_names_and_kinds_and_no_secret_is_kept() {
    let policy = read(
        r"
route: {receiver: oncall}
receivers:
- name: oncall
  webhook_configs: [{url: 'http://user:hunter2@example/hook'}]
  pagerduty_configs:
  - routing_key: hunter2
- name: blackhole
  slack_configs: []
",
    );
    assert!(!format!("{policy:?}").contains("hunter2"));
    let kinds = |name: &str| {
        policy.receiver(&name.into()).unwrap().kinds.iter().map(|k| k.raw().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("oncall"), ["pagerduty", "webhook"]);
    assert!(kinds("blackhole").is_empty());
}

#[test]
fn what_is_no_configuration_is_an_error_that_shows_nothing_of_it() {
    for wrong in ["", "route: [", "receivers: []", "route: {receiver: {password: hunter2}}\n"] {
        let why = policy(wrong, Time::UNIX_EPOCH).unwrap_err();
        assert!(!why.contains("hunter2"), "{why}");
    }
    let deep = (0..200).fold("receiver: a".to_owned(), |inner, _| format!("routes: [{{{inner}}}]"));
    assert!(policy(&format!("route: {{{deep}}}"), Time::UNIX_EPOCH).is_err());
}

#[test]
fn a_matcher_that_cannot_be_read_is_a_problem_and_its_route_is_left_out() {
    let policy = read(
        "route:\n  receiver: a\n  routes:\n  - {matchers: ['x'], receiver: b}\nreceivers: [{name: a}, {name: b}]\n",
    );
    assert_eq!(receivers(&policy, &labels(&[("x", "y")])), ["a"]);
    assert_eq!(policy.problems.len(), 1);
}

const CLOCKED: &str = r"
route:
  receiver: oncall
  group_wait: 30s
  routes:
  - matchers: [team=night]
    mute_time_intervals: [nights]
  - matchers: [team=office]
    active_time_intervals: [office]
  - matchers: [team=lost]
    mute_time_intervals: [nowhere]
receivers: [{name: oncall, webhook_configs: [{url: 'http://localhost'}]}]
time_intervals:
- name: nights
  time_intervals:
  - times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}]
- name: office
  time_intervals:
  - weekdays: ['monday:friday']
    times: [{start_time: '09:00', end_time: '17:00'}]
    location: Europe/Berlin
- name: nowhere
  time_intervals: [{location: Local}]
";

fn branch(team: &str, began: &str, now: &str) -> Branch {
    let (policy, labels) = (read(CLOCKED), labels(&[("team", team)]));
    let ways = policy.root.ways(&labels);
    let end = ways[0].end().unwrap();
    let mut branch = Branch::new(&policy, &ways[0], end, &labels, at(began));
    branch.take_intervals(&policy, end, at(now));
    branch
}

fn told(team: &str, began: &str, now: &str) -> String {
    branch(team, began, now).sentence(at(now))
}

#[test]
fn what_began_in_a_mute_interval_is_told_when_it_ends() {
    let night = "2026-11-20T23:10:00Z";
    assert_eq!(
        told("night", night, "2026-11-21T03:00:00Z"),
        "did not page `oncall`: muted by the time interval `nights` until 06:00:00 UTC"
    );
    assert_eq!(
        told("night", night, "2026-11-21T07:00:00Z"),
        "paged `oncall` not before 06:00:00 UTC, when the mute ended (next flush of the group, group_interval 5m)"
    );
    assert_eq!(told("none", night, "2026-11-20T23:20:00Z"), "paged `oncall` at 23:10:30 UTC (group_wait 30s)");
    assert_eq!(
        told("none", night, "2026-11-20T23:10:05Z"),
        "will page `oncall` not before 23:10:30 UTC (group_wait 30s)"
    );
}

#[test]
fn who_joins_a_group_that_was_told_waits_for_its_next_flush() {
    let (began, oldest) = ("2026-11-20T12:10:00Z", "2026-11-20T12:00:00Z");
    let joined = |oldest: &str, now: &str| {
        let mut branch = branch("none", began, now);
        branch.joined = Some(at(oldest));
        branch.sentence(at(now))
    };
    let flush = "joined a group, told with its next flush within group_interval 5m";
    assert_eq!(
        joined(oldest, "2026-11-20T12:11:00Z"),
        format!("pages `oncall` by 12:15:00 UTC at the latest, if it has not yet ({flush})")
    );
    assert_eq!(joined(oldest, "2026-11-20T12:30:00Z"), format!("paged `oncall` not before 12:10:00 UTC ({flush})"));
    // The group had not been told yet: all of it is told together.
    assert_eq!(
        joined("2026-11-20T12:09:50Z", "2026-11-20T12:30:00Z"),
        "paged `oncall` at 12:10:20 UTC (group_wait 30s)"
    );
}

#[test]
fn outside_the_active_interval_nobody_is_told_until_it_begins() {
    // Saturday; Monday 09:00 in Berlin is 08:00 UTC.
    assert_eq!(
        told("office", "2026-11-21T10:00:00Z", "2026-11-21T12:00:00Z"),
        "did not page `oncall`: muted outside the active time interval `office` until 23.11. 08:00 UTC"
    );
    let friday = branch("office", "2026-11-20T10:00:00Z", "2026-11-20T18:00:00Z");
    let verdict = friday.verdict(at("2026-11-20T18:00:00Z"));
    assert!(matches!(verdict, Verdict::Told { muted: Some(_), .. }), "told at eleven, muted since five: {verdict:?}");
}

#[test]
fn an_interval_in_a_zone_nobody_knows_makes_the_answer_unknown() {
    assert_eq!(
        told("lost", "2026-11-20T10:00:00Z", "2026-11-20T12:00:00Z"),
        "UNKNOWN whether it paged `oncall`: nobody can say whether the time interval `nowhere` holds"
    );
}
