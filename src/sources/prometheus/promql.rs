//! A user's PromQL made into one that counts events in a bucket of time.
//!
//! Understands as much of the language as that needs: strings, comments, selectors, ranges, calls. What is right
//! beyond that the server says.

use crate::domain::duration;

/// Words that are neither metrics nor functions.
const KEYWORDS: [&str; 17] = [
    "and",
    "or",
    "unless",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
    "atan2",
    "inf",
    "nan",
    "start",
    "end",
    "default",
];
/// Those that are followed by a list of label names.
const GROUPINGS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// A piece of a query; together they are the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// White space and comments.
    Gap(&'a str),
    Word(&'a str),
    Number(&'a str),
    Literal(&'a str),
    /// `{…}`
    Braces(&'a str),
    /// `[…]`
    Range(&'a str),
    Sign(&'a str),
}

/// What each selector of a query without ranges is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrap {
    /// A counter.
    Increase,
    /// A value that is a count by itself.
    Sum,
}

impl Wrap {
    fn function(self) -> &'static str {
        match self {
            Self::Increase => "increase",
            Self::Sum => "sum_over_time",
        }
    }
}

/// Whether a query reads ranges of time, in a template or literally.
///
/// # Errors
/// Where the query cannot be read.
pub(super) fn has_range(query: &str) -> Result<bool, String> {
    Ok(scan(query)?.iter().any(|p| matches!(p, Piece::Range(_))))
}

/// The query whose value at the end of a bucket is the number of events in it.
///
/// Three flavours: a template or a literal in every range (`[{{.window}}]`, `[5m]`) gives way to `window`;
/// without a range each selector is wrapped.
/// `rate` and `irate` become `increase`, as a rate is per second and an event is an event.
///
/// # Errors
/// In words for the author of the query: what is broken, or reads another time than the bucket's.
pub(super) fn over_window(query: &str, wrap: Wrap, window: &str) -> Result<String, String> {
    let pieces = scan(query)?;
    let pieces: Vec<Piece> = pieces.into_iter().filter(|p| !matches!(p, Piece::Gap(g) if g.starts_with('#'))).collect();
    if pieces.iter().all(|p| matches!(p, Piece::Gap(_))) {
        return Err("the query is empty".into());
    }
    refuse_other_times(&pieces)?;
    if pieces.iter().any(|p| matches!(p, Piece::Range(_))) {
        ranged(&pieces, window)
    } else {
        Ok(wrapped(&pieces, wrap.function(), window))
    }
}

/// The query with these matchers in each of its selectors.
///
/// # Errors
/// Where the query cannot be read.
pub(super) fn narrowed(query: &str, matchers: &str) -> Result<String, String> {
    Ok(each_selector(&scan(query)?, |selector| {
        let (name, inside) = selector.trim_end().trim_end_matches('}').split_once('{').unwrap_or((selector, ""));
        let inside = inside.trim().trim_end_matches(',');
        let comma = if inside.is_empty() { "" } else { "," };
        format!("{}{{{inside}{comma}{matchers}}}", name.trim_end())
    }))
}

/// The selectors of a query, without their ranges.
///
/// # Errors
/// Where the query cannot be read.
pub(super) fn selectors(query: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    each_selector(&scan(query)?, |selector| {
        found.push(selector.to_owned());
        String::new()
    });
    Ok(found)
}

pub(super) fn scan(query: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut rest = query;
    let mut pieces = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (piece, length) = next_piece(rest, first)?;
        pieces.push(piece);
        rest = &rest[length..];
    }
    Ok(pieces)
}

fn next_piece<'a>(rest: &'a str, first: char) -> Result<(Piece<'a>, usize), String> {
    let second = rest[first.len_utf8()..].chars().next().unwrap_or(' ');
    let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    let piece = |kind: fn(&'a str) -> Piece<'a>, length: usize| Ok((kind(&rest[..length]), length));
    match first {
        c if c.is_whitespace() => piece(Piece::Gap, until(|c| !c.is_whitespace())),
        '#' => piece(Piece::Gap, until(|c| c == '\n')),
        '"' | '\'' | '`' => piece(Piece::Literal, literal(rest, first)?),
        '{' if second == '{' => Err("a template stands outside of `[…]`".into()),
        '{' => piece(Piece::Braces, braces(rest)?),
        '[' => piece(Piece::Range, rest.find(']').ok_or("a `[` is never closed")? + 1),
        ']' | '}' => Err(format!("a `{first}` closes nothing")),
        '$' => Err("a variable stands outside of `[…]`".into()),
        '@' => Err("`@` reads another time than the bucket's".into()),
        c if c.is_ascii_digit() || (c == '.' && second.is_ascii_digit()) => piece(Piece::Number, number(rest)),
        c if is_word_start(c) => piece(Piece::Word, until(|c| !is_word_start(c) && !c.is_ascii_digit())),
        c => piece(Piece::Sign, c.len_utf8()),
    }
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | ':')
}

/// Length of the string literal that `text` begins with; a backtick knows no escapes.
fn literal(text: &str, quote: char) -> Result<usize, String> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return Ok(at + 1),
            _ => {}
        }
    }
    Err(format!("a string that begins with {quote} never ends"))
}

