//! Lists of a plugin, page by page and part by part, within bounds.
//!
//! Knows how a list is asked for, and not what is in it.

use std::collections::BTreeSet;

use serde_json::{Value, json, value::RawValue};

use super::{
    desk::Fault,
    running::Running,
    wire::{Listed, Missing, Warning, WireMembers},
};
use crate::domain::{
    Time,
    source::{Problem, SourceError},
    text::SafeText,
};

/// Items of one page.
const PAGE: usize = 1_000;
const PAGES_MAX: usize = 1_000;
/// Items of one list, over all its pages.
const ITEMS_MAX: usize = 200_000;

/// A list with all that was said about it.
#[derive(Default)]
pub(super) struct List {
    pub(super) items: Vec<Box<RawValue>>,
    pub(super) complete: bool,
    pub(super) problems: Vec<Problem>,
    pub(super) version: Option<SafeText>,
    pub(super) missing: Vec<Missing>,
    pub(super) members: Option<WireMembers>,
    /// Where a subscription begins.
    pub(super) cursor: Option<String>,
    pub(super) observed_at: Option<Time>,
    pub(super) samples: Option<u64>,
}

impl List {
    fn lacks(&mut self, at: &str, why: impl AsRef<str>) {
        self.complete = false;
        self.problems.push(Problem { at: at.into(), why: why.as_ref().into() });
    }
}

impl Running {
    /// Asks one question.
    pub(super) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: &Value,
        within: std::time::Duration,
        now: Time,
    ) -> Result<T, SourceError> {
        match self.call(method, params, within).await {
            Ok(reply) => serde_json::from_str(reply.result.get())
                .map_err(|e| SourceError::malformed(format!("its answer to `{method}` cannot be read: {e}"))),
            Err(fault) => Err(self.error(fault, now).await),
        }
    }

    /// All pages of a list. A page that cannot be had ends it, and is said; the first one is an error.
    ///
    /// # Errors
    /// Where not even the first page can be read.
    pub(super) async fn list(&self, method: &str, params: Value, within: std::time::Duration) -> Result<List, Fault> {
        let mut list = List { complete: true, ..List::default() };
        let (mut cursor, mut seen) = (None::<String>, BTreeSet::new());
        for page in 0..PAGES_MAX {
            let asked = self.page(method, &params, cursor.as_deref(), within).await;
            let (listed, whole) = match asked {
                Ok(page) => page,
                Err(fault) if page == 0 => return Err(fault),
                Err(fault) => {
                    let why = self.error(fault, Time::UNIX_EPOCH).await;
                    list.lacks(method, format!("page {} could not be read: {why}", page + 1));
                    return Ok(list);
                }
            };
            let Some(next) = take(&mut list, listed, whole, method) else { return Ok(list) };
            if !seen.insert(next.clone()) {
                list.lacks(method, "its pages lead in a circle: a cursor came twice");
                return Ok(list);
            }
            if list.items.len() >= ITEMS_MAX {
                list.lacks(method, format!("more than {ITEMS_MAX} items: the rest is left out"));
                return Ok(list);
            }
            cursor = Some(next);
        }
        list.lacks(method, format!("more than {PAGES_MAX} pages: the rest is left out"));
        Ok(list)
    }

    async fn page(
        &self,
        method: &str,
        params: &Value,
        cursor: Option<&str>,
        within: std::time::Duration,
    ) -> Result<(Listed, bool), Fault> {
        let mut params = params.clone();
        params["cursor"] = json!(cursor);
        params["limit"] = json!(PAGE);
        params["deadline_ms"] = json!(u64::try_from(within.as_millis()).unwrap_or(u64::MAX));
        let reply = self.call(method, &params, within).await?;
        let mut listed: Listed = serde_json::from_str(reply.result.get())
            .map_err(|e| Fault::Unreadable(format!("its answer to `{method}` cannot be read: {e}")))?;
        let mut items = reply.items;
        items.append(&mut listed.items);
        listed.items = items;
        Ok((listed, reply.is_whole))
    }
}

/// Adds a page to what was there before; answers where the next one begins.
fn take(list: &mut List, page: Listed, whole: bool, method: &str) -> Option<String> {
    let Listed { complete, next, cursor, observed_at, warnings, items, version, missing, members, samples } = page;
    list.items.extend(items);
    list.samples = list.samples.into_iter().chain(samples).reduce(u64::saturating_add);
    list.problems.extend(warnings.into_iter().map(|warning| match warning {
        Warning::At { at, why } => Problem { at, why },
        Warning::Plain(why) => Problem { at: SafeText::new(method), why },
    }));
    list.complete &= complete.unwrap_or(true);
    list.version = version.or(list.version.take());
    list.missing.extend(missing);
    list.members = members.or(list.members.take());
    list.observed_at = observed_at.or(list.observed_at);
    list.cursor = cursor.or(list.cursor.take());
    if !whole {
        list.lacks(method, "a part of the answer is missing");
    }
    next
}
