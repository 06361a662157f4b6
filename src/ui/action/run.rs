//! One run: its line, how it stands, and what it says; long lines are cut at the edge, and whole in what is copied.

use ratatui::layout::Rect;

use crate::{
    app::{desk::running::RunSight, world::actions::Run},
    config::theme::Role,
    domain::{Time, duration},
};

use super::{
    super::{Canvas, Caret, widgets::text::Pen},
    phase_word, shown,
};

/// Rows that the command may take.
const LINE: usize = 3;

/// How it stands, with how long it has run.
pub(super) fn state(run: &Run, now: Time) -> (String, Role) {
    let (word, role) = phase_word(&run.phase);
    if run.is_over() { (word, role) } else { (format!("{word} {}", duration::short(now - run.asked_at)), role) }
}

pub(super) fn draw(c: &mut Canvas<'_>, area: Rect, sight: &RunSight) -> Caret {
    let Some(run) = c.app.world.actions.run(&sight.op) else {
        let inner = c.dialog(area, (60, 4), "action");
        Pen::new(c.buf, inner, 0).put("it is no longer in memory; the timeline has it", c.look.style(Role::Hint));
        return Caret::default();
    };
    let inner = c.dialog(area, area_of(area), &run.name());
    let mut command = shown(&format!("$ {}", run.order.command.line()), inner, Role::Dim);
    if command.len() > LINE {
        command.truncate(LINE - 1);
        command.push(("…  (Y copies all of it)".into(), Role::Dim));
    }
    command.push(state(run, c.app.now));
    super::super::forms::paragraphs(c, inner, &command);
    let used = u16::try_from(command.len()).unwrap_or(0) + 1;
    let below = Rect { y: inner.y + used, height: inner.height.saturating_sub(used), ..inner };
    let below = below.intersection(inner);
    said(c, below, run, sight.top);
    Caret::default()
}

fn area_of(area: Rect) -> (u16, u16) {
    (area.width.saturating_sub(2), area.height)
}

fn said(c: &mut Canvas<'_>, area: Rect, run: &Run, top: Option<usize>) {
    let lines = run.output().map(|o| o.lines()).unwrap_or_default();
    if lines.is_empty() {
        let word = if run.is_over() { "it said nothing" } else { "nothing was said yet; it gets no input" };
        Pen::new(c.buf, area, 0).put(word, c.look.style(Role::Hint));
        return;
    }
    let end = lines.len().saturating_sub(usize::from(area.height));
    let top = top.unwrap_or(end).min(end);
    for (row, line) in (0..area.height).zip(lines.iter().skip(top)) {
        let is_ours = line.shown().starts_with('[') && line.shown().ends_with("bytes left out]");
        let role = if is_ours { Role::Warning } else { Role::Text };
        Pen::new(c.buf, area, row).put(&line.line(), c.look.style(role));
    }
}
