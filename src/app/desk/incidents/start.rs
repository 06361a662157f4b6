//! What an incident is declared from: what is marked, what is open, what is selected, else nothing.

use crate::{
    app::{App, world::incidents::Seed},
    domain::{
        alert::AlertId,
        entry::{Entry, Kind},
        incident::{Incident, IncidentId},
        slo::SloId,
    },
};

use super::super::{forms, layer::Layer, layout::Pane, many};

/// The open incident that the one thing before you belongs to already.
pub(super) fn known(app: &App) -> Option<IncidentId> {
    if let Some(Layer::Incident(opened)) = app.desk.top_layer() {
        return Some(opened.id.clone());
    }
    if !many::marked(app).is_empty() {
        return None;
    }
    if let Some(id) = forms::subject_alert(app) {
        return app.world.incidents.incident_of(&id).cloned();
    }
    if let Some(slo) = slo(app) {
        let has = |i: &&Incident| i.slos.contains(slo.as_str());
        return app.world.incidents.all.open().rev().find(has).map(|i| i.id.clone());
    }
    let entry = entry(app)?;
    IncidentId::of(&entry.subject).filter(|id| app.world.incidents.all.get(id).is_some())
}

pub(super) fn seed(app: &App) -> Seed {
    let marked: Vec<AlertId> = many::marked(app).into_iter().map(|c| c.alert).collect();
    let of_entry =
        || entry(app).filter(|e| turns(e))?.subject.as_alert().filter(|id| app.world.board.get(id).is_some());
    let one = || forms::subject_alert(app).or_else(of_entry).into_iter().collect();
    let alerts: Vec<AlertId> = if marked.is_empty() { one() } else { marked };
    let slos = if alerts.is_empty() { slo(app).into_iter().collect() } else { app.world.budgets_of(&alerts) };
    let entries = entry(app).filter(|e| alerts.is_empty() && !turns(e)).map(|e| e.id.clone());
    Seed { alerts, slos, entries: entries.into_iter().collect() }
}

/// Whether it tells of an alert alone: then the alert is meant.
fn turns(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::AlertFired | Kind::AlertResolved)
}

fn slo(app: &App) -> Option<SloId> {
    match app.desk.top_layer() {
        Some(Layer::Slo { id, .. }) => Some(id.clone()),
        None if app.desk.focus == Pane::Budgets => app.desk.budgets.selected().cloned(),
        _ => None,
    }
}

/// The entry that is open or selected.
fn entry(app: &App) -> Option<&Entry> {
    let id = match app.desk.top_layer() {
        Some(Layer::Entry { id, .. }) => id,
        None if app.desk.focus == Pane::Timeline => app.desk.timeline.selected()?,
        _ => return None,
    };
    app.world.timeline.entries.iter().find(|e| &e.id == id)
}
