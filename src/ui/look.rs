//! How things look: the theme's roles and the glyphs, both degraded in one place.

use ratatui::{buffer::Buffer, style::Style};

use super::widgets::plot::Pen;
use crate::{
    config::theme::{Role, Theme},
    domain::alert::Severity,
};

/// The glyphs in use; every one is one cell wide in every terminal that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlyphSet {
    Unicode,
    /// Graphs in blocks, for fonts that have no braille; all else as in Unicode.
    Block,
    Ascii,
}

#[derive(Clone, Debug)]
pub struct Look {
    theme: Theme,
    pub glyphs: GlyphSet,
    /// Every byte is dear: what ticks, ticks by the minute.
    pub frugal: bool,
    /// Nothing moves by itself but what happened: what ticks is drawn anew once a minute.
    pub still: bool,
    /// The terminal's cursor is seen on the selected row.
    pub row_cursor: bool,
}

impl Look {
    pub fn new(theme: Theme, glyphs: GlyphSet) -> Self {
        Self { theme, glyphs, frugal: false, still: false, row_cursor: false }
    }

    /// For a slow link.
    pub fn frugal(self, frugal: bool) -> Self {
        Self { frugal, ..self }
    }

    /// For who is disturbed by what moves.
    pub fn still(self, still: bool) -> Self {
        Self { still, ..self }
    }

    /// For who needs to see the terminal's cursor.
    pub fn row_cursor(self, row_cursor: bool) -> Self {
        Self { row_cursor, ..self }
    }

    pub fn style(&self, role: Role) -> Style {
        super::theme::style(self.theme.style(role))
    }

    /// What every cell starts as.
    pub fn base(&self) -> Style {
        self.style(Role::Text)
    }

    /// The first glyph where Unicode is drawn, else the second.
    pub fn glyph(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self.glyphs {
            GlyphSet::Unicode | GlyphSet::Block => unicode,
            GlyphSet::Ascii => ascii,
        }
    }

    /// What the dots of a line become; lines in ASCII differ by their sign.
    pub fn pen(&self, sign: char) -> Pen {
        match self.glyphs {
            GlyphSet::Unicode => Pen::Braille,
            GlyphSet::Block => Pen::Block,
            GlyphSet::Ascii => Pen::Sign(sign),
        }
    }

    /// Takes our own signs out of a screen that is to be ASCII; what others wrote stays as they wrote it.
    pub fn spell(&self, buf: &mut Buffer) {
        if self.glyphs != GlyphSet::Ascii {
            return;
        }
        for cell in &mut buf.content {
            match cell.symbol() {
                "…" => {
                    cell.set_symbol("~");
                }
                "⏎" => {
                    cell.set_symbol("|");
                }
                _ => {}
            }
        }
    }

    pub fn severity(&self, severity: Severity) -> Role {
        match severity {
            Severity::Critical => Role::Critical,
            Severity::Error => Role::Error,
            Severity::Warning => Role::Warning,
            Severity::Info => Role::Info,
            Severity::Unknown => Role::Unknown,
        }
    }

    /// Shape and letter: colour is never alone.
    pub fn mark(&self, severity: Severity) -> (&'static str, &'static str) {
        match severity {
            Severity::Critical => (self.glyph("◆", "#"), "C"),
            Severity::Error => (self.glyph("▲", "^"), "E"),
            Severity::Warning => (self.glyph("●", "*"), "W"),
            Severity::Info => (self.glyph("○", "o"), "I"),
            Severity::Unknown => ("?", "?"),
        }
    }
}
