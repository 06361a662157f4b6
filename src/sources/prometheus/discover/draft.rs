//! What is known of one objective so far, from rules and from series, until it is whole.

use super::{
    events,
    expression::ratio_window,
    rules::{Evaluation, Rule},
    tiers,
};
use crate::domain::{
    label::Labels,
    slo::{Counted, Indicator, Measure, Objective, Origin, OriginKind, Slo, Window, burn::Tier},
    source::SourceName,
    text::SafeText,
};

/// Shortest and longest window that makes sense, in seconds.
const WINDOWS: std::ops::RangeInclusive<i64> = 3_600..=400 * 86_400;

#[derive(Default)]
pub(super) struct Draft {
    pub(super) service: Option<String>,
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    /// As somebody wrote it.
    pub(super) exact: Option<Objective>,
    /// As it came out of arithmetic.
    pub(super) rounded: Option<Objective>,
    pub(super) window_s: Option<i64>,
    /// A window that only a name tells.
    pub(super) named_window_s: Option<i64>,
    /// The rule whose expression is the error ratio over the shortest window, and that window.
    pub(super) ratio: Option<(i64, Rule)>,
    /// What is counted where no rule says it.
    pub(super) fallback: Option<Indicator>,
    /// What rules count, without a ratio.
    pub(super) counted: Option<(Indicator, Rule)>,
    pub(super) alerts: Vec<Rule>,
    pub(super) grouping: Vec<String>,
    pub(super) labels: Labels,
}

impl Draft {
    /// Takes a rule that records the error ratio over some window.
    pub(super) fn take_ratio(&mut self, rule: &Rule) {
        let Some(window_s) = ratio_window(&rule.name) else { return };
        if self.ratio.as_ref().is_none_or(|(shortest, _)| window_s < *shortest) {
            self.ratio = Some((window_s, rule.clone()));
        }
    }

    pub(super) fn take_window(&mut self, seconds: f64) {
        if seconds.is_finite() {
            self.window_s = self.window_s.or(Some(super::rules::seconds(seconds.round())));
        }
    }

    pub(super) fn take_named_window(&mut self, seconds: i64) {
        self.named_window_s = self.named_window_s.max(Some(seconds));
    }

    pub(super) fn take_objective(&mut self, ratio: f64) {
        self.rounded = self.rounded.take().or_else(|| Objective::nearest(ratio));
    }

    /// How the rule fares that records it.
    pub(super) fn evaluation(&self) -> Option<Evaluation> {
        self.rule().map(|rule| rule.evaluation)
    }

    fn rule(&self) -> Option<&Rule> {
        self.ratio.as_ref().map(|(_, rule)| rule).or(self.counted.as_ref().map(|(_, rule)| rule))
    }

    /// The objective, where enough of it is known.
    ///
    /// # Errors
    /// What is missing, in words.
    pub(super) fn finish(self, id: &str, source: &SourceName, unread: Option<&str>) -> Result<Slo, String> {
        let objective = self.exact.clone().or_else(|| self.rounded.clone());
        let objective = objective.ok_or("its target is in no rule and no series")?;
        let window_s = self.window_s.or(self.named_window_s).ok_or("its window is in no rule and no series")?;
        if !WINDOWS.contains(&window_s) {
            return Err(format!("a window of {window_s} s is not between one hour and 400 days"));
        }
        let origin = match self.rule() {
            Some(rule) => Origin::new(OriginKind::Rules, &rule.place),
            None => Origin::new(OriginKind::Metrics, &unread.map_or(source.to_string(), |u| format!("{source}, {u}"))),
        };
        let tiers: Vec<Tier> = self.alerts.iter().flat_map(|r| tiers::of(r, objective.budget_ratio())).collect();
        let known = self.rule().is_some() || !tiers.is_empty();
        let alerting = if known { tiers::family(tiers, window_s) } else { Default::default() };
        let (indicator, kept) = self.indicator();
        let text = |text: Option<String>| SafeText::new(text.as_deref().unwrap_or(id));
        let mut slo = Slo {
            alerting,
            origin,
            grouping: if kept.is_empty() { self.grouping } else { kept },
            service: text(self.service),
            name: text(self.name),
            title: text(self.title),
            labels: self.labels,
            ..Slo::new(id, objective, Window::rolling(window_s), indicator)
        };
        slo.indicator.source = Some(source.clone());
        Ok(slo)
    }

    /// What is counted, and by which labels the expression keeps it apart. Nothing where nobody says: that it cannot be
    /// counted is told where it is counted.
    fn indicator(&self) -> (Indicator, Vec<String>) {
        if let Some((indicator, _)) = &self.counted {
            return (indicator.clone(), events::grouping(indicator));
        }
        let Some((_, rule)) = &self.ratio else {
            let nothing = || Indicator::events(Counted::Bad(String::new()), "", true);
            return (self.fallback.clone().unwrap_or_else(nothing), Vec::new());
        };
        let recovered = events::of(&rule.expression);
        let recorded = || self.fallback.clone().unwrap_or_else(|| recorded_ratio(&rule.name, &rule.labels));
        let indicator = recovered.unwrap_or_else(recorded);
        let kept = events::grouping(&indicator);
        (indicator, kept)
    }
}

/// A ratio that rules record, by the labels they give it.
pub(super) fn recorded_ratio(name: &str, labels: &Labels) -> Indicator {
    let matchers: Vec<String> = labels
        .iter()
        .filter(|(label, _)| ["sloth_id", "slo"].contains(&label.raw()))
        .map(|(label, value)| crate::domain::matcher::Matcher::equal(label.raw(), value.raw()).to_string())
        .collect();
    ratio(Counted::Bad(format!("{name}{{{}}}", matchers.join(","))))
}

pub(super) fn ratio(counted: Counted) -> Indicator {
    Indicator { source: None, measure: Measure::Ratio(counted), estimate: false }
}
