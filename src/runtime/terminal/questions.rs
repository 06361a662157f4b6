//! What the terminal is asked at the beginning: what lies behind its text, who it is, and to say when its colours change.
//!
//! Asked after the first frame, and never waited for: what it answers, it answers whenever that may be. Last comes a question
//! that every terminal answers: what has not been answered by then never is. Before the terminal is given back that answer is
//! awaited a little, so that no shell is typed to.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::hear::Told;
use crate::config::glyphs;

/// OSC 11, XTVERSION, mode 2031 on, DA1.
pub const ASK: &[u8] = b"\x1b]11;?\x1b\\\x1b[>q\x1b[?2031h\x1b[c";
/// Mode 2031 off.
pub const UNASK: &[u8] = b"\x1b[?2031l";

/// A terminal that has not answered within this does not, or not soon.
const MUTE: Duration = Duration::from_secs(2);

/// Whether a terminal of this name is asked anything: those of old draw a question, or know none.
pub fn may_ask(term: &str) -> bool {
    !term.is_empty() && !glyphs::is_of_old(term)
}

/// An answer may be as late as this on a bad link.
const LATE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct State {
    /// Since when the last question stands open.
    open: Option<Instant>,
    /// When they were asked last.
    last: Option<Instant>,
    told: VecDeque<Told>,
}

/// Questions, and what was told.
#[derive(Debug, Default)]
pub struct Questions {
    state: Mutex<State>,
    /// For the loop, which awaits.
    heard: Notify,
    /// For whoever gives the terminal back, and may not.
    settled: Condvar,
}

impl Questions {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// They leave now.
    pub fn asked(&self, now: Instant) {
        let mut state = self.lock();
        (state.open, state.last) = (Some(now), Some(now));
    }

    /// Whether they were asked so lately that an answer, or half of one, may still come.
    pub fn were_asked(&self, now: Instant) -> bool {
        self.lock().last.is_some_and(|last| now.saturating_duration_since(last) < LATE)
    }

    /// The terminal has told something.
    pub fn hears(&self, told: Told) {
        let mut state = self.lock();
        match told {
            Told::Fence => state.open = None,
            told => state.told.push_back(told),
        }
        drop(state);
        self.settled.notify_all();
        self.heard.notify_one();
    }

    /// The next thing that the terminal tells.
    pub async fn told(&self) -> Told {
        loop {
            if let Some(told) = self.lock().told.pop_front() {
                return told;
            }
            self.heard.notified().await;
        }
    }

    /// Waits for the last answer, so long at most; not at all where it is overdue.
    pub fn settle(&self, at_most: Duration, now: Instant) {
        let fresh = |at: Instant| now.saturating_duration_since(at) < MUTE;
        let waits = |state: &mut State| state.open.is_some_and(fresh);
        let mut state =
            self.settled.wait_timeout_while(self.lock(), at_most, waits).map_or_else(|e| e.into_inner().0, |(s, _)| s);
        state.open = None;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "some moment to count from")]

    use super::*;

    #[test]
    fn a_console_and_what_is_no_terminal_are_asked_nothing() {
        for term in ["", "dumb", "linux", "linux-16color", "vt100", "vt220-8bit"] {
            assert!(!may_ask(term), "{term}");
        }
        for term in ["xterm-256color", "tmux-256color", "foot", "screen.xterm-256color"] {
            assert!(may_ask(term), "{term}");
        }
    }

    #[tokio::test]
    async fn what_is_told_is_handed_on_in_its_order_and_the_fence_closes() {
        let (questions, now) = (Questions::default(), Instant::now());
        questions.asked(now);
        questions.hears(Told::Name("foot(1.16)".into()));
        questions.hears(Told::Fence);
        questions.hears(Told::Name("late".into()));
        assert_eq!(questions.told().await, Told::Name("foot(1.16)".into()));
        assert_eq!(questions.told().await, Told::Name("late".into()));
        // Were it still open, this would wait for an hour.
        questions.settle(Duration::from_secs(3_600), now);
    }

    #[test]
    fn an_answer_that_is_overdue_is_not_waited_for() {
        let (questions, now) = (Questions::default(), Instant::now());
        questions.asked(now);
        questions.settle(Duration::from_secs(3_600), now + MUTE);
        assert!(questions.lock().open.is_none());
    }
}
