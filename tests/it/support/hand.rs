//! A heart before a real server, turned by hand: each effect is carried out as the shell does it, and time is what a
//! test says, so that nothing waits for an hour to pass.

use std::sync::Arc;

use chrono::Duration;
use watchfire::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::{BudgetReport, JournalMsg, Msg, OpMsg, SourceMsg},
        world::Setup,
    },
    config::{
        SourceConfig,
        keymap::{Chord, Key, Keymap},
    },
    domain::{
        Time,
        acks::journal_acks,
        entry::{Entry, Kind},
    },
    journal::Journal,
    runtime::{Sources, clock::Clock, execute::execute},
    sources::{self, Source},
};

use super::{cockpit::defaults, machine_time};

pub struct Hand {
    pub app: App,
    pub source: Arc<dyn Source>,
    journal: Journal,
    _home: tempfile::TempDir,
    /// How far this heart's time is ahead of the server's.
    ahead: Duration,
    pub bells: usize,
    /// Titles of the notifications.
    pub notices: Vec<String>,
}

impl Hand {
    pub async fn on(config: &SourceConfig) -> Self {
        let source = sources::connect(config).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(&home.path().join("journal.db")).await.unwrap();
        let setup = Setup {
            user: "ana".into(),
            session: uuid::Uuid::new_v4().simple().to_string(),
            read_only: false,
            ack: defaults("terminal").ack,
            sources: vec![source.describe().clone()],
            started_at: machine_time(),
        };
        let app = App::new(setup, Keymap::default());
        Self { app, source, journal, _home: home, ahead: Duration::zero(), bells: 0, notices: Vec::new() }
    }

    pub fn now(&self) -> Time {
        machine_time() + self.ahead
    }

    /// From now on this heart's time is later than the server's.
    pub fn skips(&mut self, length: Duration) {
        self.ahead += length;
    }

    /// The source is asked, and what follows from its answer is done.
    pub async fn looks(&mut self) {
        let snapshot = self.source.poll(self.now()).await.unwrap();
        let name = self.source.describe().name.clone();
        self.hears(Msg::Source(name, SourceMsg::Answered(Box::new(snapshot)))).await;
    }

    pub async fn keys(&mut self, chord: &str) {
        for key in Chord::parse(chord).unwrap().0 {
            self.hears(Msg::Key(key)).await;
        }
    }

    pub async fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.hears(Msg::Key(Key::char(c))).await;
        }
    }

    /// The budgets were counted.
    pub async fn counts(&mut self, report: BudgetReport) {
        self.hears(Msg::Budgets(report)).await;
    }

    async fn hears(&mut self, msg: Msg) {
        let mut due = vec![msg];
        while let Some(msg) = due.pop() {
            let effects = self.app.update(self.now(), msg);
            due.extend(self.does(effects).await);
        }
        let entries = self.journal.active_ack_entries(self.now()).await.unwrap();
        let told = JournalMsg::Acks(Box::new(journal_acks(&entries, self.now())));
        let effects = self.app.update(self.now(), Msg::Journal(told));
        let more = self.does(effects).await;
        assert!(more.is_empty(), "what the journal says was known already: {more:?}");
    }

    async fn does(&mut self, effects: Effects) -> Vec<Msg> {
        let mut answers = Vec::new();
        for effect in effects {
            answers.extend(self.one(effect).await);
        }
        answers
    }

    async fn one(&mut self, effect: Effect) -> Option<Msg> {
        let now = self.now();
        match effect {
            Effect::Observe(entries) => drop(self.journal.append(&entries, now).await.unwrap()),
            Effect::Settle(op, entries) => drop(self.journal.settle(&op, &entries, now).await.unwrap()),
            Effect::Intend(intent, entries) => {
                self.journal.intend(&intent, &entries, now).await.unwrap();
                return Some(Msg::Journal(JournalMsg::Intended(intent.op)));
            }
            Effect::Send(intent) => {
                let sources: Sources = vec![self.source.clone()];
                let done = execute(&sources, &intent, Clock::from(now, 1.0)).await;
                let ended = OpMsg::Ended { outcome: done.outcome, silence: done.silence.map(Box::new) };
                return Some(Msg::Op(intent.op, ended));
            }
            Effect::Bell => self.bells += 1,
            Effect::Notify(notice) => self.notices.push(notice.title),
            _ => {}
        }
        None
    }

    pub async fn entries(&self, kind: Kind) -> Vec<Entry> {
        let all = self.journal.recent(1_000).await.unwrap();
        all.into_iter().filter(|e| e.kind == kind).collect()
    }

    /// What the line at the foot of the screen says.
    pub fn said(&self) -> String {
        self.app.desk.toast.as_ref().map(|t| format!("{:?}", t.told)).unwrap_or_default()
    }
}
