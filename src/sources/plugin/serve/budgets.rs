//! Objectives, counts and series of a source that is served.

use serde_json::json;

use super::{
    Served,
    asked::{AboutSlo, AboutSlos, Made, Range, many, plain, read, unsupported, value},
};
use crate::{
    domain::{
        Time,
        signals::{Ask, Signal, Unit},
        slo::{BucketSpan, Declared, Slo, SloId},
    },
    sources::{
        Counts, Signals,
        plugin::{
            budgets::{read as reading, told},
            frame::{WireError, code},
            told::raw,
            wire::{Listed, Warning, WireSlo},
        },
    },
};

impl Served {
    pub(super) async fn budgets(&self, method: &str, params: &str, now: Time) -> Result<Made, WireError> {
        let counts = self.source.counts().ok_or_else(unsupported)?;
        let error = |e| WireError::of(&e, now);
        match method {
            "slo/list" => self.declared(&counts.declared(now).await.map_err(error)?),
            "slo/groups" => {
                let AboutSlos { slos, .. } = read(params)?;
                self.declared(&counts.groups(&self.slos(slos)?, now).await.map_err(error)?)
            }
            "slo/count" => self.counted(counts, read(params)?, now).await,
            "slo/recorded" => {
                let slos = self.slos(read::<AboutSlos>(params)?.slos)?;
                let all = counts.recorded(&slos, now).await.map_err(error)?;
                many(&all.iter().map(|(id, r)| told::recorded(self.id(id), r)).collect::<Vec<_>>())
            }
            _ => {
                let AboutSlo { slo, by, from, to, .. } = read(params)?;
                let slo = self.slo(slo)?;
                let parts = counts.drill(&slo, by.as_deref(), (from, to), now).await.map_err(error)?;
                many(&parts.iter().map(told::parts).collect::<Vec<_>>())
            }
        }
    }

    fn declared(&self, declared: &Declared) -> Result<Made, WireError> {
        let slos = told::slos(&declared.slos, &self.source.describe().name);
        let warnings = declared.notes.iter().cloned().map(Warning::Plain).collect();
        let listed = Listed { complete: Some(true), warnings, ..Listed::default() };
        Ok(Made { items: slos.iter().filter_map(raw).collect(), result: value(&listed)? })
    }

    async fn counted(&self, counts: &dyn Counts, asked: AboutSlos, now: Time) -> Result<Made, WireError> {
        let AboutSlos { slos, from, to, step_s } = asked;
        let slos = self.slos(slos)?;
        let span = BucketSpan { from, to, step: step_s };
        let tally = counts.count(&slos, span, now).await.map_err(|e| WireError::of(&e, now))?;
        let items = told::counts(&tally, step_s, |id| self.id(id));
        let listed = Listed { complete: Some(true), samples: tally.samples, ..Listed::default() };
        Ok(Made { items: items.iter().filter_map(raw).collect(), result: value(&listed)? })
    }

    pub(super) async fn series(&self, method: &str, params: &str, now: Time) -> Result<Made, WireError> {
        let signals = self.source.signals().ok_or_else(unsupported)?;
        match method {
            "metrics/range" => ranged(signals, read(params)?, now).await,
            _ => {
                let AboutSlo { slo, wanted, .. } = read(params)?;
                let wanted: Vec<Signal> =
                    Signal::ALL.into_iter().filter(|s| wanted.iter().any(|w| w == s.as_str())).collect();
                let found = signals.recognise(&self.slo(slo)?, &wanted, now).await;
                plain(&told::asks(found.map_err(|e| WireError::of(&e, now))?))
            }
        }
    }

    fn slos(&self, wire: Vec<WireSlo>) -> Result<Vec<Slo>, WireError> {
        wire.into_iter().map(|w| self.slo(w)).collect()
    }

    fn slo(&self, wire: WireSlo) -> Result<Slo, WireError> {
        reading::slo(wire, &self.source.describe().name).map_err(|why| WireError::new(code::INVALID_PARAMS, why))
    }

    /// As whoever asks calls it.
    fn id(&self, id: &SloId) -> String {
        told::own_id(id, &self.source.describe().name).to_owned()
    }
}

async fn ranged(signals: &dyn Signals, asked: Range, now: Time) -> Result<Made, WireError> {
    let Range { query, start, end, step_s } = asked;
    if step_s < 1 || end < start || (end - start) / step_s > reading::BUCKETS_MAX {
        return Err(WireError::new(code::INVALID_PARAMS, "`start`, `end` and `step_s` are no span"));
    }
    let ask = Ask::recognised(Signal::Traffic, "query", query, Unit::Number, "");
    // The moments of a span begin after its start.
    let span = BucketSpan { from: start - 1, to: end, step: step_s };
    let values = signals.values(&ask, span, 0, now).await.map_err(|e| WireError::of(&e, now))?;
    plain(&json!(told::ranged(&values, (start, end), step_s)))
}
