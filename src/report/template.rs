//! Templates: a document's value in, Markdown out. A team may bring its own; the ones that are built in stand in
//! `assets/templates/`, and say at their top which names and filters there are.
//!
//! Every value is escaped for Markdown unless a filter says otherwise. A name that does not exist is a mistake, not a gap.
//! Reads no file: a template comes as text, with the name by which a mistake in it is told.

use std::fmt;

use minijinja::{
    Environment, Error, ErrorKind, UndefinedBehavior, Value,
    syntax::SyntaxConfig,
    value::{Serde, ValueKind},
};
use serde::Serialize;

use crate::domain::{Time, duration, slo::tale, text::sanitise};

use super::markdown::{code, inline};

/// The built-in ones.
pub const POSTMORTEM: &str = include_str!("../../assets/templates/postmortem.md");
pub const HANDOFF: &str = include_str!("../../assets/templates/handoff.md");
pub const STATS: &str = include_str!("../../assets/templates/stats.md");

/// Steps that a template may take: far more than any document needs.
const FUEL: u64 = 20_000_000;

/// A template: its text, and what it is called where something is wrong in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// What is wrong with a template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub file: String,
    /// From 1; none where it is about the whole.
    pub line: Option<usize>,
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        write!(f, "{}{line}: {}", self.file, self.what)
    }
}

impl std::error::Error for Mistake {}

/// Writes a document by a template.
///
/// # Errors
/// The first mistake in the template, with its line.
pub fn render(template: Template<'_>, document: &impl Serialize) -> Result<String, Mistake> {
    let environment = environment();
    let written = environment.render_named_str(template.name, template.text, Value::from(Serde(document)));
    let text = written.map_err(|error| mistake(template, &error))?;
    Ok(tidied(&text))
}

fn mistake(template: Template<'_>, error: &Error) -> Mistake {
    let detail = error.detail().map(|d| format!(": {d}")).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UndefinedError => "there is no such name here".to_owned(),
        ErrorKind::OutOfFuel => "it never ends".to_owned(),
        kind => format!("{kind}{detail}"),
    };
    let said = error.line().and_then(|n| template.text.lines().nth(n.checked_sub(1)?)).map(str::trim);
    let said = said.filter(|s| !s.is_empty()).map(|s| format!(" in `{}`", sanitise(s))).unwrap_or_default();
    Mistake { file: template.name.to_owned(), line: error.line(), what: format!("{}{said}", sanitise(&what)) }
}

/// Blank lines that a loop leaves are one, and no line ends in blanks.
fn tidied(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && blank {
            continue;
        }
        blank = line.is_empty();
        out.push_str(line);
        out.push('\n');
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

fn environment<'a>() -> Environment<'a> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    // The markers are the usual ones, which no builder refuses.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        env.set_syntax(syntax);
    }
    env.set_fuel(Some(FUEL));
    env.set_formatter(|out, _state, value| {
        if value.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        if value.is_none() {
            return out.write_str("-").map_err(Error::from);
        }
        let text = value.to_string();
        let text = if value.is_safe() || value.kind() == ValueKind::Number { text } else { inline(&text) };
        out.write_str(&text).map_err(Error::from)
    });
    env.add_filter("code", |text: String| Value::from_safe_string(code(&text)));
    env.add_filter("utc", |v: Value| time(&v, "%Y-%m-%d %H:%M:%S"));
    env.add_filter("minute", |v: Value| time(&v, "%Y-%m-%d %H:%M"));
    env.add_filter("clock", |v: Value| time(&v, "%H:%M:%S"));
    env.add_filter("day", |v: Value| time(&v, "%Y-%m-%d"));
    env.add_filter("span", |v: Value| number(&v, |s| duration::long(seconds(s))));
    env.add_filter("percent", |v: Value| number(&v, tale::percent));
    env.add_filter("rate", |v: Value| number(&v, |b| tale::rate(Some(b))));
    env.add_filter("count", |v: Value| number(&v, count));
    env
}

/// A moment in UTC; `-` where there is none.
fn time(value: &Value, format: &str) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(Value::from_safe_string("-".into()));
    }
    let text = value.as_str().unwrap_or_default();
    let at: Time = text
        .parse()
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("`{}` is no time", sanitise(text))))?;
    Ok(Value::from_safe_string(at.format(format).to_string()))
}

/// A number in words; `UNKNOWN` where it is not known.
fn number(value: &Value, words: impl Fn(f64) -> String) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(Value::from_safe_string("UNKNOWN".into()));
    }
    let number = f64::try_from(value.clone())?;
    Ok(Value::from_safe_string(words(number)))
}

#[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates, and is held to a thousand years")]
fn seconds(s: f64) -> chrono::Duration {
    chrono::Duration::seconds(s.round().clamp(0.0, 3.2e10) as i64)
}

/// `12,345`.
pub fn count(n: f64) -> String {
    if !n.is_finite() {
        return "UNKNOWN".into();
    }
    let digits = format!("{:.0}", n.abs());
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if n <= -0.5 { format!("-{out}") } else { out }
}
