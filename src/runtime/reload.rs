//! Looks whether the files of the configuration were written, and reads them again.
//!
//! Every two seconds it asks for the times, sizes and numbers of the files that were read, and of the directories that a
//! pattern looks into. That works on every file system, NFS and overlays among them, whatever way an editor writes a file:
//! in place, by a rename, by a link that is turned. It costs a handful of questions to the kernel and no descriptor. What
//! has been written is read when two looks in a row find the same. Decides nothing about what it read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use chrono::Duration;
use tokio::sync::Notify;

use crate::{
    app::{
        msg::{ConfigMsg, Msg},
        settings::Reading,
    },
    cli::start,
    config::{self, Config, Found, Origin, Request},
    domain::text::SafeText,
    sources,
};

use super::{Inbox, clock::Clock};

/// Between two looks.
const EVERY: Duration = Duration::seconds(2);
/// Between two looks at files that are being written.
const SETTLES: Duration = Duration::milliseconds(300);
/// Looks at files that are always being written, before they are read as they are.
const LOOKS: usize = 10;

/// How the configuration is read, and what it was read from last.
pub struct Home {
    request: Request,
    good: Arc<Config>,
    /// What could not be read of SLOs, and was known already.
    problems: BTreeSet<String>,
    seen: Stamps,
    /// What was last said to be wrong.
    mistakes: Vec<SafeText>,
}

type Stamps = BTreeMap<PathBuf, Option<Stamp>>;

/// What changes where a file is written, or another takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    written: Option<SystemTime>,
    identity: (u64, i64, i64),
}

impl Home {
    /// Of a configuration that was read just now.
    pub fn new(request: Request, config: &Config, slo_problems: &[SafeText]) -> Self {
        let good = Arc::new(config.clone());
        let seen = stamps(paths(&request, &good));
        let problems = slo_problems.iter().map(|p| p.raw().to_owned()).collect();
        Self { request, good, problems, seen, mistakes: Vec::new() }
    }

    /// Looks for ever; `again` asks for a reading now.
    pub async fn run(mut self, clock: Clock, again: Arc<Notify>, inbox: Inbox) {
        loop {
            let asked = tokio::select! {
                () = clock.sleep(EVERY) => false,
                () = again.notified() => true,
            };
            let now = self.look().await;
            // While it is wrong a file may come to be that was missing: there is no stamp of that.
            if now == self.seen && !asked && self.mistakes.is_empty() {
                continue;
            }
            let settled = self.settled(now, clock).await;
            let Some(msg) = self.read(settled, asked).await else { continue };
            if inbox.send(Msg::Config(msg)).await.is_err() {
                return;
            }
        }
    }

    async fn look(&self) -> Stamps {
        let wanted = paths(&self.request, &self.good);
        off_the_loop(move || stamps(wanted)).await.unwrap_or_default()
    }

    /// An editor may write in two steps: nothing is read between them.
    async fn settled(&self, mut before: Stamps, clock: Clock) -> Stamps {
        for _ in 0..LOOKS {
            if before == self.seen {
                break;
            }
            clock.sleep(SETTLES).await;
            let now = self.look().await;
            if now == before {
                break;
            }
            before = now;
        }
        before
    }

    /// None where it would say again what was said.
    async fn read(&mut self, settled: Stamps, asked: bool) -> Option<ConfigMsg> {
        let differs = |path: &&PathBuf| self.seen.get(*path) != settled.get(*path);
        let touched = settled.keys().filter(differs).cloned().collect();
        self.seen = settled;
        let (request, good, known) = (self.request.clone(), self.good.clone(), self.problems.clone());
        let told = off_the_loop(move || reading(&request, &good, &known)).await?;
        match told {
            Ok(reading) => {
                self.mistakes.clear();
                self.good = reading.config.clone();
                self.problems = reading.slo_problems.iter().map(|p| p.raw().to_owned()).collect();
                // Of files that it names for the first time: they were read just now.
                let named = stamps(paths(&self.request, &self.good));
                self.seen.retain(|path, _| named.contains_key(path));
                for (path, stamp) in named {
                    self.seen.entry(path).or_insert(stamp);
                }
                Some(ConfigMsg::Read { reading: Box::new(Reading { touched, ..reading }), asked })
            }
            Err(mistakes) if mistakes == self.mistakes && !asked => None,
            Err(mistakes) => {
                self.mistakes.clone_from(&mistakes);
                Some(ConfigMsg::Wrong { mistakes, asked })
            }
        }
    }
}

/// Work on files never holds the loop up.
async fn off_the_loop<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.inspect_err(|e| tracing::error!("the configuration: {e}")).ok()
}

/// What is looked at: what was read, and where the file itself is to be.
fn paths(request: &Request, config: &Config) -> BTreeSet<PathBuf> {
    config.inputs().into_iter().chain(config::looked_at(request)).collect()
}

fn stamps(paths: BTreeSet<PathBuf>) -> Stamps {
    paths.into_iter().map(|path| (path.clone(), stamp(&path))).collect()
}

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    // A directory's own times say that something in it came or went.
    Some(Stamp { length: found.len(), written: found.modified().ok(), identity: identity(&found) })
}

#[cfg(unix)]
fn identity(found: &fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (found.ino(), found.ctime(), found.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

/// The configuration in force as a reading.
pub fn in_force(config: &Config, slos: &[crate::domain::slo::Slo], slo_problems: &[SafeText]) -> Reading {
    Reading {
        config: Arc::new(config.clone()),
        slos: slos.into(),
        slo_problems: slo_problems.to_vec(),
        about: config.sources.iter().map(sources::describe).collect(),
        silences: start::silence_rules(config),
        touched: BTreeSet::new(),
    }
}

/// Reads everything; what is wrong in it is said all at once.
fn reading(request: &Request, good: &Config, known: &BTreeSet<String>) -> Result<Reading, Vec<SafeText>> {
    let config = config::load(request)
        .map_err(|errors| errors.iter().map(|e| SafeText::new(&e.to_string())).collect::<Vec<_>>())?;
    if let Some(why) = vanished(good, &config) {
        return Err(vec![SafeText::new(&why)]);
    }
    let (slos, slo_problems) = start::slos(&config);
    let new: Vec<SafeText> = slo_problems.iter().filter(|p| !known.contains(p.raw())).cloned().collect();
    if !new.is_empty() {
        return Err(new);
    }
    Ok(in_force(&config, &slos, &slo_problems))
}

/// A file that said something and now says nothing was not meant so: it is being written, or was lost.
fn vanished(good: &Config, config: &Config) -> Option<String> {
    let Found::File(path) = &good.found else { return None };
    if !matches!(config.found, Found::File(_)) {
        return Some(format!("{}: there is no such file any more", path.display()));
    }
    let says = |c: &Config| {
        let of_file = |o: &Origin| matches!(o, Origin::File { .. } | Origin::Profile { .. });
        c.settings.iter().any(|s| of_file(&s.origin))
    };
    (says(good) && !says(config)).then(|| format!("{}: it says nothing any more", path.display()))
}
