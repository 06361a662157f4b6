//! A page and its alerts, each in the detail of the other: `paged as Q1X2 at pd, acked by bea`, `pages 3 alerts`.

use crate::{
    app::{
        App,
        world::{World, board::Row, pages::page_acked},
    },
    config::{keymap::Command, theme::Role},
    domain::{Time, alert::AlertState, duration},
};

use super::{alerts::state_word, detail::Sheet};

pub(crate) fn section(sheet: &mut Sheet, app: &App, row: &Row) {
    let (pages, alerts) = (app.world.pages_of(row), app.world.alerts_of(row));
    let picked = app.desk.picked_related();
    let mark = |place: usize| if picked == Some(place) { ">" } else { " " };
    if !pages.is_empty() {
        sheet.head("page");
        pages.iter().enumerate().for_each(|(i, page)| sheet.pair(mark(i), &paged_as(page, app.now)));
        if pages.iter().any(|page| page_acked(page).is_some()) && row.ack.is_none() {
            sheet.text("its page is acked; this alert is not", Role::Hint);
        }
    }
    if !alerts.is_empty() {
        let n = alerts.len();
        sheet.head(&format!("pages {n} alert{}", if n == 1 { "" } else { "s" }));
        alerts.iter().enumerate().for_each(|(i, alert)| sheet.pair(mark(i), &alert_of(alert, app.now)));
        sheet.text("acking the page acks none of them", Role::Hint);
    }
    if !pages.is_empty() || !alerts.is_empty() {
        let (marks, opens) = (app.key_of(Command::Related), app.key_of(Command::Open));
        sheet.text(&format!("the next is marked with {marks}, {opens} opens what is marked"), Role::Hint);
    }
}

/// `paged as Q1X2 at pd since 12m, acked by bea until 14:20`.
pub fn paged_as(page: &Row, now: Time) -> String {
    let held = page.alert.held.as_deref();
    let (state, _) = state_word(page);
    let word = held.map(|h| h.word.line().into_owned()).filter(|w| !w.is_empty()).unwrap_or_else(|| state.to_owned());
    let word = if state == "UNKNOWN" { "UNKNOWN".to_owned() } else { word };
    let until = held.and_then(|h| h.ack.as_ref()?.until).map(|t| format!(" until {} UTC", t.format("%H:%M")));
    let who = match page_acked(page) {
        Some(by) => format!(", acked by {}{}", by.line(), until.unwrap_or_default()),
        None => next(page, now),
    };
    let age = duration::age(page.alert.starts_at, now);
    format!("paged as {} at {} ({word}) since {age}{who}", page.id.fingerprint, page.id.source)
}

/// `, nobody acked it: escalates to bob in 4m`.
fn next(page: &Row, now: Time) -> String {
    let escalates = page.alert.held.as_deref().and_then(|h| h.escalates.as_ref());
    if let Some(next) = escalates.filter(|_| page.state == AlertState::Unknown) {
        let at = next.at.format("%H:%M");
        return format!(
            ", acked by nobody when it was last read: UNKNOWN whether it went to {} at {at} UTC",
            next.to.line()
        );
    }
    let clock = escalates
        .filter(|e| e.at > now)
        .map(|e| format!(": escalates to {} in {}", e.to.line(), duration::long(e.at - now)));
    format!(", acked by nobody{}", clock.unwrap_or_default())
}

/// `HighErrorRate (critical, firing) at prod-eu since 12m`.
pub fn alert_of(row: &Row, now: Time) -> String {
    let acked = row.ack.as_ref().map(|a| format!(", acked by {}", a.by.line())).unwrap_or_default();
    let (name, severity, state) = (row.name().line(), row.severity.as_str(), state_word(row).0.trim());
    format!(
        "{name} ({severity}, {state}) at {} since {}{acked}",
        row.id.source,
        duration::age(row.alert.starts_at, now)
    )
}

/// What the row of an alert says of its page: `page acked by bea`.
pub(crate) fn word(world: &World, row: &Row) -> Option<String> {
    world.page_acked_by(row).map(|(by, _)| format!("page acked by {}", by.line()))
}
