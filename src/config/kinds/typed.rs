//! A kind's own keys as a person types them, one line a value, and what stands in them as a file has it.
//!
//! Holds no question and no quotation mark: who asks and who writes a file brings those.

use std::borrow::Cow;

use super::{Given, Own, about};
use crate::{
    config::{
        schema::{Key, Kind},
        types::SourceKind,
    },
    domain::duration,
};

/// A value as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Worth<'a> {
    Text(Cow<'a, str>),
    /// A number or a yes or no.
    Bare(String),
    List(&'a [String]),
    Table(&'a [(String, String)]),
}

impl Worth<'_> {
    /// As it would be typed.
    pub fn typed(&self) -> String {
        let held = |word: &String| match word.contains(char::is_whitespace) || word.is_empty() {
            true => format!("'{word}'"),
            false => word.clone(),
        };
        match self {
            Self::Text(text) => text.to_string(),
            Self::Bare(text) => text.clone(),
            Self::List(list) => list.iter().map(held).collect::<Vec<_>>().join(" "),
            Self::Table(table) => {
                table.iter().map(|(name, value)| held(&format!("{name}={value}"))).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// The keys that only sources of this kind have, each with its sentence.
pub fn keys(kind: SourceKind) -> impl Iterator<Item = (&'static str, &'static str)> {
    about(kind).keys.iter().map(|k| (k.name, k.doc))
}

/// Whether a key of this kind holds a path.
pub fn is_path(kind: SourceKind, name: &str) -> bool {
    about(kind).keys.iter().any(|k| k.name == name && matches!(k.kind, Kind::Path))
}

impl Own {
    /// Takes a value as it is typed: words for a list, `name=value` words for a table.
    ///
    /// # Errors
    /// Says what would be one, without repeating it; nothing is taken then.
    pub fn take(&mut self, kind: SourceKind, name: &str, text: &str) -> Result<(), String> {
        let key = about(kind).keys.iter().find(|k| k.name == name);
        let key = key.ok_or_else(|| format!("a source of kind {} has no `{name}`", kind.as_str()))?;
        let given = read(key, text.trim())?;
        self.0.retain(|(n, _)| *n != key.name);
        self.0.push((key.name, given));
        Ok(())
    }

    /// Lets go of a value.
    pub fn drop_key(&mut self, name: &str) {
        self.0.retain(|(n, _)| *n != name);
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is given, in the order in which it was.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, Worth<'_>)> {
        self.0.iter().map(|(name, given)| (*name, worth(given)))
    }
}

fn worth(given: &Given) -> Worth<'_> {
    match given {
        Given::Text(text) => Worth::Text(Cow::Borrowed(text)),
        Given::Path(path) => Worth::Text(path.to_string_lossy()),
        Given::Bool(yes) => Worth::Bare(yes.to_string()),
        Given::Number(number) => Worth::Bare(number.to_string()),
        Given::Duration(length) => Worth::Text(duration::prometheus(length.num_seconds()).into()),
        Given::List(list) => Worth::List(list),
        Given::Texts(texts) => Worth::Table(texts),
    }
}

fn read(key: &Key, text: &str) -> Result<Given, String> {
    let wrong = |meant: &str| format!("`{}` is {meant}", key.name);
    if text.is_empty() {
        return Err(wrong("empty"));
    }
    match key.kind {
        Kind::Bool => match text {
            "true" | "yes" | "y" => Ok(Given::Bool(true)),
            "false" | "no" | "n" => Ok(Given::Bool(false)),
            _ => Err(wrong("true or false")),
        },
        Kind::Number(least, most) => {
            let number = text.parse().ok().filter(|n| (least..=most).contains(n));
            number.map(Given::Number).ok_or_else(|| wrong(&between(least, most)))
        }
        Kind::Duration(least, most) => {
            let length = duration::parse(text).ok().filter(|d| (least..=most).contains(&d.num_milliseconds()));
            length.map(Given::Duration).ok_or_else(|| {
                let s = |ms: i64| duration::prometheus(ms / 1_000);
                wrong(&format!("a time from {} to {}, such as 90s or 15m", s(least), s(most)))
            })
        }
        Kind::OneOf(of) if !of.contains(&text) => Err(wrong(&of.join(" or "))),
        Kind::List => words(text).map(Given::List).ok_or_else(|| wrong("words with blanks between")),
        Kind::Texts => table(text).map(Given::Texts).ok_or_else(|| wrong("words such as name=value")),
        Kind::Path => Ok(Given::Path(text.into())),
        _ => Ok(Given::Text(text.to_owned())),
    }
}

fn between(least: i64, most: i64) -> String {
    if most == i64::MAX { format!("a number from {least} on") } else { format!("a number from {least} to {most}") }
}

fn table(text: &str) -> Option<Vec<(String, String)>> {
    let pair = |word: &String| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    words(text)?.iter().map(pair).collect()
}

/// The words of a line, as a shell would see them without its expansions: blanks part, quotation marks hold together.
/// None where a mark is not closed, or there is no word.
pub fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(mark), c) if c == mark => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (quote.is_none() && !words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_parted_at_blanks_and_held_together_by_marks() {
        assert_eq!(words("pass show 'prod eu'").unwrap(), ["pass", "show", "prod eu"]);
        assert_eq!(words("  a  b\"c d\"e ").unwrap(), ["a", "bc de"]);
        assert_eq!(words("echo ''").unwrap(), ["echo", ""]);
        assert!(words("pass 'show").is_none() && words("   ").is_none());
    }

    #[test]
    fn a_value_is_what_its_key_wants_or_is_refused_with_what_that_is() {
        let mut own = Own::default();
        own.take(SourceKind::Grafana, "org", "2").unwrap();
        assert!(own.take(SourceKind::Grafana, "org", "0").unwrap_err().contains("a number from 1 on"));
        assert!(own.take(SourceKind::Grafana, "colour", "red").unwrap_err().contains("has no `colour`"));
        assert_eq!(own.number("org"), Some(2), "what was refused takes nothing's place");
        own.take(SourceKind::Kubernetes, "namespaces", "shop search").unwrap();
        own.take(SourceKind::Kubernetes, "pending_after", "2m").unwrap();
        assert!(own.take(SourceKind::Kubernetes, "pending_after", "1s").unwrap_err().contains("from 10s to 1d"));
        assert!(own.take(SourceKind::Bosh, "grant", "magic").unwrap_err().contains("password or client_credentials"));
        own.take(SourceKind::Check, "labels", "service=shop 'team=on call'").unwrap();
        let told: Vec<String> = own.told().map(|(name, worth)| format!("{name} {worth:?}")).collect();
        assert_eq!(told[1], "namespaces List([\"shop\", \"search\"])");
        assert_eq!(told[2], "pending_after Text(\"2m\")");
        assert!(told[3].contains("(\"team\", \"on call\")"), "{told:?}");
    }
}
