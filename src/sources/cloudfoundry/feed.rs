//! The audit events of the last day, read once each: crashes for the alerts, and what was done for the changes.
//!
//! The server keeps seconds: each question begins a little before the last answer, and a guid that is known is known.

use std::collections::HashMap;

use chrono::{Duration, SecondsFormat};

use super::{
    api::Api,
    names::{App, Names},
    wire::Event,
};
use crate::domain::{
    Time,
    source::{Change, Problem, SourceError},
    text::SafeText,
};

/// How far back events are remembered, and looked for at first.
const KEPT: Duration = Duration::days(1);
const FIRST: Duration = Duration::hours(6);
/// How far a question reaches behind the last one: what was written late is not missed.
const OVERLAP: Duration = Duration::seconds(30);
const PAGE: usize = 500;
const PAGES: usize = 6;
/// Events that are remembered.
const MOST: usize = 20_000;

/// The types that are asked for, and the short word for each.
const TYPES: [(&str, &str); 17] = [
    ("audit.app.process.crash", "crash"),
    ("app.crash", "crash"),
    ("audit.app.process.not-ready", "not ready"),
    ("audit.app.process.ready", "ready"),
    ("audit.app.process.rescheduling", "reschedule"),
    ("audit.app.process.scale", "scale"),
    ("audit.app.process.terminate_instance", "terminate"),
    ("audit.app.deployment.create", "deploy"),
    ("audit.app.deployment.cancel", "rollback"),
    ("audit.app.deployment.continue", "deploy"),
    ("audit.app.apply_manifest", "update"),
    ("audit.app.update", "update"),
    ("audit.app.restage", "restage"),
    ("audit.app.restart", "restart"),
    ("audit.app.start", "start"),
    ("audit.app.stop", "stop"),
    ("audit.app.ssh-authorized", "ssh"),
];

#[derive(Default)]
pub(super) struct Feed {
    events: HashMap<String, Event>,
    asked: Option<Time>,
    /// Why they are not all.
    pub(super) gap: Option<Problem>,
}

