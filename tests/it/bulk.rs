//! Many acts against a real Alertmanager: none lost, none twice, and all of it can be taken back.

mod by_hand;
mod proxy;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use chrono::Duration;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use watchfire::{
    app::{
        effect::{Effect, Effects},
        msg::OpMsg,
        world::{Setup, World, bulk::BulkPlan},
    },
    config::SourceKind,
    domain::{
        contract::AckRules,
        deed::deeds,
        matcher::Matcher,
        op::{Covered, Intent},
        silence::SilenceDraft,
    },
    journal::Journal,
    runtime::{
        Sources,
        clock::Clock,
        once,
        queue::{self, Begin},
        recover,
    },
    sources,
};

use crate::support::{config, real::Real};

use self::proxy::Proxy;

const SEED: u64 = 20_261_121;

/// A person without a screen: a world, a journal and the sources, and everything that an effect asks for is done.
struct Hand {
    world: World,
    sources: Sources,
    journal: Arc<Journal>,
    clock: Clock,
}

impl Hand {
    async fn on(url: &str, journal: &Path) -> Self {
        let sources: Sources =
            vec![sources::connect(&config(SourceKind::Alertmanager, &[url.to_owned()])).await.unwrap()];
        let clock = Clock::real();
        let journal = Arc::new(Journal::open(journal).await.unwrap());
        let world = look(&sources, clock).await;
        Self { world, sources, journal, clock }
    }

    /// As after a restart: nothing is known but what the servers and the journal tell.
    async fn begins_anew(&mut self) {
        self.world = look(&self.sources, self.clock).await;
    }

    fn all(&self) -> Vec<Covered> {
        self.world.board.iter().map(|r| Covered { alert: r.id.clone(), title: r.name().clone() }).collect()
    }

    fn plan(&self) -> BulkPlan {
        self.world.plan_ack_all(&self.all(), self.clock.now(), &self.world.ack.terms()).unwrap()
    }

    async fn does(&mut self, effects: Effects) {
        let mut due = std::collections::VecDeque::from(effects);
        while let Some(effect) = due.pop_front() {
            let now = self.clock.now();
            match effect {
                Effect::IntendAll { batch, acts, entries } => {
                    self.journal.intend_all(&acts, &entries, now).await.unwrap();
                    due.extend(self.world.all_intended(now, &batch).0);
                }
                Effect::SendAll(acts) => due.extend(self.sends(acts).await),
                Effect::Settle(op, entries) => drop(self.journal.settle(&op, &entries, now).await.unwrap()),
                _ => {}
            }
        }
    }

    async fn sends(&mut self, acts: Vec<Intent>) -> Effects {
        let (told, mut ends) = mpsc::channel::<queue::Ended>(64);
        let world = &mut self.world;
        let clock = self.clock;
        let hearing = async {
            let mut due = Vec::new();
            while let Some((intent, done)) = ends.recv().await {
                let msg = OpMsg::Ended { outcome: done.outcome, silence: done.silence.map(Box::new) };
                due.extend(world.op_ended(clock.now(), &intent.op, msg).0);
            }
            due
        };
        tokio::join!(queue::send(&self.sources, acts, clock, Begin::Sending, told), hearing).1
    }

    async fn acks_all(&mut self, most: usize) {
        self.world.silences_max = most;
        let plan = self.plan();
        let effects = self.world.send_plan(self.clock.now(), &plan, "the whole rack").unwrap();
        self.does(effects).await;
    }

    /// `u`, and yes.
    async fn undoes(&mut self) -> String {
        let since = self.clock.now() - Duration::hours(1);
        let sent = self.journal.sent(since, 10_000).await.unwrap();
        let past = deeds(sent, self.journal.since(since, None, 10_000).await.unwrap());
        let plan = self.world.plan_undo(&past, self.clock.now()).unwrap();
        let what = plan.what.clone();
        let effects = self.world.undo(self.clock.now(), plan);
        self.does(effects).await;
        what
    }

    fn summary(&self) -> String {
        self.world.bulk.last().unwrap().summary()
    }
}

async fn look(sources: &Sources, clock: Clock) -> World {
    let setup = Setup {
        user: "ana".into(),
        session: uuid::Uuid::new_v4().simple().to_string(),
        read_only: false,
        ack: AckRules::lasting(Duration::hours(1)),
        sources: sources.iter().map(|s| s.describe().clone()).collect(),
        started_at: clock.now(),
    };
    once::world(setup, sources, clock).await
}

