//! Durations as Prometheus writes them, and ages as a person reads them.

use chrono::Duration;

use super::Time;

const UNITS: [(&str, i64); 7] = [
    ("ms", 1),
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
];

/// A Prometheus duration (`1h30m`, `4w`, `250ms`) in milliseconds; each unit at most once is not required.
///
/// # Errors
/// Names what was expected where the text is no duration.
pub fn parse_ms(text: &str) -> Result<i64, String> {
    let mut rest = text.trim();
    let bad = || format!("`{text}` is no duration; write it like 90s, 15m, 2h or 1d12h");
    if rest.is_empty() {
        return Err(bad());
    }
    let mut sum: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let number: i64 = rest[..digits].parse().map_err(|_| bad())?;
        let (unit, ms) = UNITS.iter().find(|(u, _)| rest[digits..].starts_with(u)).ok_or_else(bad)?;
        sum = number.checked_mul(*ms).and_then(|n| sum.checked_add(n)).ok_or_else(bad)?;
        rest = &rest[digits + unit.len()..];
    }
    Ok(sum)
}

/// As [`parse_ms`], for a length of time that must be longer than none.
///
/// # Errors
/// Where the text is no duration, or is zero.
pub fn parse(text: &str) -> Result<Duration, String> {
    match parse_ms(text)? {
        0 => Err(format!("`{text}` is no time at all")),
        ms => Ok(Duration::milliseconds(ms)),
    }
}

/// An age in one unit, so that it changes seldom: `12s`, `3m`, `5h`, `2d`. Never negative.
pub fn age(since: Time, now: Time) -> String {
    short(now.signed_duration_since(since))
}

/// A length in one unit, rounded down.
pub fn short(length: Duration) -> String {
    let (number, unit) = match length.num_seconds().max(0) {
        s @ 0..60 => (s, 's'),
        s @ 60..3_600 => (s / 60, 'm'),
        s @ 3_600..172_800 => (s / 3_600, 'h'),
        s => (s / 86_400, 'd'),
    };
    let mut text = number.to_string();
    text.push(unit);
    text
}

/// A length in two units, for where it is the answer: `1h 20m`, `2d 4h`.
pub fn long(length: Duration) -> String {
    let s = length.num_seconds().max(0);
    let two = |a: i64, ua: &str, b: i64, ub: &str| if b == 0 { format!("{a}{ua}") } else { format!("{a}{ua} {b}{ub}") };
    match s {
        0..60 => format!("{s}s"),
        60..3_600 => two(s / 60, "m", s % 60, "s"),
        3_600..86_400 => two(s / 3_600, "h", s % 3_600 / 60, "m"),
        _ => two(s / 86_400, "d", s % 86_400 / 3_600, "h"),
    }
}

/// A length as Prometheus writes it: `1h4m`, `28d`.
pub fn prometheus(seconds: i64) -> String {
    let mut rest = seconds.max(0);
    let mut out = String::new();
    for (unit, size) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if rest >= size {
            out.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if out.is_empty() { "0s".into() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_prometheus_reads_them() {
        assert_eq!(parse_ms("4w"), Ok(2_419_200_000));
        assert_eq!(parse_ms("1h4m"), Ok(3_840_000));
        assert_eq!(parse_ms("250ms"), Ok(250));
        for wrong in ["", "5", "h", "-1h", "1 h", "99999999999999y"] {
            assert!(parse_ms(wrong).is_err(), "{wrong}");
        }
        assert!(parse("0s").is_err());
    }

    #[test]
    fn an_age_is_never_negative() {
        let now = Time::default();
        assert_eq!(age(now + Duration::hours(1), now), "0s");
        assert_eq!(long(Duration::minutes(80)), "1h 20m");
        assert_eq!(prometheus(3_840), "1h4m");
    }
}
