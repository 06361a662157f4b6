//! The alerts replayed over counts agree with the detection table of the Workbook's tiers, to the evaluation.

use watchfire::domain::slo::{
    Objective,
    burn::{Severity, Tier, detection, scaled_tiers, standard_tiers},
    distance::{Pace, distance},
    replay::{Episode, Schedule, Score, calls, replay, score},
    timeline::{Stretch, Timeline},
};

const DAY: i64 = 86_400;
const MINUTE: i64 = 60;
/// When the errors begin; clean traffic before.
const BEGIN: i64 = 20_000 * DAY;
const BETA: f64 = 0.001;

/// Error ratio in percent, and seconds until each of the four tiers fires.
const TABLE: [(f64, [Option<f64>; 4]); 7] = [
    (100.0, [Some(51.84), Some(129.6), Some(259.2), Some(259.2)]),
    (15.0, [Some(345.6), Some(864.0), Some(1_728.0), Some(1_728.0)]),
    (2.0, [Some(2_592.0), Some(6_480.0), Some(12_960.0), Some(12_960.0)]),
    (1.0, [None, Some(12_960.0), Some(25_920.0), Some(25_920.0)]),
    (0.5, [None, None, Some(51_840.0), Some(51_840.0)]),
    (0.2, [None, None, None, Some(129_600.0)]),
    (0.1, [None; 4]),
];

/// Minutes of even traffic: four clean days, then errors of `percent` for `lasting` seconds, then a clean day.
fn step(percent: f64, lasting: i64) -> Timeline {
    let minute = |k: i64| {
        let end = BEGIN + k * MINUTE;
        let is_bad = end > BEGIN && end <= BEGIN + lasting;
        let bad = if is_bad { 1_000.0 * percent / 100.0 } else { 0.0 };
        Stretch { start: end - MINUTE, end, bad, total: 1_000.0, known: true }
    };
    Timeline::new((-4 * DAY / MINUTE + 1..=(lasting + DAY) / MINUTE).map(minute).collect())
}

fn schedule(line: &Timeline) -> Schedule {
    Schedule { from: BEGIN - 3 * DAY, to: line.end().unwrap(), every: MINUTE }
}

fn episodes(tiers: &[Tier], line: &Timeline) -> Vec<Episode> {
    replay(BETA, tiers, line, schedule(line))
}

#[test]
fn every_cell_of_the_detection_table_is_silent_before_and_fires_at_the_next_evaluation() {
    let tiers = standard_tiers(30 * DAY);
    for (percent, cells) in TABLE {
        let seen = episodes(&tiers, &step(percent, 3 * DAY));
        for (tier, cell) in cells.into_iter().enumerate() {
            let first = seen.iter().find(|e| e.tier == tier).map(|e| e.from - BEGIN);
            // Strictly above: on the threshold itself nothing fires yet.
            #[allow(clippy::cast_possible_truncation, reason = "a few days")]
            let due = cell.map(|s| (s as i64 / MINUTE + 1) * MINUTE);
            assert_eq!(first, due, "{percent} % tier {tier}");
            let said = detection(BETA, percent / 100.0, 30 * DAY, &tiers[tier]).detect_s;
            assert_eq!(said.map(|s| (s * 1e6).round()), cell.map(|s| (s * 1e6).round()), "{percent} % tier {tier}");
        }
    }
}

#[test]
fn a_tier_ends_when_its_short_window_has_forgotten_enough() {
    let tiers = standard_tiers(30 * DAY);
    for (percent, lasting) in [(15.0, 2 * 3_600), (100.0, 12 * 3_600)] {
        let seen = episodes(&tiers, &step(percent, lasting));
        for episode in &seen {
            let said = detection(BETA, percent / 100.0, 30 * DAY, &tiers[episode.tier]).reset_s.unwrap();
            let after = episode.to.unwrap() - BEGIN - lasting;
            #[allow(clippy::cast_precision_loss, reason = "a few hours")]
            let late = after as f64 - said;
            assert!((0.0..60.0).contains(&late), "{percent} % {episode:?}: {after} s, said {said}");
        }
        assert_eq!(seen.len(), 4, "{percent} %");
    }
}

