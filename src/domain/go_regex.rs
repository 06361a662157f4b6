//! Go's regular expressions, in which Alertmanager matches, for the engine that is at hand.
//!
//! Both descend from RE2 and agree on nearly everything; here stands what they do not agree on:
//! * `\d \w \s \b` mean ASCII alone to Go,
//! * `[` inside of brackets is itself to Go, and so are `&&`, `--` and `~~`,
//! * a brace that counts nothing (`a{,2}`) is itself, and nothing is counted beyond a thousand,
//! * `\Q..\E` quotes, `\101` is octal, `\<` is `<`, and there are no flags but `i m s U`.
//!
//! Refuses to know what is matched. What neither reads is left as it is, so that the engine says what is wrong with it.

use std::{iter::Peekable, str::Chars};

/// Most repetitions Go counts.
const REPEATS_MAX: u32 = 1_000;

/// The same expression for the engine at hand.
///
/// # Errors
/// Where Go takes it for a mistake and the engine would not.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\\' => escape(rest, &mut out),
            '[' => class(rest, &mut out),
            '{' => brace(rest, &mut out)?,
            '(' => group(rest, &mut out)?,
            ']' | '}' => literal(c, rest, &mut out),
            _ => plain(c, rest, &mut out),
        };
    }
    Ok(out)
}

fn plain<'t>(c: char, text: &'t str, out: &mut String) -> &'t str {
    out.push(c);
    &text[c.len_utf8()..]
}

fn literal<'t>(c: char, text: &'t str, out: &mut String) -> &'t str {
    out.push('\\');
    plain(c, text, out)
}

/// What stands for several characters: the same in and out of brackets.
fn perl(kind: char) -> Option<&'static str> {
    Some(match kind {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        _ => return None,
    })
}

fn escape<'t>(text: &'t str, out: &mut String) -> &'t str {
    let Some(kind) = text[1..].chars().next() else { return plain('\\', text, out) };
    let behind = &text[1 + kind.len_utf8()..];
    match kind {
        'Q' => {
            let (quoted, behind) = behind.split_once(r"\E").unwrap_or((behind, ""));
            out.push_str(&regex::escape(quoted));
            behind
        }
        'b' | 'B' => {
            out.push_str(&format!(r"(?-u:\{kind})"));
            behind
        }
        _ if perl(kind).is_some() => {
            out.push_str(perl(kind).unwrap_or_default());
            behind
        }
        _ => one(text, out),
    }
}

/// An escape that is one character, or a Unicode class.
fn one<'t>(text: &'t str, out: &mut String) -> &'t str {
    let Some(kind) = text[1..].chars().next() else { return plain('\\', text, out) };
    let octal = text[1..].bytes().take(3).take_while(|b| (b'0'..b'8').contains(b)).count();
    if octal > 1 || (octal == 1 && kind == '0') {
        let code = u32::from_str_radix(&text[1..=octal], 8).unwrap_or(0);
        out.push_str(&format!("\\x{{{code:x}}}"));
        return &text[1 + octal..];
    }
    if !matches!(kind, '<' | '>') {
        out.push('\\');
    }
    out.push(kind);
    let behind = &text[1 + kind.len_utf8()..];
    // `\x{263a}` and `\p{Greek}`: the brace counts nothing
    match behind.find('}') {
        Some(end) if matches!(kind, 'x' | 'p' | 'P') && behind.starts_with('{') => {
            out.push_str(&behind[..=end]);
            &behind[end + 1..]
        }
        _ => behind,
    }
}

fn class<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut rest = plain('[', text, out);
    if rest.starts_with('^') {
        rest = plain('^', rest, out);
    }
    let mut first = true;
    while let Some(c) = rest.chars().next() {
        if c == ']' && !first {
            return plain(']', rest, out);
        }
        first = false;
        rest = match named(rest) {
            Some(len) => {
                out.push_str(&rest[..len]);
                &rest[len..]
            }
            None => range(rest, out),
        };
    }
    rest
}

/// `[:alpha:]`
fn named(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("[:")?;
    let len = inside.find(":]")?;
    let name = inside[..len].trim_start_matches('^');
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())).then_some(len + 4)
}

