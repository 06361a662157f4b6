//! `{{labels.namespace}}`: one argument with its holes. An argument stays one argument, whatever is put in.
//!
//! `{{"…"}}` stands for its own text, so that a program's own braces can be written: `{{"{{.Names}}"}}`.

use std::fmt;

/// One argument as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Hole(Variable),
}

/// What can be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    Label(String),
    Annotation(String),
    AlertId,
    Fingerprint,
    Source,
    SloId,
    IncidentId,
    User,
    Input(String),
}

/// What a hole may hold, for whoever wrote another word.
pub const KNOWN: [&str; 9] = [
    "labels.NAME",
    "annotations.NAME",
    "alert.id",
    "alert.fingerprint",
    "alert.source",
    "slo.id",
    "incident.id",
    "user",
    "input.NAME",
];

/// A template that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// The byte at which the hole begins.
    pub at: usize,
    pub what: String,
    /// The word that stands in it, where that is what is wrong.
    pub word: Option<String>,
}

impl Variable {
    /// The variable of a word such as `labels.namespace`; none where nobody knows it.
    pub fn read(word: &str) -> Option<Self> {
        let named = |prefix: &str| word.strip_prefix(prefix).filter(|n| !n.is_empty()).map(str::to_owned);
        match word {
            "alert.id" => Some(Self::AlertId),
            "alert.fingerprint" => Some(Self::Fingerprint),
            "alert.source" => Some(Self::Source),
            "slo.id" => Some(Self::SloId),
            "incident.id" => Some(Self::IncidentId),
            "user" => Some(Self::User),
            _ => named("labels.")
                .map(Self::Label)
                .or_else(|| named("annotations.").map(Self::Annotation))
                .or_else(|| named("input.").map(Self::Input)),
        }
    }

    /// Whether only an alert has it.
    pub fn is_of_alerts(&self) -> bool {
        matches!(self, Self::Label(_) | Self::Annotation(_) | Self::AlertId | Self::Fingerprint | Self::Source)
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(name) => write!(f, "labels.{name}"),
            Self::Annotation(name) => write!(f, "annotations.{name}"),
            Self::Input(name) => write!(f, "input.{name}"),
            Self::AlertId => f.write_str("alert.id"),
            Self::Fingerprint => f.write_str("alert.fingerprint"),
            Self::Source => f.write_str("alert.source"),
            Self::SloId => f.write_str("slo.id"),
            Self::IncidentId => f.write_str("incident.id"),
            Self::User => f.write_str("user"),
        }
    }
}

impl Template {
    /// # Errors
    /// The first hole that is not closed, or that nobody can fill.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Self::read(text, true)
    }

    /// As [`Self::parse`], but a hole that nobody knows is text: for commands that were not written for us.
    pub fn lenient(text: &str) -> Self {
        let plain = || Self { text: text.to_owned(), parts: vec![Part::Text(text.to_owned())] };
        Self::read(text, false).unwrap_or_else(|_| plain())
    }

    fn read(text: &str, strict: bool) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut said = String::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            said.push_str(&rest[..open]);
            let at = text.len() - rest.len() + open;
            let (hole, after) = hole(&rest[open + 2..]).ok_or_else(|| unclosed(at))?;
            match hole {
                Hole::Literal(literal) => said.push_str(literal),
                Hole::Word(word) => match Variable::read(word) {
                    Some(variable) => {
                        flush(&mut said, &mut parts);
                        parts.push(Part::Hole(variable));
                    }
                    None if strict => return Err(unknown(at, word)),
                    None => said.push_str(&rest[open..rest.len() - after.len()]),
                },
            }
            rest = after;
        }
        said.push_str(rest);
        flush(&mut said, &mut parts);
        Ok(Self { text: text.to_owned(), parts })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.parts.iter().filter_map(|p| if let Part::Hole(v) = p { Some(v) } else { None })
    }
}

enum Hole<'t> {
    Literal(&'t str),
    Word(&'t str),
}

/// What stands behind `{{`, and what follows its `}}`.
fn hole(text: &str) -> Option<(Hole<'_>, &str)> {
    if let Some(quoted) = text.trim_start().strip_prefix('"') {
        let (literal, rest) = quoted.split_once('"')?;
        return Some((Hole::Literal(literal), rest.trim_start().strip_prefix("}}")?));
    }
    let (word, rest) = text.split_once("}}")?;
    Some((Hole::Word(word.trim()), rest))
}

fn flush(said: &mut String, parts: &mut Vec<Part>) {
    if !said.is_empty() {
        parts.push(Part::Text(std::mem::take(said)));
    }
}

fn unclosed(at: usize) -> TemplateError {
    TemplateError { at, what: "this `{{` is never closed by `}}`".into(), word: None }
}

fn unknown(at: usize, word: &str) -> TemplateError {
    TemplateError { at, what: format!("nothing is called `{{{{{word}}}}}`"), word: Some(word.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_wherever_they_stand() {
        let t = Template::parse("--ns={{ labels.namespace }}/{{input.n}}!").unwrap();
        assert_eq!(
            t.parts(),
            [
                Part::Text("--ns=".into()),
                Part::Hole(Variable::Label("namespace".into())),
                Part::Text("/".into()),
                Part::Hole(Variable::Input("n".into())),
                Part::Text("!".into()),
            ]
        );
    }

    #[test]
    fn a_programs_own_braces_can_be_written() {
        let t = Template::parse(r#"{{"{{.Names}}"}} x"#).unwrap();
        assert_eq!(t.parts(), [Part::Text("{{.Names}} x".into())]);
        let error = Template::parse("ab {{.Names}}").unwrap_err();
        assert_eq!((error.at, error.word.as_deref()), (3, Some(".Names")));
        assert_eq!(Template::lenient("{{.Names}} {{user}}").parts()[0], Part::Text("{{.Names}} ".into()));
    }

    #[test]
    fn a_hole_that_is_not_closed_says_where() {
        assert_eq!(Template::parse("a {{labels.x}").unwrap_err().at, 2);
        assert_eq!(Template::lenient("a {{labels.x}").parts().len(), 1);
    }
}
