//! A terminal of a given size with the program in it: what it shows, what was written to it, how it was left.
//!
//! Nothing sleeps: a test waits for something to be seen, with a deadline far beyond what it takes.

#![allow(clippy::disallowed_methods, reason = "a real terminal lives in the machine's time")]

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

use super::{
    answers::{Answers, Keys},
    keys,
    tokens::{self, Modes, Token},
};

/// For what must happen: far more than it takes, as the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// For what the program promises within a second.
pub const SOON: Duration = Duration::from_secs(3);
/// Between two looks at what nobody tells of.
const LOOK: Duration = Duration::from_millis(20);

/// What is started, and in what.
pub struct Start {
    command: Vec<String>,
    size: (u16, u16),
    answer: &'static [u8],
    tells: &'static [u8],
    env: Vec<(String, String)>,
    home: Option<PathBuf>,
}

impl Start {
    /// `watchfire` with these arguments, at 80x24, in a home of its own.
    pub fn watchfire(arguments: &[&str]) -> Self {
        let program = env!("CARGO_BIN_EXE_watchfire");
        let command = std::iter::once(program).chain(arguments.iter().copied()).map(str::to_owned).collect();
        Self { command, size: (80, 24), answer: b"\x1b[0n", tells: b"\x1b[?62;22c", env: Vec::new(), home: None }
    }

    pub fn demo(scenario: &str) -> Self {
        Self::watchfire(&["demo", "--scenario", scenario])
    }

    /// The same through a shell: `"$@"` is the program with its arguments.
    pub fn through(mut self, shell: &[&str]) -> Self {
        self.command = shell.iter().copied().map(str::to_owned).chain(self.command).collect();
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// This command in place of the program, with the same environment.
    pub fn command(mut self, words: &[&str]) -> Self {
        self.command = words.iter().copied().map(str::to_owned).collect();
        self
    }

    /// A terminal that is asked how it is, and never answers.
    pub fn mute(mut self) -> Self {
        self.answer = b"";
        self.tells = b"";
        self
    }

    /// A terminal that tells this of itself when it is asked what it is.
    pub fn tells(mut self, what: &'static [u8]) -> Self {
        self.tells = what;
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.env.push((name.to_owned(), value.as_ref().display().to_string()));
        self
    }

    /// In a home that outlives the terminal.
    pub fn home(mut self, home: &Path) -> Self {
        self.home = Some(home.to_owned());
        self
    }

    pub fn open(self) -> Terminal {
        let own = self.home.is_none().then(|| tempfile::tempdir().unwrap());
        let home = self.home.clone().or_else(|| own.as_ref().map(|d| d.path().to_owned())).unwrap();
        let pty = native_pty_system().openpty(cells(self.size)).unwrap();
        let mut child = pty.slave.spawn_command(self.spawned(&home)).unwrap();
        drop(pty.slave);
        let seen = Seen {
            screen: screen(self.size),
            text: String::new(),
            bytes: Vec::new(),
            asked: 0,
            asked_what: 0,
            reading: Reading::On,
            ended: None,
        };
        let shared = Arc::new(Shared { seen: Mutex::new(seen), changed: Condvar::new() });
        let pid = child.process_id().unwrap();
        let keys: Keys = Arc::new(Mutex::new(pty.master.take_writer().unwrap()));
        let (reader, reads) = (pty.master.try_clone_reader().unwrap(), shared.clone());
        // The program's end is told by the terminal's last hand-out being gone: who answers must not hold one.
        let answers = Answers::new(&keys, self.answer, self.tells);
        std::thread::spawn(move || read(reader, &reads, &answers));
        let waits = shared.clone();
        std::thread::spawn(move || {
            let ended = child.wait().unwrap();
            waits.change(|seen| seen.ended = Some(ended));
        });
        Terminal { shared, master: Some(pty.master), keys: Some(keys), pid, shared_with_others: false, _home: own }
    }

    /// The environment is ours alone: no SSH, no tmux, no configuration of whoever runs the tests.
    fn spawned(&self, home: &Path) -> CommandBuilder {
        let mut command = CommandBuilder::from_argv(self.command.iter().map(Into::into).collect());
        command.env_clear();
        command.cwd(home);
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("USER", "ana"), ("LOGNAME", "ana")] {
            command.env(name, value);
        }
        command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()));
        for name in ["HOME", "TMPDIR", "WATCHFIRE_DATA_DIR"] {
            command.env(name, home);
        }
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command
    }
}

