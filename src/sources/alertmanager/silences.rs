//! Writing silences: to one member, which tells the others.

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{Alertmanager, cluster, member, wire};
use crate::{
    domain::{
        Time,
        silence::{Silence, SilenceDraft},
        source::SourceError,
        text::SafeText,
    },
    sources::{
        Silences,
        http::{Answer, Call, Http},
    },
};

#[async_trait]
impl Silences for Alertmanager {
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        let json = wire::posted(draft).map_err(SourceError::rejected)?;
        let (http, answer) = self.first_that_hears(member::post(&json), now).await?;
        Ok(http.json::<wire::PutAnswer>(&answer)?.silence_id)
    }

    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError> {
        let told = self
            .members
            .iter()
            .map(async |http| (http.address(), member::silence(http, id, now).await.map_err(SourceError::from)));
        let (known, missing) = cluster::apart(join_all(told).await)?;
        let newest = cluster::unite_silences(known.into_iter().filter_map(|(_, s)| s).collect()).into_iter().next();
        match (newest, missing.into_iter().next()) {
            // The one that is away may be the one that has it.
            (None, Some((_, error))) => Err(error),
            (newest, _) => Ok(newest),
        }
    }

    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError> {
        let told = self.each_member().map(async |one| (one.http.address(), member::silences(one, now).await));
        let (known, _) = cluster::apart(join_all(told).await)?;
        Ok(cluster::unite_silences(known.into_iter().flat_map(|(_, s)| s).collect()))
    }

    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError> {
        let mut failed = None;
        let mut over = false;
        for http in &self.members {
            match http.call(member::delete(id), now).await {
                Ok(_) => return Ok(()),
                // Another member may know it already.
                Err(failure) if member::is_unknown(&failure) => over = true,
                Err(failure) if failure.sent => return Err(failure.error),
                Err(failure) => failed = Some(failure.error),
            }
        }
        match failed {
            Some(error) if !over => Err(error),
            _ => Ok(()),
        }
    }
}

impl Alertmanager {
    /// The next member is tried only while nothing can have been applied: a second post would be a second silence.
    async fn first_that_hears(&self, call: Call<'_>, now: Time) -> Result<(&Http, Answer), SourceError> {
        let mut last = SourceError::rejected("this source has no address");
        for http in &self.members {
            match http.call(call, now).await {
                Ok(answer) => return Ok((http, answer)),
                Err(failure) if failure.sent => return Err(failure.error),
                Err(failure) => last = failure.error,
            }
        }
        Err(last)
    }
}
