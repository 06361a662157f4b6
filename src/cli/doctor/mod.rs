//! `watchfire doctor`: is everything there that an on-call shift stands on? One line a check, and what to do about each fault.

mod looks;
mod machine;
mod memory;
mod told;
mod watched;

use std::io::IsTerminal;

use serde::Serialize;

use crate::{
    config::{self, Config, Found, theme::Role},
    domain::text::sanitise,
    runtime::clock::Clock,
};

use super::{
    answer::{Answer, SourceAnswer},
    args::Global,
    ask::{Asked, Journalled},
    exit::{self, Exit},
    paper::Paper,
    start,
};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Check {
    level: Level,
    what: String,
    said: String,
    /// What to do about it.
    advice: Option<String>,
}

impl Check {
    fn ok(what: &str, said: impl Into<String>) -> Self {
        Self { level: Level::Ok, what: what.into(), said: one_line(said), advice: None }
    }

    fn warn(what: &str, said: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Warn, advice: Some(one_line(advice)), ..Self::ok(what, said) }
    }

    fn fail(what: &str, said: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { level: Level::Fail, ..Self::warn(what, said, advice) }
    }

    fn line(&self, paper: &Paper) -> String {
        let (word, role) = match self.level {
            Level::Ok => ("ok  ", Role::Ok),
            Level::Warn => ("warn", Role::Warning),
            Level::Fail => ("FAIL", Role::Bad),
        };
        let advice = self.advice.as_ref().map(|a| format!("  — {a}")).unwrap_or_default();
        format!("{}  {:<14}  {}{advice}\n", paper.dye(role, word), self.what, self.said)
    }
}

fn one_line(text: impl Into<String>) -> String {
    sanitise(&text.into()).replace('\n', " ")
}

pub async fn run(global: &Global) -> Result<Exit, Exit> {
    start::log(global.log.as_ref())?;
    let request = start::request(global);
    let loaded = config::load(&request);
    let mut checks = configuration(&loaded);
    let mut sources = Vec::new();
    let fallback = config::defaults(&request).ok();
    let paper = loaded.as_ref().ok().or(fallback.as_ref()).map(|c| Paper::of(global, c));
    let shown = loaded.as_ref().ok().filter(|_| std::io::stdout().is_terminal());
    let looks = shown.map(|config| looks::checks(config, &request.env)).unwrap_or_default();
    if let Ok(config) = loaded {
        let asked = Asked::with(config, Journalled::Write).await;
        sources = asked.world.sources.iter().map(|s| SourceAnswer::of(s, asked.now)).collect();
        checks.extend(watched::checks(&asked).await);
        checks.extend(memory::checks(&asked).await);
        checks.extend(told::checks(&asked).await);
    }
    checks.extend(machine::checks());
    checks.extend(looks);
    let failed = checks.iter().filter(|c| c.level == Level::Fail).count();
    let answer =
        Answer { noun: "doctor", key: "checks", at: Clock::real().now(), complete: true, sources, body: checks };
    let paper = paper.ok_or(Exit::Usage)?;
    answer.say(global.output, || answer.body.iter().map(|c| c.line(&paper)).collect())?;
    Ok(if failed > 0 {
        exit::failed(format_args!("{failed} of {} checks failed", answer.body.len()))
    } else {
        Exit::Done
    })
}

fn configuration(loaded: &Result<Config, Vec<config::ConfigError>>) -> Vec<Check> {
    let what = "configuration";
    let config = match loaded {
        Ok(config) => config,
        Err(errors) => {
            let advice = "mend the file; `watchfire config init` writes a good one elsewhere with --config FILE";
            return errors.iter().map(|e| Check::fail(what, e.to_string(), advice)).collect();
        }
    };
    let mut checks = vec![match (&config.found, config.sources.len() + usize::from(config.sim.is_some())) {
        (Found::Nothing { looked_at }, _) => {
            let looked: Vec<String> = looked_at.iter().map(|p| p.display().to_string()).collect();
            let advice = "watchfire config init --url http://your-alertmanager:9093";
            Check::fail(what, format!("none was found; looked at {}", looked.join(", ")), advice)
        }
        (_, 0) => Check::fail(what, format!("{}: no source", read_from(config)), "add a [[source]]"),
        (_, n) => Check::ok(what, format!("{}, sources: {n}, user {}", read_from(config), config.user)),
    }];
    checks.extend(config.notes.iter().map(|n| Check::warn(what, n, "see `watchfire config show`")));
    if config.read_only {
        checks.push(Check::warn(what, "read-only: acks and silences are not sent", "take read_only out to write"));
    }
    checks
}

/// Which file the configuration is.
pub fn read_from(config: &Config) -> String {
    match &config.found {
        Found::File(path) => sanitise(&path.to_string_lossy()).into_owned(),
        Found::Amtool(path) => format!("{} (amtool's)", sanitise(&path.to_string_lossy())),
        Found::Nothing { .. } => "no file, defaults alone".to_owned(),
    }
}
