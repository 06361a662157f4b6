//! One entry of the journal, whole.

use ratatui::layout::Rect;

use crate::config::theme::Role;

use super::{Canvas, detail::Sheet, timeline};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, id: &str, scroll: usize) {
    let mut sheet = Sheet::default();
    match c.app.world.entry_known(id) {
        None => sheet.text("this entry is no longer among those in memory; watchfire timeline has it", Role::Hint),
        Some(entry) => {
            sheet.text(&timeline::sentence(entry), Role::Title);
            sheet.gap();
            sheet.pair("kind", &entry.kind.to_string());
            sheet.pair("at", &format!("{} UTC", entry.at.format("%Y-%m-%d %H:%M:%S")));
            sheet.pair("recorded", &format!("{} UTC", entry.recorded_at.format("%Y-%m-%d %H:%M:%S")));
            sheet.pair("actor", &entry.actor.line());
            sheet.pair("subject", &entry.subject.to_string());
            if let Some(source) = &entry.source {
                sheet.pair("source", source.as_str());
            }
            if let Some(until) = entry.body.until {
                sheet.pair("until", &format!("{} UTC", until.format("%Y-%m-%d %H:%M:%S")));
            }
            if let Some(text) = &entry.body.text {
                sheet.head("text");
                sheet.text(text.shown(), Role::Text);
            }
            for (name, text) in super::action::lines(entry) {
                sheet.head(name);
                sheet.text(text.shown(), Role::Text);
            }
            sheet.head("chain");
            sheet.pair("hash", &entry.hash);
        }
    }
    sheet.draw(c, area, "entry", scroll);
}
