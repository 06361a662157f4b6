//! Reads by which routes a source tells people, within a limit.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::domain::{
    routing::Policy,
    source::{SourceError, SourceName},
};

use super::{Sources, clock::Clock, find, panics::asked};

/// How long a source may take.
const WITHIN: Duration = Duration::from_secs(30);

/// # Errors
/// Where the source shows no routes, or none that can be read.
pub async fn read(sources: &Sources, name: &SourceName, clock: Clock) -> Result<Arc<Policy>, SourceError> {
    let Some(routing) = find(sources, name).and_then(|s| s.routing()) else {
        return Err(SourceError::rejected("this source shows no routes"));
    };
    match timeout(WITHIN, asked(routing.policy(clock.now()))).await {
        Ok(policy) => policy.map(Arc::new),
        Err(_) => Err(SourceError::unreachable(format!("no answer within {WITHIN:?}"))),
    }
}
