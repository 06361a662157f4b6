//! Keeping acks: extended while their alert fires, ended once it is over, and left alone where somebody else does it.

use chrono::Duration;

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        Time,
        acks::Carrier,
        entry::{Body, Kind, NewEntry, Subject},
        op::{Act, Purpose},
        silence::{Silence, SilenceDraft},
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

use super::{World, acts::Wish, contracts::Held, sources::SourceStatus};

impl World {
    /// A source answered: which of its acks broke, which are over, which are to be kept alive.
    /// `complete`: what is not in the answer is not there. `changed`: it is not as it was before.
    pub(crate) fn watch_acks(&mut self, now: Time, name: &SourceName, (complete, changed): (bool, bool)) -> Effects {
        let mut effects = if changed { self.break_acks(now, name) } else { Vec::new() };
        effects.extend(self.end_left_over(now, name));
        effects.extend(self.release_acks(now, name, complete));
        effects.extend(self.keep_acks_alive(now, name));
        effects
    }

    /// Silences of this user's whose ack broke: ended, and tried again where that was refused.
    pub(crate) fn end_left_over(&mut self, now: Time, name: &SourceName) -> Effects {
        let Some(source) = self.source(name).filter(|_| self.may_write().is_ok()) else { return Vec::new() };
        let left = self.acks.left_over(source, now).into_iter().filter(|s| self.is_mine(s));
        let left: Vec<Held> = left.filter_map(|s| self.held_by_silence(name, s)).collect();
        left.into_iter().flat_map(|ack| self.release_silence(now, ack, "its contract broke")).collect()
    }

    /// Acks whose alerts have been gone for the grace, and did not only flap.
    fn release_acks(&mut self, now: Time, name: &SourceName, complete: bool) -> Effects {
        let Some(grace) = self.source(name).map(|s| self.ack.grace.max(s.about.interval * 2)) else {
            return Vec::new();
        };
        let mut effects = Vec::new();
        for ack in self.held(name, now) {
            let fires = self.source(name).is_some_and(|s| fires(s, &ack));
            if !fires && !complete {
                continue;
            }
            let gone = self.acks.gone_since(&ack.carrier, now, fires);
            if gone.is_some_and(|since| now - since >= grace) {
                effects.extend(self.release(now, ack));
            }
        }
        effects
    }

    fn release(&mut self, now: Time, ack: Held) -> Effects {
        match &ack.silence {
            Some(silence) if !self.is_mine(silence) || self.may_write().is_err() => Vec::new(),
            Some(_) => self.release_silence(now, ack, "its alert resolved"),
            None => {
                let entry = released_entry(now, &ack);
                self.acks.end(ack.carrier, now);
                self.refresh(now);
                vec![Effect::Observe(vec![entry])]
            }
        }
    }

    fn release_silence(&mut self, now: Time, ack: Held, why: &str) -> Effects {
        let pause = self.pause();
        let Some(silence) = ack.silence else { return Vec::new() };
        if self.ops.touches(&silence.id, &ack.alert) || !self.acks.try_to_write(&silence.id, now, pause) {
            return Vec::new();
        }
        let act = Act::ExpireSilence { source: ack.alert.source.clone(), id: silence.id };
        self.intend(now, Wish::about(Purpose::Release, &ack.alert, &ack.title).because(why), act)
    }

    /// Whether a silence was made by this user with Watchfire: nobody else's is touched.
    pub(super) fn is_mine(&self, silence: &Silence) -> bool {
        silence.created_by == self.user.as_str() && self.acks.terms(&Carrier::Silence(silence.id.clone())).is_some()
    }

    /// Acks of this user whose silence is about to end while the alert still fires are extended.
    fn keep_acks_alive(&mut self, now: Time, name: &SourceName) -> Effects {
        if self.may_write().is_err() {
            return Vec::new();
        }
        let pause = self.pause();
        let mut due = self.due_extensions(now, name);
        // A refusal makes its source be asked again: without a pause that would never end.
        due.retain(|(_, silence)| self.acks.try_to_write(&silence.id, now, pause));
        due.into_iter()
            .flat_map(|(ack, silence)| {
                let draft = SilenceDraft::extend(&silence, now + self.ack.lasts);
                let act = Act::PutSilence { source: name.clone(), draft };
                self.intend(now, Wish::about(Purpose::Extend, &ack.alert, &ack.title), act)
            })
            .collect()
    }

    fn due_extensions(&self, now: Time, name: &SourceName) -> Vec<(Held, Silence)> {
        let Some(source) =
            self.source(name).filter(|s| s.about.can.silences && s.about.can.ack == Some(AckVia::Silence))
        else {
            return Vec::new();
        };
        let due = |ack: Held| {
            let silence = ack.silence.clone().filter(|s| self.is_mine(s) && s.ends_at - now <= self.margin(s))?;
            (fires(source, &ack) && !self.ops.touches(&silence.id, &ack.alert)).then_some((ack, silence))
        };
        self.held(name, now).into_iter().filter_map(due).collect()
    }

    /// How long before its end a silence is extended. One that another program keeps alive is left to it, until there
    /// is hardly time left: that program may have died.
    fn margin(&self, silence: &Silence) -> Duration {
        let margin = (self.ack.lasts / 4).min(Duration::minutes(5));
        match self.acks.is_kept_by_another(&silence.id) {
            true => (margin / 4).min(Duration::minutes(1)),
            false => margin,
        }
    }

    /// Between two tries of the same write.
    fn pause(&self) -> Duration {
        (self.ack.lasts / 16).clamp(Duration::seconds(5), Duration::seconds(75))
    }
}

/// Whether an alert that the ack is on is still told.
fn fires(source: &SourceStatus, ack: &Held) -> bool {
    let known = |k: &&super::sources::Known| k.resolved_at.is_none();
    if source.known.get(&ack.alert.fingerprint).as_ref().is_some_and(known) {
        return true;
    }
    let Some(silence) = &ack.silence else { return false };
    source.known.values().filter(known).any(|k| silence.matches(&k.alert.labels))
}

fn released_entry(now: Time, ack: &Held) -> NewEntry {
    let subject = Subject::alert(&ack.alert);
    NewEntry {
        at: now,
        actor: SafeText::new("watchfire"),
        kind: Kind::AckReleased,
        once: Some(format!("ack.released:{}:{}", subject.as_str(), ack.made_at.timestamp_millis())),
        subject,
        source: Some(ack.alert.source.clone()),
        body: Body {
            title: Some(ack.title.clone()),
            text: Some(SafeText::new("its alert resolved")),
            via: Some(AckVia::Journal),
            ..Body::default()
        },
    }
}
