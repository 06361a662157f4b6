//! What may have spent a budget, for a command: the alerts on the board, and what the journal has.

use crate::{
    app::world::{causes::causes, happened::Event},
    cli::ask::Asked,
    domain::{
        Time,
        entry::Entry,
        slo::{
            BudgetRow,
            account::{Account, account},
        },
    },
};

/// Most entries of the journal that are looked through.
const ENTRIES: u32 = 50_000;

/// The account of a budget on what is known to have happened; none where it was not counted.
pub fn of_happened(asked: &Asked, row: &BudgetRow, happened: &[Event]) -> Option<Account> {
    let told = causes(happened, asked.now);
    Some(account(&row.slo, &row.history, row.numbers()?, &told, &asked.config.slo.policy))
}

pub fn happened(asked: &Asked, row: &BudgetRow, entries: &[Entry]) -> Vec<Event> {
    asked.world.happened_in(&row.slo, entries.iter())
}

/// The entries of the windows of all these, read once. A journal that cannot be read has been told of already.
pub async fn entries<'a>(asked: &Asked, rows: impl IntoIterator<Item = &'a BudgetRow>) -> Vec<Entry> {
    let begins = rows.into_iter().filter_map(|row| row.numbers()).map(|n| n.period.begin);
    let (Some(journal), Some(begin)) = (&asked.journal, begins.min()) else { return Vec::new() };
    let since = Time::from_timestamp(begin, 0).unwrap_or(asked.now);
    journal.since(since, None, ENTRIES).await.unwrap_or_default()
}
