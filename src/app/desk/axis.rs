//! How one axis of time is looked at: what part of it, where the cursor stands, what is marked, which graph is drawn.
//!
//! Knows lengths of time and columns of the screen, not what is drawn on them.

use chrono::Duration;

use crate::{
    app::{
        App,
        effect::Effects,
        world::{World, budgets::axis_of, happened::About, lanes::Of, marks::MarkKind},
    },
    config::keymap::Command,
    domain::{
        Time,
        slo::{BudgetRow, SloId},
    },
};

use super::layer::Layer;

/// Columns of a graph that are not the plot: the left axis and a margin.
pub const GUTTER: u16 = 8;
/// Seconds: closer than this there is nothing more to see.
const CLOSEST: i64 = 600;
/// How much is shown of the time before something began.
const LEAD: Duration = Duration::minutes(45);

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

/// Columns before the plot of a screen with lanes, their names; so many that a cell of the plot stands for the same
/// moment in every lane.
pub fn names(width: u16) -> u16 {
    match width {
        0..=59 => GUTTER,
        60..=99 => 16,
        100..=159 => 22,
        _ => 32,
    }
}

/// The whole axis of what is open.
pub fn whole_of(world: &World, of: &Of, graph: Graph, now: Time) -> Option<(Time, Time)> {
    match of {
        Of::Slo(id) => whole(world, id, graph),
        Of::Alert(_) | Of::Incident(_) => Some(world.lanes(of, now).whole),
    }
}

