//! `watchfire slo show`: one budget whole: its numbers, what burned it, what comes back, how far its alerts are from firing.

use crate::{
    app::world::{happened::Event, lanes::Of},
    cli::{
        alerts::moment,
        answer::{
            say_json,
            signals::SignalsAnswer,
            slo::SloAnswer,
            slo_verbs::{AccountAnswer, ShowAnswer, SpentAnswer},
        },
        args::{Global, Output},
        ask::{Asked, Journalled},
        axis,
        exit::{self, Exit},
    },
    domain::{
        Time, moment as when,
        signals::{Golden, tale as golden_tale},
        slo::{
            BudgetRow, Slo,
            account::Account,
            assess::Assessment,
            span::{Spent, spent_by},
            tale,
        },
    },
    runtime::clock::Clock,
    ui::budgets::{burn, left, percent},
};

use super::{Counted, Partial, causes, list::runs_out, signals, words};

/// Days of the calendar of returns that are told.
const RETURNS: usize = 7;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// As `slo list` names it
    id: String,
    /// What it spent from here on, too: 10:15, 2h (ago), 2026-11-21T10:15Z
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Until then, in place of now
    #[arg(long, value_name = "WHEN", requires = "from")]
    to: Option<String>,
    /// Its time axis in sentences, too: when its alerts burned, what happened beside (not in JSON)
    #[arg(long)]
    axis: bool,
    #[command(flatten)]
    partial: Partial,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let mut asked = Asked::of(global, Journalled::Read).await?;
    let span = span(args, asked.clock.now())?;
    let counted = Counted::of(&asked.config, &asked.sources, asked.clock).await;
    counted.lend(&mut asked.world);
    let row = counted.find(&args.id)?;
    let happened = causes::happened(&asked, row, &causes::entries(&asked, [row]).await);
    let account = causes::of_happened(&asked, row, &happened);
    let golden = signals::of(&asked.config, &asked.sources, row, asked.clock).await;
    let spent = span.and_then(|(from, to)| spent_by(row, from, to));
    let whole = ShowAnswer {
        slo: SloAnswer::of(row),
        account: account.as_ref().map(AccountAnswer::of),
        signals: SignalsAnswer::of(&golden),
        span: spent.as_ref().map(SpentAnswer::of),
    };
    match global.output {
        Output::Json => say_json(&counted.answer("slos", [whole]))?,
        Output::Ndjson => say_json(&whole)?,
        Output::Table | Output::Wide | Output::Markdown => {
            let told = Told { happened: &happened, golden: &golden, spent: spent.as_ref() };
            exit::say(&in_words(row, account.as_ref(), &told, counted.now));
            if args.axis {
                exit::say(&on_its_axis(&mut asked, row, span).await);
            }
        }
    }
    Ok(counted.conclude(args.partial.allow_partial))
}

async fn on_its_axis(asked: &mut Asked, row: &BudgetRow, between: Option<(Time, Time)>) -> String {
    let of = Of::Slo(row.slo.id.clone());
    let (clock, now) = (asked.clock, asked.now);
    let means = axis::Means { sources: &asked.sources, journal: asked.journal.as_ref(), clock, now };
    axis::read(&mut asked.world, &of, &means).await;
    axis::in_sentences(&asked.world, &of, between, now)
}

/// From when to when it was asked what was spent.
fn span(args: &Args, now: Time) -> Result<Option<(Time, Time)>, Exit> {
    let zone = Clock::local_zone();
    let read = |text: &String| when::parse(text, now, &zone).map_err(exit::misused);
    let from = args.from.as_ref().map(read).transpose()?;
    let to = args.to.as_ref().map(read).transpose()?.unwrap_or(now);
    Ok(from.map(|from| (from, to)))
}

/// `5.1 % of the budget from .. to ..: 1,227 of 8,400 requests`
fn spent_in_words(spent: &Spent, unit: &str) -> String {
    let (from, to) = (moment(spent.from), moment(spent.to));
    match (spent.share, spent.bad, spent.total) {
        (Some(share), Some(bad), Some(total)) => {
            format!("{} of the budget from {from} to {to}: {bad:.0} bad of {total:.0} {unit}", tale::percent(share))
        }
        _ => format!("UNKNOWN: nothing was counted from {from} to {to}"),
    }
}

