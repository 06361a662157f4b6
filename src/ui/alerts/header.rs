//! The header of a group: what it has in common, the worst of it, how many are in which state, since when, and who is on it.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::view::{
            group::Group,
            routed::{HEAD, Made},
        },
        world::routes::GUESS,
    },
    config::theme::Role,
    domain::{
        routing::route::GroupBy,
        text::{SafeText, sanitise},
    },
    ui::{
        Canvas,
        when::When,
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
    let values = name(c, group);
    let told = told(group, When::of(c.app));
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(if selected { look.glyph("▌", ">") } else { " " }, look.style(Role::Accent));
    pen.put(glyph, severity).put(letter, severity).put(fold, look.style(Role::Accent)).skip(1);
    let least = VALUES_MIN.min(width(&values));
    let facts = fitting(&told, pen.left().saturating_sub(least + 2));
    let room = pen.left().saturating_sub(width(&facts) + 2);
    pen.column(&clip(&values, room), room, look.style(Role::Title)).skip(2);
    pen.put(&facts, look.style(Role::Text));
}

/// The header in words: the worst of it, what makes it, its facts.
pub(crate) fn sentence(c: &Canvas<'_>, index: usize) -> String {
    let view = &c.app.desk.view;
    let Some(group) = view.group(index) else { return String::new() };
    let folded = if view.folds.is_folded(&group.key) { "folded group" } else { "group" };
    format!("{folded}, {}, {}: {}", group.worst.as_str(), name(c, group), told(group, When::of(c.app)).join(", "))
}

/// What makes the group: its values; before them whom its route tells.
fn name(c: &Canvas<'_>, group: &Group) -> String {
    let parts = group.key.values();
    let routed = parts.get(HEAD..).unwrap_or_default();
    match &group.made {
        Made::ByLabels => values(parts, c.app.desk.view.group_by.iter().map(String::as_str)),
        Made::ByGuess => format!("{} (a guess): {}", source(c, group), values(routed, GUESS.into_iter())),
        Made::ByRoute(taken) => {
            let also: String = taken.also.iter().map(|r| format!(" + {}", r.line())).collect();
            let whom = format!("{}{}{also}", source(c, group), taken.receiver.line());
            match &taken.group_by {
                GroupBy::Labels(names) if names.is_empty() => format!("{whom}: all of its route"),
                GroupBy::Labels(names) => format!("{whom}: {}", values(routed, names.iter().map(SafeText::raw))),
                GroupBy::All => format!("{whom}: {}", alone(routed)),
            }
        }
    }
}

/// Whose route it is, where there are several sources.
fn source(c: &Canvas<'_>, group: &Group) -> String {
    let name = group.key.values().first().map(|n| n.line()).unwrap_or_default();
    match (&group.made, c.app.world.routes.sources()) {
        (Made::ByRoute(_), 0 | 1) => String::new(),
        (Made::ByRoute(_), _) => format!("{name} "),
        _ => name.into_owned(),
    }
}

/// The values that make the group; of a label that is absent its name.
fn values<'a>(values: &[SafeText], labels: impl Iterator<Item = &'a str>) -> String {
    let value = |(value, name): (&SafeText, &str)| {
        if value.is_empty() { format!("(no {})", sanitise(name)) } else { value.line().into_owned() }
    };
    values.iter().zip(labels).map(value).collect::<Vec<_>>().join(" · ")
}

/// A label set that is a group of its own: its name, and the labels that tell it from its like.
fn alone(pairs: &[SafeText]) -> String {
    let pairs = || pairs.chunks_exact(2);
    let name = pairs().find(|p| p[0] == "alertname").map(|p| p[1].line().into_owned());
    let rest = pairs().filter(|p| p[0] != "alertname" && p[0] != "severity");
    let rest = rest.map(|p| format!("{}={}", p[0].line(), p[1].line()));
    name.into_iter().chain(rest).collect::<Vec<_>>().join(" · ")
}

/// The facts, the most telling first.
fn told(group: &Group, when: When<'_>) -> Vec<String> {
    let mut facts: Vec<String> = group.tally.told().map(|(n, word)| format!("{n} {word}")).collect();
    facts.push(format!("since {}", when.since(group.oldest)));
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
