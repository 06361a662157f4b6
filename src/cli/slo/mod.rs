//! `watchfire slo`: error budgets, counted once.

mod causes;
mod drill;
mod explain;
mod gate;
mod lint;
mod list;
mod show;
mod signals;
mod what_if;
pub mod words;

use clap::Subcommand;

use crate::{
    app::{
        msg::{BudgetReport, Cost},
        world::{World, budgets::Budgets},
    },
    config::Config,
    domain::{Time, slo::BudgetRow, text::SafeText},
    runtime::{Sources, clock::Clock, once},
};

use super::{
    answer::{Answer, SourceAnswer, slo::SloAnswer},
    args::Global,
    ask,
    exit::{self, Exit},
    paper::Paper,
    start,
};

use list::table;
pub use words::in_sentences;

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Every budget, the worst first
    List {
        #[command(flatten)]
        partial: Partial,
    },
    /// One budget, its numbers in words: what burned it, when it comes back, how far each alert is from firing
    Show(show::Args),
    /// Any number of one budget: its formula, the values in it, the queries it was counted by
    Explain(explain::Args),
    /// Whether a service may be released; ends with 0 ok, 1 warning, 2 freeze, 3 unknown
    Gate(gate::Args),
    /// What is wrong with objectives, their alerts, their rules and their files; ends with 1 where something is
    Lint(lint::Args),
    /// Another objective, another window, a planned outage, an incident that never was; and how often it would have paged
    #[command(name = "what-if")]
    WhatIf(what_if::Args),
    /// Which part of the traffic spent it, by the values of a label
    Drill(drill::Args),
}

#[derive(clap::Args, Debug)]
pub struct Partial {
    /// End with 0 though something could not be counted
    #[arg(long)]
    allow_partial: bool,
}

/// The budgets as they were counted, and what kept them from being counted.
pub struct Counted {
    pub now: Time,
    pub budgets: Budgets,
    sources: Vec<SourceAnswer>,
    /// One line each.
    trouble: Vec<String>,
}

pub async fn run(global: &Global, what: &Do) -> Result<Exit, Exit> {
    match what {
        Do::List { partial } => {
            let (config, counted) = count(global).await?;
            counted.say(global, |c| table(c, &Paper::of(global, &config)))?;
            Ok(counted.conclude(partial.allow_partial))
        }
        Do::Show(args) => show::run(global, args).await,
        Do::Explain(args) => explain::run(global, args).await,
        Do::Gate(args) => gate::run(global, args).await,
        Do::Lint(args) => lint::run(global, args).await,
        Do::WhatIf(args) => what_if::run(global, args).await,
        Do::Drill(args) => drill::run(global, args).await,
    }
}

/// Counts every budget of the configuration.
async fn count(global: &Global) -> Result<(Config, Counted), Exit> {
    let config = ask::configured(global)?;
    let sources = start::sources(&config).await;
    let counted = Counted::of(&config, &sources, start::clock(&config)).await;
    Ok((config, counted))
}

impl Counted {
    pub async fn of(config: &Config, sources: &Sources, clock: Clock) -> Self {
        let (slos, problems) = start::slos(config);
        let counted = once::budgets(sources, slos, &config.slo.planned, clock).await;
        let now = clock.now();
        let mut trouble: Vec<String> = problems.iter().map(|p| p.line().into_owned()).collect();
        let mut answers = Vec::new();
        let mut rows = Vec::new();
        for (about, report) in counted {
            let name = about.as_ref().map_or_else(String::new, |a| format!("{}: ", a.name));
            trouble.extend(report.problems.iter().map(|p| p.line().into_owned()));
            trouble.extend(report.error.as_ref().map(|e| format!("{name}{e}; {}", e.advice())));
            answers.extend(about.map(|a| SourceAnswer::counted(&a, report.error.as_ref())));
            rows.extend(report.rows);
        }
        let mut budgets = Budgets::default();
        budgets.take(report(rows, problems, now));
        Self { now, budgets, sources: answers, trouble }
    }

    /// A world that knows these counts, too: what is marked under a graph depends on the time it shows.
    pub fn lend(&self, world: &mut World) {
        world.budgets.take(report(self.budgets.rows.clone(), Vec::new(), self.now));
    }

    /// What could not be counted, one line each.
    pub fn trouble(&self) -> &[String] {
        &self.trouble
    }

    pub fn is_complete(&self) -> bool {
        self.trouble.is_empty()
    }

    fn find(&self, id: &str) -> Result<&BudgetRow, Exit> {
        let id = id.strip_prefix("slo:").unwrap_or(id);
        self.budgets.rows.iter().find(|r| r.slo.id.as_str() == id).ok_or_else(|| {
            self.conclude(true);
            let known: Vec<String> = self.budgets.rows.iter().map(|r| r.slo.id.to_string()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            exit::failed(format_args!("no SLO is called `{}`; known: {known}", SafeText::new(id).line()))
        })
    }

    fn say(&self, global: &Global, table: impl FnOnce(&Self) -> String) -> Result<(), Exit> {
        let body: Vec<SloAnswer<'_>> = self.budgets.rows.iter().map(SloAnswer::of).collect();
        self.answer("slos", body).say(global.output, || table(self))
    }

    /// The answer around a body.
    fn answer<B>(&self, key: &'static str, body: B) -> Answer<B> {
        let (at, complete, sources) = (self.now, self.is_complete(), self.sources.clone());
        Answer { noun: "slo", key, at, complete, sources, body }
    }

    /// Says what could not be counted, and with which exit code that ends.
    pub fn conclude(&self, allow_partial: bool) -> Exit {
        for trouble in &self.trouble {
            exit::tell(format_args!("watchfire: the budgets are incomplete: {trouble}"));
        }
        for (row, trouble) in self.budgets.rows.iter().filter_map(|row| Some((row, row.trouble.as_ref()?))) {
            exit::tell(format_args!("watchfire: {} cannot be counted: {}", row.slo.id, trouble.what.line()));
        }
        if self.budgets.rows.is_empty() && self.is_complete() {
            exit::tell("watchfire: no SLO is configured, and no rules record any: name files under [slo] files");
        }
        if allow_partial || self.is_complete() { Exit::Done } else { Exit::Incomplete }
    }
}

fn report(rows: Vec<BudgetRow>, problems: Vec<SafeText>, now: Time) -> BudgetReport {
    BudgetReport { at: now, rows, error: None, counted_at: Some(now), problems, progress: 1.0, cost: Cost::default() }
}
