//! What a drill is played on: a scenario by its name, a file of one, or a day out of a journal.

use std::path::{Path, PathBuf};

use chrono::Duration;

use crate::{
    cli::{
        exit::{self, Exit},
        timeline,
    },
    domain::{
        Time,
        entry::Entry,
        incident::{BEFORE, Clues, Incident, Incidents, earlier, later},
        moment,
        text::sanitise,
    },
    journal::Journal,
    report::rehearsal,
    runtime::clock::Clock,
    sources::sim::{self, Scenario},
};

/// An incident is played from so long before it began, to so long after it ended.
const LEAD: Duration = Duration::minutes(1);
const TAIL: Duration = Duration::minutes(5);
/// The longest that a recorded day may last.
const LONGEST: Duration = Duration::days(7);

#[derive(clap::Args, Debug)]
pub struct Of {
    /// A built-in scenario, or a path that ends in .toml
    #[arg(long, value_name = "NAME|FILE", default_value = "payment-outage")]
    scenario: String,
    /// What was recorded in this journal, in place of a scenario: alerts, deploys and lost sources are played again
    ///
    /// What people did then is not played; how soon they did it stands beside how soon you do. `watchfire config show`
    /// names the file of your journal.
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    journal: Option<PathBuf>,
    /// From then on: 15m (ago), 10:15 or 2026-11-21T10:15
    #[arg(long, value_name = "TIME", requires = "journal")]
    from: Option<String>,
    /// Until then; now, where it is left out
    #[arg(long, value_name = "TIME", requires = "from")]
    to: Option<String>,
    /// While this incident lasted, with its alerts as what asks for an owner
    #[arg(long, value_name = "ID", requires = "journal", conflicts_with = "from")]
    incident: Option<String>,
}

impl Of {
    /// The scenario and its text.
    ///
    /// # Errors
    /// After saying what is wrong, and where.
    pub async fn read(&self) -> Result<(Scenario, String), Exit> {
        let Some(path) = &self.journal else { return built(&self.scenario) };
        let text = self.recorded(path).await?;
        let scenario = Scenario::parse("the scenario out of the journal", &text).map_err(exit::failed)?;
        Ok((scenario, text))
    }

    async fn recorded(&self, path: &Path) -> Result<String, Exit> {
        let shown = || sanitise(&path.to_string_lossy()).into_owned();
        if !path.exists() {
            return Err(exit::misused(format_args!("there is no journal at {}", shown())));
        }
        let journal = Journal::open(path).await.map_err(|e| timeline::unread(&e))?;
        let said = journal.incidents().await.map_err(|e| timeline::unread(&e))?;
        let all = Incidents::of(&said);
        let incident = self.incident.as_deref().map(|id| all.find(id)).transpose().map_err(exit::misused)?;
        let span = match incident {
            Some(incident) => whole(&journal, incident).await?,
            None => self.span()?,
        };
        let entries = around(&journal, span).await?;
        let entries: Vec<Entry> = entries.into_iter().filter(|e| e.at <= span.1).collect();
        rehearsal::scenario(&rehearsal::Given { entries: &entries, span, incident }).map_err(exit::failed)
    }

    fn span(&self) -> Result<(Time, Time), Exit> {
        let now = Clock::real().now();
        let zone = Clock::local_zone();
        let read = |text: &str| moment::parse(text, now, &zone).map_err(exit::misused);
        let Some(from) = &self.from else {
            return Err(exit::misused("say what is to be played: --from TIME [--to TIME], or --incident ID"));
        };
        let span = (read(from)?, self.to.as_deref().map_or(Ok(now), read)?);
        match span.1 - span.0 {
            length if length <= Duration::zero() => Err(exit::misused("--to lies before --from")),
            length if length > LONGEST => Err(exit::misused("that is longer than a week; choose a part of it")),
            _ => Ok(span),
        }
    }
}

/// From before it began to after it ended, or until now.
async fn whole(journal: &Journal, incident: &Incident) -> Result<(Time, Time), Exit> {
    let now = Clock::real().now();
    let about = incident.declared_at().unwrap_or(now);
    let entries = around(journal, (earlier(about, BEFORE), later(about, LONGEST))).await?;
    let (from, to) = incident.span(&Clues::of(incident, &entries));
    let to = to.map_or(now, |to| later(to, TAIL).min(now));
    Ok((earlier(from, LEAD), to.min(later(from, LONGEST))))
}

/// What happened since well before a span: what burned into it is among it.
async fn around(journal: &Journal, (from, _): (Time, Time)) -> Result<Vec<Entry>, Exit> {
    let since = earlier(from, Duration::days(2));
    journal.since(since, None, u32::MAX).await.map_err(|e| timeline::unread(&e))
}

/// A scenario by its name or its file, and its text.
///
/// # Errors
/// After saying what is wrong, and where.
pub fn built(name: &str) -> Result<(Scenario, String), Exit> {
    let text = sim::text(name).map_err(exit::misused)?;
    let scenario = Scenario::parse(name, &text).map_err(exit::misused)?;
    Ok((scenario, text.into_owned()))
}
