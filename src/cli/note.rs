//! `watchfire note`: a note in the journal. It needs no network but to find an alert by a part of its fingerprint.

use std::io::Read;

use crate::{
    app::world::ops::Note,
    app::world::{World, board::Row},
    config::Config,
    domain::{
        Time,
        entry::{Entry, Kind, Subject},
        incident::{IncidentId, Incidents, Tag},
        moment,
        op::Outcome,
        text::{RAW_MAX, SafeText},
    },
    journal::Journal,
    runtime::{Sources, clock::Clock},
};

use super::{
    answer::{Answer, entry::EntryAnswer},
    args::Global,
    ask::{Asked, Journalled},
    change,
    exit::{self, Exit},
    perform::Hands,
    pick, start,
    subject::{self, Named},
    timeline,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// An alert as SOURCE/FINGERPRINT or the first digits of its fingerprint, a budget as slo:ID, an incident, or watch; none
    /// with --kind
    #[arg(required_unless_present = "kind")]
    subject: Option<String>,
    /// The note; `-` reads standard input
    #[arg(required_unless_present = "kind")]
    text: Vec<String>,
    #[command(flatten)]
    change: change::Args,
    /// hypothesis, decision, impact or customer
    #[arg(long, value_name = "TAG", conflicts_with = "kind")]
    tag: Option<String>,
    /// When it was so, where that is not now: 10:15, 15m (ago), 2026-11-21T10:15
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// The incident it belongs to, where it is about something else
    #[arg(long, value_name = "ID", conflicts_with = "kind")]
    incident: Option<String>,
    /// Not a new note: another text for the one with this id (`timeline -o json` tells it)
    #[arg(long, value_name = "ENTRY", conflicts_with = "kind")]
    corrects: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    if args.change.kind.is_some() {
        return changed(global, args).await;
    }
    let text = text(&args.text)?;
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let named = subject::read(args.subject.as_deref().unwrap_or_default(), &config).map_err(exit::misused)?;
    let (subject, title) = match named {
        Named::Subject(subject) => (subject, None),
        Named::Incident(id) => incident(&config, &id).await?,
        Named::Fingerprint(digits) => found(config.clone(), &digits).await?,
    };
    let clock = start::clock(&config);
    let at = args.at.as_deref().map(|t| moment::parse(t, clock.now(), &Clock::local_zone()));
    let note = Note {
        tag: args.tag.as_deref().map(Tag::read).transpose().map_err(exit::misused)?,
        at: at.transpose().map_err(exit::misused)?,
        incident: match &args.incident {
            Some(id) => IncidentId::of(&incident(&config, id).await?.0),
            None => None,
        },
        corrects: args.corrects.clone(),
        ..Note::new(subject, title, &text)
    };
    if args.dry_run {
        exit::tell(format_args!("would write on {}: {}", note.subject, SafeText::new(&note.text).line()));
        return Ok(Exit::Done);
    }
    let entries = keep(&config, note, clock).await?;
    let body: Vec<EntryAnswer<'_>> = entries.iter().map(EntryAnswer::of).collect();
    let at = entries.first().map_or(Time::UNIX_EPOCH, |e| e.recorded_at);
    Answer::of_ours("note", "entries", at, body).say(global.output, || timeline::lines(&entries))?;
    Ok(Exit::Done)
}

/// All words are the text of a change: what it is about has an option.
async fn changed(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let words: Vec<String> = args.subject.iter().chain(&args.text).cloned().collect();
    let text = if words.is_empty() { String::new() } else { text(&words)? };
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    change::run(global, &config, &args.change, (&text, args.at.as_deref(), args.dry_run)).await
}

