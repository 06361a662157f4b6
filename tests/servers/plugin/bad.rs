//! Every bad habit of a plugin in a cockpit that shows another source beside it: what cannot be read makes its rows Unknown,
//! what is only odd is told; the other source's rows are as they were.

use std::sync::Arc;

use chrono::Duration;
use watchfire::{
    app::{
        App,
        msg::{Msg, SourceMsg},
        world::Setup,
    },
    config::{SourceConfig, keymap::Keymap},
    domain::{Time, alert::AlertState, contract::AckRules, source::SourceName},
    sources::{Source, connect},
};

use super::{noon, odd, path, plugin};

/// A heart that hears two plugins, one of which has a bad habit from its second list on.
struct Both {
    app: App,
    bad: Arc<dyn Source>,
    good: Arc<dyn Source>,
    told: Vec<String>,
    _home: tempfile::TempDir,
}

impl Both {
    async fn of(habit: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (program, started) = (path("tests/servers/plugin/odd.py"), home.path().join("started"));
        let later = format!("later:{habit}");
        let mut config = plugin(&["/usr/bin/env", "python3", &program, &later, started.to_str().unwrap()]);
        config.timeout = Duration::seconds(1);
        if ["flood", "eats", "spins"].contains(&habit) {
            config.timeout = Duration::seconds(60);
            config.own = config.own.with_number("memory_mb", 64).with_number("cpu_percent", 5);
            config.own = config.own.with_duration("cpu_over", Duration::seconds(2));
        }
        let bad = connect(&SourceConfig { name: SourceName::new("bad"), ..config }).await.unwrap();
        let good = connect(&SourceConfig { name: SourceName::new("good"), ..odd("good") }).await.unwrap();
        let setup = Setup {
            user: "ana".into(),
            session: "s".into(),
            read_only: false,
            ack: AckRules::lasting(Duration::hours(1)),
            sources: vec![bad.describe().clone(), good.describe().clone()],
            started_at: noon(),
        };
        Self { app: App::new(setup, Keymap::default()), bad, good, told: Vec::new(), _home: home }
    }

    /// Both are asked.
    async fn look(&mut self, now: Time) {
        for source in [self.bad.clone(), self.good.clone()] {
            let answer = source.poll(now).await;
            let name = source.describe().name.clone();
            if name.as_str() == "bad" {
                let problems = |s: &watchfire::domain::source::Snapshot| {
                    s.problems.iter().map(|p| p.why.raw().to_owned()).collect::<Vec<_>>()
                };
                self.told.extend(answer.as_ref().map_or_else(|e| vec![e.to_string()], problems));
            }
            let msg = match answer {
                Ok(snapshot) => SourceMsg::Answered(Box::new(snapshot)),
                Err(error) => SourceMsg::Failed(error),
            };
            drop(self.app.update(now, Msg::Source(name, msg)));
        }
        drop(self.app.update(now, Msg::Ticked));
    }

    fn states(&self, source: &str) -> Vec<AlertState> {
        let board = &self.app.world.board;
        board.iter().filter(|row| row.id.source.as_str() == source).map(|row| row.state).collect()
    }
}

/// Looks until it is bad: a first answer that is lost is not yet blindness.
async fn faced_with(habit: &str) -> Both {
    let mut both = Both::of(habit).await;
    both.look(noon()).await;
    assert_eq!(both.states("bad"), [AlertState::Firing; 2], "{habit}");
    for second in [15, 30, 45, 60] {
        both.look(noon() + Duration::seconds(second)).await;
    }
    assert_eq!(both.states("good"), [AlertState::Firing; 2], "{habit}: nothing else is touched");
    both
}

#[tokio::test]
async fn the_rows_of_one_that_gives_no_answer_are_unknown_and_nothing_else_is_touched() {
    for (habit, words) in [
        ("crash", "the disk is gone"),
        ("deaf", "no answer in time"),
        ("half", "no answer in time"),
        ("mute", "no answer in time"),
        ("endless", "no answer in time"),
        ("flood", "floods"),
        ("eats", "used more than 64 MB"),
        ("spins", "of a processor"),
    ] {
        let both = faced_with(habit).await;
        let told = both.told.join("\n");
        assert!(told.contains(words), "{habit}: {told}");
        assert_eq!(both.states("bad"), [AlertState::Unknown; 2], "{habit}");
    }
}

#[tokio::test]
async fn what_only_one_answer_is_beside_is_told_and_the_rows_are_kept() {
    for (habit, words) in [
        ("garbage", "Traceback: this is no protocol"),
        ("latin", "it is not UTF-8"),
        ("unasked", "`nobody`, which nobody asked"),
        ("nothing", "`id` is no string"),
        ("twice", "a second time"),
        ("reused", "it answered `1` a second time"),
        ("ahead", "which nobody asked"),
        ("long", "at most 4194304"),
        ("lie", "stands in the list twice"),
    ] {
        let both = faced_with(habit).await;
        let told = both.told.join("\n");
        assert!(told.contains(words), "{habit}: {told}");
        let states = both.states("bad");
        assert!(states.len() >= 2 && states.iter().all(|s| *s == AlertState::Firing), "{habit}: {states:?}");
    }
}
