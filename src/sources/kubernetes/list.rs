//! A list of the API, page by page: bounded, and never in a circle.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use crate::{
    domain::Time,
    sources::http::{Call, Failure, Http},
};

use super::wire::List;

/// Objects of one page.
const PAGE: usize = 500;
/// Most pages of one list.
const PAGES_MAX: usize = 400;
/// How often a list is begun anew whose pages expired while they were read.
const TRIES: usize = 3;

pub(super) struct Listed {
    pub(super) items: Vec<Box<RawValue>>,
    /// Where a watch goes on from.
    pub(super) version: Option<String>,
    /// Why it is not whole.
    pub(super) cut: Option<String>,
}

/// # Errors
/// As every call; a list that expired is begun anew a few times.
pub(super) async fn all(
    http: &Http,
    path: &str,
    selectors: &[(&'static str, String)],
    now: Time,
) -> Result<Listed, Failure> {
    let mut tries = 1;
    loop {
        match pages(http, path, selectors, now).await {
            // The token of the next page is too old, or no token of this server.
            Err((failure, true)) if matches!(failure.status, Some(400 | 410)) && tries < TRIES => tries += 1,
            Err((failure, _)) => return Err(failure),
            Ok(listed) => return Ok(listed),
        }
    }
}

/// With a failure: whether it came after the first page.
async fn pages(
    http: &Http,
    path: &str,
    selectors: &[(&'static str, String)],
    now: Time,
) -> Result<Listed, (Failure, bool)> {
    let mut listed = Listed { items: Vec::new(), version: None, cut: None };
    let (mut seen, mut next) = (BTreeSet::new(), None::<String>);
    for page in 0..PAGES_MAX {
        let mut query = selectors.to_vec();
        query.push(("limit", PAGE.to_string()));
        query.extend(next.take().map(|token| ("continue", token)));
        let answer = http.call(Call::get(path).query(&query), now).await.map_err(|f| (f, page > 0))?;
        let list: List<'_> = http.json(&answer).map_err(|e| (Failure::answered(200, e, String::new()), false))?;
        listed.items.extend(list.items.into_iter().map(ToOwned::to_owned));
        // The version of the last page is that of the first; a list that was continued past its version has a later one.
        listed.version = list.metadata.resource_version.filter(|v| !v.is_empty());
        match list.metadata.next.filter(|t| !t.is_empty()) {
            None => return Ok(listed),
            Some(token) if !seen.insert(token.clone()) => {
                listed.cut = Some("its pages lead in a circle".to_owned());
                return Ok(listed);
            }
            Some(token) => next = Some(token),
        }
    }
    listed.cut = Some(format!("it has more than {PAGES_MAX} pages"));
    Ok(listed)
}
