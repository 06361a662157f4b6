//! The lanes over real servers: the spans that are drawn are those that `ALERTS` has.

use std::{fmt::Write, sync::Arc};

use chrono::{Duration, SecondsFormat};
use watchfire::{
    app::{
        App,
        msg::Msg,
        world::{Setup, lanes::Of},
    },
    config::{SourceConfig, SourceKind, keymap::Keymap},
    domain::{
        Time,
        past::{Span, Was},
        source::SourceName,
    },
    runtime::{Sources, clock::Clock, once, study},
    sources,
};

use crate::support::{cockpit::defaults, config, machine_time, real::Real};

/// Seconds between two evaluations.
const INTERVAL: i64 = 120;

/// `up` for ten hours, and the alert firing over these evaluations, counted from `begin`.
fn samples(begin: i64, evaluations: &[(i64, i64)]) -> String {
    let mut text = "# TYPE up gauge\n".to_owned();
    (0..300).for_each(|m| writeln!(text, "up{{job=\"a\"}} 1 {}", begin + m * INTERVAL).unwrap());
    text.push_str("# TYPE ALERTS gauge\n");
    for m in evaluations.iter().flat_map(|(from, to)| *from..*to) {
        let labels = r#"alertname="Hot",alertstate="firing",instance="a:1",severity="critical""#;
        writeln!(text, "ALERTS{{{labels}}} 1 {}", begin + m * INTERVAL).unwrap();
    }
    text + "# EOF\n"
}

async fn connected(kind: SourceKind, name: &str, server: &Real) -> Arc<dyn sources::Source> {
    let config = SourceConfig { name: SourceName::new(name), ..config(kind, &[server.url()]) };
    sources::connect(&config).await.unwrap()
}

/// Runs of samples of `ALERTS` as the server keeps them, first and last moment of each.
async fn series(prometheus: &Real, to: i64) -> Vec<(i64, i64)> {
    let query = "ALERTS%7Balertname%3D%22Hot%22%2Calertstate%3D%22firing%22%7D%5B11h%5D";
    let answer = prometheus.get(&format!("/api/v1/query?query={query}&time={to}")).await;
    let values = answer["data"]["result"][0]["values"].as_array().unwrap().clone();
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for at in values.iter().filter_map(|v| v[0].as_i64()) {
        match runs.last_mut() {
            Some((_, end)) if at - *end <= INTERVAL => *end = at,
            _ => runs.push((at, at)),
        }
    }
    runs
}

/// A cockpit that has asked both servers once, with the alert opened.
async fn opened(sources: &Sources, now: Time) -> (App, Of) {
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: true,
        ack: defaults("terminal").ack,
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: now,
    };
    let mut app = App::new(setup, Keymap::default());
    let clock = Clock::real();
    for msg in once::messages(sources, clock).await {
        drop(app.update(now, msg));
    }
    let id = app.world.board.iter().next().expect("the alert is on the board").id.clone();
    drop(app.update(now, Msg::Key("Enter".parse_key())));
    let found = study::Question::new(&app.world, &id, sources, clock).unwrap().whole().await;
    drop(app.update(now, Msg::Studied { id: id.clone(), found }));
    (app, Of::Alert(id))
}

trait ParseKey {
    fn parse_key(&self) -> watchfire::config::keymap::Key;
}

impl ParseKey for str {
    fn parse_key(&self) -> watchfire::config::keymap::Key {
        watchfire::config::keymap::Chord::parse(self).unwrap().0[0]
    }
}

#[tokio::test]
async fn the_spans_on_the_axis_are_those_that_alerts_has() {
    // Ten hours that end with this evaluation; it fires again since twenty minutes.
    let now = machine_time();
    let begin = now.timestamp().div_euclid(INTERVAL) * INTERVAL - 299 * INTERVAL;
    let prometheus = Real::prometheus("groups: []\n", &samples(begin, &[(30, 60), (150, 158), (290, 300)])).await;
    let alertmanager = Real::alertmanager().await;
    let then = |n: i64| Time::from_timestamp(begin + n * INTERVAL, 0).unwrap();
    let since = then(290).to_rfc3339_opts(SecondsFormat::Secs, true);
    let labels = r#"{"alertname":"Hot","instance":"a:1","severity":"critical"}"#;
    alertmanager.post("/api/v2/alerts", &format!(r#"[{{"labels":{labels},"startsAt":"{since}"}}]"#)).await;
    let sources: Sources = vec![
        connected(SourceKind::Alertmanager, "alerts", &alertmanager).await,
        connected(SourceKind::Prometheus, "metrics", &prometheus).await,
    ];
    let now = machine_time();
    let (app, of) = opened(&sources, now).await;

    let lanes = app.world.lanes(&of, now);
    let lane = &lanes.rows[0];
    let drawn: Vec<Span> = lane.past.spans.iter().copied().filter(|s| s.was == Was::Firing).collect();
    let told = series(&prometheus, now.timestamp()).await;
    assert_eq!((drawn.len(), told.len()), (3, 3), "{drawn:?}\n{told:?}");
    for (span, (first, last)) in drawn.iter().zip(&told) {
        assert!((span.from.timestamp() - first).abs() <= INTERVAL, "{span:?} {first}");
        // What fires still goes on to the end of the axis, beyond its latest sample.
        let ends = if span.to == lanes.whole.1 { *last } else { span.to.timestamp() };
        assert!((ends - last).abs() <= INTERVAL, "{span:?} {last}");
    }
    assert_eq!(drawn[2].to, lanes.whole.1);

    // What was before the first sample nobody knows; in between it is known to have been calm.
    assert_eq!(lane.at(then(0) - Duration::hours(2)).map(|s| s.was), Some(Was::Unknown));
    assert_eq!(lane.at(then(100)), None);
}
