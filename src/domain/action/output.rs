//! What a command said, in bounded memory: its beginning and its end; of a flood the middle is left out.

use std::collections::VecDeque;

use crate::domain::text::SafeText;

/// Collects bytes as they come.
#[derive(Debug)]
pub struct Tape {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    /// Bytes that each end keeps.
    half: usize,
    total: u64,
}

/// What a command said so far, as lines that may be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub head: Vec<SafeText>,
    /// Bytes between head and tail that were not kept.
    pub left_out: u64,
    pub tail: Vec<SafeText>,
    /// Bytes in all.
    pub total: u64,
}

impl Tape {
    /// Keeps at most `max` bytes.
    pub fn new(max: usize) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), half: (max / 2).max(1), total: 0 }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.half - self.head.len();
        let (first, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(first);
        let rest = &rest[rest.len().saturating_sub(self.half)..];
        let over = (self.tail.len() + rest.len()).saturating_sub(self.half);
        self.tail.drain(..over);
        self.tail.extend(rest);
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether the last line is not ended and reads like a question.
    pub fn seems_to_ask(&self) -> bool {
        let last = if self.tail.is_empty() { self.head.last() } else { self.tail.back() };
        let mut said = self.head.iter().chain(&self.tail).rev().filter(|b| **b != b' ');
        last.is_some_and(|b| *b != b'\n') && said.next().is_some_and(|b| b"?:>])".contains(b))
    }

    /// What is kept, as lines.
    pub fn read(&self) -> Output {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        let kept = (self.head.len() + tail.len()) as u64;
        let left_out = self.total.saturating_sub(kept);
        if left_out == 0 {
            let all = [&self.head[..], &tail[..]].concat();
            return Output { head: lines(&all), left_out, tail: Vec::new(), total: self.total };
        }
        Output { head: lines(&self.head), left_out, tail: lines(&tail), total: self.total }
    }
}

impl Output {
    /// All of it, with a line for what was left out.
    pub fn lines(&self) -> Vec<SafeText> {
        let mut all = self.head.clone();
        if self.left_out > 0 {
            all.push(SafeText::new(&format!("[{} bytes left out]", self.left_out)));
        }
        all.extend(self.tail.iter().cloned());
        all
    }

    /// At most about `max` bytes of it as text; more is left out of its middle.
    pub fn text(&self, max: usize) -> String {
        let whole: String = self.lines().iter().map(|l| format!("{}\n", l.shown())).collect();
        if whole.len() <= max {
            return whole.trim_end().to_owned();
        }
        let (head, tail) = (whole.floor_char_boundary(max / 2), whole.ceil_char_boundary(whole.len() - max / 2));
        format!("{}\n[{} bytes left out]\n{}", &whole[..head], tail - head, whole[tail..].trim_end())
    }
}

/// A terminal would show the last of several texts that return to the start of one line; colours are dropped.
fn lines(bytes: &[u8]) -> Vec<SafeText> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if text.is_empty() {
        return Vec::new();
    }
    let last = |line: &str| {
        let line = line.trim_end_matches('\r');
        SafeText::new(&uncoloured(line.rsplit('\r').next().unwrap_or_default()))
    };
    text.split('\n').map(last).collect()
}

/// Without control sequences (`ESC [ … letter`); any other escape is left for the sanitiser to show.
fn uncoloured(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(&rest[..at]);
        let sequence = &rest[at + 2..];
        let end = sequence.find(|c: char| ('@'..='~').contains(&c)).map_or(sequence.len(), |i| i + 1);
        rest = &sequence[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &Output) -> Vec<String> {
        output.lines().iter().map(|l| l.shown().to_owned()).collect()
    }

    #[test]
    fn a_flood_keeps_its_beginning_and_its_end() {
        let mut tape = Tape::new(20);
        tape.push(b"first\n");
        for _ in 0..1000 {
            tape.push(b"middle middle middle\n");
        }
        tape.push(b"the end\n");
        let output = tape.read();
        assert_eq!((output.total, output.left_out), (21_014, 20_994));
        assert_eq!(shown(&output), ["first", "midd", "[20994 bytes left out]", "e", "the end"]);
    }

    #[test]
    fn what_fits_is_whole() {
        let mut tape = Tape::new(20);
        tape.push(b"one\ntwo\n\n");
        tape.push(b"three four");
        assert_eq!(shown(&tape.read()), ["one", "two", "", "three four"]);
        assert_eq!(shown(&Tape::new(5).read()), [""; 0]);
    }

    #[test]
    fn colours_go_and_other_escapes_are_seen() {
        let mut tape = Tape::new(200);
        tape.push(b"\x1b[1;31mred\x1b[0m 10%\r 20%\r 30%\r\n\x1b]0;title\x07 \xff");
        assert_eq!(shown(&tape.read()), [" 30%", "^[]0;title^G \u{fffd}"]);
    }

    #[test]
    fn text_for_the_journal_is_bounded() {
        let mut tape = Tape::new(10_000);
        tape.push("ä".repeat(4_000).as_bytes());
        let text = tape.read().text(1_000);
        assert!(text.len() < 1_100 && text.contains("bytes left out"), "{}", text.len());
    }
}
