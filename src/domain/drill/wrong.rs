//! Wrong acts: what a drill calls unrelated was owned, muted or acted on, or a word was said that was not so.

use serde::Serialize;

use super::{Cast, Given, Part, score::Mitigated};
use crate::domain::{
    Time,
    alert::AlertId,
    duration,
    entry::{Entry, Kind},
    incident::Change,
    matcher::all_match,
    op::{Act, Intent, OpId, Purpose},
    text::SafeText,
};

/// One wrong act.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Wrong {
    pub at: Time,
    /// Since the drill was opened.
    pub after_s: i64,
    pub deed: Deed,
    /// What it was done to.
    pub subject: SafeText,
    /// Why it is wrong, in a sentence.
    pub why: SafeText,
    /// It was taken back before the end.
    pub taken_back: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    AckedUnrelated,
    SilencedUnrelated,
    /// It mutes what it was not meant for.
    SilencedTooMuch,
    ActedOnTheWrongThing,
    LinkedUnrelated,
    CalledNoise,
    /// Mitigated, it was said; it was not.
    CalmTooSoon,
    DeclaredNothing,
}

impl Deed {
    pub fn words(self) -> &'static str {
        match self {
            Self::AckedUnrelated => "acked what was unrelated",
            Self::SilencedUnrelated => "silenced what was unrelated",
            Self::SilencedTooMuch => "silenced more than was needed",
            Self::ActedOnTheWrongThing => "acted on the wrong thing",
            Self::LinkedUnrelated => "linked what was unrelated",
            Self::CalledNoise => "called a page noise",
            Self::CalmTooSoon => "said mitigated too soon",
            Self::DeclaredNothing => "declared an incident of nothing",
        }
    }
}

/// All of them, in the order in which they were done.
pub(super) fn wrongs(given: &Given<'_>, mitigated: Option<&Mitigated>) -> Vec<Wrong> {
    let of_entries = given.done().flat_map(|entry| of_entry(given, entry, mitigated));
    let mut found: Vec<Wrong> = of_entries.collect();
    found.extend(given.sent.iter().filter_map(|intent| of_silence(given, intent)));
    found.sort_by(|a, b| (a.at, a.deed.words(), &a.subject).cmp(&(b.at, b.deed.words(), &b.subject)));
    found
}

fn of_entry(given: &Given<'_>, entry: &Entry, mitigated: Option<&Mitigated>) -> Vec<Wrong> {
    let about = entry.subject.as_alert().and_then(|id| given.cast(&id));
    let part = about.map(|c| c.part);
    let subject = about.map_or_else(|| entry.body.title.clone().unwrap_or_default(), |c| c.title.clone());
    let one = |deed, why: String| Some(given.wrong(entry.at, deed, subject, why));
    match &entry.kind {
        Kind::AckConfirmed if part == Some(Part::Unrelated) => {
            let back = about.is_some_and(|c| is_unacked(given, &c.id, entry.at));
            let wrong = one(Deed::AckedUnrelated, "it has nothing to do with what is broken".into());
            wrong.map(|w| Wrong { taken_back: back, ..w })
        }
        Kind::ActionStarted => of_action(given, entry, about).and_then(|why| one(Deed::ActedOnTheWrongThing, why)),
        Kind::NoiseMarked if !entry.takes_mark_back() && matches!(part, Some(Part::Own(_))) => {
            one(Deed::CalledNoise, "it asked for a person".into())
        }
        Kind::Incident(_) => return of_incident(given, entry, mitigated),
        _ => None,
    }
    .into_iter()
    .collect()
}

fn is_unacked(given: &Given<'_>, alert: &AlertId, since: Time) -> bool {
    let ends = |e: &&Entry| e.kind == Kind::UnackConfirmed && e.at >= since;
    given.done().filter(ends).any(|e| e.subject.as_alert().as_ref() == Some(alert))
}

fn of_action(given: &Given<'_>, entry: &Entry, about: Option<&Cast>) -> Option<String> {
    let name = entry.body.more.get("action").and_then(serde_json::Value::as_str)?;
    if about.is_some_and(|c| c.part == Part::Unrelated) {
        return Some(format!("`{name}` was run on what has nothing to do with it"));
    }
    let fault = given.experiment.faults.iter().find(|f| f.action.as_ref().is_some_and(|a| a == name))?;
    let fits = fault.on.is_empty() || about.is_some_and(|c| all_match(&fault.on, &c.labels));
    (!fits).then(|| format!("`{name}` undoes it elsewhere: {}", listed(&fault.on)))
}

