//! One condition of a filter, and whether it holds.

use std::borrow::Cow;

use super::{
    error::{FilterError, tick},
    facts::Facts,
    lex::Piece,
    pseudo::{self, Field, Flag},
    word::{Word, is_run},
};
use crate::domain::{
    duration,
    label::Fingerprint,
    matcher::{MatchOp, Matcher, is_classic, quote},
    text::SafeText,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Match(MatchOp),
    Order(Order),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Order {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Label(Matcher),
    /// A label that must be a number or a duration.
    Ordered(String, Order, Bound),
    /// A pseudo-label compared as text; the matcher's name is the pseudo-label's.
    Known(Field, Matcher),
    Flag(Flag, bool),
    /// In milliseconds.
    Age(Order, i64),
    /// How many alerts may pass: holds of each by itself.
    Limit(usize),
    Word(Word),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    /// Always finite.
    Number(f64),
    /// In milliseconds.
    Length(i64),
}

impl Term {
    pub(super) fn compared(name: &Piece, op: Op, value: &Piece) -> Result<Self, FilterError> {
        if name.text.is_empty() {
            return Err(name.wrong("a name is missing before the operator"));
        }
        if !name.quoted && name.text.starts_with('@') {
            return pseudo::compared(name, op, value);
        }
        match op {
            Op::Match(op) => label(name, op, value),
            Op::Order(order) => bound(value).map(|bound| Self::Ordered(name.text.clone(), order, bound)),
        }
    }

    pub(super) fn word(word: &Piece) -> Result<Self, FilterError> {
        if word.text.is_empty() {
            return Err(word.wrong("an empty word says nothing"));
        }
        if !word.quoted && word.text.starts_with('@') {
            return pseudo::alone(word);
        }
        Ok(Self::Word(Word::new(&word.text, word.quoted)))
    }

    pub(super) fn matches(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Label(matcher) => matcher.matches(facts.labels),
            Self::Ordered(name, order, bound) => bound.holds(*order, facts.labels.value(name)),
            Self::Known(field, matcher) => known(*field, matcher, facts),
            Self::Flag(Flag::Ack, want) => facts.ack.is_some() == *want,
            Self::Flag(Flag::New, want) => facts.is_new == *want,
            Self::Flag(Flag::Stale, want) => facts.stale == *want,
            Self::Age(order, ms) => order.holds(facts.age_ms(), *ms),
            Self::Limit(_) => true,
            Self::Word(word) => word.is_in(facts),
        }
    }
}

impl Term {
    /// What asking costs, roughly: a sieve asks the cheap ones first.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Flag(..) | Self::Age(..) | Self::Limit(_) => 1,
            _ => 10,
        }
    }
}

fn label(name: &Piece, op: MatchOp, value: &Piece) -> Result<Term, FilterError> {
    Matcher::new(name.text.as_str(), op, value.text.as_str()).map(Term::Label).map_err(|_| {
        let error = value.wrong(format!("{} is no regular expression", tick(&value.text)));
        if value.text.starts_with('*') {
            error.hint("`.*` stands for anything, and every regex is anchored")
        } else {
            error
        }
    })
}

fn bound(value: &Piece) -> Result<Bound, FilterError> {
    let number = value.text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Bound::Number);
    number.or_else(|| duration::parse_ms(&value.text).ok().map(Bound::Length)).ok_or_else(|| {
        value
            .wrong(format!("{} is neither a number nor a duration", tick(&value.text)))
            .hint("< and > compare numbers (3, 0.5) and durations (90s, 15m, 1d12h)")
    })
}

impl Bound {
    /// A label that is absent or neither number nor duration is neither below nor above anything.
    pub(super) fn holds(self, order: Order, value: &str) -> bool {
        match self {
            _ if value.is_empty() => false,
            Self::Number(bound) => value.trim().parse::<f64>().is_ok_and(|n| order.holds(n, bound)),
            Self::Length(bound) => duration::parse_ms(value).is_ok_and(|ms| order.holds(ms, bound)),
        }
    }
}

fn known(field: Field, matcher: &Matcher, facts: &Facts<'_>) -> bool {
    match field {
        Field::State => matcher.matches_value(facts.state.as_str()),
        Field::Severity => matcher.matches_value(facts.severity.as_str()),
        Field::Source => matcher.matches_value(facts.source.as_str()),
        Field::Fingerprint => matcher.matches_value(facts.fingerprint.as_str()),
        Field::Owner => matcher.matches_value(facts.owner()),
        Field::SilencedBy => among(matcher, facts.silenced_by.iter().map(SafeText::raw)),
        Field::SilenceAuthor => among(matcher, facts.silence_authors.iter().copied()),
        Field::InhibitedBy => among(matcher, facts.inhibited_by.iter().map(Fingerprint::as_str)),
        Field::Receiver => among(matcher, facts.receivers.iter().map(SafeText::raw)),
        Field::Cluster => among(matcher, facts.clusters()),
        Field::Slo => among(matcher, facts.slos()),
        Field::Incident => matcher.matches_value(facts.incident),
    }
}

/// One of several values is enough for `=` and `=~`; `!=` and `!~` deny them all. No values are one empty value.
fn among<'v>(matcher: &Matcher, values: impl Iterator<Item = &'v str>) -> bool {
    let mut values = values.peekable();
    if values.peek().is_none() {
        return matcher.matches_value("");
    }
    match matcher.op {
        MatchOp::Equal | MatchOp::Regex => values.any(|v| matcher.matches_value(v)),
        MatchOp::NotEqual | MatchOp::NotRegex => values.all(|v| matcher.matches_value(v)),
    }
}

/// A label's name as a filter writes it.
pub(super) fn label_name(name: &str) -> Cow<'_, str> {
    if is_classic(name) { Cow::Borrowed(name) } else { Cow::Owned(quote(name)) }
}

/// A value as a person writes it: without quotes where none are needed.
pub(super) fn value_text(value: &str) -> String {
    let plain = |c: char| if c.is_ascii() { is_run(c as u8) } else { !c.is_whitespace() && !c.is_control() };
    let bare = !value.is_empty() && value.chars().all(plain);
    if bare { value.to_owned() } else { quote(value) }
}

/// Whether a value can be compared with `<` and `>`.
pub(super) fn is_ordered(value: &str) -> bool {
    value.parse::<f64>().is_ok_and(f64::is_finite) || duration::parse_ms(value).is_ok()
}
