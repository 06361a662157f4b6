//! `watchfire action`: which actions there are, and one of them run as in the cockpit: shown, asked, written down, run.

mod list;
mod run;

use crate::{
    app::world::World,
    config::Config,
    domain::{action::Target, slo::SloId, text::SafeText},
    journal::Journal,
    runtime::{Sources, clock::Clock},
};

use super::{
    args::Global,
    ask::{Asked, Journalled},
    exit::{self, Exit},
    pick,
    slo::Counted,
    start, timeline, why,
};

#[derive(clap::Subcommand, Debug)]
pub enum Do {
    /// Which actions there are; with --on, what each would run there
    List(list::Args),
    /// Run one: it is shown first, and kept in the journal with what it says
    Run(run::Args),
}

/// # Errors
/// After saying why nothing was done.
pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::List(args) => list::run(global, args).await,
        Do::Run(args) => run::run(global, args).await,
    }
}

/// What an action is run on, and what is needed to do that.
struct Ground {
    config: Config,
    world: World,
    clock: Clock,
    target: Target,
    journal: Option<Journal>,
}

/// `slo:ID`, `incident:ID`, the words for one alert, or nothing at all.
async fn ground(global: &Global, on: &[String], wants: Journalled) -> Result<Ground, Exit> {
    match on {
        [] => Ok(without_sources(global, wants, Target::of_watch).await?),
        [word] if word.starts_with("slo:") => {
            let id = word.trim_start_matches("slo:");
            let title = Some(slo(global, id).await?);
            without_sources(global, wants, |user| Target::of_slo(id, title.clone(), user)).await
        }
        [word] if word.starts_with("incident:") => {
            let asked = heard(global, wants).await?;
            let all = &asked.world.incidents.all;
            let found = all.find(word.trim_start_matches("incident:")).map_err(exit::misused)?;
            let title = Some(found.title.clone());
            let target = Target::of_incident(found.id.subject(), found.id.as_str(), title, &asked.world.user);
            Ok(Ground::of(asked, target))
        }
        words => {
            let asked = heard(global, wants).await?;
            let target = match why::named(&asked, words)?.as_slice() {
                [row] => asked.world.target_of(&row.id).ok_or_else(|| pick::nothing(&asked, "that alert has gone"))?,
                [] => return Err(pick::nothing(&asked, "no alert matches")),
                many => {
                    let ids: Vec<String> = many.iter().take(5).map(|r| r.id.to_string()).collect();
                    return Err(exit::misused(format_args!(
                        "{} alerts match, and an action runs on one; name it by its ID: {}",
                        many.len(),
                        ids.join(", ")
                    )));
                }
            };
            Ok(Ground::of(asked, target))
        }
    }
}

impl Ground {
    fn of(asked: Asked, target: Target) -> Self {
        let Asked { config, world, clock, journal, .. } = asked;
        Self { config, world, clock, target, journal }
    }
}

/// Every source, and the incidents of the journal: a scope may ask for both.
async fn heard(global: &Global, wants: Journalled) -> Result<Asked, Exit> {
    let mut asked = Asked::of(global, wants).await?;
    if let Some(journal) = &asked.journal {
        let entries = journal.incidents().await.map_err(|e| timeline::unread(&e))?;
        asked.world.hear_of_incidents(&entries);
    }
    Ok(asked)
}

/// What an SLO is called: one of the files, else one that a source knows.
async fn slo(global: &Global, id: &str) -> Result<SafeText, Exit> {
    let config = start::config(global)?;
    let files = start::slos(&config).0;
    if let Some(slo) = files.iter().find(|s| s.id == SloId::new(id)) {
        return Ok(slo.title.clone());
    }
    let sources = start::sources(&config).await;
    let counted = Counted::of(&config, &sources, Clock::real()).await;
    let rows = &counted.budgets.rows;
    if let Some(row) = rows.iter().find(|r| r.slo.id.as_str() == id) {
        return Ok(row.slo.title.clone());
    }
    let known: Vec<String> = rows.iter().map(|r| r.slo.id.to_string()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(exit::misused(format_args!("no SLO is called `{}`; known: {known}", SafeText::new(id).line())))
}

async fn without_sources(global: &Global, wants: Journalled, target: impl Fn(&str) -> Target) -> Result<Ground, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let (sources, clock) = (Sources::new(), start::clock(&config));
    let mut world = World::new(start::setup(&config, &sources, clock.now()));
    start::equip(&mut world, &config);
    let journal = match wants {
        Journalled::Write => Some(Journal::open(&config.journal.path).await.map_err(|e| timeline::unkept(&e))?),
        Journalled::Read => None,
    };
    let target = target(&world.user);
    Ok(Ground { config, world, clock, target, journal })
}
