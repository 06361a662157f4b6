//! The checks of what is watched: every source asked once, its clock, and the definitions of budgets.

use crate::{
    app::world::sources::SourceStatus,
    cli::{ask::Asked, start},
    domain::source::{AckVia, Problem},
};

use super::Check;

/// Problems of one source that are told one by one.
const TOLD: usize = 5;

pub(super) fn checks(asked: &Asked) -> Vec<Check> {
    let mut checks: Vec<Check> = asked.world.sources.iter().flat_map(source).collect();
    checks.extend(clock(asked));
    checks.extend(budgets(asked));
    checks
}

fn source(source: &SourceStatus) -> Vec<Check> {
    let name = source.about.name.as_str();
    let what = format!("source {name}");
    if let Some(error) = &source.error {
        return vec![Check::fail(&what, error.to_string(), error.advice())];
    }
    let version = source.version.as_ref().map(|v| format!(" {}", v.line())).unwrap_or_default();
    let said = format!(
        "{}{version}: {} alerts, {} silences, acks: {}",
        source.about.kind,
        source.known.len(),
        source.silences.len(),
        acks(source)
    );
    let mut checks = vec![Check::ok(&what, said)];
    for (member, error) in &source.missing_members {
        checks.push(Check::fail(&what, format!("member {member}: {error}"), error.advice()));
    }
    let problems: Vec<&Problem> = source.problems.iter().filter(|p| !is_of_clock(p)).collect();
    let advice = "the rest was read; whoever runs that server can mend it";
    checks.extend(problems.iter().take(TOLD).map(|p| Check::warn(&what, format!("{}: {}", p.at, p.why), advice)));
    if let Some(more) = problems.len().checked_sub(TOLD).filter(|n| *n > 0) {
        checks.push(Check::warn(&what, format!("{more} more that could not be read"), advice));
    }
    checks
}

fn acks(source: &SourceStatus) -> &'static str {
    match source.about.can.ack {
        Some(AckVia::Native) => "its own",
        Some(AckVia::Silence) => "as silences",
        Some(AckVia::Journal) => "in the journal",
        None => "none",
    }
}

fn is_of_clock(problem: &Problem) -> bool {
    problem.at.raw().ends_with("clock")
}

/// This machine's clock against those of the sources that told theirs.
fn clock(asked: &Asked) -> Vec<Check> {
    let what = "clock";
    let advice = "set both clocks (chronyc tracking, timedatectl): ages and expiries are wrong by as much";
    let wrong = asked.world.sources.iter().flat_map(|s| s.problems.iter().map(move |p| (&s.about.name, p)));
    let wrong: Vec<Check> = wrong
        .filter(|(_, p)| is_of_clock(p))
        .map(|(name, p)| Check::warn(what, format!("{name}: {}", p.why), advice))
        .collect();
    let asked_any = asked.world.sources.iter().any(|s| !s.is_blind());
    match wrong.is_empty() {
        false => wrong,
        true if asked_any => {
            vec![Check::ok(what, format!("{} UTC; the sources agree", asked.now.format("%Y-%m-%d %H:%M:%S")))]
        }
        true => {
            vec![Check::ok(what, format!("{} UTC; no source to compare with", asked.now.format("%Y-%m-%d %H:%M:%S")))]
        }
    }
}

fn budgets(asked: &Asked) -> Vec<Check> {
    let what = "budgets";
    let (slos, problems) = start::slos(&asked.config);
    let advice = "mend the definition; the other budgets are not touched by it";
    let mut checks: Vec<Check> = problems.iter().map(|p| Check::warn(what, p.shown(), advice)).collect();
    let counts = asked.world.sources.iter().any(|s| s.about.can.counts);
    if !slos.is_empty() {
        checks.push(match counts {
            true => Check::ok(what, format!("{} defined", slos.len())),
            false => Check::fail(what, "defined, but no source can count", "add a [[source]] of kind prometheus"),
        });
    }
    checks
}
