//! The checks of what is watched: every source asked once, what its login lets us do, its clock, and the definitions of
//! budgets.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::{
    app::world::sources::SourceStatus,
    cli::{ask::Asked, start},
    config::{SourceKind, kinds},
    domain::{
        checkup::{Allowed, Right},
        source::{AckVia, Problem, SourceError},
    },
    runtime::panics,
    sources::{
        Source,
        probe::{Beside, beside},
    },
};

use super::Check;

/// Problems of one source that are told one by one.
const TOLD: usize = 5;
/// The most that one source may take to tell what it tells beside its alerts.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn checks(asked: &Asked) -> Vec<Check> {
    let each = asked.world.sources.iter().map(async |status| {
        let source = asked.sources.iter().find(|s| s.describe().name == status.about.name);
        let beside = match source.filter(|_| status.error.is_none()) {
            Some(source) => Some(looked_beside(source.as_ref(), asked).await),
            None => None,
        };
        of_source(status, beside.as_ref())
    });
    let mut checks: Vec<Check> = join_all(each).await.into_iter().flatten().collect();
    checks.extend(clock(asked));
    checks.extend(budgets(asked));
    checks
}

/// None in time is an error of everything that it would have told.
async fn looked_beside(source: &dyn Source, asked: &Asked) -> Result<Beside, SourceError> {
    let looked = async { Ok(beside(source, asked.clock.now()).await) };
    let late = || SourceError::unreachable(format!("no full answer within {} s", PATIENCE.as_secs()));
    timeout(PATIENCE, panics::asked(looked)).await.unwrap_or_else(|_| Err(late()))
}

fn of_source(source: &SourceStatus, beside: Option<&Result<Beside, SourceError>>) -> Vec<Check> {
    let what = format!("source {}", source.about.name);
    if let Some(error) = &source.error {
        return vec![Check::fail(&what, error.to_string(), advice(source, error))];
    }
    let mut checks = vec![Check::ok(&what, answered(source, beside))];
    for (member, error) in &source.missing_members {
        checks.push(Check::fail(&what, format!("member {member}: {error}"), advice(source, error)));
    }
    match beside {
        Some(Ok(beside)) => checks.extend(of_beside(&what, source, beside)),
        Some(Err(error)) => checks.push(Check::warn(&what, format!("what its login may do: {error}"), error.advice())),
        None => {}
    }
    checks.extend(problems(&what, source));
    checks
}

/// What to do about an error; who is not let in is told how the kind is logged in to.
fn advice(source: &SourceStatus, error: &SourceError) -> String {
    match (error, kinds::named(source.about.kind)) {
        (SourceError::Auth { .. }, Some(SourceKind::Alertmanager)) | (_, None) => error.advice().to_owned(),
        (SourceError::Auth { .. }, Some(kind)) => {
            format!("{}; what it needs stands in the manual, source-{}.md", kinds::login_advice(kind), kind.as_str())
        }
        _ => error.advice().to_owned(),
    }
}

fn answered(source: &SourceStatus, beside: Option<&Result<Beside, SourceError>>) -> String {
    let version = source.version.as_ref().map(|v| format!(" {}", v.line())).unwrap_or_default();
    let beside = beside.and_then(|b| b.as_ref().ok());
    let changes = beside.and_then(|b| b.changes.as_ref()?.as_ref().ok());
    let changes = changes.map(|n| format!("{n} changes of the last day, ")).unwrap_or_default();
    let on_call = beside.and_then(|b| b.on_call.as_ref()?.as_ref().ok());
    let on_call = on_call.map(|n| format!("{n} on call, ")).unwrap_or_default();
    format!(
        "{}{version}: {} alerts, {} silences, {changes}{on_call}acks: {}",
        source.about.kind,
        source.known.len(),
        source.silences.len(),
        acks(source)
    )
}

fn of_beside(what: &str, source: &SourceStatus, beside: &Beside) -> Vec<Check> {
    let checkup = &beside.checkup;
    let mut checks: Vec<Check> =
        checkup.login.iter().map(|login| Check::ok(what, format!("asked as {}", login.line()))).collect();
    let (lacking, held): (Vec<&Right>, Vec<&Right>) = checkup.rights.iter().partition(|r| r.lack.is_some());
    if !held.is_empty() {
        let held: Vec<_> = held.iter().map(|r| r.to.line()).collect();
        checks.push(Check::ok(what, format!("may {}", held.join(", "))));
    }
    for right in lacking {
        let Some(lack) = &right.lack else { continue };
        checks.push(Check::warn(what, format!("may not {}: {}", right.to.line(), lack.why.line()), lack.advice.line()));
    }
    let unread = [("changes", beside.changes.as_ref()), ("who is on call", beside.on_call.as_ref())];
    for (of_what, error) in unread.into_iter().filter_map(|(w, told)| Some((w, told?.as_ref().err()?))) {
        checks.push(Check::fail(what, format!("{of_what} cannot be read: {error}"), advice(source, error)));
    }
    checks.extend(checkup.allowance.map(|allowed| allowance(what, allowed)));
    checks
}

fn allowance(what: &str, allowed: Allowed) -> Check {
    let advice = "poll less often (interval), set requests_per_minute, or share one token less";
    if allowed.is_little() {
        Check::warn(what, allowed.to_string(), advice)
    } else {
        Check::ok(what, allowed.to_string())
    }
}

fn problems(what: &str, source: &SourceStatus) -> Vec<Check> {
    let problems: Vec<&Problem> = source.problems.iter().filter(|p| !is_of_clock(p)).collect();
    let advice = "the rest was read; whoever runs that server can mend it";
    let refused = |p: &Problem| p.why.raw().contains("not authorised");
    let of = |p: &&Problem| match (refused(p), kinds::named(source.about.kind)) {
        (true, Some(kind)) => Check::warn(what, format!("{}: {}", p.at, p.why), kinds::login_advice(kind)),
        _ => Check::warn(what, format!("{}: {}", p.at, p.why), advice),
    };
    let mut checks: Vec<Check> = problems.iter().take(TOLD).map(of).collect();
    if let Some(more) = problems.len().checked_sub(TOLD).filter(|n| *n > 0) {
        checks.push(Check::warn(what, format!("{more} more that could not be read"), advice));
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
