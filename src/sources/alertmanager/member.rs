//! One member of a cluster, read whole: alerts, silences, and whether it has settled.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::future::{join_all, join3};

use super::{
    health::Told,
    memory::Memory,
    wire::{Dated, WireSilence, WireStatus},
};
use crate::{
    domain::{
        Time,
        alert::Alert,
        silence::{Silence, SilenceState},
        source::{Problem, SourceError},
        text::SafeText,
    },
    sources::http::{Answer, Call, Failure, Http, Listed, clock_problem},
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
    pub(super) alerts: Vec<Dated<Arc<Alert>>>,
    pub(super) silences: Vec<Dated<Silence>>,
    pub(super) problems: Vec<Problem>,
    /// Whether absence in it means anything.
    pub(super) complete: bool,
    pub(super) version: Option<SafeText>,
}

/// One of the members of a source: its address, and what it was heard to say.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) http: &'a Http,
    pub(super) memory: &'a Memory,
    /// Its place among the members.
    pub(super) index: usize,
}

/// # Errors
/// Where the alerts cannot be read. Silences or status that cannot be had are problems in the reading.
pub(super) async fn read(member: Member<'_>, now: Time) -> Result<Reading, SourceError> {
    let http = member.http;
    let counts = member.memory.health(member.index).counts(now).cloned();
    let status = async { if counts.is_none() { Some(http.call(Call::get(STATUS), now).await) } else { None } };
    let (alerts, listed, mut status) = join3(member.alerts(now), member.silences(now), status).await;
    let alerts = alerts.inspect_err(|_| member.memory.health(member.index).is_unknown())?;
    let as_before = member.memory.health(member.index).is_as_before(&alerts.items);
    if status.is_none() && !as_before {
        status = Some(http.call(Call::get(STATUS), now).await);
    }
    let problems = alerts.problems.into_iter().chain(clock_problem(alerts.date, now)).collect();
    let mut reading = Reading { alerts: alerts.items, silences: Vec::new(), problems, complete: true, version: None };
    take_silences(&mut reading, http, listed, now).await;
    match status {
        Some(answer) => member.take_status(&mut reading, answer, now),
        None => reading.version = counts.and_then(|c| c.version),
    }
    Ok(reading)
}

impl Member<'_> {
    async fn alerts(self, now: Time) -> Result<Listed<Dated<Arc<Alert>>>, Failure> {
        let round = self.memory.alerts(self.index).begin();
        let read = |item: &[u8]| self.memory.alert(self.index, round, item);
        let at_sight = |text: &str| self.memory.alert_at_sight(text);
        let listed = self.http.list_with(Call::get(ALERTS), "alerts", now, (read, at_sight)).await?;
        self.memory.alerts(self.index).end(round);
        Ok(listed)
    }

    async fn silences(self, now: Time) -> Result<Listed<Dated<Silence>>, Failure> {
        let round = self.memory.silences(self.index).begin();
        let read = |item: &[u8]| self.memory.silence(self.index, round, item);
        let listed = self.http.list(Call::get(SILENCES), "silences", now, read).await?;
        self.memory.silences(self.index).end(round);
        Ok(listed)
    }

    /// A relative that has no status page is taken as settled; one that fails to show it is not.
    fn take_status(self, reading: &mut Reading, answer: Result<Answer, Failure>, now: Time) {
        let mut health = self.memory.health(self.index);
        health.is_unknown();
        match answer {
            Err(failure) if failure.status == Some(404) => {
                health.tells(Told { at: now, is_settled: true, version: None });
            }
            Err(failure) => {
                reading.complete = false;
                reading.problems.push(problem("status", &failure.error));
            }
            Ok(answer) => match self.http.json::<WireStatus>(&answer) {
                Ok(status) => {
                    reading.complete = status.is_settled();
                    reading.version = status.version();
                    let version = reading.version.clone();
                    health.tells(Told { at: now, is_settled: reading.complete, version });
                }
                Err(error) => reading.problems.push(problem("status", &error)),
            },
        }
    }
}

/// A server that holds one silence it cannot express in this API refuses the whole list: then those that matter,
/// which are the ones that mute an alert, are asked for one by one.
async fn take_silences(reading: &mut Reading, http: &Http, listed: Result<Listed<Dated<Silence>>, Failure>, now: Time) {
    match listed {
        Ok(listed) => {
            reading.silences = recent(listed, &mut reading.problems, now);
        }
        Err(Failure { error, status, .. }) => {
            let asks_again =
                status.is_some() && !matches!(error, SourceError::Auth { .. } | SourceError::RateLimited { .. });
            reading.problems.push(problem("silences", &error));
            if asks_again {
                take_singles(reading, http, now).await;
            }
        }
    }
}

async fn take_singles(reading: &mut Reading, http: &Http, now: Time) {
    let ids: BTreeSet<SafeText> = reading.alerts.iter().flat_map(|(_, a)| a.silenced_by.iter().cloned()).collect();
    let ids: Vec<SafeText> = ids.into_iter().take(SINGLES_MAX).collect();
    let answers = join_all(ids.iter().map(|id| silence(http, id.raw(), now))).await;
    for (id, answer) in ids.iter().zip(answers) {
        match answer {
            Ok(silence) => reading.silences.extend(silence),
            Err(failure) => reading.problems.push(problem(&format!("silence {id}"), &failure.error)),
        }
    }
}

fn problem(at: &str, error: &SourceError) -> Problem {
    Problem { at: at.into(), why: error.to_string().into() }
}

/// All silences that are not long gone.
pub(super) async fn silences(member: Member<'_>, now: Time) -> Result<Vec<Dated<Silence>>, SourceError> {
    Ok(recent(member.silences(now).await?, &mut Vec::new(), now))
}

fn recent(listed: Listed<Dated<Silence>>, problems: &mut Vec<Problem>, now: Time) -> Vec<Dated<Silence>> {
    problems.extend(listed.problems);
    listed.items.into_iter().filter(|(_, s)| is_recent(s, now)).collect()
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
