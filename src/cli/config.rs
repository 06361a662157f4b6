//! `watchfire config`: begin a configuration, check it, show what is in force and where each value comes from.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use crate::{
    config::{self, explain, request::Wanted},
    domain::text::sanitise,
    runtime::clock::Clock,
};

use super::{
    answer::Answer,
    args::Global,
    begin,
    exit::{self, Exit},
    keys,
    paper::Paper,
    start,
    table::Table,
};

mod check;

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Begin one: asks on a terminal, tests each source as it is entered, imports what other programs know
    Init(begin::Args),
    /// Secrets of sources in the desktop's keyring: keep one, check it, remove it
    #[command(subcommand)]
    Secret(begin::secret::Do),
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

pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::Init(args) => begin::run(global, args, &path(global)?).await,
        Do::Secret(what) => begin::secret::run(what).await,
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
