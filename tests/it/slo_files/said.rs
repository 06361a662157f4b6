//! One objective in words, so that everything a file says of it can be compared at once.

use watchfire::domain::{
    duration,
    slo::{Counted, Measure, Method, Slo, Window, burn::Alerting},
};

pub(super) fn slo(slo: &Slo) -> String {
    let mut out = format!("{} of {} \"{}\"\n", slo.id, slo.service, slo.title);
    let mut line = |text: String| out.push_str(&format!("  {}\n", text.trim().replace('\n', " ")));
    line(format!("{} % over {}, {}", slo.objective.as_percent(), window(slo.window), method(&slo.method)));
    if slo.name.raw() != slo.id.as_str() {
        line(format!("name {}", slo.name));
    }
    let source = slo.indicator.source.as_ref().map(|s| format!(" at {s}")).unwrap_or_default();
    let estimate = if slo.indicator.estimate { "about " } else { "" };
    line(format!("{estimate}{}{source}", measure(&slo.indicator.measure)));
    line(format!("alerts {}", alerting(&slo.alerting)));
    if !slo.grouping.is_empty() {
        line(format!("by {}", slo.grouping.join(", ")));
    }
    for part in &slo.parts {
        line(format!("part {} weighs {}", part.id, part.weight));
    }
    if !slo.labels.is_empty() {
        let labels: Vec<String> = slo.labels.iter().map(|(n, v)| format!("{n}={v}")).collect();
        line(format!("labels {}", labels.join(" ")));
    }
    line(format!("from {}", slo.origin));
    out
}

fn window(window: Window) -> String {
    match window {
        Window::Rolling { .. } => window.words(),
        Window::Calendar(calendar) => format!("{} since {}", window.words(), calendar.anchor),
    }
}

fn method(method: &Method) -> String {
    match method {
        Method::Occurrences => "events".into(),
        Method::Timeslices { slice_s, target, empty } => {
            format!("slices of {slice_s}s at {} %, empty {empty:?}", target.as_percent())
        }
        Method::RatioTimeslices { slice_s } => format!("mean of slices of {slice_s}s"),
    }
}

fn measure(measure: &Measure) -> String {
    let half = |counted: &Counted| match counted {
        Counted::Good(query) => format!("good `{query}`"),
        Counted::Bad(query) => format!("bad `{query}`"),
    };
    match measure {
        Measure::Events { counted, total, counter } => {
            format!("{} of `{total}`{}", half(counted), if *counter { ", counters" } else { "" })
        }
        Measure::Ratio(ratio) => format!("ratio {}", half(ratio)),
        Measure::Threshold { query, op, value } => format!("good where `{query}` {} {value}", op.as_str()),
        Measure::Parts => "parts".into(),
    }
}

fn alerting(alerting: &Alerting) -> String {
    let Alerting::Fixed(tiers) = alerting else { return alerting.as_str().into() };
    let tier = |t: &watchfire::domain::slo::burn::Tier| {
        let [long, short, wait] = [t.long_s, t.short_s, t.for_s].map(duration::prometheus);
        let wait = if t.for_s > 0 { format!(" for {wait}") } else { String::new() };
        format!("{} {long}/{short} {:.4}{wait}", t.severity.as_str(), t.factor)
    };
    tiers.iter().map(tier).collect::<Vec<_>>().join(", ")
}
