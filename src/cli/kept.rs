//! `watchfire demo --keep DIR`: a simulated day that outlives its cockpit. The directory holds a configuration like any
//! other, the journal and the silences: every command goes on there with `--config DIR/watchfire.toml`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    config::{self, Config, Request},
    domain::{Time, text::sanitise},
    runtime::clock::Clock,
    sources::sim,
};

use super::{
    args::{Demo, Global},
    exit::{self, Exit},
    start,
};

/// The configuration in the directory.
const FILE: &str = "watchfire.toml";
/// The demonstration's own actions.
const ACTIONS: &str = include_str!("../../assets/demo.toml");

/// The configuration of the kept day, its clock set as was asked; made where there is none yet.
///
/// # Errors
/// After saying what cannot be read or written, or that another day is kept there.
pub(super) fn config(global: &Global, demo: &Demo, dir: &Path) -> Result<Config, Exit> {
    let file = dir.join(FILE);
    if !file.try_exists().unwrap_or(true) {
        let text = begun(demo, dir)?;
        fs::create_dir_all(dir).and_then(|()| fs::write(&file, text)).map_err(|e| unkept(&file, &e))?;
        exit::tell(format_args!("watchfire: this day is kept; ask of it with --config {}", file.display()));
        return read(global, &file);
    }
    let config = read(global, &file)?;
    let Some(sim) = &config.sim else {
        return Err(exit::misused(format_args!("{} has no [sim]; name another directory", file.display())));
    };
    if demo.scenario.as_ref().is_some_and(|name| *name != sim.scenario) {
        let kept = sanitise(&sim.scenario);
        return Err(exit::misused(format_args!("{} keeps {kept}; name another directory", dir.display())));
    }
    if demo.at.is_none() && demo.speed.is_none() {
        return Ok(config);
    }
    let (showed, speed) = (start::clock(&config).now(), demo.speed.unwrap_or(sim.speed));
    let showed = demo.at.map_or(showed, |at| sim.began + at);
    let text = fs::read_to_string(&file).map_err(|e| unkept(&file, &e))?;
    fs::write(&file, reset(&text, &clock(showed, speed))).map_err(|e| unkept(&file, &e))?;
    read(global, &file)
}

fn read(global: &Global, file: &Path) -> Result<Config, Exit> {
    config::load(&of_file(global, file)).map_err(|errors| start::tell_all(&errors))
}

fn of_file(global: &Global, file: &Path) -> Request {
    Request { explicit: Some(PathBuf::from(file)), ..start::request(global) }
}

/// How the configuration of a kept day is read, now and whenever it changes.
pub(super) fn request(global: &Global, dir: &Path) -> Request {
    of_file(global, &dir.join(FILE))
}

/// The file of a day that begins: on the scenario's own day, so that what is kept reads the same whenever it was lived.
fn begun(demo: &Demo, dir: &Path) -> Result<String, Exit> {
    let name = demo.scenario();
    let scenario = sim::load(name).map_err(exit::misused)?;
    let name = if name.ends_with(".toml") { absolute(name, dir)? } else { name.to_owned() };
    let began = scenario.start;
    let showed = began + demo.at.unwrap_or(scenario.opens_at);
    let clock: String = clock(showed, demo.speed.unwrap_or(1.0)).iter().map(|(k, v)| format!("{k} = {v}\n")).collect();
    Ok(format!(
        "# A simulated day that `watchfire demo --keep` began, and goes on with.\n\n[sim]\nscenario = {}\n\
         began = \"{}\"\n{clock}\n[journal]\nurl = \"sqlite:journal.db\"\n\n[notify]\ndesktop = false\n\n{ACTIONS}",
        toml::Value::String(name),
        written(began),
    ))
}

fn absolute(name: &str, dir: &Path) -> Result<String, Exit> {
    let path = std::path::absolute(name).map_err(|e| unkept(dir, &e))?;
    Ok(path.to_string_lossy().into_owned())
}

/// What the clock of the day shows from now on.
fn clock(showed: Time, speed: f64) -> [(&'static str, String); 3] {
    let quoted = |at: Time| format!("\"{}\"", written(at));
    let read_at = quoted(Clock::real().now());
    [("clock_showed", quoted(showed)), ("clock_read_at", read_at), ("speed", format!("{speed:?}"))]
}

fn written(at: Time) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// The same file with other values; whatever else a person wrote in it stays.
fn reset(text: &str, values: &[(&'static str, String)]) -> String {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let new = |line: &str| values.iter().find(|(k, _)| *k == key(line)).map(|(k, v)| format!("{k} = {v}"));
    text.lines().map(|line| new(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

fn unkept(file: &Path, why: &io::Error) -> Exit {
    exit::failed(format_args!("{} cannot be kept: {why}", file.display()))
}
