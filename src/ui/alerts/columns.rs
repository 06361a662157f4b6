//! Which columns of the alerts pane there is room for, how wide each is, and what stands in it.
//!
//! A column has its width or is left out; name and summary share what is left. Nothing ever overlaps.

use std::borrow::Cow;

use ratatui::style::Style;

use crate::{
    app::{
        App,
        world::{World, board::Row},
    },
    config::{Column, theme::Role},
    domain::{Time, duration, held::Verb, silence::Silence},
    ui::{
        look::Look,
        pages, requests,
        widgets::text::{Pen, width as cells},
    },
};

use super::{age, spark, state_word};

/// From this width on every column that was asked for is kept, where at all it can be.
const ROOMY: u16 = 100;
/// The cells before the first column: cursor, severity and mark.
const GUTTER: usize = 4;
/// What name and summary need before a column beside them may stay.
const FLEXIBLE_MIN: usize = 36;
/// A name is as wide as this at most: the summary says more.
const NAME_MAX: usize = 32;
const NAME_MIN: usize = 12;

/// The columns there is room for, each with its width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<(Column, usize)>);

impl Plan {
    /// A frugal one draws no graph.
    pub fn of(app: &App, width: u16, frugal: bool) -> Self {
        // Whose it is, and whose it will be where a source pages the next by itself.
        let pages = app.world.sources.iter().any(|s| s.about.can.way(Verb::Escalate).is_some());
        let anybody = pages || app.world.board.acked() > 0 || app.world.acks.any_broken(app.now);
        let is_drawn = |c: &&Column| !(frugal && **c == Column::Spark);
        let wanted: Vec<Column> = app.desk.view.columns.iter().filter(is_drawn).cloned().collect();
        Self::laid(&wanted, width, anybody)
    }

    pub fn columns(&self) -> impl Iterator<Item = (&Column, usize)> {
        self.0.iter().map(|(column, width)| (column, *width))
    }

    /// Leaves out, from the least missed on, until the rest has room.
    fn laid(wanted: &[Column], width: u16, anybody: bool) -> Self {
        let roomy = width >= ROOMY;
        let room = usize::from(width).saturating_sub(GUTTER);
        let mut kept: Vec<(Column, usize)> = wanted.iter().map(|c| (c.clone(), fixed(c, roomy).unwrap_or(0))).collect();
        if !roomy && !anybody {
            kept.retain(|(c, _)| *c != Column::Owner);
        }
        let least = if roomy { NAME_MIN * 2 } else { FLEXIBLE_MIN };
        while let Some(worst) = least_missed(&kept).filter(|_| left(&kept, room) < least) {
            kept.remove(worst);
        }
        while left(&kept, room) == 0 && kept.len() > 1 {
            kept.pop();
        }
        share(&mut kept, room);
        Self(kept)
    }
}

/// The width of a column that has one.
fn fixed(column: &Column, roomy: bool) -> Option<usize> {
    match column {
        Column::State => Some(8),
        Column::Age => Some(4),
        Column::Owner => Some(if roomy { 14 } else { 10 }),
        Column::Source | Column::Label(_) => Some(12),
        Column::Spark => Some(spark::CELLS),
        Column::Name | Column::Summary => None,
    }
}

/// The column that goes first where there is no room: state, age, owner, name and summary stay.
fn least_missed(kept: &[(Column, usize)]) -> Option<usize> {
    let rank = |c: &Column| match c {
        Column::Source => Some(0),
        Column::Spark => Some(1),
        Column::Label(_) => Some(2),
        Column::State | Column::Age | Column::Owner | Column::Name | Column::Summary => None,
    };
    let ranked = kept.iter().enumerate().filter_map(|(i, (c, _))| Some((rank(c)?, std::cmp::Reverse(i))));
    ranked.min().map(|(_, std::cmp::Reverse(i))| i)
}

/// What the columns of fixed width leave, a cell between any two.
fn left(kept: &[(Column, usize)], room: usize) -> usize {
    room.saturating_sub(kept.iter().map(|(_, w)| w + 1).sum())
}

/// Name and summary share what is left.
fn share(kept: &mut Vec<(Column, usize)>, room: usize) {
    let rest = left(kept, room);
    let both = [Column::Name, Column::Summary].iter().all(|c| kept.iter().any(|(k, _)| k == c));
    let name = if both { (rest / 2).clamp(NAME_MIN.min(rest), NAME_MAX) } else { rest };
    for (column, width) in kept.iter_mut() {
        match column {
            Column::Name => *width = name,
            Column::Summary => *width = if both { rest - name } else { rest },
            _ => {}
        }
    }
    kept.retain(|(_, width)| *width > 0);
}

