//! A slow link between a program in a pty and a terminal: so many bytes a second down, a delay each way, a deep buffer; and
//! the terminal at its end, which answers as terminals do and keeps when what was to be seen.

use std::{
    io::{Read, Write},
    sync::mpsc,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

pub const BYTES_A_SECOND: f64 = 20_000.0;
pub const DELAY: Duration = Duration::from_millis(50);
pub const BUFFER: f64 = 2.0 * 1024.0 * 1024.0;

/// Bytes that arrive together: 5 ms of the link.
const PACKET: usize = 100;

/// What somebody sees, and when it came to be seen.
pub struct Sight {
    pub at: Instant,
    pub screen: String,
    /// Whether a synchronised update is open: a terminal that knows them shows the frame before.
    pub inside: bool,
}

type Parcel = (Instant, Vec<u8>);

pub struct Wire {
    pub sights: mpsc::Receiver<Sight>,
    up: mpsc::Sender<Parcel>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

impl Wire {
    pub fn open(command: CommandBuilder, (cols, rows): (u16, u16)) -> Self {
        let pty = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("a pty");
        let child = pty.slave.spawn_command(command).expect("the program");
        drop(pty.slave);
        let (up, ups) = mpsc::channel();
        carry(ups, pty.master.take_writer().expect("a writer"));
        let (down, downs) = mpsc::channel();
        let from = pty.master.try_clone_reader().expect("a reader");
        std::thread::spawn(move || buffer(from, &down));
        let (tell, sights) = mpsc::channel();
        let keys = up.clone();
        std::thread::spawn(move || look(&downs, &tell, &keys, (cols, rows)));
        Self { sights, up, child, _master: pty.master }
    }

    /// Presses keys at the far end.
    pub fn types(&self, keys: &[u8]) -> Instant {
        let now = Instant::now();
        // A program that has ended hears nothing.
        let _ = self.up.send((now + DELAY, keys.to_vec()));
        now
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes in whatever is written, up to what the buffer holds, and says when each packet will have arrived.
fn buffer(mut from: Box<dyn Read + Send>, down: &mpsc::Sender<Parcel>) {
    let mut block = [0; 4096];
    let mut free = Instant::now();
    while let Ok(n @ 1..) = from.read(&mut block) {
        for packet in block[..n].chunks(PACKET) {
            free = free.max(Instant::now()) + Duration::from_secs_f64(packet.len() as f64 / BYTES_A_SECOND);
            if down.send((free + DELAY, packet.to_vec())).is_err() {
                return;
            }
        }
        let full = Duration::from_secs_f64(BUFFER / BYTES_A_SECOND);
        std::thread::sleep(free.saturating_duration_since(Instant::now()).saturating_sub(full));
    }
}

fn carry(parcels: mpsc::Receiver<Parcel>, mut to: Box<dyn Write + Send>) {
    std::thread::spawn(move || {
        for (at, bytes) in parcels {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).and_then(|()| to.flush()).is_err() {
                return;
            }
        }
    });
}

/// The terminal: draws each packet when it arrives, answers what it is asked, and tells what is to be seen.
fn look(downs: &mpsc::Receiver<Parcel>, tell: &mpsc::Sender<Sight>, keys: &mpsc::Sender<Parcel>, size: (u16, u16)) {
    let mut parser = vt100::Parser::new(size.1, size.0, 0);
    let (mut tail, mut inside) = (Vec::new(), false);
    for (at, bytes) in downs {
        std::thread::sleep(at.saturating_duration_since(Instant::now()));
        parser.process(&bytes);
        tail.extend_from_slice(&bytes);
        for (question, answer) in [(&b"\x1b[5n"[..], &b"\x1b[0n"[..]), (b"\x1b[c", b"\x1b[?62c")] {
            for _ in tail.windows(question.len()).filter(|w| *w == question) {
                let _ = keys.send((Instant::now() + DELAY, answer.to_vec()));
            }
        }
        inside = update(&tail, inside);
        let seen = tell.send(Sight { at: Instant::now(), screen: parser.screen().contents(), inside });
        if seen.is_err() {
            return;
        }
        let torn = tail.iter().rposition(|b| *b == 0x1b).filter(|i| tail.len() - i < 8 && !is_whole(&tail[*i..]));
        tail.drain(..torn.unwrap_or(tail.len()));
    }
}

/// Whether a sequence has its last letter.
fn is_whole(sequence: &[u8]) -> bool {
    sequence.len() > 2 && sequence[2..].iter().any(|b| (0x40..0x7f).contains(b))
}

fn update(bytes: &[u8], before: bool) -> bool {
    const MARK: &[u8] = b"\x1b[?2026";
    let last = bytes.windows(MARK.len() + 1).rev().find(|w| w.starts_with(MARK));
    last.map_or(before, |w| w[MARK.len()] == b'h')
}
