//! Signals: TERM, INT, QUIT and HUP end the cockpit within a second, whatever the screen is doing.

use std::{
    sync::atomic::{AtomicI32, Ordering},
    time::Duration,
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
};

use super::terminal::screen;

/// Time for an orderly end; after it the process ends all the same.
const GRACE: Duration = Duration::from_millis(800);

static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// The signal that asked the process to end; 0 = none did.
pub fn received() -> i32 {
    RECEIVED.load(Ordering::SeqCst)
}

/// Waits for a signal that ends the process, and from then on for no longer than the grace.
///
/// # Errors
/// Where the process may not listen for signals.
pub async fn watch(asked: &Notify) -> std::io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    let mut hup = signal(SignalKind::hangup())?;
    let number = tokio::select! {
        _ = term.recv() => 15,
        _ = int.recv() => 2,
        _ = quit.recv() => 3,
        _ = hup.recv() => 1,
    };
    RECEIVED.store(number, Ordering::SeqCst);
    deadline(128 + number);
    asked.notify_one();
    Ok(())
}

/// A thread that no stuck loop and no stuck terminal can hold: gives the terminal back and ends the process.
pub fn deadline(code: i32) {
    let wait = move || {
        std::thread::sleep(GRACE);
        screen::give_back_in_haste();
        signal_hook::low_level::exit(code)
    };
    // Where no thread can be had, the orderly end is the only one.
    let _ = std::thread::Builder::new().name("deadline".into()).spawn(wait);
}
