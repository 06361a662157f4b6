//! What may burn for the same reason, with why it is thought so.

use crate::{
    app::{
        App,
        world::{board::Row, related::Related},
    },
    config::{keymap::Command, theme::Role},
    domain::{alert::AlertId, duration},
};

use super::{alerts::state_word, detail::Sheet};

/// Labels named for each.
const NAMED: usize = 3;

pub(crate) fn section(sheet: &mut Sheet, app: &App, id: &AlertId) {
    let Some(study) = app.world.studied.as_ref().filter(|s| &s.id == id && !s.related.is_empty()) else { return };
    sheet.head("related");
    let picked = app.desk.picked_related();
    let walk = app.world.walk(id);
    for related in &study.related {
        let place = walk.iter().position(|other| *other == related.id);
        let mark = if picked.is_some() && picked == place { ">" } else { " " };
        sheet.pair(mark, &line(related, app.world.board.get(&related.id)));
    }
    let (marks, opens) = (app.key_of(Command::Related), app.key_of(Command::Open));
    sheet.text(&format!("the next is marked with {marks}, {opens} opens what is marked"), Role::Hint);
}

/// `Name (critical, firing): same instance=a, 40s earlier`.
pub fn line(related: &Related, row: Option<&Row>) -> String {
    let name = match row {
        Some(row) => format!("{} ({}, {})", row.name().line(), row.severity.as_str(), state_word(row).0.trim()),
        None => format!("{} (gone)", related.id),
    };
    let shared: Vec<&str> = related.shared.iter().take(NAMED).map(String::as_str).collect();
    let more = related.shared.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{name}: same {}{more}, {}", shared.join(", "), apart(related.offset_s))
}

fn apart(seconds: i64) -> String {
    let length = duration::long(chrono::Duration::seconds(seconds.saturating_abs()));
    match seconds {
        0 => "at the same moment".to_owned(),
        s if s < 0 => format!("{length} earlier"),
        _ => format!("{length} later"),
    }
}
