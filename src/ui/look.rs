//! How things look: the theme's roles and the glyphs, both degraded in one place.

use ratatui::{buffer::Buffer, style::Style};

use super::{
    spell::Spelling,
    widgets::{
        frame::{Edge, Rule},
        plot::Pen,
    },
};
use crate::{
    config::{
        profile::Colour,
        theme::{Role, Theme},
    },
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
    /// Every byte is dear: no colours but the severities', no borders, no graphs; what ticks, ticks by the minute.
    pub frugal: bool,
    spelling: Spelling,
    /// Nothing moves by itself but what happened: what ticks is drawn anew once a minute.
    pub still: bool,
    /// The terminal's cursor is seen on the selected row.
    pub row_cursor: bool,
}

impl Look {
    pub fn new(theme: Theme, glyphs: GlyphSet) -> Self {
        let (frugal, still, row_cursor) = (false, false, false);
        Self { theme, glyphs, frugal, spelling: Spelling::default(), still, row_cursor }
    }

    /// For a slow link.
    pub fn frugal(self, frugal: bool) -> Self {
        let theme = if frugal { self.theme.pared() } else { self.theme };
        Self { theme, frugal, ..self }
    }

    /// For a terminal that cannot draw what others write.
    pub fn spelling(self, spelling: Spelling) -> Self {
        Self { spelling, ..self }
    }

    /// The same signs in another theme.
    pub fn wearing(&self, theme: &Theme) -> Self {
        if self.frugal && theme.has_colours() == self.theme.has_colours() {
            return self.clone();
        }
        let theme = if self.frugal { theme.pared() } else { theme.clone() };
        Self { theme, ..*self }
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

    /// A band in the colour of a profile; where there are no colours it is reversed, and its words say the rest.
    pub fn band(&self, colour: Option<Colour>) -> Style {
        let colours = [Role::Critical, Role::Warning, Role::Ok].map(|role| self.theme.style(role).fg);
        let has_colours = !self.frugal && colours.iter().flatten().any(|fg| !fg.is_default());
        super::theme::band(colour.filter(|_| has_colours))
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

    /// The rule that a title stands in, thick where it has the focus.
    pub fn rule(&self, thick: bool) -> Rule {
        let sign = if thick { self.glyph("━", "=") } else { self.glyph("─", "-") };
        Rule { sign, is_thin: !thick, along: !self.frugal }
    }

    /// What sets a dialog off from what lies under it.
    pub fn edge(&self) -> Edge {
        let rows = self.frugal.then(|| self.rule(true));
        Edge { style: self.style(Role::BorderFocus), base: self.base(), rows }
    }

    /// What the dots of a line become; lines in ASCII differ by their sign.
    pub fn pen(&self, sign: char) -> Pen {
        match self.glyphs {
            GlyphSet::Unicode => Pen::Braille,
            GlyphSet::Block => Pen::Block,
            GlyphSet::Ascii => Pen::Sign(sign),
        }
    }

    /// Spells a frame in signs that this terminal can draw.
    pub fn spell(&self, buf: &mut Buffer) {
        self.spelling.spell(buf, self.glyphs == GlyphSet::Ascii);
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
