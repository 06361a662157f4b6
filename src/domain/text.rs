//! Text from outside, made harmless once, at the wall.
//!
//! Refuses to know where the text came from or where it will be drawn.
//! What is shown never holds a control character, a bidi control, an invisible character or a pile of combining marks;
//! what is compared and sent back to a server is the text as it came.

use std::{
    borrow::{Borrow, Cow},
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use arcstr::ArcStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Longest text that is ever laid out, in bytes; a 5 MB line costs a second a frame.
pub const SHOWN_MAX: usize = 16 * 1024;
/// Longest text that is kept at all, in bytes.
pub const RAW_MAX: usize = 64 * 1024;
/// Combining marks kept on one base character.
const MARKS_MAX: usize = 4;

/// Where the raw half of a text that has two begins: behind a mark and its length.
const HEAD: usize = 1 + 5;

/// A text from outside with a harmless face: one thin pointer, shared by its clones.
///
/// `shown` is what a widget may draw; `raw` is what matchers compare and what goes back to the server.
/// Equality, order and hash are those of `raw`.
#[derive(Clone, Default)]
pub struct SafeText(
    /// `raw` where it is harmless as it is. Else a NUL, the length of `raw` in five hexadecimal digits, `raw`, `shown`:
    /// a text that begins with a NUL is never harmless, so that the two forms cannot be mistaken for each other, and
    /// equal raw texts are equal in either.
    ArcStr,
);

impl SafeText {
    /// The only door: sanitises and caps.
    pub fn new(text: &str) -> Self {
        let raw = cut(text, RAW_MAX);
        match sanitise(raw) {
            Cow::Borrowed(_) => Self(raw.into()),
            Cow::Owned(shown) => Self(format!("\0{:05x}{raw}{shown}", raw.len()).into()),
        }
    }

    /// What may be drawn: may hold `\n`, and no other control character.
    #[inline]
    pub fn shown(&self) -> &str {
        self.halves().map_or(self.0.as_str(), |(_, shown)| shown)
    }

    /// The text as it came (capped at [`RAW_MAX`]); never for a terminal.
    #[inline]
    pub fn raw(&self) -> &str {
        self.halves().map_or(self.0.as_str(), |(raw, _)| raw)
    }

    /// `raw` and `shown` where they differ.
    #[inline]
    fn halves(&self) -> Option<(&str, &str)> {
        if self.0.as_bytes().first() == Some(&0) { self.apart() } else { None }
    }

    #[cold]
    fn apart(&self) -> Option<(&str, &str)> {
        let text = self.0.as_str();
        let length = usize::from_str_radix(text.get(1..HEAD)?, 16).ok()?;
        text.get(HEAD..)?.split_at_checked(length)
    }

    /// Where the text lies: the same for its clones, and for no other text while it lives. Looks at none of it.
    pub fn place(&self) -> usize {
        self.0.as_str().as_ptr().addr()
    }

    /// Whether nobody else holds this text.
    pub fn is_alone(&self) -> bool {
        ArcStr::strong_count(&self.0) == Some(1)
    }

    /// `shown` on one line.
    pub fn line(&self) -> Cow<'_, str> {
        let shown = self.shown();
        if shown.contains('\n') { Cow::Owned(shown.replace('\n', " ⏎ ")) } else { Cow::Borrowed(shown) }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The largest prefix of at most `max` bytes that ends between characters.
fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Makes a text harmless; borrows where nothing had to change.
pub fn sanitise(text: &str) -> Cow<'_, str> {
    if text.len() <= SHOWN_MAX && is_plain(text, b'\n') {
        return Cow::Borrowed(text);
    }
    let head = cut(text, SHOWN_MAX);
    let mut out = String::with_capacity(head.len() + 16);
    let mut marks = 0;
    for c in head.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks <= MARKS_MAX {
            push_safe(&mut out, c);
        }
    }
    if head.len() < text.len() {
        out.push_str(&format!("… (+{} bytes)", text.len() - head.len()));
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

/// Whether all of it is printable ASCII or this byte: what most texts are. Looks at many bytes at a time.
fn is_plain(text: &str, or: u8) -> bool {
    let plain = |b: &u8| b.wrapping_sub(0x20) < 0x5f || *b == or;
    text.as_bytes().chunks(32).all(|some| some.iter().fold(true, |all, b| all & plain(b)))
}

/// Whether it is printable ASCII, each byte of which a terminal shows in one column.
pub fn is_ascii_line(text: &str) -> bool {
    is_plain(text, b' ')
}

fn push_safe(out: &mut String, c: char) {
    match c {
        '\n' => out.push('\n'),
        '\t' => out.push_str("    "),
        '\u{0}'..='\u{1f}' => {
            out.push('^');
            out.push(char::from(c as u8 + 0x40));
        }
        '\u{7f}' => out.push_str("^?"),
        // A variation selector changes a width terminals disagree on; the base character alone is honest.
        '\u{fe00}'..='\u{fe0f}' => {}
        // So do a skin tone and a keycap's frame: what they change is not worth a torn screen.
        '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}' => {}
        // Half a flag is a letter, and some terminals draw two letters where others draw a flag.
        '\u{1f1e6}'..='\u{1f1ff}' => out.push(flag_letter(c)),
        c if is_hidden(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
        c => out.push(c),
    }
}

fn flag_letter(half: char) -> char {
    char::from_u32(half as u32 - 0x1f1e6 + u32::from('A')).unwrap_or('?')
}

/// C1 controls, bidi controls, zero-width, tags, fillers: nothing a reader could see.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.shown())
    }
}

impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.shown(), f)
    }
}

