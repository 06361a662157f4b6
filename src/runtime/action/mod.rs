//! Runs a command a person confirmed: in a group of its own, without input, in bounded time and memory.
//!
//! It runs on a thread where it may wait: a paused clock stands still meanwhile. Knows nothing of who asked, or of the journal.

mod group;
mod watching;

use std::process::Stdio;

use tokio::{
    net::unix::pipe,
    process::{Child, Command as Process},
    sync::watch,
};

use crate::domain::{
    action::{Command, Ended, How, Output, lost::Holder},
    text::SafeText,
};

pub(super) use self::group::Group;
use self::watching::Watching;

/// Why a command is asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A person said so.
    Asked,
    /// Watchfire is left.
    Leaving,
}

/// Where a command is told to end; dropping it does so as well.
pub type Stopper = watch::Sender<Option<Stop>>;

/// This process, for the entries of what it runs.
pub fn holder() -> Holder {
    Holder { pid: std::process::id(), host: whoami::hostname().unwrap_or_default() }
}

/// Whether whoever ran an action has certainly ended: it was on this machine, and no process has its number.
pub fn is_gone(who: &Holder) -> bool {
    let here = holder();
    who.host == here.host && who.pid != here.pid && !group::is_process(who.pid)
}

/// Runs it to its end, whatever that is. `said` is told all that it has said, now and again.
pub async fn run(
    command: Command,
    stop: watch::Receiver<Option<Stop>>,
    said: impl FnMut(Output) + Send + 'static,
) -> Ended {
    let handle = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || handle.block_on(here(command, stop, said))).await;
    done.unwrap_or_else(|_| not_started("running it failed inside watchfire"))
}

async fn here(command: Command, stop: watch::Receiver<Option<Stop>>, said: impl FnMut(Output)) -> Ended {
    match start(&command) {
        Ok((child, pipe, group)) => Watching::new(child, pipe, group, &command).until_it_ends(stop, said).await,
        Err(why) => not_started(&why),
    }
}

fn not_started(why: &str) -> Ended {
    let how = How::NotStarted(SafeText::new(why));
    Ended { how, took: chrono::Duration::zero(), output: Output::default(), lingers: false, asked: false }
}

/// Both of its outputs go through one pipe, so that they stay in order.
fn start(command: &Command) -> Result<(Child, pipe::Receiver, Group), String> {
    let (program, arguments) = command.argv.split_first().ok_or("there is no program")?;
    let wrong = |e: std::io::Error| format!("no pipe for its output: {e}");
    let (reader, writer) = std::io::pipe().map_err(wrong)?;
    let errors = writer.try_clone().map_err(wrong)?;
    let mut process = Process::new(program);
    process.args(arguments).stdin(Stdio::null()).stdout(writer).stderr(errors).process_group(0);
    for name in &command.hidden_env {
        process.env_remove(name);
    }
    process.envs(command.env.iter().map(|(name, value)| (name, value)));
    if let Some(cwd) = &command.cwd {
        process.current_dir(cwd);
    }
    let child = process.spawn().map_err(|e| failed(program, command, &e))?;
    // What is held open here would hold up the end of the pipe.
    drop(process);
    let group = Group::of(&child).ok_or("it has no process number")?;
    let pipe = pipe::Receiver::from_owned_fd(reader.into()).map_err(wrong)?;
    Ok((child, pipe, group))
}

fn failed(program: &str, command: &Command, error: &std::io::Error) -> String {
    match (&command.cwd, error.kind()) {
        (Some(cwd), _) if !cwd.is_dir() => format!("there is no directory {}", cwd.display()),
        (_, std::io::ErrorKind::NotFound) => format!("there is no program `{program}` in PATH"),
        (_, std::io::ErrorKind::PermissionDenied) => format!("`{program}` may not be run"),
        _ => format!("`{program}`: {error}"),
    }
}
