//! The budgets pane: one line an SLO, worst first: bar, what is left, burn over 1h, 6h and 3d, when it runs out.

use ratatui::layout::Rect;

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
            row::Recorded,
        },
    },
};

use super::{
    Canvas,
    alerts::pane_title,
    widgets::{
        plot::bar,
        text::{Pen, width},
    },
};

/// From this width on the numbers have room to breathe.
const ROOMY: u16 = 90;
/// From this width on the objective, the window, the line of the burn-down and the alert stand beside them.
const WIDE: u16 = 130;
/// Columns of the burn-down in one line.
const SPARK: usize = 14;
/// Coverage below which a number says how little it stands on.
const COVERED: f64 = 0.95;
/// Share of the budget that one failure takes, from which it is told: one event may page.
const QUANTUM: f64 = 0.02;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let n = c.app.world.budgets.rows.len();
    let right = match area.width {
        0..60 => "left  1h  runs out",
        60..ROOMY => "left    1h    6h    3d  runs out   ",
        ROOMY..WIDE => "left      1h      6h      3d  runs out   ",
        _ => "objective  window              left  burn-down           1h      6h      3d  runs out      alert ",
    };
    let inner = pane_title(c, area, Pane::Budgets, &title_of_pane(c, area.width, n), if n == 0 { "" } else { right });
    if n == 0 {
        return empty(c, inner);
    }
    let (place, top) = (c.app.desk.budgets.place(), c.app.desk.budgets.top);
    for line in 0..inner.height {
        let index = top + usize::from(line);
        let Some(row) = c.app.world.budgets.rows.get(index) else { break };
        draw_row(c, inner, line, row, place == Some(index));
    }
}

/// With what counting them costs, where the backends say and there is room.
fn title_of_pane(c: &Canvas<'_>, width: u16, n: usize) -> String {
    let cost = c.app.world.budgets.cost;
    match cost.samples_a_minute.filter(|_| width >= ROOMY) {
        Some(samples) if cost.allowed > 0 && samples >= cost.allowed => {
            format!("2 budgets {n} · {} samples/min, the limit", amount(samples))
        }
        Some(samples) => format!("2 budgets {n} · {} samples/min", amount(samples)),
        None => format!("2 budgets {n}"),
    }
}

/// `0.4 M`, `16 k`
fn amount(samples: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "one decimal is drawn")]
    let n = samples as f64;
    match samples {
        100_000.. => format!("{:.1} M", n / 1e6),
        1_000.. => format!("{:.0} k", n / 1e3),
        _ => samples.to_string(),
    }
}

fn empty(c: &mut Canvas<'_>, area: Rect) {
    let budgets = &c.app.world.budgets;
    let (text, role) = match (&budgets.error, budgets.problems.first()) {
        (Some(error), _) => (format!("UNKNOWN: {error}"), Role::Unknown),
        (None, Some(problem)) => (problem.line().into_owned(), Role::Warning),
        (None, None) => ("no SLO is configured: name OpenSLO files under [slo] files".into(), Role::Hint),
    };
    Pen::new(c.buf, area, 0).skip(2).put(&text, c.look.style(role));
}

