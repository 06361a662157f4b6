//! One file a subcommand: the same answers as the cockpit, for scripts. Standard output carries the answer and nothing else.

pub mod args;
pub mod demo;
pub mod exit;
pub mod open;
pub mod snapshot;
pub mod start;

use clap::Parser;

use self::{
    args::{Args, Command},
    exit::Exit,
};

/// Parses the command line and runs it.
pub fn run() -> Exit {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::usage(&error),
    };
    // More workers than cores: two sources that read long answers must not keep a key waiting.
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build() else {
        return exit::failed("no async runtime can be had on this machine");
    };
    let exit = runtime.block_on(dispatch(args));
    // A task stuck in a system call must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    exit
}

async fn dispatch(args: Args) -> Exit {
    let Args { global, command } = args;
    match command {
        None => open::run(&global).await,
        Some(Command::Demo(demo)) => demo::run(&global, &demo).await,
        Some(Command::Snapshot(snapshot)) => snapshot::run(&global, &snapshot).await,
    }
}
