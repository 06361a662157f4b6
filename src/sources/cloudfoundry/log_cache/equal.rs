//! Whether Log Cache counts a query as it is written: every selector names a `source_id`, and every other label is compared
//! by `=`.
//!
//! Knows selectors, and asks nothing.

use crate::sources::prometheus::selectors;

/// The label by which Log Cache finds what it is asked for; a pattern of it is a list of names between bars.
const SOURCE: &str = "source_id";

/// # Errors
/// What it would count wrongly, and how to write it.
pub(super) fn checked(query: &str) -> Result<(), String> {
    for selector in selectors(query)? {
        let Some((metric, inside)) = selector.trim_end().trim_end_matches('}').split_once('{') else {
            return Err(nameless(&selector));
        };
        let mut names_source = false;
        for (name, op, value) in matchers(inside) {
            match (name, op) {
                (SOURCE, "=" | "=~") => names_source = true,
                (_, "=") => {}
                _ => {
                    let metric = metric.trim();
                    return Err(format!(
                        "Log Cache takes every matcher for `=`, and would count nothing for {metric}{{{name}{op}{value}}}: \
                         write one selector for each value, and add them"
                    ));
                }
            }
        }
        if !names_source {
            return Err(nameless(&selector));
        }
    }
    Ok(())
}

fn nameless(selector: &str) -> String {
    format!("Log Cache needs the app in every selector: {SOURCE}=\"..\" is missing in {}", selector.trim())
}

/// Name, operator and value as they are written.
fn matchers(mut text: &str) -> Vec<(&str, &str, &str)> {
    let mut all = Vec::new();
    while let Some(at) = text.find(['=', '!']) {
        let name = text[..at].trim_matches([' ', ',', '\n', '\t']);
        let rest = &text[at..];
        let op = ["=~", "!=", "!~"].into_iter().find(|op| rest.starts_with(op)).unwrap_or("=");
        let rest = rest[op.len()..].trim_start();
        let (value, left) = rest.split_at(length(rest));
        all.push((name, op, value));
        text = left;
    }
    all
}

/// How long the literal is that a text begins with; a backtick knows no escapes.
fn length(text: &str) -> usize {
    let Some(quote) = text.chars().next() else { return 0 };
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_by_equality_is_counted_as_it_is_written() {
        for good in [
            r#"sum(increase(requests{source_id="a", code="500"}[5m]))"#,
            r#"sum(increase(a{source_id=~"x|y"}[5m])) + sum(increase(b{ code = 'a,b!~"c' , source_id = `d`}[5m]))"#,
            r#"count_over_time(http{source_id="a",path="=~ != \" }"}[5m])"#,
        ] {
            assert_eq!(checked(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_would_count_nothing_is_told_with_the_matcher() {
        let why = |query: &str| checked(query).unwrap_err();
        let told = why(r#"sum(increase(requests{source_id="a",code=~"5.."}[5m]))"#);
        assert!(told.contains(r#"requests{code=~"5.."}"#), "{told}");
        assert!(why(r#"sum(rate(requests{code!="200",source_id="a"}[5m]))"#).contains(r#"code!="200""#));
        assert!(why(r#"sum(rate(requests{source_id!="a"}[5m]))"#).contains(r#"source_id!="a""#));
        assert!(why(r#"sum(rate(a{source_id="a"}[5m])) + sum(rate(b{x="y"}[5m]))"#).contains(r#"missing in b{x="y"}"#));
        assert!(why("sum(rate(requests[5m]))").contains("missing in requests"));
    }
}
