//! A query with holes, filled with what an objective is about. A value never leaves the string it stands in, whatever it
//! holds: it is escaped for the string, and for a regular expression where the string is one.

use super::WINDOW;
use crate::domain::{label::Labels, slo::Slo};

/// What may stand behind `$` or in `{{ }}` inside quotes.
pub const KNOWN: [&str; 4] = ["service", "slo", "name", "labels.NAME"];
/// What gives way to the length of a look back, inside `[ ]`.
const WINDOWS: [&str; 3] = ["window", "__rate_interval", "__interval"];

/// A query with holes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Hole { what: What, quote: char, is_regex: bool },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Service,
    Slo,
    Name,
    Label(String),
}

/// What is wrong in a template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Byte in the text.
    pub at: usize,
    pub what: String,
    /// The word nobody knows, where it is that.
    pub word: Option<String>,
    pub hint: Option<&'static str>,
}

impl Mistake {
    fn new(at: usize, what: impl Into<String>, hint: Option<&'static str>) -> Self {
        Self { at, what: what.into(), word: None, hint }
    }
}

impl Template {
    /// # Errors
    /// The first hole that is none, or stands where a value could become code; a string that never ends.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let mut reading = Reading { text, at: 0, out: Vec::new(), quote: None, is_regex: false };
        while reading.at < text.len() {
            reading.step()?;
        }
        match reading.quote {
            Some((from, quote)) => {
                Err(Mistake::new(from, format!("a string that begins with {quote} never ends"), None))
            }
            None => Ok(Self(reading.out)),
        }
    }

    /// The query about one objective.
    ///
    /// # Errors
    /// In words, where the objective has no such label, or its value cannot stand between backticks.
    pub fn fill(&self, slo: &Slo) -> Result<String, String> {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole { what, quote, is_regex } => out.push_str(&escaped(&what.of(slo)?, *quote, *is_regex)?),
            }
        }
        Ok(out)
    }
}

impl What {
    fn read(word: &str) -> Option<Self> {
        let word = word.trim_start_matches(['.', '$']);
        match word {
            "service" => Some(Self::Service),
            "slo" => Some(Self::Slo),
            "name" => Some(Self::Name),
            _ => {
                let label = word.strip_prefix("labels.")?;
                let fits = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !label.is_empty();
                fits.then(|| Self::Label(label.to_owned()))
            }
        }
    }

    fn of(&self, slo: &Slo) -> Result<String, String> {
        let label = |labels: &Labels, name: &str| labels.get(name).map(|v| v.raw().to_owned());
        match self {
            Self::Service => Ok(slo.service.raw().to_owned()),
            Self::Slo => Ok(slo.id.as_str().to_owned()),
            Self::Name => Ok(slo.name.raw().to_owned()),
            Self::Label(name) => label(&slo.group, name)
                .or_else(|| label(&slo.labels, name))
                .ok_or_else(|| format!("this SLO has no label `{name}` to fill in")),
        }
    }
}

struct Reading<'a> {
    text: &'a str,
    at: usize,
    out: Vec<Piece>,
    /// Where the string began that is being read, and with what.
    quote: Option<(usize, char)>,
    is_regex: bool,
}

impl Reading<'_> {
    fn step(&mut self) -> Result<(), Mistake> {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(()) };
        if let Some((word, length)) = hole(rest) {
            return self.hole(word, length);
        }
        match (self.quote, first) {
            (None, '#') => return self.take(rest.find('\n').unwrap_or(rest.len())),
            (None, '"' | '\'' | '`') => {
                let before = self.text[..self.at].trim_end();
                self.is_regex = before.ends_with("=~") || before.ends_with("!~");
                self.quote = Some((self.at, first));
            }
            (Some((_, quote)), '\\') if quote != '`' => {
                let escaped = rest[1..].chars().next().map_or(0, char::len_utf8);
                return self.take(1 + escaped);
            }
            (Some((_, quote)), c) if c == quote => self.quote = None,
            _ => {}
        }
        self.take(first.len_utf8())
    }

    fn take(&mut self, length: usize) -> Result<(), Mistake> {
        let text = &self.text[self.at..self.at + length];
        self.at += length;
        self.push(text.to_owned());
        Ok(())
    }

    fn push(&mut self, text: String) {
        match self.out.last_mut() {
            Some(Piece::Text(before)) => before.push_str(&text),
            _ => self.out.push(Piece::Text(text)),
        }
    }

    fn hole(&mut self, word: &str, length: usize) -> Result<(), Mistake> {
        let at = self.at;
        let known = What::read(word);
        match (self.quote, known) {
            (None, _) if WINDOWS.contains(&word.trim_start_matches('.')) => self.push(WINDOW.to_owned()),
            (Some((_, quote)), Some(what)) => {
                self.out.push(Piece::Hole { what, quote, is_regex: self.is_regex });
            }
            (None, Some(_)) => {
                let what = format!("`{word}` stands outside of quotes, where a name could become code");
                return Err(Mistake::new(at, what, Some("write it as the value of a matcher: service=\"$service\"")));
            }
            (_, None) => {
                let what = format!("`{word}` is nothing that can be filled in");
                return Err(Mistake { word: Some(word.to_owned()), ..Mistake::new(at, what, None) });
            }
        }
        self.at += length;
        Ok(())
    }
}

