//! `watchfire config check`: every mistake in the file, in each of its profiles and in the files of SLOs, and what looks
//! like one. A mistake ends it with 2; what only looks like one does not.

use serde::Serialize;

use crate::{
    config::{
        self, Config, ConfigError,
        advice::advice,
        slo::{FileProblem, Reading},
    },
    domain::text::SafeText,
    runtime::clock::Clock,
};

use crate::cli::{
    answer::Answer,
    args::{Global, Output},
    doctor,
    exit::{self, Exit},
    keys, start,
};

#[derive(Serialize)]
struct Mistake {
    /// A warning is no mistake in itself.
    severity: &'static str,
    file: String,
    /// 0 = the file as a whole.
    line: u32,
    column: u32,
    what: String,
    hint: Option<String>,
}

impl Mistake {
    fn of(severity: &'static str, error: &ConfigError) -> Self {
        let ConfigError { file, at, what, hint } = error;
        let file = file.to_string_lossy().into_owned();
        Self { severity, file, line: at.line, column: at.col, what: what.clone(), hint: hint.clone() }
    }

    fn in_slo(severity: &'static str, of: &FileProblem) -> Self {
        let shown = |text: &SafeText| text.line().into_owned();
        let FileProblem { file, problem } = of;
        let (line, column) = (problem.line.unwrap_or(0), 0);
        let hint = problem.hint.as_ref().map(shown);
        Self { severity, file: shown(file), line, column, what: shown(&problem.what), hint }
    }

    fn looks_so(config: &Config, what: String) -> Self {
        let file = config.path.as_ref().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        Self { severity: "warning", file, line: 0, column: 0, what, hint: None }
    }
}

/// What was read, once without and once with each of its profiles.
struct Checked {
    config: Option<Config>,
    errors: Vec<ConfigError>,
    slo: Reading,
    advice: Vec<String>,
    profiles: usize,
}

fn checked(global: &Global) -> Checked {
    let request = start::request(global);
    // Whoever names a profile wants to know of that one.
    let others = if request.profile().is_none() { config::profiles(&request) } else { Vec::new() };
    let loaded = config::load(&request);
    let slo = loaded.as_ref().map(start::slo_files).unwrap_or_default();
    let mut advised = loaded.as_ref().map(advice).unwrap_or_default();
    let (config, mut errors) = match loaded {
        Ok(config) => (Some(config), Vec::new()),
        Err(errors) => (None, errors),
    };
    for name in &others {
        let mut request = request.clone();
        request.flags.profile = Some(name.clone());
        match config::load(&request) {
            Ok(config) => advised.extend(advice(&config)),
            Err(more) => errors.extend(more),
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    errors.retain(|e| seen.insert(e.to_string()));
    advised.sort();
    advised.dedup();
    Checked { config, errors, slo, advice: advised, profiles: others.len() }
}

pub(super) fn run(global: &Global) -> Result<Exit, Exit> {
    let Checked { config, errors, slo, advice, profiles } = checked(global);
    if matches!(global.output, Output::Json | Output::Ndjson) {
        let mut mistakes: Vec<Mistake> = errors.iter().map(|e| Mistake::of("error", e)).collect();
        let warnings = config.iter().flat_map(|c| &c.warnings);
        mistakes.extend(warnings.map(|w| Mistake::of("warning", w)));
        mistakes.extend(slo.problems.iter().map(|p| Mistake::in_slo("error", p)));
        mistakes.extend(slo.warnings.iter().map(|w| Mistake::in_slo("warning", w)));
        mistakes.extend(config.iter().flat_map(|c| advice.iter().map(|a| Mistake::looks_so(c, a.clone()))));
        Answer::of_ours("config", "mistakes", Clock::real().now(), mistakes).say(global.output, String::new)?;
    }
    let Some(config) = config.filter(|_| errors.is_empty()) else { return Err(start::tell_all(&errors)) };
    for note in &config.notes {
        exit::tell(format_args!("watchfire: {note}"));
    }
    keys::warn(&config.warnings);
    advice.iter().for_each(|a| exit::tell(format_args!("warning: {a}")));
    slos(&slo)?;
    if matches!(global.output, Output::Table | Output::Wide) {
        let mut counted = count(config.sources.len(), "source");
        if !config.slo.files.is_empty() {
            counted.push_str(&format!(", {}", count(slo.slos.len(), "SLO")));
        }
        if profiles > 0 {
            counted.push_str(&format!(", {}", count(profiles, "profile")));
        }
        exit::say(&format!("{}: no mistake, {counted}\n", doctor::read_from(&config)));
    }
    Ok(Exit::Done)
}

/// Says every warning and every mistake in the files of SLOs.
fn slos(slo: &Reading) -> Result<(), Exit> {
    for warning in &slo.warnings {
        exit::tell(format_args!("warning: {warning}"));
    }
    for problem in &slo.problems {
        exit::tell(problem);
    }
    match slo.problems.len() {
        0 => Ok(()),
        n => {
            let (read, wrong) = (count(slo.slos.len(), "SLO"), count(n, "mistake"));
            exit::tell(format_args!("watchfire: {wrong} in the files of [slo]; {read} could be read"));
            Err(Exit::Usage)
        }
    }
}

fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("one {noun}"),
        n => format!("{n} {noun}s"),
    }
}
