//! Asks a source who is on call, within a limit.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    app::{
        effect::Effect,
        world::{World, oncall::AHEAD},
    },
    domain::{
        Time,
        held::Duty,
        source::{SourceError, SourceName},
    },
    sources::Source,
};

use super::{Sources, clock::Clock, find, panics::asked};

/// How long a source may take.
const WITHIN: Duration = Duration::from_secs(30);

/// Who is on call from a moment on, and who comes after.
///
/// # Errors
/// Where the source does not tell, or cannot.
pub async fn of(source: &dyn Source, from: Time, clock: Clock) -> Result<Vec<Duty>, SourceError> {
    let Some(facet) = source.on_call() else {
        // One that could not even be set up says why when it is asked.
        let why = || SourceError::rejected("this source does not tell who is on call");
        return Err(source.poll(clock.now()).await.err().unwrap_or_else(why));
    };
    let to = from.checked_add_signed(AHEAD).unwrap_or(from);
    match timeout(WITHIN, asked(facet.duties(from, to, clock.now()))).await {
        Ok(told) => told,
        Err(_) => Err(SourceError::unreachable(format!("no answer within {WITHIN:?}"))),
    }
}

/// The same by the name of the source, from now on.
///
/// # Errors
/// As [`of`].
pub async fn read(sources: &Sources, name: &SourceName, clock: Clock) -> Result<Vec<Duty>, SourceError> {
    match find(sources, name) {
        Some(source) => of(source.as_ref(), clock.now(), clock).await,
        None => Err(SourceError::rejected("no source has this name")),
    }
}

/// Asks all that know, for who will not ask again.
pub async fn all(world: &mut World, sources: &Sources, clock: Clock) {
    for effect in world.ask_on_call(clock.now(), true) {
        if let Effect::ReadOnCall(name) = effect {
            let told = read(sources, &name, clock).await;
            world.on_call_told(clock.now(), name, Some(told));
        }
    }
}
