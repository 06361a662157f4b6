//! When an alert burned before: a bar on a time axis and what it comes to.

use crate::{
    app::world::study::Memory,
    config::theme::Role,
    domain::{
        alert::AlertId,
        duration,
        past::{Past, Was},
    },
};

use super::{Canvas, detail::Sheet};

/// Widest bar, in cells: a week in stretches of under two hours.
const CELLS_MAX: u16 = 96;
/// What stands beside the bar: the margins of the pane.
const MARGIN: u16 = 4;

pub(crate) fn section(sheet: &mut Sheet, c: &Canvas<'_>, id: &AlertId, width: u16) {
    let memory = c.app.world.past(id, c.app.now);
    if memory.asked == 0 {
        return;
    }
    sheet.head("when it burned before");
    if let Some(past) = &memory.past {
        sheet.text(&past.sentence(), Role::Text);
        let cells = usize::from(width.saturating_sub(MARGIN).clamp(10, CELLS_MAX));
        sheet.text(&bar(past, cells, |fancy, plain| c.look.glyph(fancy, plain)), Role::Text);
        sheet.text(&axis(past, cells), Role::Dim);
    }
    trouble(sheet, &memory);
}

fn trouble(sheet: &mut Sheet, memory: &Memory) {
    for (source, error) in &memory.failed {
        sheet.pair("UNKNOWN", &format!("{source}: {error}"));
    }
    if !memory.waiting.is_empty() {
        let names: Vec<&str> = memory.waiting.iter().map(|s| s.as_str()).collect();
        sheet.text(&format!("asking the sources when it burned: {}…", names.join(", ")), Role::Hint);
    }
}

/// A cell each: firing, pending, unknown, calm.
pub fn bar<'a>(past: &Past, cells: usize, glyph: impl Fn(&'a str, &'a str) -> &'a str) -> String {
    let cell = |was: Option<Was>| match was {
        Some(Was::Firing) => glyph("█", "#"),
        Some(Was::Pending) => glyph("▒", "-"),
        Some(Was::Unknown) => "?",
        None => glyph("·", "."),
    };
    past.bar(cells).into_iter().map(cell).collect()
}

/// The two ends of the axis under the bar.
pub fn axis(past: &Past, cells: usize) -> String {
    let whole = chrono::Duration::minutes((past.until - past.since + chrono::Duration::seconds(30)).num_minutes());
    let (from, to) = (format!("{} ago", duration::long(whole)), "now");
    let blank = cells.saturating_sub(from.len() + to.len()).max(1);
    format!("{from}{}{to}", "\u{a0}".repeat(blank))
}
