//! The board follows what changed: after any news it is what it would be if everything were told to it anew.

mod twins;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Duration;
use proptest::{collection::vec, prelude::*};
use watchfire::{
    app::{
        App,
        msg::{JournalMsg, Msg, SourceMsg},
        world::{Setup, board::Row},
    },
    config::keymap::{Key, KeyCode, Keymap},
    domain::{
        Time,
        acks::JournalAcks,
        alert::{Ack, Alert, AlertState, Severity},
        delta::LastWord,
        entry::Subject,
        filter::Filter,
        label::Labels,
        matcher::{MatchOp, Matcher},
        silence::{Silence, SilenceState},
        source::{AckVia, Capabilities, Description, Snapshot, SourceError, SourceName},
        text::SafeText,
    },
};

fn t(seconds: i64) -> Time {
    "2026-03-02T20:00:00Z".parse::<Time>().unwrap() + Duration::seconds(seconds)
}

/// Two that deliver and one that evaluates.
const SOURCES: [&str; 3] = ["am", "eu", "prom"];

fn heart() -> App {
    let source = |name: &&str| {
        let evaluates = *name == "prom";
        let ack = Some(if evaluates { AckVia::Journal } else { AckVia::Silence });
        let can = Capabilities {
            alerts: true,
            ack,
            silences: !evaluates,
            counts: false,
            evaluates,
            ..Capabilities::default()
        };
        Description { name: SourceName::new(name), kind: "sim", can, interval: Duration::seconds(30) }
    };
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: true,
        ack: watchfire::domain::contract::AckRules::lasting(Duration::hours(1)),
        sources: SOURCES.iter().map(source).collect(),
        started_at: t(0),
    };
    App::new(setup, Keymap::default())
}

/// One of few alerts, so that they come, change and meet each other often.
#[derive(Clone, Debug)]
struct Said {
    name: u8,
    pod: Option<u8>,
    external: bool,
    state: u8,
    began: u8,
}

fn alert(said: &Said) -> Arc<Alert> {
    let mut labels = BTreeMap::from([("alertname".to_owned(), format!("A{}", said.name))]);
    labels.insert("severity".into(), ["critical", "warning", "odd"][usize::from(said.name % 3)].into());
    if let Some(pod) = said.pod {
        labels.insert("pod".into(), format!("p{pod}"));
    }
    if said.external {
        labels.insert("cluster".into(), "eu-1".into());
    }
    let labels: Labels = labels.into_iter().collect();
    let state = [AlertState::Firing, AlertState::Pending, AlertState::Suppressed][usize::from(said.state % 3)];
    let began = t(-i64::from(said.began));
    Arc::new(Alert { state, ..Alert::firing(labels.fingerprint(), labels, Labels::default(), began) })
}

#[derive(Clone, Debug)]
enum News {
    Answer { source: usize, alerts: Vec<Said>, silences: Vec<(u8, u8)>, complete: bool },
    Fails(usize),
    Wait(i64),
    Acks(Vec<(u8, u8)>),
    Filter(&'static str),
}

fn said() -> impl Strategy<Value = Said> {
    (0..3_u8, proptest::option::of(0..4_u8), any::<bool>(), 0..3_u8, 0..3_u8)
        .prop_map(|(name, pod, external, state, began)| Said { name, pod, external, state, began })
}

fn news() -> impl Strategy<Value = News> {
    prop_oneof![
        6 => (0..3_usize, vec(said(), 0..12), vec((0..8_u8, 0..40_u8), 0..4), proptest::bool::weighted(0.8))
            .prop_map(|(source, alerts, silences, complete)| News::Answer { source, alerts, silences, complete }),
        1 => (0..3_usize).prop_map(News::Fails),
        2 => prop_oneof![1..40_i64, Just(301)].prop_map(News::Wait),
        1 => vec((0..3_u8, 0..4_u8), 0..3).prop_map(News::Acks),
        2 => prop::sample::select(vec!["", "pod=p1", "pod=~\"p.\" severity=critical", "@ack", "@limit=3", "A1"])
            .prop_map(News::Filter),
    ]
}

/// Exact ones, one with a regex, one that matches everything; their ends lie near.
fn silence(id: u8, lasts: u8, now: Time) -> Silence {
    let matchers = match id {
        6 => vec![Matcher::new("alertname", MatchOp::Regex, "A[01]").unwrap()],
        7 => vec![Matcher::new("cluster", MatchOp::NotEqual, "eu-2").unwrap()],
        _ => vec![Matcher::equal("alertname", format!("A{}", id % 3)), Matcher::equal("pod", format!("p{}", id % 4))],
    };
    Silence {
        id: SafeText::new(&format!("s{id}")),
        matchers,
        starts_at: t(0),
        ends_at: now + Duration::seconds(i64::from(lasts)),
        created_by: SafeText::new("ben"),
        comment: SafeText::new("ACK! looking"),
        state: SilenceState::Active,
        annotations: Labels::default(),
    }
}

/// The heart, and for each source what its poller keeps.
struct Run {
    app: App,
    words: Vec<LastWord>,
    now: Time,
}

impl Run {
    fn tell(&mut self, msg: Msg) {
        drop(self.app.update(self.now, msg));
    }

