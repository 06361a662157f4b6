//! What one reading of counts brought, what could not be counted, and what it cost.

use super::{CountSeries, SloId, row::Trouble};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// One for each SLO that could be counted, in the order wanted.
    pub series: Vec<CountSeries>,
    /// Those whose own definition or price is in the way; asking again soon would not help.
    pub refused: Vec<(SloId, Trouble)>,
    /// Samples that the backend read for it; none where it does not say.
    pub samples: Option<u64>,
}

impl Tally {
    /// Adds what a further query cost.
    pub fn paid(&mut self, samples: Option<u64>) {
        if let Some(more) = samples {
            self.samples = Some(self.samples.unwrap_or(0).saturating_add(more));
        }
    }
}

impl From<Vec<CountSeries>> for Tally {
    fn from(series: Vec<CountSeries>) -> Self {
        Self { series, ..Self::default() }
    }
}
