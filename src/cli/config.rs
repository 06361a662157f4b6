//! `watchfire config`: begin a configuration, check it, show what is in force and where each value comes from.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use serde::Serialize;

use crate::{
    config::{self, explain, request::Wanted, starter},
    domain::text::sanitise,
    runtime::clock::Clock,
};

use super::{
    answer::Answer,
    args::Global,
    exit::{self, Exit},
    keys,
    paper::Paper,
    start,
    table::Table,
};

mod check;

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
    /// Say every mistake in it and in its profiles, and what looks like one
    Check,
    /// The JSON Schema of the file, for editors: types, bounds, defaults, sentences
    Schema,
    /// The names of its profiles, one a line
    Profiles,
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
        Do::Check => check::run(global),
        Do::Show => show(global),
        Do::Keys(args) => keys::run(global, args),
        Do::Schema => {
            exit::say(&format!("{:#}\n", config::schema::json()));
            Ok(Exit::Done)
        }
        Do::Profiles => {
            config::profiles(&start::request(global))
                .iter()
                .for_each(|name| exit::say(&format!("{}\n", sanitise(name))));
            Ok(Exit::Done)
        }
        Do::Path => place(global),
    }
}

/// The file, and beside it every place that was looked at.
fn place(global: &Global) -> Result<Exit, Exit> {
    let path = path(global)?;
    let request = start::request(global);
    exit::say(&format!("{}\n", sanitise(&path.to_string_lossy())));
    for (name, given) in
        [("--config", request.explicit.is_some()), ("$WATCHFIRE_CONFIG", request.env.get("WATCHFIRE_CONFIG").is_some())]
    {
        if !given {
            exit::tell(format_args!("  {name}: not given"));
        }
    }
    for looked_at in config::looked_at(&request) {
        let word = if looked_at.exists() { "is there" } else { "is not there" };
        exit::tell(format_args!("  {}: {word}", sanitise(&looked_at.to_string_lossy())));
    }
    if !path.exists() {
        exit::tell("watchfire: there is no such file yet; `watchfire config init` writes it");
    }
    Ok(Exit::Done)
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
