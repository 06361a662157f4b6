//! `watchfire incident show`: one incident, whole, with its timeline.

use crate::{
    cli::{
        alerts::moment,
        answer::Answer,
        args::{Global, Output},
        axis,
        exit::{self, Exit},
    },
    domain::incident::{Incident, Line, Moment, Whence},
    ui::timeline::{told, word},
};

use super::{answer::IncidentAnswer, known::Known, list::state};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The incident: its id, or enough of the end of it
    #[arg(value_name = "ID")]
    id: String,
    /// Leave out of the timeline what machines wrote
    #[arg(long)]
    fold: bool,
    #[command(flatten)]
    axis: axis::Args,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let mut known = match args.axis.axis {
        true => Known::with_board(global, false).await?,
        false => Known::of(global, false).await?,
    };
    let between = args.axis.between(known.now)?;
    let incident = known.find(&args.id)?;
    known.read_story(&incident).await?;
    let mut lines = known.world.story(&incident, known.now);
    if args.fold {
        lines.retain(|l| !l.entry.is_of_a_machine());
    }
    let body = vec![IncidentAnswer::of(&known.world, &incident).with_timeline(&lines)];
    Answer::of_ours("incident", "incidents", known.now, body)
        .say(global.output, || sheet(&known, &incident) + &timeline(&lines))?;
    drop(lines);
    if args.axis.axis && !matches!(global.output, Output::Json | Output::Ndjson) {
        exit::say(&known.on_its_axis(&incident, between).await);
    }
    Ok(Exit::Done)
}

fn sheet(known: &Known, incident: &Incident) -> String {
    let mut out = format!("{}  {}\n", incident.id, incident.title.line());
    let mut pair = |name: &str, value: String| {
        if !value.is_empty() {
            out.push_str(&format!("{name:<13}{value}\n"));
        }
    };
    pair("status", format!("{}, {}", state(incident).0, incident.level));
    if let Some(declared) = &incident.declared {
        pair("declared", format!("{} by {}", moment(declared.at), declared.by.line()));
    }
    for (role, who) in incident.roles.each() {
        pair(role.as_str(), who.line().into_owned());
    }
    for (which, timed) in known.world.times(incident) {
        let whence = match &timed.whence {
            Whence::Suggested { why } => format!("suggested by {why}"),
            Whence::Said { by, .. } => format!("said by {}", by.line()),
        };
        pair(which.as_str(), format!("{}  ({whence})", moment(timed.at)));
    }
    let unknown = Moment::ALL.into_iter().filter(|m| known.world.times(incident).iter().all(|(known, _)| known != m));
    unknown.for_each(|m| pair(m.as_str(), "-".into()));
    for task in &incident.tasks {
        let owner = task.owner.as_ref().map(|o| format!(" ({})", o.line())).unwrap_or_default();
        let done = if task.done.is_some() { "x" } else { " " };
        pair("task", format!("[{done}] {} {}{owner}", task.number, task.text.line()));
    }
    for link in incident.alerts.values() {
        pair("alert", format!("{}  {}", link.title.line(), link.alert));
    }
    for link in incident.detached.values() {
        pair("taken out", format!("{}  {}", link.title.line(), link.alert));
    }
    for cost in incident.cost.iter().flat_map(|said| &said.value) {
        pair("cost", format!("{}: {:.0} bad of {:.0}", cost.in_words(), cost.bad, cost.total));
    }
    incident.slos.iter().for_each(|slo| pair("budget", slo.line().into_owned()));
    pair("joined by", incident.filter.as_ref().map(|f| f.line().into_owned()).unwrap_or_default());
    out
}

fn timeline(lines: &[Line<'_>]) -> String {
    let one = |line: &Line<'_>| {
        let (known, _) = word(&line.entry.kind);
        let word = if known.is_empty() { line.entry.kind.to_string() } else { known.to_owned() };
        format!("{}  {word:<9} {}\n", moment(line.entry.at), told(line))
    };
    format!("\n{}", lines.iter().map(one).collect::<String>())
}
