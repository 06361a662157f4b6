//! What the screen looks like: text and styles, at four sizes. A change here is a change that people see.

use std::fmt::Write;

use chrono::Duration;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{JournalMsg, Msg},
        world::Setup,
    },
    config::{
        keymap::{Chord, Key, Keymap},
        types::ViewConfig,
    },
    domain::{
        Time,
        correlation::{By, Correlation, Link},
        entry::{Entry, NewEntry},
        filter::Filter,
        source::SourceName,
    },
    runtime::{Sources, budgets::Counting, clock::Clock, once},
    sources::sim::SimWorld,
    ui::{self, still},
};

use crate::support::cockpit::{defaults, length, look, scenario};

mod golden;
mod hands;
mod seeing;
mod tour;

const SIZES: [(u16, u16); 4] = [(40, 10), (80, 24), (120, 40), (200, 60)];

/// A scenario as it stands at a moment, lived through from its beginning; what it observed is its timeline.
pub(crate) async fn lived(name: &str, moment: &str) -> App {
    let scenario = scenario(name);
    let epoch = scenario.start;
    let sources = SimWorld::new(scenario, epoch).sources();
    let mut app = begun(&sources, epoch);
    let mut entries: Vec<Entry> = Vec::new();
    let until = epoch + length(moment);
    while app.now < until {
        let now = (app.now + Duration::seconds(15)).min(until);
        for msg in once::messages(&sources, Clock::from(now, 0.01)).await {
            app.update(now, msg).into_iter().for_each(|effect| keep(&mut entries, effect, now));
        }
    }
    let report = Counting::new(sources, Vec::new(), Vec::new(), Clock::from(until, 0.01)).once().await;
    drop(app.update(until, Msg::Budgets(report)));
    drop(app.update(until, Msg::Journal(JournalMsg::Entries(entries))));
    // Whoever looks has seen what there is.
    press(&mut app, "N Esc");
    app
}

fn begun(sources: &Sources, now: Time) -> App {
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: defaults("terminal").ack,
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: now,
    };
    App::new(setup, Keymap::default())
}

/// As the journal would, without a disk.
fn keep(entries: &mut Vec<Entry>, effect: Effect, now: Time) {
    let Effect::Observe(new) = effect else { return };
    for NewEntry { at, actor, kind, subject, source, body, once } in new {
        let id = once.unwrap_or_else(|| format!("{kind}{}", entries.len()));
        if entries.iter().all(|e| e.id != id) {
            let seq = i64::try_from(entries.len()).expect("few entries") + 1;
            let (prev_hash, hash) = (String::new(), String::new());
            entries.push(Entry { id, seq, at, recorded_at: now, actor, kind, subject, body, source, prev_hash, hash });
        }
    }
}

pub(crate) fn press(app: &mut App, chord: &str) {
    for key in Chord::parse(chord).unwrap().0 {
        drop(app.update(app.now, Msg::Key(key)));
    }
}

pub(crate) fn write(app: &mut App, text: &str) {
    for c in text.chars() {
        drop(app.update(app.now, Msg::Key(Key::char(c))));
    }
}

pub(crate) fn frame(app: &mut App, (width, height): (u16, u16)) -> Buffer {
    drop(app.update(app.now, Msg::Resized { width, height }));
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    ui::view(app, &look(), &mut buf);
    buf
}

/// The text, and under it the styles: a letter for each, and how many cells it runs, a line of the screen each.
pub(crate) fn written(buf: &Buffer) -> String {
    let mut styles: Vec<Style> = Vec::new();
    let mut out = format!("{}x{}\n{}\n", buf.area.width, buf.area.height, still::text(buf));
    for row in buf.content.chunks(usize::from(buf.area.width)) {
        let letters: Vec<char> = row.iter().map(|cell| letter(&mut styles, cell.style())).collect();
        let runs = letters.chunk_by(|a, b| a == b).map(|run| format!("{}{}", run[0], run.len()));
        out += &(runs.collect::<Vec<_>>().join(" ") + "\n");
    }
    for (i, style) in styles.iter().enumerate() {
        let (fg, bg) = (style.fg.unwrap_or_default(), style.bg.unwrap_or_default());
        let _ = writeln!(out, "{} = {fg} on {bg} {:?}", nth(i), style.add_modifier);
    }
    out
}

fn letter(styles: &mut Vec<Style>, style: Style) -> char {
    let known = styles.iter().position(|s| *s == style);
    nth(known.unwrap_or_else(|| {
        styles.push(style);
        styles.len() - 1
    }))
}

fn nth(i: usize) -> char {
    char::from(b'a' + u8::try_from(i).expect("few styles"))
}

fn at_every_size(name: &str, app: &mut App) {
    let frames: Vec<String> = SIZES.iter().map(|size| written(&frame(app, *size))).collect();
    insta::assert_snapshot!(name, frames.join("\n"));
}

