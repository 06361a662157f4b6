//! One run of a plugin, from its first word to its end; and how often it may be started again.
//!
//! Knows what is said at the beginning and the end, and nothing of alerts.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::Mutex as Turn;

use super::{
    desk::{Fault, Reply},
    limits::{self, Limits, Meter},
    link::{Input, Link, Output},
    process::{Ending, Pipes, Process, Program},
    secrets::Secrets,
    wire::{Hello, PROTOCOL},
};
use crate::{
    config::SourceConfig,
    domain::{Time, source::SourceError},
    sources::http::map_text,
};

/// How long it may take to say what it can.
const HELLO: Duration = Duration::from_secs(5);
/// How long it may take to say that it ends.
const GOODBYE: Duration = Duration::from_secs(1);
/// More ends than this within [`WINDOW`], and it has failed.
const ENDS_MAX: usize = 5;
const WINDOW: chrono::Duration = chrono::Duration::minutes(5);

/// A plugin that runs, or something else at the other end of two pipes.
pub(super) struct Running {
    pub(super) link: Link,
    process: Turn<Option<Process>>,
    limits: Limits,
    meter: Turn<Meter>,
    /// Why we ended it, where we did.
    verdict: OnceLock<String>,
}

impl Running {
    /// Starts the program and hears what it can.
    pub(super) async fn start(program: &Program, config: &SourceConfig) -> Result<(Arc<Self>, Hello), SourceError> {
        program.check().await?;
        let (process, Pipes { output, input, errors }) = program.start()?;
        Self::begin(config, Some(process), (output, input, Some(errors))).await
    }

    pub(super) async fn begin(
        config: &SourceConfig,
        process: Option<Process>,
        (output, input, errors): (Output, Input, Option<Input>),
    ) -> Result<(Arc<Self>, Hello), SourceError> {
        let link = Link::new(config.name.as_str(), Secrets::of(&config.auth), output, input, errors);
        let limits = Limits::of(&config.own);
        if let Some(group) = process.as_ref().and_then(Process::group) {
            limits.tell_kernel(group);
        }
        let (process, meter) = (Turn::new(process), Turn::default());
        let running = Self { link, process, limits, meter, verdict: OnceLock::new() };
        let asked = running.call("initialize", &initialize(config, running.link.secrets()), HELLO).await;
        let hello = match asked {
            Ok(reply) => hello(&reply),
            Err(Fault::Late) => Err(SourceError::unreachable(format!("it did not say within {HELLO:?} what it can"))),
            Err(fault) => Err(running.error(fault, Time::UNIX_EPOCH).await),
        }?;
        running.link.say("initialized", &json!({})).await;
        Ok((Arc::new(running), hello))
    }

    /// What a fault means to a person; of one that has gone, with how it ended and its last words.
    pub(super) async fn error(&self, fault: Fault, now: Time) -> SourceError {
        let error = match fault {
            Fault::Said(error) => error.read(now),
            Fault::Late => SourceError::unreachable("no answer in time; it was told that nobody waits any more"),
            Fault::Unreadable(why) => SourceError::malformed(why),
            Fault::Gone(why) => SourceError::unreachable(self.obituary(&why).await),
        };
        map_text(error, &|text| self.link.secrets().scrub(text))
    }

    /// Asks and waits, and looks meanwhile at what it uses.
    pub(super) async fn call(&self, method: &str, params: &Value, within: Duration) -> Result<Reply, Fault> {
        self.watched(self.link.call(method, params, within)).await
    }

