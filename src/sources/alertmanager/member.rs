//! One member of a cluster, read whole: alerts, silences, and whether it has settled.

use std::collections::BTreeSet;

use futures_util::future::{join_all, join3};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::wire::{Dated, WireAlert, WireSilence, WireStatus};
use crate::{
    domain::{
        Time,
        alert::Alert,
        silence::{Silence, SilenceState},
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::{
        http::{Answer, Call, Failure, Http, clock_problem},
        items,
    },
};

const ALERTS: &str = "api/v2/alerts";
const SILENCES: &str = "api/v2/silences";
const SILENCE: &str = "api/v2/silence";
const STATUS: &str = "api/v2/status";

/// A silence that ended longer ago than this is history.
const EXPIRED_KEPT: chrono::Duration = chrono::Duration::hours(1);
/// Most silences asked for one by one where the list cannot be had.
const SINGLES_MAX: usize = 50;

/// What one member answered.
pub(super) struct Reading {
    pub(super) alerts: Vec<Dated<Alert>>,
    pub(super) silences: Vec<Dated<Silence>>,
    pub(super) problems: Vec<Problem>,
    /// Whether absence in it means anything.
    pub(super) complete: bool,
    pub(super) version: Option<SafeText>,
}

/// # Errors
/// Where the alerts cannot be read. Silences or status that cannot be had are problems in the reading.
pub(super) async fn read(http: &Http, now: Time) -> Result<Reading, SourceError> {
    let ask = |path| http.call(Call::get(path), now);
    let (alerts, silences, status) = join3(ask(ALERTS), ask(SILENCES), ask(STATUS)).await;
    let answer = alerts?;
    let (alerts, problems) = list(http, &answer, "alerts", WireAlert::read)?;
    let mut reading = Reading { alerts, silences: Vec::new(), problems, complete: true, version: None };
    reading.problems.extend(clock_problem(&answer, now));
    take_silences(&mut reading, http, silences, now).await;
    take_status(&mut reading, http, status);
    Ok(reading)
}

/// A server that holds one silence it cannot express in this API refuses the whole list: then those that matter,
/// which are the ones that mute an alert, are asked for one by one.
async fn take_silences(reading: &mut Reading, http: &Http, answer: Result<Answer, Failure>, now: Time) {
    let refused = answer.as_ref().is_err_and(|f| f.status.is_some());
    let read = answer.map_err(SourceError::from).and_then(|a| list(http, &a, "silences", WireSilence::read));
    match read {
        Ok((silences, problems)) => {
            reading.silences = silences.into_iter().filter(|(_, s)| is_recent(s, now)).collect();
            reading.problems.extend(problems);
        }
        Err(error) => {
            let asks_again = refused && !matches!(error, SourceError::Auth { .. } | SourceError::RateLimited { .. });
            reading.problems.push(problem("silences", &error));
            if asks_again {
                take_singles(reading, http, now).await;
            }
        }
    }
}

async fn take_singles(reading: &mut Reading, http: &Http, now: Time) {
    let ids: BTreeSet<SafeText> = reading.alerts.iter().flat_map(|(_, a)| a.silenced_by.clone()).collect();
    let ids: Vec<SafeText> = ids.into_iter().take(SINGLES_MAX).collect();
    let answers = join_all(ids.iter().map(|id| silence(http, id.raw(), now))).await;
    for (id, answer) in ids.iter().zip(answers) {
        match answer {
            Ok(silence) => reading.silences.extend(silence),
            Err(failure) => reading.problems.push(problem(&format!("silence {id}"), &failure.error)),
        }
    }
}

/// A relative that has no status page is taken as settled; one that fails to show it is not.
fn take_status(reading: &mut Reading, http: &Http, answer: Result<Answer, Failure>) {
    match answer {
        Err(failure) if failure.status == Some(404) => {}
        Err(failure) => {
            reading.complete = false;
            reading.problems.push(problem("status", &failure.error));
        }
        Ok(answer) => match http.json::<WireStatus>(&answer) {
            Ok(status) => {
                reading.complete = status.is_settled();
                reading.version = status.version();
            }
            Err(error) => reading.problems.push(problem("status", &error)),
        },
    }
}

fn problem(at: &str, error: &SourceError) -> Problem {
    Problem { at: at.into(), why: error.to_string().into() }
}

/// All silences that are not long gone.
pub(super) async fn silences(http: &Http, now: Time) -> Result<Vec<Dated<Silence>>, SourceError> {
    let answer = http.call(Call::get(SILENCES), now).await?;
    let (silences, _) = list(http, &answer, "silences", WireSilence::read)?;
    Ok(silences.into_iter().filter(|(_, s)| is_recent(s, now)).collect())
}

/// One silence; none where the member does not know the id, or it is no id at all (422).
pub(super) async fn silence(http: &Http, id: &str, now: Time) -> Result<Option<Dated<Silence>>, Failure> {
    let answer = match http.call(Call::get(SILENCE).item(id), now).await {
        Err(failure) if is_unknown(&failure) || failure.status == Some(422) => return Ok(None),
        answer => answer?,
    };
    let read = http.json::<WireSilence>(&answer).and_then(|s| s.read().map_err(SourceError::malformed));
    read.map(Some).map_err(|error| Failure::answered(200, error, String::new()))
}

/// 404 since 0.28, 500 with words before. A 404 of another server on the way has words of its own.
pub(super) fn is_unknown(failure: &Failure) -> bool {
    match failure.status {
        Some(404) => failure.words.is_empty() || failure.words.contains("silence"),
        Some(500) => failure.words.contains("silence not found"),
        _ => false,
    }
}

pub(super) fn post(json: &str) -> Call<'_> {
    Call::post_json(SILENCES, json)
}

pub(super) fn delete(id: &str) -> Call<'_> {
    Call::delete(SILENCE).item(id)
}

fn is_recent(silence: &Silence, now: Time) -> bool {
    silence.state != SilenceState::Expired || now.signed_duration_since(silence.ends_at) < EXPIRED_KEPT
}

fn list<W: DeserializeOwned, T>(
    http: &Http,
    answer: &Answer,
    at: &str,
    convert: impl Fn(W) -> Result<T, String>,
) -> Result<(Vec<T>, Vec<Problem>), SourceError> {
    let raw: Vec<&RawValue> = http.json(answer)?;
    Ok(items::each(&raw, at, convert))
}
