//! Reading what is open: one list, and what is asked seldom beside it.

use std::sync::Arc;

use super::{
    Pagerduty,
    actor::{NAMELESS, Who},
    alert::{Beside, alert},
    memory::Memory,
    pages::{self, Ask, Listed},
    wire::Incident,
};
use crate::{
    domain::{
        Time,
        source::{Problem, Snapshot, SourceError},
    },
    sources::http::clock_problem,
};

/// What is told with an incident, so that nothing of it must be asked for one by one.
pub(super) const INCLUDE: [&str; 6] =
    ["acknowledgers", "assignees", "escalation_policies", "priorities", "services", "teams"];

pub(super) fn include() -> impl Iterator<Item = (&'static str, String)> {
    INCLUDE.into_iter().map(|what| ("include[]", what.to_owned()))
}

impl Pagerduty {
    pub(super) async fn read(&self, memory: &Memory, now: Time) -> Result<Snapshot, SourceError> {
        let told = self.open(now).await?;
        // Whose token it is can be asked again; what is open stands without it.
        let who = self.who(memory, now).await.ok();
        let rota = self.rota(&told.items, memory, now).await;
        self.link(&told.items, memory, now).await;
        let known = memory.known();
        let alerts = told.items.iter().map(|incident| {
            let (linked, snoozed) = (known.linked.get(&incident.id), known.snoozed.get(&incident.id).copied());
            Arc::new(alert(incident, &Beside { linked, rota: &rota, snoozed }))
        });
        let mut problems = told.problems;
        problems.extend(clock_problem(told.date, now));
        problems.extend(who.as_ref().and_then(|who| self.nameless(who)));
        Ok(Snapshot {
            complete: told.complete,
            alerts: alerts.collect(),
            problems,
            version: who.map(|who| who.words(self.options.from.as_deref()).into()),
            ..Snapshot::empty(now)
        })
    }

    pub(super) async fn open(&self, now: Time) -> Result<Listed<Incident>, SourceError> {
        let mut query = vec![
            ("statuses[]", "triggered".to_owned()),
            ("statuses[]", "acknowledged".to_owned()),
            ("date_range", "all".to_owned()),
            ("sort_by", "created_at:desc".to_owned()),
        ];
        query.extend(include());
        query.extend(self.options.filters());
        let ask = Ask { path: "incidents", list: "incidents", query, pages: pages::TO_THE_WALL };
        let mut told = pages::read::<Incident>(&self.http, ask, now).await?;
        // One that was resolved while it was read is over.
        told.items.retain(|incident| !incident.is_resolved());
        Ok(told)
    }

    /// A word before anything is sent: with this key nothing can be.
    fn nameless(&self, who: &Who) -> Option<Problem> {
        let is = *who == Who::Account && self.options.from.is_none() && self.acks_natively();
        is.then(|| Problem {
            at: "from".into(),
            why: format!("acks cannot be sent: {NAMELESS}; or keep acks to yourself with `ack = \"journal\"`").into(),
        })
    }
}
