//! The dialogs about many alerts: the plan, the batch on its way, the way back. Everything that is sent can be scrolled to.

mod asked;

use ratatui::layout::Rect;

use crate::{
    app::{
        desk::layer::BulkForm,
        world::{
            bulk::{Batch, BulkPlan, Count, Doing, End, Item, LeftOut, Part},
            undo::UndoPlan,
        },
    },
    config::{keymap::Context, theme::Role},
    domain::{contract::condition, duration, held::Verb, op::BatchId, op::Covered, text::SafeText},
};

use super::{
    Canvas, Caret,
    acking::{self, FIELDS},
    forms::paragraphs,
    widgets::{
        frame::dialog,
        text::{Pen, clip, wrap},
    },
};

/// Columns of the dialog where there is room for them.
const WIDTH: u16 = 100;
/// So many alerts of several sources are named one by one.
const NAMED_MAX: usize = 20;
/// Cells of a progress bar.
const BAR: usize = 40;

type Lines = Vec<(String, Role)>;

pub(crate) fn plan(c: &mut Canvas<'_>, area: Rect, form: &BulkForm) -> Caret {
    let plan = &form.plan;
    let columns = usize::from(WIDTH.min(area.width).max(12)) - 6;
    let lines = match plan.doing {
        Doing::Ack => ack_lines(c, plan, columns),
        _ => unack_lines(c, plan, columns),
    };
    let title = format!("{} {}", plan.doing.noun(), alerts(plan.len()));
    let mut foot = foot(form, columns);
    let asks = match plan.doing {
        Doing::Ack if !plan.is_empty() => u16::try_from(form.terms.fields().len()).unwrap_or(FIELDS),
        _ => 1,
    };
    let inner = open(c, area, &title, lines.len() + 1 + foot.len() + usize::from(asks));
    // Where it is too low for all of it, what is written stays in sight.
    let below = inner.height.min(asks + u16::try_from(foot.len()).unwrap_or(0));
    scrolled(c, Rect { height: inner.height.saturating_sub(below + 1), ..inner }, &lines, form.scroll);
    let last = Rect { y: inner.y + inner.height - below, height: below, ..inner };
    foot.truncate(usize::from(below.saturating_sub(asks)));
    paragraphs(c, last, &foot);
    let said = u16::try_from(foot.len()).unwrap_or(0);
    let last = Rect { y: last.y + said, height: last.height - said, ..last };
    if plan.is_empty() {
        let (leaves, _) = crate::app::desk::strokes::ways_out(c.app.desk.taking().unwrap_or(Context::Form));
        let said = format!("nothing of it can be done; {} leaves", c.key(leaves));
        Pen::new(c.buf, last, 0).put(&said, c.look.style(Role::Warning));
        return Caret::default();
    }
    if plan.doing == Doing::Ack {
        return acking::fields(c, last, &form.terms);
    }
    let question = format!("take them back? {}", super::hints::yes_no(c.app));
    Pen::new(c.buf, last, 0).put(&question, c.look.style(Role::Accent));
    Caret::default()
}

/// Why it cannot be sent as it is written.
fn foot(form: &BulkForm, columns: usize) -> Lines {
    let why = form.terms.error.as_ref().map(|why| SafeText::new(why).line().into_owned());
    why.map(|why| wrapped(&why, columns, "", Role::ErrorText)).unwrap_or_default()
}

fn open(c: &mut Canvas<'_>, area: Rect, title: &str, lines: usize) -> Rect {
    let height = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2);
    dialog(c.buf, area, (WIDTH, height), title, c.look.style(Role::BorderFocus), c.look.base())
}

fn alerts(n: usize) -> String {
    if n == 1 { "1 alert".into() } else { format!("{n} alerts") }
}

