//! A recording while it is made: a line is in the file before its key is answered, so that a killed cockpit leaves it whole.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::Path,
    sync::{Mutex, PoisonError},
};

use crossterm::event::Event;

use crate::{
    app::msg::Msg,
    runtime::{clock::Clock, terminal::input},
};

use super::{End, Head, Line, keys};

/// Writes what comes from the terminal.
#[derive(Debug)]
pub struct Recorder {
    clock: Clock,
    began: crate::domain::Time,
    /// None once it could not be written, and why.
    file: Mutex<Result<File, String>>,
}

impl Recorder {
    /// Begins a new file, readable by its owner alone.
    ///
    /// # Errors
    /// Where it is there already, or cannot be made: in words.
    pub fn begin(path: &Path, head: &Head, clock: Clock) -> Result<Self, String> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let shown = crate::domain::text::sanitise(&path.to_string_lossy()).into_owned();
        let file = options.open(path).map_err(|e| match e.kind() {
            std::io::ErrorKind::AlreadyExists => format!("{shown} is there already; name a new file to record to"),
            _ => format!("{shown} cannot be written: {e}"),
        })?;
        let recorder = Self { clock, began: head.began, file: Mutex::new(Ok(file)) };
        recorder.write(head);
        recorder.trouble().map_or(Ok(recorder), |why| Err(format!("{shown} cannot be written: {why}")))
    }

    /// Writes an event of the terminal, where it means anything to a cockpit.
    pub fn event(&self, event: &Event) {
        let mut line = self.line();
        if let Event::Mouse(event) = event {
            line.mouse = keys::hand(event.kind).map(|hand| (hand, event.column, event.row));
            if line.mouse.is_some() {
                self.write(&line);
            }
            return;
        }
        match input::read(event.clone()) {
            Some(Msg::Key(key)) => line.key = Some(key.to_string()),
            Some(Msg::Paste(text)) => line.paste = Some(text),
            Some(Msg::Resized { width, height }) => line.size = Some((width, height)),
            _ => return,
        }
        self.write(&line);
    }

    pub fn end(&self, end: End) {
        let line = Line { end: Some(end), ..self.line() };
        self.write(&line);
    }

    /// Why the rest is missing, where it is.
    pub fn trouble(&self) -> Option<String> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).as_ref().err().cloned()
    }

    #[allow(clippy::cast_precision_loss, reason = "milliseconds of a session")]
    fn line(&self) -> Line {
        let at = (self.clock.now() - self.began).num_milliseconds().max(0) as f64 / 1_000.0;
        Line { at, key: None, paste: None, size: None, mouse: None, end: None }
    }

    fn write(&self, line: &impl serde::Serialize) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(open) = file.as_mut() else { return };
        let text = serde_json::to_string(line).map(|text| text + "\n").map_err(|e| e.to_string());
        let written = text.and_then(|text| open.write_all(text.as_bytes()).map_err(|e| e.to_string()));
        if let Err(why) = written {
            tracing::error!("the recording cannot be written: {why}");
            *file = Err(why);
        }
    }
}
