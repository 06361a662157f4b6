//! What a simulated pager's log says of a page, as a source of kind `pagerduty` tells its log: whom it paged, who acked, to
//! whom it went on.

use crate::domain::{Time, held::Verb, source::Change, text::SafeText};

/// One line of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) at: Time,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// It began with this one.
    Pages(SafeText),
    /// Nobody acked, so this one has it.
    Escalates(SafeText),
    /// The ack ended by itself, and this one is paged again.
    AckEnds(SafeText),
    /// Somebody asked for something, with a text.
    Asked(Verb, SafeText, String),
}

impl Line {
    /// As the source tells it of a page by this name.
    pub(super) fn change(&self, pager: &str, page: &SafeText, service: Option<&SafeText>) -> Change {
        let page = page.raw();
        let (kind, title, by) = match &self.what {
            What::Pages(who) => ("trigger", format!("{pager} pages {} for {page}", who.raw()), pager),
            What::Escalates(who) => {
                ("escalate", format!("{pager} escalates {page} to {}: nobody acked", who.raw()), pager)
            }
            What::AckEnds(who) => {
                ("unack", format!("{pager} ends the ack of {page} and pages {} again", who.raw()), pager)
            }
            What::Asked(verb, by, _) => (verb.as_str(), format!("{} {} {page}", by.raw(), done(*verb)), by.raw()),
        };
        let text = if let What::Asked(_, _, text) = &self.what { SafeText::new(text) } else { SafeText::default() };
        Change {
            at: self.at,
            kind: SafeText::new(kind),
            title: SafeText::new(&title),
            by: SafeText::new(by),
            text,
            service: service.cloned(),
            id: None,
            url: None,
        }
    }
}

fn done(verb: Verb) -> &'static str {
    match verb {
        Verb::Ack => "acknowledged",
        Verb::Unack => "handed back",
        Verb::Resolve => "resolved",
        Verb::Snooze => "snoozed",
        Verb::Escalate => "escalated",
        Verb::Note => "noted on",
        Verb::Mute => "muted",
        Verb::Unmute => "unmuted",
        Verb::Pause => "paused",
        Verb::Unpause => "unpaused",
    }
}
