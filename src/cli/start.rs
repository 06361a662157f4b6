//! From the command line to what everything runs on: configuration, sources, the world's beginning.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;

use crate::{
    app::world::{Setup, World, sent::Reach},
    cli::exit,
    config::{
        self, Config, ConfigError, Glyphs, Origin, Request, SimConfig, SourceKind,
        depth::Depth,
        request::Env,
        slo::{Around, Backend, Reading},
        theme::Theme,
    },
    domain::{
        Time,
        shift::{Rota, Wall},
        silence::rules::Rules,
        slo::Slo,
        source::{Description, Snapshot, SourceError},
        text::SafeText,
    },
    runtime::{
        Sources, action,
        budgets::{Means, cache::Cache},
        clock::Clock,
        handover,
    },
    sources::{self, Source, sim::SimWorld},
    ui::look::{GlyphSet, Look},
};

use super::{args::Global, exit::Exit};

/// Reads the configuration.
///
/// # Errors
/// After every mistake was told.
pub fn config(global: &Global) -> Result<Config, Exit> {
    config::load(&request(global)).map_err(|errors| tell_all(&errors))
}

/// What counting may cost, and where counts are kept; who may not write to a source keeps nothing either.
pub fn means(config: &Config) -> Means {
    Means {
        samples_a_minute: config.slo.samples_a_minute,
        cache: config.slo.cache.clone().map(|dir| Cache::new(dir, !config.read_only)),
        purse: Default::default(),
        planned: config.slo.planned.clone(),
    }
}

pub fn request(global: &Global) -> Request {
    let mut request = Request::from_process();
    request.explicit.clone_from(&global.config);
    request.flags.theme = theme_flag(global);
    request.flags.read_only = global.read_only;
    request.flags.low_bandwidth = global.low_bandwidth;
    request
}

/// `--theme`, else none at all where that was asked for.
fn theme_flag(global: &Global) -> Option<String> {
    global.theme.clone().or_else(|| global.no_color.then(|| "mono".to_owned()))
}

pub fn tell_all(errors: &[ConfigError]) -> Exit {
    for error in errors {
        exit::tell(error);
    }
    let n = errors.len();
    exit::tell(format_args!(
        "watchfire: {n} mistake{} in the configuration; `watchfire config init` writes a good one",
        if n == 1 { "" } else { "s" }
    ));
    Exit::Usage
}

/// The clock that everything here goes by: the machine's, or that of the simulated day.
pub fn clock(config: &Config) -> Clock {
    let real = Clock::real();
    let Some((sim, (showed, read_at))) = config.sim.as_ref().and_then(|sim| Some((sim, sim.clock?))) else {
        return real;
    };
    let gone = (real.now() - read_at).max(chrono::Duration::zero()).to_std().unwrap_or_default();
    let gone = gone.mul_f64(sim.speed.clamp(0.001, 10_000.0));
    let gone = chrono::Duration::from_std(gone).unwrap_or_default();
    Clock::from(showed.checked_add_signed(gone).unwrap_or(showed), sim.speed)
}

/// Connects to every source. One that cannot even be set up is shown as such, and the others go on.
pub async fn sources(config: &Config) -> Sources {
    let mut all: Sources = Vec::new();
    for source in &config.sources {
        match sources::connect(source).await {
            Ok(connected) => all.push(connected),
            Err(error) => all.push(Arc::new(Unset::new(sources::describe(source), error))),
        }
    }
    all.extend(config.sim.iter().flat_map(simulated));
    all
}

/// The sources of a simulated day; one that says why, where its scenario cannot be played.
fn simulated(sim: &SimConfig) -> Sources {
    match sources::sim::load(&sim.scenario) {
        Ok(scenario) => SimWorld::kept(scenario, sim.began, sim.silences.clone()).sources(),
        Err(why) => vec![Arc::new(Unset::new(sources::sim::describe("sim"), SourceError::rejected(why)))],
    }
}

/// A source whose secret or certificate could not be read: never asked, never green.
struct Unset {
    about: Description,
    error: SourceError,
}

impl Unset {
    fn new(about: Description, error: SourceError) -> Self {
        Self { about, error }
    }
}

#[async_trait]
impl Source for Unset {
    fn describe(&self) -> &Description {
        &self.about
    }

    async fn poll(&self, _now: Time) -> Result<Snapshot, SourceError> {
        Err(self.error.clone())
    }
}

/// The SLOs of the configured files, and what in them could not be read.
pub fn slos(config: &Config) -> (Vec<Slo>, Vec<SafeText>) {
    let reading = slo_files(config);
    let problems = reading.problems.iter().map(|p| SafeText::new(&p.to_string())).collect();
    (reading.slos, problems)
}

