//! The entries of PagerDuty's log, each of its types in words.

use super::{
    alert,
    wire::{LogEntry, Ref},
};
use crate::domain::{duration, source::Change, text::SafeText};

/// The short word of each type, and what was done: `{who}`, `{whom}` and `{what}` are filled in.
const TYPES: [(&str, &str, &str); 19] = [
    ("trigger_log_entry", "trigger", "{what} was opened by {who}"),
    ("acknowledge_log_entry", "ack", "{who} acknowledged {what}"),
    ("unacknowledge_log_entry", "unack", "the ack of {what} ended: it is triggered again"),
    ("resolve_log_entry", "resolve", "{who} resolved {what}"),
    ("annotate_log_entry", "note", "{who} noted on {what}"),
    ("assign_log_entry", "assign", "{who} assigned {what} to {whom}"),
    ("delegate_log_entry", "delegate", "{who} handed {what} over to {whom}"),
    ("escalate_log_entry", "escalate", "{what} was escalated to {whom} by {who}"),
    ("repeat_escalation_path_log_entry", "escalate", "nobody took {what}: its escalation begins anew"),
    ("exhaust_escalation_path_log_entry", "unheard", "nobody took {what}, and nobody is left to page"),
    ("reach_ack_limit_log_entry", "limit", "{what} was acknowledged as often as it can be"),
    ("reach_trigger_limit_log_entry", "limit", "{what} takes no more alerts"),
    ("notify_log_entry", "notify", "{whom} was paged about {what}"),
    ("snooze_log_entry", "snooze", "{who} snoozed {what}"),
    ("unsnooze_log_entry", "unsnooze", "the snooze of {what} ended"),
    ("urgency_change_log_entry", "urgency", "the urgency of {what} changed"),
    ("priority_change_log_entry", "priority", "{who} changed the priority of {what}"),
    ("field_value_change_log_entry", "field", "{who} changed a field of {what}"),
    ("custom_field_value_change_log_entry", "field", "{who} changed a field of {what}"),
];

pub(super) fn change(entry: &LogEntry) -> Change {
    let (kind, title) = told(entry);
    Change {
        at: entry.created_at,
        kind,
        title,
        by: entry.agent.called(),
        text: text(entry),
        service: Some(entry.service.called()).filter(|t| !t.is_empty()),
        id: Some(format!("log:{}", entry.id.raw()).into()),
        url: alert::page(entry.incident.html_url.as_ref()),
    }
}

/// A type of tomorrow is told by its own name and PagerDuty's own summary.
fn told(entry: &LogEntry) -> (SafeText, SafeText) {
    let Some((_, kind, words)) = TYPES.iter().find(|(name, ..)| *name == entry.kind) else {
        let kind = entry.kind.strip_suffix("_log_entry").unwrap_or(&entry.kind).replace('_', " ");
        let what = or(entry.summary.clone().unwrap_or_default(), &kind);
        return (SafeText::new(&kind), format!("{what}: {}", incident(&entry.incident)).into());
    };
    let who = or(entry.agent.called(), "PagerDuty");
    let whom: Vec<String> = entry.assignees.iter().map(|a| a.called().raw().to_owned()).collect();
    let whom = if whom.is_empty() { or(entry.user.called(), "somebody") } else { whom.join(", ") };
    (SafeText::new(kind), SafeText::new(&fill(words, &who, &whom, &incident(&entry.incident))))
}

/// In one pass: what is filled in is never filled again.
fn fill(words: &str, who: &str, whom: &str, what: &str) -> String {
    let mut text = String::new();
    let mut parts = words.split('{');
    text.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str(match name {
            "who" => who,
            "whom" => whom,
            _ => what,
        });
        text.push_str(rest);
    }
    text
}

/// A note of ours without what tells it from every other.
fn without_mark(note: &SafeText) -> SafeText {
    let (text, rest) = note.raw().rsplit_once("\n\n[watchfire ").unwrap_or((note.raw(), ""));
    if rest.ends_with(']') { text.into() } else { note.clone() }
}

fn incident(incident: &Ref) -> String {
    or(incident.called(), "an incident")
}

fn or(text: SafeText, else_: &str) -> String {
    if text.is_empty() { else_.to_owned() } else { text.raw().to_owned() }
}

/// What a note says, how long an ack lasts, how it came.
fn text(entry: &LogEntry) -> SafeText {
    let channel = &entry.channel;
    if let Some(note) = channel.content.as_ref().filter(|t| !t.is_empty()) {
        return without_mark(note);
    }
    if let (Some(old), Some(new)) = (&channel.old_urgency, &channel.new_urgency) {
        return format!("from {old} to {new}").into();
    }
    let lasts = entry.acknowledgement_timeout.filter(|s| (1..=10_000_000).contains(s));
    if let Some(seconds) = lasts.filter(|_| entry.kind == "acknowledge_log_entry") {
        return format!("the ack ends by itself after {}", duration::long(chrono::Duration::seconds(seconds))).into();
    }
    // What an incident is called it says already.
    let is_new = |text: &SafeText| !text.is_empty() && !incident(&entry.incident).contains(text.raw());
    let summary = channel.summary.clone().filter(is_new);
    let by = channel.kind.as_deref().filter(|k| !matches!(*k, "auto" | "timeout" | "api"));
    summary.or_else(|| by.map(|k| format!("by {}", k.replace('_', " ")).into())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &str) -> LogEntry {
        let json = format!(
            r##"{{"id":"R1","type":"{kind}","created_at":"2026-11-21T03:00:00Z","agent":{{"summary":"Ana {{what}}"}},
                "incident":{{"id":"P1","summary":"[#42] Fire"}},"service":null,"summary":"Something new"}}"##
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn every_type_is_told_in_words_of_its_own() {
        for (name, kind, _) in TYPES {
            let change = change(&entry(name));
            assert_eq!(change.kind, *kind);
            let title = change.title.raw();
            assert!(
                title.contains("[#42] Fire") && !title.contains("{who") && !title.contains("_log_entry"),
                "{title}"
            );
        }
        assert_eq!(change(&entry("acknowledge_log_entry")).title.raw(), "Ana {what} acknowledged [#42] Fire");
    }

    #[test]
    fn a_type_of_tomorrow_is_told_all_the_same() {
        let change = change(&entry("summon_robot_log_entry"));
        assert_eq!((change.kind.raw(), change.title.raw()), ("summon robot", "Something new: [#42] Fire"));
    }
}
