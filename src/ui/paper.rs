//! A document, as it is written: its headings stand out, the rest is its own text.

use ratatui::layout::Rect;

use crate::{app::desk::paper::Paper, config::theme::Role};

use super::{Canvas, detail::Sheet};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, paper: &Paper) {
    let mut sheet = Sheet::default();
    let title = match (&paper.error, &paper.written) {
        (Some(why), _) => {
            sheet.text("It could not be written:", Role::ErrorText);
            sheet.text(why.shown(), Role::ErrorText);
            paper.title.clone()
        }
        (None, None) => {
            sheet.text("writing it...", Role::Hint);
            paper.title.clone()
        }
        (None, Some(document)) => {
            document.text.lines().for_each(|line| put(&mut sheet, line));
            document.name.clone()
        }
    };
    sheet.draw(c, area, &title, paper.scroll);
}

fn put(sheet: &mut Sheet, line: &str) {
    match line {
        "" => sheet.gap(),
        head if head.starts_with('#') => sheet.text(head, Role::Title),
        loud if loud.contains("UNKNOWN") => sheet.text(loud, Role::Unknown),
        text => sheet.text(text, Role::Text),
    }
}
