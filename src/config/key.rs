//! Keys and chords as people write them: `ctrl-d`, `g g`, `G`, `space`. Our own types, so that no terminal library shows.

use std::fmt;

/// A key without what is held down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// As it arrives: a capital is its own character.
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F(u8),
}

/// One press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
}

/// Keys pressed one after the other; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chord(pub Vec<Key>);

/// Names in the order they are tried; the first of each code is the one that is shown.
const NAMES: [(&str, KeyCode); 22] = [
    ("Space", KeyCode::Char(' ')),
    ("Enter", KeyCode::Enter),
    ("Return", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Escape", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("BackTab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Del", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("PgUp", KeyCode::PageUp),
    ("PageUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("PageDown", KeyCode::PageDown),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
];

impl Key {
    pub const fn new(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    pub const fn char(c: char) -> Self {
        Self::new(KeyCode::Char(c))
    }

    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: true, alt: false }
    }

    /// The key that always quits.
    pub fn is_ctrl_c(self) -> bool {
        self == Self::ctrl('c')
    }

    /// Reads one key.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut key = Self::new(KeyCode::Enter);
        let mut rest = text;
        loop {
            let (held, after) = held(rest);
            match held {
                Some("ctrl") => key.ctrl = true,
                Some("alt") => key.alt = true,
                _ => break,
            }
            rest = after;
        }
        key.code = code(rest).ok_or_else(|| no_key(text, rest))?;
        if let (true, KeyCode::Char(c)) = (key.ctrl, key.code) {
            key.code = KeyCode::Char(c.to_ascii_lowercase());
        }
        key.usable().map(|()| key)
    }

    /// Whether a terminal can tell it from others.
    fn usable(self) -> Result<(), String> {
        if !self.ctrl {
            return Ok(());
        }
        let twin = match self.code {
            KeyCode::Char('i') => "Tab",
            KeyCode::Char('m') => "Enter",
            KeyCode::Char('h') => "Backspace",
            KeyCode::Char('[') => "Esc",
            KeyCode::Char('z') => return Err("Ctrl-z suspends and cannot be bound".to_owned()),
            KeyCode::Char('l') => return Err("Ctrl-l draws the screen anew and cannot be bound".to_owned()),
            // What 0x1c to 0x1f are to a terminal.
            KeyCode::Char('a'..='z' | ' ' | '4'..='7') => return Ok(()),
            KeyCode::Char(_) | KeyCode::Enter | KeyCode::Esc | KeyCode::Tab | KeyCode::BackTab | KeyCode::Backspace => {
                return Err(format!("no terminal tells {self} from the key without Ctrl"));
            }
            _ => return Ok(()),
        };
        Err(format!("{self} is {twin} to a terminal; write {twin}"))
    }
}

/// Why a text is no key: most often somebody holds what no terminal tells of.
fn no_key(text: &str, rest: &str) -> String {
    let after = |held: &str| {
        let (head, tail) = (rest.get(..held.len())?, rest.get(held.len()..)?);
        tail.strip_prefix(['-', '+']).filter(|t| head.eq_ignore_ascii_case(held) && !t.is_empty())
    };
    if let Some(letter) = after("shift") {
        let held = text.len() - rest.len();
        return match letter.chars().next().filter(|_| letter.chars().count() == 1) {
            Some(c) if held == 0 => format!("a terminal tells Shift by the letter; write `{}`", c.to_uppercase()),
            _ => format!("no terminal tells Shift in `{text}`; leave it out"),
        };
    }
    match ["super", "cmd", "meta", "hyper", "win"].into_iter().find(|held| after(held).is_some()) {
        Some(held) => format!("`{text}` is no key: no terminal tells of {held}"),
        None => format!("`{text}` is no key"),
    }
}

/// A leading `ctrl-` or `alt-`, and what follows it.
fn held(text: &str) -> (Option<&'static str>, &str) {
    for name in ["ctrl", "alt"] {
        if let (Some(head), Some(after)) = (text.get(..name.len()), text.get(name.len()..))
            && head.eq_ignore_ascii_case(name)
            && let Some(rest) = after.strip_prefix(['-', '+'])
            && !rest.is_empty()
        {
            return (Some(name), rest);
        }
    }
    (None, text)
}

fn code(text: &str) -> Option<KeyCode> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control()).then_some(KeyCode::Char(c));
    }
    let number = text.strip_prefix(['f', 'F']).and_then(|n| n.parse::<u8>().ok());
    let function = number.filter(|n| (1..=24).contains(n)).map(KeyCode::F);
    function.or_else(|| NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, code)| *code))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.ctrl { "Ctrl-" } else { "" })?;
        f.write_str(if self.alt { "Alt-" } else { "" })?;
        let named = NAMES.iter().find(|(_, code)| *code == self.code);
        match (named, self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(n)) => write!(f, "F{n}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

impl Chord {
    /// Reads keys with spaces between them.
    ///
    /// # Errors
    /// Says what is wrong with the first wrong key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys: Vec<Key> = text.split_whitespace().map(Key::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err("an empty key; write `space` for the space bar".to_owned()) } else { Ok(Self(keys)) }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, key) in self.0.iter().enumerate() {
            write!(f, "{}{key}", if i > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_they_are_shown() {
        for text in [
            "Ctrl-d",
            "g g",
            "G",
            "?",
            "Space",
            "Enter",
            "Alt-x",
            "PgDn",
            "F5",
            "Shift-Tab",
            "Ctrl-Alt-Up",
            "-",
            "Ctrl-Space",
        ] {
            assert_eq!(Chord::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Chord::parse("CTRL-D"), Chord::parse("ctrl-d"));
        assert_eq!(Chord::parse("shift-tab"), Chord::parse("backtab"));
        assert_eq!(Chord::parse("pagedown"), Chord::parse("pgdn"));
    }

    #[test]
    fn a_key_no_terminal_can_send_is_refused_with_the_reason() {
        assert_eq!(Chord::parse("ctrl-i").unwrap_err(), "Ctrl-i is Tab to a terminal; write Tab");
        assert!(Chord::parse("ctrl-z").unwrap_err().contains("suspends"));
        assert!(Chord::parse("ctrl-l").unwrap_err().contains("anew"));
        assert_eq!(Chord::parse("ctrl-M").unwrap_err(), "Ctrl-m is Enter to a terminal; write Enter");
        assert_eq!(Chord::parse("ctrl-;").unwrap_err(), "no terminal tells Ctrl-; from the key without Ctrl");
        assert_eq!(Chord::parse("ctrl-enter").unwrap_err(), "no terminal tells Ctrl-Enter from the key without Ctrl");
        assert_eq!(
            Chord::parse("ctrl-shift-a").unwrap_err(),
            "no terminal tells Shift in `ctrl-shift-a`; leave it out"
        );
        assert_eq!(Chord::parse("shift-a").unwrap_err(), "a terminal tells Shift by the letter; write `A`");
        assert!(Chord::parse("super-a").unwrap_err().contains("no terminal tells of super"));
        for wrong in ["", "ctrl-", "hyper-x", "F99", "gg"] {
            assert!(Chord::parse(wrong).is_err(), "{wrong}");
        }
    }
}
