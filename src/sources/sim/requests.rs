//! What a simulated source that pages can be asked to do: planned in its own words, done, and told again.
//!
//! Refuses to know who asks. What is faulty fails as the scenario wants it: the answer is lost, or what was asked never came.

use async_trait::async_trait;

use crate::{
    domain::{
        Time,
        alert::{Alert, AlertId},
        duration,
        held::{Applied, Held, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        routing::group_key::{ALERT_KEY, alert_key},
        source::{Change, SourceError},
        text::SafeText,
    },
    sources::Requests,
};

use super::{
    ledger::{Asked, Ledger},
    page::Page,
    scenario::{FaultKind, Imitates, Paging},
    source::SimSource,
};

/// The annotation of a page that names the group it was sent for.
const GROUP_KEY: &str = "group_key";

/// What one that pages can do, in its words.
pub(super) fn ways(pages: &Paging) -> Vec<Way> {
    let lasts = duration::long(pages.ack_lasts);
    let way = |verb, words: &str, text, until, undo| Way { verb, words: SafeText::new(words), text, until, undo };
    let ack = format!("acknowledges the incident: it is assigned to you, and the ack ends after {lasts}");
    vec![
        way(Verb::Ack, &ack, Needs::No, Needs::No, Some(Verb::Unack)),
        way(
            Verb::Unack,
            "assigns it back to who was paged: they are paged again",
            Needs::No,
            Needs::No,
            Some(Verb::Ack),
        ),
        way(Verb::Resolve, "resolves the incident; it cannot be opened again", Needs::May, Needs::No, None),
        way(
            Verb::Snooze,
            "acknowledges it until a time, then it pages again",
            Needs::No,
            Needs::Must,
            Some(Verb::Unack),
        ),
        way(Verb::Escalate, "pages the next one of the escalation policy now", Needs::No, Needs::No, None),
        way(Verb::Note, "adds a note that everybody sees there", Needs::Must, Needs::No, None),
    ]
}

/// Under which key the Alertmanager that paged knows it: of the name of the group that stands in its details.
fn keys(alert: &Alert) -> Vec<(SafeText, SafeText)> {
    let group = alert.annotations.get(GROUP_KEY).filter(|key| !key.is_empty());
    group.map(|key| (ALERT_KEY.into(), alert_key(key.raw()).into())).into_iter().collect()
}

impl SimSource {
    /// An alert as one that pages tells it; none where it was resolved there.
    pub(super) fn paged(&self, ledger: &Ledger, alert: Alert, now: Time) -> Option<Alert> {
        let plan = &self.shared.scenario.sources[self.index];
        if plan.imitates != Imitates::Pagerduty {
            return Some(alert);
        }
        let id = AlertId { source: plan.name.clone(), fingerprint: alert.fingerprint.clone() };
        let page = Page::at(&plan.pages, alert.starts_at, ledger.done(&id, alert.starts_at, now), now);
        (!page.resolved).then(|| Alert { held: Some(Held { keys: keys(&alert), ..page.held() }.into()), ..alert })
    }

    /// What became of the pages that are open, in `(since, now]`.
    ///
    /// # Errors
    /// That what was asked cannot be read.
    pub(super) fn log(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let plan = &self.shared.scenario.sources[self.index];
        if plan.imitates != Imitates::Pagerduty {
            return Ok(Vec::new());
        }
        let ledger = self.shared.ledger()?;
        let of = |alert: Alert| {
            let id = AlertId { source: plan.name.clone(), fingerprint: alert.fingerprint.clone() };
            let asked = ledger.done(&id, alert.starts_at, now);
            let lines = Page::at(&plan.pages, alert.starts_at, asked, now).log.into_iter();
            let lines = lines.filter(|line| since < line.at && line.at <= now);
            lines
                .map(|line| line.change(plan.name.as_str(), alert.name(), alert.labels.get("service")))
                .collect::<Vec<_>>()
        };
        Ok(self.alerts(now, &[]).into_iter().flat_map(of).collect())
    }

    fn page(&self, ledger: &Ledger, request: &Request, now: Time) -> Page<'_> {
        let plan = &self.shared.scenario.sources[self.index];
        Page::at(&plan.pages, request.began, ledger.done(&request.alert, request.began, now), now)
    }

    /// Whether it can be asked at all: the incident stands, and is the one that was meant.
    fn check(&self, request: &Request, page: &Page<'_>, now: Time) -> Result<(), SourceError> {
        let alerts = self.alerts(now, &[]);
        let fires = alerts.iter().find(|a| a.fingerprint == request.alert.fingerprint);
        let why = match fires {
            Some(alert) if alert.starts_at != request.began => "404 Not Found: that incident is over (simulated)",
            Some(_) if !page.resolved => "",
            _ => "400: Incident Already Resolved (simulated)",
        };
        let why = if request.verb == Verb::Escalate && page.above().is_none() {
            "400: there is no level above this one (simulated)"
        } else {
            why
        };
        if why.is_empty() { Ok(()) } else { Err(SourceError::rejected(why)) }
    }

    fn told(asked: &Asked, page: &Page<'_>, now: Time) -> Applied {
        if asked.at > now {
            return Applied::Pending { handle: SafeText::new(&format!("job-{}", asked.op)) };
        }
        let owns = matches!(asked.request.verb, Verb::Ack | Verb::Snooze);
        Applied::Done { until: page.acked_until().filter(|_| owns), id: None }
    }
}

