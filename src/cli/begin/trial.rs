//! A source is asked once, as it is entered: with a deadline, a dot a second, and what came of it in words.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{
    config::{SourceKind, kinds},
    domain::{checkup::Right, source::SourceError},
    runtime::clock::Clock,
    sources::probe::{Beside, Probed, probe},
};

use super::{draft::SourceDraft, talk};

/// The most that all questions to one source may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// Problems that are told one by one.
const TOLD: usize = 3;

/// Asks it and says what came of it.
///
/// # Errors
/// Why it cannot be read, after it was said with what to do.
pub async fn run(source: &SourceDraft) -> Result<Probed, SourceError> {
    talk::part(&format!("  asking {} ", source.place()));
    let asked = with_dots(probe(&source.config(), Clock::real().now())).await;
    talk::tell("");
    match &asked {
        Ok(probed) => sentences(source.kind, probed).iter().for_each(talk::tell),
        Err(error) => {
            talk::tell(format!("  {error}"));
            talk::tell(format!("  What to do: {}.", advice(source.kind, error)));
            if let Some(hint) = hint(source, error).await {
                talk::tell(format!("  {hint}"));
            }
        }
    }
    asked
}

async fn with_dots(asked: impl Future<Output = Result<Probed, SourceError>>) -> Result<Probed, SourceError> {
    let mut asked = std::pin::pin!(timeout(DEADLINE, asked));
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            answer = &mut asked => {
                let late = || SourceError::unreachable(format!("no full answer within {DEADLINE:?}"));
                return answer.unwrap_or_else(|_| Err(late()));
            }
            _ = seconds.tick() => talk::part("."),
        }
    }
}

/// What a person may have meant: the other kind of server.
async fn hint(source: &SourceDraft, error: &SourceError) -> Option<&'static str> {
    if !matches!(error, SourceError::Rejected { .. } | SourceError::Malformed { .. }) {
        return None;
    }
    let (other, said) = match source.kind {
        SourceKind::Alertmanager => {
            (SourceKind::Prometheus, "There is a Prometheus at this address: its kind is prometheus.")
        }
        SourceKind::Prometheus => {
            (SourceKind::Alertmanager, "There is an Alertmanager at this address: its kind is alertmanager.")
        }
        _ => return None,
    };
    let other = SourceDraft { kind: other, ..source.clone() };
    let asked = timeout(DEADLINE, probe(&other.config(), Clock::real().now())).await;
    matches!(asked, Ok(Ok(_))).then_some(said)
}

/// What to do about an error; who is not let in is told how the kind is logged in to.
pub fn advice(kind: SourceKind, error: &SourceError) -> &'static str {
    if matches!(error, SourceError::Auth { .. }) { kinds::login_advice(kind) } else { error.advice() }
}

fn sentences(kind: SourceKind, probed: &Probed) -> Vec<String> {
    let version = probed.version.as_ref().map(|v| format!(" {}", v.line())).unwrap_or_default();
    let beside = &probed.beside;
    let mut counts = vec![count(probed.alerts, "alert")];
    counts.extend(probed.silences.map(|n| count(n, "silence")));
    counts.extend(probed.rules.map(|n| count(n, "rule")));
    counts.extend(beside.changes.iter().flatten().map(|n| format!("{} of the last day", count(*n, "change"))));
    counts.extend(beside.on_call.iter().flatten().map(|n| format!("{n} on call")));
    let mut said = vec![format!("  It answers: {}{version}, {}.", kind.as_str(), counts.join(", "))];
    said.extend(beside.checkup.login.as_ref().map(|login| format!("  It is asked as {}.", login.line())));
    said.push(match &probed.clock {
        Some(wrong) => format!("  Its clock: {}; set both clocks, or ages are wrong by as much.", wrong.line()),
        None => "  Its clock agrees with this machine's, as far as it tells.".to_owned(),
    });
    said.extend(rights(beside));
    said.extend(beside.checkup.allowance.map(|allowed| format!("  It allows: {allowed}.")));
    let unread = [("Changes", beside.changes.as_ref()), ("Who is on call", beside.on_call.as_ref())];
    let unread = unread.into_iter().filter_map(|(what, told)| Some((what, told?.as_ref().err()?)));
    said.extend(unread.map(|(what, e)| format!("  {what} cannot be read: {e}. What to do: {}.", advice(kind, e))));
    said.extend(probed.problems.iter().take(TOLD).map(|p| format!("  Not all could be read: {p}")));
    said
}

/// What may be done, in one line, and what may not, each in one with what to do.
fn rights(beside: &Beside) -> Vec<String> {
    let (lacking, held): (Vec<&Right>, Vec<&Right>) = beside.checkup.rights.iter().partition(|r| r.lack.is_some());
    let held: Vec<_> = held.iter().map(|r| r.to.line()).collect();
    let may = (!held.is_empty()).then(|| format!("  It lets you {}.", held.join(", ")));
    let may_not = lacking.iter().filter_map(|r| {
        let lack = r.lack.as_ref()?;
        Some(format!(
            "  It does not let you {} ({}). What to do: {}.",
            r.to.line(),
            lack.why.line(),
            lack.advice.line()
        ))
    });
    may.into_iter().chain(may_not).collect()
}

pub fn count(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
