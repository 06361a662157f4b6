//! `watchfire silence`: list, look through, make, extend and end silences, on one source or all.

mod act;
mod add;
mod answer;
mod change;
mod list;
mod preview;

use super::{args::Global, exit::Exit};

#[derive(clap::Subcommand, Debug)]
pub enum Do {
    /// All silences of all sources, those that end first before the others
    List(list::Args),
    /// Mute what has these labels
    Add(add::Args),
    /// What matchers would mute: alerts that fire now, alerts of the last days, series
    Preview(preview::Args),
    /// Give silences a later end; id, matchers, creator and comment stay
    Extend(change::Extend),
    /// End silences now
    Expire(change::Expire),
}

pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::List(args) => list::run(global, args).await,
        Do::Add(args) => add::run(global, args).await,
        Do::Preview(args) => preview::run(global, args).await,
        Do::Extend(args) => change::extend(global, args).await,
        Do::Expire(args) => change::expire(global, args).await,
    }
}
