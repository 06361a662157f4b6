//! When a calendar period's budget runs out, and how it ends. Nothing ages out of a period: it only spends.

/// A period so far. Events; seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SoFar {
    pub bad: f64,
    pub total: f64,
    pub elapsed_s: f64,
    pub period_s: f64,
    /// Events of the whole period where that is known better than pro rata.
    pub projected: Option<f64>,
    /// Error ratio of what is still to come, in [0, 1].
    pub future_ratio: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalendarForecast {
    /// `1 - B/(β·T_sofar)`: may rise within a period.
    pub remaining_so_far: f64,
    /// `1 - B/(β·T_proj)`.
    pub remaining_projected: f64,
    /// Seconds until nothing is left; 0 if that is so already, `None` where the budget survives the period.
    pub exhaust_s: Option<f64>,
    /// What is left when the period ends.
    pub end_remaining: f64,
}

/// `T_proj = given, else T_sofar·P/elapsed`; `rate = (T_proj - T_sofar)/(P - elapsed)`;
/// `exhaust = (β·T_proj - B)/(e_f·rate)` where that is within the period.
pub fn forecast(beta: f64, so_far: &SoFar) -> CalendarForecast {
    let SoFar { bad, total, elapsed_s, period_s, future_ratio, .. } = *so_far;
    let pro_rata = if elapsed_s > 0.0 { total * period_s / elapsed_s } else { total };
    let projected = so_far.projected.unwrap_or(pro_rata).max(total);
    let left_s = (period_s - elapsed_s).max(0.0);
    let to_come = projected - total;
    let allowed = beta * projected;
    let a_second = if left_s > 0.0 { future_ratio * to_come / left_s } else { 0.0 };
    let exhaust_s = match () {
        () if bad > 0.0 && bad >= allowed => Some(0.0),
        () if a_second > 0.0 => Some((allowed - bad).max(0.0) / a_second).filter(|s| *s <= left_s),
        () => None,
    };
    CalendarForecast {
        remaining_so_far: left(bad, beta * total),
        remaining_projected: left(bad, allowed),
        exhaust_s,
        end_remaining: left(bad + future_ratio * to_come, allowed),
    }
}

fn left(bad: f64, allowed: f64) -> f64 {
    1.0 - super::budget::share_of(bad, allowed)
}
