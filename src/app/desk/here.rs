//! Whether a command can run here, and if not, why: what the palette says beside it before anybody tries.
//!
//! Refuses to guess: what only trying shows, the command says itself.

use crate::{
    app::{App, effect::Effects},
    config::{context::either, keymap::Command},
    domain::Time,
};

/// Why a command cannot run where the next key is pressed; none where it may.
pub fn why_not(app: &App, command: Command) -> Option<String> {
    if !command.works_in(app.desk.context()) {
        return Some(format!("only in {}", either(command.places())));
    }
    if command.writes() && app.world.read_only {
        return Some("this cockpit is read-only".to_owned());
    }
    let about_alerts = matches!(
        command,
        Command::Ack
            | Command::Unack
            | Command::Ask
            | Command::Noise
            | Command::Runbook
            | Command::TakeGroup
            | Command::Apart
    );
    (about_alerts && no_alert(app)).then(|| "no alert is selected".to_owned())
}

fn no_alert(app: &App) -> bool {
    let beneath = app.desk.layers.iter().rev().find(|l| !matches!(l, super::layer::Layer::Menu(_)));
    let selected = match beneath {
        Some(super::layer::Layer::Alert { .. }) => true,
        None => app.desk.focus == super::layout::Pane::Alerts && app.desk.alerts.selected().is_some(),
        _ => false,
    };
    !selected && app.desk.marked_count(&app.world) == 0
}

/// A command whose place this is not.
pub(super) fn elsewhere(app: &mut App, now: Time, command: Command) -> Effects {
    app.desk.say_bad(now, format!("{} works in {}", command.name(), either(command.places())));
    Vec::new()
}
