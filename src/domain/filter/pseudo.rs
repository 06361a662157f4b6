//! Names that start with `@`: what Watchfire knows of an alert beyond its labels.

use super::{
    error::{FilterError, tick},
    lex::Piece,
    nearest::nearest,
    term::{Op, Term},
};
use crate::domain::{
    alert::{AlertState, Severity},
    duration,
    matcher::{MatchOp, Matcher},
};

/// Every pseudo-label that can be asked for, with what it says; for help and completion.
pub const PSEUDO: [(&str, &str); 17] = [
    ("@state", "firing, pending, suppressed, resolved or unknown"),
    ("@severity", "critical, error, warning, info or unknown"),
    ("@source", "the configured name of the source"),
    ("@age", "how long it has been, with < or >: @age>15m"),
    ("@fingerprint", "the source's name for the label set"),
    ("@silenced_by", "identifier of a silence on it; empty for none"),
    ("@silence_author", "who made a silence on it; empty for none"),
    ("@inhibited_by", "fingerprint of an alert that inhibits it; empty for none"),
    ("@ack", "true or false: whether somebody is on it"),
    ("@owner", "who acked it; empty for nobody"),
    ("@new", "true or false: whether you have not looked at it yet"),
    ("@stale", "true or false: whether its source has not been read lately"),
    ("@cluster", "its cluster label or its source, whichever fits"),
    ("@receiver", "to whom its source routes it"),
    ("@slo", "the SLO it speaks of; empty for none"),
    ("@incident", "the incident it belongs to; empty for none"),
    ("@limit", "how many may pass, in the order of the board: @limit=50"),
];

/// How each of [`PSEUDO`] is begun, so that what is taken is a filter at once.
pub(super) const COMPLETED: [&str; PSEUDO.len()] = [
    "@state=",
    "@severity=",
    "@source=",
    "@age>15m",
    "@fingerprint=",
    "@silenced_by=",
    "@silence_author=",
    "@inhibited_by=",
    "@ack",
    "@owner=",
    "@new",
    "@stale",
    "@cluster=",
    "@receiver=",
    "@slo=",
    "@incident=",
    "@limit=50",
];

/// The words a pseudo-label may be compared with, where they are few and known.
pub(super) fn words(name: &str) -> &'static [&'static str] {
    match name {
        "@state" => &["firing", "pending", "suppressed", "resolved", "unknown"],
        "@severity" => &["critical", "error", "warning", "info", "unknown"],
        "@ack" | "@new" | "@stale" => &["true", "false"],
        _ => &[],
    }
}

/// What other tools call the same thing.
const ELSEWHERE: [(&str, &str); 4] = [
    ("@alertmanager", "@source"),
    ("@claimed-by", "@owner"),
    ("@inhibited", "@inhibited_by"),
    ("@silence_ticket", "@silenced_by"),
];

/// A pseudo-label compared as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    State,
    Severity,
    Source,
    Fingerprint,
    SilencedBy,
    SilenceAuthor,
    InhibitedBy,
    Owner,
    Cluster,
    Receiver,
    Slo,
    Incident,
}

/// A pseudo-label that is true or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Ack,
    New,
    Stale,
}

enum Kind {
    Text(Field),
    Flag(Flag),
    Age,
    Limit,
}

fn kind(name: &Piece) -> Result<Kind, FilterError> {
    Ok(match name.text.as_str() {
        "@state" => Kind::Text(Field::State),
        "@severity" => Kind::Text(Field::Severity),
        "@source" => Kind::Text(Field::Source),
        "@fingerprint" => Kind::Text(Field::Fingerprint),
        "@silenced_by" => Kind::Text(Field::SilencedBy),
        "@silence_author" => Kind::Text(Field::SilenceAuthor),
        "@inhibited_by" => Kind::Text(Field::InhibitedBy),
        "@owner" => Kind::Text(Field::Owner),
        "@cluster" => Kind::Text(Field::Cluster),
        "@receiver" => Kind::Text(Field::Receiver),
        "@slo" => Kind::Text(Field::Slo),
        "@incident" => Kind::Text(Field::Incident),
        "@ack" => Kind::Flag(Flag::Ack),
        "@new" => Kind::Flag(Flag::New),
        "@stale" => Kind::Flag(Flag::Stale),
        "@age" => Kind::Age,
        "@limit" => Kind::Limit,
        _ => return Err(unknown(name)),
    })
}

