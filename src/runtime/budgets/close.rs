//! The closest look: short buckets of the one budget that is selected, for the meter of what burns now. One question a
//! minute, and none where scrapes are too rare to tell more than five minutes do.

use std::sync::Arc;

use super::{Counting, known::Known};
use crate::{
    domain::{Time, slo::history::MINUTE, source::SourceError},
    runtime::panics,
};

/// Seconds between two scrapes up to which a minute holds enough of them.
const OFTEN: f64 = 12.0;
/// The same of two minutes.
const SELDOM: f64 = 30.0;

/// How closely a budget can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closeness {
    /// In buckets of these seconds.
    Every(i64),
    /// Five minutes are as close as it gets.
    Never,
}

impl Closeness {
    fn of(scrape_s: Option<f64>) -> Self {
        match scrape_s {
            Some(s) if s <= OFTEN => Self::Every(MINUTE),
            Some(s) if s <= SELDOM => Self::Every(2 * MINUTE),
            _ => Self::Never,
        }
    }
}

impl Counting {
    /// Reads the short buckets that are missing. What is refused here is refused in the tail, too, and told there.
    pub(super) async fn look_closely(&mut self, now: Time) -> Result<(), SourceError> {
        let Some(place) = self.looked_at() else { return Ok(()) };
        let slo = self.rows[place].slo.clone();
        let source = Self::source_of(&self.sources, &slo).cloned();
        let Some(counts) = source.as_ref().and_then(|s| s.counts()) else { return Ok(()) };
        let closeness = match self.rows[place].closeness {
            Some(known) => known,
            None => self.rows[place].learn_closeness(counts.scrape_s(&slo, now).await),
        };
        if closeness == Closeness::Never {
            return Ok(());
        }
        for span in self.rows[place].history.wanted_closely(now.timestamp()) {
            self.meter.place(now);
            let tally = panics::asked(counts.count(&[(*slo).clone()], span, now)).await?;
            self.meter.pay(now, tally.samples);
            for one in tally.series {
                Arc::make_mut(&mut self.rows[place].history).answer(span, one.buckets);
            }
        }
        Ok(())
    }

    /// The one that is selected, once it is counted at all.
    fn looked_at(&self) -> Option<usize> {
        let close = self.watched.as_ref()?.borrow().close.clone()?;
        self.rows.iter().position(|k| k.slo.id == close && !k.slo.is_composite() && k.counted_at.is_some())
    }
}

impl Known {
    fn learn_closeness(&mut self, scrape_s: Option<f64>) -> Closeness {
        let closeness = Closeness::of(scrape_s);
        if let Closeness::Every(step) = closeness {
            Arc::make_mut(&mut self.history).look_by(step);
        }
        self.closeness = Some(closeness);
        closeness
    }
}
