//! What was read goes into the heart alone: what it takes up, what waits, what is said and written down.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use chrono::Duration;
use watchfire::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::{ConfigMsg, Msg, SourceMsg},
        settings::{Reading, Settings, panel},
        world::{Setup, sources::Standing},
    },
    config::keymap::Chord,
    domain::{
        alert::Alert,
        entry::{Kind, NewEntry},
        label::Labels,
        source::{Snapshot, SourceName},
        text::SafeText,
    },
    runtime::reload,
};

use super::{load, source};
use crate::support::heart::t;

/// A file that is written again and again, and a heart that goes by it.
struct Desk {
    dir: tempfile::TempDir,
    app: App,
    second: i64,
}

fn alert(name: &str) -> Arc<Alert> {
    let labels: Labels = [("alertname", name), ("severity", "critical")].into_iter().collect();
    Arc::new(Alert::firing(labels.fingerprint(), labels, Labels::default(), t(-60)))
}

impl Desk {
    fn new(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let reading = read(&dir, text);
        let config = reading.config.clone();
        let setup = Setup {
            user: config.user.clone(),
            session: "s".into(),
            read_only: config.read_only,
            ack: config.ack.clone(),
            sources: reading.about.clone(),
            started_at: t(0),
        };
        let mut app = App::new(setup, config.keymap.clone()).with_alerts(&config.alerts);
        app.world.furnish(&config);
        app.settings = Settings::of(reading);
        Self { dir, app, second: 0 }
    }

    fn update(&mut self, msg: Msg) -> Effects {
        self.second += 1;
        self.app.update(t(self.second), msg)
    }

    fn tells(&mut self, source: &str, alerts: &[&str]) {
        let alerts = alerts.iter().map(|name| alert(name)).collect();
        let snapshot = Snapshot { alerts, ..Snapshot::empty(t(self.second + 1)) };
        drop(self.update(Msg::Source(SourceName::new(source), SourceMsg::Answered(Box::new(snapshot)))));
    }

    fn saves(&mut self, text: &str) -> Effects {
        let reading = Box::new(read(&self.dir, text));
        self.update(Msg::Config(ConfigMsg::Read { reading, asked: false }))
    }

    fn keys(&mut self, chord: &str) -> Effects {
        let keys = Chord::parse(chord).unwrap().0;
        keys.into_iter().flat_map(|key| self.update(Msg::Key(key))).collect()
    }

    fn toast(&self) -> String {
        format!("{:?}", self.app.desk.toast)
    }

    fn names(&self) -> Vec<String> {
        self.app.world.board.iter().map(|r| format!("{} {}", r.id.source, r.name().raw())).collect()
    }

    fn panel(&self) -> String {
        format!("{:?}", panel::lines(&self.app))
    }
}

fn read(dir: &tempfile::TempDir, text: &str) -> Reading {
    let file = dir.path().join("config.toml");
    std::fs::write(&file, text).unwrap();
    let config = load(&file, None).unwrap_or_else(|errors| panic!("{errors:#?}"));
    reload::in_force(&config, &[], &[])
}

fn adopts(effects: &Effects) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Adopt(_)))
}

fn entries(effects: &Effects) -> Vec<&NewEntry> {
    let observed = effects.iter().filter_map(|e| if let Effect::Observe(entries) = e { Some(entries) } else { None });
    observed.flatten().collect()
}

#[test]
fn what_is_other_holds_at_once_and_is_told_old_and_new() {
    let mut desk = Desk::new(&source("am", 1));
    let effects = desk.saves(&format!("[alerts]\nsort = \"newest\"\n[ui]\ntheme = \"mono\"\n{}", source("am", 1)));
    assert!(adopts(&effects));
    assert!(desk.toast().contains("severity") && desk.toast().contains("newest"), "{}", desk.toast());
    let [entry] = entries(&effects)[..] else { panic!("{effects:?}") };
    let text = entry.body.text.as_ref().unwrap().raw();
    assert_eq!(entry.kind, Kind::ConfigChanged);
    assert_eq!(text, "alerts.sort: \"severity\" -> \"newest\"\nui.theme: \"terminal\" -> \"mono\"");
    assert!(desk.panel().contains("Taken up at"), "{}", desk.panel());
}

