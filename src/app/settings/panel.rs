//! The panel of the configuration: what is wrong in it, what waits for a yes, or what it changed last.

use crate::{
    app::{
        App,
        desk::{cursor::Motion, layer::Layer},
        effect::{Effect, Effects},
    },
    config::keymap::{Command, Context, Key, Match},
};

use super::apply;

/// One line of the panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Head(String),
    Bad(String),
    Plain(String),
    Danger(String),
}

/// `config.reload`: the files are read again now.
pub(crate) fn reload(app: &mut App) -> Effects {
    if !app.settings.can_reload() {
        app.desk.say_bad(app.now, "this cockpit was opened without a configuration that could be read again");
        return Vec::new();
    }
    app.desk.say_good(app.now, "reading the configuration again");
    vec![Effect::ReadConfig]
}

/// `config.changes`
pub(crate) fn open(app: &mut App) -> Effects {
    app.desk.layers.push(Layer::Settings { scroll: 0 });
    Vec::new()
}

/// A key that answers what waits for a yes, where that is before the person; every other key does what it does anywhere.
pub(crate) fn key(app: &mut App, key: Key) -> Option<Effects> {
    let asks = matches!(app.desk.layers.last(), Some(Layer::Settings { .. })) && app.settings.waiting.is_some();
    match app.keymap.lookup(Context::Question, &[key]) {
        Match::Command(command) if asks => answer(app, command),
        _ => None,
    }
}

/// Yes or no to what waits; none where it is neither.
pub(crate) fn answer(app: &mut App, command: Command) -> Option<Effects> {
    app.settings.waiting.as_ref()?;
    let yes = match command {
        Command::QuestionYes => true,
        Command::QuestionNo => false,
        _ => return None,
    };
    app.desk.layers.retain(|layer| !matches!(layer, Layer::Settings { .. }));
    if yes {
        return Some(apply::take(app));
    }
    app.desk.say_good(app.now, "the configuration stays as it was; what changed waits");
    Some(Vec::new())
}

/// As far as there are lines.
pub(crate) fn go(app: &mut App, motion: Motion) {
    let last = lines(app).len().saturating_sub(1);
    if let Some(Layer::Settings { scroll }) = app.desk.layers.last_mut() {
        *scroll = match motion {
            Motion::Down(n) => scroll.saturating_add(n).min(last),
            Motion::Up(n) => scroll.saturating_sub(n),
            Motion::Top => 0,
            Motion::Bottom => last,
        };
    }
}

/// All that it says.
pub fn lines(app: &App) -> Vec<Line> {
    let settings = &app.settings;
    let mut out = Vec::new();
    if !settings.mistakes.is_empty() {
        out.push(Line::Head("What the files say now is wrong; what was read before them holds.".into()));
        out.extend(settings.mistakes.iter().map(|m| Line::Bad(m.line().into_owned())));
        out.push(Line::Plain("Mend the file: it is read again by itself.".into()));
    }
    if let Some(offer) = &settings.waiting {
        let (yes, no) =
            (app.key_in(Context::Question, Command::QuestionYes), app.key_in(Context::Question, Command::QuestionNo));
        out.push(Line::Head(format!("This is not in force yet. {yes} takes it up; {no} leaves things as they are.")));
        out.extend(offer.dangers().map(|(c, why)| Line::Danger(format!("{why}: {}", c.key))));
        out.extend(offer.changes.iter().map(|c| Line::Plain(c.to_string())));
    }
    match &settings.taken {
        Some(taken) if out.is_empty() => {
            out.push(Line::Head(format!("Taken up at {}:", taken.at.format("%H:%M:%S UTC"))));
            out.extend(taken.changes.iter().map(|c| Line::Plain(c.to_string())));
        }
        None if out.is_empty() => out.push(Line::Plain("Nothing has changed since the start.".into())),
        _ => {}
    }
    out
}
