//! What a post-mortem is made of, gathered: the incident as it is now, its budgets, its timeline as the journal has it, and
//! the pictures that stand beside the text. The same for the cockpit and for the command. Knows no screen.

use std::path::Path;

use crate::{
    app::world::World,
    domain::{
        Time,
        entry::Entry,
        incident::{Clues, Incident, IncidentId, Line, Moment},
        slo::BudgetRow,
    },
    journal::{Journal, JournalError},
    report::{
        blind::Blind,
        graph,
        postmortem::{Given, PostMortem, Words},
        template::{self, Template},
    },
    ui::timeline::{text_of, word},
};

use super::handover;

/// The one that is built in.
pub const BUILT_IN: Template<'static> = Template { name: "postmortem.md", text: template::POSTMORTEM };
/// Entries of a timeline that are read at most.
const STORY: u32 = 20_000;

/// An incident and its budgets at one moment.
#[derive(Clone, Debug)]
pub struct Case {
    pub now: Time,
    pub incident: Incident,
    /// From when to when the journal is asked.
    pub span: (Time, Time),
    pub budgets: Vec<BudgetRow>,
    pub unknown: Vec<Blind>,
}

/// A graph: of which budget, its file's name beside the document, the picture.
#[derive(Clone, Debug)]
pub struct Picture {
    pub budget: String,
    pub file: String,
    pub svg: String,
}

impl Case {
    /// What is known of an incident, and what cannot be seen of its budgets; none where nobody knows the incident.
    pub fn of(world: &World, id: &IncidentId, now: Time) -> Option<Self> {
        let incident = world.incidents.all.get(id)?.clone();
        let blind = handover::unknown(world, now);
        let unknown = blind.into_iter().filter(|b| b.what.raw() == "error budgets" || b.what.raw() == "the journal");
        let span = world.story_span(&incident, now);
        Some(Self { now, span, budgets: world.budgets.rows.clone(), unknown: unknown.collect(), incident })
    }

    /// All that the journal has of it.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub async fn read(&self, journal: &Journal) -> Result<Vec<Entry>, JournalError> {
        let of = &self.incident;
        let ids: Vec<String> = of.entries.iter().map(|id| id.raw().to_owned()).collect();
        journal.story(&of.id.subject(), (&of.subjects(), &ids), self.span, STORY).await
    }

    /// The document, of what the journal has.
    pub fn document(&self, entries: &[Entry]) -> PostMortem {
        let clues = Clues::of(&self.incident, entries);
        let lines = self.incident.story(&entries.iter().collect::<Vec<_>>(), &clues, self.now);
        PostMortem::of(&Given {
            now: self.now,
            incident: &self.incident,
            clues: &clues,
            lines: &lines,
            budgets: &self.budgets,
            words: &|line| in_words(line, &self.incident),
            unknown: &self.unknown,
        })
    }

    /// Its graphs, for a document whose file has this name without its ending.
    pub fn pictures(&self, entries: &[Entry], stem: &str) -> Vec<Picture> {
        let clues = Clues::of(&self.incident, entries);
        let (from, to) = self.incident.span(&clues);
        let span = (from, to.unwrap_or(self.now).max(from));
        let times = Moment::ALL.into_iter().filter_map(|m| Some((m.as_str(), self.incident.time(m, &clues)?.at)));
        let marks: Vec<graph::Mark> = times.collect();
        let picture = |row: &BudgetRow| {
            let svg = graph::svg(row, span, &marks)?;
            let file = format!("{}-{}.svg", file_name(stem), file_name(row.slo.id.as_str()));
            Some(Picture { budget: row.slo.title.line().into_owned(), file, svg })
        };
        let own = self.budgets.iter().filter(|row| self.incident.concerns(row));
        let mut pictures: Vec<Picture> = own.filter_map(picture).collect();
        pictures.sort_by(|a, b| a.file.cmp(&b.file));
        pictures.dedup_by(|a, b| a.file == b.file);
        pictures
    }

    /// Reads the journal and writes the document, its pictures with it.
    ///
    /// # Errors
    /// Why the journal or the template cannot be read, or what is wrong with the template.
    pub async fn write(
        self,
        journal: &Path,
        template: Option<&Path>,
    ) -> Result<(String, String, Vec<Picture>), String> {
        let journal = Journal::open(journal).await.map_err(|e| e.to_string())?;
        let entries = self.read(&journal).await.map_err(|e| e.to_string())?;
        let own = template.map(handover::own).transpose()?;
        let template = own.as_ref().map_or(BUILT_IN, |(name, text)| Template { name, text });
        let stem = format!("{}-{}", file_name(self.incident.id.as_str()), self.now.format("%Y-%m-%d-%H%M%S"));
        let pictures = self.pictures(&entries, &stem);
        let text =
            self.document(&entries).written(template, &named(&pictures)).map_err(|mistake| mistake.to_string())?;
        Ok((format!("{stem}.md"), text, pictures))
    }
}

/// Each picture as a document names it: its budget and its file.
pub fn named(pictures: &[Picture]) -> Vec<(String, String)> {
    pictures.iter().map(|p| (p.budget.clone(), p.file.clone())).collect()
}

/// What a file may be called everywhere, and what a link may hold.
pub fn file_name(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    text.chars().take(80).map(safe).collect()
}

/// What the screen says of a line; how late it was told and that it was corrected are columns of their own.
fn in_words(line: &Line<'_>, incident: &Incident) -> Words {
    let (known, _) = word(&line.entry.kind);
    let what = if known.is_empty() { line.entry.kind.to_string() } else { known.to_owned() };
    let by = line.entry.actor.line();
    let text = text_of(line).replacen(&format!(" by {by}"), "", 1);
    let text = text.replacen(&format!(", says {by}"), "", 1);
    let known = [format!("{}: ", incident.title.line()), format!("{by}: ")];
    let text = known.iter().find_map(|known| text.strip_prefix(known)).unwrap_or(&text).to_owned();
    Words { what, text }
}
