//! A list in pages: `offset` and `more`, up to the wall that PagerDuty has at 10,000.
//!
//! A page begins with the last row of the one before: if it does not, rows moved between the two questions, and what is
//! not in the list may be there all the same. Knows nothing of what the rows are.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    domain::{
        Time,
        source::{Problem, SourceError},
    },
    sources::{
        http::{Call, Failure, Http},
        items,
    },
};

/// Rows of one page; PagerDuty gives no more.
pub(super) const LIMIT: usize = 100;
/// `offset + limit` may not pass it.
pub(super) const WALL: usize = 10_000;
/// The pages that lead to the wall.
pub(super) const TO_THE_WALL: usize = WALL / (LIMIT - 1);

/// What is asked for.
pub(super) struct Ask<'a> {
    pub(super) path: &'a str,
    /// The name of the list in the answer.
    pub(super) list: &'a str,
    pub(super) query: Vec<(&'a str, String)>,
    pub(super) pages: usize,
}

/// As much of a list as could be read.
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    pub(super) problems: Vec<Problem>,
    /// Whether that is all of it.
    pub(super) complete: bool,
    pub(super) date: Option<Time>,
}

#[derive(Deserialize)]
struct Id {
    id: Option<String>,
}

struct Page<'a> {
    rows: Vec<&'a RawValue>,
    more: bool,
}

/// Reads it, row by row.
///
/// # Errors
/// As a call has them; `Malformed` where an answer is no such list.
pub(super) async fn read<W: DeserializeOwned>(http: &Http, ask: Ask<'_>, now: Time) -> Result<Listed<W>, Failure> {
    let mut told = Listed { items: Vec::new(), problems: Vec::new(), complete: true, date: None };
    let (mut seen, mut offset) = (HashSet::new(), 0);
    for asked in 1.. {
        let paging = [("limit", LIMIT.to_string()), ("offset", offset.to_string())];
        let query = [ask.query.as_slice(), &paging].concat();
        let answer = http.call(Call::get(ask.path).query(&query), now).await?;
        let malformed = |error: SourceError| Failure::answered(200, error, String::new());
        let page = page(http.json(&answer).map_err(malformed)?, ask.list).map_err(malformed)?;
        told.date = told.date.or(answer.date());
        if let Some(why) = told.take(&page, ask.list, &mut seen) {
            told.lacks(ask.list, why);
        }
        offset += page.rows.len().saturating_sub(1);
        match end(&page, offset, asked, ask.pages) {
            Some(None) => break,
            Some(Some(why)) => {
                told.lacks(ask.list, &why);
                break;
            }
            None => {}
        }
    }
    Ok(told)
}

/// Whether there is nothing more to ask, and if so what is missing then.
fn end(page: &Page<'_>, offset: usize, asked: usize, pages: usize) -> Option<Option<String>> {
    if !page.more {
        return Some(None);
    }
    if page.rows.len() < 2 {
        return Some(Some("it says that there is more and does not tell it".to_owned()));
    }
    if offset + LIMIT > WALL {
        return Some(Some(format!(
            "PagerDuty lists no more than {WALL}: narrow it by teams, services or urgencies under [source.pagerduty]"
        )));
    }
    (asked >= pages).then(|| Some(format!("only the first {asked} pages were read")))
}

impl<W: DeserializeOwned> Listed<W> {
    fn lacks(&mut self, at: &str, why: &str) {
        self.complete = false;
        self.problems.push(Problem { at: at.into(), why: why.into() });
    }

    /// The rows that no page before had; answers what is wrong with the page as a whole.
    fn take(&mut self, page: &Page<'_>, at: &str, seen: &mut HashSet<String>) -> Option<&'static str> {
        let ids: Vec<String> = page.rows.iter().map(|r| id(r)).collect();
        let is_first = seen.is_empty();
        let moved = ids.first().is_some_and(|id| !seen.contains(id));
        let new = ids.into_iter().map(|id| seen.insert(id));
        let fresh: Vec<&RawValue> = page.rows.iter().zip(new).filter_map(|(row, new)| new.then_some(*row)).collect();
        let (items, problems) = items::each(&fresh, at, Ok::<W, String>);
        self.complete &= problems.is_empty();
        self.items.extend(items);
        self.problems.extend(problems);
        match () {
            () if is_first || page.rows.is_empty() => None,
            () if fresh.is_empty() && page.more => Some("a page was told twice"),
            () if moved => Some("rows moved from page to page while they were read"),
            () => None,
        }
    }
}

/// What has no id is itself.
fn id(row: &RawValue) -> String {
    let told = serde_json::from_str::<Id>(row.get()).ok().and_then(|row| row.id);
    told.unwrap_or_else(|| row.get().to_owned())
}

fn page<'a>(told: HashMap<String, &'a RawValue>, list: &str) -> Result<Page<'a>, SourceError> {
    let wrong = |why: String| SourceError::malformed(format!("this is no list of PagerDuty: {why}"));
    let rows = told.get(list).ok_or_else(|| wrong(format!("`{list}` is missing")))?;
    let rows = serde_json::from_str(rows.get()).map_err(|_| wrong(format!("`{list}` is no list")))?;
    Ok(Page { rows, more: told.get("more").is_some_and(|more| more.get() == "true") })
}
