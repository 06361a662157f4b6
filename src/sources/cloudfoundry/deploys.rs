//! Deployments that are under way: how long they take, and how they end.
//!
//! The API lists those that are active; one that is missing there is asked for by itself, and told as a change.

use std::collections::BTreeMap;

use super::{
    api::Api,
    names::{App, Names},
    wire::Deployment,
};
use crate::domain::{
    Time, duration,
    source::{Change, Problem, SourceError},
    text::SafeText,
};

const PAGE: usize = 500;
const PAGES: usize = 2;
/// Ended ones that are asked for at one poll.
const AT_ONCE: usize = 10;
/// Ends that are remembered for whoever asks for changes.
const MOST: usize = 500;

#[derive(Default)]
pub(super) struct Deploys {
    pub(super) active: BTreeMap<String, Deployment>,
    ended: Vec<Deployment>,
}

impl Deploys {
    /// Reads what is active now. Answers what could not be read.
    ///
    /// # Errors
    /// As every request.
    pub(super) async fn renew(&mut self, api: &Api, now: Time) -> Result<Vec<Problem>, SourceError> {
        let query = [("status_values", "ACTIVE".to_owned()), ("per_page", PAGE.to_string())];
        let list = api.list::<Deployment>("v3/deployments", &query, PAGES, now).await?;
        let whole = list.problems.is_empty();
        let active: BTreeMap<String, Deployment> = list.items.into_iter().map(|d| (d.guid.clone(), d)).collect();
        let over: Vec<String> = self.active.keys().filter(|guid| !active.contains_key(*guid)).cloned().collect();
        let before = std::mem::replace(&mut self.active, active);
        for (n, guid) in over.into_iter().enumerate() {
            let asked = if n < AT_ONCE && whole {
                api.get::<Deployment>(&format!("v3/deployments/{guid}"), now).await
            } else {
                // The next poll asks for it.
                self.active.extend(before.get(&guid).map(|d| (guid.clone(), d.clone())));
                continue;
            };
            match asked {
                Ok(ended) if ended.status.value != "ACTIVE" => self.ended.push(ended),
                Ok(_) => {}
                Err(failure) if failure.status == Some(404) => {}
                Err(failure) => {
                    self.active.extend(before.get(&guid).map(|d| (guid.clone(), d.clone())));
                    return Err(failure.error);
                }
            }
        }
        let more = self.ended.len().saturating_sub(MOST);
        self.ended.drain(..more);
        Ok(list.problems)
    }

    /// The apps that are deployed, or were.
    pub(super) fn apps(&self) -> Vec<String> {
        self.active.values().chain(&self.ended).map(|d| d.app().to_owned()).collect()
    }

    /// How deployments ended since a moment.
    pub(super) fn changes(&self, since: Time, names: &Names, page: &dyn Fn(&App) -> Option<SafeText>) -> Vec<Change> {
        let at = |d: &Deployment| {
            let details = d.status.details.as_ref();
            details.and_then(|d| d.last_status_change).or(d.updated_at).unwrap_or(d.created_at)
        };
        let told = self.ended.iter().filter(|d| at(d) > since && names.sees(&names.app(d.app())));
        let change = |d: &Deployment| {
            let app = names.app(d.app());
            let reason = d.status.reason.to_ascii_lowercase();
            let strategy = d.strategy.as_ref().map_or(String::new(), |s| format!("{s}, "));
            Change {
                at: at(d),
                kind: if reason == "canceled" { "rollback" } else { "deploy" }.into(),
                title: format!("{}: the deployment is {reason}", app.name).into(),
                by: SafeText::default(),
                text: format!("{strategy}took {}", duration::short(at(d) - d.created_at)).into(),
                service: Some(app.name.clone()),
                id: Some(format!("deployment-{}-{reason}", d.guid).into()),
                url: page(&app),
            }
        };
        told.map(change).collect()
    }
}