    fn take(&mut self, news: &News, whole: bool) {
        let name = |i: usize| SourceName::new(SOURCES[i]);
        match news {
            News::Answer { source, alerts, silences, complete } => {
                self.now += Duration::seconds(1);
                let mut answer = Snapshot::empty(self.now);
                answer.complete = *complete;
                answer.alerts = alerts.iter().map(alert).collect();
                let ids: BTreeMap<u8, u8> = silences.iter().copied().collect();
                answer.silences = ids.into_iter().map(|(id, lasts)| silence(id, lasts, self.now)).collect();
                let msg = if whole {
                    SourceMsg::Answered(Box::new(answer))
                } else {
                    SourceMsg::Told(Box::new(self.words[*source].take(answer)))
                };
                self.tell(Msg::Source(name(*source), msg));
            }
            News::Fails(source) => {
                let why = SafeText::new("no");
                self.tell(Msg::Source(name(*source), SourceMsg::Failed(SourceError::Auth { why })));
            }
            News::Wait(seconds) => {
                self.now += Duration::seconds(*seconds);
                self.tell(Msg::Ticked);
            }
            News::Acks(acks) => self.ack(acks),
            News::Filter(text) => self.filter(text),
        }
    }

    fn ack(&mut self, acks: &[(u8, u8)]) {
        let ids: Vec<_> = self.app.world.board.iter().map(|r| r.id.clone()).collect();
        let mut told = BTreeMap::new();
        for (pick, lasts) in acks {
            let Some(id) = ids.get(usize::from(*pick)) else { continue };
            let ack = Ack {
                by: SafeText::new("ana"),
                reason: SafeText::new("mine"),
                at: self.now,
                until: Some(self.now + Duration::seconds(i64::from(*lasts) * 10)),
                via: AckVia::Journal,
                breaks_on: Vec::new(),
                silence: None,
            };
            told.insert(Subject::alert(id), ack);
        }
        let told = JournalAcks { acks: told, ..JournalAcks::default() };
        self.tell(Msg::Journal(JournalMsg::Acks(Box::new(told))));
    }

    fn filter(&mut self, text: &str) {
        self.tell(Msg::Key(Key::char('/')));
        self.tell(Msg::Key(Key::ctrl('u')));
        text.chars().for_each(|c| self.tell(Msg::Key(Key::char(c))));
        self.tell(Msg::Key(Key::new(KeyCode::Esc)));
        self.tell(Msg::Key(Key::new(KeyCode::Enter)));
    }

