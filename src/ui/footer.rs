//! The footer: the keys that work now, or what was just said, or what was begun.

use ratatui::{
    layout::Rect,
    widgets::{Clear, Widget},
};

use crate::{
    app::{
        App,
        desk::{layer::Layer, layout::Pane, touch::Spot},
        world::{acts::Told, bulk::Doing},
    },
    config::{
        keymap::{Chord, Command, Context},
        theme::Role,
    },
};

use super::{
    Canvas, alerts,
    hints::{self, Hint},
    incidents, silencing,
    widgets::text::{Pen, width, wrap},
};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if c.app.desk.toast.is_some() {
        return said(c, area);
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

/// Lines that what was just said has at most.
const SAID: usize = 4;

/// What was just said. All of it is read: what is longer than the line stands on several, over the foot of what is above,
/// unless somebody writes down there.
fn said(c: &mut Canvas<'_>, area: Rect) {
    let Some(toast) = &c.app.desk.toast else { return };
    let (mark, text, role) = match &toast.told {
        Told::Good(text) => (c.look.glyph("✓", "ok"), text, Role::Ok),
        Told::Bad(text) | Told::Warned(text) => (c.look.glyph("✗", "!!"), text, Role::ErrorText),
    };
    let style = c.look.style(role);
    let begins = width(mark) + 2;
    let mut lines = wrap(text, usize::from(area.width).saturating_sub(begins + 1).max(1));
    if lines.len() > SAID || writes_below(c.app) {
        lines = vec![text.clone()];
    }
    let above = u16::try_from(lines.len() - 1).unwrap_or(0).min(area.y);
    let area = Rect { y: area.y - above, height: area.height + above, ..area };
    Clear.render(area, c.buf);
    c.buf.set_style(area, c.look.base());
    Pen::new(c.buf, area, 0).skip(1).put(mark, style);
    for (line, text) in (0..area.height).zip(&lines) {
        Pen::new(c.buf, area, line).skip(begins).put(text, style);
    }
}

/// Says it again over what was drawn since, where it has more than a line.
pub(crate) fn said_over(c: &mut Canvas<'_>, area: Rect) {
    if c.app.desk.toast.is_some() && !writes_below(c.app) {
        said(c, area);
    }
}

/// Whether the last line is where somebody writes.
fn writes_below(app: &App) -> bool {
    matches!(app.desk.top_layer(), Some(Layer::Filter { .. } | Layer::Silences(_)))
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
    if app.desk.begun() {
        return hints::of_chord(app);
    }
    let hinted = |hints: &[Hint]| hints::shown(app, hints);
    match app.desk.top_layer() {
        Some(Layer::Ack(_)) => hinted(ACK),
        Some(Layer::Unack(_)) => hinted(&[Hint::Keys(YES, "take it back"), OR_LEAVE]),
        Some(Layer::Note(_)) => hinted(NOTE),
        Some(Layer::Bulk(form)) if form.plan.doing == Doing::Ack => hinted(ACK_ALL),
        Some(Layer::Bulk(_) | Layer::Undo { .. }) => hinted(&[Hint::Keys(YES, "take back"), SCROLL, OR_LEAVE]),
        Some(Layer::Batch { .. }) => hinted(BATCH),
        Some(Layer::Log(_)) => hinted(LOG),
        Some(Layer::Menu(_)) => hinted(MENU),
        Some(Layer::Silence(form)) => hinted(silencing::keys(form)),
        Some(Layer::Silences(_)) => of(c, SILENCES),
        Some(Layer::SilenceDetail { .. }) => of(c, SILENCE),
        Some(Layer::Extend(_)) => hinted(&[Hint::Keys(YES, "give the later end"), OR_LEAVE]),
        Some(Layer::Expire(_)) => hinted(&[Hint::Keys(YES, "end them"), OR_LEAVE]),
        Some(Layer::Settings { .. }) => settings(app),
        Some(Layer::Ask(sheet)) => hinted(super::requests::keys(sheet)),
        Some(Layer::Action(sheet)) => hinted(super::action::keys(sheet)),
        Some(Layer::Runbook(_)) => of(c, RUNBOOK),
        Some(Layer::Incidents(_)) => of(c, INCIDENTS),
        Some(Layer::Incident(_)) => of(c, INCIDENT),
        Some(Layer::Themes(_)) => hinted(super::themes::KEYS),
        Some(Layer::Pick(_)) => hinted(super::picking::KEYS),
        Some(Layer::Address(_)) => hinted(super::address::KEYS),
        Some(Layer::Tell(_)) => hinted(incidents::FORM_KEYS),
        Some(Layer::Filter { .. }) => Vec::new(),
        Some(Layer::Seeing(seeing)) => hinted(alerts::layers::keys(seeing)),
        Some(Layer::Alert { .. }) => of(c, ALERT),
        Some(Layer::Slo { .. }) => of(c, GRAPH),
        Some(Layer::Inquiry { .. }) => of(c, &[Command::Back, Command::Down, Command::Up, Command::Help]),
        Some(Layer::Paper(_)) => of(c, DOCUMENT),
        Some(Layer::OnCall { .. }) => {
            of(c, &[Command::Back, Command::Down, Command::Up, Command::Refresh, Command::Help])
        }
        Some(Layer::Suppose(_)) => hinted(SUPPOSE),
        Some(Layer::Entry { .. }) => of(c, &[Command::Back, Command::Note, Command::Help]),
        None => of(c, pane_commands(app.desk.focus)),
    }
}

/// Where something waits for a yes, the keys of a question answer it; else it is read like what lies anywhere.
fn settings(app: &App) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    if app.settings.waiting.is_some() {
        let key = |command| app.key_in(Context::Question, command);
        keys.push((key(Command::QuestionYes), "take it up".to_owned()));
        keys.push((key(Command::QuestionNo), "leave things as they are".to_owned()));
    }
    keys.extend(hints::shown(app, &[SCROLL, Hint::Keys(&[Command::Back], "leave")]));
    keys
}

