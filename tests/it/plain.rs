//! The program line by line: every command has its way, an incident is worked by typed lines alone, and nothing is sent that was
//! not read out. And the screen of the cockpit says without colours whatever it says with them.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use watchfire::{
    config::keymap::Command,
    domain::{entry::Kind, incident::Part},
    runtime::plain::{script::Outcome, words::WORDS},
};

use super::{
    docs::{keep, root},
    support::cockpit::{Opening, Story},
};

/// What was told so far.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How it is asked what breaks an ack.
const BREAKS_ON: &str =
    "breaks on, any of severity, member, refire, burn>2, with commas between them [severity,refire]: ";

/// How it is asked how long an ack lasts.
fn lasts(stands: &str) -> String {
    format!("lasts, such as 30m, 2h, 1d or 08:00 [{stands}]: ")
}

/// Somebody who reads lines and types them.
struct Reader {
    story: Story,
    heard: Heard,
    outcome: Outcome,
    from: usize,
}

impl Reader {
    async fn of(opening: Opening) -> Self {
        let mut reader = Self::at_the_start(opening).await;
        reader.story.passes(chrono::Duration::seconds(2)).await;
        reader
    }

    async fn at_the_start(opening: Opening) -> Self {
        let heard = Heard::default();
        let (story, outcome) = opening.open_plain(Box::new(heard.clone())).await;
        Self { story, heard, outcome, from: 0 }
    }

    /// What was told since this was asked last.
    fn told(&mut self) -> String {
        let bytes = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = String::from_utf8(bytes[self.from..].to_vec()).unwrap();
        self.from = bytes.len();
        drop(bytes);
        let foreign = told.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\x07'));
        assert_eq!(foreign, None, "{told}");
        told
    }

    /// Types a line; answers what is told then.
    async fn types(&mut self, line: &str) -> String {
        self.story.pastes(line).await;
        self.story.passes(chrono::Duration::seconds(1)).await;
        self.told()
    }
}

#[tokio::test(start_paused = true)]
async fn every_command_is_done_or_says_what_does_it_here() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.told();
    for command in Command::ALL.iter().filter(|c| **c != Command::Quit) {
        let told = reader.types(command.name()).await;
        assert!(!told.trim().is_empty(), "{} is answered by nothing", command.name());
        assert!(!told.contains("no command is called"), "{}: {told}", command.name());
        reader.types("cancel").await;
    }
    reader.story.pastes("app.quit").await;
    reader.story.ends().await;
}

#[tokio::test(start_paused = true)]
async fn every_word_of_the_help_is_answered_with_a_number_behind_it() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.types("budgets").await;
    reader.types("timeline").await;
    reader.types("silences").await;
    // `quit` ends it, and `write` would leave a file where the tests are run.
    for word in WORDS.iter().filter(|w| !["quit", "write"].contains(&w.word)) {
        let number = ["e", "s", "i", "b"].iter().find(|k| word.with.contains(&format!("{k}N"))).copied().unwrap_or("");
        let told = reader.types(&format!("{} {number}1", word.word)).await;
        assert!(!told.trim().is_empty(), "{} is answered by nothing", word.word);
        reader.types("cancel").await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_alert_is_told_acked_and_noted_by_lines_alone() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    let begun = reader.told();
    assert!(begun.contains("BURNING: 5 critical") && begun.contains("\n1, critical ProbeFailing, firing"), "{begun}");
    let plan = reader.types("ack 5 looking at it").await;
    for said in
        ["ack HighErrorRate", "a silence on prod-eu", "mute nothing else", "reason: looking at it", "yes sends it"]
    {
        assert!(plan.contains(said), "{said} is not read out:\n{plan}");
    }
    assert_eq!(reader.story.entries(Kind::AckIntended).await.len(), 0, "it was sent before a yes");
    let done = reader.types("yes").await;
    assert!(done.contains("HighErrorRate acked until"), "{done}");
    reader.story.has(1, Kind::AckConfirmed).await;
    reader.types("note 5 restarted the worker").await;
    let notes = reader.story.has(1, Kind::NoteAdded).await;
    assert_eq!(notes[0].body.text.as_ref().unwrap().raw(), "restarted the worker");
    let opened = reader.types("open 5").await;
    assert!(opened.contains("state, acked") && opened.contains("restarted the worker"), "{opened}");
}

