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
    config::{Column, keymap::Command, theme::Role},
    domain::{alert::AlertState, held::Verb, silence::Silence},
    ui::{
        look::Look,
        pages, requests,
        when::When,
        widgets::{
            apart::{Cut, clip_sentence},
            text::{Pen, clip, clip_middle, width as cells},
        },
    },
};

use super::{since, spark, state_word};

/// From this width on every column that was asked for is kept, where at all it can be.
const ROOMY: u16 = 100;
/// The cells before the first column: cursor, severity and mark.
const GUTTER: usize = 4;
/// What name and summary need before a column beside them may stay.
const FLEXIBLE_MIN: usize = 36;
/// A name is as wide as this at most: the summary says more.
const NAME_MAX: usize = 32;
const NAME_MIN: usize = 12;

/// The columns there is room for, each with its width; and which there was none for though a row is not told without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    kept: Vec<(Column, usize)>,
    lacks: Vec<Column>,
}

/// What the widths of columns depend on beside the pane's.
#[derive(Clone, Copy)]
struct Wants {
    /// Somebody is on something.
    anybody: bool,
    /// Columns of an age, or of a time in its place.
    age: usize,
}

impl Plan {
    /// A frugal one draws no graph.
    pub fn of(app: &App, width: u16, frugal: bool) -> Self {
        // Whose it is, and whose it will be where a source pages the next by itself.
        let pages = app.world.sources.iter().any(|s| s.about.can.way(Verb::Escalate).is_some());
        let anybody = pages || app.world.board.acked() > 0 || app.world.acks.any_broken(app.now);
        let is_drawn = |c: &&Column| !(frugal && **c == Column::Spark);
        let wanted: Vec<Column> = app.desk.view.columns.iter().filter(is_drawn).cloned().collect();
        Self::laid(&wanted, width, Wants { anybody, age: When::of(app).columns() })
    }

    pub fn columns(&self) -> impl Iterator<Item = (&Column, usize)> {
        self.kept.iter().map(|(column, width)| (column, *width))
    }

    /// Leaves out, from the least missed on, until the rest has room.
    fn laid(wanted: &[Column], width: u16, wants: Wants) -> Self {
        let roomy = width >= ROOMY;
        let room = usize::from(width).saturating_sub(GUTTER);
        let mut kept: Vec<(Column, usize)> =
            wanted.iter().map(|c| (c.clone(), fixed(c, roomy, wants.age).unwrap_or(0))).collect();
        if !roomy && !wants.anybody {
            kept.retain(|(c, _)| *c != Column::Owner);
        }
        let least = if roomy { NAME_MIN * 2 } else { FLEXIBLE_MIN };
        while let Some(worst) = least_missed(&kept).filter(|_| left(&kept, room) < least) {
            kept.remove(worst);
        }
        while left(&kept, room) == 0 && kept.len() > 1 {
            kept.pop();
        }
        let lacks = narrowed(&mut kept, room);
        share(&mut kept, room);
        Self { kept, lacks }
    }
}

/// In the narrowest pane a name and what is said of it come before who is on it, and that before its state: where those are
/// not as usual, the summary begins with them.
fn narrowed(kept: &mut Vec<(Column, usize)>, room: usize) -> Vec<Column> {
    let says = [Column::Name, Column::Summary].iter().all(|c| kept.iter().any(|(k, _)| k == c));
    let mut lacks = Vec::new();
    for column in [Column::Owner, Column::State].into_iter().filter(|_| says) {
        let at = kept.iter().position(|(k, _)| *k == column);
        if let Some(at) = at.filter(|_| left(kept, room) < NAME_MIN * 2) {
            lacks.push(kept.remove(at).0);
        }
    }
    lacks
}

/// The width of a column that has one.
fn fixed(column: &Column, roomy: bool, age: usize) -> Option<usize> {
    match column {
        Column::State => Some(8),
        Column::Age => Some(age),
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

/// How the text of a column is cut where it is too long, with a look at the rows beside; none of a column of other kinds.
pub(super) fn cut(column: &Column) -> Option<Cut> {
    match column {
        // A rule is known by how its name begins, a machine by how it ends.
        Column::Name => Some(clip),
        Column::Label(_) => Some(clip_middle),
        Column::Summary => Some(clip_sentence),
        Column::State | Column::Age | Column::Owner | Column::Source | Column::Spark => None,
    }
}

/// The whole of what stands in such a column.
pub(super) fn text<'a>(app: &App, row: &'a Row, (column, plan): (&Column, &Plan)) -> Cow<'a, str> {
    match column {
        Column::Name => name(row),
        Column::Label(label) => row.alert.labels.get(label).map(|v| v.line()).unwrap_or_default(),
        Column::Summary => match app.world.still_mutes(row) {
            Some(silence) => still_muted(app, silence).into(),
            None => match unsaid(app, row, plan) {
                Some(word) => format!("{word}: {}", says(app, row)).into(),
                None => says(app, row),
            },
        },
        Column::State | Column::Age | Column::Owner | Column::Source | Column::Spark => Cow::default(),
    }
}

