//! What is being written at the cursor: a name, the value of a name, or nothing that could be completed.
//!
//! Reads as much of a half-written filter as it can and never complains: mistakes are the parser's to tell.

use super::{
    lex::{Cursor, Keyword, bare_len, keyword},
    literal::{closing_quote, unescape, unquote},
    term::Op,
};
use crate::domain::matcher::MatchOp;

/// The piece before the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Where the piece starts, in bytes.
    pub from: usize,
    /// What of it is written, without its quotes.
    pub typed: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A label's name, a pseudo-label or a word; `or` may follow where something stands before.
    Name {
        first: bool,
    },
    Value {
        name: Name,
        kind: ValueKind,
    },
}

/// A name as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    /// Whether it is one of `@..`.
    pub pseudo: bool,
}

/// What the operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    Text,
    Regex,
    /// A number or a duration.
    Ordered,
}

/// Reads up to the cursor; nothing where the cursor stands inside a piece or behind a closed one.
pub fn spot(text: &str, cursor: usize) -> Option<Spot> {
    let behind = text.get(cursor..)?.chars().next();
    if behind.is_some_and(|c| !c.is_whitespace() && !matches!(c, ')' | '}' | ',')) {
        return None;
    }
    let mut reader = Cursor::new(&text[..cursor]);
    let mut first = true;
    loop {
        reader.skip_space();
        match reader.peek() {
            None => return Some(Spot { from: reader.at, typed: String::new(), what: What::Name { first } }),
            Some(c @ ('(' | ')' | '{' | '}' | ',')) => {
                reader.at += 1;
                first = !matches!(c, ')' | '}');
            }
            Some(_) => {
                let joins = matches!(keyword(reader.bare_word()), Some(Keyword::Or | Keyword::And));
                if let Some(end) = piece(&mut reader, first) {
                    return end;
                }
                first = joins;
            }
        }
    }
}

/// Reads one term; answers where it ends the text or cannot be read.
fn piece(reader: &mut Cursor<'_>, first: bool) -> Option<Option<Spot>> {
    let from = reader.at;
    let Ok(name) = reader.name() else { return Some(None) };
    if reader.peek().is_none() {
        let what = What::Name { first };
        return Some((!name.quoted).then_some(Spot { from, typed: name.text, what }));
    }
    let name_end = reader.at;
    reader.skip_space();
    let kind = match reader.op() {
        Err(_) => return Some(None),
        Ok(None) if reader.at == from => return Some(None),
        Ok(None) => {
            reader.at = name_end;
            return None;
        }
        Ok(Some(Op::Order(_))) => ValueKind::Ordered,
        Ok(Some(Op::Match(MatchOp::Regex | MatchOp::NotRegex))) => ValueKind::Regex,
        Ok(Some(Op::Match(_))) => ValueKind::Text,
    };
    let pseudo = !name.quoted && name.text.starts_with('@');
    value(reader).map(|end| {
        let (from, typed) = end?;
        Some(Spot { from, typed, what: What::Value { name: Name { text: name.text, pseudo }, kind } })
    })
}

/// Reads a value; answers where it ends the text.
fn value(reader: &mut Cursor<'_>) -> Option<Option<(usize, String)>> {
    let op_end = reader.at;
    reader.skip_space();
    let (from, rest) = (reader.at, reader.rest());
    if rest.is_empty() {
        // behind a space an empty value may have been meant
        return Some((from == op_end).then(|| (from, String::new())));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        return match closing_quote(rest) {
            None => Some(Some((from, unquote(inside)))),
            Some(end) if end + 1 == rest.len() => Some(None),
            Some(end) => {
                reader.at += end + 1;
                None
            }
        };
    }
    let len = bare_len(rest);
    reader.at += len;
    (len == rest.len()).then(|| Some((from, unescape(rest))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_end(text: &str) -> String {
        match spot(text, text.len()) {
            None => "-".into(),
            Some(Spot { from, typed, what: What::Name { first } }) => format!("{from} name {typed} {first}"),
            Some(Spot { from, typed, what: What::Value { name, kind } }) => {
                format!("{from} {}{} {kind:?} {typed}", if name.pseudo { "pseudo " } else { "" }, name.text)
            }
        }
    }

    #[test]
    fn the_piece_at_the_cursor_is_a_name_or_a_value() {
        for (text, is) in [
            ("", "0 name  true"),
            ("sev", "0 name sev true"),
            ("a=b @st", "4 name @st false"),
            ("(sev", "1 name sev true"),
            ("a=b or s", "7 name s true"),
            ("severity=", "9 severity Text "),
            ("a or severity!=cr", "15 severity Text cr"),
            ("{a=\"b\", @state=~fi", "16 pseudo @state Regex fi"),
            ("team=\"two wor", "5 team Text two wor"),
            ("\"size μ\"=a", "10 size μ Text a"),
            ("replicas<", "9 replicas Ordered "),
            ("a=\"b\"", "-"),
            ("a= ", "-"),
            ("\"quoted", "-"),
            ("a~", "-"),
        ] {
            assert_eq!(at_end(text), is, "{text}");
        }
        assert_eq!(spot("severity", 3), None);
        assert_eq!(spot("sev)", 3).map(|s| s.typed), Some("sev".into()));
        assert_eq!(spot("é", 1), None);
    }
}
