//! Writes: who may, in whose name, and what becomes of the incident.

use chrono::Duration;
use serde_json::{Value, json};

use super::{Query, State, missing, refuse, show};
use crate::support::server::{Reply, Request};

impl State {
    pub fn write(&mut self, request: &Request) -> Reply {
        let who = match self.author(request) {
            Ok(who) => who,
            Err(refused) => return refused,
        };
        if request.headers.get("content-type").map(String::as_str) != Some("application/json") {
            return refuse(400, 2000, "Invalid Content-Type", &[]);
        }
        let Ok(body) = serde_json::from_str::<Value>(&request.body) else { return refuse(400, 2001, "No JSON", &[]) };
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let before = parts.get(1).and_then(|id| self.incidents.iter().find(|i| i.id == *id)).cloned();
        let reply = match (request.method.as_str(), parts.as_slice()) {
            ("PUT", ["incidents"]) => self.bulk(&body, who),
            ("PUT", ["incidents", id]) => self.change(id, &body["incident"], who),
            ("POST", ["incidents", id, "snooze"]) => self.snooze(id, &body, who),
            ("POST", ["incidents", id, "notes"]) => self.note(id, &body, who),
            _ => missing(),
        };
        if let Some(before) = before.filter(|_| self.lag > 0) {
            self.stale = Some((before, self.lag));
        }
        if std::mem::take(&mut self.loses_an_answer) { Reply::raw("") } else { reply }
    }

    /// A user's key writes as its user, whatever `From` says; an account's key as whom `From` names.
    fn author(&self, request: &Request) -> Result<usize, Reply> {
        if let Some(user) = self.key.user {
            return Ok(user);
        }
        let must = "You must specify a user's email address in the \"From\" header to perform this action";
        let from = request.headers.get("from").ok_or_else(|| refuse(400, 2016, must, &[]))?;
        let found = self.users.iter().position(|u| u.email == from);
        found.ok_or_else(|| refuse(400, 1008, "Requester User Not Found", &[]))
    }

    fn bulk(&mut self, body: &Value, who: usize) -> Reply {
        let all = body["incidents"].as_array().cloned().unwrap_or_default();
        if all.len() > 250 {
            return refuse(413, 2001, "Too many incidents", &[]);
        }
        for one in &all {
            let _ = self.change(one["id"].as_str().unwrap_or(""), one, who);
        }
        Reply::json(json!({ "incidents": [] }).to_string())
    }

    fn change(&mut self, id: &str, change: &Value, who: usize) -> Reply {
        let Some(incident) = self.incidents.iter().find(|i| i.id == id) else { return missing() };
        if incident.status == "resolved" {
            return refuse(400, 2001, "Invalid Input Provided", &["Incident Already Resolved"]);
        }
        match change["status"].as_str() {
            Some("acknowledged") => self.acknowledge(id, who),
            Some("resolved") => self.resolve(id, change, who),
            _ if change["escalation_level"].is_u64() => {
                let level = change["escalation_level"].as_u64().unwrap() as usize;
                if level == 0 || level > self.levels.len() {
                    return refuse(400, 2001, "Invalid Input Provided", &["Escalation level is out of range"]);
                }
                self.climb(id, level, self.now);
                let whom = self.reference(self.levels[level - 1].0);
                self.tell("escalate", id, Some(who), self.now, json!({"assignees": [whom]}));
            }
            _ if change["escalation_policy"]["id"] == show::POLICY => {
                self.climb(id, 1, self.now);
                let whom = self.reference(self.levels[0].0);
                self.tell("assign", id, Some(who), self.now, json!({"assignees": [whom]}));
            }
            _ => return refuse(400, 2001, "Invalid Input Provided", &["nothing to change"]),
        }
        self.shown(id)
    }

    /// Takes the incident from whoever had it, and ends by itself where the service says so.
    fn acknowledge(&mut self, id: &str, who: usize) {
        let (now, timeout) = (self.now, self.ack_timeout);
        let incident = self.found(id);
        incident.acks.retain(|(user, _)| *user != who);
        incident.acks.push((who, now));
        (incident.status, incident.updated_at, incident.escalate_at) = ("acknowledged", now, None);
        incident.unack_at = timeout.map(|s| now + Duration::seconds(s));
        let moved = incident.assigned.iter().all(|(user, _)| *user != who);
        incident.assigned = vec![(who, now)];
        self.tell("acknowledge", id, Some(who), now, json!({"acknowledgement_timeout": timeout}));
        if moved {
            let whom = self.reference(who);
            self.tell("assign", id, Some(who), now, json!({"assignees": [whom]}));
        }
    }

    fn resolve(&mut self, id: &str, change: &Value, who: usize) {
        let now = self.now;
        let incident = self.found(id);
        (incident.status, incident.updated_at) = ("resolved", now);
        (incident.unack_at, incident.escalate_at) = (None, None);
        incident.assigned.clear();
        incident.acks.clear();
        let said = change["resolution"].as_str().map(|text| json!({"type": "note", "content": text}));
        self.tell("resolve", id, Some(who), now, json!({"channel": said.unwrap_or(json!({"type": "website"}))}));
    }

    fn snooze(&mut self, id: &str, body: &Value, who: usize) -> Reply {
        let Some(seconds) = body["duration"].as_i64().filter(|s| (1..=604_800).contains(s)) else {
            return refuse(400, 2001, "Invalid Input Provided", &["Duration is invalid"]);
        };
        if self.incidents.iter().all(|i| i.id != id || i.status == "resolved") {
            return refuse(400, 2001, "Invalid Input Provided", &["Incident Already Resolved"]);
        }
        let now = self.now;
        let incident = self.found(id);
        incident.acks.retain(|(user, _)| *user != who);
        incident.acks.push((who, now));
        (incident.status, incident.updated_at, incident.escalate_at) = ("acknowledged", now, None);
        incident.unack_at = Some(now + Duration::seconds(seconds));
        self.tell("snooze", id, Some(who), now, json!({}));
        self.shown(id)
    }

    fn note(&mut self, id: &str, body: &Value, who: usize) -> Reply {
        let Some(content) = body["note"]["content"].as_str().filter(|c| !c.is_empty()) else {
            return refuse(400, 2001, "Invalid Input Provided", &["Content cannot be empty"]);
        };
        let (now, user) = (self.now, self.reference(who));
        let Some(incident) = self.incidents.iter_mut().find(|i| i.id == id) else { return missing() };
        if incident.notes.len() >= 2000 {
            return refuse(400, 2001, "Invalid Input Provided", &["Incident has reached the maximum of notes"]);
        }
        let note = json!({
            "id": format!("PNOTE{}", incident.notes.len()), "user": user, "content": content,
            "created_at": show::stamp(now), "updated_at": show::stamp(now), "channel": {"summary": "API"},
        });
        incident.notes.push(note.clone());
        self.tell("annotate", id, Some(who), now, json!({"channel": {"type": "note", "content": content}}));
        Reply::json(json!({ "note": note }).to_string())
    }

    /// A write answers the incident with everything.
    fn shown(&self, id: &str) -> Reply {
        let incident = self.incidents.iter().find(|i| i.id == id).unwrap();
        Reply::json(json!({"incident": self.incident(incident, &Query(Vec::new()))}).to_string())
    }
}
