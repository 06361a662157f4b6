//! A whole cockpit on paused time over a scenario: keys in, screen out, and the journal and the source to look into.
//!
//! Time only passes where a story waits. It stands still while the journal is on its disk, so nothing here races.

use std::{
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::Duration;
use crossterm::event::Event;
use futures_util::{StreamExt, stream};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use tokio::{sync::mpsc, task::JoinHandle};
use watchfire::{
    app::{App, desk::asking::Asking, settings::Settings, world::Setup},
    config::{
        self, Config, NotifyConfig, Request,
        keymap::{Chord, Key, KeyCode, Keymap},
    },
    domain::{
        Time,
        contract::{AckRules, BreakOn},
        correlation::{By, Correlation, Link},
        entry::{Entry, Kind},
        silence::Silence,
        source::{Description, Snapshot, SourceError, SourceName},
    },
    journal::{Journal, JournalError},
    runtime::{
        Sources,
        clock::Clock,
        cockpit::{Cockpit, Ended, Events, Left, Papers},
        plain::{Plain, paper::Paper, script::Outcome},
        poll::Sparing,
        recording::{Came, keys::event},
        reload::{self, Home},
        terminal::{Screen, gate::Gate},
    },
    sources::{
        Source,
        sim::{self, Scenario, SimWorld},
    },
    ui::{
        self,
        look::{GlyphSet, Look},
        still,
    },
};

use super::spy::{Spy, Trick};

/// Longest that a story waits for something to be seen, in scenario time.
const PATIENCE: Duration = Duration::seconds(30);
const STEP: Duration = Duration::milliseconds(50);

/// The defaults of the configuration with one of the themes that are built in.
pub fn defaults(theme: &str) -> Config {
    let mut request = Request::from_process();
    request.flags.theme = Some(theme.into());
    config::defaults(&request).expect("the defaults are right")
}

pub fn look() -> Look {
    Look::new(defaults("terminal").theme, GlyphSet::Unicode)
}

/// A built-in scenario by its name, or one of `tests/fixtures/scenarios`.
pub fn scenario(name: &str) -> Scenario {
    let own = super::fixture(&format!("scenarios/{name}.toml"));
    let read = if own.exists() { sim::load(&own.to_string_lossy()) } else { sim::load(name) };
    read.unwrap_or_else(|why| panic!("{why}"))
}

/// A length as scenarios write it.
pub fn length(text: &str) -> Duration {
    watchfire::domain::duration::parse(text).unwrap_or_else(|why| panic!("{why}"))
}

/// Journal work where it may wait: a paused clock must not run on meanwhile.
pub async fn on_disk<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || handle.block_on(work)).await.expect("journal work does not panic")
}

/// What the terminal shows now.
#[derive(Clone, Default)]
struct Glass(Arc<Mutex<Buffer>>);

impl Glass {
    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frames one after the other, each with where the caret stands.
type Tape = Arc<Mutex<Vec<Shown>>>;

/// A frame as it is drawn.
#[derive(Clone)]
pub struct Shown {
    pub frame: Buffer,
    pub caret: Option<(u16, u16)>,
    /// Where the selected row begins.
    pub chosen: Option<(u16, u16)>,
}

/// What the terminal was told beside frames: bells and notifications, and texts for the clipboard.
#[derive(Default)]
struct Ears {
    heard: Vec<String>,
    copied: Vec<String>,
    /// How often what the terminal shows was taken for unknown.
    forgot: usize,
}

/// What a story holds of the stage that it looks at.
#[derive(Clone, Default)]
struct Props {
    glass: Glass,
    ears: Arc<Mutex<Ears>>,
    tape: Option<Tape>,
    gate: Gate,
}

struct Stage {
    ears: Arc<Mutex<Ears>>,
    terminal: Terminal<TestBackend>,
    glass: Glass,
    tape: Option<Tape>,
    gate: Gate,
}

impl Screen for Stage {
    fn draw(&mut self, app: &App, look: &Look) -> io::Result<()> {
        let mut spot = ui::Seen::default();
        let drawn = self.terminal.draw(|frame| {
            spot = ui::seen(app, look, frame.buffer_mut());
        });
        let frame = drawn.expect("a test's backend never fails");
        if let Some(tape) = &self.tape {
            let shown = Shown { frame: frame.buffer.clone(), caret: spot.caret.at, chosen: spot.chosen };
            tape.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        }
        *self.glass.lock() = frame.buffer.clone();
        // Nothing is asked of a test's screen: what was drawn is seen.
        self.gate.drawn(None);
        Ok(())
    }

