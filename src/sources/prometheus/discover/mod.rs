//! SLOs that nobody named: what generators of rules leave on a server, as series and as rules, made into definitions.
//!
//! Two questions, however many SLOs there are. From the rules' expressions come the raw queries, the targets and the
//! alerts' tiers; where the rules cannot be read, the series that they record have to do, and the origin says so.

mod draft;
mod events;
mod expression;
mod grafana;
mod groups;
mod pyrra;
mod rates;
mod recorded;
mod rules;
mod sloth;
mod tiers;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use futures_util::future::join;

use super::{Prometheus, timeout};
use crate::{
    domain::{
        Time,
        label::Labels,
        slo::{Declared, merge},
        source::{SourceError, SourceName},
        text::SafeText,
    },
    sources::http::Failure,
};
use rules::{Evaluation, Rule};

/// Most SLOs that are taken over; beyond that is told.
const SLOS_MAX: usize = 2_000;

/// What a server told: its generated rules, and the newest value of the series that describe SLOs.
struct Facts {
    rules: Vec<Rule>,
    /// Name, labels, value.
    series: Vec<(String, Labels, f64)>,
}

/// How the groups of rules fare that record SLOs, by the SLO's id.
#[derive(Default)]
pub(super) struct Evaluations(Mutex<BTreeMap<String, Evaluation>>);

impl Evaluations {
    fn of(&self, id: &str) -> Evaluation {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied().unwrap_or_default()
    }

    fn learn(&self, known: BTreeMap<String, Evaluation>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Prometheus {
    /// Every SLO that a generator's rules record here.
    pub(super) async fn discover(&self, now: Time) -> Result<Declared, SourceError> {
        let form = [("query", describing()), timeout()];
        let (series, rules) = join(self.query("api/v1/query", &form, now), self.generated_rules(now)).await;
        let (rules, unread) = match rules {
            Ok(rules) => (rules, None),
            Err(failure) => (Vec::new(), Some(without_rules(failure)?)),
        };
        let series = series?.into_iter().filter_map(|s| {
            let (_, value) = *s.points.last()?;
            Some((s.labels.value("__name__").to_owned(), s.labels, value))
        });
        let facts = Facts { rules, series: series.collect() };
        let (declared, evaluations) = declared(&facts, &self.description.name, unread.as_deref());
        self.evaluations.learn(evaluations);
        Ok(declared)
    }
}

/// The series that describe SLOs, in one question.
fn describing() -> String {
    let names: Vec<&str> = [&sloth::SERIES[..], &pyrra::SERIES, &grafana::SERIES].concat();
    format!("{{__name__=~\"{}\"}}", names.join("|"))
}

/// A relative that has no rules to show says so with a refusal; that is no reason to hide what its series tell. What
/// passes by itself is waited for.
fn without_rules(failure: Failure) -> Result<String, SourceError> {
    match &failure.error {
        SourceError::Unreachable { .. } if failure.status != Some(501) => Err(failure.error),
        SourceError::RateLimited { .. } => Err(failure.error),
        error => Ok(match failure.status {
            Some(status) if status != 200 => format!("whose rules cannot be read ({status})"),
            _ => format!("whose rules cannot be read ({error})"),
        }),
    }
}

fn declared(facts: &Facts, source: &SourceName, unread: Option<&str>) -> (Declared, BTreeMap<String, Evaluation>) {
    let mut declared = Declared::default();
    let mut evaluations = BTreeMap::new();
    let drafts = [sloth::read(facts), pyrra::read(facts), grafana::read(facts)].into_iter().flatten();
    let mut left_out = 0;
    for (id, draft) in drafts {
        evaluations.extend(draft.evaluation().map(|e| (id.clone(), e)));
        match draft.finish(&id, source, unread) {
            Ok(_) if declared.slos.len() >= SLOS_MAX => left_out += 1,
            Ok(slo) => merge::add(&mut declared.slos, slo),
            Err(why) => declared.notes.push(SafeText::new(&format!("{source}: SLO `{id}` is recorded, but {why}"))),
        }
    }
    if left_out > 0 {
        let why = format!("{source}: {left_out} more SLOs are recorded than the {SLOS_MAX} that are shown");
        declared.notes.push(SafeText::new(&why));
    }
    (declared, evaluations)
}
