//! What the cockpit asks the sources beside their polls: each question is a task that answers with a message.

use crate::{
    app::{msg::Msg, world::inquiry::Question},
    domain::{alert::AlertId, held::Request, label::Labels, matcher::Matcher, slo::Slo, source::SourceName},
    runtime::{beyond, explain, inquire, request, routes, study, terminal::Screen},
};

use super::Turning;

impl<S: Screen> Turning<'_, S> {
    /// Who is asked around the alert is known at once, so that no frame leaves out that somebody is.
    pub(super) fn explain(&mut self, id: AlertId) -> Option<Msg> {
        let Some(question) = explain::Question::new(&self.app, &id, &self.sources, self.clock) else {
            return Some(Msg::Explained { id, told: Vec::new() });
        };
        self.begin(question.tell(self.inbox.clone()));
        let around = study::Question::new(&self.app.world, &id, &self.sources, self.clock)?;
        let asked = around.asked();
        self.begin(around.tell(self.inbox.clone()));
        Some(asked)
    }

    pub(super) fn recall(&mut self, id: AlertId, labels: Labels, back: chrono::Duration) -> Option<Msg> {
        let question = study::Question::memory_of(id, labels, &self.sources, self.clock).back(back);
        let asked = question.recalling();
        self.begin(question.recall(self.inbox.clone()));
        Some(asked)
    }

    pub(super) fn ask_beyond(&mut self, matchers: Vec<Matcher>) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.begin(async move {
            let told = beyond::ask(&sources, &matchers, clock).await;
            let _ = inbox.send(Msg::Beyond { matchers, told }).await;
        });
        None
    }

    pub(super) fn plan_requests(&mut self, requests: Vec<Request>) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.begin(async move {
            let answers = request::plan_all(&sources, &requests, clock).await;
            let _ = inbox.send(Msg::Planned(requests.into_iter().zip(answers).collect())).await;
        });
        None
    }

    pub(super) fn inquire(&mut self, slo: Slo, question: Question) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.begin(async move {
            let answer = inquire::ask(&sources, &slo, &question, clock).await;
            let _ = inbox.send(Msg::Inquired(question, answer)).await;
        });
        None
    }

    pub(super) fn read_routes(&mut self, name: SourceName) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.begin(async move {
            let told = routes::read(&sources, &name, clock).await;
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::Routes(name, told)).await;
        });
        None
    }

    /// Seldom worth a question while nobody looks: whoever looks again is told within a second.
    pub(super) fn read_on_call(&mut self, name: SourceName) -> Option<Msg> {
        if self.unseen_since.is_some() {
            return Some(Msg::OnCall(name, None));
        }
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.begin(async move {
            let told = crate::runtime::oncall::read(&sources, &name, clock).await;
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::OnCall(name, Some(told))).await;
        });
        None
    }
}
