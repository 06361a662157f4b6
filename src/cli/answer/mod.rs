//! Answers as the interface promises them: one object, or its items a line each. Values are as they came, not as they are
//! shown; what could harm a terminal is escaped as JSON escapes it.

pub mod act;
pub mod alert;
pub mod entry;
pub mod signals;
pub mod slo;
pub mod slo_verbs;
pub mod told;
pub mod why;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    app::world::{World, sources::SourceStatus},
    domain::{
        Time,
        source::{Description, SourceError, SourceState},
    },
};

use super::{
    args::Output,
    exit::{self, Exit},
};

/// What every answer begins with, and under `key` what it is about.
pub struct Answer<B> {
    /// The noun of the command: `watchfire/alerts/1` is that of `alerts`.
    pub noun: &'static str,
    pub key: &'static str,
    pub at: Time,
    pub complete: bool,
    pub sources: Vec<SourceAnswer>,
    pub body: B,
}

impl<B: Serialize> Serialize for Answer<B> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(5))?;
        map.serialize_entry("schema", &format!("watchfire/{}/1", self.noun))?;
        map.serialize_entry("at", &self.at)?;
        map.serialize_entry("complete", &self.complete)?;
        map.serialize_entry("sources", &self.sources)?;
        map.serialize_entry(self.key, &self.body)?;
        map.end()
    }
}

impl<B> Answer<B> {
    /// An answer for which no source was asked.
    pub fn of_ours(noun: &'static str, key: &'static str, at: Time, body: B) -> Self {
        Self { noun, key, at, complete: true, sources: Vec::new(), body }
    }
}

impl<T: Serialize> Answer<Vec<T>> {
    /// Writes a list in the form that was asked for.
    ///
    /// # Errors
    /// After saying why it could not be written.
    pub fn say(&self, output: Output, table: impl FnOnce() -> String) -> Result<(), Exit> {
        match output {
            Output::Json => say_json(self),
            Output::Ndjson => self.body.iter().try_for_each(say_json),
            Output::Table | Output::Wide => {
                exit::say(&table());
                Ok(())
            }
        }
    }
}

/// Writes one value as one line.
///
/// # Errors
/// After saying why it could not be written.
pub fn say_json(value: &impl Serialize) -> Result<(), Exit> {
    let text = serde_json::to_string(value).map_err(|e| exit::failed(format_args!("the answer is no JSON: {e}")))?;
    exit::say(&(harmless(&text) + "\n"));
    Ok(())
}

/// JSON escapes what is below a space; a terminal obeys more than that. Such characters stand in strings alone.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// A source in `sources` of every answer.
#[derive(Clone, Debug, Serialize)]
pub struct SourceAnswer {
    pub name: String,
    pub kind: &'static str,
    pub state: SourceState,
    /// Seconds since its last good answer; null where there was none.
    pub age_s: Option<i64>,
    pub error: Option<String>,
}

impl SourceAnswer {
    pub fn of(source: &SourceStatus, now: Time) -> Self {
        Self {
            name: source.about.name.to_string(),
            kind: source.about.kind,
            state: World::state_of(source.state),
            age_s: source.good_at.map(|at| (now - at).num_seconds().max(0)),
            error: trouble(source),
        }
    }

    /// One that was asked for counts.
    pub fn counted(about: &Description, error: Option<&SourceError>) -> Self {
        Self {
            name: about.name.to_string(),
            kind: about.kind,
            state: error.map_or(SourceState::Live, SourceError::state),
            age_s: error.is_none().then_some(0),
            error: error.map(ToString::to_string),
        }
    }
}

/// What keeps a source from having told everything.
pub fn trouble(source: &SourceStatus) -> Option<String> {
    if let Some(error) = &source.error {
        return Some(error.to_string());
    }
    if let Some((member, error)) = source.missing_members.first() {
        let others = source.missing_members.len() - 1;
        let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
        return Some(format!("member {}{more} {error}", member.line()));
    }
    // A clock that is wrong hides nothing, nor does a silence nobody can read: the alert stands without it.
    let hides = |at: &str| at.contains("alerts[") || at == "answer";
    let hidden = source.problems.iter().find(|p| hides(p.at.raw()))?;
    Some(format!("not everything could be read: {}: {}", hidden.at.line(), hidden.why.line()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_reads_back_as_it_was() {
        let text = "a\u{1b}[31m\u{9b}2J\u{202e}\u{7f} Größe 火";
        let json = harmless(&serde_json::to_string(text).unwrap());
        assert!(json.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn an_answer_names_its_schema_and_its_list() {
        let answer = Answer::of_ours("timeline", "entries", Time::UNIX_EPOCH, vec![1, 2]);
        let text = serde_json::to_string(&answer).unwrap();
        let wanted = r#"{"schema":"watchfire/timeline/1","at":"1970-01-01T00:00:00Z","complete":true,"sources":[],"entries":[1,2]}"#;
        assert_eq!(text, wanted);
    }
}
