//! Since when a row is what it is: as the API tells it, so that two processes say the same; and as it was told before, for
//! a container that crashes again, or another pod of the same workload, is no new episode.
//!
//! What goes on stands in a file of the source, with the moment at which it was so: a cockpit that was closed for a while
//! does not know whether it went on, and reads the API anew.

use std::collections::BTreeMap;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Time, label::Fingerprint, source::Problem, text::SafeText},
    sources::kept::Kept,
};

use super::{
    feed::Feed,
    object::{Finding, Object},
    pods::LOOPS,
    resource::Resource,
};

/// For how long a file is believed that nobody renewed: a container that held out for that long is forgiven.
const BELIEVED: Duration = Duration::minutes(10);
/// How often it is renewed where nothing is new.
const RENEWED: Duration = Duration::minutes(2);
/// What the kubelet says of a container that it makes wait; of an image it says something else under the same reason.
const BACK_OFF: (&str, &str) = ("BackOff", "Back-off restarting");

/// When the episodes began that go on.
#[derive(Default)]
pub(super) struct Episodes {
    kept: Kept,
    began: BTreeMap<Fingerprint, Time>,
    is_read: bool,
    /// When the file was written, and what.
    written: (Time, BTreeMap<Fingerprint, Time>),
}

/// As they stand in the file.
#[derive(Default, Serialize, Deserialize)]
struct Page {
    at: Time,
    began: BTreeMap<String, Time>,
}

impl Episodes {
    pub(super) fn in_file(kept: Kept) -> Self {
        Self { kept, ..Self::default() }
    }

    /// Reads the file, once.
    pub(super) async fn recall(&mut self, now: Time) {
        if std::mem::replace(&mut self.is_read, true) {
            return;
        }
        let page: Page = self.kept.read().await;
        let began = page.began.into_iter().filter(|(_, began)| *began <= now);
        let began: BTreeMap<_, _> = began.map(|(name, began)| (Fingerprint::new(&name), began)).collect();
        if (page.at - now).abs() < BELIEVED {
            self.began = began.clone();
        }
        self.written = (page.at, began);
    }

    pub(super) fn began(&self, of: &Fingerprint) -> Option<Time> {
        self.began.get(of).copied()
    }

    /// Those that are there now; every other one is over.
    pub(super) fn go_on(&mut self, began: BTreeMap<Fingerprint, Time>) {
        self.began = began;
    }

    /// Writes the file, where it says something else or has become old; answers what went wrong.
    pub(super) async fn keep(&mut self, now: Time) -> Option<Problem> {
        let is_fresh = self.began.is_empty() || (now - self.written.0).abs() < RENEWED;
        if is_fresh && self.written.1 == self.began {
            return None;
        }
        let began = self.began.iter().map(|(name, at)| (name.as_str().to_owned(), *at)).collect();
        let written = self.kept.write(&Page { at: now, began }).await;
        self.written = (now, self.began.clone());
        written.err().map(|why| Problem { at: "since when".into(), why: SafeText::new(&why) })
    }
}

/// When the kubelet first made containers wait, by the pod's uid and the field of the container.
pub(super) struct Loops<'a>(BTreeMap<(&'a str, &'a str), Time>);

impl<'a> Loops<'a> {
    pub(super) fn of(feeds: &'a [Feed]) -> Self {
        let mut first = BTreeMap::new();
        let events = feeds.iter().filter(|f| f.resource == Resource::Events).flat_map(|f| f.objects.values());
        for event in events.filter_map(|o| o.event.as_ref()) {
            if event.reason == BACK_OFF.0 && event.note.starts_with(BACK_OFF.1) && event.at > Time::UNIX_EPOCH {
                let at = first.entry((&*event.regarding.uid, &*event.regarding.field_path)).or_insert(event.at);
                *at = event.at.min(*at);
            }
        }
        Self(first)
    }

    /// Its first event is a fact that stays; of its crashes the API tells only the last.
    pub(super) fn since(&self, object: &Object, finding: &Finding) -> Time {
        let Some(container) = finding.container.as_deref().filter(|_| finding.reason == LOOPS) else {
            return finding.since;
        };
        let is_of = |path: &str| path.ends_with(&format!("{{{container}}}"));
        let mut all = self.0.iter().filter(|((uid, path), _)| *uid == object.uid && is_of(path));
        all.next().map_or(finding.since, |(_, at)| *at)
    }
}
