//! The world for one command: the configuration, every source asked once, and the journal as it is.

use std::collections::BTreeMap;

use crate::{
    app::world::World,
    config::Config,
    domain::{Time, acks::journal_acks, entry::Subject, text::SafeText},
    journal::{Journal, JournalError},
    runtime::{Sources, clock::Clock, once},
};

use super::{
    answer::{Answer, SourceAnswer, trouble},
    args::Global,
    exit::{self, Exit},
    open, start, timeline,
};

/// What a command wants of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journalled {
    /// What is in it, where there is one.
    Read,
    /// To write in it; it is made where there is none.
    Write,
}

/// All that a command knows.
pub struct Asked {
    pub config: Config,
    pub sources: Sources,
    pub clock: Clock,
    /// When everything was known.
    pub now: Time,
    pub world: World,
    pub journal: Option<Journal>,
    /// Notes by subject; none where the journal could not be read.
    pub notes: Option<BTreeMap<Subject, u64>>,
}

impl Asked {
    /// Asks every source, all at the same time.
    ///
    /// # Errors
    /// After telling what is wrong with the configuration, or that it names no source.
    pub async fn of(global: &Global, wants: Journalled) -> Result<Self, Exit> {
        let config = configured(global)?;
        Ok(Self::with(config, wants).await)
    }

    /// The same on a configuration that was read.
    pub async fn with(config: Config, wants: Journalled) -> Self {
        let clock = start::clock(&config);
        let sources = start::sources(&config).await;
        let setup = start::setup(&config, &sources, clock.now());
        let (mut world, opened) = tokio::join!(once::world(setup, &sources, clock), journal(&config, wants));
        start::equip(&mut world, &config);
        let mut asked =
            Self { config, sources, clock, now: clock.now(), world, journal: None, notes: Some(BTreeMap::new()) };
        asked.world.silencing.rules = start::silence_rules(&asked.config);
        asked.world.correlate(asked.config.correlations.clone());
        asked.take(opened, wants).await;
        asked
    }

    /// What the journal adds: acks that live in it alone, notes, and whether it can be written.
    async fn take(&mut self, opened: Option<Result<Journal, JournalError>>, wants: Journalled) {
        let read = match opened {
            None => return,
            Some(Ok(journal)) => {
                let fault = journal.refusal().filter(|_| wants == Journalled::Write);
                self.world.journal_fault = fault.map(said);
                let read = self.read(&journal).await;
                self.journal = Some(journal);
                read
            }
            Some(Err(error)) => Err(error),
        };
        if let Err(error) = read {
            self.notes = None;
            match wants {
                Journalled::Read => exit::tell(format_args!(
                    "watchfire: {error}; acks and notes that are kept there are not in this answer"
                )),
                Journalled::Write => self.world.journal_fault = Some(said(&error)),
            }
        }
    }

    async fn read(&mut self, journal: &Journal) -> Result<(), JournalError> {
        let entries = journal.active_ack_entries(self.now).await?;
        // What follows from it is a cockpit's business: a question leaves no trace.
        drop(self.world.learn(self.now, journal_acks(&entries, self.now)));
        self.world.hear_of_incidents(&journal.incidents().await?);
        self.notes = Some(journal.notes().await?);
        Ok(())
    }

    /// The end of a program that has said all: what it knows of 100,000 alerts is not taken apart one by one first.
    pub fn leave(self) {
        std::mem::forget(self.world);
    }

    pub fn notes_on(&self, subject: &Subject) -> Option<u64> {
        self.notes.as_ref().map(|notes| notes.get(subject).copied().unwrap_or(0))
    }

    /// Whether every source told everything.
    pub fn is_complete(&self) -> bool {
        !self.world.is_blind() && self.world.sources.iter().all(|s| trouble(s).is_none())
    }

    /// The answer around a body.
    pub fn answer<B>(&self, noun: &'static str, key: &'static str, body: B) -> Answer<B> {
        let sources = self.world.sources.iter().map(|s| SourceAnswer::of(s, self.now)).collect();
        Answer { noun, key, at: self.now, complete: self.is_complete(), sources, body }
    }

    /// Says what could not be read, and with which exit code that ends.
    pub fn conclude(&self, allow_partial: bool) -> Exit {
        for source in &self.world.sources {
            if let Some(why) = trouble(source) {
                let advice = source.error.as_ref().map(|e| format!("; {}", e.advice())).unwrap_or_default();
                exit::tell(format_args!("watchfire: the answer is incomplete: {}: {why}{advice}", source.about.name));
            }
        }
        if allow_partial || self.is_complete() { Exit::Done } else { Exit::Incomplete }
    }
}

fn said(error: &JournalError) -> SafeText {
    SafeText::new(&format!("{error}; {}", error.advice()))
}

/// The configuration of a command that needs a source.
///
/// # Errors
/// After telling what is wrong with it, or that it names no source.
pub fn configured(global: &Global) -> Result<Config, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    for note in &config.notes {
        exit::tell(format_args!("watchfire: {note}"));
    }
    if !config.has_sources() { Err(open::no_source(&config)) } else { Ok(config) }
}

async fn journal(config: &Config, wants: Journalled) -> Option<Result<Journal, JournalError>> {
    match wants {
        Journalled::Read if !timeline::exists(config) => None,
        _ => Some(Journal::open(&config.journal.path).await),
    }
}