/// The configured files of SLOs: what they define, what is wrong in them and what looks wrong.
pub fn slo_files(config: &Config) -> Reading {
    config::slo::read_files(&config.slo.files, &around(config))
}

/// What definitions leave to the configuration.
fn around(config: &Config) -> Around {
    let counts = config.sources.iter().filter(|s| s.kind == SourceKind::Prometheus);
    let backends = counts.map(|s| Backend { name: s.name.clone(), urls: s.urls.clone() }).collect();
    Around { backends, sloth_period_s: config.slo.sloth_period.num_seconds() }
}

/// What the configuration says of silences, in the zone of this machine.
pub fn silence_rules(config: &Config) -> Rules {
    Rules { zone: Clock::local_zone(), ..config.silence.clone() }
}

/// When shifts begin, in the zone of this machine where the configuration names none.
pub fn rota(config: &Config) -> Rota {
    let mut rota = config.shift.clone();
    if matches!(rota.wall, Wall::Here(_)) {
        rota.wall = Wall::Here(Clock::local_zone());
    }
    rota
}

/// What a handoff goes by: the shifts, and the template.
pub fn handover(config: &Config) -> handover::Rules {
    handover::Rules { rota: rota(config), template: config.templates.handoff.clone() }
}

pub fn setup(config: &Config, sources: &Sources, now: Time) -> Setup {
    Setup {
        user: config.user.clone(),
        session: uuid::Uuid::new_v4().simple().to_string(),
        read_only: config.read_only,
        ack: config.ack.clone(),
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: now,
    }
}

/// What the configuration says that a world needs beside its setup.
pub fn equip(world: &mut World, config: &Config) {
    world.silences_max = config.silences_max;
    world.incidents.levels.clone_from(&config.incident_levels);
    world.budgets.policy = config.slo.policy;
    world.actions.configured.clone_from(&config.actions);
    world.actions.secret_env.clone_from(&config.secret_env);
    world.actions.holder = action::holder();
    world.runbooks.rules = config.runbooks.clone();
    world.signals.recipes = config.signals.clone();
    world.budgets.planned.clone_from(&config.slo.planned);
    world.reaches = config.sources.iter().map(|s| (s.name.clone(), Reach::of(s))).collect();
}

/// How things look in this terminal: a theme given by name wins over `NO_COLOR`, and is brought down to the colours there are.
pub fn look(config: &Config, env: &Env) -> Look {
    let chosen = config.settings.iter().any(|s| s.key == "ui.theme" && s.origin != Origin::Default);
    let colourless = env.get("NO_COLOR").is_some() && !chosen;
    let theme = if colourless { Theme::mono() } else { config.theme.at_depth(Depth::of(env)) };
    Look::new(theme, glyphs(config.ui.glyphs))
        .frugal(config.ui.low_bandwidth)
        .still(config.ui.reduced_motion || wants_stillness(env))
        .row_cursor(config.ui.show_cursor)
}

/// Whether the environment asks that nothing moves by itself.
fn wants_stillness(env: &Env) -> bool {
    let is_set = |name| env.get(name).is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "no" | "off"));
    is_set("WATCHFIRE_REDUCED_MOTION") || is_set("NO_MOTION")
}

/// How things look where there is no terminal to ask: in a picture, in a file.
pub fn look_of_picture(config: &Config) -> Look {
    let wanted = if config.ui.glyphs == Glyphs::Auto { Glyphs::Unicode } else { config.ui.glyphs };
    Look::new(config.theme.clone(), glyphs(wanted))
}

fn glyphs(glyphs: Glyphs) -> GlyphSet {
    match glyphs {
        Glyphs::Unicode => GlyphSet::Unicode,
        Glyphs::Block => GlyphSet::Block,
        Glyphs::Ascii => GlyphSet::Ascii,
        Glyphs::Auto if speaks_unicode() => GlyphSet::Unicode,
        Glyphs::Auto => GlyphSet::Ascii,
    }
}

/// Whether the locale is UTF-8 and the terminal is no console that lacks the glyphs.
fn speaks_unicode() -> bool {
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default().to_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8");
    utf8 && set("TERM").is_none_or(|t| t != "linux" && t != "dumb")
}

/// Starts the log where one was asked for; the screen is never written to.
///
/// # Errors
/// Where the file cannot be made.
pub fn log(path: Option<&PathBuf>) -> Result<(), Exit> {
    let Some(path) = path else { return Ok(()) };
    let file = std::fs::File::options().create(true).append(true).open(path);
    let file = file.map_err(|e| exit::failed(format_args!("{}: {e}", path.display())))?;
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(std::sync::Mutex::new(file)).finish();
    // Only a second log in one process could fail here.
    let _ = tracing::subscriber::set_global_default(log);
    Ok(())
}