const YES: &[Command] = &[Command::QuestionYes];
const OR_LEAVE: Hint = Hint::Words("any other key", "leave");
const SCROLL: Hint = Hint::Keys(&[Command::Down, Command::Up], "scroll");
const FIELD: Hint = Hint::Keys(&[Command::FormNext], "next field");
const LEAVE: Hint = Hint::Keys(&[Command::FormCancel], "leave");

const ACK: &[Hint] = &[Hint::Keys(&[Command::FormSend], "send the ack"), FIELD, LEAVE];

const NOTE: &[Hint] = &[
    Hint::Keys(&[Command::FormSend], "keep"),
    Hint::Keys(&[Command::FormNewline], "new line"),
    Hint::Keys(&[Command::FormEditor], "$EDITOR"),
    Hint::Keys(&[Command::FormCancel], "leave (draft is kept)"),
];

const ACK_ALL: &[Hint] = &[
    Hint::Keys(&[Command::FormSend], "send all"),
    FIELD,
    Hint::Keys(&[Command::FormUp, Command::FormDown], "scroll"),
    LEAVE,
];

const BATCH: &[Hint] = &[
    Hint::Keys(&[Command::Back], "leave (it goes on)"),
    Hint::Keys(&[Command::BatchRetry], "send the refused again"),
    SCROLL,
];

const LOG: &[Hint] = &[
    Hint::Keys(&[Command::Open], "whole"),
    Hint::Keys(&[Command::Copy], "copy the line"),
    Hint::Keys(&[Command::Down, Command::Up], "move"),
    Hint::Keys(&[Command::Back], "leave"),
];

const MENU: &[Hint] = &[
    Hint::Keys(&[Command::MenuChoose], "run"),
    Hint::Keys(&[Command::MenuCancel], "leave"),
    Hint::Words("type", "to narrow"),
];

const SUPPOSE: &[Hint] =
    &[FIELD, Hint::Words("30m@100%", "an outage"), Hint::Keys(&[Command::FormCancel], "leave, nothing is changed")];

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
