//! Runs the numeric cases of a `slo-vectors/1` file: the project's own, or the one named in `WATCHFIRE_SLO_VECTORS`.
//!
//! A number fits where `|got - expected| <= tolerance·max(1, |expected|)`; everything else must be equal; keys that
//! are not listed are not checked; `null` is absent; infinities are the texts `inf` and `-inf`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, io::Write};

use serde_json::{Value, json};
use watchfire::domain::{
    duration,
    slo::{
        EmptySlice, Objective,
        attribution::{self, Cause, CauseKind, Measured},
        budget::{budget, share_spent},
        burn::{self, Readings, Severity, Tier},
        calendar::{Calendar, Step},
        composite::{self, Combine},
        forecast::{self, Events},
        forecast_calendar::{self, SoFar},
        method,
        policy::{Policy, Stance},
        series,
        timeline::Stretch,
    },
};

type Run = fn(&Value) -> Option<Value>;

const KINDS: [(&str, Run); 16] = [
    ("budget", run_budget),
    ("tiers", run_tiers),
    ("mwmb", run_mwmb),
    ("detection", run_detection),
    ("forecast_linear", run_linear),
    ("forecast_rolling", run_rolling),
    ("increase", run_increase),
    ("prom_duration", run_duration),
    ("timeslices", run_timeslices),
    ("ratio_timeslices", run_ratio_timeslices),
    ("calendar_window", run_calendar),
    ("forecast_calendar", run_forecast_calendar),
    ("attribution", run_attribution),
    ("composite", run_composite),
    ("policy", run_policy),
    ("pyrra_windows", run_pyrra),
];

#[test]
fn slo_vectors() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/slo_vectors.json");
    let path = std::env::var("WATCHFIRE_SLO_VECTORS").unwrap_or_else(|_| own.into());
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let file: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert_eq!(file["schema"], "slo-vectors/1", "{path}");
    let report = run_all(file["cases"].as_array().expect("cases"));
    // Past the capture of the harness: how many ran must be seen when all is well, too.
    std::io::stdout().write_all(format!("{path}: {} ran\n", report.ran).as_bytes()).unwrap();
    assert!(report.ran > 0, "{path} has no case");
    assert!(report.unknown.is_empty(), "{path} has kinds that nobody implements: {:?}", report.unknown);
    assert!(report.wrong.is_empty(), "{} of {} wrong:\n{}", report.wrong.len(), report.ran, report.wrong.join("\n"));
}

#[derive(Default)]
struct Report {
    ran: usize,
    unknown: BTreeMap<String, Vec<String>>,
    wrong: Vec<String>,
}

fn run_all(cases: &[Value]) -> Report {
    let mut report = Report::default();
    for case in cases {
        let (id, kind) = (text(&case["id"]), text(&case["kind"]));
        match KINDS.iter().find(|(name, _)| *name == kind) {
            None => report.unknown.entry(kind).or_default().push(id),
            Some((_, run)) => {
                report.ran += 1;
                report.wrong.extend(check(&id, *run, case));
            }
        }
    }
    report
}

fn check(id: &str, run: Run, case: &Value) -> Option<String> {
    let expected = &case["expected"];
    let Some(got) = run(&case["input"]) else {
        return Some(format!("{id}: the input could not be read: {}", case["input"]));
    };
    let tolerance = case["tolerance"].as_f64().unwrap_or(1e-6);
    let faults = differences("", &got, expected, tolerance);
    (!faults.is_empty()).then(|| format!("{id} ({}): {}", text(&case["note"]), faults.join("; ")))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn differences(at: &str, got: &Value, expected: &Value, tolerance: f64) -> Vec<String> {
    let wrong = || vec![format!("{at} got {got}, expected {expected}")];
    match (got, expected) {
        (Value::Object(got), Value::Object(keys)) => keys
            .iter()
            .flat_map(|(k, e)| differences(&format!("{at}.{k}"), got.get(k).unwrap_or(&Value::Null), e, tolerance))
            .collect(),
        (Value::Array(g), Value::Array(e)) if g.len() == e.len() => g
            .iter()
            .zip(e)
            .enumerate()
            .flat_map(|(i, (g, e))| differences(&format!("{at}[{i}]"), g, e, tolerance))
            .collect(),
        (Value::Number(g), Value::Number(e)) => {
            let (g, e) = (g.as_f64().unwrap(), e.as_f64().unwrap());
            if (g - e).abs() <= tolerance * e.abs().max(1.0) { Vec::new() } else { wrong() }
        }
        _ if got == expected => Vec::new(),
        _ => wrong(),
    }
}

/// A number as the schema writes it; a result that is NaN is a defect whatever was expected.
fn out(value: Option<f64>) -> Value {
    match value {
        None => Value::Null,
        Some(v) if v.is_nan() => json!("a result is NaN"),
        Some(f64::INFINITY) => json!("inf"),
        Some(f64::NEG_INFINITY) => json!("-inf"),
        Some(v) => json!(v),
    }
}

/// A number of the input; `null`, `NaN` and a missing key are absent.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(s) => s.parse().ok().filter(|v: &f64| !v.is_nan()),
        other => other.as_f64(),
    }
}