/// Length of the label matchers that `text` begins with.
fn braces(text: &str) -> Result<usize, String> {
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        at += match c {
            '}' => return Ok(at + 1),
            '"' | '\'' | '`' => literal(&text[at..], c)?,
            c => c.len_utf8(),
        };
    }
    Err("a `{` is never closed".into())
}

fn number(text: &str) -> usize {
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let signed = matches!(c, '+' | '-') && matches!(previous, 'e' | 'E') && !hex;
        if !(c.is_ascii_alphanumeric() || c == '.' || signed) {
            return at;
        }
        previous = c;
    }
    text.len()
}

/// The next piece that is not a gap, after index `at`.
fn after<'a>(pieces: &[Piece<'a>], at: usize) -> Option<Piece<'a>> {
    pieces.get(at + 1..)?.iter().copied().find(|p| !matches!(p, Piece::Gap(_)))
}

fn is_any(word: &str, list: &[&str]) -> bool {
    list.iter().any(|l| l.eq_ignore_ascii_case(word))
}

fn refuse_other_times(pieces: &[Piece]) -> Result<(), String> {
    for (at, piece) in pieces.iter().enumerate() {
        match (piece, after(pieces, at)) {
            (Piece::Word(w), Some(Piece::Number(_) | Piece::Sign("-" | "+"))) if is_any(w, &["offset"]) => {
                return Err("`offset` reads another time than the bucket's".into());
            }
            (Piece::Range(text), _) => refuse_range(text)?,
            _ => {}
        }
    }
    Ok(())
}

/// A literal duration or a template of any of the tools is a range; a subquery is not.
fn refuse_range(text: &str) -> Result<(), String> {
    let inner = text.trim_start_matches('[').trim_end_matches(']').trim();
    if let Some((length, _)) = inner.split_once(':') {
        // Only a template says that the bucket's length is meant.
        if is_template(length.trim()) {
            return Ok(());
        }
        return Err(format!("`{text}` is a subquery, which counts nothing; use a plain range"));
    }
    if is_template(inner) || duration::parse(inner).is_ok() {
        return Ok(());
    }
    Err(format!("`{text}` is no range; write it like [5m] or [{{{{.window}}}}]"))
}

fn is_template(text: &str) -> bool {
    text.starts_with("{{") && text.ends_with("}}") || text.starts_with('$') || text == "window"
}

/// The bucket's length in place of a range; of a subquery the steps stay. One second less for those, as older servers
/// count both ends; and a millisecond less for what takes every sample of a range by itself, for the same reason. An
/// increase keeps both: what it measures lies between them.
fn range(text: &str, window: &str, function: &str) -> String {
    let inner = text.trim_start_matches('[').trim_end_matches(']');
    match (inner.split_once(':'), duration::parse(window)) {
        (Some((_, step)), Ok(length)) => {
            format!("[{}:{step}]", duration::prometheus((length.num_seconds() - 1).max(1)))
        }
        (None, Ok(length)) if function.ends_with("_over_time") => format!("[{}]", open_at_the_start(length)),
        _ => format!("[{window}]"),
    }
}

/// `4m59s999ms`
fn open_at_the_start(length: chrono::Duration) -> String {
    match length.num_seconds() - 1 {
        1.. => format!("{}999ms", duration::prometheus(length.num_seconds() - 1)),
        _ => "999ms".into(),
    }
}

fn ranged(pieces: &[Piece], window: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut calls: Vec<&str> = Vec::new();
    let mut word = "";
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Sign("(") => calls.push(word),
            Piece::Sign(")") => drop(calls.pop()),
            _ => {}
        }
        match piece {
            Piece::Range(text) => out.push_str(&range(text, window, calls.last().unwrap_or(&""))),
            Piece::Word(w) if is_any(w, &["rate", "irate"]) && after(pieces, at) == Some(Piece::Sign("(")) => {
                out.push_str("increase");
            }
            other => out.push_str(other.text()),
        }
        word = match piece {
            Piece::Word(w) => w,
            Piece::Gap(_) => word,
            _ => "",
        };
    }
    Ok(out)
}

