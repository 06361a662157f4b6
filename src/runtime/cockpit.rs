//! The loop: keys, then the screen, then data. Nothing is awaited in an arm; all waiting is in tasks.

use std::{collections::VecDeque, io, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use crossterm::event::{Event, KeyCode, KeyModifiers};
use futures_util::{StreamExt, stream::BoxStream};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::{AbortHandle, JoinError, JoinSet, LocalSet},
    time::{Instant, MissedTickBehavior, interval},
};

use crate::{
    app::{App, effect::Eyes, msg::Msg, world::trust::Verdict},
    config::NotifyConfig,
    domain::{signals::Look as Opened, slo::Slo, text::SafeText},
    ui::look::Look,
};

use super::{
    INBOX, Inbox, Sources,
    budgets::{Counting, Means},
    clock::Clock,
    failpoint, golden, handover,
    journal::Keeper,
    notify::Notifier,
    panics,
    poll::{Pollers, Sparing},
    recover,
    reload::Home,
    signals,
    terminal::{Screen, host::Manners, reader, screen::Tty},
};

mod asking;
mod away;
mod bound;
mod doing;
mod dressing;
mod leaf;
mod leaving;
mod lending;
mod papers;
mod renewing;
mod running;
mod sending;
mod showing;

use self::renewing::{Connected, Recipe, Renewal};

pub use self::{leaving::Left, papers::Papers, renewing::Late};

/// A turn of the loop takes in messages for this long at most.
const TURN: Duration = Duration::from_millis(4);

/// Everything a cockpit runs on.
pub struct Cockpit {
    pub app: App,
    pub look: Look,
    pub sources: Sources,
    pub clock: Clock,
    pub journal: PathBuf,
    pub slos: Vec<Slo>,
    pub slo_problems: Vec<SafeText>,
    pub notify: NotifyConfig,
    pub sparing: Sparing,
    /// What counting for budgets may cost, and where counts are kept.
    pub means: Means,
    pub handoff: handover::Rules,
    pub papers: Papers,
    /// It is only played: nothing that its keys ask for leaves it.
    pub bound: bool,
    /// Sources that are being connected: each takes the place of the one of its name.
    pub late: Late,
    /// How its configuration is read again; none where there is none to be read.
    pub home: Option<Home>,
}

/// The terminal's events; opened anew after the terminal was somebody else's.
pub type Events = BoxStream<'static, io::Result<Event>>;
/// Opens the stream of events.
pub type OpenEvents = Box<dyn FnMut() -> Events + Send>;

/// What stands between the terminal's events and the loop.
pub type Hands = Box<dyn FnOnce(OpenEvents) -> OpenEvents + Send>;

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody asked for it.
    Quit,
    /// A signal, or a panic that was recorded.
    Asked,
    /// The terminal has gone.
    TerminalGone,
}

impl Cockpit {
    /// Runs in the terminal, as one task that owns the screen: whatever ends the task gives the terminal back. It runs on
    /// the caller's thread and on no worker: a key waits for no source that is being read.
    ///
    /// # Errors
    /// A panic of the task, or a terminal that cannot be taken.
    pub async fn in_terminal(mut self, manners: Manners, hands: Hands) -> Result<io::Result<Left>, JoinError> {
        let here = LocalSet::new();
        let task = here.spawn_local(async move {
            // Whether it rings may change while it runs.
            let screen = Tty::take(Manners { bell: manners.bell || self.home.is_some(), ..manners })?;
            if let Some((width, height)) = screen.size() {
                drop(self.app.update(self.clock.now(), Msg::Resized { width, height }));
            }
            let terminal = reader::opened_by(screen.audience(), manners.escape_delay);
            Ok(self.run(screen, hands(terminal)).await)
        });
        here.run_until(task).await
    }