fn seconds(value: &Value) -> Option<i64> {
    number(value).map(|v| v as i64)
}

fn objective(input: &Value) -> Option<Objective> {
    let percent = &input["objective_percent"];
    Objective::percent(&percent.as_str().map_or_else(|| percent.to_string(), str::to_owned)).ok()
}

fn run_budget(input: &Value) -> Option<Value> {
    let total = number(&input["total"]);
    let bad = match input.get("good") {
        Some(good) => number(good).zip(total).map(|(good, total)| total - good),
        None => number(&input["bad"]),
    };
    let b = budget(&objective(input)?, total, bad);
    Some(json!({
        "state": b.state.as_str(), "sli": out(b.sli), "error_ratio": out(b.error_ratio),
        "allowed_bad": out(b.allowed_bad), "remaining": out(b.remaining), "consumed": out(b.consumed),
        "burn": out(b.burn), "slo_met": b.slo_met,
    }))
}

fn run_tiers(input: &Value) -> Option<Value> {
    let beta = objective(input)?.budget_ratio();
    let period = seconds(&input["period_s"])?;
    let tier = |tier: &Value| {
        let factor = burn::factor(number(&tier["budget_fraction"])?, period, seconds(&tier["long_s"])?);
        let t = burn::threshold(beta, factor);
        Some(json!({
            "factor": out(Some(t.factor)), "threshold": out(Some(t.ratio)),
            "unreachable": t.unreachable, "below_one": t.below_one,
        }))
    };
    input["tiers"].as_array()?.iter().map(tier).collect()
}

fn tier(value: &Value) -> Option<Tier> {
    let long_s = seconds(&value["long_s"])?;
    Some(Tier {
        severity: if value["severity"] == "ticket" { Severity::Ticket } else { Severity::Page },
        long_s,
        short_s: seconds(&value["short_s"]).unwrap_or(long_s),
        factor: number(&value["factor"])?,
        for_s: seconds(&value["for_s"]).unwrap_or(0),
        min_bad: number(&value["min_bad"]).unwrap_or(0.0),
    })
}

fn run_mwmb(input: &Value) -> Option<Value> {
    let beta = objective(input)?.budget_ratio();
    let mut firing = Vec::new();
    for value in input["tiers"].as_array()? {
        let tier = tier(value)?;
        let ratio = |s: i64| number(&input["ratios"][s.to_string()]);
        let bad = number(&input["bad_counts"][tier.long_s.to_string()]);
        if burn::fires(beta, &tier, Readings { long: ratio(tier.long_s), short: ratio(tier.short_s), bad }) {
            firing.push(value["name"].clone());
        }
    }
    Some(Value::Array(firing))
}

fn run_detection(input: &Value) -> Option<Value> {
    let beta = objective(input)?.budget_ratio();
    let period = seconds(&input["period_s"])?;
    let d = burn::detection(beta, number(&input["error_ratio"]).unwrap_or(0.0), period, &tier(&input["tier"])?);
    Some(json!({
        "detect_s": out(d.detect_s), "consumed_at_detect": out(d.consumed_at_detect), "reset_s": out(d.reset_s),
    }))
}

fn run_linear(input: &Value) -> Option<Value> {
    let of = |key: &str| number(&input[key]);
    let known = of("remaining").zip(of("burn")).zip(of("period_s"));
    Some(out(known.and_then(|((remaining, burn), period)| forecast::linear(remaining, burn, period))))
}

