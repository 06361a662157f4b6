//! From "which file?" to a [`Config`] or every mistake at once.
//!
//! Decides what is read and in which order; what a setting means is `read`'s.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use super::{
    amtool, auth, check,
    document::{self, SyntaxError, Table},
    explain,
    fault::{At, ConfigError, Report},
    layers::{self, Layers},
    place::Place,
    profile,
    read::Reader,
    request::{Request, Wanted},
    types::{Config, Found},
};

/// Reads the configuration: the defaults, over them the file that is found, over that the flags.
///
/// # Errors
/// Every mistake in the file, each with its place; also where a file that was named is missing.
pub fn load(request: &Request) -> Result<Config, Vec<ConfigError>> {
    match request.config_file() {
        Wanted::Named { path, by } => from_file(request, &path).map_err(|errors| name_the_asker(errors, &path, by)),
        Wanted::Usual(path) if !is_absent(&path) => from_file(request, &path),
        Wanted::Usual(path) => without_file(request, vec![path]),
        Wanted::Nowhere => without_file(request, Vec::new()),
    }
}

/// The defaults and the flags alone, whatever files there are: what a demonstration runs on.
///
/// # Errors
/// Where a flag is wrong.
pub fn defaults(request: &Request) -> Result<Config, Vec<ConfigError>> {
    assemble(
        &without_profile(request),
        Text { path: Path::new(BUILT_IN), text: "", mode: None },
        Found::Nothing { looked_at: Vec::new() },
    )
}

/// As [`defaults`], with what the demonstration has beside them: harmless actions, and the runbooks of its alerts.
///
/// # Errors
/// Where a flag is wrong.
pub fn demo(request: &Request) -> Result<Config, Vec<ConfigError>> {
    let text = Text { path: Path::new("assets/demo.toml"), text: include_str!("../../assets/demo.toml"), mode: None };
    let mut config = assemble(&without_profile(request), text, Found::Nothing { looked_at: Vec::new() })?;
    config.runbooks.built_in = super::runbooks::demo();
    Ok(config)
}

/// What is built in has no profiles.
fn without_profile(request: &Request) -> Request {
    let mut request = request.clone();
    request.flags.profile = None;
    request.env = request.env.without("WATCHFIRE_PROFILE");
    request
}

/// The names of the profiles in the file that would be read, in its order; none where it cannot be read.
pub fn profiles(request: &Request) -> Vec<String> {
    let (Wanted::Named { path, .. } | Wanted::Usual(path)) = request.config_file() else { return Vec::new() };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    profile::names(&document::parse(&text).0)
}

/// Every place in which a configuration is looked for, in order, up to the first that is there or was named.
pub fn looked_at(request: &Request) -> Vec<PathBuf> {
    match request.config_file() {
        Wanted::Named { path, .. } => vec![path],
        Wanted::Usual(path) if !is_absent(&path) => vec![path],
        Wanted::Usual(path) => std::iter::once(path).chain(amtool::find(request).looked_at).collect(),
        Wanted::Nowhere => amtool::find(request).looked_at,
    }
}

const BUILT_IN: &str = "config/default.toml";

struct Text<'a> {
    path: &'a Path,
    text: &'a str,
    mode: Option<u32>,
}

fn is_absent(path: &Path) -> bool {
    matches!(path.symlink_metadata(), Err(e) if e.kind() == ErrorKind::NotFound)
}

fn name_the_asker(mut errors: Vec<ConfigError>, path: &Path, by: &str) -> Vec<ConfigError> {
    for error in errors.iter_mut().filter(|e| e.file == path && e.at == At::default()) {
        error.hint.get_or_insert_with(|| format!("{by} names it"));
    }
    errors
}

fn from_file(request: &Request, path: &Path) -> Result<Config, Vec<ConfigError>> {
    let (bytes, mode) = read(request, path).map_err(|why| vec![whole_file(path, why)])?;
    let text = std::str::from_utf8(&bytes).map_err(|e| vec![not_utf8(path, &bytes, e.valid_up_to())])?;
    assemble(request, Text { path, text, mode }, Found::File(path.to_owned()))
}