    fn asks(&mut self, question: Option<Asking>) {
        self.gate.asks(question);
    }

    fn typed_ahead(&mut self) -> bool {
        self.gate.typed_ahead()
    }

    async fn ready(&self) -> io::Result<()> {
        Ok(())
    }

    fn forget(&mut self) {
        ears(&self.ears).forgot += 1;
    }

    fn bell(&mut self) {
        ears(&self.ears).heard.push("BELL".into());
    }

    fn notify(&mut self, title: &str, body: &str) {
        ears(&self.ears).heard.push(format!("{title} ({body})"));
    }

    fn copy(&mut self, text: &str) -> bool {
        ears(&self.ears).copied.push(text.to_owned());
        true
    }

    fn suspend(&mut self) {}

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn size(&self) -> Option<(u16, u16)> {
        let size = self.terminal.size().ok()?;
        Some((size.width, size.height))
    }
}

fn ears(ears: &Mutex<Ears>) -> MutexGuard<'_, Ears> {
    ears.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a cockpit is opened.
pub struct Opening {
    world: SimWorld,
    at: Duration,
    user: String,
    read_only: bool,
    ack: AckRules,
    size: (u16, u16),
    journal: Place,
    tricks: Vec<(String, Trick)>,
    correlations: Vec<Correlation>,
    /// Sources beside those of the scenario.
    beside: Vec<Arc<dyn Source>>,
    config: Option<Config>,
    taped: bool,
    gated: bool,
    file: Option<PathBuf>,
    sparing: Sparing,
    /// A source that takes so long to connect.
    late: Option<(String, Duration)>,
}

#[derive(Clone)]
enum Place {
    /// The directory goes when the last story on it has ended.
    Temporary(Arc<tempfile::TempDir>),
    Named(PathBuf),
}

impl Place {
    fn path(&self) -> PathBuf {
        match self {
            Self::Temporary(dir) => dir.path().join("journal.db"),
            Self::Named(path) => path.clone(),
        }
    }
}

impl Opening {
    pub fn of(name: &str) -> Self {
        let scenario = scenario(name);
        let (start, at) = (scenario.start, scenario.opens_at);
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self {
            world: SimWorld::new(scenario, start),
            at,
            user: "ana".into(),
            read_only: false,
            ack: defaults("terminal").ack,
            size: (120, 40),
            journal: Place::Temporary(Arc::new(dir)),
            tricks: Vec::new(),
            correlations: Vec::new(),
            beside: Vec::new(),
            config: None,
            taped: false,
            gated: false,
            file: None,
            sparing: Sparing::default(),
            late: None,
        }
    }

    /// At this size, and every frame is kept.
    pub fn taped(self, width: u16, height: u16) -> Self {
        Self { taped: true, size: (width, height), ..self }
    }

    /// Typed by a person: no key confirms what was not drawn.
    pub fn gated(self) -> Self {
        Self { gated: true, ..self }
    }

    /// With what a configuration says of actions and runbooks.
    pub fn with(self, config: Config) -> Self {
        Self { config: Some(config), ..self }
    }

    /// With a configuration that is read again while it runs; the sources are those of the scenario.
    pub fn lives_by(self, file: &Path) -> Self {
        let request = Request { explicit: Some(file.to_owned()), ..Request::from_process() };
        let config = config::load(&request).unwrap_or_else(|errors| panic!("{errors:#?}"));
        Self { file: Some(file.to_owned()), ..self.with(config) }
    }

    pub fn at(self, moment: &str) -> Self {
        Self { at: length(moment), ..self }
    }

    /// On a world that goes on, from a moment of it.
    pub fn on(self, world: SimWorld, now: Time) -> Self {
        Self { at: now - world.epoch(), world, ..self }
    }

    pub fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }

    pub fn lasts(mut self, lasts: &str) -> Self {
        self.ack.lasts = length(lasts);
        self
    }

    /// As `[ack] breaks_on` says it.
    pub fn breaks_on(mut self, conditions: &str) -> Self {
        self.ack.breaks_on = BreakOn::read_all(conditions).unwrap_or_else(|why| panic!("{why}"));
        self
    }

    pub fn journal(self, path: &Path) -> Self {
        Self { journal: Place::Named(path.to_owned()), ..self }
    }

