//! What a source tells of changes, poll by poll: nothing twice, and nothing missed that its backend wrote down late.
//!
//! That a change is written once for ever is the journal's to see to; here only the wire and the journal are spared.

use std::sync::Arc;

use chrono::Duration;

use crate::{
    app::msg::{Msg, SourceMsg},
    domain::{
        Time,
        source::{Change, SourceError, Unread},
    },
    sources::Source,
};

use super::{Inbox, clock::Clock, panics};

/// How far back a source is asked at first: a long weekend.
pub const REACH: Duration = Duration::days(4);
/// A backend may write down late what happened: so much is asked for again.
const OVERLAP: Duration = Duration::minutes(2);

/// What one source told so far.
#[derive(Debug, Default)]
pub struct News {
    /// Until when it is known.
    until: Option<Time>,
    /// What was told of the part that is asked for again.
    late: Vec<Change>,
    /// Why they could not be read the last time.
    unread: Option<SourceError>,
}

impl News {
    /// Asks for what is new and tells it.
    pub async fn tell(&mut self, source: &Arc<dyn Source>, clock: Clock, inbox: &Inbox) {
        let Some(changes) = source.changes() else { return };
        let now = clock.now();
        let since = self.until.map_or(now - REACH, |until| until - OVERLAP);
        match panics::asked(changes.changes(since, now)).await {
            Ok(told) => {
                let new = self.unheard(told, now);
                if self.unread.take().is_some() {
                    say(source, inbox, SourceMsg::ChangesUnread(None)).await;
                }
                if !new.is_empty() {
                    say(source, inbox, SourceMsg::Changed(new)).await;
                }
            }
            Err(error) => {
                tracing::warn!("{}: changes could not be read: {error}", source.describe().name);
                if self.unread.as_ref() != Some(&error) {
                    let unread = Unread { since: self.until.unwrap_or(now), error: error.clone() };
                    self.unread = Some(error);
                    say(source, inbox, SourceMsg::ChangesUnread(Some(Box::new(unread)))).await;
                }
            }
        }
    }

    /// Of what was told, what was not told before.
    fn unheard(&mut self, told: Vec<Change>, now: Time) -> Vec<Change> {
        self.until = Some(now);
        let new: Vec<Change> = told.iter().filter(|c| !self.late.contains(c)).cloned().collect();
        self.late = told;
        self.late.retain(|c| c.at > now - OVERLAP);
        new
    }
}

/// A loop that has gone needs no news.
async fn say(source: &Arc<dyn Source>, inbox: &Inbox, msg: SourceMsg) {
    let _ = inbox.send(Msg::Source(source.describe().name.clone(), msg)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(second: i64) -> Change {
        let text = |t: &str| t.into();
        let at = Time::UNIX_EPOCH + Duration::seconds(second);
        let (kind, title, by) = (text("deploy"), text("checkout"), text("ci"));
        Change { at, kind, title, by, text: text(""), service: None, id: None, url: None }
    }

    #[test]
    fn what_is_written_down_late_is_told_and_nothing_is_told_twice() {
        let mut news = News::default();
        let at = |second| Time::UNIX_EPOCH + Duration::seconds(second);
        assert_eq!(news.unheard(vec![change(10), change(590)], at(600)), [change(10), change(590)]);
        assert_eq!(news.unheard(vec![change(590), change(598)], at(605)), [change(598)], "598 came late");
        assert_eq!(news.unheard(vec![change(590), change(598)], at(610)), []);
    }
}
