//! The event stream: what others do there, between two polls.
//!
//! The stream stays open and is drained when the source is asked. What is missed while it is closed is missed here alone:
//! what stands is read anew by every poll. One stream has one queue of its own, as Icinga shares a queue of one name.

use std::{collections::VecDeque, time::Duration as Wait};

use chrono::Duration;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::wire::{self, Comment, Downtime, OF_A_PERSON, time};
use crate::{
    domain::{Time, source::Change, text::SafeText},
    sources::http::{Call, Http},
};

/// What is listened to; each needs a permission `events/..` of its own.
const TYPES: [&str; 6] =
    ["StateChange", "AcknowledgementSet", "AcknowledgementCleared", "CommentAdded", "DowntimeAdded", "DowntimeRemoved"];
const PATH: &str = "v1/events";
/// How long nothing may come until that is all there is for now.
const QUIET: Wait = Wait::from_millis(30);
/// Longest line, in bytes.
const LINE_MAX: usize = 1024 * 1024;
/// Most that is read at one time, in bytes.
const DRAINED_MAX: usize = 8 * 1024 * 1024;
/// Most events that are kept.
const KEPT: usize = 500;
/// After a refusal it is asked again this much later.
const AGAIN: Duration = Duration::minutes(10);

#[derive(Default)]
pub(super) struct Events(Mutex<State>);

#[derive(Default)]
struct State {
    stream: Option<Response>,
    /// A line that has not ended yet.
    line: Vec<u8>,
    /// When each was heard, which is not when it was: that is the server's clock.
    heard: VecDeque<(Time, Change)>,
    /// Who and what of our own, of which the person knows already.
    ours: VecDeque<(String, String)>,
    refused: Option<(Time, SafeText)>,
}

impl Events {
    /// Takes in what came since the last time, and opens the stream where it is not. Answers what is wrong with it.
    pub(super) async fn drain(&self, members: &[Http], now: Time) -> Option<SafeText> {
        let mut state = self.0.lock().await;
        if state.stream.is_some() {
            state.take(now).await;
        }
        if state.stream.is_none() {
            state.open(members, now).await;
        }
        state.refused.as_ref().map(|(_, why)| why.clone())
    }

    /// Changes that were heard in `(since, now]`.
    pub(super) async fn between(&self, since: Time, now: Time) -> Vec<Change> {
        let state = self.0.lock().await;
        let mut heard: Vec<Change> =
            state.heard.iter().filter(|(at, _)| *at > since && *at <= now).map(|(_, c)| c.clone()).collect();
        heard.sort_by_key(|c| c.at);
        heard
    }

    /// What is about to be done by us is no news.
    pub(super) async fn is_ours(&self, actor: &str, text: &str) {
        let mut state = self.0.lock().await;
        state.ours.push_back((actor.to_owned(), text.to_owned()));
        if state.ours.len() > KEPT {
            state.ours.pop_front();
        }
    }
}

impl State {
    async fn open(&mut self, members: &[Http], now: Time) {
        if self.refused.as_ref().is_some_and(|(at, _)| now - *at < AGAIN && *at <= now) {
            return;
        }
        let queue = format!("watchfire-{}", uuid::Uuid::new_v4());
        let body = json!({ "queue": queue, "types": TYPES }).to_string();
        self.refused = None;
        self.line.clear();
        for http in members {
            match http.open(Call::post_json(PATH, &body), now).await {
                Ok(stream) => {
                    self.stream = Some(stream);
                    return;
                }
                Err(failure) if failure.status.is_some() => {
                    let why = format!("{}: the API user may lack events/..", failure.error);
                    self.refused = Some((now, why.into()));
                    return;
                }
                // What cannot be reached is told by the poll itself.
                Err(_) => {}
            }
        }
    }

    async fn take(&mut self, now: Time) {
        let mut taken = 0;
        while taken < DRAINED_MAX {
            let Some(stream) = &mut self.stream else { return };
            match tokio::time::timeout(QUIET, stream.chunk()).await {
                Err(_) => return,
                Ok(Ok(Some(chunk))) => {
                    taken += chunk.len();
                    self.feed(&chunk, now);
                }
                Ok(Ok(None) | Err(_)) => {
                    self.stream = None;
                    return;
                }
            }
        }
    }

    fn feed(&mut self, chunk: &[u8], now: Time) {
        for piece in chunk.split_inclusive(|b| *b == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.hear(&line, now);
            } else if self.line.len() > LINE_MAX {
                self.stream = None;
                self.line.clear();
                return;
            }
        }
    }

    /// An event that cannot be read is left out: what it was about is read by the poll.
    fn hear(&mut self, line: &[u8], now: Time) {
        let Some(told) = serde_json::from_slice::<Value>(line).ok().and_then(|event| Told::of(&event)) else { return };
        let is_ours = |(actor, text): &(String, String)| *actor == told.change.by.raw() && *text == told.said;
        if told.by_a_person && self.ours.iter().any(is_ours) {
            return;
        }
        self.heard.push_back((now, told.change));
        if self.heard.len() > KEPT {
            self.heard.pop_front();
        }
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

    fn heard(state: &State) -> Vec<String> {
        state.heard.iter().map(|(_, c)| format!("{} {} {} {}", c.kind, c.title, c.by, c.text)).collect()
    }

    #[test]
    fn what_others_do_is_told_once_each_however_the_lines_are_cut() {
        for size in [1, 7, 4_096] {
            let mut state = State::default();
            RECORDED.as_bytes().chunks(size).for_each(|chunk| state.feed(chunk, Time::default()));
            assert_eq!(
                heard(&state),
                [
                    "ack h1!svc: acknowledged alice looking",
                    "comment h1!svc: comment alice note",
                    "downtime h1!svc: downtime scheduled alice m",
                    "unack h1!svc: acknowledgement removed  ",
                ]
            );
        }
    }

    #[test]
    fn what_we_did_ourselves_is_no_news() {
        let mut state = State::default();
        state.ours.push_back(("alice".into(), "looking".into()));
        state.feed(RECORDED.as_bytes(), Time::default());
        assert!(!heard(&state).iter().any(|h| h.contains("looking")), "{:?}", heard(&state));
        assert_eq!(heard(&state).len(), 3);
    }

    #[test]
    fn what_is_no_event_is_left_out_and_the_next_is_heard() {
        let mut state = State::default();
        state.feed(
            b"{\"type\":\"CheckResult\"}\nnull\nnot json\n{\"type\":\"StateChange\",\"state_type\":1,",
            Time::default(),
        );
        state.feed(
            b"\"state\":2,\"host\":\"h\",\"service\":\"s\",\"timestamp\":5.5,\"check_result\":{\"output\":\"boom\\nx\"}}\n",
            Time::default(),
        );
        assert_eq!(heard(&state), ["state h!s: is CRITICAL  boom"]);
    }
}
