//! The header of a group: what it has in common, the worst of it, how many are in which state, since when, and who is on it.

use ratatui::layout::Rect;

use crate::{
    app::desk::view::group::Group,
    config::theme::Role,
    domain::{Time, duration},
    ui::{
        Canvas,
        widgets::text::{Pen, clip, width},
    },
};

/// What the values keep at least, as far as they need it.
const VALUES_MIN: usize = 16;

pub(super) fn draw(c: &mut Canvas<'_>, (area, line): (Rect, u16), index: usize, selected: bool) {
    let view = &c.app.desk.view;
    let Some(group) = view.group(index) else { return };
    let look = c.look;
    let (glyph, letter) = look.mark(group.worst);
    let severity = look.style(look.severity(group.worst));
    let fold = if view.folds.is_folded(&group.key) { look.glyph("▸", "+") } else { look.glyph("▾", "-") };
    let values = values(group, &view.group_by);
    let told = told(group, c.app.now);
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    pen.put(glyph, severity).put(letter, severity).put(fold, look.style(Role::Accent)).skip(1);
    let least = VALUES_MIN.min(width(&values));
    let facts = fitting(&told, pen.left().saturating_sub(least + 2));
    let room = pen.left().saturating_sub(width(&facts) + 2);
    pen.column(&clip(&values, room), room, look.style(Role::Title)).skip(2);
    pen.put(&facts, look.style(Role::Text));
}

/// The values that make the group; of a label that is absent its name.
fn values(group: &Group, labels: &[String]) -> String {
    let value = |(value, name): (&crate::domain::text::SafeText, &String)| {
        if value.is_empty() {
            format!("(no {})", crate::domain::text::sanitise(name))
        } else {
            value.line().into_owned()
        }
    };
    group.key.values().iter().zip(labels).map(value).collect::<Vec<_>>().join(" · ")
}

/// The facts, the most telling first.
fn told(group: &Group, now: Time) -> Vec<String> {
    let mut facts: Vec<String> = group.tally.told().map(|(n, word)| format!("{n} {word}")).collect();
    facts.push(format!("since {}", duration::age(group.oldest, now)));
    if !group.owners.is_empty() {
        let more = if group.more_owners > 0 { " and others" } else { "" };
        let names: Vec<String> = group.owners.iter().map(|o| o.line().into_owned()).collect();
        facts.push(format!("{}{more}", names.join(", ")));
    }
    facts
}

/// As many facts as there is room for.
fn fitting(facts: &[String], room: usize) -> String {
    let mut text = String::new();
    for fact in facts {
        let gap = if text.is_empty() { 0 } else { 2 };
        if width(&text) + gap + width(fact) > room {
            break;
        }
        text += &format!("{}{fact}", " ".repeat(gap));
    }
    text
}
