//! What becomes of a budget at its current paces: when it turns, in a band, and how a calendar's period ends.

use super::{
    assess::RunsOut,
    band::{Band, band},
    budget::BudgetState,
    forecast::{self, Events, HORIZONS, Outlook, outlook},
    forecast_calendar::{self, CalendarForecast, SoFar},
    history::{self, FINE, FINE_REACH, HOURLY, Piece},
    judge::Case,
    projection::Projection,
};

/// How far back the pace at which a period ends is looked for at least, in seconds.
const END_LOOK: i64 = HOURLY;

pub(super) struct Future {
    outlook: Option<Outlook>,
    /// Seconds until the budget turns.
    pub band: Option<Band<f64>>,
    pub end_remaining: Option<f64>,
    /// What to say where no pace turns it.
    pub otherwise: RunsOut,
}

impl Future {
    pub fn of(case: &Case<'_>, state: BudgetState) -> Self {
        let exhausted = match state {
            BudgetState::Ok => false,
            BudgetState::Exhausted => true,
            BudgetState::NoTraffic | BudgetState::NoData | BudgetState::Invalid => return Self::unknown(),
        };
        match case.projection {
            None => Self::rolling(case, exhausted),
            Some(projection) => Self::calendar(case, projection, exhausted),
        }
    }

    fn unknown() -> Self {
        Self { outlook: None, band: None, end_remaining: None, otherwise: RunsOut::NoData }
    }

    /// Seconds until the budget runs out, or comes back once it is spent.
    pub fn turns_in(&self) -> Option<f64> {
        match self.outlook {
            Some(Outlook::In(seconds)) => Some(seconds),
            Some(Outlook::NotAtPace | Outlook::TooLittleData) | None => None,
        }
    }

    fn new(outlook: Outlook, never: RunsOut) -> Self {
        let otherwise = if outlook == Outlook::TooLittleData { RunsOut::TooLittleData } else { never };
        Self { outlook: Some(outlook), band: None, end_remaining: None, otherwise }
    }

    fn rolling(case: &Case<'_>, exhausted: bool) -> Self {
        let window = case.period.end - case.period.begin;
        let (step, buckets) = even_buckets(&case.pieces, window);
        let traffic = mean_total(&case.pieces, step);
        let turn = |ratio: f64| {
            let future = Events { bad: ratio * traffic, total: traffic };
            let rolled = forecast::rolling(case.beta, step, &buckets, future);
            if exhausted { rolled.recover_s } else { rolled.exhaust_s }
        };
        // A spent budget may well take the rest of the window to come back.
        let horizons = HORIZONS.into_iter().filter(|h| *h <= window).chain(exhausted.then_some(window));
        let look = |back| case.sums_of(back);
        Self { band: band(window, look, turn), ..Self::new(outlook(horizons, look, turn), RunsOut::NotAtPace) }
    }

    #[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
    fn calendar(case: &Case<'_>, projection: Projection, exhausted: bool) -> Self {
        let left = (case.period.end - case.head).max(0);
        let at = |ratio| end_at(case, projection, ratio);
        let end_look = (left / 4).max(END_LOOK);
        let end_pace = if left == 0 { Some(0.0) } else { forecast::pace(&case.sums_of(end_look)) };
        let end_remaining = end_pace.map(|ratio| at(ratio).end_remaining);
        if exhausted {
            // Nothing ages out of a period; the next one begins with a whole budget.
            return Self { end_remaining, ..Self::new(Outlook::In(left as f64), RunsOut::Exhausted) };
        }
        let horizons = HORIZONS.into_iter().filter(|h| *h < left).chain((left > 0).then_some(left));
        let (look, turn) = (|back| case.sums_of(back), |ratio| at(ratio).exhaust_s);
        let outlook = outlook(horizons, look, turn);
        Self { band: band(i64::MAX, look, turn), end_remaining, ..Self::new(outlook, RunsOut::Survives) }
    }
}

#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn end_at(case: &Case<'_>, projection: Projection, future_ratio: f64) -> CalendarForecast {
    let so_far = SoFar {
        bad: case.sums.bad.unwrap_or(0.0),
        total: projection.total - projection.to_come,
        elapsed_s: (case.head - case.period.begin) as f64,
        period_s: (case.period.end - case.period.begin) as f64,
        projected: Some(projection.total),
        future_ratio,
    };
    forecast_calendar::forecast(case.beta, &so_far)
}

/// The window as buckets of one length, oldest first. The open hour is added to the newest one, so that the sums stay
/// those of the headline; an error leaves at most an hour late.
#[allow(clippy::cast_precision_loss, reason = "a step is small")]
fn even_buckets(pieces: &[Piece], window: i64) -> (f64, Vec<Events>) {
    let step = if window <= FINE_REACH { FINE } else { HOURLY };
    let mut buckets: Vec<Events> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (bad, total) = (piece.sums.bad.unwrap_or(0.0), piece.sums.total.unwrap_or(0.0));
        match buckets.last_mut() {
            Some(last) if piece.sums.expected < step => {
                *last = Events { bad: last.bad + bad, total: last.total + total }
            }
            _ => buckets.push(Events { bad, total }),
        }
    }
    (step as f64, buckets)
}

/// Events to expect in one step: the mean over what was counted.
#[allow(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn mean_total(pieces: &[Piece], step: f64) -> f64 {
    let sums = history::sum(pieces);
    sums.total.unwrap_or(0.0) * step / sums.covered.max(1) as f64
}
