//! What may have spent a budget, for a command: the alerts that burn now, and the deploys that the journal has.

use crate::{
    cli::ask::Asked,
    domain::{
        Time,
        entry::Kind,
        slo::{
            BudgetRow,
            account::{Account, account, cause},
            attribution::{Cause, CauseKind},
        },
        text::SafeText,
    },
};

/// Most entries of the journal that are looked through.
const ENTRIES: u32 = 50_000;

/// The account of a budget; none where it was not counted.
pub async fn of(asked: &Asked, row: &BudgetRow) -> Option<Account> {
    let numbers = row.numbers()?;
    let mut told = asked.world.causes(&row.slo, asked.now);
    let begin = Time::from_timestamp(numbers.period.begin, 0).unwrap_or(asked.now);
    told.extend(deploys(asked, begin).await);
    Some(account(&row.slo, &row.history, numbers, &told, &asked.config.slo.policy))
}

/// A journal that cannot be read has been told of already.
async fn deploys(asked: &Asked, since: Time) -> Vec<Cause> {
    let Some(journal) = &asked.journal else { return Vec::new() };
    let entries = journal.since(since, None, ENTRIES).await.unwrap_or_default();
    let deploys = entries.into_iter().filter(|e| e.kind == Kind::Deploy).map(|e| {
        let name = e.body.title.unwrap_or_else(|| SafeText::new(e.subject.as_str()));
        cause(CauseKind::Deploy, &name, e.at, None, asked.now)
    });
    deploys.collect()
}
