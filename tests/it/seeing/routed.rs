//! Groups as the sources route them: from the live configuration, or a guess that calls itself one.

use std::{collections::BTreeSet, sync::Arc};

use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{
        App,
        desk::view::LineKey,
        effect::Effect,
        msg::{Msg, SourceMsg},
    },
    config::SourceKind,
    domain::{
        contract::{AckTerms, BreakOn},
        label::Labels,
        source::{AckVia, SourceError, SourceName},
    },
    sources::{self, alertmanager},
    ui::{self, still},
};

use super::{alert, keys, tells, types};
use crate::support::{
    cockpit::look,
    config,
    heart::{self, t},
    machine_time,
    real::Real,
};

const ROUTES: &str = r#"
route:
  receiver: oncall
  group_by: [alertname]
  routes:
  - {matchers: ['team="db"'], receiver: dba, group_by: [team]}
  - {matchers: ['alertname="Alone"'], receiver: solo, group_by: ['...']}
receivers: [{name: oncall}, {name: dba}, {name: solo}]
"#;

fn am() -> SourceName {
    SourceName::new("am")
}

fn routes_are(app: &mut App, text: &str) {
    let policy = alertmanager::policy(text, app.now).unwrap();
    app.update(app.now, Msg::Routes(am(), Ok(Arc::new(policy))));
}

fn by_route(app: &mut App) {
    keys(app, "b");
    types(app, "routed");
    keys(app, "Enter");
}

/// Each group as its header names it, with how many alerts stand under it.
fn groups(app: &App) -> Vec<(String, usize)> {
    let view = &app.desk.view;
    let one =
        |i| view.group(i).map(|g| (g.key.values()[1..].iter().map(|v| v.raw()).collect::<Vec<_>>().join("|"), g.count));
    (0..view.groups()).filter_map(one).collect()
}

pub(super) fn screen(app: &App) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, 120, 24));
    ui::view(app, &look(), &mut buf);
    still::text(&buf)
}

fn opened() -> App {
    let mut app = heart::heart(AckVia::Silence);
    app.update(t(0), Msg::Resized { width: 120, height: 24 });
    let board = [
        alert("Disk", "warning", "db", 300),
        alert("Lag", "warning", "db", 100),
        alert("Slow", "critical", "web", 200),
        alert("Slow", "warning", "app", 90),
        alert("Alone", "warning", "web", 80),
        alert("Alone", "warning", "app", 70),
    ];
    tells(&mut app, 1, board.to_vec());
    app
}

#[test]
fn each_alert_is_grouped_by_the_labels_of_the_route_that_takes_it_and_the_header_names_whom_it_tells() {
    let mut app = opened();
    routes_are(&mut app, ROUTES);
    by_route(&mut app);
    let seen = screen(&app);
    assert!(seen.contains("oncall: Slow ") && seen.contains("dba: db "), "{seen}");
    assert!(seen.contains("solo: Alone · team=web") && seen.contains("solo: Alone · team=app"), "{seen}");
    assert!(seen.contains("by route") && !seen.contains("guess"), "{seen}");
    let counts: Vec<usize> = groups(&app).into_iter().map(|(_, n)| n).collect();
    assert_eq!(counts, [2, 1, 1, 2], "{:?}", groups(&app));
}

#[test]
fn a_configuration_that_cannot_be_read_is_said_and_what_stands_for_it_is_called_a_guess() {
    let mut app = opened();
    let asked = app.update(t(2), Msg::Ticked);
    assert!(asked.contains(&Effect::ReadRoutes(am())), "{asked:?}");
    app.update(t(3), Msg::Routes(am(), Err(SourceError::rejected("this server does not show its configuration"))));
    keys(&mut app, "b");
    types(&mut app, "routed");
    assert!(screen(&app).contains("as routed: a guess for 1 of the sources"), "{}", screen(&app));
    keys(&mut app, "Enter");
    let seen = screen(&app);
    assert!(seen.contains("by route (guessed: am)") && seen.contains("am (a guess): Slow"), "{seen}");
    assert!(
        seen.contains("the routes of am are unknown") && seen.contains("does not show its configuration"),
        "{seen}"
    );
    let counts: Vec<usize> = groups(&app).into_iter().map(|(_, n)| n).collect();
    assert_eq!(counts, [2, 2, 1, 1], "by name, for nobody has a cluster or a service: {:?}", groups(&app));
    routes_are(&mut app, ROUTES);
    assert!(screen(&app).contains("dba: db") && !screen(&app).contains("guess:"), "{}", screen(&app));
}

#[test]
fn routes_that_are_as_they_were_redraw_nothing_and_others_make_other_groups() {
    let mut app = opened();
    routes_are(&mut app, ROUTES);
    by_route(&mut app);
    routes_are(&mut app, ROUTES);
    assert!(app.was_quiet());
    routes_are(&mut app, "route: {receiver: all}\nreceivers: [{name: all}]");
    assert!(!app.was_quiet());
    assert_eq!(groups(&app), [("{} -> all".to_owned(), 6)], "no labels at all: one group");
    assert!(screen(&app).contains("all: all of its route"), "{}", screen(&app));
}

#[test]
fn routes_are_asked_for_again_after_a_while_and_sooner_where_they_could_not_be_read() {
    let mut app = opened();
    let asks = |app: &mut App, at: i64| app.update(t(at), Msg::Ticked).contains(&Effect::ReadRoutes(am()));
    assert!(asks(&mut app, 2) && !asks(&mut app, 3));
    app.update(t(4), Msg::Routes(am(), Err(SourceError::unreachable("no route to host"))));
    assert!(!asks(&mut app, 30) && asks(&mut app, 70));
    routes_are(&mut app, ROUTES);
    assert!(!asks(&mut app, 200) && asks(&mut app, 400));
}

