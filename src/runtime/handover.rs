//! What a handoff is made of, gathered: the world as it is now, and what the journal has of the shift.
//!
//! The world is taken at one moment, so that reading the journal can go on without it. Knows no template and no screen.

use std::path::{Path, PathBuf};

use crate::{
    app::world::{
        World,
        board::Row,
        silence_rows::{SilenceRow, Standing},
        sources::SourceStatus,
    },
    domain::{
        Time,
        alert::AlertState,
        entry::Entry,
        incident::Incidents,
        oncall::{Names, Post},
        shift::{self, Rota},
        slo::{BudgetRow, policy::Policy},
    },
    journal::{Journal, JournalError},
    report::{
        blind::Blind,
        handoff::{Firing, Given, Handoff, Muting},
        template::{self, Template},
    },
};

/// Entries of one shift that are read at most.
const ENTRIES: u32 = 100_000;

/// What a handoff goes by.
#[derive(Clone, Debug)]
pub struct Rules {
    pub rota: Rota,
    /// Where the installation has its own.
    pub template: Option<PathBuf>,
}

/// The world at one moment.
#[derive(Clone, Debug)]
pub struct Watch {
    now: Time,
    since: Time,
    until: Time,
    me: String,
    rows: Vec<Row>,
    /// With its matchers as they are written.
    silences: Vec<(SilenceRow, String)>,
    budgets: Vec<BudgetRow>,
    policy: Policy,
    posts: Vec<Post>,
    names: Names,
    pub unknown: Vec<Blind>,
}

/// What the journal has of a shift.
#[derive(Clone, Debug, Default)]
pub struct Shift {
    pub entries: Vec<Entry>,
    pub incidents: Incidents,
}

impl Watch {
    /// Looks at the world: what fires, what is muted, what is spent, and what cannot be seen.
    pub fn of(world: &World, now: Time, shift: shift::Shift) -> Self {
        let silences = world.silence_rows(now).into_iter().filter(|r| !r.is_over());
        let written = |r: SilenceRow| {
            let matchers = r.silence.matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            (r, matchers)
        };
        Self {
            now,
            since: shift.from,
            until: shift.to,
            me: world.user.clone(),
            rows: world.board.iter().filter(|r| r.state != AlertState::Resolved).cloned().collect(),
            silences: silences.map(written).collect(),
            budgets: world.budgets.rows.clone(),
            policy: world.budgets.policy,
            posts: world.on_call.posts(now),
            names: world.on_call.names.clone(),
            unknown: unknown(world, now),
        }
    }

    pub fn since(&self) -> Time {
        self.since
    }

    pub fn handoff(&self, shift: &Shift) -> Handoff {
        let alerts: Vec<Firing<'_>> = self.rows.iter().map(firing).collect();
        let silences: Vec<Muting<'_>> = self.silences.iter().map(muting).collect();
        Handoff::of(&Given {
            now: self.now,
            since: self.since,
            until: self.until,
            me: &self.me,
            alerts: &alerts,
            silences: &silences,
            budgets: &self.budgets,
            policy: self.policy,
            incidents: &shift.incidents,
            entries: &shift.entries,
            posts: &self.posts,
            names: &self.names,
            unknown: &self.unknown,
        })
    }

    /// Reads the shift and writes the document; a journal that cannot be read stands in it as UNKNOWN.
    ///
    /// # Errors
    /// What is wrong with the template, or that it cannot be read.
    pub async fn write(mut self, journal: &Path, template: Option<&Path>) -> Result<String, String> {
        let shift = match read(journal, self.since).await {
            Ok(shift) => shift,
            Err(error) => {
                self.unknown.push(Blind::new("the journal", &error.to_string(), None));
                Shift::default()
            }
        };
        let own = template.map(own).transpose()?;
        let template = own.as_ref().map_or(BUILT_IN, |(name, text)| Template { name, text });
        self.handoff(&shift).written(template).map_err(|mistake| mistake.to_string())
    }
}

