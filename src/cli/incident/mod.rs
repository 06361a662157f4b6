//! `watchfire incident`: incidents from the journal, and what is said of them there. Only what links alerts asks a source.

mod answer;
mod declare;
mod export;
mod known;
mod link;
mod list;
mod show;
mod stats;
mod tell;

use clap::Subcommand;

use super::{args::Global, exit::Exit};

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Begin one: from alerts, from a budget, or from nothing
    Declare(declare::Args),
    /// The open ones; with --all those that are over, too
    List(list::Args),
    /// One, whole: status, roles, tasks, times, alerts, timeline
    Show(show::Args),
    /// How far it is: investigating, identified, mitigated or resolved
    Status(tell::StatusArgs),
    /// It is over: the same as status ID resolved
    Resolve(tell::ResolveArgs),
    /// Write a note on it
    Note(tell::NoteArgs),
    /// Add a task, give it to somebody, tick it
    Task(tell::TaskArgs),
    /// Give somebody a role, or take it away
    Role(tell::RoleArgs),
    /// Link alerts or a budget, or let new alerts join by a filter
    Attach(link::AttachArgs),
    /// Take alerts, a budget or the filter out of it
    Detach(link::DetachArgs),
    /// Make entries about something else part of its timeline: a deploy, an ack, a note
    Link(link::EntryArgs),
    /// Take entries about something else out of its timeline
    Unlink(link::EntryArgs),
    /// Say when it started, was detected, acknowledged, mitigated or resolved: what was said before stays in the journal
    Time(tell::TimeArgs),
    /// Another title or severity
    Change(tell::ChangeArgs),
    /// The post-mortem: a document of what happened when, what it cost, and what is to be done
    Export(export::Args),
    /// Over many: how long until owned and over, pages by shift and service, out of hours
    Stats(stats::Args),
}

/// Which incident, and how it is told of it.
#[derive(clap::Args, Debug)]
pub struct Which {
    /// The incident: its id, or enough of the end of it
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    how: How,
}

#[derive(clap::Args, Debug, Clone, Default)]
pub struct How {
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// When it was so, where that is not now: 10:15, 15m (ago), 2026-11-21T10:15
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
}

/// # Errors
/// After saying why nothing was written or read.
pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::Declare(args) => declare::run(global, args).await,
        Do::List(args) => list::run(global, args).await,
        Do::Show(args) => show::run(global, args).await,
        Do::Status(args) => tell::status(global, args).await,
        Do::Resolve(args) => tell::resolve(global, args).await,
        Do::Note(args) => tell::note(global, args).await,
        Do::Task(args) => tell::task(global, args).await,
        Do::Role(args) => tell::role(global, args).await,
        Do::Attach(args) => link::attach(global, args).await,
        Do::Detach(args) => link::detach(global, args).await,
        Do::Link(args) => link::link(global, args).await,
        Do::Unlink(args) => link::unlink(global, args).await,
        Do::Time(args) => tell::time(global, args).await,
        Do::Change(args) => tell::change(global, args).await,
        Do::Export(args) => export::run(global, args).await,
        Do::Stats(args) => stats::run(global, args).await,
    }
}
