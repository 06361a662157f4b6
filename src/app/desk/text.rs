//! A small text buffer: what a person is writing, with its cursor. Knows nothing of who shows or keeps it.

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    config::keymap::{Key, KeyCode},
    domain::text::sanitise,
};

/// Longest text that can be written, in bytes.
pub const TEXT_MAX: usize = 32 * 1024;

/// Text and a cursor that always stands between graphemes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBuffer {
    text: String,
    /// Byte offset.
    cursor: usize,
}

/// What a key meant to the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    Changed,
    Moved,
    /// Not a key for text.
    Ignored,
}

impl TextBuffer {
    pub fn new(text: &str) -> Self {
        let text = harmless(text);
        let cursor = text.len();
        Self { text, cursor }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The text before the cursor, for whoever draws it.
    pub fn before_cursor(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Puts `text` in the place of everything from `from` (a place between characters) to the cursor.
    pub fn replace(&mut self, from: usize, text: &str) -> Typed {
        if self.before_cursor().is_char_boundary(from) {
            self.cut_before(from);
        }
        self.insert(text)
    }

    pub fn insert(&mut self, text: &str) -> Typed {
        let text = harmless(text);
        if self.text.len() + text.len() > TEXT_MAX {
            return Typed::Ignored;
        }
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
        Typed::Changed
    }

    /// One key; a newline is only typed where several lines are wanted, by the caller through [`Self::insert`].
    pub fn key(&mut self, key: Key) -> Typed {
        match key.code {
            KeyCode::Char(c) if !key.ctrl && !key.alt => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Char('u') if key.ctrl => self.cut_line_before(),
            KeyCode::Char('w') if key.ctrl => self.cut_word_before(),
            KeyCode::Backspace => self.cut_before(self.step_back()),
            KeyCode::Delete => self.cut_after(self.step_on()),
            KeyCode::Left => self.go(self.step_back()),
            KeyCode::Right => self.go(self.step_on()),
            KeyCode::Home => self.go(self.line_start()),
            KeyCode::End => self.go(self.line_end()),
            KeyCode::Up => self.go(self.line_above()),
            KeyCode::Down => self.go(self.line_below()),
            _ => Typed::Ignored,
        }
    }

    fn go(&mut self, to: usize) -> Typed {
        self.cursor = to;
        Typed::Moved
    }

    fn step_back(&self) -> usize {
        self.before_cursor().grapheme_indices(true).next_back().map_or(0, |(i, _)| i)
    }

    fn step_on(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |g| self.cursor + g.len())
    }

    fn line_start(&self) -> usize {
        self.before_cursor().rfind('\n').map_or(0, |i| i + 1)
    }

    fn line_end(&self) -> usize {
        self.text[self.cursor..].find('\n').map_or(self.text.len(), |i| self.cursor + i)
    }

    fn column(&self) -> usize {
        self.text[self.line_start()..self.cursor].graphemes(true).count()
    }

    /// The place of a column in the line that starts at `start`.
    fn at_column(&self, start: usize, column: usize) -> usize {
        let line = self.text[start..].split('\n').next().unwrap_or("");
        line.grapheme_indices(true).nth(column).map_or(start + line.len(), |(i, _)| start + i)
    }

    fn line_above(&self) -> usize {
        let start = self.line_start();
        if start == 0 {
            return self.cursor;
        }
        let above = self.text[..start - 1].rfind('\n').map_or(0, |i| i + 1);
        self.at_column(above, self.column())
    }

    fn line_below(&self) -> usize {
        let end = self.line_end();
        if end == self.text.len() { self.cursor } else { self.at_column(end + 1, self.column()) }
    }

    fn cut_before(&mut self, from: usize) -> Typed {
        self.text.replace_range(from..self.cursor, "");
        self.cursor = from;
        Typed::Changed
    }

    fn cut_after(&mut self, to: usize) -> Typed {
        self.text.replace_range(self.cursor..to, "");
        Typed::Changed
    }

    fn cut_line_before(&mut self) -> Typed {
        self.cut_before(self.line_start())
    }

    fn cut_word_before(&mut self) -> Typed {
        let words = self.before_cursor().trim_end();
        let from =
            words.rfind(char::is_whitespace).map_or(0, |i| i + words[i..].chars().next().map_or(1, char::len_utf8));
        self.cut_before(from)
    }
}

/// Pasted text is text from outside as well.
fn harmless(text: &str) -> String {
    sanitise(&text.replace("\r\n", "\n").replace('\r', "\n")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(buffer: &mut TextBuffer, codes: &[KeyCode]) {
        for code in codes {
            buffer.key(Key::new(*code));
        }
    }

    #[test]
    fn the_cursor_steps_over_whole_graphemes() {
        let mut b = TextBuffer::new("ae\u{301}火");
        keys(&mut b, &[KeyCode::Left, KeyCode::Backspace]);
        assert_eq!(b.as_str(), "a火");
    }

    #[test]
    fn up_and_down_keep_the_column() {
        let mut b = TextBuffer::new("one\nlonger\nx");
        keys(&mut b, &[KeyCode::Up, KeyCode::End, KeyCode::Up]);
        assert_eq!(b.before_cursor(), "one");
        keys(&mut b, &[KeyCode::Down, KeyCode::Char('!')]);
        assert_eq!(b.as_str(), "one\nlon!ger\nx");
    }

    #[test]
    fn a_pasted_escape_is_seen_and_not_obeyed() {
        let mut b = TextBuffer::default();
        b.insert("a\x1b[2Jb\r\nc");
        assert_eq!(b.as_str(), "a^[[2Jb\nc");
    }

    #[test]
    fn ctrl_w_cuts_a_word_and_ctrl_u_the_line() {
        let mut b = TextBuffer::new("ack it now ");
        b.key(Key::ctrl('w'));
        assert_eq!(b.as_str(), "ack it ");
        b.key(Key::ctrl('u'));
        assert_eq!(b.as_str(), "");
    }
}
