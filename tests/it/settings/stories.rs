//! A cockpit on paused time whose files are written while it runs.

use std::{fs, path::Path};

use watchfire::domain::entry::Kind;

use crate::support::cockpit::{Opening, Story};

async fn open(file: &Path, text: &str) -> Story {
    fs::write(file, text).unwrap();
    Opening::of("quiet").lives_by(file).open().await
}

fn dir() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    (dir, file)
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_written_holds_a_moment_later_and_is_in_the_log() {
    let (_dir, file) = dir();
    let mut story = open(&file, "").await;
    fs::write(&file, "[ui]\nglyphs = \"ascii\"\n").unwrap();
    story.sees("ui.glyphs: \"auto\" -> \"ascii\"").await;
    let entries = story.has(1, Kind::ConfigChanged).await;
    assert_eq!(entries[0].body.text.as_ref().unwrap().raw(), "ui.glyphs: \"auto\" -> \"ascii\"");
    story.keys("@").await.sees("configuration").await;
    story.keys("esc").await;
    story.quits().await;
}

#[tokio::test(start_paused = true)]
async fn a_mistake_keeps_the_old_one_with_a_mark_until_it_is_mended() {
    let (_dir, file) = dir();
    let mut story = open(&file, "[alerts]\nsort = \"newest\"\n").await;
    fs::write(&file, "[alerts]\nsort = \"newst\"\n[ui]\nthem = 1\n").unwrap();
    story.sees("config: 2 mistakes, the old one holds").await;
    story.sees("newest first").await;
    story.keys(", c").await.sees("config.toml:2:8: no order is called").await;
    story.sees("config.toml:4:1: unknown key `them`").await;
    fs::write(&file, "[alerts]\nsort = \"oldest\"\n").unwrap();
    story.sees("oldest first").await.sees_not("config: 2 mistakes").await;
    story.quits().await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_empty_for_a_moment_is_no_configuration() {
    let (_dir, file) = dir();
    let mut story = open(&file, "[alerts]\nsort = \"newest\"\n").await;
    fs::write(&file, "").unwrap();
    story.sees("it says nothing any more").await.sees("newest first").await;
    fs::remove_file(&file).unwrap();
    story.sees("there is no such file").await;
    // As editors do: another file takes its place.
    let other = file.with_extension("new");
    fs::write(&other, "[alerts]\nsort = \"name\"\n").unwrap();
    fs::rename(&other, &file).unwrap();
    story.sees("alerts.sort: \"newest\" -> \"name\"").await;
    story.quits().await;
}

#[tokio::test(start_paused = true)]
async fn a_theme_file_that_is_written_is_read_again() {
    let (dir, file) = dir();
    let theme = dir.path().join("mine.toml");
    fs::write(&theme, "inherits = \"mono\"\n").unwrap();
    let mut story = open(&file, "[ui]\ntheme = \"./mine.toml\"\n").await;
    fs::write(&theme, "inherits = \"midnight\"\n").unwrap();
    story.sees("the theme file says something else").await;
    fs::write(&theme, "inherits = \"midnigt\"\n").unwrap();
    story.sees("config: 1 mistake, the old one holds").await;
    story.quits().await;
}

#[tokio::test(start_paused = true)]
async fn somebody_who_asks_is_answered_though_nothing_changed() {
    let (_dir, file) = dir();
    let mut story = open(&file, "").await;
    story.keys(", r").await.sees("the configuration says what is in force").await;
    story.quits().await;
}

#[tokio::test(start_paused = true)]
async fn a_cockpit_without_a_configuration_says_that_there_is_none_to_read() {
    let mut story = Story::open("quiet").await;
    story.keys(", r").await.sees("opened without a configuration").await;
    story.quits().await;
}
