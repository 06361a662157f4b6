//! Every source behind the protocol is what it is without it: the same snapshot, the same acts, the same errors.

use std::sync::Arc;

use chrono::Duration;
use tokio::task::JoinSet;
use watchfire::{
    config::{AckMode, SourceConfig, SourceKind},
    domain::{
        Time,
        alert::AlertId,
        held::{Request, Verb},
        label::{Fingerprint, Labels},
        matcher::Matcher,
        op::OpId,
        silence::SilenceDraft,
        source::{AckVia, Description, Snapshot, SourceError},
    },
    sources::{
        Source, connect,
        plugin::{Plugin, serve::serve},
        sim::{self, SimWorld},
    },
};

use super::{noon, pager::Pager};
use crate::support::{self, real::Real};

/// A source, the same at the far end of two pipes, and who serves it.
struct Both {
    plain: Arc<dyn Source>,
    far: Plugin,
    _serving: JoinSet<()>,
}

impl Both {
    async fn of(plain: Arc<dyn Source>, now: Time) -> Self {
        let (near_out, far_in) = tokio::io::duplex(4_096);
        let (far_out, near_in) = tokio::io::duplex(4_096);
        let mut serving = JoinSet::new();
        let served = plain.clone();
        serving.spawn(async move { serve(served, Box::new(move || now), far_in, far_out).await.unwrap() });
        let about = plain.describe();
        let config = SourceConfig {
            name: about.name.clone(),
            ack: AckMode::Native,
            interval: about.interval,
            timeout: Duration::seconds(30),
            ..support::config(SourceKind::Plugin, &[])
        };
        let far = Plugin::over(&config, near_out, near_in).await.unwrap();
        Self { plain, far, _serving: serving }
    }

    async fn look_the_same(&self, now: Time) {
        // What a plugin calls itself is its version.
        let told = |answer: Result<Snapshot, SourceError>| answer.map(|s| Snapshot { version: None, ..s });
        assert_eq!(told(self.far.poll(now).await), told(self.plain.poll(now).await));
    }
}

/// What must be the same; its kind is another, and what the protocol does not know is left out.
fn can(about: &Description) -> String {
    let can = &about.can;
    let (ack, ways) = (can.ack, &can.ways);
    format!("{} {ack:?} {} {} {} {} {ways:?}", can.alerts, can.silences, can.evaluates, can.on_call, can.changes)
}

#[tokio::test]
async fn everything_that_only_some_backends_have_comes_through_unchanged() {
    let now = noon();
    let both = Both::of(Arc::new(Pager::new()), now).await;
    assert_eq!(can(both.far.describe()), can(both.plain.describe()));
    both.look_the_same(now).await;
    let since = now - Duration::hours(1);
    let (far, plain) = (both.far.changes().unwrap(), both.plain.changes().unwrap());
    assert_eq!(far.changes(since, now).await, plain.changes(since, now).await);
    let (far, plain) = (both.far.on_call().unwrap(), both.plain.on_call().unwrap());
    let later = now + Duration::hours(1);
    assert_eq!(far.duties(now, later, now).await, plain.duties(now, later, now).await);
}

