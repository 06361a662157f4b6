//! The signals in words: for a screen reader, a command, and the sheet below the graphs.

use super::{Golden, Line, Signal};
use crate::domain::{Time, duration};

/// A name and what is said of it.
pub type Pair = (String, String);

/// One pair a signal, those that are missing among them.
pub fn pairs(golden: &Golden, now: Time) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = golden.lines.iter().map(|l| (name(l), words(l, now))).collect();
    if let Some(problem) = &golden.problem {
        pairs.push(("UNKNOWN".into(), problem.line().into_owned()));
    }
    let missing: Vec<&str> = golden.missing().map(Signal::as_str).collect();
    if golden.is_known && golden.problem.is_none() && !missing.is_empty() {
        pairs.push((missing.join(", "), nothing(golden)));
    }
    pairs
}

fn nothing(golden: &Golden) -> String {
    format!("no known metric for {}; write a query under [[signals]]", golden.looked_for.line())
}

/// One pair a query, with what it is of.
pub fn queries(golden: &Golden) -> Vec<Pair> {
    let text = |l: &Line| {
        let query = crate::domain::text::SafeText::new(&l.ask.over(l.window));
        format!("{}  ({})", query.line(), l.ask.basis.line())
    };
    golden.lines.iter().filter(|l| !l.ask.query.is_empty()).map(|l| (name(l), text(l))).collect()
}

fn name(line: &Line) -> String {
    format!("{} {}", line.ask.signal.as_str(), line.ask.name.line())
}

/// The value of now, or why there is none; between what it lay; what it stands on; when it is full.
pub fn words(line: &Line, now: Time) -> String {
    let mut parts = vec![value(line, now)];
    parts.extend(line.range().map(|range| scale(line, range)));
    parts.extend(line.outlook.as_ref().map(|o| o.words(now)));
    parts.push(format!("by {}", line.ask.basis.line()));
    parts.join("; ")
}

/// `412 ms`; else what stands in its place.
pub fn value(line: &Line, now: Time) -> String {
    let unit = line.ask.unit;
    let trouble = line.trouble.as_ref().map(|t| format!(": {}", t.line())).unwrap_or_default();
    match (line.now, line.is_fresh(now)) {
        (Some((_, Some(value))), true) => format!("{} now", unit.write(value)),
        (Some((_, None)), true) => "no data now".into(),
        _ => match line.last() {
            Some((at, value)) => format!("UNKNOWN, {} {} ago{trouble}", unit.write(value), duration::age(at, now)),
            None if line.trouble.is_some() => format!("UNKNOWN{trouble}"),
            None => "not read yet".into(),
        },
    }
}

/// `85 ms to 8.4 s`.
pub fn scale(line: &Line, (low, high): (f64, f64)) -> String {
    let unit = line.ask.unit;
    let (low, high) = (unit.write(low), unit.write(high));
    if low == high { format!("all along {low}") } else { format!("{low} to {high}") }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{
        signals::{Ask, Unit},
        slo::SloId,
        text::SafeText,
    };

    fn line() -> Line {
        let ask = Ask::recognised(Signal::Latency, "p99", "q[$window]".into(), Unit::Seconds, "x_bucket by job");
        let at = |s| Time::from_timestamp(s, 0).unwrap();
        let points = vec![(60, Some(0.1)), (120, None), (180, Some(8.4))];
        Line { step: 60, points, now: Some((at(200), Some(0.412))), ..Line::new(Arc::new(ask)) }
    }

    #[test]
    fn a_signal_is_told_with_its_range_and_its_basis() {
        let now = Time::from_timestamp(210, 0).unwrap();
        assert_eq!(words(&line(), now), "412 ms now; 100 ms to 8.4 s; by x_bucket by job");
    }

    #[test]
    fn what_could_not_be_read_is_unknown_with_its_age_and_never_a_value_of_now() {
        let late = Time::from_timestamp(200 + 600, 0).unwrap();
        let refused = Line { trouble: Some(SafeText::new("HTTP 422: too many samples")), ..line() };
        assert!(words(&refused, late).starts_with("UNKNOWN, 412 ms 10m ago: HTTP 422: too many samples; "));
        let never = Line { now: None, points: Vec::new(), ..refused };
        assert!(words(&never, late).starts_with("UNKNOWN: HTTP 422"));
        assert!(words(&Line { trouble: None, ..never }, late).starts_with("not read yet"));
        let idle = Line { now: Some((late, None)), ..line() };
        assert!(words(&idle, late).starts_with("no data now; 100 ms"));
    }

    #[test]
    fn a_moment_in_a_gap_has_no_value() {
        let line = line();
        assert_eq!((line.at(30), line.at(60), line.at(100), line.at(150)), (Some(0.1), Some(0.1), None, Some(8.4)));
        assert_eq!((line.at(0), line.at(181)), (None, None));
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_out() {
        let golden = Golden { is_known: true, lines: vec![line()], ..Golden::new(SloId::new("x")) };
        let pairs = pairs(&golden, Time::from_timestamp(210, 0).unwrap());
        assert_eq!(pairs[1].0, "traffic, errors, saturation");
        assert!(pairs[1].1.contains("[[signals]]"));
        assert_eq!(queries(&golden)[0].1, "q[300s]  (x_bucket by job)");
    }
}
