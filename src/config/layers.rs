//! One document over another: what the file says, else what `config/default.toml` says.
//!
//! Knows where a value came from, not what it is for.

use super::document::{Node, Table};

/// Which layer a value was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Default,
    File,
}

/// The two documents, or the two tables of one source.
#[derive(Clone, Copy)]
pub(super) struct Layers<'a> {
    pub(super) base: &'a Table,
    pub(super) file: &'a Table,
}

impl<'a> Layers<'a> {
    pub(super) fn get(self, path: &[&str]) -> Option<(&'a Node, Layer)> {
        let file = self.file.at_path(path).map(|n| (n, Layer::File));
        file.or_else(|| self.base.at_path(path).map(|n| (n, Layer::Default)))
    }

    /// The value as a reader understands it: the file's, or the default where the file's is a mistake (and reported).
    pub(super) fn read<T>(self, path: &[&str], reader: impl Fn(&'a Node) -> Option<T>) -> Option<T> {
        let file = self.file.at_path(path).and_then(&reader);
        file.or_else(|| self.base.at_path(path).and_then(reader))
    }
}

/// The text of `config/default.toml`, the only copy of the defaults.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// `config/default.toml` as a document. The keys of one source stand there as an example, behind `#` without a
/// space; they are read as well, because their values are what a source has where it says nothing.
pub(super) fn defaults() -> (Table, Table) {
    let (base, _) = super::document::parse(DEFAULT_TOML);
    (base, example("source", super::schema::SOURCE))
}

/// What a table of which there are several has where it says nothing.
pub(super) fn example(noun: &str, keys: &[super::schema::Key]) -> Table {
    let (with_examples, _) = super::document::parse(&examples_on(DEFAULT_TOML));
    let table = with_examples.get(noun).and_then(|e| e.node.list()?.first()?.table().cloned());
    let mut table = table.unwrap_or_default();
    let is_default = |name: &str| keys.iter().any(|k| k.name == name && k.absent == super::schema::Absent::Default);
    table.0.retain(|e| is_default(&e.key));
    table
}

/// Takes the `#` from lines that hold an example (`#key = value`, `#[[table]]`) and leaves comments (`# text`) alone.
pub(super) fn examples_on(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(example) if !example.starts_with([' ', '#']) => format!("{example}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
