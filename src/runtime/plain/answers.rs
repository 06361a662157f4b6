//! What is told when it is asked for: lists with their numbers, one open thing, help. Words come from the screens and from the
//! commands of the command line; here they are only put in their order.

use std::io;

use crate::{
    app::{
        App,
        desk::{incidents::list, layer::Layer, naming::Naming},
        world::{lanes::Of, silence_rows::SilenceRow},
    },
    cli::{axis, slo::words as budget_words},
    domain::{
        duration,
        incident::{Corrections, Line},
        slo::{BudgetRow, SloId, account::account},
        text::SafeText,
    },
    ui::{
        incidents,
        plain::{self, board},
        timeline,
        when::When,
    },
};

use super::{
    Plain,
    words::{self, Word},
};

/// Lines of a list that are told where not all were asked for.
const FEW: usize = 20;
/// Entries that are told where no number was asked for.
const ENTRIES: usize = 20;

impl Plain {
    pub(super) fn help(&mut self, about: &str) -> io::Result<()> {
        if let Some(word) = words::find(about) {
            return self.out.line(&usage(word));
        }
        for word in words::WORDS {
            self.out.line(&usage(word))?;
        }
        self.out.line("Numbers: 3 is an alert, b1 a budget, e2 an entry, s1 a silence, i1 an incident. What is sent is read out first; only yes sends it.")
    }

    /// Where a source could not be read, what is told is not all there is.
    fn answers_with_what_is_read(&self, app: &App) {
        if app.world.is_blind() {
            self.outcome.partly();
        }
    }

    pub(super) fn tell_status(&mut self, app: &App) -> io::Result<()> {
        self.answers_with_what_is_read(app);
        self.out.line(&board::status(app))
    }

    pub(super) fn list_alerts(&mut self, app: &App, all: bool) -> io::Result<()> {
        self.answers_with_what_is_read(app);
        self.list_first(app, if all { usize::MAX } else { FEW })
    }

    /// The first of the alerts, and how many there are beside.
    pub(super) fn list_first(&mut self, app: &App, most: usize) -> io::Result<()> {
        let (desk, len) = (&app.desk, app.desk.view.len(&app.desk.visible));
        if let Some(view) = desk.views.current() {
            self.out.line(&format!("view {}", view.name.line()))?;
        }
        if !desk.filter.text.is_empty() {
            self.out.line(&format!("filter {}", desk.filter.text))?;
        }
        if len == 0 {
            self.out.line(&words::without_keys(app, &board::none(app)))?;
            return self.tell_unread(app);
        }
        let shown = len.min(most);
        for at in 0..shown {
            self.tell_line(app, at)?;
        }
        if len > shown {
            self.out.line(&format!("and {} more, `alerts all` tells them", len - shown))?;
        }
        self.tell_unread(app)
    }

    /// Whose alerts are not here, or are old.
    fn tell_unread(&mut self, app: &App) -> io::Result<()> {
        board::unread(app).iter().try_for_each(|line| self.out.line(line))
    }

    fn tell_line(&mut self, app: &App, at: usize) -> io::Result<()> {
        let Some(line) = app.desk.view.line(&app.desk.visible, at) else { return Ok(()) };
        if let crate::app::desk::view::Line::Group(index) = line {
            return self.out.line(&board::header_of(app, &self.look, index));
        }
        let tales = board::alerts_on(app, &line);
        let Some(worst) = tales.first() else { return Ok(()) };
        let number = self.numbers.alert(&worst.id);
        self.out.line(&format!("{number}, {}", board::alert(app, &tales)))
    }

    pub(super) fn list_budgets(&mut self, app: &App) -> io::Result<()> {
        let budgets = &app.world.budgets;
        if let Some(error) = &budgets.error {
            self.out.line(&format!("budgets: {error}"))?;
        }
        if budgets.rows.is_empty() {
            let word = if budgets.counted_at.is_some() { "no budget is known" } else { "no budget was counted yet" };
            return self.out.line(word);
        }
        for row in &budgets.rows {
            let number = self.numbers.budget(&row.slo.id);
            self.out.line(&format!("{number}, {}", budget_words::fleet(row, &budgets.policy, app.now)))?;
        }
        Ok(())
    }

    pub(super) fn list_timeline(&mut self, app: &App, first: Option<&Naming>, rest: &str) -> io::Result<()> {
        let named = if let Some(Naming::Alerts(ids)) = first { ids.first() } else { None };
        let wanted = named.and_then(|id| self.numbers.of_alert(id)).or_else(|| rest.parse().ok()).unwrap_or(ENTRIES);
        let told = app.desk.told(&app.world);
        let corrections = Corrections::of(&app.world.timeline.entries);
        let begin = told.len().saturating_sub(wanted);
        for entry in &told[begin..] {
            let number = self.numbers.entry(&entry.id);
            let (word, _) = timeline::word(&entry.kind);
            let word = if word.is_empty() { entry.kind.to_string() } else { word.to_owned() };
            let text = timeline::told(&Line::of(entry, &corrections));
            self.out.line(&format!("{number}, {} {word} {text}", When::of(app).past(entry.at, "%d.%m. %H:%M")))?;
        }
        match (told.is_empty(), app.world.timeline.is_read) {
            (false, _) => Ok(()),
            (true, true) => self.out.line("nothing has happened yet"),
            (true, false) => self.out.line("the journal is still being read; ask again in a moment"),
        }
    }

