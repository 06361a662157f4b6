//! What a drill is played on: a scenario by its name, a file of one.

use crate::{
    cli::exit::{self, Exit},
    sources::sim::{self, Scenario},
};

#[derive(clap::Args, Debug)]
pub struct Of {
    /// A built-in scenario, or a path that ends in .toml
    #[arg(long, value_name = "NAME|FILE", default_value = "payment-outage")]
    pub scenario: String,
}

impl Of {
    /// The scenario and its text.
    ///
    /// # Errors
    /// After saying what is wrong, and where.
    pub async fn read(&self) -> Result<(Scenario, String), Exit> {
        built(&self.scenario)
    }
}

/// A scenario by its name or its file, and its text.
///
/// # Errors
/// After saying what is wrong, and where.
pub fn built(name: &str) -> Result<(Scenario, String), Exit> {
    let text = sim::text(name).map_err(exit::misused)?;
    let scenario = Scenario::parse(name, &text).map_err(exit::misused)?;
    Ok((scenario, text.into_owned()))
}
