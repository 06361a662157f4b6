//! String literals: Go's, and what Alertmanager's classic parser makes of the rest.

/// Where the mark that closes the one at the start stands.
pub(super) fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, b) in text.bytes().enumerate().skip(1) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(i),
            _ => {}
        }
    }
    None
}

/// The inside of a Go string literal; what Go refuses is read as Alertmanager's classic parser does, so `"\d"` is `\d`.
pub(crate) fn unquote(inside: &str) -> String {
    go_literal(inside).unwrap_or_else(|| unescape(inside))
}

/// Alertmanager's classic escapes: `\\`, `\"` and `\n`; any other backslash is itself.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some(&next @ ('"' | '\\'))) => Some(next),
            _ => None,
        };
        if meant.is_some() {
            chars.next();
        }
        out.push(meant.unwrap_or(c));
    }
    out
}

fn go_literal(inside: &str) -> Option<String> {
    let mut out: Vec<u8> = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(slash) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..slash]);
        rest = go_escape(&rest[slash + 1..], &mut out)?;
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8(out).ok()
}

/// Reads one escape behind its backslash and gives what follows it.
fn go_escape<'t>(text: &'t str, out: &mut Vec<u8>) -> Option<&'t str> {
    let kind = text.chars().next()?;
    let behind = &text[kind.len_utf8()..];
    let simple = match kind {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '"' => b'"',
        _ => return go_number(kind, text, out),
    };
    out.push(simple);
    Some(behind)
}

fn go_number<'t>(kind: char, text: &'t str, out: &mut Vec<u8>) -> Option<&'t str> {
    let (start, len, base) = match kind {
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        '0'..='7' => (0, 3, 8),
        _ => return None,
    };
    let digits = text.get(start..start + len).filter(|d| d.chars().all(|c| c.is_digit(base)))?;
    let number = u32::from_str_radix(digits, base).ok()?;
    if matches!(kind, 'u' | 'U') {
        out.extend_from_slice(char::from_u32(number)?.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        out.push(u8::try_from(number).ok()?);
    }
    Some(&text[start + len..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_reads_as_go_reads_it() {
        assert_eq!(unquote(r#"a\n\t\"\\\x41\u00fc\U000000e9\101"#), "a\n\t\"\\AüéA");
        assert_eq!(unquote(r"\xc3\xbc"), "ü");
    }

    #[test]
    fn what_go_refuses_is_read_as_the_classic_parser_does() {
        for (text, meant) in
            [(r"\d+\.", r"\d+\."), (r"\xff", r"\xff"), (r"\u12", r"\u12"), (r"a\ud800\n", "a\\ud800\n")]
        {
            assert_eq!(unquote(text), meant);
        }
    }
}
