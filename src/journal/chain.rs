//! The hash chain: every entry names the one before it, so that an edit, a removal or a swap shows.
//!
//! Honest limit: who can write the file can also write a new chain; only a copy of the head kept elsewhere tells.
//!
//! # The canonical record
//!
//! A JSON array of the stored columns, in this order, without white space, as `serde_json` writes it:
//!
//! ```text
//! [id, at, recorded_at, actor, kind, subject, source, once, body]
//! ```
//!
//! `at` and `recorded_at` are integers, microseconds since 1970-01-01 UTC; `source` and `once` are a string or `null`;
//! `body` is the stored JSON *text* (a string, not an object), so that no reader's idea of a body changes the hash.
//! `hash` is SHA-256 over `prev_hash` (64 lower-case hexadecimal digits, as ASCII) followed by the record (UTF-8), as
//! 64 lower-case hexadecimal digits. The first entry's `prev_hash` is [`GENESIS`].

use ring::digest::{Context, SHA256};

/// What stands before the first entry: 64 zeros.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry as its columns hold it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) recorded_at: i64,
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) source: Option<String>,
    pub(super) once: Option<String>,
    pub(super) body: String,
}

impl Record {
    pub(super) fn canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&(
            &self.id,
            self.at,
            self.recorded_at,
            &self.actor,
            &self.kind,
            &self.subject,
            &self.source,
            &self.once,
            &self.body,
        ))
    }

    pub(super) fn hash(&self, prev_hash: &str) -> Result<String, serde_json::Error> {
        let mut sum = Context::new(&SHA256);
        sum.update(prev_hash.as_bytes());
        sum.update(self.canonical()?.as_bytes());
        Ok(hex(sum.finish().as_ref()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A record with its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link {
    pub(super) seq: i64,
    pub(super) record: Record,
    pub(super) prev_hash: String,
    pub(super) hash: String,
}

/// The chain holds: this many entries, and the hash of the last one ([`GENESIS`] where there is none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub entries: u64,
    pub head: String,
}

/// The first place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq}: {why}")]
pub struct Broken {
    pub seq: i64,
    pub why: &'static str,
}

/// Walks the chain link by link.
pub(super) struct Walk {
    entries: u64,
    last: i64,
    head: String,
}

impl Walk {
    pub(super) fn new() -> Self {
        Self { entries: 0, last: 0, head: GENESIS.to_owned() }
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }

    pub(super) fn step(&mut self, link: &Link) -> Result<(), Broken> {
        let broken = |why| Err(Broken { seq: link.seq, why });
        if link.seq != self.last + 1 {
            return broken("entries before it are missing");
        }
        if link.prev_hash != self.head {
            return broken("it does not follow the entry before it");
        }
        if link.record.hash(&link.prev_hash).ok().as_ref() != Some(&link.hash) {
            return broken("its content is not what was written");
        }
        self.entries += 1;
        self.last = link.seq;
        self.head.clone_from(&link.hash);
        Ok(())
    }

    /// `highest` is the highest number the engine ever gave to an entry.
    pub(super) fn end(self, highest: i64) -> Result<Verified, Broken> {
        if highest > self.last {
            return Err(Broken { seq: self.last + 1, why: "it and any after it are missing" });
        }
        Ok(Verified { entries: self.entries, head: self.head })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record() -> Record {
        Record {
            id: "e1".to_owned(),
            at: 1,
            recorded_at: 2,
            actor: "ana".to_owned(),
            kind: "note.added".to_owned(),
            subject: "watch".to_owned(),
            source: None,
            once: None,
            body: r#"{"text":"a\nb"}"#.to_owned(),
        }
    }

    #[test]
    fn the_canonical_record_and_its_hash_never_change() {
        let canonical = record().canonical().unwrap();
        assert_eq!(canonical, r#"["e1",1,2,"ana","note.added","watch",null,null,"{\"text\":\"a\\nb\"}"]"#);
        // printf '%s%s' "$(printf '0%.0s' {1..64})" "$canonical" | sha256sum
        let hash = "46fb813f34ab77bd7cd62015f60f169402d93d4b2f6df925c8ac18994881579d";
        assert_eq!(record().hash(GENESIS).unwrap(), hash);
    }

    proptest! {
        /// One text for one record, and no text for two: the fields can be read back from it.
        #[test]
        fn the_canonical_record_tells_every_field(
            texts in prop::array::uniform4(".*"), kind in ".*", numbers in any::<(i64, i64)>(),
            source in prop::option::of(".*"), once in prop::option::of(".*"),
        ) {
            let [id, actor, subject, body] = texts;
            let record = Record {
                id, at: numbers.0, recorded_at: numbers.1, actor, kind, subject, source, once, body,
            };
            let canonical = record.canonical().unwrap();
            type Fields = (String, i64, i64, String, String, String, Option<String>, Option<String>, String);
            let read: Fields = serde_json::from_str(&canonical).unwrap();
            let (id, at, recorded_at, actor, kind, subject, source, once, body) = read;
            prop_assert_eq!(&Record { id, at, recorded_at, actor, kind, subject, source, once, body }, &record);
            prop_assert_eq!(record.canonical().unwrap(), canonical);
        }
    }
}
