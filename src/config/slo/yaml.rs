//! YAML as a tree of texts with lines: the one place that knows the YAML library.
//!
//! Every scalar keeps the text as it was written: `99.90` must not pass through binary on its way to an objective.
//! A document that does not parse is reported; the other documents of the file, and the other items of a top-level
//! sequence, are read. Size, depth and alias bombs are bounded by the library's budgets.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_saphyr::{MessageFormatter, NonFiniteFloatPolicy, Options, Spanned, UserMessageFormatter};

use super::problem::Problem;

/// One place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// 1-based.
    pub line: u32,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Field>),
}

/// One key of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub key: String,
    /// Where the key stands, 1-based.
    pub line: u32,
    pub node: Node,
}

impl Node {
    /// A field that is there and not null.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(fields) = &self.value else { return None };
        fields.iter().find(|f| f.key == key).map(|f| &f.node).filter(|n| n.value != Value::Null)
    }

    pub fn path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The keys of a mapping, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let fields: &[Field] = if let Value::Map(fields) = &self.value { fields } else { &[] };
        fields.iter().map(|f| f.key.as_str())
    }

    /// As a problem names it.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "empty",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// A scalar with something in it.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        }
    }

    /// A truth value, in any of YAML's spellings.
    pub fn truth(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    /// A list's items; anything else is its only item.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// The documents of a file, those inside top-level sequences too.
pub(super) fn documents(text: &str) -> Vec<Result<Node, Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    split(text).into_iter().flat_map(|(line, part)| parse(line, part)).collect()
}

fn parse(first_line: u32, part: &str) -> Vec<Result<Node, Problem>> {
    let raw: Spanned<Raw> = match serde_saphyr::from_str_with_options(part, options()) {
        Ok(raw) => raw,
        Err(error) => return vec![Err(broken(first_line, &error))],
    };
    let node = raw_to_node(raw, part, first_line);
    match node.value {
        Value::Null => Vec::new(),
        Value::List(items) => items.into_iter().filter(|n| n.value != Value::Null).map(Ok).collect(),
        _ => vec![Ok(node)],
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
        budget: serde_saphyr::budget! { max_depth: 32, max_nodes: 500_000 },
    }
}

fn broken(first_line: u32, error: &serde_saphyr::Error) -> Problem {
    let error = error.without_snippet();
    let line = error.location().map_or(first_line, |l| line(first_line, l.line()));
    let what = format!("this document cannot be read: {}", UserMessageFormatter.format_message(error));
    Problem::new(line, what).hint("the other documents of the file were read")
}

/// The line in the file of a line in a part (both 1-based).
fn line(first_line: u32, in_part: u64) -> u32 {
    first_line.saturating_add(u32::try_from(in_part.saturating_sub(1)).unwrap_or(u32::MAX))
}

/// Cuts a file at its document markers, which cannot stand inside a document: at the first column, `---` and `...`
/// end even a block scalar. Answers the first line of each part that holds more than comments and directives.
fn split(text: &str) -> Vec<(u32, &str)> {
    let mut parts = Vec::new();
    let (mut begin, mut begin_line, mut at) = (0, 1, 0);
    for (number, row) in (1_u32..).zip(text.split_inclusive('\n')) {
        let next = at + row.len();
        if is_marker(row, "---") {
            parts.push((begin_line, &text[begin..at]));
            (begin, begin_line) = (at, number);
        } else if is_marker(row, "...") {
            parts.push((begin_line, &text[begin..at]));
            (begin, begin_line) = (next, number + 1);
        }
        at = next;
    }
    parts.push((begin_line, &text[begin..]));
    parts.retain(|(_, part)| part.lines().any(is_content));
    parts
}

fn is_marker(row: &str, marker: &str) -> bool {
    row.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn is_content(row: &str) -> bool {
    let rest = row.strip_prefix("---").unwrap_or(row).trim();
    !rest.is_empty() && !rest.starts_with('#') && !row.starts_with('%')
}

/// As the library gives it: a number or a truth value stands in the source, at its span.
enum Raw {
    Null,
    Text(String),
    /// The library's reading, for where the span is not known.
    Typed(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn raw_to_node(raw: Spanned<Raw>, source: &str, first_line: u32) -> Node {
    let defined = raw.defined;
    let node = |raw| raw_to_node(raw, source, first_line);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::Text(text),
        Raw::Typed(read) => Value::Text(as_written(source, defined.span()).unwrap_or(read)),
        Raw::List(items) => Value::List(items.into_iter().map(node).collect()),
        Raw::Map(fields) => Value::Map(fields.into_iter().map(|(key, v)| field(key, node(v), first_line)).collect()),
    };
    Node { line: line(first_line, raw.referenced.line()), value }
}

fn field(key: Spanned<String>, node: Node, first_line: u32) -> Field {
    let here = key.referenced.line();
    // A key whose place the library does not know stands where its value does.
    let line = if here == 0 { node.line } else { line(first_line, here) };
    Field { key: key.value, line, node }
}

fn as_written(source: &str, span: serde_saphyr::Span) -> Option<String> {
    let from = usize::try_from(span.byte_offset()?).ok()?;
    let to = from.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
    let text = source.get(from..to)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> de::Visitor<'de> for Reader {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Raw, E> {
        Ok(Raw::Typed(v.to_string()))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Raw, E> {
        Ok(Raw::Typed(v.to_string()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Raw, E> {
        Ok(Raw::Typed(v.to_string()))
    }

    fn visit_i128<E>(self, v: i128) -> Result<Raw, E> {
        Ok(Raw::Typed(v.to_string()))
    }

    fn visit_u128<E>(self, v: u128) -> Result<Raw, E> {
        Ok(Raw::Typed(v.to_string()))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Raw, E> {
        Ok(Raw::Typed(v.to_string()))
    }

    fn visit_str<E>(self, v: &str) -> Result<Raw, E> {
        Ok(Raw::Text(v.to_owned()))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Raw::Map(fields))
    }
}
