//! `watchfire demo`: the cockpit on a built-in day. No network, no configuration, and nothing kept unless that is asked for.

use std::path::Path;

use crate::{
    app::{App, world::Setup},
    config::{self, Config, request::Env},
    domain::duration,
    runtime::{
        budgets::Means,
        clock::Clock,
        cockpit::{Cockpit, Papers},
        handover,
        poll::Sparing,
        recording::{Head, Kind, Played},
    },
    sources::sim::{self, Scenario, SimWorld},
};

use super::{
    args::{Demo, Global},
    exit::{self, Exit},
    open::{self, Hands},
    plain, start,
};

pub async fn run(global: &Global, demo: &Demo) -> Exit {
    if demo.list {
        return list();
    }
    if let Err(exit) = start::log(global.log.as_ref()) {
        return exit;
    }
    let ended = match &demo.keep {
        Some(dir) => kept(global, demo, dir).await,
        None => passing(global, demo).await,
    };
    ended.unwrap_or_else(|exit| exit)
}

/// A day that is kept: the cockpit of its configuration.
async fn kept(global: &Global, demo: &Demo, dir: &Path) -> Result<Exit, Exit> {
    let config = super::kept::config(global, demo, dir)?;
    let request = Some(super::kept::request(global, dir));
    open::configured(&config, request, demo.record.as_deref(), plain::is_wanted(global)).await
}

/// A day that nothing is left of.
async fn passing(global: &Global, demo: &Demo) -> Result<Exit, Exit> {
    let (config, scenario) = ready(global, demo.scenario())?;
    let Ok(dir) = tempfile::Builder::new().prefix("watchfire-demo-").tempdir() else {
        return Err(exit::failed("no temporary directory can be had for the demo's journal; set TMPDIR"));
    };
    let wall = Clock::real().now();
    let world = SimWorld::new(scenario, wall);
    let opens = wall + demo.at.unwrap_or(world.scenario().opens_at);
    let clock = Clock::from(opens, demo.speed.unwrap_or(1.0));
    let mut cockpit = cockpit(&config, &world, clock, dir.path().join("journal.db"));
    cockpit.app.desk.tour.offered = true;
    let head = Head { speed: demo.speed.unwrap_or(1.0), ..head(Kind::Demo, &cockpit, &world, demo.scenario()) };
    let plain = plain::is_wanted(global);
    let recorder = open::recorder(demo.record.as_deref(), &head, clock, plain)?;
    Ok(open::open(cockpit, start::manners(&config), Hands { recorder, until: None, plain }).await)
}

/// The head of a recording on a simulated world; `named` is the scenario as it was asked for.
pub fn head(of: Kind, cockpit: &Cockpit, world: &SimWorld, named: &str) -> Head {
    // A built-in scenario may change with the version: its text goes with the recording, too.
    let text = sim::text(named).ok().map(std::borrow::Cow::into_owned);
    let played = Played { name: world.scenario().name.raw().to_owned(), text, epoch: world.epoch() };
    Head { scenario: Some(played), ..open::head(of, cockpit) }
}

/// The demo's configuration: defaults and flags alone.
///
/// # Errors
/// After the mistakes were told.
pub fn ready(global: &Global, scenario: &str) -> Result<(Config, Scenario), Exit> {
    let config = config::demo(&start::request(global)).map_err(|errors| start::tell_all(&errors))?;
    let scenario = sim::load(scenario).map_err(exit::misused)?;
    Ok((config, scenario))
}

/// A cockpit on a simulated world.
pub fn cockpit(config: &Config, world: &SimWorld, clock: Clock, journal: std::path::PathBuf) -> Cockpit {
    let sources = world.sources();
    let setup = start::setup(config, &sources, clock.now());
    // Ids are drawn from the run's: the same keys on the same scenario make the same ones.
    let setup = Setup { session: format!("sim-{}", world.scenario().name.line()), ..setup };
    let app = App::new(setup, config.keymap.clone()).with_alerts(&config.alerts);
    let mut app = app.with_views(config.views.clone(), config.notify.filter.clone());
    app.desk.mouse = config.ui.mouse;
    start::equip(&mut app.world, config);
    app.desk.dress = start::dress(config, &Env::from_process());
    app.desk.tour.possible = true;
    Cockpit {
        app,
        look: start::look(config, &Env::from_process()),
        sources,
        clock,
        journal,
        slos: Vec::new(),
        slo_problems: Vec::new(),
        notify: config::NotifyConfig { desktop: false, ..config.notify.clone() },
        sparing: Sparing::default(),
        means: Means::default(),
        handoff: handover::Rules { template: None, ..start::handover(config) },
        papers: Papers::here(None),
        late: Default::default(),
        bound: false,
        home: None,
    }
}

fn list() -> Exit {
    for (name, _) in sim::builtin() {
        match sim::load(name) {
            Ok(scenario) => exit::say(&format!(
                "{name}\n  {} (opens at {})\n{}\n",
                scenario.title,
                duration::long(scenario.opens_at),
                scenario.story.shown().lines().map(|l| format!("  {l}\n")).collect::<String>()
            )),
            Err(why) => return exit::failed(why),
        }
    }
    Exit::Done
}
