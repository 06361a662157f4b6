//! The title of the alerts: how many there are, the saved views as tabs, and the filter that holds.

use ratatui::layout::Rect;

use crate::{
    app::{
        App,
        desk::{Desk, touch::Spot, views::Tab},
    },
    config::{keymap::Command, theme::Role},
};

use super::{Canvas, widgets::text::width};

/// A title, and the columns of the tab before you.
pub(crate) struct Title {
    pub text: String,
    current: Option<(usize, usize)>,
    /// Each tab that is shown, with its first column and how many it has.
    tabs: Vec<(usize, (usize, usize))>,
}

/// Where a title's text begins on its line.
const INDENT: usize = 2;

pub(crate) fn title(c: &Canvas<'_>, columns: usize) -> Title {
    let desk = &c.app.desk;
    let total = c.app.world.board.len();
    let shown = shown(desk);
    let filter = desk.filter.holds.as_ref().map(|_| format!("  / {}", desk.filter.text)).unwrap_or_default();
    if !desk.views.is_empty() {
        return tabs(desk, columns, &filter);
    }
    let text =
        if filter.is_empty() { format!("1 alerts {total}") } else { format!("1 alerts {shown}/{total}{filter}") };
    Title { text, current: None, tabs: Vec::new() }
}

/// How many alerts pass; while some are still looked at, no number that could be taken for the last.
fn shown(desk: &Desk) -> String {
    if desk.is_searching() { format!(">={}", desk.visible.len()) } else { desk.visible.len().to_string() }
}

/// Tabs before the current one give way where there is no room for it.
fn tabs(desk: &Desk, columns: usize, filter: &str) -> Title {
    let tabs: Vec<Tab<'_>> = desk.views.tabs().collect();
    let name = |tab: &Tab<'_>| match tab.current && !filter.is_empty() {
        true => format!("{} {}/{}", tab.name, shown(desk), tab.count),
        false => format!("{} {}", tab.name, tab.count),
    };
    let names: Vec<String> = tabs.iter().map(name).collect();
    let current = tabs.iter().position(|t| t.current).unwrap_or(0);
    let length = |from: usize| names[from..=current].iter().map(|n| width(n) + 3).sum::<usize>();
    let first = (0..current).find(|from| length(*from) + 12 <= columns).unwrap_or(current);
    let mut text = if first == 0 { "1 alerts  ".to_owned() } else { "1 alerts  … | ".to_owned() };
    let mut places = Vec::new();
    for (i, name) in names.iter().enumerate().skip(first) {
        text.push_str(if i == first { "" } else { " | " });
        // In brackets as well: a ground alone is nothing to who sees no colours.
        let shown = if i == current { format!("[{name}]") } else { name.clone() };
        places.push((i, (width(&text), width(&shown))));
        text.push_str(&shown);
    }
    text.push_str(filter);
    let place = places.iter().find(|(i, _)| *i == current).map(|(_, place)| *place);
    Title { text, current: place, tabs: places }
}

/// Marks the tab before you on the title's line.
pub(crate) fn mark(c: &mut Canvas<'_>, area: Rect, title: &Title) {
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let rect = |(from, columns): (usize, usize)| {
        let x = area.x.saturating_add(count(INDENT + from));
        Rect { x, width: count(columns), height: 1, ..area }.intersection(area)
    };
    title.tabs.iter().for_each(|(tab, place)| c.hits.add(rect(*place), Spot::Tab(*tab)));
    if let Some(place) = title.current {
        c.buf.set_style(rect(place), c.look.style(Role::Selection));
    }
}

/// Why no alert is seen though there are some.
pub(crate) fn nothing(app: &App) -> String {
    let desk = &app.desk;
    if desk.is_searching() {
        return "looking through the alerts…".to_owned();
    }
    match (desk.filter.holds.is_some(), desk.views.current()) {
        (false, Some(view)) => {
            let (on, all) = (app.key_of(Command::PaneNext), app.key_of(Command::Back));
            format!("no alert is in the view {}; {on} goes on, {all} shows all", view.name.line())
        }
        _ => format!("no alert passes the filter; {} clears it", app.key_of(Command::Back)),
    }
}
