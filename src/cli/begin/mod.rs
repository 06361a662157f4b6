//! `watchfire config init`: from nothing to a configuration that works, by questions, by flags, or out of other
//! programs' files.
//!
//! Nothing is written and no secret is kept before everything is known; who leaves in the middle leaves no trace.

mod ask;
mod credentials;
mod draft;
mod fields;
mod flags;
mod forms;
mod import;
pub mod secret;
mod talk;
mod text;
mod trial;
mod write;

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::{
    config::{self, Request, slo, starter},
    domain::text::sanitise,
    runtime::dialogue,
};

use self::{
    credentials::Means,
    draft::{Draft, Keep, SourceDraft},
    text::Secrets,
};
use super::{
    args::Global,
    exit::{self, Exit},
    start,
};

/// What a signal leaves behind.
const LAST_WORDS: &str = "watchfire: left; nothing was written";
/// Files of SLOs that are offered, at most.
const SLO_FILES: usize = 20;

#[derive(ClapArgs, Debug, Default)]
pub struct Args {
    /// Where your Alertmanager answers; nothing is asked then
    #[arg(long)]
    pub url: Option<String>,
    /// A source, without being asked: kind=prometheus,url=http://localhost:9090,token_env=TOKEN, and any key that its kind has
    /// of its own; more than one is fine
    #[arg(long, value_name = "KEY=VALUE,...", conflicts_with = "url")]
    pub source: Vec<String>,
    /// Take over what another program was told, without being asked: amtool, karma, nagstamon, pagerduty, or a file of
    /// theirs; more than one is fine
    #[arg(long, value_name = "PROGRAM|FILE", conflicts_with = "url")]
    pub from: Vec<String>,
    /// Where secrets are kept that --from finds in plain text
    #[arg(long, value_enum, default_value_t = Keep::File)]
    pub keep: Keep,
    /// Replace the file that is there; a copy of it is kept
    #[arg(long)]
    pub force: bool,
    /// Show the file and write nothing
    #[arg(long, alias = "dry-run")]
    pub print: bool,
    /// Ask no source whether it answers
    #[arg(long)]
    pub no_test: bool,
}

impl Args {
    fn is_told(&self) -> bool {
        self.url.is_some() || !self.source.is_empty() || !self.from.is_empty()
    }
}

/// Writes a configuration to this path.
///
/// # Errors
/// After the reason was told.
pub async fn run(global: &Global, args: &Args, path: &Path) -> Result<Exit, Exit> {
    if args.url.is_none() && !args.is_told() && talk::is_possible() {
        return by_questions(global, args, path).await;
    }
    if path.symlink_metadata().is_ok() && !args.force && !args.print {
        return Err(exit::failed(format_args!(
            "{} is there already and was left as it is; --force replaces it and keeps a copy",
            shown(path)
        )));
    }
    if !args.source.is_empty() || !args.from.is_empty() {
        return by_flags(global, args, path).await;
    }
    starter_file(args, path)
}

/// What somebody wants who started without any configuration; none where nobody can be asked, or who leaves.
pub fn first_choice() -> Option<&'static str> {
    if !talk::is_possible() {
        return None;
    }
    let words = &["demo", "init", "quit"];
    talk::tell("A configuration of amtool, karma, Nagstamon or the PagerDuty tools is imported by init, if you like.");
    talk::choice("What now", words, "demo").ok().filter(|word| *word != "quit")
}

/// An absolute http or https address that may be written down. It is not repeated: it may hold a password.
fn address(text: &str) -> Result<(), String> {
    let meant = || "That is no address; write it like http://localhost:9093.".to_owned();
    let url = url::Url::parse(text).map_err(|_| meant())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(meant());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "An address with a password in it ends up in logs; use username and password_env in the file.".into()
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("An address ends with its path; leave out what follows ? or #.".into());
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_owned()
}

fn starter_file(args: &Args, path: &Path) -> Result<Exit, Exit> {
    if let Some(url) = &args.url {
        address(url).map_err(exit::misused)?;
    }
    let text = starter(args.url.as_deref());
    if args.print {
        exit::say(&text);
        return Ok(Exit::Done);
    }
    let written = write::plain(path, &text).map_err(exit::failed)?;
    done(path, &written);
    exit::tell(match args.url {
        Some(_) => "watchfire: written; `watchfire doctor` checks it, `watchfire` opens the cockpit",
        None => "watchfire: written; put your Alertmanager's address into it, then `watchfire doctor` checks it",
    });
    Ok(Exit::Done)
}

