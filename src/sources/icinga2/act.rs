//! Sending one action about one object, and what that object made of it.
//!
//! Icinga answers an action once for each object that it matched: 409 where it is acked already, 404 or an empty list in a
//! 500 where nothing was matched. Whatever is not exactly one object that did it is no success.

use serde_json::{Value, json};

use super::{
    Icinga2,
    name::parts,
    read::refused,
    wire::{Outcome, Results},
};
use crate::{
    domain::{Time, source::SourceError, text::SafeText},
    sources::http::{Call, Failure},
};

/// An action, as the address and the permissions name it.
#[derive(Clone, Copy)]
pub(super) struct Action {
    path: &'static str,
    permission: &'static str,
}

const fn action(path: &'static str) -> Action {
    Action { path, permission: path.split_at(3).1 }
}

pub(super) const ACK: Action = action("v1/actions/acknowledge-problem");
pub(super) const UNACK: Action = action("v1/actions/remove-acknowledgement");
pub(super) const COMMENT: Action = action("v1/actions/add-comment");
pub(super) const MUTE: Action = action("v1/actions/schedule-downtime");
pub(super) const UNMUTE: Action = action("v1/actions/remove-downtime");

/// Why an action did not happen.
pub(super) enum Refusal {
    /// It is so already, whoever did it.
    Conflict,
    Other(SourceError),
}

impl From<SourceError> for Refusal {
    fn from(error: SourceError) -> Self {
        Self::Other(error)
    }
}

impl Icinga2 {
    /// Does it to one host or service; answers the name of what was made, where something was.
    pub(super) async fn act_on(
        &self,
        object: &str,
        action: Action,
        what: Value,
        now: Time,
    ) -> Result<Option<SafeText>, Refusal> {
        let key = if parts(object).1.is_some() { "service" } else { "host" };
        self.act(action, json!({ key: object }), what, now).await
    }

    /// The same to what `target` names.
    pub(super) async fn act(
        &self,
        action: Action,
        mut target: Value,
        what: Value,
        now: Time,
    ) -> Result<Option<SafeText>, Refusal> {
        if let (Value::Object(target), Value::Object(what)) = (&mut target, what) {
            target.extend(what);
        }
        let body = target.to_string();
        let reply = self.ask(Call::post_json(action.path, &body), now).await.map_err(|f| refusal(f, action))?;
        let results: Results<'_> = reply.http.json(&reply.answer)?;
        match results.results.as_slice() {
            [one] => outcome(one.get()),
            [] => Err(nothing().into()),
            several => {
                Err(SourceError::rejected(format!("it was done to {} objects, not to one", several.len())).into())
            }
        }
    }
}

fn outcome(json: &str) -> Result<Option<SafeText>, Refusal> {
    let outcome: Outcome = serde_json::from_str(json).map_err(|e| SourceError::malformed(e.to_string()))?;
    match outcome.code {
        code if (200.0..300.0).contains(&code) => Ok(outcome.name),
        409.0 => Err(Refusal::Conflict),
        code => Err(SourceError::rejected(format!("{} ({code:.0})", outcome.status.raw())).into()),
    }
}

fn refusal(failure: Failure, action: Action) -> Refusal {
    match failure.status {
        Some(409) => Refusal::Conflict,
        Some(500) if failure.words.is_empty() => nothing().into(),
        // The server understood it and says why it cannot be done: asking again would not help.
        Some(500) => SourceError::rejected(format!("{} (500)", failure.words)).into(),
        _ => refused(failure, action.permission).into(),
    }
}

fn nothing() -> SourceError {
    SourceError::rejected("it matched nothing: the object is gone, or the API user's filter hides it")
}
