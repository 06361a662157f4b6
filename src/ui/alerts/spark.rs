//! When an alert fired of late, in a dozen cells; and what the detail says of its comings and goings.

use chrono::Duration;

use crate::{
    app::{
        App,
        world::{board::Row, pulse::Cell},
    },
    config::{keymap::Command, theme::Role},
    domain::duration,
    ui::{Canvas, detail::Sheet, look::Look, when::When, widgets::text::Pen},
};

/// Cells of a sparkline.
pub(super) const CELLS: usize = 12;
/// What they span in the pane: half an hour each.
const SPAN: Duration = Duration::hours(6);
/// What they span in the detail: half an hour each, too.
const DAY_CELLS: usize = 48;
const DAY: Duration = Duration::hours(24);

pub(super) fn draw(pen: &mut Pen<'_>, (app, look): (&App, &Look), row: &Row) {
    for cell in app.world.pulse.spark(row, app.now, SPAN, CELLS) {
        let (glyph, role) = drawn(look, cell);
        pen.put(glyph, look.style(role));
    }
}

/// A blank is never drawn: calm is a dot, and what nobody watched a question.
fn drawn(look: &Look, cell: Cell) -> (&'static str, Role) {
    const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const PLAIN: [&str; 8] = ["_", "_", "-", "-", "=", "=", "#", "#"];
    match cell {
        Cell::Unknown => ("?", Role::Unknown),
        Cell::Calm => (look.glyph("·", "."), Role::Dim),
        Cell::Fired(n) => {
            let at = usize::from(n.clamp(1, 8)) - 1;
            (look.glyph(EIGHTHS[at], PLAIN[at]), Role::Bad)
        }
    }
}

fn line(look: &Look, cells: &[Cell]) -> String {
    let line: String = cells.iter().map(|cell| drawn(look, *cell).0).collect();
    let legend = if cells.contains(&Cell::Unknown) { "   ? nobody watched" } else { "" };
    format!("{line}{legend}")
}

/// The same in words.
fn counted(cells: &[Cell]) -> String {
    let fired: usize = cells.iter().map(|cell| if let Cell::Fired(n) = cell { usize::from(*n) } else { 0 }).sum();
    let blind = i32::try_from(cells.iter().filter(|cell| **cell == Cell::Unknown).count()).unwrap_or(i32::MAX);
    let blind = match DAY / i32::try_from(DAY_CELLS).unwrap_or(1) * blind {
        none if none.is_zero() => String::new(),
        length => format!("; nobody watched for {}", duration::long(length)),
    };
    format!("fired {}{blind}", if fired == 1 { "once".to_owned() } else { format!("{fired} times") })
}

/// Its last day, whether it flaps, and who called it noise.
pub(crate) fn section(sheet: &mut Sheet, c: &Canvas<'_>, row: &Row) {
    let (world, now) = (&c.app.world, c.app.now);
    let cells = world.pulse.spark(row, now, DAY, DAY_CELLS);
    sheet.pair("last 24h", &if c.look.frugal { counted(&cells) } else { line(c.look, &cells) });
    if world.is_flapping(row, now) {
        sheet.pair("flapping", "it comes and goes; what it says now may not hold");
    }
    if let Some(mark) = world.noise.on(&row.id) {
        let why = mark.why.as_ref().map(|w| format!(": {}", w.line())).unwrap_or_default();
        let when = When::of(c.app).past(mark.at, "%d.%m. %H:%M");
        let (by, key) = (mark.by.line(), c.app.key_of(Command::Noise));
        sheet.pair("noise", &format!("{by} called it not actionable {when}{why}; {key} takes it back"));
    }
}
