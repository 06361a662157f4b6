//! Other sources and other definitions while counting goes on: what still counts the same keeps its counts.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Counting, Means};
use crate::{
    domain::{slo::Slo, source::SourceName, text::SafeText},
    runtime::Sources,
};

/// What is counted from now on, and where.
pub struct Orders {
    pub sources: Sources,
    pub slos: Vec<Slo>,
    pub problems: Vec<SafeText>,
    pub means: Means,
}

/// The newest orders; none until the first.
pub type Ordered = watch::Receiver<Option<Arc<Orders>>>;

/// Returns when there are others; never where nobody gives any.
pub(super) async fn come(ordered: Option<&mut Ordered>) {
    let gone = match ordered {
        Some(ordered) => ordered.changed().await.is_err(),
        None => true,
    };
    if gone {
        std::future::pending().await
    }
}

impl Counting {
    /// Follows orders from now on.
    #[must_use]
    pub fn ordered(mut self, ordered: Ordered) -> Self {
        self.ordered = Some(ordered);
        self
    }

    /// Takes up the newest orders, where they are not those it goes by.
    pub(super) fn obey(&mut self) {
        let Some(orders) = self.ordered.as_mut().and_then(|o| o.borrow_and_update().clone()) else { return };
        if self.obeyed.as_ref().is_some_and(|old| Arc::ptr_eq(old, &orders)) {
            return;
        }
        self.sources.clone_from(&orders.sources);
        self.means = orders.means.clone();
        let names: Vec<SourceName> = self.sources.iter().map(|s| s.describe().name.clone()).collect();
        self.catalogue.renew(orders.slos.clone(), orders.problems.clone(), &names);
        // Counts of another server are counts of something else.
        let (sources, rows) = (&self.sources, std::mem::take(&mut self.rows));
        let elsewhere = |slo: &Slo, key: &Option<String>| {
            let now = Self::source_of(sources, slo).and_then(|s| s.counts()).and_then(|c| c.identity(slo));
            now.is_some() && now != *key
        };
        self.rows = rows.into_iter().filter(|k| !elsewhere(&k.slo, &k.key)).collect();
        self.recorded_at = None;
        self.obeyed = Some(orders);
        self.learn();
    }
}
