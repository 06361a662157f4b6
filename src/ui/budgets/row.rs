//! One line of the budgets: a cell for each column that there is room for.

use ratatui::{layout::Rect, style::Style};

use crate::{
    app::desk::layout::Pane,
    config::theme::Role,
    domain::{
        Time, duration,
        slo::{
            BudgetRow,
            assess::{Assessment, BURN_WINDOWS, RunsOut},
            budget::BudgetState,
            burn::Severity,
            policy::Stance,
            row::Recorded,
        },
    },
    ui::{
        Canvas,
        look::Look,
        widgets::{
            plot::bar,
            text::{Pen, clip_middle, width},
        },
    },
};

use super::{
    burn,
    columns::{Column, Columns},
    left, percent, rate, remaining_role,
};

/// Columns of the burn-down in one line.
pub(super) const SPARK: usize = 14;
/// Coverage below which a number says how little it stands on.
const COVERED: f64 = 0.95;
/// Share of the budget that one failure takes, from which it is told: one event may page.
const QUANTUM: f64 = 0.02;

/// What every cell of a line needs.
struct Line<'a> {
    row: &'a BudgetRow,
    numbers: Option<&'a Assessment>,
    /// What rules say, where nothing better is known.
    said: Option<&'a Recorded>,
    blind: bool,
    counted_at: Option<Time>,
    now: Time,
    stance: Option<Stance>,
    look: &'a Look,
}

pub(super) fn draw(c: &mut Canvas<'_>, area: Rect, line: u16, row: &BudgetRow, how: (&Columns, bool)) {
    let (columns, selected) = how;
    let cells = Line::of(c, row);
    let look = c.look;
    let (mark, role) = cells.said.map_or_else(|| alarm(cells.numbers, cells.blind), |_| said_alarm(row));
    let badges = badges(row, look.glyph("u", "a") == "u");
    let room = columns.name.saturating_sub(width(&badges));
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    pen.column(mark, 2, look.style(role)).column(&clip_middle(&title(row, room), room), room, cells.base());
    pen.put(&badges, look.style(Role::Dim));
    for column in &columns.shown {
        cells.draw(&mut pen, *column, columns.width(*column));
    }
    if selected && c.app.desk.focus == Pane::Budgets {
        c.choose(area, line);
    }
}

impl<'a> Line<'a> {
    fn of(c: &Canvas<'a>, row: &'a BudgetRow) -> Self {
        let (now, budgets) = (c.app.now, &c.app.world.budgets);
        let blind = budgets.is_blind(now) || row.is_stale(now);
        let numbers = row.numbers();
        Self {
            row,
            numbers,
            said: row.said(now).filter(|_| !budgets.is_blind(now)),
            blind,
            counted_at: row.counted_at.or(budgets.counted_at),
            now,
            stance: numbers
                .filter(|n| !blind && n.state != BudgetState::NoTraffic)
                .map(|n| budgets.policy.stance(n.remaining)),
            look: c.look,
        }
    }

    fn base(&self) -> Style {
        self.look.style(if self.blind { Role::Dim } else { Role::Text })
    }

    /// Of what is left.
    fn role(&self) -> Role {
        if self.blind { Role::Dim } else { remaining_role(self.numbers, false) }
    }

    fn draw(&self, pen: &mut Pen<'_>, column: Column, width: usize) {
        let base = self.base();
        match column {
            Column::Objective => {
                pen.column_right(self.row.slo.objective.as_percent(), width, base);
            }
            Column::Window => {
                pen.column_right(&window_word(self.row), width, base);
            }
            Column::Bar => self.bar(pen, width - 1),
            Column::Left => self.left(pen, width),
            Column::Spark => self.spark(pen),
            Column::Hour => {
                pen.column_right(&self.burn("1h"), width, base);
            }
            Column::SixHours => {
                pen.column_right(&self.burn("6h"), width, base);
            }
            Column::Days => {
                pen.column_right(&self.burn("3d"), width, base);
            }
            Column::RunsOut => self.runs_out(pen, width - 2),
            Column::Alert => self.alert(pen, width - 1),
            Column::Policy => self.policy(pen, width - 1),
        }
    }

