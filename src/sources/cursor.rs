//! JSON as machines write it, without a space, read from left to right. What is otherwise is not read at all.
//!
//! Knows no vendor, and does not say what is wrong: that is for a reader of all JSON.

use super::intern::Said;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// A place in a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    /// Steps over a byte where it is this one.
    fn meets(&mut self, byte: u8) -> bool {
        let is_it = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(is_it);
        is_it
    }

    /// An object; `each` reads the value behind every key.
    pub(super) fn object(&mut self, mut each: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.meets(b'}') {
            return Some(());
        }
        loop {
            let key = self.plain()?;
            self.eat(b':')?;
            each(self, key)?;
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A list; `each` reads every item.
    pub(super) fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.eat(b'[')?;
        if self.meets(b']') {
            return Some(Vec::new());
        }
        let mut all = Vec::with_capacity(1);
        loop {
            all.push(each(self)?);
            match self.next()? {
                b',' => {}
                b']' => return Some(all),
                _ => return None,
            }
        }
    }

    /// An object whose values are all strings.
    pub(super) fn pairs(&mut self) -> Option<Pairs<'_, 'a>> {
        self.eat(b'{')?;
        let next = if self.meets(b'}') { Next::Nothing } else { Next::Pair };
        Some(Pairs { cursor: self, next })
    }

    /// A string without escapes.
    pub(super) fn plain(&mut self) -> Option<&'a str> {
        match self.string()? {
            Said::Plain(text) => Some(text),
            Said::Escaped(_) => None,
        }
    }

    pub(super) fn string(&mut self) -> Option<Said<'a>> {
        self.eat(b'"')?;
        let bytes = self.text.as_bytes();
        let (start, mut escaped) = (self.at, false);
        loop {
            self.at += plain(bytes.get(self.at..)?);
            match self.next()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.next()?;
                }
                0..0x20 => return None,
                _ => {}
            }
        }
        Some(match escaped {
            false => Said::Plain(self.text.get(start..self.at - 1)?),
            true => Said::Escaped(self.text.get(start - 1..self.at)?),
        })
    }
}

/// How many bytes there are before the first that may end a string or is not of ASCII; eight at a time.
fn plain(bytes: &[u8]) -> usize {
    let mut words = bytes.chunks_exact(8);
    let mut before = 0;
    for word in &mut words {
        let word = word.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        // The lowest byte that is marked is a true one; those above it may be marked by what was borrowed from them.
        let zeros = |word: u64| word.wrapping_sub(LOW) & !word;
        let is = |byte: u8| zeros(word ^ (LOW * u64::from(byte)));
        let control = word.wrapping_sub(LOW * 0x20) & !word;
        let marked = (is(b'"') | is(b'\\') | control | word) & HIGH;
        if marked != 0 {
            return before + marked.trailing_zeros() as usize / 8;
        }
        before += 8;
    }
    let ends = |b: &u8| matches!(b, b'"' | b'\\' | 0..0x20 | 0x80..);
    before + words.remainder().iter().position(ends).unwrap_or(words.remainder().len())
}

/// The pairs of an object, as far as they can be read.
pub(super) struct Pairs<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    next: Next,
}

#[derive(PartialEq)]
enum Next {
    Pair,
    Nothing,
    /// What stands there is no pair of strings.
    Unknown,
}

impl<'a> Pairs<'_, 'a> {
    /// Whether all of the object was read.
    pub(super) fn is_over(&self) -> bool {
        self.next == Next::Nothing
    }

    fn pair(&mut self) -> Option<(Said<'a>, Said<'a>)> {
        let name = self.cursor.string()?;
        self.cursor.eat(b':')?;
        let value = self.cursor.string()?;
        self.next = match self.cursor.next()? {
            b',' => Next::Pair,
            b'}' => Next::Nothing,
            _ => return None,
        };
        Some((name, value))
    }
}

impl<'a> Iterator for Pairs<'_, 'a> {
    type Item = (Said<'a>, Said<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next != Next::Pair {
            return None;
        }
        self.next = Next::Unknown;
        self.pair()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_string_ends_where_its_quote_is(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            let mut cursor = Cursor::new(&json);
            match cursor.string() {
                Some(Said::Plain(read)) => prop_assert_eq!(read, &text),
                Some(Said::Escaped(read)) => prop_assert_eq!(read, &json),
                None => prop_assert!(false, "{}", json),
            }
            prop_assert_eq!(cursor.at(), json.len());
        }

        #[test]
        fn eight_bytes_at_a_time_are_one_byte_at_a_time(bytes: Vec<u8>) {
            let ends = |b: &u8| matches!(b, b'"' | b'\\' | 0..0x20 | 0x80..);
            prop_assert_eq!(plain(&bytes), bytes.iter().position(ends).unwrap_or(bytes.len()));
        }
    }
}
