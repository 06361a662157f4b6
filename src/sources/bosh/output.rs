//! What a task has said so far: its stages and its error, read on from where the last look ended.

use std::collections::VecDeque;

use super::{director::Director, wire::Line};
use crate::domain::{
    Time,
    source::{Detail, SourceError},
};

/// Last lines that are shown.
const LINES: usize = 12;
/// Longest line that has not ended, in bytes.
const OPEN_MAX: usize = 1 << 20;

/// One task's output, as far as it was read.
#[derive(Clone, Default)]
pub(super) struct Output {
    pub(super) task: i64,
    from: usize,
    open: Vec<u8>,
    lines: VecDeque<String>,
}

impl Output {
    pub(super) fn of(task: i64) -> Self {
        Self { task, ..Self::default() }
    }

    /// Reads what is new.
    ///
    /// # Errors
    /// As every request.
    pub(super) async fn renew(&mut self, director: &Director, now: Time) -> Result<(), SourceError> {
        let new = director.output(self.task, "event", self.from, now).await?;
        self.from += new.len();
        self.open.extend(new);
        let mut lines = std::mem::take(&mut self.open);
        let whole = lines.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        self.open = lines.split_off(whole);
        if self.open.len() > OPEN_MAX {
            self.open.clear();
        }
        for line in String::from_utf8_lossy(&lines).lines().filter(|l| !l.trim().is_empty()) {
            // A line that cannot be read is one line less, and no reason to show nothing.
            let Some(text) = serde_json::from_str::<Line>(line).ok().and_then(|l| told(&l)) else { continue };
            self.lines.push_back(text);
            if self.lines.len() > LINES {
                self.lines.pop_front();
            }
        }
        Ok(())
    }

    pub(super) fn details(&self) -> Vec<Detail> {
        if self.lines.is_empty() {
            return Vec::new();
        }
        let lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
        vec![Detail::new(&format!("task {}", self.task), lines.join("\n").as_str())]
    }
}

/// `12:00:03 Updating instance: web/1 failed: timed out`.
fn told(line: &Line) -> Option<String> {
    let at = line.time.and_then(|t| Time::from_timestamp(t, 0)).map(|t| format!("{} ", t.format("%H:%M:%S")));
    let at = at.unwrap_or_default();
    if let Some(error) = &line.error {
        let code = error.code.map(|c| format!("error {c}: ")).unwrap_or_default();
        return Some(format!("{at}{code}{}", error.message.as_deref().unwrap_or("")));
    }
    let stage = line.stage.as_deref()?;
    let error = line.data.as_ref().and_then(|d| d.error.as_deref()).map(|e| format!(": {e}")).unwrap_or_default();
    let task = line.task.as_deref().unwrap_or("");
    Some(format!("{at}{stage}: {task} {}{error}", line.state.as_deref().unwrap_or("")))
}
