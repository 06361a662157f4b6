//! Makes up for what resolved while nobody watched: an alert that the journal last knew as firing and that its source no
//! longer tells gets its end, with the honest span. In a task and on a connection of its own, a page at a time.

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::effect::Absence,
    domain::{
        Time,
        entry::{Body, Entry, Kind, LAST_KNOWN, NewEntry, turn_once},
        text::SafeText,
    },
    journal::{Journal, JournalError},
};

use super::{clock::Clock, journal::on_disk};

/// Firings that are read in one go.
const PAGE: u32 = 1_000;
/// How long ago an alert may have begun whose end is made up for.
const REACH: chrono::Duration = chrono::Duration::days(90);

/// Writes the ends of one source's alerts that are no longer told. What fails is tried again by the next start.
pub async fn run(path: PathBuf, absence: Absence, clock: Clock) {
    let told = on_disk(async move { write(&path, &absence, clock).await }).await;
    if let Some(Err(error)) = told {
        tracing::warn!("what resolved while nobody watched could not be written down: {error}");
    }
}

async fn write(path: &std::path::Path, absence: &Absence, clock: Clock) -> Result<(), JournalError> {
    let journal = Arc::new(Journal::open(path).await?);
    let lost = journal.lost_since(&absence.source, absence.began).await?;
    let mut after = 0;
    loop {
        let since = absence.asked_at - REACH;
        let page = journal.unresolved(&absence.source, (since, absence.began), after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        let ends: Vec<NewEntry> =
            page.iter().filter(|e| !absence.is_told(&e.subject)).map(|e| end(e, absence, lost)).collect();
        journal.append(&ends, clock.now()).await?;
    }
}

/// The end of an alert that nobody saw. It fired at the last moment at which somebody watched its source, and no more when it
/// was asked for now.
fn end(fired: &Entry, absence: &Absence, lost: Option<Time>) -> NewEntry {
    let watched = absence.watched_until.map(|until| lost.map_or(until, |lost| lost.min(until)));
    let known = watched.map_or(fired.recorded_at, |until| until.max(fired.recorded_at)).min(absence.asked_at);
    let began = fired.body.starts_at.unwrap_or(fired.at);
    let shown = |at: Time| at.format("%d.%m. %H:%M").to_string();
    let text = format!("nobody watched: between {} and {} UTC", shown(known), shown(absence.asked_at));
    let more = [(LAST_KNOWN.to_owned(), known.to_rfc3339().into())];
    NewEntry {
        at: absence.asked_at,
        actor: fired.actor.clone(),
        kind: Kind::AlertResolved,
        subject: fired.subject.clone(),
        source: fired.source.clone(),
        body: Body {
            title: fired.body.title.clone(),
            text: Some(SafeText::new(&text)),
            severity: fired.body.severity,
            starts_at: Some(began),
            more: fired.body.more.clone().into_iter().chain(more).collect(),
            ..Body::default()
        },
        once: Some(turn_once(&Kind::AlertResolved, &fired.subject, began)),
    }
}
