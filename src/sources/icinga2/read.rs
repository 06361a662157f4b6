//! Reading everything that is not well: services and hosts first, then the comments and downtimes that go with them.
//!
//! What is well never leaves the server. A permission that is missing is answered as "no objects found", as a wrong address
//! is: neither is ever taken for calm.

use std::{collections::HashMap, sync::PoisonError};

use futures_util::future::{join, join3};
use serde::de::DeserializeOwned;

use super::{
    Icinga2,
    alert::{Sight, silence},
    wire::{self, Application, Checkable, Comment, Downtime, Object, Results},
};
use crate::{
    domain::{
        Time,
        source::{Problem, Snapshot, SourceError},
        text::SafeText,
    },
    sources::{
        http::{Call, Failure, clock_problem},
        items,
    },
};

/// Some objects of one type.
pub(super) struct Listed<A> {
    pub(super) objects: Vec<Object<A>>,
    problems: Vec<Problem>,
    date: Option<Time>,
    missing: Vec<(SafeText, SourceError)>,
}

/// A type of object, as the address and the permissions name it.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) path: &'static str,
    plural: &'static str,
    permission: &'static str,
}

pub(super) const SERVICES: Type =
    Type { path: "v1/objects/services", plural: "services", permission: "objects/query/Service" };
pub(super) const HOSTS: Type = Type { path: "v1/objects/hosts", plural: "hosts", permission: "objects/query/Host" };
pub(super) const COMMENTS: Type =
    Type { path: "v1/objects/comments", plural: "comments", permission: "objects/query/Comment" };
pub(super) const DOWNTIMES: Type =
    Type { path: "v1/objects/downtimes", plural: "downtimes", permission: "objects/query/Downtime" };

impl Icinga2 {
    pub(super) async fn read(&self, now: Time) -> Result<Snapshot, SourceError> {
        let services = self.objects::<Checkable>(SERVICES, self.checkable("service.problem", &SERVICES), now);
        let hosts = self.objects::<Checkable>(HOSTS, self.checkable("host.problem", &HOSTS), now);
        let (services, hosts, version) = join3(services, hosts, self.version(now)).await;
        let mut snapshot = Snapshot { version, ..Snapshot::empty(now) };
        if let (Err(error), Err(_)) = (&services, &hosts) {
            return Err(error.clone());
        }
        let services = snapshot.take(services, SERVICES);
        let hosts = snapshot.take(hosts, HOSTS);
        let all = || services.iter().chain(&hosts).map(|o| &o.attrs.more);
        let (acked, muted) = (all().any(wire::More::is_acked), all().any(wire::More::is_in_downtime));
        let of_acks = "comment.entry_type==4".to_owned();
        let (comments, downtimes) = join(
            self.beside::<Comment>(acked, COMMENTS, vec![("filter", of_acks)], now),
            self.beside::<Downtime>(muted, DOWNTIMES, Vec::new(), now),
        )
        .await;
        let comments = snapshot.take_beside(comments, COMMENTS);
        let downtimes = snapshot.take_beside(downtimes, DOWNTIMES);
        snapshot.silences = downtimes.iter().filter_map(|d| silence(&d.name, &d.attrs, now)).collect();
        let sight = Sight { settings: &self.settings, acks: latest(comments), downtimes: by_object(downtimes), now };
        sight.see(services, hosts, &mut snapshot);
        Ok(snapshot)
    }

    fn checkable(&self, filter: &str, of: &Type) -> Vec<(&'static str, String)> {
        let mut query = vec![("filter", filter.to_owned())];
        query.extend(self.attributes(of));
        query
    }

    /// What is asked of a host or a service.
    pub(super) fn attributes(&self, of: &Type) -> Vec<(&'static str, String)> {
        let is_service = of.path == SERVICES.path;
        let attrs = wire::ATTRS.into_iter().filter(|a| !(is_service && *a == "address"));
        let mut query: Vec<_> = attrs.map(|a| ("attrs", a.to_owned())).collect();
        let joins = wire::JOINS.into_iter().filter(|_| is_service);
        query.extend(joins.map(|j| ("joins", j.to_owned())));
        if !self.settings.vars.is_empty() {
            query.push(("attrs", "vars".to_owned()));
            query.extend(is_service.then(|| ("joins", "host.vars".to_owned())));
        }
        query
    }