    pub(super) fn list_silences(&mut self, app: &App) -> io::Result<()> {
        for (source, problem) in app.world.silence_problems() {
            self.out.line(&format!("{source}: {}", problem.line()))?;
        }
        let lines = self.silences(app);
        lines.iter().try_for_each(|line| self.out.line(line))?;
        if lines.is_empty() { self.out.line("no silence stands") } else { Ok(()) }
    }

    fn silences(&mut self, app: &App) -> Vec<String> {
        let rows = app.world.silence_rows(app.now);
        rows.iter().map(|row| format!("{}, {}", self.numbers.silence(&row.id()), silence(app, row))).collect()
    }

    pub(super) fn list_incidents(&mut self, app: &App) -> io::Result<()> {
        let all = list::rows(&app.world);
        for incident in &all {
            let number = self.numbers.incident(&incident.id);
            self.out.line(&format!("{number}, {}", incidents::said(incident, app.now)))?;
        }
        if all.is_empty() { self.out.line("there was no incident; `declare` declares one") } else { Ok(()) }
    }

    pub(super) fn tell_axis(&mut self, app: &App, pick: Option<&Naming>) -> io::Result<()> {
        let of = match (pick, app.desk.top_layer()) {
            (Some(Naming::Alerts(ids)), _) => ids.first().cloned().map(Of::Alert),
            (Some(Naming::Budget(id)), _) => Some(Of::Slo(id.clone())),
            (Some(Naming::Incident(id)), _) => Some(Of::Incident(id.clone())),
            (Some(_), _) => None,
            (None, Some(Layer::Alert { id, .. })) => Some(Of::Alert(id.clone())),
            (None, Some(Layer::Slo { id, .. })) => Some(Of::Slo(id.clone())),
            (None, Some(Layer::Incident(opened))) => Some(Of::Incident(opened.id.clone())),
            (None, _) => None,
        };
        let Some(of) = of else {
            return self.refuse(
                "say of what by its number: `axis 3` of an alert, `axis b1` of a budget, `axis i1` of an incident",
            );
        };
        if let Some(pick) = pick {
            self.open_unread(pick.clone());
        }
        self.axis = Some((of, app.now));
        Ok(())
    }

    /// The axis, once the sources have told what they remember, or after a while without them.
    pub(super) fn axis_comes(&mut self, app: &App) -> io::Result<()> {
        let Some((of, since)) = &self.axis else { return Ok(()) };
        let waits = app.world.lanes(of, app.now).rows.iter().any(|lane| !lane.waiting.is_empty());
        if waits && app.now - *since < super::ANSWERED_WITHIN {
            return Ok(());
        }
        let told = axis::in_sentences(&app.world, of, None, app.now);
        self.axis = None;
        if waits {
            self.out.line("not every source has told yet what it remembers")?;
        }
        told.lines().try_for_each(|line| self.out.line(line.trim_start()))
    }

    /// What an open layer says, line by line.
    pub(super) fn lines_of(&mut self, app: &App, layer: &Layer) -> Vec<String> {
        match layer {
            Layer::Slo { id, .. } => budget(app, id),
            Layer::Runbook(_) => plain::runbook::lines(app),
            Layer::Silences(_) => self.silences(app),
            _ => self.said(app),
        }
    }

    /// What the open layer says, to who has no keys.
    pub(super) fn said(&self, app: &App) -> Vec<String> {
        let lines = plain::layer(app, &self.look);
        // The question under a plan is asked by its words.
        let is_said = |line: &String| !line.is_empty() && !line.ends_with("[y/N]");
        lines.iter().map(|line| words::without_keys(app, line)).filter(is_said).collect()
    }
}

fn usage(word: &Word) -> String {
    if word.with.is_empty() {
        format!("{}: {}", word.word, word.help)
    } else {
        format!("{} {}: {}", word.word, word.with, word.help)
    }
}

fn silence(app: &App, row: &SilenceRow) -> String {
    let s = &row.silence;
    let end = match row.is_over() {
        true => format!("ended {} ago", duration::short((app.now - s.ends_at).max(chrono::Duration::zero()))),
        false => format!("ends in {}", duration::short((s.ends_at - app.now).max(chrono::Duration::zero()))),
    };
    let matchers: Vec<String> = s.matchers.iter().map(|m| SafeText::new(&m.to_string()).line().into_owned()).collect();
    let kind = if s.is_ack() { "ack" } else { "silence" };
    let (state, by, comment) = (row.state.as_str(), s.created_by.line(), s.comment.line());
    format!("{state} {kind} on {}, {end}, mutes {}, by {by}: {}; {comment}", row.source, row.mutes, matchers.join(", "))
}

/// All that a budget and its graphs say.
fn budget(app: &App, id: &SloId) -> Vec<String> {
    let budgets = &app.world.budgets;
    let Some(row) = budgets.get(id) else { return vec!["that budget has gone".into()] };
    let mut lines = vec![budget_words::fleet(row, &budgets.policy, app.now)];
    lines.extend(graphs(app, row));
    lines
}

fn graphs(app: &App, row: &BudgetRow) -> Vec<String> {
    let happened = app.world.happened(&row.slo);
    let causes = app.world.causes(&row.slo, app.now);
    let account = row.numbers().map(|n| account(&row.slo, &row.history, n, &causes, &app.world.budgets.policy));
    let pairs = budget_words::graph(row, account.as_ref(), &happened, app.now);
    pairs.into_iter().map(|(name, text)| format!("{name}: {text}")).collect()
}
