//! `watchfire slo`: error budgets, counted once.

use clap::Subcommand;

use crate::{
    app::{
        msg::{BudgetReport, Cost},
        world::budgets::Budgets,
    },
    config::Config,
    domain::{
        Time, duration,
        slo::{
            BudgetRow,
            assess::{Assessment, RunsOut},
            budget::BudgetState,
            burn::Severity,
        },
        text::SafeText,
    },
    runtime::{Sources, clock::Clock, once},
    ui::budgets::{burn, left, percent, remaining_role},
};

use super::{
    alerts::moment,
    answer::{Answer, SourceAnswer, slo::SloAnswer},
    args::Global,
    ask,
    exit::{self, Exit},
    paper::Paper,
    start,
    table::{Cell, Table},
};

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Every budget, the worst first
    List {
        #[command(flatten)]
        partial: Partial,
    },
    /// One budget, its numbers in words
    Show {
        /// As `slo list` names it
        id: String,
        #[command(flatten)]
        partial: Partial,
    },
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
    let config = ask::configured(global)?;
    let sources = start::sources(&config).await;
    let counted = Counted::of(&config, &sources, Clock::real()).await;
    let paper = Paper::of(global, &config);
    match what {
        Do::List { partial } => {
            counted.say(global, None, |c| table(c, &paper))?;
            Ok(counted.conclude(partial.allow_partial))
        }
        Do::Show { id, partial } => {
            let row = counted.find(id)?;
            counted.say(global, Some(row), |c| in_words(row, c.now))?;
            Ok(counted.conclude(partial.allow_partial))
        }
    }
}

impl Counted {
    pub async fn of(config: &Config, sources: &Sources, clock: Clock) -> Self {
        let (slos, problems) = start::slos(config);
        let counted = once::budgets(sources, slos, clock).await;
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

    fn say(&self, global: &Global, one: Option<&BudgetRow>, table: impl FnOnce(&Self) -> String) -> Result<(), Exit> {
        let body: Vec<SloAnswer<'_>> = match one {
            Some(row) => vec![SloAnswer::of(row)],
            None => self.budgets.rows.iter().map(SloAnswer::of).collect(),
        };
        let sources = self.sources.clone();
        let answer = Answer { noun: "slo", key: "slos", at: self.now, complete: self.is_complete(), sources, body };
        answer.say(global.output, || table(self))
    }

    /// Says what could not be counted, and with which exit code that ends.
    pub fn conclude(&self, allow_partial: bool) -> Exit {
        for trouble in &self.trouble {
            exit::tell(format_args!("watchfire: the budgets are incomplete: {trouble}"));
        }
        if self.budgets.rows.is_empty() && self.is_complete() {
            exit::tell(
                "watchfire: no SLO is configured, and no rules record any: name OpenSLO, Sloth or Pyrra files under [slo] files",
            );
        }
        if allow_partial || self.is_complete() { Exit::Done } else { Exit::Incomplete }
    }
}

fn report(rows: Vec<BudgetRow>, problems: Vec<SafeText>, now: Time) -> BudgetReport {
    BudgetReport { at: now, rows, error: None, counted_at: Some(now), problems, progress: 1.0, cost: Cost::default() }
}

/// One line an SLO, the worst first.
pub fn table(counted: &Counted, paper: &Paper) -> String {
    if counted.budgets.rows.is_empty() {
        return String::new();
    }
    let head = ["!", "SLO", "OBJECTIVE", "WINDOW", "LEFT", "1H", "6H", "3D", "RUNS OUT", "STATE"];
    let mut table = Table::new(&head);
    for row in &counted.budgets.rows {
        let numbers = row.numbers();
        let role = remaining_role(numbers, false);
        let state = numbers.map_or(BudgetState::NoData, |n| n.state);
        table.row(vec![
            Cell::dyed(mark(numbers), role),
            row.slo.id.to_string().into(),
            format!("{}%", row.slo.objective.as_percent()).into(),
            row.slo.window.words().into(),
            Cell::dyed(left(numbers), role),
            burn(numbers, "1h").into(),
            burn(numbers, "6h").into(),
            burn(numbers, "3d").into(),
            Cell::dyed(runs_out(numbers, counted.now), role),
            state.as_str().into(),
        ]);
    }
    table.render(paper)
}

/// `!!` pages, `!` asks for a ticket, `x` is spent, `?` is not known.
fn mark(numbers: Option<&Assessment>) -> &'static str {
    let Some(n) = numbers else { return "?" };
    match (n.firing(), n.state) {
        (Some(Severity::Page), _) => "!!",
        (Some(Severity::Ticket), _) => "!",
        (None, BudgetState::Exhausted) => "x",
        (None, BudgetState::NoData | BudgetState::Invalid) => "?",
        (None, BudgetState::Ok | BudgetState::NoTraffic) => "",
    }
}

fn runs_out(numbers: Option<&Assessment>, now: Time) -> String {
    match numbers {
        None => "UNKNOWN".into(),
        Some(n) => match (n.runs_out, n.recovers_at) {
            (RunsOut::Exhausted, Some(at)) => format!("back in {}", duration::long(at - now)),
            (other, _) => other.words(now),
        },
    }
}

/// One SLO, every number with what it means.
fn in_words(row: &BudgetRow, now: Time) -> String {
    let slo = &row.slo;
    let window = slo.window.words();
    let mut out = format!("{}  ({})\n", slo.title.line(), slo.id);
    let mut pair = |name: &str, text: String| out.push_str(&format!("  {name:<12} {text}\n"));
    pair("objective", format!("{} % of events good over {window}, rolling", slo.objective.as_percent()));
    pair("service", slo.service.line().into_owned());
    match &row.numbers {
        None => pair("state", "UNKNOWN: not counted".into()),
        Some(n) => numbers(n, now, &mut pair),
    }
    pair("defined in", slo.origin.to_string());
    out
}

fn numbers(n: &Assessment, now: Time, pair: &mut impl FnMut(&str, String)) {
    pair("state", n.state.as_str().into());
    pair("left", format!("{} of the budget", left(Some(n))));
    pair("runs out", runs_out(Some(n), now));
    if let Some(at) = n.recovers_at {
        pair("back", format!("{}, when old errors leave the window", moment(at)));
    }
    if let (Some(sli), Some(bad), Some(total)) = (n.sli, n.bad, n.total) {
        pair("SLI", format!("{:.4} %", sli * 100.0));
        pair("bad", format!("{bad:.0} of {total:.0} events; {:.0} allowed", n.allowed_bad.unwrap_or(0.0)));
    }
    if let Some(coverage) = n.coverage {
        pair("coverage", format!("{} of the window was counted", percent(coverage)));
    }
    let rates: Vec<String> = n.burn.iter().map(|(w, _)| format!("{w} {}", burn(Some(n), w))).collect();
    pair("burn rate", rates.join("  "));
    for tier in &n.tiers {
        let state = match (tier.firing, tier.unreachable) {
            (true, _) => "FIRING",
            (_, true) => "can never fire at this objective",
            _ => "quiet",
        };
        let rate = |b: Option<f64>| b.map_or("--".into(), |b| format!("{b:.1}x"));
        let windows = format!("{}/{}", duration::prometheus(tier.long_s), duration::prometheus(tier.short_s));
        let seen = format!("{} and {} against {:.1}x", rate(tier.long_burn), rate(tier.short_burn), tier.factor);
        pair(tier.severity.as_str(), format!("{windows} {state}: {seen}"));
    }
}
