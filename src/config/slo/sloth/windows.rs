//! Catalogues of alert windows: the share of the budget that each tier allows, for one period.

use super::super::{
    notes::{Map, Notes},
    yaml::Node,
};
use crate::domain::{
    duration,
    slo::burn::{Severity, Tier, factor},
};

const DOCUMENT: &[&str] = &["apiVersion", "kind", "metadata", "spec"];
const SPEC: &[&str] = &["sloPeriod", "page", "ticket"];
const PAIR: &[&str] = &["quick", "slow"];
const WINDOW: &[&str] = &["errorBudgetPercent", "shortWindow", "longWindow"];

/// The period of Sloth's objectives and the tiers that stand for it.
pub(in crate::config::slo) struct Windows {
    /// Seconds.
    pub period_s: i64,
    /// None = the standard ones.
    pub tiers: Option<Vec<Tier>>,
    /// Where those of the catalogue stand.
    place: String,
}

impl Windows {
    pub fn new(period_s: i64) -> Self {
        Self { period_s, tiers: None, place: String::new() }
    }

    /// Takes a catalogue over, if it is one for the period.
    pub fn take(&mut self, node: &Node, place: &str, notes: &mut Notes) {
        let Some((period_s, tiers)) = catalogue(node, notes) else { return };
        let words = duration::prometheus;
        if period_s != self.period_s {
            let what =
                format!("this catalogue is for {}, Sloth's SLOs are read as {}", words(period_s), words(self.period_s));
            notes.warn(node.line, what, format!("say `sloth_period = \"{}\"` in [slo]", words(period_s)));
        } else if self.tiers.is_some() {
            let what = format!("a second catalogue is for {}; the one in {} stands", words(period_s), self.place);
            notes.wrong::<()>(node.line, what, "take one of them out");
        } else {
            self.tiers = Some(tiers);
            self.place = place.to_owned();
        }
    }
}

fn catalogue(node: &Node, notes: &mut Notes) -> Option<(i64, Vec<Tier>)> {
    let document = notes.map(node, "the document", DOCUMENT)?;
    let spec = notes.need(&document, "spec", "it holds sloPeriod, page and ticket")?;
    let spec = notes.map(spec, "the spec", SPEC)?;
    let period = notes.need(&spec, "sloPeriod", "such as 30d").and_then(|n| seconds(n, notes));
    let severities = [("page", Severity::Page), ("ticket", Severity::Ticket)];
    let mut read = Vec::new();
    for (key, severity) in severities {
        let pair = notes.need(&spec, key, "quick and slow").and_then(|n| notes.map(n, key, PAIR));
        let Some(pair) = pair else { continue };
        for speed in PAIR {
            let window = notes.need(&pair, speed, "errorBudgetPercent, shortWindow and longWindow");
            read.push(window.and_then(|n| notes.map(n, "the window", WINDOW)).and_then(|w| tier(&w, severity, notes)));
        }
    }
    let period = period?;
    let tiers: Option<Vec<(f64, Tier)>> = read.into_iter().collect();
    let tiers = tiers.filter(|t| t.len() == 4)?;
    Some((period, tiers.into_iter().map(|(p, t)| Tier { factor: factor(p, period, t.long_s), ..t }).collect()))
}

/// The share of the budget and the tier, whose factor follows from the period.
fn tier(map: &Map<'_>, severity: Severity, notes: &mut Notes) -> Option<(f64, Tier)> {
    let share = notes.need(map, "errorBudgetPercent", "above 0 and up to 100").and_then(|n| percent(n, notes));
    let short = notes.need(map, "shortWindow", "such as 5m").and_then(|n| seconds(n, notes));
    let long = notes.need(map, "longWindow", "such as 1h").and_then(|n| seconds(n, notes));
    let (share, short_s, long_s) = (share?, short?, long?);
    if short_s > long_s {
        return notes.wrong(map.line(), "shortWindow is longer than longWindow", "change them over");
    }
    Some((share, Tier { severity, long_s, short_s, factor: 0.0, for_s: 0, min_bad: 0.0 }))
}

fn percent(node: &Node, notes: &mut Notes) -> Option<f64> {
    let text = node.text().unwrap_or("");
    let share = text.parse().ok().filter(|p: &f64| *p > 0.0 && *p <= 100.0).map(|p| p / 100.0);
    share.or_else(|| notes.wrong(node.line, format!("`{text}` is no percentage above 0 and up to 100"), ""))
}

fn seconds(node: &Node, notes: &mut Notes) -> Option<i64> {
    match duration::parse(node.text().unwrap_or("")) {
        Ok(length) if length.num_seconds() > 0 => Some(length.num_seconds()),
        Ok(_) => notes.wrong(node.line, "less than a second", ""),
        Err(what) => notes.wrong(node.line, what, ""),
    }
}
