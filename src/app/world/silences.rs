//! Silences on all sources: what one would mute, plans to make, change and end one, and the acts those plans become.
//!
//! What a silence mutes is computed here by Alertmanager's own rules; what a server kept is only known by reading it back.

use std::collections::{BTreeSet, HashMap};

use chrono::Duration;

use crate::{
    app::effect::Effects,
    domain::{
        Time,
        alert::AlertId,
        entry::{Kind, NewEntry},
        matcher::{Matcher, all_match},
        op::{Act, BatchId, Intent, Outcome, Purpose},
        silence::{
            Silence, SilenceDraft, SilenceState, check,
            rules::{Breadth, Rules},
        },
        source::SourceName,
        text::SafeText,
    },
};

use super::{
    World,
    acts::Wish,
    beyond::Beyonds,
    board::Row,
    bulk::{Doing, Draft, End, Item, Make},
    ops::Op,
    sources::SourceStatus,
};

/// What is known of silences beyond the snapshots.
#[derive(Debug, Default)]
pub struct Silencing {
    pub rules: Rules,
    /// What would be muted beyond what fires now, as it was asked last.
    pub beyond: Option<Beyonds>,
    /// Silences that our own acts made or ended: the timeline has that from the acts.
    told: BTreeSet<(SourceName, SafeText)>,
}

/// What matchers mute on one source now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    pub mutes: Vec<(AlertId, SafeText)>,
    /// Alerts of that source.
    pub of: usize,
    /// Why the silence is too broad to be sent with one key.
    pub objections: Vec<String>,
    /// How old the answer is that this was judged by, where the source cannot be read now; zero: it never answered.
    pub blind: Option<Duration>,
}

impl Preview {
    /// What both mute together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.mutes.extend(other.mutes);
        self.objections.extend(other.objections);
        self.objections.sort();
        self.objections.dedup();
        Self { of: self.of + other.of, blind: self.blind.max(other.blind), ..self }
    }
}

/// What a person wants to be muted.
#[derive(Clone, Debug)]
pub struct SilenceWish {
    pub source: SourceName,
    /// The silence that is edited.
    pub replaces: Option<Silence>,
    pub matchers: Vec<Matcher>,
    pub ends_at: Time,
    pub comment: String,
}

/// A silence as it is shown before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SilencePlan {
    pub source: SourceName,
    pub draft: SilenceDraft,
    pub preview: Preview,
    /// The silence that ends with it: the server makes a new one where the matchers differ.
    pub ends: Option<SafeText>,
}

impl SilencePlan {
    pub fn title(&self) -> SafeText {
        title(&self.draft.matchers)
    }
}

/// Silences that are given a later end, each with that end; and those that cannot be, with the reason.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtendPlan {
    pub items: Vec<(SourceName, Silence, Time)>,
    pub refused: Vec<String>,
}

/// Silences that are ended, and the alerts that page again then.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpirePlan {
    pub items: Vec<(SourceName, Silence)>,
    pub frees: Vec<(AlertId, SafeText)>,
    pub refused: Vec<String>,
}

/// One silence by the source that has it.
pub type SilenceId = (SourceName, SafeText);

