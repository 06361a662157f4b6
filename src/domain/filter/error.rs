//! What is wrong with a filter, where, and what may have been meant.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use crate::domain::text::sanitise;

/// Characters of the text shown before and behind the mistake.
const AROUND: usize = 50;

/// A mistake in the text of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where it starts, in bytes from the start of the text.
    pub at: usize,
    /// How many bytes are wrong; 0 where something is missing.
    pub len: usize,
    pub what: String,
    /// What to write instead, where that is known.
    pub hint: Option<String>,
}

impl FilterError {
    pub(super) fn new(at: usize, len: usize, what: impl Into<String>) -> Self {
        Self { at, len, what: what.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Two lines: the text (around the mistake, if it is long), and below it `^^^` with what is wrong.
    pub fn caret(&self, text: &str) -> String {
        let (shown, marks) = self.marked(text, AROUND);
        format!("{shown}\n{marks} {self}")
    }

    /// The text around the mistake on a line of at most `columns` (and no fewer than some twenty), and the marks below it.
    pub fn within(&self, text: &str, columns: usize) -> (String, String) {
        let whole = self.marked(text, text.len());
        if whole.0.width() <= columns { whole } else { self.marked(text, (columns / 3).saturating_sub(1) / 2) }
    }

    fn marked(&self, text: &str, around: usize) -> (String, String) {
        let start = text.floor_char_boundary(self.at);
        let end = text.ceil_char_boundary(self.at.saturating_add(self.len).min(text.len())).max(start);
        let before = last_chars(&text[..start], around);
        let wrong = first_chars(&text[start..end], around);
        let behind = first_chars(&text[end..], around);
        let marks = format!("{}{}", " ".repeat(before.width()), "^".repeat(wrong.width().max(1)));
        (format!("{before}{wrong}{behind}"), marks)
    }
}

fn last_chars(text: &str, most: usize) -> String {
    match text.char_indices().rev().nth(most) {
        Some((i, c)) => format!("…{}", on_one_line(&text[i + c.len_utf8()..])),
        None => on_one_line(text),
    }
}

fn first_chars(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((i, _)) => format!("{}…", on_one_line(&text[..i])),
        None => on_one_line(text),
    }
}

fn on_one_line(text: &str) -> String {
    sanitise(text).replace('\n', " ")
}

/// A piece of the filter between backticks, short and safe to show.
pub(super) fn tick(piece: &str) -> String {
    format!("`{}`", first_chars(piece, AROUND))
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_mistake_even_behind_wide_characters() {
        let text = "火=a b~c";
        let at = text.find('~').unwrap_or(0);
        assert_eq!(FilterError::new(at, 1, "no").hint("yes").caret(text), "火=a b~c\n      ^ no; yes");
    }

    #[test]
    fn a_mistake_at_the_end_or_beyond_it_still_has_a_caret() {
        assert_eq!(FilterError::new(1, 0, "short").caret("a"), "a\n ^ short");
        assert_eq!(FilterError::new(99, 9, "lost").caret("ä"), "ä\n ^ lost");
        assert_eq!(FilterError::new(1, 0, "inside").caret("ä"), "ä\n^ inside");
    }

    #[test]
    fn a_long_text_is_shown_around_the_mistake() {
        let text = format!("{}!{}", "a".repeat(400), "b".repeat(400));
        let shown = FilterError::new(400, 1, "no").caret(&text);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with('…') && lines[0].ends_with('…') && lines[0].chars().count() < 110);
        assert_eq!(lines[0].chars().position(|c| c == '!'), lines[1].chars().position(|c| c == '^'));
    }

    #[test]
    fn an_escape_in_the_text_is_shown_and_not_obeyed() {
        assert_eq!(FilterError::new(3, 1, "no").caret("a\x1b\n~"), "a^[ ~\n    ^ no");
    }
}
