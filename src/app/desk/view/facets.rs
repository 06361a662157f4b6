//! Facets: how many of the visible alerts have which value of which label, the labels that split them best first.
//! Enter narrows the filter to a value, `-` to the rest.
//!
//! Counted when the layer opens and where the rows or the filter changed, over the labels of all visible alerts, in
//! steps: until the first count is done the layer says how far it is, afterwards the last count stands until the next is done.

use crate::{
    app::{
        App,
        desk::{
            filtering, finding,
            layer::Layer,
            strokes::{self, Stroke},
        },
        effect::Effects,
        world::World,
    },
    config::keymap::Command,
    domain::{
        matcher::{MatchOp, Matcher},
        text::SafeText,
    },
};

use super::{counting::Counting, layer::Seeing};

/// One label of the visible alerts.
#[derive(Clone, Debug)]
pub struct Facet {
    pub name: SafeText,
    /// The most frequent first.
    pub values: Vec<(SafeText, usize)>,
    /// Distinct values, listed or not.
    pub distinct: usize,
    pub usefulness: f64,
}

/// The layer.
#[derive(Clone, Debug)]
pub struct Facets {
    pub labels: Vec<Facet>,
    /// The value that is selected, counted over all labels.
    pub place: usize,
    made_of: MadeOf,
    /// A count on its way, and what it is made of.
    counting: Option<(MadeOf, Counting)>,
}

/// The board's version, how many alerts are seen, the filter.
type MadeOf = (u64, usize, String);

impl Facets {
    /// How many alerts are counted of how many, while nothing can be shown yet.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.counting.as_ref().filter(|_| self.labels.is_empty()).map(|(_, counting)| counting.progress())
    }

    pub(crate) fn has_more(&self) -> bool {
        self.counting.is_some()
    }

    /// The next step; a count that comes to its end takes the last one's place, and the selection stays on its value.
    pub(super) fn count_on(&mut self, world: &World) {
        let Some((made_of, mut counting)) = self.counting.take() else { return };
        counting.step(world);
        if !counting.is_over() {
            self.counting = Some((made_of, counting));
            return;
        }
        let selected = self.items().nth(self.place).map(|(f, (v, _))| (f.name.clone(), v.clone()));
        (self.labels, self.made_of) = (counting.facets(), made_of);
        let again = |(f, (v, _)): (&Facet, &(SafeText, usize))| Some((f.name.clone(), v.clone())) == selected;
        let found = self.items().position(again);
        self.place = found.unwrap_or(self.place).min(self.len().saturating_sub(1));
    }

    /// All values that can be selected, with their labels.
    pub fn items(&self) -> impl Iterator<Item = (&Facet, &(SafeText, usize))> {
        self.labels.iter().flat_map(|facet| facet.values.iter().map(move |value| (facet, value)))
    }

    fn len(&self) -> usize {
        self.labels.iter().map(|f| f.values.len()).sum()
    }

    /// The first value of the label after the selected one's, or before it.
    fn label_from(&self, on: bool) -> usize {
        let mut starts = Vec::new();
        let mut at = 0;
        for facet in &self.labels {
            starts.push(at);
            at += facet.values.len();
        }
        let here = starts.partition_point(|s| *s <= self.place).saturating_sub(1);
        let there = if on { (here + 1).min(starts.len().saturating_sub(1)) } else { here.saturating_sub(1) };
        starts.get(there).copied().unwrap_or(0)
    }
}

pub(crate) fn open(app: &mut App) -> Effects {
    finding::to_the_end(app);
    let begun = Some((made_of(app), Counting::over(&app.desk.visible)));
    let mut facets = Facets { labels: Vec::new(), place: 0, made_of: made_of(app), counting: begun };
    facets.count_on(&app.world);
    app.desk.layers.push(Layer::Seeing(Seeing::Facets(facets)));
    Vec::new()
}

fn made_of(app: &App) -> MadeOf {
    (app.world.board.version, app.desk.visible.len(), app.desk.filter.text.clone())
}

/// Counts again where the rows or the filter changed.
pub(super) fn refresh(app: &mut App) {
    let made_of = made_of(app);
    let Some(Layer::Seeing(Seeing::Facets(facets))) = app.desk.layers.last_mut() else { return };
    if facets.has_more() || facets.made_of == made_of {
        return;
    }
    facets.counting = Some((made_of, Counting::over(&app.desk.visible)));
    facets.count_on(&app.world);
}

pub(super) fn key(app: &mut App, stroke: Stroke) -> Effects {
    let Some(Layer::Seeing(Seeing::Facets(facets))) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Some(to) = strokes::step(stroke, facets.place, facets.len()) {
        facets.place = to;
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Command::FacetNext) => facets.place = facets.label_from(true),
        Stroke::Asks(Command::FacetPrevious) => facets.place = facets.label_from(false),
        Stroke::Asks(Command::FacetWithout) => narrow(app, MatchOp::NotEqual),
        Stroke::Asks(Command::Open) => narrow(app, MatchOp::Equal),
        _ => {}
    }
    Vec::new()
}

/// Adds a matcher of the selected value to the filter.
fn narrow(app: &mut App, op: MatchOp) {
    let Some(Layer::Seeing(Seeing::Facets(facets))) = app.desk.layers.last() else { return };
    let Some((facet, (value, _))) = facets.items().nth(facets.place) else { return };
    let Ok(matcher) = Matcher::new(facet.name.raw(), op, value.raw()) else { return };
    let text = with_matcher(&app.desk.filter.text, &matcher.to_string());
    filtering::set(app, &text);
    if app.desk.alerts.is_lost() {
        app.desk.alerts.forget();
        app.desk.follow(&app.world, app.now);
    }
    refresh(app);
}

/// A filter and one more condition: what stands on both sides of an `or` is put in parentheses.
fn with_matcher(filter: &str, matcher: &str) -> String {
    match filter.trim() {
        "" => matcher.to_owned(),
        filter if filter.split_whitespace().any(|word| word == matcher) => filter.to_owned(),
        filter if filter.split_whitespace().any(|word| word == "or") => format!("({filter}) {matcher}"),
        filter => format!("{filter} {matcher}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_condition_holds_for_all_of_an_or() {
        assert_eq!(with_matcher("", "a=\"b\""), "a=\"b\"");
        assert_eq!(with_matcher("x=y", "a=\"b\""), "x=y a=\"b\"");
        assert_eq!(with_matcher("x=y or z=1", "a=\"b\""), "(x=y or z=1) a=\"b\"");
        assert_eq!(with_matcher("a=\"b\"", "a=\"b\""), "a=\"b\"");
    }
}
