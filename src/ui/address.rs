//! A link for another machine: its address whole, to be read or selected, and as a QR code where there is room for it.

use qrcodegen::{QrCode, QrCodeEcc};
use ratatui::layout::Rect;

use crate::{
    app::desk::address::Address,
    config::{keymap::Command, theme::Role},
};

use super::{
    Canvas,
    hints::Hint,
    link::Link,
    look::GlyphSet,
    widgets::text::{Pen, width, wrap},
};

/// Light modules around it, which readers want.
const MARGIN: i32 = 2;

pub(super) const KEYS: &[Hint] = &[Hint::Keys(&[Command::Copy], "copy it again"), Hint::Keys(&[Command::Back], "back")];

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, address: &Address) {
    let (styles, rule) = ((c.look.style(Role::BorderFocus), c.look.style(Role::Title)), c.look.rule(true));
    let inner = super::widgets::frame::titled(c.buf, area, "link", &c.back(), styles, rule);
    let why = format!("Not opened here: {}.", address.why.line());
    Pen::new(c.buf, inner, 0).skip(1).put(&why, c.look.style(Role::Hint));
    let lines = wrap(&address.url, usize::from(inner.width.saturating_sub(2)));
    let url: std::sync::Arc<str> = address.url.as_str().into();
    for (row, line) in (1..inner.height).zip(&lines) {
        Pen::new(c.buf, inner, row).skip(1).put(line, c.look.style(Role::Accent));
        let (from, y) = (inner.x + 1, inner.y + row);
        let to = from + u16::try_from(width(line)).unwrap_or(0);
        c.links.push(Link { row: y, from, to, url: url.clone() });
    }
    let used = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(inner.height);
    let rest = Rect { y: inner.y + used, height: inner.height - used, ..inner };
    if !picture(c, rest, &address.url) {
        let hint = "a QR code needs a larger window, or a shorter link";
        Pen::new(c.buf, rest, 0).skip(1).put(hint, c.look.style(Role::Dim));
    }
}

/// Whether there was room for it.
fn picture(c: &mut Canvas<'_>, area: Rect, url: &str) -> bool {
    let Ok(code) = QrCode::encode_text(url, QrCodeEcc::Low) else { return false };
    let rows = rows(&code, c.look.glyphs == GlyphSet::Ascii);
    let fits = rows.len() <= usize::from(area.height)
        && rows.first().is_some_and(|r| r.chars().count() < usize::from(area.width));
    if fits {
        for (y, row) in (0..area.height).zip(&rows) {
            Pen::new(c.buf, area, y).skip(1).put(row, c.look.base());
        }
    }
    fits
}

/// Its rows: two modules a cell in half blocks, or one in two cells in ASCII. What is light is drawn: on a dark ground it is
/// the code, and on a light one its negative, which readers take as well.
fn rows(code: &QrCode, ascii: bool) -> Vec<String> {
    let all = -MARGIN..code.size() + MARGIN;
    let light = |x: i32, y: i32| y < code.size() + MARGIN && !code.get_module(x, y);
    if ascii {
        let row = |y| all.clone().map(|x| if light(x, y) { "##" } else { "  " }).collect();
        return all.clone().map(row).collect();
    }
    let cell = |x, y| match (light(x, y), light(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    all.clone().step_by(2).map(|y| all.clone().map(|x| cell(x, y)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a picture shows, light ones true.
    fn read(rows: &[String], ascii: bool) -> Vec<Vec<bool>> {
        let mut modules = Vec::new();
        for row in rows {
            let cells: Vec<char> = row.chars().collect();
            if ascii {
                modules.push(cells.chunks(2).map(|c| c[0] == '#').collect());
            } else {
                modules.push(cells.iter().map(|c| matches!(c, '█' | '▀')).collect());
                modules.push(cells.iter().map(|c| matches!(c, '█' | '▄')).collect());
            }
        }
        modules
    }

    #[test]
    fn both_pictures_show_the_modules_of_the_code() {
        let code = QrCode::encode_text("https://run.example/x", QrCodeEcc::Low).unwrap();
        let size = usize::try_from(code.size() + 2 * MARGIN).unwrap();
        for ascii in [false, true] {
            let modules = read(&rows(&code, ascii), ascii);
            assert!(modules.len() >= size && modules.iter().all(|r| r.len() == size));
            for y in -MARGIN..code.size() + MARGIN {
                for x in -MARGIN..code.size() + MARGIN {
                    let at = |n: i32| usize::try_from(n + MARGIN).unwrap();
                    assert_eq!(modules[at(y)][at(x)], !code.get_module(x, y), "{x},{y} ascii {ascii}");
                }
            }
        }
    }
}