/// One cell of a row, and the space before it; the sign stands before the name.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    (app, look): (&App, &Look),
    (row, sign): (&Row, &str),
    (column, width): (&Column, usize),
    body: Style,
) {
    pen.skip(1);
    match column {
        Column::State => {
            let (word, role) = state_word(row);
            pen.column(word, width, look.style(role));
        }
        Column::Age => {
            pen.column_right(&age(&app.world, row, app.now), width, body);
        }
        Column::Name => {
            pen.put(sign, look.style(Role::Accent));
            pen.column(&name(row), width.saturating_sub(cells(sign)), body);
        }
        Column::Summary => {
            match app.world.still_mutes(row) {
                Some(silence) => pen.column(&still_muted(silence), width, look.style(Role::Bad)),
                None => pen.column(&says(app, row), width, body),
            };
        }
        Column::Owner => {
            let (owner, role) = owner(&app.world, row, app.now);
            pen.column(&owner, width, look.style(role));
        }
        Column::Source => {
            pen.column(&source(&app.world, row), width, look.style(Role::Dim));
        }
        Column::Label(label) => {
            let value = row.alert.labels.get(label);
            pen.column(&value.map(|v| v.line()).unwrap_or_default(), width, body);
        }
        Column::Spark => spark::draw(pen, (app, look), row),
    }
}

fn name(row: &Row) -> Cow<'_, str> {
    let name = row.name().line();
    if name == "(no alertname)" { row.summary_or_labels() } else { name }
}

/// The summary; behind who acked its page, where somebody did: the alert itself is nobody's.
fn says<'a>(app: &App, row: &'a Row) -> Cow<'a, str> {
    match pages::word(&app.world, row) {
        Some(word) => format!("{word}: {}", row.says(app.now)).into(),
        None => row.says(app.now),
    }
}

/// Louder than what the alert says of itself: it burns, is nobody's, and pages nobody.
fn still_muted(silence: &Silence) -> String {
    format!("MUTED by {} until {}: A ends it", silence.created_by.line(), silence.ends_at.format("%H:%M"))
}

/// Whose it is, or that it is nobody's again.
fn owner(world: &World, row: &Row, now: Time) -> (String, Role) {
    match &row.ack {
        Some(ack) => {
            let left = ack.left(now).map(|left| format!(" {}", duration::short(left))).unwrap_or_default();
            (format!("{}{left}", ack.by.line()), Role::Acked)
        }
        None if world.acks.broken(&row.id, &row.alert).is_some() && row.resolved_at.is_none() => {
            ("ACK BROKE".into(), Role::Bad)
        }
        None => (requests::short(row, now).unwrap_or_default(), Role::Warning),
    }
}

fn source(world: &World, row: &Row) -> String {
    match world.told_also(row) {
        0 => row.id.source.to_string(),
        n => format!("{} +{n}", row.id.source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Column> {
        let words = ["state", "age", "name", "summary", "owner", "source", "label:team", "label:cluster", "spark"];
        words.iter().map(|w| Column::read(w).unwrap()).collect()
    }

    #[test]
    fn nothing_overlaps_at_any_width() {
        for width in 40..=300 {
            for anybody in [false, true] {
                let plan = Plan::laid(&all(), width, anybody);
                let used: usize = GUTTER + plan.columns().map(|(_, w)| w + 1).sum::<usize>();
                assert!(used <= usize::from(width), "{width}: {used} of {plan:?}");
                assert!(plan.columns().any(|(c, w)| *c == Column::Name && w >= 9), "{width}: {plan:?}");
            }
        }
    }

    #[test]
    fn what_is_missed_least_goes_first() {
        let kept = |width| Plan::laid(&all(), width, true).0.into_iter().map(|(c, _)| c).collect::<Vec<_>>();
        assert!(!kept(80).contains(&Column::Source));
        assert!(kept(80).contains(&Column::Owner));
        assert_eq!(kept(200), all());
    }

    #[test]
    fn columns_of_fixed_width_alone_still_fit() {
        let labels: Vec<Column> = (0..20).map(|i| Column::Label(i.to_string())).collect();
        let plan = Plan::laid(&labels, 40, false);
        assert!(plan.columns().map(|(_, w)| w + 1).sum::<usize>() + GUTTER <= 40, "{plan:?}");
    }
}
