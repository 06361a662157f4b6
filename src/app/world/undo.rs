//! Taking back: what a person did last, on every backend that can, as a plan that is shown first.
//!
//! From the journal, so that it works after a restart. What takes back is itself not taken back: `u` again goes further into
//! the past, and who wants an act once more does it once more.

use std::collections::HashSet;

use chrono::Duration;

use crate::{
    app::effect::Effects,
    domain::{
        Time,
        alert::AlertId,
        deed::{Deed, SentDeed, UNDOES},
        entry::{Body, Entry, Kind, NewEntry},
        op::{Act, Covered, Intent, OpId, Outcome, Purpose},
        silence::{Silence, SilenceDraft, SilenceState},
        source::SourceName,
        text::SafeText,
    },
};

use super::{
    World,
    bulk::{Doing, Draft, End, Item, Make},
};

/// How far back an act can be taken back.
pub const REACH: Duration = Duration::hours(1);

/// What taking back the last act would do.
#[derive(Clone, Debug)]
pub struct UndoPlan {
    /// `the ack of 500 alerts`
    pub what: String,
    pub at: Time,
    pub steps: Vec<Step>,
    /// What stays as it is, and why.
    pub cannot: Vec<(SafeText, String)>,
}

/// One thing that is done to take something back.
#[derive(Clone, Debug)]
pub struct Step {
    /// A sentence without its subject: `ends silence 1f… on prod`.
    pub what: String,
    pub about: Vec<Item>,
    make: Make,
}

impl Step {
    /// What is sent for it; none where it lives in the journal alone.
    pub fn act(&self) -> Option<&Act> {
        match &self.make {
            Make::Act(intent) => Some(&intent.act),
            Make::Entry(_) => None,
        }
    }
}

impl World {
    /// The plan for the last act, or the last batch, of this user that stands.
    ///
    /// # Errors
    /// Why there is none.
    pub fn plan_undo(&self, deeds: &[Deed], now: Time) -> Result<UndoPlan, String> {
        self.may_write()?;
        let taken: HashSet<OpId> = deeds.iter().filter(|d| !d.is_refused()).filter_map(Deed::undoes).collect();
        let stands = |d: &&Deed| self.is_mine_to_undo(d, now) && d.op().is_some_and(|op| !taken.contains(op));
        let mut mine = deeds.iter().filter(stands);
        let last = mine.next().ok_or("there is nothing of yours from the last hour to take back")?;
        let group: Vec<&Deed> = match last.batch() {
            None => vec![last],
            Some(batch) => std::iter::once(last).chain(mine.filter(|d| d.batch().as_ref() == Some(&batch))).collect(),
        };
        let mut plan = UndoPlan { what: named(&group), at: last.at(), steps: Vec::new(), cannot: Vec::new() };
        for deed in group {
            match self.step(deed, deeds, now) {
                Ok(step) => plan.steps.push(step),
                Err(why) => plan.cannot.push((title(deed), why)),
            }
        }
        Ok(plan)
    }

    /// Does what was shown.
    pub fn undo(&mut self, now: Time, plan: UndoPlan) -> Effects {
        let stays = |(title, why): (SafeText, String)| Item {
            alert: None,
            title,
            source: None,
            end: End::Gone(SafeText::from(why)),
        };
        let drafts = plan.steps.into_iter().map(|s| Draft { make: freshened(s.make, now), items: s.about }).collect();
        let gone = plan.cannot.into_iter().map(stays).collect();
        self.begin_batch(now, Doing::Undo, self.ack.lasts, drafts, gone)
    }

    fn is_mine_to_undo(&self, deed: &Deed, now: Time) -> bool {
        let by_a_person = match deed {
            Deed::Sent(sent) => !matches!(sent.intent.purpose, Purpose::Extend | Purpose::Release),
            Deed::Kept(_) => true,
        };
        by_a_person
            && deed.actor() == self.user
            && now - deed.at() <= REACH
            && deed.undoes().is_none()
            && !deed.is_refused()
    }

    fn step(&self, deed: &Deed, deeds: &[Deed], now: Time) -> Result<Step, String> {
        match deed {
            Deed::Sent(sent) => self.sent_step(sent, now),
            Deed::Kept(entry) if matches!(entry.kind, Kind::Incident(_)) => self.incident_step(entry, now),
            Deed::Kept(entry) => kept_step(entry, deeds, &self.user, now),
        }
    }

    fn incident_step(&self, entry: &Entry, now: Time) -> Result<Step, String> {
        let op = entry.body.op.as_ref().ok_or("an older version wrote it")?;
        let title = entry.body.title.clone().unwrap_or_else(|| SafeText::new(entry.subject.as_str()));
        let item = Item { alert: None, title, source: None, end: End::Waiting };
        let what = "adds that it is withdrawn: what it said of the incident counts no more".into();
        Ok(Step { what, about: vec![item], make: Make::Entry(Box::new(self.withdrawal(entry, op, now))) })
    }

