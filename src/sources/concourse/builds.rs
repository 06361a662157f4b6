//! What was built: the finished builds as changes, and the deploys that began.
//!
//! The list is by id, newest first, and its pages by `Link`. A build that runs longer than the pages reach back is
//! remembered, and asked for by itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::{
    Concourse,
    board::{full_name, with},
    wire::{self, Build},
};
use crate::{
    domain::{
        Time, duration,
        source::{Change, Problem, SourceError},
        text::SafeText,
    },
    sources::{http::Call, items},
};

/// Builds a page: what the server gives by itself at most.
const PAGE: usize = 100;
/// Pages that are read at once.
const PAGES: usize = 5;
/// How far back is looked where nothing was asked before.
const HISTORY: Duration = Duration::days(1);
/// Clocks differ, and the list is made while it is read.
const OVERLAP: Duration = Duration::seconds(60);
/// Builds that run on and are asked for one by one.
const ALONE: usize = 20;

/// What was seen of builds that have not ended.
#[derive(Default)]
pub(super) struct Running {
    open: BTreeSet<i64>,
}

impl Concourse {
    pub(super) async fn built(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let since = since.max(now - HISTORY) - OVERLAP;
        self.learn(now).await;
        let mut builds: BTreeMap<i64, Build> = BTreeMap::new();
        let whole = self.pages(since, now, &mut builds).await?;
        let mut running = self.running.lock().await;
        let missed: Vec<i64> = running.open.iter().copied().filter(|id| !builds.contains_key(id)).collect();
        for id in missed.iter().rev().take(ALONE) {
            // One that is gone was pruned with its pipeline.
            if let Ok(build) = self.door.json::<Build>(Call::get(&format!("api/v1/builds/{id}")), now).await {
                builds.insert(*id, build);
            } else {
                running.open.remove(id);
            }
        }
        running.open.retain(|id| builds.get(id).is_none_or(Build::runs));
        running.open.extend(builds.values().filter(|b| b.runs()).map(|b| b.id));
        while running.open.len() > 10 * PAGE {
            running.open.pop_first();
        }
        *self.gap.lock().await = whole.err();
        let mut changes: Vec<Change> = builds.values().flat_map(|b| self.told(b, since, now)).collect();
        changes.sort_by_key(|c| c.at);
        Ok(changes)
    }

    /// Reads pages until one is older than `since`. The inner error: why they are not all.
    async fn pages(
        &self,
        since: Time,
        now: Time,
        builds: &mut BTreeMap<i64, Build>,
    ) -> Result<Result<(), Problem>, SourceError> {
        let mut query = vec![("limit".to_owned(), PAGE.to_string())];
        let mut asked = BTreeSet::new();
        let gap = |why: &str| Ok(Err(Problem { at: "builds".into(), why: why.into() }));
        for _ in 0..PAGES {
            if !asked.insert(query.clone()) {
                return gap("its pages lead back to one that was read: older builds may be missing");
            }
            let pairs: Vec<(&str, String)> = query.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
            let answer = self.door.call(Call::get("api/v1/builds").query(&pairs), now).await?;
            let list: Vec<&serde_json::value::RawValue> = self.door.http.json(&answer)?;
            let (page, problems) = items::each(&list, "builds", Ok::<Build, String>);
            let old = |b: &Build| b.ended().or_else(|| b.began()).is_some_and(|at| at < since);
            let over = page.is_empty() || page.iter().all(old);
            builds.extend(
                page.into_iter()
                    .filter(|b| self.rules.takes(&b.team_name, b.pipeline_name.as_deref()))
                    .map(|b| (b.id, b)),
            );
            if let Some(problem) = problems.into_iter().next() {
                return Ok(Err(problem));
            }
            let Some(next) = answer.header("link").and_then(|l| rel(l, "next")) else { return Ok(Ok(())) };
            if over {
                return Ok(Ok(()));
            }
            let Some(next) = self.own_page(&next) else {
                return gap("its next page is on another server, which is not asked");
            };
            query = next;
        }
        gap(&format!("more than {} builds at once: older ones are left out", PAGES * PAGE))
    }

    /// The query of a page of this list, where it is one: the server writes the address by which it is known outside.
    fn own_page(&self, link: &str) -> Option<Vec<(String, String)>> {
        let base = self.door.http.base();
        let url = base.join(link).ok()?;
        let here = url.host_str() == base.host_str();
        let outside = self.page().host_str() == url.host_str();
        ((here || outside) && url.path().ends_with("/api/v1/builds"))
            .then(|| url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect())
    }

    fn told(&self, build: &Build, since: Time, now: Time) -> Vec<Change> {
        let within = |at: &Time| *at > since && *at <= now + OVERLAP;
        let deploys = build.job_name.as_deref().is_some_and(|job| self.rules.deploys(job));
        let began = build.began().filter(|at| deploys && within(at)).map(|at| self.change(build, at, "started"));
        let ended = build.ended().filter(within).map(|at| self.change(build, at, &build.status));
        began.into_iter().chain(ended).collect()
    }

    fn change(&self, build: &Build, at: Time, what: &str) -> Change {
        let pipeline = build.pipeline_name.as_deref();
        let vars = build.pipeline_instance_vars.as_ref();
        let job = build.job_name.as_deref();
        let deploys = job.is_some_and(|job| self.rules.deploys(job));
        let name = pipeline.map_or_else(|| "one-off build".to_owned(), |p| full_name(p, vars, job));
        let took = build.began().zip(build.ended()).filter(|_| what != "started");
        let mut text: Vec<String> = took.map(|(a, b)| format!("took {}", duration::short(b - a))).into_iter().collect();
        if build.rerun_of.as_ref().is_some_and(|r| !r.is_null()) {
            text.push("a rerun".to_owned());
        }
        text.extend(build.comment.as_ref().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()));
        Change {
            at,
            kind: if deploys { "deploy" } else { "build" }.into(),
            title: format!("{name} #{} {what}", build.name).into(),
            by: build.created_by.clone().unwrap_or_default(),
            text: text.join("; ").into(),
            service: pipeline.map(SafeText::new),
            id: Some(format!("build-{}-{what}", build.id).into()),
            url: Some(SafeText::new(self.build_page(build).as_str())),
        }
    }

    fn build_page(&self, build: &Build) -> url::Url {
        let page = self.page();
        match (&build.pipeline_name, &build.job_name) {
            (Some(pipeline), Some(job)) => {
                let parts = ["teams", &build.team_name, "pipelines", pipeline, "jobs", job, "builds", &build.name];
                with(&page, &parts, &wire::query(build.pipeline_instance_vars.as_ref()))
            }
            _ => with(&page, &["builds", &build.id.to_string()], &[]),
        }
    }
}

/// The address of a relation in a `Link` header.
fn rel(header: &str, wanted: &str) -> Option<String> {
    header.split(',').find_map(|link| {
        let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_it = |p: &str| p.trim().strip_prefix("rel=").is_some_and(|r| r.trim_matches('"') == wanted);
        rest.split(';').any(is_it).then(|| address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_is_found_in_either_order() {
        let header = r#"<http://ci/api/v1/builds?from=9&limit=2>; rel="previous", <http://ci/api/v1/builds?to=7&limit=2>; rel="next""#;
        assert_eq!(rel(header, "next").unwrap(), "http://ci/api/v1/builds?to=7&limit=2");
        assert_eq!(rel(header, "previous").unwrap(), "http://ci/api/v1/builds?from=9&limit=2");
        assert_eq!(rel("nonsense", "next"), None);
    }
}
