//! `watchfire`: the cockpit on the configured sources.

use std::{io::IsTerminal, path::Path, sync::Arc};

use crate::{
    app::{App, settings::Settings, world::parting::Parting},
    config::{Config, Found, Request, request::Env},
    domain::Time,
    runtime::{
        Sources,
        clock::Clock,
        cockpit::{Cockpit, Ended, Late, Left, Papers},
        panics,
        poll::Sparing,
        recording::{self, End, Head, Kind, Recorder, play},
        reload::{self, Home},
        signals,
        terminal::host::Manners,
    },
};

use super::{
    args::{Format, Global},
    exit::{self, Exit},
    first, plain, snapshot, start,
};

/// What stands between a cockpit and the hand before it.
#[derive(Default)]
pub struct Hands {
    /// Writes down what comes from the terminal.
    pub recorder: Option<Arc<Recorder>>,
    /// The cockpit ends by itself then.
    pub until: Option<Time>,
    /// Line by line instead of on a screen.
    pub plain: bool,
}

pub async fn run(global: &Global, record: Option<&Path>) -> Exit {
    if global.plain && !plain::is_for_somebody() {
        return plain::once(global).await.unwrap_or_else(|exit| exit);
    }
    let config = match start::config(global) {
        Ok(config) => config,
        Err(exit) => return exit,
    };
    if matches!(config.found, Found::Nothing { .. }) && !config.has_sources() {
        let exit = no_source(&config);
        return first::offer(global, exit).await;
    }
    for note in &config.notes {
        exit::tell(format_args!("watchfire: {note}"));
    }
    if let Err(exit) = start::log(global.log.as_ref()) {
        return exit;
    }
    let plain = plain::is_wanted(global);
    let request = Some(start::request(global));
    configured(&config, request, record, plain).await.unwrap_or_else(|exit| exit)
}

/// The cockpit of a configuration, and what is left when it ends.
///
/// # Errors
/// After saying why the recording cannot be begun.
pub async fn configured(
    config: &Config,
    request: Option<Request>,
    record: Option<&Path>,
    plain: bool,
) -> Result<Exit, Exit> {
    let clock = start::clock(config);
    // What is drawn once is drawn when all is known; what stays opens at once, be it a screen or lines.
    let stays = if plain { plain::is_for_somebody() } else { is_terminal() && !is_dumb() };
    let mut cockpit = match stays {
        true => opening(config, clock).await,
        false => cockpit(config, clock).await,
    };
    if let Some(request) = request {
        cockpit.home = Some(Home::new(request, config, &cockpit.slo_problems));
        let in_force = reload::in_force(config, &cockpit.slos, &cockpit.slo_problems);
        cockpit.app.settings = Settings::of(in_force);
    }
    let head = Head {
        sources: cockpit.sources.iter().map(|s| s.describe().name.as_str().to_owned()).collect(),
        ..head(Kind::Cockpit, &cockpit)
    };
    let recorder = recorder(record, &head, clock, plain)?;
    Ok(open(cockpit, start::manners(config), Hands { recorder, until: None, plain }).await)
}

/// The head of a recording of this cockpit.
pub fn head(of: Kind, cockpit: &Cockpit) -> Head {
    let world = &cockpit.app.world;
    Head {
        watchfire: recording::NAME.into(),
        version: recording::VERSION,
        program: env!("CARGO_PKG_VERSION").into(),
        of,
        began: cockpit.clock.now(),
        size: crossterm::terminal::size().ok().filter(|(w, h)| *w > 0 && *h > 0).unwrap_or((80, 24)),
        speed: 1.0,
        user: world.user.clone(),
        read_only: world.read_only,
        scenario: None,
        sources: Vec::new(),
    }
}

/// Begins a recording, where one is asked for and there is a terminal to record.
///
/// # Errors
/// After saying why the file cannot be begun.
pub fn recorder(file: Option<&Path>, head: &Head, clock: Clock, plain: bool) -> Result<Option<Arc<Recorder>>, Exit> {
    let Some(file) = file else { return Ok(None) };
    if plain {
        exit::tell("watchfire: line by line there are no keys to record; no recording is made");
        return Ok(None);
    }
    if !is_terminal() {
        exit::tell("watchfire: no terminal here, so there are no keys to record; no recording is made");
        return Ok(None);
    }
    let recorder = Recorder::begin(file, head, clock).map_err(exit::failed)?;
    Ok(Some(Arc::new(recorder)))
}

/// Whether there is somebody to draw for, and keys to come.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
}

/// Whether the terminal can only take lines: it is sent no sequence at all.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The whole cockpit on a configuration, every source connected.
pub async fn cockpit(config: &Config, clock: Clock) -> Cockpit {
    on(config, clock, (start::sources(config).await, Late::default()))
}

/// The same at once: who is slow to connect comes later.
async fn opening(config: &Config, clock: Clock) -> Cockpit {
    on(config, clock, start::at_once(config).await)
}

