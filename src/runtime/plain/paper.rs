//! Where lines go: appended one after the other, by a thread of its own, for a terminal that is stopped with Ctrl-S must not
//! stop the watch. Whatever is written is printable text, line ends and, where it is wanted, the bell.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError, mpsc},
    time::Duration,
};

/// What waits at the end may take this long to leave.
const LAST_LINES: Duration = Duration::from_millis(500);

/// The lines on their way.
pub struct Paper {
    to: To,
    lines: usize,
}

enum To {
    /// Through the thread; none once the last line was given to it.
    Away { lines: Option<mpsc::Sender<String>>, done: Mutex<mpsc::Receiver<()>> },
    /// At once.
    Here(Mutex<Box<dyn Write + Send>>),
}

impl Paper {
    /// # Errors
    /// Where no thread can be had.
    pub fn on(mut to: Box<dyn Write + Send>) -> io::Result<Self> {
        let (lines, waiting) = mpsc::channel::<String>();
        let (tell, done) = mpsc::channel();
        let write = move || {
            for text in waiting {
                // Nobody reads any more.
                if to.write_all(text.as_bytes()).and_then(|()| to.flush()).is_err() {
                    return;
                }
            }
            let _ = tell.send(());
        };
        std::thread::Builder::new().name("lines".into()).spawn(write)?;
        Ok(Self { to: To::Away { lines: Some(lines), done: Mutex::new(done) }, lines: 0 })
    }

    /// Written as it comes, to what never waits.
    pub fn here(to: Box<dyn Write + Send>) -> Self {
        Self { to: To::Here(Mutex::new(to)), lines: 0 }
    }

    /// How many lines and questions were written.
    pub fn count(&self) -> usize {
        self.lines
    }

    /// # Errors
    /// Where the terminal has gone.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.lines += 1;
        self.put(clean(text) + "\n")
    }

    /// A question: what is typed stands behind it.
    ///
    /// # Errors
    /// Where the terminal has gone.
    pub fn question(&mut self, text: &str) -> io::Result<()> {
        self.lines += 1;
        self.put(clean(text) + " ")
    }

    /// # Errors
    /// Where the terminal has gone.
    pub fn bell(&self) -> io::Result<()> {
        self.put("\x07".to_owned())
    }

    fn put(&self, text: String) -> io::Result<()> {
        match &self.to {
            To::Here(to) => to.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes()),
            To::Away { lines, .. } => {
                let sent = lines.as_ref().map(|lines| lines.send(text));
                if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
            }
        }
    }
}

impl Drop for Paper {
    fn drop(&mut self) {
        if let To::Away { lines, done } = &mut self.to {
            drop(lines.take());
            let done = done.get_mut().unwrap_or_else(PoisonError::into_inner);
            let _ = done.recv_timeout(LAST_LINES);
        }
    }
}

/// One line of text that a terminal prints and does not obey.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().replace('…', "...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_that_a_terminal_obeys_is_ever_written() {
        assert_eq!(clean("a\x1b[2J\tb\u{9b}31mc\nd…"), "a [2J b 31mc d...");
    }
}