fn read(request: &Request, path: &Path) -> Result<(Vec<u8>, Option<u32>), String> {
    let said = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("cannot be read: {e}"),
    };
    let mut file = File::open(path).map_err(said)?;
    let mode = (request.mode_of)(path, &file);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(said)?;
    Ok((bytes, mode))
}

fn whole_file(path: &Path, what: String) -> ConfigError {
    ConfigError { file: path.to_owned(), at: At::default(), what, hint: None }
}

fn not_utf8(path: &Path, bytes: &[u8], good: usize) -> ConfigError {
    let before = String::from_utf8_lossy(&bytes[..good]);
    let line = before.matches('\n').count() + 1;
    let col = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let at = At { line: count(line), col: count(col) };
    ConfigError { at, ..whole_file(path, "this is not UTF-8".to_owned()) }
}

fn assemble(request: &Request, text: Text<'_>, found: Found) -> Result<Config, Vec<ConfigError>> {
    let (base, source_base) = layers::defaults();
    let (root, syntax) = document::parse(text.text);
    let mut report = Report::new(text.path);
    check::document(&root, &mut report);
    if let Some(broken) = syntax.iter().filter(|e| e.structural).map(|e| e.at).min() {
        return Err(up_to(broken, syntax, report));
    }
    syntax.iter().for_each(|e| report.add(e.at, &e.what));
    let dir = text.path.parent().map(Path::to_owned).unwrap_or_default();
    let place = Place { dir, home: request.dirs.home.as_deref() };
    let laid = profile::lay(&root, request, &mut report);
    let layers = Layers { base: &base, file: &laid.root };
    let reader = Reader { request, path: text.path, place: &place, layers, source_base: &source_base, laid: &laid };
    let mut elsewhere = Vec::new();
    let config = reader.config(found, &mut report, &mut elsewhere);
    auth::judge_mode(text.mode, &mut report);
    let warnings = std::mem::take(&mut report.warnings);
    let mut errors = report.into_errors();
    errors.append(&mut elsewhere);
    match config {
        Some(mut config) if errors.is_empty() => {
            config.warnings = warnings;
            // The alerts of the built-in days name runbooks that are nowhere else.
            if config.sim.is_some() {
                config.runbooks.built_in = super::runbooks::demo();
            }
            Ok(config)
        }
        None if errors.is_empty() => Err(vec![whole_file(Path::new(BUILT_IN), "a default is missing".to_owned())]),
        _ => Err(errors),
    }
}

/// After a broken line nobody knows which table a key is in: only what stands before it is judged.
fn up_to(broken: At, syntax: Vec<SyntaxError>, mut report: Report) -> Vec<ConfigError> {
    report.errors.retain(|e| e.at.line < broken.line);
    syntax.iter().for_each(|e| report.add(e.at, &e.what));
    report.into_errors()
}

/// No file of ours: what amtool was told, else nothing.
fn without_file(request: &Request, mut looked_at: Vec<PathBuf>) -> Result<Config, Vec<ConfigError>> {
    let amtool = amtool::find(request);
    looked_at.extend(amtool.looked_at.iter().cloned());
    let found = match &amtool.path {
        Some(path) => Found::Amtool(path.clone()),
        None => Found::Nothing { looked_at },
    };
    let text = Text { path: Path::new(BUILT_IN), text: "", mode: None };
    let mut config = assemble(request, text, found)?;
    let (_, source_base) = layers::defaults();
    if let Some(source) = amtool.source(&Layers { base: &source_base, file: &Table::default() }) {
        config.settings.extend(explain::amtool(&amtool));
        config.sources.push(source);
    }
    if let Some(author) = amtool.author {
        config.settings.iter_mut().filter(|s| s.key == "user.name").for_each(|s| *s = explain::author(&author));
        config.user = author.0;
    }
    config.notes = amtool.notes;
    Ok(config)
}