    /// Waits for something of it, and looks every now and then at what it uses.
    pub(super) async fn watched<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(limits::EVERY) => self.weigh().await,
            }
        }
    }

    /// Ends it where it uses more than it may.
    pub(super) async fn weigh(&self) {
        // Several who wait look once.
        let Ok(mut meter) = self.meter.try_lock() else { return };
        let group = self.process.lock().await.as_ref().and_then(Process::group);
        let Some(usage) = (match group {
            Some(group) => limits::usage(group).await,
            None => None,
        }) else {
            return;
        };
        if let Some(why) = meter.weigh(&self.limits, usage) {
            self.link.desk().end(&why);
            let _ = self.verdict.set(why);
            if let Some(process) = self.process.lock().await.as_ref() {
                process.kill();
            }
        }
    }

    async fn obituary(&self, why: &str) -> String {
        if let Some(verdict) = self.verdict.get() {
            return verdict.clone();
        }
        let ended = match self.process.lock().await.as_mut() {
            Some(process) => process.ended().await.map(|status| format!("it ended ({status})")),
            None => None,
        };
        let last = self.link.last_log().await;
        let why = ended.unwrap_or_else(|| why.to_owned());
        if last.is_empty() { why } else { format!("{why}; its last words: {last}") }
    }

    /// Why it is of no use any more, where it is not.
    pub(super) async fn over(&self) -> Option<String> {
        let over = self.link.desk().over().map(str::to_owned);
        match over {
            Some(why) => Some(self.obituary(&why).await),
            None if self.process.lock().await.as_mut().is_some_and(Process::has_ended) => {
                Some(self.obituary("it ended").await)
            }
            None => None,
        }
    }

    /// Asks it to end; then its input is closed, then it is made to.
    pub(super) async fn end(&self) -> Option<Ending> {
        // One that does not answer has a closed input to go by.
        drop(self.call("shutdown", &json!({}), GOODBYE).await);
        self.link.close().await;
        let process = self.process.lock().await.take()?;
        Some(process.end().await)
    }
}

fn initialize(config: &SourceConfig, secrets: &Secrets) -> Value {
    let mut table: serde_json::Map<String, Value> =
        config.own.texts("config").iter().map(|(name, text)| (name.clone(), json!(text))).collect();
    if let Some(url) = config.urls.first() {
        table.entry("url").or_insert_with(|| json!(url));
    }
    if let Some(user) = secrets.user() {
        table.entry("username").or_insert_with(|| json!(user));
    }
    json!({
        "protocol": {"min": PROTOCOL, "max": PROTOCOL},
        "host": {"name": "watchfire", "version": env!("CARGO_PKG_VERSION")},
        "instance": config.name.as_str(),
        "config": table,
        "secrets": secrets.references(),
        "locale": "en",
        "features": ["partial", "cancel", "plan"],
    })
}

fn hello(reply: &Reply) -> Result<Hello, SourceError> {
    let hello: Hello = serde_json::from_str(reply.result.get())
        .map_err(|e| SourceError::malformed(format!("what it says it can do cannot be read: {e}")))?;
    if hello.protocol != PROTOCOL {
        return Err(SourceError::malformed(format!(
            "it speaks version {} of the protocol, watchfire {PROTOCOL}",
            hello.protocol
        )));
    }
    Ok(hello)
}

/// The runs of a plugin.
#[derive(Default)]
pub(super) struct Life {
    pub(super) running: Option<Arc<Running>>,
    /// When it ended by itself, the last few.
    ends: Vec<Time>,
    last: String,
    /// When it was heard last.
    pub(super) heard: Option<Time>,
}

impl Life {
    pub(super) fn ended(&mut self, why: String, now: Time) {
        self.running = None;
        self.last = why;
        self.ends.push(now);
    }

    /// # Errors
    /// Where it ended too often to be started again now. Between two starts the poller waits, longer each time.
    pub(super) fn may_start(&mut self, now: Time) -> Result<(), SourceError> {
        self.ends.retain(|at| now - *at < WINDOW);
        let Some(first) = self.ends.first().filter(|_| self.ends.len() >= ENDS_MAX) else { return Ok(()) };
        Err(SourceError::unreachable(format!(
            "failed: it ended {} times within five minutes ({}); it is not started again before {} UTC",
            self.ends.len(),
            self.last,
            (*first + WINDOW).format("%H:%M:%S")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_ends_in_five_minutes_are_a_failure_until_the_first_is_long_ago() {
        let mut life = Life::default();
        let at = |s: i64| Time::UNIX_EPOCH + chrono::Duration::seconds(s);
        for n in 0..5 {
            assert_eq!(life.may_start(at(n * 10)), Ok(()));
            life.ended(format!("end {n}"), at(n * 10));
        }
        let why = life.may_start(at(60)).unwrap_err().to_string();
        assert!(why.contains("failed") && why.contains("end 4") && why.contains("00:05:00"), "{why}");
        assert_eq!(life.may_start(at(300)), Ok(()));
    }
}
