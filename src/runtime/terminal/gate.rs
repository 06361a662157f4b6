//! Keeps keys from answering a question that the person has not seen: what was typed before a plan is on the screen does
//! not confirm it.
//!
//! A plan is on the screen once the terminal has answered the question that went with its frame: keys and answers come in
//! the order in which they were given, so what comes after that answer was typed at a terminal that showed the plan. Of a
//! terminal that does not answer, what was handed over is taken for shown. Only what a person types goes through here;
//! what is played from a file does not.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crossterm::event::Event;

use crate::{
    app::{desk::asking::Asking, msg::Msg},
    config::keymap::Key,
};

use super::{input, pace::Question};

/// Shared by who draws and who reads.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    state: State,
    /// The keys that answer it.
    yes: Vec<Key>,
    left_out: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// No frame shows the question.
    Unseen,
    /// One does that the terminal has not taken in.
    OnItsWay(Question),
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A question stands before the person that no frame shows yet, or none does.
    pub fn asks(&self, question: Option<Asking>) {
        let mut inner = self.lock();
        inner.state = if question.is_some() { State::Unseen } else { State::Open };
        inner.yes = question.map(|q| q.yes).unwrap_or_default();
    }

    /// Whether the next frame is the first that shows it.
    pub fn is_unseen(&self) -> bool {
        self.lock().state == State::Unseen
    }

    /// A frame was handed over, and with it this question to the terminal.
    pub fn drawn(&self, asked: Option<Question>) {
        let mut inner = self.lock();
        if inner.state == State::Unseen {
            inner.state = asked.map_or(State::Open, State::OnItsWay);
        }
    }

    /// The terminal has answered; told in the order in which keys and answers came.
    pub fn answered(&self, number: u64) {
        let mut inner = self.lock();
        if matches!(&inner.state, State::OnItsWay(asked) if asked.number <= number) {
            inner.state = State::Open;
        }
    }

    /// Whether what came would answer a question that was not seen: then it must be left out.
    pub fn refuses(&self, event: &Event, now: Instant) -> bool {
        let mut inner = self.lock();
        let shut = match &inner.state {
            State::Open => false,
            State::Unseen => true,
            State::OnItsWay(asked) => now < asked.until,
        };
        let refused = shut && answers(event, &inner.yes);
        inner.left_out |= refused;
        refused
    }

    /// Whether something was left out since this was asked last.
    pub fn typed_ahead(&self) -> bool {
        std::mem::take(&mut self.lock().left_out)
    }
}

fn answers(event: &Event, yes: &[Key]) -> bool {
    matches!(input::read(event.clone()), Some(Msg::Key(key)) if yes.contains(&key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "some moment to count from")]

    use std::time::Duration;

    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    fn key(code: KeyCode) -> Event {
        Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn shut() -> (Gate, Instant) {
        let gate = Gate::default();
        gate.lock().state = State::Unseen;
        gate.lock().yes = vec![Key::parse("enter").unwrap()];
        (gate, Instant::now())
    }

    #[test]
    fn no_key_answers_before_the_terminal_has_taken_the_frame_in() {
        let (gate, t) = shut();
        let enter = key(KeyCode::Enter);
        assert!(gate.refuses(&enter, t) && gate.typed_ahead() && !gate.typed_ahead());
        gate.drawn(Some(Question { number: 7, until: t + Duration::from_secs(3) }));
        gate.answered(6);
        assert!(gate.refuses(&enter, t), "an answer to what was asked before");
        gate.answered(7);
        assert!(!gate.refuses(&enter, t));
    }

    #[test]
    fn a_lost_answer_shuts_it_for_a_while_and_a_mute_terminal_not_at_all() {
        let (gate, t) = shut();
        gate.drawn(Some(Question { number: 1, until: t + Duration::from_secs(3) }));
        assert!(gate.refuses(&key(KeyCode::Enter), t));
        assert!(!gate.refuses(&key(KeyCode::Enter), t + Duration::from_secs(3)));
        let (gate, t) = shut();
        gate.drawn(None);
        assert!(!gate.refuses(&key(KeyCode::Enter), t));
    }

    #[test]
    fn what_answers_nothing_goes_through() {
        let (gate, t) = shut();
        for code in [KeyCode::Esc, KeyCode::Char('x'), KeyCode::Char('y'), KeyCode::Tab] {
            assert!(!gate.refuses(&key(code), t), "{code:?}");
        }
        gate.lock().yes.push(Key::char('y'));
        assert!(gate.refuses(&key(KeyCode::Char('y')), t), "where it is bound to a yes");
        assert!(!gate.refuses(&Event::Paste("\r".into()), t));
        gate.asks(None);
        assert!(!gate.refuses(&key(KeyCode::Enter), t), "no question, no gate");
    }
}
