//! The alerts that have a place on an axis: the open one and those near it, those about an objective, an incident's own.

use std::collections::BTreeMap;

use crate::domain::{
    alert::{AlertId, Severity},
    entry::{Entry, Kind},
    incident::IncidentId,
    label::Labels,
    slo::SloId,
    text::SafeText,
};

use super::{
    super::{World, board::Row, happened::labels},
    Of,
};

/// One of them, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub id: AlertId,
    pub name: SafeText,
    pub severity: Severity,
    pub labels: Labels,
    /// It names the objective of the axis, and is about it.
    pub names: bool,
}

impl World {
    pub(super) fn members(&self, of: &Of) -> Vec<Member> {
        match of {
            Of::Alert(id) => self.around(id),
            Of::Slo(id) => self.about_slo(id),
            Of::Incident(id) => self.linked(id),
        }
    }

    /// The alert, and those that may burn for the same reason.
    fn around(&self, id: &AlertId) -> Vec<Member> {
        let study = self.studied.as_ref().filter(|s| s.id == *id);
        let near = study.into_iter().flat_map(|s| &s.related).filter_map(|r| self.board.get(&r.id)).map(of_row);
        std::iter::once(self.member(id)).chain(near).collect()
    }

    /// From the board, else from what the journal says of it.
    fn member(&self, id: &AlertId) -> Member {
        if let Some(row) = self.board.get(id) {
            return of_row(row);
        }
        let subject = crate::domain::entry::Subject::alert(id);
        let told = self.timeline.of(&subject).filter(|e| e.kind == Kind::AlertFired).last();
        told.map_or_else(|| unknown(id), |entry| of_entry(id, entry))
    }

    pub(super) fn about_slo(&self, id: &SloId) -> Vec<Member> {
        let Some(row) = self.budgets.get(id) else { return Vec::new() };
        let mut found: BTreeMap<AlertId, Member> = BTreeMap::new();
        for entry in self.timeline.entries.iter().filter(|e| e.kind == Kind::AlertFired) {
            if let Some(id) = entry.subject.as_alert().filter(|_| row.slo.concerns(&labels(entry))) {
                found.insert(id.clone(), of_entry(&id, entry));
            }
        }
        found.extend(self.concerning(&row.slo).map(|row| (row.id.clone(), of_row(row))));
        found.into_values().collect()
    }

    fn linked(&self, id: &IncidentId) -> Vec<Member> {
        let Some(incident) = self.incidents.all.get(id) else { return Vec::new() };
        let member = |link: &crate::domain::incident::Link| match self.board.get(&link.alert) {
            Some(row) => of_row(row),
            None => Member {
                id: link.alert.clone(),
                name: link.title.clone(),
                severity: Severity::read(link.labels.value("severity")),
                labels: link.labels.clone(),
                names: false,
            },
        };
        incident.alerts.values().map(member).collect()
    }
}

fn of_row(row: &Row) -> Member {
    let (id, name) = (row.id.clone(), row.name().clone());
    Member { id, name, severity: row.severity, labels: row.alert.labels.clone(), names: false }
}

fn of_entry(id: &AlertId, entry: &Entry) -> Member {
    let name = entry.body.title.clone().unwrap_or_else(|| unknown(id).name);
    let severity = entry.body.severity.unwrap_or(Severity::Unknown);
    Member { id: id.clone(), name, severity, labels: labels(entry), names: false }
}

fn unknown(id: &AlertId) -> Member {
    let name = SafeText::new(id.fingerprint.as_str());
    Member { id: id.clone(), name, severity: Severity::Unknown, labels: Labels::default(), names: false }
}
