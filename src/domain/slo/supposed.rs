//! A supposition whole: what would be, beside what is, with the alerts replayed over the same history. Words included.

use super::{
    Slo,
    assess::Assessment,
    attribution,
    burn::Severity,
    explain,
    history::History,
    replay::{self, Schedule, Score},
    tale::{self, Pair, percent},
    timeline::Timeline,
    whatif::{Outage, Outcome, WhatIf, what_if},
};
use crate::domain::{Time, duration};

/// Seconds between two evaluations of the replayed alerts.
const EVERY: i64 = 120;

/// What would be.
#[derive(Clone, Debug, PartialEq)]
pub struct Supposed {
    pub outcome: Outcome,
    /// What is left as it is.
    pub is: Option<f64>,
    pub page: Score,
    pub ticket: Score,
    /// Bursts of errors that the alerts are measured by.
    pub bursts: usize,
    /// Seconds of history that the alerts were replayed over.
    pub replayed_s: i64,
    now: Time,
}

/// Supposes. The baseline of `changes` is made here: the usual error ratio outside of bursts.
pub fn suppose(slo: &Slo, history: &History, numbers: &Assessment, mut changes: WhatIf, now: Time) -> Supposed {
    let head = numbers.as_of.timestamp();
    let line = Timeline::of(history, head, head - numbers.period.begin);
    let beta = slo.objective.budget_ratio();
    let causes = attribution::bursts(beta, line.stretches(), &[]);
    changes.baseline = attribution::baseline(&causes, line.stretches());
    let outcome = what_if(slo, history, &changes, now);
    let (would, head) = (&outcome.numbers, outcome.numbers.as_of.timestamp());
    let beta = outcome.slo.objective.budget_ratio();
    let tiers = outcome.slo.alerting.tiers(outcome.slo.window.seconds());
    let longest = tiers.iter().map(|t| t.long_s).max().unwrap_or(0);
    let line = Timeline::of(&outcome.history, head, head - would.period.begin + longest);
    let counted = line.stretches().iter().find(|s| s.known).map_or(head, |s| s.start);
    let from = would.period.begin.max(counted).min(head);
    let episodes = replay::replay(beta, &tiers, &line, Schedule { from, to: head, every: EVERY });
    let incidents: Vec<(i64, i64)> = attribution::bursts(beta, line.stretches(), &[])
        .into_iter()
        .filter(|c| c.to > from)
        .map(|c| (c.from, c.to))
        .collect();
    Supposed {
        page: replay::score(&episodes, Severity::Page, &incidents),
        ticket: replay::score(&episodes, Severity::Ticket, &incidents),
        bursts: incidents.len(),
        is: numbers.remaining,
        replayed_s: head - from,
        outcome,
        now,
    }
}

impl Supposed {
    pub fn words(&self) -> Vec<Pair> {
        let (slo, n) = (&self.outcome.slo, &self.outcome.numbers);
        let mut out: Vec<Pair> = Vec::new();
        let mut say = |name: &str, text: String| out.push((name.to_owned(), text));
        let left = |r: Option<f64>| r.map_or_else(|| "--".into(), percent);
        say("supposed", format!("{} % over {}", slo.objective.as_percent(), slo.window.words()));
        say("left", format!("{} of the budget; as it is {}", left(n.remaining), left(self.is)));
        say("runs out", n.runs_out.words(self.now));
        let counts = explain::explain(slo, &self.outcome.history, n);
        let allowed = counts.iter().find(|e| e.name == "allowed");
        say("bad", format!("{:.0}; {} allowed", n.bad.unwrap_or(0.0), allowed.map_or("--", |e| e.result.as_str())));
        if let Some(after) = &self.outcome.outage {
            let fires: Vec<String> = after
                .fires
                .iter()
                .map(|(tier, seen)| {
                    let windows = (duration::prometheus(tier.long_s), duration::prometheus(tier.short_s));
                    let after = seen.detect_s.map_or_else(String::new, |s| format!(" after {}", tale::about(s)));
                    format!("{} {}/{}{after}", tier.severity.as_str(), windows.0, windows.1)
                })
                .collect();
            let fires = if fires.is_empty() { "nothing fires".into() } else { fires.join(", ") };
            say("outage", format!("takes {}, then {} left; {fires}", percent(after.share), left(after.remaining)));
        }
        let over = duration::prometheus(self.replayed_s / 3_600 * 3_600);
        let missed = |s: &Score| if s.missed > 0 { format!("; {} missed", s.missed) } else { String::new() };
        let bursts = format!("{} burst{} of errors in {over}", self.bursts, if self.bursts == 1 { "" } else { "s" });
        say("pages", format!("{}{}; {bursts}", self.page.words(Severity::Page), missed(&self.page)));
        say("tickets", format!("{}{}", self.ticket.words(Severity::Ticket), missed(&self.ticket)));
        out
    }
}

impl Outage {
    /// `30m@100%`.
    ///
    /// # Errors
    /// In words, where the text is no length and share of the traffic.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no outage; write how long and how much fails, such as 30m@100%");
        let (length, share) = text.trim().split_once('@').unwrap_or((text.trim(), "100"));
        let length = duration::parse(length.trim()).map_err(|_| bad())?;
        let share: f64 = share.trim().trim_end_matches('%').trim().parse().map_err(|_| bad())?;
        #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
        let minutes = length.num_seconds() as f64 / 60.0;
        if (0.0..=100.0).contains(&share) { Ok(Self { minutes, ratio: share / 100.0 }) } else { Err(bad()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_a_length_and_a_share() {
        assert_eq!(Outage::parse("30m@100%"), Ok(Outage { minutes: 30.0, ratio: 1.0 }));
        assert_eq!(Outage::parse("1h@2.5"), Ok(Outage { minutes: 60.0, ratio: 0.025 }));
        for wrong in ["", "@5%", "30m@101%", "30@5%", "30m@NaN"] {
            assert!(Outage::parse(wrong).is_err(), "{wrong}");
        }
    }
}