fn wrapped(pieces: &[Piece], function: &str, window: &str) -> String {
    let range = range("", window, function);
    each_selector(pieces, |selector| format!("{function}({selector}{range})"))
}

/// The query with every selector, its range left out, replaced.
fn each_selector(pieces: &[Piece], mut replace: impl FnMut(&str) -> String) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < pieces.len() {
        let here = &pieces[at..];
        let (length, selects) = match here[0] {
            Piece::Word(w) if is_any(w, &GROUPINGS) => (grouping(here), false),
            Piece::Word(w) if is_selector(w, after(here, 0)) => (selector(here), true),
            Piece::Braces(_) => (1, true),
            _ => (1, false),
        };
        let text: String = here[..length].iter().map(Piece::text).collect();
        out.push_str(&if selects { replace(&text) } else { text });
        at += length;
    }
    out
}

/// A metric, as opposed to a function, an aggregation or a keyword.
fn is_selector(word: &str, next: Option<Piece>) -> bool {
    let groups = matches!(next, Some(Piece::Word(w)) if is_any(w, &["by", "without"]));
    next != Some(Piece::Sign("(")) && !groups && !is_any(word, &KEYWORDS)
}

/// How many pieces `name {…}` is.
fn selector(pieces: &[Piece]) -> usize {
    let gap = usize::from(matches!(pieces.get(1), Some(Piece::Gap(_))));
    if matches!(pieces.get(1 + gap), Some(Piece::Braces(_))) { 2 + gap } else { 1 }
}

/// How many pieces `by (a, b)` is; the keyword alone where no list follows.
fn grouping(pieces: &[Piece]) -> usize {
    let has_list = after(pieces, 0) == Some(Piece::Sign("("));
    let end = pieces.iter().position(|p| *p == Piece::Sign(")"));
    match end {
        Some(end) if has_list => end + 1,
        _ => 1,
    }
}

