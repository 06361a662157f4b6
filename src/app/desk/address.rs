//! A link that could not be opened here: shown whole, with a picture for a telephone. It has been sent to the clipboard.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
    },
    config::keymap::Command,
    domain::text::SafeText,
};

use super::{layer::Layer, strokes::Stroke};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Printable ASCII.
    pub url: String,
    /// Why it is shown and not opened.
    pub why: SafeText,
}

/// What became of a link that was to be opened.
pub(crate) fn told(app: &mut App, url: String, opened: Result<SafeText, SafeText>) -> Effects {
    match opened {
        Ok(by) => {
            app.desk.say_good(app.now, format!("given to {}: {url}", by.line()));
            Vec::new()
        }
        Err(why) => {
            app.desk.layers.push(Layer::Address(Box::new(Address { url: url.clone(), why })));
            vec![Effect::Copy(url)]
        }
    }
}

pub(crate) fn key(app: &mut App, stroke: Stroke) -> Effects {
    let Some(Layer::Address(address)) = app.desk.layers.last() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::Copy) => vec![Effect::Copy(address.url.clone())],
        Stroke::Asks(Command::Back | Command::Open | Command::OpenLink | Command::Quit) => {
            app.desk.layers.pop();
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// What became of a text that was to be copied. No terminal says whether it took it.
pub(crate) fn copied(app: &mut App, letters: usize, sent: bool, file: Option<Result<SafeText, SafeText>>) -> Effects {
    let what = if sent { format!("sent to the terminal's clipboard ({letters} characters)") } else { String::new() };
    match file {
        None if sent => app.desk.say_good(app.now, what),
        None => app.desk.say_bad(app.now, "there is nothing in it to copy"),
        Some(Ok(path)) if sent => app.desk.say_good(app.now, format!("{what}; also in {}", path.line())),
        Some(Ok(path)) => {
            app.desk.say_good(app.now, format!("too long for a terminal's clipboard; it is in {}", path.line()));
        }
        Some(Err(why)) => app.desk.say_bad(app.now, format!("{what} but no file could be written: {}", why.line())),
    }
    Vec::new()
}
