//! Sends an act and reads it back. What the server kept is what counts, not what it answered.

use crate::domain::{
    Time,
    op::{Act, Intent, Outcome},
    silence::{Silence, SilenceDraft, SilenceState},
    source::SourceError,
    text::SafeText,
};
use crate::sources::Silences;

use super::{Sources, clock::Clock, find, panics::asked, request};

/// How an act ended, and the silence that reading back showed.
pub struct Done {
    pub outcome: Outcome,
    pub silence: Option<Silence>,
}

/// Sends an act that is already in the journal.
pub async fn execute(sources: &Sources, intent: &Intent, clock: Clock) -> Done {
    let source = find(sources, intent.act.source());
    if let Act::Ask { request, .. } = &intent.act {
        return request::once(source, &intent.op, request, clock).await;
    }
    let Some(silences) = source.and_then(|s| s.silences()) else {
        return refused("this source cannot write silences");
    };
    match &intent.act {
        Act::PutSilence { draft, .. } => put(silences, draft, clock).await,
        Act::ExpireSilence { id, .. } => expire(silences, id, clock).await,
        Act::Ask { .. } => refused("it was asked already"),
    }
}

async fn put(silences: &dyn Silences, draft: &SilenceDraft, clock: Clock) -> Done {
    match asked(silences.put(draft, clock.now())).await {
        Ok(id) => read_back(silences, &id, draft, clock).await,
        Err(error) if may_have_happened(&error) => look_for(silences, draft, clock, &error).await,
        Err(error) => refused(&error.to_string()),
    }
}

/// An error after which the server may or may not have done it.
pub(super) fn may_have_happened(error: &SourceError) -> bool {
    matches!(error, SourceError::Unreachable { .. } | SourceError::Malformed { .. } | SourceError::Crashed { .. })
}

pub(super) async fn read_back(silences: &dyn Silences, id: &SafeText, draft: &SilenceDraft, clock: Clock) -> Done {
    match asked(silences.get(id.raw(), clock.now())).await {
        Ok(Some(silence)) if draft.is_carried_by(&silence) => confirmed(silence),
        Ok(Some(silence)) => {
            refused(&format!("the server kept something else: silence {} until {}", silence.id, silence.ends_at))
        }
        Ok(None) => refused("the server accepted it and does not have it"),
        Err(error) => unknown(&format!("accepted as {id}, but reading it back failed: {error}")),
    }
}

/// The answer was lost: what the server holds tells whether it happened.
async fn look_for(silences: &dyn Silences, draft: &SilenceDraft, clock: Clock, error: &SourceError) -> Done {
    match asked(silences.list(clock.now())).await {
        Ok(all) => match carried_all(&all, draft, clock.now()).into_iter().next() {
            Some(silence) => confirmed(silence),
            None => refused(&format!("{error}; the server does not have it")),
        },
        Err(_) => unknown(&error.to_string()),
    }
}

/// The silences that carry a draft and stand: one, where nothing went wrong.
pub(super) fn carried_all(all: &[Silence], draft: &SilenceDraft, now: Time) -> Vec<Silence> {
    all.iter().filter(|s| draft.is_carried_by(s) && !is_over(s, now)).cloned().collect()
}

pub(super) fn is_over(silence: &Silence, now: Time) -> bool {
    silence.state == SilenceState::Expired || silence.ends_at <= now
}

async fn expire(silences: &dyn Silences, id: &SafeText, clock: Clock) -> Done {
    let sent = asked(silences.expire(id.raw(), clock.now())).await;
    match (asked(silences.get(id.raw(), clock.now())).await, sent) {
        (Ok(Some(silence)), _) if silence.state == SilenceState::Expired => {
            Done { outcome: Outcome::Confirmed { silence: Some(id.clone()), ends_at: None }, silence: Some(silence) }
        }
        (Ok(None), _) => {
            Done { outcome: Outcome::Confirmed { silence: Some(id.clone()), ends_at: None }, silence: None }
        }
        (Ok(Some(_)), Ok(())) => refused("the server said yes, but the silence still stands"),
        (Ok(Some(_)), Err(error)) => refused(&error.to_string()),
        (Err(error), Ok(())) => unknown(&format!("sent, but reading it back failed: {error}")),
        (Err(_), Err(error)) => unknown(&error.to_string()),
    }
}

pub(super) fn confirmed(silence: Silence) -> Done {
    let outcome = Outcome::Confirmed { silence: Some(silence.id.clone()), ends_at: Some(silence.ends_at) };
    Done { outcome, silence: Some(silence) }
}

pub(super) fn refused(why: &str) -> Done {
    Done { outcome: Outcome::Refused { why: SafeText::new(why) }, silence: None }
}

pub(super) fn unknown(why: &str) -> Done {
    Done { outcome: Outcome::Unknown { why: SafeText::new(why) }, silence: None }
}
