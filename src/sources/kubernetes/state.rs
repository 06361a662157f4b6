//! Everything that is known of the cluster between two polls, and how it is brought up to date.
//!
//! Knows neither credentials nor rows.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{join_all, select_all};

use crate::{
    domain::{
        Time,
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::{
        http::{Failure, Http},
        kept::Kept,
    },
};

use super::{
    episodes::Episodes,
    feed::{Feed, Turn},
    history::Log,
    options::Options,
    resource::Resource,
    whose::Index,
};

/// Lists that are read at the same time.
const AT_ONCE: usize = 8;
/// How long a refusal holds before it is tried again: somebody may have been granted more.
const REFUSED_FOR: chrono::Duration = chrono::Duration::minutes(1);

pub(super) struct State {
    pub(super) feeds: Vec<Feed>,
    log: Arc<Mutex<Log>>,
    pub(super) episodes: Episodes,
    pub(super) checked_at: Option<Time>,
    pub(super) version: Option<SafeText>,
    pub(super) clock: Option<Problem>,
}

/// What of the cluster could not be read.
pub(super) struct Gaps {
    pub(super) problems: Vec<Problem>,
    pub(super) complete: bool,
}

impl State {
    /// `log` is kept by whoever tells of changes; `kept` is the file of what goes on.
    pub(super) fn new(options: &Options, log: Arc<Mutex<Log>>, kept: Kept) -> Self {
        let namespaces: Vec<Option<&str>> = match options.namespaces.as_slice() {
            [] => vec![None],
            some => some.iter().map(|n| Some(n.as_str())).collect(),
        };
        let mut feeds = Vec::new();
        for resource in &options.resources {
            match resource.has_namespace() {
                true => feeds.extend(namespaces.iter().map(|n| Feed::new(*resource, *n))),
                false => feeds.push(Feed::new(*resource, None)),
            }
        }
        Self { feeds, log, episodes: Episodes::in_file(kept), checked_at: None, version: None, clock: None }
    }

    /// Reads what there is. A resource that is refused is a gap; where nothing at all could be read, that is the error.
    ///
    /// # Errors
    /// With the status 401 where other credentials may help; what was read before stays.
    pub(super) async fn bring_up(
        &mut self,
        http: &Http,
        options: &Options,
        now: Time,
        watching: bool,
    ) -> Result<Gaps, Failure> {
        let mut failures: Vec<Option<Failure>> = Vec::new();
        for some in self.feeds.chunks_mut(AT_ONCE) {
            let read = join_all(some.iter_mut().map(|feed| bring_up(feed, http, options, now, watching))).await;
            failures.extend(read.into_iter().map(Result::err));
        }
        self.tell(now);
        let blind = failures.iter().all(Option::is_some);
        let urgent = |f: &Failure| f.status == Some(401) || matches!(f.error, SourceError::RateLimited { .. });
        if let Some(at) = failures.iter().position(|f| f.as_ref().is_some_and(|f| blind || urgent(f)))
            && let Some(failure) = failures.swap_remove(at)
        {
            return Err(failure);
        }
        Ok(self.gaps(failures))
    }

    fn tell(&mut self, now: Time) {
        let turns: Vec<Turn> = self.feeds.iter_mut().flat_map(|f| std::mem::take(&mut f.turns)).collect();
        if turns.is_empty() {
            return;
        }
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.take(turns, &Index::of(&self.feeds), now);
        drop(log);
        for feed in self.feeds.iter_mut().filter(|f| f.resource == Resource::ReplicaSets) {
            feed.objects.clear();
        }
    }

    fn gaps(&self, failures: Vec<Option<Failure>>) -> Gaps {
        let mut gaps = Gaps { problems: Vec::new(), complete: true };
        for (feed, failure) in self.feeds.iter().zip(failures) {
            let name = feed.name();
            let mut say = |at: &str, why: String, loses: bool| {
                gaps.complete &= !(loses && feed.resource.makes_alerts());
                gaps.problems.push(Problem { at: SafeText::new(at), why: SafeText::new(&why) });
            };
            if let Some(failure) = failure {
                say(&name, missing(&failure.error), true);
            } else if let Some(why) = feed.unwatched() {
                say(&name, format!("cannot be watched and is listed once a minute: {why}"), false);
            }
            feed.cut.iter().for_each(|why| say(&name, why.clone(), true));
            for (item, why) in &feed.unread {
                say(&format!("{name}: {item}"), why.clone(), true);
            }
        }
        gaps
    }

    /// Waits until a watch brought something that the next poll would tell.
    pub(super) async fn heard(&mut self, options: &Options) {
        loop {
            let waiting: Vec<_> = self.feeds.iter_mut().map(|feed| Box::pin(feed.next())).collect();
            if waiting.is_empty() {
                return std::future::pending().await;
            }
            let (line, at, _) = select_all(waiting).await;
            let Some(feed) = self.feeds.get_mut(at) else { return };
            let mut is_news = feed.take(line, options);
            while let Some(line) = feed.ready() {
                is_news |= feed.take(Ok(Some(line)), options);
            }
            if is_news {
                return;
            }
        }
    }
}

async fn bring_up(feed: &mut Feed, http: &Http, options: &Options, now: Time, watching: bool) -> Result<(), Failure> {
    if let Some((until, error)) = &feed.refused
        && now < *until
    {
        return Err(Failure::answered(403, error.clone(), String::new()));
    }
    feed.refused = None;
    let read = feed.bring_up(http, options, now, watching).await;
    if let Err(failure) = &read
        && matches!(failure.status, Some(403 | 404))
    {
        feed.refused = Some((now + REFUSED_FOR, failure.error.clone()));
    }
    read
}

fn missing(error: &SourceError) -> String {
    match error {
        SourceError::Auth { .. } => format!("{error}: allow `list` and `watch` on it, or leave it out of `resources`"),
        _ => error.to_string(),
    }
}