impl Feed {
    /// Reads what is new. Twice for one moment is once.
    ///
    /// # Errors
    /// As every request.
    pub(super) async fn renew(&mut self, names: &mut Names, api: &Api, now: Time) -> Result<(), SourceError> {
        if self.asked == Some(now) {
            return Ok(());
        }
        let from = self.asked.map_or(now - FIRST, |at| (at - OVERLAP).max(now - KEPT));
        let types: Vec<&str> = TYPES.iter().map(|(t, _)| *t).collect();
        let mut query = vec![
            ("types", types.join(",")),
            ("order_by", "-created_at".to_owned()),
            ("per_page", PAGE.to_string()),
            ("created_ats[gt]", from.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ];
        let organizations = names.organizations();
        if (1..=50).contains(&organizations.len()) {
            query.push(("organization_guids", organizations.join(",")));
        }
        let list = api.list::<Event>("v3/audit_events", &query, PAGES, now).await?;
        self.gap = list.problems.into_iter().next();
        for event in list.items {
            if event.target.kind == "app" {
                let space = event.space.as_ref().map_or("", |s| s.guid.as_str());
                names.tell(&event.target.guid, &event.target.name, space);
            }
            self.events.insert(event.guid.clone(), event);
        }
        self.events.retain(|_, e| now - e.created_at < KEPT);
        self.bound();
        self.asked = Some(now);
        Ok(())
    }

    /// Whether it was read longer ago than that.
    pub(super) fn is_older_than(&self, now: Time, length: Duration) -> bool {
        self.asked.is_none_or(|at| now - at >= length)
    }

    fn bound(&mut self) {
        if self.events.len() <= MOST {
            return;
        }
        let mut times: Vec<Time> = self.events.values().map(|e| e.created_at).collect();
        times.sort_unstable();
        let from = times[times.len() - MOST];
        self.events.retain(|_, e| e.created_at >= from);
    }

    /// Crashes since a moment, the oldest first. The server writes each down twice, in an old form and a new one.
    pub(super) fn crashes(&self, since: Time) -> Vec<&Event> {
        let mut all: Vec<&Event> = self.events.values().filter(|e| e.is_crash() && e.created_at >= since).collect();
        all.sort_by(|a, b| (a.created_at, &a.guid).cmp(&(b.created_at, &b.guid)));
        let key = |e: &Event| (e.target.guid.clone(), e.datum("index"));
        let new: Vec<_> = all.iter().filter(|e| e.kind != "app.crash").map(|e| (key(e), e.created_at)).collect();
        let twin =
            |e: &Event| new.iter().any(|(k, at)| *k == key(e) && (*at - e.created_at).abs() <= Duration::seconds(2));
        all.into_iter().filter(|e| e.kind != "app.crash" || !twin(e)).collect()
    }

    /// What was written down in `(since, now]`, the overlap before it again: what was told once is told once, by its id.
    pub(super) fn changes(
        &self,
        since: Time,
        now: Time,
        names: &Names,
        page: &dyn Fn(&App) -> Option<SafeText>,
    ) -> Vec<Change> {
        let from = since.max(now - KEPT) - OVERLAP;
        let crashes: Vec<&str> = self.crashes(from).iter().map(|e| e.guid.as_str()).collect();
        let told = |e: &&Event| e.created_at > from && (!e.is_crash() || crashes.contains(&e.guid.as_str()));
        let mut changes: Vec<Change> =
            self.events.values().filter(told).filter_map(|e| change(e, names, page)).collect();
        changes.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        changes
    }
}

fn change(event: &Event, names: &Names, page: &dyn Fn(&App) -> Option<SafeText>) -> Option<Change> {
    let app = names.app(&event.target.guid);
    if !names.sees(&app) {
        return None;
    }
    let kind = TYPES.iter().find(|(t, _)| *t == event.kind).map_or(event.kind.as_str(), |(_, word)| word);
    let by = if event.actor.kind == "process" { SafeText::default() } else { event.actor.name.clone() };
    let place = [&app.organization, &app.space].map(SafeText::raw).join("/");
    let place = if place.len() > 1 { format!("in {place}") } else { String::new() };
    let guid = event.organization.as_ref().map(|o| o.guid.as_str()).filter(|_| place.is_empty());
    let text: Vec<String> = [
        Some(place),
        guid.map(|g| format!("in organization {g}")),
        event.datum("cell_id").map(|c| format!("cell {c}")),
    ]
    .into_iter()
    .flatten()
    .filter(|t| !t.is_empty())
    .collect();
    Some(Change {
        at: event.created_at,
        kind: kind.into(),
        title: title(event, kind, &app).into(),
        by,
        text: text.join("; ").into(),
        service: Some(app.name.clone()),
        id: Some(SafeText::new(&event.guid)),
        url: page(&app),
    })
}

fn title(event: &Event, kind: &str, app: &App) -> String {
    let index = event.datum("index").map(|i| format!(" instance {i}")).unwrap_or_default();
    match kind {
        "crash" => format!("{}{index} crashed{}", app.name, why(event)),
        "not ready" => format!("{}{index} is not ready", app.name),
        "ready" => format!("{}{index} is ready again", app.name),
        "reschedule" => format!("{}{index} moves to another cell", app.name),
        "deploy" if event.kind.ends_with("continue") => format!("{}: the deployment goes on", app.name),
        "deploy" => format!("{}: a deployment began", app.name),
        "rollback" => format!("{}: the deployment was cancelled", app.name),
        "ssh" => format!("{}{index}: somebody may look inside by ssh", app.name),
        other => format!("{}{index}: {other}", app.name),
    }
}

/// Why an instance crashed, as far as it is said.
pub(super) fn why(event: &Event) -> String {
    let status = event.datum("exit_status").map(|s| format!("exit {s}"));
    let parts: Vec<String> = [status, event.datum("exit_description")].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(": ")) }
}