fn run_rolling(input: &Value) -> Option<Value> {
    let list = |key: &str| -> Option<Vec<f64>> {
        input[key].as_array().map(|values| values.iter().map(|v| number(v).unwrap_or(0.0)).collect())
    };
    let window: Vec<Events> =
        list("bad")?.into_iter().zip(list("total")?).map(|(bad, total)| Events { bad, total }).collect();
    let future = Events {
        bad: number(&input["future_bad"]).unwrap_or(0.0),
        total: number(&input["future_total"]).unwrap_or(0.0),
    };
    let beta = objective(input)?.budget_ratio();
    let r = forecast::rolling(beta, number(&input["bucket_s"])?, &window, future);
    Some(json!({ "exhaust_s": out(r.exhaust_s), "recover_s": out(r.recover_s) }))
}

fn run_increase(input: &Value) -> Option<Value> {
    let samples = input["samples"].as_array()?.iter().filter_map(|sample| number(&sample[1]));
    Some(out(series::increase(samples)))
}

fn run_duration(input: &Value) -> Option<Value> {
    Some(duration::parse_ms(input["text"].as_str()?).map_or(Value::Null, |ms| json!(ms as f64 / 1000.0)))
}

fn slices(input: &Value) -> Option<Vec<(f64, f64)>> {
    let pair = |s: &Value| number(&s[0]).zip(number(&s[1]));
    input["slices"].as_array()?.iter().map(pair).collect()
}

fn run_timeslices(input: &Value) -> Option<Value> {
    let target = &input["slice_target"];
    let target = Objective::ratio(&target.as_str().map_or_else(|| target.to_string(), str::to_owned)).ok()?;
    let empty = match input["no_data"].as_str() {
        Some("good") => EmptySlice::Good,
        Some("bad") => EmptySlice::Bad,
        _ => EmptySlice::Ignore,
    };
    let judged = method::timeslices(&target, slices(input)?, empty);
    let (good, bad) = (judged.good as f64, judged.bad as f64);
    let b = budget(&objective(input)?, Some(good + bad), Some(bad));
    Some(json!({
        "good": good, "bad": bad, "sli": out(b.sli), "budget_slices": out(b.allowed_bad),
        "remaining": out(b.remaining), "state": b.state.as_str(),
    }))
}

fn run_ratio_timeslices(input: &Value) -> Option<Value> {
    let sli = method::ratio_timeslices(slices(input)?);
    let beta = objective(input)?.budget_ratio();
    Some(json!({ "sli": out(sli), "remaining": out(sli.map(|r| 1.0 - share_spent(beta, 1.0 - r))) }))
}

fn run_calendar(input: &Value) -> Option<Value> {
    let anchor = chrono::NaiveDateTime::parse_from_str(input["start_time"].as_str()?, "%Y-%m-%d %H:%M:%S").ok()?;
    let duration = input["duration"].as_str()?;
    let (count, unit) = duration.split_at(duration.len() - 1);
    let n: u32 = count.parse().ok()?;
    let step = match unit {
        "m" => Step::Minutes(n),
        "h" => Step::Minutes(60 * n),
        "d" => Step::Days(n),
        "w" => Step::Days(7 * n),
        "M" => Step::Months(n),
        "Q" => Step::Months(3 * n),
        "Y" => Step::Months(12 * n),
        _ => return None,
    };
    let calendar = Calendar { anchor, zone: input["time_zone"].as_str()?.parse().ok()?, step };
    let now = chrono::DateTime::parse_from_rfc3339(input["now"].as_str()?).ok()?.timestamp();
    let period = calendar.period(now);
    let text =
        |s: i64| chrono::DateTime::from_timestamp(s, 0).map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    Some(json!({
        "begin": text(period.begin), "end": text(period.end), "length_s": period.end - period.begin,
        "elapsed_s": now - period.begin,
    }))
}

fn run_forecast_calendar(input: &Value) -> Option<Value> {
    let of = |key: &str| number(&input[key]);
    let so_far = SoFar {
        bad: of("bad_so_far")?,
        total: of("total_so_far")?,
        elapsed_s: of("elapsed_s")?,
        period_s: of("period_s")?,
        projected: of("total_projected"),
        future_ratio: of("future_error_ratio").unwrap_or(0.0),
    };
    let f = forecast_calendar::forecast(objective(input)?.budget_ratio(), &so_far);
    Some(json!({
        "remaining_so_far": out(Some(f.remaining_so_far)), "remaining_projected": out(Some(f.remaining_projected)),
        "exhaust_in_s": out(f.exhaust_s), "end_remaining": out(Some(f.end_remaining)),
    }))
}

