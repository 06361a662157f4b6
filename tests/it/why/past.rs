//! When an alert burned before, asked of a real Prometheus.

use std::fmt::Write;

use chrono::Duration;
use watchfire::{
    config::SourceKind,
    domain::{
        alert::Alert,
        label::Labels,
        past::{Past, Was},
    },
    sources,
};

use crate::support::{config, machine_time, real::Real};

fn alert(pairs: &[(&str, &str)]) -> Alert {
    let labels: Labels = pairs.iter().copied().collect();
    Alert::firing(labels.fingerprint(), labels, Labels::default(), machine_time())
}

/// `up` every minute over these minutes, and `ALERTS` over those, counted from `begin`.
fn samples(begin: i64, up: &[(i64, i64)], alerts: &[(&str, i64, i64)]) -> String {
    let mut text = "# TYPE up gauge\n".to_owned();
    let minutes = |from: i64, to: i64| (from..to).map(move |m| begin + m * 60);
    for (from, to) in up {
        minutes(*from, *to).for_each(|at| writeln!(text, "up{{job=\"a\"}} 1 {at}").unwrap());
    }
    text.push_str("# TYPE ALERTS gauge\n");
    for (labels, from, to) in alerts {
        minutes(*from, *to).for_each(|at| writeln!(text, "ALERTS{{alertname=\"Hot\",{labels}}} 1 {at}").unwrap());
    }
    text + "# EOF\n"
}

async fn remembered(samples: &str, alert: &Alert, hours: i64, now: watchfire::domain::Time) -> Past {
    let real = Real::prometheus("groups: []\n", samples).await;
    let source = sources::connect(&config(SourceKind::Prometheus, &[real.url()])).await.unwrap();
    source.past().unwrap().past(alert, now - Duration::hours(hours), now).await.unwrap()
}

#[tokio::test]
async fn what_burned_before_the_cockpit_began_is_told_and_what_nobody_watched_is_unknown() {
    // Ten hours back, on whole hours: two and a half hours nobody watched, a fire of an hour, one of half an hour.
    let now = machine_time();
    let begin = now.timestamp().div_euclid(3_600) * 3_600 - 10 * 3_600;
    let own = r#"alertstate="firing",instance="a+b""#;
    let text = samples(
        begin,
        &[(0, 180), (330, 600)],
        &[
            (r#"alertstate="pending",instance="a+b""#, 50, 60),
            (own, 60, 120),
            (own, 400, 430),
            (r#"alertstate="firing",instance="aab""#, 500, 560),
            (r#"alertstate="firing",instance="a+b",path="/x""#, 500, 560),
        ],
    );
    let then = watchfire::domain::Time::from_timestamp(begin + 10 * 3_600, 0).unwrap();
    // `cluster` is an external label, which the rule's own series lacks.
    let alert = alert(&[("alertname", "Hot"), ("instance", "a+b"), ("cluster", "eu")]);
    let past = remembered(&text, &alert, 10, then).await;
    let about =
        |was| past.spans.iter().filter(|s| s.was == was).map(|s| (s.to - s.from).num_minutes()).collect::<Vec<_>>();
    let near = |told: &[i64], wanted: &[i64]| {
        assert!(told.len() == wanted.len() && told.iter().zip(wanted).all(|(t, w)| (t - w).abs() <= 6), "{past:?}");
    };
    near(&about(Was::Firing), &[60, 30]);
    near(&about(Was::Pending), &[10]);
    near(&about(Was::Unknown), &[150]);
    assert!(past.sentence().starts_with("fired 2 times in 10h, "), "{}", past.sentence());
}

#[tokio::test]
async fn thirty_days_are_asked_in_one_answer_and_a_short_fire_is_not_stepped_over() {
    let now = machine_time();
    let begin = now.timestamp().div_euclid(3_600) * 3_600 - 3 * 3_600;
    let text = samples(begin, &[(0, 120)], &[(r#"alertstate="firing""#, 31, 32)]);
    let then = watchfire::domain::Time::from_timestamp(begin + 2 * 3_600, 0).unwrap();
    let past = remembered(&text, &alert(&[("alertname", "Hot")]), 30 * 24, then).await;
    assert_eq!(past.tally().times, 1, "{past:?}");
    assert!(past.tally().unknown > Duration::days(29), "before the first sample nothing is known: {past:?}");
}
