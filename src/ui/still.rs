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
    // What most cells lie on is painted once.
    let ground = buf.content.first().and_then(|c| theme::paper(c.bg)).unwrap_or_else(|| theme::PAPER.to_owned());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{ground}\"/>\n\
         <g font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"15\" xml:space=\"preserve\">\n"
    );
    for (row, cells) in lines(buf).enumerate() {
        svg_row(&mut out, u32::try_from(row).unwrap_or(0), &cells, &ground);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Grounds before texts: a font that is a little wider than its cells must not lose its last letter.
fn svg_row(out: &mut String, row: u32, cells: &[&Cell], ground: &str) {
    let mut texts = String::new();
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
        let (ink, paper) = colours(first, ground);
        let place = (8 + column * CELL.0, 8 + row * CELL.1);
        if let Some(paper) = paper.filter(|p| p != ground) {
            svg_ground(out, place, columns, &paper);
        }
        svg_text(&mut texts, place, columns, &text, (first, &ink));
        column += columns;
        rest = &rest[run..];
    }
    out.push_str(&texts);
}

/// Of the letters and of what is behind them.
fn colours(cell: &Cell, ground: &str) -> (String, Option<String>) {
    let (ink, paper) = (theme::ink(cell.fg), theme::paper(cell.bg));
    if cell.modifier.contains(Modifier::REVERSED) {
        return (paper.unwrap_or_else(|| ground.to_owned()), Some(ink));
    }
    (ink, paper)
}

fn svg_ground(out: &mut String, (x, y): (u32, u32), columns: u32, paper: &str) {
    let (width, height) = (columns * CELL.0, CELL.1);
    out.push_str(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>\n"));
}

fn svg_text(out: &mut String, (x, y): (u32, u32), columns: u32, text: &str, (cell, ink): (&Cell, &str)) {
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