impl<'a> Piece<'a> {
    pub(super) fn text(&self) -> &'a str {
        match self {
            Self::Gap(t) | Self::Word(t) | Self::Number(t) | Self::Literal(t) => t,
            Self::Braces(t) | Self::Range(t) | Self::Sign(t) => t,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hourly(query: &str) -> String {
        over_window(query, Wrap::Increase, "1h").unwrap()
    }

    #[test]
    fn a_template_of_any_tool_gives_way_to_the_bucket() {
        for range in ["{{.window}}", "{{ .window }}", "window", "$__rate_interval", "$__range", "${__interval}"] {
            assert_eq!(
                hourly(&format!("sum(rate(a{{b=\"c\"}}[{range}]))")),
                "sum(increase(a{b=\"c\"}[1h]))",
                "{range}"
            );
        }
    }

    #[test]
    fn a_literal_range_gives_way_to_the_bucket_and_a_rate_to_an_increase() {
        assert_eq!(hourly("sum(rate(a[5m])) - sum(irate(b[1h30m]))"), "sum(increase(a[1h])) - sum(increase(b[1h]))");
        assert_eq!(hourly("sum(increase(a [5m]))"), "sum(increase(a [1h]))");
        assert_eq!(over_window("sum_over_time(ok[10s])", Wrap::Sum, "5m").unwrap(), "sum_over_time(ok[4m59s999ms])");
    }

    #[test]
    fn what_takes_every_sample_of_a_range_takes_that_of_its_start_but_once() {
        let over = |query: &str, window| over_window(query, Wrap::Sum, window).unwrap();
        assert_eq!(
            over("sum(count_over_time (up{a=\"(\"}[{{.window}}])) - sum(rate(a[5m]))", "1h"),
            "sum(count_over_time (up{a=\"(\"}[59m59s999ms])) - sum(increase(a[1h]))"
        );
        assert_eq!(over("count_over_time((up)[window:1m])", "5m"), "count_over_time((up)[4m59s:1m])");
        assert_eq!(over("avg_over_time(up[5m])", "1s"), "avg_over_time(up[999ms])");
    }

    #[test]
    fn a_bare_counter_is_wrapped_inside_its_aggregation() {
        assert_eq!(hourly("http_total"), "increase(http_total[1h])");
        assert_eq!(hourly("sum(http_total{code=~\"5..\"})"), "sum(increase(http_total{code=~\"5..\"}[1h]))");
        assert_eq!(
            hourly("sum by (job, le) (a) + SUM(b) BY (job)"),
            "sum by (job, le) (increase(a[1h])) + SUM(increase(b[1h])) BY (job)"
        );
        assert_eq!(hourly("{__name__=\"a\"}"), "increase({__name__=\"a\"}[1h])");
        assert_eq!(
            hourly("a{x=\"1\"} or on (job) group_left (y) vector(0)"),
            "increase(a{x=\"1\"}[1h]) or on (job) group_left (y) vector(0)"
        );
        assert_eq!(hourly("sum {a=\"b\"} * 1e-3"), "increase(sum {a=\"b\"}[1h]) * 1e-3");
    }

    #[test]
    fn a_gauge_of_events_is_summed_over_time() {
        assert_eq!(
            over_window("sum(bad_events)", Wrap::Sum, "5m").unwrap(),
            "sum(sum_over_time(bad_events[4m59s999ms]))"
        );
    }

    #[test]
    fn what_stands_in_a_string_is_left_alone() {
        let query = r#"sum(rate(a{x="rate(b[5m]) offset 1h @ 3 \" }", y='[1d]', z=`\`}[5m]))"#;
        let wanted = r#"sum(increase(a{x="rate(b[5m]) offset 1h @ 3 \" }", y='[1d]', z=`\`}[1h]))"#;
        assert_eq!(hourly(query), wanted);
    }

    #[test]
    fn a_comment_cannot_swallow_what_is_put_around_the_query() {
        assert_eq!(hourly("sum(a) # all of them [5m]"), "sum(increase(a[1h])) ");
        assert_eq!(hourly("# \"odd\nsum(a)"), "\nsum(increase(a[1h]))");
    }

    #[test]
    fn another_time_is_refused_with_a_reason() {
        let why = |q: &str| over_window(q, Wrap::Increase, "1h").unwrap_err();
        assert!(why("sum(rate(a[5m] offset 1d))").contains("offset"));
        assert!(why("sum(a OFFSET -5m)").contains("offset"));
        assert!(why("a @ 1600000000").contains('@'));
        assert!(why("max_over_time(rate(a[5m])[1h:5m])").contains("subquery"));
        assert!(why("a[]").contains("no range"));
        assert!(why("a[soon]").contains("no range"));
        assert!(why("a * $factor").contains("variable"));
        assert!(why("{{.query}}").contains("template"));
    }

    #[test]
    fn a_broken_query_is_refused_with_a_reason() {
        let why = |q: &str| over_window(q, Wrap::Increase, "1h").unwrap_err();
        assert!(why("").contains("empty") && why(" # nothing").contains("empty"));
        assert!(why("a{b=\"c").contains("never ends"));
        assert!(why("a{b").contains("never closed") && why("a[5m").contains("never closed"));
        assert!(why("a}").contains("closes nothing"));
    }

    #[test]
    fn a_label_called_offset_is_a_label() {
        assert_eq!(hourly("sum by (offset) (a{offset=\"1\"})"), "sum by (offset) (increase(a{offset=\"1\"}[1h]))");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over_and_no_piece_is_lost(text in "\\PC{0,40}|[a-z{}\\[\\]()\"'`\\\\ #5m,=.$@]{0,60}") {
            if let Ok(pieces) = scan(&text) {
                let joined: String = pieces.iter().map(Piece::text).collect();
                prop_assert_eq!(&joined, &text);
            }
            let _ = over_window(&text, Wrap::Increase, "1h");
        }

        #[test]
        fn every_string_comes_out_as_it_went_in(value in "[a-z\\[\\]{}()@#$ ]{0,20}", ranged in any::<bool>()) {
            let query = format!("sum(rate(m{{l=\"{value}\"}}{}))", if ranged { "[5m]" } else { "" });
            let out = hourly(&query);
            let wanted = format!("\"{value}\"");
            prop_assert!(out.contains(&wanted), "{}", out);
            prop_assert_eq!(out.matches("[1h]").count(), 1 + value.matches("[1h]").count());
        }

        #[test]
        fn what_came_out_goes_in_again_and_stays(name in "[a-z_]{1,8}x", by in any::<bool>()) {
            let query = format!("sum{}(rate({name}[5m]))", if by { " by (le) " } else { "" });
            let once = hourly(&query);
            prop_assert_eq!(&hourly(&once), &once);
        }
    }
}
