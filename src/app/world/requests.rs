//! What sources can be asked to do themselves: what can be asked of which alert, and what came of it.
//!
//! Knows no vendor and no form. What they say beforehand that they would do: see `planning`.

use crate::{
    app::effect::Effects,
    domain::{
        Time,
        alert::{Ack, AlertId},
        deed::SentDeed,
        held::{Needs, Request, Verb, Way},
        op::{Act, Intent, Outcome, Purpose},
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

use super::{World, acts::Wish, board::Row};

/// Something that a source is asked to do itself, as it is shown before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct AskPlan {
    pub request: Request,
    /// The alert's name.
    pub name: SafeText,
    pub way: Way,
}

/// One way of a source, and why it cannot be gone now, where it cannot.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub way: Way,
    pub refused: Option<String>,
}

impl World {
    /// How a source does something.
    ///
    /// # Errors
    /// That it cannot.
    pub fn way(&self, source: &SourceName, verb: Verb) -> Result<&Way, String> {
        let about = &self.source(source).ok_or("its source is no longer configured")?.about;
        about.can.way(verb).ok_or_else(|| format!("{source} cannot be asked to {}", words(verb)))
    }

    /// A request about a row as it is now; the end is left out where the way takes none.
    ///
    /// # Errors
    /// That its source cannot do it.
    pub fn request(&self, verb: Verb, row: &Row, until: Option<Time>) -> Result<Request, String> {
        let way = self.way(&row.id.source, verb)?;
        Ok(Request {
            verb,
            alert: row.id.clone(),
            began: row.alert.starts_at,
            actor: self.user.clone(),
            text: String::new(),
            until: until.filter(|_| way.until != Needs::No),
        })
    }

    /// What its source can be asked to do with an alert, in the source's order.
    ///
    /// # Errors
    /// That there is nothing.
    pub fn choices(&self, id: &AlertId) -> Result<Vec<Choice>, String> {
        let row = self.board.get(id).ok_or("that alert has gone; nothing was done")?;
        let source = self.source(&id.source).ok_or("that source is no longer configured")?;
        if source.about.can.ways.is_empty() {
            return Err(format!("{} can be asked for nothing: it does nothing by itself", id.source));
        }
        let choice = |way: &Way| Choice { way: way.clone(), refused: self.refusal(way.verb, row) };
        Ok(source.about.can.ways.iter().map(choice).collect())
    }

    /// Why something makes no sense now.
    fn refusal(&self, verb: Verb, row: &Row) -> Option<String> {
        if let Err(why) = self.may_write() {
            return Some(why);
        }
        let native = row.ack.as_ref().is_some_and(|a| a.via == AckVia::Native);
        match verb {
            _ if row.resolved_at.is_some() => Some("it has resolved".into()),
            _ if row.activity.is_some_and(|a| a != super::ops::Activity::Settling) => {
                Some("something is being done about it already".into())
            }
            Verb::Unack if !native => Some("nobody has acked it there".into()),
            _ => None,
        }
    }

    /// What asking for something would do.
    ///
    /// # Errors
    /// Why it cannot be asked.
    pub fn plan_ask(&self, id: &AlertId, verb: Verb, until: Option<Time>) -> Result<AskPlan, String> {
        self.may_write()?;
        let row = self.board.get(id).ok_or("that alert has gone; nothing was done")?;
        let way = self.way(&id.source, verb)?.clone();
        if let Some(why) = self.refusal(verb, row) {
            return Err(format!("{}: {why}", row.name().line()));
        }
        let request = self.request(verb, row, until)?;
        Ok(AskPlan { request, name: row.name().clone(), way })
    }