    fn sent_step(&self, deed: &SentDeed, now: Time) -> Result<Step, String> {
        let intent = &deed.intent;
        let source = intent.act.source();
        if let Some(request) = intent.act.request() {
            let (purpose, act, what) = self.ask_back(deed, request)?;
            return Ok(self.sent_back(intent, (purpose, act), what, now));
        }
        let writable = self.source(source).map(|s| s.about.can.silences);
        match writable {
            None => return Err(format!("{source} is no longer configured")),
            Some(false) => return Err(format!("silences of {source} are read-only here")),
            Some(true) => {}
        }
        let silence = match &deed.outcome {
            Some(Outcome::Confirmed { silence, .. }) => silence.as_ref(),
            Some(_) => return Err("nobody knows whether it happened".into()),
            None => return Err("it is still on its way".into()),
        };
        let (purpose, act, what) = match (&intent.act, &intent.before) {
            (Act::PutSilence { .. }, None) => self.way_back(intent, silence, now)?,
            (Act::PutSilence { .. }, Some(old)) => back_to(source, silence, old, now)?,
            (Act::ExpireSilence { .. }, Some(old)) => again(source, intent.purpose, old, now)?,
            (Act::ExpireSilence { .. } | Act::Ask { .. }, _) => return Err("what the silence said is not known".into()),
        };
        Ok(self.sent_back(intent, (purpose, act), what, now))
    }

    fn sent_back(&self, intent: &Intent, (purpose, act): (Purpose, Act), what: String, now: Time) -> Step {
        let alerts = alerts_of(intent);
        let made =
            Intent { undoes: Some(intent.op.clone()), ..self.intent(now, purpose, act, &alerts, &intent.reason) };
        let made = if alerts.is_empty() { Intent { title: intent.title.clone(), ..made } } else { made };
        Step { what, about: about(intent, &alerts), make: Make::Act(Box::new(made)) }
    }

    fn way_back(
        &self,
        intent: &Intent,
        silence: Option<&SafeText>,
        now: Time,
    ) -> Result<(Purpose, Act, String), String> {
        let source = intent.act.source();
        let id = silence.ok_or("its silence is not known")?;
        let act = Act::ExpireSilence { source: source.clone(), id: id.clone() };
        let over = |s: &Silence| s.state == SilenceState::Expired || s.ends_at <= now;
        if self.before(&act).as_ref().is_some_and(over) {
            return Err("its silence has ended already".into());
        }
        let purpose = if intent.purpose == Purpose::Ack { Purpose::Unack } else { Purpose::Expire };
        Ok((purpose, act, format!("ends silence {} on {source}", id.line())))
    }
}

/// As it was before it was changed.
fn back_to(
    source: &SourceName,
    silence: Option<&SafeText>,
    old: &Silence,
    now: Time,
) -> Result<(Purpose, Act, String), String> {
    let id = silence.ok_or("the changed silence is not known")?;
    if old.ends_at <= now {
        return Err(format!("it would have ended at {} UTC; expire it instead", old.ends_at.format("%H:%M")));
    }
    let draft = SilenceDraft { id: Some(id.clone()), ..SilenceDraft::extend(old, old.ends_at) };
    let what = format!("gives silence {} on {source} its old matchers, comment and end", id.line());
    Ok((Purpose::Amend, Act::PutSilence { source: source.clone(), draft }, what))
}

/// A silence that was ended, made anew until its old end.
fn again(source: &SourceName, purpose: Purpose, old: &Silence, now: Time) -> Result<(Purpose, Act, String), String> {
    if old.ends_at <= now {
        return Err(format!("it would have ended at {} UTC anyway", old.ends_at.format("%H:%M")));
    }
    let draft = SilenceDraft { id: None, starts_at: now, ..SilenceDraft::extend(old, old.ends_at) };
    let purpose = if purpose == Purpose::Unack { Purpose::Ack } else { Purpose::Silence };
    let what = format!("makes its silence on {source} again until {} UTC", old.ends_at.format("%H:%M"));
    Ok((purpose, Act::PutSilence { source: source.clone(), draft }, what))
}

/// A plan may be read for a while: what is sent is of now.
fn freshened(mut make: Make, now: Time) -> Make {
    match &mut make {
        Make::Entry(entry) => entry.at = now,
        Make::Act(intent) => {
            intent.at = now;
            if let Act::PutSilence { draft, .. } = &mut intent.act
                && draft.id.is_none()
            {
                draft.starts_at = now;
            }
        }
    }
    make
}