/// The one that is built in.
pub const BUILT_IN: Template<'static> = Template { name: "handoff.md", text: template::HANDOFF };

/// A template of the installation's own: its name and its text.
///
/// # Errors
/// That it cannot be read, and why.
pub fn own(path: &Path) -> Result<(String, String), String> {
    let name = path.to_string_lossy().into_owned();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(format!("the template {name} cannot be read: {error}")),
    }
}

/// What a journal has since a moment, and every incident; nothing where there is none yet.
///
/// # Errors
/// Why it cannot be read.
pub async fn read(path: &Path, since: Time) -> Result<Shift, JournalError> {
    // One that cannot even be looked for counts as there: opening it says why.
    if !path.try_exists().unwrap_or(true) {
        return Ok(Shift::default());
    }
    let path = path.to_owned();
    let journal = Journal::open(&path).await?;
    shift(&journal, since).await
}

/// # Errors
/// Why it cannot be read.
pub async fn shift(journal: &Journal, since: Time) -> Result<Shift, JournalError> {
    let incidents = Incidents::of(&journal.incidents().await?);
    Ok(Shift { entries: journal.since(since, None, ENTRIES).await?, incidents })
}

fn firing(row: &Row) -> Firing<'_> {
    Firing {
        id: &row.id,
        name: row.name(),
        severity: row.severity,
        state: row.state,
        told: row.told,
        since: row.alert.starts_at,
        service: row.alert.labels.get("service"),
        summary: row.alert.summary(),
        ack: row.ack.as_deref(),
    }
}

fn muting((row, matchers): &(SilenceRow, String)) -> Muting<'_> {
    let blind = matches!(row.state, Standing::Unknown { .. });
    Muting {
        source: &row.source,
        id: &row.silence.id,
        matchers,
        by: &row.silence.created_by,
        comment: &row.silence.comment,
        ends_at: row.silence.ends_at,
        mutes: (!blind).then_some(row.mutes),
        pending: row.state == Standing::Pending,
        is_ack: row.silence.is_ack(),
    }
}

/// Every source that cannot be read or hides something, the budgets where they are old, definitions that are broken.
pub fn unknown(world: &World, now: Time) -> Vec<Blind> {
    let mut blind: Vec<Blind> = world.sources.iter().filter_map(|s| source(s, now)).collect();
    let silences = world.silence_problems();
    blind.extend(silences.iter().map(|(name, why)| Blind::new(&format!("silences of {name}"), why.raw(), None)));
    let budgets = &world.budgets;
    blind.extend(budgets.problems.iter().map(|p| Blind::new("a budget's definition", p.raw(), None)));
    let age = budgets.counted_at.map(|at| (now - at).num_seconds().max(0));
    if let Some(error) = &budgets.error {
        blind.push(Blind::new("error budgets", &error.to_string(), age));
    } else if !budgets.rows.is_empty() && budgets.is_blind(now) {
        blind.push(Blind::new("error budgets", "the counts are old", age));
    }
    for (name, told) in world.on_call.sources().filter(|(_, told)| told.is_blind(now)) {
        let why = told.error.as_ref().map_or("it has not answered".to_owned(), ToString::to_string);
        let age = told.read_at.map(|at| (now - at).num_seconds().max(0));
        blind.push(Blind::new(&format!("who is on call, by {name}"), &why, age));
    }
    if let Some(fault) = &world.journal_fault {
        blind.push(Blind::new("the journal", fault.raw(), None));
    }
    blind
}

fn source(source: &SourceStatus, now: Time) -> Option<Blind> {
    let why = source.trouble().or_else(|| source.is_blind().then(|| "it has not answered".to_owned()))?;
    let age = source.good_at.map(|at| (now - at).num_seconds().max(0));
    Some(Blind::new(&format!("source {}", source.about.name), &why, age))
}
