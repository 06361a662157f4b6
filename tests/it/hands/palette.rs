//! Any command by a few of its letters, with its key, and why it cannot run here.

use watchfire::{app::desk::layer::Layer, config::keymap::Command};

use super::*;

fn found(app: &App) -> Vec<Command> {
    match app.desk.top_layer() {
        Some(Layer::Menu(menu)) => menu.found.clone(),
        other => panic!("no menu is open: {other:?}"),
    }
}

#[tokio::test]
async fn a_few_letters_find_a_command() {
    for (typed, command) in [
        ("ack", Command::Ack),
        ("unack", Command::Unack),
        ("whif", Command::WhatIf),
        ("ptime", Command::PaneTimeline),
        ("sil end", Command::SilenceEnd),
        ("storm", Command::Storm),
        ("q", Command::Quit),
        ("alerts", Command::PaneAlerts),
        ("budgets", Command::PaneBudgets),
        ("silences", Command::Silences),
        ("pane", Command::PaneNext),
        ("copy", Command::Copy),
    ] {
        let mut app = demo().await;
        press(&mut app, ":");
        write(&mut app, typed);
        assert_eq!(found(&app).first(), Some(&command), "{typed}: {:?}", &found(&app)[..3]);
    }
}

#[tokio::test]
async fn every_command_is_in_it_with_its_key() {
    let mut app = demo().await;
    press(&mut app, ":");
    assert_eq!(found(&app).len(), Command::ALL.len());
    write(&mut app, "silences");
    let screen = screen(&app);
    assert!(screen.lines().any(|l| l.contains("silences.list") && l.contains("S ")), "{screen}");
}

#[tokio::test]
async fn what_was_run_last_stands_first() {
    let mut app = demo().await;
    for name in ["pane.budgets", "pane.timeline"] {
        press(&mut app, ":");
        write(&mut app, name);
        press(&mut app, "Enter");
    }
    press(&mut app, ":");
    assert_eq!(found(&app)[..2], [Command::PaneTimeline, Command::PaneBudgets]);
}

#[tokio::test]
async fn a_command_that_cannot_run_here_says_why_before_and_after() {
    let mut app = demo().await;
    press(&mut app, ":");
    write(&mut app, "slo.drill");
    assert!(screen(&app).contains("(only in an open budget)"), "{}", screen(&app));
    press(&mut app, "Enter");
    assert!(toast(&app).contains("slo.drill: only in an open budget"), "{}", toast(&app));
    app.world.read_only = true;
    press(&mut app, ":");
    write(&mut app, "alerts.ack");
    assert!(screen(&app).contains("(this cockpit is read-only)"), "{}", screen(&app));
}

#[tokio::test]
async fn help_begins_with_what_is_this_places_own() {
    let mut app = demo().await;
    press(&mut app, "2 Enter ?");
    assert!(found(&app)[..5].contains(&Command::AxisLeft), "{:?}", &found(&app)[..5]);
    press(&mut app, "Esc Esc ?");
    assert_eq!(found(&app).first(), Some(&Command::Help));
}