#[tokio::test(start_paused = true)]
async fn a_source_is_asked_by_lines_once_its_plan_was_read_out() {
    let mut reader = Reader::of(Opening::of("paged")).await;
    let ways = reader.types("ask 1").await;
    assert!(ways.contains("2: unack, cannot be done: nobody has acked it there"), "{ways}");
    assert!(ways.contains("6: note, adds a note") && ways.contains("which number"), "{ways}");
    let asked = reader.types("6").await;
    assert!(asked.contains("text [nothing]:"), "{asked}");
    let plan = reader.types("the cache is cold").await;
    for said in ["pd adds the note to the incident", "kept there as ana", "text: the cache is cold", "yes sends it"] {
        assert!(plan.contains(said), "{said} is not read out:\n{plan}");
    }
    assert!(reader.story.entries(Kind::RequestIntended).await.is_empty(), "it was sent before a yes");
    let done = reader.types("yes").await;
    assert!(done.contains("the note of CheckoutDown was done at pd"), "{done}");
    let board = reader.types("alerts").await;
    assert!(board.contains("goes to carol in"), "{board}");
}

#[tokio::test(start_paused = true)]
async fn whatever_is_not_yes_sends_nothing() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    for no in ["", "y", "no", "ack 5", "cancel"] {
        reader.types("ack 5 mine").await;
        let told = reader.types(no).await;
        assert!(told.contains("nothing was done"), "{no:?}: {told}");
    }
    assert_eq!(reader.types("yes").await.trim(), "nothing asks for a yes now");
    assert_eq!(reader.story.entries(Kind::AckIntended).await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_form_asks_field_by_field_with_what_stands_there() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.told();
    let asked = reader.types("ack 5").await;
    assert!(asked.ends_with("reason [nothing]: "), "{asked}");
    assert_eq!(reader.types("on it").await, lasts("1h"));
    assert_eq!(reader.types("2h").await, BREAKS_ON);
    let plan = reader.types("").await;
    assert!(plan.contains("reason: on it\nlasts: 2h\nbreaks on: severity,refire"), "{plan}");
    reader.types("yes").await;
    reader.story.has(1, Kind::AckConfirmed).await;
}

#[tokio::test(start_paused = true)]
async fn back_goes_to_the_field_before_and_from_the_plan_to_the_last_one() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.types("ack 5").await;
    let first = reader.types("back").await;
    assert!(first.contains("there is no field before this one"), "{first}");
    assert_eq!(reader.types("on it").await, lasts("1h"));
    assert_eq!(reader.types("2h").await, BREAKS_ON);
    assert_eq!(reader.types("back").await, lasts("2h"));
    reader.types("3h").await;
    let plan = reader.types("").await;
    assert!(plan.contains("lasts: 3h") && plan.contains("yes sends it"), "{plan}");
    assert_eq!(reader.types("back").await, BREAKS_ON);
    let plan = reader.types("severity").await;
    assert!(plan.contains("reason: on it\nlasts: 3h\nbreaks on: severity\n"), "{plan}");
    reader.types("yes").await;
    reader.story.has(1, Kind::AckConfirmed).await;
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_bound_otherwise_change_nothing_for_who_types_words() {
    let (_dir, file) =
        kept("[keys]\nform.send = \"ctrl-g\"\nform.next = \"f8\"\nquestion.yes = \"Y\"\nmenu.choose = \"f2\"\n");
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m").lives_by(&file)).await;
    reader.types("ack 5").await;
    reader.types("on it").await;
    reader.types("").await;
    reader.types("").await;
    reader.types("yes").await;
    reader.story.has(1, Kind::AckConfirmed).await;
    let undone = reader.types("undo").await;
    assert!(undone.contains("yes takes it back"), "{undone}");
    reader.types("yes").await;
    reader.story.has(1, Kind::UnackIntended).await;
    let filtered = reader.types("filter severity=warning").await;
    assert!(filtered.contains("filter severity=warning"), "{filtered}");
}

