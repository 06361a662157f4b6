//! The cockpit line by line: the same heart, tasks and loop, with lines in place of a screen. What changes is told as it
//! happens, what is typed is what keys would have done, and what asks is asked field by field.
//!
//! | file | holds |
//! |---|---|
//! | `words`, `ways` | the words that may be typed, and for each command of the cockpit its word |
//! | `orders`, `incident` | a line to the messages that keys would have made |
//! | `fields`, `dialog` | forms and plans, asked for and read out |
//! | `answers`, `news` | what is told when it is asked for, and by itself |
//! | `reading` | what is open, read out |
//! | `numbers` | how things are named |
//! | `hands`, `paper` | lines in, lines out |
//! | `script` | lines that nobody types |
//!
//! Only printable text and line ends leave it, and the bell where it is wanted. It needs no raw mode: the terminal edits the
//! line. What is half typed is known to the terminal alone, so whoever wants silence while typing holds news back.

mod answers;
mod dialog;
mod fields;
pub mod hands;
mod incident;
mod news;
mod numbers;
mod orders;
pub mod paper;
mod reading;
pub mod script;
pub mod ways;
pub mod words;

use std::{
    collections::VecDeque,
    io::{self, IsTerminal},
    sync::Arc,
};

use chrono::Duration;
use crossterm::event::Event;
use tokio::{
    sync::Notify,
    task::{JoinError, LocalSet},
};

use crate::{
    app::{
        App,
        desk::Toast,
        msg::Msg,
        world::{acts::Told, lanes::Of, sources::Standing},
    },
    domain::Time,
    ui::{
        look::{GlyphSet, Look},
        plain::{self, board},
    },
};

use self::{
    dialog::{Dialog, Given},
    fields::Kind,
    hands::Lines,
    news::News,
    numbers::Numbers,
    paper::Paper,
    reading::Read,
    script::{Outcome, Script},
};

use super::{
    cockpit::{Cockpit, Hands, Left},
    terminal::Screen,
};

/// What an open thing may still bring, and what a script waits for the sources before its first line is read.
const ANSWERED_WITHIN: Duration = Duration::seconds(5);
/// What the sources are waited for before the board is told to a person, who would hear it twice otherwise.
const AT_FIRST: Duration = Duration::seconds(1);
/// Alerts that are told before anybody asked.
const FIRST: usize = 5;
/// The lines, as the loop's screen.
pub struct Plain {
    out: Paper,
    look: Look,
    bell: bool,
    numbers: Numbers,
    news: News,
    dialog: Option<Dialog>,
    given: Option<Given>,
    /// What a line asked for and was not done yet.
    queue: VecDeque<Msg>,
    read: Option<Read>,
    /// The next thing that opens is not read out.
    mute: bool,
    leaving: bool,
    lists_then: bool,
    tells_marks: bool,
    axis: Option<(Of, Time)>,
    toast: Option<Toast>,
    /// How many lines stood there when a command was asked for that may have nothing to say itself.
    unanswered: Option<usize>,
    /// The first line was said.
    begun: bool,
    /// The board was told.
    greeted: bool,
    script: Option<Script>,
    outcome: Outcome,
    gone: bool,
}

impl Plain {
    pub fn new(out: Paper, look: &Look, bell: bool) -> Self {
        let mut look = look.clone();
        // Graphs are told from words by their shapes.
        look.glyphs = GlyphSet::Unicode;
        Self {
            out,
            look,
            bell,
            numbers: Numbers::default(),
            news: News::default(),
            dialog: None,
            given: None,
            queue: VecDeque::new(),
            read: None,
            mute: false,
            leaving: false,
            lists_then: false,
            tells_marks: false,
            axis: None,
            toast: None,
            unanswered: None,
            begun: false,
            greeted: false,
            script: None,
            outcome: Outcome::default(),
            gone: false,
        }
    }

    /// How its lines went.
    pub fn outcome(&self) -> Outcome {
        self.outcome.clone()
    }

    fn failed(&self) {
        self.outcome.failed();
    }