    fn bar(&self, pen: &mut Pen<'_>, columns: usize) {
        let idle = self.numbers.is_some_and(|n| n.state == BudgetState::NoTraffic);
        let share = self.numbers.filter(|_| !idle).and_then(|n| n.remaining).unwrap_or(0.0).max(0.0);
        let filled = bar(share, columns, self.look.glyph("u", "a") == "a");
        let empty = self.look.glyph("·", ".").repeat(columns.saturating_sub(width(&filled)));
        pen.skip(1).put(&filled, self.look.style(self.role())).put(&empty, self.look.style(Role::BarEmpty));
    }

    fn left(&self, pen: &mut Pen<'_>, width: usize) {
        let (text, role) = match self.said {
            Some(recorded) => (said_left(recorded), Role::Text),
            None => (left(self.numbers), remaining_role(self.numbers, self.blind)),
        };
        pen.column_right(&text, width, self.look.style(role));
    }

    fn spark(&self, pen: &mut Pen<'_>) {
        let line = spark(self.numbers, self.look);
        pen.skip(2).column(&line, SPARK, self.look.style(self.role()));
    }

    fn burn(&self, window: &str) -> String {
        let idle = self.numbers.is_some_and(|n| n.state == BudgetState::NoTraffic);
        match self.said {
            Some(recorded) => said_burn(recorded, window),
            None if idle => "--".into(),
            None => burn(self.numbers, window),
        }
    }

    fn runs_out(&self, pen: &mut Pen<'_>, width: usize) {
        let text = match self.said {
            Some(_) => "by its rules".into(),
            // Its detail says what is in the way.
            None if self.numbers.is_none() && self.row.trouble.is_some() => "UNKNOWN".into(),
            None => runs_out(self.numbers, self.blind, self.counted_at, self.now),
        };
        pen.skip(2).column(&text, width, self.look.style(remaining_role(self.numbers, self.blind)));
    }

    fn alert(&self, pen: &mut Pen<'_>, width: usize) {
        let firing = match self.said {
            Some(_) => self.row.said_firing(),
            None => self.numbers.and_then(Assessment::firing),
        };
        let (word, role) = match firing {
            _ if self.blind && self.said.is_none() => ("?", Role::Unknown),
            Some(Severity::Page) => ("PAGE", Role::Critical),
            Some(Severity::Ticket) => ("ticket", Role::Warning),
            None => ("-", Role::Dim),
        };
        pen.skip(1).column(word, width, self.look.style(role));
    }

    fn policy(&self, pen: &mut Pen<'_>, width: usize) {
        let (word, role) = match self.stance {
            Some(Stance::Freeze) => ("FREEZE", Role::Critical),
            Some(Stance::Warn) => ("warn", Role::Warning),
            Some(Stance::Ok) => ("ok", Role::Dim),
            Some(Stance::Unknown) | None => ("-", Role::Dim),
        };
        pen.skip(1).column(word, width, self.look.style(role));
    }
}

/// What rules recorded is marked `~`: it is as exact as the rules are.
fn said_left(recorded: &Recorded) -> String {
    recorded.remaining.map_or("--".into(), |r| format!("~{}", percent(r)))
}

fn said_burn(recorded: &Recorded, window: &str) -> String {
    let place = BURN_WINDOWS.iter().position(|(name, _)| *name == window);
    rate(place.and_then(|i| recorded.burn[i]))
}

fn said_alarm(row: &BudgetRow) -> (&'static str, Role) {
    match row.said_firing() {
        Some(Severity::Page) => ("!!", Role::Critical),
        Some(Severity::Ticket) => ("!", Role::Warning),
        None => ("~", Role::Dim),
    }
}

