//! `$EDITOR` has the terminal to itself, and what it wrote comes back unsent.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::harness::{Start, Terminal};

/// An editor in a few lines of shell; `$1` is the file.
fn editor(home: &Path, script: &str) -> PathBuf {
    let path = home.join("editor");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

fn open(home: &Path, script: &str) -> Terminal {
    let terminal = Start::demo("quiet").home(home).env("EDITOR", editor(home, script)).open();
    terminal.sees("CALM");
    terminal
}

#[test]
fn two_lines_from_the_editor_come_back_into_the_note_and_enter_keeps_them() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal =
        open(home.path(), "stty -a > \"$HOME/tty\"; printf 'the first line\\nthe second line\\n' > \"$1\"");
    terminal.type_keys("e");
    terminal.shows("both lines in the form", |s| {
        s.contains("note on") && s.contains("the first line") && s.contains("the second line")
    });
    let tty = fs::read_to_string(home.path().join("tty")).unwrap();
    assert!(tty.contains(" icanon") && tty.contains(" echo "), "the editor's terminal was not a shell's: {tty}");
    terminal.type_keys("enter");
    terminal.sees("the first line ⏎ the second line");
    terminal.sees_not("note on");
}

#[test]
fn what_is_typed_goes_to_the_editor_while_it_runs() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = open(home.path(), "printf 'editor: '; read -r line; printf '%s' \"$line\" > \"$1\"");
    terminal.type_keys("e");
    terminal.sees("editor:");
    terminal.write(b"qqq ? typed to the editor\n");
    terminal.shows("the line in the form", |s| s.contains("note on") && s.contains("qqq ? typed to the editor"));
}

#[test]
fn an_editor_that_fails_leaves_the_note_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = open(home.path(), "echo gone > \"$1\"; exit 3");
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.write(b"half a thought");
    terminal.sees("half a thought");
    terminal.type_keys("ctrl-e");
    terminal.sees("the editor failed, the note is as it was");
    terminal.sees("half a thought");
}

#[test]
fn ctrl_c_in_the_editor_ends_the_editor_and_not_the_cockpit() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = open(home.path(), "echo editing; exec sleep 1000");
    terminal.type_keys("e");
    terminal.sees("editing");
    terminal.type_keys("ctrl-c");
    terminal.sees("the editor failed, the note is as it was");
    terminal.sees("CALM");
}

#[test]
fn a_window_that_changed_under_the_editor_is_drawn_at_its_new_size() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = open(home.path(), "printf 'editor: '; read -r line; printf '%s' \"$line\" > \"$1\"");
    terminal.type_keys("e");
    terminal.sees("editor:");
    terminal.resize(200, 60);
    terminal.write(b"done\n");
    terminal.shows("the layout of 200x60", |s| s.lines().any(|l| l.contains("1 alerts") && l.contains("2 budgets")));
}
