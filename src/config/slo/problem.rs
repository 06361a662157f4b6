//! Something in a file of SLOs that is wrong, and where; the rest of the file was read.

use crate::domain::text::SafeText;

/// One mistake, or one thing an author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based; none = the file as a whole.
    pub line: Option<u32>,
    pub what: SafeText,
    /// What was probably meant, or what to do about it.
    pub hint: Option<SafeText>,
}

impl Problem {
    pub(super) fn new(line: u32, what: impl AsRef<str>) -> Self {
        Self { line: Some(line), what: SafeText::new(what.as_ref()), hint: None }
    }

    pub(super) fn of_file(what: impl AsRef<str>) -> Self {
        Self { line: None, what: SafeText::new(what.as_ref()), hint: None }
    }

    pub(super) fn hint(self, hint: impl AsRef<str>) -> Self {
        let hint = Some(hint.as_ref()).filter(|h| !h.is_empty()).map(SafeText::new);
        Self { hint, ..self }
    }
}

/// A problem and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    pub file: SafeText,
    pub problem: Problem,
}

impl std::fmt::Display for FileProblem {
    /// `slo/checkout.yaml:12: what; hint`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.line())?;
        if let Some(line) = self.problem.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.problem.what.line())?;
        match &self.problem.hint {
            Some(hint) => write!(f, "; {}", hint.line()),
            None => Ok(()),
        }
    }
}
