//! Filters on a command line, where the shell has split the text and taken the quotes; amtool's habits hold.

use super::{
    Node, TEXT_MAX,
    error::FilterError,
    lex::{Cursor, Keyword, Piece, keyword},
    literal::unescape,
    parse,
    term::Term,
};
use crate::domain::matcher::Matcher;

pub(super) fn parse<S: AsRef<str>>(words: &[S]) -> Result<Node, FilterError> {
    let mut sides: Vec<Node> = Vec::new();
    let mut items: Vec<Node> = Vec::new();
    let mut last_or: Option<(usize, usize)> = None;
    let mut at = 0;
    for word in words {
        let word = word.as_ref();
        if at + word.len() > TEXT_MAX {
            return Err(FilterError::new(at, word.len(), format!("a filter has at most {TEXT_MAX} bytes")));
        }
        if keyword(word) == Some(Keyword::Or) {
            if items.is_empty() {
                return Err(lonely(at, word.len()));
            }
            sides.push(Node::all(std::mem::take(&mut items)));
            last_or = Some((at, word.len()));
        } else {
            items.push(argument(word, items.is_empty()).map_err(|e| FilterError { at: e.at + at, ..e })?);
        }
        at += word.len() + 1;
    }
    let limited = |side: &Node| side.limit().is_some();
    match last_or {
        Some((at, len)) if items.is_empty() => Err(lonely(at, len)),
        Some(_) if sides.iter().any(limited) || items.iter().any(limited) => Err(parse::misplaced(0, at - 1)),
        _ => {
            sides.push(Node::all(items));
            Ok(Node::any(sides))
        }
    }
}

fn lonely(at: usize, len: usize) -> FilterError {
    FilterError::new(at, len, "`or` needs something on both sides").hint("write alertname=or for an alert of that name")
}

fn argument(text: &str, first: bool) -> Result<Node, FilterError> {
    if text.trim().is_empty() {
        return Err(
            FilterError::new(0, text.len(), "an empty word says nothing").hint("leave it out to mean every alert")
        );
    }
    if let Some(term) = one_matcher(text) {
        return term.map(Node::Is);
    }
    if first && !text.contains(['=', '<', '>', '~']) && !text.trim_start().starts_with(['@', '(', '{', '"']) {
        return Ok(alertname(text.trim()));
    }
    match parse::parse(text)? {
        Node::Is(Term::Word(word)) if first => Ok(alertname(&word.text)),
        node => Ok(node),
    }
}

fn alertname(name: &str) -> Node {
    Node::Is(Term::Label(Matcher::equal("alertname", name)))
}

/// `summary=disk full`: one operator, then a value with spaces in it that the shell has stripped of its quotes.
fn one_matcher(text: &str) -> Option<Result<Term, FilterError>> {
    let mut cursor = Cursor::new(text);
    cursor.skip_space();
    let name = cursor.name().ok().filter(|n| !n.text.is_empty())?;
    cursor.skip_space();
    let op = cursor.op().ok()??;
    cursor.skip_space();
    let value = cursor.rest().trim_end();
    let joined =
        value.contains(['=', '<', '>', '~', '"', ',']) || value.split_whitespace().any(|w| keyword(w).is_some());
    if joined || !value.contains(char::is_whitespace) {
        return None;
    }
    let piece = Piece { text: unescape(value), quoted: false, at: cursor.at, len: value.len() };
    Some(Term::compared(&name, op, &piece))
}