    /// Every row as it would be were it made anew, in order: the simplest way to say what a board is.
    fn anew(&self) -> Vec<String> {
        let world = &self.app.world;
        let mut rows: Vec<(u8, Severity, std::cmp::Reverse<Time>, String, String)> = Vec::new();
        let delivered = || world.sources[..2].iter().flat_map(|s| s.known.values().map(move |k| (s, k)));
        let host = |labels: &Labels| {
            let fits = delivered().filter(|(_, k)| labels.is_subset_of(&k.alert.labels));
            fits.map(|(s, k)| s.alert_id(&k.alert.fingerprint)).min()
        };
        let hosts: BTreeSet<_> = world.sources[2].known.values().filter_map(|k| host(&k.alert.labels)).collect();
        for source in &world.sources {
            for known in source.known.values() {
                if source.about.can.evaluates && host(&known.alert.labels).is_some() {
                    continue;
                }
                let id = source.alert_id(&known.alert.fingerprint);
                let carriers = world.acks.carriers(source, self.now);
                let silences = carriers.iter().filter(|s| s.matches(&known.alert.labels));
                let by_silence = silences.max_by_key(|s| (s.ends_at, &s.id)).map(|s| s.id.raw().to_owned());
                let journal = world.acks.journal.get(&Subject::alert(&id)).filter(|a| a.stands(self.now));
                let ack = by_silence.or(journal.map(|a| a.by.raw().to_owned()));
                let part = match (known.alert.state, &ack) {
                    _ if known.resolved_at.is_some() => 4,
                    (_, Some(_)) => 2,
                    (AlertState::Suppressed, None) => 3,
                    (AlertState::Pending, None) => 1,
                    _ => 0,
                };
                let state = match known.resolved_at {
                    Some(_) => AlertState::Resolved,
                    None if source.is_blind() => AlertState::Unknown,
                    None => known.alert.state,
                };
                let also = hosts.contains(&id);
                let word = format!("{id} {state:?} {ack:?} {also} {:?}", known.left_out);
                rows.push((
                    part,
                    known.alert.severity(),
                    std::cmp::Reverse(known.alert.starts_at),
                    id.to_string(),
                    word,
                ));
            }
        }
        rows.sort();
        rows.into_iter().map(|r| r.4).collect()
    }

    fn shown(&self) -> Vec<String> {
        self.app.world.board.iter().map(word).collect()
    }

