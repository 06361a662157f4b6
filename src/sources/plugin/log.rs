//! What a plugin says on its standard error: its log, with the prefixes of Telegraf (`E!`, `W!`, `I!`, `D!`).
//!
//! Bounded and made harmless; the last line is kept, for it most often says why the plugin ended.

use crate::domain::text::sanitise;

/// Lines that are written down between two looks.
const LINES_MAX: u32 = 200;
/// Bytes of one line.
pub(super) const LINE_MAX: usize = 2_048;

#[derive(Debug, PartialEq, Eq)]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

pub(super) struct Log {
    source: String,
    written: u32,
    last: String,
}

impl Log {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), written: 0, last: String::new() }
    }

    /// The next look has its own measure.
    pub(super) fn anew(&mut self) {
        self.written = 0;
    }

    /// The last line that says something; empty where there was none.
    pub(super) fn last(&self) -> &str {
        &self.last
    }

    pub(super) fn line(&mut self, text: &str) {
        let text = sanitise(text.trim());
        if text.is_empty() {
            return;
        }
        self.last = text.clone().into_owned();
        self.written += 1;
        let source = &self.source;
        match self.written {
            n if n > LINES_MAX => {}
            LINES_MAX => tracing::warn!("{source}: more of its log is left out"),
            _ => write(source, &text),
        }
    }
}

#[allow(clippy::cognitive_complexity, reason = "four arms: what is counted is inside of the log's macros")]
fn write(source: &str, text: &str) {
    match level(text) {
        (Level::Error, text) => tracing::error!("{source}: {text}"),
        (Level::Warn, text) => tracing::warn!("{source}: {text}"),
        (Level::Info, text) => tracing::info!("{source}: {text}"),
        (Level::Debug, text) => tracing::debug!("{source}: {text}"),
    }
}

/// A line without a prefix is information.
fn level(text: &str) -> (Level, &str) {
    let prefixes = [("E!", Level::Error), ("W!", Level::Warn), ("I!", Level::Info), ("D!", Level::Debug)];
    let found = prefixes.into_iter().find_map(|(prefix, level)| Some((level, text.strip_prefix(prefix)?.trim_start())));
    found.unwrap_or((Level::Info, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_says_how_bad_it_is() {
        assert_eq!(level("E! no network"), (Level::Error, "no network"));
        assert_eq!(level("W!careful"), (Level::Warn, "careful"));
        assert_eq!(level("hello"), (Level::Info, "hello"));
    }

    #[test]
    fn the_last_line_is_kept_however_many_there_were() {
        let mut log = Log::new("x");
        (0..1_000).for_each(|n| log.line(&format!("D! line {n}\x1b[2J")));
        log.line("");
        assert_eq!(log.last(), "D! line 999^[[2J");
    }
}
