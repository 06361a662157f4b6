//! One resource of one namespace, listed once and then watched.
//!
//! The rules of the API, as measured: a watch goes on from the version of the list, never from that of its last item; it
//! ends after the time we ask for; a version that is too old is refused with 410, as a status or as a line of the stream, one
//! that is too new with 504, and both mean to list again; a server that dies may leave a watch open and silent.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::Duration as Span;

use crate::{
    domain::{Time, source::SourceError},
    sources::http::{Call, Failure, Http, Lines},
};

use super::{
    list::{self, Listed},
    object::Object,
    options::Options,
    resource::Resource,
    wire::{Bare, Line, Status},
};

/// After this the server ends a watch, in seconds.
const WATCH_SECONDS: u32 = 240;
/// A watch that brought nothing for this long, not even a bookmark, is opened anew.
const SILENT_MAX: Span = Span::seconds(120);
/// How long a watch that is refused is not asked for again; it is listed instead.
const REFUSED_FOR: Span = Span::minutes(5);
/// How often a thing is listed that cannot be watched.
const LIST_EVERY: Span = Span::seconds(60);
/// How long a line that may be here already is waited for.
const GRACE: Duration = Duration::from_millis(10);
/// Most lines that one poll takes; the rest is the next one's.
const LINES_MAX: usize = 20_000;

pub(super) struct Feed {
    pub(super) resource: Resource,
    pub(super) namespace: Option<String>,
    path: String,
    /// Where the watch goes on; none where it must be listed.
    version: Option<String>,
    watch: Option<Lines>,
    /// Whether something came since the last poll.
    heard: bool,
    heard_at: Time,
    listed_at: Option<Time>,
    /// Until when no watch is asked for, and why.
    unwatched: Option<(Time, String)>,
    /// Until when it is not asked for at all, and why.
    pub(super) refused: Option<(Time, SourceError)>,
    pub(super) objects: BTreeMap<String, Arc<Object>>,
    /// Objects that cannot be read, and why.
    pub(super) unread: BTreeMap<String, String>,
    /// Why the list is not whole.
    pub(super) cut: Option<String>,
    /// What became of objects since somebody took it.
    pub(super) turns: Vec<Turn>,
}

/// What became of an object.
pub(super) struct Turn {
    pub(super) old: Option<Arc<Object>>,
    pub(super) new: Arc<Object>,
}

impl Feed {
    pub(super) fn new(resource: Resource, namespace: Option<&str>) -> Self {
        Self {
            resource,
            namespace: namespace.map(str::to_owned),
            path: resource.path(namespace),
            version: None,
            watch: None,
            heard: false,
            heard_at: Time::default(),
            listed_at: None,
            unwatched: None,
            refused: None,
            objects: BTreeMap::new(),
            unread: BTreeMap::new(),
            cut: None,
            turns: Vec::new(),
        }
    }

