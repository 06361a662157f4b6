//! The tables of the page about keys: from the table that dispatches them.

use std::fmt::Write;

use watchfire::config::keymap::{Binding, BoundBy, Command, Context, Keymap, preset};

use super::{fs, keep, root};

const PAGE: &str = "assets/manual/keys.md";

/// The page with what stands between two marks made anew.
fn with(page: &str, mark: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = page.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("no {end}"));
    format!("{before}{begin}{text}{end}{after}")
}

fn places() -> String {
    let all: Vec<String> = Context::ALL.iter().map(|c| format!("`{}` ({})", c.name(), c.words())).collect();
    format!("{}.\n", all.join(", "))
}

fn commands() -> String {
    let map = Keymap::default();
    let mut out = String::from("| keys | command | in | does |\n|---|---|---|---|\n");
    for command in Command::ALL {
        let names: Vec<&str> = command.places().iter().map(|c| c.name()).collect();
        let keys = shown(&map.chords(*command));
        let _ = writeln!(out, "| {keys} | `{}` | {} | {} |", command.name(), names.join(", "), command.help());
    }
    out
}

fn shown(chords: &[String]) -> String {
    chords.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" ")
}

fn presets() -> String {
    let mut out = String::from("\n| preset | keys | command |\n|---|---|---|\n");
    for name in preset::NAMES {
        let map = preset::keymap(name);
        let of_it = |b: &&Binding| matches!(b.from, BoundBy::Preset(_));
        let mut commands: Vec<Command> = map.bindings().iter().filter(of_it).map(|b| b.command).collect();
        commands.dedup();
        for command in commands {
            let _ = writeln!(out, "| {name} | {} | `{}` |", shown(&map.chords(command)), command.name());
        }
    }
    out + "\n"
}

#[test]
fn the_page_about_keys_names_those_that_there_are() {
    let page = fs::read_to_string(root(PAGE)).unwrap();
    let page = with(&page, "places", &places());
    let page = with(&page, "presets", &presets());
    keep(PAGE, &with(&page, "commands", &commands()));
    assert!(fs::read_to_string(root("README.md")).unwrap().contains(PAGE), "the README does not lead to it");
}
