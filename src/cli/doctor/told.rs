//! The check of the program of one's own that is told of alerts: whether it is there, and what became of it last. It is not
//! run: `watchfire notify test` does that.

use std::path::{Path, PathBuf};

use crate::{
    app::world::paging::{Failure, HOOK},
    cli::ask::Asked,
};

use super::Check;

const WHAT: &str = "notify";

pub(super) async fn checks(asked: &Asked) -> Vec<Check> {
    let Some(program) = asked.config.notify.command.first() else { return Vec::new() };
    if !is_there(program) {
        let advice = "[notify] command names a program by its path, or one that is in PATH; `chmod +x` it";
        return vec![Check::fail(WHAT, format!("`{program}` is not there, or may not be run"), advice)];
    }
    let kept = match &asked.journal {
        Some(journal) => journal.draft_load(HOOK).await.ok().flatten(),
        None => None,
    };
    vec![match kept.as_deref().and_then(Failure::read) {
        Some(Failure { at, why }) => {
            let said = format!("{} UTC it was not told: {why}", at.format("%Y-%m-%d %H:%M"));
            Check::warn(WHAT, said, "`watchfire notify test` runs it; --log FILE keeps every failure")
        }
        None => Check::ok(WHAT, format!("`{program}` is there; nothing is known to have failed")),
    }]
}

fn is_there(program: &str) -> bool {
    if program.contains('/') {
        return may_run(Path::new(program));
    }
    let dirs: Vec<PathBuf> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    dirs.iter().any(|dir| may_run(&dir.join(program)))
}

#[cfg(unix)]
fn may_run(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn may_run(path: &Path) -> bool {
    path.is_file()
}
