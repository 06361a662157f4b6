//! What a command knows of incidents: the configuration, the journal, a world that heard all of it. And how it writes.

use crate::{
    app::{
        effect::Effects,
        world::{World, incidents::Saying, lanes::Of},
    },
    cli::{
        args::Global,
        ask::{Asked, Journalled},
        axis,
        exit::{self, Exit},
        perform::{Ended, Hands},
        slo::Counted,
        start, timeline,
    },
    config::Config,
    domain::{
        Time,
        entry::Entry,
        incident::{Incident, IncidentId},
        moment,
        op::Outcome,
        silence::end::Zone,
        slo::BudgetRow,
        text::SafeText,
    },
    journal::Journal,
    runtime::{Sources, clock::Clock, postmortem::Case},
};

use super::{
    How,
    answer::{ActAnswer, say_acts},
};

pub(super) struct Known {
    pub(super) config: Config,
    pub(super) world: World,
    pub(super) now: Time,
    clock: Clock,
    sources: Sources,
    /// None where there is none yet, and nothing is to be written.
    journal: Option<Journal>,
}

impl Known {
    /// The journal alone: no source is asked.
    pub(super) async fn of(global: &Global, writes: bool) -> Result<Self, Exit> {
        let config = start::config(global)?;
        start::log(global.log.as_ref())?;
        let clock = start::clock(&config);
        let (sources, now) = (Sources::new(), clock.now());
        let mut world = World::new(start::setup(&config, &sources, now));
        start::equip(&mut world, &config);
        let journal = if writes {
            Some(Journal::open(&config.journal.path).await.map_err(|e| timeline::unkept(&e))?)
        } else {
            timeline::open(&config).await?
        };
        Self { config, world, now, clock, sources, journal }.heard().await
    }

    /// With every source asked: for what is about alerts on the board.
    pub(super) async fn with_board(global: &Global, writes: bool) -> Result<Self, Exit> {
        let wants = if writes { Journalled::Write } else { Journalled::Read };
        let asked = Asked::of(global, wants).await?;
        // What is not seen cannot be linked: that is said, and what is seen is.
        let _ = asked.conclude(true);
        let Asked { config, sources, clock, now, world, journal, .. } = asked;
        Self { config, world, now, clock, sources, journal }.heard().await
    }

    async fn heard(mut self) -> Result<Self, Exit> {
        if let Some(journal) = &self.journal {
            let entries = journal.incidents().await.map_err(|e| timeline::unread(&e))?;
            self.world.hear_of_incidents(&entries);
            self.world.journal_fault = journal.refusal().map(|e| SafeText::new(&e.to_string()));
        }
        Ok(self)
    }

    pub(super) fn find(&self, text: &str) -> Result<Incident, Exit> {
        self.world.incidents.all.find(text).cloned().map_err(exit::misused)
    }

    /// When it was so.
    pub(super) fn at(&self, how: &How) -> Result<Time, Exit> {
        how.at.as_deref().map_or(Ok(self.now), |text| self.moment(text))
    }

    pub(super) fn moment(&self, text: &str) -> Result<Time, Exit> {
        let zone: Zone = Clock::local_zone();
        moment::parse(text, self.now, &zone).map_err(exit::misused)
    }

    /// All that belongs to the timeline of an incident comes to be known.
    pub(super) async fn read_story(&mut self, incident: &Incident) -> Result<(), Exit> {
        let Some(case) = Case::of(&self.world, &incident.id, self.now) else { return Ok(()) };
        let entries = self.story(&case).await?;
        self.world.story_came(incident.id.clone(), entries);
        Ok(())
    }

    /// Its alerts, its budget and what happened, in sentences; the board has to be known.
    pub(super) async fn on_its_axis(&mut self, incident: &Incident, between: Option<(Time, Time)>) -> String {
        Counted::of(&self.config, &self.sources, self.clock).await.lend(&mut self.world);
        let of = Of::Incident(incident.id.clone());
        let means =
            axis::Means { sources: &self.sources, journal: self.journal.as_ref(), clock: self.clock, now: self.now };
        axis::read(&mut self.world, &of, &means).await;
        axis::in_sentences(&self.world, &of, between, self.now)
    }

