//! Lines of a stream, each bounded: what has no end is thrown away as it comes, and said.
//!
//! Waiting for a line may be given up at any moment without losing a byte. Knows nothing of what a line says.

use std::io;

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes that are asked for at once.
const CHUNK: usize = 64 * 1024;

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    Whole(Vec<u8>),
    /// Longer than is allowed: how it began, and how long it was.
    TooLong {
        began: Vec<u8>,
        bytes: usize,
    },
    /// The stream ended within it.
    Torn(Vec<u8>),
}

/// The lines of a stream.
pub struct Lines<R> {
    reader: R,
    max: usize,
    /// What was read and not yet given; the line that waits begins at `start`.
    held: Vec<u8>,
    start: usize,
    /// How far it was looked through for an end.
    seen: usize,
    /// Bytes of a line that is thrown away.
    thrown: usize,
    is_over: bool,
}

/// How much of a line that is thrown away is shown.
const SHOWN: usize = 120;

impl<R: AsyncRead + Unpin> Lines<R> {
    pub fn new(reader: R, max: usize) -> Self {
        Self { reader, max, held: Vec::new(), start: 0, seen: 0, thrown: 0, is_over: false }
    }

    /// The next line; none where the stream has ended.
    ///
    /// # Errors
    /// Where the stream cannot be read.
    pub async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(line) = self.take() {
                return Ok(Some(line));
            }
            if self.is_over {
                return Ok(self.rest());
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> io::Result<()> {
        self.held.drain(..self.start);
        self.seen -= self.start;
        self.start = 0;
        let had = self.held.len();
        self.held.reserve(CHUNK);
        self.is_over = (&mut self.reader).take(CHUNK as u64).read_buf(&mut self.held).await? == 0;
        debug_assert!(self.held.len() >= had);
        Ok(())
    }

    fn take(&mut self) -> Option<Line> {
        match memchr(b'\n', &self.held[self.seen..]) {
            Some(at) => {
                let end = self.seen + at;
                let line = self.held[self.start..end].strip_suffix(b"\r").unwrap_or(&self.held[self.start..end]);
                let bytes = self.thrown + line.len();
                let line = match bytes > self.max {
                    true => Line::TooLong { began: line[..line.len().min(SHOWN)].to_vec(), bytes },
                    false => Line::Whole(line.to_vec()),
                };
                (self.start, self.seen, self.thrown) = (end + 1, end + 1, 0);
                Some(line)
            }
            None => {
                self.seen = self.held.len();
                self.throw();
                None
            }
        }
    }

    /// Of a line that is too long already only the beginning is kept.
    fn throw(&mut self) {
        let waits = self.held.len() - self.start;
        if self.thrown + waits > self.max && waits > SHOWN {
            self.thrown += waits - SHOWN;
            self.held.truncate(self.start + SHOWN);
            self.seen = self.held.len();
        }
    }

    fn rest(&mut self) -> Option<Line> {
        let rest = self.held.split_off(self.start);
        self.held.clear();
        (self.start, self.seen) = (0, 0);
        (!rest.is_empty()).then_some(Line::Torn(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(text: &[u8], max: usize) -> Vec<Line> {
        let mut lines = Lines::new(text, max);
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push(line);
        }
        found
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.into())
    }

    #[tokio::test]
    async fn lines_end_where_they_end_and_the_last_may_be_torn() {
        assert_eq!(all(b"a\r\n\nbc\nd", 10).await, [whole("a"), whole(""), whole("bc"), Line::Torn(b"d".to_vec())]);
        assert_eq!(all(b"", 10).await, []);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_thrown_away_and_the_next_is_read() {
        let text = [vec![b'x'; 300_000], b"\nshort\n".to_vec()].concat();
        let found = all(&text, 1_000).await;
        assert!(matches!(&found[0], Line::TooLong { began, bytes: 300_000 } if began.len() == SHOWN), "{found:?}");
        assert_eq!(found[1..], [whole("short")]);
    }

    #[tokio::test]
    async fn a_line_without_end_takes_no_memory() {
        let mut lines = Lines::new(tokio::io::repeat(b'x').take(64 * 1024 * 1024), 4_096);
        assert!(matches!(lines.next().await.unwrap(), Some(Line::Torn(rest)) if rest.len() == SHOWN));
        assert!(lines.held.capacity() < 1024 * 1024, "{}", lines.held.capacity());
    }
}
