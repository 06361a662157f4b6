//! When pages and tickets fire: the tiers that are replayed here beside the same tiers as rules, run by the real
//! `promtool test rules`.
//!
//! Both are told of the same requests: clean traffic, then errors of one ratio, then clean traffic again. What the replay
//! says is asserted of the rules: silent before it fires, firing until it ends, silent after, and as long in all, each to
//! within one evaluation. The limits of the rules are those printed in the Workbook, not those that are computed here.

use std::fmt::Write;

use watchfire::domain::slo::{
    burn::{Severity, Tier, scaled_tiers, standard_tiers},
    replay::{Episode, Schedule, calls, replay},
    timeline::{Stretch, Timeline},
};

use super::{DAY, HOUR, MINUTE};
use crate::{
    discover::shapes::{HEAD, Pyrra, Sloth, alert, group},
    support::real,
};

const BUDGET: f64 = 0.001;
/// Requests a minute.
const PACE: i64 = 1_000;
/// Failures a minute of the rows of the detection table: from a full outage to a burn rate of one.
const ROWS: [i64; 7] = [1_000, 150, 20, 10, 5, 2, 1];
/// Of the Workbook for 99.9 % in 30 days: name, long and short window, and the ratio that they have to be above.
const TIERS: [(&str, &str, &str, &str); 4] = [
    ("page_fast", "1h", "5m", "14.4 * 0.001"),
    ("page_slow", "6h", "30m", "6 * 0.001"),
    ("ticket_fast", "1d", "2h", "3 * 0.001"),
    ("ticket_slow", "3d", "6h", "1 * 0.001"),
];

/// Seconds of clean traffic, of errors, of clean traffic again, and between two evaluations.
#[derive(Clone, Copy)]
struct Scene {
    clean: i64,
    lasting: i64,
    after: i64,
    every: i64,
}

impl Scene {
    fn end(&self) -> i64 {
        self.clean + self.lasting + self.after
    }

    /// The series of one row, as promtool has them written: a sample an evaluation.
    fn series(&self, failures: i64) -> String {
        let steps = |seconds: i64| seconds / self.every;
        let each = |a_minute: i64| a_minute * self.every / MINUTE;
        let (bad, all) = (each(failures), steps(self.lasting) * each(failures));
        let (clean, lasting, after) = (steps(self.clean), steps(self.lasting) - 1, steps(self.after) - 1);
        let total = format!("0+{}x{}", each(PACE), steps(self.end()));
        let bad = format!("0+0x{clean} {bad}+{bad}x{lasting} {all}+0x{after}");
        let one = |name: &str, values: &str| {
            format!("      - {{series: '{name}{{row=\"{failures}\"}}', values: '{values}'}}\n")
        };
        one("bad_total", &bad) + &one("all_total", &total)
    }

    /// The same requests, as they are counted here.
    #[allow(clippy::cast_precision_loss, reason = "counts of requests")]
    fn line(&self, failures: i64) -> Timeline {
        let minute = |k: i64| {
            let end = k * MINUTE;
            let is_bad = end > self.clean && end <= self.clean + self.lasting;
            let bad = if is_bad { failures as f64 } else { 0.0 };
            Stretch { start: end - MINUTE, end, bad, total: PACE as f64, known: true }
        };
        Timeline::new((1..=self.end() / MINUTE).map(minute).collect())
    }

    fn replayed(&self, tiers: &[Tier], failures: i64) -> Vec<Episode> {
        let schedule = Schedule { from: 0, to: self.end(), every: self.every };
        replay(BUDGET, tiers, &self.line(failures), schedule)
    }

    /// What is asserted of an alert that the replay saw fire in these spans.
    fn assertions(&self, alert: &str, spans: &[(i64, i64)]) -> String {
        let firing = format!("ALERTS{{alertstate=\"firing\",{alert}}}");
        let is_firing = format!("clamp_max(count({firing}), 1) or vector(0)");
        // Every minute that any of them fired, up to then.
        let times = format!("(count_over_time((max({firing}))[{}s:{}s]) or vector(0))", self.end(), self.every);
        let mut out = String::new();
        let mut assert = |at: i64, query: &str, value: i64| {
            let at = at.clamp(0, self.end());
            let query = serde_json::Value::from(query);
            let _ = writeln!(out, "      - {{expr: {query}, eval_time: {at}s, exp_samples: [{{value: {value}}}]}}");
        };
        let mut all = 0;
        for (from, to) in spans {
            assert(from - 2 * self.every, &is_firing, 0);
            assert(from + self.every, &is_firing, 1);
            assert(to - 2 * self.every, &is_firing, 1);
            assert(to + self.every, &is_firing, 0);
            all += (to - from) / self.every;
        }
        if spans.is_empty() {
            assert(self.end(), &times, 0);
        } else {
            let slack = 2 * spans.len();
            assert(self.end(), &format!("abs({times} - {all}) <= bool {slack}"), 1);
        }
        out
    }

