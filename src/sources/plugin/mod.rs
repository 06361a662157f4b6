//! Sources of kind `plugin`: any program that speaks WSP/1, newline-delimited JSON-RPC 2.0 on its standard input and output.
//!
//! Nothing here runs by itself: the program is started, asked, read and ended while the source is asked. Refuses to know what
//! lies behind the program.

mod able;
mod acts;
mod ask;
pub mod budgets;
mod desk;
pub mod frame;
mod limits;
pub mod lines;
mod link;
mod log;
mod look;
mod news;
pub mod process;
pub mod read;
mod running;
mod secrets;
pub mod serve;
mod told;
pub mod wire;

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Mutex as Turn,
};

use self::{
    look::{Board, Look, is_pushing},
    process::Program,
    running::{Life, Running},
    wire::{Can, Hello},
};
use super::{Changes, Counts, Details, Listens, OnCall, Remembers, Requests, Signals, Silences, Source};
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        source::{Description, Snapshot, SourceError},
        text::SafeText,
    },
};

/// One that was not heard for this long is asked whether it is there before it is asked for more, in seconds.
const IDLE_S: i64 = 30;
/// How long it may take to say that it is there.
const PING: Duration = Duration::from_secs(5);

/// A plugin, started or to be started.
pub struct Plugin {
    config: SourceConfig,
    /// None where something else than a process is at the other end: it cannot be started again.
    program: Option<Program>,
    plain: Description,
    /// As it was told at the first handshake.
    learnt: OnceLock<Learnt>,
    life: Turn<Life>,
    board: Turn<Board>,
    plans: Mutex<acts::Plans>,
}

struct Learnt {
    description: Description,
    can: Can,
    version: Option<SafeText>,
}

/// Starts the program and hears what it can. One that does not start is tried again when it is asked.
///
/// # Errors
/// `Rejected` where no program is named by its absolute path, or it is not the one that is wanted.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let own = &config.own;
    let program = Program {
        argv: own.list("command").to_vec(),
        sha256: own.text("sha256").map(str::to_owned),
        env: own.list("env").to_vec(),
    };
    program.check().await?;
    let plugin = Plugin::new(config, Some(program));
    // Why it does not start is told by the first look.
    drop(plugin.running(None).await);
    Ok(Arc::new(plugin))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    super::plain(config)
}

impl Plugin {
    fn new(config: &SourceConfig, program: Option<Program>) -> Self {
        Self {
            config: config.clone(),
            program,
            plain: describe(config),
            learnt: OnceLock::new(),
            life: Turn::default(),
            board: Turn::default(),
            plans: Mutex::default(),
        }
    }