#[async_trait]
impl Requests for SimSource {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        self.reach(now).await?;
        let ledger = self.shared.ledger()?;
        let page = self.page(&ledger, request, now);
        self.check(request, &page, now)?;
        let effects = effects(request, &page, now);
        Ok(RequestPlan {
            effects: effects.iter().map(|e| SafeText::new(e)).collect(),
            author: SafeText::new(&request.actor),
            affects: 1,
            handle: None,
        })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let fault = self.reach(now).await?;
        let lost = || SourceError::unreachable("the connection broke before the answer came (simulated)");
        match fault {
            Some(FaultKind::Refused) => {
                return Err(SourceError::rejected("403: this token may read only (simulated)"));
            }
            Some(FaultKind::LostRequest) => return Err(lost()),
            _ => {}
        }
        let mut ledger = self.shared.ledger()?;
        if ledger.asked(op).is_none() {
            let page = self.page(&ledger, request, now);
            self.check(request, &page, now)?;
        }
        let over = self.fault(now).map(|f| self.shared.epoch + f.until);
        let at = over.filter(|_| fault == Some(FaultKind::Pending)).unwrap_or(now);
        let asked = Asked { op: op.clone(), at, request: request.clone() };
        ledger.ask(asked.clone());
        self.shared.keep(&ledger)?;
        match fault {
            Some(FaultKind::LostAnswer) => Err(lost()),
            _ => Ok(Self::told(ledger.asked(op).unwrap_or(&asked), &self.page(&ledger, request, now), now)),
        }
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        _handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        self.reach(now).await?;
        let ledger = self.shared.ledger()?;
        let page = self.page(&ledger, request, now);
        Ok(ledger.asked(op).map(|asked| Self::told(asked, &page, now)))
    }
}

/// What would happen, a sentence each.
fn effects(request: &Request, page: &Page<'_>, now: Time) -> Vec<String> {
    let (actor, paged) = (&request.actor, page.paged());
    let clock = |at: Time| format!("{} UTC", at.format("%H:%M"));
    match request.verb {
        Verb::Ack => vec![
            format!("acknowledges the incident and assigns it to {actor}; until now {} has it", page.assigned().raw()),
            format!("stops the escalation; the ack ends at {} and it pages again", clock(now + page.ack_lasts())),
        ],
        Verb::Snooze => {
            let until = request.until.unwrap_or(now);
            vec![format!("assigns it to {actor} and snoozes it until {}, then it pages again", clock(until))]
        }
        Verb::Unack => vec![format!("assigns it back to {0}, who is paged again", paged.raw())],
        Verb::Resolve => vec!["resolves the incident for everybody; it cannot be opened again".into()],
        Verb::Escalate => vec![format!("pages {} now", page.above().map_or("nobody", SafeText::raw))],
        Verb::Note => vec!["adds the note to the incident, where everybody sees it".into()],
        Verb::Mute | Verb::Unmute | Verb::Pause | Verb::Unpause => Vec::new(),
    }
}