/// A configuration that may be written anew.
fn kept(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, text).unwrap();
    (dir, file)
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_waits_for_a_yes_is_told_refused_and_taken_up_by_lines() {
    let (_dir, file) = kept("read_only = true\n");
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m").lives_by(&file)).await;
    reader.told();
    std::fs::write(&file, "read_only = false\n").unwrap();
    reader.story.passes(chrono::Duration::seconds(5)).await;
    let told = reader.told();
    assert!(told.contains("the configuration changed and waits for a yes: config reads it out"), "{told}");
    assert!(!reader.outcome.has_failed(), "a file that changed meanwhile fails no line");
    let asked = reader.types("config").await;
    assert!(asked.contains("read_only") && asked.contains("yes takes it up"), "{asked}");
    reader.types("no").await;
    assert!(reader.story.entries(Kind::ConfigChanged).await.is_empty(), "it was taken up without a yes");
    assert!(reader.types("status").await.contains("config: 1 change waits"), "it is forgotten");
    reader.types("config").await;
    let done = reader.types("yes").await;
    assert!(done.contains("configuration: read_only"), "{done}");
    reader.story.has(1, Kind::ConfigChanged).await;
    let read = reader.types("config").await;
    assert!(read.contains("Taken up at"), "{read}");
}

#[tokio::test(start_paused = true)]
async fn what_fires_and_ends_is_told_as_it_happens_and_held_back_on_demand() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("10m")).await;
    reader.told();
    reader.types("news hold").await;
    reader.story.at("14m").await;
    assert_eq!(reader.told().replace('\x07', ""), "", "held back, and told all the same");
    let told = reader.types("").await;
    assert!(told.contains(" fired ") && told.contains("critical"), "{told}");
    reader.types("news live").await;
    reader.story.at("19m").await;
    let told = reader.told();
    assert!(told.contains(" resolved ") && told.contains("CronJobSlow"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_wrong_meanwhile_fails_no_line_and_a_reload_that_was_asked_for_does() {
    let (_dir, file) = kept("read_only = true\n");
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m").lives_by(&file)).await;
    reader.told();
    std::fs::write(&file, "read_onyl = false\n").unwrap();
    reader.story.passes(chrono::Duration::seconds(5)).await;
    let told = reader.told();
    assert!(told.contains("the configuration stays as it was") && told.contains("read_onyl"), "{told}");
    assert!(!reader.outcome.has_failed(), "nobody asked for it");
    reader.types("reload").await;
    assert!(reader.outcome.has_failed(), "a reload of a wrong file is no success");
}

#[tokio::test(start_paused = true)]
async fn it_opens_at_once_says_what_still_connects_and_since_when_and_tells_when_it_has_answered() {
    let opening = Opening::of("payment-outage").at("20m").late("prod-eu", "20s");
    let mut reader = Reader::at_the_start(opening).await;
    let begun = reader.told();
    assert!(begun.contains("`help` tells the words"), "{begun}");
    reader.story.passes(chrono::Duration::seconds(2)).await;
    let board = reader.told();
    assert!(board.contains("BURNING + UNKNOWN: 1 critical"), "{board}");
    assert!(board.contains("prod-eu is still connecting, UNKNOWN for "), "{board}");
    reader.story.passes(chrono::Duration::seconds(6)).await;
    let list = reader.types("alerts").await;
    assert!(list.contains("prod-eu is still connecting, UNKNOWN for 8s: its alerts are not here yet"), "{list}");
    assert!(reader.outcome.is_partial() && !reader.outcome.has_failed(), "what was told is not all");
    let status = reader.types("status").await;
    assert!(status.contains("prod-eu connecting, UNKNOWN for 9s") && status.contains("metrics read "), "{status}");
    reader.told();
    reader.story.passes(chrono::Duration::seconds(15)).await;
    let news = reader.told();
    assert!(news.contains("prod-eu is connected and read: ") && news.contains("now BURNING: 5 critical"), "{news}");
    let list = reader.types("alerts").await;
    assert!(list.contains("critical ProbeFailing, firing") && !list.contains("connecting"), "{list}");
}

#[tokio::test(start_paused = true)]
async fn who_types_before_every_source_has_answered_is_answered_with_what_is_known() {
    let opening = Opening::of("quiet").late("prod-eu", "60s");
    let mut reader = Reader::at_the_start(opening).await;
    let told = reader.types("alerts").await;
    assert!(told.contains("UNKNOWN") && told.contains("prod-eu is still connecting"), "{told}");
    assert!(!told.contains("CALM") && !told.contains("no alert fires"), "green while a source is not read: {told}");
}

#[tokio::test(start_paused = true)]
async fn parts_of_an_incident_are_told_by_number_taken_out_corrected_and_ticked() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.types("declare 5").await;
    for answer in ["checkout is down", "", "", "", "", "", ""] {
        reader.types(answer).await;
    }
    let done = reader.types("yes").await;
    assert!(done.contains("checkout is down"), "{done}");
    reader.types("incidents").await;
    reader.types("incident i1 task").await;
    let plan = reader.types("roll it back").await;
    assert!(plan.contains("owner"), "{plan}");
    reader.types("").await;
    reader.types("yes").await;
    reader.story.has(1, Kind::Incident(Part::Task)).await;

    let tasks = reader.types("incident i1 tick").await;
    assert!(tasks.contains("1, roll it back") && tasks.contains("`incident i1 tick 2`"), "{tasks}");
    let ticked = reader.types("incident i1 tick 1").await;
    assert!(!ticked.trim().is_empty(), "it says nothing");
    reader.story.has(2, Kind::Incident(Part::Task)).await;

    reader.types("note i1 the cach is cold").await;
    let notes = reader.types("incident i1 correct").await;
    let number = notes.lines().find(|l| l.contains("the cach is cold")).and_then(|l| l.split(',').next()).unwrap();
    let corrected = reader.types(&format!("incident i1 correct {number} the cache is cold")).await;
    assert!(!corrected.trim().is_empty(), "it says nothing");
    let entries = reader.story.has(1, Kind::NoteCorrected).await;
    assert_eq!(entries[0].body.text.as_ref().unwrap().raw(), "the cache is cold");
    let asked = reader.types(&format!("incident i1 correct {number}")).await;
    assert!(asked.contains("it says: the cache is cold") && asked.contains("an empty line leaves it"), "{asked}");
    reader.types("the cache was cold").await;
    let entries = reader.story.has(2, Kind::NoteCorrected).await;
    assert_eq!(entries[1].body.text.as_ref().unwrap().raw(), "the cache was cold");

    let parts = reader.types("incident i1 detach").await;
    assert!(parts.contains("5, alert HighErrorRate"), "{parts}");
    reader.types("incident i1 detach 5").await;
    reader.story.has(1, Kind::Incident(Part::Detached)).await;
    let opened = reader.types("open i1").await;
    assert!(opened.contains("1 taken out") && opened.contains("the cache was cold"), "{opened}");
    assert!(!opened.contains("Enter"), "a key that is not here: {opened}");
}

#[tokio::test(start_paused = true)]
async fn nothing_that_stands_twice_is_left_out_when_it_is_read() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    let facets = reader.types("facets").await;
    let service = facets.split("service, 7 values").nth(1).and_then(|rest| rest.split("severity, ").next()).unwrap();
    assert_eq!(service.trim().lines().count(), 7, "{service}");
    let paper = reader.types("handoff").await;
    assert_eq!(paper.matches("ConsumerLag (orders)").count(), 5, "four that fire, and what was noisy:\n{paper}");
}

