//! The checks of the journal: it opens, it is whole, its chain holds, nobody else can read it, nothing is stuck in it.

use std::path::Path;

use crate::{cli::ask::Asked, domain::text::sanitise, journal::Journal};

use super::Check;

const WHAT: &str = "journal";

pub(super) async fn checks(asked: &Asked) -> Vec<Check> {
    let path = &asked.config.journal.path;
    let shown = sanitise(&path.to_string_lossy()).into_owned();
    let Some(journal) = &asked.journal else {
        let why = asked.world.journal_fault.as_ref().map_or_else(|| "it cannot be opened".into(), |f| f.line());
        return vec![Check::fail(WHAT, why, "without it nothing can be acked or noted")];
    };
    let mut checks = vec![match journal.refusal() {
        None => Check::ok(WHAT, format!("{shown}: opens and can be written")),
        Some(refusal) => Check::fail(WHAT, refusal.to_string(), refusal.advice()),
    }];
    checks.extend(mode(path));
    checks.push(whole(journal).await);
    checks.push(chain(journal).await);
    checks.extend(stuck(journal).await);
    checks
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<Check> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    Some(match mode & 0o077 {
        0 => Check::ok(WHAT, format!("mode {mode:04o}: nobody else can read it")),
        _ => Check::warn(WHAT, format!("mode {mode:04o}: others can read it"), "chmod 600 it, and its -wal beside it"),
    })
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<Check> {
    None
}

async fn whole(journal: &Journal) -> Check {
    match journal.check().await {
        Ok(()) => Check::ok(WHAT, "read through: no damage"),
        Err(error) => Check::fail(WHAT, error.to_string(), error.advice()),
    }
}

async fn chain(journal: &Journal) -> Check {
    match journal.verify().await {
        Ok(Ok(v)) => Check::ok(WHAT, format!("the chain holds: {} entries", v.entries)),
        Ok(Err(broken)) => {
            let advice =
                "somebody changed the file; compare it with a copy, `watchfire journal export` shows what is there";
            Check::fail(WHAT, format!("the chain does not hold: {broken}"), advice)
        }
        Err(error) => Check::fail(WHAT, error.to_string(), error.advice()),
    }
}

async fn stuck(journal: &Journal) -> Option<Check> {
    let undone = journal.undone().await.ok().filter(|u| !u.is_empty())?;
    let acts = if undone.len() == 1 { "one act is".to_owned() } else { format!("{} acts are", undone.len()) };
    Some(Check::warn(
        WHAT,
        format!("{acts} on the way and not settled"),
        "open the cockpit: it finds out what became of them",
    ))
}
