//! The budgets pane: one line an SLO, worst first: bar, what is left, burn over 1h, 6h and 3d, when it runs out; and how
//! these numbers are written wherever else they stand.

mod columns;
mod row;

use ratatui::layout::Rect;

use crate::{
    app::desk::{layout::Pane, touch::Spot},
    config::theme::Role,
    domain::slo::{assess::Assessment, budget::BudgetState, burn::Severity},
};

use self::columns::Columns;
use super::{Canvas, alerts::pane_title, widgets::text::Pen};

/// From this width on there is room for what counting costs.
const ROOMY: u16 = 90;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let n = c.app.world.budgets.rows.len();
    let columns = Columns::fit(c.app, area.width, c.look.frugal);
    let heads = if n == 0 { String::new() } else { columns.heads() };
    let inner = pane_title(c, area, Pane::Budgets, &title_of_pane(c, area.width, n), &heads);
    if n == 0 {
        return empty(c, inner);
    }
    let (place, top) = (c.app.desk.budgets.place(), c.app.desk.budgets.top);
    for line in 0..inner.height {
        let index = top + usize::from(line);
        let Some(row) = c.app.world.budgets.rows.get(index) else { break };
        c.hits.line(inner, line, Spot::Line(Pane::Budgets, index));
        row::draw(c, inner, line, row, (&columns, place == Some(index)));
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

/// What is said where no SLO is known.
const NOTHING: &str = "no SLO is known: name files of OpenSLO, Sloth or Pyrra under [slo] files; a Prometheus whose rules they \
generated needs none";

fn empty(c: &mut Canvas<'_>, area: Rect) {
    let budgets = &c.app.world.budgets;
    let (text, role) = match (&budgets.error, budgets.problems.first()) {
        (Some(error), _) => (format!("UNKNOWN: {error}"), Role::Unknown),
        (None, Some(problem)) => (problem.line().into_owned(), Role::Warning),
        (None, None) => (NOTHING.into(), Role::Hint),
    };
    Pen::new(c.buf, area, 0).skip(2).put(&text, c.look.style(role));
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

pub(crate) fn rate(burn: Option<f64>) -> String {
    match burn {
        None => "--".into(),
        Some(b) if !b.is_finite() => "inf".into(),
        Some(b) if b >= 100.0 => format!("{b:.0}x"),
        Some(b) => format!("{b:.1}x"),
    }
}
