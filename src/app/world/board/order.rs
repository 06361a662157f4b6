//! Where a row stands: the order of the board, kept by moving only what moved.

use std::cmp::{Ordering, Reverse};

use crate::domain::{Time, alert::Severity};

/// A row's place in memory: it stays the same for as long as the row is on the board, wherever the row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(super) u32);

impl Slot {
    pub(crate) const FIRST: Self = Self(0);
    pub(crate) const LAST: Self = Self(u32::MAX);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Part of the board, severity, newest first. What is equal here stands in the order of identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub part: u8,
    pub severity: Severity,
    pub began: Reverse<Time>,
}

/// Merges `new` into `list`; both are in order, and so is what comes of it.
pub(super) fn merge<T: Copy>(list: &mut Vec<T>, new: &[T], order: impl Fn(T, T) -> Ordering) {
    let Some(filler) = new.first() else { return };
    let mut end = list.len();
    if list.capacity() - end < new.len() {
        list.reserve_exact(new.len() + end / 16);
    }
    list.resize(end + new.len(), *filler);
    for (before, one) in new.iter().enumerate().rev() {
        let at = list[..end].partition_point(|other| order(*other, *one) == Ordering::Less);
        list.copy_within(at..end, at + before + 1);
        list[at + before] = *one;
        end = at;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merging_is_sorting(mut list: Vec<u16>, mut new: Vec<u16>) {
            list.sort_unstable();
            new.sort_unstable();
            let mut all = [list.clone(), new.clone()].concat();
            all.sort_unstable();
            merge(&mut list, &new, |a, b| a.cmp(&b));
            prop_assert_eq!(list, all);
        }
    }
}