    /// A plugin at the other end of two pipes.
    ///
    /// # Errors
    /// Where it does not say what it can.
    pub async fn over(
        config: &SourceConfig,
        output: impl AsyncWrite + Send + Unpin + 'static,
        input: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<Self, SourceError> {
        let plugin = Self::new(config, None);
        let (running, hello) = Running::begin(config, None, (Box::new(output), Box::new(input), None)).await?;
        plugin.learn(hello);
        plugin.life.lock().await.running = Some(running);
        Ok(plugin)
    }

    fn learn(&self, hello: Hello) {
        let about = [hello.plugin.name.raw(), hello.plugin.version.raw()].join(" ");
        let version = Some(about.trim()).filter(|v| !v.is_empty()).map(SafeText::new);
        let description = able::description(&self.config, &hello.capabilities);
        // What was promised first holds: keys and columns were made from it.
        let _ = self.learnt.set(Learnt { description, can: hello.capabilities, version });
    }

    /// What it can, as far as it was heard.
    fn can(&self) -> Option<&Can> {
        self.learnt.get().map(|l| &l.can)
    }

    fn within(&self) -> Duration {
        self.config.timeout.to_std().unwrap_or(PING)
    }

    /// The one that runs; started where none does. Without a time its end is not counted.
    async fn running(&self, now: Option<Time>) -> Result<Arc<Running>, SourceError> {
        let mut life = self.life.lock().await;
        if let Some(running) = life.running.clone() {
            match running.over().await {
                None => return Ok(running),
                Some(why) => life.ended(why, now.unwrap_or(Time::UNIX_EPOCH)),
            }
        }
        let gone = || SourceError::unreachable("it has gone, and cannot be started from here");
        let program = self.program.as_ref().ok_or_else(gone)?;
        if let Some(now) = now {
            life.may_start(now)?;
        }
        match Running::start(program, &self.config).await {
            Ok((running, hello)) => {
                self.learn(hello);
                (life.running, life.heard) = (Some(running.clone()), now);
                Ok(running)
            }
            Err(error) => {
                if let Some(now) = now {
                    life.ended(error.to_string(), now);
                }
                Err(error)
            }
        }
    }

    /// One that hangs is known by a small question, before a large one waits for it.
    async fn is_there(&self, look: Look<'_>) -> Result<(), SourceError> {
        let heard = self.life.lock().await.heard;
        if heard.is_some_and(|at| (look.now - at).num_seconds() < IDLE_S) {
            return Ok(());
        }
        let within = PING.min(look.within);
        look.running.ask::<serde::de::IgnoredAny>("ping", &serde_json::json!({}), within, look.now).await?;
        Ok(())
    }

    /// `board` is what a subscription needs; none for who asks only once.
    async fn look_with(&self, board: Option<&mut Board>, now: Time) -> Result<Snapshot, SourceError> {
        let running = self.running(Some(now)).await?;
        running.link.anew();
        // What it said so far is what this look is about.
        running.link.desk().take_news();
        running.weigh().await;
        let look = Look { running: &running, within: self.within(), now };
        self.is_there(look).await?;
        let can = self.can().cloned().unwrap_or_default();
        let mut snapshot = match (&can.alerts, board) {
            (Some(alerts), Some(board)) if is_pushing(alerts) => {
                board.of(&running);
                look.news(board).await?
            }
            (Some(_), board) => look.alerts(board.is_none()).await?.0,
            (None, _) if can.reach.is_some() => look.reach().await?,
            (None, _) => Snapshot::empty(now),
        };
        if can.suppress.is_some() {
            match look.silences(false).await {
                Ok((silences, problems, _)) => {
                    snapshot.silences = silences;
                    snapshot.problems.extend(problems);
                }
                Err(error) => snapshot.problems.push(look::problem("silences", error.to_string())),
            }
        }
        self.life.lock().await.heard = Some(now);
        snapshot.problems.extend(running.link.desk().take_problems());
        snapshot.version = snapshot.version.or_else(|| self.learnt.get()?.version.clone());
        Ok(snapshot)
    }
}

#[async_trait]
impl Source for Plugin {
    fn describe(&self) -> &Description {
        self.learnt.get().map_or(&self.plain, |l| &l.description)
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let mut board = self.board.lock().await;
        let answer = self.look_with(Some(&mut board), now).await;
        if answer.is_err() {
            board.clear();
        }
        answer
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        self.look_with(None, now).await
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.describe().can.silences.then_some(self)
    }

    fn counts(&self) -> Option<&dyn Counts> {
        self.describe().can.counts.then_some(self)
    }

    fn signals(&self) -> Option<&dyn Signals> {
        self.can()?.metrics.as_ref().map(|_| self as &dyn Signals)
    }

    fn details(&self) -> Option<&dyn Details> {
        self.can()?.details.map(|_| self as &dyn Details)
    }

    fn past(&self) -> Option<&dyn Remembers> {
        self.can()?.past.map(|_| self as &dyn Remembers)
    }

    fn listens(&self) -> Option<&dyn Listens> {
        Some(self)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        self.describe().can.changes.then_some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        (!self.describe().can.ways.is_empty()).then_some(self)
    }

    fn on_call(&self) -> Option<&dyn OnCall> {
        self.describe().can.on_call.then_some(self)
    }

    async fn leave(&self) {
        let running = self.life.lock().await.running.take();
        if let Some(running) = running {
            running.end().await;
        }
    }
}
