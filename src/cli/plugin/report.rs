//! What a plugin passed and what not, with the line that shows it.

use serde::Serialize;

use crate::{config::theme::Role, domain::text::SafeText};

use super::super::{
    paper::Paper,
    table::{Cell, Table},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Passed,
    Failed,
    Skipped,
}

/// One thing that was tried.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) check: String,
    pub(super) result: Verdict,
    pub(super) why: String,
    /// The line that offends; empty where none does.
    pub(super) line: String,
}

/// Why something did not pass.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) line: String,
}

impl Fault {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), line: String::new() }
    }

    pub(super) fn at(why: impl Into<String>, line: impl Into<String>) -> Self {
        Self { why: why.into(), line: line.into() }
    }
}

/// Rows in the order in which they were tried.
#[derive(Default)]
pub(super) struct Report {
    pub(super) rows: Vec<Row>,
}

impl Report {
    /// Answers whether it passed.
    pub(super) fn say(&mut self, check: &str, outcome: Result<String, Fault>) -> bool {
        let (result, why, line) = match outcome {
            Ok(why) => (Verdict::Passed, why, String::new()),
            Err(fault) => (Verdict::Failed, fault.why, fault.line),
        };
        self.rows.push(Row { check: check.into(), result, why, line });
        result == Verdict::Passed
    }

    pub(super) fn skip(&mut self, check: &str, why: &str) {
        self.rows.push(Row { check: check.into(), result: Verdict::Skipped, why: why.into(), line: String::new() });
    }

    /// Takes what must not be seen out of everything that is quoted.
    pub(super) fn hide(&mut self, secrets: &[(String, String)]) {
        let long = || secrets.iter().map(|(_, secret)| secret).filter(|s| s.len() >= 4);
        for row in &mut self.rows {
            for text in [&mut row.why, &mut row.line] {
                *text = long().fold(std::mem::take(text), |text, secret| text.replace(secret, "***"));
            }
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.rows.iter().any(|r| r.result == Verdict::Failed)
    }

    pub(super) fn table(&self, paper: &Paper) -> String {
        let mut table = Table::new(&["CHECK", "RESULT", "DETAIL"]);
        for row in &self.rows {
            let result: Cell<'_> = match row.result {
                Verdict::Passed => Cell::dyed("passed", Role::Ok),
                Verdict::Failed => Cell::dyed("FAILED", Role::Bad),
                Verdict::Skipped => Cell::dyed("-", Role::Dim),
            };
            let why = SafeText::new(&row.why).line().into_owned();
            table.row(vec![row.check.as_str().into(), result, why.into()]);
        }
        let mut text = table.render(paper);
        for row in self.rows.iter().filter(|r| !r.line.is_empty()) {
            text.push_str(&format!("\n{}: {}\n    {}\n", row.check, SafeText::new(&row.why).line(), row.line));
        }
        text
    }
}
