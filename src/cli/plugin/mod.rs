//! `watchfire plugin`: tries a plugin against the protocol, and serves a source as one.
//!
//! Knows nothing of a cockpit.

mod bench;
mod budgets;
mod check;
mod report;
mod serve;
mod steps;

use super::{args::Global, exit::Exit};

#[derive(clap::Subcommand, Debug)]
pub enum Do {
    /// Try a plugin: what it promises, what it answers, how it bears bad input, how it ends
    ///
    /// Nothing is changed at its backend: acts are planned and not applied. Ends with 1 where something did not pass.
    Check(check::Args),
    /// Serve a source of the configuration as a plugin, on standard input and output
    Serve(serve::Args),
}

/// # Errors
/// After saying why.
pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::Check(args) => check::run(global, args).await,
        Do::Serve(args) => serve::run(global, args).await,
    }
}
