//! The footer: the keys that work now, or what was just said, or how a chord may go on.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::{layer::Layer, layout::Pane},
        world::{acts::Told, bulk::Doing},
    },
    config::{
        keymap::{Command, Match},
        theme::Role,
    },
};

use super::{Canvas, alerts, incidents, silence, silences, silencing, widgets::text::Pen};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    let app = c.app;
    if let Some(toast) = &app.desk.toast {
        let (mark, text, role) = match &toast.told {
            Told::Good(text) => (c.look.glyph("✓", "ok"), text, Role::Ok),
            Told::Bad(text) => (c.look.glyph("✗", "!!"), text, Role::ErrorText),
        };
        Pen::new(c.buf, area, 0).skip(1).put(mark, c.look.style(role)).skip(1).put(text, c.look.style(role));
        return;
    }
    let pairs = keys(c);
    let word = super::bulk::word(c).or_else(|| super::action::word(c));
    let offer = super::tour::offer(c);
    let mut pen = Pen::new(c.buf, area, 0);
    if let Some(offer) = offer {
        pen.right(&offer, c.look.style(Role::Hint));
    }
    pen.skip(1);
    if let Some(word) = word {
        pen.put(&word, c.look.style(Role::Accent)).skip(2);
    }
    for (key, label) in pairs {
        if pen.left() < key.len() + label.len() + 2 {
            break;
        }
        pen.put(&key, c.look.style(Role::FooterKey)).skip(1).put(&label, c.look.style(Role::FooterText)).skip(2);
    }
}

fn keys(c: &Canvas<'_>) -> Vec<(String, String)> {
    let app = c.app;
    let fixed = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, l)| ((*k).to_owned(), (*l).to_owned())).collect();
    if let Match::Prefix(next) = app.keymap.lookup(&app.desk.pending)
        && !app.desk.pending.is_empty()
    {
        return next.into_iter().map(|(key, command)| (key.to_string(), command.label().to_owned())).collect();
    }
    match app.desk.top_layer() {
        Some(Layer::Ack(_)) => fixed(&[("Enter", "send the ack"), ("Tab", "next field"), ("Esc", "leave")]),
        Some(Layer::Unack(_)) => fixed(&[("y", "take it back"), ("any other key", "leave")]),
        Some(Layer::Note(_)) => {
            fixed(&[("Enter", "keep"), ("Ctrl-j", "new line"), ("Ctrl-e", "$EDITOR"), ("Esc", "leave (draft is kept)")])
        }
        Some(Layer::Bulk(form)) if form.plan.doing == Doing::Ack => {
            fixed(&[("Enter", "send all"), ("Tab", "next field"), ("Up/Down", "scroll"), ("Esc", "leave")])
        }
        Some(Layer::Bulk(_) | Layer::Undo { .. }) => {
            fixed(&[("y", "take back"), ("j/k", "scroll"), ("any other key", "leave")])
        }
        Some(Layer::Batch { .. }) => {
            fixed(&[("Esc", "leave (it goes on)"), ("R", "send the refused again"), ("j/k", "scroll")])
        }
        Some(Layer::Log(_)) => fixed(&[("Enter", "whole"), ("y", "copy the line"), ("j/k", "move"), ("Esc", "leave")]),
        Some(Layer::Menu(_)) => fixed(&[("Enter", "run"), ("Esc", "leave"), ("type", "to narrow")]),
        Some(Layer::Silence(form)) => fixed(silencing::keys(form)),
        Some(Layer::Silences(_)) => fixed(silences::KEYS),
        Some(Layer::SilenceDetail { .. }) => fixed(silence::KEYS),
        Some(Layer::Extend(_)) => fixed(&[("Enter", "give the later end"), ("any other key", "leave")]),
        Some(Layer::Expire(_)) => fixed(&[("y", "end them"), ("any other key", "leave")]),
        Some(Layer::Action(sheet)) => fixed(super::action::keys(sheet)),
        Some(Layer::Runbook(_)) => fixed(super::runbook::KEYS),
        Some(Layer::Incidents(_)) => fixed(incidents::KEYS),
        Some(Layer::Incident(_)) => fixed(incidents::OPENED_KEYS),
        Some(Layer::Tell(_)) => fixed(incidents::FORM_KEYS),
        Some(Layer::Filter { .. }) => Vec::new(),
        Some(Layer::Seeing(seeing)) => fixed(alerts::layers::keys(seeing)),
        Some(Layer::Alert { .. }) => of(c, ALERT),
        Some(Layer::Slo { .. }) => of(c, GRAPH),
        Some(Layer::Inquiry { .. }) => of(c, &[Command::Back, Command::Down, Command::Up, Command::Help]),
        Some(Layer::Paper(_)) => fixed(&[("j k", "scroll"), ("y", "copy"), ("w", "write a file"), ("Esc", "back")]),
        Some(Layer::Suppose(_)) => {
            fixed(&[("Tab", "next field"), ("30m@100%", "an outage"), ("Esc", "leave, nothing is changed")])
        }
        Some(Layer::Entry { .. }) => of(c, &[Command::Back, Command::Note, Command::Help]),
        None => of(c, pane_commands(app.desk.focus)),
    }
}

const ALERT: &[Command] = &[
    Command::Back,
    Command::Ack,
    Command::Unack,
    Command::Silence,
    Command::Runbook,
    Command::Actions,
    Command::Note,
    Command::AxisLeft,
    Command::AxisRight,
    Command::AxisBefore,
    Command::AxisCloser,
    Command::Mark,
    Command::Editor,
    Command::Help,
];

const GRAPH: &[Command] = &[
    Command::Back,
    Command::AxisLeft,
    Command::AxisRight,
    Command::AxisAfter,
    Command::Mark,
    Command::AxisCloser,
    Command::Graph,
    Command::Tier,
    Command::WhatIf,
    Command::Explain,
    Command::Drill,
    Command::Note,
    Command::Help,
];

fn pane_commands(pane: Pane) -> &'static [Command] {
    match pane {
        Pane::Alerts => &[
            Command::Help,
            Command::Open,
            Command::Ack,
            Command::Unack,
            Command::Silence,
            Command::Note,
            Command::Filter,
            Command::PaneNext,
            Command::Zoom,
            Command::Palette,
            Command::Refresh,
            Command::Quit,
        ],
        Pane::Budgets | Pane::Timeline => &[
            Command::Help,
            Command::Open,
            Command::Note,
            Command::PaneNext,
            Command::Zoom,
            Command::Palette,
            Command::Refresh,
            Command::Quit,
        ],
    }
}

fn of(c: &Canvas<'_>, commands: &[Command]) -> Vec<(String, String)> {
    commands
        .iter()
        .filter_map(|command| {
            let chord = c.app.keymap.chords(*command).into_iter().next()?;
            Some((chord, command.label().to_owned()))
        })
        .collect()
}
