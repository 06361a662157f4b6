//! Which objective's signals are looked at, and on which moments: those of the axis that is shown.

use crate::{
    app::{App, effect::Effect},
    domain::{
        signals::{Look, columns, recipe},
        slo::curve::Axis,
    },
};

use super::{axis::GUTTER, layer::Layer};

/// Tells what is looked at, where that is other than before.
pub(crate) fn follow(app: &mut App) -> Option<Effect> {
    let look = look(app);
    (look != app.desk.look).then(|| {
        app.desk.look.clone_from(&look);
        Effect::Look(look)
    })
}

/// The objective that is open; a question about it that lies over it leaves it open.
fn look(app: &App) -> Option<Box<Look>> {
    let open = app.desk.layers.iter().rev().find_map(|l| match l {
        Layer::Slo { id, sight, .. } => Some((id, sight)),
        _ => None,
    });
    let (id, sight) = open?;
    let row = app.world.budgets.get(id)?;
    let slo = row.slo.as_ref().clone();
    let head = row.numbers.as_ref().map_or(app.now, |numbers| numbers.as_of);
    let (from, to) = sight.shown(app.world.budgets.axis(id)?, head);
    let width = usize::from(app.desk.width.saturating_sub(GUTTER).max(20));
    let axis = Axis::new(from.timestamp(), to.timestamp(), width);
    let configured = recipe::asks(&app.world.signals.recipes, &slo);
    Some(Box::new(Look { slo, configured, span: columns::moments(axis, app.now.timestamp()) }))
}
