//! A JSON list taken apart while it arrives: each item's text is handed out once it is whole, and forgotten.
//!
//! Knows brackets and strings, and nothing of what is in them: whether an item is JSON at all, its reader says.

use memchr::memchr2;

/// Longest item, and longest gap between two, in bytes.
pub(super) const ITEM_MAX: usize = 4 * 1024 * 1024;
/// Most items of one list.
pub(super) const ITEMS_MAX: usize = 500_000;

/// Why a text is no list that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does not even begin as one.
    NoList,
    Syntax(&'static str),
    CutOff,
    LongItem,
    LongGap,
    ManyItems,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mib = ITEM_MAX >> 20;
        match self {
            Self::NoList => f.write_str("no list"),
            Self::Syntax(why) => f.write_str(why),
            Self::CutOff => f.write_str("the list ends in the middle"),
            Self::LongItem => write!(f, "an item of the list is larger than {mib} MiB"),
            Self::LongGap => write!(f, "a gap in the list is larger than {mib} MiB"),
            Self::ManyItems => write!(f, "the list has more than {ITEMS_MAX} items"),
        }
    }
}

/// Who takes the items.
pub(super) trait Takes {
    type Wrong: From<Fault>;

    /// Takes a whole item.
    ///
    /// # Errors
    /// Where the list is not worth reading on.
    fn item(&mut self, item: &[u8]) -> Result<(), Self::Wrong>;

    /// Takes the item at the start of a text where it is one that is known at sight; answers its length.
    fn at_sight(&mut self, text: &str) -> Option<usize>;
}

/// Where in the list the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    /// After the opening bracket.
    First,
    /// After a comma.
    Next,
    /// In an item.
    Item,
    /// After an item.
    Behind,
    Over,
}

/// What kind of item is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An object, a list or a string: ends with its own last byte.
    Closed,
    /// A number or a word: ends before the byte that cannot be its own.
    Bare,
}

/// Takes one list apart. Memory: the one item that is not whole yet.
pub(super) struct Splitter {
    place: Place,
    kind: Kind,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// What earlier pieces held of the item that is being read.
    part: Vec<u8>,
    gap: usize,
    items: usize,
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Before,
            kind: Kind::Closed,
            depth: 0,
            in_string: false,
            escaped: false,
            part: Vec::new(),
            gap: 0,
            items: 0,
        }
    }

    /// Takes the next piece in; `taker` receives every item that has become whole, in order.
    ///
    /// # Errors
    /// The list's own faults, and the first that the taker answers.
    pub(super) fn feed<T: Takes>(&mut self, whole: &[u8], taker: &mut T) -> Result<(), T::Wrong> {
        let text = sound(whole);
        let mut piece = whole;
        while !piece.is_empty() {
            if self.place != Place::Item {
                piece = self.between(piece)?;
                if self.place == Place::Item
                    && let Some(length) = text.get(whole.len() - piece.len()..).and_then(|t| taker.at_sight(t))
                {
                    self.place = Place::Behind;
                    piece = &piece[length..];
                }
                continue;
            }
            let Some(end) = self.end_of_item(piece) else {
                self.hold(piece)?;
                return Ok(());
            };
            let (last, rest) = piece.split_at(end);
            if self.part.is_empty() {
                taker.item(last)?;
            } else {
                self.hold(last)?;
                taker.item(&self.part)?;
                self.part.clear();
            }
            self.place = Place::Behind;
            piece = rest;
        }
        Ok(())
    }

    /// # Errors
    /// Where the list is not over.
    pub(super) fn finish(&self) -> Result<(), Fault> {
        match self.place {
            Place::Over => Ok(()),
            Place::Before => Err(Fault::NoList),
            _ => Err(Fault::CutOff),
        }
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.part.len() + bytes.len() > ITEM_MAX {
            return Err(Fault::LongItem);
        }
        self.part.extend_from_slice(bytes);
        Ok(())
    }

    /// Steps over one byte that is in no item; the first of an item is left where it is.
    fn between<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], Fault> {
        let rest = &piece[1..];
        if matches!(piece[0], b' ' | b'\n' | b'\r' | b'\t') {
            self.gap += 1;
            return if self.gap > ITEM_MAX { Err(Fault::LongGap) } else { Ok(rest) };
        }
        self.gap = 0;
        self.place = match (self.place, piece[0]) {
            (Place::Before, b'[') => Place::First,
            (Place::Before, _) => return Err(Fault::NoList),
            (Place::First | Place::Behind, b']') => Place::Over,
            (Place::Behind, b',') => Place::Next,
            (Place::Behind, _) => return Err(Fault::Syntax("two items without a comma")),
            (Place::Over, _) => return Err(Fault::Syntax("more text behind the list")),
            (_, b',' | b']' | b'}' | b':') => return Err(Fault::Syntax("an item is missing")),
            _ => {
                self.begin(piece[0])?;
                return Ok(piece);
            }
        };
        Ok(rest)
    }

    fn begin(&mut self, first: u8) -> Result<(), Fault> {
        self.items += 1;
        self.place = Place::Item;
        self.kind = if matches!(first, b'{' | b'[' | b'"') { Kind::Closed } else { Kind::Bare };
        if self.items > ITEMS_MAX { Err(Fault::ManyItems) } else { Ok(()) }
    }

    fn end_of_item(&mut self, piece: &[u8]) -> Option<usize> {
        match self.kind {
            Kind::Closed => self.end_of_closed(piece),
            Kind::Bare => piece.iter().position(|b| matches!(b, b',' | b']' | b' ' | b'\n' | b'\r' | b'\t')),
        }
    }

    fn end_of_closed(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < piece.len() {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_string {
                at += memchr2(b'"', b'\\', &piece[at..])? + 1;
                self.escaped = piece[at - 1] == b'\\';
                self.in_string = self.escaped;
            } else {
                at += piece[at..].iter().position(|b| matches!(b, b'"' | b'{' | b'}' | b'[' | b']'))? + 1;
                match piece[at - 1] {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                    _ => self.depth = self.depth.saturating_sub(1),
                }
            }
            if self.depth == 0 && !self.in_string {
                return Some(at);
            }
        }
        None
    }
}

