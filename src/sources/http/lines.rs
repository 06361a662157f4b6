//! An answer that stays open and brings a line now and then: a watch, an event stream.
//!
//! Knows no format. How long a silent one is believed, its reader decides: time is not known here.

use reqwest::Response;

use super::{Answer, Call, Failure, Http, answer::says_html};
use crate::domain::{Time, source::SourceError};

/// Longest line, in bytes: an object of a Kubernetes API may have three million.
const LINE_MAX: usize = 16 * 1024 * 1024;

/// An open answer. Dropping it closes the connection.
pub(crate) struct Lines {
    response: Response,
    buffer: Vec<u8>,
    /// How much of the buffer has no end of a line.
    searched: usize,
    ended: bool,
    secrets: Vec<String>,
}

impl Http {
    /// Opens an answer that is read line by line; only its head must come in time.
    ///
    /// # Errors
    /// As [`Http::call`].
    pub(crate) async fn lines(&self, call: Call<'_>, now: Time) -> Result<Lines, Failure> {
        self.in_time(async {
            let mut response = self.send(call, now).await?;
            if says_html(response.headers()) {
                let page = response.chunk().await.map_err(Failure::from_reqwest)?.unwrap_or_default();
                let error = Answer::new(response.headers(), page.to_vec()).page_instead_of_json();
                let error = error.unwrap_or_else(|| SourceError::malformed("a web page where a stream was due"));
                return Err(Failure::answered(response.status().as_u16(), error, String::new()));
            }
            let secrets = self.secrets.clone();
            Ok(Lines { response, buffer: Vec::new(), searched: 0, ended: false, secrets })
        })
        .await
    }
}

impl Lines {
    /// The next line without its end, however long that takes; none once the answer has ended. Empty lines are left out.
    /// Dropped while it waits, it loses nothing.
    ///
    /// # Errors
    /// `Unreachable` where the connection broke, `Malformed` where a line has no end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            if let Some(line) = self.ready() {
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(None);
            }
            if self.buffer.len() > LINE_MAX {
                let why = format!("a line of the stream is longer than {} MiB", LINE_MAX >> 20);
                return Err(Failure::transport(SourceError::malformed(why)));
            }
            match self.response.chunk().await {
                Ok(Some(chunk)) => self.buffer.extend_from_slice(&chunk),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    let scrub = |text: &str| self.secrets.iter().fold(text.to_owned(), |t, s| t.replace(s, "***"));
                    return Err(Failure::from_reqwest(error).scrubbed(&scrub));
                }
            }
        }
    }

    /// A line that is here already.
    pub(crate) fn ready(&mut self) -> Option<Vec<u8>> {
        loop {
            let end = match memchr::memchr(b'\n', &self.buffer[self.searched..]) {
                Some(end) => self.searched + end + 1,
                None if self.ended && !self.buffer.is_empty() => self.buffer.len(),
                None => {
                    self.searched = self.buffer.len();
                    return None;
                }
            };
            let line: Vec<u8> = self.buffer.drain(..end).collect();
            self.searched = 0;
            let line = line.trim_ascii();
            if !line.is_empty() {
                return Some(line.to_vec());
            }
        }
    }
}
