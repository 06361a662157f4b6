//! Events: what the cluster says of itself, for an hour. The timeline keeps what it was told.

use crate::domain::Time;

use super::{
    object::Object,
    resource::Resource,
    wire::{Regarding, WireEvent},
};

#[derive(Clone, Debug)]
pub(super) struct Event {
    /// When it was seen first.
    pub(super) at: Time,
    pub(super) last: Option<Time>,
    pub(super) reason: String,
    pub(super) note: String,
    /// `Warning` or another word.
    pub(super) kind: String,
    pub(super) count: i64,
    pub(super) by: String,
    pub(super) regarding: Regarding,
}

/// One that was only seen again is the same until it has been seen twice as often.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        let scale = |e: &Self| e.count.max(1).ilog2();
        self.note == other.note && self.reason == other.reason && scale(self) == scale(other)
    }
}

pub(super) fn object(wire: WireEvent) -> Object {
    let mut object = Object::new(Resource::Events, &wire.metadata);
    let series = wire.series.as_ref();
    let count = series.map(|s| s.count).into_iter().chain(wire.deprecated_count).max().unwrap_or(1);
    let first = wire.deprecated_first_timestamp.or(wire.event_time).or(wire.metadata.creation_timestamp);
    let component = wire.deprecated_source.and_then(|s| s.component);
    object.event = Some(Event {
        at: first.unwrap_or_default(),
        last: series.and_then(|s| s.last_observed_time).or(wire.deprecated_last_timestamp),
        reason: wire.reason.unwrap_or_default(),
        note: wire.note.unwrap_or_default(),
        kind: wire.kind.unwrap_or_default(),
        count: count.max(1),
        by: wire.reporting_controller.filter(|c| !c.is_empty()).or(component).unwrap_or_default(),
        regarding: wire.regarding,
    });
    object
}
