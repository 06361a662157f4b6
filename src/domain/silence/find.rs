//! Which silences are meant: words over everything a silence says, and matchers it holds or would hold for.

use super::Silence;
use crate::domain::{
    filter::Filter,
    matcher::{MatchOp, Matcher},
};

/// What was typed, read once.
#[derive(Clone, Debug, Default)]
pub struct Find {
    words: Vec<String>,
    matchers: Vec<Matcher>,
}

impl Find {
    /// Each word must hold. One with an operator asks for a matcher; any other is looked for in everything a silence says.
    pub fn of<S: AsRef<str>>(words: &[S]) -> Self {
        let mut find = Self::default();
        for word in words.iter().map(AsRef::as_ref).filter(|w| !w.trim().is_empty()) {
            match matchers(word) {
                Some(found) => find.matchers.extend(found),
                None => find.words.push(word.to_lowercase()),
            }
        }
        find
    }

    /// The words of one line.
    pub fn typed(text: &str) -> Self {
        Self::of(&text.split_whitespace().collect::<Vec<_>>())
    }

    pub fn matches(&self, source: &str, silence: &Silence) -> bool {
        self.matchers.iter().all(|m| asks_for(silence, m)) && self.words.iter().all(|w| says(source, silence, w))
    }
}

fn matchers(word: &str) -> Option<Vec<Matcher>> {
    if !word.contains(['=', '~']) {
        return None;
    }
    Some(Filter::parse(word).ok()?.matchers()?.to_vec())
}

/// The same matcher, as Alertmanager's own filter has it; or, for a value, one that would hold for it.
fn asks_for(silence: &Silence, wanted: &Matcher) -> bool {
    let holds = |m: &Matcher| m.name == wanted.name && wanted.op == MatchOp::Equal && m.matches_value(&wanted.value);
    silence.matchers.iter().any(|m| m == wanted || holds(m))
}

fn says(source: &str, silence: &Silence, word: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(word);
    [silence.id.raw(), silence.comment.raw(), silence.created_by.raw(), source].into_iter().any(holds)
        || silence.matchers.iter().any(|m| holds(&m.to_string()))
}
