//! Who waits for which answer of a plugin, and what it said that nobody waited for.
//!
//! Takes lines in and hands answers out; waits for nothing itself. Every list here is bounded.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::frame::{self, Frame, WireError};
use crate::domain::source::Problem;

/// Ids that are remembered after their answer, to know a second one.
const REMEMBERED: usize = 256;
/// Problems that are told of one look; more are counted.
const PROBLEMS: usize = 20;
/// Lines that nobody asked for, since the last answer: more are a flood.
const STRANGE_MAX: u32 = 2_000;
/// Bytes of the parts of one answer, and of changes that wait.
const BYTES_MAX: usize = 64 * 1024 * 1024;
/// Items of one answer.
const ITEMS_MAX: usize = 200_000;
/// Questions of the plugin that wait for an answer.
const ASKS_MAX: usize = 64;

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The plugin said so.
    Said(WireError),
    /// It said nothing in time.
    Late,
    /// It is gone, or what it sends is of no use any more.
    Gone(String),
    /// It answered what cannot be read.
    Unreadable(String),
}

/// An answer with the parts that came before it.
#[derive(Debug)]
pub struct Reply {
    pub result: Box<RawValue>,
    pub items: Vec<Box<RawValue>>,
    /// Whether every part came, in order.
    pub is_whole: bool,
}

pub(super) type Answer = oneshot::Receiver<Result<Reply, Fault>>;

/// What the plugin asks of us.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) params: Option<Box<RawValue>>,
}

struct Waiting {
    tell: oneshot::Sender<Result<Reply, Fault>>,
    items: Vec<Box<RawValue>>,
    bytes: usize,
    next: u64,
    is_whole: bool,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    #[serde(default)]
    seq: Option<u64>,
    #[serde(default)]
    items: Vec<Box<RawValue>>,
}

#[derive(Default)]
pub(super) struct Desk {
    count: u64,
    waiting: BTreeMap<String, Waiting>,
    given_up: VecDeque<String>,
    answered: VecDeque<String>,
    problems: Vec<Problem>,
    more: usize,
    strange: u32,
    deltas: VecDeque<Box<RawValue>>,
    delta_bytes: usize,
    lost_deltas: bool,
    has_news: bool,
    asks: VecDeque<Asked>,
    over: Option<String>,
}

impl Desk {
    pub(super) fn begin(&mut self) -> Result<(String, Answer), Fault> {
        if let Some(why) = &self.over {
            return Err(Fault::Gone(why.clone()));
        }
        self.count += 1;
        let id = self.count.to_string();
        let (tell, answer) = oneshot::channel();
        let waiting = Waiting { tell, items: Vec::new(), bytes: 0, next: 0, is_whole: true };
        self.waiting.insert(id.clone(), waiting);
        Ok((id, answer))
    }

    /// Nobody waits for it any more; its answer is taken without a word.
    pub(super) fn give_up(&mut self, id: &str) {
        if self.waiting.remove(id).is_some() {
            remember(&mut self.given_up, id);
        }
    }

    /// The plugin has gone: nobody who waits gets an answer.
    pub(super) fn end(&mut self, why: &str) {
        self.over.get_or_insert_with(|| why.to_owned());
        self.waiting.clear();
    }

    pub(super) fn over(&self) -> Option<&str> {
        self.over.as_deref()
    }

