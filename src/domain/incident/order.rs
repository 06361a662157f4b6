//! Which of two words is the later: the same on every machine, in whatever order the entries came.

use crate::domain::{Time, entry::Entry};

/// Orders entries by when they were told. Two of one moment: by the run that wrote them and its count of acts, so that
/// what one person said in one breath keeps its order; then by what they are about, and by the id, which only breaks the
/// tie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key<'a>(Time, &'a str, u64, &'a str, &'a str);

pub fn key(entry: &Entry) -> Key<'_> {
    let (run, count) = entry.body.op.as_ref().and_then(|op| op.0.rsplit_once('-')).unwrap_or_default();
    Key(entry.recorded_at, run, count.parse().unwrap_or(0), entry.subject.as_str(), &entry.id)
}
