//! `watchfire config`: begin a configuration, check it, show what is in force and where each value comes from.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use crate::{
    config::{
        self, ConfigError, explain,
        request::Wanted,
        slo::{FileProblem, Reading},
    },
    domain::text::SafeText,
    runtime::clock::Clock,
};

use super::{
    answer::Answer,
    args::{Global, Output},
    begin,
    exit::{self, Exit},
    paper::Paper,
    start,
    table::Table,
};

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Begin one: asks on a terminal, tests each source as it is entered, imports what other programs know
    Init(begin::Args),
    /// Secrets of sources in the desktop's keyring: keep one, check it, remove it
    #[command(subcommand)]
    Secret(begin::secret::Do),
    /// Say every mistake in it
    Check,
    /// Every value in force and where it comes from; secrets are left out
    Show,
    /// Where it is looked for
    Path,
}

pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::Init(args) => begin::run(global, args, &path(global)?).await,
        Do::Secret(what) => begin::secret::run(what).await,
        Do::Check => check(global),
        Do::Show => show(global),
        Do::Path => path(global).map(|path| {
            exit::say(&format!("{}\n", path.display()));
            if !path.exists() {
                exit::tell("watchfire: there is no such file yet; `watchfire config init` writes it");
            }
            Exit::Done
        }),
    }
}

/// The questions, for who has just seen that there is no configuration.
///
/// # Errors
/// After the reason was told.
pub async fn init(global: &Global) -> Result<Exit, Exit> {
    begin::run(global, &begin::Args::default(), &path(global)?).await
}

/// The file that is read, or would be.
fn path(global: &Global) -> Result<PathBuf, Exit> {
    match start::request(global).config_file() {
        Wanted::Named { path, .. } | Wanted::Usual(path) => Ok(path),
        Wanted::Nowhere => Err(exit::misused("this user has no home for a configuration; name one with --config FILE")),
    }
}

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
    fn of(error: &ConfigError) -> Self {
        let ConfigError { file, at, what, hint } = error;
        let file = file.to_string_lossy().into_owned();
        Self { severity: "error", file, line: at.line, column: at.col, what: what.clone(), hint: hint.clone() }
    }

    fn in_slo(severity: &'static str, of: &FileProblem) -> Self {
        let shown = |text: &SafeText| text.line().into_owned();
        let FileProblem { file, problem } = of;
        let (line, column) = (problem.line.unwrap_or(0), 0);
        let hint = problem.hint.as_ref().map(shown);
        Self { severity, file: shown(file), line, column, what: shown(&problem.what), hint }
    }
}

fn check(global: &Global) -> Result<Exit, Exit> {
    let loaded = config::load(&start::request(global));
    let errors = loaded.as_ref().err().map_or(&[][..], Vec::as_slice);
    let slo = loaded.as_ref().map(start::slo_files).unwrap_or_default();
    if matches!(global.output, Output::Json | Output::Ndjson) {
        let mut mistakes: Vec<Mistake> = errors.iter().map(Mistake::of).collect();
        mistakes.extend(slo.problems.iter().map(|p| Mistake::in_slo("error", p)));
        mistakes.extend(slo.warnings.iter().map(|w| Mistake::in_slo("warning", w)));
        Answer::of_ours("config", "mistakes", Clock::real().now(), mistakes).say(global.output, String::new)?;
    }
    let config = loaded.map_err(|errors| start::tell_all(&errors))?;
    for note in &config.notes {
        exit::tell(format_args!("watchfire: {note}"));
    }
    check_slos(&slo)?;
    if matches!(global.output, Output::Table | Output::Wide) {
        let sources = count(config.sources.len(), "source");
        let slos =
            if config.slo.files.is_empty() { String::new() } else { format!(", {}", count(slo.slos.len(), "SLO")) };
        exit::say(&format!("{}: no mistake, {sources}{slos}\n", super::doctor::read_from(&config)));
    }
    Ok(Exit::Done)
}

/// Says every warning and every mistake in the files of SLOs.
fn check_slos(slo: &Reading) -> Result<(), Exit> {
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

#[derive(Serialize)]
struct Shown<'a> {
    key: &'a str,
    value: &'a str,
    from: String,
}

fn show(global: &Global) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    let settings = explain(&config);
    let body: Vec<Shown<'_>> =
        settings.iter().map(|s| Shown { key: &s.key, value: &s.value, from: s.origin.to_string() }).collect();
    let table = || {
        let mut table = Table::new(&["KEY", "VALUE", "FROM"]);
        body.iter().for_each(|s| table.row(vec![s.key.into(), s.value.into(), s.from.as_str().into()]));
        table.render(&Paper::of(global, &config))
    };
    let answer = Answer::of_ours("config", "settings", Clock::real().now(), body.iter().collect::<Vec<_>>());
    answer.say(global.output, table)?;
    Ok(Exit::Done)
}
