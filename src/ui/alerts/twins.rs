//! The sign before the name of an alert that several sources tell: how many tales its line has, and whether one of them
//! cannot be read; or where it stands among those that a person took apart.

use crate::{
    app::{desk::view::twins::Branch, world::board::Row},
    domain::alert::AlertState,
    ui::look::Look,
};

/// `×2 `; with a question mark where a source that tells it cannot be read. Nothing for one that is told once.
pub(super) fn sign(look: &Look, tales: &[&Row]) -> String {
    if tales.len() < 2 {
        return String::new();
    }
    let blind = if tales.iter().any(|row| row.state == AlertState::Unknown) { "?" } else { "" };
    format!("{}{}{blind} ", look.glyph("×", "x"), tales.len())
}

pub(super) fn branch(look: &Look, branch: Branch) -> &'static str {
    match branch {
        Branch::First => look.glyph("┌ ", "/ "),
        Branch::Inner => look.glyph("├ ", "| "),
        Branch::Last => look.glyph("└ ", "\\ "),
    }
}
