//! The alarms that are to be told, in as few questions as can be: those in trouble by their state, and the rest seldom.
//!
//! An alarm that changes its state between two questions is in neither answer: what was told before and is not now is
//! asked for by its name before it is believed to be well.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use chrono::Duration;
use serde_json::{Value, json};

use super::{
    alert,
    api::{Action, Api},
    options::Options,
    place::Region,
    wire::{self, Alarm},
};
use crate::{
    domain::{
        Time,
        alert::Alert,
        source::{Problem, SourceError},
    },
    sources::{http::clock_problem, items},
};

/// How often alarms that say that all is well are asked whether they could see.
const WELL_EVERY: Duration = Duration::minutes(10);
/// Most names in one question.
const NAMES_MAX: usize = 100;

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Alarms(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    /// Names of those that were told.
    told: BTreeSet<String>,
    /// Those that are well and could not see.
    blind: Vec<Found>,
    looked_at: Option<Time>,
    /// Whether this part of the world knows alarms on logs; it does until it says otherwise.
    without_logs: bool,
}

type Found = (Alarm, &'static str);

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) alerts: Vec<Alert>,
    pub(super) problems: Vec<Problem>,
    pub(super) complete: bool,
}

/// One reading as it goes on.
#[derive(Default)]
struct Reading {
    found: BTreeMap<String, Found>,
    problems: Vec<Problem>,
    cut: Option<&'static str>,
    date: Option<Time>,
}

impl Alarms {
    /// # Errors
    /// As every read: without alarms nothing is told.
    pub(super) async fn read(
        &self,
        api: &Api,
        options: &Options,
        region: &Region,
        now: Time,
    ) -> Result<Read, SourceError> {
        let mut reading = Reading::default();
        self.ask(api, &json!({ "StateValue": "ALARM" }), &mut reading, now).await?;
        if options.without_data.is_some() {
            self.ask(api, &json!({ "StateValue": "INSUFFICIENT_DATA" }), &mut reading, now).await?;
        }
        self.look_at_the_well(api, &mut reading, now).await?;
        self.look_for_the_gone(api, &mut reading, now).await?;
        Ok(self.told(reading, (options, region), now))
    }

    /// Those that are well are many, and change seldom.
    async fn look_at_the_well(&self, api: &Api, reading: &mut Reading, now: Time) -> Result<(), SourceError> {
        if self.with(|m| m.looked_at.is_none_or(|at| now - at >= WELL_EVERY)) {
            let mut well = Reading::default();
            self.ask(api, &json!({ "StateValue": "OK" }), &mut well, now).await?;
            reading.problems.append(&mut well.problems);
            reading.cut = reading.cut.or(well.cut);
            let is_blind = |(alarm, _): &Found| alarm.evaluation_state.as_deref().is_some_and(|e| !e.is_empty());
            let blind = well.found.into_values().filter(is_blind).collect();
            self.with(|m| (m.blind, m.looked_at) = (blind, Some(now)));
        }
        for found in self.with(|m| m.blind.clone()) {
            reading.found.entry(found.0.alarm_arn.clone()).or_insert(found);
        }
        Ok(())
    }

    async fn look_for_the_gone(&self, api: &Api, reading: &mut Reading, now: Time) -> Result<(), SourceError> {
        let here: BTreeSet<&str> = reading.found.values().map(|(a, _)| a.alarm_name.as_str()).collect();
        let gone: Vec<String> = self.with(|m| m.told.iter().filter(|n| !here.contains(n.as_str())).cloned().collect());
        for names in gone.chunks(NAMES_MAX) {
            self.ask(api, &json!({ "AlarmNames": names }), reading, now).await?;
        }
        Ok(())
    }

    async fn ask(&self, api: &Api, what: &Value, reading: &mut Reading, now: Time) -> Result<(), SourceError> {
        let without_logs = self.with(|m| m.without_logs);
        match list(api, what, without_logs, reading, now).await {
            Err(SourceError::Rejected { why }) if !without_logs && why.raw().contains("LogAlarm") => {
                self.with(|m| m.without_logs = true);
                list(api, what, true, reading, now).await
            }
            answer => answer,
        }
    }

    /// The types that this part of the world knows.
    pub(super) fn types(&self) -> &'static [&'static str] {
        types(self.with(|m| m.without_logs))
    }

    fn told(&self, reading: Reading, about: (&Options, &Region), now: Time) -> Read {
        let (mut alerts, mut problems, mut names) = (Vec::new(), reading.problems, BTreeSet::new());
        for (alarm, kind) in reading.found.values() {
            let Some(state) = alert::state(alarm, about.0) else { continue };
            match alert::alert(alarm, kind, state, about, now) {
                Ok(alert) => {
                    names.insert(alarm.alarm_name.clone());
                    alerts.push(alert);
                }
                Err(why) => problems.push(Problem { at: alarm.alarm_name.as_str().into(), why: why.into() }),
            }
        }
        self.with(|m| m.told = names);
        problems.extend(reading.cut.map(|why| Problem { at: "alarms".into(), why: why.into() }));
        problems.extend(clock_problem(reading.date, now));
        Read { alerts, complete: reading.cut.is_none(), problems }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Without them, AWS leaves out all but metric alarms.
fn types(without_logs: bool) -> &'static [&'static str] {
    let all = &["MetricAlarm", "CompositeAlarm", "LogAlarm"];
    if without_logs { &all[..2] } else { all }
}

async fn list(
    api: &Api,
    what: &Value,
    without_logs: bool,
    reading: &mut Reading,
    now: Time,
) -> Result<(), SourceError> {
    let mut body = what.clone();
    body["AlarmTypes"] = json!(types(without_logs));
    body["MaxRecords"] = json!(100);
    let all = api.pages::<wire::Alarms>(Action::DescribeAlarms, body, now).await?;
    for page in &all.pages {
        for (list, kind) in [(&page.metric, "metric"), (&page.composite, "composite"), (&page.log, "log")] {
            let raw: Vec<&serde_json::value::RawValue> = list.iter().map(|item| &**item).collect();
            let (alarms, problems) = items::each(&raw, &format!("{kind} alarms"), Ok::<Alarm, String>);
            reading.problems.extend(problems);
            reading.found.extend(alarms.into_iter().map(|a| (a.alarm_arn.clone(), (a, kind))));
        }
    }
    reading.cut = reading.cut.or(all.cut);
    reading.date = reading.date.or(all.date);
    Ok(())
}
