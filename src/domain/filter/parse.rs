//! The grammar: `any := all ("or" all)*`, `all := item (["and" | ","] item)*`, `item := (any) | {any} | term`.

use super::{
    DEPTH_MAX, Node, TEXT_MAX,
    error::FilterError,
    lex::{Cursor, Keyword, keyword},
    term::Term,
};

pub(super) fn parse(text: &str) -> Result<Node, FilterError> {
    if text.len() > TEXT_MAX {
        let what = format!("a filter has at most {TEXT_MAX} bytes, this one has {}", text.len());
        return Err(FilterError::new(TEXT_MAX, text.len() - TEXT_MAX, what));
    }
    let mut parser = Parser { cursor: Cursor::new(text), depth: 0, limit: None };
    let node = parser.any()?.unwrap_or(Node::All(Vec::new()));
    match parser.cursor.peek() {
        None => parser.limited(node),
        Some(c) => Err(parser.wrong(1, format!("`{c}` closes nothing"))),
    }
}

struct Parser<'t> {
    cursor: Cursor<'t>,
    depth: usize,
    /// Where `@limit` stands.
    limit: Option<(usize, usize)>,
}

/// What stands between two items.
struct Joint {
    at: usize,
    word: &'static str,
}

impl Parser<'_> {
    fn wrong(&self, len: usize, what: impl Into<String>) -> FilterError {
        FilterError::new(self.cursor.at, len, what)
    }

    /// A limit is for the whole answer: it cannot hold of one side of an `or` alone.
    fn limited(&self, node: Node) -> Result<Node, FilterError> {
        match (self.limit, &node) {
            (Some((at, len)), Node::Any(_)) => Err(misplaced(at, len)),
            _ => Ok(node),
        }
    }

    fn keyword(&self) -> Option<Keyword> {
        keyword(self.cursor.bare_word())
    }

    /// None where nothing stands before the end or a closing bracket.
    fn any(&mut self) -> Result<Option<Node>, FilterError> {
        let Some(first) = self.all()? else {
            return if self.keyword() == Some(Keyword::Or) { Err(lonely(&self.or())) } else { Ok(None) };
        };
        let mut sides = vec![first];
        while self.keyword() == Some(Keyword::Or) {
            let or = self.or();
            self.cursor.at += or.word.len();
            sides.push(self.all()?.ok_or_else(|| lonely(&or))?);
        }
        Ok(Some(Node::any(sides)))
    }

    fn or(&self) -> Joint {
        Joint { at: self.cursor.at, word: "or" }
    }

    fn all(&mut self) -> Result<Option<Node>, FilterError> {
        let mut items = Vec::new();
        let mut joint: Option<Joint> = None;
        loop {
            self.cursor.skip_space();
            if self.at_end() {
                break;
            }
            if let Some(next) = self.joint() {
                if items.is_empty() || joint.is_some() {
                    return Err(lonely(&next));
                }
                joint = Some(next);
                continue;
            }
            joint = None;
            items.push(self.item()?);
        }
        match joint {
            // one comma may trail, as in Alertmanager
            Some(joint) if joint.word != "," => Err(lonely(&joint)),
            _ if items.is_empty() => Ok(None),
            _ => Ok(Some(Node::all(items))),
        }
    }

    fn at_end(&self) -> bool {
        matches!(self.cursor.peek(), None | Some(')' | '}')) || self.keyword() == Some(Keyword::Or)
    }

    fn joint(&mut self) -> Option<Joint> {
        let word = match (self.cursor.peek(), self.keyword()) {
            (Some(','), _) => ",",
            (_, Some(Keyword::And)) => "and",
            _ => return None,
        };
        let joint = Joint { at: self.cursor.at, word };
        self.cursor.at += word.len();
        Some(joint)
    }

    fn item(&mut self) -> Result<Node, FilterError> {
        match self.cursor.peek() {
            Some('(') => self.group('(', ')'),
            Some('{') => self.group('{', '}'),
            _ => self.term().map(Node::Is),
        }
    }

    fn group(&mut self, open: char, close: char) -> Result<Node, FilterError> {
        if self.depth == DEPTH_MAX {
            return Err(self.wrong(1, format!("more than {DEPTH_MAX} brackets inside each other")));
        }
        let at = self.cursor.at;
        self.depth += 1;
        self.cursor.at += 1;
        let inside = self.any()?;
        match self.cursor.peek() {
            Some(c) if c == close => self.cursor.at += 1,
            Some(c) => return Err(self.wrong(1, format!("`{c}` where `{close}` is due"))),
            None => return Err(FilterError::new(at, 1, format!("this `{open}` is never closed"))),
        }
        self.depth -= 1;
        match inside {
            // Alertmanager's spelling of every alert
            None if open == '{' => Ok(Node::All(Vec::new())),
            None => Err(FilterError::new(at, self.cursor.at - at, "nothing stands between these parentheses")),
            Some(node) => Ok(node),
        }
    }

    fn term(&mut self) -> Result<Term, FilterError> {
        if self.keyword() == Some(Keyword::Not) {
            return Err(self.wrong(3, "there is no `not`").hint("write != or !~, or quote the word to search for it"));
        }
        let name = self.cursor.name()?;
        let name_end = self.cursor.at;
        self.cursor.skip_space();
        match self.cursor.op()? {
            Some(op) => {
                let term = Term::compared(&name, op, &self.cursor.value(&name)?)?;
                if matches!(term, Term::Limit(_)) {
                    self.limit = Some((name.at, name.len));
                }
                if self.depth > 0 && self.limit.is_some() { Err(misplaced(name.at, name.len)) } else { Ok(term) }
            }
            None => {
                self.cursor.at = name_end;
                Term::word(&name)
            }
        }
    }
}

pub(super) fn misplaced(at: usize, len: usize) -> FilterError {
    FilterError::new(at, len, "`@limit` is for the whole filter").hint("put it outside of `or` and of brackets")
}

fn lonely(joint: &Joint) -> FilterError {
    let what = format!("`{}` needs something on both sides", joint.word);
    let error = FilterError::new(joint.at, joint.word.len(), what);
    if joint.word == "," { error } else { error.hint("quote it to search for the word") }
}
