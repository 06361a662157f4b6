//! What a generated rule's expression says: its two halves, its constants, its comparisons, its labels.
//!
//! Reads PromQL as the server prints it. What it does not recognise is none, never a guess.

use std::ops::Range;

use super::super::promql::{self, Piece};
use crate::domain::{duration, filter};

/// `EXPRESSION > (factor * budget)`, of a recording over a window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    /// The recording with its matchers.
    pub(super) selector: String,
    /// Of the recording, in seconds.
    pub(super) window_s: i64,
    pub(super) factor: f64,
    /// `1 - objective`; none where the limit is one number.
    pub(super) budget: Option<f64>,
}

/// What stands before the window in the name of a recorded error ratio, or of a recorded success ratio.
const RATIOS: [&str; 3] = ["slo:sli_error:ratio_rate", ":burnrate", "grafana_slo_sli_"];

/// Seconds of the window that the name of a recorded ratio ends with; none where it is no such name.
pub(super) fn ratio_window(name: &str) -> Option<i64> {
    let (_, window) = RATIOS.iter().find_map(|before| name.split_once(before))?;
    Some(duration::parse(window).ok()?.num_seconds())
}

/// The two sides of an expression whose only outer operator is `sign`, without the parentheses around them.
pub(super) fn sides(expression: &str, sign: &str) -> Option<(String, String)> {
    let tokens = Tokens::read(expression)?;
    let outer = tokens.without_parentheses(0..tokens.pieces.len());
    let mut operators = top_level(&tokens.pieces[outer.clone()]).filter(|(_, piece)| is_operator(piece));
    let (at, found) = operators.next()?;
    if found != Piece::Sign(sign) || operators.next().is_some() {
        return None;
    }
    let at = outer.start + at;
    let side = |span: Range<usize>| tokens.text(&tokens.without_parentheses(span));
    Some((side(outer.start..at)?.to_owned(), side(at + 1..outer.end)?.to_owned()))
}

/// `vector(0.999)`, `0.999` or `1 - 0.001`.
pub(super) fn constant(expression: &str) -> Option<f64> {
    let tokens = Tokens::read(expression)?;
    let mut pieces = tokens.bare();
    if let [Piece::Word("vector"), Piece::Sign("("), inside @ .., Piece::Sign(")")] = pieces {
        pieces = inside;
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite());
    match pieces {
        [Piece::Number(a)] => number(a),
        [Piece::Number(a), Piece::Sign("-"), Piece::Number(b)] => Some(number(a)? - number(b)?),
        _ => None,
    }
}

/// Labels that the outermost aggregation keeps.
pub(super) fn kept_labels(expression: &str) -> Vec<String> {
    let Some(tokens) = Tokens::read(expression) else { return Vec::new() };
    let list = match tokens.bare() {
        [Piece::Word(_), Piece::Word("by"), list @ ..] => list,
        [Piece::Word(_), call @ ..] => match closing(call) {
            Some(end) if call.get(end + 1) == Some(&Piece::Word("by")) => &call[end + 2..],
            _ => &[],
        },
        _ => &[],
    };
    let inside = closing(list).map_or(&[][..], |end| &list[1..end]);
    inside.iter().filter_map(label).filter(|l| l != "le").collect()
}

/// The value that a selector asks one of its labels to be equal to.
pub(super) fn equal_to(selector: &str, name: &str) -> Option<String> {
    let (_, inside) = selector.split_once('{')?;
    let tokens = Tokens::read(inside.trim_end().strip_suffix('}')?)?;
    tokens.pieces.split(|p| *p == Piece::Sign(",")).find_map(|matcher| match matcher {
        [named, Piece::Sign("="), Piece::Literal(value)] if label(named).as_deref() == Some(name) => {
            Some(unquote(value))
        }
        _ => None,
    })
}

