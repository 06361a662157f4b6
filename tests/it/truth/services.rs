//! Six weeks of trouble in a month: services whose every request is known.

use super::{
    DAY, HOUR, MINUTE,
    counters::{Counter, Dice, sum},
};

/// How long there are data, up to the full hour: what happens does so at the same minutes of its hours at every run.
pub const PAST: i64 = 31 * DAY;
/// Nothing fails in the last minutes: of what is still on its way nothing can be asked.
const QUIET_END: i64 = 15 * MINUTE;

/// One service and what its processes count.
pub struct Service {
    pub name: &'static str,
    pub good: Vec<Counter>,
    pub bad: Vec<Counter>,
}

impl Service {
    fn all(&self) -> impl Iterator<Item = &Counter> {
        self.good.iter().chain(&self.bad)
    }

    pub fn total_in(&self, from: i64, to: i64) -> Option<u64> {
        sum(self.all(), from, to)
    }

    pub fn bad_in(&self, from: i64, to: i64) -> Option<u64> {
        sum(self.bad.iter(), from, to)
    }

    pub fn write(&self, out: &mut String) {
        self.all().for_each(|c| c.write(out));
    }
}

/// How one service behaves.
#[derive(Clone, Copy)]
struct Nature {
    name: &'static str,
    processes: usize,
    /// Requests a minute of one process, on average.
    pace: f64,
    /// Share that fails on a good day.
    fails: f64,
    /// Begin and end in seconds of its past, and the share that fails then.
    incidents: &'static [(i64, i64, f64)],
    /// Minutes between two restarts of a process, about; 0 = never.
    restarts: f64,
    /// Begin and end in seconds of its past: nobody scraped.
    gaps: &'static [(i64, i64)],
    /// When the series of errors begins, in seconds of its past: where it is not born with the service.
    born: Option<i64>,
}

const CALM: Nature =
    Nature { name: "", processes: 1, pace: 60.0, fails: 0.0004, incidents: &[], restarts: 0.0, gaps: &[], born: None };

const NATURES: [Nature; 7] = [
    Nature {
        name: "busy",
        processes: 2,
        pace: 300.0,
        // At noon, in the deep of a night, and one that began this morning and is over.
        incidents: &[
            (5 * DAY + 11 * HOUR, 5 * DAY + 11 * HOUR + 42 * MINUTE, 0.05),
            (17 * DAY + 2 * HOUR, 17 * DAY + 4 * HOUR + 7 * MINUTE, 0.35),
            (PAST - 9 * HOUR, PAST - 8 * HOUR - 20 * MINUTE, 0.02),
        ],
        ..CALM
    },
    Nature { name: "sparse", pace: 0.17, fails: 0.002, incidents: &[(PAST - 3 * HOUR, PAST - HOUR, 0.2)], ..CALM },
    Nature { name: "reset", processes: 3, pace: 90.0, fails: 0.0005, restarts: 700.0, ..CALM },
    Nature {
        name: "gap",
        gaps: &[
            (12 * DAY + 7_000, 12 * DAY + 7_000 + 7 * HOUR + 20 * MINUTE),
            (PAST - 20 * HOUR, PAST - 16 * HOUR - 11 * MINUTE),
        ],
        ..CALM
    },
    Nature { name: "idle", pace: 0.0, ..CALM },
    Nature { name: "spotless", fails: 0.0, born: Some(2 * PAST), ..CALM },
    Nature { name: "late", born: Some(20 * DAY + 1_234), ..CALM },
];

/// All of them, with scrapes up to `until`, Unix seconds.
pub fn services(until: i64) -> Vec<Service> {
    NATURES.iter().enumerate().map(|(i, nature)| nature.live(until, i as u64)).collect()
}

impl Nature {
    fn live(&self, until: i64, seed: u64) -> Service {
        let mut dice = Dice(seed * 1_000 + 7);
        let series = |process: usize, code: &str| {
            Counter::new(format!("requests_total{{service=\"{}\",pod=\"p{process}\",code=\"{code}\"}}", self.name))
        };
        let mut service = Service { name: self.name, good: Vec::new(), bad: Vec::new() };
        for process in 0..self.processes {
            let (mut good, mut bad) = (series(process, "200"), series(process, "500"));
            self.scrape((&mut good, &mut bad), until, &mut dice);
            service.good.push(good);
            service.bad.push(bad);
        }
        service.bad.retain(|c| !c.scrapes.is_empty());
        service
    }

    /// A minute apart and off the minute, as scrapes are, a few milliseconds early or late.
    #[allow(clippy::cast_possible_truncation, reason = "a minute")]
    fn scrape(&self, (good, bad): (&mut Counter, &mut Counter), until: i64, dice: &mut Dice) {
        let offset = (dice.roll() * 60_000.0) as i64;
        let begin = begin(until);
        // A process that has lived for a while.
        let (mut goods, mut bads) = (40_000, if self.born.is_some() { 0 } else { 900 });
        for minute in 0..(until - begin) / MINUTE {
            let past = minute * MINUTE;
            if self.restarts > 0.0 && dice.roll() * self.restarts < 1.0 {
                (goods, bads) = (0, 0);
            }
            let requests = dice.events(self.pace * wave(past));
            let share = if begin + past > until - QUIET_END { 0.0 } else { self.share(past) };
            let failed = (0..requests).filter(|_| dice.roll() < share).count() as u64;
            (goods, bads) = (goods + requests - failed, bads + failed);
            let at = (begin + past) * 1_000 + offset + (dice.roll() * 9.0) as i64;
            if at > until * 1_000 || self.gaps.iter().any(|(from, to)| (*from..*to).contains(&past)) {
                continue;
            }
            good.scrapes.push((at, goods));
            if bads > 0 || self.born.is_none() {
                bad.scrapes.push((at, bads));
            }
        }
    }

    fn share(&self, past: i64) -> f64 {
        if self.born.is_some_and(|born| past < born) {
            return 0.0;
        }
        let now = self.incidents.iter().find(|(from, to, _)| (*from..*to).contains(&past));
        now.map_or(self.fails, |(_, _, share)| *share)
    }
}

/// When the data begin that end at `until`; Unix seconds.
pub fn begin(until: i64) -> i64 {
    until.div_euclid(HOUR) * HOUR - PAST
}

/// Days are busier than nights, and weekends quieter.
#[allow(clippy::cast_precision_loss, reason = "a day")]
fn wave(at: i64) -> f64 {
    let day = 1.0 - 0.85 * (at.rem_euclid(DAY) as f64 / DAY as f64 * std::f64::consts::TAU).cos();
    let is_weekend = (at / DAY + 4).rem_euclid(7) % 6 == 0;
    day * if is_weekend { 0.5 } else { 1.0 }
}
