//! What a frame of an open budget needs and is dear to work out: what happened, and what burned it. Worked out once, and
//! anew when the counts, the board, the journal or ten seconds have moved on.
//!
//! A cursor that runs along the graph asks for it with every key; it only depends on what is known.

use std::sync::{Arc, Mutex};

use crate::domain::{
    Time,
    slo::{
        BudgetRow, Slo,
        account::{Account, account},
        assess::Assessment,
        history::History,
    },
};

use super::{World, causes::causes, happened::Event};

/// Seconds for which what lasts until now may be told with the same length.
const FRESH: i64 = 10;

/// Everything about one budget that does not depend on how it is looked at.
#[derive(Debug)]
pub struct Retold {
    pub happened: Vec<Event>,
    /// None where it was not counted.
    pub account: Option<Account>,
}

/// On what it stands: what is equal was told from the same.
#[derive(Debug)]
struct Key {
    /// Replaced with every change, and held here so that no other can lie where it lay.
    slo: Arc<Slo>,
    history: Arc<History>,
    numbers: Option<Arc<Assessment>>,
    others: Others,
}

#[derive(Debug, PartialEq, Eq)]
struct Others {
    board: u64,
    /// How many entries, the oldest and the newest.
    journal: (usize, Option<i64>, Option<i64>),
    now: i64,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        let numbers = match (&self.numbers, &other.numbers) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        numbers
            && Arc::ptr_eq(&self.slo, &other.slo)
            && Arc::ptr_eq(&self.history, &other.history)
            && self.others == other.others
    }
}

/// The last one that was told.
#[derive(Debug, Default)]
pub struct Memo(Mutex<Option<(Key, Arc<Retold>)>>);

impl World {
    /// What there is to tell of a budget now.
    pub fn retold(&self, row: &BudgetRow, now: Time) -> Arc<Retold> {
        let key = self.key(row, now);
        let Ok(mut kept) = self.budgets.memo.0.lock() else { return Arc::new(self.told_anew(row, now)) };
        if let Some((_, told)) = kept.as_ref().filter(|(known, _)| *known == key) {
            return told.clone();
        }
        let told = Arc::new(self.told_anew(row, now));
        *kept = Some((key, told.clone()));
        told
    }

    fn told_anew(&self, row: &BudgetRow, now: Time) -> Retold {
        let happened = self.happened(&row.slo);
        let told = causes(&happened, now);
        let account = row.numbers().map(|n| account(&row.slo, &row.history, n, &told, &self.budgets.policy));
        Retold { happened, account }
    }

    fn key(&self, row: &BudgetRow, now: Time) -> Key {
        let entries = &self.timeline.entries;
        let others = Others {
            board: self.board.version,
            journal: (entries.len(), entries.front().map(|e| e.seq), entries.back().map(|e| e.seq)),
            now: now.timestamp().div_euclid(FRESH),
        };
        Key { slo: row.slo.clone(), history: row.history.clone(), numbers: row.numbers.clone(), others }
    }
}
