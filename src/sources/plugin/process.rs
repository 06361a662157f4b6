//! The process of a plugin: started in a clean environment and a group of its own, and ended with all that it started.

use std::{path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    time::timeout,
};

pub use super::link::{Input, Output};
use crate::domain::source::SourceError;

/// Variables that are handed on without being named: without them hardly any program runs.
const USUAL_ENV: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];
/// After its input is closed; after that it is asked by a signal, and then made to.
const GRACE: Duration = Duration::from_secs(2);
const AFTER_TERM: Duration = Duration::from_secs(1);
/// What has closed its output has most often ended.
const ENDING: Duration = Duration::from_millis(200);

/// What is run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program by its absolute path, and its arguments.
    pub argv: Vec<String>,
    /// The sum that the program must have, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Names of variables that it gets beside the usual ones.
    pub env: Vec<String>,
}

/// The three pipes of a process.
pub struct Pipes {
    pub output: Output,
    pub input: Input,
    pub errors: Input,
}

/// A running plugin. Whatever is left of its group is killed when this is dropped.
pub struct Process {
    child: Child,
    group: Option<Pid>,
}

impl Program {
    /// # Errors
    /// `Rejected` where there is no program, its path is not absolute, or its sum is another.
    pub async fn check(&self) -> Result<(), SourceError> {
        let program = self.argv.first().ok_or_else(|| SourceError::rejected("`command` names no program"))?;
        if !Path::new(program).is_absolute() {
            return Err(SourceError::rejected(format!(
                "`{program}` is no absolute path: a plugin is never looked for in PATH or beside a file"
            )));
        }
        match &self.sha256 {
            Some(wanted) => check_sum(program, wanted).await,
            None => Ok(()),
        }
    }

    /// # Errors
    /// Where it cannot be started.
    pub fn start(&self) -> Result<(Process, Pipes), SourceError> {
        let (program, arguments) =
            self.argv.split_first().ok_or_else(|| SourceError::rejected("`command` names no program"))?;
        let kept = USUAL_ENV.into_iter().chain(self.env.iter().map(String::as_str));
        let env = kept.filter_map(|name| Some((name, std::env::var_os(name)?)));
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(env).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let cannot = |e: std::io::Error| SourceError::unreachable(format!("cannot run `{program}`: {e}"));
        let mut child = command.spawn().map_err(cannot)?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let (output, input, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let process = Process { child, group };
        match (output, input, errors) {
            (Some(output), Some(input), Some(errors)) => {
                Ok((process, Pipes { output: Box::new(output), input: Box::new(input), errors: Box::new(errors) }))
            }
            _ => Err(SourceError::unreachable("it has no pipes")),
        }
    }
}

async fn check_sum(program: &str, wanted: &str) -> Result<(), SourceError> {
    let cannot = |e: std::io::Error| SourceError::rejected(format!("cannot read {program}: {e}"));
    let mut file = tokio::fs::File::open(program).await.map_err(cannot)?;
    let mut sum = ring::digest::Context::new(&ring::digest::SHA256);
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match file.read(&mut chunk).await.map_err(cannot)? {
            0 => break,
            n => sum.update(&chunk[..n]),
        }
    }
    let found = sum.finish().as_ref().iter().map(|b| format!("{b:02x}")).collect::<String>();
    if found.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(SourceError::rejected(format!("{program} has another sha256 than the configuration wants: {found}")))
}

/// How far one had to go to end a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    ByItself(Option<i32>),
    Term,
    Kill,
}

impl Process {
    /// How it ended, where it has; waits for no more than a moment.
    pub async fn ended(&mut self) -> Option<String> {
        let status = timeout(ENDING, self.child.wait()).await.ok()?.ok()?;
        self.rest();
        Some(status.to_string())
    }

    /// The group that it leads; none once it has ended.
    pub fn group(&self) -> Option<Pid> {
        self.group
    }

    /// Ends it and all that it started, at once.
    pub fn kill(&self) {
        self.send(Signal::KILL);
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// It has ended: what it left behind is ended as well, and its number may soon be another's.
    fn rest(&mut self) {
        self.send(Signal::KILL);
        self.group = None;
    }

    /// Its input was closed: waits, asks, and makes it end.
    pub async fn end(mut self) -> Ending {
        if let Ok(status) = timeout(GRACE, self.child.wait()).await {
            self.rest();
            return Ending::ByItself(status.ok().and_then(|s| s.code()));
        }
        self.send(Signal::TERM);
        if timeout(AFTER_TERM, self.child.wait()).await.is_ok() {
            self.rest();
            return Ending::Term;
        }
        self.send(Signal::KILL);
        // What was killed is waited for, so that nothing of it stays.
        let _ = self.child.wait().await;
        self.rest();
        Ending::Kill
    }

    fn send(&self, signal: Signal) {
        if let Some(group) = self.group {
            // A group that has gone needs none.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.send(Signal::KILL);
    }
}