fn cells((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// vt100 has no place for a wide character in one column.
fn screen((columns, rows): (u16, u16)) -> vt100::Parser {
    vt100::Parser::new(rows.max(2), columns.max(2), 0)
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

struct Seen {
    screen: vt100::Parser,
    /// The screen after the last whole frame, a line a row.
    text: String,
    bytes: Vec<u8>,
    /// Questions that were not answered.
    asked: usize,
    /// The same for what it is.
    asked_what: usize,
    reading: Reading,
    ended: Option<ExitStatus>,
}

/// What the reader does, or is asked to do after the next byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    On,
    Pause,
    Paused,
    Stop,
    Stopped,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn change(&self, with: impl FnOnce(&mut Seen)) {
        with(&mut self.lock());
        self.changed.notify_all();
    }
}

impl Seen {
    fn take(&mut self, bytes: &[u8]) {
        let torn = self.bytes.len().saturating_sub(3);
        let torn_fence = self.bytes.len().saturating_sub(tokens::FENCE.len() - 1);
        self.bytes.extend_from_slice(bytes);
        self.asked += tokens::questions(&self.bytes[torn..]);
        self.asked_what += tokens::fences(&self.bytes[torn_fence..]);
        self.screen.process(bytes);
        // A frame is only there when it is there whole.
        if !tokens::is_inside_frame(&self.bytes) {
            self.text = self.read_screen();
        }
    }

    fn read_screen(&self) -> String {
        let columns = self.screen.screen().size().1;
        self.screen.screen().rows(0, columns).map(|row| row.trim_end().to_owned() + "\n").collect()
    }
}

fn read(mut from: Box<dyn Read + Send>, shared: &Shared, answers: &Answers) {
    let mut block = [0; 4096];
    loop {
        // A terminal whose last user has gone answers with an error.
        let n = from.read(&mut block).unwrap_or(0);
        let mut seen = shared.lock();
        seen.take(&block[..n]);
        let (questions, what) = (std::mem::take(&mut seen.asked), std::mem::take(&mut seen.asked_what));
        if questions + what > 0 && seen.reading == Reading::On {
            // Before anybody sees the frame: what is typed at it comes after the answer.
            drop(seen);
            answers.give(questions, what);
            seen = shared.lock();
        }
        if seen.reading == Reading::Pause && n > 0 {
            seen.reading = Reading::Paused;
            shared.changed.notify_all();
            seen = shared.changed.wait_while(seen, |s| s.reading == Reading::Paused).unwrap();
        }
        let stop = n == 0 || seen.reading == Reading::Stop;
        if stop {
            drop(seen);
            drop(from);
            return shared.change(|seen| seen.reading = Reading::Stopped);
        }
        drop(seen);
        shared.changed.notify_all();
    }
}

/// The program in its terminal. When it goes, what was written is judged, and the process is ended.
pub struct Terminal {
    shared: Arc<Shared>,
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Keys>,
    pid: u32,
    shared_with_others: bool,
    _home: Option<TempDir>,
}

impl Terminal {
    /// A shell or a network client writes to it as well, wherever the program stands: its lines are no fault of ours.
    pub fn is_shared(&mut self) {
        self.shared_with_others = true;
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Keys by name, a blank between them: `j a enter ctrl-z`; a word in quotes is typed as it is.
    pub fn type_keys(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.write(&keys::bytes_of(key));
        }
    }

    /// Text as it is typed.
    pub fn write(&mut self, bytes: &[u8]) {
        let mut keys = self.keys.as_ref().unwrap().lock().unwrap();
        keys.write_all(bytes).and_then(|()| keys.flush()).unwrap();
    }

    pub fn paste(&mut self, text: &str) {
        self.write(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    /// Waits until something can be said of what was seen; none where that is never.
    fn waits<T>(&self, within: Duration, mut look: impl FnMut(&Seen) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + within;
        let mut seen = self.shared.lock();
        loop {
            let found = look(&seen);
            if found.is_some() || Instant::now() > deadline {
                return found;
            }
            seen = self.shared.changed.wait_timeout(seen, LOOK).unwrap().0;
        }
    }

    #[track_caller]
    fn until<T>(&self, what: &str, within: Duration, look: impl FnMut(&Seen) -> Option<T>) -> T {
        self.waits(within, look).unwrap_or_else(|| {
            let screen = self.screen();
            let ended = self.shared.lock().ended.clone();
            panic!("{what}: not within {within:?} (ended: {ended:?}); the screen:\n{screen}")
        })
    }

    /// Waits until this stands on the screen.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.until(&format!("to see {text:?}"), PATIENCE, |seen| seen.text.contains(text).then_some(()));
    }

    /// As [`Terminal::sees`], with what else is to be told where it never comes.
    #[track_caller]
    pub fn sees_or(&self, text: &str, told: impl Fn() -> String) {
        let seen = self.waits(PATIENCE, |seen| seen.text.contains(text).then_some(()));
        assert!(seen.is_some(), "never saw {text:?}: {}\n{}", told(), self.screen());
    }

    /// Waits until this does not stand on the screen.
    #[track_caller]
    pub fn sees_not(&self, text: &str) {
        self.until(&format!("not to see {text:?}"), PATIENCE, |seen| (!seen.text.contains(text)).then_some(()));
    }

    /// Waits until the whole screen is as wanted.
    #[track_caller]
    pub fn shows(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        self.shows_within(what, PATIENCE, wanted);
    }

    /// As [`Terminal::shows`], for what takes its time.
    #[track_caller]
    pub fn shows_within(&self, what: &str, within: Duration, wanted: impl Fn(&str) -> bool) {
        self.until(what, within, |seen| wanted(&seen.text).then_some(()));
    }

    /// Waits until so many bytes were written in all.
    #[track_caller]
    pub fn is_written(&self, bytes: usize) {
        self.until(&format!("{bytes} bytes to be written"), PATIENCE, |seen| (seen.bytes.len() > bytes).then_some(()));
    }

    /// Waits until these bytes were written.
    #[track_caller]
    pub fn writes(&self, text: &str) {
        self.until(&format!("{text:?} to be written"), PATIENCE, |seen| contains(&seen.bytes, text).then_some(()));
    }

    pub fn has_written(&self, text: &str) -> bool {
        contains(&self.shared.lock().bytes, text)
    }

    /// The screen as text, a line a row.
    pub fn screen(&self) -> String {
        self.shared.lock().text.clone()
    }

    /// The text of one cell.
    pub fn cell(&self, column: u16, row: u16) -> String {
        self.shared.lock().screen.screen().cell(row, column).map(|c| c.contents().to_owned()).unwrap_or_default()
    }

    /// Everything that was written, taken apart.
    pub fn tokens(&self) -> Vec<Token> {
        tokens::tokens(&self.shared.lock().bytes).unwrap()
    }

    /// All bytes that were written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.lock().bytes.clone()
    }

    /// How many bytes were written so far.
    pub fn written(&self) -> usize {
        self.shared.lock().bytes.len()
    }

    /// How often the program has asked how the terminal is.
    pub fn questions(&self) -> usize {
        tokens::questions(&self.shared.lock().bytes)
    }

    /// Waits until it has asked once more.
    #[track_caller]
    pub fn asks_after(&self, before: usize) {
        self.until("one more question", PATIENCE, |seen| (tokens::questions(&seen.bytes) > before).then_some(()));
    }

    /// Everything that was written so far.
    pub fn told(&self) -> Vec<tokens::Token> {
        tokens::tokens(&self.shared.lock().bytes).unwrap()
    }

    /// Waits until something was written.
    #[track_caller]
    pub fn tells(&self, what: &str, wanted: impl Fn(&tokens::Token) -> bool) {
        self.until(what, PATIENCE, |seen| tokens::tokens(&seen.bytes).unwrap().iter().any(&wanted).then_some(()));
    }

    pub fn modes(&self) -> Modes {
        tokens::modes(&self.shared.lock().bytes)
    }

    /// Whether the line discipline is a shell's: lines are edited and echoed.
    pub fn is_cooked(&self) -> bool {
        let termios = self.master.as_ref().unwrap().get_termios().unwrap();
        let flags = format!("{:?}", termios.local_flags);
        let has = |flag| flags.split(|c: char| !c.is_ascii_uppercase()).any(|f| f == flag);
        has("ECHO") && has("ICANON")
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        // A new one, as the program paints anew: vt100 cannot shrink to every size.
        self.shared.lock().screen = screen((columns, rows));
        self.master.as_ref().unwrap().resize(cells((columns, rows))).unwrap();
    }

    /// Looks on for so long, and tells how many bytes came.
    pub fn looks_on(&self, length: Duration) -> usize {
        let before = self.written();
        let deadline = Instant::now() + length;
        let mut seen = self.shared.lock();
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            seen = self.shared.changed.wait_timeout(seen, left).unwrap().0;
        }
        seen.bytes.len() - before
    }

    /// Stops reading, as a terminal under flow control does; `nudge` must make the program write.
    pub fn stops_reading(&mut self, nudge: impl Fn(&mut Self)) {
        self.shared.change(|seen| seen.reading = Reading::Pause);
        nudge(self);
        self.until("the reader to pause", PATIENCE, |seen| (seen.reading == Reading::Paused).then_some(()));
    }

    /// Closes the terminal, as a lost SSH session does; `nudge` must make the program write.
    pub fn hangs_up(&mut self, nudge: impl Fn(&mut Self)) {
        self.shared.change(|seen| seen.reading = Reading::Stop);
        nudge(self);
        self.until("the reader to stop", PATIENCE, |seen| (seen.reading == Reading::Stopped).then_some(()));
        drop(self.keys.take());
        drop(self.master.take());
    }

    /// The exit code; whatever was written until then has been seen.
    #[track_caller]
    pub fn ends(&self, within: Duration) -> u32 {
        let read = |seen: &Seen| matches!(seen.reading, Reading::Stopped | Reading::Paused);
        let ended = self.until("the process to end", within, |seen| seen.ended.clone().filter(|_| read(seen)));
        assert_eq!(ended.signal(), None, "a signal ended it");
        ended.exit_code()
    }

    /// Whatever was set was reset, and the line discipline is a shell's again.
    #[track_caller]
    pub fn is_given_back(&self) {
        assert_eq!(self.modes(), Modes::SHELL);
        assert!(self.is_cooked(), "the line discipline is still raw");
    }

    /// `kill -9`, in the middle of whatever it does.
    pub fn dies_by_kill_9(self) {
        self.signal("KILL");
        self.until("the process to end", PATIENCE, |seen| seen.ended.clone());
    }

    pub fn signal(&self, name: &str) {
        assert!(send(self.pid, name), "SIG{name} could not be sent");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.shared.lock().ended.is_none() {
            // It may end by itself meanwhile.
            let _ = send(self.pid, "KILL");
        }
        self.shared
            .change(|seen| seen.reading = if seen.reading == Reading::Paused { Reading::Stop } else { seen.reading });
        if !std::thread::panicking() {
            let bytes = std::mem::take(&mut self.shared.lock().bytes);
            let all = tokens::tokens(&bytes).map(|_| ());
            if let Err(why) = if self.shared_with_others { all } else { tokens::check(&bytes) } {
                panic!("written to the terminal: {why}");
            }
        }
    }
}

/// Looks again and again until something is so, for so long at most.
pub fn within(patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !is_so() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::park_timeout(LOOK);
    }
    true
}

/// Whether the kernel still knows the process, zombies left out.
pub fn lives(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

/// Whether a signal could be sent to a process that a test started.
pub fn send(pid: u32, name: &str) -> bool {
    let kill = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).stderr(Stdio::null()).status();
    kill.unwrap().success()
}