    fn is_right(&self) {
        let (board, desk) = (&self.app.world.board, &self.app.desk);
        assert_eq!(self.shown(), self.anew());
        assert_eq!(board.len(), board.iter().count());
        for severity in Severity::ALL {
            let burns = |r: &&Row| r.severity == severity && r.resolved_at.is_none() && r.ack.is_none();
            let burns = |r: &&Row| burns(r) && !matches!(r.told, AlertState::Suppressed | AlertState::Pending);
            assert_eq!(board.burning(severity), board.iter().filter(burns).count());
        }
        assert_eq!(board.acked(), board.iter().filter(|r| r.ack.is_some() && r.resolved_at.is_none()).count());
        let passes = |filter: &Filter| {
            let mut sieve = filter.sieve();
            let rows = board.iter().filter(|r| sieve.passes(&self.app.world.facts(r, self.now)));
            rows.map(|r| r.id.clone()).collect::<Vec<_>>()
        };
        let all = || board.iter().map(|r| r.id.clone()).collect();
        let visible: Vec<_> = desk.visible.iter().map(|s| board.at(*s).unwrap().id.clone()).collect();
        assert_eq!(visible, desk.filter.holds.as_ref().map_or_else(all, passes));
        for row in board.iter() {
            assert_eq!(board.get(&row.id).unwrap().id, row.id);
            let matchers = [Matcher::equal("alertname", row.name().raw())];
            let found = board.matching(&row.id.source, &matchers).map(|r| &r.id);
            let wanted = board.iter().filter(|r| r.id.source == row.id.source && r.name() == row.name());
            assert!(found.eq(wanted.map(|r| &r.id)));
        }
    }
}

fn word(row: &Row) -> String {
    let ack = row.ack.as_ref().map(|a| a.silence.as_ref().unwrap_or(&a.by).raw().to_owned());
    format!("{} {:?} {ack:?} {} {:?}", row.id, row.state, !row.also.is_empty(), row.left_out)
}

fn run() -> Run {
    Run { app: heart(), words: SOURCES.map(|_| LastWord::default()).into(), now: t(0) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn after_any_news_the_board_is_what_it_would_be_if_built_anew(all in vec(news(), 1..24)) {
        let (mut delta, mut whole) = (run(), run());
        for news in &all {
            delta.take(news, false);
            whole.take(news, true);
            delta.is_right();
            prop_assert_eq!(delta.shown(), whole.shown());
        }
    }
}

fn burning(pod: u8, external: bool) -> Said {
    Said { name: 0, pod: Some(pod), external, state: 0, began: 1 }
}

fn answer(source: usize, alerts: Vec<Said>) -> News {
    News::Answer { source, alerts, silences: Vec::new(), complete: true }
}

#[test]
fn what_a_rule_engine_tells_is_one_row_with_what_is_delivered_whoever_comes_first() {
    for engine_first in [true, false] {
        let mut run = run();
        let mut news = [answer(2, vec![burning(1, false), burning(2, false)]), answer(0, vec![burning(1, true)])];
        if !engine_first {
            news.reverse();
        }
        news.iter().for_each(|n| run.take(n, false));
        let told: Vec<_> =
            run.app.world.board.iter().map(|r| (r.id.source.as_str().to_owned(), r.also.len())).collect();
        assert!(told.contains(&("am".into(), 1)) && told.contains(&("prom".into(), 0)) && told.len() == 2, "{told:?}");
        // Delivered no longer: the engine still tells it, so that it has a row of its own again.
        run.take(&answer(0, Vec::new()), false);
        run.take(&News::Wait(301), false);
        assert!(run.app.world.board.iter().all(|r| r.id.source.as_str() == "prom" && r.also.is_empty()));
        assert_eq!(run.app.world.board.len(), 2);
    }
}

#[test]
fn an_unchanged_answer_is_quiet_and_still_counts_as_an_answer() {
    let mut run = run();
    let news = answer(0, vec![burning(1, true), burning(2, true)]);
    run.take(&news, false);
    let version = run.app.world.board.version;
    assert!(!run.app.was_quiet());
    run.take(&news, false);
    assert!(run.app.was_quiet() && run.app.world.board.version == version);
    let row = run.app.world.board.iter().next().unwrap();
    assert_eq!(run.app.world.seen_at(row), run.now, "it is known that it was told just now");
    run.take(&answer(0, vec![burning(1, true)]), false);
    assert!(!run.app.was_quiet() && run.app.world.board.version > version);
}

#[test]
fn a_row_never_vanishes_because_of_incomplete_answers() {
    let mut run = run();
    run.take(&answer(0, vec![burning(1, true), burning(2, true)]), false);
    for _ in 0..400 {
        let alerts = vec![burning(1, true)];
        run.take(&News::Answer { source: 0, alerts, silences: Vec::new(), complete: false }, false);
    }
    assert_eq!(run.app.world.board.iter().filter(|r| r.state == AlertState::Firing).count(), 2);
    run.take(&answer(0, vec![burning(1, true)]), false);
    assert_eq!(run.app.world.board.iter().filter(|r| r.state == AlertState::Firing).count(), 1);
}

#[test]
fn the_selection_stays_with_its_alert_while_others_come_and_go() {
    let mut run = run();
    let storm = |step: usize| {
        let fresh = |i: usize| if i % 100 == step % 100 { i + 1000 * step } else { i };
        let one = |i: usize| {
            let labels: Labels =
                [("alertname", "S".to_owned()), ("severity", "critical".into()), ("pod", format!("{}", fresh(i)))]
                    .into_iter()
                    .collect();
            let base = (*alert(&burning(1, true))).clone();
            Arc::new(Alert { fingerprint: labels.fingerprint(), labels, ..base })
        };
        Snapshot { alerts: (1..1000).map(one).collect(), ..Snapshot::empty(t(i64::try_from(step).unwrap())) }
    };
    let name = SourceName::new("am");
    let delta = run.words[0].take(storm(0));
    run.tell(Msg::Source(name.clone(), SourceMsg::Told(Box::new(delta))));
    run.tell(Msg::Resized { width: 80, height: 24 });
    (0..137).for_each(|_| run.tell(Msg::Key(Key::char('j'))));
    let chosen = run.app.desk.selected_alert().cloned().unwrap();
    let pod = run.app.world.board.get(&chosen).unwrap().alert.labels.value("pod").to_owned();
    for step in (1..40).filter(|step| pod.parse::<usize>().unwrap() % 100 != *step) {
        run.now = t(i64::try_from(step).unwrap());
        let delta = run.words[0].take(storm(step));
        assert!(delta.told.len() <= 20 && delta.gone.len() <= 20, "one in a hundred changed");
        run.tell(Msg::Source(name.clone(), SourceMsg::Told(Box::new(delta))));
        let (board, desk) = (&run.app.world.board, &run.app.desk);
        assert_eq!(desk.selected_alert(), Some(&chosen));
        let place = desk.alerts.place().unwrap();
        assert_eq!(board.at(desk.visible[place]).unwrap().id, chosen);
        assert!(desk.alerts.top <= place && place < desk.alerts.top + 24);
    }
}