fn ack_lines(c: &Canvas<'_>, plan: &BulkPlan, columns: usize) -> Lines {
    let until = format!("{} UTC ({})", plan.until.format("%H:%M"), duration::long(plan.lasts));
    let mut lines = asked::headline(plan, columns);
    for ((source, way), parts) in plan.by_source() {
        let n: usize = parts.iter().map(|p| p.alerts.len()).sum();
        let text = match way {
            "native" => {
                let words = c.app.world.way(source, Verb::Ack).map(|w| w.words.line().into_owned());
                format!("{source}, for {}: {}", alerts(n), words.unwrap_or_default())
            }
            "silence" if parts.len() == n => format!(
                "{source}: one silence for each of {}, on exactly its labels; the comment begins with ACK!, until {until}, \
                 kept alive while it fires",
                alerts(n)
            ),
            "silence" => format!(
                "{source}: {} silences for {}, as narrow as they can be; the comment begins with ACK!, until {until}, \
                 kept alive while they fire",
                parts.len(),
                alerts(n)
            ),
            _ => format!("{source}: in the journal only, until {until}: {} owned, nobody is muted", alerts(n)),
        };
        lines.extend(wrapped(&text, columns, "", Role::Text));
        lines.extend(asked::lines(c, &parts, columns));
        lines.extend(members(c, plan, &parts, columns));
    }
    if plan.parts.iter().any(|p| p.request.is_none()) {
        lines.extend(wrapped(&breaks(plan), columns, "", Role::Text));
    }
    lines.extend(reach(c, plan, columns, "mute"));
    lines.extend(left_out(c, plan, columns));
    let muting: Vec<&Part> = plan.parts.iter().filter(|p| !p.matchers.is_empty()).collect();
    if !muting.is_empty() {
        lines.push(("exactly:".into(), Role::Dim));
    }
    for part in muting {
        let matchers: Vec<String> = part.matchers.iter().map(|m| SafeText::new(&m.to_string()).to_string()).collect();
        lines.extend(wrapped(&format!("{} {{{}}}", part.source, matchers.join(", ")), columns, "  ", Role::Dim));
    }
    lines
}

/// What breaks the acks; those that share a silence nothing does.
fn breaks(plan: &BulkPlan) -> String {
    let words = condition::in_words(&plan.breaks_on);
    match plan.parts.iter().any(|p| p.alerts.len() > 1) {
        true => format!("alone in its silence: {words}; those that share one: nothing breaks it before its end"),
        false if plan.parts.iter().any(|p| p.request.is_some()) => {
            format!("each that its source does not keep itself: {words}")
        }
        false => format!("each of them: {words}"),
    }
}

fn unack_lines(c: &Canvas<'_>, plan: &BulkPlan, columns: usize) -> Lines {
    let mut lines = asked::headline(plan, columns);
    for ((source, way), parts) in plan.by_source() {
        let n: usize = parts.iter().map(|p| p.alerts.len()).sum();
        let text = match way {
            "silence" => format!(
                "{source}: ends {} that carry the acks of {}; they page again",
                silences(parts.len()),
                alerts(n)
            ),
            "native" => {
                let words = c.app.world.way(source, Verb::Unack).map(|w| w.words.line().into_owned());
                format!("{source}, for {}: {}", alerts(n), words.unwrap_or_default())
            }
            _ => format!("{source}: takes the acks of {} back in the journal", alerts(n)),
        };
        lines.extend(wrapped(&text, columns, "", Role::Text));
        lines.extend(asked::lines(c, &parts, columns));
        lines.extend(members(c, plan, &parts, columns));
    }
    lines.extend(reach(c, plan, columns, "free"));
    lines.extend(left_out(c, plan, columns));
    lines
}

/// By name what is done at a source, where a few alerts of several sources are acted on at once.
fn members(c: &Canvas<'_>, plan: &BulkPlan, parts: &[&Part], columns: usize) -> Lines {
    if !plan.is_of_several_sources() || plan.len() > NAMED_MAX {
        return Lines::new();
    }
    // What a source is asked itself is named with what it says.
    let alerts = parts.iter().filter(|p| p.request.is_none()).flat_map(|p| &p.alerts);
    alerts.map(|one| (clip(&format!("  {}", called(c, one)), columns).into_owned(), Role::Text)).collect()
}

