//! How far a tier is from firing at the present pace, and from being quiet once the errors stop.

use super::{
    burn::{self, Readings, Tier},
    replay::ratio,
    series::Sums,
    timeline::Timeline,
};

/// Events a second that are taken to come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    pub bad: f64,
    pub total: f64,
}

/// Seconds from now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distance {
    /// Until it fires at this pace; 0 while it does, `None` if it never will.
    pub fires_in: Option<f64>,
    /// Until it is quiet once the errors stop, where it is above its threshold now.
    pub resets_in: Option<f64>,
}

impl Pace {
    /// What was counted in the last `back` seconds before `head`; `None` where nothing was.
    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    pub fn of(line: &Timeline, head: i64, back: i64) -> Option<Self> {
        let sums = line.sum(head - back, head);
        let seconds = sums.covered.max(1) as f64;
        sums.total.map(|total| Self { bad: sums.bad.unwrap_or(0.0) / seconds, total: total / seconds })
    }

    /// The same traffic without errors.
    fn fixed(self) -> Self {
        Self { bad: 0.0, ..self }
    }
}

/// Moves both windows of a tier into a future of that pace. `head` in Unix seconds.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
pub fn distance(beta: f64, tier: &Tier, line: &Timeline, head: i64, pace: Pace) -> Distance {
    let above = |pace: Pace, ahead: i64| is_above(beta, tier, line, (head, ahead), pace);
    let step = (tier.long_s / 720).max(15);
    let steps = || (0..).map(|k| k * step).take_while(|t| *t <= tier.long_s + step);
    let now = above(pace, 0);
    let fires = steps().find(|t| above(pace, *t));
    let resets = steps().find(|t| !above(pace.fixed(), *t)).filter(|_| now);
    let wait = if now { 0 } else { tier.for_s };
    Distance { fires_in: fires.map(|t| (t + wait) as f64), resets_in: resets.map(|t| t as f64) }
}

/// Whether the condition holds that many seconds after `head`.
fn is_above(beta: f64, tier: &Tier, line: &Timeline, (head, ahead): (i64, i64), pace: Pace) -> bool {
    let window = |back: i64| -> Sums {
        let past = line.sum(head + ahead - back, head);
        #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
        let new = ahead.min(back) as f64;
        let to_come = Sums { bad: Some(pace.bad * new), total: Some(pace.total * new), covered: 0, expected: 0 };
        if ahead == 0 { past } else { past.and(to_come) }
    };
    let (long, short) = (window(tier.long_s), window(tier.short_s));
    burn::fires(beta, tier, Readings { long: ratio(&long), short: ratio(&short), bad: long.bad })
}