/// What is told of it beside its numbers.
struct Told<'a> {
    happened: &'a [Event],
    golden: &'a Golden,
    spent: Option<&'a Spent>,
}

/// One SLO, every number with what it means.
fn in_words(row: &BudgetRow, account: Option<&Account>, told: &Told<'_>, now: Time) -> String {
    let Told { happened, golden, spent } = *told;
    let slo = &row.slo;
    let window = slo.window.words();
    let mut out = format!("{}  ({})\n", slo.title.line(), slo.id);
    let mut pair = |name: &str, text: String| out.push_str(&format!("  {name:<12} {text}\n"));
    pair(
        "objective",
        format!(
            "{} % of {} good over {window}{}",
            slo.objective.as_percent(),
            slo.unit(),
            if slo.window.is_rolling() { ", rolling" } else { "" }
        ),
    );
    pair("service", slo.service.line().into_owned());
    match &row.numbers {
        None => {
            pair("state", "UNKNOWN: not counted".into());
            words::said(row, now).into_iter().for_each(|said| pair("left", said));
        }
        Some(n) => numbers(slo, n, now, &mut pair),
    }
    if let Some(spent) = spent {
        pair("spent", spent_in_words(spent, slo.unit()));
    }
    pair("defined in", slo.origin.to_string());
    if let Some(account) = account {
        pair("policy", tale::policy(account, now));
        if let Some((_, meter)) = &account.burning {
            pair("burning", tale::meter(meter, now));
        }
        out.push_str(&section("tiers", &tale::tiers(account)));
        out.push_str(&section("what burned it", &tale::burned(account, now)));
        out.push_str(&section("what comes back", &tale::returns(account, now, RETURNS)));
    }
    out.push_str(&section("graph", &words::line_and_marks(row, happened, now)));
    out.push_str(&section("golden signals", &golden_tale::pairs(golden, now)));
    out.push_str(&section("asked by", &golden_tale::queries(golden)));
    out.push_str(&section("badges", &tale::badges(row)));
    out.push_str(&trouble(row));
    out
}

/// Why it cannot be counted, and the rule that would help, to be pasted.
fn trouble(row: &BudgetRow) -> String {
    let Some(trouble) = &row.trouble else { return String::new() };
    let rule =
        trouble.rule.as_ref().map(|rule| format!("a rule that would help, as YAML to paste\n{}\n", rule.shown()));
    format!("cannot be counted: {}\n{}", trouble.what.line(), rule.unwrap_or_default())
}

fn section(title: &str, pairs: &[tale::Pair]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let lines = pairs.iter().map(|(name, text)| format!("  {name:<14} {text}\n"));
    format!("{title}\n{}", lines.collect::<String>())
}

fn numbers(slo: &Slo, n: &Assessment, now: Time, pair: &mut impl FnMut(&str, String)) {
    pair("state", n.state.as_str().into());
    pair("left", format!("{} of the budget", left(Some(n))));
    pair("runs out", runs_out(Some(n), now));
    if let Some(at) = n.recovers_at {
        pair("back", format!("{}, when old errors leave the window", moment(at)));
    }
    if let (Some(sli), Some(bad), Some(total)) = (n.sli, n.bad, n.total) {
        pair("SLI", format!("{:.4} %", sli * 100.0));
        let (unit, allowed) = (slo.unit(), n.allowed_bad.unwrap_or(0.0));
        pair("bad", format!("{bad:.0} of {total:.0} {unit}; {allowed:.0} allowed"));
    }
    if let Some(coverage) = n.coverage {
        pair("coverage", format!("{} of the window was counted", percent(coverage)));
    }
    let rates: Vec<String> = n.burn.iter().map(|(w, _)| format!("{w} {}", burn(Some(n), w))).collect();
    pair("burn rate", rates.join("  "));
}
