//! Between the columns and the nouns. Lenient on reading: a row that somebody damaged is still a row.

use serde_json::{Map, Value};
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

use super::chain::{Link, Record};
use crate::domain::{
    Time,
    entry::{Body, Entry, Kind, NewEntry, Subject},
    source::SourceName,
    text::SafeText,
};

/// The columns of an entry in the order [`link`] reads them.
macro_rules! columns {
    () => {
        "seq, id, at, recorded_at, actor, kind, subject, source, once, body, prev_hash, hash"
    };
}
pub(super) use columns;

/// Microseconds since 1970-01-01 UTC: the resolution of the journal.
pub(super) fn micros(time: Time) -> i64 {
    time.timestamp_micros()
}

/// A number no calendar holds (a damaged row) reads as 1970.
pub(super) fn time(micros: i64) -> Time {
    Time::from_timestamp_micros(micros).unwrap_or_default()
}

pub(super) fn record(new: &NewEntry, now: Time) -> Result<Record, serde_json::Error> {
    Ok(Record {
        id: Uuid::new_v4().to_string(),
        at: micros(new.at),
        recorded_at: micros(now),
        actor: new.actor.raw().to_owned(),
        kind: new.kind.as_str().to_owned(),
        subject: new.subject.as_str().to_owned(),
        source: new.source.as_ref().map(|s| s.as_str().to_owned()),
        once: new.once.clone(),
        body: serde_json::to_string(&new.body)?,
    })
}

pub(super) fn link(row: &SqliteRow) -> Result<Link, sqlx::Error> {
    let record = Record {
        id: text(row, 1)?.unwrap_or_default(),
        at: row.try_get_unchecked(2)?,
        recorded_at: row.try_get_unchecked(3)?,
        actor: text(row, 4)?.unwrap_or_default(),
        kind: text(row, 5)?.unwrap_or_default(),
        subject: text(row, 6)?.unwrap_or_default(),
        source: text(row, 7)?,
        once: text(row, 8)?,
        body: text(row, 9)?.unwrap_or_default(),
    };
    let prev_hash = text(row, 10)?.unwrap_or_default();
    Ok(Link { seq: row.try_get_unchecked(0)?, record, prev_hash, hash: text(row, 11)?.unwrap_or_default() })
}

/// Bytes that are no UTF-8 are replaced: the chain then tells that the row was changed.
pub(super) fn text(row: &SqliteRow, at: usize) -> Result<Option<String>, sqlx::Error> {
    let bytes: Option<Vec<u8>> = row.try_get_unchecked(at)?;
    Ok(bytes.map(|b| String::from_utf8_lossy(&b).into_owned()))
}

pub(super) fn entry(link: Link) -> Entry {
    let Link { seq, record, prev_hash, hash } = link;
    Entry {
        id: record.id,
        seq,
        at: time(record.at),
        recorded_at: time(record.recorded_at),
        actor: SafeText::new(&record.actor),
        kind: Kind::read(&record.kind),
        subject: Subject::new(&record.subject),
        body: body(&record.body),
        source: record.source.as_deref().map(SourceName::new),
        prev_hash,
        hash,
    }
}

/// A field that a newer version writes in its own way is kept as it is, under its name, in `more`.
fn body(text: &str) -> Body {
    if let Ok(body) = serde_json::from_str(text) {
        return body;
    }
    let (mut known, mut strange) = (Map::new(), Map::new());
    for (name, value) in fields(text) {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        let side = if serde_json::from_value::<Body>(Value::Object(alone)).is_ok() { &mut known } else { &mut strange };
        side.insert(name, value);
    }
    let mut body: Body = serde_json::from_value(Value::Object(known)).unwrap_or_default();
    body.more.append(&mut strange);
    body
}

fn fields(text: &str) -> Map<String, Value> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::from_iter([("unreadable".to_owned(), Value::String(text.to_owned()))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_newer_version_hides_no_other_and_survives() {
        let text = r#"{"title":"Disk","severity":"sev0","via":"pager","page":7}"#;
        let read = body(text);
        assert_eq!(read.title.as_ref().map(SafeText::raw), Some("Disk"));
        assert_eq!((read.severity, read.via), (None, None));
        let again: Value = serde_json::to_value(&read).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_damaged_body_is_shown_as_what_it_is() {
        assert_eq!(body("{\"ti").more["unreadable"], Value::String("{\"ti".to_owned()));
    }
}