#[tokio::test(start_paused = true)]
async fn the_plan_of_a_silence_is_read_out_whole_and_a_form_that_cannot_be_sent_says_so() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    let plan = reader.types("silence 5 2h rollout").await;
    for said in ["alertname=HighErrorRate", "cluster=eu-1", "job=checkout", "team=payments", "mutes 1 now", "severity"]
    {
        assert!(plan.contains(said), "{said} is not read out:\n{plan}");
    }
    assert!(!plan.contains("te..."), "something of it is cut off:\n{plan}");
    reader.types("no").await;
    reader.types("ack 5").await;
    let asked = reader.types("looking").await;
    assert!(asked.ends_with(&lasts("1h")), "{asked}");
    reader.types("soon").await;
    let plan = reader.types("").await;
    assert!(plan.contains("it cannot be sent so: ") && plan.contains("back goes to the field before"), "{plan}");
    assert!(!plan.contains("yes sends it"), "{plan}");
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_each_act_with_the_line_that_does_the_same_by_hand() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.types("silence 5 2h rollout").await;
    reader.types("yes").await;
    let log = reader.types("log").await;
    assert!(log.contains(" silence of ") && log.contains("confirmed by reading back"), "{log}");
    assert!(log.contains("by hand: amtool ") && log.contains("silence add") && log.contains("rollout"), "{log}");
    let rows = reader.types("silences").await;
    assert!(rows.contains("s1, active silence on prod-eu"), "{rows}");
    let asked = reader.types("expire s1").await;
    assert!(asked.contains("yes ends them, anything else leaves:") && !asked.contains("y/N"), "{asked}");
    let done = reader.types("yes").await;
    assert!(done.contains("s1, expired silence on prod-eu, ended "), "{done}");
}

