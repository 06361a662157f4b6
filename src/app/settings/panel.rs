//! The panel of the configuration: what is wrong in it, what waits for a yes, or what it changed last.

use crate::{
    app::{
        App,
        desk::layer::Layer,
        effect::{Effect, Effects},
    },
    config::keymap::{Key, KeyCode},
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

/// A key while it is open; a yes is Enter or y.
pub(crate) fn key(app: &mut App, key: Key) -> Option<Effects> {
    let waits = app.settings.waiting.is_some();
    let lines = lines(app).len();
    let Some(Layer::Settings { scroll }) = app.desk.layers.last_mut() else { return None };
    match key.code {
        KeyCode::Enter | KeyCode::Char('y') if waits && !key.ctrl && !key.alt => {
            app.desk.layers.pop();
            Some(apply::take(app))
        }
        KeyCode::Char('n') if waits && !key.ctrl && !key.alt => {
            app.desk.layers.pop();
            app.desk.say_good(app.now, "the configuration stays as it was; what changed waits");
            Some(Vec::new())
        }
        KeyCode::Down | KeyCode::Char('j') => {
            *scroll = (*scroll + 1).min(lines.saturating_sub(1));
            Some(Vec::new())
        }
        KeyCode::Up | KeyCode::Char('k') => {
            *scroll = scroll.saturating_sub(1);
            Some(Vec::new())
        }
        _ => None,
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
        out.push(Line::Head("This is not in force yet. Enter takes it up; n or Esc leaves things as they are.".into()));
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