fn unknown(name: &Piece) -> FilterError {
    let word = name.text.as_str();
    let error = name.wrong(format!("no pseudo-label is called {}", tick(word)));
    let elsewhere = ELSEWHERE.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours);
    match elsewhere.or_else(|| nearest(word, PSEUDO.iter().map(|(n, _)| *n))) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("there are {}; quote a text that starts with @", names())),
    }
}

fn names() -> String {
    PSEUDO.map(|(n, _)| n).join(" ")
}

/// `@ack` alone: what is true or false needs no operator.
pub(super) fn alone(name: &Piece) -> Result<Term, FilterError> {
    match kind(name)? {
        Kind::Flag(flag) => Ok(Term::Flag(flag, true)),
        Kind::Age => Err(name.wrong("`@age` needs a comparison").hint("write it like @age>15m")),
        Kind::Limit => Err(name.wrong("`@limit` needs a number").hint(LIMIT)),
        Kind::Text(_) => Err(name
            .wrong(format!("{0} needs a comparison", tick(&name.text)))
            .hint(format!("write it like {}=\"..\"", name.text))),
    }
}

pub(super) fn compared(name: &Piece, op: Op, value: &Piece) -> Result<Term, FilterError> {
    match (kind(name)?, op) {
        (Kind::Text(field), Op::Match(op)) => text(name, field, op, value),
        (Kind::Flag(flag), Op::Match(op @ (MatchOp::Equal | MatchOp::NotEqual))) => {
            truth(value).map(|yes| Term::Flag(flag, yes == (op == MatchOp::Equal)))
        }
        (Kind::Age, Op::Order(order)) => match duration::parse_ms(&value.text) {
            Ok(ms) => Ok(Term::Age(order, ms)),
            Err(_) => Err(value
                .wrong(format!("{} is no duration", tick(&value.text)))
                .hint("write it like 90s, 15m, 2h or 1d12h")),
        },
        (Kind::Age, Op::Match(_)) => Err(name.wrong("`@age` is compared with < or >").hint("write it like @age>15m")),
        (Kind::Limit, Op::Match(MatchOp::Equal)) => limit(value),
        (Kind::Limit, _) => Err(name.wrong("`@limit` is set with =").hint(LIMIT)),
        (Kind::Flag(_), _) => Err(name.wrong(format!("`{}` is compared with = true or = false", name.text))),
        (Kind::Text(_), Op::Order(_)) => {
            Err(name.wrong(format!("`{}` is compared with = != =~ or !~", name.text)).hint("several: =~\"this|that\""))
        }
    }
}

const LIMIT: &str = "write it like @limit=50";

fn limit(value: &Piece) -> Result<Term, FilterError> {
    match value.text.parse::<usize>() {
        Ok(n) if n > 0 => Ok(Term::Limit(n)),
        _ => Err(value.wrong(format!("{} is no number of alerts", tick(&value.text))).hint(LIMIT)),
    }
}

fn truth(value: &Piece) -> Result<bool, FilterError> {
    match value.text.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(value.wrong(format!("{} is neither true nor false", tick(other)))),
    }
}

fn text(name: &Piece, field: Field, op: MatchOp, value: &Piece) -> Result<Term, FilterError> {
    let exact = matches!(op, MatchOp::Equal | MatchOp::NotEqual);
    let meant = match field {
        Field::State if exact => state(value)?,
        Field::Severity if exact => severity(value)?,
        _ => value.text.as_str(),
    };
    let matcher = Matcher::new(name.text.as_str(), op, meant).map_err(|why| value.wrong(why))?;
    Ok(Term::Known(field, matcher))
}

/// Alertmanager's own words for a state count as well.
fn state(value: &Piece) -> Result<&'static str, FilterError> {
    let words = || AlertState::ALL.iter().map(|s| s.as_str());
    match value.text.as_str() {
        "active" => Ok(AlertState::Firing.as_str()),
        "unprocessed" => Ok(AlertState::Pending.as_str()),
        word => words().find(|w| *w == word).ok_or_else(|| no_such(value, "state", words())),
    }
}

fn severity(value: &Piece) -> Result<&'static str, FilterError> {
    let words = || Severity::ALL.iter().map(|s| s.as_str());
    match Severity::read(&value.text) {
        Severity::Unknown if value.text != "unknown" => Err(no_such(value, "severity", words())),
        known => Ok(known.as_str()),
    }
}

fn no_such(value: &Piece, noun: &str, words: impl Iterator<Item = &'static str> + Clone) -> FilterError {
    let error = value.wrong(format!("no {noun} is called {}", tick(&value.text)));
    match nearest(&value.text, words.clone()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("there are {}", words.collect::<Vec<_>>().join(", "))),
    }
}
