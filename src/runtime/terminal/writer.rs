//! A thread that writes frames: one `write` a frame, and never a second frame while the first is on its way.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, Mutex, PoisonError, mpsc},
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
    changed: Notify,
}

impl Shared {
    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.changed.notify_waiters();
        self.changed.notify_one();
    }
}

/// Collects a frame and hands it over whole. A terminal that does not read holds this thread, and nothing else.
#[derive(Debug)]
pub struct FrameWriter {
    frame: Vec<u8>,
    frames: mpsc::SyncSender<Vec<u8>>,
    shared: Arc<Shared>,
}

/// A watcher of the writer.
#[derive(Clone, Debug)]
pub struct Ready(Arc<Shared>);

/// Milliseconds that a frame may take to leave before the terminal is handed over all the same.
const PATIENCE: u32 = 100;

/// Begin and end of a synchronised update; terminals that do not know it ignore it.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

impl FrameWriter {
    /// Starts the thread on a copy of standard output.
    ///
    /// # Errors
    /// Where standard output cannot be copied or no thread can be had.
    pub fn start() -> io::Result<Self> {
        let out: OwnedFd = io::stdout().as_fd().try_clone_to_owned()?;
        let shared = Arc::new(Shared { state: Mutex::new(State::Idle), changed: Notify::new() });
        let (frames, queue) = mpsc::sync_channel::<Vec<u8>>(1);
        let seen = shared.clone();
        std::thread::Builder::new().name("writer".into()).spawn(move || write_all(File::from(out), &queue, &seen))?;
        Ok(Self { frame: Vec::with_capacity(16 * 1024), frames, shared })
    }

    pub fn ready(&self) -> Ready {
        Ready(self.shared.clone())
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
            match *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) {
                State::Idle => return Ok(()),
                State::Gone(kind) => return Err(kind.into()),
                State::Writing => {}
            }
            changed.await;
        }
    }
}

impl Ready {
    /// Gives a frame that is on its way a moment to arrive, so that it does not land on somebody else's screen.
    pub fn wait_a_little(&self) {
        for _ in 0..PATIENCE {
            if *self.0.state.lock().unwrap_or_else(PoisonError::into_inner) != State::Writing {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// The end of a frame: it leaves in one piece, wrapped in a synchronised update.
    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let mut whole = Vec::with_capacity(self.frame.len() + BEGIN.len() + END.len());
        whole.extend_from_slice(BEGIN);
        whole.append(&mut self.frame);
        whole.extend_from_slice(END);
        self.shared.set(State::Writing);
        self.frames.try_send(whole).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}
