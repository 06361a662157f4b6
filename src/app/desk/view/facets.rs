//! Facets: how many of the visible alerts have which value of which label, the labels that split them best first.
//! Enter narrows the filter to a value, `-` to the rest.
//!
//! Counted when the layer opens and where the rows or the filter changed, once over the labels of all visible alerts.

use std::collections::HashMap;

use crate::{
    app::{
        App,
        desk::{filtering, layer::Layer},
        effect::Effects,
        world::{World, board::Slot},
    },
    config::keymap::{Key, KeyCode},
    domain::{
        matcher::{MatchOp, Matcher},
        text::SafeText,
    },
};

use super::{keys, layer::Seeing, split};

/// Values of one label that are listed; the rest is a number.
const VALUES_MAX: usize = 40;

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
    made_of: (u64, usize, String),
}

impl Facets {
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

/// How often each value was seen.
type Counts<'a> = HashMap<&'a str, (&'a SafeText, usize)>;

/// Counts the labels of these alerts.
pub fn count(world: &World, slots: &[Slot]) -> Vec<Facet> {
    let mut labels: HashMap<&str, (&SafeText, Counts<'_>)> = HashMap::new();
    for row in slots.iter().filter_map(|slot| world.board.at(*slot)) {
        for (name, value) in row.alert.labels.iter() {
            let (_, values) = labels.entry(name.raw()).or_insert_with(|| (name, HashMap::new()));
            values.entry(value.raw()).or_insert((value, 0)).1 += 1;
        }
    }
    let mut facets: Vec<Facet> =
        labels.into_values().map(|(name, values)| facet(name, values.into_values().collect(), slots.len())).collect();
    facets.sort_by(|a, b| b.usefulness.total_cmp(&a.usefulness).then_with(|| a.name.cmp(&b.name)));
    facets
}

fn facet(name: &SafeText, mut values: Vec<(&SafeText, usize)>, total: usize) -> Facet {
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let usefulness = split::usefulness(name.raw(), values.iter().map(|(_, n)| *n), total);
    let distinct = values.len();
    let values = values.into_iter().take(VALUES_MAX).map(|(v, n)| (v.clone(), n)).collect();
    Facet { name: name.clone(), values, distinct, usefulness }
}

pub(crate) fn open(app: &mut App) -> Effects {
    crate::app::desk::finding::to_the_end(app);
    let facets = counted(app, 0);
    app.desk.layers.push(Layer::Seeing(Seeing::Facets(facets)));
    Vec::new()
}

fn counted(app: &App, place: usize) -> Facets {
    let labels = count(&app.world, &app.desk.visible);
    let mut facets = Facets { labels, place, made_of: made_of(app) };
    facets.place = place.min(facets.len().saturating_sub(1));
    facets
}

fn made_of(app: &App) -> (u64, usize, String) {
    (app.world.board.version, app.desk.visible.len(), app.desk.filter.text.clone())
}

/// Counts again where the rows or the filter changed; the selection stays on its value.
pub(super) fn refresh(app: &mut App) {
    let Some(Layer::Seeing(Seeing::Facets(before))) = app.desk.layers.last() else { return };
    if before.made_of == made_of(app) {
        return;
    }
    let selected = before.items().nth(before.place).map(|(f, (v, _))| (f.name.clone(), v.clone()));
    let mut facets = counted(app, before.place);
    let again = |(f, (v, _)): (&Facet, &(SafeText, usize))| Some((f.name.clone(), v.clone())) == selected;
    let found = facets.items().position(again);
    facets.place = found.unwrap_or(facets.place);
    if let Some(Layer::Seeing(Seeing::Facets(layer))) = app.desk.layers.last_mut() {
        *layer = facets;
    }
}

pub(super) fn key(app: &mut App, key: Key) -> Effects {
    let Some(Layer::Seeing(Seeing::Facets(facets))) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Some(to) = keys::step(key, facets.place, facets.len()) {
        facets.place = to;
        return Vec::new();
    }
    match key.code {
        KeyCode::Tab | KeyCode::Right => facets.place = facets.label_from(true),
        KeyCode::BackTab | KeyCode::Left => facets.place = facets.label_from(false),
        KeyCode::Enter if key.alt => narrow(app, MatchOp::NotEqual),
        KeyCode::Enter => narrow(app, MatchOp::Equal),
        KeyCode::Char('-') => narrow(app, MatchOp::NotEqual),
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
