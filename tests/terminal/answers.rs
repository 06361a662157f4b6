//! What a terminal says to a question, between what is typed.

use std::{
    io::Write,
    sync::{Arc, Mutex, Weak},
};

pub type Keys = Arc<Mutex<Box<dyn Write + Send>>>;

/// Who answers holds no end of the terminal: whether it is still open is the test's to say.
pub struct Answers {
    keys: Weak<Mutex<Box<dyn Write + Send>>>,
    answer: &'static [u8],
    tells: &'static [u8],
}

impl Answers {
    pub fn new(keys: &Keys, answer: &'static [u8], tells: &'static [u8]) -> Self {
        Self { keys: Arc::downgrade(keys), answer, tells }
    }

    /// Answers so many questions, and so many of what it is, each answer in pieces, as a link may tear it.
    pub fn give(&self, questions: usize, what: usize) {
        let Some(keys) = self.keys.upgrade() else { return };
        let mut keys = keys.lock().unwrap();
        let answers = std::iter::repeat_n(self.tells, what).chain(std::iter::repeat_n(self.answer, questions));
        for answer in answers {
            for piece in answer.chunks(2) {
                // A terminal whose user has gone is told nothing.
                let _ = keys.write_all(piece).and_then(|()| keys.flush());
            }
        }
    }
}