/// `{{word}}` or `$word` that the text begins with, and how long it is.
fn hole(rest: &str) -> Option<(&str, usize)> {
    if let Some(inner) = rest.strip_prefix("{{") {
        let end = inner.find("}}")?;
        return Some((inner[..end].trim(), end + 4));
    }
    let inner = rest.strip_prefix('$')?;
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return None;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut end = inner.find(|c| !is_part(c)).unwrap_or(inner.len());
    if &inner[..end] == "labels" && inner[end..].starts_with('.') {
        end += 1 + inner[end + 1..].find(|c| !is_part(c)).unwrap_or(inner.len() - end - 1);
    }
    Some((&inner[..end], end + 1))
}

fn escaped(value: &str, quote: char, is_regex: bool) -> Result<String, String> {
    let value = if is_regex { regex_escaped(value) } else { value.to_owned() };
    if quote == '`' {
        return if value.contains('`') {
            Err("a value with a backtick cannot stand between backticks".into())
        } else {
            Ok(value)
        };
    }
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    Ok(out)
}

/// The text as an RE2 expression that matches nothing else.
pub fn regex_escaped(text: &str) -> String {
    let special = |c: char| r"\.+*?()|[]{}^$".contains(c);
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        slo::{Counted, Indicator, Objective, Window},
        text::SafeText,
    };

    fn slo(service: &str) -> Slo {
        let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
        Slo {
            service: SafeText::new(service),
            labels: [("env", "prod")].into_iter().collect(),
            ..Slo::new("x", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator)
        }
    }

    fn filled(text: &str, service: &str) -> String {
        Template::parse(text).unwrap().fill(&slo(service)).unwrap()
    }

    #[test]
    fn holes_are_filled_and_every_spelling_of_the_look_back_is_one() {
        let text =
            r#"sum(rate(x{job="$service",env="{{labels.env}}",e='$labels.env'}[$__rate_interval])) / y[{{ .window }}]"#;
        assert_eq!(filled(text, "shop"), r#"sum(rate(x{job="shop",env="prod",e='prod'}[$window])) / y[$window]"#);
        assert_eq!(
            filled(r#"label_replace(x, "a", "$1", "b", "(.*)$") # $nobody"#, "s"),
            r#"label_replace(x, "a", "$1", "b", "(.*)$") # $nobody"#
        );
    }

    #[test]
    fn a_value_cannot_leave_its_string() {
        assert_eq!(filled(r#"x{a="$service"}"#, "q\"} or up #\\\n"), "x{a=\"q\\\"} or up #\\\\\\n\"}");
        assert_eq!(filled(r#"x{a=~"$service-.*"}"#, "a.b"), r#"x{a=~"a\\.b-.*"}"#);
        assert!(Template::parse("x{a=`$service`}").unwrap().fill(&slo("a`b")).unwrap_err().contains("backtick"));
    }

    #[test]
    fn what_cannot_be_meant_is_named_with_its_place() {
        let mistake = |text: &str| Template::parse(text).unwrap_err();
        assert_eq!((mistake("x{a=\"$servce\"}").at, mistake("x{a=\"$servce\"}").word.unwrap()), (5, "servce".into()));
        assert!(mistake("$service{a=\"b\"}").what.contains("outside of quotes"));
        assert!(mistake("x{a=\"b}").what.contains("never ends"));
        assert!(mistake("x{a=\"{{labels.}}\"}").what.contains("filled in"));
        let text = Template::parse("x{a=\"{{labels.team}}\"}").unwrap().fill(&slo("s")).unwrap_err();
        assert!(text.contains("no label `team`"), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_a_service_is_called_the_string_ends_where_it_did(service in ".{0,24}") {
            for quote in ['"', '\''] {
                let out = filled(&format!("x{{a={quote}$service{quote}}} # end"), &service);
                let again = Template::parse(&out.replace(['$', '{'], "_"));
                let ends = out.ends_with("} # end");
                prop_assert!(again.is_ok() && ends, "{}", out);
                let inner = &out[5..out.len() - 8];
                let mut escaped = false;
                for c in inner.chars() {
                    prop_assert!(escaped || c != quote);
                    escaped = c == '\\' && !escaped;
                }
                prop_assert!(!escaped);
            }
        }

        #[test]
        fn no_text_breaks_it(text in "[\\$\\{\\}\"'`a-z#\\\\ é\\[\\]=~.]{0,40}") {
            let _ = Template::parse(&text).map(|t| t.fill(&slo("s")));
        }
    }
}
