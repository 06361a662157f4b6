//! TOML as a tree in which every key and value knows its line and column, in the order of the file.
//!
//! Knows TOML, not what the keys mean.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::fault::At;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// Numbers and dates keep their spelling, to be named in an error or an answer as they were written.
    Integer(String),
    Float(String),
    Date(String),
    Bool(bool),
    List(Vec<Node>),
    Table(Table),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Table(pub(super) Vec<Entry>);

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) at: At,
    pub(super) node: Node,
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|e| e.key == key)
    }

    pub(super) fn at_path(&self, path: &[&str]) -> Option<&Node> {
        let (first, rest) = path.split_first()?;
        let node = &self.get(first)?.node;
        if rest.is_empty() { Some(node) } else { node.table()?.at_path(rest) }
    }
}

impl Node {
    /// As an error names it.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Date(_) => "a date",
            Value::Bool(_) => "a boolean",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(super) fn bool(&self) -> Option<bool> {
        if let Value::Bool(b) = self.value { Some(b) } else { None }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        if let Value::Integer(text) = &self.value { text.parse().ok() } else { None }
    }

    /// A number in [0, 1].
    pub(super) fn share(&self) -> Option<f64> {
        let (Value::Integer(text) | Value::Float(text)) = &self.value else { return None };
        text.parse().ok().filter(|share| (0.0..=1.0).contains(share))
    }

    /// A number above 0.
    pub(super) fn amount(&self) -> Option<f64> {
        let (Value::Integer(text) | Value::Float(text)) = &self.value else { return None };
        text.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0)
    }

    pub(super) fn table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    pub(super) fn list(&self) -> Option<&[Node]> {
        if let Value::List(list) = &self.value { Some(list) } else { None }
    }

    /// The strings of a list, or the one string that stands for it.
    pub(super) fn texts(&self) -> Vec<(At, &str)> {
        let one = std::slice::from_ref(self);
        self.list().unwrap_or(one).iter().filter_map(|n| Some((n.at, n.text()?))).collect()
    }
}

/// A syntax error. Where a key is only given twice the rest of the file is as it was meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) at: At,
    pub(super) what: String,
    pub(super) structural: bool,
}

/// Reads as much as can be read; every syntax error is in the second half.
pub(super) fn parse(text: &str) -> (Table, Vec<SyntaxError>) {
    let lines = Lines::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let errors = errors.iter().map(|e| SyntaxError {
        at: lines.at(e.span().map_or(text.len(), |span| span.start)),
        what: e.message().to_owned(),
        structural: !e.message().contains("duplicate key"),
    });
    let mut errors: Vec<SyntaxError> = errors.collect();
    errors.sort_by_key(|e| e.at);
    (lines.table(root.get_ref()), errors)
}

/// Where each line begins, in bytes.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, starts: std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect() }
    }

    fn at(&self, offset: usize) -> At {
        let line = self.starts.partition_point(|s| *s <= offset);
        let start = self.starts.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        At { line: count(line), col: count(before.chars().count() + 1) }
    }

    fn table(&self, table: &DeTable<'_>) -> Table {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entry = |(key, node): &(&Spanned<_>, &Spanned<DeValue<'_>>)| self.entry(key, node);
        Table(entries.iter().map(entry).collect())
    }

    fn entry(&self, key: &Spanned<std::borrow::Cow<'_, str>>, node: &Spanned<DeValue<'_>>) -> Entry {
        Entry { key: key.get_ref().to_string(), at: self.at(key.span().start), node: self.node(node) }
    }

    fn node(&self, node: &Spanned<DeValue<'_>>) -> Node {
        let value = match node.get_ref() {
            DeValue::String(s) => Value::Text(s.to_string()),
            DeValue::Integer(i) => Value::Integer(i.to_string()),
            DeValue::Float(f) => Value::Float(f.to_string()),
            DeValue::Datetime(d) => Value::Date(d.to_string()),
            DeValue::Boolean(b) => Value::Bool(*b),
            DeValue::Array(list) => Value::List(list.iter().map(|n| self.node(n)).collect()),
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Node { at: self.at(node.span().start), value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_survive_other_line_ends() {
        let (table, errors) = parse("a = 1\r\n\"ö\" = { \"ü\" = \"é\", b = [2] }\r\n");
        assert_eq!(errors, []);
        let inner = table.at_path(&["ö", "b"]).unwrap();
        assert_eq!(inner.at, At { line: 2, col: 24 });
        assert_eq!(table.get("ö").unwrap().at, At { line: 2, col: 1 });
    }

    #[test]
    fn every_syntax_error_is_found_and_the_rest_is_kept() {
        let (table, errors) = parse("a = \nb = 2\nb = 3\nc = [1,\n");
        assert_eq!(
            errors.iter().map(|e| (e.at.line, e.structural)).collect::<Vec<_>>(),
            [(1, true), (3, false), (4, true)]
        );
        assert!(table.get("b").is_some());
    }
}
