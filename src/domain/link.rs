//! Addresses that may be opened: http and https alone, without a user or a password, and the host as it is.
//!
//! What others wrote is never trusted: an address that could look like another one is text, and no link.

/// Longest address that is a link.
const LONGEST: usize = 2_000;

/// The address as a terminal and a browser may be given it: printable ASCII, the rest percent-encoded. None where it is no
/// address, or none that may be opened.
pub fn web(text: &str) -> Option<String> {
    let text = text.trim();
    let scheme =
        ["https://", "http://"].into_iter().find(|s| text.get(..s.len()).is_some_and(|t| t.eq_ignore_ascii_case(s)))?;
    let rest = &text[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(letter) || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let mut link = format!("{scheme}{host}");
    for byte in path.bytes() {
        match byte {
            b'!'..=b'~' if !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}') => {
                link.push(char::from(byte));
            }
            _ => link.push_str(&format!("%{byte:02X}")),
        }
    }
    (link.len() <= LONGEST).then_some(link)
}

/// Every address in a text, each once.
pub fn all_in(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | '`');
    let mut all = Vec::new();
    for word in text.split(ends) {
        let start = ["http://", "https://"].iter().filter_map(|s| word.find(s)).min();
        let found = start.and_then(|at| web(word[at..].trim_end_matches(['.', ',', ';', ':', '!', '?', ']'])));
        all.extend(found.filter(|link| !all.contains(link)).into_iter().collect::<Vec<_>>());
    }
    all
}

/// The query in the address of a graph, as Prometheus and its kin write it.
pub fn expression(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let value = query
        .split(['&', '#'])
        .find_map(|pair| pair.strip_prefix("g0.expr=").or_else(|| pair.strip_prefix("expr=")))?;
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_look_like_something_else_is_a_link() {
        for (text, wanted) in [
            ("https://run.example/a?b=c#d", Some("https://run.example/a?b=c#d")),
            (" http://h:9090/graph ", Some("http://h:9090/graph")),
            ("https://h/ä b", None),
            ("https://h/ä", Some("https://h/%C3%A4")),
            ("https://h/{x}\"", Some("https://h/%7Bx%7D%22")),
            ("https://bank.example@evil.example/", None),
            ("https://bänk.example/", None),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("https://", None),
            ("https://h/\u{1b}]8;;x", None),
            ("https://h/\u{202e}x", Some("https://h/%E2%80%AEx")),
            ("runbook.md", None),
        ] {
            assert_eq!(web(text).as_deref(), wanted, "{text:?}");
        }
        assert_eq!(web(&format!("https://h/{}", "x".repeat(3_000))), None);
    }

    #[test]
    fn addresses_are_found_in_a_sentence() {
        let text = "see https://a.example/x, (http://b.example) and https://a.example/x.";
        assert_eq!(all_in(text), ["https://a.example/x", "http://b.example"]);
    }

    #[test]
    fn the_query_of_a_graph_is_read_out_of_its_address() {
        let of = |text: &str| expression(text);
        assert_eq!(of("http://p:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1").as_deref(), Some("up == 0"));
        assert_eq!(of("http://p:9090/graph?g0.expr=%zz"), None);
        assert_eq!(of("http://p:9090/alerts"), None);
    }
}
