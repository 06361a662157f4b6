//! The bytes of one file: `WFCOUNTS`, a version, the SHA-256 of all that follows; then the hash of what is counted, when it
//! was counted, and each tier. Numbers are little-endian, and counts keep every bit.

use ring::digest::{SHA256, digest};

use super::Kept;
use crate::domain::{
    Time,
    slo::{history::History, series},
};

const MAGIC: &[u8; 8] = b"WFCOUNTS";
const VERSION: u8 = 1;
/// Magic, version, checksum.
const HEAD: usize = 8 + 1 + 32;
/// Seconds that the clock may have been set back since it was written.
const AHEAD: i64 = 300;

pub(super) fn encode(identity: &str, counted_at: Time, tiers: &[series::Kept]) -> Vec<u8> {
    let mut body = digest(&SHA256, identity.as_bytes()).as_ref().to_vec();
    body.extend(counted_at.timestamp().to_le_bytes());
    for tier in tiers {
        for number in [tier.step, tier.latest, tier.first, i64::try_from(tier.asked.len()).unwrap_or(0)] {
            body.extend(number.to_le_bytes());
        }
        for ((asked, bad), total) in tier.asked.iter().zip(&tier.bad).zip(&tier.total) {
            body.push(*asked);
            body.extend(bad.unwrap_or(f64::NAN).to_le_bytes());
            body.extend(total.unwrap_or(f64::NAN).to_le_bytes());
        }
    }
    [&MAGIC[..], &[VERSION], digest(&SHA256, &body).as_ref(), &body].concat()
}

/// # Errors
/// What is wrong with it.
pub(super) fn decode(bytes: &[u8], identity: &str, now: Time) -> Result<Kept, &'static str> {
    let (head, body) = bytes.split_at_checked(HEAD).ok_or("it is cut off")?;
    if head[..8] != *MAGIC || head[8] != VERSION {
        return Err("it is of another version");
    }
    if head[9..] != *digest(&SHA256, body).as_ref() {
        return Err("it is damaged");
    }
    let mut rest = Bytes(body);
    if rest.take(32) != Some(digest(&SHA256, identity.as_bytes()).as_ref()) {
        return Err("it holds the counts of something else");
    }
    let counted_at = rest.integer().and_then(|s| Time::from_timestamp(s, 0)).ok_or("it has no time")?;
    let mut tiers = Vec::new();
    while !rest.0.is_empty() {
        tiers.push(rest.tier().ok_or("it ends too early")?);
    }
    let latest = tiers.iter().map(|t| t.latest).max().unwrap_or(i64::MIN).max(counted_at.timestamp());
    if latest > now.timestamp() + AHEAD {
        return Err("it comes from the future");
    }
    Ok(Kept { history: History::import(&tiers), counted_at })
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn integer(&mut self) -> Option<i64> {
        Some(i64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn count(&mut self) -> Option<Option<f64>> {
        let number = f64::from_le_bytes(self.take(8)?.try_into().ok()?);
        Some((!number.is_nan()).then_some(number))
    }

    fn tier(&mut self) -> Option<series::Kept> {
        let [step, latest, first, n] = [self.integer()?, self.integer()?, self.integer()?, self.integer()?];
        let n = usize::try_from(n).ok().filter(|n| *n <= self.0.len() / 17)?;
        let mut tier = series::Kept { step, latest, first, bad: Vec::new(), total: Vec::new(), asked: Vec::new() };
        for _ in 0..n {
            tier.asked.push(self.take(1)?[0]);
            tier.bad.push(self.count()?);
            tier.total.push(self.count()?);
        }
        Some(tier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Bucket, BucketSpan};

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).unwrap()
    }

    fn history() -> History {
        let mut history = History::default();
        for step in [300, 3_600] {
            let ends = (1..=24).map(|k| k * step);
            let third = |end| (end % 7 != 0).then_some(0.1 + 0.2 * end as f64);
            let buckets = ends.map(|end| Bucket { end, bad: third(end), total: third(end + 1) });
            history.answer(BucketSpan { from: 0, to: 24 * step, step }, buckets);
        }
        history
    }

    #[test]
    fn every_count_comes_back_to_the_last_bit() {
        let bytes = encode("a", at(90_000), &history().export());
        let kept = decode(&bytes, "a", at(90_001)).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((kept.history, kept.counted_at), (history(), at(90_000)));
    }

    #[test]
    fn nothing_that_is_damaged_is_believed() {
        let bytes = encode("a", at(90_000), &history().export());
        for place in (0..bytes.len()).step_by(41) {
            let mut broken = bytes.clone();
            broken[place] ^= 1;
            assert!(decode(&broken, "a", at(90_001)).is_err(), "byte {place}");
            assert!(decode(&bytes[..place], "a", at(90_001)).is_err(), "cut at {place}");
        }
        assert!(decode(&bytes, "b", at(90_001)).is_err(), "the counts of something else");
        assert!(decode(&bytes, "a", at(80_000)).is_err(), "from the future");
    }
}
