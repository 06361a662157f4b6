//! The real terminal: taken with a guard, given back on every way out that a process can control.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange, MouseEvent},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::{
        App,
        desk::{asking::Asking, touch::Touch},
    },
    ui::{self, look::Look},
};

use super::{
    Screen, clipboard,
    encode::{Encoder, dialect::Dialect},
    gate::Gate,
    hear::Told,
    host::Manners,
    mouse::Mouse,
    notice,
    questions::{self, Questions},
    reader::Audience,
    writer::Frames,
};

/// Whether the terminal is ours now.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether it tells of the mouse now.
static POINTED: AtomicBool = AtomicBool::new(false);

/// Buttons, drags and the wheel, in numbers that know every column.
const MOUSE_ON: &[u8] = b"\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l";
/// Whether it was asked what it is.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Whether its title is ours while the terminal is.
static TITLED: AtomicBool = AtomicBool::new(false);

/// XTWINOPS: the terminal keeps its title, and takes it back.
const PUSH_TITLE: &[u8] = b"\x1b[22;2t";
const POP_TITLE: &[u8] = b"\x1b[23;2t";

/// A frame on its way may take this long to leave before the terminal is given back all the same.
const SETTLE: Duration = Duration::from_millis(200);
/// A process that is about to end waits this long for the terminal to take what gives it back.
const HASTE: Duration = Duration::from_millis(100);

/// The terminal, taken: dropping it gives it back.
pub struct Tty {
    encoder: Encoder,
    frame: Buffer,
    frames: Frames,
    gate: Gate,
    mouse: Mouse,
    questions: Arc<Questions>,
    /// It is asked what it is, with the next frame.
    asks: bool,
    /// A terminal of this name may be asked.
    may_ask: bool,
    /// What leaves with the next frame: the bell, a notification, a text for the clipboard.
    beside: Vec<u8>,
    manners: Manners,
    title: String,
}

impl Tty {
    /// Takes the terminal.
    ///
    /// # Errors
    /// Where standard output is no terminal.
    pub fn take(manners: Manners) -> io::Result<Self> {
        let frames = Frames::start(manners.synchronized)?;
        TITLED.store(manners.title, Ordering::SeqCst);
        enter()?;
        let term = std::env::var("TERM").unwrap_or_default();
        let (dialect, may_ask) = (Dialect::of(&term), questions::may_ask(&term));
        let frame = Buffer::empty(Rect::ZERO);
        Ok(Self {
            encoder: Encoder::new(dialect),
            frame,
            frames,
            gate: Gate::default(),
            mouse: Mouse::default(),
            questions: Arc::default(),
            asks: may_ask,
            may_ask,
            beside: Vec::new(),
            manners,
            title: String::new(),
        })
    }

    /// Waits a little for what is on its way.
    fn settle(&mut self) {
        self.frames.settle(SETTLE);
        self.questions.settle(SETTLE, Instant::now());
    }

    /// Lets the terminal tell of the mouse, or not, from the next frame on.
    fn point(&mut self, on: bool) {
        if POINTED.swap(on, Ordering::SeqCst) != on {
            self.beside.extend(if on { MOUSE_ON } else { MOUSE_OFF });
        }
    }

    /// Whom it concerns what the terminal says.
    pub fn audience(&self) -> Audience {
        Audience { writer: self.frames.ready(), gate: self.gate.clone(), questions: self.questions.clone() }
    }
}

impl Screen for Tty {
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()> {
        let Some((width, height)) = self.size().filter(|(width, height)| *width > 0 && *height > 0) else {
            return Ok(());
        };
        self.frame.resize(Rect::new(0, 0, width, height));
        self.frame.reset();
        let seen = ui::seen(app, look, &mut self.frame);
        self.mouse.see(seen.hits);
        self.point(app.desk.mouse);
        let links = if self.manners.links { seen.links } else { Vec::new() };
        self.entitle(app);
        let caret = seen.caret.at.or(seen.chosen.filter(|_| look.row_cursor));
        let mut bytes = std::mem::take(&mut self.beside);
        bytes.append(&mut self.encoder.frame_on(&self.frame, &links, (caret, seen.chosen)));
        let asks = std::mem::take(&mut self.asks);
        if asks {
            ASKED.store(true, Ordering::SeqCst);
            self.questions.asked(Instant::now());
        }
        let after = if asks { questions::ASK } else { b"" };
        let asked = self.frames.send(&bytes, after, self.gate.is_unseen())?;
        self.gate.drawn(asked);
        Ok(())
    }

