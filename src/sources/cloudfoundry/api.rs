//! The API itself: where its parts answer, its pages, and how many requests it still takes.
//!
//! A page leads only to the same list on the same server. A part of the system that lies outside the API's own domain
//! gets no token unless the configuration names it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::Duration;
use serde::de::DeserializeOwned;
use url::Url;

use super::wire::{Included, Page, Root};
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::{
        http::{Answer, Call, Failure, Http, clock_problem},
        items,
        uaa::{self, Client, Door, Issuer, Session},
    },
};

/// How often the API is asked where its parts are.
const ROOT: Duration = Duration::hours(1);
/// Below this part of what it allows, what is not needed is not asked for.
const SPARE: f64 = 0.25;

/// The API and who asks it.
pub(super) struct Api {
    pub(super) door: Door,
    /// For what needs no token.
    open: Http,
    pub(super) session: Arc<Session>,
    config: SourceConfig,
    client: (String, crate::config::Secret),
    root: tokio::sync::Mutex<Option<(Time, Parts)>>,
    told: Mutex<Told>,
}

/// Where the parts of the system answer.
#[derive(Clone, Default)]
pub(super) struct Parts {
    uaa: Option<Url>,
    pub(super) log_cache: Option<Url>,
    pub(super) version: Option<SafeText>,
}

/// What the last answers said beside what they were asked.
#[derive(Clone, Default)]
struct Told {
    limit: Option<f64>,
    remaining: Option<f64>,
    clock: Option<Problem>,
}

/// A list, as far as it was read.
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    pub(super) included: Included,
    /// What could not be read; the list is whole where there is none.
    pub(super) problems: Vec<Problem>,
}

impl Api {
    pub(super) fn new(
        config: SourceConfig,
        http: (Http, Http),
        session: Arc<Session>,
        client: (String, crate::config::Secret),
    ) -> Self {
        let door = Door::new(http.0, &session);
        Self {
            door,
            open: http.1,
            session,
            config,
            client,
            root: tokio::sync::Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// Finds the parts of the system, and who gives tokens. Asked once an hour.
    pub(super) async fn parts(&self, now: Time) -> Result<Parts, SourceError> {
        let mut root = self.root.lock().await;
        if let Some((asked, parts)) = root.as_ref()
            && now - *asked < ROOT
        {
            return Ok(parts.clone());
        }
        let answer = self.open.call(Call::get(""), now).await?;
        let told: Root = self.open.json(&answer)?;
        if told.links.is_empty() {
            return Err(SourceError::malformed("this is no Cloud Foundry API: it names none of its parts"));
        }
        let named = |own: &str, links: &[&str]| -> Result<Option<Url>, SourceError> {
            let text = self.config.own.text(own).map(|t| (t.to_owned(), true));
            let link = || links.iter().find_map(|l| Some((told.links.get(*l)?.clone()?.href, false)));
            let Some((text, configured)) = text.or_else(link).filter(|(t, _)| !t.is_empty()) else { return Ok(None) };
            let url = Url::parse(&text)
                .map_err(|e| SourceError::malformed(format!("the API names an address that is none: {e}")))?;
            if configured || uaa::is_of(self.door.http.base(), &url) {
                return Ok(Some(url));
            }
            let host = url.host_str().unwrap_or("?");
            Err(SourceError::rejected(format!(
                "the API names {host}, which is outside its own domain: set `{own}` to trust it"
            )))
        };
        let v3 = told.links.get("cloud_controller_v3").cloned().flatten();
        let wants = self.config.own.bool("log_cache") == Some(true);
        let parts = Parts {
            uaa: named("uaa_url", &["uaa", "login"])?,
            log_cache: if wants { named("log_cache_url", &["log_cache"])? } else { None },
            version: v3.and_then(|l| l.meta).and_then(|m| m.version),
        };
        if let Some(uaa) = &parts.uaa
            && !self.session.has_issuer()
        {
            let client = Client { id: self.client.0.clone(), secret: self.client.1.clone() };
            let token = self.session.token();
            let issuer = Issuer::new(&self.config, uaa.as_str(), ("oauth/token", None), client, (token, None)).await?;
            self.session.issued_by(|| issuer);
        }
        *root = Some((now, parts.clone()));
        Ok(parts)
    }

    /// A call of the API itself; remembers what its headers say.
    pub(super) async fn call(&self, call: Call<'_>, now: Time) -> Result<Answer, Failure> {
        self.parts(now).await.map_err(Failure::unsent)?;
        let answer = self.door.call(call, now).await?;
        let number = |name| answer.header(name).and_then(|t| t.parse::<f64>().ok()).filter(|n| n.is_finite());
        let mut told = self.told();
        told.limit = number("x-ratelimit-limit").or(told.limit);
        told.remaining = number("x-ratelimit-remaining").or(told.remaining);
        told.clock = clock_problem(answer.date(), now);
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = told;
        Ok(answer)
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, now: Time) -> Result<T, Failure> {
        let answer = self.call(Call::get(path), now).await?;
        self.door.http.json(&answer).map_err(|e| Failure::answered(200, e, String::new()))
    }

    fn told(&self) -> Told {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether so few requests are left that only the needed ones are made.
    pub(super) fn is_short(&self) -> bool {
        let told = self.told();
        told.limit.zip(told.remaining).is_some_and(|(limit, left)| left < limit * SPARE)
    }

    /// What a person should know beside the alerts.
    pub(super) fn notes(&self) -> Vec<Problem> {
        let short = self.is_short().then(|| Problem {
            at: "rate limit".into(),
            why: "the API takes only few more requests: instances are not looked at until it does".into(),
        });
        [short, self.told().clock, self.session.note()].into_iter().flatten().collect()
    }

    /// Reads a list page by page, `pages` at most.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        pages: usize,
        now: Time,
    ) -> Result<List<T>, SourceError> {
        let mut list = List { items: Vec::new(), included: Included::default(), problems: Vec::new() };
        let mut query: Vec<(String, String)> = query.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        let mut asked = BTreeSet::new();
        let gap = |why: &str| Problem { at: path.into(), why: why.into() };
        for _ in 0..pages {
            if !asked.insert(query.clone()) {
                list.problems.push(gap("its pages lead back to one that was read: the rest is missing"));
                return Ok(list);
            }
            let pairs: Vec<(&str, String)> = query.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            let answer = self.call(Call::get(path).query(&pairs), now).await?;
            let page: Page<'_> = self.door.http.json(&answer)?;
            let (items, problems) = items::each(&page.resources, path, Ok::<T, String>);
            list.items.extend(items);
            list.problems.extend(problems);
            list.included.organizations.extend(page.included.organizations);
            list.included.spaces.extend(page.included.spaces);
            let Some(next) = page.pagination.next.filter(|l| !l.href.is_empty()) else { return Ok(list) };
            let Some(next) = self.own_page(&next.href, path) else {
                list.problems.push(gap("its next page is on another server, which is not asked"));
                return Ok(list);
            };
            query = next;
        }
        list.problems.push(gap(&format!("more than {pages} pages at once: the rest is left out")));
        Ok(list)
    }

    /// The query of another page of the same list on the same server.
    fn own_page(&self, href: &str, path: &str) -> Option<Vec<(String, String)>> {
        let base = self.door.http.base();
        let url = base.join(href).ok()?;
        let here = url.host_str() == base.host_str() && url.port_or_known_default() == base.port_or_known_default();
        (here && url.path().trim_matches('/').ends_with(path))
            .then(|| url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect())
    }
}
