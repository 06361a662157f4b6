//! A conversation with a plugin over its pipes. Whoever waits for an answer reads for all who wait.
//!
//! Nothing runs by itself: between two questions the plugin's output waits in its pipe, which holds up a plugin that floods it.
//! Knows no method's meaning but the two that a plugin may ask of us.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::Mutex as Turn,
    time::timeout,
};

use super::{
    desk::{Answer, Asked, Desk, Fault, Reply},
    frame::{self, LINE_MAX, WireError, code},
    lines::{Line, Lines},
    log::{self, Log},
    secrets::Secrets,
};

pub type Output = Box<dyn AsyncWrite + Send + Unpin>;
pub type Input = Box<dyn AsyncRead + Send + Unpin>;

/// A notification that cannot be written within this is not.
const WORD: Duration = Duration::from_millis(200);
/// What was written by one that has gone is read within this.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Both ends of a conversation.
pub(super) struct Link {
    /// None once it is closed.
    output: Turn<Option<Output>>,
    /// Whether a message was cut short: what follows would be read as its rest.
    is_torn: AtomicBool,
    ears: Turn<Ears>,
    desk: Mutex<Desk>,
    /// One answers what the plugin asks, so that nothing is answered twice.
    answering: Turn<()>,
    secrets: Secrets,
}

struct Ears {
    input: Lines<Input>,
    errors: Option<Lines<Input>>,
    log: Log,
}

enum Heard {
    Said(std::io::Result<Option<Line>>),
    Logged(std::io::Result<Option<Line>>),
}

impl Ears {
    async fn hear(&mut self) -> Heard {
        match &mut self.errors {
            None => Heard::Said(self.input.next().await),
            Some(errors) => tokio::select! {
                line = self.input.next() => Heard::Said(line),
                line = errors.next() => Heard::Logged(line),
            },
        }
    }
}

/// A question whose asker may go before it is answered.
struct Open<'a>(&'a Link, String);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.desk().give_up(&self.1);
    }
}

