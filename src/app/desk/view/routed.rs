//! Groups as each source's own routes make them; where its routes cannot be read a guess makes them, and says that it is one.
//!
//! Every alert stands in one group, that of the last route that takes it. Routes are walked once for each shape of a label
//! set, and the ways are kept from one look at the board to the next.

use std::{collections::HashMap, sync::Arc};

use crate::{
    app::world::{
        World,
        board::{Row, Slot},
        routes::GUESS,
    },
    domain::{
        routing::{
            Policy,
            route::GroupBy,
            taken::{Memo, Taken},
        },
        source::SourceName,
        text::SafeText,
    },
};

use super::group::{Finder, Groups};

/// What stands for labels where alerts are grouped as they are routed.
pub const ROUTE: &str = "@route";
/// Parts of a key before the values of labels: the source and the route.
pub const HEAD: usize = 2;

/// What makes a group.
#[derive(Clone, Debug, Default)]
pub enum Made {
    #[default]
    ByLabels,
    ByRoute(Arc<Taken>),
    /// Nobody knows the routes.
    ByGuess,
}

/// The ways that were walked, by the source whose routes they are.
#[derive(Debug, Default)]
pub struct Ways(HashMap<SourceName, Memo>);

impl Ways {
    fn of(&mut self, name: &SourceName, policy: &Arc<Policy>) -> &mut Memo {
        let memo = self.0.entry(name.clone()).or_insert_with(|| Memo::new(policy));
        if !memo.is_of(policy) {
            *memo = Memo::new(policy);
        }
        memo
    }
}

impl Groups {
    /// Puts alerts together as their sources route them.
    pub fn routed(world: &World, slots: &[Slot], ways: &mut Ways) -> Self {
        Self::put_together(world, slots, |finder, row| put(finder, world, row, ways))
    }
}

fn put(finder: &mut Finder, world: &World, row: &Row, ways: &mut Ways) -> usize {
    let labels = &row.alert.labels;
    let none = SafeText::default();
    let value = |name: &str| labels.get(name).unwrap_or(&none);
    let routes = world.routes.of(&row.id.source, &row.also);
    let taken = routes.and_then(|(name, policy)| Some((name, ways.of(name, policy).takes(labels)?)));
    let Some((source, taken)) = taken else {
        let source = SafeText::new(row.id.source.as_str());
        let parts = [&source, &none].into_iter().chain(GUESS.iter().map(|n| value(n)));
        return finder.put(row, parts, || Made::ByGuess);
    };
    let source = SafeText::new(source.as_str());
    let head = [&source, &taken.route].into_iter();
    let made = || Made::ByRoute(taken.clone());
    match &taken.group_by {
        GroupBy::Labels(names) => finder.put(row, head.chain(names.iter().map(|n| value(n.raw()))), made),
        GroupBy::All => {
            let pairs: Vec<&SafeText> = labels.iter().flat_map(|(n, v)| [n, v]).collect();
            finder.put(row, head.chain(pairs.iter().copied()), made)
        }
    }
}

/// Sources whose groups are guessed, each with the reason; and those whose routes were read in part.
pub fn doubts(world: &World) -> Vec<String> {
    let guessed = world.routes.unread().map(|(name, error)| {
        let why = error.map_or_else(|| "not read yet".to_owned(), ToString::to_string);
        format!("the routes of {name} are unknown ({why}): grouped by {}, which is a guess", GUESS.join(", "))
    });
    let in_part = world.routes.in_part().map(|name| format!("a part of the routes of {name} cannot be read"));
    guessed.chain(in_part).collect()
}
