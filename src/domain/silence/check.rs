//! Matchers as a person writes them, and what is wrong with a silence before any server is asked.
//!
//! Alertmanager's own refusals come too late and in its own words; these come while one writes. Knows no screen.

use crate::domain::{
    Time,
    filter::Filter,
    matcher::{MatchOp, Matcher},
};

/// Reads `{a="b", c=~"d"}` or the same without braces.
///
/// # Errors
/// Where it is none: the place, with a caret, in one text of several lines.
pub fn read(text: &str) -> Result<Vec<Matcher>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NONE.into());
    }
    let braced = if text.starts_with('{') { text.to_owned() } else { format!("{{{text}}}") };
    let filter = Filter::parse(&braced).map_err(|e| e.caret(&braced))?;
    filter.matchers().map(<[Matcher]>::to_vec).ok_or_else(|| PLAIN.into())
}

/// Reads the words of a command line; as in amtool a first word that is no matcher is an alert's name.
///
/// # Errors
/// As [`read`].
pub fn read_words(words: &[String]) -> Result<Vec<Matcher>, String> {
    let filter = Filter::from_words(words).map_err(|e| e.caret(&words.join(" ")))?;
    filter.matchers().map(<[Matcher]>::to_vec).ok_or_else(|| PLAIN.into())
}

const NONE: &str = "a silence needs a matcher";
const PLAIN: &str =
    "a silence takes label matchers only (= != =~ !~), all of which hold; for `or` make one silence for each";

/// What Alertmanager would refuse, or what cannot be meant.
///
/// # Errors
/// The first reason, in a sentence.
pub fn matchers(matchers: &[Matcher]) -> Result<(), String> {
    if matchers.is_empty() {
        return Err(NONE.into());
    }
    if let Some(nameless) = matchers.iter().find(|m| m.name.is_empty()) {
        return Err(format!("a matcher has no label name: {nameless}"));
    }
    if matchers.iter().all(matches_empty) {
        return Err("every matcher matches the empty text: that would mute everything; one must not".into());
    }
    contradiction(matchers).map_or(Ok(()), Err)
}

/// As the server judges it, which lets a negative matcher pass whatever it says.
fn matches_empty(matcher: &Matcher) -> bool {
    matches!(matcher.op, MatchOp::Equal | MatchOp::Regex) && matcher.matches_value("")
}

/// The same label wanted to be two things: such a silence mutes nothing.
fn contradiction(matchers: &[Matcher]) -> Option<String> {
    let equals = matchers.iter().filter(|m| m.op == MatchOp::Equal);
    equals.into_iter().find_map(|m| {
        let other = matchers.iter().find(|o| o.name == m.name && !o.matches_value(&m.value))?;
        Some(format!("{m} and {other} contradict each other: the silence would mute nothing"))
    })
}

/// # Errors
/// Where the end is not after the start, or is over.
pub fn span(starts_at: Time, ends_at: Time, now: Time) -> Result<(), String> {
    if ends_at <= now {
        return Err("the end is in the past".into());
    }
    if ends_at <= starts_at {
        return Err("the end is before the start".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        read(text).and_then(|m| matchers(&m)).unwrap_err()
    }

    #[test]
    fn matchers_read_with_braces_and_without() {
        let wanted = [Matcher::equal("a", "b c"), Matcher::new("d", MatchOp::NotRegex, "e|f").unwrap()];
        assert_eq!(read(r#"{a="b c", d!~"e|f"}"#).unwrap(), wanted);
        assert_eq!(read(r#"a="b c",d!~"e|f","#).unwrap(), wanted);
        assert_eq!(read_words(&["DiskFull".into(), "a=b".into()]).unwrap()[0], Matcher::equal("alertname", "DiskFull"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_reason() {
        assert!(refused("").contains("needs a matcher") && refused("{}").contains("needs a matcher"));
        assert!(refused(r#"a=~".*", b="""#).contains("mute everything"));
        assert!(refused(r#"a="1", a="2""#).contains("contradict"));
        assert!(refused(r#"a="1", a!="1""#).contains("contradict"));
        assert!(refused(r#"a=~"(""#).contains('^'), "{}", refused(r#"a=~"(""#));
        assert!(read_words(&["a=b".into(), "or".into(), "c=d".into()]).unwrap_err().contains("one silence for each"));
        assert_eq!(matchers(&read(r#"a="1", a=~"1|2", b="""#).unwrap()), Ok(()));
    }

    #[test]
    fn an_end_that_is_over_or_before_the_start_is_refused() {
        let now = Time::UNIX_EPOCH;
        let at = |s| now + chrono::Duration::seconds(s);
        assert!(span(at(0), at(1), now).is_ok());
        assert!(span(at(-9), at(0), now).unwrap_err().contains("past"));
        assert!(span(at(5), at(4), now).unwrap_err().contains("before the start"));
    }
}
