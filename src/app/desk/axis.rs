//! How one axis of time is looked at: what part of it, where the cursor stands, what is marked, which graph is drawn.
//!
//! Knows lengths of time and columns of the screen, not what is drawn on them.

use chrono::Duration;

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        world::{World, budgets::axis_of},
    },
    domain::{
        Time,
        slo::{BudgetRow, SloId},
    },
};

use super::layer::Layer;

/// Columns of a graph that are not the plot: the left axis and a margin.
pub const GUTTER: u16 = 8;
/// Seconds: closer than this there is nothing more to see.
const CLOSEST: i64 = 3_600;

/// Which graph stands on top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Graph {
    /// What is left of the window's budget; starts at 100 %, ends at the headline.
    #[default]
    BurnDown,
    /// What the rolling window had left at each moment, as far as the counts reach back.
    Rolling,
    /// How fast it was spent.
    BurnRate,
    /// What is left of this calendar month's budget, by the events projected to its end.
    Month,
}

impl Graph {
    pub fn next(self) -> Self {
        match self {
            Self::BurnDown => Self::BurnRate,
            Self::BurnRate => Self::Rolling,
            Self::Rolling => Self::Month,
            Self::Month => Self::BurnDown,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::BurnDown => "burn-down",
            Self::Rolling => "left, rolling",
            Self::BurnRate => "burn rate",
            Self::Month => "this month",
        }
    }
}

/// The whole axis of a graph.
pub fn whole(world: &World, id: &SloId, graph: Graph) -> Option<(Time, Time)> {
    match graph {
        Graph::Month => axis_of(&*world.budgets.month(id)?),
        Graph::BurnDown | Graph::Rolling | Graph::BurnRate => world.budgets.axis(id),
    }
}

/// A look at an axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AxisSight {
    pub graph: Graph,
    /// None = at the right edge, where the news is.
    pub cursor: Option<Time>,
    /// The other end of "from here to there".
    pub mark: Option<Time>,
    /// The part that is shown; none = all of it.
    pub part: Option<(Time, Time)>,
    /// Which tier the burn rate is compared with.
    pub tier: usize,
}

impl AxisSight {
    /// What is shown of the whole axis.
    pub fn shown(&self, whole: (Time, Time)) -> (Time, Time) {
        let (from, to) = self.part.unwrap_or(whole);
        let (from, to) = (from.max(whole.0), to.min(whole.1));
        if from < to { (from, to) } else { whole }
    }

    /// Where the cursor stands.
    pub fn at(&self, now: Time) -> Time {
        self.cursor.unwrap_or(now)
    }

    /// From here to there, in the order of time.
    pub fn marked(&self, now: Time) -> Option<(Time, Time)> {
        let (mark, at) = (self.mark?, self.at(now));
        Some((mark.min(at), mark.max(at)))
    }

    /// Moves the cursor, and the part that is shown with it.
    fn go(&mut self, at: Time, whole: (Time, Time), now: Time) {
        let at = at.clamp(whole.0, now.max(whole.0));
        self.cursor = (at < now).then_some(at);
        let Some((from, to)) = self.part else { return };
        let shift = match () {
            () if at < from => at - from,
            () if at > to => at - to,
            () => Duration::zero(),
        };
        self.part = Some((from + shift, to + shift));
    }

    fn zoom(&mut self, whole: (Time, Time), now: Time, closer: bool) {
        let (from, to) = self.shown(whole);
        let length = (to - from).num_seconds();
        let wanted = if closer { (length / 2).max(CLOSEST) } else { length * 2 };
        if wanted >= (whole.1 - whole.0).num_seconds() {
            self.part = None;
            return;
        }
        let at = self.at(now).timestamp();
        let (first, last) = (whole.0.timestamp(), whole.1.timestamp());
        // Whoever looks at the news wants what led to it; the future has little to show.
        let before = if self.cursor.is_some() { wanted / 2 } else { wanted / 8 * 7 };
        let from = (at - before).clamp(first, (last - wanted).max(first));
        let moment = |s: i64| Time::from_timestamp(s, 0).unwrap_or(now);
        self.part = Some((moment(from), moment(from + wanted)));
    }
}

/// The SLO that is open, with its sight.
fn opened(app: &App) -> Option<(SloId, AxisSight)> {
    match app.desk.layers.last()? {
        Layer::Slo { id, sight, .. } => Some((id.clone(), sight.clone())),
        _ => None,
    }
}

/// Changes the sight of the SLO that is open; says where the keys belong if none is.
fn change(app: &mut App, now: Time, how: impl FnOnce(&mut AxisSight, &World, &SloId, (Time, Time))) -> Effects {
    let Some((id, mut sight)) = opened(app) else {
        app.desk.say_bad(now, "open a budget first (2, Enter): this key is for its graph");
        return Vec::new();
    };
    let Some(whole) = whole(&app.world, &id, sight.graph) else { return Vec::new() };
    how(&mut sight, &app.world, &id, whole);
    if let Some(Layer::Slo { sight: open, .. }) = app.desk.layers.last_mut() {
        *open = sight;
    }
    Vec::new()
}

