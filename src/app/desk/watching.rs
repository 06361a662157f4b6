//! Which objectives somebody looks at: the rows of the budgets pane that are seen, and the one that is selected. What
//! nobody looks at is counted seldom.

use super::{layer::Layer, layout::Pane};
use crate::{
    app::{
        App,
        effect::{Effect, Eyes},
        world::inquiry::Question,
    },
    domain::slo::SloId,
};

/// Tells what is looked at, where that is other than before.
pub(crate) fn follow(app: &mut App) -> Option<Effect> {
    let eyes = Eyes { seen: seen(app), close: close(app) };
    (eyes != app.desk.watched).then(|| {
        app.desk.watched.clone_from(&eyes);
        Effect::Watch(eyes)
    })
}

/// The budget that is open, else the selected one of the pane that has the keys.
fn close(app: &App) -> Option<SloId> {
    let open = app.desk.layers.iter().rev().find_map(|layer| match layer {
        Layer::Slo { id, .. } | Layer::Inquiry { question: Question::Queries(id) | Question::Drill(id, _), .. } => {
            Some(id)
        }
        _ => None,
    });
    let selected = app.desk.budgets.selected().filter(|_| app.desk.focus == Pane::Budgets);
    open.or(selected).filter(|id| app.world.budgets.get(id).is_some()).cloned()
}

fn seen(app: &App) -> Vec<SloId> {
    let rows = &app.world.budgets.rows;
    if rows.is_empty() {
        return Vec::new();
    }
    let height = usize::from(app.desk.regions(&app.world).budgets.height.saturating_sub(1));
    let cursor = &app.desk.budgets;
    let visible = rows.iter().skip(cursor.top).take(height).map(|r| &r.slo.id);
    let mut seen: Vec<SloId> = visible.chain(cursor.selected()).cloned().collect();
    seen.sort_unstable();
    seen.dedup();
    seen
}
