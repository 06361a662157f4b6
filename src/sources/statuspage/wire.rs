//! What a status page says, read into alerts and changes.

use std::{collections::BTreeSet, sync::Arc};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Wanted;
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        label::{Fingerprint, Labels},
        source::{Change, Problem, SourceError},
        text::SafeText,
    },
    sources::items,
};

/// Most changes that are told of one incident: its newest.
const UPDATES_MAX: usize = 50;

#[derive(Deserialize)]
pub(super) struct Summary<'a> {
    page: Page,
    #[serde(borrow)]
    components: Vec<&'a RawValue>,
    #[serde(borrow)]
    incidents: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    scheduled_maintenances: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Page {
    id: SafeText,
    name: SafeText,
    url: Option<SafeText>,
}

#[derive(Deserialize)]
struct Component {
    id: SafeText,
    name: SafeText,
    status: SafeText,
    updated_at: Time,
    #[serde(default)]
    group: bool,
}

#[derive(Deserialize)]
struct Incident {
    id: SafeText,
    name: SafeText,
    status: SafeText,
    impact: Option<SafeText>,
    created_at: Time,
    started_at: Option<Time>,
    shortlink: Option<SafeText>,
    #[serde(default)]
    incident_updates: Vec<Update>,
    #[serde(default)]
    components: Vec<Named>,
    scheduled_for: Option<Time>,
    scheduled_until: Option<Time>,
}

#[derive(Deserialize)]
struct Update {
    id: SafeText,
    status: SafeText,
    body: Option<SafeText>,
    created_at: Time,
    display_at: Option<Time>,
}

#[derive(Deserialize)]
struct Named {
    id: SafeText,
    name: SafeText,
}

/// A page as it was read.
#[derive(Default)]
pub(super) struct Told {
    pub(super) alerts: Vec<Arc<Alert>>,
    pub(super) changes: Vec<Change>,
    pub(super) problems: Vec<Problem>,
}

impl Summary<'_> {
    /// # Errors
    /// `Malformed` where it is no page: one without a name.
    pub(super) fn read(self, wanted: &Wanted) -> Result<Told, SourceError> {
        if self.page.id.is_empty() || self.page.name.is_empty() {
            return Err(SourceError::malformed("a status page without a name"));
        }
        let mut told = Told::default();
        let incidents = told.take(&self.incidents, "incidents");
        let planned = told.take(&self.scheduled_maintenances, "scheduled_maintenances");
        let open = |i: &&Incident| !matches!(i.status.raw(), "resolved" | "postmortem");
        let concerns =
            |i: &&Incident| i.components.is_empty() || i.components.iter().any(|c| wanted.wants(c.name.raw()));
        let mut named = BTreeSet::new();
        for incident in incidents.iter().filter(open).filter(concerns) {
            named.extend(incident.components.iter().map(|c| c.id.raw()));
            told.alerts.push(Arc::new(self.page.incident(incident)));
            told.changes.extend(self.page.updates(incident));
        }
        let goes_on = |i: &&Incident| matches!(i.status.raw(), "in_progress" | "verifying");
        for work in planned.iter().filter(goes_on).filter(concerns).filter(|_| wanted.maintenance) {
            named.extend(work.components.iter().map(|c| c.id.raw()));
            told.alerts.push(Arc::new(self.page.maintenance(work)));
            told.changes.extend(self.page.updates(work));
        }
        let (components, problems) = items::each(&self.components, "components", |c: Component| Ok(c));
        told.problems.extend(problems);
        let ill = |c: &&Component| !c.group && c.status.raw() != "operational" && wanted.wants(c.name.raw());
        for component in components.iter().filter(ill).filter(|c| !named.contains(c.id.raw())) {
            let known = component.status.raw() != "under_maintenance";
            told.alerts.extend((known || wanted.maintenance).then(|| Arc::new(self.page.component(component))));
        }
        Ok(told)
    }
}

impl Told {
    fn take(&mut self, raw: &[&RawValue], at: &str) -> Vec<Incident> {
        let (good, problems) = items::each(raw, at, |i: Incident| Ok(i));
        self.problems.extend(problems);
        good
    }
}

