//! One file a subcommand: the same answers as the cockpit, for scripts. Standard output carries the answer and nothing else.

pub mod ack;
pub mod action;
pub mod acts;
pub mod alerts;
pub mod answer;
pub mod args;
pub mod ask;
pub mod axis;
pub mod begin;
mod bulk;
mod change;
pub mod changes;
pub mod completions;
pub mod config;
pub mod confirm;
mod connecting;
pub mod demo;
pub mod doctor;
mod document;
pub mod drill;
pub mod exit;
mod first;
pub mod handoff;
pub mod incident;
pub mod journal;
mod kept;
mod keys;
pub mod man;
pub mod noise;
pub mod note;
pub mod notify;
pub mod oncall;
pub mod open;
pub mod paper;
pub mod perform;
pub mod pick;
pub mod plain;
pub mod plugin;
pub mod replay;
pub mod request;
pub mod runbook;
pub mod show;
pub mod silence;
pub mod slo;
pub mod snapshot;
pub mod start;
pub mod status;
pub mod subject;
pub mod table;
pub mod timeline;
pub mod unack;
mod undo;
pub mod why;

use clap::Parser;
use tokio::runtime::{Builder, Runtime};

use self::{
    args::{Args, Command, Global},
    exit::Exit,
};

/// Parses the command line and runs it.
pub fn run() -> Exit {
    crate::runtime::heap::share();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::usage(&error),
    };
    let Ok(runtime) = runtime(args.command.as_ref()) else {
        return exit::failed("no async runtime can be had on this machine");
    };
    let exit = runtime.block_on(dispatch(args));
    // A task stuck in a system call must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    exit
}

/// A cockpit has two workers beside the thread that a person waits for: more would only take memory, a heap each. A
/// question has one thread, for there is nobody that it could keep waiting.
fn runtime(command: Option<&Command>) -> std::io::Result<Runtime> {
    let mut builder = match command {
        None | Some(Command::Demo(_) | Command::Drill(_)) => Builder::new_multi_thread(),
        Some(Command::Replay(args)) if args.is_shown() => Builder::new_multi_thread(),
        Some(_) => Builder::new_current_thread(),
    };
    if matches!(command, Some(Command::Replay(args)) if !args.is_shown()) {
        // Time passes where nothing else is left to do: hours of a recording take seconds.
        builder.start_paused(true);
    }
    builder.worker_threads(2).enable_all().build()
}

async fn dispatch(args: Args) -> Exit {
    let Args { global, record, command } = args;
    if record.is_some() && command.is_some() {
        return exit::misused("--record before a command is for the cockpit; demo and drill have their own, after it");
    }
    match command {
        None => open::run(&global, record.as_deref()).await,
        Some(Command::Demo(demo)) => demo::run(&global, &demo).await,
        Some(Command::Snapshot(snapshot)) => snapshot::run(&global, &snapshot).await,
        Some(command) => answer(&global, command).await.unwrap_or_else(|exit| exit),
    }
}

/// The commands that answer and end. An error has been told already.
async fn answer(global: &Global, command: Command) -> Result<Exit, Exit> {
    if global.output == args::Output::Markdown && !command.writes_documents() {
        return Err(exit::misused("-o markdown is for handoff, incident export and incident stats"));
    }
    match command {
        Command::Alerts(args) => alerts::run(global, &args).await,
        Command::Ack(args) => ack::run(global, &args).await,
        Command::Unack(args) => unack::run(global, &args).await,
        Command::Ask(args) => request::run(global, &args).await,
        Command::Undo(args) => undo::run(global, &args).await,
        Command::Note(args) => note::run(global, &args).await,
        Command::Silence(what) => silence::run(global, &what).await,
        Command::Slo(what) => slo::run(global, &what).await,
        Command::Action(what) => action::run(global, &what).await,
        Command::Runbook(what) => runbook::run(global, &what).await,
        Command::Incident(what) => incident::run(global, &what).await,
        Command::Handoff(args) => handoff::run(global, &args).await,
        Command::Oncall(args) => oncall::run(global, &args).await,
        Command::Changes(args) => changes::run(global, &args).await,
        Command::Timeline(args) => timeline::run(global, &args).await,
        Command::Journal(what) => journal::run(global, &what).await,
        Command::Drill(args) => drill::run(global, &args).await,
        Command::Replay(args) => replay::run(global, &args).await,
        Command::Status(args) => status::run(global, &args).await,
        Command::Plugin(what) => plugin::run(global, &what).await,
        Command::Notify(what) => notify::run(global, &what).await,
        Command::Doctor => doctor::run(global).await,
        Command::Config(what) => config::run(global, &what).await,
        Command::Completions { shell } => Ok(completions::run(shell)),
        Command::Man(args) => man::run(&args),
        // Screens of their own.
        Command::Demo(_) | Command::Snapshot(_) => Ok(Exit::Done),
    }
}
