//! `watchfire changes`: what was changed, and what fell over, as the journal has it and every source that can tell.
//!
//! A question leaves no trace: what a source tells that the journal has not is shown, and written by a cockpit.

use std::collections::HashSet;

use chrono::Duration;

use crate::{
    config::{Config, theme::Role},
    domain::{
        Time,
        change::Weight,
        duration,
        entry::{Body, Entry, Kind, NewEntry, Subject},
        source::{Description, SourceError, SourceName},
        text::SafeText,
    },
    runtime::{clock::Clock, once},
};

use super::{
    alerts::moment,
    answer::{Answer, SourceAnswer},
    args::{Global, Output},
    exit::{self, Exit},
    paper::Paper,
    start,
    table::{Cell, Table},
    timeline,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration::parse)]
    since: Duration,
    /// Of these kinds alone: deploy, rollback, crash
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,
    /// Of this service alone
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only what somebody meant: no crashes, no builds, no audit trail
    #[arg(long)]
    on_purpose: bool,
    /// Of the journal alone; no source is asked
    #[arg(long)]
    journal: bool,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let clock = start::clock(&config);
    let now = clock.now();
    let from = now.checked_sub_signed(args.since).unwrap_or(Time::UNIX_EPOCH);
    let asked = if args.journal { Vec::new() } else { asked(&config, from, clock).await };
    let mut told: Vec<Told> = written(&config, from).await?;
    add(&mut told, &asked, from);
    told.retain(|t| args.wants(t));
    told.sort_by(|a, b| (a.at, a.kind.as_str(), &a.title).cmp(&(b.at, b.kind.as_str(), &b.title)));
    say(global, &config, (&told, &asked), now)?;
    if told.is_empty() {
        let blind = asked.iter().any(|(_, told)| told.is_err());
        let none = if blind { "UNKNOWN: no change among what could be read" } else { "no change" };
        exit::tell(format_args!("watchfire: {none} since {}", moment(from)));
    }
    Ok(conclude(&asked, args.allow_partial))
}

impl Args {
    fn wants(&self, told: &Told) -> bool {
        let word = told.kind.change().map_or("", |w| w.as_str());
        let of_kind = self.kind.is_empty() || self.kind.iter().any(|k| k.eq_ignore_ascii_case(word));
        let of_service =
            self.service.as_ref().is_none_or(|s| told.service.as_ref().is_some_and(|own| own == s.as_str()));
        let meant = !self.on_purpose || told.meant;
        of_kind && of_service && meant
    }
}

/// A change as it is answered.
#[derive(Debug, serde::Serialize)]
struct Told {
    /// Its entry in the journal; null where no cockpit has written it yet.
    entry: Option<String>,
    at: Time,
    kind: Kind,
    #[serde(skip)]
    meant: bool,
    title: SafeText,
    service: Option<SafeText>,
    version: Option<SafeText>,
    by: SafeText,
    text: Option<SafeText>,
    url: Option<SafeText>,
    source: Option<SourceName>,
    /// The source's own id of it.
    id: Option<SafeText>,
}

impl Told {
    fn of(entry: &Entry) -> Self {
        Self {
            entry: Some(entry.id.clone()).filter(|id| !id.is_empty()),
            at: entry.at,
            kind: entry.kind.clone(),
            meant: entry.is_marker(),
            title: entry.body.title.clone().unwrap_or_default(),
            service: entry.changed_service(),
            version: entry.changed_to(),
            by: entry.actor.clone(),
            text: entry.body.text.clone(),
            url: entry.changed_url(),
            source: entry.source.clone(),
            id: entry.body.more.get("id").and_then(|v| v.as_str()).map(SafeText::new),
        }
    }

    /// What tells it from every other: the source's id, else all that it says.
    fn key(&self) -> (Option<SourceName>, String) {
        let said = || {
            format!("{}\u{1f}{}\u{1f}{}\u{1f}{:?}", self.at.timestamp_millis(), self.kind, self.title.raw(), self.text)
        };
        (self.source.clone(), self.id.as_ref().map_or_else(said, |id| format!("id:{}", id.raw())))
    }
}

type Answered = (Description, Result<Vec<NewEntry>, SourceError>);

