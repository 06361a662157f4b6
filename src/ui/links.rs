//! The same alert as other sources tell it, in its detail: each tale for itself.

use crate::{
    app::{
        App,
        world::{
            board::Row,
            links::{Link, LinkKind, disagreement, dissent, word},
        },
    },
    config::theme::Role,
    domain::{Time, alert::AlertState, duration, entry::Subject},
};

use super::detail::Sheet;

pub(crate) fn section(sheet: &mut Sheet, app: &App, row: &Row) {
    let Some(study) = app.world.studied.as_ref().filter(|s| s.id == row.id) else { return };
    let is_here = |link: &&Link| !matches!(link.kind, LinkKind::Page | LinkKind::Paged);
    if !study.links.iter().any(|link| is_here(&link)) {
        return;
    }
    sheet.head("the same alert elsewhere");
    if let Some(words) = disagreement(row, &study.links) {
        sheet.text(&words, Role::Warning);
    }
    if let Some(words) = dissent(row, &study.links) {
        sheet.text(&words, Role::Warning);
    }
    for link in study.links.iter().filter(is_here) {
        sheet.pair(&teller(link), &line(link, app.now));
    }
}

/// The same alert as its rule engine told it, perhaps before it was delivered: what was said then is said of this one.
pub(crate) fn told_before(app: &App, row: &Row) -> Vec<Subject> {
    let study = app.world.studied.as_ref().filter(|s| s.id == row.id);
    let echoes = study.into_iter().flat_map(|s| &s.links).filter(|link| link.kind == LinkKind::Echo);
    echoes.map(|link| Subject::alert(&link.id)).collect()
}

/// Who tells it: a source, or a member of one.
pub fn teller(link: &Link) -> String {
    link.member.as_ref().map_or_else(|| link.id.source.to_string(), |member| member.line().into_owned())
}

/// `twin, firing since 12m, acked by bob; cluster=us (here eu)`.
pub fn line(link: &Link, now: Time) -> String {
    let kind = match link.kind {
        LinkKind::Echo => "its rule",
        LinkKind::Twin => "twin",
        LinkKind::Member => return of_member(link),
        LinkKind::Page => "its page",
        LinkKind::Paged => "paged",
    };
    let state = link.state.unwrap_or(link.told);
    let blind =
        if state == AlertState::Unknown { format!(", last told as {}", word(link.told)) } else { String::new() };
    let acked = link.acked_by.as_ref().map(|by| format!(", acked by {}", by.line())).unwrap_or_default();
    let differs = if link.differs.is_empty() { String::new() } else { format!("; {}", link.differs.join(", ")) };
    format!("{kind}, {} since {}{blind}{acked}{differs}", word(state), duration::age(link.starts_at, now))
}

fn of_member(link: &Link) -> String {
    match link.state {
        None => "member, does not tell it".to_owned(),
        Some(AlertState::Unknown) => "member, does not answer: UNKNOWN".to_owned(),
        Some(state) => format!("member, says {}", word(state)),
    }
}
