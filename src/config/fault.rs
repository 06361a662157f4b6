//! One mistake in a file: where it is, what is wrong, what was probably meant.
//!
//! Knows nothing of what a setting means. Text from a file is made safe here, because an error is drawn.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::domain::text::sanitise;

/// A place in a file, both counted from 1; columns count characters. Line 0 is the file as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub line: u32,
    pub col: u32,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub file: PathBuf,
    pub at: At,
    pub what: String,
    /// The nearest name, the allowed values, or the command that mends it.
    pub hint: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", sanitise(&self.file.to_string_lossy()))?;
        if self.at.line > 0 {
            write!(f, ":{}:{}", self.at.line, self.at.col)?;
        }
        write!(f, ": {}", self.what)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for ConfigError {}

/// The mistakes of one file, as they are found.
#[derive(Debug)]
pub(super) struct Report {
    file: PathBuf,
    pub(super) errors: Vec<ConfigError>,
    /// What is strange and stops nobody.
    pub(super) warnings: Vec<ConfigError>,
    /// Secrets written in the file itself: where, and under which key.
    pub(super) secrets: Vec<(At, String)>,
}

impl Report {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), errors: Vec::new(), warnings: Vec::new(), secrets: Vec::new() }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn add(&mut self, at: At, what: impl AsRef<str>) {
        self.push(at, what.as_ref(), None);
    }

    pub(super) fn hint(&mut self, at: At, what: impl AsRef<str>, hint: impl AsRef<str>) {
        self.push(at, what.as_ref(), Some(hint.as_ref()));
    }

    /// A name nobody knows: the nearest one if there is one, else all of them.
    pub(super) fn unknown(&mut self, at: At, what: &str, name: &str, known: &[&str]) {
        match nearest(name, known) {
            Some(meant) => self.hint(at, what, format!("did you mean `{meant}`?")),
            None => self.hint(at, what, format!("known: {}", known.join(", "))),
        }
    }

    /// A mistake inside a text that has a language of its own: the text is shown below, and where in it.
    pub(super) fn marked(&mut self, at: At, what: &str, hint: Option<&str>, (text, marks): (&str, &str)) {
        self.push(at, what, hint);
        if let Some(error) = self.errors.last_mut() {
            error.hint.as_mut().unwrap_or(&mut error.what).push_str(&format!("\n    {text}\n    {marks}"));
        }
    }

    pub(super) fn warn(&mut self, at: At, what: impl AsRef<str>, hint: impl AsRef<str>) {
        let warning = self.fault(at, what.as_ref(), Some(hint.as_ref()));
        self.warnings.push(warning);
    }

    fn push(&mut self, at: At, what: &str, hint: Option<&str>) {
        let error = self.fault(at, what, hint);
        self.errors.push(error);
    }

    fn fault(&self, at: At, what: &str, hint: Option<&str>) -> ConfigError {
        let safe = |text: &str| sanitise(text).replace('\n', " ");
        ConfigError { file: self.file.clone(), at, what: safe(what), hint: hint.map(safe) }
    }

    /// In the order of the file; what was said twice at one place is said once.
    pub(super) fn into_errors(mut self) -> Vec<ConfigError> {
        self.errors.sort_by_key(|e| e.at);
        self.errors.dedup();
        self.errors
    }
}

/// The known name that was probably meant: at most a third of its letters are wrong, or it is cut short.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    let close = known.iter().map(|k| (distance(&name, k), *k)).filter(|(d, _)| *d <= allowed).min_by_key(|(d, _)| *d);
    let cut_short = || known.iter().find(|k| name.len() >= 3 && (k.starts_with(&name) || name.starts_with(**k)));
    close.map(|(_, k)| k).or_else(|| cut_short().copied())
}

/// Letters to change, add, drop or swap with a neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_forgives_a_slip_and_not_a_guess() {
        let known = ["url", "urls", "token_env", "interval"];
        assert_eq!(nearest("urll", &known), Some("url"));
        assert_eq!(nearest("rul", &known), Some("url"));
        assert_eq!(nearest("Token-Env", &known), Some("token_env"));
        assert_eq!(nearest("inter", &known), Some("interval"));
        assert_eq!(nearest("colour", &known), None);
    }

    #[test]
    fn an_error_cannot_write_to_the_terminal() {
        let mut report = Report::new(Path::new("a\u{1b}[2J.toml"));
        report.hint(At { line: 2, col: 3 }, "no \u{1b}[31mkey\nhere", "x\u{202e}");
        assert_eq!(report.errors[0].to_string(), "a^[[2J.toml:2:3: no ^[[31mkey here; x<U+202E>");
    }
}
