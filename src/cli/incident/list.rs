//! `watchfire incident list`: a line each, the open ones first.

use crate::{
    cli::{
        answer::Answer,
        args::Global,
        exit::{self, Exit},
        paper::Paper,
        table::{Cell, Table},
    },
    config::theme::Role,
    domain::{
        duration,
        incident::{Incident, Status},
    },
};

use super::{answer::IncidentAnswer, known::Known};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Those that are over, too
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let known = Known::of(global, false).await?;
    let mut incidents: Vec<&Incident> =
        known.world.incidents.all.iter().rev().filter(|i| args.all || i.is_open()).collect();
    incidents.sort_by_key(|i| !i.is_open());
    let body: Vec<IncidentAnswer<'_>> = incidents.iter().map(|i| IncidentAnswer::of(&known.world, i)).collect();
    let paper = Paper::of(global, &known.config);
    Answer::of_ours("incident", "incidents", known.now, body)
        .say(global.output, || table(&incidents, &known, &paper))?;
    if incidents.is_empty() {
        let over = known.world.incidents.all.len();
        exit::tell(match over {
            0 => "watchfire: there was no incident yet; `watchfire incident declare TITLE` begins one".to_owned(),
            n => format!("watchfire: none is open; --all shows {n} that {} over", if n == 1 { "is" } else { "are" }),
        });
    }
    Ok(Exit::Done)
}

fn table(incidents: &[&Incident], known: &Known, paper: &Paper) -> String {
    if incidents.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["INCIDENT", "STATUS", "SEV", "FOR", "COMMANDER", "ALERTS", "TO DO", "TITLE"]);
    for i in incidents {
        let (word, role) = state(i);
        let to = if i.is_open() { known.now } else { i.statuses.last().map_or(known.now, |s| s.at) };
        let lasted = i.declared_at().map(|from| duration::short((to - from).max(chrono::Duration::zero())));
        table.row(vec![
            i.id.to_string().into(),
            Cell::dyed(word, role),
            i.level.to_string().into(),
            lasted.unwrap_or_default().into(),
            i.roles.commander.as_ref().map(|c| c.line().into_owned()).unwrap_or_default().into(),
            i.alerts.len().to_string().into(),
            i.open_tasks().count().to_string().into(),
            i.title.line().into(),
        ]);
    }
    table.render(paper)
}

pub(super) fn state(incident: &Incident) -> (&'static str, Role) {
    match incident.status() {
        _ if incident.withdrawn => ("withdrawn", Role::Dim),
        status @ (Status::Investigating | Status::Identified) => (status.as_str(), Role::Bad),
        status @ Status::Mitigated => (status.as_str(), Role::Warning),
        status @ Status::Resolved => (status.as_str(), Role::Ok),
    }
}
