//! Foreign text in a Markdown document: it stays text, on one line, of a bounded length. Nothing that somebody wrote in a
//! note becomes a heading, a link, a picture, HTML, or another column of a table.
//!
//! Knows CommonMark and GitHub's tables; knows no document.

use crate::domain::text::{SafeText, sanitise};

/// Characters of one text in a document; beyond it the text says how much is missing.
pub const LONGEST: usize = 600;
/// Characters of anything at all: more than a text that was cut and says so.
const OUTERMOST: usize = 2 * LONGEST;

/// A text as it may stand anywhere in a line of Markdown, a table's cell and the beginning of an item included.
pub fn inline(text: &str) -> String {
    let shown = sanitise(text);
    let line = shown.trim().replace('\n', " ⏎ ");
    escape(&bounded(&line))
}

/// A text in backticks, for ids and expressions: more of them than it holds itself.
pub fn code(text: &str) -> String {
    let line = sanitise(text).trim().replace('\n', " ⏎ ");
    let line = bounded(&line);
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    // Even within code a pipe ends the cell of a table; GitHub reads the escape there.
    format!("{fence}{pad}{}{pad}{fence}", line.replace('|', "\\|"))
}

/// What is cut off is counted.
fn bounded(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(OUTERMOST) else { return text.to_owned() };
    format!("{}… (+{} bytes)", &text[..end], text.len() - end)
}

/// As it may be shown, and bounded; `rest` says where all of it is.
pub fn bounded_text(text: &SafeText, rest: &str) -> SafeText {
    let Some((end, _)) = text.shown().char_indices().nth(LONGEST) else { return text.clone() };
    let cut = &text.shown()[..end];
    // What is shown of a hostile text may be longer than it.
    let missing = text.raw().len().saturating_sub(cut.len());
    SafeText::new(&format!("{cut}… (+{missing} bytes{rest})"))
}

fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut before = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' if chars.peek().is_some_and(|n| n.is_alphanumeric() || *n == '#') => out.push_str("&amp;"),
            // Inside a word it is a letter, as in label names.
            '_' if !(before.is_some_and(char::is_alphanumeric)
                && chars.peek().is_some_and(|n| n.is_alphanumeric())) =>
            {
                out.push_str("\\_");
            }
            c => out.push(c),
        }
        before = Some(c);
    }
    begin(out)
}

/// What would begin a heading, a list or a rule is held back.
fn begin(line: String) -> String {
    let first = line.chars().next().unwrap_or(' ');
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', first]);
    match first {
        '#' | '=' => format!("\\{line}"),
        '+' | '-' if ends(&line[1..]) => format!("\\{line}"),
        '0'..='9' if line[digits..].starts_with(['.', ')']) && ends(&line[digits + 1..]) => {
            format!("{}\\{}", &line[..digits], &line[digits..])
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_that_somebody_wrote_is_markup() {
        for (text, wanted) in [
            ("a | b\nc", "a \\| b ⏎ c"),
            ("`rm` **now** [x](http://y) ![p](q)", "\\`rm\\` \\*\\*now\\*\\* \\[x\\](http://y) !\\[p\\](q)"),
            ("<script>&amp; & co</script>", "&lt;script&gt;&amp;amp; & co&lt;/script&gt;"),
            ("checkout_errors_total _now_", "checkout_errors_total \\_now\\_"),
            ("# big", "\\# big"),
            ("- item", "\\- item"),
            ("-6 %", "-6 %"),
            ("1. one", "1\\. one"),
            ("1.5 s is slow", "1.5 s is slow"),
            ("esc \u{1b}[31m\u{202e}", "esc ^\\[\\[31m&lt;U+202E&gt;"),
            ("结帐 is слow", "结帐 is слow"),
        ] {
            assert_eq!(inline(text), wanted);
        }
    }

    #[test]
    fn code_holds_backticks_and_pipes() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("x|y"), "`x\\|y`");
    }

    #[test]
    fn a_megabyte_is_cut_and_says_so() {
        let long = inline(&"火".repeat(400_000));
        assert!(long.chars().count() < OUTERMOST + 60, "{}", long.len());
        assert!(long.ends_with("bytes)"), "{long}");
        let text = bounded_text(&SafeText::new(&"x".repeat(5_000)), ": entry 7");
        assert!(text.raw().ends_with("… (+4400 bytes: entry 7)"), "{}", text.raw());
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_of_one_cell(text in "\\PC*|[|`<>\\n\\r*_#\\\\ -]{0,40}") {
            let line = inline(&text);
            prop_assert!(!line.contains(['\n', '\r', '<']));
            let bars = line.match_indices('|').filter(|(i, _)| {
                line[..*i].chars().rev().take_while(|c| *c == '\\').count() % 2 == 0
            });
            prop_assert_eq!(bars.count(), 0, "{}", line);
        }
    }
}
