//! The list of silences: those that end first stand first, what could not be read stands above all.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::{
            silence_list::{PROBLEMS_MAX, SilenceList},
            touch::Spot,
        },
        world::silence_rows::{SilenceRow, Standing},
    },
    config::{keymap::Command, theme::Role},
    domain::duration,
};

use super::{
    Canvas, Caret,
    silencing::written,
    widgets::{frame::titled, text::Pen},
};

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, list: &SilenceList) {
    let styles = (c.look.style(Role::BorderFocus), c.look.style(Role::Title));
    let standing = list.rows.iter().filter(|r| !r.is_over()).count();
    let marked = if list.marked.is_empty() { String::new() } else { format!(", {} marked", list.marked.len()) };
    let of = if list.rows.len() == list.all {
        String::new()
    } else {
        format!(", {} of {} shown", list.rows.len(), list.all)
    };
    let title = format!("silences: {standing} stand{of}{marked}");
    let inner = titled(c.buf, area, &title, &c.back(), styles, c.look.rule(true));
    let used = problems(c, inner);
    let rest = Rect { y: inner.y + used, height: inner.height - used, ..inner };
    let columns = Columns::of(rest.width, list);
    head(c, rest, &columns);
    let body = Rect { y: rest.y + 1.min(rest.height), height: rest.height.saturating_sub(1), ..rest };
    if list.rows.is_empty() {
        let blind = c.app.world.is_blind();
        let text = match (list.all, blind) {
            (0, true) => "UNKNOWN: not every source could be read; no silence among what was told",
            (0, false) => "no source has a silence; n makes one",
            _ => "no silence matches the filter",
        };
        Pen::new(c.buf, body, 0).skip(1).put(text, c.look.style(if blind { Role::Unknown } else { Role::Hint }));
    }
    for (line, row) in (0..body.height).zip(list.rows.iter().skip(list.cursor.top)) {
        c.hits.line(body, line, Spot::Row(list.cursor.top + usize::from(line)));
        draw_row(c, body, line, row, (&columns, list));
    }
}

/// Silences that could not be read: never left out without a word.
fn problems(c: &mut Canvas<'_>, area: Rect) -> u16 {
    let all = c.app.world.silence_problems();
    let lines = u16::try_from(all.len().min(PROBLEMS_MAX)).unwrap_or(0).min(area.height);
    for (row, (source, text)) in (0..lines).zip(&all) {
        let more = if row + 1 == lines && all.len() > PROBLEMS_MAX {
            format!(" (and {} more)", all.len() - PROBLEMS_MAX)
        } else {
            String::new()
        };
        let text = format!("{source}: not read: {}{more}", text.line());
        Pen::new(c.buf, area, row)
            .skip(1)
            .put(c.look.glyph("⚠ ", "! "), c.look.style(Role::Unknown))
            .put(&text, c.look.style(Role::Unknown));
    }
    lines
}

struct Columns {
    source: usize,
    by: usize,
    matchers: usize,
}

impl Columns {
    fn of(width: u16, list: &SilenceList) -> Self {
        let longest = |text: &dyn Fn(&SilenceRow) -> usize| list.rows.iter().map(text).max().unwrap_or(0);
        let source = longest(&|r| r.source.as_str().len()).clamp(6, 12);
        let by = longest(&|r| super::widgets::text::width(&r.silence.created_by.line())).clamp(2, 10);
        let rest = usize::from(width).saturating_sub(STATE + ENDS + MUTES + source + by + 9);
        Self { source, by, matchers: rest * 6 / 10 }
    }
}

const STATE: usize = 8;
const ENDS: usize = 7;
const MUTES: usize = 5;