/// The moment that is called now on it.
pub fn head_of(world: &World, of: &Of, now: Time) -> Time {
    match of {
        Of::Slo(id) => world.budgets.head(id).unwrap_or(now),
        Of::Alert(_) | Of::Incident(_) => world.lanes(of, now).whole.1,
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
    /// The burn rate over the time since shortly before something began: what is asked first of an alert.
    pub fn since(began: Time, now: Time) -> Self {
        let lead = ((now - began) / 2).max(LEAD);
        // A source may say that it began before there was time.
        let from = began.checked_sub_signed(lead).unwrap_or(began);
        Self { graph: Graph::BurnRate, part: Some((from, now)), ..Self::default() }
    }

    /// What is shown of the whole axis; what follows the news moves on with it.
    pub fn shown(&self, whole: (Time, Time), head: Time) -> (Time, Time) {
        let (from, to) = self.part.unwrap_or(whole);
        let late = if self.cursor.is_none() && head > to { head - to } else { Duration::zero() };
        // A source may name moments at the end of time.
        let later = |at: Time| at.checked_add_signed(late).unwrap_or(at);
        let (from, to) = (later(from), later(to));
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
    pub(super) fn go(&mut self, at: Time, whole: (Time, Time), now: Time) {
        let before = self.shown(whole, now);
        let at = at.clamp(whole.0, now.max(whole.0));
        self.cursor = (at < now).then_some(at);
        if self.part.is_none() {
            return;
        }
        let (from, to) = before;
        let shift = match () {
            () if at < from => at - from,
            () if at > to => at - to,
            () => Duration::zero(),
        };
        self.part = Some((from + shift, to + shift));
    }

    pub(super) fn zoom(&mut self, whole: (Time, Time), now: Time, closer: bool) {
        let (from, to) = self.shown(whole, now);
        let length = (to - from).num_seconds();
        let wanted = if closer { (length / 2).max(CLOSEST) } else { length * 2 };
        if wanted >= (whole.1 - whole.0).num_seconds() {
            self.part = None;
            return;
        }
        let at = self.at(now).timestamp();
        let (first, last) = (whole.0.timestamp(), whole.1.timestamp());
        // The cursor keeps its column. Whoever looks at the news wants what led to it; the future has little to show.
        let before = match self.cursor {
            Some(_) => (at - from.timestamp()).clamp(0, length) * wanted / length.max(1),
            None => wanted / 8 * 7,
        };
        let from = (at - before).clamp(first, (last - wanted).max(first));
        let moment = |s: i64| Time::from_timestamp(s, 0).unwrap_or(now);
        self.part = Some((moment(from), moment(from + wanted)));
    }
}

/// What is open, with its sight.
fn opened(app: &App) -> Option<(Of, AxisSight)> {
    match app.desk.layers.last()? {
        Layer::Slo { id, sight, .. } => Some((Of::Slo(id.clone()), sight.clone())),
        Layer::Alert { id, sight, .. } => Some((Of::Alert(id.clone()), sight.clone())),
        Layer::Incident(opened) => Some((Of::Incident(opened.id.clone()), opened.sight.clone())),
        _ => None,
    }
}

/// The objective whose budget is drawn on what is open.
fn slo_of(app: &App, of: &Of) -> Option<SloId> {
    match of {
        Of::Slo(id) => Some(id.clone()),
        Of::Alert(_) | Of::Incident(_) => app.world.lanes(of, app.now).slo.clone(),
    }
}

/// What a change of sight may ask.
pub(super) struct Axis<'a> {
    world: &'a World,
    of: Of,
    pub(super) whole: (Time, Time),
    pub(super) head: Time,
}

/// Changes the sight of what is open; says where the keys belong if nothing is.
pub(super) fn change(app: &mut App, now: Time, how: impl FnOnce(&mut AxisSight, &Axis<'_>)) -> Effects {
    let Some((of, mut sight)) = opened(app) else {
        let opens = app.key_of(Command::Open);
        app.desk.say_bad(
            now,
            format!("open an alert, a budget or an incident first ({opens}): this key is for its time axis"),
        );
        return Vec::new();
    };
    let Some(whole) = whole_of(&app.world, &of, sight.graph, now) else { return Vec::new() };
    let head = head_of(&app.world, &of, now);
    how(&mut sight, &Axis { world: &app.world, of, whole, head });
    match app.desk.layers.last_mut() {
        Some(Layer::Slo { sight: open, .. } | Layer::Alert { sight: open, .. }) => *open = sight,
        Some(Layer::Incident(opened)) => opened.sight = sight,
        _ => {}
    }
    Vec::new()
}

/// One column to the left or right.
pub(crate) fn step(app: &mut App, now: Time, columns: i32) -> Effects {
    let screen = app.desk.width;
    change(app, now, |sight, axis| {
        let gutter = if matches!(axis.of, Of::Slo(_)) { GUTTER } else { names(screen) + 1 };
        let width = i32::from(screen.saturating_sub(gutter).max(1));
        let (from, to) = sight.shown(axis.whole, axis.head);
        let column = ((to - from) / width).max(Duration::seconds(1));
        let at = sight.at(axis.head).checked_add_signed(column * columns);
        sight.go(at.unwrap_or(axis.head), axis.whole, axis.head);
    })
}

/// To the next event, or back to the one before.
pub(crate) fn event(app: &mut App, now: Time, later: bool) -> Effects {
    change(app, now, |sight, axis| {
        let at = sight.at(axis.head);
        let mut marks: Vec<Time> = axis.moments(now);
        marks.retain(|t| *t >= axis.whole.0);
        marks.sort_unstable();
        let found = if later { marks.into_iter().find(|t| *t > at) } else { marks.into_iter().rfind(|t| *t < at) };
        if let Some(found) = found.or(later.then_some(axis.head)) {
            sight.go(found, axis.whole, axis.head);
        }
    })
}

impl Axis<'_> {
    /// Where something happened.
    fn moments(&self, now: Time) -> Vec<Time> {
        match &self.of {
            Of::Slo(id) => {
                let marked = self.world.budgets.get(id).map_or_else(Vec::new, |row| moments(self.world, row, now));
                [marked, self.world.lanes(&self.of, now).moments()].concat()
            }
            of => self.world.lanes(of, now).moments(),
        }
    }
}

/// Where what is marked under its graph began and ended. The alerts about it are the lanes' to tell: their sources know
/// their edges better than the board does.
fn moments(world: &World, row: &BudgetRow, now: Time) -> Vec<Time> {
    let told = world.retold(row, now);
    let marked = told.happened.iter().filter(|e| e.kind != MarkKind::Alert || e.about == About::Elsewhere);
    marked.flat_map(|e| [Some(e.from), e.to]).flatten().collect()
}

pub(crate) fn zoom(app: &mut App, now: Time, closer: bool) -> Effects {
    change(app, now, |sight, axis| sight.zoom(axis.whole, axis.head, closer))
}

/// Marks one end of "from here to there", or takes the mark away.
pub(crate) fn mark(app: &mut App, now: Time) -> Effects {
    change(app, now, |sight, axis| {
        sight.mark = if sight.mark.is_some() { None } else { Some(sight.at(axis.head)) };
    })
}

/// The next graph. Beside lanes the window's budget and the burn rate: a month says little of an hour.
pub(crate) fn graph(app: &mut App, now: Time) -> Effects {
    change(app, now, |sight, axis| {
        sight.graph = match (&axis.of, sight.graph) {
            (Of::Slo(_), graph) => graph.next(),
            (_, Graph::BurnRate) => Graph::BurnDown,
            (_, _) => Graph::BurnRate,
        };
    })
}

/// To one graph, or back from it to the burn-down.
pub(crate) fn turn(app: &mut App, now: Time, graph: Graph) -> Effects {
    change(app, now, |sight, axis| {
        // Another period has another axis, which only the budget's own screen has.
        let other = graph == Graph::Month && !matches!(axis.of, Of::Slo(_));
        sight.graph = if sight.graph == graph || other { Graph::BurnDown } else { graph };
    })
}

pub(crate) fn tier(app: &mut App, now: Time) -> Effects {
    let slo = opened(app).and_then(|(of, _)| slo_of(app, &of));
    change(app, now, |sight, axis| {
        let row = slo.and_then(|id| axis.world.budgets.get(&id));
        let tiers = row.and_then(|r| r.numbers()).map_or(0, |n| n.tiers.len());
        sight.tier = if tiers == 0 { 0 } else { (sight.tier + 1) % tiers };
    })
}

/// Whether the keys of the axis are for the layer on top.
pub(crate) fn is_open(app: &App) -> bool {
    matches!(app.desk.layers.last(), Some(Layer::Slo { .. } | Layer::Alert { .. } | Layer::Incident(_)))
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
            let (from, to) = sight.shown(whole, now);
            assert!(from <= t(20_000) && t(20_000) <= to, "{from} {to}");
        }
        assert_eq!(sight.shown(whole, now).1 - sight.shown(whole, now).0, Duration::seconds(CLOSEST));
        sight.go(t(50_000), whole, now);
        assert_eq!(sight.shown(whole, now).1, t(50_000));
        (0..9).for_each(|_| sight.zoom(whole, now, false));
        assert_eq!(sight.shown(whole, now), whole);
    }

    #[test]
    fn the_cursor_keeps_its_column_when_it_comes_closer() {
        let (whole, now) = ((t(0), t(100_000)), t(100_000));
        let mut sight = AxisSight { cursor: Some(t(25_000)), ..AxisSight::default() };
        for _ in 0..4 {
            sight.zoom(whole, now, true);
            let (from, to) = sight.shown(whole, now);
            let hundredth = (t(25_000) - from).num_seconds() * 100 / (to - from).num_seconds();
            assert!((24..=25).contains(&hundredth), "{hundredth}");
        }
    }

    #[test]
    fn what_follows_the_news_moves_on_with_it_and_what_is_looked_at_stays() {
        let whole = |head| (t(0), t(head));
        let mut sight = AxisSight { part: Some((t(80_000), t(100_000))), ..AxisSight::default() };
        assert_eq!(sight.shown(whole(100_600), t(100_600)), (t(80_600), t(100_600)));
        sight.cursor = Some(t(90_000));
        assert_eq!(sight.shown(whole(100_600), t(100_600)), (t(80_000), t(100_000)));
        // A clock that was set back leaves the cursor after the news: it reads as now, and nothing breaks.
        sight.cursor = Some(t(200_000));
        assert!(sight.shown(whole(100_600), t(100_600)).0 < t(100_600));
    }

    #[test]
    fn from_here_to_there_is_in_the_order_of_time() {
        let sight = AxisSight { cursor: Some(t(10)), mark: Some(t(30)), ..AxisSight::default() };
        assert_eq!(sight.marked(t(99)), Some((t(10), t(30))));
    }
}
