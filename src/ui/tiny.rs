//! A screen too small for panes still says the three most important facts.

use crate::{
    config::theme::Role,
    domain::{alert::AlertState, duration},
};

use super::{Canvas, header, widgets::text::Pen};

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
}