    /// These sources tell the same alerts, but for the labels `but`.
    pub fn correlates(mut self, sources: &[&str], but: &str) -> Self {
        let sources = sources.iter().map(|s| SourceName::new(s)).collect();
        self.correlations.push(Correlation { sources, by: By::AllBut(vec![but.to_owned()]), link: Link::Same });
        self
    }

    /// What the first source tells are the pages of what the others tell, by these labels.
    pub fn pages(mut self, sources: &[&str], by: &[&str]) -> Self {
        let sources = sources.iter().map(|s| SourceName::new(s)).collect();
        let by = By::Labels(by.iter().map(|l| (*l).to_owned()).collect());
        self.correlations.push(Correlation { sources, by, link: Link::Page });
        self
    }

    /// A source that is no part of the scenario.
    pub fn reads(mut self, source: Arc<dyn Source>) -> Self {
        self.beside.push(source);
        self
    }

    pub fn size(self, width: u16, height: u16) -> Self {
        Self { size: (width, height), ..self }
    }

    /// A source that does something no scenario can ask for.
    pub fn trick(mut self, source: &str, trick: Trick) -> Self {
        self.tricks.push((source.to_owned(), trick));
        self
    }

    /// It opens while this source is still being connected, for so long.
    pub fn late(self, source: &str, takes: &str) -> Self {
        Self { late: Some((source.to_owned(), length(takes))), ..self }
    }

    pub fn spares(self, sparing: Sparing) -> Self {
        Self { sparing, ..self }
    }

    pub fn world(&self) -> &SimWorld {
        &self.world
    }

    pub fn journal_path(&self) -> PathBuf {
        self.journal.path()
    }

    pub async fn open(self) -> Story {
        let began = self.world.epoch() + self.at;
        self.open_on(Clock::from(began, 1.0)).await
    }

    /// Line by line: what is told goes there.
    pub async fn open_plain(self, heard: Box<dyn io::Write + Send>) -> (Story, Outcome) {
        let clock = Clock::from(self.world.epoch() + self.at, 1.0);
        let plain = Plain::new(Paper::here(heard), &look(), true);
        let outcome = plain.outcome();
        (self.open_with(clock, plain, Props::default()).await, outcome)
    }

    async fn open_on(self, clock: Clock) -> Story {
        let terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).expect("a test's backend");
        let props = Props { tape: self.taped.then(Tape::default), ..Props::default() };
        let Props { glass, ears, tape, gate } = props.clone();
        self.open_with(clock, Stage { ears, terminal, glass, tape, gate }, props).await
    }

    #[allow(clippy::disallowed_methods, reason = "a story runs beside the cockpit that it watches")]
    async fn open_with<S: Screen + Sync + 'static>(self, clock: Clock, stage: S, props: Props) -> Story {
        let Props { glass, ears, tape, gate } = props;
        let gate = self.gated.then_some(gate);
        let spies: Vec<Arc<Spy>> =
            self.world.sources().into_iter().chain(self.beside.iter().cloned()).map(|s| self.spy(s)).collect();
        let sources: Sources = spies.iter().map(|s| s.clone() as Arc<dyn Source>).collect();
        let (keys, events) = mpsc::unbounded_channel();
        let mut cockpit = self.cockpit(sources, clock);
        if let Some((name, takes)) = self.late.clone() {
            let slow = cockpit.sources.iter_mut().find(|s| s.describe().name.as_str() == name).expect("it is there");
            let source = std::mem::replace(slow, Arc::new(Awaited(Description::clone(slow.describe()))));
            cockpit.late.push(Box::pin(async move {
                clock.sleep(takes).await;
                source
            }));
        }
        let mut events = Some(events);
        let open_events = Box::new(move || through(gate.clone(), stream_of(events.take())));
        let running = tokio::task::spawn(cockpit.run(stage, open_events));
        let Self { world, user, journal, .. } = self;
        let mut story = Story { world, user, journal, clock, spies, glass, ears, tape, keys, running };
        story.passes(STEP).await;
        story
    }

    fn spy(&self, source: Arc<dyn Source>) -> Arc<Spy> {
        let name = source.describe().name.as_str();
        let tricks = self.tricks.iter().filter(|(on, _)| on == name).map(|(_, trick)| *trick).collect();
        Arc::new(Spy::new(source, self.journal.path(), tricks))
    }

    fn cockpit(&self, sources: Sources, clock: Clock) -> Cockpit {
        let setup = Setup {
            user: self.user.clone(),
            session: uuid::Uuid::new_v4().simple().to_string(),
            read_only: self.read_only,
            ack: self.ack.clone(),
            sources: sources.iter().map(|s| s.describe().clone()).collect(),
            started_at: clock.now(),
        };
        let keymap = self.config.as_ref().map_or_else(Keymap::default, |config| config.keymap.clone());
        let mut app = App::new(setup, keymap);
        app.world.correlate(self.correlations.clone());
        app.desk.tour.possible = true;
        if let Some(config) = &self.config {
            watchfire::cli::start::equip(&mut app.world, config);
        }
        let (width, height) = self.size;
        drop(app.update(clock.now(), watchfire::app::msg::Msg::Resized { width, height }));
        if let Some(config) = self.config.as_ref().filter(|_| self.file.is_some()) {
            app = app.with_alerts(&config.alerts);
        }
        let home = self.file.as_ref().zip(self.config.as_ref()).map(|(file, config)| {
            app.settings = Settings::of(reload::in_force(config, &[], &[]));
            Home::new(Request { explicit: Some(file.clone()), ..Request::from_process() }, config, &[])
        });
        Cockpit {
            app,
            look: self
                .config
                .as_ref()
                .map_or_else(look, |config| look().frugal(config.ui.low_bandwidth).still(config.ui.reduced_motion)),
            sources,
            clock,
            journal: self.journal.path(),
            slos: Vec::new(),
            slo_problems: Vec::new(),
            notify: NotifyConfig { desktop: false, ..defaults("terminal").notify },
            sparing: self.sparing,
            means: Default::default(),
            handoff: watchfire::cli::start::handover(self.config.as_ref().unwrap_or(&defaults("terminal"))),
            papers: Papers { into: self.journal.path().with_file_name(""), ..Papers::here(None) },
            bound: false,
            late: Default::default(),
            home,
        }
    }
}

