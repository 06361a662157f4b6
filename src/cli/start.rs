//! From the command line to what everything runs on: configuration, sources, the world's beginning.

use std::path::PathBuf;

use crate::{
    app::{
        desk::dress::Dress,
        world::{Setup, World},
    },
    cli::exit,
    config::{
        self, Config, ConfigError, Glyphs, Origin, Request, SourceKind,
        depth::{Colours, Why},
        glyphs::Signs,
        request::Env,
        slo::{Around, Backend, Reading},
        terminfo::Terminfo,
        theme::Theme,
    },
    domain::{
        Time,
        shift::{Rota, Wall},
        silence::rules::Rules,
        slo::Slo,
        text::SafeText,
    },
    runtime::{
        Sources, action,
        budgets::{Means, cache::Cache},
        clock::Clock,
        handover,
        terminal::host::{Host, Manners},
    },
    ui::{
        look::{GlyphSet, Look},
        spell::Spelling,
    },
};

pub use super::connecting::{at_once, connect, names, sources};

use super::{args::Global, exit::Exit};

/// Reads the configuration.
///
/// # Errors
/// After every mistake was told.
pub fn config(global: &Global) -> Result<Config, Exit> {
    let config = config::load(&request(global)).map_err(|errors| tell_all(&errors))?;
    config.profile.iter().for_each(super::confirm::name_profile);
    Ok(config)
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
    request.flags.mouse = global.mouse;
    request.flags.colors = global.colors.map(|c| c.as_str().to_owned());
    request.flags.profile.clone_from(&global.profile);
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
    let counts =
        config.sources.iter().filter(|s| s.kind == SourceKind::Prometheus || s.own.bool("promql") == Some(true));
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

/// By which ways what is told, in the zone of this machine where the configuration names none.
/// Who is told of what, with the machine's zone where none was named.
pub fn paging_rules(config: &Config) -> crate::domain::notify::Rules {
    let mut rules = config.notify.rules.clone();
    if let Some(quiet) = rules.quiet.as_mut().filter(|q| matches!(q.wall, Wall::Here(_))) {
        quiet.wall = Wall::Here(Clock::local_zone());
    }
    rules
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
    world.furnish(config);
    world.on_call.wall = rota(config).wall;
    world.actions.holder = action::holder();
    world.paging.rules = paging_rules(config);
}

/// How many colours there are; a theme given by name wins over `NO_COLOR`.
pub fn colours(config: &Config, env: &Env) -> Colours {
    let chosen = config.settings.iter().any(|s| s.key == "ui.theme" && s.origin != Origin::Default);
    let terminfo = Terminfo::find(env);
    let of = if chosen { Colours::there_are } else { Colours::of };
    of(config.ui.colours, env, terminfo.as_ref())
}

/// How things look in this terminal: the theme in the colours there are, the signs that can be drawn.
pub fn look(config: &Config, env: &Env) -> Look {
    let signs = Signs::of(config.ui.glyphs, config.ui.ambiguous_width, env);
    let look = Look::new(config.theme.at_depth(colours(config, env).depth), glyphs(signs.glyphs));
    let look = look.still(config.ui.reduced_motion || wants_stillness(env)).row_cursor(config.ui.show_cursor);
    look.frugal(config.ui.low_bandwidth).spelling(Spelling::of(signs.ascii_only, config.ui.ambiguous_width))
}

/// The themes that can be worn in this terminal.
pub fn dress(config: &Config, env: &Env) -> Dress {
    let colourless = colours(config, env).why == Why::NoColor;
    let begun = if colourless { Theme::mono() } else { config.theme.clone() };
    let there_are = Colours::there_are(config.ui.colours, env, Terminfo::find(env).as_ref());
    Dress::new(config.themes.clone(), begun, there_are, config.path.clone())
}

/// How the terminal is treated.
pub fn manners(config: &Config) -> Manners {
    let (notify, ui) = (&config.notify, &config.ui);
    let escape_delay = ui.escape_delay.and_then(|delay| delay.to_std().ok());
    let manners = Host::of(&Env::from_process()).manners(notify.bell, notify.terminal, ui.links, ui.title);
    Manners { escape_delay, synchronized: ui.synchronized, ..manners }
}

/// Whether the environment asks that nothing moves by itself.
fn wants_stillness(env: &Env) -> bool {
    let is_set = |name| env.get(name).is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "no" | "off"));
    is_set("WATCHFIRE_REDUCED_MOTION") || is_set("NO_MOTION")
}

/// How things look where there is no terminal to ask: in a picture, in a file.
fn look_of_picture(config: &Config) -> Look {
    let wanted = if config.ui.glyphs == Glyphs::Auto { Glyphs::Unicode } else { config.ui.glyphs };
    let theme = config.theme.at_depth(config.ui.colours.unwrap_or_default());
    let look = Look::new(theme, glyphs(wanted)).frugal(config.ui.low_bandwidth);
    look.spelling(Spelling::of(false, config.ui.ambiguous_width))
}

/// A cockpit that is drawn where there is no terminal to ask.
pub fn of_picture(cockpit: &mut crate::runtime::cockpit::Cockpit, config: &Config) {
    cockpit.look = look_of_picture(config);
    let colours = Colours { depth: config.ui.colours.unwrap_or_default(), why: Why::Option };
    cockpit.app.desk.dress = Dress::new(config.themes.clone(), config.theme.clone(), colours, config.path.clone());
}

fn glyphs(glyphs: Glyphs) -> GlyphSet {
    match glyphs {
        Glyphs::Block => GlyphSet::Block,
        Glyphs::Ascii => GlyphSet::Ascii,
        Glyphs::Unicode | Glyphs::Auto => GlyphSet::Unicode,
    }
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