#[test]
fn a_for_waits_without_a_break_and_one_quiet_evaluation_begins_it_anew() {
    let tier = Tier { severity: Severity::Page, long_s: 300, short_s: 60, factor: 14.4, for_s: 180, min_bad: 0.0 };
    let minute = |k: i64, bad: f64| {
        let end = BEGIN + k * MINUTE;
        Stretch { start: end - MINUTE, end, bad, total: 1_000.0, known: true }
    };
    let line = |bad: &[f64]| Timeline::new((1..).zip(bad).map(|(k, b)| minute(k, *b)).collect());
    let run = |bad: &[f64]| {
        let line = line(bad);
        replay(BETA, &[tier], &line, Schedule { from: BEGIN, to: line.end().unwrap(), every: MINUTE })
    };
    assert!(run(&[900.0, 900.0, 900.0, 0.0, 900.0, 900.0, 900.0, 0.0]).is_empty());
    let seen = run(&[900.0, 900.0, 900.0, 900.0, 900.0, 0.0]);
    let minutes = |s: i64| (s - BEGIN) / MINUTE;
    let edges: Vec<_> = seen.iter().map(|e| (minutes(e.pending), minutes(e.from), e.to.map(minutes))).collect();
    assert_eq!(edges, [(1, 4, Some(6))]);
    assert_eq!(run(&[900.0; 9])[0].to, None);
}

#[test]
fn the_scaled_tiers_fire_as_their_arithmetic_says() {
    let tiers = scaled_tiers(28 * DAY);
    let beta = Objective::percent("99").unwrap().budget_ratio();
    let line = step(100.0, 6 * 3_600);
    let seen = replay(beta, &tiers, &line, schedule(&line));
    for (i, tier) in tiers.iter().enumerate() {
        let episode = seen.iter().find(|e| e.tier == i).unwrap();
        let said = detection(beta, 1.0, 28 * DAY, tier).detect_s.unwrap();
        #[allow(clippy::cast_precision_loss, reason = "a few hours")]
        let late = (episode.from - BEGIN) as f64 - said;
        assert!((0.0..=60.0).contains(&late), "{tier:?}: {late}");
    }
}

#[test]
fn tiers_that_fire_together_call_once_and_a_call_without_an_incident_is_told() {
    let tiers = standard_tiers(30 * DAY);
    let seen = episodes(&tiers, &step(100.0, 3_600));
    assert_eq!(seen.iter().filter(|e| e.severity == Severity::Page).count(), 2);
    assert_eq!(calls(&seen, Severity::Page).len(), 1);
    let incident = (BEGIN, BEGIN + 3_600);
    assert_eq!(score(&seen, Severity::Page, &[incident]), Score { calls: 1, without: 0, missed: 0 });
    let elsewhere = (BEGIN - 2 * DAY, BEGIN - DAY);
    let wrong = score(&seen, Severity::Page, &[elsewhere]);
    assert_eq!(wrong, Score { calls: 1, without: 1, missed: 1 });
    assert_eq!(wrong.words(Severity::Page), "would have paged 1x, 1 without an incident");
}

#[test]
fn the_distance_of_a_tier_is_the_time_until_the_replay_sees_it_fire_and_reset() {
    let tiers = standard_tiers(30 * DAY);
    let (percent, head) = (2.0, BEGIN + 20 * MINUTE);
    let line = step(percent, 6 * 3_600);
    let past = Timeline::new(line.stretches().iter().copied().filter(|s| s.end <= head).collect());
    let pace = Pace::of(&past, head, 600).unwrap();
    for (i, tier) in tiers.iter().enumerate() {
        let said = distance(BETA, tier, &past, head, pace).fires_in.unwrap();
        let seen = episodes(&tiers, &line).into_iter().find(|e| e.tier == i).unwrap();
        #[allow(clippy::cast_precision_loss, reason = "a few hours")]
        let apart = said - (seen.from - head) as f64;
        #[allow(clippy::cast_precision_loss, reason = "a step is some minutes")]
        let coarse = (tier.long_s / 720).max(60) as f64;
        assert!(apart.abs() <= coarse, "tier {i}: {said} s, {apart} s off");
    }
    let firing = distance(BETA, &tiers[0], &step(15.0, 3_600), BEGIN + 3_600, Pace { bad: 2.5, total: 1_000.0 / 60.0 });
    assert_eq!(firing.fires_in, Some(0.0));
    assert!((firing.resets_in.unwrap() - 271.2).abs() <= 15.0, "{firing:?}");
    let calm = distance(BETA, &tiers[0], &past, head, Pace { bad: 0.0, total: 10.0 });
    assert_eq!((calm.fires_in, calm.resets_in), (None, None));
}