pub(super) fn text(words: &[String]) -> Result<String, Exit> {
    let text = match words {
        [dash] if dash == "-" => {
            let mut text = String::new();
            let read = std::io::stdin().lock().take(RAW_MAX as u64 + 1).read_to_string(&mut text);
            read.map_err(|e| exit::failed(format_args!("standard input cannot be read: {e}")))?;
            text
        }
        words => words.join(" "),
    };
    match text.trim_end() {
        text if text.trim().is_empty() => Err(exit::misused("an empty note says nothing")),
        text if text.len() > RAW_MAX => Err(exit::misused(format_args!("a note has at most {RAW_MAX} bytes"))),
        text => Ok(text.to_owned()),
    }
}

/// The one alert on the board whose fingerprint begins so.
async fn found(config: Config, digits: &str) -> Result<(Subject, Option<SafeText>), Exit> {
    if !config.has_sources() {
        return Err(super::open::no_source(&config));
    }
    let asked = Asked::with(config, Journalled::Read).await;
    let begins = |r: &&Row| r.id.fingerprint.as_str().to_ascii_lowercase().starts_with(digits);
    let rows: Vec<&Row> = asked.world.board.iter().filter(begins).collect();
    match rows[..] {
        [row] => Ok((Subject::alert(&row.id), Some(row.name().clone()))),
        [] => Err(pick::nothing(&asked, &format!("no alert has a fingerprint that begins with {digits}"))),
        _ => {
            let ids: Vec<String> = rows.iter().map(|r| format!("{} ({})", r.id, r.name().line())).collect();
            Err(exit::misused(format_args!("{digits} may be any of: {}", ids.join(", "))))
        }
    }
}

/// The incident that is meant, and what it is called.
async fn incident(config: &Config, text: &str) -> Result<(Subject, Option<SafeText>), Exit> {
    let entries = match timeline::open(config).await? {
        Some(journal) => journal.incidents().await.map_err(|e| timeline::unread(&e))?,
        None => Vec::new(),
    };
    let all = Incidents::of(&entries);
    let one = all.find(text).map_err(exit::misused)?;
    Ok((one.id.subject(), Some(one.title.clone())))
}

/// The note that is to be corrected must be there, and the correction is about what it is about.
async fn corrected(journal: &Journal, note: Note) -> Result<Note, Exit> {
    let Some(id) = &note.corrects else { return Ok(note) };
    let before = journal.entry(id).await.map_err(|e| timeline::unread(&e))?;
    match before.filter(|e| e.kind == Kind::NoteAdded) {
        Some(before) => Ok(Note { subject: before.subject, title: before.body.title, ..note }),
        None => Err(exit::misused(format_args!(
            "no note has the id `{}`; `watchfire timeline -o json` tells the ids",
            SafeText::new(id).line()
        ))),
    }
}

async fn keep(config: &Config, note: Note, clock: Clock) -> Result<Vec<Entry>, Exit> {
    let journal = Journal::open(&config.journal.path).await.map_err(|e| timeline::unkept(&e))?;
    let sources = Sources::new();
    let note = corrected(&journal, note).await?;
    let mut world = World::new(start::setup(config, &sources, clock.now()));
    let title = match note.title {
        None => title_before(&journal, &note.subject).await,
        title => title,
    };
    let effects = world.note(clock.now(), Note { title, ..note }, &[], None);
    let ended = Hands { world: &mut world, sources: &sources, journal: &journal, clock }.perform(effects).await;
    let kept = match ended {
        Some(ended) => match ended.outcome {
            Outcome::Confirmed { .. } | Outcome::Otherwise { .. } => Ok(ended.entries),
            Outcome::Refused { why } | Outcome::Unknown { why } => Err(exit::failed(why.line())),
        },
        None => Err(exit::failed("the note was not kept")),
    };
    // It is written: that the file could not be closed tidily changes nothing.
    let _ = journal.close().await;
    kept
}

/// What the journal last called the subject.
async fn title_before(journal: &Journal, subject: &Subject) -> Option<SafeText> {
    let entries = journal.since(Time::UNIX_EPOCH, Some(subject), 1).await.ok()?;
    entries.into_iter().next()?.body.title
}
