//! A program in a terminal of 200x60 that answers as one does, and every byte that it sends with its time.

use std::{
    io::{Read, Write},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How the terminal is; a program that is told nothing sends by rate.
const ASKS: &[u8] = b"\x1b[5n";

pub struct Pty {
    pub began: Instant,
    chunks: Receiver<(Instant, Vec<u8>)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Pty {
    /// Starts it; `env` is all that it has of an environment beside the terminal's own.
    pub fn start(program: &str, arguments: &[&str], env: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 60, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).expect("a pty");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")].iter().chain(env).for_each(|(k, v)| command.env(k, v));
        let began = Instant::now();
        let child = pty.slave.spawn_command(command).unwrap_or_else(|e| panic!("{program}: {e}"));
        drop(pty.slave);
        let chunks = reading(pty.master.try_clone_reader().expect("a reader"));
        let keys = pty.master.take_writer().expect("a writer");
        Self { began, chunks, keys, child, _master: pty.master }
    }

    pub fn types(&mut self, keys: &[u8]) {
        let _ = self.keys.write_all(keys);
    }

    /// What it sends in a length of time.
    pub fn sent_in(&mut self, length: Duration) -> Vec<u8> {
        let until = Instant::now() + length;
        let mut all = Vec::new();
        while let Ok((_, chunk)) = self.chunks.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.answer(&chunk);
            all.extend(chunk);
        }
        all
    }

    /// When it had sent this, since it was started.
    pub fn until(&mut self, bytes: &[u8]) -> Duration {
        let mut all = Vec::new();
        loop {
            let (at, chunk) = self.chunks.recv_timeout(Duration::from_secs(20)).expect("it is drawn");
            all.extend_from_slice(&chunk);
            if all.windows(bytes.len()).any(|w| w == bytes) {
                return at - self.began;
            }
        }
    }

    fn answer(&mut self, chunk: &[u8]) {
        if chunk.windows(ASKS.len()).any(|w| w == ASKS) {
            self.types(b"\x1b[0n");
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reading(mut reader: Box<dyn Read + Send>) -> Receiver<(Instant, Vec<u8>)> {
    let (tell, chunks) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            if tell.send((Instant::now(), buffer[..n].to_vec())).is_err() {
                return;
            }
        }
    });
    chunks
}