/// What stands where a source will be.
struct Awaited(Description);

#[async_trait::async_trait]
impl Source for Awaited {
    fn describe(&self) -> &Description {
        &self.0
    }

    async fn poll(&self, _now: Time) -> Result<Snapshot, SourceError> {
        std::future::pending().await
    }
}

fn stream_of(events: Option<mpsc::UnboundedReceiver<Event>>) -> Events {
    let Some(events) = events else { return stream::pending().boxed() };
    stream::unfold(events, |mut events| async move { events.recv().await.map(|e| (Ok(e), events)) }).boxed()
}

/// As a terminal's keys go; a story's own reach the cockpit as a script's do.
fn through(gate: Option<Gate>, events: Events) -> Events {
    let Some(gate) = gate else { return events };
    let now = || tokio::time::Instant::now().into_std();
    let passes = move |event: &io::Result<Event>| !event.as_ref().is_ok_and(|event| gate.refuses(event, now()));
    events.filter(move |event| std::future::ready(passes(event))).boxed()
}

/// A cockpit that runs, and somebody before it.
pub struct Story {
    pub world: SimWorld,
    pub user: String,
    journal: Place,
    clock: Clock,
    spies: Vec<Arc<Spy>>,
    glass: Glass,
    ears: Arc<Mutex<Ears>>,
    tape: Option<Tape>,
    keys: mpsc::UnboundedSender<Event>,
    running: JoinHandle<Left>,
}

