//! What each item of a list was read as, by the bytes it stood in: what has not changed is not read again.
//!
//! Knows no vendor and no JSON.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hasher},
};

use foldhash::quality::RandomState;

/// Two hashes of an item's bytes with seeds that no server knows, and as such not to be forged. Of a million items in a
/// year of polls, two share 128 bits with a probability below 1e-20: less than that of a wrong bit in memory.
type Key = u128;

/// The items of the last reading.
pub(super) struct Recall<T> {
    known: HashMap<Key, (u32, T), BuildHasherDefault<Hashed>>,
    seeds: [RandomState; 2],
    round: u32,
    /// False where nobody will ask again.
    keeps: bool,
}

impl<T> Default for Recall<T> {
    fn default() -> Self {
        Self { known: HashMap::default(), seeds: Default::default(), round: 0, keeps: true }
    }
}

impl<T> Recall<T> {
    /// One that reads everything anew.
    pub(super) fn of_nothing() -> Self {
        Self { keeps: false, ..Self::default() }
    }
}

impl<T: Clone> Recall<T> {
    /// Begins a reading; its number goes with every item of it.
    pub(super) fn begin(&mut self) -> u32 {
        self.round = self.round.wrapping_add(1);
        self.round
    }

    /// What these bytes are: as before, or read anew.
    ///
    /// # Errors
    /// What `read` answers.
    pub(super) fn item<E>(&mut self, round: u32, bytes: &[u8], read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.keeps {
            return read();
        }
        let [one, two] = self.seeds.each_ref().map(|seed| u128::from(seed.hash_one(bytes)));
        let key = one << 64 | two;
        if let Some((seen, known)) = self.known.get_mut(&key) {
            *seen = round;
            return Ok(known.clone());
        }
        let new = read()?;
        self.known.insert(key, (round, new.clone()));
        Ok(new)
    }

    /// Ends a reading that was whole: what it did not bring is forgotten.
    pub(super) fn end(&mut self, round: u32) {
        self.known.retain(|_, (seen, _)| *seen == round);
        if self.known.capacity() > 4 * self.known.len() + 1024 {
            self.known.shrink_to_fit();
        }
    }
}

/// The keys are hashes already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "the low half is a whole hash")]
    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_read_once_and_forgotten_once_they_are_gone() {
        let mut recall = Recall::default();
        let mut reads = Vec::new();
        for list in [["a", "b"], ["b", "a"], ["b", "c"], ["a", "b"]] {
            let round = recall.begin();
            for item in list {
                let read = || {
                    reads.push(item);
                    Ok::<_, ()>(item.to_uppercase())
                };
                assert_eq!(recall.item(round, item.as_bytes(), read), Ok(item.to_uppercase()));
            }
            recall.end(round);
        }
        assert_eq!(reads, ["a", "b", "c", "a"]);
        assert_eq!(recall.known.len(), 2);
    }

    #[test]
    fn a_reading_that_broke_off_forgets_nothing_and_what_could_not_be_read_is_tried_again() {
        let mut recall: Recall<u8> = Recall::default();
        let round = recall.begin();
        assert_eq!(recall.item(round, b"a", || Err("no")), Err("no"));
        assert_eq!(recall.item(round, b"a", || Ok::<_, &str>(1)), Ok(1));
        recall.end(round);
        recall.begin();
        let round = recall.begin();
        assert_eq!(recall.item(round, b"a", || Err("not asked")), Ok(1));
    }
}
