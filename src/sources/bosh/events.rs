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

/// How often a director is asked for events that records none: its operator may have it do so from now on.
const SELDOM: Duration = Duration::hours(1);

/// What is known of the events as such.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// Why they are not all of them, where that is so.
    pub(super) gap: Option<Problem>,
    /// Whether one was ever seen.
    is_alive: bool,
    /// Until when nothing is asked, since there is none at all.
    silent_until: Option<Time>,
}

impl Bosh {
    /// The events after a moment, the newest first; the gap is kept for the next poll to tell. A director that records
    /// none is found out by its having none at all, and then left alone.
    pub(super) async fn events(&self, since: Time, now: Time) -> Result<Vec<Event>, SourceError> {
        let is_alive = {
            let feed = self.feed.lock().await;
            if feed.silent_until.is_some_and(|until| now < until) {
                return Ok(Vec::new());
            }
            feed.is_alive
        };
        let all = self.events_after(since, now).await?;
        let is_silent = all.is_empty() && !is_alive && self.has_no_events(now).await?;
        let mut feed = self.feed.lock().await;
        feed.is_alive |= !is_silent;
        feed.silent_until = is_silent.then(|| now + SELDOM);
        Ok(all)
    }

    async fn has_no_events(&self, now: Time) -> Result<bool, SourceError> {
        let answer = self.director.call(Call::get("events"), now).await?;
        let list: Vec<&serde_json::value::RawValue> = self.director.read(&answer)?;
        Ok(list.is_empty())
    }

    /// Somebody has just had one written, and it is there.
    pub(super) async fn events_are_recorded(&self) {
        let mut feed = self.feed.lock().await;
        (feed.is_alive, feed.silent_until) = (true, None);
    }

    /// The same, whether it records any or not.
    pub(super) async fn events_after(&self, since: Time, now: Time) -> Result<Vec<Event>, SourceError> {
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
        self.feed.lock().await.gap = told;
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
