//! The event stream: what others do there, between two polls.
//!
//! The stream stays open; it is listened to between two polls and drained by each. What is missed while it is closed is
//! missed here alone: what stands is read anew by every poll. One stream has one queue of its own, as Icinga shares a queue
//! of one name.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration as Wait,
};

use chrono::Duration;
use serde_json::{Value, json};
use tokio::sync::Mutex as Turn;

use super::wire::{self, Comment, Downtime, OF_A_PERSON, time};
use crate::{
    domain::{Time, source::Change, text::SafeText},
    sources::http::{Call, Failure, Http, Lines},
};

/// What is listened to; each needs a permission `events/..` of its own.
const TYPES: [&str; 6] =
    ["StateChange", "AcknowledgementSet", "AcknowledgementCleared", "CommentAdded", "DowntimeAdded", "DowntimeRemoved"];
const PATH: &str = "v1/events";
/// How long nothing may come until that is all there is for now.
const QUIET: Wait = Wait::from_millis(30);
/// Most lines that are read at one time.
const DRAINED_MAX: usize = 20_000;
/// Most events that are kept.
const KEPT: usize = 500;
/// After a refusal it is asked again this much later.
const AGAIN: Duration = Duration::minutes(10);

#[derive(Default)]
pub(super) struct Events {
    /// Held by whoever reads.
    stream: Turn<Option<Lines>>,
    /// Held for no longer than a look.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Heard since the last poll, in which they are told.
    fresh: VecDeque<Change>,
    /// When each was told, which is not when it was: that is the server's clock.
    heard: VecDeque<(Time, Change)>,
    /// Who and what of our own, of which the person knows already.
    ours: VecDeque<(String, String)>,
    refused: Option<(Time, SafeText)>,
}

impl Events {
    /// Takes in what came since the last time, and opens the stream where it is not. Answers what is wrong with it.
    pub(super) async fn drain(&self, members: &[Http], now: Time) -> Option<SafeText> {
        let mut stream = self.stream.lock().await;
        for _ in 0..DRAINED_MAX {
            let Some(lines) = stream.as_mut() else { break };
            let Ok(line) = tokio::time::timeout(QUIET, lines.next()).await else { break };
            self.take(line, &mut stream);
        }
        if stream.is_none() && self.known().may_ask(now) {
            *stream = self.open(members, now).await;
        }
        let mut known = self.known();
        known.tell(now);
        known.refused.as_ref().map(|(_, why)| why.clone())
    }

    /// Waits until something came that a poll would tell; for ever where there is no stream.
    pub(super) async fn heard(&self) {
        let mut stream = self.stream.lock().await;
        loop {
            let Some(lines) = stream.as_mut() else { return std::future::pending().await };
            let line = lines.next().await;
            if self.take(line, &mut stream) {
                return;
            }
        }
    }

    /// One line, or the end of them. Whether it is news.
    fn take(&self, line: Result<Option<Vec<u8>>, Failure>, stream: &mut Option<Lines>) -> bool {
        match line {
            Ok(Some(line)) => self.known().hear(&line),
            Ok(None) | Err(_) => {
                *stream = None;
                false
            }
        }
    }

    /// Changes that were told in `(since, now]`.
    pub(super) fn between(&self, since: Time, now: Time) -> Vec<Change> {
        let known = self.known();
        let mut heard: Vec<Change> =
            known.heard.iter().filter(|(at, _)| *at > since && *at <= now).map(|(_, c)| c.clone()).collect();
        heard.sort_by_key(|c| c.at);
        heard
    }

