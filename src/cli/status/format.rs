//! The line in its forms. An age is said where it is not of now.

use clap::ValueEnum;

use crate::app::world::summary::Summary;

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Plain,
    Short,
    Tmux,
}

/// From so many seconds on an age is told: before, nobody would do otherwise for it.
const TOLD: i64 = 10;

pub(super) fn line(format: Format, summary: &Summary, age: i64) -> String {
    let age = if age >= TOLD { format!(" ({age}s ago)") } else { String::new() };
    match format {
        Format::Plain => format!("{}{age}", summary.text),
        Format::Short => format!("{}{age}", summary.short()),
        Format::Tmux => dyed(summary.code, &format!("{}{age}", summary.short())),
    }
}

pub(super) fn unknown(format: Format, why: &str) -> String {
    match format {
        Format::Plain => format!("UNKNOWN {why}"),
        Format::Short => "UNKNOWN".into(),
        Format::Tmux => dyed(3, "UNKNOWN"),
    }
}

/// The word says it as well as the colour.
fn dyed(code: u8, text: &str) -> String {
    let style = match code {
        0 => "fg=green",
        1 => "fg=yellow",
        2 => "fg=red,bold",
        _ => "fg=magenta,bold",
    };
    format!("#[{style}]{}#[default]", text.replace('#', "##"))
}
