//! A source is asked once, as it is entered: with a deadline, a dot a second, and what came of it in words.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{
    config::SourceKind,
    domain::source::SourceError,
    runtime::clock::Clock,
    sources::probe::{Probed, probe},
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
    talk::part(&format!("  asking {} ", source.url));
    let asked = with_dots(probe(&source.config(), Clock::real().now())).await;
    talk::tell("");
    match &asked {
        Ok(probed) => sentences(source.kind, probed).iter().for_each(talk::tell),
        Err(error) => {
            talk::tell(format!("  {error}"));
            talk::tell(format!("  What to do: {}.", error.advice()));
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

fn sentences(kind: SourceKind, probed: &Probed) -> Vec<String> {
    let version = probed.version.as_ref().map(|v| format!(" {}", v.line())).unwrap_or_default();
    let mut counts = vec![count(probed.alerts, "alert")];
    match kind {
        SourceKind::Alertmanager => counts.push(count(probed.silences, "silence")),
        SourceKind::Prometheus => counts.extend(probed.rules.map(|n| count(n, "rule"))),
        _ => {}
    }
    let mut said = vec![format!("  It answers: {}{version}, {}.", kind.as_str(), counts.join(", "))];
    said.push(match &probed.clock {
        Some(wrong) => format!("  Its clock: {}; set both clocks, or ages are wrong by as much.", wrong.line()),
        None => "  Its clock agrees with this machine's.".to_owned(),
    });
    match &probed.may_silence {
        Some(Ok(())) => said.push("  Silences may be written: acks are carried by them.".to_owned()),
        Some(Err(why)) => said.push(format!("  Silences may not be written ({}).", why.line())),
        None => {}
    }
    said.extend(probed.problems.iter().take(TOLD).map(|p| format!("  Not all could be read: {p}")));
    said
}

pub fn count(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
