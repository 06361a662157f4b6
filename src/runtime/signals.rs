//! Signals: after CONT the terminal is taken anew, as whoever had it meanwhile did with it what they liked; TERM, INT, QUIT and HUP end the cockpit within a second, whatever the screen and the loop are doing.
//!
//! A thread of its own waits for them: where a task holds the worker that drives tokio, nobody would hear of a signal.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};

use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::{Handle, Signals},
};
use tokio::sync::Notify;

use super::terminal::screen;

/// Time for an orderly end; after it the process ends all the same.
const GRACE: Duration = Duration::from_millis(800);

static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// The signal that asked the process to end; 0 = none did.
pub fn received() -> i32 {
    RECEIVED.load(Ordering::SeqCst)
}

/// A key that another program was sent may be heard of this long after it has ended.
const LATE: Duration = Duration::from_millis(300);

/// Whose the keys are: another program's, or ours again since then.
enum Keys {
    Ours(Option<Instant>),
    Anothers,
}

static KEYS: Mutex<Keys> = Mutex::new(Keys::Ours(None));

/// Says whether the keys that send signals are meant for another program in the same terminal.
pub fn keys_are_for_another(away: bool) {
    let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
    match (away, &*keys) {
        (true, _) => *keys = Keys::Anothers,
        (false, Keys::Anothers) => *keys = Keys::Ours(Some(Instant::now())),
        (false, Keys::Ours(_)) => {}
    }
}

/// Whether a signal is a key that was meant for another program: the terminal sends it to everybody.
fn is_for_another(number: i32) -> bool {
    let anothers = match *KEYS.lock().unwrap_or_else(PoisonError::into_inner) {
        Keys::Anothers => true,
        Keys::Ours(since) => since.is_some_and(|since| since.elapsed() < LATE),
    };
    anothers && matches!(number, SIGINT | SIGQUIT)
}

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Watch(Handle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Listens for a signal that ends the process: `asked` is told, and from then on it lives no longer than the grace. Where it
/// goes on after a stop `goes_on` is told.
///
/// # Errors
/// Where the process may not listen for signals, or can have no thread.
pub fn watch(asked: Arc<Notify>, goes_on: Arc<Notify>) -> std::io::Result<Watch> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGCONT])?;
    let handle = signals.handle();
    let listen = move || {
        let ends = |number: &i32| {
            if *number == SIGCONT {
                goes_on.notify_one();
            }
            *number != SIGCONT && !is_for_another(*number)
        };
        if let Some(number) = signals.forever().find(ends) {
            RECEIVED.store(number, Ordering::SeqCst);
            deadline(128 + number);
            asked.notify_one();
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(listen)?;
    Ok(Watch(handle))
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
