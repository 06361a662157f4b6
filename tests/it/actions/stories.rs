//! A person runs things: shown first, written down, run, kept; through quits, kills and a cockpit that may not write.

use serde_json::Value;
use watchfire::{
    domain::{
        Time,
        entry::{Body, Entry, Kind, NewEntry, Subject},
        op::OpId,
        text::SafeText,
    },
    runtime::action,
};

use super::{configured, demo};
use crate::support::cockpit::{Opening, Story};

fn text(entry: &Entry) -> &str {
    entry.body.text.as_ref().map_or("", SafeText::raw)
}

fn more<'a>(entry: &'a Entry, name: &str) -> &'a Value {
    entry.body.more.get(name).unwrap_or(&Value::Null)
}

async fn trial(toml: &str) -> Story {
    let mut c = Opening::of("trials").with(configured(toml)).open().await;
    c.sees_beside("firing", "DiskFull").await;
    c
}

const LOOK: &str = r#"
[[action]]
name = "look"
run = ["printf", "disk of %s\\n", "{{labels.instance}}"]

[[action]]
name = "wipe"
run = ["echo", "wiped"]
dangerous = true

[[action]]
name = "hang"
run = ["sh", "-c", "echo begun; exec sleep 3600"]

[[action]]
name = "zone"
run = ["echo", "{{labels.zone}}"]
"#;