fn head(c: &mut Canvas<'_>, area: Rect, columns: &Columns) {
    let dim = c.look.style(Role::Dim);
    let mut pen = Pen::new(c.buf, area, 0);
    pen.skip(2).column("state", STATE, dim).skip(1).column_right("ends in", ENDS, dim).skip(1);
    pen.column_right("mutes", MUTES, dim).skip(1).column("source", columns.source, dim).skip(1);
    pen.column("by", columns.by, dim).skip(1).column("matchers", columns.matchers, dim).skip(1).put("comment", dim);
}

fn draw_row(c: &mut Canvas<'_>, area: Rect, line: u16, row: &SilenceRow, (columns, list): (&Columns, &SilenceList)) {
    let (state, role) = state(row);
    let silence = &row.silence;
    let text = c.look.style(if row.is_over() { Role::Dim } else { Role::Text });
    let ends = match row.state {
        Standing::Expired => format!("-{}", duration::age(silence.ends_at, c.app.now)),
        _ => duration::short(silence.ends_at - c.app.now),
    };
    let soon = c.look.style(if row.ends_soon { Role::Warning } else { Role::Text });
    let nothing = c.look.style(if row.matches_nothing() { Role::Warning } else { Role::Text });
    let mark = if list.marked.contains(&row.id()) { c.look.glyph("●", "*") } else { " " };
    let mutes = if row.is_over() { "-".to_owned() } else { row.mutes.to_string() };
    let mut pen = Pen::new(c.buf, area, line);
    pen.put(mark, c.look.style(Role::Accent)).skip(1).column(&state, STATE, c.look.style(role)).skip(1);
    pen.column_right(&ends, ENDS, if row.is_over() { text } else { soon }).skip(1);
    pen.column_right(&mutes, MUTES, if row.is_over() { text } else { nothing }).skip(1);
    pen.column(row.source.as_str(), columns.source, c.look.style(Role::Dim)).skip(1);
    pen.column(&silence.created_by.line(), columns.by, text).skip(1);
    pen.column(&written(&silence.matchers), columns.matchers, text).skip(1);
    pen.put(&format!("{}{}", badges(row), silence.comment.line()), text);
    if list.cursor.selected() == Some(&row.id()) {
        c.choose(area, line);
    }
}

fn state(row: &SilenceRow) -> (String, Role) {
    match row.state {
        _ if row.settling => ("settling".into(), Role::Hint),
        Standing::Active if row.silence.is_ack() => ("ack".into(), Role::Acked),
        Standing::Active => ("active".into(), Role::Suppressed),
        Standing::Pending => ("pending".into(), Role::Info),
        Standing::Expired => ("expired".into(), Role::Dim),
        Standing::Unknown { age } => (format!("UNK {}", duration::short(age)), Role::Unknown),
    }
}

/// What deserves a look, in words: colour alone says nothing to some.
pub fn badges(row: &SilenceRow) -> String {
    let mut words = String::new();
    if row.ends_soon {
        words.push_str("[ends soon] ");
    }
    if row.matches_nothing() {
        words.push_str("[matches nothing] ");
    }
    words
}

/// The filter being written takes the footer's place.
pub(crate) fn caret(c: &mut Canvas<'_>, line: Rect, list: &SilenceList) -> Caret {
    if !list.filtering {
        return Caret::default();
    }
    let blank = " ".repeat(usize::from(line.width));
    Pen::new(c.buf, line, 0).put(&blank, c.look.base());
    let mut pen = Pen::new(c.buf, line, 0);
    pen.put("/ ", c.look.style(Role::Accent)).put(list.filter.before_cursor(), c.look.base());
    let at = (pen.x(), line.y);
    pen.put(&list.filter.as_str()[list.filter.before_cursor().len()..], c.look.base());
    if list.filter.as_str().is_empty() {
        let (keeps, takes) = (c.app.key_of(Command::MenuChoose), c.app.key_of(Command::MenuCancel));
        let hint = format!("words, or a label such as team=web  ({keeps} keeps, {takes} takes it away)");
        pen.put(&hint, c.look.style(Role::Hint));
    }
    Caret { at: Some(at) }
}
