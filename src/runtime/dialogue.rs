//! What a conversation line by line needs of the terminal: last words when a signal ends it, and a line that is not shown.
//!
//! Knows nothing of what is asked.

use std::io::{self, BufRead};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
    low_level::emulate_default_handler,
};

/// Most that is taken of a hidden line, in bytes.
const LONGEST: usize = 64 * 1024;

/// From now on a signal that ends the process says this first, and gives the terminal back.
pub fn last_words(text: &'static str) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let _ = crossterm::terminal::disable_raw_mode();
            crate::cli::exit::tell(format_args!("\n{text}"));
            // Where even that fails there is nothing more to try.
            let _ = emulate_default_handler(signal);
        }
    });
}

/// Gives the line discipline back, whatever happens.
struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

/// One line that is not echoed, the first of it included; `ask` is called once nothing is echoed any more. None where the person left with Ctrl-C or Ctrl-D. What a paste brings after its first
/// line is dropped: it must not answer the next question.
///
/// # Errors
/// Where the terminal cannot be read.
pub fn hidden_line(ask: impl FnOnce()) -> io::Result<Option<String>> {
    crossterm::terminal::enable_raw_mode()?;
    let raw = Raw;
    ask();
    let mut line = Vec::new();
    let mut stdin = io::stdin().lock();
    let ended = loop {
        let came = stdin.fill_buf()?.to_vec();
        stdin.consume(came.len());
        if came.is_empty() {
            break false;
        }
        if let Some(ended) = take(&mut line, &came) {
            break ended;
        }
    };
    drop(raw);
    Ok(ended.then(|| String::from_utf8_lossy(&line).into_owned()))
}

/// Whether the line is done, or left.
fn take(line: &mut Vec<u8>, came: &[u8]) -> Option<bool> {
    for byte in came {
        match byte {
            b'\r' | b'\n' => return Some(true),
            0x03 => return Some(false),
            0x04 if line.is_empty() => return Some(false),
            0x08 | 0x7f => rub_out(line),
            0x15 => line.clear(),
            _ if line.len() < LONGEST => line.push(*byte),
            _ => {}
        }
    }
    None
}

/// Takes the last character back, not the last byte.
fn rub_out(line: &mut Vec<u8>) {
    while let Some(byte) = line.pop() {
        if byte & 0xc0 != 0x80 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_line_can_be_mended_and_ends_at_its_first_line_end() {
        let mut line = Vec::new();
        assert_eq!(take(&mut line, "abü\x7f\x7fc".as_bytes()), None);
        assert_eq!(take(&mut line, b"d\rrm -rf"), Some(true));
        assert_eq!(line, b"acd");
        assert_eq!(take(&mut Vec::new(), b"\x04"), Some(false));
        assert_eq!(take(&mut line, b"\x15x\x03"), Some(false));
    }
}
