//! What counting may cost, where counts outlive a run, and what is left out of them.

use super::cache::Cache;
use crate::domain::slo::planned::Planned;

/// By default nothing is limited and nothing is kept.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// Samples a minute above which only tails are read; 0 = unlimited.
    pub samples_a_minute: u64,
    pub cache: Option<Cache>,
    /// What the signals of an open objective spend of the same samples.
    pub purse: crate::runtime::golden::Purse,
    /// Maintenance whose events are left out of the adjusted numbers.
    pub planned: Vec<Planned>,
}
