//! A thread that reads the terminal: keys go to the loop, answers to the writer, and a size that changed is told of.
//!
//! It reads only while somebody listens: an editor's keys are the editor's.

use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::net::UnixStream,
    },
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crossterm::event::Event;
use filedescriptor::{POLLIN, poll, pollfd};
use futures_util::{Stream, StreamExt, stream};
use signal_hook::{SigId, consts::SIGWINCH, low_level};
use tokio::sync::mpsc;

use super::{
    gate::Gate,
    hear::{Ear, Heard},
    questions::Questions,
    writer::Ready,
};
use crate::{config::request::Env, runtime::cockpit::OpenEvents};

/// An Esc that nothing follows for so long is a key; over a link, where sequences are torn, later.
const NEAR: Duration = Duration::from_millis(40);
const FAR: Duration = Duration::from_millis(120);

/// The events of the terminal; dropping it ends the thread before anything else reads.
#[derive(Debug)]
pub struct Reader {
    heard: mpsc::UnboundedReceiver<io::Result<Came>>,
    gate: Gate,
    stop: UnixStream,
    thread: Option<JoinHandle<()>>,
    resized: SigId,
}

/// What came, in its order.
enum Came {
    Event(Event),
    /// The terminal has answered this question.
    Answer(u64),
}

/// What the thread waits for.
struct Ends {
    terminal: File,
    stop: UnixStream,
    resized: UnixStream,
    patience: Duration,
}

/// Whom it concerns what the terminal says: the frames' writer that all is well, the gate which keys may confirm, and
/// whoever asked what else it is.
#[derive(Clone)]
pub struct Audience {
    pub writer: Ready,
    pub gate: Gate,
    pub questions: Arc<Questions>,
}

impl Audience {
    /// Whether an answer may be on its way, late and in pieces.
    fn expects(&self) -> bool {
        self.writer.was_asked() || self.questions.were_asked(Instant::now())
    }
}

impl Reader {
    /// Begins to read; what is heard goes to whom it is for.
    ///
    /// # Errors
    /// Where there is no terminal, or no thread can be had.
    pub fn open(audience: &Audience, escape_delay: Option<Duration>) -> io::Result<Self> {
        let (stop, stopped) = UnixStream::pair()?;
        let (resized, told) = UnixStream::pair()?;
        resized.set_nonblocking(true)?;
        told.set_nonblocking(true)?;
        let patience = escape_delay.unwrap_or_else(|| patience(&Env::from_process()));
        let ends = Ends { terminal: terminal()?, stop: stopped, resized, patience };
        let resized = low_level::pipe::register(SIGWINCH, told)?;
        let (tell, heard) = mpsc::unbounded_channel();
        let heard_by = audience.clone();
        let thread = std::thread::Builder::new().name("reader".into()).spawn(move || {
            if let Err(error) = read(ends, &tell, &heard_by) {
                // The loop may have gone first.
                let _ = tell.send(Err(error));
            }
        })?;
        Ok(Self { heard, gate: audience.gate.clone(), stop, thread: Some(thread), resized })
    }
}

/// How long an Esc waits for what may follow it, where nobody says.
fn patience(env: &Env) -> Duration {
    if env.is_over_ssh() { FAR } else { NEAR }
}

/// The terminal's events, whenever they are asked for; what it answers goes to whom it is for.
pub fn opened_by(audience: Audience, escape_delay: Option<Duration>) -> OpenEvents {
    Box::new(move || match Reader::open(&audience, escape_delay) {
        Ok(reader) => reader.boxed(),
        Err(error) => stream::iter([Err(error)]).boxed(),
    })
}

impl Stream for Reader {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let came = match self.heard.poll_recv(context) {
                Poll::Ready(Some(Ok(came))) => came,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            match came {
                Came::Answer(number) => self.gate.answered(number),
                Came::Event(event) if self.gate.refuses(&event, Instant::now()) => {}
                Came::Event(event) => return Poll::Ready(Some(Ok(event))),
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        low_level::unregister(self.resized);
        // A thread that has ended hears nothing, and needs not.
        let _ = self.stop.write_all(b"x");
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Standard input where that is the terminal, else the terminal of the session.
fn terminal() -> io::Result<File> {
    if io::stdin().is_terminal() {
        let copy: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
        return Ok(File::from(copy));
    }
    File::open("/dev/tty")
}

fn read(mut ends: Ends, tell: &mpsc::UnboundedSender<io::Result<Came>>, audience: &Audience) -> io::Result<()> {
    let mut ear = Ear::default();
    let mut block = [0; 1024];
    let say = |heard: Vec<Heard>| {
        for heard in heard {
            let came = match heard {
                // The writer is told at once, and the loop where it stands among the keys.
                Heard::Answer => audience.writer.answered().map(Came::Answer),
                Heard::Event(event) => Some(Came::Event(event)),
                Heard::Told(told) => {
                    audience.questions.hears(told);
                    None
                }
            };
            came.into_iter().for_each(|came| drop(tell.send(Ok(came))));
        }
    };
    loop {
        let waits = ear.hesitates().then_some(ends.patience);
        let [keys, stop, resized] = ready(&ends, waits)?;
        if stop {
            return Ok(());
        }
        if resized {
            while matches!(ends.resized.read(&mut block), Ok(1..)) {}
            let (width, height) = crossterm::terminal::size()?;
            say(vec![Heard::Event(Event::Resize(width, height))]);
        }
        if keys {
            match ends.terminal.read(&mut block) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    ear.expects(audience.expects());
                    say(ear.take(&block[..n]));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        } else if waits.is_some() && !resized {
            say(ear.nothing_follows());
        }
    }
}

/// Waits for keys, the end, or a new size; for so long at most.
fn ready(ends: &Ends, at_most: Option<Duration>) -> io::Result<[bool; 3]> {
    let wait = |fd| pollfd { fd, events: POLLIN, revents: 0 };
    let mut all = [wait(ends.terminal.as_raw_fd()), wait(ends.stop.as_raw_fd()), wait(ends.resized.as_raw_fd())];
    match poll(&mut all, at_most) {
        Ok(_) => Ok(all.map(|one| one.revents != 0)),
        Err(filedescriptor::Error::Poll(error) | filedescriptor::Error::Io(error))
            if error.kind() == io::ErrorKind::Interrupted =>
        {
            Ok([false; 3])
        }
        Err(error) => Err(io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_esc_waits_longer_for_what_may_follow_it_where_a_network_tears_sequences() {
        let here = patience(&Env::of(&[("TERM", "xterm")]));
        for over_ssh in ["SSH_CONNECTION", "SSH_TTY"] {
            assert!(patience(&Env::of(&[(over_ssh, "10.0.0.6 50022 10.0.0.7 22")])) >= here * 3, "{over_ssh}");
        }
        assert!((25..=50).contains(&here.as_millis()), "{here:?} on this machine");
    }
}
