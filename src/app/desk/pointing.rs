//! The time axis under a pointer: to a moment, from here to there, closer around a moment.

use crate::{
    app::{App, effect::Effects},
    domain::Time,
};

use super::axis::change;

/// The cursor goes to a moment.
pub(super) fn go(app: &mut App, now: Time, at: Time) -> Effects {
    change(app, now, |sight, axis| sight.go(at, axis.whole, axis.head))
}

/// Marks one end and goes to the other.
pub(super) fn span(app: &mut App, now: Time, from: Time, to: Time) -> Effects {
    change(app, now, |sight, axis| {
        sight.mark = (from != to).then_some(from.clamp(axis.whole.0, axis.head.max(axis.whole.0)));
        sight.go(to, axis.whole, axis.head);
    })
}

/// Half as much time or twice as much; the moment under the pointer keeps its column, the cursor its moment.
pub(super) fn zoom(app: &mut App, now: Time, closer: bool, at: Time) -> Effects {
    change(app, now, |sight, axis| {
        let cursor = sight.cursor;
        sight.cursor = Some(at.min(axis.head));
        sight.zoom(axis.whole, axis.head, closer);
        sight.cursor = cursor;
    })
}
