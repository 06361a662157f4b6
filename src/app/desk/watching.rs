//! Which objectives somebody looks at: the rows of the budgets pane that are seen, and the one that is selected. What
//! nobody looks at is counted seldom.

use crate::{
    app::{App, effect::Effect},
    domain::slo::SloId,
};

/// Tells what is looked at, where that is other than before.
pub(crate) fn follow(app: &mut App) -> Option<Effect> {
    let seen = seen(app);
    (seen != app.desk.watched).then(|| {
        app.desk.watched.clone_from(&seen);
        Effect::Watch(seen)
    })
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