/// One column to the left or right.
pub(crate) fn step(app: &mut App, now: Time, columns: i32) -> Effects {
    let width = i32::from(app.desk.width.saturating_sub(GUTTER).max(1));
    change(app, now, |sight, world, id, whole| {
        let (from, to) = sight.shown(whole);
        let head = world.budgets.head(id).unwrap_or(now);
        let column = ((to - from) / width).max(Duration::seconds(1));
        let at = sight.at(head).checked_add_signed(column * columns);
        sight.go(at.unwrap_or(head), whole, head);
    })
}

/// To the next event, or back to the one before.
pub(crate) fn event(app: &mut App, now: Time, later: bool) -> Effects {
    change(app, now, |sight, world, id, whole| {
        let head = world.budgets.head(id).unwrap_or(now);
        let at = sight.at(head);
        let marks = world.budgets.get(id).map_or_else(Vec::new, |row| moments(world, row, now));
        let mut marks: Vec<Time> = marks.into_iter().filter(|t| *t >= whole.0).collect();
        marks.sort_unstable();
        let found = if later { marks.into_iter().find(|t| *t > at) } else { marks.into_iter().rfind(|t| *t < at) };
        if let Some(found) = found.or(later.then_some(head)) {
            sight.go(found, whole, head);
        }
    })
}

fn moments(world: &World, row: &BudgetRow, now: Time) -> Vec<Time> {
    world.retold(row, now).happened.iter().map(|e| e.from).collect()
}

pub(crate) fn zoom(app: &mut App, now: Time, closer: bool) -> Effects {
    change(app, now, |sight, world, id, whole| {
        let head = world.budgets.head(id).unwrap_or(now);
        sight.zoom(whole, head, closer);
    })
}

/// Marks one end of "from here to there", or takes the mark away.
pub(crate) fn mark(app: &mut App, now: Time) -> Effects {
    change(app, now, |sight, world, id, _| {
        let head = world.budgets.head(id).unwrap_or(now);
        sight.mark = if sight.mark.is_some() { None } else { Some(sight.at(head)) };
    })
}

pub(crate) fn graph(app: &mut App, now: Time) -> Effects {
    change(app, now, |sight, _, _, _| sight.graph = sight.graph.next())
}

/// To one graph, or back from it to the burn-down.
pub(crate) fn turn(app: &mut App, now: Time, graph: Graph) -> Effects {
    change(app, now, |sight, _, _, _| {
        sight.graph = if sight.graph == graph { Graph::BurnDown } else { graph };
    })
}

/// The recording rule that would make a budget cheap enough to count, for the clipboard.
pub(crate) fn copy_rule(app: &mut App, now: Time) -> Effects {
    let open = opened(app).and_then(|(id, _)| app.world.budgets.get(&id));
    let rule = open.map(|row| row.trouble.as_ref().and_then(|t| t.rule.as_ref()).map(|r| r.raw().to_owned()));
    match rule {
        Some(Some(yaml)) => {
            app.desk.say_good(now, "the rule is given to the terminal's clipboard (OSC 52)");
            vec![Effect::Copy(yaml)]
        }
        Some(None) => {
            app.desk.say_bad(now, "this budget needs no rule: it is counted as it is");
            Vec::new()
        }
        None => {
            app.desk.say_bad(now, "open a budget first (2, Enter)");
            Vec::new()
        }
    }
}

pub(crate) fn tier(app: &mut App, now: Time) -> Effects {
    change(app, now, |sight, world, id, _| {
        let tiers = world.budgets.get(id).and_then(|r| r.numbers()).map_or(0, |n| n.tiers.len());
        sight.tier = if tiers == 0 { 0 } else { (sight.tier + 1) % tiers };
    })
}

/// Whether the keys of the axis are for the layer on top.
pub(crate) fn is_open(app: &App) -> bool {
    matches!(app.desk.layers.last(), Some(Layer::Slo { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_cursor_never_leaves_the_axis_and_follows_the_news_at_its_end() {
        let (whole, now) = ((t(0), t(100_000)), t(80_000));
        let mut sight = AxisSight::default();
        sight.go(t(90_000), whole, now);
        assert_eq!(sight.cursor, None);
        sight.go(t(-5), whole, now);
        assert_eq!(sight.cursor, Some(t(0)));
    }

    #[test]
    fn coming_closer_keeps_the_cursor_in_sight_and_going_back_shows_all() {
        let (whole, now) = ((t(0), t(100_000)), t(100_000));
        let mut sight = AxisSight::default();
        sight.go(t(20_000), whole, now);
        for _ in 0..9 {
            sight.zoom(whole, now, true);
            let (from, to) = sight.shown(whole);
            assert!(from <= t(20_000) && t(20_000) <= to, "{from} {to}");
        }
        assert_eq!(sight.shown(whole).1 - sight.shown(whole).0, Duration::seconds(CLOSEST));
        sight.go(t(50_000), whole, now);
        assert_eq!(sight.shown(whole).1, t(50_000));
        (0..9).for_each(|_| sight.zoom(whole, now, false));
        assert_eq!(sight.shown(whole), whole);
    }

    #[test]
    fn from_here_to_there_is_in_the_order_of_time() {
        let sight = AxisSight { cursor: Some(t(10)), mark: Some(t(30)), ..AxisSight::default() };
        assert_eq!(sight.marked(t(99)), Some((t(10), t(30))));
    }
}
