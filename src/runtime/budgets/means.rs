//! What counting may cost, and where counts outlive a run.

use super::cache::Cache;

/// By default nothing is limited and nothing is kept.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// Samples a minute above which only tails are read; 0 = unlimited.
    pub samples_a_minute: u64,
    pub cache: Option<Cache>,
    /// What the signals of an open objective spend of the same samples.
    pub purse: crate::runtime::golden::Purse,
}