/// Every source that can tell, at the same time.
async fn asked(config: &Config, from: Time, clock: Clock) -> Vec<Answered> {
    let sources = start::sources(config).await;
    let told = once::changes(&sources, from, clock).await;
    let entries = |about: &Description, changes: Vec<crate::domain::source::Change>| {
        changes.into_iter().map(|c| c.entry(Some(&about.name))).collect()
    };
    told.into_iter().map(|(about, told)| (about.clone(), told.map(|changes| entries(&about, changes)))).collect()
}

async fn written(config: &Config, from: Time) -> Result<Vec<Told>, Exit> {
    let Some(journal) = timeline::open(config).await? else { return Ok(Vec::new()) };
    let entries = journal.changes_since(from).await.map_err(|e| timeline::unread(&e))?;
    Ok(entries.iter().map(Told::of).collect())
}

/// What the sources tell and the journal has not.
fn add(told: &mut Vec<Told>, asked: &[Answered], from: Time) {
    let known: HashSet<_> = told.iter().map(Told::key).collect();
    let new = asked.iter().filter_map(|(_, told)| told.as_ref().ok()).flatten();
    let new = new.filter(|e| e.at >= from).map(|e| Told::of(&unwritten(e))).filter(|t| !known.contains(&t.key()));
    told.extend(new.collect::<Vec<_>>());
}

/// As it will be, once a cockpit writes it down.
fn unwritten(new: &NewEntry) -> Entry {
    Entry {
        id: String::new(),
        seq: 0,
        at: new.at,
        recorded_at: new.at,
        actor: new.actor.clone(),
        kind: new.kind.clone(),
        subject: Subject::new(new.subject.as_str()),
        body: Body { ..new.body.clone() },
        source: new.source.clone(),
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn say(global: &Global, config: &Config, (told, asked): (&[Told], &[Answered]), now: Time) -> Result<(), Exit> {
    let complete = asked.iter().all(|(_, told)| told.is_ok());
    let sources = asked.iter().map(|(about, told)| SourceAnswer::counted(about, told.as_ref().err())).collect();
    let (paper, wide) = (Paper::of(global, config), global.output == Output::Wide);
    let body: Vec<&Told> = told.iter().collect();
    let answer = Answer { noun: "changes", key: "changes", at: now, complete, sources, body };
    answer.say(global.output, || table(told, (wide, now), &paper))
}

fn table(told: &[Told], (wide, now): (bool, Time), paper: &Paper) -> String {
    if told.is_empty() {
        return String::new();
    }
    let more = ["SOURCE", "TEXT", "URL"];
    let head: Vec<&'static str> =
        ["AT", "AGO", "KIND", "SERVICE", "WHAT", "BY"].into_iter().chain(more.into_iter().filter(|_| wide)).collect();
    let mut table = Table::new(&head);
    if !wide {
        table = table.cut("WHAT", paper);
    }
    for t in told {
        let line = |text: &Option<SafeText>| text.as_ref().map_or("-".to_owned(), |t| t.line().into_owned());
        let mut cells: Vec<Cell<'_>> = vec![
            moment(t.at).into(),
            duration::age(t.at, now).into(),
            Cell::dyed(t.kind.change().map_or(String::new(), ToString::to_string), role(&t.kind)),
            line(&t.service).into(),
            t.title.line().into(),
            t.by.line().into(),
        ];
        if wide {
            let source = t.source.as_ref().map_or("-".to_owned(), ToString::to_string);
            cells.extend([source.into(), line(&t.text).into(), line(&t.url).into()]);
        }
        table.row(cells);
    }
    table.render(paper)
}

fn role(kind: &Kind) -> Role {
    match kind.change().map(crate::domain::change::Word::weight) {
        Some(Weight::Marker) => Role::Marker,
        Some(Weight::Crash) => Role::Warning,
        _ => Role::Dim,
    }
}

fn conclude(asked: &[Answered], allow_partial: bool) -> Exit {
    let mut end = Exit::Done;
    for (about, told) in asked {
        let Err(error) = told else { continue };
        exit::tell(format_args!("watchfire: the answer is incomplete: {}: {error}; {}", about.name, error.advice()));
        end = if allow_partial { Exit::Done } else { Exit::Incomplete };
    }
    end
}