/// A server with so many alerts that differ in their instance.
async fn server_with(n: usize) -> Real {
    let server = Real::alertmanager().await;
    tell(&server, 0..n).await;
    server
}

async fn tell(server: &Real, which: std::ops::Range<usize>) {
    let alerts: Vec<Value> = which
        .map(|i| json!({"labels": {"alertname": "NodeDown", "instance": format!("10.0.{}.{}:9100", i / 250, i % 250)}}))
        .collect();
    server.post("/api/v2/alerts", &json!(alerts).to_string()).await;
}

async fn standing(server: &Real) -> Vec<Value> {
    let silences = server.get("/api/v2/silences").await;
    silences.as_array().unwrap().iter().filter(|s| s["status"]["state"] == "active").cloned().collect()
}

/// What stands, by what it says: how often each.
fn said(silences: &[Value]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for silence in silences {
        let mut matchers: Vec<String> = silence["matchers"].as_array().unwrap().iter().map(Value::to_string).collect();
        matchers.sort();
        let key = format!("{matchers:?} {} {} {}", silence["createdBy"], silence["comment"], silence["endsAt"]);
        *all.entry(key).or_insert(0) += 1;
    }
    all
}

async fn unsilenced(server: &Real) -> usize {
    let alerts = server.get("/api/v2/alerts").await;
    let alerts = alerts.as_array().unwrap();
    alerts.iter().filter(|a| a["status"]["silencedBy"].as_array().unwrap().len() != 1).count()
}

fn journal_in(dir: &tempfile::TempDir) -> std::path::PathBuf {
    dir.path().join("journal.db")
}

#[tokio::test]
async fn five_hundred_acks_through_a_bad_proxy_are_none_lost_and_none_twice_and_undo_leaves_the_server_as_it_was() {
    let server = server_with(500).await;
    let proxy = Proxy::before(server.address(), SEED).await;
    let dir = tempfile::tempdir().unwrap();
    let mut hand = Hand::on(&proxy.url(), &journal_in(&dir)).await;
    let before = said(&standing(&server).await);

    hand.acks_all(1_000).await;
    assert_eq!(hand.summary(), "500 of 500 acked");
    let stands = standing(&server).await;
    assert_eq!((stands.len(), said(&stands).len()), (500, 500), "one silence an alert");
    assert_eq!(unsilenced(&server).await, 0);
    let t = &proxy.tally;
    let bad = [t.of(|t| &t.too_many), t.of(|t| &t.cut_before), t.of(|t| &t.cut_after), t.of(|t| &t.late)];
    assert!(bad.iter().all(|n| *n > 0), "every kind of bad luck came to pass: {bad:?}");
    assert!(hand.journal.undone().await.unwrap().is_empty(), "every act has its end");

    hand.begins_anew().await;
    assert_eq!(hand.undoes().await, "the ack of 500 alerts");
    assert_eq!(hand.summary(), "500 of 500 taken back");
    assert_eq!(said(&standing(&server).await), before);
}

#[tokio::test]
async fn above_the_limit_fewer_silences_cover_exactly_those_that_were_chosen() {
    let server = server_with(300).await;
    let dir = tempfile::tempdir().unwrap();
    let mut hand = Hand::on(&server.url(), &journal_in(&dir)).await;
    hand.acks_all(7).await;
    assert_eq!(hand.summary(), "300 of 300 acked");
    assert!(standing(&server).await.len() <= 7);
    assert_eq!(unsilenced(&server).await, 0);
    tell(&server, 300..301).await;
    hand.begins_anew().await;
    let acked = hand.world.board.iter().filter(|r| r.ack.is_some()).count();
    assert_eq!((acked, hand.world.board.len()), (300, 301), "a newcomer beside them is nobody's");
    let kept = hand.journal.recent(10_000).await.unwrap();
    let confirmed = kept.iter().filter(|e| e.kind.as_str() == "ack.confirmed");
    assert_eq!(confirmed.count(), 300, "each alert has its own entry");
}

