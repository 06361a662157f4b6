//! Keeps the map of the rooms: who may use whom, and the few rules of the house that no linter knows.
//!
//! Reads the sources as text, with a small lexer of its own; knows nothing of what the code does.

mod map;
mod rust;

use std::path::Path;

use map::{Rule, doc_rows, rule_of};
use rust::Source;

/// Lines a file may have beside its tests.
const LINES_MAX: usize = 400;

/// Everything that is not as it should be, one line each: `path:line: what`.
fn violations(files: &[(String, String)]) -> Vec<String> {
    let sources: Vec<Source> = rust::read(files);
    let mut found: Vec<String> = sources.iter().flat_map(violations_in).collect();
    found.sort();
    found
}

fn violations_in(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |line: usize, what: String| found.push(format!("{}:{line}: {what}", source.path));
    if !source.opens_with_doc {
        say(1, "a module opens with `//!`: what it is for, and what it refuses to know".into());
    }
    if source.own_lines > LINES_MAX {
        say(1, format!("{} lines beside the tests, at most {LINES_MAX}: split it", source.own_lines));
    }
    for line in &source.allows_without_reason {
        say(*line, "an `#[allow]` without `reason = \"..\"`".into());
    }
    let Some(room) = source.room() else { return found };
    for path in source.paths.iter().filter(|p| room == "ui" && !p.in_test) {
        if path.names_a_colour() && !source.path.starts_with("src/ui/theme") {
            say(path.line, format!("`{}`: colours are named in the theme alone", path.written()));
        }
    }
    match rule_of(room) {
        Some(rule) => source.paths.iter().filter_map(|p| Some((p, against(rule, p)?))).for_each(|(p, why)| {
            say(p.line, format!("`{}`: {why}", p.written()));
        }),
        None => say(1, format!("the room `{room}` is not on the map in src/lib.rs and in tests/it/tidy/map.rs")),
    }
    found
}

/// Why a path may not stand in a room.
fn against(rule: &Rule, path: &rust::Path) -> Option<String> {
    let room = rule.room;
    if let Some(other) = path.room() {
        return (other != room && !rule.may_use(other)).then(|| format!("{room} may not use {other}"));
    }
    let banned = rule.bans().find(|b| !path.in_test && path.is_of(b))?;
    Some(format!("{room} may not know {banned}"))
}

fn files_below(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(root, &path, found)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn the_house() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    if let Err(e) = files_below(root, &root.join("src"), &mut found) {
        panic!("the sources cannot be read: {e}");
    }
    found
}

