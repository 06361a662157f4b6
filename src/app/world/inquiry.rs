//! What was asked about one budget on demand: by which queries it is counted, and which part of the traffic spent it.

use crate::{
    app::effect::Effect,
    domain::{
        slo::{Slo, SloId, drill::Counted, explain::Queries},
        source::SourceError,
    },
};

use super::World;

/// A question and what was answered so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Inquiry {
    pub question: Question,
    /// None while it is being asked.
    pub answer: Option<Answer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// In buckets of five minutes.
    Queries(SloId),
    /// `(from, to]`, Unix seconds.
    Drill(SloId, (i64, i64)),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// None where the source speaks no query language.
    Queries(Option<Queries>),
    Drilled(Result<Vec<Counted>, SourceError>),
}

impl World {
    /// Asks what was not asked last; none where the budget is gone.
    pub fn inquire(&mut self, question: Question) -> Option<Effect> {
        let (Question::Queries(id) | Question::Drill(id, _)) = &question;
        let slo: Slo = self.budgets.get(id)?.slo.as_ref().clone();
        self.budgets.inquiry = Some(Inquiry { question: question.clone(), answer: None });
        Some(Effect::Inquire { slo: Box::new(slo), question })
    }

    /// Takes an answer to what is still asked.
    pub fn inquired(&mut self, question: &Question, answer: Answer) {
        if let Some(open) = self.budgets.inquiry.as_mut().filter(|i| i.question == *question) {
            open.answer = Some(answer);
        }
    }

    /// What was answered to exactly this question; none while it is being asked.
    pub fn answered(&self, question: &Question) -> Option<&Answer> {
        self.budgets.inquiry.as_ref().filter(|i| i.question == *question)?.answer.as_ref()
    }
}
