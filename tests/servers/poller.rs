//! A source as the cockpit polls it, with its next poll an hour away: what is told before that was heard.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinSet};
use watchfire::{
    app::msg::{Msg, SourceMsg},
    domain::{delta::Delta, source::SourceError},
    runtime::{
        Sources,
        clock::Clock,
        poll::{Pollers, Sparing},
    },
    sources::Source,
};

/// Of every source that is polled by this.
pub const AN_HOUR: chrono::Duration = chrono::Duration::hours(1);
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Polled {
    told: mpsc::Receiver<Msg>,
    _tasks: JoinSet<()>,
    _pollers: Pollers,
}

impl Polled {
    pub fn of(source: Arc<dyn Source>) -> Self {
        assert!(source.describe().interval >= AN_HOUR, "it would be polled before anything is heard");
        let (inbox, told) = mpsc::channel(64);
        let mut tasks = JoinSet::new();
        let sources: Sources = vec![source];
        let pollers = Pollers::start(&sources, Clock::real(), &inbox, &mut tasks, Sparing::default());
        Self { told, _tasks: tasks, _pollers: pollers }
    }

    /// What the next poll brings.
    pub async fn next(&mut self) -> Result<Delta, SourceError> {
        let answer = async {
            loop {
                match self.told.recv().await.expect("it is polled") {
                    Msg::Source(_, SourceMsg::Told(delta)) => return Ok(*delta),
                    Msg::Source(_, SourceMsg::Failed(error)) => return Err(error),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, answer).await.expect("it is told within a minute")
    }

    /// The next poll that brings an alert, or tells that one is over.
    pub async fn news(&mut self) -> Delta {
        loop {
            let delta = self.next().await.expect("it answers");
            if !delta.told.is_empty() || !delta.gone.is_empty() {
                return delta;
            }
        }
    }
}
