//! Watchfire at its end of the pipes: whatever a plugin does, the row says so and nothing else is touched.

use chrono::Duration;
use watchfire::{
    config::{Auth, Secret, SourceConfig},
    domain::{
        alert::AlertId,
        held::{Applied, Request, RequestPlan, Verb},
        label::Fingerprint,
        op::OpId,
        source::{AckVia, Snapshot, SourceError},
    },
    sources::connect,
};

use super::{noon, odd, plugin};

async fn look(config: &SourceConfig) -> Result<Snapshot, SourceError> {
    connect(config).await?.poll(noon()).await
}

fn keys(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.alerts.iter().map(|a| a.fingerprint.as_str()).collect()
}

fn problems(snapshot: &Snapshot) -> String {
    snapshot.problems.iter().map(|p| format!("{}: {}\n", p.at, p.why)).collect()
}

#[tokio::test]
async fn a_good_plugin_is_read_whole() {
    let snapshot = look(&odd("good")).await.unwrap();
    assert_eq!((keys(&snapshot), snapshot.complete, problems(&snapshot)), (vec!["F1", "F2"], true, String::new()));
    assert_eq!(snapshot.version.unwrap().raw(), "odd good");
    assert_eq!(snapshot.alerts[0].name().raw(), "Down");
}

#[tokio::test]
async fn pages_are_followed_and_a_circle_of_them_is_left() {
    let pages = look(&odd("pages")).await.unwrap();
    assert_eq!((keys(&pages), pages.complete), (vec!["F1", "F2"], true));
    let circle = look(&odd("circle")).await.unwrap();
    assert!(!circle.complete && problems(&circle).contains("in a circle"), "{}", problems(&circle));
    assert_eq!(keys(&circle), ["F1", "F2"]);
}

#[tokio::test]
async fn what_came_beside_the_answer_is_told_and_the_answer_holds() {
    for (habit, wanted) in [
        ("garbage", "Traceback: this is no protocol"),
        ("unasked", "`nobody`, which nobody asked"),
        ("long", "at most 4194304"),
        ("noise", ""),
    ] {
        let snapshot = look(&odd(habit)).await.unwrap();
        assert_eq!(keys(&snapshot), ["F1", "F2"], "{habit}");
        assert!(problems(&snapshot).contains(wanted), "{habit}: {}", problems(&snapshot));
    }
}

#[tokio::test]
async fn a_second_answer_is_told_with_the_next_look() {
    let source = connect(&odd("twice")).await.unwrap();
    source.poll(noon()).await.unwrap();
    let second = source.poll(noon() + Duration::seconds(15)).await.unwrap();
    assert!(problems(&second).contains("a second time"), "{}", problems(&second));
    assert_eq!(keys(&second), ["F1", "F2"]);
}

#[tokio::test]
async fn a_missing_part_never_means_that_something_is_resolved() {
    for habit in ["gappy", "late-part"] {
        let config = odd(habit);
        let source = connect(&config).await.unwrap();
        let first = source.poll(noon()).await.unwrap();
        let second = source.poll(noon() + Duration::seconds(15)).await.unwrap();
        let told = problems(&first) + &problems(&second);
        assert!(told.contains("part"), "{habit}: {told}");
        assert!(!first.complete || habit == "late-part");
    }
}