fn silences(n: usize) -> String {
    if n == 1 { "1 silence".into() } else { format!("{n} silences") }
}

/// Whom it reaches though nobody chose them: every one by name.
fn reach(c: &Canvas<'_>, plan: &BulkPlan, columns: usize, verb: &str) -> Lines {
    if plan.parts.iter().all(|p| p.matchers.is_empty() && p.silence.is_none()) {
        return Lines::new();
    }
    let also = plan.also();
    let mut lines = match also.len() {
        0 => vec![(format!("it would also {verb} nothing else on the board"), Role::Dim)],
        n => vec![(format!("it would also {verb} {} that you did not choose:", alerts(n)), Role::Warning)],
    };
    lines.extend(
        also.into_iter().map(|one| (clip(&format!("  {}", called(c, one)), columns).into_owned(), Role::Warning)),
    );
    if plan.unseen() > 0 {
        let text = format!("and {} combinations of their labels that were never seen, should they fire", plan.unseen());
        lines.extend(wrapped(&text, columns, "", Role::Warning));
    }
    lines
}

fn left_out(c: &Canvas<'_>, plan: &BulkPlan, columns: usize) -> Lines {
    if plan.left_out.is_empty() {
        return Lines::new();
    }
    let mut lines = vec![(format!("{} left out:", alerts(plan.left_out.len())), Role::Warning)];
    let several = plan.is_of_several_sources();
    let at = |l: &LeftOut| if several { format!("{}: ", l.alert.alert.source) } else { String::new() };
    let one = |l: &LeftOut| format!("{}{}: {}", at(l), called(c, &l.alert), l.why);
    lines.extend(plan.left_out.iter().flat_map(|l| wrapped(&one(l), columns, "  ", Role::Warning)));
    lines
}

/// Its name, and what tells it from its siblings.
fn called(c: &Canvas<'_>, one: &Covered) -> String {
    named(c, Some(&one.alert), &one.title)
}

pub(super) fn named(c: &Canvas<'_>, alert: Option<&crate::domain::alert::AlertId>, title: &SafeText) -> String {
    let row = alert.and_then(|id| c.app.world.board.get(id));
    match row {
        None => title.line().into_owned(),
        Some(row) => {
            let telling = row.alert.labels.iter().filter(|(n, _)| !matches!(n.raw(), "alertname" | "severity"));
            let labels: Vec<String> = telling.map(|(n, v)| format!("{}={}", n.line(), v.line())).collect();
            format!("{} {}", title.line(), labels.join(" "))
        }
    }
}

fn wrapped(text: &str, columns: usize, indent: &str, role: Role) -> Lines {
    wrap(text, columns.saturating_sub(indent.len())).into_iter().map(|l| (format!("{indent}{l}"), role)).collect()
}

/// The lines from a place on that never goes beyond the last page; says how many are below.
fn scrolled(c: &mut Canvas<'_>, area: Rect, lines: &[(String, Role)], at: usize) {
    let height = usize::from(area.height);
    let top = at.min(lines.len().saturating_sub(height));
    paragraphs(c, area, &lines[top..]);
    let below = lines.len().saturating_sub(top + height);
    if below > 0 && area.height > 0 {
        let more = format!(" {below} more ");
        let x = area.x + area.width.saturating_sub(u16::try_from(more.len()).unwrap_or(area.width));
        let corner = Rect { x, y: area.y + area.height - 1, height: 1, width: area.x + area.width - x };
        Pen::new(c.buf, corner, 0).put(&more, c.look.style(Role::Hint));
    }
}

pub(crate) fn batch(c: &mut Canvas<'_>, area: Rect, id: &BatchId, scroll: usize) -> Caret {
    let Some(batch) = c.app.world.bulk.get(id) else { return Caret::default() };
    let columns = usize::from(WIDTH.min(area.width).max(12)) - 6;
    let mut lines = vec![(bar(c, batch), Role::Text), (batch.summary(), Role::Text), (String::new(), Role::Text)];
    lines.extend(items(c, batch).into_iter().flat_map(|(line, role)| match role {
        Role::Ok | Role::Dim => vec![(clip(&line, columns).into_owned(), role)],
        // Why something went wrong is never cut off.
        _ => wrapped(&line, columns, "", role),
    }));
    let title = format!("{} {}", batch.doing.noun(), batch.doing.counted(batch.items.len()));
    let inner = open(c, area, &title, lines.len().max(8));
    scrolled(c, inner, &lines, scroll);
    Caret::default()
}

