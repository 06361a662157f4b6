//! One pass of a filter over a board: the same answers as [`Filter::matches`], for a board's worth of alerts at once.
//!
//! Labels repeat: ten thousand alerts share a few hundred values. Each term asks of a text once and remembers, so that
//! a pass costs what its distinct values cost. Cheap terms are asked first. Only here does `@limit` count.

use super::{
    Filter, Node,
    facts::Facts,
    memo::Memo,
    pseudo::Field,
    term::{Bound, Order, Term},
    word::Word,
};
use crate::domain::{
    alert::{AlertState, Severity},
    label::Labels,
    matcher::Matcher,
    source::SourceName,
    text::SafeText,
};

/// See [`Filter::sieve`].
#[derive(Debug)]
pub struct Sieve<'b> {
    step: Step<'b>,
    left: usize,
}

#[derive(Debug)]
enum Step<'b> {
    All(Vec<Step<'b>>),
    Any(Vec<Step<'b>>),
    Label(&'b Matcher, Column, Memo),
    Ordered(&'b str, Order, Bound, Column, Memo),
    Word(&'b Word, Memo),
    /// The answer for each of [`Severity::ALL`].
    Severity([bool; 5]),
    State([bool; 5]),
    /// The answers for the sources met so far.
    Source(&'b Matcher, Vec<(&'b SourceName, bool)>),
    Plain(&'b Term),
}

impl Filter {
    /// A sieve for one pass. Alerts are shown to it in the order of the board, since `@limit` lets the first ones pass.
    pub fn sieve<'b>(&'b self) -> Sieve<'b> {
        Sieve { step: Step::of(&self.root), left: self.limit.unwrap_or(usize::MAX) }
    }
}

impl<'b> Sieve<'b> {
    /// How many more may pass.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Lets so many pass from now on: a pass over a board may be made in several parts, and a count is not limited.
    pub fn leave(&mut self, left: usize) {
        self.left = left;
    }

    /// Whether this alert passes. What it tells of must outlive the sieve, which knows texts again by where they lie.
    pub fn passes(&mut self, facts: &Facts<'b>) -> bool {
        let passes = self.left > 0 && self.step.holds(facts);
        self.left -= usize::from(passes);
        passes
    }
}

impl<'b> Step<'b> {
    fn of(node: &'b Node) -> Self {
        match node {
            Node::All(nodes) => Self::All(cheap_first(nodes)),
            Node::Any(nodes) => Self::Any(cheap_first(nodes)),
            Node::Is(Term::Label(m)) => Self::Label(m, Column::default(), Memo::new()),
            Node::Is(Term::Ordered(name, order, bound)) => {
                Self::Ordered(name, *order, *bound, Column::default(), Memo::new())
            }
            Node::Is(Term::Word(word)) => Self::Word(word, Memo::new()),
            Node::Is(Term::Known(Field::Severity, m)) => {
                Self::Severity(Severity::ALL.map(|s| m.matches_value(s.as_str())))
            }
            Node::Is(Term::Known(Field::State, m)) => Self::State(AlertState::ALL.map(|s| m.matches_value(s.as_str()))),
            Node::Is(Term::Known(Field::Source, m)) => Self::Source(m, Vec::new()),
            Node::Is(term) => Self::Plain(term),
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::Plain(term) => term.cost(),
            Self::Severity(_) | Self::State(_) => 1,
            Self::Source(..) => 2,
            Self::Label(..) => 3,
            Self::Ordered(..) => 4,
            Self::Word(..) => 50,
            Self::All(steps) | Self::Any(steps) => steps.iter().map(Self::cost).sum(),
        }
    }

    fn holds(&mut self, facts: &Facts<'b>) -> bool {
        match self {
            Self::All(steps) => steps.iter_mut().all(|s| s.holds(facts)),
            Self::Any(steps) => steps.iter_mut().any(|s| s.holds(facts)),
            Self::Label(m, column, memo) => match column.find(facts.labels, &m.name) {
                Some(text) => memo.ask(text, |v| m.matches_value(v)),
                None => m.matches_value(""),
            },
            Self::Ordered(name, order, bound, column, memo) => {
                column.find(facts.labels, name).is_some_and(|text| memo.ask(text, |v| bound.holds(*order, v)))
            }
            Self::Word(word, memo) => {
                let texts = facts.labels.iter().chain(facts.annotations.iter());
                memo.any(texts.map(|(_, v)| v), |v| word.is_in_text(v)) || word.is_in_pair(facts.labels)
            }
            Self::Severity(yes) => Severity::ALL.iter().zip(yes).any(|(s, yes)| *yes && *s == facts.severity),
            Self::State(yes) => AlertState::ALL.iter().zip(yes).any(|(s, yes)| *yes && *s == facts.state),
            Self::Source(m, met) => source(m, met, facts.source),
            Self::Plain(term) => term.matches(facts),
        }
    }
}

fn source<'b>(m: &Matcher, met: &mut Vec<(&'b SourceName, bool)>, name: &'b SourceName) -> bool {
    if let Some((_, yes)) = met.iter().find(|(n, _)| *n == name) {
        return *yes;
    }
    let yes = m.matches_value(name.as_str());
    met.push((name, yes));
    yes
}

fn cheap_first(nodes: &[Node]) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = nodes.iter().map(Step::of).collect();
    steps.sort_by_key(Step::cost);
    steps
}

/// Where a label stood last, and where its name lies: alerts of one kind have theirs at the same place.
#[derive(Debug, Default)]
struct Column(usize, usize);

impl Column {
    fn find<'l>(&mut self, labels: &'l Labels, name: &str) -> Option<&'l SafeText> {
        let is_it = |n: &SafeText, place| n.place() == place || n.raw() == name;
        if let Some((_, value)) = labels.iter().nth(self.0).filter(|(n, _)| is_it(n, self.1)) {
            return Some(value);
        }
        let (at, (name, value)) = labels.iter().enumerate().find(|(_, (n, _))| is_it(n, self.1))?;
        *self = Self(at, name.place());
        Some(value)
    }
}