/// One member of a class, or two with a `-` between.
fn range<'t>(text: &'t str, out: &mut String) -> &'t str {
    if let Some(members) = text.strip_prefix('\\').and_then(|t| perl(t.chars().next()?)) {
        out.push_str(members);
        return &text[2..];
    }
    let behind = member(text, out);
    match behind.strip_prefix('-') {
        Some(high) if !high.is_empty() && !high.starts_with(']') => {
            out.push('-');
            member(high, out)
        }
        _ => behind,
    }
}

fn member<'t>(text: &'t str, out: &mut String) -> &'t str {
    match text.chars().next() {
        Some('\\') => one(text, out),
        Some(c) if c.is_ascii_punctuation() && !matches!(c, '<' | '>') => literal(c, text, out),
        Some(c) => plain(c, text, out),
        None => text,
    }
}

/// `{2}`, `{2,}` and `{2,5}` count; any other brace is itself.
fn brace<'t>(text: &'t str, out: &mut String) -> Result<&'t str, String> {
    let Some(end) = text.find('}').filter(|end| counts(&text[1..*end])) else { return Ok(literal('{', text, out)) };
    let many = |n: &str| n.parse::<u32>().map_or(!n.is_empty(), |n| n > REPEATS_MAX);
    if text[1..end].split(',').any(many) {
        return Err(format!("`{}` counts beyond {REPEATS_MAX}", &text[..=end]));
    }
    out.push_str(&text[..=end]);
    Ok(&text[end + 1..])
}

fn counts(inside: &str) -> bool {
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    !low.is_empty() && digits(low) && digits(high)
}

/// `(?x)` and other flags that Go does not have.
fn group<'t>(text: &'t str, out: &mut String) -> Result<&'t str, String> {
    if let Some(flags) = text.strip_prefix("(?") {
        let strange = |flags: &mut Peekable<Chars<'_>>| {
            while flags.next_if(|c| matches!(c, 'i' | 'm' | 's' | 'U' | '-')).is_some() {}
            flags.peek().copied().filter(|c| matches!(c, 'x' | 'u' | 'R'))
        };
        if let Some(flag) = strange(&mut flags.chars().peekable()) {
            return Err(format!("there is no flag `{flag}`; there are i, m, s and U"));
        }
    }
    Ok(plain('(', text, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(pattern: &str, text: &str) -> bool {
        regex::Regex::new(&format!("^(?:{})$", translate(pattern).unwrap())).unwrap().is_match(text)
    }

    #[test]
    fn classes_mean_ascii_alone() {
        assert!(is(r"\d\w\s[\d][\w-]", "5a 5-") && !is(r"\d", "٥") && !is(r"\w", "ö") && is(r"\D\W\S", "٥öx"));
        assert!(!is(r"gr\Böße", "größe") && is(r"gr\böße", "größe") && is(r"g\Bröße", "größe"));
    }

    #[test]
    fn what_is_special_to_one_alone_is_itself() {
        assert!(is("a[[]b", "a[b") && is("[a&&b]+", "&ab") && is("[x-z-_]+", "y-_") && is("a{,2}", "a{,2}"));
        assert!(is("[]a]+", "]a") && is("[^]a]", "b") && is("[[:alpha:]~~]+", "a~") && is(r"[\]\-]+", "]-"));
        assert!(is(r"\Qa.b[\E+", "a.b[") && is(r"\101\x{42}[\103]", "ABC") && is(r"\<a\>", "<a>") && is("a}]", "a}]"));
        assert!(is(r"\pL\p{Greek}\PL", "aΩ5") && is("a{2}b{1,}", "aab"));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        assert!(translate("a{1001}").is_err() && translate("(?x)a").is_err() && translate("(?i-x:a)").is_err());
        assert!(translate("(?i)a{1000}(?P<x>b)(?:c)").is_ok());
    }

    #[test]
    fn a_pattern_that_breaks_off_breaks_nothing() {
        for text in ["\\", "[", "[^", "[a-", "[\\", "{", "a{1", "(?", "\\Q", "\\x{", "[[:", "\\0", "é\\é"] {
            let _ = translate(text).map(|t| regex::Regex::new(&t).is_ok());
        }
    }
}
