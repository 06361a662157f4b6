//! The director's events: what was done to which object, where the director writes that down at all.
//!
//! It does not unless its operator says so. A page is two hundred, whatever is asked for; the next is asked for by the
//! last number of the one before.

use chrono::Duration;

use super::{Bosh, wire::Event};
use crate::{
    domain::{
        Time,
        source::{Change, Problem, SourceError},
        text::SafeText,
    },
    sources::{http::Call, items},
};

/// Pages that are read at once.
const PAGES: usize = 5;
/// Clocks differ, and `after_time` leaves its own second out.
const OVERLAP: Duration = Duration::seconds(30);
/// What is inside of a task that is told anyway.
const NOISE: [&str; 4] = ["lease", "session", "cloud-config", "worker"];

impl Bosh {
    /// The events after a moment, the newest first; the gap is kept for the next poll to tell.
    pub(super) async fn events(&self, since: Time, now: Time) -> Result<Vec<Event>, SourceError> {
        let after = (since - OVERLAP).timestamp();
        let mut all: Vec<Event> = Vec::new();
        let mut before: Option<i64> = None;
        let gap = |why: &str| Some(Problem { at: "events".into(), why: why.into() });
        let mut told = gap(&format!("more than {} events at once: older ones are left out", PAGES * 200));
        for _ in 0..PAGES {
            let mut query = vec![("after_time", after.to_string())];
            query.extend(before.map(|id| ("before_id", id.to_string())));
            let answer = self.director.call(Call::get("events").query(&query), now).await?;
            let list: Vec<&serde_json::value::RawValue> = self.director.read(&answer)?;
            let (page, problems) = items::each(&list, "events", Ok::<Event, String>);
            let oldest = page.iter().filter_map(|e| e.id.parse::<i64>().ok()).min();
            all.extend(page);
            if let Some(problem) = problems.into_iter().next() {
                told = Some(problem);
                break;
            }
            if list.len() < 200 {
                told = None;
                break;
            }
            if oldest.is_none() || before.is_some_and(|before| oldest >= Some(before)) {
                told = gap("its pages lead back to one that was read: older events are missing");
                break;
            }
            before = oldest;
        }
        *self.gap.lock().await = told;
        Ok(all)
    }
}

/// An event as a change; none for what a task tells anyway, and for its own beginning.
pub(super) fn change(event: &Event) -> Option<Change> {
    if NOISE.contains(&event.object_type.as_str()) || event.action.is_empty() {
        return None;
    }
    let at = event.at()?;
    let object = [event.object_type.as_str(), event.object_name.as_str()].join(" ");
    let place = if event.instance.is_empty() { String::new() } else { format!(" of {}", event.instance) };
    let failed = if event.error.is_empty() { "" } else { " failed" };
    let note = event.said("text");
    let title = if event.action == "note" && !note.is_empty() {
        note.to_owned()
    } else {
        format!("{} {}{place}{failed}", event.action, object.trim())
    };
    let task = Some(event.task.as_str()).filter(|t| !t.is_empty()).map(|t| format!("task {t}"));
    let error = Some(event.error.clone()).filter(|e| !e.is_empty());
    let by = Some(event.said("by")).filter(|b| !b.is_empty()).map(SafeText::new);
    Some(Change {
        at,
        kind: if event.action == "note" { "note" } else { "event" }.into(),
        title: title.into(),
        by: by.or_else(|| event.user.clone()).unwrap_or_default(),
        text: task.into_iter().chain(error).collect::<Vec<_>>().join("; ").into(),
        service: Some(SafeText::new(&event.deployment)).filter(|d| !d.is_empty()),
        id: Some(format!("event-{}", event.id).into()),
        url: None,
    })
}