/// What a reader must know of the number beside it; a number without a badge is exact.
pub(super) fn badges(row: &BudgetRow, unicode: bool) -> String {
    let mut badges = String::new();
    if row.slo.indicator.estimate {
        badges.push_str(if unicode { " ≈" } else { " est" });
    }
    if row.slo.indicator.is_time_weighted() {
        badges.push_str(" ~");
    }
    let Some(n) = row.numbers() else { return badges };
    if let Some(coverage) = n.coverage.filter(|c| *c < COVERED) {
        badges.push_str(&format!(" {:.0}% counted", coverage * 100.0));
    }
    if let Some(left) = row.adjusted.as_ref().and_then(|a| a.adjusted.remaining) {
        badges.push_str(&format!(" adj {}", percent(left)));
    }
    if let Some(quantum) = n.quantum.filter(|q| *q >= QUANTUM) {
        badges.push_str(&format!(" q={}", percent(quantum)));
    }
    badges
}

fn window_word(row: &BudgetRow) -> String {
    let words = row.slo.window.words();
    words.strip_prefix("calendar ").and_then(|w| w.split(' ').next()).map_or(words.clone(), |w| format!("cal {w}"))
}

/// The burn-down in one line: what was left at the end of each part of the window; a gap stays one.
fn spark(numbers: Option<&Assessment>, look: &Look) -> String {
    const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const SIGNS: [&str; 8] = ["_", "_", ".", ".", ":", ":", "|", "|"];
    let Some(n) = numbers.filter(|n| n.burn_down.len() > SPARK) else { return String::new() };
    let signs = if look.glyph("u", "a") == "u" { EIGHTHS } else { SIGNS };
    let parts = (1..=SPARK).map(|k| n.burn_down[(n.burn_down.len() - 1) * k / SPARK].1);
    parts.map(|left| left.filter(|l| !l.is_nan()).map_or(" ", |left| signs[eighth(left)])).collect()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
fn eighth(left: f64) -> usize {
    (left.clamp(0.0, 1.0) * 7.0).round() as usize
}

/// What a person reads, where it fits; else the id, which is shorter.
fn title(row: &BudgetRow, columns: usize) -> String {
    let title = row.slo.title.line();
    let id = row.slo.id.0.line();
    let fits = width(&title) <= columns || width(&title) <= width(&id);
    if fits { title.into_owned() } else { id.into_owned() }
}

/// `!!` pages, `!` asks for a ticket, `?` is not known.
fn alarm(numbers: Option<&Assessment>, blind: bool) -> (&'static str, Role) {
    match numbers {
        _ if blind => ("?", Role::Unknown),
        None => ("?", Role::Unknown),
        Some(n) => match (n.firing(), n.state) {
            (Some(Severity::Page), _) => ("!!", Role::Critical),
            (Some(Severity::Ticket), _) => ("!", Role::Warning),
            (None, BudgetState::Exhausted) => ("x", Role::Bad),
            (None, BudgetState::NoData | BudgetState::Invalid) => ("?", Role::Unknown),
            (None, _) => (" ", Role::Ok),
        },
    }
}

fn runs_out(numbers: Option<&Assessment>, blind: bool, counted_at: Option<Time>, now: Time) -> String {
    match (numbers, counted_at) {
        (_, Some(at)) if blind => format!("UNKNOWN {}", duration::age(at, now)),
        (None, _) | (_, None) => "counting".into(),
        (Some(n), _) => match (n.runs_out, n.recovers_at) {
            (RunsOut::Exhausted, Some(at)) => format!("back in {}", duration::short(at - now)),
            (RunsOut::At(at), _) => {
                n.runs_dry().map_or_else(|| format!("in {}", duration::short(at - now)), |dry| dry.short(now))
            }
            (RunsOut::NotAtPace, _) => "not at pace".into(),
            (other, _) => other.words(now),
        },
    }
}
