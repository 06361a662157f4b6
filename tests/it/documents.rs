//! Templates that a team writes: those that are right render, those that are wrong say in which line.

use std::path::PathBuf;

use serde_json::{Value, json};
use watchfire::report::template::{Template, render};

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let dir = crate::support::fixture(&format!("templates/{kind}"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files
}

fn document() -> Value {
    json!({
        "title": "a | b",
        "id": "INC-1",
        "at": "2026-11-21T10:00:00Z",
        "none": null,
        "share": 0.0512,
        "lasted_s": 4800,
        "tasks": [{"text": "one"}, {"text": "two"}],
    })
}

#[test]
fn every_template_that_is_right_renders() {
    for file in fixtures("valid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let (template, wanted) = text.split_once("=====\n").expect("a template and what it renders to");
        let name = file.to_string_lossy().into_owned();
        assert_eq!(render(Template { name: &name, text: template }, &document()).unwrap(), wanted, "{name}");
    }
}

/// The first line of a wrong template names the line and a part of the message.
#[test]
fn every_template_that_is_wrong_names_its_file_and_line() {
    for file in fixtures("invalid") {
        let text = std::fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap();
        let (line, says) = first.trim_matches(['{', '}', '#', ' ']).split_once(": ").expect("a line and a word");
        let name = file.to_string_lossy().into_owned();
        let mistake = render(Template { name: &name, text: &text }, &document()).unwrap_err();
        assert_eq!(mistake.line.map(|n| n.to_string()).as_deref(), Some(line), "{mistake}");
        assert!(mistake.to_string().starts_with(&format!("{name}:{line}: ")), "{mistake}");
        assert!(mistake.what.contains(says), "{mistake}");
    }
}
