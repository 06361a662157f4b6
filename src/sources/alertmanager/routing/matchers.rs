//! Matchers as a configuration writes them: `a="b"`, `{a=b, "c"!~"d.*"}`, classic and UTF-8.

use crate::domain::matcher::{MatchOp, Matcher};

/// All matchers in one text; they hold together.
///
/// # Errors
/// Says what was expected.
pub(super) fn read(text: &str) -> Result<Vec<Matcher>, String> {
    let mut rest = text.trim();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner.strip_suffix('}').ok_or_else(|| format!("`{text}` has no closing brace"))?.trim();
    }
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (matcher, left) = one(rest).map_err(|why| format!("`{text}`: {why}"))?;
        all.push(matcher);
        rest = match left.trim_start().strip_prefix(',') {
            Some(left) => left.trim_start(),
            None if left.trim().is_empty() => "",
            None => return Err(format!("`{text}`: a comma is missing")),
        };
    }
    Ok(all)
}

fn one(text: &str) -> Result<(Matcher, &str), String> {
    let (name, rest) = word(text, |c| c.is_whitespace() || "=!~,{}".contains(c))?;
    let rest = rest.trim_start();
    let ops = [MatchOp::Regex, MatchOp::NotRegex, MatchOp::NotEqual, MatchOp::Equal];
    let op = ops.into_iter().find(|op| rest.starts_with(op.as_str())).ok_or("an operator is missing")?;
    let rest = rest[op.as_str().len()..].trim_start();
    // Classic syntax takes anything up to the next comma for a value, and nothing at all for an empty one.
    let (value, rest) = word(rest, |c| c == ',')?;
    let value = value.as_str();
    if name.is_empty() {
        return Err("a name is missing".into());
    }
    Ok((Matcher::new(name, op, value)?, rest))
}

/// A quoted text, or a bare one up to where it ends.
fn word(text: &str, ends: impl Fn(char) -> bool) -> Result<(String, &str), String> {
    match text.strip_prefix('"') {
        Some(rest) => quoted(rest),
        None => {
            let (bare, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
            Ok((bare.trim().to_owned(), rest))
        }
    }
}

/// A Go string literal, from behind its first quote.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((out, &text[at + 1..])),
            '\\' => out.push(escaped(&mut chars)?),
            c => out.push(c),
        }
    }
    Err("a closing quote is missing".into())
}

fn escaped(chars: &mut std::str::CharIndices<'_>) -> Result<char, String> {
    let bad = || "an escape that is none".to_owned();
    let (_, c) = chars.next().ok_or_else(bad)?;
    let mut code = |digits: usize| {
        let hex: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
        u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).ok_or_else(bad)
    };
    Ok(match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'x' => code(2)?,
        'u' => code(4)?,
        'U' => code(8)?,
        '"' | '\\' | '\'' => c,
        _ => return Err(bad()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        read(text).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_way_of_writing_matchers_is_read() {
        assert_eq!(shown(r#"severity = critical"#), [r#"severity="critical""#]);
        assert_eq!(shown(r#"{foo!="x", bar=~"a|b",}"#), [r#"foo!="x""#, r#"bar=~"a|b""#]);
        assert_eq!(shown(r#"a="b,c\"d\\e\n""#), [r#"a="b,c\"d\\e\n""#]);
        assert_eq!(shown(r#""größe.x"!~"1.*""#), [r#""größe.x"!~"1.*""#]);
        assert_eq!(shown(r#"a=,b="""#), [r#"a="""#, r#"b="""#]);
        assert!(shown("{}").is_empty());
    }

    #[test]
    fn what_is_no_matcher_is_an_error() {
        for wrong in ["a", "=b", r#"a="b"#, r#"a="b" c="d""#, "{a=b", "a=~(", r#"a="\q""#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
