//! `watchfire timeline`: what the journal has. Needs no source and no network.

use chrono::Duration;

use crate::{
    config::Config,
    domain::{
        Time, duration,
        entry::{Entry, Subject},
        incident::{BEFORE, Clues, Corrections, Incidents, Line, earlier, later},
    },
    journal::{Journal, JournalError},
    ui::timeline::{told, word},
};

use super::{
    alerts::moment,
    answer::{Answer, entry::EntryAnswer},
    args::Global,
    exit::{self, Exit},
    start,
    subject::{self, Named},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration::parse)]
    since: Duration,
    /// About this alone: SOURCE/FINGERPRINT, the first digits of a fingerprint, slo:ID, source:NAME, watch; of an
    /// incident also what was about its alerts and budgets
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// At most this many, the newest
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Leave out what machines wrote
    #[arg(long)]
    fold: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let about = args.subject.as_deref().map(|s| subject::read(s, &config)).transpose().map_err(exit::misused)?;
    let now = start::clock(&config).now();
    let from = now.checked_sub_signed(args.since).unwrap_or(Time::UNIX_EPOCH);
    let mut entries = match open(&config).await? {
        Some(journal) => read(&journal, (from, now), about.as_ref(), args.limit).await?,
        None => Vec::new(),
    };
    if args.fold {
        entries.retain(|e| !e.is_of_a_machine());
    }
    let body: Vec<EntryAnswer<'_>> = entries.iter().map(EntryAnswer::of).collect();
    Answer::of_ours("timeline", "entries", now, body).say(global.output, || lines(&entries))?;
    if entries.len() == args.limit as usize {
        exit::tell(format_args!("watchfire: these are the newest {}; --limit shows more", args.limit));
    }
    if entries.is_empty() {
        exit::tell(format_args!("watchfire: nothing was written down since {}", moment(from)));
    }
    Ok(Exit::Done)
}

/// The journal, where there is one.
///
/// # Errors
/// After saying why it cannot be opened.
pub async fn open(config: &Config) -> Result<Option<Journal>, Exit> {
    match exists(config) {
        true => Journal::open(&config.journal.path).await.map(Some).map_err(|e| unread(&e)),
        false => Ok(None),
    }
}

/// One that cannot even be looked for counts as there: opening it says why.
pub fn exists(config: &Config) -> bool {
    config.journal.path.try_exists().unwrap_or(true)
}

async fn read(
    journal: &Journal,
    (from, now): (Time, Time),
    about: Option<&Named>,
    limit: u32,
) -> Result<Vec<Entry>, Exit> {
    if let Some(Named::Incident(id)) = about {
        return of_incident(journal, id, (from, now)).await;
    }
    about_one(journal, from, about, limit).await.map_err(|e| unread(&e))
}

/// What belongs to the timeline of an incident, since a moment.
async fn of_incident(journal: &Journal, id: &str, (since, now): (Time, Time)) -> Result<Vec<Entry>, Exit> {
    let said = journal.incidents().await.map_err(|e| unread(&e))?;
    let all = Incidents::of(&said);
    let incident = all.find(id).map_err(exit::misused)?;
    let (from, to) = incident.span(&Clues::of(incident, &said));
    let span = (earlier(from, BEFORE), later(to.unwrap_or(now), BEFORE));
    let ids: Vec<String> = incident.entries.iter().map(|id| id.raw().to_owned()).collect();
    let entries = journal.story(&incident.id.subject(), (&incident.subjects(), &ids), span, u32::MAX).await;
    let entries = entries.map_err(|e| unread(&e))?;
    let lines = incident.story(&entries.iter().collect::<Vec<_>>(), &Clues::of(incident, &entries), now);
    Ok(lines.iter().filter(|l| l.entry.at >= since).map(|l| l.entry.clone()).collect())
}

async fn about_one(
    journal: &Journal,
    from: Time,
    about: Option<&Named>,
    limit: u32,
) -> Result<Vec<Entry>, JournalError> {
    match about {
        None | Some(Named::Incident(_)) => journal.since(from, None, limit).await,
        Some(Named::Subject(subject)) => journal.since(from, Some(subject), limit).await,
        Some(Named::Fingerprint(digits)) => {
            let mut entries = journal.since(from, None, u32::MAX).await?;
            entries.retain(|e| begins_with(&e.subject, digits));
            entries.drain(..entries.len().saturating_sub(limit as usize));
            Ok(entries)
        }
    }
}

fn begins_with(subject: &Subject, digits: &str) -> bool {
    let alert = subject.as_str().strip_prefix("alert:").and_then(|id| id.rsplit_once('/'));
    alert.is_some_and(|(_, fingerprint)| fingerprint.to_ascii_lowercase().starts_with(digits))
}

/// Entries as lines: when, what, and the sentence the cockpit says.
pub fn lines(entries: &[Entry]) -> String {
    let corrections = Corrections::of(entries);
    let line = |entry: &Entry| {
        let (word, _) = word(&entry.kind);
        let word = if word.is_empty() { entry.kind.to_string() } else { word.to_owned() };
        format!("{}  {word:<9} {}\n", moment(entry.at), told(&Line::of(entry, &corrections)))
    };
    entries.iter().map(line).collect()
}

pub fn unread(error: &JournalError) -> Exit {
    exit::failed(format_args!("{error}; {}", error.advice()))
}

pub fn unkept(error: &JournalError) -> Exit {
    exit::failed(format_args!("nothing was written down: {error}; {}", error.advice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_digits_name_an_alert_and_nothing_else() {
        let begins = |subject: &str| begins_with(&Subject::new(subject), "3f0a");
        assert!(begins("alert:prod/3F0a11"));
        assert!(!begins("alert:3f0a/11") && !begins("slo:3f0a") && !begins("watch"));
    }
}
