//! One frame as text, as ANSI or as a picture: for a chat, the README, a screen reader.

use ratatui::{
    buffer::{Buffer, Cell},
    style::Modifier,
};
use unicode_width::UnicodeWidthStr;

use super::theme;

/// Plain text, blanks at the end of a line left out.
pub fn text(buf: &Buffer) -> String {
    lines(buf).map(|cells| cells.iter().map(|c| c.symbol()).collect::<String>().trim_end().to_owned() + "\n").collect()
}

/// Rows of cells without those a wide character covers.
fn lines(buf: &Buffer) -> impl Iterator<Item = Vec<&Cell>> {
    let area = buf.area;
    (area.y..area.y + area.height).map(move |y| {
        let mut row = Vec::with_capacity(usize::from(area.width));
        let mut x = area.x;
        while x < area.x + area.width {
            let cell = &buf[(x, y)];
            row.push(cell);
            x += u16::try_from(cell.symbol().width().max(1)).unwrap_or(1);
        }
        row
    })
}

/// Text with SGR colours; every line ends plain.
pub fn ansi(buf: &Buffer) -> String {
    let mut out = String::new();
    for cells in lines(buf) {
        let mut before = String::new();
        for cell in cells {
            let now = sgr(cell);
            if now != before {
                out.push_str(&now);
                before = now;
            }
            out.push_str(cell.symbol());
        }
        out.push_str("\x1b[0m\n");
    }
    out
}

fn sgr(cell: &Cell) -> String {
    let mut codes = vec!["0".to_owned()];
    for (modifier, code) in
        [(Modifier::BOLD, "1"), (Modifier::DIM, "2"), (Modifier::UNDERLINED, "4"), (Modifier::REVERSED, "7")]
    {
        if cell.modifier.contains(modifier) {
            codes.push(code.to_owned());
        }
    }
    codes.extend(theme::sgr(cell.fg, 30));
    codes.extend(theme::sgr(cell.bg, 40));
    format!("\x1b[{}m", codes.join(";"))
}

/// Pixels of a cell.
const CELL: (u32, u32) = (9, 19);

/// An SVG picture; text stays text.
pub fn svg(buf: &Buffer) -> String {
    let (width, height) = (u32::from(buf.area.width) * CELL.0 + 16, u32::from(buf.area.height) * CELL.1 + 16);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>\n\
         <g font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"15\" xml:space=\"preserve\">\n",
        theme::PAPER
    );
    for (row, cells) in lines(buf).enumerate() {
        svg_row(&mut out, u32::try_from(row).unwrap_or(0), &cells);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn svg_row(out: &mut String, row: u32, cells: &[&Cell]) {
    let mut column = 0;
    let mut rest = cells;
    while let Some(first) = rest.first() {
        let style = (first.fg, first.bg, first.modifier);
        // Only ASCII runs on: a font may draw any other glyph in a width of its own.
        let plain = |c: &&Cell| c.symbol().is_ascii();
        let run = if plain(first) {
            rest.iter().take_while(|c| plain(c) && (c.fg, c.bg, c.modifier) == style).count()
        } else {
            1
        };
        let text: String = rest[..run].iter().map(|c| c.symbol()).collect();
        let columns = u32::try_from(text.width()).unwrap_or(1);
        svg_run(out, (column, row), columns, &text, first);
        column += columns;
        rest = &rest[run..];
    }
}

fn svg_run(out: &mut String, (column, row): (u32, u32), columns: u32, text: &str, cell: &Cell) {
    let (x, y) = (8 + column * CELL.0, 8 + row * CELL.1);
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let (mut ink, mut paper) = (theme::ink(cell.fg), theme::paper(cell.bg));
    if reversed {
        (ink, paper) = (paper.unwrap_or_else(|| theme::PAPER.to_owned()), Some(ink));
    }
    if let Some(paper) = paper {
        out.push_str(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{paper}\"/>\n",
            columns * CELL.0,
            CELL.1
        ));
    }
    if text.trim().is_empty() {
        return;
    }
    let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let faint = if cell.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    let length = columns * CELL.0;
    out.push_str(&format!(
        "<text x=\"{x}\" y=\"{}\" fill=\"{ink}\" textLength=\"{length}\"{weight}{faint}>{}</text>\n",
        y + 14,
        escape(text)
    ));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
