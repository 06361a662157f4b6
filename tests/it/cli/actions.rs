//! `action` and `runbook`: a script runs what a person would, and the journal has the same.

use super::{Home, alertmanager, texts};
use crate::support::real::Real;

const ACTIONS: &str = r#"
[[action]]
name = "look"
description = "Looks at the disk."
run = ["printf", "[%s]\\n", "{{labels.instance}}", "{{input.what}}"]
inputs = [{ name = "what", default = "all" }]

[[action]]
name = "wipe"
run = ["echo", "wiped"]
dangerous = true
on = ["anywhere"]

[[action]]
name = "fails"
run = ["echo why; exit 4"]
shell = true
confirm = false
on = ["anywhere"]

[runbooks]
dir = "books"
by_alert = { DiskFull = "disk.md" }
"#;

fn home(server: &Real) -> Home {
    let home = Home::on(&server.url(), ACTIONS);
    std::fs::create_dir(home.path("books")).unwrap();
    std::fs::write(home.path("books/disk.md"), "# Disk\n\n- [ ] look\n\n```sh\ndf -h\n```\n").unwrap();
    home
}

#[tokio::test]
async fn an_action_is_shown_run_and_kept() {
    let server = alertmanager().await;
    let home = home(&server);
    let on = ["--on", "DiskFull", "disk="];
    let planned = home.run(&[&["action", "run", "look"], &on[..], &["--dry-run"]].concat()).await.ends_with(0);
    assert_eq!(planned.out, "would run: printf '[%s]\\n' db-1 all\n");
    let asks = home.run(&[&["action", "run", "look"], &on[..]].concat()).await.ends_with(2);
    assert!(asks.err.contains("$ printf '[%s]\\n' db-1 all") && asks.err.contains("--yes"), "{}", asks.err);
    let run = ["action", "run", "look", "--input", "what=$(id) -x", "--yes"];
    let ran = home.run(&[&run[..], &on[..]].concat()).await.ends_with(0);
    assert_eq!(ran.out, "[db-1]\n[$(id) -x]\n");
    let answer = home.run(&[&run[..], &on[..], &["-o", "json"]].concat()).await.ends_with(0).json();
    assert_eq!((&answer["schema"], &answer["runs"][0]["code"]), (&"watchfire/action/1".into(), &0.into()));
    assert_eq!(answer["runs"][0]["output"], "[db-1]\n[$(id) -x]");
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    let kinds = ["action.started", "action.ended", "action.started", "action.ended"];
    assert_eq!(texts(&timeline["entries"], "kind"), kinds);
}