/// Matchers as a person calls the silence.
pub fn title(matchers: &[Matcher]) -> SafeText {
    SafeText::from(matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}

impl World {
    /// The sources on which silences may be written.
    pub fn silence_sources(&self) -> Vec<SourceName> {
        self.sources.iter().filter(|s| s.about.can.silences).map(|s| s.about.name.clone()).collect()
    }

    /// What these matchers mute on a source now, and whether that is too much.
    pub fn preview_silence(&self, name: &SourceName, matchers: &[Matcher], now: Time) -> Preview {
        let Some(source) = self.source(name) else { return Preview::default() };
        let there = || self.board.iter().filter(|r| r.id.source == *name && r.resolved_at.is_none());
        let are_sound = check::matchers(matchers).is_ok();
        let mutes = |r: &&Row| are_sound && all_match(matchers, &r.alert.labels);
        let matching = are_sound.then(|| self.board.matching(name, matchers)).into_iter().flatten();
        let muted: Vec<(AlertId, SafeText)> =
            matching.filter(|r| r.resolved_at.is_none()).map(|r| (r.id.clone(), r.name().clone())).collect();
        let guard = &self.silencing.rules.guard;
        let view = |filter: &crate::domain::filter::Filter| {
            let mut sieve = filter.sieve();
            sieve.leave(usize::MAX);
            let shown = there().filter(|r| sieve.passes(&self.facts_asked(r, now, false)));
            shown.fold((0, 0), |(all, hit), row| (all + 1, hit + usize::from(mutes(&row))))
        };
        let views: Vec<(usize, usize)> = guard.filters.iter().map(view).collect();
        let of = self.board.alive(name);
        let objections = guard.objections(&Breadth { matchers, mutes: muted.len(), of, views: &views });
        let blind = source.is_blind().then(|| source.good_at.map_or_else(Duration::zero, |at| now - at));
        Preview { mutes: muted, of, objections, blind }
    }

    /// What making or changing this silence would do.
    ///
    /// # Errors
    /// Why it cannot be sent.
    pub fn plan_silence(&self, wish: &SilenceWish, now: Time) -> Result<SilencePlan, String> {
        self.may_silence(&wish.source)?;
        check::matchers(&wish.matchers)?;
        let comment = wish.comment.trim();
        if comment.is_empty() && self.silencing.rules.comment_required {
            return Err("a silence needs a comment: others read it to know why".into());
        }
        let old = wish.replaces.as_ref().filter(|s| s.state != SilenceState::Expired && s.ends_at > now);
        let same = old.filter(|s| same_matchers(&s.matchers, &wish.matchers));
        let draft = match same {
            Some(silence) => {
                SilenceDraft { comment: comment.to_owned(), ..SilenceDraft::extend(silence, wish.ends_at) }
            }
            None => self.new_draft(wish, old, now),
        };
        check::span(draft.starts_at, draft.ends_at, now)?;
        let preview = self.preview_silence(&wish.source, &wish.matchers, now);
        let ends = old.filter(|_| same.is_none()).map(|s| s.id.clone());
        Ok(SilencePlan { source: wish.source.clone(), draft, preview, ends })
    }

    fn new_draft(&self, wish: &SilenceWish, old: Option<&Silence>, now: Time) -> SilenceDraft {
        SilenceDraft {
            id: old.map(|s| s.id.clone()),
            matchers: wish.matchers.clone(),
            starts_at: old.map_or(now, |s| s.starts_at.max(now)),
            ends_at: wish.ends_at,
            created_by: self.user.clone(),
            comment: wish.comment.trim().to_owned(),
            annotations: old.map(|s| s.annotations.clone()).unwrap_or_default(),
        }
    }

    fn may_silence(&self, name: &SourceName) -> Result<(), String> {
        self.may_write()?;
        match self.source(name) {
            None => Err(format!("{name} is no source that is configured")),
            Some(source) if !source.about.can.silences => Err(format!("silences of {name} are read-only here")),
            Some(_) => Ok(()),
        }
    }

    /// The same on several sources, as one act.
    pub(crate) fn put_silences(&mut self, now: Time, plans: &[SilencePlan]) -> Effects {
        let batch = (plans.len() > 1).then(|| BatchId(self.ops.next(&self.session).0));
        plans.iter().flat_map(|plan| self.put_silence(now, plan, batch.clone())).collect()
    }

    fn put_silence(&mut self, now: Time, plan: &SilencePlan, batch: Option<BatchId>) -> Effects {
        let purpose = if plan.draft.id.is_some() { Purpose::Amend } else { Purpose::Silence };
        let name = plan.title();
        let wish = Wish { batch, ..Wish::on_silence(purpose, &name).because(&plan.draft.comment) };
        self.intend(now, wish, Act::PutSilence { source: plan.source.clone(), draft: plan.draft.clone() })
    }

    /// A later end for silences, each by its own measure or all by `by`; `until` is one end for all.
    pub fn plan_extend(&self, ids: &[SilenceId], to: Later, now: Time) -> ExtendPlan {
        let mut plan = ExtendPlan::default();
        for id in ids {
            match self.later_end(id, to, now) {
                Ok((silence, until)) => plan.items.push((id.0.clone(), silence, until)),
                Err(why) => plan.refused.push(format!("{}: {why}", id.1.line())),
            }
        }
        plan
    }

    fn later_end(&self, id: &SilenceId, to: Later, now: Time) -> Result<(Silence, Time), String> {
        let silence = self.standing_silence(id, now)?;
        let made_for = silence.ends_at - silence.starts_at;
        let until = match to {
            Later::Usual => silence.ends_at + self.silencing.rules.extension(made_for),
            Later::By(by) => silence.ends_at + by,
            Later::Until(until) => until,
        };
        check::span(silence.starts_at, until, now)?;
        Ok((silence, until))
    }

    /// A silence that is not over, on a source that may be written to.
    fn standing_silence(&self, (source, id): &SilenceId, now: Time) -> Result<Silence, String> {
        self.may_silence(source)?;
        let known = self.source(source).map(|s| self.acks.known(s)).unwrap_or_default();
        let silence = known.into_iter().find(|s| &s.id == id).ok_or("there is no such silence any more")?;
        if silence.state == SilenceState::Expired || silence.ends_at <= now {
            return Err("it is over; make it anew".into());
        }
        Ok(silence.clone())
    }

    pub(crate) fn extend_silences(&mut self, now: Time, plan: &ExtendPlan) -> Effects {
        let each = |(source, silence, until): &(SourceName, Silence, Time)| {
            let draft = SilenceDraft::extend(silence, *until);
            (Act::PutSilence { source: source.clone(), draft }, title(&silence.matchers))
        };
        let acts = plan.items.iter().map(each).collect();
        self.change_silences(now, (Doing::Extend, Purpose::Amend), acts)
    }

    /// One alone is an act of its own; several are one batch, which is taken back as one.
    fn change_silences(
        &mut self,
        now: Time,
        (doing, purpose): (Doing, Purpose),
        mut acts: Vec<(Act, SafeText)>,
    ) -> Effects {
        if acts.len() == 1
            && let Some((act, name)) = acts.pop()
        {
            return self.intend(now, Wish::on_silence(purpose, &name), act);
        }
        let draft = |(act, title): (Act, SafeText)| {
            let item =
                Item { alert: None, title: title.clone(), source: Some(act.source().clone()), end: End::Waiting };
            let intent = Intent { title, ..self.intent(now, purpose, act, &[], "") };
            Draft { make: Make::Act(Box::new(intent)), items: vec![item] }
        };
        let drafts = acts.into_iter().map(draft).collect();
        self.begin_batch(now, doing, Duration::zero(), drafts, Vec::new())
    }

    /// What ending silences would do.
    pub fn plan_expire(&self, ids: &[SilenceId], now: Time) -> ExpirePlan {
        let mut plan = ExpirePlan::default();
        for id in ids {
            match self.standing_silence(id, now) {
                Ok(silence) => plan.items.push((id.0.clone(), silence)),
                Err(why) => plan.refused.push(format!("{}: {why}", id.1.line())),
            }
        }
        plan.frees = self.freed_by(&plan.items, now);
        plan
    }

    /// Alerts that nothing else mutes once these silences are gone.
    fn freed_by(&self, ending: &[(SourceName, Silence)], now: Time) -> Vec<(AlertId, SafeText)> {
        let mut freed = Vec::new();
        for source in &self.sources {
            let name = &source.about.name;
            let ends = |id: &SafeText| ending.iter().any(|(n, s)| n == name && &s.id == id);
            let standing: Vec<&Silence> = self.acks.known(source).into_iter().filter(|s| s.is_active(now)).collect();
            let (going, staying): (Vec<&Silence>, Vec<&Silence>) = standing.into_iter().partition(|s| ends(&s.id));
            if going.is_empty() {
                continue;
            }
            let rows = self.board.iter().filter(|r| r.id.source == *name && r.resolved_at.is_none());
            let muted = |by: &[&Silence], r: &&Row| by.iter().any(|s| s.matches(&r.alert.labels));
            let pages = |r: &&Row| muted(&going, r) && !muted(&staying, r) && r.alert.inhibited_by.is_empty();
            freed.extend(rows.filter(pages).map(|r| (r.id.clone(), r.name().clone())));
        }
        freed
    }

    pub(crate) fn expire_silences(&mut self, now: Time, plan: &ExpirePlan) -> Effects {
        let each = |(source, silence): &(SourceName, Silence)| {
            let act = Act::ExpireSilence { source: source.clone(), id: silence.id.clone() };
            (act, title(&silence.matchers))
        };
        let acts = plan.items.iter().map(each).collect();
        self.change_silences(now, (Doing::Expire, Purpose::Expire), acts)
    }

    /// An act of ours ended: what it did to silences is told, and need not be observed.
    pub(crate) fn silence_told(&mut self, intent: &Intent, outcome: &Outcome) {
        let Outcome::Confirmed { silence, .. } = outcome else { return };
        let old = match &intent.act {
            Act::PutSilence { draft, .. } => draft.id.clone(),
            Act::ExpireSilence { id, .. } => Some(id.clone()),
            Act::Ask { .. } => return,
        };
        let source = intent.act.source();
        let changed = silence.iter().filter(|new| Some(*new) != old.as_ref());
        let ended =
            old.iter().filter(|old| matches!(intent.act, Act::ExpireSilence { .. }) || Some(*old) != silence.as_ref());
        self.silencing.told.extend(changed.chain(ended).map(|id| (source.clone(), id.clone())));
    }

    /// Whether an observed entry only repeats what an act of ours tells, or will tell once it is read back.
    pub(crate) fn is_told(&self, entry: &NewEntry) -> bool {
        let (Kind::SilenceCreated | Kind::SilenceExpired, Some(source), Some(id)) =
            (&entry.kind, &entry.source, &entry.body.silence)
        else {
            return false;
        };
        self.silencing.told.contains(&(source.clone(), id.clone())) || self.is_being_told(source, id, &entry.kind)
    }

    fn is_being_told(&self, source: &SourceName, id: &SafeText, kind: &Kind) -> bool {
        let seen = || self.source(source)?.silences.iter().find(|s| &s.id == id);
        self.ops.flying.values().any(|op| match op {
            Op::Act { intent, .. } if intent.act.source() == source => match &intent.act {
                Act::PutSilence { draft, .. } if *kind == Kind::SilenceCreated => {
                    seen().is_some_and(|s| draft.is_carried_by(s))
                }
                Act::PutSilence { draft, .. } => draft.id.as_ref() == Some(id),
                Act::ExpireSilence { id: ending, .. } => *kind == Kind::SilenceExpired && ending == id,
                Act::Ask { .. } => false,
            },
            _ => false,
        })
    }

    /// How many alerts each silence of a source mutes by the server's own word.
    pub(super) fn muted_by_word(&self, source: &SourceStatus) -> HashMap<&SafeText, usize> {
        let mut counts = HashMap::new();
        let rows = self.board.iter().filter(|r| r.id.source == source.about.name && r.resolved_at.is_none());
        for id in rows.flat_map(|r| r.alert.silenced_by.iter()) {
            *counts.entry(id).or_default() += 1;
        }
        counts
    }
}

/// A way to say a later end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Later {
    /// As the rules have it.
    Usual,
    By(Duration),
    Until(Time),
}

/// In whatever order: the server keeps its own.
fn same_matchers(one: &[Matcher], other: &[Matcher]) -> bool {
    one.len() == other.len() && one.iter().all(|m| other.contains(m))
}
