//! What the journal tells when it is asked, or by itself: the history of one thing, the timeline of an incident, acks.

use crate::{
    app::{effect::StoryOf, msg::JournalMsg},
    domain::{
        acks::journal_acks,
        entry::{Entry, Kind, Subject},
    },
};

use super::{Keeping, RECENT};

/// Entries of one incident's timeline.
const STORY: u32 = 20_000;

impl Keeping {
    /// All that was ever said of incidents, where something was.
    pub(super) async fn tell_incidents(&mut self) {
        if let Some(Ok(entries)) = self.with(|j, _| async move { j.incidents().await }).await
            && !entries.is_empty()
        {
            self.say(JournalMsg::Incidents(entries)).await;
        }
    }

    pub(super) async fn history(&mut self, subject: Subject) {
        let about = subject.clone();
        let read =
            self.with(|j, _| async move { j.since(crate::domain::Time::UNIX_EPOCH, Some(&about), RECENT).await }).await;
        if let Some(Ok(entries)) = read {
            self.say(JournalMsg::History { subject, entries }).await;
        }
    }

    pub(super) async fn story(&mut self, of: StoryOf) {
        let StoryOf { id, subjects, entries, span } = of;
        let about = id.subject();
        let read =
            self.with(move |j, _| async move { j.story(&about, (&subjects, &entries), span, STORY).await }).await;
        if let Some(Ok(entries)) = read {
            self.say(JournalMsg::Story { id, entries }).await;
        }
    }

    pub(super) async fn tell_acks(&mut self) {
        if let Some(Ok(entries)) = self.with(|j, now| async move { j.active_ack_entries(now).await }).await {
            self.say(JournalMsg::Acks(Box::new(journal_acks(&entries, self.clock.now())))).await;
        }
    }
}

pub(super) fn touches_acks(entry: &Entry) -> bool {
    matches!(
        entry.kind,
        Kind::AckConfirmed | Kind::AckExtended | Kind::UnackConfirmed | Kind::AckBroken | Kind::AckReleased
    )
}
