//! A server that is asked with a token: renewed before it ends, and once more where the server takes it no longer.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::Session;
use crate::{
    domain::{Time, source::SourceError, text::SafeText},
    sources::http::{Answer, Call, Failure, Http},
};

/// One server, and who asks it.
pub(crate) struct Door {
    pub(crate) http: Http,
    session: Arc<Session>,
}

impl Door {
    /// The session's token is sent to this server.
    pub(crate) fn new(http: Http, session: &Arc<Session>) -> Self {
        Self { http: http.with_token(session.token(), true), session: session.clone() }
    }

    pub(crate) async fn call(&self, call: Call<'_>, now: Time) -> Result<Answer, Failure> {
        self.session.ensure(now).await.map_err(|e| Failure::unsent(self.scrubbed(e)))?;
        match self.http.call(call, now).await {
            Err(failure) if self.may_retry(&failure, now).await? => self.http.call(call, now).await,
            answer => answer,
        }
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, call: Call<'_>, now: Time) -> Result<T, Failure> {
        let answer = self.call(call, now).await?;
        self.http.json(&answer).map_err(|e| Failure::answered(200, e, String::new()))
    }

    /// As [`Http::stream`]. Nothing was handed over where a token is renewed.
    pub(crate) async fn stream(
        &self,
        call: Call<'_>,
        now: Time,
        mut take: impl FnMut(&[u8]) -> bool + Send,
    ) -> Result<(), Failure> {
        self.session.ensure(now).await.map_err(|e| Failure::unsent(self.scrubbed(e)))?;
        match self.http.stream(call, now, &mut take).await {
            Err(failure) if self.may_retry(&failure, now).await? => self.http.stream(call, now, take).await,
            answer => answer,
        }
    }

    async fn may_retry(&self, failure: &Failure, now: Time) -> Result<bool, Failure> {
        if failure.status != Some(401) {
            return Ok(false);
        }
        self.session.renewed(now).await.map_err(|e| Failure::unsent(self.scrubbed(e)))
    }

    fn scrubbed(&self, error: SourceError) -> SourceError {
        let text = |why: &SafeText| SafeText::new(&self.session.token().scrub(why.raw().to_owned()));
        match error {
            SourceError::Auth { why } => SourceError::Auth { why: text(&why) },
            SourceError::Rejected { why } => SourceError::Rejected { why: text(&why) },
            other => other,
        }
    }
}
