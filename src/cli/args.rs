//! The command line. Words and options are those of the interface; help is for a first-time user.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::{
    ack, action, alerts, changes, config, drill, handoff, incident, journal, man, note, notify, oncall, plugin, replay,
    request, runbook, silence, slo, status, timeline, unack, undo,
};

/// An on-call cockpit for the terminal: alerts, error budgets and the timeline on one screen.
///
/// Without a command it opens the cockpit. `watchfire demo` shows it on a built-in day: no network, no configuration.
#[derive(Parser, Debug)]
#[command(name = "watchfire", version, propagate_version = true, max_term_width = 100)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    /// Record the cockpit's keys, pastes and sizes with their moments to a new file: a bug report
    ///
    /// The file holds what was typed, key by key, notes and reasons among it; the size of the screen; your name; and the
    /// names of the sources. It holds nothing that sources told, no address and no secret of the configuration, and
    /// nothing that was written in $EDITOR.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(clap::Args, Debug, Clone)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The configuration file (else $WATCHFIRE_CONFIG, else the usual place)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The profile of the configuration to lay over it (else $WATCHFIRE_PROFILE)
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Send nothing to any source
    #[arg(long, global = true)]
    pub read_only: bool,
    /// A built-in theme or a path to one
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
    /// How many colours the terminal has; else as the environment says
    #[arg(long, global = true, value_enum, value_name = "DEPTH")]
    pub colors: Option<Colors>,
    /// For a slow link: two frames a second, no colours but the severities', no borders, no graphs
    #[arg(long, global = true)]
    pub low_bandwidth: bool,
    /// The mouse selects, opens and scrolls; a key turns it off, so that text can be selected
    #[arg(long, global = true)]
    pub mouse: bool,
    /// Write a log there
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// The whole program line by line, for screen readers and dumb terminals; once where the answer goes to no terminal
    #[arg(long, global = true, env = "WATCHFIRE_PLAIN", value_parser = clap::builder::FalseyValueParser::new())]
    pub plain: bool,
    /// How answers are written
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Table)]
    pub output: Output,
    /// No colour
    #[arg(long, global = true)]
    pub no_color: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    Auto,
    Truecolor,
    #[value(name = "256")]
    TwoFiftySix,
    #[value(name = "16")]
    Sixteen,
    None,
}

impl Colors {
    /// As the configuration spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Truecolor => "truecolor",
            Self::TwoFiftySix => "256",
            Self::Sixteen => "16",
            Self::None => "none",
        }
    }
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Table,
    /// The table with more columns
    Wide,
    Json,
    /// The items alone, one a line
    Ndjson,
    /// Documents: handoff, incident export, incident stats
    #[value(alias = "md")]
    Markdown,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Open the cockpit on a built-in scenario: no network, no configuration, nothing kept
    Demo(Demo),
    /// Play a scenario, or a day out of a journal, and be scored: time to own, note, declare, mitigate; wrong acts
    Drill(drill::Args),
    /// Play a recording again, without a terminal or before your eyes
    Replay(replay::Args),
    /// The board once
    Alerts(alerts::Args),
    /// Say that you are on it: one ack for each alert that matches
    Ack(ack::Args),
    /// Take acks back
    Unack(unack::Args),
    /// Ask a source to do what only it can: resolve, snooze, escalate, note; its own plan is shown first
    Ask(request::Args),
    /// Take back what you did last: an ack, an unack, a silence, a note, or a whole batch of them
    Undo(undo::Args),
    /// Write a note on an alert, a budget or the watch; with --kind a change, from a pipeline
    #[command(disable_version_flag = true)]
    Note(note::Args),
    /// Silences: list, look through, make, extend and end them
    #[command(subcommand)]
    Silence(silence::Do),
    /// Error budgets
    #[command(subcommand)]
    Slo(slo::Do),
    /// Actions of the configuration: list them, run one
    #[command(subcommand)]
    Action(action::Do),
    /// Runbooks of alerts
    #[command(subcommand)]
    Runbook(runbook::Do),
    /// Incidents: declare one, say how it stands, list and show them
    #[command(subcommand)]
    Incident(incident::Do),
    /// What the one who comes must know: for the end of a shift, as Markdown
    Handoff(handoff::Args),
    /// What happened, from the journal
    Timeline(timeline::Args),
    /// Who is on call, until when, and who comes after
    Oncall(oncall::Args),
    /// What was deployed, rolled back, flagged, built, and what crashed
    Changes(changes::Args),
    /// The journal itself
    #[command(subcommand)]
    Journal(journal::Do),
    /// One line for tmux or a prompt; ends with 0 ok, 1 warning, 2 critical, 3 unknown
    Status(status::Args),
    /// Plugins: check one, or serve a source as one
    #[command(subcommand)]
    Plugin(plugin::Do),
    /// Notifications: try them
    #[command(subcommand)]
    Notify(notify::Do),
    /// Check sources, journal, terminal, clock and configuration, and say what to do about each fault
    Doctor,
    /// The configuration: begin one, check it, show what is in force
    #[command(subcommand)]
    Config(config::Do),
    /// Completions for a shell, to standard output
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// The manual: the page of the program, or a page for every command
    Man(man::Args),
    /// One frame of the cockpit on standard output
    Snapshot(Snapshot),
}

