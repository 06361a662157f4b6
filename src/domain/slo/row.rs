//! One objective as far as it is known: its definition, its counts, its numbers, and what kept it from being counted.

use std::sync::Arc;

use super::{
    Slo,
    assess::{Assessment, BURN_WINDOWS, Urgency},
    burn::Severity,
    exclusion::Adjusted,
    history::History,
};
use crate::domain::{Time, text::SafeText};

#[derive(Clone, Debug)]
pub struct BudgetRow {
    pub slo: Arc<Slo>,
    /// None where it was never counted.
    pub numbers: Option<Arc<Assessment>>,
    /// The counts on which every number stands.
    pub history: Arc<History>,
    /// What they would be without planned maintenance, where there was any.
    pub adjusted: Option<Arc<Adjusted>>,
    /// What a generator's rules say, where there are any.
    pub recorded: Option<Recorded>,
    /// Why this one cannot be counted, while others can.
    pub trouble: Option<Trouble>,
    /// When its newest counts were read; none where that is when all were.
    pub counted_at: Option<Time>,
}

/// Counts older than this are no longer believed: even what nobody looks at is read more often.
const FRESH_FOR: chrono::Duration = chrono::Duration::minutes(7);
/// The same for what rules recorded, which is read every minute.
const RECORDED_FOR: chrono::Duration = chrono::Duration::minutes(3);

/// Numbers that a backend's rules recorded: cheap, and only as exact as the rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    pub at: Time,
    /// In (-inf, 1].
    pub remaining: Option<f64>,
    /// By [`super::assess::BURN_WINDOWS`].
    pub burn: [Option<f64>; 7],
    /// Seconds since the rules were last evaluated.
    pub stale_s: Option<i64>,
    /// Seconds that the last evaluation of their group took.
    pub took_s: Option<f64>,
    /// Seconds between two evaluations.
    pub every_s: Option<f64>,
    /// How much of the budget is spent, where a backend counts that itself.
    pub spent: Option<Allowed>,
}

/// What a whole window may have of what is bad, and what it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowed {
    /// Both finite; `bad` may be more than `allowed`.
    pub bad: f64,
    pub allowed: f64,
    /// `requests` or `seconds`.
    pub unit: &'static str,
}

/// What is wrong with one objective's counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub what: SafeText,
    /// A recording rule that would help, as YAML to paste.
    pub rule: Option<SafeText>,
}

impl BudgetRow {
    pub fn numbers(&self) -> Option<&Assessment> {
        self.numbers.as_deref()
    }

    /// Whether its counts are too old to be believed.
    pub fn is_stale(&self, now: Time) -> bool {
        self.counted_at.is_some_and(|at| now - at > FRESH_FOR)
    }

    /// What rules say, where nothing better is known and it is not old (`~`).
    pub fn said(&self, now: Time) -> Option<&Recorded> {
        let recorded = self.recorded.as_ref().filter(|r| self.numbers.is_none() && r.says())?;
        let slow = recorded.every_s.map_or(60.0, |s| s.clamp(0.0, 3_600.0));
        let is_late = recorded.stale_s.is_some_and(|s| {
            #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
            let stale = s as f64;
            stale > 180.0_f64.max(3.0 * slow)
        });
        (!is_late && now - recorded.at <= RECORDED_FOR).then_some(recorded)
    }

    /// The worst alert that fires, by counts or else by what rules recorded.
    pub fn said_firing(&self) -> Option<Severity> {
        let recorded = self.recorded.as_ref()?;
        let tiers = self.slo.alerting.tiers(self.slo.window.seconds());
        let above = |window_s, factor| recorded.burn_over(window_s).is_some_and(|b| b > factor);
        tiers.iter().filter(|t| above(t.long_s, t.factor) && above(t.short_s, t.factor)).map(|t| t.severity).min()
    }

    /// To sort by, the worst first; what is not known at all stands first.
    pub fn urgency(&self) -> Option<Urgency> {
        let said = || {
            let recorded = self.recorded.as_ref().filter(|r| r.says())?;
            Some(Urgency::of(self.said_firing(), recorded.remaining))
        };
        self.numbers().map(Assessment::urgency).or_else(said)
    }

    pub fn new(slo: Slo, numbers: Option<Assessment>) -> Self {
        let numbers = numbers.map(Arc::new);
        let (slo, history) = (Arc::new(slo), Arc::default());
        Self { slo, numbers, history, adjusted: None, recorded: None, trouble: None, counted_at: None }
    }
}

impl Recorded {
    /// Whether there is any number.
    pub fn says(&self) -> bool {
        self.remaining.is_some() || self.burn.iter().any(Option::is_some)
    }

    /// The burn rate over a window of these seconds.
    pub fn burn_over(&self, window_s: i64) -> Option<f64> {
        let place = BURN_WINDOWS.iter().position(|(_, seconds)| *seconds == window_s)?;
        self.burn[place]
    }
}
