//! How things look: references where they are not asked to be included, dates as text, null where there is nothing.

use serde_json::{Value, json};
use watchfire::domain::Time;

use super::{Incident, Query, State, missing};
use crate::support::server::Reply;

pub const POLICY: &str = "PPOL001";

pub fn stamp(at: Time) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

impl State {
    pub fn user(&self, index: usize) -> Value {
        let user = &self.users[index];
        json!({
            "id": user.id, "type": "user", "summary": user.name, "name": user.name, "email": user.email,
            "html_url": format!("https://acme.pagerduty.com/users/{}", user.id),
        })
    }

    pub fn reference(&self, index: usize) -> Value {
        let user = &self.users[index];
        json!({"id": user.id, "type": "user_reference", "summary": user.name, "self": null, "html_url": null})
    }

    fn person(&self, index: usize, whole: bool) -> Value {
        if whole { self.user(index) } else { self.reference(index) }
    }

    fn policy(&self, whole: bool) -> Value {
        let mut policy = json!({"id": POLICY, "type": "escalation_policy_reference", "summary": "Shop on call"});
        if whole {
            let rule = |(user, minutes): &(usize, i64)| json!({"id": "R", "escalation_delay_in_minutes": minutes, "targets": [self.reference(*user)]});
            policy["type"] = "escalation_policy".into();
            policy["escalation_rules"] = self.levels.iter().map(rule).collect();
            policy["num_loops"] = 0.into();
            policy["teams"] = json!([{"id": "PTEAM01", "type": "team_reference", "summary": "Shop"}]);
            policy["services"] = json!([{"id": "PSVC001", "type": "service_reference", "summary": "checkout"}]);
        }
        policy
    }

    fn service(&self, id: &str, whole: bool) -> Value {
        let name = if id == "PSVC001" { "checkout" } else { "search" };
        let mut service = json!({"id": id, "type": "service_reference", "summary": name, "html_url": null});
        if whole {
            service["type"] = "service".into();
            service["name"] = name.into();
            service["acknowledgement_timeout"] = self.ack_timeout.into();
            service["auto_resolve_timeout"] = Value::Null;
        }
        service
    }

    pub fn incident(&self, incident: &Incident, query: &Query) -> Value {
        let pending = |kind: &str, at: Option<Time>| at.map(|at| json!({"type": kind, "at": stamp(at)}));
        let pending_actions: Vec<Value> =
            [pending("unacknowledge", incident.unack_at), pending("escalate", incident.escalate_at)]
                .into_iter()
                .flatten()
                .collect();
        let assignment = |(user, at): &(usize, Time)| json!({"at": stamp(*at), "assignee": self.person(*user, query.includes("assignees"))});
        let ack = |(user, at): &(usize, Time)| json!({"at": stamp(*at), "acknowledger": self.person(*user, query.includes("acknowledgers"))});
        json!({
            "id": incident.id, "type": "incident", "incident_number": incident.number,
            "summary": format!("[#{}] {}", incident.number, incident.title),
            "title": incident.title, "description": incident.title, "status": incident.status,
            "urgency": incident.urgency, "incident_key": format!("key-{}", incident.number),
            "html_url": format!("https://acme.pagerduty.com/incidents/{}", incident.id),
            "created_at": stamp(incident.created_at), "updated_at": stamp(incident.updated_at),
            "last_status_change_at": stamp(incident.updated_at),
            "priority": incident.priority.map(|p| json!({"id": "PRIO", "type": "priority_reference", "summary": p})),
            "service": self.service(incident.service, query.includes("services")),
            "escalation_policy": self.policy(query.includes("escalation_policies")),
            "teams": [{"id": "PTEAM01", "type": "team_reference", "summary": "Shop"}],
            "assignments": incident.assigned.iter().map(assignment).collect::<Vec<_>>(),
            "acknowledgements": incident.acks.iter().map(ack).collect::<Vec<_>>(),
            "pending_actions": pending_actions,
            "alert_counts": {"all": incident.alerts.len(), "triggered": incident.alerts.len(), "resolved": 0},
            "is_mergeable": true, "conference_bridge": null, "resolve_reason": null,
        })
    }

    pub fn list(&mut self, query: &Query) -> Reply {
        let month = self.now - chrono::Duration::days(30);
        let all_time = query.one("date_range").as_deref() == Some("all");
        let wanted = |i: &&Incident| {
            query.lets("statuses[]", i.status)
                && query.lets("urgencies[]", i.urgency)
                && query.lets("service_ids[]", i.service)
                && query.lets("team_ids[]", "PTEAM01")
                && (query.all("user_ids[]").is_empty()
                    || i.assigned.iter().any(|(u, _)| query.lets("user_ids[]", self.users[*u].id)))
                && (all_time || i.created_at >= month)
        };
        let mut found: Vec<&Incident> = self.incidents.iter().filter(wanted).collect();
        found.sort_by_key(|i| (i.created_at, i.number));
        if query.one("sort_by").as_deref() == Some("created_at:desc") {
            found.reverse();
        }
        let rows = found.into_iter().map(Some).chain(self.garbage.as_ref().map(|_| None)).collect();
        let show =
            |row: Option<&Incident>| row.map_or_else(|| self.garbage.clone().unwrap(), |i| self.incident(i, query));
        self.page(query, "incidents", rows, show)
    }

    /// As it is, or, for a few reads after a write, as it was.
    pub fn one(&mut self, id: &str, query: &Query) -> Reply {
        if let Some((old, left)) = self.stale.take().filter(|(old, left)| old.id == id && *left > 0) {
            let body = json!({"incident": self.incident(&old, query)});
            self.stale = Some((old, left - 1));
            return Reply::json(body.to_string());
        }
        let found = self.incidents.iter().find(|i| i.id == id);
        found.map_or_else(missing, |i| Reply::json(json!({"incident": self.incident(i, query)}).to_string()))
    }

    pub fn on_calls(&self, query: &Query) -> Reply {
        if !query.lets("escalation_policy_ids[]", POLICY) {
            return self.page(query, "oncalls", Vec::new(), |row| row);
        }
        let time = |name: &str| query.one(name).map_or(self.now, |t| t.parse().unwrap());
        let (since, until) = (time("since"), time("until"));
        let entry = |level: usize, user: usize, shift: Option<(Time, Time)>| {
            json!({
                "escalation_policy": self.policy(query.includes("escalation_policies")), "escalation_level": level,
                "schedule": shift.map(|_| json!({"id": "PSCHED1", "type": "schedule_reference", "summary": "Nights"})),
                "user": self.person(user, query.includes("users")),
                "start": shift.map(|s| stamp(s.0)), "end": shift.map(|s| stamp(s.1)),
            })
        };
        let shifts = self.shifts.iter().filter(|(_, from, to)| *from <= until && *to > since);
        let mut rows: Vec<Value> = shifts.map(|(user, from, to)| entry(1, *user, Some((*from, *to)))).collect();
        let skipped = usize::from(!self.shifts.is_empty());
        rows.extend(self.levels.iter().enumerate().skip(skipped).map(|(i, (user, _))| entry(i + 1, *user, None)));
        self.page(query, "oncalls", rows, |row| row)
    }
}
