//! Who is on call: now, until when, who is next and who comes after, by policy and level.

use ratatui::layout::Rect;

use crate::{
    app::world::{
        World,
        oncall::{Mine, Told},
    },
    config::theme::Role,
    domain::{
        Time, duration,
        held::Duty,
        oncall::{Names, Post},
        text::SafeText,
    },
};

use super::{Canvas, detail::Sheet};

/// Those who come after, that are named.
const AFTER: usize = 4;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, scroll: usize) {
    let (world, now) = (&c.app.world, c.app.now);
    let mut sheet = Sheet::default();
    if world.on_call.is_known_to_none() {
        sheet.text("No source tells who is on call. A pagerduty source does, and a plugin may.", Role::Hint);
    }
    for (name, told) in world.on_call.sources() {
        if let Some(words) = blind(name.as_str(), told, now) {
            sheet.text(&words, Role::Unknown);
            sheet.gap();
        } else if told.read_at.is_some() && told.duties.is_empty() {
            sheet.text(&format!("{name}: nobody is on call, it says"), Role::Warning);
        }
    }
    let mut of = None;
    for post in world.on_call.posts(now) {
        if of.as_ref() != Some(&(post.source.clone(), post.of.clone())) {
            sheet.head(&head(&post));
            of = Some((post.source.clone(), post.of.clone()));
        }
        level(&mut sheet, &post, &world.on_call.names, now);
    }
    sheet.draw(c, area, "on call", scroll);
}

/// `pd: UNKNOWN for 12m who is on call (unreachable: ..); below is what it told last`.
fn blind(name: &str, told: &Told, now: Time) -> Option<String> {
    if !told.is_blind(now) {
        return None;
    }
    let why = told.error.as_ref().map(|e| format!(" ({e})")).unwrap_or_default();
    Some(match told.read_at {
        Some(at) => {
            format!("{name}: UNKNOWN who is on call{why}; below is what it told {} ago", duration::long(now - at))
        }
        None if told.error.is_none() => format!("{name}: asking who is on call"),
        None => format!("{name}: UNKNOWN who is on call, never read{why}"),
    })
}

fn head(post: &Post) -> String {
    let services: Vec<String> = post.services.iter().map(|s| s.line().into_owned()).collect();
    let services = if services.is_empty() { String::new() } else { format!(" for {}", services.join(", ")) };
    format!("{}{services} ({})", post.of.line(), post.source)
}

fn level(sheet: &mut Sheet, post: &Post, names: &Names, now: Time) {
    let name = format!("level {}", post.level);
    if post.now.is_empty() {
        // Where nobody can be asked, nobody knows.
        sheet.pair(&name, if post.old_s.is_some() { "UNKNOWN: it told of nobody for this time" } else { "nobody" });
    }
    for (i, duty) in post.now.iter().enumerate() {
        sheet.pair(if i == 0 { &name } else { "" }, &holds(duty, names, now));
    }
    for (i, duty) in post.next.iter().take(AFTER).enumerate() {
        sheet.pair(if i == 0 { "  then" } else { "" }, &comes(duty, names));
    }
}

/// `bea (you) until 08:00 UTC (in 3h)`.
pub fn holds(duty: &Duty, names: &Names, now: Time) -> String {
    let until = match duty.until {
        Some(until) => format!("until {} UTC (in {})", moment(until, now), duration::long(until - now)),
        None => "until further notice".to_owned(),
    };
    format!("{} {until}", who(&duty.who, names))
}

/// `carl from 02.03. 08:00 UTC until 16:00 UTC`.
pub fn comes(duty: &Duty, names: &Names) -> String {
    let stamp = |at: Option<Time>| at.map(|t| t.format("%d.%m. %H:%M UTC").to_string());
    let until = stamp(duty.until).map(|t| format!(" until {t}")).unwrap_or_default();
    format!("{} from {}{until}", who(&duty.who, names), stamp(duty.from).unwrap_or_default())
}

fn who(who: &SafeText, names: &Names) -> String {
    let you = if names.has(who) { " (you)" } else { "" };
    format!("{}{you}", who.line())
}

fn moment(at: Time, now: Time) -> String {
    let form = if at.date_naive() == now.date_naive() { "%H:%M" } else { "%d.%m. %H:%M" };
    at.format(form).to_string()
}

/// What the header says of the person before the screen; nothing where nobody told that they are on call.
pub(crate) fn word(world: &World, now: Time) -> Option<(String, Role)> {
    match world.on_call.mine(now) {
        Mine::Until(Some(until), level) => {
            let level = if level > 1 { format!(" (level {level})") } else { String::new() };
            Some((format!("you are on call until {}{level}", moment(until, now)), Role::Accent))
        }
        Mine::Until(None, _) => Some(("you are on call".to_owned(), Role::Accent)),
        Mine::Unknown => Some(("on call: UNKNOWN".to_owned(), Role::Unknown)),
        Mine::No => None,
    }
}
