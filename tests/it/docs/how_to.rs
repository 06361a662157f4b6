//! What the pages tell people to type can be typed: keys do what their command's name says, lines for a shell are understood,
//! links lead somewhere.

use std::path::PathBuf;

use clap::{CommandFactory, error::ErrorKind};
use watchfire::{
    cli::args::Args,
    config::keymap::{Command, Keymap},
};

use super::{fs, root};

/// The README and every page of the manual: where it is, and its text.
fn pages() -> Vec<(PathBuf, String)> {
    let manual = fs::read_dir(root("assets/manual")).unwrap().map(|e| e.unwrap().path());
    let pages = manual.filter(|p| p.extension().is_some_and(|e| e == "md")).chain([root("README.md")]);
    pages.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The lines for a shell of a page.
fn lines(page: &str) -> Vec<&str> {
    let mut shell = false;
    let mut lines = Vec::new();
    for line in page.lines() {
        match line.trim_start().strip_prefix("```") {
            Some(kind) => shell = ["sh", "console", "bash"].contains(&kind),
            None if shell => lines.push(line.trim_start().trim_start_matches("$ ")),
            None => {}
        }
    }
    lines
}

/// What is given to the program by a line, where it is called: as the shell would, up to where another begins.
fn given(line: &str) -> Option<Vec<String>> {
    let words = shlex::split(line)?;
    let at = words.iter().position(|w| w.rsplit('/').next() == Some("watchfire"))?;
    // `sudo apt-get install watchfire` calls another.
    let is_called = words[..at].iter().all(|w| w.contains('='));
    let ends = |w: &String| ["|", "||", "&&", ">", ">>", "<", ";", "&"].contains(&w.as_str()) || w.ends_with(';');
    let end = words[at..].iter().position(ends).map_or(words.len(), |e| at + e);
    is_called.then(|| words[at..end].to_vec())
}

fn trouble(words: &[String]) -> Option<clap::Error> {
    Args::command().try_get_matches_from(words).err()
}

#[test]
fn every_line_for_a_shell_in_the_documentation_is_understood() {
    let mut tried = 0;
    for (path, page) in pages() {
        for words in lines(&page).into_iter().filter_map(given) {
            let error = trouble(&words).filter(|e| e.kind() != ErrorKind::DisplayHelp);
            assert!(error.is_none(), "{}: {}\n{}", path.display(), words.join(" "), error.unwrap());
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried} lines were tried");
}

#[test]
fn every_command_that_is_named_within_a_sentence_exists() {
    // What a sentence names may lack its arguments.
    let lacks = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
        ErrorKind::MissingRequiredArgument,
        ErrorKind::MissingSubcommand,
    ];
    for (path, page) in pages() {
        for line in page.lines() {
            for words in line.split('`').skip(1).step_by(2).filter_map(given) {
                let error = trouble(&words).filter(|e| !lacks.contains(&e.kind()));
                assert!(error.is_none(), "{}: {}\n{}", path.display(), words.join(" "), error.unwrap());
            }
        }
    }
}

#[test]
fn a_key_beside_the_name_of_its_command_is_bound_to_it() {
    let keymap = Keymap::default();
    let page = fs::read_to_string(root("assets/manual/how-to.md")).unwrap();
    let mut named = 0;
    for (at, _) in page.match_indices("` (`") {
        let key = page[..at].rsplit('`').next().unwrap();
        let name = page[at + 4..].split('`').next().unwrap();
        let command = Command::ALL.iter().find(|c| c.name() == name).unwrap_or_else(|| panic!("no command {name}"));
        assert!(keymap.chords(*command).iter().any(|c| c == key), "{key} is not {name}");
        named += 1;
    }
    assert!(named > 20, "{named} keys are named");
}

#[test]
fn every_link_between_the_pages_leads_to_a_file_and_a_heading() {
    let slug = |heading: &str| -> String {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    for (path, page) in pages() {
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(file.exists(), "{}: {link} leads nowhere", path.display());
            let there = || fs::read_to_string(&file).unwrap();
            let found = heading.is_empty() || there().lines().any(|l| l.starts_with('#') && slug(l) == heading);
            assert!(found, "{}: no such heading: {link}", path.display());
        }
    }
}
