//! What changed, told as it happens: each entry of the journal once, the word over everything, each budget that turned.
//! Who holds news back hears them when they ask; nothing is told twice and nothing is left out unsaid.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io,
};

use crate::{
    app::{
        App,
        world::{board::Row, sources::Standing},
    },
    cli::slo::words as budget_words,
    domain::{
        entry::Entry,
        incident::{Corrections, Line},
        slo::SloId,
        source::SourceName,
    },
    ui::{plain::board, timeline, when::When},
};

use super::{Plain, numbers::Numbers};

/// News told at once; of more the number.
const AT_ONCE: usize = 12;
/// What the first answers of the sources bring from before the start is no news for so long.
const SETTLES: chrono::Duration = chrono::Duration::seconds(30);

/// What is said of a budget that cannot be judged.
const UNKNOWN: &str = "UNKNOWN, ";

/// What was told, and what waits.
#[derive(Debug, Default)]
pub struct News {
    seen: HashSet<String>,
    counts: String,
    /// Sources that have not answered yet.
    awaited: BTreeSet<SourceName>,
    budgets: BTreeMap<SloId, &'static str>,
    fault: Option<String>,
    waiting: Vec<String>,
    /// Whether they wait until they are asked for.
    pub hold: bool,
}

impl News {
    /// All that is known now is no news.
    pub fn begin(&mut self, app: &App) {
        self.seen.extend(app.world.timeline.entries.iter().map(|e| e.id.clone()));
        self.counts = word(app);
        self.fault = app.world.journal_fault.as_ref().map(|f| f.line().into_owned());
        self.budgets = states(app);
        self.awaited = awaited(app);
    }

    /// Takes in what changed.
    pub fn gather(&mut self, app: &App, numbers: &mut Numbers) {
        self.arrived(app);
        self.entries(app, numbers);
        self.budgets_turned(app, numbers);
        let fault = app.world.journal_fault.as_ref().map(|f| f.line().into_owned());
        if fault != self.fault {
            let said =
                fault.as_ref().map_or_else(|| "the journal is well again".to_owned(), |f| format!("the journal: {f}"));
            self.waiting.push(said);
            self.fault = fault;
        }
        let counts = word(app);
        if counts != self.counts {
            self.waiting.push(format!("now {}", board::counts(&app.world)));
            self.counts = counts;
        }
    }

    /// One that was waited for has answered; where it failed, the journal's entry tells it.
    fn arrived(&mut self, app: &App) {
        let before = std::mem::replace(&mut self.awaited, awaited(app));
        let live = app.world.sources.iter().filter(|s| s.state.is_live() && before.contains(&s.about.name));
        self.waiting.extend(live.map(board::connected));
    }

    fn entries(&mut self, app: &App, numbers: &mut Numbers) {
        let entries = &app.world.timeline.entries;
        if entries.iter().all(|e| self.seen.contains(&e.id)) {
            return;
        }
        let corrections = Corrections::of(entries);
        for entry in entries.iter().filter(|e| !self.seen.contains(&e.id)) {
            if is_news(entry, app) {
                self.waiting.push(told(entry, &Line::of(entry, &corrections), app, numbers));
            }
        }
        self.seen = entries.iter().map(|e| e.id.clone()).collect();
    }

    fn budgets_turned(&mut self, app: &App, numbers: &mut Numbers) {
        let states = states(app);
        for row in &app.world.budgets.rows {
            let (now, before) = (states.get(&row.slo.id), self.budgets.get(&row.slo.id));
            let settles = app.now - app.world.started_at() < SETTLES;
            let alarms = now.is_some_and(|word| !matches!(*word, "" | UNKNOWN));
            if now != before && (alarms || !settles) {
                let number = numbers.budget(&row.slo.id);
                let said = budget_words::fleet(row, &app.world.budgets.policy, app.now);
                self.waiting.push(format!("budget {number}, {said}"));
            }
        }
        self.budgets = states;
    }
}

/// The word alone: a count that changes has its own entry.
fn word(app: &App) -> String {
    crate::ui::header::verdict(&app.world).0
}

fn awaited(app: &App) -> BTreeSet<SourceName> {
    let waits = app.world.sources.iter().filter(|s| s.state == Standing::Connecting);
    waits.map(|s| s.about.name.clone()).collect()
}

fn states(app: &App) -> BTreeMap<SloId, &'static str> {
    let state = |row: &crate::domain::slo::BudgetRow| row.numbers().map_or(UNKNOWN, budget_words::alarm);
    app.world.budgets.rows.iter().map(|row| (row.slo.id.clone(), state(row))).collect()
}

/// An act that is only meant is told when it has ended; what fired before the start is told with the board.
fn is_news(entry: &Entry, app: &App) -> bool {
    let began = app.world.started_at();
    let settles = app.now - began < SETTLES;
    let meant = entry.is_intent();
    // What was done here is told by what it came to.
    let ours = entry.body.op.as_ref().is_some_and(|op| op.0.starts_with(&format!("{}-", app.world.session)));
    !meant && !ours && (entry.at >= began || !settles)
}

/// `20:13 fired 7, critical ProbeFailing: Nobody can buy`
fn told(entry: &Entry, line: &Line<'_>, app: &App, numbers: &mut Numbers) -> String {
    let (word, _) = timeline::word(&entry.kind);
    let word = if word.is_empty() { entry.kind.to_string() } else { word.to_owned() };
    let row: Option<&Row> = entry.subject.as_alert().and_then(|id| app.world.board.at(app.world.slot_of(&id)?));
    let number = row.map(|row| format!(" {}, {}", numbers.alert(&row.id), row.severity.as_str())).unwrap_or_default();
    format!("{} {word}{number} {}", When::of(app).write(entry.at, "%H:%M"), timeline::told(line))
}

impl Plain {
    /// Tells what is new, unless it is held back.
    pub(super) fn news_comes(&mut self, app: &App) -> io::Result<()> {
        self.news.gather(app, &mut self.numbers);
        if self.news.hold { Ok(()) } else { self.say_news() }
    }

    fn say_news(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.news.waiting);
        let told = if waiting.len() > AT_ONCE { AT_ONCE - 1 } else { waiting.len() };
        waiting.iter().take(told).try_for_each(|line| self.out.line(line))?;
        match waiting.len() - told {
            0 => Ok(()),
            more => {
                self.out.line(&format!("and {more} more at once; `alerts` and `timeline {}` tell all", waiting.len()))
            }
        }
    }

    pub(super) fn tell_news(&mut self, app: &App, wish: &str) -> io::Result<()> {
        self.news.gather(app, &mut self.numbers);
        let none = self.news.waiting.is_empty();
        self.say_news()?;
        match wish {
            "hold" => {
                self.news.hold = true;
                self.out
                    .line("news are held back: `news` or an empty line tells them, `news live` tells them as they come")
            }
            "live" => {
                self.news.hold = false;
                self.out.line("news are told as they come")
            }
            "" if none => self.out.line("nothing new"),
            "" => Ok(()),
            other => self.refuse(&format!("news is live or hold, not {other}")),
        }
    }
}