#[test]
fn a_file_that_says_the_same_in_other_words_changes_nothing() {
    let mut desk = Desk::new(&source("am", 1));
    let effects = desk.saves(&format!("# a word\n{}\n[alerts]\nsort = \"severity\"\n", source("am", 1)));
    assert_eq!(effects, []);
    assert!(desk.app.desk.toast.is_none());
}

#[test]
fn the_alerts_of_a_source_that_goes_leave_with_a_line_and_none_has_resolved() {
    let mut desk = Desk::new(&format!("{}{}{}", source("a", 1), source("b", 2), source("c", 3)));
    for name in ["a", "b", "c"] {
        desk.tells(name, &["Down", "Slow"]);
    }
    let effects = desk.saves(&format!("{}{}", source("a", 1), source("c", 3)));
    assert_eq!(desk.names(), ["a Down", "a Slow", "c Down", "c Slow"]);
    let told = entries(&effects);
    assert!(told.iter().all(|e| e.kind == Kind::ConfigChanged), "{told:?}");
    let of_b = told.iter().find(|e| e.source == Some(SourceName::new("b"))).unwrap();
    assert_eq!(of_b.body.text.as_ref().unwrap().raw(), "no longer asked as it was; 2 alerts left the board unresolved");
    assert!(desk.toast().contains("2 alerts of b left the board"), "{}", desk.toast());
    // Those behind it moved up: what they tell still lands on their own rows.
    desk.tells("c", &["Slow"]);
    desk.update(Msg::Ticked);
    assert!(desk.app.world.source(&SourceName::new("c")).unwrap().state.is_live());
    let burning: Vec<String> =
        desk.app.world.board.iter().filter(|r| r.resolved_at.is_none()).map(|r| r.id.source.to_string()).collect();
    assert_eq!(burning, ["a", "a", "c"]);
    assert_eq!(desk.app.world.source(&SourceName::new("b")).map(|s| s.about.name.clone()), None);
}

#[test]
fn a_source_that_comes_is_connecting_until_it_answers() {
    let mut desk = Desk::new(&source("a", 1));
    desk.tells("a", &["Down"]);
    let effects = desk.saves(&format!("{}{}", source("b", 2), source("a", 1)));
    assert!(adopts(&effects));
    assert_eq!(desk.app.world.source(&SourceName::new("b")).unwrap().state, Standing::Connecting);
    assert!(desk.app.world.is_blind());
    desk.tells("b", &["Slow"]);
    assert_eq!(desk.names(), ["a Down", "b Slow"]);
}

#[test]
fn a_source_that_is_asked_in_another_way_keeps_its_alerts_and_another_server_does_not() {
    let mut desk = Desk::new(&source("a", 1));
    desk.tells("a", &["Down"]);
    drop(desk.saves(&format!("{}interval = \"30s\"\n", source("a", 1))));
    assert_eq!(desk.names(), ["a Down"]);
    assert_eq!(desk.app.world.source(&SourceName::new("a")).unwrap().about.interval, Duration::seconds(30));
    assert!(!adopts(&desk.saves(&source("a", 9))), "acks would go to another server");
    assert_eq!(desk.names(), ["a Down"]);
    assert!(adopts(&desk.keys(", c enter")));
    assert_eq!(desk.names(), Vec::<String>::new());
}

#[test]
fn what_endangers_waits_for_a_yes_that_was_given_to_what_is_shown() {
    let base = source("a", 1);
    let mut desk = Desk::new(&format!("read_only = true\n{base}"));
    assert!(!adopts(&desk.saves(&base)));
    assert!(desk.app.world.read_only, "nothing holds before it was seen");
    assert!(desk.toast().contains(", c shows it"), "{}", desk.toast());
    let mark = desk.app.settings.mark().unwrap();
    assert_eq!(mark, ("config: 1 change waits to be seen".into(), false));
    // Enter elsewhere is no yes.
    assert!(!adopts(&desk.keys("Enter")));
    drop(desk.keys("esc , c"));
    assert!(desk.panel().contains("sources may be written to again"), "{}", desk.panel());
    assert!(!adopts(&desk.keys("n")) && desk.app.world.read_only);
    assert!(adopts(&desk.keys(", c enter")) && !desk.app.world.read_only);
    assert_eq!(desk.app.settings.mark(), None);
}