    /// What is about to be done by us is no news.
    pub(super) fn is_ours(&self, actor: &str, text: &str) {
        let mut known = self.known();
        known.ours.push_back((actor.to_owned(), text.to_owned()));
        if known.ours.len() > KEPT {
            known.ours.pop_front();
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(&self, members: &[Http], now: Time) -> Option<Lines> {
        let queue = format!("watchfire-{}", uuid::Uuid::new_v4());
        let body = json!({ "queue": queue, "types": TYPES }).to_string();
        self.known().refused = None;
        for http in members {
            match http.lines(Call::post_json(PATH, &body), now).await {
                Ok(stream) => return Some(stream),
                Err(failure) if failure.status.is_some() => {
                    let why = format!("{}: the API user may lack events/..", failure.error);
                    self.known().refused = Some((now, why.into()));
                    return None;
                }
                // What cannot be reached is told by the poll itself.
                Err(_) => {}
            }
        }
        None
    }
}

impl Known {
    fn may_ask(&self, now: Time) -> bool {
        !self.refused.as_ref().is_some_and(|(at, _)| now - *at < AGAIN && *at <= now)
    }

    /// An event that cannot be read is left out: what it was about is read by the poll. Whether it is news.
    fn hear(&mut self, line: &[u8]) -> bool {
        let event = serde_json::from_slice::<Value>(line).ok();
        let Some(told) = event.and_then(|event| Told::of(&event)) else { return false };
        let is_ours = |(actor, text): &(String, String)| *actor == told.change.by.raw() && *text == told.said;
        if told.by_a_person && self.ours.iter().any(is_ours) {
            return false;
        }
        self.fresh.push_back(told.change);
        if self.fresh.len() > KEPT {
            self.fresh.pop_front();
        }
        true
    }

    /// What was heard is told now.
    fn tell(&mut self, now: Time) {
        self.heard.extend(self.fresh.drain(..).map(|change| (now, change)));
        let old = self.heard.len().saturating_sub(KEPT);
        self.heard.drain(..old);
    }
}

/// One event that is worth a line.
struct Told {
    change: Change,
    by_a_person: bool,
    /// In what words.
    said: String,
}

impl Told {
    fn of(event: &Value) -> Option<Self> {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
        let object = wire::object(text("host"), text("service"));
        match text("type") {
            "StateChange" => of_state(event, &object),
            "AcknowledgementSet" => Self::by(event, "ack", &object, ("acknowledged", text("author"), text("comment"))),
            "AcknowledgementCleared" => {
                Self::by(event, "unack", &object, ("acknowledgement removed", text("author"), ""))
            }
            "CommentAdded" => {
                let comment: Comment = serde_json::from_value(event.get("comment")?.clone()).ok()?;
                let of_a_person = comment.is(OF_A_PERSON);
                let what = ("comment", comment.author.raw(), comment.text.raw());
                Self::by(event, "comment", &comment.on(), what).filter(|_| of_a_person)
            }
            kind @ ("DowntimeAdded" | "DowntimeRemoved") => {
                let downtime: Downtime = serde_json::from_value(event.get("downtime")?.clone()).ok()?;
                let words = if kind == "DowntimeAdded" { "downtime scheduled" } else { "downtime over" };
                let what = (words, downtime.author.raw(), downtime.comment.raw());
                Self::by(event, "downtime", &downtime.on(), what)
            }
            _ => None,
        }
    }

    fn by(event: &Value, kind: &str, object: &str, (words, author, said): (&str, &str, &str)) -> Option<Self> {
        let stamp = event.get("timestamp")?.as_f64()?;
        let change = Change {
            at: time(stamp)?,
            kind: kind.into(),
            title: format!("{object}: {words}").into(),
            by: author.into(),
            text: said.into(),
            service: None,
            id: Some(format!("{kind} {object} {stamp:.6}").into()),
            url: None,
        };
        Some(Self { change, by_a_person: !author.is_empty(), said: said.to_owned() })
    }
}

/// Hard states only: a soft one is a doubt.
fn of_state(event: &Value, object: &str) -> Option<Told> {
    let number = |name: &str| event.get(name).and_then(Value::as_f64);
    if number("state_type")? < 0.5 {
        return None;
    }
    let words = match (object.contains('!'), number("state")?) {
        (_, 0.0) => "is well",
        (true, 1.0) => "is in WARNING",
        (true, 2.0) => "is CRITICAL",
        (true, 3.0) => "is UNKNOWN",
        (false, _) => "is DOWN",
        _ => "changed its state",
    };
    let output = event.get("check_result").and_then(|r| r.get("output")).and_then(Value::as_str).unwrap_or_default();
    Told::by(event, "state", object, (words, "", output.lines().next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a real server sent: an ack by alice, a comment, a downtime, the ack removed.
    const RECORDED: &str = include_str!("../../../tests/fixtures/recordings/icinga2/2.13.6/events.ndjson");

    fn told(known: &mut Known) -> Vec<String> {
        known.tell(Time::default());
        known.heard.iter().map(|(_, c)| format!("{} {} {} {}", c.kind, c.title, c.by, c.text)).collect()
    }

    #[test]
    fn what_others_do_is_told_once_each() {
        let mut known = Known::default();
        assert_eq!(RECORDED.lines().filter(|line| known.hear(line.as_bytes())).count(), 4);
        assert_eq!(
            told(&mut known),
            [
                "ack h1!svc: acknowledged alice looking",
                "comment h1!svc: comment alice note",
                "downtime h1!svc: downtime scheduled alice m",
                "unack h1!svc: acknowledgement removed  ",
            ]
        );
    }

    #[test]
    fn what_we_did_ourselves_is_no_news() {
        let mut known = Known::default();
        known.ours.push_back(("alice".into(), "looking".into()));
        let news = RECORDED.lines().filter(|l| known.hear(l.as_bytes())).count();
        let told = told(&mut known);
        assert!(!told.iter().any(|h| h.contains("looking")), "{told:?}");
        assert_eq!((told.len(), news), (3, 3));
    }

    #[test]
    fn what_is_no_event_is_left_out_and_the_next_is_heard() {
        let mut known = Known::default();
        for line in ["{\"type\":\"CheckResult\"}", "null", "not json"] {
            assert!(!known.hear(line.as_bytes()), "{line}");
        }
        let event = r#"{"type":"StateChange","state_type":1,"state":2,"host":"h","service":"s","timestamp":5.5,"check_result":{"output":"boom\nx"}}"#;
        assert!(known.hear(event.as_bytes()));
        assert_eq!(told(&mut known), ["state h!s: is CRITICAL  boom"]);
    }
}