#[tokio::test(start_paused = true)]
async fn an_action_is_shown_then_written_down_then_run_and_kept_in_the_timeline() {
    let mut c = trial(LOOK).await;
    c.keys("x").await.sees("actions on DiskFull").await.sees("$ printf 'disk of %s\\n' db-1").await;
    assert!(c.entries(Kind::ActionStarted).await.is_empty());
    c.keys("Enter")
        .await
        .sees("Enter runs it")
        .await
        .keys("Enter")
        .await
        .sees("disk of db-1")
        .await
        .sees("done after")
        .await;
    let started = c.has(1, Kind::ActionStarted).await;
    let ended = c.has(1, Kind::ActionEnded).await;
    assert!(started[0].seq < ended[0].seq && started[0].body.op == ended[0].body.op);
    assert_eq!(more(&started[0], "argv"), &serde_json::json!(["printf", "disk of %s\\n", "db-1"]));
    assert_eq!(more(&ended[0], "output"), "disk of db-1");
    assert_eq!((more(&ended[0], "ended"), more(&ended[0], "code")), (&"exit".into(), &0.into()));
    c.keys("Esc").await.sees_beside("ended", "look on DiskFull: done").await;
    c.keys("3 G Enter").await.sees("disk of db-1").await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_label_says_which_alerts_have_it() {
    let mut c = trial(LOOK).await;
    c.keys("x").await.types("zone").await.sees("no label `zone`, and no alert on the board has it").await;
    c.keys("Enter").await.sees("zone cannot be run").await;
    assert!(c.entries(Kind::ActionStarted).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dangerous_one_runs_only_after_its_name_was_typed() {
    let mut c = trial(LOOK).await;
    c.keys("x").await.types("wipe").await.keys("Enter").await.sees("dangerous: type `wipe`").await;
    c.keys("Enter").await.sees("type `wipe` to run it").await;
    c.types("wip").await.keys("Enter").await.sees("type `wipe` to run it").await;
    assert!(c.entries(Kind::ActionStarted).await.is_empty());
    c.types("e").await.keys("Enter").await.sees("wiped").await;
    c.has(1, Kind::ActionEnded).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_is_stopped_by_a_key() {
    let mut c = trial(LOOK).await;
    c.keys("x").await.types("hang").await.presses("Enter Enter").glimpses("runs ", Some("G")).await.presses("c");
    c.glimpses("stopped after", Some("G")).await.sees("begun").await;
    assert_eq!(more(&c.has(1, Kind::ActionEnded).await[0], "ended"), "stopped");
}

#[tokio::test(start_paused = true)]
async fn leaving_while_one_runs_asks_first_and_then_ends_it() {
    let mut c = trial(LOOK).await;
    c.keys("x").await.types("hang").await;
    c.presses("Enter Enter").glimpses("runs ", Some("G")).await;
    c.presses("Esc q").glimpses("the same key again stops it and leaves", None).await;
    let path = c.quits().await.reopens().await;
    let ended = path.entries(Kind::ActionEnded).await;
    assert_eq!(more(&ended[0], "ended"), "left");
    assert!(text(&ended[0]).contains("watchfire was left while it ran"));
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_says_why_nothing_runs() {
    let mut c = Opening::of("trials").with(configured(LOOK)).read_only().open().await;
    c.sees_beside("firing", "DiskFull").await.keys("x").await.sees("actions are off: this cockpit is read-only").await;
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_cockpit_was_running_is_told_at_the_next_start() {
    let c = trial(LOOK).await;
    let mut dead = std::process::Command::new("true").spawn().unwrap();
    let pid = dead.id();
    dead.wait().unwrap();
    let now = c.now();
    let mut holder = action::holder();
    let alive = started(now, "s-1", holder.fields());
    holder.pid = pid;
    let lost = started(now, "s-2", holder.fields());
    c.work(move |journal, now| async move { journal.append(&[alive, lost], now).await }).await;
    let mut c = c.quits().await.reopens().await;
    c.sees("look on DiskFull was started and nobody saw its end").await;
    let unknown = c.has(1, Kind::ActionUnknown).await;
    assert_eq!(unknown.len(), 1, "one whose runner lives is left alone");
    assert_eq!(unknown[0].body.op, Some(OpId("s-2".into())));
    assert!(text(&unknown[0]).contains("outcome unknown"));
    let c = c.quits().await.reopens().await;
    assert_eq!(c.entries(Kind::ActionUnknown).await.len(), 1, "it is said once");
}

fn started(at: Time, op: &str, fields: [(String, Value); 2]) -> NewEntry {
    let mut body = Body { title: Some("DiskFull".into()), op: Some(OpId(op.into())), ..Body::default() };
    body.more.extend(fields);
    body.more.insert("action".into(), "look".into());
    body.more.insert("timeout_s".into(), 3_600.into());
    let subject = Subject::new("alert:am/1");
    NewEntry { at, actor: "ana".into(), kind: Kind::ActionStarted, subject, source: None, body, once: None }
}

#[tokio::test(start_paused = true)]
async fn a_runbooks_steps_are_ticked_noted_and_there_again_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let opening = || Opening::of("payment-outage").at("13m").with(demo()).journal(&home.path().join("journal.db"));
    let mut c = opening().open().await;
    c.sees_beside("firing", "HighErrorRate").await.keys("/").await.types("HighErr").await.keys("Enter").await;
    c.keys("K").await.sees("Checkout fails").await.sees("0 of 7 done").await;
    c.keys("Tab Space").await.sees("1 of 7 done").await.sees("(ana 20:13)").await;
    let ticked = c.has(1, Kind::RunbookTicked).await;
    assert!(text(&ticked[0]).starts_with("Own the alert") && *more(&ticked[0], "done") == true);
    c.keys("n").await.sees("at \"Own the alert").await.types("mine").await.keys("Enter").await;
    assert!(text(&c.has(1, Kind::NoteAdded).await[0]).ends_with(": mine"));
    let (world, now) = (c.world.clone(), c.now());
    drop(c.quits().await);
    let mut c = opening().on(world, now).open().await;
    c.sees_beside("firing", "HighErrorRate").await.keys("/").await.types("HighErr").await.keys("Enter K").await;
    c.sees("1 of 7 done").await.sees("(ana 20:13)").await;
    c.keys("Tab Space").await.sees("0 of 7 done").await;
}

#[tokio::test(start_paused = true)]
async fn a_command_of_a_runbook_is_shown_whole_and_run_only_then() {
    let mut c = Opening::of("payment-outage").at("13m").with(demo()).open().await;
    c.sees_beside("firing", "HighErrorRate").await.keys("/").await.types("HighErr").await.keys("Enter K").await;
    c.sees("Checkout fails").await.keys("Tab Tab Tab x").await.sees("a command of the runbook, for sh").await;
    c.sees("sh shop").await;
    assert!(c.entries(Kind::ActionStarted).await.is_empty());
    c.keys("Enter").await.sees("would ask: kubectl -n shop rollout history deployment/checkout").await;
    c.has(1, Kind::ActionEnded).await;
    c.keys("Esc").await.sees("of 7 done").await;
}

#[tokio::test(start_paused = true)]
async fn a_runbook_that_cannot_be_read_says_why_and_gives_its_link() {
    let mut c = Opening::of("payment-outage").at("13m").with(demo()).open().await;
    c.sees_beside("firing", "Certif").await.keys("/").await.types("Certif").await.keys("Enter K").await;
    c.sees("nothing is read over the network here").await.sees("https://runbooks.example/platform/certificates").await;
    c.keys("y").await.sees("sent to the terminal's clipboard").await;
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_taller_than_the_screen_is_scrolled_to_its_last_row_and_left() {
    let home = tempfile::tempdir().unwrap();
    let lines: String = (1..=90).map(|n| format!("echo row-{n}.\n")).collect();
    let text = format!("# Tall\n\n- [ ] before\n\n```sh\n{lines}```\n\n- [ ] after\n");
    std::fs::write(home.path().join("tall.md"), text).unwrap();
    let toml = format!("[runbooks]\ndir = {:?}\nby_alert = {{ DiskFull = \"tall.md\" }}\n", home.path());
    let mut c = trial(&toml).await;
    c.keys("K").await.sees("[ ] before").await.keys("Tab Tab").await.sees("row-1.").await.sees_not("row-90.").await;
    c.keys("j").await.sees_not("row-1.").await.sees("row-2.").await;
    c.keys("PageDown PageDown PageDown PageDown").await.sees("row-90.").await;
    c.keys("j j j").await.sees("[ ] after").await;
    // Back into it from below, up to its first row, and out above.
    c.keys("k k k").await.sees("row-89.").await.keys("g").await.sees("# Tall").await;
    c.keys("PageDown").await.sees("row-1.").await.keys("x").await.sees("a command of the runbook").await;
}
