//! Linking alerts and budgets with an incident, and taking them out again.

use std::collections::BTreeSet;

use crate::{
    app::world::incidents::{Saying, read_filter},
    cli::{
        args::Global,
        exit::{self, Exit},
    },
    domain::{
        alert::AlertId,
        incident::{Attached, Change, Detached, Incident, IncidentId},
        text::SafeText,
    },
};

use super::{Which, known::Known};

#[derive(clap::Args, Debug)]
pub struct AttachArgs {
    #[command(flatten)]
    which: Which,
    /// The alerts that fire and match, as one filter
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// New alerts that match join by themselves
    #[arg(long, value_name = "FILTER")]
    joined_by: Option<String>,
    /// A budget; may be given again
    #[arg(long = "slo", value_name = "ID")]
    slos: Vec<String>,
}

#[derive(clap::Args, Debug)]
pub struct DetachArgs {
    #[command(flatten)]
    which: Which,
    /// Alerts as SOURCE/FINGERPRINT, the first digits of a fingerprint, or a name
    #[arg(value_name = "ALERT")]
    alerts: Vec<String>,
    /// A budget; may be given again
    #[arg(long = "slo", value_name = "ID")]
    slos: Vec<String>,
    /// No new alerts join by themselves
    #[arg(long)]
    filter: bool,
}

#[derive(clap::Args, Debug)]
pub struct EntryArgs {
    #[command(flatten)]
    which: Which,
    /// Entries of the journal: their ids as `timeline -o json` tells them, or enough of the beginning
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<String>,
}

/// Entries about something else become part of its timeline.
pub(super) async fn link(global: &Global, args: &EntryArgs) -> Result<Exit, Exit> {
    let (known, incident, entries) = named(global, args).await?;
    let at = known.at(&args.which.how)?;
    let told = Attached { entries, ..Attached::default() };
    known.say(global, &args.which.how, Saying::new(&incident, Change::Attached(told), at)).await
}

/// They are no part of it any more, whatever made them so.
pub(super) async fn unlink(global: &Global, args: &EntryArgs) -> Result<Exit, Exit> {
    let (known, incident, entries) = named(global, args).await?;
    let at = known.at(&args.which.how)?;
    let told = Detached { entries, ..Detached::default() };
    known.say(global, &args.which.how, Saying::new(&incident, Change::Detached(told), at)).await
}

async fn named(global: &Global, args: &EntryArgs) -> Result<(Known, Incident, BTreeSet<SafeText>), Exit> {
    let known = Known::of(global, !args.which.how.dry_run).await?;
    let incident = known.find(&args.which.id)?;
    let entries = known.entries(&args.entries).await?;
    if let Some(own) = entries.iter().find(|e| IncidentId::of(&e.subject).is_some()) {
        return Err(exit::misused(format_args!("{} tells of an incident itself; `undo` takes it back", own.id)));
    }
    Ok((known, incident, entries.iter().map(|e| SafeText::new(&e.id)).collect()))
}

pub(super) async fn attach(global: &Global, args: &AttachArgs) -> Result<Exit, Exit> {
    let how = &args.which.how;
    let known = match args.filter.is_empty() {
        false => Known::with_board(global, !how.dry_run).await?,
        true => Known::of(global, !how.dry_run).await?,
    };
    let incident = known.find(&args.which.id)?;
    let read = |text: &str| read_filter(text).map_err(exit::misused);
    let mut told = Attached {
        slos: args.slos.iter().map(|s| SafeText::new(s.trim_start_matches("slo:"))).collect(),
        ..Attached::default()
    };
    if let Some(text) = &args.joined_by {
        read(text)?;
        told.filter = Some(SafeText::new(text));
    }
    if !args.filter.is_empty() {
        told.alerts = known.world.links_of(&read(&args.filter.join(" "))?, known.now);
    }
    if told.is_empty() {
        return Err(match args.filter.is_empty() {
            true => exit::misused("what is to be linked? A FILTER of alerts, --slo ID or --joined-by FILTER"),
            false => exit::failed("no alert matches; --joined-by waits for some"),
        });
    }
    let at = known.at(how)?;
    known.say(global, how, Saying::new(&incident, Change::Attached(told), at)).await
}

pub(super) async fn detach(global: &Global, args: &DetachArgs) -> Result<Exit, Exit> {
    let how = &args.which.how;
    let known = Known::of(global, !how.dry_run).await?;
    let incident = known.find(&args.which.id)?;
    let mut told = Detached { filter: args.filter, ..Detached::default() };
    for name in &args.alerts {
        told.alerts.extend(linked(&incident, name)?);
    }
    for slo in &args.slos {
        told.slos.insert(budget(&incident, slo.trim_start_matches("slo:"))?);
    }
    if told.is_empty() {
        return Err(exit::misused("what is to be taken out? An alert, --slo ID or --filter"));
    }
    let at = known.at(how)?;
    known.say(global, how, Saying::new(&incident, Change::Detached(told), at)).await
}

/// The linked alerts that a name, an id or the first digits of a fingerprint means.
fn linked(incident: &Incident, name: &str) -> Result<Vec<AlertId>, Exit> {
    let lower = name.to_ascii_lowercase();
    let means = |id: &AlertId, title: &SafeText| {
        let digits = id.fingerprint.as_str().to_ascii_lowercase();
        id.to_string() == name || title == name || (lower.len() >= 4 && digits.starts_with(&lower))
    };
    let found: Vec<AlertId> =
        incident.alerts.iter().filter(|(id, l)| means(id, &l.title)).map(|(id, _)| id.clone()).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let all: Vec<String> = incident.alerts.values().map(|l| format!("{} ({})", l.title.line(), l.alert)).collect();
    let all = if all.is_empty() { "it has none".to_owned() } else { format!("it has: {}", all.join(", ")) };
    Err(exit::misused(format_args!("{} has no alert `{}`; {all}", incident.id, SafeText::new(name).line())))
}

fn budget(incident: &Incident, id: &str) -> Result<SafeText, Exit> {
    if incident.slos.contains(id) {
        return Ok(SafeText::new(id));
    }
    let all: Vec<_> = incident.slos.iter().map(|s| s.line()).collect();
    let all = if all.is_empty() { "it has none".to_owned() } else { format!("it has: {}", all.join(", ")) };
    Err(exit::misused(format_args!("{} has no budget `{}`; {all}", incident.id, SafeText::new(id).line())))
}
