//! A plugin on the bench: every line it says is looked at, whoever asked for it.
//!
//! Sends what it is told to send, good or bad. What is to be tried, and in which order, is for others.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use tokio::{io::AsyncWriteExt, time::timeout};

use crate::sources::plugin::{
    frame::{self, Frame, LINE_MAX, WireError, code},
    lines::{Line, Lines},
    process::{Ending, Input, Output, Pipes, Process, Program},
};

use super::report::Fault;

/// Lines that it may say without being asked before it counts as a flood.
const FLOOD: usize = 1_000;

/// The rules that hold for every line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    Message,
    Once,
    Asked,
    Parts,
    Secret,
    Flood,
}

impl Rule {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::Message, "every line is a message"),
        (Self::Once, "answers each question once"),
        (Self::Asked, "answers only what was asked"),
        (Self::Parts, "parts come in order, before their answer"),
        (Self::Secret, "tells no secret"),
        (Self::Flood, "does not flood"),
    ];
}

/// An answer, with the line it stood in.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) said: Result<Box<RawValue>, WireError>,
    pub(super) items: Vec<Box<RawValue>>,
    pub(super) line: String,
}

#[derive(Default)]
struct Open {
    items: Vec<Box<RawValue>>,
    next: u64,
    answer: Option<Answered>,
}

pub(super) struct Bench {
    process: Process,
    output: Option<Output>,
    input: Lines<Input>,
    errors: Option<Lines<Input>>,
    patience: Duration,
    secrets: Vec<(String, String)>,
    open: BTreeMap<String, Open>,
    count: u64,
    useless: usize,
    pub(super) broken: BTreeMap<Rule, Fault>,
    /// The last line of its log.
    last: String,
    gone: bool,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    #[serde(default)]
    seq: Option<u64>,
    #[serde(default)]
    items: Vec<Box<RawValue>>,
}

impl Bench {
    pub(super) fn start(program: &Program, secrets: &[(String, String)], patience: Duration) -> Result<Self, Fault> {
        let (process, Pipes { output, input, errors }) = program.start().map_err(|e| Fault::new(e.to_string()))?;
        Ok(Self {
            process,
            output: Some(output),
            input: Lines::new(input, LINE_MAX),
            errors: Some(Lines::new(errors, 4_096)),
            patience,
            secrets: secrets.to_vec(),
            open: BTreeMap::new(),
            count: 0,
            useless: 0,
            broken: BTreeMap::new(),
            last: String::new(),
            gone: false,
        })
    }

    /// Sends a question; its id.
    pub(super) async fn send(&mut self, method: &str, params: &Value) -> Result<String, Fault> {
        self.count += 1;
        let id = format!("c{}", self.count);
        self.open.insert(id.clone(), Open::default());
        self.raw(&frame::asks(&id, method, params)).await?;
        Ok(id)
    }

