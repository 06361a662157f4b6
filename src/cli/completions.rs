//! `watchfire completions SHELL`: written from the same tree that reads the command line.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::{
    args::Args,
    exit::{self, Exit},
};

pub fn run(shell: Shell) -> Exit {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "watchfire", &mut script);
    exit::say(&String::from_utf8_lossy(&script));
    Exit::Done
}
