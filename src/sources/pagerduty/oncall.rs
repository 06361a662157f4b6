//! Who is on call now and next, as PagerDuty computes it over all kinds of schedules.

use async_trait::async_trait;
use chrono::{Duration, SecondsFormat};

use super::{
    Pagerduty,
    pages::{self, Ask},
    wire::{OnCallEntry, Policy, Ref},
};
use crate::{
    domain::{Time, held::Duty, source::SourceError},
    sources::OnCall,
};

/// PagerDuty looks no further ahead.
const AHEAD: Duration = Duration::days(90);
const PAGES: usize = 20;

#[async_trait]
impl OnCall for Pagerduty {
    async fn duties(&self, from: Time, to: Time, now: Time) -> Result<Vec<Duty>, SourceError> {
        let furthest = from.checked_add_signed(AHEAD).unwrap_or(from);
        let query = vec![
            ("since", stamp(from)),
            ("until", stamp(to.clamp(from + Duration::seconds(1), furthest))),
            ("time_zone", "UTC".to_owned()),
            ("include[]", "escalation_policies".to_owned()),
            ("include[]", "users".to_owned()),
        ];
        let ask = Ask { path: "oncalls", list: "oncalls", query, pages: PAGES };
        let told = pages::read::<OnCallEntry>(&self.http, ask, now).await?;
        if let Some(problem) = told.problems.first().filter(|_| told.items.is_empty()) {
            return Err(SourceError::malformed(format!("{}: {}", problem.at, problem.why)));
        }
        let mut duties: Vec<Duty> =
            told.items.into_iter().filter(|e| self.is_ours(&e.escalation_policy)).map(duty).collect();
        duties.sort_by(|a, b| (&a.of, a.level, a.from, &a.who).cmp(&(&b.of, b.level, b.from, &b.who)));
        duties.dedup();
        Ok(duties)
    }
}

impl Pagerduty {
    /// Whether a policy belongs to what is watched; one that says nothing of it does.
    fn is_ours(&self, policy: &Policy) -> bool {
        let among = |wanted: &[String], refs: &[Ref]| {
            wanted.is_empty() || refs.is_empty() || refs.iter().any(|r| wanted.iter().any(|w| w == r.id.raw()))
        };
        among(&self.options.teams, &policy.teams) && among(&self.options.services, &policy.services)
    }
}

/// A moment as PagerDuty reads it.
pub(super) fn stamp(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn duty(entry: OnCallEntry) -> Duty {
    Duty {
        of: entry.escalation_policy.named.called(),
        services: entry.escalation_policy.services.iter().map(Ref::called).collect(),
        level: entry.escalation_level,
        who: entry.user.called(),
        from: entry.start,
        until: entry.end,
    }
}