#[test]
fn nothing_changes_under_a_plan_that_is_before_somebody() {
    let mut desk = Desk::new(&source("a", 1));
    desk.tells("a", &["Down"]);
    drop(desk.keys("a"));
    let text = format!("[ack]\nlasts = \"3h\"\n{}", source("a", 1));
    assert!(!adopts(&desk.saves(&text)));
    assert_eq!(desk.app.world.ack.lasts, Duration::hours(1));
    assert!(desk.toast().contains("holds when this is closed"), "{}", desk.toast());
    let effects = desk.keys("esc");
    assert!(adopts(&effects));
    assert_eq!(desk.app.world.ack.lasts, Duration::hours(3));
}

#[test]
fn mistakes_are_all_kept_in_sight_until_the_file_is_mended() {
    let mut desk = Desk::new(&source("a", 1));
    let mistakes = vec![SafeText::new("config.toml:3:1: one"), SafeText::new("config.toml:9:4: two")];
    let wrong = || Msg::Config(ConfigMsg::Wrong { mistakes: mistakes.clone(), asked: false });
    assert_eq!(desk.update(wrong()), []);
    assert!(desk.toast().contains("config.toml:3:1: one (and 1 more)"), "{}", desk.toast());
    drop(desk.keys("j"));
    assert_eq!(desk.app.settings.mark(), Some(("config: 2 mistakes, the old one holds".into(), true)));
    drop(desk.update(wrong()));
    assert!(desk.app.desk.toast.is_none(), "the same mistakes are said once");
    drop(desk.keys(", c"));
    assert!(desk.panel().contains("config.toml:9:4: two"), "{}", desk.panel());
    drop(desk.saves(&source("a", 1)));
    assert_eq!(desk.app.settings.mark(), None);
    assert!(desk.toast().contains("right again"), "{}", desk.toast());
}

#[test]
fn a_secret_that_is_another_is_told_and_not_shown() {
    let with = |token: &str| format!("{}token = \"{token}\"\n", source("a", 1));
    let text = with("hunter1");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    let read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        load(&file, None).unwrap()
    };
    let (old, new) = (read(&text), read(&with("hunter2")));
    let touched = BTreeSet::<PathBuf>::new();
    let changes = watchfire::config::change::compare(&old, &new, &touched);
    let told: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["source.a.token: another value, which is not shown"]);
    assert!(!format!("{changes:?}").contains("hunter"));
    let sources = watchfire::config::change::sources(&old, &new, &touched);
    assert_eq!(sources.altered, [SourceName::new("a")]);
}

#[test]
fn what_a_running_cockpit_cannot_take_up_says_from_when_it_holds() {
    let mut desk = Desk::new(&source("a", 1));
    let effects =
        desk.saves(&format!("[user]\nname = \"bo\"\n[journal]\nurl = \"sqlite:/tmp/x.db\"\n{}", source("a", 1)));
    let text = entries(&effects)[0].body.text.as_ref().unwrap().raw().to_owned();
    assert_eq!(text.matches("(from the next start)").count(), 2, "{text}");
    assert_eq!(desk.app.world.user, "ana");
}

#[test]
fn the_view_before_you_stays_and_shows_what_it_asks_for_now() {
    let view = |filter: &str| format!("[[view]]\nname = \"mine\"\nfilter = '{filter}'\n");
    let mut desk = Desk::new(&source("a", 1));
    drop(desk.saves(&format!("{}{}", view("alertname=Down"), source("a", 1))));
    desk.tells("a", &["Down", "Slow"]);
    drop(desk.keys("]"));
    assert_eq!(desk.app.desk.visible.len(), 1);
    let more = "[[view]]\nname = \"b\"\nfilter = '{}'\n";
    drop(desk.saves(&format!("{more}{}{}", view("alertname=~\".+\""), source("a", 1))));
    let tabs: Vec<(String, bool)> = desk.app.desk.views.tabs().map(|t| (t.name.to_owned(), t.current)).collect();
    assert_eq!(tabs, [("all".into(), false), ("b".into(), false), ("mine".into(), true)]);
    assert_eq!(desk.app.desk.visible.len(), 2);
}