async fn by_flags(global: &Global, args: &Args, path: &Path) -> Result<Exit, Exit> {
    let request = start::request(global);
    let mut draft = Draft::default();
    for wanted in &args.from {
        for found in import::named(wanted, &request, args.keep).map_err(exit::misused)? {
            talk::tell(format!("{}: {}", found.path.display(), found.says()));
            found.notes.iter().for_each(|note| talk::tell(format!("  {note}")));
            draft.user = draft.user.or(found.user);
            found.sources.into_iter().for_each(|source| add(&mut draft, source));
            draft.later.extend(found.later);
        }
    }
    for text in &args.source {
        add(&mut draft, flags::source(text).map_err(exit::misused)?);
    }
    let mut silent = false;
    if !args.no_test {
        for source in &draft.sources {
            silent |= trial::run(source).await.is_err();
        }
    }
    finish(global, args, path, &mut draft).await?;
    Ok(if silent { Exit::Incomplete } else { Exit::Done })
}

fn add(draft: &mut Draft, mut source: SourceDraft) {
    if draft.holds(&source) {
        return;
    }
    let wanted = if source.name.is_empty() { source.kind.as_str() } else { &source.name };
    source.name = draft.free_name(wanted);
    draft.sources.push(source);
}

async fn by_questions(global: &Global, args: &Args, path: &Path) -> Result<Exit, Exit> {
    dialogue::last_words(LAST_WORDS);
    let left = |_| exit::failed("left; nothing was written");
    talk::tell("A configuration for Watchfire, question by question. Enter takes what stands in [brackets];");
    talk::tell("Ctrl-C leaves at any time, and nothing is written before the end.");
    if path.symlink_metadata().is_ok() && !args.force && !args.print && !ask::replace(path).map_err(left)? {
        return Err(exit::failed("left; nothing was written"));
    }
    let request = start::request(global);
    let means = Means::of_this_machine(&request).await;
    let found = import::all(&request, means.keep());
    let slo_files = slo_files(path);
    let mut draft = ask::everything(&request.login, found, &slo_files, &means).await.map_err(left)?;
    if !args.print {
        talk::tell("");
        text::file(&draft, Secrets::Hidden).lines().for_each(|line| talk::tell(format!("  {line}")));
        talk::tell("");
        if !talk::yes(&format!("Write this to {}?", shown(path)), true).map_err(left)? {
            return Err(exit::failed("left; nothing was written"));
        }
    }
    finish(global, args, path, &mut draft).await?;
    Ok(Exit::Done)
}

/// Writes it, or shows it; then reads it as every start will.
async fn finish(global: &Global, args: &Args, path: &Path, draft: &mut Draft) -> Result<(), Exit> {
    if args.print {
        exit::say(&text::file(draft, Secrets::Hidden));
        return Ok(());
    }
    let written = write::all(path, draft).await.map_err(exit::failed)?;
    done(path, &written);
    let request = Request { explicit: Some(path.to_owned()), ..start::request(global) };
    if let Err(errors) = config::load(&request) {
        errors.iter().for_each(exit::tell);
        return Err(exit::failed(
            "it was written, and has the mistakes above; mend them, `watchfire config check` looks again",
        ));
    }
    exit::tell("watchfire: written. Now run `watchfire`; `watchfire doctor` checks everything whenever you doubt it");
    Ok(())
}

fn done(path: &Path, written: &write::Written) {
    exit::say(&format!("{}\n", shown(path)));
    if let Some(copy) = &written.copy {
        exit::tell(format_args!("watchfire: the file that was there is kept as {}", shown(copy)));
    }
}

/// Files of SLOs beside the configuration and here, as the configuration would name them.
fn slo_files(config: &Path) -> Vec<String> {
    let beside = config.parent().unwrap_or(Path::new("."));
    let here = std::env::current_dir().unwrap_or_default();
    let dirs = [beside.join("slo"), beside.join("slos"), here.join("slo"), here.join("slos"), here];
    let mut found: Vec<PathBuf> = Vec::new();
    for file in dirs.iter().flat_map(|dir| std::fs::read_dir(dir).into_iter().flatten()).filter_map(Result::ok) {
        let path = file.path();
        let is_yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        if is_yaml && path.is_file() && !found.contains(&path) && defines_slos(&path) {
            found.push(path);
        }
    }
    found.sort();
    found.truncate(SLO_FILES);
    let name =
        |path: PathBuf| path.strip_prefix(beside).map(Path::to_owned).unwrap_or(path).to_string_lossy().into_owned();
    found.into_iter().map(name).collect()
}

fn defines_slos(path: &Path) -> bool {
    let around = slo::Around { backends: Vec::new(), sloth_period_s: 30 * 24 * 3600 };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let is_one = ["openslo", "prometheus/v1", "sloth", "pyrra", "slos:"].iter().any(|word| text.contains(word));
    is_one && !slo::read_files(&[path.to_owned()], &around).slos.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_its_scheme_and_no_password() {
        assert!(address("http://localhost:9093").is_ok() && address("https://am.example/alertmanager").is_ok());
        for wrong in ["localhost:9093", "am.example", "ftp://x", "http://", "https://ana:pw@am.example", "http://a?b"] {
            let why = address(wrong).unwrap_err();
            assert!(!why.contains(":pw"), "{why}");
        }
    }
}