    fn asks(&mut self, question: Option<Asking>) {
        self.gate.asks(question);
    }

    fn typed_ahead(&mut self) -> bool {
        self.gate.typed_ahead()
    }

    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send {
        let ready = self.frames.ready();
        async move { ready.wait().await }
    }

    fn told(&self) -> impl Future<Output = Told> + Send {
        let questions = self.questions.clone();
        async move { questions.told().await }
    }

    fn bell(&mut self) {
        if self.manners.bell {
            self.beside.push(0x07);
        }
    }

    fn copy(&mut self, text: &str) -> bool {
        let sequence = clipboard::sequence(self.manners.mux, text);
        self.beside.extend(sequence.iter().flatten());
        sequence.is_some()
    }

    fn notify(&mut self, title: &str, body: &str) {
        self.beside.extend(notice::sequence(&self.manners, title, body));
    }

    fn link(&self) -> Option<Duration> {
        self.frames.link()
    }

    fn touch(&mut self, event: MouseEvent, _app: &App) -> Option<Touch> {
        // What was on its way when the mouse was turned off is no press.
        POINTED.load(Ordering::SeqCst).then(|| self.mouse.read(event)).flatten()
    }

    fn suspend(&mut self) {
        self.beside.clear();
        self.settle();
        leave();
    }

    fn resume(&mut self) -> io::Result<()> {
        enter()?;
        self.title.clear();
        self.encoder.forget();
        // It may be another one, as where a session of tmux was taken to another machine.
        self.asks = self.may_ask;
        Ok(())
    }

    fn forget(&mut self) {
        self.encoder.forget();
    }

    fn stop(&mut self) {
        if signal_hook::low_level::raise(signal_hook::consts::SIGTSTP).is_err() {
            tracing::warn!("the process could not be stopped");
        }
    }

    fn size(&self) -> Option<(u16, u16)> {
        crossterm::terminal::size().ok()
    }

    fn is_there(&self) -> bool {
        io::stdout().is_terminal()
    }
}

impl Tty {
    /// On change only: some terminals draw their frame anew for each.
    fn entitle(&mut self, app: &App) {
        if !self.manners.title {
            return;
        }
        let title = ui::title::of(app);
        if title != self.title {
            self.beside.extend_from_slice(format!("\x1b]2;{title}\x07").as_bytes());
            self.title = title;
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.settle();
        leave();
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    if TITLED.load(Ordering::SeqCst) {
        io::stdout().write_all(PUSH_TITLE).inspect_err(|_| leave())?;
    }
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableBracketedPaste, EnableFocusChange).inspect_err(|_| leave())
}

/// Gives the terminal back once. A terminal that has gone takes nothing, and that is no error.
///
/// The line discipline first: that never blocks, while a terminal that does not read takes no byte.
fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = disable_raw_mode();
        if POINTED.swap(false, Ordering::SeqCst) {
            let _ = io::stdout().write_all(MOUSE_OFF);
        }
        if ASKED.swap(false, Ordering::SeqCst) {
            let _ = io::stdout().write_all(questions::UNASK);
        }
        let _ = io::stdout().write_all(b"\x1b[?2026l\x1b[r\x1b[0m");
        if TITLED.load(Ordering::SeqCst) {
            let _ = io::stdout().write_all(POP_TITLE);
        }
        let _ = execute!(io::stdout(), DisableFocusChange, DisableBracketedPaste, Show, LeaveAlternateScreen);
    }
}

/// For a process that is about to end whatever happens: returns even where the terminal does not read.
pub fn give_back_in_haste() {
    let (done, wait) = mpsc::channel();
    let given = std::thread::Builder::new().name("give back".into()).spawn(move || {
        leave();
        done.send(())
    });
    if given.is_ok() {
        let _ = wait.recv_timeout(HASTE);
    }
}
