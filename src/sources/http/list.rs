//! A long JSON list read while it arrives: each item as it comes, and the whole never in memory.
//!
//! Knows no vendor; what an item is, its reader says.

use reqwest::Response;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{
    Answer, Call, Failure, Http,
    answer::{self, HEAD_BYTES, PAGE_MAX},
};
use crate::{
    domain::{
        Time,
        source::{Problem, SourceError},
    },
    sources::split::{Fault, Splitter, Takes},
};

/// Longest list, in bytes after inflation: four times what 100,000 alerts need.
const LIST_MAX: usize = 256 * 1024 * 1024;
/// After how much text other tasks of the same worker have their turn, in bytes.
const TURN: usize = 256 * 1024;

/// A list that was read to its end.
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    /// One for each item that could not be read.
    pub(crate) problems: Vec<Problem>,
    /// When the server thinks it answered.
    pub(crate) date: Option<Time>,
}

impl Http {
    /// Reads a list; `at` names it, `read` takes the text of one item.
    ///
    /// # Errors
    /// As [`Http::call`], and `Malformed` where the answer is no list, is no JSON, breaks off or is too large: a list is
    /// never shorter than it was meant to be.
    pub(crate) async fn list<T>(
        &self,
        call: Call<'_>,
        at: &str,
        now: Time,
        read: impl FnMut(&[u8]) -> Result<T, String>,
    ) -> Result<Listed<T>, Failure> {
        self.list_with(call, at, now, (read, |_: &str| None)).await
    }

    /// The same for a reader that knows some items at sight: at the start of a text, with their length.
    ///
    /// # Errors
    /// As [`Http::list`].
    pub(crate) async fn list_with<T>(
        &self,
        call: Call<'_>,
        at: &str,
        now: Time,
        (read, at_sight): (impl FnMut(&[u8]) -> Result<T, String>, impl FnMut(&str) -> Option<(T, usize)>),
    ) -> Result<Listed<T>, Failure> {
        self.in_time(async { Reading::new(at, read, at_sight).all_of(self.send(call, now).await?).await }).await
    }
}

struct Reading<'a, T, R, S> {
    at: &'a str,
    read: R,
    at_sight: S,
    items: Vec<T>,
    problems: Vec<Problem>,
    /// How the answer began, for telling what it was instead.
    head: Vec<u8>,
}

impl<'a, T, R, S> Reading<'a, T, R, S>
where
    R: FnMut(&[u8]) -> Result<T, String>,
    S: FnMut(&str) -> Option<(T, usize)>,
{
    fn new(at: &'a str, read: R, at_sight: S) -> Self {
        Self { at, read, at_sight, items: Vec::new(), problems: Vec::new(), head: Vec::new() }
    }

    async fn all_of(mut self, mut response: Response) -> Result<Listed<T>, Failure> {
        let date = answer::date_of(response.headers());
        if answer::says_html(response.headers()) {
            return Err(what_it_is(response, Vec::new()).await);
        }
        let (mut splitter, mut size, mut turn) = (Splitter::new(), 0, 0);
        while let Some(chunk) = response.chunk().await.map_err(Failure::from_reqwest)? {
            size += chunk.len();
            self.remember(&chunk);
            match splitter.feed(&chunk, &mut self) {
                Ok(()) if size <= LIST_MAX => {}
                Ok(()) => return Err(self.fault(&format!("the list is larger than {} MiB", LIST_MAX >> 20))),
                Err(Wrong::List(Fault::NoList)) => return Err(what_it_is(response, chunk.to_vec()).await),
                Err(wrong) => return Err(self.fault(&wrong)),
            }
            turn += chunk.len();
            if turn > TURN {
                turn = 0;
                tokio::task::yield_now().await;
            }
        }
        match splitter.finish() {
            Ok(()) => Ok(Listed { items: self.items, problems: self.problems, date }),
            Err(Fault::NoList) => Err(what_it_is(response, self.head).await),
            Err(fault) => Err(self.fault(&fault)),
        }
    }

    fn remember(&mut self, chunk: &[u8]) {
        let room = HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }

    fn fault(&self, why: &dyn std::fmt::Display) -> Failure {
        Failure::transport(answer::no_json(why, &self.head))
    }
}

impl<T, R, S> Takes for Reading<'_, T, R, S>
where
    R: FnMut(&[u8]) -> Result<T, String>,
    S: FnMut(&str) -> Option<(T, usize)>,
{
    type Wrong = Wrong;

    /// One item that has the wrong shape is a problem; one that is no JSON at all is that of the whole list.
    fn item(&mut self, item: &[u8]) -> Result<(), Wrong> {
        match (self.read)(item) {
            Ok(item) => self.items.push(item),
            Err(why) => {
                serde_json::from_slice::<&RawValue>(item).map_err(Wrong::Item)?;
                let index = self.items.len() + self.problems.len();
                self.problems.push(Problem { at: format!("{}[{index}]", self.at).into(), why: why.into() });
            }
        }
        Ok(())
    }

    fn at_sight(&mut self, text: &str) -> Option<usize> {
        let (item, length) = (self.at_sight)(text)?;
        self.items.push(item);
        Some(length)
    }
}

/// What makes the whole list unreadable.
enum Wrong {
    List(Fault),
    Item(serde_json::Error),
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::List(fault)
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::List(fault) => fault.fmt(f),
            Self::Item(error) => error.fmt(f),
        }
    }
}

/// What came instead of a list: a login page, another JSON, nothing. `head` is what was read of it.
async fn what_it_is(mut response: Response, mut head: Vec<u8>) -> Failure {
    while head.len() < PAGE_MAX {
        match response.chunk().await {
            Ok(Some(chunk)) => head.extend_from_slice(&chunk[..chunk.len().min(PAGE_MAX)]),
            Ok(None) => break,
            Err(error) => return Failure::from_reqwest(error),
        }
    }
    let status = response.status().as_u16();
    let answer = Answer::new(response.headers(), head);
    if let Some(error) = answer.page_instead_of_json() {
        return Failure::answered(status, error, String::new());
    }
    let why = answer.json::<Vec<IgnoredAny>>().err();
    Failure::transport(why.unwrap_or_else(|| SourceError::malformed("a list was due")))
}
