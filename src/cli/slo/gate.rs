//! `watchfire slo gate`: may this be released? One line with the reason, and the exit code of a monitoring plugin.

use crate::{
    cli::{
        answer::{say_json, slo_verbs::GateAnswer},
        args::{Global, Output},
        ask,
        exit::{self, Exit},
        start,
    },
    domain::{
        slo::{
            BudgetRow,
            gate::{Verdict, judge, worst},
            policy::{Policy, Stance},
        },
        text::SafeText,
    },
};

use super::Counted;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// These budgets, as `slo list` names them; without any, all of them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// The budgets of this service
    #[arg(long, value_name = "NAME", conflicts_with = "ids")]
    service: Option<String>,
}

/// What was decided and why, in a line.
struct Decision<'a> {
    stance: Stance,
    line: String,
    rows: Vec<(&'a BudgetRow, Verdict)>,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    // A gate that could not look is UNKNOWN, whatever kept it from looking.
    let config = ask::configured(global).map_err(|_| blind("the configuration is wrong, or names no source"))?;
    let sources = start::sources(&config).await;
    let counted = Counted::of(&config, &sources, start::clock(&config)).await;
    counted.conclude(true);
    let decision = decide(&counted, args, &config.slo.policy);
    let code = code(decision.stance);
    let body = GateAnswer::of(decision.stance, code, &decision.line, &decision.rows);
    match global.output {
        Output::Json => say_json(&counted.answer("gate", body))?,
        Output::Ndjson => say_json(&body)?,
        Output::Table | Output::Wide | Output::Markdown => exit::say(&format!("{}\n", decision.line)),
    }
    Ok(Exit::Plugin(code))
}

fn blind(why: &str) -> Exit {
    exit::say(&format!("UNKNOWN {why}\n"));
    Exit::Plugin(3)
}

fn code(stance: Stance) -> u8 {
    match stance {
        Stance::Ok => 0,
        Stance::Warn => 1,
        Stance::Freeze => 2,
        Stance::Unknown => 3,
    }
}

fn decide<'a>(counted: &'a Counted, args: &Args, policy: &Policy) -> Decision<'a> {
    let is_wanted = |row: &&BudgetRow| match &args.service {
        Some(service) => row.slo.service.raw() == service,
        None => args.ids.is_empty() || args.ids.iter().any(|id| row.slo.id.as_str() == bare(id)),
    };
    let rows: Vec<(&BudgetRow, Verdict)> =
        counted.budgets.rows.iter().filter(is_wanted).map(|row| (row, judge(row, policy, counted.now))).collect();
    let missing = missing(counted, args, rows.is_empty());
    let known = worst(rows.iter().map(|(_, v)| v.standing.stance));
    let stance = if missing.is_some() { worst([known, Stance::Unknown]) } else { known };
    let reason = match (missing, stance) {
        (Some(why), Stance::Unknown) => why,
        _ => reason(&rows, stance),
    };
    Decision { stance, line: format!("{} {reason}", stance.as_str()), rows }
}

fn bare(id: &str) -> &str {
    id.strip_prefix("slo:").unwrap_or(id)
}

/// Why not every budget that was asked for is here: who names them needs no others.
fn missing(counted: &Counted, args: &Args, none: bool) -> Option<String> {
    let is_there = |id: &&String| counted.budgets.rows.iter().any(|r| r.slo.id.as_str() == bare(id));
    if let Some(id) = args.ids.iter().find(|id| !is_there(id)) {
        return Some(format!("no SLO is called `{}`", SafeText::new(id).line()));
    }
    if !args.ids.is_empty() {
        return None;
    }
    match (&args.service, none) {
        _ if !counted.is_complete() => Some("not every budget could be counted".into()),
        (Some(service), true) => Some(format!("no SLO is of the service `{}`", SafeText::new(service).line())),
        (None, true) => Some("there is no SLO".into()),
        _ => None,
    }
}

/// The first that decides, and how many beside it.
fn reason(rows: &[(&BudgetRow, Verdict)], stance: Stance) -> String {
    let mut deciding: Vec<_> = rows.iter().filter(|(_, v)| v.standing.stance == stance).collect();
    deciding.sort_by(|a, b| {
        let left = |row: &BudgetRow| row.numbers().and_then(|n| n.remaining).unwrap_or(f64::INFINITY);
        left(a.0).total_cmp(&left(b.0))
    });
    let Some((row, verdict)) = deciding.first() else { return String::new() };
    let more = match deciding.len() - 1 {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    format!("{}: {}{more}", row.slo.id, verdict.reason)
}
