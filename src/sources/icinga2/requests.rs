//! What a person can ask of Icinga: its own ack, a comment, a downtime; planned, done, read back.
//!
//! An episode is an object in one state: where the state changed since a person looked, nothing is touched.

use async_trait::async_trait;
use chrono::Duration;
use serde_json::{Value, json};

use super::{
    Ack, Icinga2,
    act::{ACK, Action, COMMENT, MUTE, Refusal, UNACK, UNMUTE},
    name,
    read::{COMMENTS, DOWNTIMES, HOSTS, SERVICES},
    wire::{Checkable, Comment, Downtime, OF_A_PERSON, OF_AN_ACK, Object, seconds, time},
};
use crate::{
    domain::{
        Time,
        held::{Applied, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::Requests,
};

/// Two moments no further apart than this are the same: the server keeps microseconds, others may keep less.
const SAME: Duration = Duration::milliseconds(1_500);

/// What it can be asked to do; its own ack only where acks are its own.
pub(super) fn ways(ack: Ack, acks: bool) -> Vec<Way> {
    let way = |verb, words: &str, text, until, undo| Way { verb, words: words.into(), text, until, undo };
    let until = if ack.sticky { "all is well" } else { "its state changes" };
    let of_acks = [
        way(
            Verb::Ack,
            &format!("acknowledges the problem; it stays acknowledged until {until}, or until the time you choose"),
            Needs::Must,
            Needs::May,
            Some(Verb::Unack),
        ),
        way(Verb::Unack, "removes the acknowledgement, whoever made it", Needs::No, Needs::No, None),
    ];
    let others = [
        way(Verb::Note, "adds a comment that everybody sees in Icinga", Needs::Must, Needs::No, None),
        way(
            Verb::Mute,
            "schedules a fixed downtime that begins now; its services, if it is a host, are not in it",
            Needs::Must,
            Needs::Must,
            Some(Verb::Unmute),
        ),
        way(
            Verb::Unmute,
            "removes the downtimes that are in effect on it, whoever made them",
            Needs::No,
            Needs::No,
            None,
        ),
    ];
    of_acks.into_iter().filter(|_| acks).chain(others).collect()
}

#[async_trait]
impl Requests for Icinga2 {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        let object = self.same_episode(request, now).await?;
        let name = object.name.as_str();
        let author = SafeText::new(&request.actor);
        let mut affects = 1;
        let effects = match request.verb {
            Verb::Ack => self.ack_effects(&object, request, now).await?,
            Verb::Unack => {
                let ack = self.ack_on(name, now).await?;
                let whose = ack.map_or_else(String::new, |c| format!(" of {}", c.author.raw()));
                vec![format!("removes the acknowledgement{whose} of {name}; Icinga notifies again while it lasts")]
            }
            Verb::Note => vec![format!("adds a comment to {name}")],
            Verb::Mute => {
                let end = wanted_end(request)?;
                vec![format!(
                    "puts {name} into a fixed downtime from now until {} UTC",
                    end.format("%Y-%m-%d %H:%M:%S")
                )]
            }
            Verb::Unmute => {
                let downtimes = self.downtimes_in_effect(name, now).await?;
                affects = downtimes.len();
                downtimes.iter().map(|d| removes(&d.attrs, name)).collect()
            }
            _ => return Err(not_ours(request.verb)),
        };
        let effects = effects.into_iter().map(SafeText::from).collect();
        Ok(RequestPlan { effects, author, affects, handle: None })
    }

    async fn apply(&self, _op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        if let Some(done) = self.so(request, now).await? {
            return Ok(done);
        }
        let object = self.same_episode(request, now).await?.name;
        self.events.is_ours(&request.actor, &request.text);
        match request.verb {
            Verb::Ack => self.ack(&object, request, now).await,
            Verb::Unack => self.unack(&object, request, now).await,
            Verb::Note => {
                let said = json!({ "author": request.actor, "comment": request.text });
                self.make(&object, COMMENT, said, request, now).await
            }
            Verb::Mute => {
                let end = seconds(wanted_end(request)?);
                let what = json!({ "author": request.actor, "comment": request.text, "fixed": true,
                    "start_time": seconds(now).floor(), "end_time": end });
                self.make(&object, MUTE, what, request, now).await
            }
            Verb::Unmute => self.unmute(&object, request, now).await,
            verb => Err(not_ours(verb)),
        }
    }

    async fn is_so(
        &self,
        _op: &OpId,
        request: &Request,
        _handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        self.so(request, now).await
    }
}

impl Icinga2 {
    /// The object, as long as it stands as it did when a person saw it.
    async fn same_episode(&self, request: &Request, now: Time) -> Result<Object<Checkable>, SourceError> {
        let name = name::object(&request.alert.fingerprint)
            .ok_or_else(|| SourceError::rejected(format!("`{}` is no object of Icinga", request.alert.fingerprint)))?;
        let object = self.object(&name, now).await?;
        if object.attrs.state < 0.5 {
            return Err(SourceError::rejected(format!("{name} is well again")));
        }
        let began = object.attrs.since().ok_or_else(|| SourceError::malformed("it has no beginning"))?;
        if (began - request.began).abs() > SAME {
            let at = began.format("%H:%M:%S");
            return Err(SourceError::rejected(format!("the state of {name} changed at {at} UTC: look again")));
        }
        Ok(object)
    }

    async fn object(&self, object: &str, now: Time) -> Result<Object<Checkable>, SourceError> {
        let (of, kind) = if name::parts(object).1.is_some() { (SERVICES, "service") } else { (HOSTS, "host") };
        let mut query = vec![("filter", format!("{kind}.__name=={}", quoted(object)?))];
        query.extend(self.attributes(&of));
        let found = self.objects::<Checkable>(of, query, now).await?.objects.into_iter().next();
        found.ok_or_else(|| SourceError::rejected(format!("Icinga knows no {object}")))
    }

    async fn comments_on(&self, object: &str, now: Time) -> Result<Vec<Object<Comment>>, SourceError> {
        let query = vec![("filter", on("comment", object)?)];
        Ok(self.objects::<Comment>(COMMENTS, query, now).await?.objects)
    }

    /// The comment of the ack that stands, where it has one.
    async fn ack_on(&self, object: &str, now: Time) -> Result<Option<Comment>, SourceError> {
        let all = self.comments_on(object, now).await?.into_iter().map(|c| c.attrs).filter(|c| c.is(OF_AN_ACK));
        Ok(all.max_by(|a, b| a.entry_time.total_cmp(&b.entry_time)))
    }

    async fn downtimes_in_effect(&self, object: &str, now: Time) -> Result<Vec<Object<Downtime>>, SourceError> {
        let query = vec![("filter", on("downtime", object)?)];
        let all = self.objects::<Downtime>(DOWNTIMES, query, now).await?.objects;
        Ok(all.into_iter().filter(|d| d.attrs.is_in_effect(now)).collect())
    }

    async fn ack_effects(
        &self,
        object: &Object<Checkable>,
        request: &Request,
        now: Time,
    ) -> Result<Vec<String>, SourceError> {
        if object.attrs.more.is_acked() {
            return Err(self.acked_already(&object.name, now).await);
        }
        let ack = self.settings.ack;
        let end = match request.until {
            Some(end) => format!("at {} UTC", end.format("%Y-%m-%d %H:%M:%S")),
            None if ack.sticky => "when all is well".to_owned(),
            None => "when its state changes".to_owned(),
        };
        let mut effects = vec![format!("acknowledges {}; the acknowledgement ends {end} at the latest", object.name)];
        effects.extend(ack.notify.then(|| "Icinga tells its contacts of it".to_owned()));
        effects.extend(ack.persistent.then(|| "its comment stays when it ends".to_owned()));
        Ok(effects)
    }

    async fn ack(&self, object: &str, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let Ack { sticky, persistent, notify } = self.settings.ack;
        let mut what = json!({ "author": request.actor, "comment": request.text,
            "sticky": sticky, "persistent": persistent, "notify": notify });
        if let Some(until) = request.until {
            what["expiry"] = json!(seconds(until));
        }
        match self.act_on(object, ACK, what, now).await {
            Ok(_) => self.read_back(request, now).await,
            Err(Refusal::Conflict) => Err(self.acked_already(object, now).await),
            Err(Refusal::Other(error)) => Err(error),
        }
    }

    async fn acked_already(&self, object: &str, now: Time) -> SourceError {
        SourceError::rejected(match self.ack_on(object, now).await {
            Ok(Some(ack)) => {
                let until =
                    ack.expire_time.and_then(time).map(|t| format!(" until {} UTC", t.format("%Y-%m-%d %H:%M")));
                format!("acked already by {}{}: {}", ack.author.raw(), until.unwrap_or_default(), ack.text.raw())
            }
            _ => "acked already; by whom cannot be read".to_owned(),
        })
    }

    async fn unack(&self, object: &str, request: &Request, now: Time) -> Result<Applied, SourceError> {
        match self.act_on(object, UNACK, json!({ "author": request.actor }), now).await {
            Ok(_) => self.read_back(request, now).await,
            Err(Refusal::Conflict) => Ok(Applied::Done { until: None, id: None }),
            Err(Refusal::Other(error)) => Err(error),
        }
    }

    /// Adds what has a name of its own, and reads that back.
    async fn make(
        &self,
        object: &str,
        action: Action,
        what: Value,
        request: &Request,
        now: Time,
    ) -> Result<Applied, SourceError> {
        match self.act_on(object, action, what, now).await {
            Ok(_) => self.read_back(request, now).await,
            Err(Refusal::Conflict) => Err(SourceError::rejected("Icinga says it is so already (409)")),
            Err(Refusal::Other(error)) => Err(error),
        }
    }

    /// One by one, by their own names: those that are only planned stay.
    async fn unmute(&self, object: &str, request: &Request, now: Time) -> Result<Applied, SourceError> {
        for downtime in self.downtimes_in_effect(object, now).await? {
            let target = json!({ "downtime": downtime.name });
            match self.act(UNMUTE, target, json!({ "author": request.actor }), now).await {
                Ok(_) | Err(Refusal::Conflict) => {}
                Err(Refusal::Other(error)) => return Err(error),
            }
        }
        self.read_back(request, now).await
    }

    async fn read_back(&self, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let otherwise = || Applied::Otherwise { why: "Icinga took it, and it does not show there".into() };
        Ok(self.so(request, now).await?.unwrap_or_else(otherwise))
    }

    /// Whether it is as it was asked, by whoever asked it in these words.
    async fn so(&self, request: &Request, now: Time) -> Result<Option<Applied>, SourceError> {
        let Some(object) = name::object(&request.alert.fingerprint) else { return Ok(None) };
        let object = object.as_str();
        let is_ours = |author: &SafeText, text: &SafeText| author.raw() == request.actor && text.raw() == request.text;
        match request.verb {
            Verb::Ack if self.object(object, now).await?.attrs.more.is_acked() => {
                let ack = self.ack_on(object, now).await?.filter(|c| is_ours(&c.author, &c.text));
                Ok(ack.map(|ack| stands(request, ack.expire_time.and_then(time))))
            }
            Verb::Unack if !self.object(object, now).await?.attrs.more.is_acked() => Ok(Some(done(None, None))),
            Verb::Note => {
                let since = |c: &Comment| time(c.entry_time).is_some_and(|t| t >= request.began);
                let mut all = self.comments_on(object, now).await?.into_iter();
                let ours = |c: &Comment| c.is(OF_A_PERSON) && is_ours(&c.author, &c.text) && since(c);
                Ok(all.find(|c| ours(&c.attrs)).map(|c| done(None, Some(c.name))))
            }
            Verb::Mute => {
                let mut all = self.downtimes_in_effect(object, now).await?.into_iter();
                let end = |d: &Downtime| time(d.end_time).zip(request.until).filter(|(a, b)| (*a - *b).abs() <= SAME);
                let ours = all.find(|d| is_ours(&d.attrs.author, &d.attrs.comment) && end(&d.attrs).is_some());
                Ok(ours.map(|d| done(time(d.attrs.end_time), Some(d.name))))
            }
            Verb::Unmute if self.downtimes_in_effect(object, now).await?.is_empty() => Ok(Some(done(None, None))),
            _ => Ok(None),
        }
    }
}

/// An ack that stands, beside the one that was asked for.
fn stands(request: &Request, until: Option<Time>) -> Applied {
    let is_same = match (until, request.until) {
        (Some(is), Some(asked)) => (is - asked).abs() <= SAME,
        (is, asked) => is.is_none() == asked.is_none(),
    };
    match until {
        _ if is_same => done(until, None),
        Some(is) => Applied::Otherwise { why: format!("it ends at {} UTC", is.format("%Y-%m-%d %H:%M:%S")).into() },
        None => Applied::Otherwise { why: "it does not end by itself".into() },
    }
}

fn done(until: Option<Time>, id: Option<String>) -> Applied {
    Applied::Done { until, id: id.map(SafeText::from) }
}

fn removes(downtime: &Downtime, object: &str) -> String {
    let until =
        time(downtime.end_time).map(|t| format!(" until {} UTC", t.format("%Y-%m-%d %H:%M"))).unwrap_or_default();
    format!("removes the downtime of {object}{until}, made by {}: {}", downtime.author.raw(), downtime.comment.raw())
}

fn wanted_end(request: &Request) -> Result<Time, SourceError> {
    request.until.ok_or_else(|| SourceError::rejected("a downtime needs an end"))
}

fn not_ours(verb: Verb) -> SourceError {
    SourceError::rejected(format!("Icinga knows no {}", verb.as_str()))
}

fn quoted(text: &str) -> Result<String, SourceError> {
    name::quoted(text).ok_or_else(|| SourceError::rejected("a name with control characters is no object of Icinga"))
}

/// The filter for what is on one object.
fn on(kind: &str, object: &str) -> Result<String, SourceError> {
    let (host, service) = name::parts(object);
    let (host, service) = (quoted(host)?, quoted(service.unwrap_or(""))?);
    Ok(format!("{kind}.host_name=={host} && {kind}.service_name=={service}"))
}
