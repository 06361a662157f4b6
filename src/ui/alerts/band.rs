//! Pinned on top of the pane in a storm: the alert that fired first, and what was changed nearest before it.

use ratatui::layout::Rect;

use crate::{
    app::world::storm::First,
    config::theme::Role,
    domain::{Time, duration, entry::Entry},
    ui::{Canvas, timeline::sentence, when::When, widgets::text::Pen},
};

/// Draws two rows; answers what is left.
pub(super) fn draw(c: &mut Canvas<'_>, area: Rect) -> Rect {
    let Some(first) = c.app.world.storm.first() else { return area };
    let change = c.app.world.storm.change_before(first.at);
    let when = When::of(c.app);
    let lines = [(0, fired(first, when), Role::Bad), (1, changed(change, first.at, when), Role::Marker)];
    for (line, (word, text), role) in lines {
        let mut pen = Pen::new(c.buf, area, line);
        pen.skip(1).column(word, 6, c.look.style(Role::Dim)).skip(1).put(&text, c.look.style(role));
    }
    Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }
}

fn fired(first: &First, when: When<'_>) -> (&'static str, String) {
    let text = first.text.as_ref().map(|t| format!(": {}", t.line())).unwrap_or_default();
    ("first", format!("{} {}{text}", when.write(first.at, "%H:%M:%S"), first.title.line()))
}

fn changed(change: Option<&Entry>, first: Time, when: When<'_>) -> (&'static str, String) {
    match change {
        Some(entry) => {
            let before = duration::long(first - entry.at);
            ("before", format!("{} {before} earlier: {}", when.write(entry.at, "%H:%M:%S"), sentence(entry)))
        }
        None => ("before", "no change is known in the hours before it".to_owned()),
    }
}
