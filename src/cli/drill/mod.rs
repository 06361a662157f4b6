//! `watchfire drill`: the cockpit on a scenario or on a day out of a journal, and how well it went.
//!
//! Asks nothing of the network, and nothing of the configuration. What is done lives in a journal of its own, which goes
//! when the score was told.

mod list;
pub mod score;
mod source;

use std::path::PathBuf;

use crate::{
    app::{
        App,
        desk::{layer::Layer, paper::Paper},
        msg::Written,
    },
    config,
    domain::drill::{Told, brief},
    runtime::{
        clock::Clock,
        recording::{Head, Kind, Played},
    },
    sources::sim::{Scenario, SimWorld},
};

use super::{
    args::Global,
    demo,
    exit::{self, Exit},
    open::{self, Hands},
    start,
};

pub use source::Of;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    of: Of,
    /// How fast its time runs
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// List the built-in drills with what they are about
    #[arg(long)]
    list: bool,
    /// Print what a drill is about and what it asks, and do not begin
    #[arg(long, value_name = "NAME|FILE", num_args = 0..=1, default_missing_value = "")]
    brief: Option<String>,
    /// Record keys, pastes and sizes with their moments, and the scenario, to a new file that `replay` plays
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    if args.list {
        return list::list(global);
    }
    let config = config::demo(&start::request(global)).map_err(|errors| start::tell_all(&errors))?;
    let named = args.brief.as_deref().filter(|name| !name.is_empty());
    let (scenario, text) = match named {
        Some(name) => source::built(name)?,
        None => args.of.read().await?,
    };
    if args.brief.is_some() || !open::is_terminal() {
        exit::say(&brief_of(&scenario));
        if args.brief.is_none() {
            exit::tell("watchfire: no terminal here, so this is the brief; `watchfire replay FILE` scores a recording");
        }
        return Ok(Exit::Done);
    }
    start::log(global.log.as_ref())?;
    let dir = journal_dir()?;
    let journal = dir.path().join("journal.db");
    // On the scenario's own day: the story names its times, and a replay shows the same ones.
    let start = scenario.start;
    let world = SimWorld::new(scenario, start);
    let clock = Clock::from(world.epoch() + world.scenario().opens_at, args.speed);
    let mut cockpit = demo::cockpit(&config, &world, clock, journal.clone());
    lay(&mut cockpit.app, world.scenario());
    let played = Played { name: world.scenario().name.raw().to_owned(), text: Some(text), epoch: world.epoch() };
    let head = Head { speed: args.speed, scenario: Some(played), ..open::head(Kind::Drill, &cockpit) };
    let plain = super::plain::is_wanted(global);
    let recorder = open::recorder(args.record.as_deref(), &head, clock, plain)?;
    let until = world.epoch() + world.scenario().ends_at();
    let exit = open::open(cockpit, start::manners(&config), Hands { recorder, until: Some(until), plain }).await;
    let span = (head.began, clock.now().min(until));
    let score = score::of(&world, &journal, span, true).await?;
    score::say(global, &config, world.scenario(), &score)?;
    Ok(exit)
}

/// Where the journal of a drill lives for as long as it lasts.
///
/// # Errors
/// After saying that there is no such place.
pub fn journal_dir() -> Result<tempfile::TempDir, Exit> {
    let made = tempfile::Builder::new().prefix("watchfire-drill-").tempdir();
    made.map_err(|_| exit::failed("no temporary directory can be had for the drill's journal; set TMPDIR"))
}

/// The brief of a scenario.
pub fn brief_of(scenario: &Scenario) -> String {
    let told = Told { name: &scenario.name, title: &scenario.title, story: &scenario.story };
    brief(told, scenario.experiment.as_ref())
}

/// Lays the brief before whoever opens the drill.
pub fn lay(app: &mut App, scenario: &Scenario) {
    let written = Written {
        name: format!("drill-{}.md", scenario.name.line()),
        text: brief_of(scenario).into(),
        beside: Vec::new(),
    };
    let paper = Paper { title: "the drill".into(), written: Some(written.into()), error: None, scroll: 0 };
    app.desk.layers.push(Layer::Paper(paper));
}