impl Command {
    /// Whether it writes documents, and so Markdown.
    pub fn writes_documents(&self) -> bool {
        matches!(self, Self::Handoff(_) | Self::Incident(incident::Do::Export(_) | incident::Do::Stats(_)))
    }
}

#[derive(clap::Args, Debug, Default)]
pub struct Demo {
    /// A built-in scenario, or a path that ends in .toml; else payment-outage, or the one that is kept
    #[arg(long)]
    pub scenario: Option<String>,
    /// How fast its time runs; else as fast as yours
    #[arg(long)]
    pub speed: Option<f64>,
    /// Keep its journal and its silences in a directory, and go on there; its configuration serves every command
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Open at this time since the scenario began, such as 20m
    #[arg(long, value_parser = crate::domain::duration::parse)]
    pub at: Option<chrono::Duration>,
    /// List the built-in scenarios
    #[arg(long)]
    pub list: bool,
    /// Record keys, pastes and sizes with their moments, and the scenario, to a new file that `replay` plays
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

impl Demo {
    /// The scenario that was named, else the first.
    pub fn scenario(&self) -> &str {
        self.scenario.as_deref().unwrap_or("payment-outage")
    }
}

#[derive(clap::Args, Debug)]
pub struct Snapshot {
    /// Of the demo instead of the configured sources
    #[arg(long)]
    pub demo: bool,
    /// The demo's scenario
    #[arg(long, default_value = "payment-outage", requires = "demo")]
    pub scenario: String,
    /// Columns x rows
    #[arg(long, default_value = "120x40", value_parser = size)]
    pub size: (u16, u16),
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// One pane alone
    #[arg(long, value_enum)]
    pub pane: Option<PaneName>,
    /// The time since the scenario began, such as 20m (the demo only)
    #[arg(long, requires = "demo", value_parser = crate::domain::duration::parse)]
    pub at: Option<chrono::Duration>,
    /// Keys to press first, such as `j enter` (the demo only)
    #[arg(long, requires = "demo", hide = true)]
    pub keys: Option<String>,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Ansi,
    Svg,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneName {
    Alerts,
    Budgets,
    Timeline,
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let bad = || format!("`{text}` is no size; write columns x rows, such as 120x40");
    let (columns, rows) = text.split_once('x').ok_or_else(bad)?;
    let side = |s: &str| s.parse::<u16>().ok().filter(|n| (1..=500).contains(n)).ok_or_else(bad);
    Ok((side(columns)?, side(rows)?))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_tree_of_commands_contradicts_itself_nowhere() {
        Args::command().debug_assert();
    }
}