    /// All that the journal has of an incident.
    pub(super) async fn story(&self, case: &Case) -> Result<Vec<Entry>, Exit> {
        let Some(journal) = &self.journal else { return Ok(Vec::new()) };
        case.read(journal).await.map_err(|e| timeline::unread(&e))
    }

    /// Every budget, counted now, and what kept any from being counted.
    pub(super) async fn count(&self) -> (Vec<BudgetRow>, Vec<String>) {
        let sources = start::sources(&self.config).await;
        let counted = Counted::of(&self.config, &sources, self.clock).await;
        let trouble = counted.trouble().to_vec();
        (counted.budgets.rows, trouble)
    }

    /// The entries that are meant by an id each, or by enough of its beginning.
    pub(super) async fn entries(&self, ids: &[String]) -> Result<Vec<Entry>, Exit> {
        let Some(journal) = &self.journal else { return Err(exit::failed("there is no journal yet, and no entry")) };
        let mut all = Vec::new();
        for id in ids {
            let found = match id.len() {
                0..4 => return Err(exit::misused(format_args!("{} is too short for an id", SafeText::new(id).line()))),
                _ => journal.named(id).await.map_err(|e| timeline::unread(&e))?,
            };
            all.push(one(id, found)?);
        }
        Ok(all)
    }

    /// Says one thing of an incident, or shows what would be said.
    pub(super) async fn say(self, global: &Global, how: &How, saying: Saying) -> Result<Exit, Exit> {
        self.act(global, how, (&saying.id.clone(), &saying.in_words()), |world, now| world.say_of_incident(now, saying))
            .await
    }

    /// Does one thing of which the sentence tells, or shows the sentence.
    pub(super) async fn act(
        mut self,
        global: &Global,
        how: &How,
        (id, words): (&IncidentId, &str),
        act: impl FnOnce(&mut World, Time) -> Effects,
    ) -> Result<Exit, Exit> {
        self.world.may_write().map_err(exit::failed)?;
        if how.dry_run {
            say_acts(global, self.now, &[ActAnswer::planned(id, words)])?;
            return Ok(Exit::Done);
        }
        let effects = act(&mut self.world, self.now);
        let now = self.now;
        let entries = self.keep(effects).await?;
        let answers: Vec<ActAnswer> = entries.iter().map(|e| ActAnswer::done(e, words)).collect();
        say_acts(global, now, &answers)?;
        Ok(Exit::Done)
    }

    async fn keep(mut self, effects: Effects) -> Result<Vec<Entry>, Exit> {
        let Some(journal) = self.journal.take() else {
            return Err(exit::failed("nothing is said that the journal cannot keep"));
        };
        let mut hands = Hands { world: &mut self.world, sources: &self.sources, journal: &journal, clock: self.clock };
        let ended = hands.perform(effects).await;
        let kept = match ended {
            Some(Ended { outcome: Outcome::Confirmed { .. } | Outcome::Otherwise { .. }, entries }) => Ok(entries),
            Some(Ended { outcome: Outcome::Refused { why } | Outcome::Unknown { why }, .. }) => {
                Err(exit::failed(why.line()))
            }
            None => Err(exit::failed("nothing was written")),
        };
        // It is written: that the file could not be closed tidily changes nothing.
        let _ = journal.close().await;
        kept
    }
}

fn one(id: &str, mut found: Vec<Entry>) -> Result<Entry, Exit> {
    match (found.pop(), found.len()) {
        (Some(entry), 0) => Ok(entry),
        (None, _) => Err(exit::misused(format_args!(
            "no entry has the id {}; `watchfire timeline -o json` tells the ids",
            SafeText::new(id).line()
        ))),
        (Some(_), _) => {
            Err(exit::misused(format_args!("{} is the beginning of several ids", SafeText::new(id).line())))
        }
    }
}