impl Story {
    pub async fn open(name: &str) -> Self {
        Opening::of(name).open().await
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Lets the scenario go on to a moment; one that is over already is an error in the story.
    pub async fn at(&mut self, moment: &str) -> &mut Self {
        let until = self.world.epoch() + length(moment);
        assert!(until >= self.now(), "{moment} is over: it is {}", self.now() - self.world.epoch());
        self.passes(until - self.now()).await;
        self
    }

    pub async fn passes(&mut self, length: Duration) -> &mut Self {
        self.clock.sleep(length).await;
        self
    }

    /// Presses keys, written as in a keymap: `j a`, `ctrl-d`, `Enter`.
    pub async fn keys(&mut self, chord: &str) -> &mut Self {
        for key in Chord::parse(chord).unwrap_or_else(|why| panic!("{why}")).0 {
            self.send(event(Came::Key(key)));
        }
        self.passes(STEP).await
    }

    /// The terminal says whether somebody looks here.
    pub async fn looked_at(&mut self, looked_at: bool) -> &mut Self {
        self.send(if looked_at { Event::FocusGained } else { Event::FocusLost });
        self.passes(STEP).await
    }

    /// Presses keys while the clock stands still, as it does while a command runs.
    pub fn presses(&mut self, chord: &str) -> &mut Self {
        for key in Chord::parse(chord).unwrap_or_else(|why| panic!("{why}")).0 {
            self.send(event(Came::Key(key)));
        }
        self
    }

    /// Waits until something is seen, without a clock: a harmless key asks for a frame.
    pub async fn glimpses(&mut self, text: &str, nudge: Option<&str>) -> &mut Self {
        for _ in 0..5_000 {
            if self.screen().contains(text) {
                return self;
            }
            if let Some(key) = nudge {
                self.presses(key);
            }
            on_disk(async {}).await;
        }
        panic!("`{text}` was never seen:\n{}", self.screen());
    }

    pub async fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.send(event(Came::Key(Key::char(c))));
        }
        self.passes(STEP).await
    }

    pub async fn pastes(&mut self, text: &str) -> &mut Self {
        self.send(Event::Paste(text.into()));
        self.passes(STEP).await
    }

    fn send(&self, event: Event) {
        assert!(self.keys.send(event).is_ok(), "the cockpit has ended");
    }

    /// The frames since this was asked last; the story is a taped one.
    pub fn frames(&self) -> Vec<Shown> {
        let tape = self.tape.as_ref().expect("a taped story");
        std::mem::take(&mut *tape.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Bells and notifications since this was asked last.
    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut ears(&self.ears).heard)
    }

    /// Texts that were sent to the clipboard since this was asked last.
    pub fn copied(&self) -> Vec<String> {
        std::mem::take(&mut ears(&self.ears).copied)
    }

    /// How often the whole screen was to be drawn anew since this was asked last.
    pub fn forgot(&self) -> usize {
        std::mem::take(&mut ears(&self.ears).forgot)
    }

    pub fn screen(&self) -> String {
        still::text(&self.glass.lock())
    }

    /// The first line of the screen that holds `text`.
    pub fn line(&self, text: &str) -> String {
        let screen = self.screen();
        let found = screen.lines().find(|l| l.contains(text)).map(str::to_owned);
        found.unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{screen}"))
    }

    pub async fn sees(&mut self, text: &str) -> &mut Self {
        self.until(&format!("`{text}` is seen"), |screen| screen.contains(text)).await
    }

    pub async fn sees_not(&mut self, text: &str) -> &mut Self {
        self.until(&format!("`{text}` is gone"), |screen| !screen.contains(text)).await
    }

    /// Both on one line.
    pub async fn sees_beside(&mut self, one: &str, other: &str) -> &mut Self {
        let both = |screen: &str| screen.lines().any(|l| l.contains(one) && l.contains(other));
        self.until(&format!("`{one}` is beside `{other}`"), both).await
    }

    async fn until(&mut self, what: &str, holds: impl Fn(&str) -> bool) -> &mut Self {
        let deadline = self.now() + PATIENCE;
        while !holds(&self.screen()) {
            assert!(!self.running.is_finished(), "the cockpit has ended before {what}:\n{}", self.screen());
            assert!(self.now() < deadline, "waited for {PATIENCE} until {what}:\n{}", self.screen());
            self.passes(STEP).await;
        }
        self
    }

    /// All that the journal has, in its order.
    pub async fn journal(&self) -> Vec<Entry> {
        let path = self.journal.path();
        let read = on_disk(async move { Journal::open(&path).await?.recent(10_000).await }).await;
        read.expect("the journal can be read")
    }

    pub async fn entries(&self, kind: Kind) -> Vec<Entry> {
        self.journal().await.into_iter().filter(|e| e.kind == kind).collect()
    }

    /// Waits until the journal has `n` entries of a kind.
    pub async fn has(&mut self, n: usize, kind: Kind) -> Vec<Entry> {
        let deadline = self.now() + PATIENCE;
        loop {
            let found = self.entries(kind.clone()).await;
            if found.len() >= n {
                return found;
            }
            assert!(self.now() < deadline, "waited for {n} {kind}, there are {found:#?}\n{}", self.screen());
            self.passes(STEP).await;
        }
    }

    /// What this cockpit asked its sources to write, in order, each with how many acts the outbox held just then.
    pub fn writes(&self) -> Vec<String> {
        self.spies.iter().flat_map(|s| s.writes()).collect()
    }

    /// How often a source was asked for its alerts.
    pub fn polls(&self, source: &str) -> usize {
        self.spies.iter().find(|s| s.describe().name.as_str() == source).map_or(0, |s| s.polls())
    }

    /// The silences that a source holds and that count now.
    pub async fn silences(&self, source: &str) -> Vec<Silence> {
        silences(&self.world, source, self.now()).await
    }

    pub fn journal_path(&self) -> PathBuf {
        self.journal.path()
    }

    pub async fn work<T, F>(&self, work: impl FnOnce(Journal, Time) -> F + Send + 'static) -> T
    where
        T: Send + 'static,
        F: Future<Output = Result<T, JournalError>> + Send + 'static,
    {
        work_on(&self.journal.path(), self.now(), work).await
    }

    /// Presses `q` and waits for the end.
    pub async fn quits(self) -> Closed {
        self.send(event(Came::Key(Key::char('q'))));
        self.ends().await
    }

    /// Presses Enter and `q` in one breath: the loop ends before anything it began can have ended.
    pub async fn confirms_and_quits(self) -> Closed {
        self.send(event(Came::Key(Key::new(KeyCode::Enter))));
        self.quits().await
    }

    /// The terminal goes away, as with a closed connection.
    pub async fn hangs_up(mut self) -> Closed {
        drop(std::mem::replace(&mut self.keys, mpsc::unbounded_channel().0));
        self.ends().await
    }

    /// Ends as by `kill -9`: nothing more is done or written.
    pub async fn killed(self) -> Closed {
        self.running.abort();
        let writes = self.writes();
        drop(self.running.await);
        let Self { world, user, journal, clock, .. } = self;
        Closed { ended: Ended::Asked, unwritten: 0, world, user, journal, clock, writes }
    }

    pub async fn ends(self) -> Closed {
        let writes = self.writes();
        let Left { ended, unwritten, .. } = self.running.await.expect("the cockpit does not panic");
        Closed {
            ended,
            unwritten,
            world: self.world,
            user: self.user,
            journal: self.journal,
            clock: self.clock,
            writes,
        }
    }

    /// A second cockpit of somebody else on the same journal and the same sources.
    pub async fn beside(&self, user: &str) -> Story {
        opening(&self.world, &self.journal, user).open_on(self.clock).await
    }
}