/// Every comparison of a recorded ratio with a limit, in the order they stand.
pub(super) fn comparisons(expression: &str) -> Vec<Comparison> {
    let Some(tokens) = Tokens::read(expression) else { return Vec::new() };
    let pieces = &tokens.pieces;
    let mut found = Vec::new();
    let mut recording: Option<(&str, i64)> = None;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Word(name) if ratio_window(name).is_some() => {
                let end = at + 1 + usize::from(matches!(pieces.get(at + 1), Some(Piece::Braces(_))));
                recording = tokens.text(&(at..end)).zip(ratio_window(name));
            }
            Piece::Sign(">") => {
                let compared = recording.take().zip(limit(&pieces[at + 1..]));
                found.extend(compared.map(|((selector, window_s), (factor, budget))| Comparison {
                    selector: selector.to_owned(),
                    window_s,
                    factor,
                    budget,
                }));
            }
            _ => {}
        }
    }
    found
}

/// `(14.4 * 0.001)`, `(14 * (1 - 0.99))` or a number, up to what does not belong to it.
fn limit(pieces: &[Piece]) -> Option<(f64, Option<f64>)> {
    let mut numbers = Vec::new();
    let mut signs = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Number(text) => numbers.push(text.parse::<f64>().ok().filter(|n| n.is_finite())?),
            Piece::Sign(sign @ ("*" | "-")) => signs.push(*sign),
            Piece::Sign("(" | ")") => {}
            _ => break,
        }
    }
    match (&numbers[..], &signs[..]) {
        ([limit], []) => Some((*limit, None)),
        ([factor, budget], ["*"]) => Some((*factor, Some(*budget))),
        ([factor, one, objective], ["*", "-"]) => Some((*factor, Some(one - objective))),
        _ => None,
    }
}

/// The pieces of an expression that mean something, and where in it they stand.
struct Tokens<'a> {
    expression: &'a str,
    pieces: Vec<Piece<'a>>,
    starts: Vec<usize>,
}

impl<'a> Tokens<'a> {
    fn read(expression: &'a str) -> Option<Self> {
        let mut tokens = Self { expression, pieces: Vec::new(), starts: Vec::new() };
        let mut at = 0;
        for piece in promql::scan(expression).ok()? {
            if !matches!(piece, Piece::Gap(_)) {
                tokens.pieces.push(piece);
                tokens.starts.push(at);
            }
            at += piece.text().len();
        }
        Some(tokens)
    }

    fn without_parentheses(&self, mut span: Range<usize>) -> Range<usize> {
        while span.len() > 2 && closing(&self.pieces[span.clone()]) == Some(span.len() - 1) {
            span = span.start + 1..span.end - 1;
        }
        span
    }

    fn bare(&self) -> &[Piece<'a>] {
        &self.pieces[self.without_parentheses(0..self.pieces.len())]
    }

    /// As it was written; none of nothing.
    fn text(&self, span: &Range<usize>) -> Option<&'a str> {
        let last = span.end.checked_sub(1).filter(|last| *last >= span.start)?;
        self.expression.get(*self.starts.get(span.start)?..self.starts.get(last)? + self.pieces.get(last)?.text().len())
    }
}

/// Where the parenthesis that `pieces` begin with is closed.
fn closing(pieces: &[Piece]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Sign("(") => depth += 1,
            Piece::Sign(")") => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at);
        }
    }
    None
}

fn top_level<'p, 'a>(pieces: &'p [Piece<'a>]) -> impl Iterator<Item = (usize, Piece<'a>)> + use<'p, 'a> {
    let mut depth = 0_i32;
    pieces.iter().copied().enumerate().filter(move |(_, piece)| {
        depth += i32::from(*piece == Piece::Sign("("));
        let here = depth == 0;
        depth -= i32::from(*piece == Piece::Sign(")"));
        here
    })
}

/// Signs and words that join two operands; those that say how they are matched stand beside one.
fn is_operator(piece: &Piece) -> bool {
    const WORDS: [&str; 9] = ["and", "or", "unless", "atan2", "on", "ignoring", "group_left", "group_right", "bool"];
    match piece {
        Piece::Sign(sign) => *sign != ",",
        Piece::Word(word) => WORDS.iter().any(|w| w.eq_ignore_ascii_case(word)),
        _ => false,
    }
}

fn label(piece: &Piece) -> Option<String> {
    match piece {
        Piece::Word(name) => Some((*name).to_owned()),
        Piece::Literal(name) => Some(unquote(name)),
        _ => None,
    }
}

