//! What is generated is current: the README's keys and the picture. `UPDATE=1` writes them anew.

use std::{fs, path::Path, process::Command as Process};

mod how_to;
mod keys;

use watchfire::config::keymap::{Command, Keymap};

pub fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a file with what it should hold, or writes it.
pub fn keep(path: &str, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root(path), wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(root(path)).unwrap_or_default();
    assert!(found == wanted, "{path} is not current: run UPDATE=1 cargo test --test it docs");
}

#[test]
fn the_readme_names_the_keys_that_work() {
    let readme = fs::read_to_string(root("README.md")).unwrap();
    let (before, rest) = readme.split_once("<!-- keys -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /keys -->").unwrap();
    let keymap = Keymap::default();
    let row = |c: &Command| format!("| `{}` | {} |\n", keymap.chords(*c).join("` `"), c.help());
    let rows: String =
        [Command::Help, Command::Open, Command::Ack, Command::Note, Command::Filter].iter().map(row).collect();
    keep("README.md", &format!("{before}<!-- keys -->\n| key | does |\n|---|---|\n{rows}<!-- /keys -->{after}"));
}

/// The screen twenty minutes into the demo, after these keys.
fn picture(size: &str, keys: &str) -> String {
    let output = Process::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(["snapshot", "--demo", "--at", "20m", "--size", size, "--format", "svg", "--theme", "midnight"])
        .args(["--keys", keys])
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_picture_in_the_readme_is_the_screen_as_it_is() {
    keep("assets/cockpit.svg", &picture("150x42", ""));
}

/// The pictures of the budgets, each with the keys that lead to it.
const BUDGETS: [(&str, &str); 3] =
    [("fleet", "2 z"), ("burn-down", "2 Enter"), ("burn-rate", "2 Enter t + + + + + + +")];

#[test]
fn the_pictures_of_the_budgets_are_the_screen_as_it_is_and_the_readme_shows_them() {
    let readme = fs::read_to_string(root("README.md")).unwrap();
    for (name, keys) in BUDGETS {
        for size in ["80x24", "160x50"] {
            let path = format!("assets/{name}-{size}.svg");
            keep(&path, &picture(size, keys));
            assert!(readme.contains(&format!("({path})")), "the README does not show {path}");
        }
        assert!(readme.contains(&format!("--keys \"{keys}\"")), "the README does not say how {name} was made");
    }
}

/// Every file of the program and its tests, in one text.
fn sources(dir: &str, all: &mut String) {
    for entry in fs::read_dir(root(dir)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(path.to_str().unwrap(), all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_checklist_for_terminals_has_82_points_and_every_test_that_it_names() {
    let page = fs::read_to_string(root("assets/manual/terminal-checklist.md")).unwrap();
    let number = |line: &str| line.strip_prefix("| ")?.split(' ').next()?.parse::<usize>().ok();
    assert_eq!(page.lines().filter_map(number).collect::<Vec<_>>(), (1..=82).collect::<Vec<_>>());
    let mut all = String::new();
    ["src", "tests"].iter().for_each(|dir| sources(dir, &mut all));
    let words = page.split('`').skip(1).step_by(2);
    let tests =
        words.filter(|w| w.matches('_').count() > 2 && w.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    for test in tests {
        assert!(all.contains(&format!("fn {test}(")), "the checklist names `{test}`, which is no test");
    }
}