#[test]
fn every_room_keeps_to_the_map() {
    let found = violations(&the_house());
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_map_in_the_documentation_is_the_one_that_is_kept() {
    let house = the_house();
    let (_, lib) = house.iter().find(|(path, _)| path == "src/lib.rs").unwrap();
    let documented = doc_rows(lib);
    let kept: Vec<_> = map::RULES.iter().map(Rule::as_documented).collect();
    assert_eq!(documented, kept, "the table in src/lib.rs (left) and tests/it/tidy/map.rs (right) differ");
}

/// What the checker says of one file.
fn of(path: &str, text: &str) -> Vec<String> {
    violations(&[(path.into(), text.into())])
}

fn planted(path: &str, code: &str, wanted: &[&str]) {
    assert_eq!(of(path, &format!("//! Sample.\n{code}\n")), wanted, "{code}");
}

#[test]
fn a_planted_import_of_another_room_is_found() {
    let wrong = "`crate::sources::Source`: app may not use sources";
    let at = |line: usize| format!("src/app/a/b.rs:{line}: {wrong}");
    let deep = |code: &str| planted("src/app/a/b.rs", code, &[&at(2)]);
    deep("use crate::sources::Source;");
    deep("use crate::{domain::Time, sources::{Source}};");
    deep("pub use super::super::super::sources::Source as S;");
    deep("mod inner { use super::super::super::super::sources::Source; }");
    deep("fn f() -> impl crate::sources::Source {}");
    deep("#[cfg(test)] mod tests { use crate::sources::Source; }");
    planted("src/app/mod.rs", "\n\nuse super::sources::Source;", &[&format!("src/app/mod.rs:4: {wrong}")]);
    planted("src/domain/x.rs", "use crate::*;", &["src/domain/x.rs:2: `crate::*`: domain may not use *"]);
    planted("src/ui/x.rs", "use crate as c;", &["src/ui/x.rs:2: `crate`: ui may not use the whole crate"]);
    planted(
        "src/sources/x.rs",
        "use crate::journal::J;",
        &["src/sources/x.rs:2: `crate::journal::J`: sources may not use journal"],
    );
}

#[test]
fn a_planted_crate_is_found_outside_of_tests() {
    let found = |room: &str, code: &str| of(&format!("src/{room}/x.rs"), &format!("//! S.\n{code}\n")).len();
    for (room, code) in [
        ("app", "use tokio::sync::mpsc;"),
        ("app", "use std::{collections::BTreeMap, fs};"),
        ("app", "use std::{\n    net::{self, IpAddr},\n};"),
        ("app", "fn f() { let t = ::std::thread::spawn(g); }"),
        ("app", "fn f() { let t = chrono::Utc::now(); }"),
        ("app", "use chrono::Utc; fn f() { h(Utc::now()) }"),
        ("config", "use ratatui::style::Color;"),
        ("config", "use crossterm as c;"),
        ("domain", "fn f() { std::process::abort() }"),
        ("ui", "use reqwest::Client;"),
        ("journal", "use crossterm::event;"),
        ("domain", "#[cfg(not(test))] use sqlx::Row;"),
    ] {
        assert!(found(room, code) > 0, "{room}: {code}");
        assert_eq!(found(room, &format!("#[cfg(test)]\nmod tests {{ {code} }}")), 0, "{room}: {code}");
        assert_eq!(found(room, &format!("/* {code} /* */ */ // {code}")), 0, "{room}: {code}");
        assert_eq!(found("runtime", code), 0, "{code}");
    }
    assert_eq!(found("config", "use std::fs; use crate::domain::Time;"), 0);
    assert_eq!(found("ui", "use ratatui::Frame; use crate::app::App;"), 0);
    assert_eq!(found("sources", "use tokio::time::timeout; use reqwest::Client;"), 0);
}

#[test]
fn a_file_of_tests_is_test_code() {
    let files = |decl: &str| {
        let parent = format!("//! P.\n{decl}\n");
        let child = "//! T.\nuse tokio::time;\n".to_owned();
        violations(&[("src/app/a.rs".into(), parent), ("src/app/a/tests.rs".into(), child)])
    };
    assert_eq!(files("#[cfg(test)]\nmod tests;"), [""; 0]);
    assert_eq!(files("mod tests;"), ["src/app/a/tests.rs:2: `tokio::time`: app may not know tokio"]);
}

#[test]
fn what_only_looks_like_an_import_is_none() {
    for code in [
        "fn f<'a>(x: &'a str) -> char { let tokio = 1; g(tokio); 'x' }",
        r##"const A: &str = "use tokio::x; \" crate::sources::Y"; const B: &str = r#"" tokio::x "#;"##,
        "fn f() { a.tokio::<u8>(); x.sources; b'\"'; '\\''; '\"'; /* ' */ }",
        "use super::other::Thing; use self::tokio_like::X; use crate::domain::alert::Alert;",
        "pub(in crate::app) fn f() {}",
    ] {
        planted("src/app/a.rs", code, &[]);
    }
}

#[test]
fn the_other_rules_of_the_house_are_kept_as_well() {
    let starts = |found: Vec<String>, with: &str| assert!(found.len() == 1 && found[0].contains(with), "{found:?}");
    starts(of("src/app/a.rs", "fn f() {}\n"), "a module opens with `//!`");
    starts(of("src/attic/mod.rs", "//! A.\n"), "the room `attic` is not on the map");
    let long = format!("//! L.\n{}", "fn f() {}\n".repeat(LINES_MAX));
    starts(of("src/app/a.rs", &long), "401 lines beside the tests");
    let tested = format!("//! L.\n#[cfg(test)]\nmod tests {{\n{}}}\n", "fn f() {}\n".repeat(LINES_MAX));
    assert_eq!(of("src/app/a.rs", &tested), [""; 0]);
    starts(of("src/app/a.rs", "//! A.\n#[allow(dead_code)]\nfn f() {}\n"), "a.rs:2: an `#[allow]` without");
    starts(of("src/app/a.rs", "//! A.\n#![expect(dead_code)]\n"), "a.rs:2: an `#[allow]` without");
    assert_eq!(of("src/app/a.rs", "//! A.\n#[allow(dead_code, reason = \"x\")]\nfn f() {}\n"), [""; 0]);
    let colour = "//! C.\nfn f() { g(ratatui::style::Color::Red) }\n";
    starts(of("src/ui/pane.rs", colour), "pane.rs:2: `ratatui::style::Color::Red`: colours are named in the theme");
    assert_eq!(of("src/ui/theme.rs", colour), [""; 0]);
    assert_eq!(of("src/ui/pane.rs", "//! C.\nfn f(c: Color) { theme.Color }\n"), [""; 0]);
}
