//! What guids are called: spaces and organizations, asked for now and then, and apps as they come into sight.
//!
//! What the configuration leaves out is not in sight.

use std::collections::HashMap;

use chrono::Duration;

use super::{api::Api, wire::Named};
use crate::domain::{
    Time,
    source::{Problem, SourceError},
    text::SafeText,
};

/// How often spaces and organizations are asked for.
const EVERY: Duration = Duration::minutes(10);
/// Spaces a page, and apps that are asked for at once: the most the API gives, and what an address has room for.
const PAGE: usize = 5_000;
const AT_ONCE: usize = 50;
/// Pages of spaces that are read.
const PAGES: usize = 4;
/// Apps that are remembered.
const APPS: usize = 5_000;

/// Which are in sight, by name; an empty list leaves nothing out.
#[derive(Default)]
pub(super) struct Sight {
    pub(super) organizations: Vec<String>,
    pub(super) spaces: Vec<String>,
    pub(super) apps: Vec<String>,
}

/// An app and where it is.
#[derive(Clone, Default)]
pub(super) struct App {
    pub(super) guid: String,
    pub(super) name: SafeText,
    pub(super) space_guid: String,
    pub(super) space: SafeText,
    pub(super) organization_guid: String,
    pub(super) organization: SafeText,
}

#[derive(Default)]
pub(super) struct Names {
    sight: Sight,
    asked: Option<Time>,
    /// Name, and the guid of its organization.
    spaces: HashMap<String, (SafeText, String)>,
    organizations: HashMap<String, SafeText>,
    apps: HashMap<String, (SafeText, String)>,
}

impl Names {
    pub(super) fn new(sight: Sight) -> Self {
        Self { sight, ..Self::default() }
    }

    /// Asks for spaces and organizations, where that is long ago. Answers what could not be read.
    ///
    /// # Errors
    /// Where none of it could, and was not before.
    pub(super) async fn renew(&mut self, api: &Api, now: Time) -> Result<Vec<Problem>, SourceError> {
        if self.asked.is_some_and(|at| now - at < EVERY) {
            return Ok(Vec::new());
        }
        let query = [("include", "organization".to_owned()), ("per_page", PAGE.to_string())];
        let list = match api.list::<Named>("v3/spaces", &query, PAGES, now).await {
            Ok(list) => list,
            Err(_) if self.asked.is_some() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        self.asked = Some(now);
        let space =
            |s: Named| (s.guid.clone(), (SafeText::new(&s.name), s.of("organization").unwrap_or("").to_owned()));
        self.spaces.extend(list.items.into_iter().map(space));
        self.organizations.extend(list.included.organizations.into_iter().map(|o| (o.guid, o.name.into())));
        Ok(list.problems)
    }

    /// Asks what these apps are called and where they are, of which that is not known.
    ///
    /// # Errors
    /// As every request.
    pub(super) async fn learn(&mut self, guids: &[String], api: &Api, now: Time) -> Result<(), SourceError> {
        let mut unknown: Vec<&str> = guids.iter().map(String::as_str).filter(|g| !self.apps.contains_key(*g)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown.retain(|g| !g.is_empty());
        for some in unknown.chunks(AT_ONCE).take(4) {
            let query = [("guids", some.join(",")), ("per_page", AT_ONCE.to_string())];
            let list = api.list::<Named>("v3/apps", &query, 1, now).await?;
            for app in list.items {
                let space = app.of("space").unwrap_or("").to_owned();
                self.tell(&app.guid, &SafeText::new(&app.name), &space);
            }
            // One that is not to be seen is not asked for again and again.
            for guid in some {
                self.apps.entry((*guid).to_owned()).or_insert_with(|| (SafeText::new(guid), String::new()));
            }
        }
        Ok(())
    }

    /// What an event says of an app by the way.
    pub(super) fn tell(&mut self, guid: &str, name: &SafeText, space: &str) {
        if self.apps.len() >= APPS {
            self.apps.clear();
        }
        if !guid.is_empty() && !name.is_empty() {
            self.apps.insert(guid.to_owned(), (name.clone(), space.to_owned()));
        }
    }

    /// What is known of an app; its guid stands for a name that is not.
    pub(super) fn app(&self, guid: &str) -> App {
        let (name, space_guid) = self.apps.get(guid).cloned().unwrap_or_else(|| (SafeText::new(guid), String::new()));
        let (space, organization_guid) = self.spaces.get(&space_guid).cloned().unwrap_or_default();
        let organization = self.organizations.get(&organization_guid).cloned().unwrap_or_default();
        App { guid: guid.to_owned(), name, space_guid, space, organization_guid, organization }
    }

    /// Whether the configuration leaves it in sight.
    pub(super) fn sees(&self, app: &App) -> bool {
        let one_of = |list: &[String], name: &SafeText| list.is_empty() || list.iter().any(|n| n == name.raw());
        one_of(&self.sight.apps, &app.name)
            && one_of(&self.sight.spaces, &app.space)
            && one_of(&self.sight.organizations, &app.organization)
    }

    /// Organizations in sight, by guid; none where all are.
    pub(super) fn organizations(&self) -> Vec<String> {
        let named = |n: &SafeText| self.sight.organizations.iter().any(|o| o == n.raw());
        self.organizations.iter().filter(|(_, name)| named(name)).map(|(guid, _)| guid.clone()).collect()
    }
}
