//! The director itself: how it wants to be asked, and the two habits that are its own: an answer that is a task
//! somewhere else, and an output that is read from where it was left.
//!
//! A redirect is followed here alone, by hand, to a task of the same director.

use std::sync::Arc;

use chrono::Duration;
use serde::de::DeserializeOwned;
use url::Url;

use super::wire::Info;
use crate::{
    config::{Secret, SourceConfig},
    domain::{
        Time,
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::{
        http::{Answer, Call, Failure, Http},
        secret::refused,
        uaa::{self, Client, Door, Issuer, Session},
    },
};

/// How often it is asked what it is.
const INFO: Duration = Duration::hours(1);

pub(super) struct Director {
    config: SourceConfig,
    /// PEM, where the bosh CLI's surroundings name one.
    authority: Option<Vec<u8>>,
    /// Without credentials; `/info` wants none.
    open: Http,
    /// With a user and a password, for a director without UAA.
    basic: Http,
    door: Door,
    pub(super) session: Arc<Session>,
    client: (String, Secret),
    about: tokio::sync::Mutex<Option<(Time, About)>>,
}

#[derive(Clone)]
pub(super) struct About {
    pub(super) name: SafeText,
    pub(super) version: Option<SafeText>,
    uaa: bool,
}

impl Director {
    /// Asks nothing yet.
    pub(super) fn new(
        (config, authority): (SourceConfig, Option<Vec<u8>>),
        https: (Http, Http, Http),
        session: Arc<Session>,
        client: (String, Secret),
    ) -> Self {
        let (open, basic, with_token) = https;
        let open = open.with_token(session.token(), false);
        let door = Door::new(with_token, &session);
        Self { config, authority, open, basic, door, session, client, about: tokio::sync::Mutex::default() }
    }

    /// What it is, and who gives tokens for it.
    pub(super) async fn about(&self, now: Time) -> Result<About, SourceError> {
        let mut about = self.about.lock().await;
        if let Some((asked, known)) = about.as_ref()
            && now - *asked < INFO
        {
            return Ok(known.clone());
        }
        let answer = self.open.call(Call::get("info"), now).await?;
        let info: Info = self.open.json(&answer)?;
        let uaa = info.user_authentication.kind == "uaa";
        if uaa && !self.session.has_issuer() {
            let told = info.user_authentication.options.and_then(|o| o.url);
            let url = self.uaa(told)?;
            let client = Client { id: self.client.0.clone(), secret: self.client.1.clone() };
            let also = (self.session.token(), self.authority.as_deref());
            let issuer = Issuer::new(&self.config, &url, ("oauth/token", None), client, also).await?;
            self.session.issued_by(|| issuer);
        }
        let known = About { name: info.name.unwrap_or_default(), version: info.version, uaa };
        *about = Some((now, known.clone()));
        Ok(known)
    }

    fn uaa(&self, told: Option<String>) -> Result<String, SourceError> {
        if let Some(own) = self.config.own.text("uaa_url") {
            return Ok(own.to_owned());
        }
        let url = told.as_deref().and_then(|text| Url::parse(text).ok());
        let url = url.ok_or_else(|| SourceError::malformed("the director does not say where its UAA is"))?;
        if uaa::is_of(self.open.base(), &url) {
            return Ok(url.to_string());
        }
        let host = url.host_str().unwrap_or("?");
        Err(SourceError::rejected(format!("the director names {host} for its UAA: set `uaa_url` to trust it")))
    }

    pub(super) async fn call(&self, call: Call<'_>, now: Time) -> Result<Answer, Failure> {
        let about = self.about(now).await.map_err(Failure::unsent)?;
        if about.uaa { self.door.call(call, now).await } else { self.basic.call(call, now).await }
    }

    pub(super) fn read<'a, T: serde::Deserialize<'a>>(&self, answer: &'a Answer) -> Result<T, SourceError> {
        self.door.http.json(answer)
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        now: Time,
    ) -> Result<T, Failure> {
        let answer = self.call(Call::get(path).query(query), now).await?;
        self.read(&answer).map_err(|e| Failure::answered(200, e, String::new()))
    }

    /// Has something done that is a task; answers its number.
    ///
    /// # Errors
    /// Where the answer is no redirect to a task of this director.
    pub(super) async fn begin(&self, call: Call<'_>, now: Time) -> Result<i64, SourceError> {
        let failure = match self.call(call, now).await {
            Ok(_) => return Err(SourceError::malformed("an answer where a task was due")),
            Err(failure) => failure,
        };
        let Some(location) = failure.location.as_deref().filter(|_| failure.status == Some(302)) else {
            return Err(failure.error);
        };
        let base = self.open.base();
        let there = base.join(location).ok().filter(|url| url.host_str() == base.host_str());
        let id = there.as_ref().and_then(|url| url.path().trim_end_matches('/').rsplit_once("/tasks/")?.1.parse().ok());
        id.ok_or(failure.error)
    }

    /// A task's output from a byte on; empty where there is nothing new.
    ///
    /// # Errors
    /// As every request.
    pub(super) async fn output(&self, task: i64, kind: &str, from: usize, now: Time) -> Result<Vec<u8>, SourceError> {
        let (path, query) = (format!("tasks/{task}/output"), [("type", kind.to_owned())]);
        let range = format!("bytes={from}-");
        let headers = [("range", range.as_str())];
        match self.call(Call::get(&path).query(&query).headers(&headers), now).await {
            // A server that knows no ranges sends all of it again.
            Ok(answer) if answer.header("content-range").is_none() => {
                Ok(answer.body.get(from..).unwrap_or_default().to_vec())
            }
            Ok(answer) => Ok(answer.body),
            Err(failure) if failure.status == Some(416) => Ok(Vec::new()),
            Err(failure) => Err(failure.error),
        }
    }

    pub(super) fn note(&self) -> Option<Problem> {
        self.session.note()
    }
}

/// # Errors
/// Where there is no address.
pub(super) async fn https(
    config: &SourceConfig,
    open: &SourceConfig,
    authority: Option<&[u8]>,
) -> Result<(Http, Http, Http), SourceError> {
    let one = async |config: &SourceConfig| {
        Http::trusting(config, authority).await?.into_iter().next().ok_or_else(|| refused("this source has no address"))
    };
    Ok((one(open).await?, one(config).await?, one(open).await?))
}