impl PartialEq for SafeText {
    fn eq(&self, other: &Self) -> bool {
        // The one form is a function of the raw text; clones are equal at a glance.
        self.0 == other.0
    }
}

impl Eq for SafeText {}

impl PartialOrd for SafeText {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SafeText {
    fn cmp(&self, other: &Self) -> Ordering {
        if ArcStr::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.raw().cmp(other.raw()) }
    }
}

impl Hash for SafeText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw().hash(state);
    }
}

/// By `raw`, as equality, order and hash are.
impl Borrow<str> for SafeText {
    fn borrow(&self) -> &str {
        self.raw()
    }
}

impl From<&str> for SafeText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for SafeText {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl PartialEq<str> for SafeText {
    fn eq(&self, other: &str) -> bool {
        self.raw() == other
    }
}

impl PartialEq<&str> for SafeText {
    fn eq(&self, other: &&str) -> bool {
        self.raw() == *other
    }
}

impl Serialize for SafeText {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.raw())
    }
}

impl<'de> Deserialize<'de> for SafeText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = SafeText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SafeText, E> {
                Ok(SafeText::new(text))
            }
        }
        d.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_is_seen_and_not_obeyed() {
        let t = SafeText::new("a\x1b[31mb\u{9b}c\r\x08\x7f");
        assert_eq!(t.shown(), "a^[[31mb<U+009B>c^M^H^?");
        assert_eq!(t.raw(), "a\x1b[31mb\u{9b}c\r\x08\x7f");
    }

    #[test]
    fn bidi_and_invisible_characters_are_named() {
        assert_eq!(SafeText::new("pay\u{202e}ment\u{200b}").shown(), "pay<U+202E>ment<U+200B>");
        assert_eq!(SafeText::new("x\u{e0041}").shown(), "x<U+E0041>");
    }

    #[test]
    fn what_terminals_measure_differently_is_shown_plainly() {
        assert_eq!(SafeText::new("\u{1f1e9}\u{1f1ea} 1\u{fe0f}\u{20e3} \u{1f44d}\u{1f3fd}").shown(), "DE 1 \u{1f44d}");
    }

    #[test]
    fn a_pile_of_marks_is_four_marks() {
        let t = SafeText::new(&format!("e{}", "\u{301}".repeat(100)));
        assert_eq!(t.shown().chars().count(), 5);
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let t = SafeText::new(&"火".repeat(20_000));
        assert!(t.shown().len() < SHOWN_MAX + 40);
        assert!(t.shown().ends_with("bytes)"));
    }

    #[test]
    fn plain_text_costs_nothing_more() {
        for text in ["checkout is slow", "Größe 火", ""] {
            let text = SafeText::new(text);
            assert!(std::ptr::eq(text.raw(), text.shown()), "{text}");
        }
        assert_eq!(size_of::<SafeText>(), size_of::<usize>());
    }

    #[test]
    fn no_text_can_pass_for_the_two_halves_of_another() {
        let two = SafeText::new("a\x1bb");
        let forged = SafeText::new("\x0000003a\x1bba^[b");
        assert_eq!((two.raw(), two.shown()), ("a\x1bb", "a^[b"));
        assert_eq!(forged.raw(), "\x0000003a\x1bba^[b");
        assert!(two != forged && forged.shown().starts_with("^@00003"));
        assert_eq!(SafeText::new("\0").raw(), "\0");
    }

    #[test]
    fn a_text_is_found_by_what_it_was_before_it_was_made_harmless() {
        let known: std::collections::HashSet<SafeText> = ["a", "b\x1b"].map(SafeText::new).into();
        assert!(known.contains("a") && known.contains("b\x1b") && !known.contains("b^["));
        assert!(SafeText::new("a\x1b") < SafeText::new("ab"), "order is that of the raw text");
    }
}
