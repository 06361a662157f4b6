//! When a budget runs out, as a stretch of time and not as a moment: between the paces that spend it soonest and latest.
//!
//! Only words and moments; the paces are [`super::band`]'s.

use chrono::Duration;

use super::{
    assess::{Assessment, RunsOut},
    band::LOOKS,
};
use crate::domain::{Time, duration};

/// From when to when it may run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunsDry {
    /// At the pace that spends it soonest.
    pub soonest: Time,
    /// What the present pace foretells; none where it does not lead there.
    pub foretold: Option<Time>,
    /// None = at some pace it never does.
    pub latest: Option<Time>,
}

impl Assessment {
    /// None where it has run out already, or where no pace leads there.
    pub fn runs_dry(&self) -> Option<RunsDry> {
        if !self.remaining.is_some_and(|r| r.is_finite() && r > 0.0) {
            return None;
        }
        let band = self.band.and_then(|b| b.soonest.map(|soonest| (soonest, b.latest)));
        let foretold = self.exhausts_at;
        let (soonest, latest) = band.or(foretold.map(|at| (at, Some(at))))?;
        Some(RunsDry {
            soonest: foretold.map_or(soonest, |at| at.min(soonest)),
            foretold,
            latest: latest.map(|l| foretold.map_or(l, |at| at.max(l))),
        })
    }
}

impl RunsDry {
    /// `Tue 14:00-19:00`, `Tue 14:00 - Thu 09:00`, `Tue 14:00 or later`; UTC, days beyond a week by their date.
    pub fn words(&self, now: Time) -> String {
        let first = moment(self.soonest, now);
        match self.latest {
            None => format!("{first} or later"),
            Some(last) if last - self.soonest < Duration::minutes(1) => first,
            Some(last) if last.date_naive() == self.soonest.date_naive() && is_near(last, now) => {
                format!("{first}-{}", last.format("%H:%M"))
            }
            Some(last) => format!("{first} - {}", moment(last, now)),
        }
    }

    /// `3h-5h`, `3h+`: what a column has room for.
    pub fn short(&self, now: Time) -> String {
        let first = duration::short(self.soonest - now);
        match self.latest.map(|l| duration::short(l - now)) {
            None => format!("{first}+"),
            Some(last) if last == first => first,
            Some(last) => format!("{first}-{last}"),
        }
    }
}

/// Whether the name of its weekday says which day it is.
fn is_near(at: Time, now: Time) -> bool {
    at.date_naive() - now.date_naive() < Duration::days(7)
}

fn moment(at: Time, now: Time) -> String {
    at.format(if is_near(at, now) { "%a %H:%M" } else { "%d.%m." }).to_string()
}

/// `by 5 paces, 1h to 1w`: what the stretch stands on; none where there is no stretch.
pub fn paces(n: &Assessment) -> Option<String> {
    let looks = n.band.map(|b| b.looks).filter(|looks| (2..=LOOKS.len()).contains(looks))?;
    let ends = [LOOKS[0], LOOKS[looks - 1]].map(duration::prometheus);
    Some(format!("by {looks} paces, {} to {}", ends[0], ends[1]))
}

/// `runs out Tue 14:00-19:00 UTC`, or why there is no such moment; the same on every screen.
pub fn runs_out_words(n: &Assessment, now: Time) -> String {
    match (n.runs_out, n.runs_dry()) {
        (RunsOut::At(_), Some(dry)) => format!("runs out {} UTC", dry.words(now)),
        (RunsOut::NotAtPace | RunsOut::Survives, Some(dry)) => {
            format!("{}; at the fastest of its paces gone {} UTC", n.runs_out.words(now), moment(dry.soonest, now))
        }
        (RunsOut::Exhausted, _) => match n.recovers_at {
            Some(at) => format!("spent; back {} UTC, if no more is spent than now", moment(at, now)),
            None => "spent".into(),
        },
        (other, _) => other.words(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_stretch_says_its_day_once_and_is_open_where_some_pace_never_ends_it() {
        let now = t("2026-03-02T12:00:00Z");
        let dry = |latest: Option<&str>| RunsDry {
            soonest: t("2026-03-03T14:00:00Z"),
            foretold: None,
            latest: latest.map(t),
        };
        assert_eq!(dry(Some("2026-03-03T19:00:00Z")).words(now), "Tue 14:00-19:00");
        assert_eq!(dry(Some("2026-03-03T19:00:00Z")).short(now), "26h-31h");
        assert_eq!(dry(None).short(now), "26h+");
        assert_eq!(dry(Some("2026-03-05T09:00:00Z")).words(now), "Tue 14:00 - Thu 09:00");
        assert_eq!(dry(Some("2026-03-20T09:00:00Z")).words(now), "Tue 14:00 - 20.03.");
        assert_eq!(dry(None).words(now), "Tue 14:00 or later");
        // A week from now its weekday is that of today.
        assert_eq!(dry(Some("2026-03-09T02:56:00Z")).words(now), "Tue 14:00 - 09.03.");
        assert_eq!(dry(Some("2026-03-03T14:00:00Z")).words(now), "Tue 14:00");
    }
}
