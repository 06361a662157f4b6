//! Words: a bare one is fuzzy, a quoted one is a literal piece of text.
//!
//! * `chkt` is found wherever its letters stand in this order within one run of letters, digits and `_ - . / :`
//!   (whatever is beyond ASCII counts as a letter): in `checkout`, not in `check it`. With a capital in it the case counts.
//! * `"disk full"` is found as it stands, whatever the case, and so is a bare word that no run could hold (`95%`).
//!   With a `=` in it, it is also looked for in each label's `name=value`.
//!
//! Most texts hold no such word: what is looked for first is the letter of it that English and host names use least.

use memchr::{memchr_iter, memchr2_iter};

use super::facts::Facts;
use crate::domain::label::Labels;

/// From the most frequent to the rarest in summaries and host names; what is not listed is rarer still.
const FREQUENT: &[u8] = b"eaotinsrlhdcumpgf.-b01y2/345:6789wkvxzjq_";

/// A text to be found anywhere.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    pub quoted: bool,
    how: How,
}

#[derive(Clone, Debug, PartialEq)]
enum How {
    /// ASCII: each letter in both cases (twice the same where the case counts), and the place of the rarest.
    Fuzzy(Vec<Letter>, usize),
    Literal(Vec<Letter>, usize),
    /// Beyond ASCII, where one letter is not one byte: folded, or as it stands where the case counts.
    WideFuzzy(Vec<char>, bool),
    WideLiteral(String),
}

/// One letter, in both cases.
type Letter = (u8, u8);

impl Word {
    pub(super) fn new(text: &str, quoted: bool) -> Self {
        let fuzzy = !quoted && text.bytes().all(is_run);
        let folds = !fuzzy || !text.chars().any(char::is_uppercase);
        let how = match (fuzzy, text.is_ascii()) {
            (true, true) => How::Fuzzy(letters(text, folds), rarest(text)),
            (false, true) => How::Literal(letters(text, folds), rarest(text)),
            (true, false) if folds => How::WideFuzzy(folded(text).chars().collect(), true),
            (true, false) => How::WideFuzzy(text.chars().collect(), false),
            (false, false) => How::WideLiteral(folded(text)),
        };
        Self { text: text.to_owned(), quoted, how }
    }

    pub(super) fn is_in(&self, facts: &Facts<'_>) -> bool {
        let mut values = facts.labels.iter().chain(facts.annotations.iter());
        values.any(|(_, value)| self.is_in_text(value.raw())) || self.is_in_pair(facts.labels)
    }

    pub(super) fn is_in_text(&self, text: &str) -> bool {
        match &self.how {
            How::Fuzzy(letters, rare) => in_some_run(text.as_bytes(), letters, *rare),
            How::Literal(letters, rare) => as_it_stands(text.as_bytes(), letters, *rare),
            How::WideFuzzy(letters, folds) => in_some_wide_run(text, letters, *folds),
            How::WideLiteral(word) => folded(text).contains(word.as_str()),
        }
    }

    /// Whether it stands in some `name=value` across the `=` (there only ASCII letters may differ in case).
    /// A name alone does not count: every alert has a `job`.
    pub(super) fn is_in_pair(&self, labels: &Labels) -> bool {
        self.text.match_indices('=').any(|(i, _)| {
            let (left, right) = (&self.text.as_bytes()[..i], &self.text.as_bytes()[i + 1..]);
            labels.iter().any(|(n, v)| ends_with(n.raw().as_bytes(), left) && starts_with(v.raw().as_bytes(), right))
        })
    }

    /// Whether every text that holds `self` holds `older` as well; no where that is not sure.
    pub(super) fn implies(&self, older: &Self) -> bool {
        match (&self.how, &older.how) {
            _ if self == older => true,
            (How::Fuzzy(new, _), How::Fuzzy(old, _)) => holds_in_order(new.iter().copied(), old),
            (How::Literal(new, _), How::Fuzzy(old, _)) => {
                new.iter().all(|(_, b)| is_run(*b)) && holds_in_order(new.iter().copied(), old)
            }
            (How::Literal(new, _), How::Literal(old, _)) => {
                !self.text.contains('=') && new.windows(old.len().max(1)).any(|part| part == &old[..])
            }
            _ => false,
        }
    }
}

/// A letter that folds covers both of its cases; one that does not covers itself.
fn holds_in_order(mut letters: impl Iterator<Item = Letter>, wanted: &[Letter]) -> bool {
    wanted.iter().all(|want| letters.any(|(a, b)| [a, b].iter().all(|c| *c == want.0 || *c == want.1)))
}

fn letters(text: &str, folds: bool) -> Vec<Letter> {
    let both = |b: u8| if folds { (b.to_ascii_lowercase(), b.to_ascii_uppercase()) } else { (b, b) };
    text.bytes().map(both).collect()
}

