//! Keys that are commands: a count before a motion, a chord that waits for its next key as long as somebody thinks.
//!
//! Knows the keymap and what is on top; what a command does is `act`'s.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Chord, Command, Context, Key, KeyCode, Match},
};

use super::{Desk, act, cursor::Motion, layer::Layer, layout::Pane};

/// Beyond that a count says nothing more.
const MOST: usize = 9_999;

impl Desk {
    /// Whether a chord or a count is not finished.
    pub fn begun(&self) -> bool {
        !self.pending.is_empty() || self.count.is_some()
    }

    fn one_back(&mut self) {
        if self.pending.pop().is_none() {
            self.count = self.count.map(|n| n / 10).filter(|n| *n > 0);
        }
    }

    /// Where a key is pressed now; under a form or a menu, where it will be pressed again.
    pub fn context(&self) -> Context {
        let of_layer = |layer: &Layer| layer.place().filter(|place| !place.is_text());
        let pane = match self.focus {
            Pane::Alerts => Context::Alerts,
            Pane::Budgets => Context::Budgets,
            Pane::Timeline => Context::Timeline,
        };
        self.layers.iter().rev().find_map(of_layer).unwrap_or(pane)
    }

    /// The place of what lies on top, where that takes the keys itself.
    pub fn taking(&self) -> Option<Context> {
        self.top_layer()?.place().filter(|place| place.is_closed())
    }
}

/// A key where keys are commands. A chord in progress lists its continuations and waits without a timer.
pub(crate) fn key(app: &mut App, key: Key) -> Effects {
    if takes_back(app, key) || counts(app, key) {
        return Vec::new();
    }
    app.desk.pending.push(key);
    match app.keymap.lookup(app.desk.context(), &app.desk.pending) {
        Match::Command(command) => {
            app.desk.pending.clear();
            match app.desk.count.take() {
                Some(times) => repeat(app, command, times),
                None => act::run(app, app.now, command),
            }
        }
        Match::Prefix(_) => Vec::new(),
        // It says itself where it works.
        Match::Elsewhere(command) => {
            (app.desk.pending, app.desk.count) = (Vec::new(), None);
            act::run(app, app.now, command)
        }
        Match::None => {
            let keys = std::mem::take(&mut app.desk.pending);
            app.desk.count = None;
            if keys.len() > 1 {
                app.desk.say_bad(app.now, format!("no command is on `{}`", Chord(keys)));
            }
            Vec::new()
        }
    }
}

/// One key leaves what was begun, another takes its last key back.
pub(super) fn takes_back(app: &mut App, key: Key) -> bool {
    if !app.desk.begun() {
        return false;
    }
    match app.keymap.lookup(Context::Chord, &[key]) {
        Match::Command(Command::ChordLeave) => (app.desk.pending, app.desk.count) = (Vec::new(), None),
        Match::Command(Command::ChordBack) => app.desk.one_back(),
        _ => return false,
    }
    true
}

/// A digit that is no command here begins a count; one that has begun takes every digit.
fn counts(app: &mut App, key: Key) -> bool {
    let KeyCode::Char(c) = key.code else { return false };
    let Some(digit) = c.to_digit(10).filter(|_| !key.ctrl && !key.alt && app.desk.pending.is_empty()) else {
        return false;
    };
    let free =
        || digit > 0 && matches!(app.keymap.lookup(app.desk.context(), &[key]), Match::None | Match::Elsewhere(_));
    if app.desk.count.is_none() && !free() {
        return false;
    }
    let so_far = app.desk.count.unwrap_or(0);
    app.desk.count = Some((so_far * 10 + digit as usize).min(MOST));
    true
}

/// A motion so many times; `G` and `g` go to the line of that number. Nothing else is done twice.
fn repeat(app: &mut App, command: Command, times: usize) -> Effects {
    let steps = i32::try_from(times).unwrap_or(i32::MAX);
    let page = app.desk.half_page(&app.world);
    match command {
        Command::Down => act::go(app, Motion::Down(times)),
        Command::Up => act::go(app, Motion::Up(times)),
        Command::PageDown => act::go(app, Motion::Down(page.saturating_mul(times))),
        Command::PageUp => act::go(app, Motion::Up(page.saturating_mul(times))),
        Command::Top | Command::Bottom => {
            let mut effects = act::go(app, Motion::Top);
            if times > 1 {
                effects.extend(act::go(app, Motion::Down(times - 1)));
            }
            effects
        }
        Command::AxisLeft => super::axis::step(app, app.now, -steps),
        Command::AxisRight => super::axis::step(app, app.now, steps),
        Command::Back => Vec::new(),
        _ => {
            let what = format!("{times} times {}? Only a motion takes a count: 5j, 5k, 12G", command.label());
            app.desk.say_bad(app.now, what);
            Vec::new()
        }
    }
}