/// What is left of a cockpit that ended.
pub struct Closed {
    pub ended: Ended,
    /// Firings and resolutions that are not in the journal.
    pub unwritten: usize,
    pub world: SimWorld,
    user: String,
    journal: Place,
    clock: Clock,
    /// What had been sent when it was asked to end.
    pub writes: Vec<String>,
}

impl Closed {
    /// Nobody watches meanwhile.
    pub async fn passes(self, length: Duration) -> Self {
        self.clock.sleep(length).await;
        self
    }

    pub async fn reopens_with(self, config: Config) -> Story {
        opening(&self.world, &self.journal, &self.user).with(config).open_on(self.clock).await
    }

    pub async fn reopens(self) -> Story {
        opening(&self.world, &self.journal, &self.user).open_on(self.clock).await
    }
}

fn opening(world: &SimWorld, journal: &Place, user: &str) -> Opening {
    Opening {
        world: world.clone(),
        at: Duration::zero(),
        user: user.into(),
        read_only: false,
        ack: defaults("terminal").ack,
        size: (120, 40),
        journal: journal.clone(),
        tricks: Vec::new(),
        correlations: Vec::new(),
        beside: Vec::new(),
        config: None,
        taped: false,
        gated: false,
        file: None,
        sparing: Sparing::default(),
        late: None,
    }
}

/// The silences that a source of a simulated world holds and that count at a moment.
pub async fn silences(world: &SimWorld, source: &str, now: Time) -> Vec<Silence> {
    let sources = world.sources();
    let source = sources.iter().find(|s| s.describe().name.as_str() == source).expect("it is in the scenario");
    let all = source.poll(now).await.map(|s| s.silences).unwrap_or_default();
    all.into_iter().filter(|s| s.is_active(now)).collect()
}

/// One piece of work on a journal that is opened for it.
pub async fn work_on<T, F>(path: &Path, now: Time, work: impl FnOnce(Journal, Time) -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = Result<T, JournalError>> + Send + 'static,
{
    let path = path.to_owned();
    let done = on_disk(async move { work(Journal::open(&path).await?, now).await }).await;
    done.expect("the journal works")
}
