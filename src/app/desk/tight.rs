//! A screen too small for panes, forms and plans: nothing is begun there and nothing sent, for nobody would see it.
//!
//! What leaves still leaves: a form that a shrinking window hid, a layer, the program.

use crate::{
    app::{App, effect::Effects},
    config::keymap::{Command, Key, Match},
};

use super::{Desk, layout::SMALLEST, strokes};

impl Desk {
    /// Whether the screen is too small for more than the most important facts.
    pub fn is_tight(&self) -> bool {
        self.width < SMALLEST.0 || self.height < SMALLEST.1
    }
}

/// A key on such a screen; none where it may do what it does anywhere.
pub(crate) fn key(app: &mut App, key: Key) -> Option<Effects> {
    if !app.desk.is_tight() {
        return None;
    }
    let here = app.desk.taking().unwrap_or_else(|| app.desk.context());
    (app.desk.pending, app.desk.count) = (Vec::new(), None);
    let (leaves, _) = strokes::ways_out(here);
    let harmless = [leaves, Command::Back, Command::Quit, Command::Refresh];
    match app.keymap.lookup(here, &[key]) {
        Match::Command(command) if harmless.contains(&command) => None,
        _ => {
            let (width, height) = SMALLEST;
            app.desk.say_bad(app.now, format!("not done unseen: that wants {width}x{height}"));
            Some(Vec::new())
        }
    }
}
