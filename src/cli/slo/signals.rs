//! The golden signals of a budget's service, for a command: read once, on about as many moments as a screen has columns.

use crate::{
    config::Config,
    domain::{
        signals::{Golden, Look, columns, recipe},
        slo::{BudgetRow, curve::Axis},
    },
    runtime::{
        Sources,
        clock::Clock,
        golden::{Purse, Reading},
    },
};

/// Columns of a screen that nobody sees.
const COLUMNS: usize = 72;

/// Over the budget's own period.
pub async fn of(config: &Config, sources: &Sources, row: &BudgetRow, clock: Clock) -> Golden {
    let head = row.numbers().map_or(clock.now(), |n| n.as_of).timestamp();
    let begin = row.slo.window.period(head).begin;
    let look = Look {
        configured: recipe::asks(&config.signals, &row.slo),
        slo: row.slo.as_ref().clone(),
        span: columns::moments(Axis::new(begin, head, COLUMNS), head),
    };
    Reading::new(sources.clone(), clock, Purse::of(config.slo.samples_a_minute)).once(&look).await
}
