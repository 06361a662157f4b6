//! `watchfire man`: pages of the manual, written from the same tree that reads the command line.

use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_mangen::{Man, generate_to};

use super::{
    args::Args as Line,
    exit::{self, Exit},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Write a page for every command into this directory, as `man` looks for them
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Exit> {
    match &args.dir {
        Some(dir) => pages(dir),
        None => page(),
    }
}

/// The one of the whole program; `man -l -` shows it.
fn page() -> Result<Exit, Exit> {
    let mut page = Vec::new();
    let written = Man::new(Line::command()).render(&mut page);
    written.map_err(|e| exit::failed(format!("the page cannot be written: {e}")))?;
    exit::say(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}

fn pages(dir: &Path) -> Result<Exit, Exit> {
    let written = std::fs::create_dir_all(dir).and_then(|()| generate_to(Line::command(), dir));
    written.map_err(|e| exit::failed(format!("the pages cannot be written to {}: {e}", dir.display())))?;
    exit::tell(format!("the pages are in {}: man -l {}", dir.display(), dir.join("watchfire.1").display()));
    Ok(Exit::Done)
}
