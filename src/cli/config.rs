//! `watchfire config`: begin a configuration, check it, show what is in force and where each value comes from.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use serde::Serialize;

use crate::{
    config::{
        self, ConfigError, explain,
        request::Wanted,
        slo::{FileProblem, Reading},
        starter,
    },
    domain::text::{SafeText, sanitise},
    runtime::clock::Clock,
};

use super::{
    answer::Answer,
    args::{Global, Output},
    exit::{self, Exit},
    keys,
    paper::Paper,
    start,
    table::Table,
};

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Write a small configuration to begin with
    Init {
        /// Where your Alertmanager answers
        #[arg(long)]
        url: Option<String>,
        /// Replace the file that is there
        #[arg(long)]
        force: bool,
    },
    /// Say every mistake in it
    Check,
    /// Every value in force and where it comes from; secrets are left out
    Show,
    /// Every key in force, what it does where, and whether it is a default, a preset's or yours
    Keys(keys::Args),
    /// Where it is looked for
    Path,
}

pub fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::Init { url, force } => init(global, url.as_deref(), *force),
        Do::Check => check(global),
        Do::Show => show(global),
        Do::Keys(args) => keys::run(global, args),
        Do::Path => path(global).map(|path| {
            exit::say(&format!("{}\n", path.display()));
            if !path.exists() {
                exit::tell("watchfire: there is no such file yet; `watchfire config init` writes it");
            }
            Exit::Done
        }),
    }
}

/// The file that is read, or would be.
fn path(global: &Global) -> Result<PathBuf, Exit> {
    match start::request(global).config_file() {
        Wanted::Named { path, .. } | Wanted::Usual(path) => Ok(path),
        Wanted::Nowhere => Err(exit::misused("this user has no home for a configuration; name one with --config FILE")),
    }
}

fn init(global: &Global, url: Option<&str>, force: bool) -> Result<Exit, Exit> {
    if let Some(url) = url {
        address(url).map_err(exit::misused)?;
    }
    let path = path(global)?;
    let shown = sanitise(&path.to_string_lossy()).into_owned();
    match write(&path, &starter(url), force) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(exit::failed(format_args!(
                "{shown} is there already and was left as it is; --force replaces it"
            )));
        }
        Err(e) => return Err(exit::failed(format_args!("{shown} cannot be written: {e}"))),
    }
    exit::say(&format!("{shown}\n"));
    exit::tell(match url {
        Some(_) => "watchfire: written; `watchfire doctor` checks it, `watchfire` opens the cockpit",
        None => "watchfire: written; put your Alertmanager's address into it, then `watchfire doctor` checks it",
    });
    Ok(Exit::Done)
}

fn address(text: &str) -> Result<(), String> {
    let meant = || format!("`{text}` is no address; write it like http://localhost:9093");
    let url = url::Url::parse(text).map_err(|_| meant())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(meant());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "an address with a password in it ends up in logs; use username and password_env in the file".into()
        );
    }
    Ok(())
}

/// All or nothing, and readable by this user alone.
fn write(path: &Path, text: &str, force: bool) -> std::io::Result<()> {
    // What a link points to is what somebody keeps.
    let path = if force { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() };
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::Builder::new().prefix(".watchfire-").tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let kept = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
    kept.map(drop).map_err(|e| e.error)
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
}

fn check(global: &Global) -> Result<Exit, Exit> {
    let loaded = config::load(&start::request(global));
    let errors = loaded.as_ref().err().map_or(&[][..], Vec::as_slice);
    let slo = loaded.as_ref().map(start::slo_files).unwrap_or_default();
    if matches!(global.output, Output::Json | Output::Ndjson) {
        let mut mistakes: Vec<Mistake> = errors.iter().map(|e| Mistake::of("error", e)).collect();
        let warnings = loaded.as_ref().map_or(&[][..], |config| &config.warnings);
        mistakes.extend(warnings.iter().map(|w| Mistake::of("warning", w)));
        mistakes.extend(slo.problems.iter().map(|p| Mistake::in_slo("error", p)));
        mistakes.extend(slo.warnings.iter().map(|w| Mistake::in_slo("warning", w)));
        Answer::of_ours("config", "mistakes", Clock::real().now(), mistakes).say(global.output, String::new)?;
    }
    let config = loaded.map_err(|errors| start::tell_all(&errors))?;
    for note in &config.notes {
        exit::tell(format_args!("watchfire: {note}"));
    }
    keys::warn(&config.warnings);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_its_scheme_and_no_password() {
        assert!(address("http://localhost:9093").is_ok() && address("https://am.example/alertmanager").is_ok());
        for wrong in ["localhost:9093", "am.example", "ftp://x", "http://", "https://ana:pw@am.example"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_that_is_there_is_never_replaced_without_being_told_to() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/config.toml");
        write(&path, "one", false).unwrap();
        assert_eq!(write(&path, "two", false).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        write(&path, "three", true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
    }
}
