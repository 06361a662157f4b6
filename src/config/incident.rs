//! `[incident]`: the words that this installation has for how bad an incident is.

use super::{
    document::Node,
    fault::Report,
    layers::Layers,
    schema::{Key, Kind, given, may},
};
use crate::domain::incident::Level;

/// The keys of `[incident]`.
pub(super) const KEYS: &[Key] = &[
    given("severities", Kind::List, "How bad an incident may be, in your words, the worst first."),
    may("template", Kind::Path, "The template of its post-mortem, in place of the one that is built in."),
];

/// The severities, the worst first; none where the list is empty or says one word twice, which is told.
pub(super) fn levels(layers: Layers<'_>, report: &mut Report) -> Option<Vec<Level>> {
    let (node, _) = layers.get(&["incident", "severities"])?;
    let words: Vec<_> = node.list()?.iter().flat_map(Node::texts).filter(|(_, w)| !w.trim().is_empty()).collect();
    if words.is_empty() {
        report.add(node.at, "an incident needs at least one word for how bad it is, such as \"sev1\"");
        return None;
    }
    let mut levels: Vec<Level> = Vec::new();
    for (at, word) in words {
        let level = Level::new(word.trim());
        if levels.contains(&level) {
            report.add(at, format!("`{level}` stands here twice"));
        } else {
            levels.push(level);
        }
    }
    Some(levels)
}
