//! Signs that a terminal cannot draw, or draws in two columns where they have one, in signs that it can. The last thing that
//! happens to a frame: columns stay where they are.
//!
//! Knows cells, not what they mean.

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthChar;

/// What becomes of text that others wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// It stays as they wrote it.
    #[default]
    AsWritten,
    /// Nothing but ASCII can be shown.
    Ascii,
    /// What has no width of its own would push its row aside.
    Narrow,
}

impl Spelling {
    pub fn of(ascii_only: bool, ambiguous_width: u8) -> Self {
        match (ascii_only, ambiguous_width) {
            (true, _) => Self::Ascii,
            (false, 2) => Self::Narrow,
            (false, _) => Self::AsWritten,
        }
    }

    /// Spells a frame; `own` says that our own signs are to be ASCII, too.
    pub(super) fn spell(self, buf: &mut Buffer, own: bool) {
        if self == Self::AsWritten && !own {
            return;
        }
        for cell in buf.content.iter_mut().filter(|c| !c.symbol().is_ascii()) {
            self.cell(cell, own);
        }
    }

    fn cell(self, cell: &mut Cell, own: bool) {
        let Some(first) = cell.symbol().chars().next() else { return };
        let ours = match first {
            '…' => Some("~"),
            '⏎' | '│' => Some("|"),
            '─' => Some("-"),
            '┌' | '┐' | '└' | '┘' => Some("+"),
            '\u{a0}' => Some(" "),
            _ => None,
        };
        match (ours.filter(|_| own), self) {
            (Some(ours), _) => cell.set_symbol(ours),
            (None, Self::Ascii) => cell.set_symbol(like(first)),
            (None, Self::Narrow) if is_ambiguous(cell.symbol()) => cell.set_symbol(like(first)),
            (None, Self::Narrow | Self::AsWritten) => return,
        };
    }
}

/// Whether Unicode leaves its width open (UAX 11, `A`).
fn is_ambiguous(symbol: &str) -> bool {
    symbol.chars().any(|c| c.width_cjk() != c.width() || is_ambiguous_letter(c))
}

/// Letters that the East Asian sets of characters had in two columns; the tables of widths leave them out.
fn is_ambiguous_letter(c: char) -> bool {
    matches!(c, '\u{391}'..='\u{3a9}' | '\u{3b1}'..='\u{3c9}' | '\u{401}' | '\u{410}'..='\u{44f}' | '\u{451}'
        | 'Æ' | 'Ð' | 'Ø' | 'Þ'..='á' | 'æ' | 'è'..='ê' | 'ì' | 'í' | 'ð' | 'ò' | 'ó' | 'ø'..='ú' | 'ü' | 'þ')
}

/// What it looks like in ASCII.
fn like(c: char) -> &'static str {
    match c {
        '‘' | '’' | '‚' | '′' | '`' => "'",
        '“' | '”' | '„' | '″' | '«' | '»' => "\"",
        '‐'..='―' | '−' | '─' | '━' => "-",
        '×' => "x",
        '·' | '•' | '∙' => ".",
        '°' => "o",
        '→' | '▶' | '►' => ">",
        '←' | '◀' | '◄' => "<",
        '↑' | '▲' => "^",
        '↓' | '▼' => "v",
        '│' | '┃' => "|",
        '\u{a0}' => " ",
        '…' => "~",
        'à'..='å' => "a",
        'À'..='Å' => "A",
        'ç' => "c",
        'è'..='ë' => "e",
        'È'..='Ë' => "E",
        'ì'..='ï' => "i",
        'ñ' => "n",
        'ò'..='ö' | 'ø' => "o",
        'Ò'..='Ö' | 'Ø' => "O",
        'ù'..='ü' => "u",
        'Ù'..='Ü' => "U",
        'ß' => "s",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Style};

    use super::*;

    fn spelt(text: &str, spelling: Spelling, own: bool) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
        buf.set_string(0, 0, text, Style::default());
        spelling.spell(&mut buf, own);
        buf.content.iter().map(|c| c.symbol()).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn where_only_ascii_can_be_shown_every_column_stays_where_it_is() {
        assert_eq!(spelt("Zürich “火” a…|", Spelling::Ascii, true), "Zurich \"? \" a~|");
        assert_eq!(spelt("Zürich “火” a…|", Spelling::AsWritten, true), "Zürich “火 ” a~|");
    }

    #[test]
    fn what_some_terminals_draw_in_two_columns_is_spelt_where_an_option_says_so_and_nothing_else_is() {
        assert_eq!(spelt("α● é漢ü|", Spelling::Narrow, true), "?? e漢 u|");
        assert_eq!(spelt("ā漢ж|", Spelling::AsWritten, false), "ā漢 ж|");
    }
}
