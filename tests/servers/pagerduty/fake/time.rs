//! What happens by itself as time passes, and the log that tells of everything.

use chrono::Duration;
use serde_json::{Value, json};
use watchfire::domain::Time;

use super::{Incident, State, show::stamp};

impl State {
    /// Opens an incident on the service `checkout`, of one alert with this key.
    pub fn trigger(&mut self, title: &str, alert_key: &str) -> String {
        let number = self.incidents.len() + 1;
        let incident = Incident {
            id: format!("PINC{number:05}"),
            number,
            title: title.to_owned(),
            status: "triggered",
            urgency: "high",
            priority: None,
            service: "PSVC001",
            created_at: self.now,
            updated_at: self.now,
            level: 1,
            assigned: vec![(self.levels[0].0, self.now)],
            acks: Vec::new(),
            unack_at: None,
            escalate_at: Some(self.now + Duration::minutes(self.levels[0].1)),
            alerts: vec![alert(alert_key)],
            notes: Vec::new(),
        };
        let id = incident.id.clone();
        self.incidents.push(incident);
        self.tell("trigger", &id, None, self.now, json!({"channel": {"type": "api", "summary": title}}));
        id
    }

    pub fn found(&mut self, id: &str) -> &mut Incident {
        self.incidents.iter_mut().find(|i| i.id == id).unwrap()
    }

    /// Writes a line of the log; by PagerDuty itself where nobody is named.
    pub fn tell(&mut self, kind: &str, id: &str, by: Option<usize>, at: Time, more: Value) {
        let incident = self.incidents.iter().find(|i| i.id == id).unwrap();
        let agent = by.map_or(json!({"id": "PSVC001", "type": "service_reference", "summary": "checkout"}), |user| {
            self.reference(user)
        });
        let mut entry = json!({
            "id": format!("RLOG{:05}", self.log.len()), "type": format!("{kind}_log_entry"),
            "summary": format!("{kind} by somebody"), "created_at": stamp(at), "agent": agent,
            "channel": {"type": "auto"}, "teams": [], "contexts": [],
            "service": {"id": incident.service, "type": "service_reference", "summary": "checkout"},
            "incident": {
                "id": id, "type": "incident_reference", "summary": format!("[#{}] {}", incident.number, incident.title),
                "html_url": format!("https://acme.pagerduty.com/incidents/{id}"),
            },
        });
        for (name, value) in more.as_object().cloned().unwrap_or_default() {
            entry[name] = value;
        }
        self.log.push(entry);
    }

    /// Everything that was due until now, in the order in which it was due.
    pub fn tick(&mut self) {
        let due = |i: &Incident| [i.unack_at, i.escalate_at].into_iter().flatten().min();
        loop {
            let next = self.incidents.iter().filter_map(|i| Some((due(i)?, i.id.clone()))).min();
            match next {
                Some((at, id)) if at <= self.now => self.happen(&id, at),
                _ => return,
            }
        }
    }

    fn happen(&mut self, id: &str, at: Time) {
        if self.found(id).unack_at == Some(at) {
            let delay = self.delay(id);
            let incident = self.found(id);
            (incident.status, incident.unack_at, incident.updated_at) = ("triggered", None, at);
            incident.acks.clear();
            incident.escalate_at = Some(at + delay);
            return self.tell("unacknowledge", id, None, at, json!({"channel": {"type": "timeout"}}));
        }
        let level = self.found(id).level + 1;
        if level > self.levels.len() {
            self.found(id).escalate_at = None;
            return self.tell("exhaust_escalation_path", id, None, at, json!({}));
        }
        self.climb(id, level, at);
        let whom = self.reference(self.levels[level - 1].0);
        self.tell("escalate", id, None, at, json!({"assignees": [whom]}));
    }

    /// On to a level: whoever is paged there has it.
    pub fn climb(&mut self, id: &str, level: usize, at: Time) {
        let (user, minutes) = self.levels[level - 1];
        let incident = self.found(id);
        (incident.status, incident.level, incident.updated_at) = ("triggered", level, at);
        (incident.assigned, incident.unack_at) = (vec![(user, at)], None);
        incident.acks.clear();
        incident.escalate_at = Some(at + Duration::minutes(minutes));
    }

    fn delay(&mut self, id: &str) -> Duration {
        let level = self.found(id).level;
        Duration::minutes(self.levels[level - 1].1)
    }
}

fn alert(key: &str) -> Value {
    json!({
        "id": format!("PALT-{key}"), "type": "alert", "status": "triggered", "alert_key": key, "severity": "critical",
        "body": {
            "type": "alert_body",
            "details": {"firing": "HighErrorRate on web-1", "num_firing": 1},
            "cef_details": {"source_origin": "web-1", "source_component": "api", "severity": "critical"},
        },
    })
}