#[tokio::test]
async fn what_cannot_be_run_says_why_and_leaves_no_trace() {
    let server = alertmanager().await;
    let home = home(&server);
    let cases: [(&[&str], i32, &str); 7] = [
        (&["action", "run", "lok"], 2, "there are look, wipe, fails"),
        (&["action", "run", "look"], 2, "is not for watch"),
        (&["action", "run", "look", "--on", "HighLatency", "--yes"], 2, "no label `instance`; 2 alerts have it"),
        (&["action", "run", "look", "--on", "DiskFull", "--yes"], 2, "an action runs on one"),
        (&["action", "run", "look", "--on", "DiskFull", "disk=", "--input", "wat=1"], 2, "it has what"),
        (&["action", "run", "wipe", "--yes"], 2, "--word 'wipe'"),
        (&["action", "run", "wipe", "--yes", "--word", "wipe", "--read-only"], 1, "read-only"),
    ];
    for (arguments, code, words) in cases {
        let ran = home.run(arguments).await.ends_with(code);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(timeline["entries"].as_array().unwrap().len(), 0);
    let ran = home.run(&["action", "run", "wipe", "--yes", "--word", "wipe"]).await.ends_with(0);
    assert_eq!(ran.out, "wiped\n");
}

#[tokio::test]
async fn a_failure_is_the_exit_code_and_said_on_standard_error() {
    let home = Home::with(&ACTIONS[..ACTIONS.find("[runbooks]").unwrap()]);
    let ran = home.run(&["action", "run", "fails"]).await.ends_with(1);
    assert_eq!(ran.out, "why\n");
    assert!(ran.err.contains("fails: exit 4"), "{}", ran.err);
    let list = home.run(&["action", "list", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(texts(&list["actions"], "name"), ["look", "wipe", "fails"]);
}

#[tokio::test]
async fn a_runbook_is_shown_as_text_and_as_json() {
    let server = alertmanager().await;
    let home = home(&server);
    let shown = home.run(&["runbook", "show", "DiskFull", "disk="]).await.ends_with(0);
    assert!(shown.out.contains("# Disk") && shown.out.contains("[ ] look") && shown.out.contains("    df -h"));
    let book = home.run(&["runbook", "show", "DiskFull", "disk=", "-o", "json"]).await.ends_with(0).json();
    assert_eq!((texts(&book["steps"], "text"), &book["commands"][0]), (vec!["look"], &"df -h".into()));
    let none = home.run(&["runbook", "show", "HighLatency"]).await.ends_with(1);
    assert!(none.err.contains("HighLatency.md: No such file"), "{}", none.err);
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_a_start_without_an_end_in_the_journal() {
    let home = Home::with(
        "[[action]]\nname = \"hang\"\nrun = [\"sh\", \"-c\", \"echo begun; exec sleep 30\"]\non = [\"anywhere\"]\nconfirm = false\n",
    );
    let mut command = home.command(&["action", "run", "hang"]);
    let mut child = command.stdout(std::process::Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    // It has begun once the journal says so.
    let started = loop {
        let timeline = home.run(&["timeline", "-o", "json"]).await.json();
        match timeline["entries"].as_array().unwrap().first() {
            Some(entry) => break entry.clone(),
            None => tokio::task::yield_now().await,
        }
    };
    child.start_kill().unwrap();
    drop(child.wait().await);
    assert_eq!((&started["kind"], &started["body"]["action"]), (&"action.started".into(), &"hang".into()));
    let timeline = home.run(&["timeline", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(texts(&timeline["entries"], "kind"), ["action.started"]);
}

#[tokio::test]
async fn an_action_on_an_incident_has_its_id_and_its_scope_asks_the_alerts_of_it() {
    let server = alertmanager().await;
    let actions = r#"
[[action]]
name = "page"
run = ["echo", "{{incident.id}}"]
on = ["incident", "slo"]

[[action]]
name = "disks"
run = ["echo", "{{incident.id}}"]
on = ["incident"]
scope = "alertname=DiskFull"

[[action]]
name = "others"
run = ["echo", "{{incident.id}}"]
on = ["incident"]
scope = "alertname=NoSuchAlert"
"#;
    let home = Home::on(&server.url(), actions);
    let declare = ["incident", "declare", "Disks fill", "--alerts", "DiskFull", "-o", "json"];
    let declared = home.run(&declare).await.ends_with(0).json();
    let id = declared["acts"][0]["incident"].as_str().unwrap_or_else(|| panic!("{declared}")).to_owned();
    let on = format!("incident:{id}");
    let run = |name: &'static str| [vec!["action", "run", name, "--yes", "--on"]].concat();
    for name in ["page", "disks"] {
        let ran = home.run(&[&run(name)[..], &[&on]].concat()).await.ends_with(0);
        assert_eq!(ran.out, format!("{id}\n"));
    }
    let outside = home.run(&[&run("others")[..], &[&on]].concat()).await.ends_with(2);
    assert!(outside.err.contains("its scope is `alertname=\"NoSuchAlert\"`"), "{}", outside.err);
    let gone = home.run(&[&run("page")[..], &["incident:2020-01-01.9"]].concat()).await.ends_with(2);
    assert!(gone.err.contains("2020-01-01.9"), "{}", gone.err);
    let unknown = home.run(&[&run("page")[..], &["slo:typo"]].concat()).await.ends_with(2);
    assert!(unknown.err.contains("no SLO is called `typo`; known: none"), "{}", unknown.err);
}
