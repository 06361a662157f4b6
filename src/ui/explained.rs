//! What each source tells of an alert beyond its list: a section a source, and who is still being asked.

use crate::{
    app::{App, msg::Explanation},
    config::theme::Role,
    domain::{
        alert::AlertId,
        source::{Detail, SourceError, SourceName},
    },
};

use super::detail::Sheet;

pub(crate) fn section(sheet: &mut Sheet, app: &App, id: &AlertId) {
    let Some(explained) = app.world.explained.as_ref().filter(|e| &e.id == id) else { return };
    let Some(told) = &explained.told else {
        return asking(sheet, "the sources");
    };
    for Explanation { source, answer } in told {
        match answer {
            Some(Ok(details)) => known(sheet, source, details, source == &id.source),
            Some(Err(error)) => failed(sheet, source, error),
            None => {}
        }
    }
    let asked: Vec<&str> = told.iter().filter(|t| t.answer.is_none()).map(|t| t.source.as_str()).collect();
    if !asked.is_empty() {
        asking(sheet, &asked.join(", "));
    }
}

/// That a source knows nothing is worth a word where it is the one that told the alert.
fn known(sheet: &mut Sheet, source: &SourceName, details: &[Detail], own: bool) {
    if details.is_empty() && !own {
        return;
    }
    head(sheet, source);
    if details.is_empty() {
        sheet.text("no more than is said above", Role::Hint);
    }
    for detail in details {
        sheet.pair(&detail.name.line(), detail.value.shown());
    }
}

fn failed(sheet: &mut Sheet, source: &SourceName, error: &SourceError) {
    head(sheet, source);
    sheet.text(&error.to_string(), Role::ErrorText);
    sheet.text(error.advice(), Role::Hint);
}

fn head(sheet: &mut Sheet, source: &SourceName) {
    sheet.head(&format!("as {source} tells it"));
}

fn asking(sheet: &mut Sheet, whom: &str) {
    sheet.gap();
    sheet.text(&format!("asking {whom}…"), Role::Hint);
}
