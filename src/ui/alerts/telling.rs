//! What the names, summaries and labels of the rows in the window are cut to: what tells one from another stays. Knows only
//! what is seen, so that it costs what the window costs.

use std::borrow::Cow;

use crate::{
    app::{
        App,
        desk::view::{Line, twins::worst_first},
        world::board::Row,
    },
    config::Column,
    ui::{
        look::Look,
        widgets::{apart::apart, text::width},
    },
};

use super::{
    columns::{self, Plan},
    twins,
};

/// The cells of the window that are cut with a look at each other, a list for each column of the plan.
pub(super) struct Telling(Vec<Vec<Option<String>>>);

impl Telling {
    pub(super) fn of((app, look): (&App, &Look), lines: &[Line], plan: &Plan) -> Self {
        let rows: Vec<Option<(&Row, usize)>> = lines.iter().map(|line| told(app, look, line)).collect();
        let column = |(column, room): (&Column, usize)| {
            let Some(cut) = columns::cut(column) else { return Vec::new() };
            let mut texts: Vec<(Cow<'_, str>, usize)> = Vec::new();
            for &(row, sign) in rows.iter().flatten() {
                let sign = if *column == Column::Name { sign } else { 0 };
                texts.push((columns::text(app, row, (column, plan)), room.saturating_sub(sign)));
            }
            let mut cut = apart(&texts, cut).into_iter();
            rows.iter().map(|row| row.and_then(|_| cut.next())).collect()
        };
        Self(plan.columns().map(column).collect())
    }

    /// What stands in a cell: by the line in the window, and the column of the plan.
    pub(super) fn cell(&self, line: usize, column: usize) -> &str {
        self.0.get(column).and_then(|cells| cells.get(line)?.as_deref()).unwrap_or_default()
    }
}

/// The row that stands for a line, and the columns of its sign.
fn told<'a>(app: &'a App, look: &Look, line: &Line) -> Option<(&'a Row, usize)> {
    match line {
        Line::Alert(slot) => Some((app.world.board.at(*slot)?, 0)),
        Line::Apart(slot, branch) => Some((app.world.board.at(*slot)?, width(twins::branch(look, *branch)))),
        Line::Twins(index) => {
            let rows = worst_first(&app.world, app.desk.view.joined().members(*index));
            Some((rows.first()?, width(&twins::sign(look, &rows))))
        }
        Line::Group(_) => None,
    }
}
