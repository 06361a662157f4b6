//! A key where what lies on top takes keys itself: a form, a menu, a plan that waits for a yes, a short list. Each has a place
//! of its own in the map of keys, so that every key of it can be bound anew.
//!
//! Knows which layer takes what; what is done with it is the layer's. What is written is the key itself, however it is bound.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Chord, Command, Context, Key, KeyCode, Match},
    domain::Time,
};

use super::{
    acking, address, dress, filtering, forms, incidents,
    layer::{Layer, MenuKind},
    many, menu, picking, pressing, requests, running, silence_list, silencing, supposing, view,
};

/// What a key means where it was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    Asks(Command),
    /// It is no command there: a letter, or a key that moves in a text, each as the text knows it.
    Types(Key),
}

impl App {
    /// The key that asks for a command of what is before the person, as it is shown; where none does, its name.
    pub fn key_of(&self, command: Command) -> String {
        self.key_in(self.desk.taking().unwrap_or_else(|| self.desk.context()), command)
    }

    /// The same, in a place; the key of everywhere else where none does it there.
    pub fn key_in(&self, here: Context, command: Command) -> String {
        let elsewhere = || self.keymap.chords(command).into_iter().next();
        let here = self.keymap.chords_in(command, here).into_iter().next();
        here.or_else(elsewhere).unwrap_or_else(|| command.name().to_owned())
    }

    /// What is said, and which key goes on: `read it again, Enter sends it`.
    pub(crate) fn then(&self, said: &str, command: Command, does: &str) -> String {
        format!("{said} {} {does}", self.key_of(command))
    }
}

/// A key for what lies on top.
pub(crate) fn key(app: &mut App, now: Time, here: Context, key: Key) -> Effects {
    if let Some(effects) = picking::letter(app, now, key) {
        return effects;
    }
    let stroke = if here.is_text() { of_text(app, here, key) } else { of_list(app, here, key) };
    stroke.map_or_else(Vec::new, |stroke| take(app, now, stroke))
}

/// The same, asked for by its name; none where it is no command of what lies on top.
pub(crate) fn ask(app: &mut App, now: Time, command: Command) -> Option<Effects> {
    let here = app.desk.taking().filter(|here| command.works_in(*here))?;
    let stroke = if here.is_text() { written(command, 0) } else { Stroke::Asks(command) };
    Some(take(app, now, stroke))
}

/// Where one writes keys come one by one.
fn of_text(app: &App, here: Context, key: Key) -> Option<Stroke> {
    match app.keymap.lookup(here, &[key]) {
        Match::Command(command) => {
            let chord = Chord(vec![key]).to_string();
            let nth = app.keymap.chords_in(command, here).iter().position(|c| *c == chord).unwrap_or(0);
            Some(written(command, nth))
        }
        // A key that was a command's and is not any more is nothing.
        _ => (matches!(key.code, KeyCode::Char(_)) && !key.ctrl && !key.alt).then_some(Stroke::Types(key)),
    }
}

/// A text knows one key for each thing that is done in it.
fn written(command: Command, nth: usize) -> Stroke {
    let digit = u32::try_from(nth + 1).ok().and_then(|n| char::from_digit(n, 10)).unwrap_or('1');
    Stroke::Types(match command {
        Command::TextLeft => Key::new(KeyCode::Left),
        Command::TextRight => Key::new(KeyCode::Right),
        Command::TextStart => Key::new(KeyCode::Home),
        Command::TextEnd => Key::new(KeyCode::End),
        Command::TextBack => Key::new(KeyCode::Backspace),
        Command::TextDelete => Key::new(KeyCode::Delete),
        Command::TextWord => Key::ctrl('w'),
        Command::TextLine => Key::ctrl('u'),
        Command::FormTemplate => Key { alt: true, ..Key::char(digit) },
        other => return Stroke::Asks(other),
    })
}

/// A chord may be begun; what it is not is what was typed.
fn of_list(app: &mut App, here: Context, key: Key) -> Option<Stroke> {
    if pressing::takes_back(app, key) {
        return None;
    }
    app.desk.pending.push(key);
    match app.keymap.lookup(here, &app.desk.pending) {
        Match::Command(command) => {
            app.desk.pending.clear();
            Some(Stroke::Asks(command))
        }
        Match::Prefix(_) => None,
        Match::Elsewhere(_) | Match::None => {
            let keys = std::mem::take(&mut app.desk.pending);
            if keys.len() == 1 {
                return Some(Stroke::Types(key));
            }
            app.desk.say_bad(app.now, format!("no command is on `{}`", Chord(keys)));
            None
        }
    }
}

fn take(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    if stroke == Stroke::Asks(Command::Help) {
        return menu::open(app, MenuKind::Help);
    }
    match app.desk.layers.last() {
        Some(Layer::Menu(_)) => menu::key(app, now, stroke),
        Some(Layer::Filter { .. }) => filtering::key(app, stroke),
        Some(Layer::Ack(_)) => acking::key(app, now, stroke),
        Some(Layer::Unack(_)) => forms::unack_key(app, now, stroke),
        Some(Layer::Note(_)) => forms::note_key(app, now, stroke),
        Some(Layer::Seeing(_)) => view::keys::key(app, now, stroke),
        Some(Layer::Silence(_)) => silencing::key(app, now, stroke),
        Some(Layer::Silences(_)) => silence_list::filter_key(app, stroke),
        Some(Layer::Extend(_) | Layer::Expire(_)) => silence_list::confirm(app, now, stroke),
        Some(Layer::Suppose(_)) => supposing::key(app, stroke),
        Some(Layer::Tell(_)) => incidents::form_key(app, now, stroke),
        Some(Layer::Action(_)) => running::key(app, now, stroke),
        Some(Layer::Ask(_)) => requests::key(app, now, stroke),
        Some(Layer::Themes(_)) => dress::key(app, stroke),
        Some(Layer::Pick(_)) => picking::key(app, now, stroke),
        Some(Layer::Address(_)) => address::key(app, stroke),
        Some(layer) if layer.is_of_many() => many::key(app, now, stroke),
        _ => Vec::new(),
    }
}

/// A step up or down a list of so many lines; none where nothing moves.
pub(super) fn step(stroke: Stroke, place: usize, len: usize) -> Option<usize> {
    const PAGE: usize = 10;
    let last = len.saturating_sub(1);
    let Stroke::Asks(command) = stroke else { return None };
    Some(match command {
        Command::Down | Command::MenuNext => (place + 1).min(last),
        Command::Up | Command::MenuPrevious => place.saturating_sub(1),
        Command::PageDown | Command::MenuPageDown => (place + PAGE).min(last),
        Command::PageUp | Command::MenuPageUp => place.saturating_sub(PAGE),
        Command::Top => 0,
        Command::Bottom => last,
        _ => return None,
    })
}

/// What leaves a place, and what says yes in it.
pub fn ways_out(here: Context) -> (Command, Command) {
    match here {
        Context::Form => (Command::FormCancel, Command::FormSend),
        Context::Menu => (Command::MenuCancel, Command::MenuChoose),
        Context::Question => (Command::QuestionNo, Command::QuestionYes),
        _ => (Command::Back, Command::Open),
    }
}
