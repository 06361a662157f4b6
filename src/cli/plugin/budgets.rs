//! What a plugin that promises budgets or series is put through: its objectives are read, counted over the last hour, and a
//! query of them is answered point by point.

use serde_json::json;

use crate::{
    domain::{
        Time,
        slo::{BucketSpan, Slo},
        source::SourceName,
    },
    sources::plugin::{
        budgets::{buckets, slo, slos},
        wire::{Can, Ranged, WireCount, WireSlo},
    },
};

use super::{
    bench::Bench,
    report::{Fault, Report},
    steps::{counted, good, list},
};

/// Seconds of a bucket, and buckets that are asked for.
const STEP_S: i64 = 300;
const BUCKETS: i64 = 12;
/// A query that every server of PromQL answers with one series.
const ONE: &str = "vector(1)";

pub(super) async fn all(bench: &mut Bench, can: &Can, now: Time, report: &mut Report) {
    let name = SourceName::new("check");
    let mut declared = Vec::new();
    if can.slos.as_ref().is_some_and(|s| s.list) {
        let found = list::<WireSlo, _>(bench, "slo/list", json!({}), |wire| slo(wire, &name)).await;
        report.say("declares objectives", found.as_ref().map(|f| counted(f.len(), "objective")).map_err(Clone::clone));
        declared = found.unwrap_or_default();
    }
    let last = now.timestamp() / STEP_S * STEP_S;
    let span = BucketSpan { from: last - BUCKETS * STEP_S, to: last, step: STEP_S };
    if can.slos.as_ref().is_some_and(|s| s.count) {
        report.say("counts its objectives", count(bench, &declared, &name, span, now).await);
    }
    if let Some(metrics) = &can.metrics {
        let query = metrics.dialect == "promql";
        let told = if query { range(bench, span).await } else { Ok("its dialect is its own".into()) };
        report.say("answers a range", told);
    }
}

async fn count(
    bench: &mut Bench,
    declared: &[Slo],
    name: &SourceName,
    span: BucketSpan,
    now: Time,
) -> Result<String, Fault> {
    let params = json!({"slos": slos(declared, name), "from": span.from, "to": span.to, "step_s": span.step});
    let told = list(bench, "slo/count", params, Ok::<WireCount, String>).await?;
    let mut whole = 0;
    for (slo, sent) in declared.iter().zip(slos(declared, name)) {
        let found = told.iter().find(|c| c.id == sent.id);
        let count = found.ok_or_else(|| Fault::new(format!("it says nothing of `{}`", sent.id)))?;
        match buckets(count, &slo.id, span, now) {
            Ok(_) => whole += 1,
            // Why it cannot be counted is an answer; a bucket off the grid is none.
            Err(_) if count.why.is_some() => {}
            Err(trouble) => return Err(Fault::new(format!("`{}`: {}", sent.id, trouble.what))),
        }
    }
    Ok(format!("{whole} of {}", counted(declared.len(), "objective")))
}

async fn range(bench: &mut Bench, span: BucketSpan) -> Result<String, Fault> {
    let params = json!({"query": ONE, "start": span.from + span.step, "end": span.to, "step_s": span.step});
    let answered = bench.ask("metrics/range", &params).await?;
    let ranged: Ranged = good(&answered)?;
    if ranged.step_s != span.step {
        return Err(Fault::at(format!("`step_s` is {}, not {}", ranged.step_s, span.step), answered.line));
    }
    match ranged.series.iter().find(|s| s.t0.rem_euclid(span.step) != 0) {
        Some(off) => Err(Fault::at(format!("`t0` is {}, no multiple of {}", off.t0, span.step), answered.line)),
        None => Ok(counted(ranged.series.iter().map(|s| s.v.len()).sum(), "value")),
    }
}
