//! When this person last looked, and so what is new to them. Kept with the journal's drafts, so that it outlives a restart.
//!
//! Somebody looks while keys are pressed at the alerts pane. After a while without one they have been away, and what began
//! since their last look is new. Refuses to know which key, and what new looks like.

use std::collections::HashSet;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    app::effect::{Effect, Effects},
    domain::{Time, alert::AlertId, entry::Entry},
};

use super::{
    World,
    board::{Counted, Row},
    pulse,
    returned::Returned,
};

/// How often it is kept while nothing but time has changed.
const SAVE_EVERY: Duration = Duration::minutes(1);
/// Without a key at the alerts for so long, rows that were acted on go where they belong.
const CALM: Duration = Duration::minutes(1);
/// Two watches closer to each other than this are one.
const SAME_WATCH: Duration = Duration::minutes(2);

/// What is known of this person's looking.
#[derive(Debug)]
pub struct Seen {
    /// The last key at the alerts.
    looked: Time,
    /// What began after this is new; none before the first absence.
    since: Option<Time>,
    /// New ones that were opened.
    opened: HashSet<AlertId>,
    pub(super) away: Duration,
    read: Reading,
    saved: Time,
    /// New rows, as of this revision.
    counted: (u64, Counted),
    revision: u64,
}

/// Whether what was kept before has come back: only then may it be written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    Asked,
    Done,
}

/// As it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Memo {
    looked: Option<Time>,
    since: Option<Time>,
    watched: Vec<(Time, Time)>,
    returned: Vec<Returned>,
}

impl Seen {
    pub(super) fn new(now: Time) -> Self {
        Self {
            looked: now,
            since: None,
            opened: HashSet::new(),
            away: crate::config::AlertsConfig::default().away,
            read: Reading::No,
            saved: now,
            counted: (0, Counted::default()),
            revision: 1,
        }
    }

    /// Whether what was kept before has come back.
    pub(super) fn is_read(&self) -> bool {
        self.read == Reading::Done
    }

    /// Since when things are new.
    pub fn since(&self) -> Option<Time> {
        self.since
    }
}

impl World {
    /// A key was pressed at the alerts.
    pub(crate) fn looked(&mut self, now: Time) {
        if now - self.seen.looked >= self.seen.away {
            self.returned.gather(self.seen.looked);
            self.seen.since = Some(self.seen.looked);
            self.seen.revision += 1;
        }
        self.seen.looked = now;
    }

    /// What is acted on stays under the hand that acts.
    pub(super) fn keep_place(&mut self, id: &AlertId) {
        if let Some(slot) = self.slot_of(id) {
            self.board.keep(slot);
        }
    }

    /// Puts rows that were acted on where they belong; answers whether there was one.
    pub(crate) fn let_places_go(&mut self) -> bool {
        self.board.let_go()
    }

    /// Whether nobody's hand is on the alerts.
    pub(super) fn is_calm(&self, now: Time) -> bool {
        now - self.seen.looked >= CALM
    }

    /// The person says that nothing is new any more.
    pub(crate) fn say_seen(&mut self, now: Time) -> Effects {
        (self.seen.since, self.seen.looked) = (Some(now), now);
        self.seen.opened.clear();
        self.seen.revision += 1;
        self.keep_seen(now)
    }

    /// One that was opened is not new any more.
    pub(crate) fn opened(&mut self, id: &AlertId) {
        self.seen.revision += u64::from(self.seen.opened.insert(id.clone()));
    }

    /// Whether a row began since this person last looked.
    pub fn is_new(&self, row: &Row) -> bool {
        let began = match self.seen.since {
            None => row.alert.starts_at > self.started_at(),
            Some(since) => row.alert.starts_at > since || self.pulse.told_after(&row.id, since),
        };
        began && row.resolved_at.is_none() && !self.seen.opened.contains(&row.id)
    }

    /// How many rows are new, as of the last [`World::count_new`].
    pub fn new_rows(&self) -> usize {
        self.seen.counted.1.count()
    }

    /// Counts what is new, where anything changed since it was counted last.
    pub(crate) fn count_new(&mut self) {
        let (revision, mut counted) = std::mem::take(&mut self.seen.counted);
        if revision != self.seen.revision {
            counted.forget();
        }
        counted.follow(&self.board, |row| self.is_new(row));
        self.seen.counted = (self.seen.revision, counted);
    }

