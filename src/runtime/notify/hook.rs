//! A program of one's own that is told: the notice as one line of JSON on its input, its first facts in the environment.
//!
//! Never a shell. It runs in a group of its own and is ended, with all that it started, after its time.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use crate::{domain::notify::Notice, runtime::action::Group};

/// The program, and what it must not see.
#[derive(Clone, Debug)]
pub struct Hook {
    pub argv: Vec<String>,
    pub at_most: Duration,
    /// Environment variables that hold secrets of sources.
    pub hidden: Vec<String>,
}

impl Hook {
    /// Runs it once, to its end.
    ///
    /// # Errors
    /// Where it cannot be started, fails or takes too long.
    pub async fn run(&self, notice: &Notice) -> Result<(), String> {
        let (program, arguments) = self.argv.split_first().ok_or("there is no program")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        for name in &self.hidden {
            command.env_remove(name);
        }
        command.env("WATCHFIRE_KIND", word(&notice.kind)).env("WATCHFIRE_SEVERITY", notice.severity.as_str());
        command.env("WATCHFIRE_TITLE", &notice.title).env("WATCHFIRE_COUNT", notice.count.to_string());
        let mut child = command.spawn().map_err(|e| format!("`{program}` cannot be started: {e}"))?;
        let mut group = Group::of(&child).ok_or("it has no process number")?;
        let input = child.stdin.take();
        let told = async {
            if let Some(mut input) = input {
                let line = serde_json::to_string(notice).unwrap_or_default() + "\n";
                // One that does not read is none the worse.
                let _ = input.write_all(line.as_bytes()).await;
            }
            child.wait().await
        };
        let ended = timeout(self.at_most, told).await;
        match ended {
            Ok(Ok(status)) => {
                group.let_go();
                if status.success() { Ok(()) } else { Err(format!("`{program}` failed: {status}")) }
            }
            Ok(Err(error)) => Err(format!("`{program}`: {error}")),
            Err(_) => Err(format!("`{program}` took longer than {} s and was ended", self.at_most.as_secs_f32())),
        }
    }
}

fn word(kind: &impl serde::Serialize) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
