//! The one filter: what the cockpit, the commands, notifications and acks mean by "these alerts".
//!
//! ```text
//! severity=critical team=~"web|api"      label matchers, both must hold; regexes anchored, case-sensitive, as in Alertmanager
//! {job="api", env!="dev"}                Alertmanager's own spelling
//! chkt                                   a word: its letters in this order within one word of any label value or annotation
//! "disk full"                            as it stands, whatever the case; "team=web" also across a label's name and value
//! replicas<3 @age>15m                    numbers and durations; never true where the label is absent or no number
//! @state=firing @ack                     what Watchfire knows of the alert, see [`PSEUDO`]
//! (a=b or c=d) e=f                       `or` binds weaker than the space that means "and"
//! ```
//!
//! A label that is absent is an empty one. An empty value may be left out (`team=`). `or`, `and` and `not` are searched
//! for by quoting them. A capital in a word without quotes makes its case count. `@limit` stands outside of `or` and
//! brackets, and counts in a [`Sieve`] alone: one alert does not know how many came before it.
//!
//! Refuses to know where alerts come from, who asks, and how they are drawn: it sees [`Facts`] and says yes or no.

mod catalogue;
mod display;
mod error;
mod facts;
mod lex;
mod literal;
mod memo;
mod narrows;
mod nearest;
mod parse;
mod pseudo;
mod sieve;
mod spot;
mod term;
mod word;
mod words;

#[cfg(test)]
mod tests;

use super::matcher::Matcher;

pub use catalogue::{Candidate, Catalogue, Note};
pub use error::FilterError;
pub use facts::Facts;
pub(crate) use literal::unquote;
pub(crate) use nearest::nearest;
pub use pseudo::PSEUDO;
pub use sieve::Sieve;
pub use spot::{Name, Spot, What, spot};

use pseudo::{Field, Flag};
use term::Term;

/// Longest text that is read as a filter, in bytes.
pub const TEXT_MAX: usize = 8 * 1024;
/// Deepest nesting of parentheses and braces.
pub const DEPTH_MAX: usize = 64;

/// Which alerts are meant. Compiled once; asking allocates nothing but a regex's scratch memory at first use.
///
/// `Display` writes a normal form that reads back as the same filter (unless quoting made it longer than [`TEXT_MAX`]).
#[derive(Clone, Debug)]
pub struct Filter {
    root: Node,
    plain: Option<Vec<Matcher>>,
    /// How many alerts may pass.
    limit: Option<usize>,
}

/// Flat: no `All` stands directly in an `All`, no `Any` in an `Any`, and neither holds exactly one node.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Is(Term),
}

impl Filter {
    /// Reads what was typed after `/`, or stands in a configuration; nothing at all means every alert.
    ///
    /// # Errors
    /// Where the text is no filter: the place, what is wrong and what may have been meant.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text).map(Self::of)
    }

    /// Reads the FILTER words of a command line, which must all hold; no words mean every alert.
    ///
    /// As in amtool, a first word that is no matcher is an alert's name, and in a word with a single matcher everything
    /// behind the operator is its value (`summary=disk full`, whose quotes the shell took). A word `or` starts over.
    ///
    /// # Errors
    /// As [`Filter::parse`], placed in the words joined by single spaces. An empty word is an error, not every alert.
    pub fn from_words<S: AsRef<str>>(words: &[S]) -> Result<Self, FilterError> {
        words::parse(words).map(Self::of)
    }

    fn of(root: Node) -> Self {
        let plain = root.plain();
        let limit = root.limit();
        Self { root, plain, limit }
    }

    /// Whether this alert is meant, by itself; for a whole board there is [`Filter::sieve`].
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.root.matches(facts)
    }

    /// The matchers, where the filter is nothing but label matchers that must all hold; empty where it is every alert.
    pub fn matchers(&self) -> Option<&[Matcher]> {
        self.plain.as_deref()
    }

    /// Whether only the first so many alerts pass (`@limit`).
    pub fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// How many alerts may pass, where that is limited.
    pub fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Whether it matters to it which alerts are new: that costs more to tell than the rest.
    pub fn asks_what_is_new(&self) -> bool {
        self.root.has(|t| matches!(t, Term::Flag(Flag::New, _)))
    }

    /// Whether what passes changes as time goes by, though the alerts stay the same.
    pub fn minds_the_time(&self) -> bool {
        self.root.has(|t| matches!(t, Term::Age(..) | Term::Known(Field::Incident, _)))
    }

    /// Whether nothing was asked for, so that every alert matches (or any few of them): worth a
    /// question before acting on it.
    pub fn is_everything(&self) -> bool {
        self.root.asks_nothing()
    }

    /// Whether it asks nothing and counts nothing.
    pub fn lets_all_pass(&self) -> bool {
        self.is_everything() && self.limit.is_none()
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self::of(Node::All(Vec::new()))
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl std::str::FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

impl Node {
    fn all(nodes: Vec<Node>) -> Self {
        let flat = nodes.into_iter().flat_map(|n| match n {
            Node::All(inner) => inner,
            other => vec![other],
        });
        Self::one_or(flat.collect(), Node::All)
    }

    fn any(nodes: Vec<Node>) -> Self {
        let flat = nodes.into_iter().flat_map(|n| match n {
            Node::Any(inner) => inner,
            other => vec![other],
        });
        Self::one_or(flat.collect(), Node::Any)
    }

    fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Self {
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            Some(last) => {
                nodes.push(last);
                many(nodes)
            }
            None => many(nodes),
        }
    }

    fn matches(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|n| n.matches(facts)),
            Self::Any(nodes) => nodes.iter().any(|n| n.matches(facts)),
            Self::Is(term) => term.matches(facts),
        }
    }

    fn has(&self, wanted: fn(&Term) -> bool) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|n| n.has(wanted)),
            Self::Is(term) => wanted(term),
        }
    }

    fn plain(&self) -> Option<Vec<Matcher>> {
        match self {
            Self::All(nodes) => nodes.iter().map(Node::label).collect(),
            Self::Is(_) => self.label().map(|m| vec![m]),
            Self::Any(_) => None,
        }
    }

    fn asks_nothing(&self) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(Node::asks_nothing),
            other => other.limit().is_some(),
        }
    }

    /// The smallest, where there are several; the parser lets none stand deeper.
    fn limit(&self) -> Option<usize> {
        match self {
            Self::Is(Term::Limit(n)) => Some(*n),
            Self::All(nodes) => nodes.iter().filter_map(Node::limit).min(),
            _ => None,
        }
    }

    fn label(&self) -> Option<Matcher> {
        match self {
            Self::Is(Term::Label(matcher)) => Some(matcher.clone()),
            _ => None,
        }
    }
}