impl Link {
    pub(super) fn new(name: &str, secrets: Secrets, output: Output, input: Input, errors: Option<Input>) -> Self {
        let errors = errors.map(|e| Lines::new(e, log::LINE_MAX));
        let ears = Ears { input: Lines::new(input, LINE_MAX), errors, log: Log::new(name) };
        Self {
            output: Turn::new(Some(output)),
            is_torn: AtomicBool::new(false),
            ears: Turn::new(ears),
            desk: Mutex::default(),
            answering: Turn::default(),
            secrets,
        }
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The last line of its log, without secrets.
    pub(super) async fn last_log(&self) -> String {
        self.secrets.scrub(self.ears.lock().await.log.last())
    }

    /// A new look begins: its log has room again.
    pub(super) fn anew(&self) {
        // Who reads this moment has the measure of the look before.
        if let Ok(mut ears) = self.ears.try_lock() {
            ears.log.anew();
        }
    }

    /// Asks and waits; what is not answered in time is cancelled.
    pub(super) async fn call(&self, method: &str, params: &Value, within: Duration) -> Result<Reply, Fault> {
        let (id, answer) = self.desk().begin()?;
        let open = Open(self, id);
        let line = frame::asks(&open.1, method, params);
        if line.len() > LINE_MAX {
            return Err(Fault::Unreadable(format!("the question is longer than {LINE_MAX} bytes")));
        }
        match timeout(within, self.exchange(&line, answer)).await {
            Ok(answer) => answer,
            Err(_) => {
                self.say("$/cancel", &json!({"id": open.1})).await;
                Err(Fault::Late)
            }
        }
    }

    /// Waits until it says by itself that something changed; for ever where it has gone. Given up at any moment it loses
    /// nothing.
    pub(super) async fn news(&self) {
        loop {
            if self.desk().take_news() {
                return;
            }
            if self.desk().over().is_some() {
                std::future::pending::<()>().await;
            }
            self.listen(&mut *self.ears.lock().await).await;
            self.answer_asks().await;
        }
    }

    async fn listen(&self, ears: &mut Ears) {
        let heard = ears.hear().await;
        self.take(heard, ears);
    }

    /// A word that needs no answer; one that cannot be said is lost.
    pub(super) async fn say(&self, method: &str, params: &Value) {
        let _ = timeout(WORD, self.write(&frame::says(method, params))).await;
    }

    /// Closes the plugin's input.
    pub(super) async fn close(&self) {
        if let Ok(mut output) = timeout(WORD, self.output.lock()).await {
            *output = None;
        }
    }

    /// Writing and reading at once: a plugin that writes before it reads holds up nothing.
    async fn exchange(&self, line: &[u8], answer: Answer) -> Result<Reply, Fault> {
        let heard = self.hear(answer);
        tokio::pin!(heard);
        let written = tokio::select! {
            answer = &mut heard => return answer,
            written = self.write(line) => written,
        };
        match written {
            Ok(()) => heard.await,
            // Its last words say more than a broken pipe.
            Err(why) => timeout(LAST_WORDS, heard).await.unwrap_or(Err(Fault::Gone(why))),
        }
    }

    async fn write(&self, line: &[u8]) -> Result<(), String> {
        let mut output = self.output.lock().await;
        let pipe = output.as_mut().ok_or("its input is closed")?;
        if self.is_torn.swap(true, Ordering::Relaxed) {
            return Err("it did not read a message to its end".into());
        }
        let failed = |e: std::io::Error| format!("it does not listen: {e}");
        pipe.write_all(line).await.map_err(failed)?;
        pipe.flush().await.map_err(failed)?;
        self.is_torn.store(false, Ordering::Relaxed);
        Ok(())
    }

    async fn hear(&self, mut answer: Answer) -> Result<Reply, Fault> {
        loop {
            tokio::select! {
                biased;
                told = &mut answer => return told.unwrap_or_else(|_| Err(self.gone())),
                mut ears = self.ears.lock() => {
                    // Who read before may have brought it.
                    match answer.try_recv() {
                        Ok(told) => return told,
                        Err(tokio::sync::oneshot::error::TryRecvError::Closed) => return Err(self.gone()),
                        Err(tokio::sync::oneshot::error::TryRecvError::Empty) => {}
                    }
                    self.listen(&mut ears).await;
                    drop(ears);
                    self.answer_asks().await;
                }
            }
        }
    }

    fn gone(&self) -> Fault {
        Fault::Gone(self.desk().over().unwrap_or("it has gone").to_owned())
    }

    fn take(&self, heard: Heard, ears: &mut Ears) {
        match heard {
            Heard::Said(Ok(Some(Line::Whole(line)))) if line.is_empty() => {}
            Heard::Said(Ok(Some(Line::Whole(line)))) => self.desk().line(&line),
            Heard::Said(Ok(Some(Line::TooLong { began, bytes }))) => {
                let began = frame::excerpt(&began);
                self.desk().strange(format!("a line of {bytes} bytes, at most {LINE_MAX}: `{began}`"));
            }
            Heard::Said(Ok(Some(Line::Torn(rest)))) => {
                self.desk().strange(format!("its output ended within a line: `{}`", frame::excerpt(&rest)));
            }
            Heard::Said(Ok(None)) => self.desk().end("it closed its output"),
            Heard::Said(Err(e)) => self.desk().end(&format!("its output cannot be read: {e}")),
            Heard::Logged(Ok(Some(Line::Whole(text) | Line::Torn(text) | Line::TooLong { began: text, .. }))) => {
                ears.log.line(&self.secrets.scrub(&String::from_utf8_lossy(&text)));
            }
            Heard::Logged(_) => ears.errors = None,
        }
    }

    async fn answer_asks(&self) {
        let _turn = self.answering.lock().await;
        loop {
            // The desk is free while the answer is made; the question stays there until then, for who is given up here.
            let Some(Asked { id, method, params }) = self.desk().first_ask().cloned() else { return };
            let answer = match method.as_str() {
                "ping" => Ok(json!({})),
                "host/secret" => self.secret(params.as_deref().map_or("{}", |p| p.get())).await,
                _ => Err(WireError::new(code::NO_METHOD, "watchfire has no such method")),
            };
            let line = match answer {
                Ok(result) => frame::answers(&id, &result),
                Err(error) => frame::fails(&id, &error),
            };
            let _ = timeout(WORD, self.write(&line)).await;
            self.desk().answered_ask();
        }
    }

    async fn secret(&self, params: &str) -> Result<Value, WireError> {
        #[derive(Deserialize)]
        struct Wanted {
            r#ref: String,
        }
        let wanted: Wanted =
            serde_json::from_str(params).map_err(|e| WireError::new(code::INVALID_PARAMS, e.to_string()))?;
        let secret = self.secrets.reveal(&wanted.r#ref).await?;
        Ok(json!({"value": secret.expose_secret()}))
    }
}
