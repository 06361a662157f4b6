//! What may have spent a budget, as far as it was told: the alerts on the board that are about it, and deploys.

use crate::domain::{
    entry::Kind,
    slo::{
        Slo,
        account::cause,
        attribution::{Cause, CauseKind},
    },
    text::SafeText,
};

use super::World;

/// Most alerts that are asked whether they spent it.
const MOST: usize = 1_000;

impl World {
    /// Alerts that name an objective or its service, and every deploy, until now.
    pub fn causes(&self, slo: &Slo, now: crate::domain::Time) -> Vec<Cause> {
        let found = slo.clues().into_iter().flat_map(|(name, value)| self.board.with_label(name, value));
        let about = found.map(|(_, row)| row).filter(|row| slo.concerns(&row.alert.labels)).take(MOST);
        let mut alerts: Vec<Cause> =
            about.map(|row| cause(CauseKind::Alert, row.name(), row.alert.starts_at, row.resolved_at, now)).collect();
        alerts.sort_by(|a, b| (a.from, a.to, &a.name).cmp(&(b.from, b.to, &b.name)));
        alerts.dedup();
        let deploys = self.timeline.entries.iter().filter(|e| e.kind == Kind::Deploy).map(|e| {
            let name = e.body.title.clone().unwrap_or_else(|| SafeText::new(e.subject.as_str()));
            cause(CauseKind::Deploy, &name, e.at, None, now)
        });
        alerts.into_iter().chain(deploys).collect()
    }
}