fn listed(matchers: &[crate::domain::matcher::Matcher]) -> String {
    matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn of_incident(given: &Given<'_>, entry: &Entry, mitigated: Option<&Mitigated>) -> Vec<Wrong> {
    let title = entry.body.title.clone().unwrap_or_default();
    let back = is_withdrawn(given, entry.body.op.as_ref());
    let wrong =
        |deed, subject, why: &str| Wrong { taken_back: back, ..given.wrong(entry.at, deed, subject, why.to_owned()) };
    match Change::read(entry) {
        Some(Change::Declared(told)) => {
            let nothing = !given.experiment.incident && given.experiment.own.is_empty();
            let nothing = nothing.then(|| wrong(Deed::DeclaredNothing, title, "nothing was broken"));
            nothing.into_iter().chain(linked(given, &told.links.alerts, &wrong)).collect()
        }
        Some(Change::Attached(told)) => linked(given, &told.alerts, &wrong),
        Some(Change::Status(told)) if told.status.is_calm() => {
            let Some(Mitigated { at, .. }) = mitigated.filter(|m| m.at > entry.at) else { return Vec::new() };
            let why = format!("it went on for {} more", duration::long(*at - entry.at));
            vec![wrong(Deed::CalmTooSoon, title, &why)]
        }
        _ => Vec::new(),
    }
}

fn linked(
    given: &Given<'_>,
    links: &[crate::domain::incident::Link],
    wrong: &impl Fn(Deed, SafeText, &str) -> Wrong,
) -> Vec<Wrong> {
    let unrelated = links.iter().filter(|l| !l.joined).filter_map(|l| given.cast(&l.alert));
    let unrelated = unrelated.filter(|c| c.part == Part::Unrelated);
    unrelated.map(|c| wrong(Deed::LinkedUnrelated, c.title.clone(), "it is no part of the incident")).collect()
}

fn is_withdrawn(given: &Given<'_>, op: Option<&OpId>) -> bool {
    let takes_back = |e: &Entry| matches!(Change::read(e), Some(Change::Withdrawn(taken)) if Some(&taken) == op);
    given.done().any(takes_back)
}

/// A silence that was made, and mutes what is unrelated while that may still fire.
fn of_silence(given: &Given<'_>, intent: &Intent) -> Option<Wrong> {
    let Act::PutSilence { source, draft } = &intent.act else { return None };
    if !matches!(intent.purpose, Purpose::Silence | Purpose::Amend) || !is_confirmed(given, &intent.op) {
        return None;
    }
    let alive = |c: &&Cast| c.ends_at.is_none_or(|end| end > draft.starts_at) && c.fires_at < draft.ends_at;
    let hit = given.cast.iter().filter(|c| c.id.source == *source && all_match(&draft.matchers, &c.labels));
    let (unrelated, rest): (Vec<&Cast>, Vec<&Cast>) = hit.filter(alive).partition(|c| c.part == Part::Unrelated);
    let first = unrelated.first()?;
    let (deed, why) = match rest.len() {
        0 => (Deed::SilencedUnrelated, "it has nothing to do with what is broken".to_owned()),
        _ => {
            let more = if unrelated.len() > 1 { format!(" and {} more", unrelated.len() - 1) } else { String::new() };
            (Deed::SilencedTooMuch, format!("it mutes {}{more}, too", first.title.line()))
        }
    };
    Some(given.wrong(intent.at, deed, intent.title.clone(), why))
}

fn is_confirmed(given: &Given<'_>, op: &OpId) -> bool {
    given.done().any(|e| e.kind == Kind::SilenceConfirmed && e.body.op.as_ref() == Some(op))
}

impl Given<'_> {
    fn wrong(&self, at: Time, deed: Deed, subject: SafeText, why: String) -> Wrong {
        let after_s = (at - self.span.0).num_seconds().max(0);
        Wrong { at, after_s, deed, subject, why: SafeText::from(why), taken_back: false }
    }
}
