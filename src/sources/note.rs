//! A note in a text that a backend only replaces as a whole: what stands there is kept, ours comes beneath it, and is known
//! again by a mark, so that the same act asked twice writes one line.
//!
//! Knows no backend and asks nothing.

use crate::domain::{held::Applied, op::OpId};

/// By which an act is known again.
pub(super) fn mark(op: &OpId) -> String {
    format!("[{op}]")
}

/// Whether the act stands in a text already.
pub(super) fn is_in(text: &str, op: &OpId) -> bool {
    text.contains(&mark(op))
}

/// What became of a text (`sent`) of which another may be there now; `place` is its name: `the comment`.
pub(super) fn read_back(op: &OpId, sent: &str, after: &str, place: &str, done: Applied) -> Applied {
    match is_in(after, op) {
        true if after == sent => done,
        true => Applied::Otherwise { why: format!("somebody else changed {place} meanwhile").into() },
        false => Applied::Otherwise { why: format!("the server took {place} and does not show it").into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_done_where_the_text_is_as_it_was_sent() {
        let op = OpId("op-1".to_owned());
        let done = Applied::Done { until: None, id: None };
        let sent = format!("ana: on it {}", mark(&op));
        let back = |after: &str| read_back(&op, &sent, after, "the comment", done.clone());
        assert_eq!(back(&sent), done);
        let why = |applied: Applied| match applied {
            Applied::Otherwise { why } => why.raw().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(why(back(&format!("{sent}\nbob: me too"))), "somebody else changed the comment meanwhile");
        assert_eq!(why(back("bob: me too")), "the server took the comment and does not show it");
    }
}
