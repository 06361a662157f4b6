//! `watchfire slo what-if`: the same counts under another objective or window, with an outage that is planned or without
//! an incident that was; and the alerts replayed over them.

use chrono::Duration;

use crate::{
    cli::{
        answer::{say_json, slo_verbs::WhatIfAnswer},
        args::{Global, Output},
        exit::{self, Exit},
    },
    domain::{
        Time, duration,
        slo::{
            BudgetRow, Objective, Window,
            supposed::{Supposed, suppose},
            whatif::{Outage, WhatIf},
        },
    },
};

use super::{Partial, count};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `slo list` names it
    id: String,
    /// Another objective, in percent
    #[arg(long, value_name = "PERCENT", value_parser = Objective::percent)]
    objective: Option<Objective>,
    /// Another window, rolling
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    window: Option<Duration>,
    /// A planned outage and how much of the traffic fails: 30m@100%
    #[arg(long, value_name = "DURATION@PERCENT", value_parser = Outage::parse)]
    outage: Option<Outage>,
    /// As if the errors in this span had been the usual ones: 2026-11-20T10:00..2026-11-20T11:30, or 26h..24h ago
    #[arg(long, value_name = "FROM..TO")]
    without: Vec<String>,
    /// As if nothing in this span counted, as in planned maintenance; written like --without
    #[arg(long, value_name = "FROM..TO")]
    exclude: Vec<String>,
    #[command(flatten)]
    partial: Partial,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let (_, counted) = count(global).await?;
    let row = counted.find(&args.id)?;
    let spans = |texts: &[String]| -> Result<Vec<(i64, i64)>, Exit> {
        texts.iter().map(|s| span(s, counted.now)).collect::<Result<_, _>>().map_err(exit::misused)
    };
    let changes = WhatIf {
        objective: args.objective.clone(),
        window: args.window.map(|w| Window::rolling(w.num_seconds())),
        without: spans(&args.without)?,
        excluded: spans(&args.exclude)?,
        baseline: 0.0,
        outage: args.outage,
    };
    let Some(numbers) = row.numbers() else {
        counted.conclude(true);
        return Err(exit::failed("it was not counted, so nothing can be supposed"));
    };
    let supposed = suppose(&row.slo, &row.history, numbers, changes, counted.now);
    match global.output {
        Output::Json => say_json(&counted.answer("what_if", WhatIfAnswer::of(row, &supposed)))?,
        Output::Ndjson => say_json(&WhatIfAnswer::of(row, &supposed))?,
        Output::Table | Output::Wide | Output::Markdown => exit::say(&words(row, &supposed)),
    }
    Ok(counted.conclude(args.partial.allow_partial))
}

fn words(row: &BudgetRow, supposed: &Supposed) -> String {
    let mut out = format!("{}  ({})\n", row.slo.title.line(), row.slo.id);
    for (name, text) in supposed.words() {
        out.push_str(&format!("  {name:<14} {text}\n"));
    }
    out
}

/// `FROM..TO`, each a moment or how long ago.
fn span(text: &str, now: Time) -> Result<(i64, i64), String> {
    let bad = || format!("`{text}` is no span; write FROM..TO, such as 2026-11-20T10:00..2026-11-20T11:30 or 26h..24h");
    let (from, to) = text.split_once("..").ok_or_else(bad)?;
    let (from, to) = (moment(from, now).ok_or_else(bad)?, moment(to, now).ok_or_else(bad)?);
    if from < to { Ok((from, to)) } else { Err(format!("`{text}` ends before it begins")) }
}

fn moment(text: &str, now: Time) -> Option<i64> {
    let text = text.trim();
    if text == "now" {
        return Some(now.timestamp());
    }
    if let Ok(ago) = duration::parse(text.trim_start_matches('-')) {
        return Some(now.timestamp() - ago.num_seconds());
    }
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp());
    }
    let plain = chrono::NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M");
    plain.ok().map(|at| at.and_utc().timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_two_moments_or_two_ages() {
        let now = Time::from_timestamp(1_800_000_000, 0).unwrap();
        assert_eq!(span("3h..1h", now), Ok((1_800_000_000 - 10_800, 1_800_000_000 - 3_600)));
        assert_eq!(span("2027-01-15T07:00..2027-01-15T08:00:00Z", now), Ok((1_799_996_400, 1_800_000_000)));
        for wrong in ["", "3h", "1h..3h", "x..now"] {
            assert!(span(wrong, now).is_err(), "{wrong}");
        }
    }
}
