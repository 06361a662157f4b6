//! What if: the fields above, what would be below, anew with every key.

use ratatui::layout::Rect;

use crate::{
    app::desk::supposing::{FIELDS, Supposition},
    config::theme::Role,
    domain::slo::{SloId, supposed::suppose, tale},
    ui::{Canvas, Caret, forms, widgets::text::wrap},
};

/// Columns of the names before a field or a number.
const NAMES: usize = 13;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, form: &Supposition) -> Caret {
    let words = words(c, &form.id, form);
    let columns = usize::from(forms::WIDTH.min(area.width)).saturating_sub(NAMES + 4).max(10);
    let mut rows: Vec<(String, Role)> = Vec::new();
    for (name, text, role) in words {
        for (i, line) in wrap(&text, columns).into_iter().enumerate() {
            rows.push((format!("{:<NAMES$}{line}", if i == 0 { name.as_str() } else { "" }), role));
        }
    }
    let height = u16::try_from(rows.len() + FIELDS.len() + 3).unwrap_or(u16::MAX);
    let inner = c.dialog(area, (forms::WIDTH, height), "what if");
    let mut caret = Caret::default();
    for (i, name) in (0..).zip(FIELDS) {
        let line = Rect { y: inner.y + i, height: 1, ..inner }.intersection(inner);
        let here = forms::input(c, line, &format!("{name:<NAMES$}"), &form.fields[usize::from(i)]);
        if usize::from(i) == form.focus && !line.is_empty() {
            caret = here;
        }
    }
    let used = u16::try_from(FIELDS.len() + 1).unwrap_or(4).min(inner.height);
    let below = Rect { y: inner.y + used, height: inner.height - used, ..inner };
    forms::paragraphs(c, below, &rows);
    caret
}

fn words(c: &Canvas<'_>, id: &SloId, form: &Supposition) -> Vec<(String, String, Role)> {
    let one = |text: &str, role| vec![(String::new(), text.to_owned(), role)];
    let Some(row) = c.app.world.budgets.get(id) else { return one("this SLO is no longer defined", Role::Hint) };
    let Some(n) = row.numbers() else { return one("it was not counted", Role::Unknown) };
    let changes = match form.changes() {
        Ok(changes) => changes,
        Err(why) => return one(&why, Role::ErrorText),
    };
    let supposed = suppose(&row.slo, &row.history, n, changes, c.app.now);
    let pairs: Vec<tale::Pair> = supposed.words();
    pairs.into_iter().map(|(name, text)| (name, text, Role::Text)).collect()
}