fn run_attribution(input: &Value) -> Option<Value> {
    let allowed = objective(input)?.budget_ratio() * number(&input["period_total"])?;
    let measured = Measured { allowed, baseline: number(&input["baseline_ratio"]).unwrap_or(0.0) };
    let span = |v: &Value| seconds(&v["start"]).zip(seconds(&v["end"]));
    let cause = |v: &Value| {
        let (from, to) = span(v)?;
        Some(Cause { kind: CauseKind::Incident, name: v["name"].as_str()?.into(), from, to })
    };
    let stretch = |v: &Value| {
        let (start, end) = span(v)?;
        Some(Stretch { start, end, bad: number(&v["bad"])?, total: number(&v["total"])?, known: true })
    };
    let causes: Vec<Cause> = input["incidents"].as_array()?.iter().map(cause).collect::<Option<_>>()?;
    let stretches: Vec<Stretch> = input["buckets"].as_array()?.iter().map(stretch).collect::<Option<_>>()?;
    let found = attribution::attribute(measured, &causes, &stretches);
    let one = |s: &attribution::Share| (s.cause.name.to_string(), json!({ "gross": s.gross, "net": s.net }));
    let incidents: serde_json::Map<String, Value> = found.shares.iter().map(one).collect();
    Some(json!({ "incidents": incidents, "unattributed": out(Some(found.unattributed)) }))
}

fn run_composite(input: &Value) -> Option<Value> {
    let how = match input["method"].as_str()? {
        "sum_missing" => Combine::SumMissing,
        "sum_burn" => Combine::SumBurn,
        "weighted_mean" => Combine::WeightedMean,
        _ => return None,
    };
    let part = |v: &Value| Some((number(&v["reliability"])?, number(&v["weight"]).unwrap_or(1.0)));
    let parts: Vec<(f64, f64)> = input["components"].as_array()?.iter().map(part).collect::<Option<_>>()?;
    Some(out(composite::combine(how, &parts)))
}

fn run_policy(input: &Value) -> Option<Value> {
    let limit = |key: &str| number(&input["policy"][key]);
    let policy = Policy {
        freeze_at: limit("freeze_at")?,
        warn_at: limit("warn_at")?,
        postmortem_over: limit("postmortem_over")?,
        adjusted: false,
    };
    let stance = policy.stance(number(&input["remaining"]));
    let incidents = input["incidents"].as_object()?;
    let postmortem = policy.postmortems(incidents.iter().map(|(k, v)| (k.as_str(), v.as_f64().unwrap_or(0.0))));
    Some(json!({
        "freeze": stance == Stance::Freeze, "warn": stance == Stance::Warn, "postmortem": postmortem,
    }))
}

fn run_pyrra(input: &Value) -> Option<Value> {
    let tier = |t: &Tier| {
        let severity = if t.severity == Severity::Page { "critical" } else { "warning" };
        json!({
            "severity": severity, "factor": t.factor, "long": duration::prometheus(t.long_s),
            "short": duration::prometheus(t.short_s), "for": duration::prometheus(t.for_s),
        })
    };
    Some(burn::scaled_tiers(seconds(&input["window_s"])?).iter().map(tier).collect())
}

#[test]
fn a_wrong_number_a_missing_key_and_a_wrong_length_are_told() {
    let faults = |got: Value, expected: Value| differences("", &got, &expected, 1e-6).len();
    assert_eq!(faults(json!({"a": 1.0, "b": 2}), json!({"a": 1.000_000_1})), 0);
    assert_eq!(faults(json!({"a": 1.0}), json!({"a": 1.1, "b": 1})), 2);
    assert_eq!(faults(json!([1]), json!([1, 2])), 1);
    assert_eq!(faults(json!({"a": "inf", "b": null}), json!({"a": "inf", "b": null})), 0);
    assert_eq!(faults(json!({"a": 0.0}), json!({"a": null})), 1);
    assert_eq!(run_all(&[json!({"id": "X", "kind": "unheard-of"})]).unknown.len(), 1);
}