    pub(super) fn problem(&mut self, at: &str, why: impl AsRef<str>) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(Problem { at: at.into(), why: why.as_ref().into() });
        } else {
            self.more += 1;
        }
    }

    /// What was wrong since this was asked last.
    pub(super) fn take_problems(&mut self) -> Vec<Problem> {
        let mut all = std::mem::take(&mut self.problems);
        if self.more > 0 {
            all.push(Problem { at: "stdout".into(), why: format!("and {} more of such", self.more).into() });
            self.more = 0;
        }
        all
    }

    /// What was told of subscriptions, and whether some of it was lost.
    pub(super) fn take_deltas(&mut self) -> (Vec<Box<RawValue>>, bool) {
        (self.delta_bytes, self.has_news) = (0, false);
        (self.deltas.drain(..).collect(), std::mem::take(&mut self.lost_deltas))
    }

    /// Whether it said since this was asked last that something changed.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// The question that waits longest; it waits until it is answered.
    pub(super) fn first_ask(&self) -> Option<&Asked> {
        self.asks.front()
    }

    /// That one is answered.
    pub(super) fn answered_ask(&mut self) {
        self.asks.pop_front();
    }

    /// Something that came unasked and is of no use.
    pub(super) fn strange(&mut self, why: impl AsRef<str>) {
        self.problem("stdout", why);
        self.useless();
    }

    fn useless(&mut self) {
        self.strange += 1;
        if self.strange > STRANGE_MAX {
            self.end("it floods its output with lines that nobody asked for");
        }
    }

    /// One whole line.
    pub(super) fn line(&mut self, line: &[u8]) {
        match Frame::read(line) {
            Err(why) => self.strange(format!("{why}: `{}`", frame::excerpt(line))),
            Ok(Frame::Answers { id, result }) => self.settle(&id, Ok(result)),
            Ok(Frame::Fails { id, error }) => self.settle(&id, Err(error)),
            Ok(Frame::Says { method, params }) => self.said(&method, params),
            Ok(Frame::Asks { id, method, params }) => {
                if self.asks.len() < ASKS_MAX {
                    let params = params.map(ToOwned::to_owned);
                    self.asks.push_back(Asked { id, method: method.into_owned(), params });
                }
                self.useless();
            }
        }
    }

    fn settle(&mut self, id: &str, answer: Result<&RawValue, WireError>) {
        let Some(waiting) = self.waiting.remove(id) else { return self.unasked(id) };
        remember(&mut self.answered, id);
        self.strange = 0;
        let reply =
            |result: &RawValue| Reply { result: result.to_owned(), items: waiting.items, is_whole: waiting.is_whole };
        // Who waited may have gone this very moment.
        let _ = waiting.tell.send(answer.map(reply).map_err(Fault::Said));
    }

    fn unasked(&mut self, id: &str) {
        if let Some(at) = self.given_up.iter().position(|g| g == id) {
            self.given_up.remove(at);
            remember(&mut self.answered, id);
        } else if self.answered.iter().any(|a| a == id) {
            self.strange(format!("it answered `{id}` a second time"));
        } else {
            self.strange(format!("it answered `{id}`, which nobody asked"));
        }
    }

    fn said(&mut self, method: &str, params: Option<&RawValue>) {
        let params = params.map_or("{}", RawValue::get);
        match method {
            "$/partial" => self.part(params),
            "alerts/delta" => self.delta(params),
            "$/changed" => {
                self.has_news = true;
                self.useless();
            }
            "$/health" => self.health(params),
            // Words that a later protocol may know.
            _ => self.useless(),
        }
    }

    fn part(&mut self, params: &str) {
        let part: Part = match serde_json::from_str(params) {
            Ok(part) => part,
            Err(why) => return self.strange(format!("a `$/partial` that cannot be read: {why}")),
        };
        let Some(waiting) = self.waiting.get_mut(&part.id) else {
            if !self.given_up.contains(&part.id) {
                self.strange(format!("a part of `{}`, which nobody waits for", part.id));
            }
            return;
        };
        waiting.is_whole &= part.seq.is_none_or(|seq| seq == waiting.next);
        waiting.next += 1;
        waiting.bytes += params.len();
        waiting.items.extend(part.items);
        if waiting.bytes > BYTES_MAX || waiting.items.len() > ITEMS_MAX {
            let why = format!("more than {ITEMS_MAX} items or {BYTES_MAX} bytes in one answer");
            if let Some(waiting) = self.waiting.remove(&part.id) {
                remember(&mut self.given_up, &part.id);
                let _ = waiting.tell.send(Err(Fault::Unreadable(why)));
            }
        }
    }

    fn delta(&mut self, params: &str) {
        self.has_news = true;
        self.delta_bytes += params.len();
        if self.delta_bytes > BYTES_MAX || self.deltas.len() >= ITEMS_MAX {
            self.deltas.clear();
            self.lost_deltas = true;
        } else if let Ok(raw) = RawValue::from_string(params.to_owned()) {
            self.deltas.push_back(raw);
        }
    }

    fn health(&mut self, params: &str) {
        #[derive(Deserialize)]
        struct Health {
            #[serde(default)]
            message: String,
        }
        if let Ok(Health { message }) = serde_json::from_str(params)
            && !message.is_empty()
        {
            self.problem("health", message);
        }
        self.useless();
    }
}

