//! One action on several alerts: planned as one, run one after the other, stopped, and done again where it failed.

use serde_json::Value;
use watchfire::domain::entry::{Entry, Kind};

use super::configured;
use crate::support::cockpit::{Opening, Story};

const ON_MANY: &str = r#"
[[action]]
name = "look"
run = ["echo", "looked at {{labels.instance}}"]
confirm = false

[[action]]
name = "critical"
run = ["echo", "{{labels.instance}}"]
scope = "severity=critical"

[[action]]
name = "hang"
run = ["sh", "-c", "echo begun; exec sleep 3600"]

[[action]]
name = "twice"
run = ["sh", "-c", "test {{input.how}} = well", "{{labels.instance}}"]
inputs = [{ name = "how", default = "badly" }]

[[action]]
name = "wipe"
run = ["echo", "wiped"]
dangerous = true
"#;

/// Both alerts are marked, and the menu is open.
async fn marked() -> Story {
    let mut c = Opening::of("trials").with(configured(ON_MANY)).open().await;
    c.sees_beside("firing", "DiskFull").await.sees_beside("firing", "Elsewhere").await;
    c.keys("g v G v x").await.sees("actions on 2 alerts").await;
    c
}

fn more<'a>(entry: &'a Entry, name: &str) -> &'a Value {
    entry.body.more.get(name).unwrap_or(&Value::Null)
}

fn ends(entries: &[Entry]) -> Vec<&str> {
    entries.iter().filter_map(|e| more(e, "ended").as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_plan_lists_every_line_and_nothing_runs_before_it_was_confirmed() {
    let mut c = marked().await;
    c.keys("Enter").await.sees("run look on 2 alerts").await;
    c.sees("$ echo 'looked at db-1'").await.sees("$ echo 'looked at web-1'").await.sees("one after the other").await;
    assert!(c.entries(Kind::ActionStarted).await.is_empty(), "even one that asks no question asks for several");
    c.keys("Enter").await.sees("2 of 2 done").await.sees("100 %").await;
    let started = c.has(2, Kind::ActionStarted).await;
    let ended = c.has(2, Kind::ActionEnded).await;
    assert_eq!(started.iter().map(|e| more(e, "nth").clone()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((more(&started[0], "of"), more(&started[0], "set")), (&2.into(), more(&started[1], "set")));
    assert!(ended[0].seq < started[1].seq, "the second begins when the first has ended");
    c.keys("j Enter").await.sees("looked at").await.keys("Esc").await.sees("2 of 2 done").await;
    c.keys("Esc").await.sees_not("2 of 2 done").await;
    c.keys("x").await.sees("actions on Elsewhere").await.sees("2 of 2 done").await;
}

#[tokio::test(start_paused = true)]
async fn who_is_not_in_its_scope_is_left_out_by_name() {
    let mut c = marked().await;
    c.types("critical").await.sees("for 1 of 2; the others are left out").await;
    c.keys("Enter").await.sees("1 left out:").await.sees("it is not for this one").await.keys("Enter").await;
    c.sees("1 of 1 done, 1 left out").await;
    assert_eq!(c.has(1, Kind::ActionStarted).await[0].body.title.as_ref().unwrap().raw(), "DiskFull");
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_what_runs_starts_no_other_and_writes_both_down() {
    let mut c = marked().await;
    c.types("hang").await;
    c.presses("Enter Enter").glimpses("runs 0s", Some("g")).await;
    c.presses("c").glimpses("0 of 2 done, 1 failed, 1 not run", Some("g")).await;
    let mut ended = c.has(2, Kind::ActionEnded).await;
    ended.sort_by_key(|e| more(e, "ended").as_str().map(str::to_owned));
    assert_eq!(ends(&ended), ["not_started", "stopped"]);
    assert_eq!(c.entries(Kind::ActionStarted).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn where_it_failed_it_is_planned_once_more_with_what_was_filled_in() {
    let mut c = marked().await;
    c.types("twice").await.keys("Enter").await.sees("how: badly").await.keys("Enter").await;
    c.sees("0 of 2 done, 2 failed").await.keys("R").await.sees("how: badly").await.sees("run twice on 2 alerts").await;
    assert_eq!(c.entries(Kind::ActionStarted).await.len(), 2, "a plan is not a run");
    c.keys("Ctrl-u").await.types("well").await.keys("Enter").await.sees("2 of 2 done").await;
    c.keys("R").await.sees("it was done on every one").await;
}

#[tokio::test(start_paused = true)]
async fn a_dangerous_one_wants_its_name_once_for_all() {
    let mut c = marked().await;
    c.types("wipe").await.keys("Enter").await.sees("dangerous: type `wipe`").await.keys("Enter").await;
    assert!(c.entries(Kind::ActionStarted).await.is_empty());
    c.types("wipe").await.keys("Enter").await.sees("2 of 2 done").await;
}

#[tokio::test(start_paused = true)]
async fn leaving_in_the_middle_writes_down_which_were_never_started() {
    let mut c = marked().await;
    c.types("hang").await;
    c.presses("Enter Enter").glimpses("runs 0s", Some("g")).await;
    c.presses("q").glimpses("the same key again stops it and leaves", None).await;
    let c = c.quits().await.reopens().await;
    let mut ended = c.entries(Kind::ActionEnded).await;
    ended.sort_by_key(|e| more(e, "ended").as_str().map(str::to_owned));
    assert_eq!(ends(&ended), ["left", "not_started"]);
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_runs_nothing_on_what_is_marked() {
    let mut c = Opening::of("trials").with(configured(ON_MANY)).read_only().open().await;
    c.sees_beside("firing", "DiskFull").await.keys("g v G v x").await.sees("actions are off").await;
}
