//! What a silence would mute that does not fire now, in sentences: for the form, the detail and the command alike.

use crate::{
    app::world::beyond::Beyonds,
    config::theme::Role,
    domain::{
        label::Labels,
        silence::beyond::{Beyond, Sets},
        source::SourceError,
    },
};

/// Most label sets that are named in a sentence.
const NAMED: usize = 3;

/// One sentence a line.
pub fn sentences(asked: Option<&Beyonds>) -> Vec<(String, Role)> {
    let hint = |text: &str| vec![(text.to_owned(), Role::Hint)];
    match asked.map(|a| a.told.as_ref()) {
        None => hint("not firing now: asked once the matchers stand"),
        Some(None) => hint("not firing now: asking ..."),
        Some(Some(told)) if told.is_empty() => hint("not firing now: not asked, there is no Prometheus source"),
        Some(Some(told)) => told.iter().flat_map(|(name, beyond)| of_source(name.as_str(), beyond)).collect(),
    }
}

fn of_source(name: &str, beyond: &Beyond) -> [(String, Role); 2] {
    let fired = |sets: &Sets| {
        let n = sets.count();
        let what = if n == "1" { "alert" } else { "alerts" };
        let when = format!("fired within {} days", Beyond::DAYS);
        if sets.known.is_empty() { format!("no other alert {when}") } else { format!("{n} other {what} {when}") }
    };
    let series = |sets: &Sets| {
        let n = sets.count();
        let what = if n == "1" { "series carries" } else { "series carry" };
        format!("{} {what} its labels", if n == "0" { "no" } else { &n })
    };
    [sentence(name, "alerts of the past", &beyond.fired, fired), sentence(name, "series", &beyond.series, series)]
}

fn sentence(
    name: &str,
    what: &str,
    answer: &Result<Sets, SourceError>,
    count: impl Fn(&Sets) -> String,
) -> (String, Role) {
    match answer {
        Err(error) => (format!("{name}: {what} UNKNOWN: {error}"), Role::Unknown),
        Ok(sets) => {
            let out = left_out(sets);
            match sets.not_asked {
                Some(why) => (format!("{name}: {what} not asked, {why}{out}"), Role::Hint),
                None => (format!("{name}: {}{out}{}", count(sets), named(sets)), Role::Dim),
            }
        }
    }
}

fn left_out(sets: &Sets) -> String {
    let names: Vec<_> = sets.left_out.iter().map(|n| n.line()).collect();
    if names.is_empty() { String::new() } else { format!(" (asked without {}: not carried there)", names.join(", ")) }
}

fn named(sets: &Sets) -> String {
    let named: Vec<String> = sets.known.iter().take(NAMED).map(label_set).collect();
    let more = if sets.known.len() > NAMED { ", ..." } else { "" };
    if named.is_empty() { String::new() } else { format!(": {}{more}", named.join(", ")) }
}

/// `up{instance="a"}`: the name before the others.
pub fn label_set(labels: &Labels) -> String {
    let key = if labels.get("alertname").is_some() { "alertname" } else { "__name__" };
    let name = labels.get(key).map(|n| n.line().into_owned()).unwrap_or_default();
    let others: Vec<String> =
        labels.iter().filter(|(n, _)| n.raw() != key).map(|(n, v)| format!("{}=\"{}\"", n.line(), v.line())).collect();
    if others.is_empty() { name } else { format!("{name}{{{}}}", others.join(",")) }
}