#[tokio::test(start_paused = true)]
async fn groups_are_told_once_a_label_was_chosen() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    let asked = reader.types("group").await;
    assert!(asked.contains("service, 7 values") && asked.contains("by which of these"), "{asked}");
    let grouped = reader.types("service").await;
    assert!(grouped.contains("group, ") && grouped.contains("payment"), "{grouped}");
}

#[tokio::test(start_paused = true)]
async fn a_broad_silence_asks_for_the_number_that_it_mutes() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    reader.types("silence 5").await;
    reader.types("severity=~\".+\"").await;
    reader.types("").await;
    let plan = reader.types("everything is known").await;
    assert!(plan.contains("yes sends it"), "{plan}");
    let broad = reader.types("yes").await;
    assert!(broad.contains("type the number of alerts"), "{broad}");
    reader.types("2").await;
    assert_eq!(reader.story.entries(Kind::SilenceIntended).await.len(), 0, "a wrong number sent it");
}

#[tokio::test(start_paused = true)]
async fn a_command_on_what_has_gone_says_so_and_does_nothing() {
    let mut reader = Reader::of(Opening::of("payment-outage").at("20m")).await;
    assert!(reader.types("ack 99").await.contains("no alert has the number 99"));
    assert!(reader.types("ack").await.contains("say which alert"));
    assert!(reader.types("dance 3").await.contains("no command is called dance"));
    assert!(reader.types("filter (").await.contains("that is no filter"));
}

#[test]
fn the_manual_tells_the_words_that_work() {
    let path = "assets/manual/plain.md";
    let text = std::fs::read_to_string(root(path)).unwrap();
    let (before, rest) = text.split_once("<!-- words -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /words -->").unwrap();
    let typed = |w: &watchfire::runtime::plain::words::Word| format!("{} {}", w.word, w.with).trim().to_owned();
    let row =
        |w: &watchfire::runtime::plain::words::Word| format!("| `{}` | {} |\n", typed(w).replace('|', "\\|"), w.help);
    let rows: String = WORDS.iter().map(row).collect();
    keep(path, &format!("{before}<!-- words -->\n| type | it does |\n|---|---|\n{rows}<!-- /words -->{after}"));
}

/// Where the marks of selected rows stand: row and column.
fn marked(screen: &str) -> Vec<(usize, usize)> {
    let rows = screen.lines().enumerate();
    rows.flat_map(|(y, row)| row.chars().enumerate().filter(|(_, c)| *c == '▌').map(move |(x, _)| (y, x))).collect()
}

#[tokio::test(start_paused = true)]
async fn without_a_colour_every_list_still_says_which_row_is_selected() {
    for (opens, moves) in [("j", "j"), ("2", "j"), ("3", "k"), ("?", "down"), (":", "down"), ("f", "j"), ("S", "")] {
        let mut story = Opening::of("payment-outage").at("20m").open().await;
        story.keys(opens).await;
        let before = marked(&story.screen());
        assert!(!before.is_empty(), "after {opens}:\n{}", story.screen());
        if !moves.is_empty() {
            story.keys(moves).await;
            assert_ne!(marked(&story.screen()), before, "after {opens} {moves}:\n{}", story.screen());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_colour_severity_state_focus_and_the_unknown_are_words_and_marks() {
    let mut story = Opening::of("payment-outage").at("20m").open().await;
    let screen = story.screen();
    for said in ["◆C", "▲E", "●W", " firing ", "━ 1 alerts", "─ 2 budgets"] {
        assert!(screen.contains(said), "{said} is not on it:\n{screen}");
    }
    story.keys("2").await;
    assert!(story.screen().contains("━ 2 budgets"), "{}", story.screen());
}

#[tokio::test(start_paused = true)]
async fn the_cursor_rests_on_the_selected_row_and_follows_it() {
    let mut story = Opening::of("payment-outage").at("20m").taped(120, 40).open().await;
    story.passes(chrono::Duration::seconds(2)).await;
    for (keys, at) in [("j", 1), ("j", 2), ("k", 1)] {
        story.keys(keys).await;
        let shown = story.frames().pop().unwrap();
        let (x, y) = shown.chosen.unwrap();
        assert_eq!((shown.caret, usize::from(y)), (None, at + 3), "after {keys}");
        assert_eq!(shown.frame[(x, y)].symbol(), "▌");
    }
    story.keys("a").await;
    assert!(story.frames().pop().unwrap().caret.is_some(), "a field has the cursor");
}
