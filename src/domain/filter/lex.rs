//! From characters to names, operators and values, each with its place. Knows no meaning.

use super::{
    error::{FilterError, tick},
    literal::{closing_quote, unescape, unquote},
    term::{Op, Order},
};
use crate::domain::matcher::{MatchOp, is_classic};

/// Longest first, so that `=~` is not read as `=` and `~`.
const OPS: [(&str, Op); 8] = [
    ("=~", Op::Match(MatchOp::Regex)),
    ("!=", Op::Match(MatchOp::NotEqual)),
    ("!~", Op::Match(MatchOp::NotRegex)),
    ("<=", Op::Order(Order::AtMost)),
    (">=", Op::Order(Order::AtLeast)),
    ("<", Op::Order(Order::Less)),
    (">", Op::Order(Order::More)),
    ("=", Op::Match(MatchOp::Equal)),
];

/// A piece of text, what it stands for and where it was.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub text: String,
    pub quoted: bool,
    pub at: usize,
    pub len: usize,
}

impl Piece {
    pub(super) fn wrong(&self, what: impl Into<String>) -> FilterError {
        FilterError::new(self.at, self.len, what)
    }
}

#[derive(Clone)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    pub at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// A name or a word: quoted, or bare up to a space or a character that means something here.
    pub(super) fn name(&mut self) -> Result<Piece, FilterError> {
        if self.peek() == Some('"') {
            return self.quoted();
        }
        let rest = self.rest();
        let len = rest.find(|c: char| c.is_whitespace() || "{}(),\"!=~<>".contains(c)).unwrap_or(rest.len());
        Ok(self.take(len))
    }

    fn take(&mut self, len: usize) -> Piece {
        let piece = Piece { text: self.rest()[..len].to_owned(), quoted: false, at: self.at, len };
        self.at += len;
        piece
    }

    /// The bare word here, if it is one, without moving.
    pub(super) fn bare_word(&self) -> &'t str {
        let rest = self.rest();
        let len = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let next = rest[len..].trim_start().chars().next();
        let ends = rest[len..].chars().next().is_none_or(|c| c.is_whitespace() || "{}(),\"".contains(c));
        // `or="x"` is a label of that name
        if ends && !next.is_some_and(is_op_start) { &rest[..len] } else { "" }
    }

    pub(super) fn op(&mut self) -> Result<Option<Op>, FilterError> {
        let rest = self.rest();
        if let Some((wrong, right)) =
            [("==", "="), ("=>", ">="), ("=<", "<=")].iter().find(|(w, _)| rest.starts_with(w))
        {
            let what = format!("`{wrong}` is no operator");
            let hint = format!("write `{right}`, or quote the value if it starts with `{}`", &wrong[1..]);
            return Err(FilterError::new(self.at, 2, what).hint(hint));
        }
        if let Some((text, op)) = OPS.iter().find(|(text, _)| rest.starts_with(text)) {
            self.at += text.len();
            return Ok(Some(*op));
        }
        match self.peek() {
            Some(c @ ('!' | '~')) => Err(FilterError::new(self.at, 1, format!("`{c}` alone is no operator"))
                .hint("there are = != =~ !~ < <= > >=; quote a text that holds such a character")),
            _ => Ok(None),
        }
    }

    /// What follows an operator and this name: quoted, or bare up to a space, a comma or a bracket that closes what was open before.
    ///
    /// Alertmanager reads `foo="\t"` as a backslash and a `t`, since its classic parser can, and `"foo"="\t"` as a tab.
    pub(super) fn value(&mut self, name: &Piece) -> Result<Piece, FilterError> {
        let op_end = self.at;
        self.skip_space();
        if self.peek() == Some('"') {
            let mut piece = self.quoted()?;
            if !name.quoted && is_classic(&name.text) {
                piece.text = unescape(&self.text[piece.at + 1..piece.at + piece.len - 1]);
            }
            return Ok(piece);
        }
        if self.at > op_end && matches!(keyword(self.bare_word()), Some(Keyword::Or | Keyword::And)) {
            self.at = op_end;
            return Ok(self.take(0));
        }
        let mut piece = self.take(bare_len(self.rest()));
        if piece.at > op_end && piece.text.contains(is_op_start) {
            let hint = "write \"\" for an empty value, or quote this one";
            return Err(piece.wrong(format!("{} may be a value or a matcher", tick(&piece.text))).hint(hint));
        }
        if piece.text.contains('"') {
            return Err(piece.wrong("a quotation mark inside a bare value").hint("quote the whole value"));
        }
        piece.text = unescape(&piece.text);
        Ok(piece)
    }

    fn quoted(&mut self) -> Result<Piece, FilterError> {
        let rest = self.rest();
        let Some(end) = closing_quote(rest) else {
            return Err(FilterError::new(self.at, rest.len(), "this quotation mark is never closed"));
        };
        let text = unquote(&rest[1..end]);
        let piece = Piece { text, quoted: true, at: self.at, len: end + 1 };
        self.at += end + 1;
        match self.peek() {
            Some(c) if !(c.is_whitespace() || ",(){}".contains(c) || is_op_start(c)) => {
                Err(FilterError::new(self.at, c.len_utf8(), "text right behind a closing quotation mark")
                    .hint("put a space between, or \\\" for a mark inside the text"))
            }
            _ => Ok(piece),
        }
    }
}

fn is_op_start(c: char) -> bool {
    matches!(c, '=' | '!' | '~' | '<' | '>')
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Or,
    And,
    Not,
}

pub(super) fn keyword(word: &str) -> Option<Keyword> {
    match word {
        "or" | "OR" => Some(Keyword::Or),
        "and" | "AND" => Some(Keyword::And),
        "not" | "NOT" => Some(Keyword::Not),
        _ => None,
    }
}

/// Brackets opened inside a bare value belong to it: `(a|b)`, `a{2,3}`, `[)]`.
pub(super) fn bare_len(text: &str) -> usize {
    let mut open: Vec<char> = Vec::new();
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        if c.is_whitespace() || (open.is_empty() && !escaped && matches!(c, ',' | ')' | '}')) {
            return i;
        }
        if escaped || c == '\\' {
            escaped = !escaped;
            continue;
        }
        track(&mut open, c);
    }
    text.len()
}

fn track(open: &mut Vec<char>, c: char) {
    if open.last() == Some(&c) {
        open.pop();
        return;
    }
    if open.last() == Some(&']') {
        return;
    }
    match c {
        '(' => open.push(')'),
        '{' => open.push('}'),
        '[' => open.push(']'),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_value_keeps_the_brackets_it_opened() {
        for (text, value) in [
            ("(a|b).* x", "(a|b).*"),
            ("a{2,3},b=c", "a{2,3}"),
            ("a)", "a"),
            ("a}", "a"),
            ("[)]) b", "[)]"),
            (r"a\,b,c", r"a\,b"),
        ] {
            assert_eq!(&text[..bare_len(text)], value, "{text}");
        }
    }
}