fn rarest(text: &str) -> usize {
    let rarity = |b: u8| FREQUENT.iter().position(|f| *f == b.to_ascii_lowercase()).unwrap_or(FREQUENT.len());
    let bytes = text.bytes().enumerate();
    bytes.max_by_key(|(_, b)| rarity(*b)).map_or(0, |(i, _)| i)
}

fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether a byte belongs to a run that a fuzzy word may lie in.
pub(super) fn is_run(b: u8) -> bool {
    b.is_ascii_alphanumeric() || !b.is_ascii() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':')
}

/// Only runs that hold the rarest letter are looked at, each once.
fn in_some_run(text: &[u8], letters: &[Letter], rare: usize) -> bool {
    let mut looked = 0;
    places(text, letters[rare]).any(|at| {
        if at < looked {
            return false;
        }
        let start = text[looked..at].iter().rposition(|b| !is_run(*b)).map_or(looked, |i| looked + i + 1);
        let end = text[at..].iter().position(|b| !is_run(*b)).map_or(text.len(), |i| at + i);
        looked = end;
        in_order(&text[start..end], letters)
    })
}

fn in_order(run: &[u8], letters: &[Letter]) -> bool {
    let mut wanted = letters.iter();
    let mut next = wanted.next();
    for b in run {
        match next {
            Some((lower, upper)) if b == lower || b == upper => next = wanted.next(),
            Some(_) => {}
            None => return true,
        }
    }
    next.is_none()
}

fn as_it_stands(text: &[u8], letters: &[Letter], rare: usize) -> bool {
    places(text, letters[rare]).any(|at| {
        let piece = at.checked_sub(rare).and_then(|start| text.get(start..start + letters.len()));
        piece.is_some_and(|p| p.iter().zip(letters).all(|(b, (lower, upper))| b == lower || b == upper))
    })
}

/// Where a letter stands, in either case.
fn places(text: &[u8], (lower, upper): Letter) -> impl Iterator<Item = usize> {
    let one = (lower == upper).then(|| memchr_iter(lower, text));
    let two = (lower != upper).then(|| memchr2_iter(lower, upper, text));
    one.into_iter().flatten().chain(two.into_iter().flatten())
}

fn in_some_wide_run(text: &str, letters: &[char], folds: bool) -> bool {
    text.split(|c: char| c.is_ascii() && !is_run(c as u8)).any(|run| {
        let mut chars: Box<dyn Iterator<Item = char>> =
            if folds { Box::new(run.chars().flat_map(char::to_lowercase)) } else { Box::new(run.chars()) };
        letters.iter().all(|want| chars.any(|c| c == *want))
    })
}

fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len() >= end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

fn starts_with(text: &[u8], start: &[u8]) -> bool {
    text.len() >= start.len() && text[..start.len()].eq_ignore_ascii_case(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fuzzy_word_lies_within_one_run() {
        let found = |word: &str, text: &str| Word::new(word, false).is_in_text(text);
        assert!(
            found("chkt", "the checkout is slow") && found("chkt", "CHECKOUT") && found("n9.ex", "node-9.example:9100")
        );
        assert!(
            !found("chkt", "check it")
                && !found("chkt", "check(t)")
                && !found("tkch", "checkout")
                && !found("chktt", "checkout")
        );
        assert!(found("kk", "k kk") && !found("kk", "k k k"));
        assert!(found("größ", "Die Größe") && found("grß", "GRÖße") && !found("grß", "gr ß"));
    }

    #[test]
    fn a_capital_makes_the_case_count_in_a_fuzzy_word_only() {
        let found = |word: &str, quoted: bool| Word::new(word, quoted).is_in_text("CheckoutSlow Ω");
        assert!(found("cslow", false) && found("CSlow", false) && !found("CSLow", false));
        assert!(found("CHECKOUTSLOW", true) && found("ω", true) && found("ω", false));
    }

    #[test]
    fn what_no_run_can_hold_is_looked_for_as_it_stands() {
        assert!(Word::new("95%", false).is_in_text("(95%)") && !Word::new("9%", false).is_in_text("95%"));
    }

    #[test]
    fn an_implied_word_is_found_wherever_the_newer_is() {
        let implies = |new: (&str, bool), old: (&str, bool)| Word::new(new.0, new.1).implies(&Word::new(old.0, old.1));
        assert!(implies(("chkt", false), ("ckt", false)) && implies(("Chkt", false), ("ck", false)));
        assert!(!implies(("chkt", false), ("Ck", false)) && !implies(("ck", false), ("kc", false)));
        assert!(implies(("disk f", true), ("SK", true)) && implies(("disk", true), ("dk", false)));
        assert!(!implies(("disk full", true), ("dull", false)) && !implies(("ck", false), ("ck", true)));
    }
}
