//! What is said of an act: the entries that the journal keeps, and the sentence at the foot of the screen.

use crate::domain::{
    Time,
    contract::Contract,
    entry::{Body, Kind, NewEntry, Subject},
    held::Verb,
    op::{Act, Covered, Intent, Outcome, Purpose},
    silence::Silence,
    source::AckVia,
    text::SafeText,
};

/// How an act ended, for the line at the foot of the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Good(String),
    Bad(String),
    /// Bad news that no command brought: nothing that was asked for has failed.
    Warned(String),
}

pub(crate) fn verb(intent: &Intent) -> String {
    let the = |verb: Verb| format!("the {}", verb.as_str());
    let words = match intent.purpose {
        Purpose::Ask => return intent.act.request().map_or_else(|| "the request".to_owned(), |r| the(r.verb)),
        Purpose::Ack => "the ack",
        Purpose::Unack => "the unack",
        Purpose::Extend => "the extension",
        Purpose::Release => "the end",
        Purpose::Silence => "the silence",
        Purpose::Amend => "the change",
        Purpose::Expire => "the expiry",
    };
    words.to_owned()
}

/// An entry about an intent.
pub fn intent_entry(intent: &Intent, at: Time, kind: Kind, more: Option<&Outcome>) -> NewEntry {
    let (silence, until, why) = match more {
        Some(Outcome::Confirmed { silence, ends_at }) => (silence.clone(), *ends_at, None),
        Some(Outcome::Otherwise { why } | Outcome::Refused { why } | Outcome::Unknown { why }) => {
            (None, None, Some(why.clone()))
        }
        None => match &intent.act {
            Act::PutSilence { draft, .. } => (None, Some(draft.ends_at), None),
            Act::ExpireSilence { id, .. } => (Some(id.clone()), None, None),
            Act::Ask { request, .. } => (None, request.until, None),
        },
    };
    // Two cockpits may end the same silence.
    let once = silence.as_ref().filter(|_| kind == Kind::AckReleased).map(|id| format!("ack.released:{}", id.raw()));
    let reason = (!intent.reason.is_empty()).then(|| SafeText::new(&intent.reason));
    NewEntry {
        at,
        actor: SafeText::new(&intent.actor),
        kind,
        subject: intent.subject(),
        source: Some(intent.act.source().clone()),
        body: Body {
            title: Some(intent.title.clone()),
            text: asked_for(intent, why.or(reason)),
            until,
            via: Some(if intent.act.request().is_some() { AckVia::Native } else { AckVia::Silence }),
            silence,
            op: Some(intent.op.clone()),
            contract: contract(intent),
            ..Body::default()
        },
        once,
    }
}

/// An entry of anything but an ack begins with what was asked for.
fn asked_for(intent: &Intent, text: Option<SafeText>) -> Option<SafeText> {
    let Some(request) = intent.act.request().filter(|_| intent.purpose == Purpose::Ask) else { return text };
    let verb = request.verb.as_str();
    Some(match text {
        Some(text) => SafeText::new(&format!("{verb}: {}", text.raw())),
        None => SafeText::new(verb),
    })
}

/// Whether a server dropped what was noted on a silence, as those before 0.32 do.
fn forgets(intent: &Intent, silence: Option<&Silence>) -> bool {
    match (&intent.act, silence) {
        (Act::PutSilence { draft, .. }, Some(silence)) => !draft.is_noted_on(silence),
        _ => false,
    }
}

/// What an ack is made on.
fn contract(intent: &Intent) -> Option<Contract> {
    match &intent.act {
        Act::PutSilence { draft, .. } if intent.purpose == Purpose::Ack => Contract::noted_on(draft),
        _ => None,
    }
}

/// The entries that tell how an act ended.
pub fn ended_entries(intent: &Intent, at: Time, outcome: &Outcome) -> Vec<NewEntry> {
    use Outcome::{Confirmed, Otherwise};
    let kind = match (intent.purpose, outcome) {
        (Purpose::Ask, Confirmed { .. } | Otherwise { .. }) => Kind::RequestConfirmed,
        (Purpose::Ask, Outcome::Refused { .. }) => Kind::RequestRefused,
        (Purpose::Ask, Outcome::Unknown { .. }) => Kind::RequestUnknown,
        (Purpose::Ack, Confirmed { .. } | Otherwise { .. }) => Kind::AckConfirmed,
        (Purpose::Ack, Outcome::Refused { .. }) => Kind::AckRefused,
        (Purpose::Ack | Purpose::Extend | Purpose::Release, Outcome::Unknown { .. }) => Kind::AckUnknown,
        (Purpose::Unack, Confirmed { .. } | Otherwise { .. }) => Kind::UnackConfirmed,
        (Purpose::Unack, Outcome::Refused { .. }) => Kind::UnackRefused,
        (Purpose::Unack, Outcome::Unknown { .. }) => Kind::UnackUnknown,
        (Purpose::Extend, Confirmed { .. } | Otherwise { .. }) => Kind::AckExtended,
        (Purpose::Extend | Purpose::Release, Outcome::Refused { .. }) => Kind::AckRefused,
        (Purpose::Release, Confirmed { .. } | Otherwise { .. }) => Kind::AckReleased,
        (Purpose::Silence | Purpose::Amend | Purpose::Expire, Confirmed { .. } | Otherwise { .. }) => {
            Kind::SilenceConfirmed
        }
        (Purpose::Silence | Purpose::Amend | Purpose::Expire, Outcome::Refused { .. }) => Kind::SilenceRefused,
        (Purpose::Silence | Purpose::Amend | Purpose::Expire, Outcome::Unknown { .. }) => Kind::SilenceUnknown,
    };
    intent_entries(intent, at, &kind, Some(outcome))
}