fn alerts_of(intent: &Intent) -> Vec<Covered> {
    if !intent.covers.is_empty() {
        return intent.covers.clone();
    }
    intent.alert.iter().map(|alert| Covered { alert: alert.clone(), title: intent.title.clone() }).collect()
}

fn about(intent: &Intent, alerts: &[Covered]) -> Vec<Item> {
    if !alerts.is_empty() {
        return alerts.iter().map(Item::of).collect();
    }
    let source = Some(intent.act.source().clone());
    vec![Item { alert: None, title: intent.title.clone(), source, end: End::Waiting }]
}

fn kept_step(entry: &Entry, deeds: &[Deed], user: &str, now: Time) -> Result<Step, String> {
    let op = entry.body.op.as_ref().ok_or("an older version wrote it")?;
    let (kind, body, what) = match entry.kind {
        Kind::NoteAdded => {
            let text = format!("withdrawn: {}", entry.body.text.as_ref().map(SafeText::raw).unwrap_or_default());
            let body = Body { text: Some(SafeText::from(text)), ..Body::default() };
            (Kind::NoteAdded, body, "adds that the note is withdrawn")
        }
        Kind::NoteCorrected => (Kind::NoteCorrected, Body::default(), "gives the note its text from before"),
        Kind::AckConfirmed => (Kind::UnackConfirmed, Body::default(), "takes the ack back in the journal"),
        _ => (Kind::AckConfirmed, contract(entry, deeds, now)?, "acks it in the journal again, until its old end"),
    };
    let mut body = Body { title: entry.body.title.clone(), via: entry.body.via, ..body };
    body.more.insert(UNDOES.into(), op.0.clone().into());
    let actor = SafeText::new(user);
    let made = NewEntry { at: now, actor, kind, subject: entry.subject.clone(), source: None, body, once: None };
    let title = entry.body.title.clone().unwrap_or_else(|| SafeText::new(entry.subject.as_str()));
    let item = Item { alert: alert_of(entry), title, source: None, end: End::Waiting };
    Ok(Step { what: what.into(), about: vec![item], make: Make::Entry(Box::new(made)) })
}

fn alert_of(entry: &Entry) -> Option<AlertId> {
    let (source, fingerprint) = entry.subject.as_str().strip_prefix("alert:")?.rsplit_once('/')?;
    let fingerprint = crate::domain::label::Fingerprint::new(fingerprint);
    Some(AlertId { source: SourceName::new(source), fingerprint })
}

/// What the ack said that an entry ended.
fn contract(entry: &Entry, deeds: &[Deed], now: Time) -> Result<Body, String> {
    let ack = deeds.iter().filter(|d| d.at() <= entry.at).find_map(|d| match d {
        Deed::Kept(e) if e.kind == Kind::AckConfirmed && e.subject == entry.subject => Some(e),
        _ => None,
    });
    let ack = ack.ok_or("what the ack said is too long ago")?;
    match ack.body.until {
        Some(until) if until > now => Ok(Body { op: None, more: serde_json::Map::new(), ..ack.body.clone() }),
        _ => Err("the ack would be over by now".into()),
    }
}

fn title(deed: &Deed) -> SafeText {
    match deed {
        Deed::Sent(sent) => sent.intent.title.clone(),
        Deed::Kept(entry) => entry.body.title.clone().unwrap_or_else(|| SafeText::new(entry.subject.as_str())),
    }
}

/// What was done, for the sentence: `the ack of 500 alerts`.
fn named(group: &[&Deed]) -> String {
    let noun = match group[0] {
        Deed::Sent(sent) => match sent.intent.purpose {
            Purpose::Ack => "ack",
            Purpose::Unack => "unack",
            Purpose::Silence => "silence",
            Purpose::Amend | Purpose::Extend => "change of the silence",
            Purpose::Expire | Purpose::Release => "expiry of the silence",
            Purpose::Ask => sent.intent.act.request().map_or("request", |r| r.verb.as_str()),
        },
        Deed::Kept(entry) => match entry.kind {
            Kind::NoteAdded => "note",
            Kind::NoteCorrected => "correction of the note",
            Kind::UnackConfirmed => "unack",
            _ => "ack",
        },
    };
    let about: usize = group
        .iter()
        .map(|d| match d {
            Deed::Sent(sent) => sent.intent.covers.len().max(1),
            Deed::Kept(_) => 1,
        })
        .sum();
    let one = title(group[0]);
    if let Deed::Kept(entry) = group[0]
        && let Kind::Incident(part) = entry.kind
    {
        return crate::domain::incident::deed(part, &one);
    }
    match about {
        1 if noun.ends_with("note") => format!("the {noun} on {}", one.line()),
        1 => format!("the {noun} of {}", one.line()),
        n if matches!(noun, "ack" | "unack") => format!("the {noun} of {n} alerts"),
        n => format!("the {noun}, {n} times"),
    }
}
