//! A screen too small for panes still says the three most important facts.

use crate::{
    app::{desk::strokes, world::acts::Told},
    config::theme::Role,
    domain::{alert::AlertState, duration},
};

use super::{
    Canvas, header,
    widgets::text::{Pen, wrap},
};

/// Lines of the facts.
const FACTS: u16 = 3;

pub(crate) fn draw(c: &mut Canvas<'_>) {
    let area = c.buf.area;
    let world = &c.app.world;
    let now = c.app.now;
    let (word, role) = header::verdict(world);
    let unowned =
        |r: &&crate::app::world::board::Row| r.ack.is_none() && r.resolved_at.is_none() && r.told == AlertState::Firing;
    let worst = world.board.iter().find(unowned);
    let firing = world.board.iter().filter(unowned).count();
    let oldest =
        worst.map_or_else(String::new, |r| format!("{} {}", duration::age(r.alert.starts_at, now), r.name().line()));
    let blind = world.sources.iter().filter(|s| s.is_blind()).count();
    let lines = [
        (word, role),
        (format!("{firing} unacked {oldest}"), Role::Text),
        (format!("{blind} of {} sources blind", world.sources.len()), if blind > 0 { Role::Bad } else { Role::Dim }),
    ];
    for (row, (text, role)) in (0..area.height).zip(lines) {
        Pen::new(c.buf, area, row).put(&text, c.look.style(role));
    }
    let Some((said, role)) = said(c) else { return };
    let below = wrap(&said, usize::from(area.width.max(1)));
    for (row, text) in (FACTS..area.height).zip(below) {
        Pen::new(c.buf, area, row).put(&text, c.look.style(role));
    }
}

/// What was just said, else what waits here unseen and how to be rid of it.
fn said(c: &Canvas<'_>) -> Option<(String, Role)> {
    let desk = &c.app.desk;
    if let Some(toast) = &desk.toast {
        return Some(match &toast.told {
            Told::Good(text) => (text.clone(), Role::Ok),
            Told::Bad(text) | Told::Warned(text) => (text.clone(), Role::ErrorText),
        });
    }
    let (leaves, _) = strokes::ways_out(desk.taking()?);
    Some((format!("hidden here: {} leaves it", c.key(leaves)), Role::Warning))
}
