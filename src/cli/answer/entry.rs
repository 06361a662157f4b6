//! An entry of the journal in an answer.

use serde::Serialize;

use crate::domain::{
    Time,
    entry::{Body, Entry, Kind, Subject},
    source::SourceName,
    text::SafeText,
};

#[derive(Debug, Serialize)]
pub struct EntryAnswer<'a> {
    id: &'a str,
    at: Time,
    recorded_at: Time,
    actor: &'a SafeText,
    kind: &'a Kind,
    subject: &'a Subject,
    body: &'a Body,
    source: Option<&'a SourceName>,
    hash: &'a str,
}

impl<'a> EntryAnswer<'a> {
    pub fn of(entry: &'a Entry) -> Self {
        Self {
            id: &entry.id,
            at: entry.at,
            recorded_at: entry.recorded_at,
            actor: &entry.actor,
            kind: &entry.kind,
            subject: &entry.subject,
            body: &entry.body,
            source: entry.source.as_ref(),
            hash: &entry.hash,
        }
    }
}
