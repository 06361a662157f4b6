//! A thread that writes frames: one `write` a frame, and never a second frame while the first is on its way.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};

use tokio::sync::Notify;

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
    /// For the loop, which awaits.
    changed: Notify,
    /// For whoever gives the terminal back, and may not.
    settled: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
    frame: Collected,
    frames: mpsc::SyncSender<Vec<u8>>,
    shared: Arc<Shared>,
}

/// What the stock backend writes to: collects the frame that [`Frames::send`] sends.
#[derive(Clone, Debug, Default)]
pub struct Collected(Arc<Mutex<Vec<u8>>>);

/// A watcher of the writer.
#[derive(Clone, Debug)]
pub struct Ready(Arc<Shared>);

/// Begin and end of a synchronised update; terminals that do not know it ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

impl Frames {
    /// Starts the thread on a copy of standard output.
    ///
    /// # Errors
    /// Where standard output cannot be copied or no thread can be had.
    pub fn start() -> io::Result<Self> {
        let out: OwnedFd = io::stdout().as_fd().try_clone_to_owned()?;
        let shared =
            Arc::new(Shared { state: Mutex::new(State::Idle), changed: Notify::new(), settled: Condvar::new() });
        let (frames, queue) = mpsc::sync_channel::<Vec<u8>>(1);
        let seen = shared.clone();
        std::thread::Builder::new().name("writer".into()).spawn(move || write_all(File::from(out), &queue, &seen))?;
        Ok(Self { frame: Collected::default(), frames, shared })
    }

    /// Where the next frame is written.
    pub fn frame(&self) -> Collected {
        self.frame.clone()
    }

    pub fn ready(&self) -> Ready {
        Ready(self.shared.clone())
    }

    /// Sends what was collected: one frame in one piece, wrapped in a synchronised update. Call it only when ready.
    ///
    /// # Errors
    /// Where the terminal has gone, or the last frame has not left.
    pub fn send(&mut self) -> io::Result<()> {
        let frame = std::mem::take(&mut *self.frame.lock());
        if frame.is_empty() {
            return Ok(());
        }
        let whole = [BEGIN, &frame, END].concat();
        self.shared.set(State::Writing);
        self.frames.try_send(whole).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    /// Forgets what was collected, and waits a little for what is on its way: nothing may follow what gives the terminal back.
    pub fn settle(&mut self, at_most: Duration) {
        self.frame.lock().clear();
        // A terminal that does not read is left with half a frame.
        let _ = self.shared.settled.wait_timeout_while(self.shared.lock(), at_most, |s| *s == State::Writing);
    }
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
    /// Returns once the last frame has left.
    ///
    /// # Errors
    /// Where the terminal has gone.
    pub async fn wait(&self) -> io::Result<()> {
        loop {
            let changed = self.0.changed.notified();
            match *self.0.lock() {
                State::Idle => return Ok(()),
                State::Gone(kind) => return Err(kind.into()),
                State::Writing => {}
            }
            changed.await;
        }
    }
}

impl Collected {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Nothing: the stock backend flushes after each of its commands, and a frame leaves in one piece.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
