//! A source with everything that only some backends have: acks of its own, owners, changes, duties, members.
//!
//! Its answers are fixed: two who ask are told the same.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::Duration;
use watchfire::domain::{
    Time,
    alert::{Alert, AlertState},
    held::{Applied, Duty, Escalation, Held, HeldAck, Needs, Request, RequestPlan, Verb, Way},
    label::{Fingerprint, Labels},
    members::{Dissent, Members},
    op::OpId,
    source::{AckVia, Capabilities, Change, Description, Problem, Snapshot, SourceError, SourceName},
    text::SafeText,
};
use watchfire::sources::{Changes, OnCall, Requests, Source};

use super::noon;

pub struct Pager(Description);

impl Pager {
    pub fn new() -> Self {
        let way = |verb, text, until, undo| Way { verb, words: "does it\x1b[2J there".into(), text, until, undo };
        let can = Capabilities {
            alerts: true,
            ack: Some(AckVia::Native),
            ways: vec![
                way(Verb::Ack, Needs::May, Needs::No, Some(Verb::Unack)),
                way(Verb::Snooze, Needs::No, Needs::Must, None),
                way(Verb::Note, Needs::Must, Needs::No, None),
            ],
            on_call: true,
            changes: true,
            ..Capabilities::default()
        };
        let name = SourceName::new("prod");
        Self(Description { name, kind: "pager", can, interval: Duration::seconds(15) })
    }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(n, v)| (SafeText::new(n), SafeText::new(v))).collect::<Vec<_>>().into()
}

fn page(key: &str, state: AlertState, held: Option<Held>) -> Arc<Alert> {
    Arc::new(Alert {
        fingerprint: Fingerprint::new(key),
        labels: labels(&[("alertname", "Down\u{202e}"), ("severity", "P1"), ("", "empty name")]),
        annotations: labels(&[("summary", "two\nlines \x07 and \u{1f44d}\u{1f3fd}")]),
        state,
        starts_at: noon() - Duration::nanoseconds(123_456_789),
        fires_at: Some(noon() + Duration::minutes(3)),
        silenced_by: vec![SafeText::new("s1")].into(),
        inhibited_by: vec![Fingerprint::new("0123456789abcdef")].into(),
        receivers: vec![SafeText::new("team"), SafeText::new("ops")].into(),
        source_url: Some("https://pager.example.org/1".into()),
        held: held.map(Arc::new),
    })
}

fn held() -> Held {
    Held {
        word: "triggered".into(),
        ack: Some(HeldAck { by: "bob".into(), reason: "".into(), at: noon(), until: Some(noon()) }),
        assigned: vec!["bob".into(), "alice".into()],
        escalates: Some(Escalation { at: noon(), to: "secondary".into() }),
        keys: vec![("alertmanager.group_key".into(), "1fcd".into())],
    }
}

#[async_trait]
impl Source for Pager {
    fn describe(&self) -> &Description {
        &self.0
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let key = Fingerprint::new("Q1");
        Ok(Snapshot {
            complete: false,
            alerts: vec![
                page("Q1", AlertState::Firing, Some(held())),
                page("Q2/x", AlertState::Unknown, Some(Held::default())),
                page("Q3", AlertState::Pending, None),
            ],
            problems: vec![Problem { at: "alerts[3]".into(), why: "no `key`".into() }],
            missing_members: vec![
                ("b:9093".into(), SourceError::unreachable("refused")),
                ("c:9093".into(), SourceError::RateLimited { until: now + Duration::seconds(30) }),
            ],
            members: Arc::new(Members {
                names: vec!["a".into(), "b".into()],
                away: 2,
                dissent: vec![Dissent { fingerprint: key, told: 1, muted: 1 }],
            }),
            version: Some("1.2".into()),
            ..Snapshot::empty(now)
        })
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }

    fn on_call(&self) -> Option<&dyn OnCall> {
        Some(self)
    }
}

#[async_trait]
impl Changes for Pager {
    async fn changes(&self, since: Time, _: Time) -> Result<Vec<Change>, SourceError> {
        let change = |minutes, id: Option<&str>| Change {
            at: since + Duration::minutes(minutes),
            kind: "deploy".into(),
            title: "checkout 1.2".into(),
            by: "ci".into(),
            text: "".into(),
            service: id.map(|_| "checkout".into()),
            id: id.map(SafeText::new),
            url: id.map(|_| "https://ci.example.org/1".into()),
        };
        Ok(vec![change(1, Some("b1")), change(2, None)])
    }
}

#[async_trait]
impl Requests for Pager {
    async fn plan(&self, request: &Request, _: Time) -> Result<RequestPlan, SourceError> {
        if request.alert.fingerprint.as_str() != "Q1" {
            return Err(SourceError::rejected("there is no such page"));
        }
        Ok(RequestPlan {
            effects: vec![format!("{request:?}").into(), "and tells bob".into()],
            author: "service account".into(),
            affects: 3,
            handle: Some("plan-1".into()),
        })
    }

    async fn apply(&self, op: &OpId, request: &Request, _: Time) -> Result<Applied, SourceError> {
        Ok(match request.verb {
            Verb::Ack => Applied::Done { until: request.until, id: Some(op.0.clone().into()) },
            Verb::Snooze => Applied::Pending { handle: "h".into() },
            Verb::Note => Applied::Otherwise { why: request.text.clone().into() },
            _ => return Err(SourceError::Auth { why: "no".into() }),
        })
    }

    async fn is_so(
        &self,
        op: &OpId,
        _: &Request,
        handle: Option<&SafeText>,
        _: Time,
    ) -> Result<Option<Applied>, SourceError> {
        Ok(handle.map(|h| Applied::Done { until: None, id: Some(format!("{op} {h}").into()) }))
    }
}

#[async_trait]
impl OnCall for Pager {
    async fn duties(&self, from: Time, to: Time, _: Time) -> Result<Vec<Duty>, SourceError> {
        let duty = |level, until| Duty {
            of: "platform".into(),
            services: vec!["checkout".into()],
            level,
            who: "alice".into(),
            from: Some(from),
            until,
        };
        Ok(vec![duty(1, Some(to)), duty(2, None)])
    }
}
