//! Bytes from the terminal: keys, pastes, sizes of the focus, and answers, told apart however late they come and however a
//! slow link tears them.
//!
//! Pure: it reads no terminal and no clock. Whoever does says when nothing has followed for a while.

mod keys;
mod mouse;
mod told;
mod torn;

use crossterm::event::Event;

pub use self::told::Told;

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Event(Event),
    /// The terminal has taken in all that was written before it was asked (`CSI 0 n`).
    Answer,
    /// The terminal tells something of itself.
    Told(Told),
}

/// A string that does not end (a title, a capability) is given up here.
const LONGEST_STRING: usize = 4096;
/// A sequence of keys never is so long.
const LONGEST_SEQUENCE: usize = 64;
/// A paste that is longer is cut: no form takes it.
const LONGEST_PASTE: usize = 1 << 20;

const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Takes bytes as they come.
#[derive(Debug, Default)]
pub struct Ear {
    held: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// An Esc was told of because nothing followed it; what follows may still be its sequence.
    torn: bool,
    /// What is held begins with such an Esc: it is no key any more.
    told: bool,
    /// The terminal was asked something: what looks like an answer is one.
    asked: bool,
}

/// What stands at the beginning of what is held.
enum Piece {
    /// So many bytes, and what they say.
    Says(usize, Option<Heard>),
    PasteBegins,
    /// More must come.
    Half,
}

impl Ear {
    /// Whether the terminal was asked something lately, so that an answer may come, late and in pieces.
    pub fn expects(&mut self, answers: bool) {
        self.asked = answers;
    }

    pub fn take(&mut self, bytes: &[u8]) -> Vec<Heard> {
        if std::mem::take(&mut self.torn) && (torn::belongs(bytes, self.asked) || told::is_rest(bytes)) {
            self.held.push(0x1b);
            self.told = true;
        }
        self.held.extend_from_slice(bytes);
        self.pieces()
    }

    /// Whether an Esc, or a key with Alt, is held that could be the beginning of more.
    pub fn hesitates(&self) -> bool {
        let begins = matches!(self.held.as_slice(), [0x1b] | [0x1b, b'O' | b'P' | b']' | b'^' | b'_' | b'X']);
        self.paste.is_none() && (begins || (self.told && self.held == b"\x1b["))
    }

    /// Nothing has followed for a while: what could be the beginning of more is a key.
    pub fn nothing_follows(&mut self) -> Vec<Heard> {
        if !self.hesitates() {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        if std::mem::take(&mut self.told) {
            // Its Esc was a key already.
            return keys::plain(&held[1..]).and_then(|(_, event)| event).map(Heard::Event).into_iter().collect();
        }
        self.torn = held.len() == 1;
        keys::alone(&held).map(Heard::Event).into_iter().collect()
    }

    fn pieces(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        loop {
            if self.paste.is_some() {
                match self.pasted() {
                    Some(text) => heard.push(Heard::Event(Event::Paste(text))),
                    None => return heard,
                }
            }
            match piece(&self.held) {
                Piece::Half => return heard,
                Piece::PasteBegins => {
                    self.told = false;
                    self.held.drain(..PASTE_BEGINS.len());
                    self.paste = Some(Vec::new());
                }
                Piece::Says(length, what) => {
                    self.told = false;
                    self.held.drain(..length);
                    heard.extend(what);
                }
            }
        }
    }

    /// The text of a paste that has ended.
    fn pasted(&mut self) -> Option<String> {
        let paste = self.paste.as_mut()?;
        let end = self.held.windows(PASTE_ENDS.len()).position(|w| w == PASTE_ENDS);
        // The mark of its end may be torn.
        let taken = end.unwrap_or_else(|| self.held.len().saturating_sub(PASTE_ENDS.len() - 1));
        let room = LONGEST_PASTE.saturating_sub(paste.len());
        paste.extend(self.held.drain(..taken).take(room));
        end?;
        self.held.drain(..PASTE_ENDS.len());
        self.paste.take().map(|text| String::from_utf8_lossy(&text).into_owned())
    }
}

fn piece(held: &[u8]) -> Piece {
    match held {
        [] | [0x1b] => Piece::Half,
        [0x1b, 0x1b, ..] => Piece::Says(1, keys::alone(b"\x1b").map(Heard::Event)),
        [0x1b, b'[', ..] => sequence(held),
        [0x1b, b'O', last, ..] => Piece::Says(3, keys::ss3(*last).map(Heard::Event)),
        [0x1b, b'O'] => Piece::Half,
        [0x1b, b']' | b'P' | b'^' | b'_' | b'X', ..] => string(held),
        [0x1b, rest @ ..] => match keys::plain(rest) {
            Some((length, event)) => Piece::Says(1 + length, event.map(keys::with_alt).map(Heard::Event)),
            None => Piece::Half,
        },
        _ => match keys::plain(held) {
            Some((length, event)) => Piece::Says(length, event.map(Heard::Event)),
            None => Piece::Half,
        },
    }
}

/// `CSI`, parameters, a last letter.
fn sequence(held: &[u8]) -> Piece {
    if held.starts_with(PASTE_BEGINS) {
        return Piece::PasteBegins;
    }
    if let [_, _, b'[', rest @ ..] = held {
        // The Linux console's F1 to F5.
        return rest.first().map_or(Piece::Half, |last| Piece::Says(4, keys::console(*last).map(Heard::Event)));
    }
    let Some(length) = held[2..].iter().position(|b| !matches!(b, 0x20..=0x3f)).map(|n| n + 2) else {
        return if held.len() > LONGEST_SEQUENCE { Piece::Says(held.len(), None) } else { Piece::Half };
    };
    let (body, last) = (&held[2..length], held[length]);
    match (body, last) {
        // Broken off by another one.
        (_, 0..0x40) => Piece::Says(length, None),
        (b"0", b'n') => Piece::Says(length + 1, Some(Heard::Answer)),
        // A mouse of the old kind: three bytes follow.
        (b"", b'M') if held.len() < length + 4 => Piece::Half,
        (b"", b'M') => Piece::Says(length + 4, None),
        ([b'<', rest @ ..], b'M' | b'm') => Piece::Says(length + 1, mouse::sgr(rest, last).map(Heard::Event)),
        _ => {
            let told = told::sequence(body, last).map(Heard::Told);
            Piece::Says(length + 1, told.or_else(|| keys::csi(body, last).map(Heard::Event)))
        }
    }
}

/// An answer in a string: up to its end, or to where it is broken off.
fn string(held: &[u8]) -> Piece {
    for (i, byte) in held.iter().enumerate().skip(2) {
        match (byte, held.get(i + 1)) {
            (0x07, _) => return Piece::Says(i + 1, told::string(held[1], &held[2..i]).map(Heard::Told)),
            (0x1b, Some(b'\\')) => return Piece::Says(i + 2, told::string(held[1], &held[2..i]).map(Heard::Told)),
            (0x1b, None) => return Piece::Half,
            (0x1b, Some(_)) => return Piece::Says(i, None),
            // No string holds it: a hand on the keys.
            (0x03 | 0x1a, _) => return Piece::Says(i, None),
            _ => {}
        }
    }
    if held.len() > LONGEST_STRING { Piece::Says(held.len(), None) } else { Piece::Half }
}

#[cfg(test)]
mod tests;
