//! The normal form: what a filter writes is read back as the same filter.

use std::fmt::{self, Display};

use super::{
    Filter, Node,
    pseudo::Flag,
    term::{Bound, Term, label_name},
    word::Word,
};
use crate::domain::{duration, matcher::quote};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Node::All(nodes) => join(f, nodes, " "),
            other => other.fmt(f),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(nodes) if nodes.is_empty() => f.write_str("{}"),
            Self::All(nodes) => join(f, nodes, " "),
            Self::Any(nodes) => join(f, nodes, " or "),
            Self::Is(term) => term.fmt(f),
        }
    }
}

/// `or` binds weaker, so that only an `or` inside an "and" needs parentheses.
fn join(f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str) -> fmt::Result {
    for (i, node) in nodes.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { between })?;
        match node {
            Node::Any(_) => write!(f, "({node})")?,
            _ => node.fmt(f)?,
        }
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(matcher) => matcher.fmt(f),
            Self::Ordered(name, order, bound) => write!(f, "{}{}{bound}", label_name(name), order.as_str()),
            Self::Known(_, m) => write!(f, "{}{}{}", m.name, m.op.as_str(), quote(&m.value)),
            Self::Flag(Flag::Ack, yes) => write!(f, "@ack={yes}"),
            Self::Flag(Flag::New, yes) => write!(f, "@new={yes}"),
            Self::Limit(n) => write!(f, "@limit={n}"),
            Self::Flag(Flag::Stale, yes) => write!(f, "@stale={yes}"),
            Self::Age(order, ms) => write!(f, "@age{}{}", order.as_str(), length(*ms)),
            Self::Word(word) => word.fmt(f),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) if *n == 0.0 || (1e-6..1e15).contains(&n.abs()) => write!(f, "{n}"),
            // with an exponent
            Self::Number(n) => write!(f, "{n:?}"),
            Self::Length(ms) => f.write_str(&length(*ms)),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted { f.write_str(&quote(&self.text)) } else { f.write_str(&self.text) }
    }
}

fn length(ms: i64) -> String {
    match (ms / 1_000, ms % 1_000) {
        (s, 0) => duration::prometheus(s),
        (0, ms) => format!("{ms}ms"),
        (s, ms) => format!("{}{ms}ms", duration::prometheus(s)),
    }
}
