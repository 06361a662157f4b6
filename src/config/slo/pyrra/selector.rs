//! A bare vector selector: a metric and its matchers, as far as an indicator needs to know them.

/// One matcher as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matcher<'a> {
    pub label: &'a str,
    /// `=`, `!=`, `=~` or `!~`
    pub op: &'a str,
    /// With its quotes.
    quoted: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector<'a> {
    /// Empty where only matchers name it.
    metric: &'a str,
    pub matchers: Vec<Matcher<'a>>,
}

impl<'a> Selector<'a> {
    /// None where the text is more than a selector: a function, a range, an operation.
    pub fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(text.len());
        let (metric, rest) = (&text[..end], text[end..].trim());
        if metric.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        if rest.is_empty() {
            return (!metric.is_empty()).then(|| Self { metric, matchers: Vec::new() });
        }
        let mut rest = rest.strip_prefix('{')?.trim_start();
        let mut matchers = Vec::new();
        while !rest.starts_with('}') {
            let (matcher, after) = matcher(rest)?;
            matchers.push(matcher);
            let after = after.trim_start();
            rest = match after.strip_prefix(',') {
                Some(next) => next.trim_start(),
                None if after.starts_with('}') => after,
                None => return None,
            };
        }
        let named = !metric.is_empty() || matchers.iter().any(|m| m.label == "__name__");
        (rest == "}" && named).then_some(Self { metric, matchers })
    }

    /// The value of an equality matcher.
    pub fn equal(&self, label: &str) -> Option<&'a str> {
        self.matchers.iter().find(|m| m.label == label && m.op == "=").map(Matcher::value)
    }

    pub fn has(&self, label: &str) -> bool {
        self.matchers.iter().any(|m| m.label == label)
    }

    /// The selector with one matcher written otherwise.
    pub fn with(&self, label: &str, written: &str) -> String {
        let matcher = |m: &Matcher<'_>| match m.label == label {
            true => written.to_owned(),
            false => format!("{}{}{}", m.label, m.op, m.quoted),
        };
        let matchers: Vec<String> = self.matchers.iter().map(matcher).collect();
        format!("{}{{{}}}", self.metric, matchers.join(","))
    }
}

impl<'a> Matcher<'a> {
    /// Between its quotes, escapes as they are.
    fn value(&self) -> &'a str {
        self.quoted.get(1..self.quoted.len() - 1).unwrap_or("")
    }
}

/// A matcher, and what follows it.
fn matcher(text: &str) -> Option<(Matcher<'_>, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let (label, rest) = (&text[..end], text[end..].trim_start());
    let op = ["=~", "!~", "!=", "="].into_iter().find(|op| rest.starts_with(op))?;
    let rest = rest[op.len()..].trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote && !label.is_empty() => {
                return Some((Matcher { label, op, quoted: &rest[..=at] }, &rest[at + 1..]));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_a_metric_and_its_matchers_and_nothing_more() {
        let read = Selector::read(r#" http_total { job = "a,}" , code=~'5..',} "#).unwrap();
        assert_eq!((read.equal("job"), read.equal("code"), read.has("code")), (Some("a,}"), None, true));
        assert_eq!(read.with("code", "code=\"1\""), r#"http_total{job="a,}",code="1"}"#);
        assert!(Selector::read("up").is_some() && Selector::read("{__name__=\"up\"}").is_some());
        let wrong =
            "sum(up)|up[5m]|up{|up{a}|up{a=\"b|rate(x[5m])|up * 2||{}|{a=\"b\"}|1up|up{a=\"b\"}[5m]|up{=\"b\"}|é";
        for text in wrong.split('|') {
            assert_eq!(Selector::read(text), None, "{text}");
        }
    }
}
