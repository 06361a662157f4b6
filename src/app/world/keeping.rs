//! Keeping acks: extended while their alert fires.

use chrono::Duration;

use crate::{
    app::effect::Effects,
    domain::{
        Time,
        alert::{AlertId, AlertState},
        op::{Act, Purpose},
        silence::{Silence, SilenceDraft, exact_matchers},
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

use super::{World, acts::Wish, board::Row};

impl World {
    /// Our acks whose silence is about to end while the alert still fires are extended.
    pub(crate) fn keep_acks_alive(&mut self, now: Time, source: &SourceName) -> Effects {
        if self.may_write().is_err() {
            return Vec::new();
        }
        let pause = (self.margin() / 4).max(Duration::seconds(5));
        let mut due = self.due_extensions(now, source);
        // A refusal makes its source be asked again: without a pause that would never end.
        due.retain(|(_, _, silence)| self.acks.try_to_extend(&silence.id, now, pause));
        due.into_iter()
            .flat_map(|(alert, name, silence)| {
                let draft = SilenceDraft::extend(&silence, now + self.ack_lasts);
                let act = Act::PutSilence { source: source.clone(), draft };
                let wish = Wish::about(Purpose::Extend, &alert, &name);
                self.intend(now, wish, act)
            })
            .collect()
    }

    /// How long before its end a silence is extended.
    fn margin(&self) -> Duration {
        (self.ack_lasts / 4).min(Duration::minutes(5))
    }

    fn due_extensions(&self, now: Time, name: &SourceName) -> Vec<(AlertId, SafeText, Silence)> {
        let Some(source) =
            self.source(name).filter(|s| s.about.can.silences && s.about.can.ack == Some(AckVia::Silence))
        else {
            return Vec::new();
        };
        let margin = self.margin();
        let mine = |s: &&Silence| s.created_by == self.user.as_str() && s.ends_at - now <= margin;
        self.acks
            .carriers(source, now)
            .into_iter()
            .filter(mine)
            .filter_map(|silence| {
                let fires = |r: &&Row| r.resolved_at.is_none() && r.told != AlertState::Pending;
                let exact = |r: &&Row| silence.matchers.len() == exact_matchers(&r.alert.labels).len();
                let mut matching = self.board.matching(name, &silence.matchers).filter(fires);
                let row = matching.find(exact)?;
                (!self.ops.is_busy(&row.id)).then(|| (row.id.clone(), row.name().clone(), silence.clone()))
            })
            .collect()
    }
}
