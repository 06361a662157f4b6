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
    time::Duration,
};

use crossterm::event::Event;
use filedescriptor::{POLLIN, poll, pollfd};
use futures_util::{Stream, StreamExt, stream};
use signal_hook::{SigId, consts::SIGWINCH, low_level};
use tokio::sync::mpsc;

use super::{
    hear::{Ear, Heard, Told},
    questions::Questions,
    writer::Ready,
};
use crate::runtime::cockpit::OpenEvents;

/// An Esc that nothing follows for so long is a key; over a link, where sequences are torn, later.
const NEAR: Duration = Duration::from_millis(40);
const FAR: Duration = Duration::from_millis(120);

/// The events of the terminal; dropping it ends the thread before anything else reads.
#[derive(Debug)]
pub struct Reader {
    events: mpsc::UnboundedReceiver<io::Result<Event>>,
    stop: UnixStream,
    thread: Option<JoinHandle<()>>,
    resized: SigId,
}

/// What the thread waits for.
struct Ends {
    terminal: File,
    stop: UnixStream,
    resized: UnixStream,
    patience: Duration,
}

impl Reader {
    /// Begins to read; `answered` is called for each answer, with what it tells beyond that all is well.
    ///
    /// # Errors
    /// Where there is no terminal, or no thread can be had.
    pub fn open(answered: impl Fn(Option<Told>) + Send + 'static) -> io::Result<Self> {
        let (stop, stopped) = UnixStream::pair()?;
        let (resized, told) = UnixStream::pair()?;
        resized.set_nonblocking(true)?;
        told.set_nonblocking(true)?;
        let far = std::env::var_os("SSH_CONNECTION").is_some() || std::env::var_os("SSH_TTY").is_some();
        let ends = Ends { terminal: terminal()?, stop: stopped, resized, patience: if far { FAR } else { NEAR } };
        let resized = low_level::pipe::register(SIGWINCH, told)?;
        let (tell, events) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new().name("reader".into()).spawn(move || {
            if let Err(error) = read(ends, &tell, &answered) {
                // The loop may have gone first.
                let _ = tell.send(Err(error));
            }
        })?;
        Ok(Self { events, stop, thread: Some(thread), resized })
    }
}

/// The terminal's events, whenever they are asked for; what it answers goes to the writer of its frames, and what it tells to
/// whoever asked.
pub fn opened_by(writer: Ready, questions: Arc<Questions>) -> OpenEvents {
    Box::new(move || {
        let (writer, questions) = (writer.clone(), questions.clone());
        let answered = move |told| match told {
            None => writer.answered(),
            Some(told) => questions.hears(told),
        };
        match Reader::open(answered) {
            Ok(reader) => reader.boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    })
}

impl Stream for Reader {
    type Item = io::Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.events.poll_recv(context)
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

fn read(
    mut ends: Ends,
    tell: &mpsc::UnboundedSender<io::Result<Event>>,
    answered: &impl Fn(Option<Told>),
) -> io::Result<()> {
    let mut ear = Ear::default();
    let mut block = [0; 1024];
    let say = |heard: Vec<Heard>| {
        for heard in heard {
            match heard {
                Heard::Answer => answered(None),
                Heard::Told(told) => answered(Some(told)),
                Heard::Event(event) => drop(tell.send(Ok(event))),
            }
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
                Ok(n) => say(ear.take(&block[..n])),
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