/// The text up to the first byte that is none, or is only the beginning of a character.
fn sound(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What may be done with an item.
    struct Each<F>(F);

    impl<F: FnMut(&[u8])> Takes for Each<F> {
        type Wrong = Fault;

        fn item(&mut self, item: &[u8]) -> Result<(), Fault> {
            (self.0)(item);
            Ok(())
        }

        /// Knows `{}` at sight.
        fn at_sight(&mut self, text: &str) -> Option<usize> {
            text.starts_with("{}").then(|| {
                (self.0)(b"{}");
                2
            })
        }
    }

    /// What is read of a text that comes in pieces of this size.
    fn split(text: &[u8], size: usize) -> Result<Vec<String>, Fault> {
        let (mut splitter, mut items) = (Splitter::new(), Vec::new());
        for piece in text.chunks(size) {
            splitter.feed(piece, &mut Each(|item: &[u8]| items.push(String::from_utf8_lossy(item).into_owned())))?;
        }
        splitter.finish().map(|()| items)
    }

    #[test]
    fn wherever_the_pieces_end_the_items_are_the_same() {
        let items =
            [r#"{"a":"]}\"\\","b":[{}]}"#, r#""x,\u005d\\""#, "-1.5e3", "null", "[[],[1]]", "{}", r#"{"火":"{"}"#];
        let text = format!(" [ {} ]\n", items.join(" ,\t"));
        for size in 1..=text.len() {
            assert_eq!(split(text.as_bytes(), size).unwrap(), items, "in pieces of {size}");
        }
        assert_eq!(split(b"[]", 1), Ok(vec![]));
    }

    #[test]
    fn what_is_no_whole_list_is_never_taken_for_a_short_one() {
        for text in ["[", "[{}", "[{},", "[{\"a\":\"]", "[1", "[\"a\\\"]", "[[]"] {
            assert_eq!(split(text.as_bytes(), 2), Err(Fault::CutOff), "{text}");
        }
        for text in ["", " ", "{}", "null", "\u{feff}[]", "hello"] {
            assert_eq!(split(text.as_bytes(), 2), Err(Fault::NoList), "{text}");
        }
        for text in ["[,]", "[1,]", "[1,,2]", "[{}{}]", "[1 2]", "[] x", "[]]", "[}]"] {
            assert!(matches!(split(text.as_bytes(), 1), Err(Fault::Syntax(_))), "{text}");
        }
    }

    #[test]
    fn nothing_endless_is_kept() {
        let endless = |start: &str, more: u8| {
            let (mut splitter, block) = (Splitter::new(), vec![more; 1 << 20]);
            let mut each = Each(|_: &[u8]| ());
            let mut fed = splitter.feed(start.as_bytes(), &mut each);
            for _ in 0..8 {
                fed = fed.and_then(|()| splitter.feed(&block, &mut each));
            }
            assert!(splitter.part.len() <= ITEM_MAX);
            fed
        };
        assert_eq!(endless("[\"", b'x'), Err(Fault::LongItem));
        assert_eq!(endless("[", b'['), Err(Fault::LongItem));
        assert_eq!(endless("[", b'7'), Err(Fault::LongItem));
        assert_eq!(endless("[", b' '), Err(Fault::LongGap));
        let many = format!("[{}1]", "1,".repeat(ITEMS_MAX));
        assert_eq!(split(many.as_bytes(), 1 << 16), Err(Fault::ManyItems));
    }
}