    /// # Errors
    /// As every read; what the server answers where a permission is missing names that permission.
    pub(super) async fn objects<A: DeserializeOwned>(
        &self,
        of: Type,
        query: Vec<(&'static str, String)>,
        now: Time,
    ) -> Result<Listed<A>, SourceError> {
        let reply = self.ask(Call::get(of.path).query(&query), now).await.map_err(|f| refused(f, of.permission))?;
        let results: Results<'_> = reply.http.json(&reply.answer)?;
        let (objects, problems) = items::each(&results.results, of.plural, Ok::<Object<A>, String>);
        Ok(Listed { objects, problems, date: reply.answer.date(), missing: reply.missing })
    }

    async fn beside<A: DeserializeOwned>(
        &self,
        wanted: bool,
        of: Type,
        query: Vec<(&'static str, String)>,
        now: Time,
    ) -> Option<Result<Listed<A>, SourceError>> {
        if wanted { Some(self.objects(of, query, now).await) } else { None }
    }

    /// Asked once; who may not read it has none.
    async fn version(&self, now: Time) -> Option<SafeText> {
        let known = || self.version.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(version) = known() {
            return Some(version).filter(|v| !v.is_empty());
        }
        let version = match self.ask(Call::get("v1/status/IcingaApplication"), now).await {
            Ok(reply) => read_version(&reply),
            Err(failure) if failure.status == Some(404) => Some(SafeText::default()),
            Err(_) => None,
        };
        self.version.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&version);
        version.filter(|v| !v.is_empty())
    }
}

fn read_version(reply: &super::Reply<'_>) -> Option<SafeText> {
    let results: Results<'_> = reply.http.json(&reply.answer).ok()?;
    serde_json::from_str::<Application>(results.results.first()?.get()).ok().map(Application::version)
}

/// Icinga answers 404 where a permission is missing.
pub(super) fn refused(failure: Failure, permission: &str) -> SourceError {
    match failure.status {
        Some(404) => {
            let words = if failure.words.is_empty() { "no such page (404)" } else { &failure.words };
            SourceError::rejected(format!("{words}: the API user may lack {permission}"))
        }
        _ => failure.error,
    }
}

impl Snapshot {
    /// Takes what can be had; what cannot makes it incomplete.
    fn take<A>(&mut self, listed: Result<Listed<A>, SourceError>, of: Type) -> Vec<Object<A>> {
        match listed {
            Ok(listed) => {
                // One that could not be read may be one that is no alert any more.
                self.complete &= listed.problems.is_empty();
                self.problems.extend(listed.problems);
                if self.problems.iter().all(|p| p.at.raw() != "clock") {
                    self.problems.extend(clock_problem(listed.date, self.requested_at));
                }
                if self.missing_members.is_empty() {
                    self.missing_members = listed.missing;
                }
                listed.objects
            }
            Err(error) => {
                self.complete = false;
                self.problems.push(Problem { at: of.plural.into(), why: error.to_string().into() });
                Vec::new()
            }
        }
    }

    /// The same for what only says more of the alerts.
    fn take_beside<A>(&mut self, listed: Option<Result<Listed<A>, SourceError>>, of: Type) -> Vec<Object<A>> {
        let complete = self.complete;
        let objects = listed.map(|listed| self.take(listed, of)).unwrap_or_default();
        self.complete = complete;
        objects
    }
}

/// The newest comment of an ack on each object.
fn latest(comments: Vec<Object<Comment>>) -> HashMap<String, Comment> {
    let mut all: Vec<Comment> = comments.into_iter().map(|c| c.attrs).filter(|c| c.is(wire::OF_AN_ACK)).collect();
    all.sort_by(|a, b| a.entry_time.total_cmp(&b.entry_time));
    all.into_iter().map(|c| (c.on(), c)).collect()
}

fn by_object(downtimes: Vec<Object<Downtime>>) -> HashMap<String, Vec<Object<Downtime>>> {
    let mut by: HashMap<String, Vec<Object<Downtime>>> = HashMap::new();
    downtimes.into_iter().for_each(|d| by.entry(d.attrs.on()).or_default().push(d));
    by
}
