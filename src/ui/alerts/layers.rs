//! The dialogs of seeing: by what to group, facets, what returned, why it is noise.

use ratatui::layout::Rect;

use crate::{
    app::desk::view::{
        facets::Facets,
        layer::{NoiseForm, Seeing},
        pick::{Choice, GroupPick},
    },
    config::{keymap::Command, theme::Role},
    domain::duration,
    ui::{
        Canvas, Caret,
        hints::Hint,
        when::When,
        widgets::{plot::bar, text::Pen},
    },
};

const WIDTH: u16 = 76;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, layer: &Seeing) -> Caret {
    match layer {
        Seeing::Group(pick) => group(c, area, pick),
        Seeing::Facets(facets) => facets_of(c, area, facets),
        Seeing::Returned { place } => returned(c, area, *place),
        Seeing::Noise(form) => noise(c, area, form),
    }
}

/// For the footer.
pub(crate) fn keys(layer: &Seeing) -> &'static [Hint] {
    match layer {
        Seeing::Group(_) => &[
            Hint::Keys(&[Command::MenuChoose], "group"),
            Hint::Keys(&[Command::MenuTake], "choose several"),
            Hint::Words("type", "to narrow"),
            Hint::Keys(&[Command::MenuCancel], "leave"),
        ],
        Seeing::Facets(_) => &[
            Hint::Keys(&[Command::Open], "only these"),
            Hint::Keys(&[Command::FacetWithout], "all but these"),
            Hint::Keys(&[Command::Down, Command::Up], "value"),
            Hint::Keys(&[Command::FacetNext], "label"),
            Hint::Keys(&[Command::Back], "leave"),
        ],
        Seeing::Returned { .. } => &[
            Hint::Keys(&[Command::Mark], "clear"),
            Hint::Keys(&[Command::ReturnedClear], "clear all"),
            Hint::Keys(&[Command::Open], "open"),
            Hint::Keys(&[Command::Back], "leave"),
        ],
        Seeing::Noise(_) => &[
            Hint::Keys(&[Command::FormSend], "mark"),
            Hint::Keys(&[Command::FormCancel], "leave"),
            Hint::Words("", "type why, or nothing"),
        ],
    }
}

fn framed(c: &mut Canvas<'_>, area: Rect, height: usize, title: &str) -> Rect {
    let height = u16::try_from(height).unwrap_or(u16::MAX).saturating_add(2);
    c.dialog(area, (WIDTH, height), title)
}

/// The first line that is drawn, so that the selected one is among them.
fn top(place: usize, area: Rect) -> usize {
    (place + 1).saturating_sub(usize::from(area.height.max(1)))
}

fn select(c: &mut Canvas<'_>, area: Rect, line: u16) {
    c.choose(area, line);
}

fn group(c: &mut Canvas<'_>, area: Rect, pick: &GroupPick) -> Caret {
    let found = pick.found();
    let title = match &pick.chosen[..] {
        [] => "group by".to_owned(),
        chosen => format!("group by {}", chosen.join(", ")),
    };
    let inner = framed(c, area, found.len().max(3) + 1, &title);
    let mut pen = Pen::new(c.buf, inner, 0);
    pen.put(": ", c.look.style(Role::Accent)).put(pick.text.before_cursor(), c.look.base());
    let caret = Caret { at: Some((pen.x(), inner.y)) };
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let list = hint_below(c, list, found.len(), pick);
    let top = top(pick.place, list);
    for (line, choice) in (0..list.height).zip(found.iter().skip(top)) {
        let mut pen = Pen::new(c.buf, list, line);
        let mark = matches!(choice, Choice::Label(name, _) if pick.chosen.contains(name));
        pen.put(if mark { "* " } else { "  " }, c.look.style(Role::Accent));
        let word = crate::domain::text::SafeText::new(&choice.word());
        pen.column(&word.line(), 50, c.look.base()).skip(1);
        if let Choice::Label(_, values) = choice {
            pen.put(&counted(*values, "value"), c.look.style(Role::Dim));
        }
        if top + usize::from(line) == pick.place {
            select(c, list, line);
        }
    }
    caret
}

/// Leaves the last line to what is not seen: labels still being counted, answers that there is no room for.
fn hint_below(c: &mut Canvas<'_>, list: Rect, found: usize, pick: &GroupPick) -> Rect {
    let short = found.saturating_sub(usize::from(list.height));
    let hint = match pick.progress() {
        Some((done, all)) => format!("counting the labels: {done} of {all} alerts"),
        None if short > 0 && list.height > 2 => format!("and {} more: type to narrow", short + 1),
        None => return list,
    };
    let height = list.height.saturating_sub(1);
    Pen::new(c.buf, list, height).skip(2).put(&hint, c.look.style(Role::Hint));
    Rect { height, ..list }
}

fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A line of the facets: the head of a label, a value, or how many values are not listed.
enum FacetLine<'a> {
    Head(String),
    Value(&'a str, usize, usize),
    More(usize),
}

fn facet_lines(facets: &Facets) -> Vec<FacetLine<'_>> {
    let mut lines = Vec::new();
    let mut item = 0;
    for facet in &facets.labels {
        lines.push(FacetLine::Head(format!("{}  {}", facet.name.line(), counted(facet.distinct, "value"))));
        for (value, n) in &facet.values {
            lines.push(FacetLine::Value(value.shown(), *n, item));
            item += 1;
        }
        if facet.distinct > facet.values.len() {
            lines.push(FacetLine::More(facet.distinct - facet.values.len()));
        }
    }
    lines
}

fn facets_of(c: &mut Canvas<'_>, area: Rect, facets: &Facets) -> Caret {
    let lines = facet_lines(facets);
    let all = c.app.desk.visible.len();
    let inner = framed(c, area, lines.len().max(3), &format!("{} by label", counted(all, "alert")));
    let selected = |l: &FacetLine<'_>| matches!(l, FacetLine::Value(_, _, item) if *item == facets.place);
    let at = lines.iter().position(selected).unwrap_or(0);
    let top = top(at + 1, inner).min(at);
    for (line, what) in (0..inner.height).zip(lines.iter().skip(top)) {
        let mut pen = Pen::new(c.buf, inner, line);
        match what {
            FacetLine::Head(text) => drop(pen.put(text, c.look.style(Role::Title))),
            FacetLine::More(n) => drop(pen.skip(2).put(&format!("and {n} more"), c.look.style(Role::Hint))),
            FacetLine::Value(value, n, _) => {
                let cells = if c.look.frugal { 0 } else { 16 };
                let bar = bar(share(*n, all), cells, c.look.glyph("u", "a") == "a");
                pen.skip(2).column(&value.replace('\n', " "), 42, c.look.base()).skip(1);
                pen.column_right(&n.to_string(), 7, c.look.base()).skip(1).put(&bar, c.look.style(Role::Accent));
            }
        }
        if selected(what) {
            select(c, inner, line);
        }
    }
    if lines.is_empty() {
        let hint = match facets.progress() {
            Some((done, all)) => format!("counted {done} of {all}"),
            None => "no alert is seen, so there is nothing to count".to_owned(),
        };
        Pen::new(c.buf, inner, 0).put(&hint, c.look.style(Role::Hint));
    }
    Caret::default()
}

#[allow(clippy::cast_precision_loss, reason = "counts of alerts, far below 2^52")]
fn share(n: usize, all: usize) -> f64 {
    n as f64 / all.max(1) as f64
}

fn returned(c: &mut Canvas<'_>, area: Rect, place: usize) -> Caret {
    let waiting = &c.app.world.returned.waiting;
    let title = format!("{} fired and resolved while you were away", waiting.len());
    let inner = framed(c, area, waiting.len().max(1), &title);
    let top = top(place, inner);
    for (line, one) in (0..inner.height).zip(waiting.iter().skip(top)) {
        let (glyph, letter) = c.look.mark(one.severity);
        let severity = c.look.style(c.look.severity(one.severity));
        let lasted = format!("for {}", duration::long(one.resolved_at - one.fired_at));
        let mut pen = Pen::new(c.buf, inner, line);
        pen.put(glyph, severity).put(letter, severity).skip(1);
        pen.put(&When::of(c.app).write(one.fired_at, "%d.%m. %H:%M "), c.look.style(Role::Dim));
        pen.column(&lasted, 11, c.look.style(Role::Dim)).skip(1).put(&one.title.line(), c.look.base());
        if top + usize::from(line) == place {
            select(c, inner, line);
        }
    }
    Caret::default()
}

fn noise(c: &mut Canvas<'_>, area: Rect, form: &NoiseForm) -> Caret {
    let inner = framed(c, area, 3, &format!("{} was not actionable", form.title.line()));
    let mut pen = Pen::new(c.buf, inner, 0);
    pen.put("It is kept in the journal for `watchfire alerts noise`; nobody is muted.", c.look.style(Role::Hint));
    let mut pen = Pen::new(c.buf, inner, 2);
    pen.put("why ", c.look.style(Role::Accent)).put(form.why.before_cursor(), c.look.base());
    let caret = (pen.x(), inner.y + 2.min(inner.height.saturating_sub(1)));
    pen.put(&form.why.as_str()[form.why.before_cursor().len()..], c.look.base());
    Caret { at: Some(caret) }
}
