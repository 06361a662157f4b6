//! Alertmanager's matchers: `name op value`, regular expressions fully anchored.
//!
//! Accepts both the classic and the UTF-8 syntax, always writes the quoted one.

use std::fmt;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{go_regex, label::Labels};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MatchOp {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "=~")]
    Regex,
    #[serde(rename = "!~")]
    NotRegex,
}

impl MatchOp {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

/// One matcher. Names and values are raw text: they go back to the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Matcher {
    pub name: String,
    pub op: MatchOp,
    pub value: String,
    regex: Option<Regex>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Plain {
    name: String,
    op: MatchOp,
    value: String,
}

impl Matcher {
    /// # Errors
    /// Where the value of a regex matcher is no regular expression.
    pub fn new(name: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Result<Self, String> {
        let (name, value) = (name.into(), value.into());
        let regex = match op {
            MatchOp::Regex | MatchOp::NotRegex => Some(anchored(&value)?),
            MatchOp::Equal | MatchOp::NotEqual => None,
        };
        Ok(Self { name, op, value, regex })
    }

    /// `name="value"`, which cannot fail.
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), op: MatchOp::Equal, value: value.into(), regex: None }
    }

    pub fn matches_value(&self, value: &str) -> bool {
        let hit = self.regex.as_ref().map_or_else(|| value == self.value, |r| r.is_match(value));
        hit == matches!(self.op, MatchOp::Equal | MatchOp::Regex)
    }

    /// An absent label counts as an empty one, as in Alertmanager.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.value(&self.name))
    }
}

/// As Alertmanager does it: `.` is no line break, and a `)(` in the value goes through the anchors.
pub(super) fn anchored(value: &str) -> Result<Regex, String> {
    let wrong = |why: &str| format!("`{value}` is no regular expression: {why}");
    let meant = go_regex::translate(value).map_err(|why| wrong(&why))?;
    Regex::new(&format!("^(?:{meant})$")).map_err(|e| {
        let why = e.to_string();
        wrong(why.lines().last().unwrap_or("").trim_start_matches("error: "))
    })
}

/// Whether all of them match.
pub fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|m| m.matches(labels))
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

impl Eq for Matcher {}

impl From<Matcher> for Plain {
    fn from(m: Matcher) -> Self {
        Self { name: m.name, op: m.op, value: m.value }
    }
}

impl TryFrom<Plain> for Matcher {
    type Error = String;

    fn try_from(p: Plain) -> Result<Self, String> {
        Matcher::new(p.name, p.op, p.value)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A classic parser has no escape for a control character; one that reads a quoted name does.
        let strange = |c: char| c.is_control() && c != '\n';
        if is_classic(&self.name) && !self.value.chars().any(strange) {
            write!(f, "{}{}{}", self.name, self.op.as_str(), quote(&self.value))
        } else {
            write!(f, "{}{}{}", quote(&self.name), self.op.as_str(), quote(&self.value))
        }
    }
}

/// Whether a name is one that every Alertmanager reads without quotes.
pub fn is_classic(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(fits)
}

/// A Go string literal of the text.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        [("job", "api-gateway"), ("severity", "critical")].into_iter().collect()
    }

    #[test]
    fn a_regex_is_anchored_at_both_ends() {
        let m = |v: &str| Matcher::new("job", MatchOp::Regex, v).unwrap().matches(&labels());
        assert!(m("api-.*") && m("api-gateway|x") && !m("api") && !m("gateway"));
    }

    #[test]
    fn an_absent_label_is_an_empty_one() {
        assert!(Matcher::equal("team", "").matches(&labels()));
        assert!(!Matcher::new("team", MatchOp::NotEqual, "").unwrap().matches(&labels()));
        assert!(Matcher::new("team", MatchOp::NotEqual, "x").unwrap().matches(&labels()));
        assert!(Matcher::new("team", MatchOp::NotRegex, ".+").unwrap().matches(&labels()));
    }

    #[test]
    fn a_matcher_is_written_quoted() {
        assert_eq!(Matcher::equal("a", "b\"c\\").to_string(), r#"a="b\"c\\""#);
        assert_eq!(Matcher::equal("größe", "b").to_string(), r#""größe"="b""#);
    }

    #[test]
    fn a_broken_regex_is_an_error_with_its_reason() {
        assert!(Matcher::new("a", MatchOp::Regex, "(").unwrap_err().contains("no regular expression"));
    }
}
