//! What is typed, line by line, as the terminal hands it over: it edits the line, not we. A script's lines are read one at a
//! time, each once the one before it has been answered.

use std::{
    io::{self, BufRead},
    sync::Arc,
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::{StreamExt, stream};
use tokio::sync::{Notify, mpsc};

use crate::runtime::cockpit::Events;

/// Longest line that is taken in, in bytes; of a longer one its beginning.
const LONGEST: usize = 32 * 1024;

/// Where lines come from.
pub struct Lines {
    pub from: Box<dyn BufRead + Send>,
    /// Told when the next line may be read; none: whenever one comes.
    pub turn: Option<Arc<Notify>>,
}

/// A line, as an event: text that somebody gave, and never keys.
pub fn line(text: &str) -> Event {
    Event::Paste(text.to_owned())
}

/// The end of all lines.
pub fn end() -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char('d'), KeyModifiers::CONTROL))
}

/// Whether no line comes any more.
pub fn is_end(event: &Event) -> bool {
    *event == end()
}

/// The events of these lines. Nothing comes after the end, and the stream does not close: whoever reads on may do so.
///
/// # Errors
/// Where no thread can be had.
pub fn events(lines: Lines) -> io::Result<Events> {
    let (tell, told) = mpsc::unbounded_channel();
    let Lines { mut from, turn } = lines;
    let read = move || {
        while let Some(text) = next(&mut from) {
            if tell.send(line(&text)).is_err() {
                return;
            }
        }
        let _ = tell.send(end());
    };
    std::thread::Builder::new().name("typed lines".into()).spawn(read)?;
    let heard = stream::unfold((told, turn), |(mut told, turn)| async move {
        if let Some(turn) = &turn {
            turn.notified().await;
        }
        match told.recv().await {
            Some(event) => Some((Ok(event), (told, turn))),
            None => std::future::pending().await,
        }
    });
    Ok(heard.boxed())
}

fn next(from: &mut Box<dyn BufRead + Send>) -> Option<String> {
    let mut bytes = Vec::new();
    // A terminal that has gone ends the lines; a signal tells of it as well.
    from.read_until(b'\n', &mut bytes).ok().filter(|n| *n > 0)?;
    bytes.truncate(LONGEST);
    Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())
}