impl Page {
    fn incident(&self, incident: &Incident) -> Alert {
        let since = incident.started_at.unwrap_or(incident.created_at);
        let impact = incident.impact.as_ref().map_or("", SafeText::raw);
        let severity = match impact {
            "critical" => "critical",
            "major" => "error",
            "minor" => "warning",
            "none" => "info",
            // Another word than is known is shown as it is, and asks to be looked at.
            _ => "unknown",
        };
        let labels = self.labels("incident", severity, &incident.components);
        let annotations = self.told(incident, impact);
        self.alert(&incident.id, labels, annotations, (AlertState::Firing, since), incident.shortlink.clone())
    }

    fn maintenance(&self, work: &Incident) -> Alert {
        let labels = self.labels("maintenance", "info", &work.components);
        let mut annotations: Vec<(SafeText, SafeText)> = self.told(work, "maintenance");
        if let Some(until) = work.scheduled_until {
            annotations.push(("until".into(), until.to_rfc3339().into()));
        }
        let since = work.scheduled_for.unwrap_or(work.created_at);
        self.alert(&work.id, labels, annotations, (AlertState::Suppressed, since), work.shortlink.clone())
    }

    fn component(&self, component: &Component) -> Alert {
        let (severity, state) = match component.status.raw() {
            "major_outage" => ("critical", AlertState::Firing),
            "partial_outage" => ("error", AlertState::Firing),
            "degraded_performance" => ("warning", AlertState::Firing),
            "under_maintenance" => ("info", AlertState::Suppressed),
            _ => ("unknown", AlertState::Firing),
        };
        let one = [Named { id: component.id.clone(), name: component.name.clone() }];
        let labels = self.labels("component", severity, &one);
        let words = component.status.raw().replace('_', " ");
        let annotations = vec![
            ("summary".into(), format!("{}: {words}", component.name.raw()).into()),
            ("status".into(), component.status.clone()),
        ];
        self.alert(&component.id, labels, annotations, (state, component.updated_at), None)
    }

    fn labels(&self, what: &str, severity: &str, components: &[Named]) -> Labels {
        let names: Vec<&str> = components.iter().map(|c| c.name.raw()).collect();
        let mut labels = vec![
            ("alertname".to_owned(), format!("{} {what}", self.name.raw())),
            ("severity".to_owned(), severity.to_owned()),
            ("provider".to_owned(), self.name.raw().to_owned()),
        ];
        if !names.is_empty() {
            labels.push(("component".to_owned(), names.join(", ")));
        }
        labels.into_iter().collect()
    }

    fn told(&self, incident: &Incident, impact: &str) -> Vec<(SafeText, SafeText)> {
        let mut all = vec![("summary".into(), incident.name.clone()), ("status".into(), incident.status.clone())];
        if !impact.is_empty() {
            all.push(("impact".into(), impact.into()));
        }
        let newest = incident.incident_updates.iter().max_by_key(|u| u.created_at);
        all.extend(newest.and_then(|u| u.body.clone()).map(|body| ("description".into(), body)));
        all
    }

    fn alert(
        &self,
        id: &SafeText,
        labels: Labels,
        annotations: Vec<(SafeText, SafeText)>,
        (state, starts_at): (AlertState, Time),
        link: Option<SafeText>,
    ) -> Alert {
        let fingerprint = Fingerprint::new(&format!("{}:{}", self.id.raw(), id.raw()));
        let alert = Alert::firing(fingerprint, labels, annotations.into_iter().collect(), starts_at);
        Alert { state, source_url: link.or_else(|| self.url.clone()), ..alert }
    }

    fn updates(&self, incident: &Incident) -> impl Iterator<Item = Change> {
        let mut updates: Vec<&Update> = incident.incident_updates.iter().collect();
        updates.sort_by_key(|u| std::cmp::Reverse(u.created_at));
        updates.truncate(UPDATES_MAX);
        updates.into_iter().map(|u| Change {
            at: u.display_at.unwrap_or(u.created_at),
            kind: "status".into(),
            title: format!("{} {}: {}", self.name.raw(), u.status.raw(), incident.name.raw()).into(),
            by: self.name.clone(),
            text: u.body.clone().unwrap_or_default(),
            service: None,
            id: Some(u.id.clone()),
            url: incident.shortlink.clone().or_else(|| self.url.clone()),
        })
    }
}
