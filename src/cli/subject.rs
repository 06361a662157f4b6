//! What a note or a timeline is about, as it is typed.

use crate::{
    config::Config,
    domain::{alert::AlertId, entry::Subject, label::Fingerprint, source::SourceName},
};

/// The fewest digits of a fingerprint that may stand for it.
const DIGITS_MIN: usize = 4;
const PREFIXES: [&str; 4] = ["alert:", "slo:", "source:", "service:"];

/// A subject, or the beginning of a fingerprint that somebody must find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Subject(Subject),
    Fingerprint(String),
    /// An incident, or enough of its id.
    Incident(String),
}

/// Reads what was typed.
///
/// # Errors
/// Says what may be written where it is none.
pub fn read(text: &str, config: &Config) -> Result<Named, String> {
    let text = text.trim();
    if let Some(id) = text.strip_prefix("incident:").or(Some(text).filter(|t| is_incident(t))) {
        return Ok(Named::Incident(id.to_owned()));
    }
    let full = text == "watch" || PREFIXES.iter().any(|p| text.strip_prefix(p).is_some_and(|rest| !rest.is_empty()));
    if full {
        return Ok(Named::Subject(Subject::new(text)));
    }
    if let Some((source, fingerprint)) = text.rsplit_once('/').filter(|(s, f)| !s.is_empty() && !f.is_empty()) {
        return alert(source, fingerprint, config).map(Named::Subject);
    }
    if text.len() >= DIGITS_MIN && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(Named::Fingerprint(text.to_ascii_lowercase()));
    }
    Err(format!(
        "`{text}` is no subject; write an alert as SOURCE/FINGERPRINT or at least {DIGITS_MIN} digits of its fingerprint, \
         a budget as slo:ID, an incident as INC-…, or watch for the whole watch"
    ))
}

fn is_incident(text: &str) -> bool {
    text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("INC-"))
}

fn alert(source: &str, fingerprint: &str, config: &Config) -> Result<Subject, String> {
    let source = SourceName::new(source);
    if !config.sources.iter().any(|s| s.name == source) {
        let known: Vec<&str> = config.sources.iter().map(|s| s.name.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(format!(
            "no source is called `{source}`; configured: {known} (alert:{source}/… names it all the same)"
        ));
    }
    Ok(Subject::alert(&AlertId { source, fingerprint: Fingerprint::new(fingerprint) }))
}