    /// Runs until somebody leaves. The screen is given back before this returns or unwinds.
    pub async fn run<S: Screen>(self, screen: S, open_events: OpenEvents) -> Left {
        let (inbox, messages) = mpsc::channel(INBOX);
        let mut tasks = JoinSet::new();
        let keeper = Keeper::start(self.journal.clone(), self.clock, inbox.clone());
        let pollers = Pollers::start(&self.sources, self.clock, &inbox, &mut tasks, self.sparing);
        let (hidden, read_only) = (self.app.world.actions.secret_env.clone(), self.app.world.read_only);
        let notifier = Notifier::start(&self.notify, hidden, read_only, &inbox, &mut tasks);
        let ((watching, watched), (opening, opened)) = (watch::channel(Eyes::default()), watch::channel(None));
        let purse = self.means.purse.clone();
        let signals = golden::Reading::new(self.sources.clone(), self.clock, purse.clone());
        let signals = tasks.spawn(signals.run(opened, inbox.clone()));
        let recipe = Recipe { slos: self.slos.clone(), problems: self.slo_problems.clone(), means: self.means.clone() };
        let (renewal, ordered, mut renewed) = Renewal::begin(signals, purse, recipe, self.late.len());
        renewal.watch(self.home, self.clock, &inbox, &mut tasks);
        renewal.await_late(self.late, &mut tasks);
        let counting = Counting::new(self.sources.clone(), self.slos, self.slo_problems, self.clock);
        let mut counting = counting.with(self.means).watching(watched).ordered(ordered);
        let kept = counting.open();
        tasks.spawn(counting.run(inbox.clone()));
        let heard = Heard::default();
        let _signals = heard.begin().inspect_err(|e| tracing::error!("signals cannot be heard: {e}"));
        failpoint::in_a_task(&mut tasks);
        let mut turning = Turning {
            app: self.app,
            look: self.look,
            clock: self.clock,
            journal: self.journal,
            handoff: self.handoff,
            papers: self.papers,
            bound: self.bound,
            sources: self.sources,
            screen,
            open_events,
            events: None,
            pollers,
            keeper: &keeper,
            notifier,
            bell: self.notify.bell,
            renewal,
            tasks: &mut tasks,
            inbox,
            runs: running::Runs::default(),
            watching,
            opening,
            dirty: Some(Instant::now()),
            drawn: None,
            ticked: None,
            away: false,
            back: None,
            unseen_since: None,
            verdict: None,
            noted: None,
            ended: None,
        };
        turning.begin_with(kept);
        turning.recover();
        let ended = turning.run(messages, &mut renewed, &heard).await;
        parting(turning.leave(), keeper, tasks, ended).await
    }
}

/// What still runs is ended, and what was said is written down.
async fn parting(
    left: (App, running::Runs, Clock, Sources),
    keeper: Keeper,
    mut tasks: JoinSet<()>,
    ended: Ended,
) -> Left {
    let (mut app, runs, clock, sources) = left;
    runs.end(&mut app, &keeper, clock.now()).await;
    tasks.abort_all();
    let parting = app.world.parting();
    let (unwritten, ()) = tokio::join!(leaving::last_words(&mut app, keeper, clock.now()), leaving::farewell(&sources));
    Left { ended, parting, unwritten }
}

/// Signals that were sent to the process.
#[derive(Default)]
struct Heard {
    quit: Arc<Notify>,
    /// It was stopped, and goes on.
    goes_on: Arc<Notify>,
}

impl Heard {
    fn begin(&self) -> io::Result<impl Sized + use<>> {
        signals::watch(self.quit.clone(), self.goes_on.clone())
    }
}

struct Turning<'a, S> {
    app: App,
    look: Look,
    clock: Clock,
    journal: PathBuf,
    handoff: handover::Rules,
    papers: Papers,
    bound: bool,
    sources: Sources,
    screen: S,
    open_events: OpenEvents,
    events: Option<Events>,
    pollers: Pollers,
    keeper: &'a Keeper,
    notifier: Notifier,
    bell: bool,
    renewal: Renewal,
    tasks: &'a mut JoinSet<()>,
    inbox: Inbox,
    runs: running::Runs,
    watching: watch::Sender<Eyes>,
    opening: watch::Sender<Option<Box<Opened>>>,
    /// Since when there is something to draw.
    dirty: Option<Instant>,
    drawn: Option<Instant>,
    /// When what only ticks was drawn last.
    ticked: Option<Instant>,
    /// The terminal is an editor's.
    away: bool,
    /// When the terminal was last taken back.
    back: Option<Instant>,
    /// The terminal says that another window has the keys.
    unseen_since: Option<Instant>,
    /// What was last drawn in one word.
    verdict: Option<Verdict>,
    /// When a note of how things stand was left, and with which word.
    noted: Option<(Instant, Verdict)>,
    ended: Option<Ended>,
}