    /// `pods in shop`.
    pub(super) fn name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} in {namespace}", self.resource.plural()),
            None => self.resource.plural().to_owned(),
        }
    }

    /// Why it is listed instead of watched, where it is.
    pub(super) fn unwatched(&self) -> Option<&str> {
        self.unwatched.as_ref().map(|(_, why)| why.as_str())
    }

    /// Brings it up to date: lists what must be listed, opens the watch, takes what it brought.
    ///
    /// # Errors
    /// Where it could not be read now; what was read before stays.
    pub(super) async fn bring_up(
        &mut self,
        http: &Http,
        options: &Options,
        now: Time,
        watching: bool,
    ) -> Result<(), Failure> {
        if std::mem::take(&mut self.heard) {
            self.heard_at = now;
        }
        if now - self.heard_at > SILENT_MAX {
            self.watch = None;
        }
        self.drain(options, now).await;
        if self.must_be_listed(now) {
            self.list(http, options, now).await?;
        }
        if !watching || !self.resource.is_watched() || self.watch.is_some() {
            return Ok(());
        }
        if !self.open(http, options, now).await? {
            self.list(http, options, now).await?;
            self.open(http, options, now).await?;
        }
        self.drain(options, now).await;
        Ok(())
    }

    fn must_be_listed(&self, now: Time) -> bool {
        let is_old = |at: Time| now - at >= LIST_EVERY;
        match self.listed_at {
            Some(at) if self.unwatched.is_some() || self.cut.is_some() => is_old(at),
            Some(_) => self.version.is_none() && self.resource.is_watched(),
            None => true,
        }
    }

    async fn list(&mut self, http: &Http, options: &Options, now: Time) -> Result<(), Failure> {
        self.watch = None;
        let query = self.selectors(options);
        let mut listed = list::all(http, &self.path, &query, now).await;
        if let (Err(failure), Some(other)) = (&listed, self.resource.other_path(self.namespace.as_deref()))
            && matches!(failure.status, Some(403 | 404))
            && self.path != other
        {
            let second = list::all(http, &other, &query, now).await;
            if second.is_ok() {
                self.path = other;
                listed = second;
            }
        }
        let Listed { items, version, cut } = listed?;
        let mut old = std::mem::take(&mut self.objects);
        self.unread.clear();
        for (index, item) in items.iter().enumerate() {
            match Object::read(self.resource, item.get().as_bytes(), options) {
                Ok(new) => {
                    let old = old.remove(&new.uid);
                    let new = Arc::new(new.after(old.as_deref()));
                    self.objects.insert(new.uid.clone(), new.clone());
                    self.turns.push(Turn { old, new });
                }
                Err(why) => {
                    self.unread.insert(name_of(item.get().as_bytes()).unwrap_or(format!("[{index}]")), why);
                }
            }
        }
        self.version = version.filter(|_| cut.is_none());
        self.cut = cut;
        self.listed_at = Some(now);
        Ok(())
    }

    fn selectors(&self, options: &Options) -> Vec<(&'static str, String)> {
        let labels = options.selector.as_ref().filter(|_| self.resource.is_selected());
        let fields = Some(&options.events).filter(|e| self.resource == Resource::Events && !e.trim().is_empty());
        let labels = labels.map(|l| ("labelSelector", l.clone()));
        labels.into_iter().chain(fields.map(|f| ("fieldSelector", f.clone()))).collect()
    }

    /// Opens the watch; false where its version is refused and it must be listed again.
    async fn open(&mut self, http: &Http, options: &Options, now: Time) -> Result<bool, Failure> {
        let Some(version) = self.version.clone() else { return Ok(true) };
        if self.unwatched.as_ref().is_some_and(|(until, _)| now < *until) {
            return Ok(true);
        }
        let mut query = self.selectors(options);
        query.extend([
            ("watch", "1".to_owned()),
            ("resourceVersion", version),
            ("allowWatchBookmarks", "true".to_owned()),
            ("timeoutSeconds", WATCH_SECONDS.to_string()),
        ]);
        match http.lines(Call::get(&self.path).query(&query), now).await {
            Ok(lines) => {
                self.watch = Some(lines);
                self.heard_at = now;
                self.unwatched = None;
                Ok(true)
            }
            Err(f) if f.status == Some(410) || is_too_new(&f) => {
                self.version = None;
                Ok(false)
            }
            Err(f) if matches!(f.status, Some(403..=405)) || f.late => {
                self.unwatched = Some((now + REFUSED_FOR, f.error.to_string()));
                Ok(true)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Takes what the watch brought, without waiting for more.
    async fn drain(&mut self, options: &Options, now: Time) {
        for _ in 0..LINES_MAX {
            let Some(watch) = &mut self.watch else { return };
            let Ok(line) = tokio::time::timeout(GRACE, watch.next()).await else { return };
            self.heard_at = now;
            self.take(line, options);
        }
    }

    /// The next line of the watch, however long that takes; for ever where there is none.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match &mut self.watch {
            Some(watch) => watch.next().await,
            None => std::future::pending().await,
        }
    }

    /// A line that is here already.
    pub(super) fn ready(&mut self) -> Option<Vec<u8>> {
        self.watch.as_mut()?.ready()
    }

    /// Takes one line, or the end of them, after which the watch goes on where it was. Whether the next poll would tell
    /// something else.
    pub(super) fn take(&mut self, line: Result<Option<Vec<u8>>, Failure>, options: &Options) -> bool {
        match line {
            Ok(Some(line)) => {
                self.heard = true;
                let turn = self.line(&line, options);
                let is_news = turn.as_ref().is_some_and(|t| t.new.is_news(t.old.as_deref()));
                self.turns.extend(turn);
                is_news
            }
            Ok(None) | Err(_) => {
                self.watch = None;
                false
            }
        }
    }

    fn line(&mut self, line: &[u8], options: &Options) -> Option<Turn> {
        let Ok(Line { kind, object }) = serde_json::from_slice(line) else {
            self.list_again();
            return None;
        };
        let object = object.get().as_bytes();
        if kind == "ERROR" {
            self.failed(&serde_json::from_slice(object).unwrap_or_default());
            return None;
        }
        let Ok(Bare { metadata }) = serde_json::from_slice(object) else {
            self.list_again();
            return None;
        };
        if let Some(version) = metadata.resource_version.filter(|v| !v.is_empty()) {
            self.version = Some(version);
        }
        match kind.as_str() {
            "ADDED" | "MODIFIED" => self.put(object, options),
            "DELETED" => {
                self.unread.remove(&metadata.name.unwrap_or_default());
                let old = self.objects.remove(&metadata.uid.unwrap_or_default())?;
                let new = Arc::new(Object { findings: Vec::new(), event: None, ..(*old).clone() });
                Some(Turn { old: Some(old), new })
            }
            // A bookmark, or a word of a later server.
            _ => None,
        }
    }

    fn put(&mut self, json: &[u8], options: &Options) -> Option<Turn> {
        match Object::read(self.resource, json, options) {
            Ok(new) => {
                self.unread.remove(&new.name);
                let old = self.objects.remove(&new.uid);
                let new = Arc::new(new.after(old.as_deref()));
                self.objects.insert(new.uid.clone(), new.clone());
                Some(Turn { old, new })
            }
            Err(why) => {
                self.unread.insert(name_of(json).unwrap_or_default(), why);
                None
            }
        }
    }

    /// An error in the stream ends it; 410 says that its version is too old, and of others nothing better is known.
    fn failed(&mut self, status: &Status) {
        let (reason, message) = (status.reason.as_deref(), status.message.as_deref());
        tracing::debug!("the watch of {} ended: {:?} {reason:?} {message:?}", self.name(), status.code);
        self.list_again();
    }

    fn list_again(&mut self) {
        self.watch = None;
        self.version = None;
    }
}

fn is_too_new(failure: &Failure) -> bool {
    failure.status == Some(504) && failure.words.contains("Too large resource version")
}

fn name_of(json: &[u8]) -> Option<String> {
    serde_json::from_slice::<Bare>(json).ok()?.metadata.name
}
