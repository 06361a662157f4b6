//! Which of two words is the later: the same on every machine, in whatever order the entries came.

use crate::domain::{Time, entry::Entry};

/// Orders entries by when they were told. Two of one moment: by the run that wrote them and its count of acts, so that
/// what one person said in one breath keeps its order; of one act by its kind, the intention before its end; then by what
/// they are about, so that machines' entries keep theirs from one telling to the next; then by the id, which is drawn by
/// lot and only breaks the tie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<'a>(Time, &'a str, u64, usize, &'a str, &'a str);

pub fn key(entry: &Entry) -> Key<'_> {
    let (run, count) = entry.body.op.as_ref().and_then(|op| op.0.rsplit_once('-')).unwrap_or_default();
    let count = count.parse().unwrap_or(0);
    Key(entry.recorded_at, run, count, entry.kind.place(), entry.subject.as_str(), &entry.id)
}
