//! A program of one's own that fails: told once for each reason, quietly, and known to whoever asks later.

use tokio::{sync::mpsc, task::JoinSet};
use watchfire::{
    app::{App, effect::Effect, msg::Msg, world::Setup},
    config::keymap::{Key, Keymap},
    domain::{
        Time,
        notify::{Notice, Way, Ways},
        text::SafeText,
    },
    runtime::notify::Notifier,
};

use crate::support::cockpit::defaults;

fn t(second: i64) -> Time {
    Time::UNIX_EPOCH + chrono::Duration::seconds(second)
}

fn app() -> App {
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: defaults("terminal").ack,
        sources: Vec::new(),
        started_at: t(0),
    };
    App::new(setup, Keymap::default())
}

fn fails(app: &mut App, second: i64, why: &str) -> Vec<Effect> {
    app.update(t(second), Msg::Hook(Err(SafeText::new(why))))
}

fn said(app: &App) -> String {
    app.desk.toast.as_ref().map(|t| format!("{:?}", t.told)).unwrap_or_default()
}

fn kept(effects: &[Effect]) -> &str {
    match effects {
        [Effect::SaveDraft { key, text }] if key == "notify:command" => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reason_is_said_once_without_a_bell_and_another_reason_again() {
    let mut app = app();
    let effects = fails(&mut app, 1, "`page` failed: exit status: 1");
    assert!(kept(&effects).contains("exit status: 1"));
    assert!(said(&app).contains("was not told: `page` failed: exit status: 1"), "{}", said(&app));
    drop(app.update(t(20), Msg::Ticked));
    assert_eq!(said(&app), "", "it had its time");
    drop(app.update(t(21), Msg::Hook(Ok(()))));
    fails(&mut app, 22, "`page` failed: exit status: 1");
    assert_eq!(said(&app), "", "the same is not said again");
    fails(&mut app, 23, "`page` took longer than 10 s and was ended");
    assert!(said(&app).contains("took longer"), "{}", said(&app));
}

#[test]
fn a_word_that_stands_there_is_left_and_the_failure_is_said_after_it() {
    let mut app = app();
    // There are no quiet hours: that is said, and stays until a key.
    drop(app.update(t(1), Msg::Asked(watchfire::config::keymap::Command::Awake)));
    let before = said(&app);
    assert!(before.contains("no quiet hours"), "{before}");
    fails(&mut app, 2, "`page` failed");
    assert_eq!(said(&app), before);
    drop(app.update(t(3), Msg::Key(Key::char('k'))));
    drop(app.update(t(4), Msg::Ticked));
    assert!(said(&app).contains("`page` failed"), "{}", said(&app));
}

#[test]
fn a_program_that_is_told_again_leaves_no_failure_behind() {
    let mut app = app();
    fails(&mut app, 1, "x");
    assert_eq!(kept(&app.update(t(2), Msg::Hook(Ok(())))), "");
}

#[tokio::test]
async fn what_became_of_the_program_is_told_where_it_is_other_than_before() {
    let dir = tempfile::tempdir().unwrap();
    let flag = dir.path().join("mended");
    let mut config = defaults("terminal").notify;
    config.desktop = false;
    config.command = vec!["test".into(), "-e".into(), flag.to_string_lossy().into_owned()];
    let (inbox, mut told) = mpsc::channel(8);
    let mut tasks = JoinSet::new();
    let notifier = Notifier::start(&config, Vec::new(), false, &inbox, &mut tasks);
    let notice = || Notice { ways: Ways::NONE.with(Way::Command), ..Notice::test(t(0)) };
    notifier.send(notice());
    notifier.send(notice());
    let first = told.recv().await.unwrap();
    assert!(matches!(&first, Msg::Hook(Err(why)) if why.raw().contains("exit status: 1")), "{first:?}");
    std::fs::write(&flag, "").unwrap();
    notifier.send(notice());
    let next = told.recv().await.unwrap();
    assert!(matches!(next, Msg::Hook(Ok(()))), "the second failure said nothing new: {next:?}");
}
