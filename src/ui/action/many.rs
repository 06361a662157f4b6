//! One action on several alerts: every line that will run, and how each of them goes.

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::running::{ActionMenu, Lot, PlanForm, SetSight, What},
        world::actions::{Count, Run, Set},
    },
    config::{keymap::Command as Asked, theme::Role},
    domain::{action::Action, entry::Subject, text::SafeText},
};

use super::{
    super::{
        Canvas, Caret, bulk,
        hints::Hint,
        widgets::text::{Pen, clip},
    },
    WIDTH, line,
};

pub(super) const KEYS: &[Hint] = &[
    Hint::Keys(&[Asked::Back], "leave (it goes on)"),
    Hint::Keys(&[Asked::Open], "what one said"),
    Hint::Keys(&[Asked::RunStop], "stop, start no more"),
    Hint::Keys(&[Asked::RunAgain], "again where it failed"),
    Hint::Keys(&[Asked::Down, Asked::Up], "move"),
];

/// Cells of the progress bar.
const BAR: usize = 40;

/// The line that would run; of several the first, and how many there are.
pub(super) fn preview(c: &Canvas<'_>, menu: &ActionMenu, action: &Action) -> Result<String, String> {
    let form = PlanForm::new(What::Action(Box::new(action.clone())), menu.targets.clone());
    let lot = form.lot(&c.app.world, c.app.now)?;
    let first = lot.ready.first().map(|(_, command)| command.line()).unwrap_or_default();
    Ok(match (lot.ready.len(), menu.targets.len()) {
        (_, 1) => first,
        (ready, all) if ready == all => format!("{first}\nand the same for each of {all}"),
        (ready, all) => format!("{first}\nfor {ready} of {all}; the others are left out"),
    })
}

/// Each command under the alert it is for, and who is left out.
pub(super) fn commands(c: &Canvas<'_>, lot: &Lot, say: &mut impl FnMut(&str, Role)) {
    for (target, command) in &lot.ready {
        say(&called(c, &target.subject, target.title.as_ref()), Role::Accent);
        line(command, say);
    }
    if !lot.left_out.is_empty() {
        say(&format!("{} left out:", lot.left_out.len()), Role::Warning);
    }
    for (target, why) in &lot.left_out {
        say(&format!("  {}: {why}", called(c, &target.subject, target.title.as_ref())), Role::Warning);
    }
}

/// Its name, and what tells it from its siblings.
fn called(c: &Canvas<'_>, subject: &Subject, title: Option<&SafeText>) -> String {
    bulk::named(c, subject.as_alert().as_ref(), title.unwrap_or(&SafeText::new(&subject.to_string())))
}

pub(super) fn draw(c: &mut Canvas<'_>, area: Rect, sight: &SetSight) -> Caret {
    let Some(set) = c.app.world.actions.set(&sight.id) else {
        let inner = c.dialog(area, (60, 4), "actions");
        Pen::new(c.buf, inner, 0).put("they are no longer in memory; the timeline has them", c.look.style(Role::Hint));
        return Caret::default();
    };
    let runs = sight.runs(c.app);
    let rows = u16::try_from(runs.len() + set.left_out.len()).unwrap_or(u16::MAX);
    let size = (WIDTH.max(area.width.saturating_sub(8)), rows.saturating_add(5).max(8));
    let inner = c.dialog(area, size, &set.name());
    let style = c.look.style(Role::Text);
    let bar = bar(c, set);
    Pen::new(c.buf, inner, 0).put(&bar, style);
    Pen::new(c.buf, inner, 1).put(&set.summary(&c.app.world.actions), style);
    let below = Rect { y: inner.y + 3, height: inner.height.saturating_sub(3), ..inner }.intersection(inner);
    let top = (sight.place + 1).saturating_sub(usize::from(below.height.max(1)));
    for (row, (at, run)) in (0..below.height).zip(runs.iter().enumerate().skip(top)) {
        one(c, below, row, run);
        if at == sight.place {
            c.choose(below, row);
        }
    }
    let used = u16::try_from(runs.len().saturating_sub(top)).unwrap_or(u16::MAX);
    for (row, (name, why)) in (used..below.height).zip(&set.left_out) {
        let text = format!("left out  {}: {}", name.line(), why.line());
        Pen::new(c.buf, below, row).put(&text, c.look.style(Role::Warning));
    }
    Caret::default()
}

fn one(c: &mut Canvas<'_>, area: Rect, row: u16, run: &Run) {
    let (word, role) = super::run::state(run, c.app.now);
    let name = called(c, &run.order.subject, run.order.title.as_ref());
    let columns = usize::from(area.width) / 2;
    let mut pen = Pen::new(c.buf, area, row);
    pen.column(&clip(&name, columns), columns, c.look.base()).skip(1).put(&word, c.look.style(role));
}

fn over(set: &Set, c: &Canvas<'_>) -> (usize, usize) {
    let Count { waiting, running, .. } = set.count(&c.app.world.actions);
    (set.runs.len().saturating_sub(waiting + running), set.runs.len())
}

fn bar(c: &Canvas<'_>, set: &Set) -> String {
    let (over, all) = over(set, c);
    let (full, empty) = (c.look.glyph("█", "#"), c.look.glyph("░", "."));
    let cells = over * BAR / all.max(1);
    format!("{}{} {:>3} %", full.repeat(cells), empty.repeat(BAR - cells), over * 100 / all.max(1))
}

/// A word for the foot of the screen while a set is on its way.
pub(crate) fn word(c: &Canvas<'_>) -> Option<String> {
    let set = c.app.world.actions.running_set()?;
    let (over, all) = over(set, c);
    Some(format!("{} {over}/{all}", set.action.name.line()))
}