impl<S: Screen> Turning<'_, S> {
    /// Begins a piece of work beside the loop. Boxed: all are one kind of task to tokio, which is built once.
    fn begin(&mut self, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(work);
        self.tasks.spawn(work)
    }

    /// Counts that outlived the last run.
    fn begin_with(&mut self, kept: crate::app::msg::BudgetReport) {
        if !kept.rows.is_empty() {
            self.update(Msg::Budgets(kept));
        }
    }

    /// Finishes what a crash cut off, once every source can be asked what became of it.
    fn recover(&mut self) {
        if !self.app.world.read_only && self.renewal.late == 0 {
            self.begin(recover::run(self.journal.clone(), self.sources.clone(), self.clock));
        }
    }

    /// The screen is given back; what is known stays.
    fn leave(self) -> (App, running::Runs, Clock, Sources) {
        (self.app, self.runs, self.clock, self.sources)
    }

    async fn run(
        &mut self,
        mut messages: mpsc::Receiver<Msg>,
        renewed: &mut mpsc::UnboundedReceiver<Connected>,
        heard: &Heard,
    ) -> Ended {
        self.events = Some((self.open_events)());
        let mut tick = interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while self.ended.is_none() {
            let due = self.draw_due();
            tokio::select! {
                biased;
                event = next(&mut self.events) => self.on_event(event),
                ready = showing::drawable(&self.screen, due), if due.is_some() => self.draw(ready),
                told = self.screen.told() => self.on_told(told),
                Some(msg) = messages.recv() => self.on_messages(msg, &mut messages),
                Some(connected) = renewed.recv() => self.connected(connected),
                _ = tick.tick() => self.tick(),
                () = heard.quit.notified() => self.ended = Some(Ended::Asked),
                () = heard.goes_on.notified() => self.goes_on(),
                () = panics::recorded() => self.ended = Some(Ended::Asked),
                () = std::future::ready(()), if self.app.has_more() => self.update(Msg::Idle),
            }
        }
        self.ended.unwrap_or(Ended::Quit)
    }

    /// What a signal should have told is looked at as well: a closed session, a size that changed before anybody listened.
    fn tick(&mut self) {
        if !self.screen.is_there() {
            self.ended = Some(Ended::TerminalGone);
            return;
        }
        self.fit();
        self.tell_link();
        self.tell_typed_ahead();
        self.pass();
        self.note_standing();
    }

    fn fit(&mut self) {
        if let Some((width, height)) = self.screen.size().filter(|s| *s != (self.app.desk.width, self.app.desk.height))
        {
            self.update(Msg::Resized { width, height });
        }
    }

    fn on_event(&mut self, event: Option<io::Result<Event>>) {
        match event {
            None | Some(Err(_)) => self.ended = Some(Ended::TerminalGone),
            Some(Ok(event)) if is_ctrl(&event, 'z') => self.stop(),
            Some(Ok(event)) if is_ctrl(&event, 'l') => self.take_back(),
            Some(Ok(Event::FocusGained)) => self.looked_at(true),
            Some(Ok(Event::FocusLost)) => self.looked_at(false),
            Some(Ok(event)) => {
                let heard = self.screen.hear(event, &self.app);
                self.take_in(heard);
            }
        }
    }

    /// What the hand did, and all that it wanted with it.
    fn take_in(&mut self, mut heard: Option<Msg>) {
        while let Some(msg) = heard {
            self.update(msg);
            // The hand comes first: what it did is drawn at once.
            self.drawn = None;
            heard = self.screen.wants(&self.app);
        }
    }

    /// Takes in what waits, for a bounded time: a flood can neither starve the screen nor swallow a key.
    fn on_messages(&mut self, first: Msg, messages: &mut mpsc::Receiver<Msg>) {
        let until = Instant::now() + TURN;
        let mut next = Some(first);
        while let Some(msg) = next {
            self.update(msg);
            next = if Instant::now() < until { messages.try_recv().ok() } else { None };
        }
    }

    fn update(&mut self, msg: Msg) {
        if matches!(msg, Msg::Editor(_)) {
            self.take_back();
        }
        let asked = self.app.asks();
        let answered = matches!(&msg, Msg::Key(key) if asked.as_ref().is_some_and(|q| q.is_answered_by(*key)));
        let mut seen = false;
        let mut queue = VecDeque::from([msg]);
        while let Some(msg) = queue.pop_front() {
            let effects = self.app.update(self.clock.now(), msg);
            seen |= !self.app.was_quiet();
            for effect in effects {
                queue.extend(self.perform(effect));
            }
        }
        if seen && self.dirty.is_none() {
            self.dirty = Some(Instant::now());
        }
        // A question that a key left standing is another one: a plan that changed, a number to type.
        let asks = self.app.asks();
        if asks != asked || answered {
            self.screen.asks(asks);
        }
    }
}

fn is_ctrl(event: &Event, letter: char) -> bool {
    matches!(event, Event::Key(k) if k.code == KeyCode::Char(letter) && k.modifiers.contains(KeyModifiers::CONTROL))
}

/// The next event; never, while the terminal is somebody else's.
async fn next(events: &mut Option<Events>) -> Option<io::Result<Event>> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}
