//! The seams between buckets, so that no event falls through one.
//!
//! What a counter grows by from the last scrape of one bucket to the first of the next lies in neither range: `increase`
//! leaves it out and stretches the rest to fit. That is right on average, and wrong for the few events of a quiet
//! service. A range that reaches back to the scrape before its bucket leaves nothing out: the sum of such buckets is the
//! growth of the counter. `increase` stretches that to the longer range, so it is brought back to the bucket's.
//!
//! Refuses every query of which it is not sure that twice the growth is twice the value.

use super::promql::{self, Piece};
use crate::domain::duration;

/// Milliseconds by which a range stops short of the scrape before last, where scrapes stand on its very edge.
const SHORT: i64 = 10;
/// What may be called: all of it is as many times greater as the counters grow.
const LINEAR: [&str; 7] = ["increase", "sum", "min", "max", "avg", "vector", "label_replace"];
/// What is followed by a list of labels, or stands between two queries.
const LISTS: [&str; 9] = ["by", "without", "on", "ignoring", "group_left", "group_right", "or", "and", "unless"];

/// The query over buckets of `step` seconds with a scrape every `scrape` milliseconds, joined to the bucket before;
/// none where that cannot be done.
#[allow(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
pub(super) fn joined(query: &str, step: i64, scrape: i64) -> Option<String> {
    let more = scrape - SHORT;
    let pieces = promql::scan(query).ok().filter(|_| more > 0 && is_linear(query))?;
    let millis = step * 1_000 + more;
    let range = match (duration::prometheus(millis / 1_000), millis % 1_000) {
        (whole, 0) => format!("[{whole}]"),
        (whole, rest) => format!("[{whole}{rest}ms]"),
    };
    let text = |piece: &Piece| if matches!(piece, Piece::Range(_)) { range.clone() } else { piece.text().to_owned() };
    let wide: String = pieces.iter().map(text).collect();
    Some(format!("({wide}) * {step} / {}", millis as f64 / 1_000.0))
}

/// Whether twice the growth is twice the value, for all that is known.
pub(super) fn is_linear(query: &str) -> bool {
    let Ok(pieces) = promql::scan(query) else { return false };
    let is_one_of = |word: &str, list: &[&str]| list.iter().any(|l| l.eq_ignore_ascii_case(word));
    let called = |at: usize| {
        pieces[at + 1..].iter().find(|p| !matches!(p, Piece::Gap(_))).is_some_and(|next| *next == Piece::Sign("("))
    };
    let fits = |(at, piece): (usize, &Piece)| match piece {
        Piece::Word(w) if called(at) => is_one_of(w, &LINEAR) || is_one_of(w, &LISTS),
        Piece::Number(n) => n.parse() == Ok(0.0),
        Piece::Range(text) => !text.contains(':'),
        Piece::Sign(sign) => ["(", ")", ",", "+", "-"].contains(sign),
        Piece::Gap(_) | Piece::Word(_) | Piece::Literal(_) | Piece::Braces(_) => true,
    };
    pieces.iter().any(|p| matches!(p, Piece::Range(_))) && pieces.iter().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_reaches_back_to_the_scrape_before_its_bucket_and_its_growth_is_brought_back() {
        let hourly = |query| joined(query, 3_600, 60_000);
        assert_eq!(hourly("increase(a[1h])").unwrap(), "(increase(a[1h59s990ms])) * 3600 / 3659.99");
        let query = "sum by (job) (increase(a{b=\"[1h]\"}[1h])) or vector(0)";
        let wanted = "(sum by (job) (increase(a{b=\"[1h]\"}[1h59s990ms])) or vector(0)) * 3600 / 3659.99";
        assert_eq!(hourly(query).unwrap(), wanted);
        assert_eq!(joined("increase(a[5m])", 300, 15_010).unwrap(), "(increase(a[5m15s])) * 300 / 315");
    }

    #[test]
    fn what_may_not_grow_with_its_counters_is_left_alone() {
        for query in [
            "sum(count_over_time(up[5m]))",
            "sum(increase(a[5m])) / sum(increase(b[5m]))",
            "sum(increase(a[5m])) > 1",
            "sum(increase(a[5m])) + vector(1)",
            "histogram_fraction(0, 0.2, sum(increase(a[5m])))",
            "sum_over_time((increase(a[1m]) > bool 0)[4m59s:60s])",
            "a",
            "a{",
        ] {
            assert_eq!(joined(query, 300, 15_000), None, "{query}");
        }
        assert_eq!(joined("increase(a[5m])", 300, 10), None);
    }
}