fn bar(c: &Canvas<'_>, batch: &Batch) -> String {
    let all = batch.items.len().max(1);
    let over = all - batch.count().waiting.min(all);
    let (full, empty) = (c.look.glyph("█", "#"), c.look.glyph("░", "."));
    let cells = over * BAR / all;
    format!("{}{} {:>3} %", full.repeat(cells), empty.repeat(BAR - cells), over * 100 / all)
}

/// What went wrong first, then what is on its way, then what is done.
fn items(c: &Canvas<'_>, batch: &Batch) -> Lines {
    let rank = |i: &&Item| match i.end {
        End::Refused(_) => 0,
        End::Unknown(_) => 1,
        End::Gone(_) => 2,
        End::Waiting => 3,
        End::Otherwise(_) => 2,
        End::Done => 4,
    };
    let mut all: Vec<&Item> = batch.items.iter().collect();
    all.sort_by_key(rank);
    all.into_iter().map(|item| line(c, batch.doing, item)).collect()
}

fn line(c: &Canvas<'_>, doing: Doing, item: &Item) -> (String, Role) {
    let name = named(c, item.alert.as_ref(), &item.title);
    match &item.end {
        End::Waiting => (format!("...       {name}"), Role::Dim),
        End::Done => (format!("{:<9} {name}", doing.done()), Role::Ok),
        End::Otherwise(why) => (format!("otherwise {name}: {}", why.line()), Role::Warning),
        End::Refused(why) => (format!("refused   {name}: {}", why.line()), Role::ErrorText),
        End::Unknown(why) => (format!("UNKNOWN   {name}: {}", why.line()), Role::Unknown),
        End::Gone(why) => (format!("left out  {name}: {}", why.line()), Role::Warning),
    }
}

/// A word for the foot of the screen while a batch is on its way.
pub(crate) fn word(c: &Canvas<'_>) -> Option<String> {
    let batch = c.app.world.bulk.running()?;
    let Count { waiting, .. } = batch.count();
    Some(format!("{} {}/{}", batch.doing.noun(), batch.items.len() - waiting, batch.items.len()))
}

pub(crate) fn undo(c: &mut Canvas<'_>, area: Rect, plan: &UndoPlan, scroll: usize) -> Caret {
    let columns = usize::from(WIDTH.min(area.width).max(12)) - 6;
    let by = SafeText::new(&c.app.world.user);
    let ago = duration::long(c.app.now - plan.at);
    let what = format!("takes back {}, {ago} ago by {}", plan.what, by.line());
    let mut lines = wrapped(&what, columns, "", Role::Text);
    for step in &plan.steps {
        let about: Vec<String> = step.about.iter().map(|i| named(c, i.alert.as_ref(), &i.title)).collect();
        let text = format!("{}: {}", about.join(", "), step.what);
        lines.extend(wrapped(&text, columns, "  ", Role::Dim));
    }
    for (title, why) in &plan.cannot {
        lines.extend(wrapped(&format!("stays: {}: {why}", title.line()), columns, "  ", Role::Warning));
    }
    let inner = open(c, area, "undo", lines.len() + 2);
    let body = Rect { height: inner.height.saturating_sub(2), ..inner };
    scrolled(c, body, &lines, scroll);
    let last = Rect { y: inner.y + inner.height.saturating_sub(1), height: inner.height.min(1), ..inner };
    let asks = || format!("take it back? {}", super::hints::yes_no(c.app));
    let question = if plan.steps.is_empty() { "nothing of it can be taken back".to_owned() } else { asks() };
    Pen::new(c.buf, last, 0).put(&question, c.look.style(Role::Accent));
    Caret::default()
}
