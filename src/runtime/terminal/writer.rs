//! A thread that writes frames: one `write` a frame, never a second one while the first is on its way, and no faster than
//! the terminal takes them in.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::pace::{ASK, Pace, Question};

/// Where a frame is on its way.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Idle,
    Writing,
    Gone(io::ErrorKind),
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    pace: Mutex<Pace>,
    /// For the loop, which awaits.
    changed: Notify,
    /// For whoever gives the terminal back, and may not.
    settled: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.lock() = state;
        self.settled.notify_all();
        self.changed.notify_waiters();
        self.changed.notify_one();
    }
}

/// Hands frames over whole. A terminal that does not read holds the thread, and nothing else.
#[derive(Debug)]
pub struct Frames {
    frames: mpsc::SyncSender<Vec<u8>>,
    shared: Arc<Shared>,
    /// What stands around a frame; nothing where it is not to be wrapped.
    begin: &'static [u8],
    end: &'static [u8],
}

/// A watcher of the writer.
#[derive(Clone, Debug)]
pub struct Ready(Arc<Shared>);

/// Begin and end of a synchronised update; terminals that do not know it ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// No answer holds up the end for longer.
const LATEST: Duration = Duration::from_millis(400);

impl Frames {
    /// Starts the thread on a copy of standard output.
    ///
    /// # Errors
    /// Where standard output cannot be copied or no thread can be had.
    pub fn start(synchronized: bool) -> io::Result<Self> {
        let out: OwnedFd = io::stdout().as_fd().try_clone_to_owned()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State::Idle),
            pace: Mutex::new(if is_far_multiplexer() { Pace::through_far_multiplexer() } else { Pace::default() }),
            changed: Notify::new(),
            settled: Condvar::new(),
        });
        let (frames, queue) = mpsc::sync_channel::<Vec<u8>>(1);
        let seen = shared.clone();
        std::thread::Builder::new().name("writer".into()).spawn(move || write_all(File::from(out), &queue, &seen))?;
        let (begin, end): (&[u8], &[u8]) = if synchronized { (BEGIN, END) } else { (b"", b"") };
        Ok(Self { frames, shared, begin, end })
    }

    pub fn ready(&self) -> Ready {
        Ready(self.shared.clone())
    }

    /// Sends one frame in one piece, wrapped in a synchronised update, and what follows it. Call it only when ready. Answers with what the terminal
    /// is asked after it; `must` asks whatever its size.
    ///
    /// # Errors
    /// Where the terminal has gone, or the last frame has not left.
    pub fn send(&mut self, frame: &[u8], after: &[u8], must: bool) -> io::Result<Option<Question>> {
        if frame.is_empty() {
            return Ok(None);
        }
        let question = self.shared.pace().sends(frame.len(), must, Instant::now());
        let whole = [self.begin, frame, self.end, after, if question.is_some() { ASK } else { b"" }].concat();
        self.shared.set(State::Writing);
        self.frames.try_send(whole).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(question)
    }

    /// Waits a little for what is on its way, there and back: nothing may follow what gives the terminal back, and an answer
    /// that comes after that is typed into a shell.
    pub fn settle(&mut self, at_most: Duration) {
        let at_most = at_most.max(self.link().map_or(Duration::ZERO, |link| (link * 3).min(LATEST)));
        let on_its_way = |state: &mut State| match *state {
            State::Writing => true,
            State::Idle => self.shared.pace().is_asked(),
            State::Gone(_) => false,
        };
        // A terminal that does not read is left with half a frame.
        let _ = self.shared.settled.wait_timeout_while(self.shared.lock(), at_most, on_its_way);
        self.shared.pace().forget();
    }

    /// How long the terminal takes to answer, where that was measured lately.
    pub fn link(&self) -> Option<Duration> {
        self.shared.pace().link(Instant::now())
    }
}

/// Whether tmux or screen lies between, on a machine that somebody reached over the network.
fn is_far_multiplexer() -> bool {
    let env = crate::config::request::Env::from_process();
    (env.get("TMUX").is_some() || env.get("STY").is_some()) && env.is_over_ssh()
}

fn write_all(mut out: File, queue: &mpsc::Receiver<Vec<u8>>, shared: &Shared) {
    while let Ok(frame) = queue.recv() {
        match out.write_all(&frame) {
            Ok(()) => shared.set(State::Idle),
            Err(error) => return shared.set(State::Gone(error.kind())),
        }
    }
}

impl Ready {
    /// Returns once the last frame has left, and the terminal has taken in those before it.
    ///
    /// # Errors
    /// Where the terminal has gone.
    pub async fn wait(&self) -> io::Result<()> {
        loop {
            let changed = self.0.changed.notified();
            let until = match *self.0.lock() {
                State::Idle => match self.0.pace().allows(Instant::now()) {
                    Ok(()) => return Ok(()),
                    Err(until) => Some(until),
                },
                State::Gone(kind) => return Err(kind.into()),
                State::Writing => None,
            };
            match until {
                Some(until) => drop(tokio::time::timeout_at(until.into(), changed).await),
                None => changed.await,
            }
        }
    }

    /// Whether the terminal was asked lately: what looks like an answer is one.
    pub fn was_asked(&self) -> bool {
        self.0.pace().was_asked(Instant::now())
    }

    /// The terminal has answered: which question.
    pub fn answered(&self) -> Option<u64> {
        let number = self.0.pace().answered(Instant::now());
        // Whoever settles looks at the state, and must not miss this between a look and a wait.
        drop(self.0.lock());
        self.0.settled.notify_all();
        self.0.changed.notify_waiters();
        self.0.changed.notify_one();
        number
    }
}
