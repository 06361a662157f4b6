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
    pick, start, timeline, why,
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

/// `slo:ID`, the words for one alert, or nothing at all.
async fn ground(global: &Global, on: &[String], wants: Journalled) -> Result<Ground, Exit> {
    match on {
        [] => Ok(without_sources(global, wants, Target::of_watch).await?),
        [word] if word.starts_with("slo:") => {
            let config = start::config(global)?;
            let id = word.trim_start_matches("slo:");
            let title = start::slos(&config).0.into_iter().find(|s| s.id == SloId::new(id)).map(|s| s.title);
            let title = title.or_else(|| Some(SafeText::new(id)));
            without_sources(global, wants, |user| Target::of_slo(id, title.clone(), user)).await
        }
        words => {
            let asked = Asked::of(global, wants).await?;
            let target = match why::named(&asked, words)?.as_slice() {
                [row] => Target::of_alert(&row.id, &row.alert, &asked.world.user),
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
            let Asked { config, world, clock, journal, .. } = asked;
            Ok(Ground { config, world, clock, target, journal })
        }
    }
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
