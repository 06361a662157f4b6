//! A line that was typed where nothing asks: which word it is, what it is about, and the same messages that keys would have
//! made of it.

use std::io;

use crate::{
    app::{
        App,
        desk::{layer::Layer, naming::Naming},
        msg::Msg,
    },
    config::{context::either, keymap::Command},
    domain::{alert::AlertId, duration, filter::Filter},
};

use super::{
    Plain,
    dialog::Given,
    fields,
    ways::{self, Way},
    words::{self, Does, Word},
};

/// What stands behind a word: the things that are named in front, and the rest.
pub(super) struct About<'a> {
    picks: Vec<Naming>,
    all: bool,
    pub(super) rest: &'a str,
}

impl About<'_> {
    fn alerts(&self) -> Vec<AlertId> {
        let of = |pick: &Naming| if let Naming::Alerts(ids) = pick { ids.clone() } else { Vec::new() };
        self.picks.iter().flat_map(of).collect()
    }

    /// Several alerts, or the one thing that is named.
    pub(super) fn pick(&self) -> Option<Naming> {
        let alerts = self.alerts();
        if alerts.is_empty() { self.picks.first().cloned() } else { Some(Naming::Alerts(alerts)) }
    }
}

impl Plain {
    /// Does what a line says, or says why not.
    pub(super) fn order(&mut self, app: &App, line: &str) -> io::Result<()> {
        let (typed, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let word = match Command::from_name(typed).map(ways::way) {
            Some(Way::Instead(why)) => return self.refuse(why),
            Some(Way::Word(word)) => words::find(word),
            None => words::find(typed),
        };
        let Some(word) = word else { return self.refuse(&unknown(typed)) };
        match self.about(rest.trim()) {
            Ok(about) => self.carry_out(app, word, &about),
            Err(why) => self.refuse(&why),
        }
    }

    /// The numbers in front, `all`, and what follows.
    fn about<'a>(&self, mut rest: &'a str) -> Result<About<'a>, String> {
        let (mut picks, mut all) = (Vec::new(), false);
        loop {
            let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let named = self.numbers.named(first.trim_end_matches(','));
            match named {
                Some(pick) => picks.push(pick?),
                None if first == "all" && picks.is_empty() => all = true,
                None => return Ok(About { picks, all, rest }),
            }
            rest = after.trim_start();
        }
    }

    #[allow(clippy::too_many_lines, reason = "a table: one line a kind of word")]
    fn carry_out(&mut self, app: &App, word: &Word, about: &About<'_>) -> io::Result<()> {
        // What was only read is left; what is open to be acted on stays.
        if let Some(layer) = app.desk.top_layer().filter(|layer| fields::is_passing(layer) && !is_of(layer, word)) {
            self.run(fields::closes(layer))?;
        }
        match word.does {
            Does::Help => self.help(about.rest),
            Does::Alerts => self.list_alerts(app, about.all),
            Does::Budgets => self.list_budgets(app),
            Does::Timeline => self.list_timeline(app, about.picks.first(), about.rest),
            Does::Silences => self.list_silences(app),
            Does::Incidents => self.list_incidents(app),
            Does::Status => self.tell_status(app),
            Does::News => self.tell_news(app, about.rest),
            Does::Open => self.open(about, word),
            Does::Axis => self.tell_axis(app, about.pick().as_ref()),
            Does::Note => self.note(app, about),
            Does::Silence => self.silence(app, about),
            Does::OfSilence(command) => self.of_silence(app, about, command),
            Does::Declare => self.declare(about),
            Does::Incident => self.incident(app, about),
            Does::Filter => self.filter(about.rest),
            Does::Group => self.run(Command::GroupBy),
            Does::Mark => self.mark(about),
            Does::Step => self.step(app, about),
            Does::On(command) => self.on_alerts(app, command, about),
            Does::Maybe(command) => self.maybe(command, about),
            Does::OnBudget(command) => self.on_budget(app, command, about),
            Does::Run(command) => self.run_as_is(command),
            Does::InOpen(command) => self.in_open(app, command),
        }
    }

    pub(super) fn refuse(&mut self, why: &str) -> io::Result<()> {
        self.failed();
        self.out.line(why)
    }

    pub(super) fn run(&mut self, command: Command) -> io::Result<()> {
        self.queue.push_back(Msg::Asked(command));
        Ok(())
    }

    /// What it changes of the list is heard in the list; what has nothing to say is done.
    fn run_as_is(&mut self, command: Command) -> io::Result<()> {
        use Command::{ApartAll, FoldAll, Handoff, Quit, Sent, Sort, Storm, Undo, ViewNext, ViewPrevious};
        self.lists_then = matches!(command, ApartAll | FoldAll | Sort | Storm | ViewNext | ViewPrevious);
        // These are answered when the journal has been asked.
        let later = matches!(command, Handoff | Quit | Sent | Undo);
        self.unanswered = (!later).then(|| self.out.count());
        self.run(command)
    }

    pub(super) fn name(&mut self, pick: Naming) {
        self.queue.push_back(Msg::Named(pick));
    }

    fn open(&mut self, about: &About<'_>, word: &Word) -> io::Result<()> {
        let Some(pick) = about.pick() else { return self.refuse(&format!("say which: {} {}", word.word, word.with)) };
        self.read = None;
        let opens_itself = matches!(pick, Naming::Incident(_));
        self.name(pick.clone());
        match pick {
            _ if opens_itself => Ok(()),
            _ => self.run(Command::Open),
        }
    }

    /// An act on the alerts that are named, on all that are seen, on those that are marked, or on the open one.
    fn on_alerts(&mut self, app: &App, command: Command, about: &About<'_>) -> io::Result<()> {
        let alerts = about.alerts();
        if about.all {
            self.name(Naming::Panes);
            self.run(Command::MarkAll)?;
        } else if !alerts.is_empty() {
            self.name(Naming::Alerts(alerts));
        } else if !is_before(app) {
            return self.refuse("say which alert by its number, such as `ack 3`; `alerts` tells the numbers");
        }
        if command == Command::Ack && !about.rest.is_empty() {
            self.given = Some(Given::from([("reason", about.rest.to_owned())]));
        }
        self.run(command)
    }

    fn maybe(&mut self, command: Command, about: &About<'_>) -> io::Result<()> {
        about.pick().into_iter().for_each(|pick| self.name(pick));
        self.run(command)
    }

    fn on_budget(&mut self, app: &App, command: Command, about: &About<'_>) -> io::Result<()> {
        match about.pick() {
            Some(pick @ Naming::Budget(_)) => {
                self.name(pick);
                self.run(Command::Open)?;
                // Not told whole where only one thing of it was asked.
                self.mute = true;
            }
            _ if matches!(app.desk.top_layer(), Some(Layer::Slo { .. })) => {}
            _ => {
                return self
                    .refuse("say which budget by its number, such as `explain b1`; `budgets` tells the numbers");
            }
        }
        self.run(command)
    }

    fn note(&mut self, app: &App, about: &About<'_>) -> io::Result<()> {
        match about.pick() {
            Some(pick) => self.name(pick),
            None if app.desk.top_layer().is_none() => {
                // On the watch: nothing is selected by hand here.
                return self.note_on_watch(about.rest);
            }
            None => {}
        }
        if !about.rest.is_empty() {
            self.given = Some(Given::from([("text", about.rest.to_owned())]));
        }
        self.run(Command::Note)
    }

    fn note_on_watch(&mut self, text: &str) -> io::Result<()> {
        self.name(Naming::Watch);
        if !text.is_empty() {
            self.given = Some(Given::from([("text", text.to_owned())]));
        }
        self.run(Command::Note)
    }

    fn silence(&mut self, app: &App, about: &About<'_>) -> io::Result<()> {
        if about.rest == "new" {
            self.run(Command::Silences)?;
            return self.run(Command::SilenceNew);
        }
        let (first, comment) = about.rest.split_once(char::is_whitespace).unwrap_or((about.rest, ""));
        let is_end = duration::parse(first).is_ok() || first.starts_with(|c: char| c.is_ascii_digit());
        let alerts = about.alerts();
        if alerts.is_empty() && !is_before(app) {
            return self
                .refuse("say which alert by its number, such as `silence 3 2h`; `silence new` begins with none");
        }
        if !alerts.is_empty() {
            self.name(Naming::Alerts(alerts));
        }
        let mut given = Given::new();
        if is_end {
            given.insert("for or until", first.to_owned());
        }
        let comment = if is_end { comment.trim() } else { about.rest };
        if !comment.is_empty() {
            given.insert("comment", comment.to_owned());
        }
        self.given = Some(given).filter(|given| !given.is_empty());
        self.run(Command::Silence)
    }

    fn of_silence(&mut self, app: &App, about: &About<'_>, command: Command) -> io::Result<()> {
        match about.pick() {
            Some(pick @ Naming::Silence(_)) => self.name(pick),
            _ if matches!(app.desk.top_layer(), Some(Layer::SilenceDetail { .. })) => {}
            _ => return self.refuse("say which silence by its number, such as s1; `silences` tells the numbers"),
        }
        self.mute = true;
        self.run(command)
    }

    pub(super) fn declare(&mut self, about: &About<'_>) -> io::Result<()> {
        match about.pick() {
            Some(pick) => {
                self.name(pick);
                self.run(Command::Incident)
            }
            None => {
                self.run(Command::Incidents)?;
                self.run(Command::Incident)
            }
        }
    }

    fn filter(&mut self, text: &str) -> io::Result<()> {
        if !text.is_empty()
            && let Err(wrong) = Filter::parse(text)
        {
            return self.refuse(&format!("that is no filter, the one before stays: {wrong}"));
        }
        self.name(Naming::Panes);
        self.run(Command::Filter)?;
        self.run(Command::TextEnd)?;
        self.run(Command::TextLine)?;
        if !text.is_empty() {
            self.queue.push_back(Msg::Paste(text.to_owned()));
        }
        self.lists_then = true;
        self.run(Command::MenuChoose)
    }

    fn mark(&mut self, about: &About<'_>) -> io::Result<()> {
        let alerts = about.alerts();
        match (about.all, &alerts[..]) {
            (true, _) => {
                self.name(Naming::Panes);
                self.run(Command::MarkAll)?;
            }
            (_, []) => return self.refuse("say which alerts by their numbers, such as `mark 3 4`"),
            (_, _) => {
                let one = alerts.len() == 1;
                self.name(Naming::Alerts(alerts));
                if one {
                    self.run(Command::Mark)?;
                }
            }
        }
        self.tells_marks = true;
        Ok(())
    }

    /// The last step, then the next of them again and again, from the first on.
    fn step(&mut self, app: &App, about: &About<'_>) -> io::Result<()> {
        let number = self.number_behind(about);
        match (app.desk.top_layer(), number) {
            (Some(Layer::Runbook(_)), Some(number)) => {
                self.run(Command::Bottom)?;
                self.queue.extend(std::iter::repeat_n(Msg::Asked(Command::RunbookNext), number));
                self.run(Command::Open)
            }
            (Some(Layer::Runbook(_)), None) => self.refuse("say which step by its number, such as `step 2`"),
            _ => self.refuse("open a runbook first: `runbook 3` reads the one of alert 3"),
        }
    }

    /// A count, though an alert may have the same number.
    fn number_behind(&self, about: &About<'_>) -> Option<usize> {
        let alert = about.alerts().into_iter().next();
        let counted = alert.and_then(|id| self.numbers.of_alert(&id));
        counted.or_else(|| about.rest.parse().ok()).filter(|n| (1..=500).contains(n))
    }

    fn in_open(&mut self, app: &App, command: Command) -> io::Result<()> {
        if command.works_in(app.desk.context()) {
            return self.run(command);
        }
        let places = either(command.places());
        self.refuse(&format!(
            "it works in {places}: `handoff` opens a document, `batch` a batch, `returned` what returned"
        ))
    }
}

/// Whether the word is about what is open, which then is not left.
fn is_of(layer: &Layer, word: &Word) -> bool {
    matches!(word.does, Does::InOpen(command) if layer.place().is_some_and(|place| command.works_in(place)))
}

/// Whether an alert is open, or alerts are marked.
fn is_before(app: &App) -> bool {
    match app.desk.top_layer() {
        Some(Layer::Alert { .. }) => true,
        None => app.desk.marked_count(&app.world) > 0,
        Some(_) => false,
    }
}

fn unknown(typed: &str) -> String {
    let near = words::WORDS.iter().find(|w| w.word.starts_with(typed) || typed.starts_with(w.word));
    let near = near.map(|w| format!("did you mean {}? ", w.word)).unwrap_or_default();
    format!("no command is called {typed}; {near}`help` lists them")
}