#[tokio::test]
async fn what_was_taken_back_last_is_followed_by_what_was_done_before_it() {
    let server = server_with(3).await;
    let dir = tempfile::tempdir().unwrap();
    let mut hand = Hand::on(&server.url(), &journal_in(&dir)).await;
    hand.acks_all(100).await;
    let acked = said(&standing(&server).await);
    hand.begins_anew().await;
    let plan = hand.world.plan_unack_all(&hand.all(), hand.clock.now()).unwrap();
    let effects = hand.world.send_plan(hand.clock.now(), &plan, "").unwrap();
    hand.does(effects).await;
    assert!(standing(&server).await.is_empty());

    hand.begins_anew().await;
    assert_eq!(hand.undoes().await, "the unack of 3 alerts");
    assert_eq!(said(&standing(&server).await), acked, "with the old words and the old end");
    hand.begins_anew().await;
    assert_eq!(hand.undoes().await, "the ack of 3 alerts", "and not the undo");
}

#[tokio::test]
async fn a_batch_that_was_killed_in_the_middle_is_finished_by_the_next_start() {
    let server = server_with(120).await;
    let dir = tempfile::tempdir().unwrap();
    let path = journal_in(&dir);
    let mut hand = Hand::on(&server.url(), &path).await;
    hand.world.silences_max = 1_000;
    let plan = hand.plan();
    let effects = hand.world.send_plan(hand.clock.now(), &plan, "killed").unwrap();
    let Some(Effect::IntendAll { acts, entries, .. }) = effects.into_iter().next() else { panic!("a batch") };
    hand.journal.intend_all(&acts, &entries, hand.clock.now()).await.unwrap();
    // Some were sent, and of those some were settled, when the process was killed.
    for (n, intent) in acts.iter().take(50).enumerate() {
        let watchfire::domain::op::Act::PutSilence { draft, .. } = &intent.act else { panic!("a silence") };
        let silences = hand.sources[0].silences().unwrap();
        silences.put(draft, hand.clock.now()).await.unwrap();
        if n < 30 {
            hand.journal.settle(&intent.op, &[], hand.clock.now()).await.unwrap();
        }
    }
    let sources = hand.sources.clone();
    drop(hand);
    // The claims of the dead end after a minute.
    let later = Clock::from(Clock::real().now() + Duration::seconds(61), 1.0);
    let journal = Journal::open(&path).await.unwrap();
    let done = async {
        while !journal.undone().await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = recover::run(path.clone(), sources, later) => {}
        finished = tokio::time::timeout(std::time::Duration::from_secs(60), done) => finished.expect("it is finished"),
    }
    let stands = standing(&server).await;
    assert_eq!((stands.len(), said(&stands).len()), (120, 120), "none lost, none twice");
}

#[tokio::test]
async fn a_silence_that_was_changed_gets_back_its_old_end_and_words() {
    let server = server_with(1).await;
    let dir = tempfile::tempdir().unwrap();
    let mut hand = Hand::on(&server.url(), &journal_in(&dir)).await;
    hand.acks_all(100).await;
    let before = said(&standing(&server).await);
    hand.begins_anew().await;
    let now = hand.clock.now();
    let silence = hand.world.sources[0].silences[0].clone();
    let changed = SilenceDraft {
        matchers: vec![Matcher::equal("alertname", "NodeDown")],
        comment: "ACK! the row".into(),
        ..SilenceDraft::extend(&silence, now + Duration::hours(5))
    };
    let act =
        watchfire::domain::op::Act::PutSilence { source: hand.world.sources[0].about.name.clone(), draft: changed };
    let intent = hand.world.intent(now, watchfire::domain::op::Purpose::Amend, act, &[], "");
    let intent = Intent { op: watchfire::domain::op::OpId("by-hand".into()), title: "NodeDown".into(), ..intent };
    hand.journal.intend(&intent, &[], now).await.unwrap();
    let done = watchfire::runtime::execute::execute(&hand.sources, &intent, hand.clock).await;
    let told = watchfire::app::world::acts::ended_entries(&intent, now, &done.outcome);
    hand.journal.settle(&intent.op, &told, now).await.unwrap();
    assert_ne!(said(&standing(&server).await), before);

    hand.begins_anew().await;
    assert_eq!(hand.undoes().await, "the change of the silence of NodeDown");
    assert_eq!(said(&standing(&server).await), before);
}
