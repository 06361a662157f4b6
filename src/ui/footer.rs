//! The footer: the keys that work now, or what was just said, or what was begun.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::{layer::Layer, layout::Pane, touch::Spot},
        world::{acts::Told, bulk::Doing},
    },
    config::{
        keymap::{Chord, Command},
        theme::Role,
    },
};

use super::{
    Canvas, alerts, incidents, silencing,
    widgets::text::{Pen, width},
};

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
    let word = begun(c).or_else(|| super::bulk::word(c)).or_else(|| super::action::word(c));
    let area = match super::tour::offer(c) {
        Some(offer) => offered(c, area, &offer),
        None => area,
    };
    let mut x = 1;
    if let Some(word) = word {
        let mut pen = Pen::new(c.buf, area, 0);
        pen.skip(1).put(&word, c.look.style(Role::Accent)).skip(2);
        x = pen.x().saturating_sub(area.x);
    }
    for (key, label) in pairs {
        x = hint(c, area, x, (&key, &label));
    }
}

/// Writes an offer at the right edge; answers what is left beside it.
fn offered(c: &mut Canvas<'_>, area: Rect, offer: &str) -> Rect {
    let mut pen = Pen::new(c.buf, area, 0);
    pen.right(offer, c.look.style(Role::Hint));
    Rect { width: u16::try_from(pen.left()).unwrap_or(area.width), ..area }
}

/// One key and what it does, which may be pressed with the mouse as well; answers where the next one stands.
fn hint(c: &mut Canvas<'_>, area: Rect, x: u16, (key, label): (&str, &str)) -> u16 {
    let rest = Rect { x: area.x + x.min(area.width), width: area.width - x.min(area.width), ..area };
    let wide = u16::try_from(width(key) + 1 + width(label)).unwrap_or(u16::MAX);
    if wide >= rest.width {
        // What comes after it has no room either.
        return area.width;
    }
    if let Ok(chord) = Chord::parse(key) {
        c.hits.add(Rect { width: wide, height: 1, ..rest }, Spot::Keys(chord));
    }
    Pen::new(c.buf, rest, 0).put(key, c.look.style(Role::FooterKey)).skip(1).put(label, c.look.style(Role::FooterText));
    x + wide + 2
}

/// A count, and the keys of a chord, that wait for more.
fn begun(c: &Canvas<'_>) -> Option<String> {
    let desk = &c.app.desk;
    let count = desk.count.map(|n| n.to_string());
    let keys = (!desk.pending.is_empty()).then(|| Chord(desk.pending.clone()).to_string());
    let told: Vec<String> = [count, keys].into_iter().flatten().collect();
    (!told.is_empty()).then(|| format!("{}{}", told.join(" "), c.look.glyph("…", "..")))
}

fn keys(c: &Canvas<'_>) -> Vec<(String, String)> {
    let app = c.app;
    let fixed = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, l)| ((*k).to_owned(), (*l).to_owned())).collect();
    if app.desk.begun() {
        return fixed(&[("Backspace", "one back"), ("Esc", "leave")]);
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
        Some(Layer::Silences(_)) => of(c, SILENCES),
        Some(Layer::SilenceDetail { .. }) => of(c, SILENCE),
        Some(Layer::Extend(_)) => fixed(&[("Enter", "give the later end"), ("any other key", "leave")]),
        Some(Layer::Expire(_)) => fixed(&[("y", "end them"), ("any other key", "leave")]),
        Some(Layer::Settings { .. }) if app.settings.waiting.is_some() => {
            fixed(&[("Enter", "take it up"), ("j/k", "scroll"), ("n, Esc", "leave things as they are")])
        }
        Some(Layer::Settings { .. }) => fixed(&[("j/k", "scroll"), ("Esc", "leave")]),
        Some(Layer::Ask(sheet)) => fixed(super::requests::keys(sheet)),
        Some(Layer::Action(sheet)) => fixed(super::action::keys(sheet)),
        Some(Layer::Runbook(_)) => of(c, RUNBOOK),
        Some(Layer::Incidents(_)) => of(c, INCIDENTS),
        Some(Layer::Incident(_)) => of(c, INCIDENT),
        Some(Layer::Themes(_)) => fixed(super::themes::KEYS),
        Some(Layer::Pick(_)) => fixed(super::picking::KEYS),
        Some(Layer::Address(_)) => fixed(super::address::KEYS),
        Some(Layer::Tell(_)) => fixed(incidents::FORM_KEYS),
        Some(Layer::Filter { .. }) => Vec::new(),
        Some(Layer::Seeing(seeing)) => fixed(alerts::layers::keys(seeing)),
        Some(Layer::Alert { .. }) => of(c, ALERT),
        Some(Layer::Slo { .. }) => of(c, GRAPH),
        Some(Layer::Inquiry { .. }) => of(c, &[Command::Back, Command::Down, Command::Up, Command::Help]),
        Some(Layer::Paper(_)) => of(c, DOCUMENT),
        Some(Layer::OnCall { .. }) => {
            of(c, &[Command::Back, Command::Down, Command::Up, Command::Refresh, Command::Help])
        }
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
    Command::Copy,
    Command::OpenLink,
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

const SILENCES: &[Command] = &[
    Command::Open,
    Command::SilenceExtend,
    Command::SilenceEnd,
    Command::SilenceEdit,
    Command::SilenceNew,
    Command::Mark,
    Command::Filter,
    Command::Back,
];

const SILENCE: &[Command] = &[Command::Back, Command::SilenceExtend, Command::SilenceEnd, Command::SilenceEdit];

const INCIDENTS: &[Command] = &[Command::Open, Command::Incident, Command::Down, Command::Up, Command::Back];

const INCIDENT: &[Command] = &[
    Command::IncidentStatus,
    Command::Note,
    Command::IncidentTask,
    Command::Mark,
    Command::IncidentRole,
    Command::IncidentTimes,
    Command::IncidentAttach,
    Command::IncidentDetach,
    Command::IncidentCorrect,
    Command::FoldMachines,
    Command::IncidentTitle,
    Command::PostMortem,
    Command::Undo,
    Command::Back,
];

const RUNBOOK: &[Command] = &[
    Command::Back,
    Command::Down,
    Command::Up,
    Command::RunbookNext,
    Command::Mark,
    Command::Actions,
    Command::Note,
    Command::RunbookCopy,
    Command::Refresh,
];

const DOCUMENT: &[Command] = &[Command::Down, Command::Up, Command::PaperCopy, Command::PaperWrite, Command::Back];

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
            Command::Times,
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
            Command::Times,
        ],
    }
}

fn of(c: &Canvas<'_>, commands: &[Command]) -> Vec<(String, String)> {
    let here = c.app.desk.context();
    commands
        .iter()
        .filter_map(|command| {
            let chord = c.app.keymap.chords_in(*command, here).into_iter().next()?;
            Some((chord, command.label().to_owned()))
        })
        .collect()
}