    /// Whether what a person read is still about the same episode of the same alert.
    ///
    /// # Errors
    /// What happened since.
    pub fn still_stands(&self, request: &Request) -> Result<(), String> {
        let row = self.board.get(&request.alert).ok_or("that alert has gone; nothing was sent")?;
        if row.resolved_at.is_some() {
            return Err(format!("{} has resolved; nothing was sent", row.name().line()));
        }
        if row.alert.starts_at != request.began {
            let began = row.alert.starts_at.format("%H:%M:%S");
            return Err(format!("{} began anew at {began} UTC; nothing was sent", row.name().line()));
        }
        Ok(())
    }

    /// Sends what was shown: the journal first.
    ///
    /// # Errors
    /// Why it must not be sent.
    pub fn ask(&mut self, now: Time, plan: &AskPlan, text: &str) -> Result<Effects, String> {
        self.may_write()?;
        self.still_stands(&plan.request)?;
        let purpose = match plan.request.verb {
            Verb::Ack => Purpose::Ack,
            Verb::Unack => Purpose::Unack,
            _ => Purpose::Ask,
        };
        Ok(self.ask_source(now, purpose, (plan.request.clone(), &plan.name), text))
    }

    /// What is said goes along where the way takes it; the journal keeps it in any case.
    pub(super) fn ask_source(
        &mut self,
        now: Time,
        purpose: Purpose,
        (request, name): (Request, &SafeText),
        text: &str,
    ) -> Effects {
        let request = self.worded(request, text);
        let id = request.alert.clone();
        let act = Act::Ask { source: id.source.clone(), request };
        self.intend(now, Wish::about(purpose, &id, name).because(text), act)
    }

    pub(super) fn worded(&self, request: Request, text: &str) -> Request {
        let takes = self.way(&request.alert.source, request.verb).is_ok_and(|w| w.text != Needs::No);
        Request { text: if takes { text.to_owned() } else { String::new() }, ..request }
    }

    /// What an act of ours says of an ack that its source keeps, until a snapshot tells.
    pub(super) fn believe_asked(&mut self, now: Time, intent: &Intent, outcome: &Outcome) {
        let (Some(request), Outcome::Confirmed { ends_at, .. }) = (intent.act.request(), outcome) else { return };
        let ack = match request.verb {
            Verb::Ack => Some(Ack {
                by: SafeText::new(&request.actor),
                reason: SafeText::new(&request.text),
                at: now,
                until: *ends_at,
                via: AckVia::Native,
                breaks_on: Vec::new(),
                silence: None,
            }),
            Verb::Unack => None,
            _ => return,
        };
        self.acks.asked(&request.alert, now, ack);
        self.acks.unmark(&request.alert);
        if let Some(source) = self.sources.iter_mut().find(|s| s.about.name == request.alert.source) {
            source.news.alerts.push(request.alert.fingerprint.clone());
        }
    }

    /// What takes a request back, where its source has a way.
    pub(super) fn ask_back(&self, deed: &SentDeed, request: &Request) -> Result<(Purpose, Act, String), String> {
        match &deed.outcome {
            Some(Outcome::Confirmed { .. } | Outcome::Otherwise { .. }) => {}
            Some(_) => return Err("nobody knows whether it happened".into()),
            None => return Err("it is still on its way".into()),
        }
        let source = &request.alert.source;
        let verb = self.way(source, request.verb)?.undo;
        let verb = verb.ok_or_else(|| format!("{source} cannot take back: {}", words(request.verb)))?;
        let way = self.way(source, verb)?;
        self.still_stands(request).map_err(|why| why.replace("; nothing was sent", ""))?;
        let purpose = match verb {
            Verb::Ack => Purpose::Ack,
            Verb::Unack => Purpose::Unack,
            _ => Purpose::Ask,
        };
        let what = format!("{source} {}", way.words.line());
        let back = Request { verb, actor: self.user.clone(), text: String::new(), until: None, ..request.clone() };
        Ok((purpose, Act::Ask { source: source.clone(), request: back }, what))
    }
}

/// What is asked, after "asked to".
pub fn words(verb: Verb) -> &'static str {
    match verb {
        Verb::Unack => "take an ack back",
        Verb::Note => "keep a note",
        other => other.as_str(),
    }
}
