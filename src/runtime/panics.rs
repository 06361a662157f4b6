//! Panics are recorded, never drawn: the hook must not touch the terminal, for it runs for any task.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, PanicHookInfo},
    sync::{Mutex, OnceLock, PoisonError},
};

use futures_util::FutureExt;
use tokio::sync::Notify;

use crate::domain::{
    source::SourceError,
    text::{SafeText, sanitise},
};

static RECORDED: Mutex<Option<String>> = Mutex::new(None);
static FATAL: OnceLock<Notify> = OnceLock::new();

tokio::task_local! {
    /// Set while a task runs whose panic its supervisor turns into an error.
    static SUPERVISED: ();
}

/// Installs the hook; call it before anything can panic.
pub fn install() {
    std::panic::set_hook(Box::new(record));
}

fn record(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
    let text = info.payload_as_str().unwrap_or("a panic without words");
    let line = format!("{} at {place}", sanitise(text));
    tracing::error!(target: "panic", "{line}");
    if SUPERVISED.try_with(|()| ()).is_err() {
        RECORDED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(line);
        fatal().notify_one();
    }
}

fn fatal() -> &'static Notify {
    FATAL.get_or_init(Notify::new)
}

/// Returns once a panic that nobody supervises was recorded.
pub async fn recorded() {
    fatal().notified().await;
}

/// What was recorded, once.
pub fn take() -> Option<String> {
    RECORDED.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Runs a future whose panic is an error and not the end.
///
/// # Errors
/// The words of the panic.
pub async fn supervised<F: Future>(future: F) -> Result<F::Output, String> {
    let caught = AssertUnwindSafe(SUPERVISED.scope((), future)).catch_unwind().await;
    caught.map_err(|payload| {
        let words = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
        words.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".into())
    })
}

/// Asks a source; a defect while asking is an error of that source like any other.
///
/// # Errors
/// Its own, or `Crashed` with the words of the panic.
pub async fn asked<T>(question: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
    supervised(question).await.unwrap_or_else(|words| Err(SourceError::Crashed { why: SafeText::new(&words) }))
}