/// One entry about an intent for each alert that it is for.
pub(crate) fn intent_entries(intent: &Intent, at: Time, kind: &Kind, more: Option<&Outcome>) -> Vec<NewEntry> {
    let one = intent_entry(intent, at, kind.clone(), more);
    if intent.covers.is_empty() {
        return vec![one];
    }
    let of = |covered: &Covered| {
        let body = Body { title: Some(covered.title.clone()), ..one.body.clone() };
        NewEntry { subject: Subject::alert(&covered.alert), body, ..one.clone() }
    };
    intent.covers.iter().map(of).collect()
}

/// The sentence; `silence` is what reading back showed.
pub(crate) fn told(intent: &Intent, outcome: &Outcome, silence: Option<&Silence>) -> Option<Told> {
    let name = intent.title.line();
    let what = verb(intent);
    Some(match (intent.purpose, outcome) {
        (Purpose::Extend | Purpose::Release, Outcome::Confirmed { .. }) => return None,
        (_, Outcome::Otherwise { why }) => {
            Told::Bad(format!("{what} of {name} was done otherwise than asked: {}", why.line()))
        }
        (_, Outcome::Confirmed { ends_at, .. }) if intent.act.request().is_some() => {
            Told::Good(asked(intent, &what, *ends_at))
        }
        (Purpose::Ack, Outcome::Confirmed { ends_at: Some(until), .. }) => Told::Good(format!(
            "{name} acked until {} UTC, kept alive while it fires (A takes it back){}",
            until.format("%H:%M"),
            if forgets(intent, silence) { "; this server keeps no contract, the journal does" } else { "" }
        )),
        (Purpose::Ack, Outcome::Confirmed { .. }) => Told::Good(format!("{name} acked")),
        (Purpose::Silence, Outcome::Confirmed { .. }) => Told::Good(format!("{name} silenced")),
        (Purpose::Amend, Outcome::Confirmed { silence, ends_at }) => {
            Told::Good(amended(intent, silence.as_ref(), *ends_at))
        }
        (Purpose::Expire, Outcome::Confirmed { .. }) => Told::Good(format!("the silence on {name} has ended")),
        (Purpose::Unack | Purpose::Ask, Outcome::Confirmed { .. }) => {
            Told::Good(format!("the ack of {name} was taken back"))
        }
        (_, Outcome::Refused { why }) => Told::Bad(format!("{what} of {name} was refused: {}", why.line())),
        (_, Outcome::Unknown { why }) => {
            Told::Bad(format!("{what} of {name}: no word whether it happened: {}", why.line()))
        }
    })
}

/// What a source did itself, and until when, where that ends.
fn asked(intent: &Intent, what: &str, ends_at: Option<Time>) -> String {
    let (name, source) = (intent.title.line(), intent.act.source());
    let until = ends_at.map(|t| format!(" until {} UTC", t.format("%H:%M"))).unwrap_or_default();
    match intent.purpose {
        Purpose::Ack => format!("{name} acked at {source}{until}"),
        Purpose::Unack => format!("the ack of {name} was taken back at {source}"),
        _ => format!("{what} of {name} was done at {source}{until}"),
    }
}

/// Whether a changed silence kept its id, and until when it stands.
fn amended(intent: &Intent, silence: Option<&SafeText>, ends_at: Option<Time>) -> String {
    let kept = matches!(&intent.act, Act::PutSilence { draft, .. } if draft.id.as_ref() == silence);
    let name = intent.title.line();
    let until = ends_at.map(|t| format!(" until {} UTC", t.format("%d.%m. %H:%M"))).unwrap_or_default();
    if kept {
        format!("{name} is silenced{until}, as before")
    } else {
        format!("{name} is silenced{until}, by a new silence")
    }
}
