//! Asks every source of metrics what a silence would mute that does not fire now; all at once, each within a limit.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::{
    domain::{
        matcher::Matcher,
        silence::beyond::Beyond,
        source::{SourceError, SourceName},
    },
    sources::Metrics,
};

use super::{Sources, clock::Clock, panics::supervised};

/// How long one source may take.
const WITHIN: Duration = Duration::from_secs(15);

/// One answer for each source that can tell, in their order; errors stand in their place.
pub async fn ask(sources: &Sources, matchers: &[Matcher], clock: Clock) -> Vec<(SourceName, Beyond)> {
    let asked = sources.iter().filter_map(|s| Some((s.describe().name.clone(), s.metrics()?)));
    join_all(asked.map(async |(name, metrics)| (name, one(metrics, matchers, clock).await))).await
}

async fn one(metrics: &dyn Metrics, matchers: &[Matcher], clock: Clock) -> Beyond {
    let failed = |error: SourceError| Beyond { fired: Err(error.clone()), series: Err(error) };
    match timeout(WITHIN, supervised(metrics.beyond(matchers, clock.now()))).await {
        Ok(Ok(beyond)) => beyond,
        Ok(Err(words)) => failed(SourceError::Crashed { why: words.as_str().into() }),
        Err(_) => failed(SourceError::unreachable(format!("no answer within {WITHIN:?}"))),
    }
}
