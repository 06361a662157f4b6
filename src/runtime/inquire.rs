//! Asks the source of one budget about it: its queries, or which part of the traffic spent it. Within a limit.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    app::world::inquiry::{Answer, Question},
    domain::{
        slo::{Slo, drill::Counted, history::FINE},
        source::SourceError,
    },
    sources::Counts,
};

use super::{Sources, clock::Clock, panics::supervised};

/// How long it may take: several queries, one after the other.
const WITHIN: Duration = Duration::from_secs(30);

pub async fn ask(sources: &Sources, slo: &Slo, question: &Question, clock: Clock) -> Answer {
    let counts = counts(sources, slo);
    match question {
        Question::Queries(_) => Answer::Queries(counts.and_then(|c| c.queries(slo, FINE))),
        Question::Drill(_, span) => Answer::Drilled(drill(sources, slo, None, *span, clock).await),
    }
}

/// The facet of the source that counts it.
pub fn counts<'a>(sources: &'a Sources, slo: &Slo) -> Option<&'a dyn Counts> {
    let mut counting = sources.iter().filter(|s| s.describe().can.counts);
    let source = match &slo.indicator.source {
        Some(name) => counting.find(|s| s.describe().name == *name),
        None => counting.next(),
    };
    source?.counts()
}

/// # Errors
/// The source's, or that there is none, or that it took too long.
pub async fn drill(
    sources: &Sources,
    slo: &Slo,
    by: Option<&str>,
    span: (i64, i64),
    clock: Clock,
) -> Result<Vec<Counted>, SourceError> {
    let Some(counts) = counts(sources, slo) else {
        return Err(SourceError::rejected("the source that counts it is not there"));
    };
    match timeout(WITHIN, supervised(counts.drill(slo, by, span, clock.now()))).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(words)) => Err(SourceError::Crashed { why: words.as_str().into() }),
        Err(_) => Err(SourceError::unreachable(format!("no answer within {WITHIN:?}"))),
    }
}
