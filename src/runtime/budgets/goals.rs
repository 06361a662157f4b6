//! Which objective each SLO asked for in the run before: a file that asks for another one explains a line that jumps.
//!
//! One small file beside the kept counts. Without it nothing is told, and nothing else is lost.

use std::{collections::BTreeMap, fs, io, io::Write, path::Path};

use super::Counting;
use crate::{
    app::msg::{GoalChange, Msg},
    domain::{Time, slo::Slo},
    runtime::Inbox,
};

/// Largest file that is read, in bytes.
const BYTES_MAX: u64 = 4 << 20;

/// Objectives by the ids of their SLOs, in words.
type Goals = BTreeMap<String, String>;

/// `99.9 % over 30d`
fn goal(slo: &Slo) -> String {
    format!("{} % over {}", slo.objective.as_percent(), slo.window.words())
}

impl Counting {
    /// Tells of every objective that is another than it was, before it is remembered.
    pub(super) async fn tell_goals(&mut self, now: Time, inbox: Option<&Inbox>) {
        let path = self.means.cache.as_ref().filter(|c| c.is_writable()).map(|c| c.beside("objectives.json"));
        let (Some(path), Some(inbox)) = (path, inbox) else { return };
        let known = self.goals.get_or_insert_with(|| load(&path));
        let mut changes = Vec::new();
        let mut is_new = false;
        for slo in self.rows.iter().map(|k| &k.slo) {
            let now_asks = goal(slo);
            match known.insert(slo.id.as_str().to_owned(), now_asks.clone()) {
                Some(asked) if asked == now_asks => continue,
                Some(was) => {
                    changes.push(GoalChange {
                        id: slo.id.clone(),
                        title: slo.title.clone(),
                        at: now,
                        was,
                        asks: now_asks,
                    });
                }
                None => {}
            }
            is_new = true;
        }
        let told = changes.is_empty() || inbox.send(Msg::Goals(changes)).await.is_ok();
        if is_new
            && told
            && let Err(error) = store(&path, known)
        {
            tracing::warn!("{}: objectives cannot be kept: {error}", path.display());
        }
    }
}

/// What was kept; nothing where it cannot be read.
fn load(path: &Path) -> Goals {
    let is_small = fs::metadata(path).is_ok_and(|m| m.len() <= BYTES_MAX);
    let text = if is_small { fs::read_to_string(path).unwrap_or_default() } else { String::new() };
    serde_json::from_str(&text).unwrap_or_default()
}

fn store(path: &Path, goals: &Goals) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(serde_json::to_string(goals)?.as_bytes())?;
    file.persist(path).map(drop).map_err(|e| e.error)
}
