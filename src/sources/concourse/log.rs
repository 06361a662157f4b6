//! A build's log, as its stream tells it: the last lines, however long it is.
//!
//! The server sends `event: end` after the last event and then holds the connection open for as long as the client does:
//! who waits for its end waits for ever. A broken stream is taken up where it broke, by the id of its last event.

use std::collections::VecDeque;

use super::wire::Event;
use crate::{
    domain::{
        Time,
        source::{Detail, SourceError},
    },
    sources::{
        http::{Call, Failure},
        uaa::Door,
    },
};

/// Last lines that are shown.
const LINES: usize = 15;
/// Longest line, in characters.
const LINE_MAX: usize = 400;
/// Most that is read of one build's stream, in bytes.
const READ_MAX: usize = 16 << 20;
/// Longest message of a stream, in bytes.
const MESSAGE_MAX: usize = 1 << 20;
/// How often a broken stream is taken up again.
const RESUMED_MAX: usize = 3;

/// What was read of a log so far.
#[derive(Default)]
pub(super) struct Tail {
    lines: VecDeque<String>,
    /// The line that has not ended.
    open: String,
    /// Bytes that are no whole line of the stream yet.
    rest: Vec<u8>,
    name: String,
    data: String,
    id: Option<String>,
    last_id: Option<String>,
    read: usize,
    ended: bool,
    cut: bool,
}

impl Tail {
    /// Takes what came; whether it is enough.
    fn feed(&mut self, bytes: &[u8]) -> bool {
        self.read += bytes.len();
        self.rest.extend_from_slice(bytes);
        let mut from = 0;
        while let Some(end) = self.rest[from..].iter().position(|b| *b == b'\n') {
            let line = String::from_utf8_lossy(&self.rest[from..from + end]).trim_end_matches('\r').to_owned();
            from += end + 1;
            self.line(&line);
            if self.ended {
                return true;
            }
        }
        self.rest.drain(..from);
        self.cut = self.read > READ_MAX || self.rest.len() > MESSAGE_MAX || self.data.len() > MESSAGE_MAX;
        self.cut
    }

    fn line(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() => self.dispatch(),
            "event" => value.clone_into(&mut self.name),
            "id" => self.id = Some(value.to_owned()),
            "data" => self.data.push_str(value),
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
        // After a break the server begins behind the last id; what it tells twice all the same is not shown twice.
        let known = self.id.is_some() && self.id == self.last_id;
        self.last_id = self.id.take().or(self.last_id.take());
        match name.as_str() {
            "end" => self.ended = true,
            _ if known || data.is_empty() => {}
            // A message that cannot be read is one line less, and no reason to show nothing.
            _ => serde_json::from_str::<Event>(&data).ok().into_iter().for_each(|event| self.event(event)),
        }
    }

    fn event(&mut self, event: Event) {
        match (event.event.as_str(), event.data.payload, event.data.message) {
            ("log", Some(text), _) => self.text(&text),
            ("error", _, Some(text)) => self.text(&format!("{text}\n")),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            if self.open.len() < 4 * LINE_MAX {
                self.open.push_str(piece.trim_end_matches(['\n', '\r']));
            }
            if piece.ends_with('\n') {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        // A progress bar draws one line many times: the last is what stood there.
        let line = plain(std::mem::take(&mut self.open).rsplit('\r').next().unwrap_or_default());
        if line.trim().is_empty() {
            return;
        }
        self.lines.push_back(line.chars().take(LINE_MAX).collect());
        if self.lines.len() > LINES {
            self.lines.pop_front();
        }
    }

    fn details(mut self, build: &str, late: bool) -> Vec<Detail> {
        self.close();
        let name = format!("log of #{build}");
        let mut lines: Vec<String> = self.lines.into();
        if lines.is_empty() {
            lines.push("nothing was printed".to_owned());
        }
        if self.cut {
            lines.push(format!("(more than {} MiB: the rest was not read)", READ_MAX >> 20));
        } else if late || !self.ended {
            lines.push("(the log did not end in time: there may be more)".to_owned());
        }
        vec![Detail::new(&name, lines.join("\n").as_str())]
    }
}

/// Without colours and other sequences, which mean nothing here.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.push(c);
            continue;
        }
        if chars.next() == Some('[') {
            // A control sequence ends with a letter or another of these.
            let _ = chars.by_ref().find(|c| ('@'..='~').contains(c));
        }
    }
    out
}

/// The last lines of a build's log.
///
/// # Errors
/// Where nothing of it can be read.
pub(super) async fn tail(door: &Door, id: &str, build: &str, now: Time) -> Result<(Vec<Detail>, bool), SourceError> {
    let path = format!("api/v1/builds/{id}/events");
    let mut tail = Tail::default();
    let mut failure: Option<Failure> = None;
    for _ in 0..=RESUMED_MAX {
        let last = tail.last_id.clone();
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last.as_deref().map(|id| ("last-event-id", id)));
        tail.rest.clear();
        let before = tail.read;
        failure = door.stream(Call::get(&path).headers(&headers), now, |bytes| tail.feed(bytes)).await.err();
        // One that brings nothing more is not taken up for ever, and one whose time is over is as long as it is.
        if tail.ended || tail.cut || tail.read == before || failure.as_ref().is_some_and(|f| f.late) {
            break;
        }
    }
    match failure {
        Some(failure) if tail.read == 0 => Err(failure.error),
        late => {
            let whole = tail.ended;
            Ok((tail.details(build, late.is_some_and(|f| f.late)), whole))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> String {
        let data = serde_json::json!({"event": "log", "version": "5.1", "data": {"payload": text}});
        format!("event: event\ndata: {data}\n\n")
    }

    #[test]
    fn a_line_may_come_in_pieces_and_a_stream_ends_only_by_its_own_word() {
        let mut tail = Tail::default();
        let stream = format!("id: 0\n{}id: 1\n{}id: 2\nevent: end\ndata\n\n", log("one\ntw"), log("o\n"));
        for byte in stream.as_bytes() {
            tail.feed(&[*byte]);
        }
        assert!(tail.ended);
        assert_eq!(tail.lines, ["one", "two"]);
    }

    #[test]
    fn colours_and_progress_bars_are_left_out() {
        let mut tail = Tail::default();
        tail.feed(log("\u{1b}[31mfailed\u{1b}[0m\n 10%\r100%\n").as_bytes());
        assert_eq!(tail.lines, ["failed", "100%"]);
    }

    #[test]
    fn an_endless_log_keeps_its_last_lines_and_no_more() {
        let mut tail = Tail::default();
        for n in 0..10_000 {
            tail.feed(log(&format!("line {n}\n")).as_bytes());
        }
        assert_eq!(tail.lines.len(), LINES);
        assert_eq!(tail.lines.back().unwrap(), "line 9999");
        assert!(tail.feed(&vec![b'x'; MESSAGE_MAX + 1]), "a message without an end is given up");
    }
}