    /// Entries of the journal, in its order: what they tell of when alerts fired, of noise, of what came and went.
    pub(crate) fn remember(&mut self, now: Time, entries: &[Entry]) -> Effects {
        for entry in self.pulse.take(entries) {
            self.returned.take(entry);
            self.noise.take(entry);
            self.storm.take(entry);
        }
        self.seen.revision += 1;
        if now - self.seen.looked >= self.seen.away {
            self.returned.gather(self.seen.looked);
        }
        let mut effects = self.see_others(now, entries);
        if self.seen.read == Reading::No {
            self.seen.read = Reading::Asked;
            effects.push(Effect::LoadDraft { key: self.seen_key() });
        }
        effects.extend(self.ask_paging());
        effects
    }

    /// Where the last act of others has ended, its source is asked what came of it. What was finished for this person, and
    /// did not end well, must be heard.
    fn see_others(&mut self, now: Time, entries: &[Entry]) -> Effects {
        let heard = self.elsewhere.take(now, &self.session, entries);
        let mine = heard.failed.iter().filter(|e| e.actor == self.user.as_str());
        let text = |e: &Entry| e.body.text.as_ref().map(|t| t.line().into_owned()).unwrap_or_default();
        let title = |e: &Entry| e.body.title.as_ref().map(|t| t.line().into_owned()).unwrap_or_default();
        self.news
            .extend(mine.map(|e| format!("{}, an act of yours that was under way: {}: {}", title(e), e.kind, text(e))));
        if heard.changed {
            self.ops.others = self.elsewhere.activities();
            self.refresh(now);
        }
        heard.asked.into_iter().map(|source| Effect::Refresh(Some(source))).collect()
    }

    /// Under which key it is kept; a note's begins with `note:`.
    fn seen_key(&self) -> String {
        format!("seen:{}", self.user)
    }

    /// What was kept has come; answers whether it was this at all.
    pub(crate) fn recall(&mut self, key: &str, text: &str) -> bool {
        if key != self.seen_key() {
            return self.recall_paging(key, text);
        }
        if std::mem::replace(&mut self.seen.read, Reading::Done) == Reading::Done {
            return true;
        }
        // One that cannot be read is as good as none: it only says what is new.
        let memo: Memo = serde_json::from_str(text).unwrap_or_default();
        self.pulse.watched = memo.watched;
        for one in memo.returned {
            if !self.returned.waiting.contains(&one) {
                self.returned.waiting.push(one);
            }
        }
        let Some(looked) = memo.looked else { return true };
        let was_away = self.started_at() - looked >= self.seen.away;
        self.seen.since = if was_away { Some(looked) } else { memo.since.or(Some(looked)) };
        if was_away {
            self.returned.gather(looked);
        }
        self.seen.revision += 1;
        true
    }

    /// Keeps it now and then, and forgets what is too old.
    pub(super) fn tick_seen(&mut self, now: Time) -> Effects {
        if now - self.seen.saved < SAVE_EVERY {
            return Vec::new();
        }
        self.pulse.forget(now);
        self.keep_seen(now)
    }

    /// Keeps it; nothing before what was kept last has come back.
    pub(crate) fn keep_seen(&mut self, now: Time) -> Effects {
        if self.seen.read != Reading::Done {
            return Vec::new();
        }
        self.seen.saved = now;
        let mut watched = self.pulse.watched.clone();
        match (watched.last_mut(), self.watched_until(now)) {
            (_, None) => {}
            (Some((_, until)), Some(now)) if self.started_at() - *until < SAME_WATCH => *until = now,
            (_, Some(now)) => watched.push((self.started_at(), now)),
        }
        watched.retain(|(_, until)| *until > now - pulse::KEPT);
        let memo = Memo {
            looked: Some(self.seen.looked),
            since: self.seen.since,
            watched,
            returned: self.returned.waiting.clone(),
        };
        let text = serde_json::to_string(&memo).unwrap_or_default();
        vec![Effect::SaveDraft { key: self.seen_key(), text }]
    }
}