#[test]
fn an_ack_knows_the_members_of_its_group_by_the_route_where_nobody_named_labels() {
    let mut app = opened();
    app.world.ack.group_by = None;
    let members = |app: &App, name: &str| {
        let row = app.world.board.iter().find(|r| *r.name() == name).unwrap();
        let terms = AckTerms { lasts: Duration::hours(1), breaks_on: vec![BreakOn::Member] };
        let contract = app.world.plan_ack(&row.id, app.now, &terms).unwrap().contract;
        (contract.route.map(|r| r.raw().to_owned()), contract.members.len())
    };
    assert_eq!(members(&app, "Disk"), (None, 1), "a guess: by name, cluster and service");
    routes_are(&mut app, ROUTES);
    assert_eq!(members(&app, "Disk"), (Some("{}/{team=\"db\"} -> dba".into()), 2), "both of the team");
    assert_eq!(members(&app, "Alone").1, 1, "each is a group of its own");
    routes_are(&mut app, "route: {receiver: all}\nreceivers: [{name: all}]");
    assert_eq!(members(&app, "Disk").1, 6, "one group for everything");
}

const NESTED: &str = r#"
route:
  receiver: everybody
  group_by: [alertname, cluster]
  group_wait: 0s
  routes:
  - {matchers: ['severity="critical"'], receiver: archive, group_by: ['...'], continue: true}
  - matchers: ['team=~"db|cache"']
    receiver: data
    group_by: [team]
    routes:
    - {matchers: ['team="cache"', 'env!="prod"'], receiver: nobody, group_by: ['...']}
    - {matchers: ['service=""'], receiver: lost, group_by: [cluster, env]}
  - {matchers: ['team="web"'], receiver: web}
  - {matchers: ['env="dev"'], receiver: dev, group_by: ['...']}
receivers: [{name: everybody}, {name: archive}, {name: data}, {name: nobody}, {name: lost}, {name: web}, {name: dev}]
"#;

/// Every combination of these, so that each route takes some and every label is absent somewhere.
fn many() -> Vec<Labels> {
    let mut all = Vec::new();
    for name in ["Disk", "Slow"] {
        for team in ["db", "cache", "web", ""] {
            for env in ["prod", "dev", ""] {
                for (severity, service) in [("critical", "api"), ("warning", "api"), ("warning", "")] {
                    let cluster = if service.is_empty() { "eu" } else { "" };
                    let pairs = [
                        ("alertname", name),
                        ("team", team),
                        ("env", env),
                        ("severity", severity),
                        ("service", service),
                        ("cluster", cluster),
                    ];
                    all.push(pairs.into_iter().filter(|(_, v)| !v.is_empty()).collect());
                }
            }
        }
    }
    all
}

type Group = (String, BTreeSet<String>);

/// The server's groups: each its receiver and the fingerprints in it.
async fn told(server: &Real, alerts: usize) -> BTreeSet<Group> {
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let mut look = tokio::time::interval(std::time::Duration::from_millis(50));
    loop {
        look.tick().await;
        let answer = server.get("/api/v2/alerts/groups").await;
        let group = |g: &serde_json::Value| {
            let alerts = g["alerts"].as_array().unwrap().iter().map(|a| text(&a["fingerprint"])).collect();
            (text(&g["receiver"]["name"]), alerts)
        };
        let groups: BTreeSet<Group> = answer.as_array().unwrap().iter().map(group).collect();
        let seen: BTreeSet<&String> = groups.iter().flat_map(|(_, a)| a).collect();
        if seen.len() == alerts {
            return groups;
        }
    }
}

/// Ours, as the pane shows them.
fn shown(app: &App) -> BTreeSet<Group> {
    let view = &app.desk.view;
    let one = |i| {
        let key = view.group(i)?.key.clone();
        let receiver = key.values()[1].raw().rsplit(" -> ").next()?.to_owned();
        let alerts = view.alerts_of(&app.world, &LineKey::Group(key));
        Some((receiver, alerts.iter().map(|id| id.fingerprint.as_str().to_owned()).collect()))
    };
    (0..view.groups()).filter_map(one).collect()
}

#[tokio::test]
async fn the_groups_are_those_of_a_real_alertmanager_with_nested_routes() {
    let server = Real::alertmanager_routing(NESTED).await;
    let labels = many();
    let alerts: Vec<_> = labels.iter().map(|l| serde_json::json!({ "labels": l })).collect();
    server.post("/api/v2/alerts", &serde_json::to_string(&alerts).unwrap()).await;
    let theirs = told(&server, labels.len()).await;
    let source = sources::connect(&config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    let policy = source.routing().unwrap().policy(machine_time()).await.unwrap();
    let mut app = heart::heart(AckVia::Silence);
    let snapshot = source.poll(machine_time()).await.unwrap();
    assert_eq!(snapshot.alerts.len(), labels.len());
    app.update(t(1), Msg::Source(am(), SourceMsg::Answered(Box::new(snapshot))));
    app.update(t(2), Msg::Routes(am(), Ok(Arc::new(policy))));
    by_route(&mut app);
    let only_kept = |alerts: &BTreeSet<String>| {
        theirs.iter().filter(|(receiver, _)| receiver != "archive").all(|(_, others)| others.is_disjoint(alerts))
    };
    let last: BTreeSet<Group> =
        theirs.iter().filter(|(receiver, alerts)| receiver != "archive" || only_kept(alerts)).cloned().collect();
    assert_eq!(shown(&app), last, "the archive gets copies of what another route takes");
    assert!(last.len() < theirs.len(), "there were such copies");
    let noted = app.desk.view.groups();
    assert!(noted > 20 && last.iter().any(|(_, alerts)| alerts.len() > 3), "{noted} groups");
}