/// What the columns would say that there is no room for.
fn unsaid(app: &App, row: &Row, plan: &Plan) -> Option<String> {
    let lacks = |column: Column| plan.lacks.contains(&column);
    let is_broken = is_broken(&app.world, row) && lacks(Column::Owner);
    let state = state_word(row).0;
    match &row.ack {
        _ if is_broken => Some("ACK BROKE".to_owned()),
        Some(ack) if lacks(Column::State) && state == "acked" => Some(format!("acked by {}", ack.by.line())),
        _ => (lacks(Column::State) && state != "firing").then(|| state.to_owned()),
    }
}

/// One cell of a row, and the space before it; the sign stands before the name.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    (app, look): (&App, &Look),
    (row, sign, cell): (&Row, &str, &str),
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
            pen.column_right(&When::of(app).since(since(&app.world, row)), width, body);
        }
        Column::Name => {
            pen.put(sign, look.style(Role::Accent));
            pen.column(cell, width.saturating_sub(cells(sign)), body);
        }
        Column::Summary => {
            let is_muted = app.world.still_mutes(row).is_some();
            pen.column(cell, width, if is_muted { look.style(Role::Bad) } else { body });
        }
        Column::Owner => {
            let (owner, role) = owner(app, row);
            pen.column(&owner, width, look.style(role));
        }
        Column::Source => {
            pen.column(&source(&app.world, row), width, look.style(Role::Dim));
        }
        Column::Label(_) => {
            pen.column(cell, width, body);
        }
        Column::Spark => spark::draw(pen, (app, look), row),
    }
}

fn name(row: &Row) -> Cow<'_, str> {
    let name = row.name().line();
    if name == "(no alertname)" { row.summary_or_labels() } else { name }
}

/// The summary; behind who acked its page, where somebody did: the alert itself is nobody's. Of a page that nobody acks,
/// behind whom it goes to.
fn says<'a>(app: &App, row: &'a Row) -> Cow<'a, str> {
    match pages::word(&app.world, row).or_else(|| requests::then(row)) {
        Some(word) => format!("{word}: {}", row.says(app.now)).into(),
        None => row.says(app.now),
    }
}

/// Louder than what the alert says of itself: it burns, is nobody's, and pages nobody.
fn still_muted(app: &App, silence: &Silence) -> String {
    let (by, until) = (silence.created_by.line(), When::of(app).write(silence.ends_at, "%H:%M"));
    format!("MUTED by {by} until {until}: {} ends it", app.key_of(Command::Unack))
}

/// Whether somebody's ack of it broke, and it burns on.
fn is_broken(world: &World, row: &Row) -> bool {
    row.ack.is_none() && world.acks.broken(&row.id, &row.alert).is_some() && row.resolved_at.is_none()
}

/// Whose it is, or that it is nobody's again.
fn owner(app: &App, row: &Row) -> (String, Role) {
    let (when, now) = (When::of(app), app.now);
    match &row.ack {
        Some(ack) if row.state == AlertState::Unknown && ack.left(now).is_some_and(|left| left.is_zero()) => {
            (format!("{} ended?", ack.by.line()), Role::Unknown)
        }
        Some(ack) => {
            let left = ack.until.zip(ack.left(now)).map(|(at, left)| format!(" {}", when.until(at, left)));
            (format!("{}{}", ack.by.line(), left.unwrap_or_default()), Role::Acked)
        }
        None if is_broken(&app.world, row) => ("ACK BROKE".into(), Role::Bad),
        None => requests::short(row, now).unwrap_or((String::new(), Role::Warning)),
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

    fn laid(wanted: &[Column], width: u16, anybody: bool) -> Plan {
        Plan::laid(wanted, width, Wants { anybody, age: 4 })
    }

    fn all() -> Vec<Column> {
        let words = ["state", "age", "name", "summary", "owner", "source", "label:team", "label:cluster", "spark"];
        words.iter().map(|w| Column::read(w).unwrap()).collect()
    }

    #[test]
    fn nothing_overlaps_at_any_width() {
        for width in 40..=300 {
            for anybody in [false, true] {
                let plan = laid(&all(), width, anybody);
                let used: usize = GUTTER + plan.columns().map(|(_, w)| w + 1).sum::<usize>();
                assert!(used <= usize::from(width), "{width}: {used} of {plan:?}");
                assert!(plan.columns().any(|(c, w)| *c == Column::Name && w >= NAME_MIN), "{width}: {plan:?}");
            }
        }
    }

    #[test]
    fn what_is_missed_least_goes_first() {
        let kept = |width| laid(&all(), width, true).kept.into_iter().map(|(c, _)| c).collect::<Vec<_>>();
        assert!(!kept(80).contains(&Column::Source));
        assert!(kept(80).contains(&Column::Owner));
        assert_eq!(kept(200), all());
        let narrow = laid(&all(), 40, true);
        assert_eq!(
            narrow.columns().map(|(c, _)| c.clone()).collect::<Vec<_>>(),
            [Column::Age, Column::Name, Column::Summary]
        );
        assert_eq!(narrow.lacks, [Column::Owner, Column::State]);
    }

    #[test]
    fn columns_of_fixed_width_alone_still_fit() {
        let labels: Vec<Column> = (0..20).map(|i| Column::Label(i.to_string())).collect();
        let plan = laid(&labels, 40, false);
        assert!(plan.columns().map(|(_, w)| w + 1).sum::<usize>() + GUTTER <= 40, "{plan:?}");
    }
}