    fn file(&self, series: &str, assertions: &str) -> String {
        let every = self.every;
        format!(
            "rule_files: [rules.yml]\nevaluation_interval: {every}s\ntests:\n  - interval: {every}s\n    \
             input_series:\n{series}    promql_expr_test:\n{assertions}"
        )
    }
}

/// One rule a tier, for every row at once.
fn tiers_as_rules(names: &str) -> String {
    let ratio = |w: &str| format!("sum by (row) (increase(bad_total[{w}])) / sum by (row) (increase(all_total[{w}]))");
    let rule = |(name, long, short, limit): (&str, &str, &str, &str)| {
        let both = format!("{} > {limit} and {} > {limit}", ratio(long), ratio(short));
        alert(name, &both, "0s", &[])
    };
    let rules: Vec<String> = TIERS.into_iter().filter(|t| t.0.starts_with(names)).map(rule).collect();
    HEAD.to_owned() + &group("tiers", &rules)
}

/// Every row of the table, for the tiers of one severity. How many fired and how many never did.
fn table(severity: Severity, scene: Scene) -> (usize, usize) {
    let tiers = standard_tiers(30 * DAY);
    let (mut series, mut assertions) = (String::new(), String::new());
    let (mut fired, mut never) = (0, 0);
    for failures in ROWS {
        series += &scene.series(failures);
        let seen = scene.replayed(&tiers, failures);
        for (i, (name, ..)) in TIERS.iter().enumerate().filter(|(i, _)| tiers[*i].severity == severity) {
            let of_tier = seen.iter().filter(|e| e.tier == i);
            let spans: Vec<(i64, i64)> = of_tier.map(|e| (e.from, e.to.expect("it ends"))).collect();
            (fired, never) = (fired + spans.len(), never + usize::from(spans.is_empty()));
            assertions += &scene.assertions(&format!("alertname=\"{name}\",row=\"{failures}\""), &spans);
        }
    }
    real::promtool_test_rules(&tiers_as_rules(severity.as_str()), &scene.file(&series, &assertions));
    (fired, never)
}

#[test]
fn every_page_of_the_detection_table_fires_and_ends_when_promtool_says() {
    let scene = Scene { clean: 6 * HOUR, lasting: 4 * HOUR, after: 2 * HOUR, every: MINUTE };
    assert_eq!(table(Severity::Page, scene), (3 + 4, 4 + 3));
}

#[test]
fn every_ticket_of_the_detection_table_opens_and_closes_when_promtool_says() {
    let scene = Scene { clean: 3 * DAY, lasting: 2 * DAY, after: 8 * HOUR, every: 5 * MINUTE };
    assert_eq!(table(Severity::Ticket, scene), (5 + 6, 2 + 1));
}

/// The alerts of a generator's rules, which have all tiers of a severity in one name.
fn generated(rules: &str, tiers: &[Tier], names: [&str; 2]) {
    let scene = Scene { clean: 12 * HOUR, lasting: 5 * HOUR, after: 9 * HOUR, every: MINUTE };
    let seen = scene.replayed(tiers, 150);
    let mut assertions = String::new();
    for (severity, name) in [Severity::Page, Severity::Ticket].into_iter().zip(names) {
        let spans = calls(&seen, severity);
        assert!(spans.len() == 1 && spans[0].1 < scene.end(), "one call that ends: {spans:?}");
        assertions += &scene.assertions(name, &spans);
    }
    real::promtool_test_rules(&format!("{HEAD}{rules}"), &scene.file(&scene.series(150), &assertions));
}

const RATIO: &str = "sum(rate(bad_total[WINDOW])) / sum(rate(all_total[WINDOW]))";

#[test]
fn what_sloth_writes_fires_and_ends_when_the_replay_says() {
    let sloth = Sloth {
        service: "shop",
        name: "answers",
        objective: "99.9",
        days: 30,
        ratio: RATIO.to_owned(),
        alerts: true,
        labels: &[],
    };
    generated(&sloth.groups(), &standard_tiers(30 * DAY), ["sloth_severity=\"page\"", "sloth_severity=\"ticket\""]);
}

#[test]
fn what_pyrra_writes_waits_fires_and_ends_when_the_replay_says() {
    let pyrra = Pyrra {
        name: "answers",
        target: "0.999",
        base: "all",
        ratio: RATIO,
        increase: ("increase4w", "sum(increase(all_total[4w]))"),
        labels: &[],
        generic: false,
    };
    generated(&pyrra.groups(), &scaled_tiers(28 * DAY), ["severity=\"critical\"", "severity=\"warning\""]);
}
