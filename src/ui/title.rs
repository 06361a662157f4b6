//! The terminal's title: how much burns, in so few words that a tab shows them. Never calm where something is not known.

use crate::{
    app::{App, world::trust::Verdict},
    domain::alert::Severity,
};

/// `(3) critical - watchfire`.
pub fn of(app: &App) -> String {
    let world = &app.world;
    let blind = if world.is_blind() { "UNKNOWN " } else { "" };
    let worst = Severity::ALL.into_iter().map(|s| (world.board.burning(s), s)).find(|(n, _)| *n > 0);
    match (world.verdict(), worst) {
        (Verdict::Critical | Verdict::Warning | Verdict::Unknown, Some((n, severity))) => {
            format!("{blind}({n}) {} - watchfire", severity.as_str())
        }
        (Verdict::Unknown, None) => "UNKNOWN - watchfire".into(),
        (Verdict::Owned, _) => "all acked - watchfire".into(),
        _ => "watchfire".into(),
    }
}
