//! Any Nagios-style program: an exit code and a line.
//!
//! A check that says it is bad is an alert; one that could not be run says nothing, and its row stays as it was. When a
//! state began is kept in a file, as no program tells it. Refuses to know what is checked.

mod output;
mod run;
mod standing;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use super::Source;
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        alert::Alert,
        checkup::{Checkup, Right},
        label::Fingerprint,
        source::{AckVia, Capabilities, Description, Problem, Snapshot, SourceError},
        text::SafeText,
    },
};

use output::Output;
use run::{Program, Ran};
use standing::{Standings, State};

/// Checks that run at once.
const AT_ONCE: usize = 4;
/// Most checks of one directory.
const CHECKS_MAX: usize = 500;

struct Checks {
    about: Description,
    which: Which,
    labels: Vec<(String, String)>,
    env: Vec<(String, String)>,
    patience: std::time::Duration,
    standings: Standings,
}

/// What is run.
enum Which {
    One(Program),
    AllIn(PathBuf),
}

/// Runs nothing yet.
///
/// # Errors
/// `Rejected` where it says neither or both of `command` and `dir`.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let which = match (config.own.list("command"), config.own.path("dir")) {
        ([], Some(dir)) => Which::AllIn(dir.clone()),
        ([program, arguments @ ..], None) => Which::One(Program::new(program, arguments, config.own.text("name"))),
        ([], None) => return Err(SourceError::rejected("[source.check] names neither a command nor a dir")),
        (_, Some(_)) => return Err(SourceError::rejected("[source.check] names both a command and a dir; keep one")),
    };
    let attempts = config.own.number("attempts").and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
    Ok(Arc::new(Checks {
        about: describe(config),
        which,
        labels: config.own.texts("labels").to_vec(),
        env: config.own.texts("env").to_vec(),
        patience: config.timeout.to_std().unwrap_or_default(),
        standings: Standings::kept(config.kept_in.as_deref(), attempts),
    }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let can = Capabilities { alerts: true, ack: Some(AckVia::Journal), ..Capabilities::default() };
    Description { name: config.name.clone(), kind: config.kind.as_str(), can, interval: config.interval }
}

#[async_trait]
impl Source for Checks {
    fn describe(&self) -> &Description {
        &self.about
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let (programs, mut problems) = self.programs().await?;
        let ran = stream::iter(programs).map(|p| async move {
            let ran = run::run(&p, &self.env, self.patience).await;
            (p, ran)
        });
        let ran: Vec<(Program, Result<Ran, String>)> = ran.buffered(AT_ONCE).collect().await;
        let mut told = BTreeMap::new();
        for (program, ran) in ran {
            match ran.and_then(|ran| Ok((State::of(ran.exit)?, ran))) {
                Ok((state, ran)) => drop(told.insert(program.name, (state, Output::read(&ran.printed)))),
                Err(why) => problems.push(Problem { at: program.name.as_str().into(), why: why.into() }),
            }
        }
        if let (true, Some(first)) = (told.is_empty(), problems.first()) {
            return Err(SourceError::unreachable(format!("{}: {}", first.at, first.why)));
        }
        let states = told.iter().map(|(name, (state, _))| (name.as_str(), *state));
        let begun = self.standings.take(states, now).await;
        problems.extend(self.standings.problem());
        let bad = told.iter().filter_map(|(name, (state, output))| {
            let since = begun.get(name)?;
            Some(Arc::new(self.alert(name, *state, output, *since)))
        });
        let alerts = bad.collect();
        Ok(Snapshot { alerts, complete: problems.is_empty(), problems, ..Snapshot::empty(now) })
    }

    async fn checkup(&self, _now: Time) -> Checkup {
        let run = self.programs().await.map_or(0, |(programs, _)| programs.len());
        let programs = if run == 1 { "1 program".to_owned() } else { format!("{run} programs") };
        Checkup::default().with(Right::held(format!("run {programs}")))
    }
}

impl Checks {
    async fn programs(&self) -> Result<(Vec<Program>, Vec<Problem>), SourceError> {
        match &self.which {
            Which::One(program) => Ok((vec![program.clone()], Vec::new())),
            Which::AllIn(dir) => {
                let mut programs = run::executables(dir).await.map_err(SourceError::unreachable)?;
                let more = programs.len().saturating_sub(CHECKS_MAX);
                programs.truncate(CHECKS_MAX);
                let why = format!("{more} more checks than the {CHECKS_MAX} that are run");
                let problem = (more > 0).then(|| Problem { at: "dir".into(), why: why.into() });
                Ok((programs, problem.into_iter().collect()))
            }
        }
    }

    fn alert(&self, name: &str, state: State, output: &Output, since: Time) -> Alert {
        let own = [("alertname", name), ("check", name), ("severity", state.severity())];
        let configured = self.labels.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let labels: BTreeMap<&str, &str> = own.into_iter().chain(configured).collect();
        let said = [
            ("summary", &output.line),
            ("description", &output.more),
            ("perfdata", &output.perfdata),
            ("native_severity", &SafeText::new(state.word())),
        ];
        let annotations = said.into_iter().filter(|(_, t)| !t.is_empty()).map(|(n, t)| (n, t.clone())).collect();
        Alert::firing(Fingerprint::new(name), labels.into_iter().collect(), annotations, since)
    }
}