fn remember(list: &mut VecDeque<String>, id: &str) {
    if list.len() == REMEMBERED {
        list.pop_front();
    }
    list.push_back(id.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(desk: &mut Desk) -> Vec<String> {
        desk.take_problems().iter().map(|p| p.why.raw().to_owned()).collect()
    }

    #[test]
    fn an_answer_and_its_parts_reach_who_waits_and_a_second_one_is_told() {
        let mut desk = Desk::default();
        let (id, mut answer) = desk.begin().unwrap();
        assert_eq!(id, "1");
        desk.line(br#"{"jsonrpc":"2.0","method":"$/partial","params":{"id":"1","seq":0,"items":[1,2]}}"#);
        desk.line(br#"{"jsonrpc":"2.0","id":"1","result":{"complete":true}}"#);
        let reply = answer.try_recv().unwrap().unwrap();
        assert_eq!((reply.items.len(), reply.is_whole), (2, true));
        desk.line(br#"{"jsonrpc":"2.0","id":"1","result":{}}"#);
        desk.line(br#"{"jsonrpc":"2.0","id":"99","result":{}}"#);
        assert_eq!(words(&mut desk), ["it answered `1` a second time", "it answered `99`, which nobody asked"]);
    }

    #[test]
    fn the_late_answer_to_what_was_given_up_is_no_lie() {
        let mut desk = Desk::default();
        let (id, _answer) = desk.begin().unwrap();
        desk.give_up(&id);
        desk.line(br#"{"jsonrpc":"2.0","id":"1","error":{"code":-32800}}"#);
        assert_eq!(words(&mut desk), [] as [&str; 0]);
        desk.line(br#"{"jsonrpc":"2.0","id":"1","result":1}"#);
        assert_eq!(words(&mut desk), ["it answered `1` a second time"]);
    }

    #[test]
    fn a_part_that_is_missing_is_known() {
        let mut desk = Desk::default();
        let (_, mut answer) = desk.begin().unwrap();
        desk.line(br#"{"jsonrpc":"2.0","method":"$/partial","params":{"id":"1","seq":1,"items":[1]}}"#);
        desk.line(br#"{"jsonrpc":"2.0","id":"1","result":{}}"#);
        assert!(!answer.try_recv().unwrap().unwrap().is_whole);
    }

    #[test]
    fn a_flood_ends_it_and_is_told_in_a_few_lines() {
        let mut desk = Desk::default();
        let (_, mut answer) = desk.begin().unwrap();
        (0..=STRANGE_MAX).for_each(|_| desk.line(b"garbage"));
        assert!(desk.over().unwrap().contains("floods"));
        assert!(answer.try_recv().is_err());
        assert!(matches!(desk.begin(), Err(Fault::Gone(_))));
        assert_eq!(words(&mut desk).len(), PROBLEMS + 1);
    }

    #[test]
    fn a_flood_of_anything_costs_bounded_memory() {
        let mut desk = Desk::default();
        let (id, mut answer) = desk.begin().unwrap();
        let filler = "x".repeat(1 << 20);
        for seq in 0..100 {
            let words = format!(r#"{{"sub":"s","upsert":["{filler}"]}}"#);
            desk.line(format!(r#"{{"jsonrpc":"2.0","method":"alerts/delta","params":{words}}}"#).as_bytes());
            let part = format!(r#"{{"id":"{id}","seq":{seq},"items":["{filler}"]}}"#);
            desk.line(format!(r#"{{"jsonrpc":"2.0","method":"$/partial","params":{part}}}"#).as_bytes());
        }
        assert!(desk.deltas.iter().map(|d| d.get().len()).sum::<usize>() <= BYTES_MAX && desk.lost_deltas);
        assert!(matches!(answer.try_recv().unwrap(), Err(Fault::Unreadable(_))) && desk.waiting.is_empty());
        for n in 0..1_000 {
            desk.line(format!(r#"{{"jsonrpc":"2.0","id":"p{n}","method":"ping"}}"#).as_bytes());
        }
        assert_eq!((desk.asks.len(), desk.over()), (ASKS_MAX, None));
    }

    #[test]
    fn what_changed_is_news_until_somebody_looked() {
        let mut desk = Desk::default();
        desk.line(br#"{"jsonrpc":"2.0","method":"$/changed"}"#);
        assert!(desk.take_news() && !desk.take_news());
        desk.line(br#"{"jsonrpc":"2.0","method":"alerts/delta","params":{"sub":"s1"}}"#);
        assert_eq!(desk.take_deltas().0.len(), 1);
        assert!(!desk.take_news(), "it was taken with what it is about");
    }
}