    /// Sends bytes as they are.
    pub(super) async fn raw(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.output.is_none() {
            return Err(Fault::new("its input is closed"));
        }
        match timeout(self.patience, self.write(bytes)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.end_of_it().await),
            Err(_) => Err(Fault::new(format!("it did not read a message within {:?}", self.patience))),
        }
    }

    /// Whether it listens.
    async fn write(&mut self, bytes: &[u8]) -> bool {
        let Some(output) = self.output.as_mut() else { return false };
        output.write_all(bytes).await.is_ok() && output.flush().await.is_ok()
    }

    pub(super) async fn say(&mut self, method: &str, params: &Value) -> Result<(), Fault> {
        self.raw(&frame::says(method, params)).await
    }

    pub(super) async fn ask(&mut self, method: &str, params: &Value) -> Result<Answered, Fault> {
        let id = self.send(method, params).await?;
        self.answer(&id, method).await
    }

    /// Waits for an answer.
    pub(super) async fn answer(&mut self, id: &str, method: &str) -> Result<Answered, Fault> {
        let patience = self.patience;
        let wait = async {
            loop {
                if let Some(answer) = self.open.get(id).and_then(|o| o.answer.clone()) {
                    return Ok(answer);
                }
                if self.gone {
                    return Err(self.end_of_it().await);
                }
                self.hear().await;
                if let Some(flood) = self.broken.get(&Rule::Flood) {
                    return Err(flood.clone());
                }
            }
        };
        match timeout(patience, wait).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::new(format!("no answer to `{method}` within {patience:?}"))),
        }
    }

    async fn end_of_it(&mut self) -> Fault {
        // What it said before it ended is read first.
        while !self.gone && timeout(Duration::from_millis(300), self.hear()).await.is_ok() {}
        let ended = self.process.ended().await.map_or("it closed its output".into(), |s| format!("it ended ({s})"));
        let last = self.last.clone();
        Fault { why: ended, line: if last.is_empty() { last } else { format!("its last words: {last}") } }
    }

    pub(super) fn is_gone(&mut self) -> bool {
        self.gone || self.process.has_ended()
    }

    async fn hear(&mut self) {
        let line = match &mut self.errors {
            Some(errors) => tokio::select! {
                line = self.input.next() => Ok(line),
                line = errors.next() => Err(line),
            },
            None => Ok(self.input.next().await),
        };
        match line {
            Ok(Ok(Some(Line::Whole(line)))) => self.line(&line).await,
            Ok(Ok(Some(Line::TooLong { began, bytes }))) => {
                let why = format!("a line of {bytes} bytes, at most {LINE_MAX}");
                self.breaks(Rule::Message, &why, &began);
            }
            Ok(Ok(Some(Line::Torn(rest)))) => self.breaks(Rule::Message, "its output ended within a line", &rest),
            Ok(Ok(None) | Err(_)) => self.gone = true,
            Err(Ok(Some(Line::Whole(line) | Line::Torn(line) | Line::TooLong { began: line, .. }))) => {
                self.look_for_secrets(&line);
                self.last = frame::excerpt(&line);
            }
            Err(_) => self.errors = None,
        }
    }

    fn breaks(&mut self, rule: Rule, why: &str, line: &[u8]) {
        self.broken.entry(rule).or_insert_with(|| Fault::at(why, frame::excerpt(line)));
        self.useless(line);
    }

    fn useless(&mut self, line: &[u8]) {
        self.useless += 1;
        if self.useless > FLOOD {
            let why = format!("more than {FLOOD} lines that nobody asked for");
            self.broken.entry(Rule::Flood).or_insert_with(|| Fault::at(why, frame::excerpt(line)));
        }
    }

    fn look_for_secrets(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line).into_owned();
        if self.secrets.iter().any(|(_, secret)| secret.len() >= 4 && text.contains(secret)) {
            self.broken.entry(Rule::Secret).or_insert_with(|| Fault::new("a secret stands in its output or its log"));
        }
    }

    async fn line(&mut self, line: &[u8]) {
        self.look_for_secrets(line);
        match Frame::read(line) {
            _ if line.is_empty() => self.breaks(Rule::Message, "an empty line", line),
            Err(why) => self.breaks(Rule::Message, &why, line),
            Ok(Frame::Answers { id, result }) => self.settle(&id, Ok(result.to_owned()), line),
            Ok(Frame::Fails { id, error }) => self.settle(&id, Err(error), line),
            Ok(Frame::Says { method, params }) if method == "$/partial" => {
                self.part(params.map_or("{}", RawValue::get), line);
            }
            Ok(Frame::Says { .. }) => self.useless(line),
            Ok(Frame::Asks { id, method, params }) => {
                let answer = self.asked(&id, &method, params.map_or("{}", RawValue::get));
                // One that does not listen to its answer is seen later.
                let _ = timeout(self.patience, self.write(&answer)).await;
                self.useless(line);
            }
        }
    }

    fn settle(&mut self, id: &str, said: Result<Box<RawValue>, WireError>, line: &[u8]) {
        match self.open.get_mut(id) {
            None => self.breaks(Rule::Asked, &format!("it answered `{id}`, which nobody asked"), line),
            Some(open) if open.answer.is_some() => {
                self.breaks(Rule::Once, &format!("it answered `{id}` a second time"), line);
            }
            Some(open) => {
                let items = std::mem::take(&mut open.items);
                open.answer = Some(Answered { said, items, line: frame::excerpt(line) });
                self.useless = 0;
            }
        }
    }

    fn part(&mut self, params: &str, line: &[u8]) {
        let part: Part = match serde_json::from_str(params) {
            Ok(part) => part,
            Err(e) => return self.breaks(Rule::Parts, &format!("a part that cannot be read: {e}"), line),
        };
        match self.open.get_mut(&part.id) {
            Some(open) if open.answer.is_none() && part.seq.is_none_or(|seq| seq == open.next) => {
                open.next += 1;
                open.items.extend(part.items);
            }
            Some(_) => self.breaks(Rule::Parts, "a part out of its order, or after its answer", line),
            None => self.breaks(Rule::Parts, "a part of what nobody asked", line),
        }
    }

    fn asked(&self, id: &str, method: &str, params: &str) -> Vec<u8> {
        let wanted = serde_json::from_str::<Value>(params).unwrap_or_default();
        let wanted = wanted["ref"].as_str().unwrap_or_default();
        let secret = self.secrets.iter().find(|(name, _)| name == wanted);
        match (method, secret) {
            ("ping", _) => frame::answers(id, &json!({})),
            ("host/secret", Some((_, secret))) => frame::answers(id, &json!({"value": secret})),
            ("host/secret", None) => frame::fails(id, &WireError::new(code::NOT_FOUND, "there is no such secret")),
            _ => frame::fails(id, &WireError::new(code::NO_METHOD, "no such method")),
        }
    }

    /// Closes its input and waits; how it ended.
    pub(super) async fn close(mut self) -> (Ending, BTreeMap<Rule, Fault>) {
        self.output = None;
        // A pipe that nobody reads must not be what holds it up.
        let drained = async {
            while !self.gone {
                self.hear().await
            }
        };
        let _ = timeout(Duration::from_millis(300), drained).await;
        (self.process.end().await, self.broken)
    }
}