#[tokio::test]
async fn lies_are_told_one_by_one_and_the_rest_is_kept() {
    let snapshot = look(&odd("lie")).await.unwrap();
    assert_eq!(keys(&snapshot), ["F1", "F2", "other/F3"]);
    assert_eq!(snapshot.alerts[0].starts_at, noon(), "what begins in the future begins now");
    let told = problems(&snapshot);
    for wanted in ["in the future", "`F2` stands in the list twice", "alerts[4]", "alerts[5]"] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

#[tokio::test]
async fn a_crash_says_how_it_ended_and_with_which_words() {
    let error = look(&odd("crash")).await.unwrap_err().to_string();
    assert!(error.contains("exit status: 3") && error.contains("the disk is gone"), "{error}");
}

#[tokio::test]
async fn one_that_crashes_is_started_again_and_after_five_times_it_has_failed() {
    let dir = tempfile::tempdir().unwrap();
    let counted = dir.path().join("starts");
    let command = [
        "/usr/bin/env",
        "python3",
        &super::path("tests/servers/plugin/odd.py"),
        "stillborn",
        counted.to_str().unwrap(),
    ];
    let source = connect(&plugin(&command)).await.unwrap();
    let mut last = String::new();
    for n in 0..8 {
        last = source.poll(noon() + Duration::seconds(n)).await.unwrap_err().to_string();
    }
    assert!(last.contains("failed: it ended 5 times") && last.contains("no configuration"), "{last}");
    let starts = || std::fs::read_to_string(&counted).unwrap().lines().count();
    assert_eq!(starts(), 1 + 5, "once when it was connected to, and five times when it was asked");
    let later = source.poll(noon() + Duration::minutes(6)).await.unwrap_err().to_string();
    assert!(later.contains("exit status: 7") && starts() == 7, "{later}");
}

#[tokio::test]
async fn a_flood_and_a_line_without_end_are_given_up() {
    let flood = look(&odd("flood")).await.unwrap_err().to_string();
    assert!(flood.contains("floods"), "{flood}");
    let mut config = odd("endless");
    config.timeout = Duration::milliseconds(500);
    let endless = look(&config).await.unwrap_err().to_string();
    assert!(endless.contains("no answer in time"), "{endless}");
}

#[tokio::test]
async fn one_that_does_not_answer_is_told_that_nobody_waits() {
    let mut config = odd("deaf");
    config.timeout = Duration::milliseconds(500);
    let error = look(&config).await.unwrap_err();
    assert!(matches!(&error, SourceError::Unreachable { why } if why.raw().contains("no answer in time")), "{error}");
}

#[tokio::test]
async fn another_version_of_the_protocol_is_refused() {
    let error = look(&odd("future")).await.unwrap_err().to_string();
    assert!(error.contains("version 2"), "{error}");
}

#[tokio::test]
async fn changes_are_taken_as_they_come_and_after_a_gap_all_is_listed_anew() {
    for (habit, keys_after, told) in [
        ("push", vec!["F2", "F3"], "`F9` was removed and never there"),
        ("gap", vec!["F1", "F2"], ""),
        ("stranger", vec!["F1", "F2"], "nobody subscribed to `another`"),
    ] {
        let source = connect(&odd(habit)).await.unwrap();
        let first = source.poll(noon()).await.unwrap();
        assert_eq!(keys(&first), ["F1", "F2"], "{habit}");
        let second = source.poll(noon() + Duration::seconds(15)).await.unwrap();
        assert_eq!(keys(&second), keys_after, "{habit}");
        assert!(problems(&second).contains(told), "{habit}: {}", problems(&second));
    }
}

#[tokio::test]
async fn its_environment_is_clean_but_for_what_is_named() {
    // What tests are run with, and bash sets itself.
    let usual = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"];
    let ours: Vec<String> = std::env::vars().map(|(n, _)| n).filter(|n| !usual.contains(&n.as_str())).collect();
    let named = ours.first().expect("a variable of our own").as_str();
    let mut config = plugin(&["/bin/bash", &super::path("tests/servers/plugin/env.sh")]);
    config.own = config.own.with_list("env", &[named]);
    let snapshot = look(&config).await.unwrap();
    let names: Vec<&str> = snapshot.alerts[0].annotations.value("names").split_whitespace().collect();
    assert!(names.contains(&named) && names.contains(&"PATH"), "{names:?}");
    assert!(names.iter().all(|n| usual.contains(n) || *n == named), "{names:?}");
}

#[tokio::test]
async fn a_secret_is_handed_over_when_it_is_asked_for_and_blotted_out_where_it_turns_up() {
    let token = || Auth::Bearer(Secret::Inline("hunter2hunter2".into()));
    let told = look(&SourceConfig { auth: token(), ..odd("secret") }).await.unwrap();
    assert_eq!(told.alerts[0].annotations.value("said"), "2retnuh2retnuh");
    let error = look(&SourceConfig { auth: token(), ..odd("leak") }).await.unwrap_err().to_string();
    assert!(error.contains("refused: ***") && !error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn of_one_that_is_left_nothing_runs_on() {
    let source = connect(&odd("children")).await.unwrap();
    let snapshot = source.poll(noon()).await.unwrap();
    let number = |name| snapshot.alerts[0].annotations.value(name).to_owned();
    let (child, own) = (number("child"), number("self"));
    assert!(runs(&child) && runs(&own));
    source.leave().await;
    tokio::time::timeout(std::time::Duration::from_secs(10), async {
        while runs(&child) || runs(&own) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("both have ended");
}

/// Whether there is such a process, which is no corpse.
fn runs(number: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

#[tokio::test]
async fn only_a_program_by_its_whole_path_and_with_its_sum_is_started() {
    let why = async |config: SourceConfig| connect(&config).await.err().unwrap().to_string();
    assert!(why(plugin(&[])).await.contains("names no program"));
    assert!(why(plugin(&["python3"])).await.contains("no absolute path"));
    let mut config = odd("good");
    config.own = config.own.with("sha256", "00ff");
    assert!(why(config).await.contains("another sha256"));
    let mut config = plugin(&["/bin/sh"]);
    let output = std::process::Command::new("sha256sum").arg("/bin/sh").output().unwrap();
    let sum = String::from_utf8(output.stdout).unwrap();
    config.own = config.own.with("sha256", sum.split(' ').next().unwrap());
    assert!(connect(&config).await.is_ok());
}

fn request(verb: Verb, text: &str) -> Request {
    let alert = AlertId { source: odd("acts").name, fingerprint: Fingerprint::new("F1") };
    Request { verb, alert, began: noon(), actor: "alice".into(), text: text.into(), until: None }
}

#[tokio::test]
async fn an_act_is_planned_applied_and_asked_after() {
    let source = connect(&odd("acts")).await.unwrap();
    let can = &source.describe().can;
    assert_eq!(can.ack, Some(AckVia::Native));
    let verbs: Vec<Verb> = can.ways.iter().map(|w| w.verb).collect();
    assert_eq!(verbs, [Verb::Ack, Verb::Note], "a verb that nobody knows is left out");
    let (requests, ack, op) = (source.requests().unwrap(), request(Verb::Ack, ""), OpId("op-1".into()));
    let RequestPlan { effects, handle, author, .. } = requests.plan(&ack, noon()).await.unwrap();
    assert_eq!((effects[0].raw(), handle.unwrap().raw(), author.raw()), ("takes the page of F1", "p1", "alice"));
    let pending = requests.apply(&op, &ack, noon()).await.unwrap();
    assert!(matches!(&pending, Applied::Pending { handle } if handle.raw() == "h1"), "{pending:?}");
    assert_eq!(requests.is_so(&op, &ack, None, noon()).await, Ok(None));
    let done = requests.is_so(&op, &ack, Some(&"h1".into()), noon()).await.unwrap();
    assert_eq!(done, Some(Applied::Done { until: None, id: Some("done".into()) }));
    let other = requests.apply(&op, &Request { text: "never planned".into(), ..ack }, noon()).await.unwrap();
    assert!(matches!(other, Applied::Otherwise { .. }));
}

#[tokio::test]
async fn a_note_is_planned_here_and_one_that_is_too_long_is_refused_before_it_is_sent() {
    let source = connect(&odd("acts")).await.unwrap();
    let (requests, op) = (source.requests().unwrap(), OpId("op-2".into()));
    let note = request(Verb::Note, "looking");
    assert!(requests.plan(&note, noon()).await.unwrap().effects[0].raw().contains("7 characters"));
    let done = requests.apply(&op, &note, noon()).await.unwrap();
    assert_eq!(done, Applied::Done { until: None, id: Some("looking".into()) });
    let long = request(Verb::Note, "a note of more than twenty characters");
    assert!(requests.plan(&long, noon()).await.unwrap_err().to_string().contains("at most 20"));
}

#[tokio::test]
async fn a_plan_that_says_nothing_is_none() {
    let source = connect(&odd("silent-plan")).await.unwrap();
    let error = source.requests().unwrap().plan(&request(Verb::Ack, ""), noon()).await.unwrap_err();
    assert!(matches!(error, SourceError::Malformed { .. }), "{error}");
}
