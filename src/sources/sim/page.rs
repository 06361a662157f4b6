//! A page of a simulated day: who has it, until when, and whom it goes to next. Follows from what was asked and the time.
//!
//! After PagerDuty's documented habits: an ack assigns to who acked and ends by itself; nobody acks, then the next is
//! paged; the last one is paged no further. Refuses to know sources.

use chrono::Duration;

use crate::domain::{
    Time,
    held::{Escalation, Held, HeldAck, Verb},
    text::SafeText,
};

use super::{
    ledger::Asked,
    page_log::{Line, What},
    scenario::Paging,
};

/// One page, at a moment.
#[derive(Clone, Debug)]
pub(super) struct Page<'a> {
    rules: &'a Paging,
    /// Who of the people is paged.
    level: usize,
    /// Since when that one has had it.
    since: Time,
    assigned: SafeText,
    ack: Option<HeldAck>,
    pub(super) resolved: bool,
    /// All that became of it, in order.
    pub(super) log: Vec<Line>,
}

impl<'a> Page<'a> {
    /// As it is at `now`, after all that was asked of it.
    pub(super) fn at<'d>(rules: &'a Paging, began: Time, asked: impl Iterator<Item = &'d Asked>, now: Time) -> Self {
        let assigned = rules.people.first().cloned().unwrap_or_default();
        let log = vec![Line { at: began, what: What::Pages(assigned.clone()) }];
        let mut page = Self { rules, level: 0, since: began, assigned, ack: None, resolved: false, log };
        for one in asked {
            page.wait_until(one.at);
            page.take(one);
        }
        page.wait_until(now);
        page
    }

    fn take(&mut self, asked: &Asked) {
        let by = SafeText::new(&asked.request.actor);
        self.log
            .push(Line { at: asked.at, what: What::Asked(asked.request.verb, by.clone(), asked.request.text.clone()) });
        match asked.request.verb {
            Verb::Ack => self.own(by, asked.at, asked.at + self.rules.ack_lasts, SafeText::default()),
            Verb::Snooze => {
                let until = asked.request.until.unwrap_or(asked.at);
                self.own(by, asked.at, until, SafeText::new("snoozed"));
            }
            Verb::Unack => self.page(self.level, asked.at),
            Verb::Escalate => self.page(self.level + 1, asked.at),
            Verb::Resolve => self.resolved = true,
            Verb::Note | Verb::Mute | Verb::Unmute | Verb::Pause | Verb::Unpause => {}
        }
    }

    fn own(&mut self, by: SafeText, at: Time, until: Time, reason: SafeText) {
        self.assigned = by.clone();
        self.ack = Some(HeldAck { by, reason, at, until: Some(until) });
    }

    fn page(&mut self, level: usize, at: Time) {
        self.level = level.min(self.rules.people.len().saturating_sub(1));
        (self.since, self.ack) = (at, None);
        self.assigned = self.rules.people.get(self.level).cloned().unwrap_or_default();
    }

    /// What happens by itself until then.
    fn wait_until(&mut self, then: Time) {
        if let Some(end) = self.ack.as_ref().and_then(|a| a.until).filter(|end| *end <= then) {
            self.page(self.level, end);
            self.log.push(Line { at: end, what: What::AckEnds(self.assigned.clone()) });
        }
        while self.next().is_some_and(|(at, _)| at <= then) {
            self.page(self.level + 1, self.since + self.rules.escalates_after);
            self.log.push(Line { at: self.since, what: What::Escalates(self.assigned.clone()) });
        }
    }

    /// When whom is paged next.
    fn next(&self) -> Option<(Time, SafeText)> {
        let to = self.rules.people.get(self.level + 1).filter(|_| self.ack.is_none() && !self.resolved)?;
        Some((self.since + self.rules.escalates_after, to.clone()))
    }

    pub(super) fn acked_until(&self) -> Option<Time> {
        self.ack.as_ref()?.until
    }

    /// Whom an escalation would page; none where the last one has it.
    pub(super) fn above(&self) -> Option<&SafeText> {
        self.rules.people.get(self.level + 1)
    }

    /// Who has it.
    pub(super) fn assigned(&self) -> &SafeText {
        &self.assigned
    }

    /// Whom it would go back to.
    pub(super) fn paged(&self) -> SafeText {
        self.rules.people.get(self.level).cloned().unwrap_or_default()
    }

    pub(super) fn held(&self) -> Held {
        Held {
            word: SafeText::new(if self.ack.is_some() { "acknowledged" } else { "triggered" }),
            ack: self.ack.clone(),
            assigned: vec![self.assigned.clone()],
            escalates: self.next().map(|(at, to)| Escalation { at, to }),
            keys: Vec::new(),
        }
    }

    pub(super) fn ack_lasts(&self) -> Duration {
        self.rules.ack_lasts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{alert::AlertId, held::Request, label::Fingerprint, op::OpId, source::SourceName};

    fn rules() -> Paging {
        let people = ["ana", "ben", "the boss"].map(SafeText::new).to_vec();
        Paging { people, escalates_after: Duration::minutes(5), ack_lasts: Duration::minutes(30) }
    }

    fn t(minute: i64) -> Time {
        Time::UNIX_EPOCH + Duration::minutes(minute)
    }

    fn asked(at: i64, verb: Verb) -> Asked {
        let alert = AlertId { source: SourceName::new("pd"), fingerprint: Fingerprint::new("a") };
        let request =
            Request { verb, alert, began: t(0), actor: "zoe".into(), text: String::new(), until: Some(t(at + 60)) };
        Asked { op: OpId(format!("{at}")), at: t(at), request }
    }

    #[test]
    fn nobody_acks_and_the_next_is_paged_until_there_is_none() {
        let rules = rules();
        let held = |minute| Page::at(&rules, t(0), std::iter::empty(), t(minute)).held();
        let next = |minute: i64| held(minute).escalates.map(|e| (e.at, e.to.raw().to_owned()));
        assert_eq!((held(4).assigned[0].raw(), next(4)), ("ana", Some((t(5), "ben".into()))));
        assert_eq!((held(5).assigned[0].raw(), next(5)), ("ben", Some((t(10), "the boss".into()))));
        assert_eq!((held(99).assigned[0].raw(), next(99)), ("the boss", None));
    }

    #[test]
    fn an_ack_assigns_stops_the_clock_and_ends_by_itself() {
        let (rules, acked) = (rules(), [asked(2, Verb::Ack)]);
        let held = |minute| Page::at(&rules, t(0), acked.iter(), t(minute)).held();
        assert_eq!((held(31).assigned[0].raw(), held(31).escalates), ("zoe", None));
        assert_eq!(held(31).ack.unwrap().until, Some(t(32)));
        assert_eq!((held(32).ack, held(32).escalates.unwrap().at), (None, t(37)));
    }

    #[test]
    fn what_is_asked_is_so_afterwards() {
        let rules = rules();
        let after = |verb| {
            let all = [asked(2, Verb::Ack), asked(3, verb)];
            Page::at(&rules, t(0), all.iter(), t(4))
        };
        assert!(after(Verb::Resolve).resolved);
        assert_eq!(after(Verb::Unack).held().assigned[0].raw(), "ana");
        assert_eq!(after(Verb::Escalate).held().assigned[0].raw(), "ben");
        assert_eq!(after(Verb::Snooze).acked_until(), Some(t(63)));
    }
}