fn on(config: &Config, clock: Clock, (sources, late): (Sources, Late)) -> Cockpit {
    let (slos, slo_problems) = start::slos(config);
    let setup = start::setup(config, &sources, clock.now());
    let app = App::new(setup, config.keymap.clone()).with_alerts(&config.alerts);
    let mut app = app.with_views(config.views.clone(), config.notify.filter.clone());
    app.desk.mouse = config.ui.mouse;
    app.world.silencing.rules = start::silence_rules(config);
    app.world.correlate(config.correlations.clone());
    start::equip(&mut app.world, config);
    app.desk.dress = start::dress(config, &Env::from_process());
    Cockpit {
        app,
        look: start::look(config, &Env::from_process()),
        sources,
        clock,
        journal: config.journal.path.clone(),
        slos,
        slo_problems,
        notify: config.notify.clone(),
        sparing: Sparing { unfocused: config.ui.unfocused_interval, out_of_step: true },
        means: start::means(config),
        handoff: start::handover(config),
        papers: Papers::here(config.templates.postmortem.clone()),
        bound: false,
        late,
        home: None,
    }
}

/// Says where a configuration was looked for, or that the one there names no source, and how to begin.
pub fn no_source(config: &Config) -> Exit {
    match &config.found {
        Found::Nothing { looked_at } => {
            exit::tell("watchfire: no configuration was found. Looked at:");
            looked_at.iter().for_each(|path| exit::tell(format_args!("  {}", path.display())));
        }
        Found::File(path) | Found::Amtool(path) => exit::tell(format_args!(
            "watchfire: {} names no source; each backend is a [[source]] in it",
            path.display()
        )),
    }
    exit::tell("See it at once:    watchfire demo");
    exit::tell("Begin with yours:  watchfire config init --url http://your-alertmanager:9093");
    Exit::Usage
}

/// Runs a cockpit in the terminal, or draws one frame where there is none.
pub async fn open(cockpit: Cockpit, manners: Manners, hands: Hands) -> Exit {
    if hands.plain && plain::is_for_somebody() {
        return plain::open(cockpit, manners.bell, hands).await;
    }
    if !is_terminal() {
        exit::tell("watchfire: no terminal here, so this is one frame as text");
        return snapshot::frame(cockpit, (120, 40), Format::Text, None).await;
    }
    if is_dumb() {
        exit::tell("watchfire: TERM is dumb, so this is one frame as lines; with another TERM it is the cockpit");
        return snapshot::frame(cockpit, (80, 40), Format::Text, None).await;
    }
    panics::install();
    let clock = cockpit.clock;
    let played = play::live(hands.recorder.clone(), clock, hands.until);
    let mut ended = cockpit.in_terminal(manners, played).await;
    let over = hands.until.is_some_and(|until| clock.now() >= until);
    if let (true, Ok(Ok(left))) = (over, &mut ended) {
        left.ended = Ended::Asked;
    }
    if let Some(recorder) = &hands.recorder {
        let quit = matches!(&ended, Ok(Ok(Left { ended: Ended::Quit, .. })));
        recorder.end(if quit {
            End::Quit
        } else if over {
            End::Over
        } else {
            End::Gone
        });
    }
    let exit = report(ended);
    if let Some(why) = hands.recorder.and_then(|r| r.trouble()) {
        return exit::failed(format_args!("the recording is not whole, it could not be written: {why}"));
    }
    exit
}

/// What was done, and what of it nobody saw the end of.
fn part(parting: &Parting) {
    if let Some(done) = &parting.done {
        exit::tell(format_args!("watchfire: {done}, in the journal"));
    }
    match parting.on_their_way {
        0 => {}
        1 => exit::tell(
            "watchfire: 1 act was still on its way; the journal has it, and the next start finds out how it ended",
        ),
        n => exit::tell(format_args!(
            "watchfire: {n} acts were still on their way; the journal has them, and the next start finds out how they ended"
        )),
    }
}

/// What is said on the normal screen once it is back.
pub fn report(ended: Result<std::io::Result<Left>, tokio::task::JoinError>) -> Exit {
    let signal = signals::received();
    if let Ok(Ok(Left { unwritten: n @ 1.., .. })) = &ended {
        exit::tell(format_args!(
            "watchfire: {n} firings and resolutions were not written to the journal in time; the next start makes up \
             for what fires then and for the ends of what the journal knows"
        ));
    }
    if let Ok(Ok(left)) = &ended {
        part(&left.parting);
    }
    let ended = ended.map(|left| left.map(|left| left.ended));
    match (ended, panics::take()) {
        (_, Some(panic)) => exit::failed(format_args!(
            "a defect ended it: {panic}\nThe journal has everything a screen confirmed. Please report it; --log FILE keeps the details."
        )),
        (Err(error), None) => exit::failed(format_args!("a defect ended it: {error}")),
        (Ok(Err(error)), None) => exit::failed(format_args!("the terminal cannot be used: {error}")),
        (Ok(Ok(_)), None) if signal != 0 => Exit::Signal(signal),
        (Ok(Ok(Ended::TerminalGone)), None) => Exit::Signal(1),
        (Ok(Ok(Ended::Quit | Ended::Asked)), None) => Exit::Done,
    }
}