    fn line(&mut self, app: &App, line: &str) -> io::Result<()> {
        if let Some(script) = &mut self.script {
            (script.lines, script.last) = (script.lines + 1, Some(app.now));
        }
        if !self.greeted {
            // Who types is answered at once, with what is known by now.
            self.tell_board(app)?;
        }
        match app.desk.top_layer() {
            Some(layer) if self.dialog.is_some() && fields::kind(app, layer) != Kind::Reading => {
                self.answer(layer, line)
            }
            _ if line.trim().is_empty() => self.tell_news(app, ""),
            _ if line.trim().eq_ignore_ascii_case("yes") => self.refuse("nothing asks for a yes now"),
            _ => self.order(app, line),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        let unanswered = self.is_unanswered();
        let Some(script) = &mut self.script else {
            self.queue.push_back(Msg::QuitAsked);
            return Ok(());
        };
        script.ended = true;
        if unanswered { self.refuse("the lines end before this is answered: it was not sent") } else { Ok(()) }
    }

    /// Tells what a sentence at the foot of the screen says; after a bad one nothing that was to follow is done.
    fn hear_toast(&mut self, app: &App) -> io::Result<()> {
        if app.desk.toast == self.toast {
            return Ok(());
        }
        self.toast.clone_from(&app.desk.toast);
        match self.toast.as_ref().map(|toast| toast.told.clone()) {
            // What a yes left is said already.
            Some(Told::Good(text)) if self.leaving => drop(text),
            Some(Told::Good(text) | Told::Warned(text)) => self.out.line(&words::without_keys(app, &text))?,
            Some(Told::Bad(text)) => {
                self.queue.clear();
                (self.given, self.mute, self.axis) = (None, false, None);
                (self.lists_then, self.tells_marks) = (false, false);
                self.failed();
                self.out.line(&words::without_keys(app, &text))?;
            }
            None => {}
        }
        Ok(())
    }

    /// Says and asks whatever is due now.
    fn turn(&mut self, app: &App) -> io::Result<()> {
        if !self.greeted {
            return self.greet(app);
        }
        if std::mem::take(&mut self.lists_then) {
            self.list_alerts(app, false)?;
        }
        if std::mem::take(&mut self.tells_marks) {
            self.out.line(&format!("{} marked", app.desk.marked_count(&app.world)))?;
        }
        self.leaving = false;
        match app.desk.top_layer() {
            Some(layer) if fields::kind(app, layer) != Kind::Reading => return self.ask(app, layer),
            Some(layer) => self.read_on(app, layer)?,
            None => self.read = None,
        }
        (self.dialog, self.mute) = (None, false);
        if self.unanswered.take() == Some(self.out.count()) {
            self.out.line("done")?;
        }
        self.axis_comes(app)?;
        self.news_comes(app)
    }

    /// The first line at once; the board once the sources have told it, or without those that take their time.
    fn greet(&mut self, app: &App) -> io::Result<()> {
        self.begin()?;
        let most = if self.script.is_some() { ANSWERED_WITHIN } else { AT_FIRST };
        let waited = app.now - app.world.started_at() >= most;
        let all_told = app.world.sources.iter().all(|s| s.state != Standing::Connecting);
        if waited || all_told { self.tell_board(app) } else { Ok(()) }
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        self.out.line("Watchfire line by line; `help` tells the words, `quit` leaves")
    }

    fn tell_board(&mut self, app: &App) -> io::Result<()> {
        self.begin()?;
        self.greeted = true;
        self.out.line(&board::status(app))?;
        self.list_first(app, FIRST)?;
        self.news.begin(app);
        Ok(())
    }
}

impl Screen for Plain {
    fn draw(&mut self, app: &App, _: &Look) -> io::Result<()> {
        self.hear_toast(app)?;
        if self.queue.is_empty() {
            self.turn(app)?;
        }
        self.go_on_with_script(app);
        if self.gone { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }

    fn ready(&self) -> impl Future<Output = io::Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    fn hear(&mut self, event: Event, app: &App) -> Option<Msg> {
        if let Some(script) = &mut self.script {
            script.waits = true;
        }
        match event {
            event if hands::is_end(&event) => self.gone |= self.end().is_err(),
            Event::Paste(line) => self.gone |= self.line(app, &line).is_err(),
            _ => {}
        }
        self.wants(app)
    }

    fn wants(&mut self, app: &App) -> Option<Msg> {
        self.gone |= self.hear_toast(app).is_err();
        if self.queue.is_empty() {
            self.gone |= self.turn(app).is_err();
        }
        self.queue.pop_front()
    }

    fn bell(&mut self) {
        if self.bell {
            self.gone |= self.out.bell().is_err();
        }
    }

    /// There is no clipboard on paper: what would be copied is told.
    fn copy(&mut self, text: &str) -> bool {
        let told = text.lines().try_for_each(|line| self.out.line(line));
        self.gone |= told.is_err();
        true
    }

    fn suspend(&mut self) {}

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn size(&self) -> Option<(u16, u16)> {
        Some((plain::COLUMNS, plain::ROWS))
    }

    fn is_there(&self) -> bool {
        !self.gone
    }
}

/// How a run of lines ended.
pub type Ended = Result<io::Result<Left>, JoinError>;

/// Runs a cockpit on standard input and output; answers how it was left, and how its lines went.
///
/// # Errors
/// As [`Cockpit::in_terminal`].
pub async fn run(mut cockpit: Cockpit, bell: bool, hands: Hands) -> (Ended, Outcome) {
    let turn = (!io::stdin().is_terminal()).then(|| Arc::new(Notify::new()));
    let lines = Lines { from: Box::new(io::BufReader::new(io::stdin())), turn: turn.clone() };
    let opened = Paper::on(Box::new(io::stdout())).and_then(|out| Ok((out, hands::events(lines)?)));
    let (out, events) = match opened {
        Ok(opened) => opened,
        Err(error) => return (Ok(Err(error)), Outcome::default()),
    };
    let plain = Plain::new(out, &cockpit.look, bell);
    let plain = if let Some(turn) = turn { plain.scripted(turn) } else { plain };
    let outcome = plain.outcome();
    let (width, height) = (plain::COLUMNS, plain::ROWS);
    drop(cockpit.app.update(cockpit.clock.now(), Msg::Resized { width, height }));
    let mut events = Some(events);
    let open = Box::new(move || events.take().unwrap_or_else(|| Box::pin(futures_util::stream::pending())));
    let here = LocalSet::new();
    let task = here.spawn_local(async move { cockpit.run(plain, hands(open)).await });
    let ended = here.run_until(task).await.map(Ok);
    (ended, outcome)
}