fn draw_row(c: &mut Canvas<'_>, area: Rect, line: u16, row: &BudgetRow, selected: bool) {
    let look = c.look;
    let now = c.app.now;
    let blind = c.app.world.budgets.is_blind(now) || row.is_stale(now);
    let counted_at = row.counted_at.or(c.app.world.budgets.counted_at);
    let said = row.said(now).filter(|_| !c.app.world.budgets.is_blind(now));
    let focused = c.app.desk.focus == Pane::Budgets;
    let wide = area.width >= 60;
    let base = look.style(if blind { Role::Dim } else { Role::Text });
    let numbers = row.numbers();
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    let (mark, role) = said.map_or_else(|| alarm(numbers, blind), |_| said_alarm(row));
    pen.column(mark, 2, look.style(role));
    let (bar_width, rate) = if area.width >= ROOMY { (12, 8) } else { (6, 6) };
    let windows: &[&str] = if wide { &["1h", "6h", "3d"] } else { &["1h"] };
    let more = if area.width >= WIDE { 7 + 8 + 2 + SPARK + 2 + 7 } else { 0 };
    let fixed = bar_width + 1 + 8 + rate * windows.len() + 2 + 12 + more;
    let name = pen.left().saturating_sub(fixed + 1).max(8);
    let badges = badges(row);
    let room = name.saturating_sub(width(&badges));
    pen.column(&title(row, room), room, base).put(&badges, look.style(Role::Dim)).skip(1);
    if more > 0 {
        pen.column_right(row.slo.objective.as_percent(), 7, base).column_right(&window_word(row), 8, base).skip(1);
    }
    draw_bar(&mut pen, look, numbers, bar_width, blind);
    pen.skip(1).column_right(
        &said.map_or_else(|| left(numbers), said_left),
        8,
        look.style(if said.is_some() { Role::Text } else { remaining_role(numbers, blind) }),
    );
    if more > 0 {
        let role = if blind { Role::Dim } else { remaining_role(numbers, blind) };
        pen.skip(2).column(&spark(numbers, look), SPARK, look.style(role));
    }
    for window in windows {
        pen.column_right(&said.map_or_else(|| burn(numbers, window), |r| said_burn(r, window)), rate, base);
    }
    let runs_out = if said.is_some() { "by its rules".into() } else { runs_out(numbers, blind, counted_at, now) };
    let style = look.style(remaining_role(numbers, blind));
    if more > 0 {
        pen.skip(2).column(&runs_out, 13, style).put(alert_word(numbers, blind), look.style(role));
    } else {
        pen.skip(2).put(&runs_out, style);
    }
    if selected && focused {
        c.buf.set_style(Rect { y: area.y + line, height: 1, ..area }, look.style(Role::Selection));
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
fn badges(row: &BudgetRow) -> String {
    let mut badges = String::new();
    if row.slo.indicator.estimate {
        badges.push_str(" ≈");
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

fn alert_word(numbers: Option<&Assessment>, blind: bool) -> &'static str {
    match numbers.and_then(Assessment::firing) {
        _ if blind => "?",
        Some(Severity::Page) => "PAGE",
        Some(Severity::Ticket) => "ticket",
        None => "-",
    }
}

/// The burn-down in one line: what was left at the end of each part of the window; a gap stays one.
fn spark(numbers: Option<&Assessment>, look: &super::look::Look) -> String {
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

fn draw_bar(pen: &mut Pen<'_>, look: &super::look::Look, numbers: Option<&Assessment>, columns: usize, blind: bool) {
    let share = numbers.and_then(|n| n.remaining).unwrap_or(0.0).max(0.0);
    let ascii = look.glyph("u", "a") == "a";
    let filled = bar(share, columns, ascii);
    let role = if blind { Role::Dim } else { remaining_role(numbers, blind) };
    let empty = columns.saturating_sub(super::widgets::text::width(&filled));
    pen.put(&filled, look.style(role)).put(&look.glyph("·", ".").repeat(empty), look.style(Role::BarEmpty));
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

pub(crate) fn remaining_role(numbers: Option<&Assessment>, blind: bool) -> Role {
    match numbers {
        _ if blind => Role::Unknown,
        None => Role::Unknown,
        Some(n) => match (n.state, n.firing()) {
            (BudgetState::NoData | BudgetState::Invalid, _) => Role::Unknown,
            (BudgetState::NoTraffic, _) => Role::Dim,
            (BudgetState::Exhausted, _) | (_, Some(Severity::Page)) => Role::Bad,
            (_, Some(Severity::Ticket)) => Role::Warning,
            (BudgetState::Ok, None) => Role::Ok,
        },
    }
}

/// What is left, in a form that fits eight columns whatever the number.
pub(crate) fn left(numbers: Option<&Assessment>) -> String {
    let Some(n) = numbers else { return "--".into() };
    match (n.state, n.remaining) {
        (BudgetState::NoTraffic, _) => "idle".into(),
        (BudgetState::NoData, _) => "--".into(),
        (BudgetState::Invalid, _) => "invalid".into(),
        (_, Some(r)) => percent(r),
        (_, None) => "--".into(),
    }
}

/// A share as a percentage: one decimal, none beyond a thousand.
pub(crate) fn percent(share: f64) -> String {
    let p = share * 100.0;
    match p {
        p if p == f64::NEG_INFINITY => "-inf %".into(),
        p if !p.is_finite() => "--".into(),
        p if p.abs() >= 100_000.0 => "< -99999 %".into(),
        p if p.abs() >= 1_000.0 => format!("{p:.0}%"),
        p => format!("{p:.1}%"),
    }
}

pub(crate) fn burn(numbers: Option<&Assessment>, window: &str) -> String {
    rate(numbers.and_then(|n| n.burn.iter().find(|(w, _)| *w == window)).and_then(|(_, b)| *b))
}

fn rate(burn: Option<f64>) -> String {
    match burn {
        None => "--".into(),
        Some(b) if !b.is_finite() => "inf".into(),
        Some(b) if b >= 100.0 => format!("{b:.0}x"),
        Some(b) => format!("{b:.1}x"),
    }
}

fn runs_out(numbers: Option<&Assessment>, blind: bool, counted_at: Option<Time>, now: Time) -> String {
    match (numbers, counted_at) {
        (_, Some(at)) if blind => format!("UNKNOWN {}", duration::age(at, now)),
        (None, _) | (_, None) => "counting".into(),
        (Some(n), _) => match (n.runs_out, n.recovers_at) {
            (RunsOut::Exhausted, Some(at)) => format!("back in {}", duration::short(at - now)),
            (RunsOut::At(at), _) => format!("in {}", duration::short(at - now)),
            (RunsOut::NotAtPace, _) => "not at pace".into(),
            (other, _) => other.words(now),
        },
    }
}
