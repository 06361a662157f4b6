//! The guided tour in rows of its own between the panes and the footer: it covers nothing of what it speaks of.

use ratatui::layout::Rect;

use crate::{
    config::{keymap::Command, theme::Role, tour::steps},
    ui::Canvas,
};

use super::widgets::{
    frame::titled,
    text::{Pen, wrap},
};

/// Draws the panel of a tour that is on.
pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let (look, keymap, tour) = (c.look, &c.app.keymap, &c.app.desk.tour);
    let key =
        |command: Command| keymap.chords(command).into_iter().next().unwrap_or_else(|| format!(":{}", command.name()));
    let (skip, back) = (key(Command::Tour), key(Command::Back));
    let (title, right) = match tour.waits() {
        Some(_) => (
            format!("tour {}/{}", tour.step + 1, steps().len()),
            format!("{back} leaves, {skip} passes this step over"),
        ),
        None => ("tour: that was all".to_owned(), format!("{back} leaves")),
    };
    let styles = (look.style(Role::BorderFocus), look.style(Role::Title));
    let inner = titled(c.buf, area, &title, &right, styles, look.rule(false));
    let mut lines = Vec::new();
    let room = usize::from(inner.width.saturating_sub(4));
    if let Some(why) = tour.was().map(|step| step.why(keymap)) {
        let mark = look.glyph("✓", "ok");
        lines.extend(wrap(&why, room).into_iter().take(1).map(|text| (mark, text, Role::Ok)));
    }
    let ask = match tour.waits() {
        Some(step) => step.ask(keymap),
        None => "You have seen the most of it. Yours is one command away: watchfire config init.".to_owned(),
    };
    let mark = look.glyph("→", "->");
    for (i, text) in wrap(&ask, room).into_iter().enumerate() {
        lines.push((if i == 0 { mark } else { "" }, text, Role::Accent));
    }
    for (row, (mark, text, role)) in (0..inner.height).zip(lines) {
        let style = look.style(role);
        Pen::new(c.buf, inner, row).skip(1).column(mark, 2, style).put(&text, look.base());
    }
}

/// The quiet offer in the footer of a demo that was just opened.
pub(crate) fn offer(c: &Canvas<'_>) -> Option<String> {
    let chord = c.app.keymap.chords(Command::Tour).into_iter().next()?;
    c.app.desk.tour.offered.then(|| format!(" {chord} tour "))
}