pub(crate) async fn demo_with(keys: &str) -> App {
    let mut app = lived("payment-outage", "20m").await;
    if !keys.is_empty() {
        press(&mut app, keys);
    }
    app
}

#[tokio::test]
async fn the_demo() {
    at_every_size("demo", &mut demo_with("").await);
}

#[tokio::test]
async fn an_alert_in_detail() {
    at_every_size("alert", &mut demo_with("Enter").await);
}

/// Two clusters that tell the same alerts; one of them cannot be read any more.
async fn told_twice(keys: &str) -> App {
    let mut app = lived("twins", "3m40s").await;
    let sources = ["eu", "us"].map(SourceName::new).to_vec();
    app.world.correlate(vec![Correlation { sources, by: By::AllBut(vec!["cluster".into()]), link: Link::Same }]);
    drop(app.update(app.now, Msg::Ticked));
    press(&mut app, keys);
    app
}

#[tokio::test]
async fn what_two_sources_tell_on_one_line() {
    at_every_size("joined", &mut told_twice("j").await);
}

#[tokio::test]
async fn what_two_sources_tell_taken_apart() {
    at_every_size("apart", &mut told_twice("p").await);
}

#[tokio::test]
async fn the_plan_of_an_ack_of_what_two_sources_tell() {
    at_every_size("joined_ack", &mut told_twice("a").await);
}

#[tokio::test]
async fn a_budget_in_detail() {
    at_every_size("slo", &mut demo_with("2 Enter").await);
}

#[tokio::test]
async fn the_plan_of_an_ack() {
    let mut app = demo_with("a").await;
    write(&mut app, "rolling back");
    at_every_size("ack", &mut app);
}

#[tokio::test]
async fn a_note_in_the_making() {
    let mut app = demo_with("n").await;
    write(&mut app, "The provider is fine.");
    press(&mut app, "ctrl-j");
    write(&mut app, "It is our pool.");
    at_every_size("note", &mut app);
}

#[tokio::test]
async fn a_silence_in_the_making() {
    let mut app = demo_with("s").await;
    write(&mut app, "rolling back");
    at_every_size("silence", &mut app);
}

#[tokio::test]
async fn a_broad_silence_asks_for_its_number() {
    let mut app = demo_with("s").await;
    write(&mut app, "all of prod");
    press(&mut app, "ctrl-t ctrl-u");
    write(&mut app, "severity=~\"critical|error\"");
    press(&mut app, "Enter");
    at_every_size("broad", &mut app);
}

#[tokio::test]
async fn the_list_of_silences() {
    at_every_size("silences", &mut demo_with("S").await);
}

#[tokio::test]
async fn the_help() {
    at_every_size("help", &mut demo_with("?").await);
}

#[tokio::test]
async fn a_filter_with_a_mistake() {
    let mut app = demo_with("/").await;
    drop(app.update(app.now, Msg::Paste("severity=critical team=~\"(\"".into())));
    at_every_size("filter", &mut app);
}

#[tokio::test]
async fn a_filter_that_may_go_on_and_the_tabs_of_saved_views() {
    let view = |name: &str, filter: &str| ViewConfig {
        name: name.into(),
        filter: Filter::parse(filter).unwrap(),
        group_by: Vec::new(),
        sort: None,
        columns: Vec::new(),
    };
    let mut app = demo_with("").await;
    let views = vec![view("critical", "severity=critical"), view("mine", "@owner=ana")];
    app = app.with_views(views, Filter::default());
    press(&mut app, "Tab /");
    write(&mut app, "s");
    press(&mut app, "Down");
    at_every_size("completion", &mut app);
}

#[tokio::test(start_paused = true)]
async fn the_outage_across_five_sources_at_its_best_moment() {
    let mut app = lived("bad-push", "14m").await;
    at_every_size("across", &mut app);
    press(&mut app, "j enter");
    at_every_size("across_alert", &mut app);
}

#[tokio::test(start_paused = true)]
async fn the_outage_across_five_sources_from_its_beginning_to_its_end() {
    for (moment, keys) in [("9m", "g"), ("16m", "j enter"), ("21m", "g"), ("26m", "2 enter"), ("31m", "3 z")] {
        let mut app = lived("bad-push", moment).await;
        press(&mut app, keys);
        for (width, height) in [(80, 24), (200, 60)] {
            let shown = written(&frame(&mut app, (width, height)));
            insta::assert_snapshot!(format!("across_at_{moment}_{width}x{height}"), shown);
        }
    }
}

#[tokio::test]
async fn a_source_that_is_away() {
    at_every_size("blind", &mut lived("source-dies", "9m").await);
}

#[tokio::test]
async fn nothing_fires() {
    at_every_size("calm", &mut lived("quiet", "6m").await);
}

#[tokio::test]
async fn a_screen_too_small_for_panes() {
    let mut app = demo_with("").await;
    insta::assert_snapshot!("tiny", written(&frame(&mut app, (20, 5))));
}
