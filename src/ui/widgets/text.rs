//! Text in cells: clipping, wrapping, columns. Widths are terminal columns, never bytes.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `max` columns, its end given away where it is longer.
pub fn clip(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max || width(text) <= max {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", head(text, max.saturating_sub(1))))
}

/// The text in at most `max` columns, its middle given away: both ends of an instance name matter.
pub fn clip_middle(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max || width(text) <= max || max < 5 {
        return clip(text, max);
    }
    let tail_width = (max - 1) / 2;
    let mut tail: Vec<&str> = Vec::new();
    let mut used = 0;
    for g in text.graphemes(true).rev() {
        if used + width(g) > tail_width {
            break;
        }
        used += width(g);
        tail.push(g);
    }
    tail.reverse();
    Cow::Owned(format!("{}…{}", head(text, max - 1 - used), tail.concat()))
}

/// The longest prefix of whole graphemes in `max` columns.
pub(super) fn head(text: &str, max: usize) -> &str {
    let mut used = 0;
    for (i, g) in text.grapheme_indices(true) {
        used += width(g);
        if used > max {
            return &text[..i];
        }
    }
    text
}

/// The longest suffix of whole graphemes in `max` columns.
pub fn tail(text: &str, max: usize) -> &str {
    let mut used = 0;
    for (i, g) in text.grapheme_indices(true).rev() {
        used += width(g);
        if used > max {
            return &text[i + g.len()..];
        }
    }
    text
}

/// Wraps at spaces, and inside a word where it is longer than a line; keeps line breaks.
pub fn wrap(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        wrap_paragraph(paragraph, max, &mut lines);
    }
    lines
}

fn wrap_paragraph(text: &str, max: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let w = width(word);
        let w = if used + w > max { width(word.trim_end()) } else { w };
        if used + w > max && used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if w <= max {
            line.push_str(if width(word) <= max.saturating_sub(used) { word } else { word.trim_end() });
            used = width(&line);
            continue;
        }
        for g in word.graphemes(true) {
            let gw = width(g);
            if used + gw > max && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(g);
            used += gw;
        }
    }
    lines.push(line);
}

/// A pen on one row: writes from left to right, clips at the end of its area, never beyond.
pub struct Pen<'a> {
    buf: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// A pen at the start of the `row`th line of the area; one that lies outside writes nothing.
    pub fn new(buf: &'a mut Buffer, area: Rect, row: u16) -> Self {
        let area = area.intersection(buf.area);
        let inside = row < area.height;
        Self {
            buf,
            x: area.x,
            y: area.y + if inside { row } else { 0 },
            end: if inside { area.x + area.width } else { area.x },
        }
    }

    pub fn left(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    pub fn x(&self) -> u16 {
        self.x
    }

    pub fn put(&mut self, text: &str, style: Style) -> &mut Self {
        let left = self.left();
        if left > 0 {
            let clipped = clip(text, left);
            let (x, _) = self.buf.set_stringn(self.x, self.y, clipped.as_ref(), left, style);
            self.x = x.min(self.end);
        }
        self
    }

    /// A column of fixed width, clipped and padded.
    pub fn column(&mut self, text: &str, columns: usize, style: Style) -> &mut Self {
        let from = self.x;
        let columns = columns.min(self.left());
        let clipped = clip(text, columns);
        self.put(&clipped, style);
        self.x = (from + u16::try_from(columns).unwrap_or(u16::MAX)).min(self.end);
        self
    }

    /// A column whose text stands at its right end.
    pub fn column_right(&mut self, text: &str, columns: usize, style: Style) -> &mut Self {
        let clipped = clip(text, columns);
        let pad = columns.saturating_sub(width(&clipped));
        self.skip(pad).column(&clipped, columns - pad, style)
    }

    pub fn skip(&mut self, columns: usize) -> &mut Self {
        self.x = (self.x.saturating_add(u16::try_from(columns).unwrap_or(u16::MAX))).min(self.end);
        self
    }

    /// Writes at the right end of the row, if that leaves what was written alone.
    pub fn right(&mut self, text: &str, style: Style) -> &mut Self {
        let w = width(text);
        if w < self.left() {
            let x = self.end - u16::try_from(w).unwrap_or(0);
            self.buf.set_stringn(x, self.y, text, w, style);
            self.end = x;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn clipping_counts_columns_and_keeps_graphemes() {
        assert_eq!(clip("火火火", 5), "火火…");
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip_middle("checkout-7d9f-eu-west-1:9100", 12), "checko…:9100");
        assert_eq!((tail("abcdef", 3), tail("a火火", 3), tail("ab", 3)), ("def", "火", "ab"));
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    proptest! {
        #[test]
        fn nothing_is_ever_wider_than_it_may_be(text in "\\PC{0,80}", max in 0_usize..40) {
            prop_assert!(width(&clip(&text, max)) <= max.max(1));
            prop_assert!(width(&clip_middle(&text, max)) <= max.max(1));
            for line in wrap(&text, max.max(2)) {
                prop_assert!(width(&line) <= max.max(2) || line.graphemes(true).count() == 1);
            }
        }
    }
}