/// The text of a string literal.
fn unquote(literal: &str) -> String {
    let inside = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if literal.starts_with('`') { inside.to_owned() } else { filter::unquote(inside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> Option<(String, String)> {
        Some((a.into(), b.into()))
    }

    #[test]
    fn a_quotient_is_split_at_its_only_outer_operator() {
        assert_eq!(
            sides(r#"(sum(rate(a{code=~"(5..|429)"}[5m]))) / (sum(rate(a[5m])))"#, "/"),
            pair(r#"sum(rate(a{code=~"(5..|429)"}[5m]))"#, "sum(rate(a[5m]))")
        );
        assert_eq!(
            sides("(sum by (x, y) (rate(a[5m])) or vector(0)) / sum by(x,y)(rate(b[5m]))", "/"),
            pair("sum by (x, y) (rate(a[5m])) or vector(0)", "sum by(x,y)(rate(b[5m]))")
        );
        assert_eq!(sides("(a / b)", "/"), pair("a", "b"));
        assert_eq!(sides("sum(a) - sum(b)", "-"), pair("sum(a)", "sum(b)"));
        for whole in
            ["1 - a / b", "a / b / c", "a / on (x) b", "-a", "sum(a / b)", "a or b", "a /", "", "a{", "a / b or c"]
        {
            assert_eq!(sides(whole, "/"), None, "{whole}");
        }
    }

    #[test]
    fn constants_are_read_in_their_three_shapes() {
        assert_eq!(constant("vector(0.9990000000000001)"), Some(0.999_000_000_000_000_1));
        assert_eq!(constant("(2.4192e+06)"), Some(2_419_200.0));
        assert_eq!(constant("vector(1 - 0.99)").map(|n| (n * 100.0).round()), Some(1.0));
        for none in ["vector(time())", "a", "1 + 1", "vector(a)", ""] {
            assert_eq!(constant(none), None, "{none}");
        }
    }

    #[test]
    fn comparisons_come_with_recording_window_factor_and_budget() {
        let sloth = r#"(max without (sloth_window) (slo:sli_error:ratio_rate5m{sloth_id="a"} > (14.4 * 0.001)) and max without (sloth_window) (slo:sli_error:ratio_rate1h{sloth_id="a"} > (14.4 * 0.001)))"#;
        let found = comparisons(sloth);
        assert_eq!(
            found.iter().map(|c| (c.window_s, c.factor, c.budget)).collect::<Vec<_>>(),
            [(300, 14.4, Some(0.001)), (3_600, 14.4, Some(0.001))]
        );
        assert_eq!(equal_to(&found[0].selector, "sloth_id").as_deref(), Some("a"));
        let pyrra = r#"a:burnrate30m{slo="x"} > (7 * (1 - 0.99)) and a:burnrate6h{slo="x"} > (7 * (1 - 0.99))"#;
        let found = comparisons(pyrra);
        assert_eq!((found.len(), found[1].window_s, found[1].factor), (2, 21_600, 7.0));
        assert!((found[0].budget.unwrap() - 0.01).abs() < 1e-12);
        assert_eq!(comparisons("a:burnrate5m > 0.2")[0].budget, None);
        assert!(comparisons("up == 0 and a > 3").is_empty() && comparisons("a:burnrate5m > b").is_empty());
    }

    #[test]
    fn labels_are_those_of_the_outermost_aggregation() {
        assert_eq!(kept_labels("sum by (handler, region) (rate(a[5m]))"), ["handler", "region"]);
        assert_eq!(kept_labels("(sum(rate(a[5m])) by (handler))"), ["handler"]);
        assert!(kept_labels("sum(max by (pod) (rate(a[5m])))").is_empty());
        assert!(kept_labels("sum by (le) (rate(a[5m]))").is_empty() && kept_labels("a").is_empty());
    }

    #[test]
    fn hostile_label_values_come_out_as_they_were() {
        let selector = r#"x{slo="a\"}{,\\b\n",other="z",path=~"q"}"#;
        assert_eq!(equal_to(selector, "slo").as_deref(), Some("a\"}{,\\b\n"));
        assert_eq!((equal_to(selector, "other").as_deref(), equal_to(selector, "path")), (Some("z"), None));
        assert_eq!(equal_to(r#"x{"a.b"="\u00e9\x41"}"#, "a.b").as_deref(), Some("éA"));
    }
}
