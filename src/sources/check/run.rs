//! Runs a check: without a shell, without input, with little of our environment, and not for ever.

use std::{path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
};

/// Most that is read of an output, in bytes.
const PRINTED_MAX: u64 = 64 * 1024;
/// Of our environment this is all that a check gets.
const LENT: [&str; 7] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ"];

/// A check, as it is run.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) name: String,
    program: String,
    arguments: Vec<String>,
}

impl Program {
    pub(super) fn new(program: &str, arguments: &[String], name: Option<&str>) -> Self {
        let own = || Path::new(program).file_stem().map_or(program.into(), |n| n.to_string_lossy());
        let name = name.map_or_else(|| own().into_owned(), str::to_owned);
        Self { name, program: program.to_owned(), arguments: arguments.to_vec() }
    }
}

/// How a check ended.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    /// None where a signal ended it.
    pub(super) exit: Option<i32>,
    pub(super) printed: String,
}

/// Every executable file of a directory, by name; hidden ones and copies of an editor are left out.
///
/// # Errors
/// Why the directory cannot be read.
pub(super) async fn executables(dir: &Path) -> Result<Vec<Program>, String> {
    let cannot = |e: std::io::Error| format!("cannot read the directory {}: {e}", dir.display());
    let mut entries = tokio::fs::read_dir(dir).await.map_err(cannot)?;
    let mut found = Vec::new();
    while let Some(entry) = entries.next_entry().await.map_err(cannot)? {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let about = tokio::fs::metadata(&path).await;
        if !name.starts_with('.') && !name.ends_with('~') && about.is_ok_and(|a| is_executable(&a)) {
            found.push(Program::new(&path.to_string_lossy(), &[], None));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(unix)]
fn is_executable(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.is_file() && about.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(about: &std::fs::Metadata) -> bool {
    about.is_file()
}

/// Runs it to its end; what takes longer is killed with all that it started.
///
/// # Errors
/// Why nothing is known of it.
pub(super) async fn run(program: &Program, env: &[(String, String)], patience: Duration) -> Result<Ran, String> {
    let lent = LENT.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    let spawned = Command::new(&program.program)
        .args(&program.arguments)
        .env_clear()
        .envs(lent)
        .envs(env.iter().map(|(n, v)| (n, v)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child = spawned.map_err(|e| format!("cannot run {}: {e}", program.program))?;
    let group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let ended = tokio::time::timeout(patience, to_its_end(&mut child)).await;
    drop(group);
    match ended {
        Ok(Ok((exit, printed))) => Ok(Ran { exit, printed }),
        Ok(Err(e)) => Err(format!("cannot be read: {e}")),
        Err(_) => Err(format!("did not end within {patience:?}")),
    }
}

async fn to_its_end(child: &mut Child) -> std::io::Result<(Option<i32>, String)> {
    let printed = match child.stdout.take() {
        Some(pipe) => read_some(pipe).await?,
        None => String::new(),
    };
    Ok((child.wait().await?.code(), printed))
}

/// Closing the pipe after the cap ends a check that never stops printing.
async fn read_some(pipe: impl AsyncRead + Unpin) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    pipe.take(PRINTED_MAX).read_to_end(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A check leaves nothing behind, however it ends.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        // A group that has gone needs no signal.
        let _ = self.0.map(|leader| kill_process_group(leader, Signal::KILL));
    }
}