#[tokio::test]
async fn acts_come_through_unchanged_with_their_errors() {
    let now = noon();
    let both = Both::of(Arc::new(Pager::new()), now).await;
    let (far, plain) = (both.far.requests().unwrap(), both.plain.requests().unwrap());
    let op = OpId("op-7".into());
    for (verb, key) in [(Verb::Ack, "Q1"), (Verb::Snooze, "Q1"), (Verb::Note, "Q1"), (Verb::Pause, "gone")] {
        let alert = AlertId { source: both.plain.describe().name.clone(), fingerprint: Fingerprint::new(key) };
        let until = (verb == Verb::Snooze).then(|| now + Duration::hours(1));
        let request = Request { verb, alert, began: now, actor: "alice".into(), text: "why\x1b".into(), until };
        assert_eq!(far.plan(&request, now).await, plain.plan(&request, now).await);
        assert_eq!(far.apply(&op, &request, now).await, plain.apply(&op, &request, now).await);
        for handle in [None, Some("h".into())] {
            let handle = handle.as_ref();
            assert_eq!(far.is_so(&op, &request, handle, now).await, plain.is_so(&op, &request, handle, now).await);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_moment_of_a_simulated_day_is_the_same_with_its_faults() {
    for (name, _) in sim::builtin() {
        let epoch = noon();
        let world = SimWorld::new(sim::load(name).unwrap(), epoch);
        for plain in world.sources() {
            for minutes in [0, 7, 20, 33, 60] {
                let now = epoch + Duration::minutes(minutes);
                let both = Both::of(plain.clone(), now).await;
                let wanted = (plain.describe().can.ack == Some(AckVia::Silence)) == both.far.describe().can.silences;
                assert!(wanted || both.far.describe().can.silences, "{name}");
                both.look_the_same(now).await;
                if let (Some(far), Some(plain)) = (both.far.silences(), plain.silences()) {
                    assert_eq!(far.list(now).await, plain.list(now).await, "{name} {minutes}");
                }
                if let (Some(far), Some(plain)) = (both.far.changes(), plain.changes()) {
                    assert_eq!(far.changes(epoch, now).await, plain.changes(epoch, now).await, "{name} {minutes}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_real_alertmanager_is_the_same_through_the_protocol() {
    let server = Real::alertmanager().await;
    let alerts: Vec<String> = (0..2_345)
        .map(|n| {
            format!(r#"{{"labels":{{"alertname":"Down","instance":"i{n}"}},"annotations":{{"summary":"n {n}"}}}}"#)
        })
        .collect();
    server.post("/api/v2/alerts", &format!("[{}]", alerts.join(","))).await;
    let now = support::machine_time();
    let plain = connect(&support::config(SourceKind::Alertmanager, &[server.url()])).await.unwrap();
    let both = Both::of(plain, now).await;
    both.look_the_same(now).await;
    assert_eq!(both.far.poll(now).await.unwrap().alerts.len(), 2_345, "three pages");
    silence_through(&both, now).await;
    both.look_the_same(now).await;
    drop(server);
    assert!(both.plain.poll(now).await.is_err());
    both.look_the_same(now).await;
}

/// Made, changed, read and ended at the far end; read at the near one.
async fn silence_through(both: &Both, now: Time) {
    let (far, plain) = (both.far.silences().unwrap(), both.plain.silences().unwrap());
    let draft = SilenceDraft {
        id: None,
        matchers: vec![Matcher::equal("instance", "i7")],
        starts_at: now,
        ends_at: now + Duration::hours(1),
        created_by: "alice".into(),
        comment: "ACK! looking".into(),
        annotations: Labels::default(),
    };
    let id = far.put(&draft, now).await.unwrap();
    let made = plain.get(id.raw(), now).await.unwrap().unwrap();
    assert!(draft.is_carried_by(&made) && made.is_ack());
    assert_eq!(far.get(id.raw(), now).await.unwrap().as_ref(), Some(&made));
    assert_eq!(far.list(now).await, plain.list(now).await);
    let longer = SilenceDraft::extend(&made, now + Duration::hours(2));
    assert_eq!(far.put(&longer, now).await.unwrap(), id);
    far.expire(id.raw(), now).await.unwrap();
    far.expire(id.raw(), now).await.unwrap();
    let nobody = "00000000-0000-0000-0000-000000000000";
    assert_eq!(far.get(nobody, now).await, Ok(None));
    let wrong = SilenceDraft { ends_at: now - Duration::hours(1), starts_at: now, ..draft };
    assert_eq!(far.put(&wrong, now).await, plain.put(&wrong, now).await);
    assert!(far.put(&wrong, now).await.is_err());
}

#[tokio::test]
async fn a_real_prometheus_is_the_same_through_the_protocol() {
    let rules = "groups: [{name: g, rules: [{alert: Down, expr: vector(1), labels: {severity: page}},
        {alert: Waits, expr: vector(1), for: 1h}]}]\n";
    let server = Real::prometheus(rules, "").await;
    let plain = connect(&support::config(SourceKind::Prometheus, &[server.url()])).await.unwrap();
    let fires = async {
        while plain.poll(support::machine_time()).await.unwrap().alerts.len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), fires).await.unwrap();
    let now = support::machine_time();
    let both = Both::of(plain, now).await;
    assert!(both.far.describe().can.evaluates);
    both.look_the_same(now).await;
}
