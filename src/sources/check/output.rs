//! What a check prints, by the guidelines of the monitoring plugins: a line, more lines, and numbers behind `|`.

use crate::domain::text::SafeText;

/// Most of the further lines that are kept, in characters.
const MORE_MAX: usize = 4_000;
/// Most of the line and of the numbers that is kept, in characters.
const LINE_MAX: usize = 1_000;

/// The parts of an output; empty where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) line: SafeText,
    pub(super) more: SafeText,
    pub(super) perfdata: SafeText,
}

impl Output {
    /// The first line up to `|` is the text, what follows it is numbers; so is all that follows the next `|`.
    pub(super) fn read(printed: &str) -> Self {
        let (first, rest) = printed.trim_start().split_once('\n').unwrap_or((printed.trim(), ""));
        let (line, numbers) = first.split_once('|').unwrap_or((first, ""));
        let (more, more_numbers) = rest.split_once('|').unwrap_or((rest, ""));
        let numbers = [numbers, more_numbers].map(|n| n.split_whitespace().collect::<Vec<_>>().join(" "));
        Self {
            line: cut(line.trim(), LINE_MAX),
            more: cut(more.trim(), MORE_MAX),
            perfdata: cut(numbers.join(" ").trim(), LINE_MAX),
        }
    }
}

fn cut(text: &str, most: usize) -> SafeText {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(printed: &str) -> [String; 3] {
        let o = Output::read(printed);
        [o.line, o.more, o.perfdata].map(|t| t.raw().to_owned())
    }

    #[test]
    fn the_parts_of_an_output_are_told_apart() {
        assert_eq!(parts("DISK OK - free space: / 3326 MB\n"), ["DISK OK - free space: / 3326 MB", "", ""]);
        assert_eq!(parts("OK - fine | load=0.1;1;2;0"), ["OK - fine", "", "load=0.1;1;2;0"]);
        let long =
            "DISK WARNING | /=2643MB;5948;5958\n/ 15272 MB (77%);\n/boot 68 MB (69%); | /boot=68MB;88\n/home=69357MB";
        assert_eq!(
            parts(long),
            ["DISK WARNING", "/ 15272 MB (77%);\n/boot 68 MB (69%);", "/=2643MB;5948;5958 /boot=68MB;88 /home=69357MB"]
        );
        assert_eq!(parts(""), ["", "", ""]);
        assert_eq!(parts("\n\nlate"), ["late", "", ""]);
    }

    #[test]
    fn what_is_printed_is_harmless_and_bounded() {
        let o = Output::read(&format!("\u{1b}[2J{}", "x".repeat(1 << 20)));
        assert!(!o.line.shown().contains('\u{1b}') && o.line.raw().chars().count() <= LINE_MAX + 1);
    }
}
