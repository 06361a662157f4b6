//! The conversation itself, a question a line: it works in any terminal, over SSH and for a screen reader.
//!
//! Questions go to standard error; knows nothing of what is asked.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use crate::{cli::exit, domain::text::sanitise, runtime::dialogue};

/// Most that is read of a line, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The person left, or the terminal has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left;

pub type Said<T> = Result<T, Left>;

/// Whether there is somebody to be asked.
pub fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

pub fn tell(text: impl AsRef<str>) {
    exit::tell(sanitise(text.as_ref()));
}

/// Part of a line, seen at once.
pub fn part(text: &str) {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{}", sanitise(text)).and_then(|()| err.flush());
}

/// One line; `default` where it is empty.
pub fn line(prompt: &str, default: &str) -> Said<String> {
    loop {
        let hint = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        part(&format!("{prompt}{hint}: "));
        let mut bytes = Vec::new();
        let read = io::stdin().lock().take(LONGEST).read_until(b'\n', &mut bytes).map_err(|_| Left)?;
        if read == 0 {
            tell("");
            return Err(Left);
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        if text.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
            tell("  That holds control characters, as an arrow key or a paste may bring; please type it again.");
            continue;
        }
        return Ok(if text.is_empty() { default.to_owned() } else { text.to_owned() });
    }
}

/// One line that must not be empty.
pub fn something(prompt: &str) -> Said<String> {
    loop {
        let text = line(prompt, "")?;
        if !text.is_empty() {
            return Ok(text);
        }
    }
}

/// A line that is not shown while it is typed.
pub fn hidden(prompt: &str) -> Said<String> {
    loop {
        let text = dialogue::hidden_line(|| part(&format!("{prompt} (not shown): "))).ok().flatten();
        tell("");
        let text = text.ok_or(Left)?;
        match text.trim() {
            "" => tell("  Nothing was typed; Ctrl-C leaves."),
            text if text.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) => {
                tell("  That holds control characters, as an arrow key or a paste may bring; please type it again.");
            }
            text => return Ok(text.to_owned()),
        }
    }
}

pub fn yes(prompt: &str, default: bool) -> Said<bool> {
    let hint = if default { "Y/n" } else { "y/N" };
    loop {
        let said = line(&format!("{prompt} [{hint}]"), "")?.to_lowercase();
        match said.as_str() {
            "" => return Ok(default),
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => tell("  Please answer y or n."),
        }
    }
}

/// A whole number from 0 to `most`.
pub fn number(prompt: &str, most: usize, default: usize) -> Said<usize> {
    loop {
        match line(prompt, &default.to_string())?.parse() {
            Ok(number) if number <= most => return Ok(number),
            _ => tell(format!("  Please answer a number from 0 to {most}.")),
        }
    }
}

/// One of several words, or the beginning of it.
pub fn choice(prompt: &str, words: &[&'static str], default: &str) -> Said<&'static str> {
    choice_of(&format!("{prompt} ({})", words.join(", ")), words, default)
}

/// The same where the words were told before.
pub fn choice_of(prompt: &str, words: &[&'static str], default: &str) -> Said<&'static str> {
    loop {
        let said = line(prompt, default)?.to_lowercase();
        match &meant(&said, words)[..] {
            [word] => return Ok(word),
            [] => tell(format!("  Please answer one of: {}; the first letters are enough.", words.join(", "))),
            several => tell(format!("  Which of these: {}? Please type more of it.", several.join(", "))),
        }
    }
}

/// The words that it may stand for: itself, else all that begin with it.
fn meant(said: &str, words: &[&'static str]) -> Vec<&'static str> {
    match words.iter().find(|w| **w == said) {
        Some(exact) => vec![*exact],
        None => words.iter().filter(|w| !said.is_empty() && w.starts_with(said)).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_word_chooses_it_unless_another_begins_so() {
        let words = ["none", "token", "password", "pass"];
        assert_eq!(meant("t", &words), ["token"]);
        assert_eq!(meant("password", &words), ["password"]);
        assert_eq!(meant("pass", &words), ["pass"]);
        assert_eq!(meant("pas", &words), ["password", "pass"]);
        assert!(meant("x", &words).is_empty() && meant("", &words).is_empty());
    }
}
