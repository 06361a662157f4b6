//! Actions: the menu with the line that would run, the plan of one, what it says while it runs, and its entries.

mod many;
mod run;

use ratatui::layout::Rect;
use serde_json::Value;

use crate::{
    app::{
        desk::running::{ActionMenu, Item, Lot, PlanForm, Sheet, What},
        world::actions::RunPhase,
    },
    config::{keymap::Command as Asked, theme::Role},
    domain::{
        action::Command,
        duration,
        entry::{Entry, Kind},
        text::SafeText,
    },
};

pub(crate) use self::many::word;
use super::{
    Canvas, Caret,
    forms::{input, paragraphs},
    hints::Hint,
    widgets::text::{Pen, wrap},
};

const WIDTH: u16 = 96;
/// Rows that the line of the selected action may take in the menu.
const PREVIEW: usize = 4;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, sheet: &Sheet) -> Caret {
    match sheet {
        Sheet::Menu(menu) => self::menu(c, area, menu),
        Sheet::Plan(form) => plan(c, area, form),
        Sheet::Run(sight) => run::draw(c, area, sight),
        Sheet::Set(sight) => many::draw(c, area, sight),
    }
}

pub(crate) fn keys(sheet: &Sheet) -> &'static [Hint] {
    match sheet {
        Sheet::Menu(_) => &[
            Hint::Keys(&[Asked::MenuChoose], "take it"),
            Hint::Words("type", "to narrow"),
            Hint::Keys(&[Asked::MenuCancel], "leave"),
        ],
        Sheet::Plan(form) if form.fields.len() > 1 => &[
            Hint::Keys(&[Asked::FormSend], "next, then run"),
            Hint::Keys(&[Asked::FormNext], "field"),
            Hint::Keys(&[Asked::FormCancel], "leave"),
        ],
        Sheet::Plan(_) => &[
            Hint::Keys(&[Asked::FormSend], "run it"),
            Hint::Keys(&[Asked::FormPageDown], "more of it"),
            Hint::Keys(&[Asked::FormCancel], "leave"),
        ],
        Sheet::Run(_) => &[
            Hint::Keys(&[Asked::Back], "leave (it goes on)"),
            Hint::Keys(&[Asked::RunStop], "stop it"),
            Hint::Keys(&[Asked::Down, Asked::Up], "scroll"),
            Hint::Keys(&[Asked::Copy], "copy output"),
            Hint::Keys(&[Asked::RunCommand], "copy line"),
        ],
        Sheet::Set(_) => many::KEYS,
    }
}

fn menu(c: &mut Canvas<'_>, area: Rect, menu: &ActionMenu) -> Caret {
    let rows = u16::try_from(menu.items.len()).unwrap_or(u16::MAX).saturating_add(4 + PREVIEW as u16);
    let title = format!("actions on {}", menu.on());
    let inner = c.dialog(area, (WIDTH, rows.max(9)), &title);
    let mut pen = Pen::new(c.buf, inner, 0);
    pen.put("> ", c.look.style(Role::Accent)).put(menu.text.before_cursor(), c.look.base());
    let caret = (pen.x(), inner.y);
    let height = inner.height.saturating_sub(2 + PREVIEW as u16);
    let top = (menu.place + 1).saturating_sub(usize::from(height.max(1)));
    for (line, (at, item)) in (1..=height).zip(menu.items.iter().enumerate().skip(top)) {
        row(c, inner, line, item);
        if at == menu.place {
            c.choose(inner, line);
        }
    }
    let below = Rect { y: inner.y + height + 1, height: inner.height.saturating_sub(height + 1), ..inner };
    preview(c, below, menu);
    Caret { at: Some(caret) }
}

/// One item in a sentence; of an action that asks nothing the line that it would run.
pub(crate) fn said(c: &Canvas<'_>, menu: &ActionMenu, item: &Item) -> String {
    let (actions, now) = (&c.app.world.actions, c.app.now);
    let told = match item {
        Item::Action(index) => actions.configured.get(*index).map(|action| {
            let asks = action.confirm || action.dangerous || !action.inputs.is_empty() || menu.targets.len() > 1;
            let line = || many::preview(c, menu, action).unwrap_or_else(|why| why);
            let line = if asks { String::new() } else { format!(" It runs at once: {}", line()) };
            let danger = if action.dangerous { "dangerous, " } else { "" };
            format!("{}, {danger}{}{line}", action.name.line(), action.description.line())
        }),
        Item::Set(id) => actions.set(id).map(|set| format!("{}, {}", set.action.name.line(), set.summary(actions))),
        Item::Run(op) => actions.run(op).map(|run| format!("{}, {}", run.name(), run::state(run, now).0)),
    };
    told.unwrap_or_default()
}

fn row(c: &mut Canvas<'_>, area: Rect, line: u16, item: &Item) {
    let look = c.look;
    let (actions, now) = (&c.app.world.actions, c.app.now);
    let mut pen = Pen::new(c.buf, area, line);
    match item {
        Item::Action(index) => {
            let Some(action) = actions.configured.get(*index) else { return };
            pen.column(&action.name.line(), 24, look.base()).skip(1);
            if action.dangerous {
                pen.put("dangerous ", look.style(Role::Bad));
            }
            pen.put(&action.description.line(), look.style(Role::Dim));
        }
        Item::Set(id) => {
            let Some(set) = actions.set(id) else { return };
            pen.column(&set.action.name.line(), 24, look.style(Role::Dim)).skip(1);
            pen.put(&set.summary(actions), look.style(Role::Text));
            let ago = duration::short(now - set.began);
            pen.put(&format!("  {ago} ago, on {} alerts", set.runs.len()), look.style(Role::Dim));
        }
        Item::Run(op) => {
            let Some(run) = actions.run(op) else { return };
            let (word, role) = run::state(run, now);
            pen.column(&run.order.name.line(), 24, look.style(Role::Dim)).skip(1);
            let ago = duration::short(now - run.asked_at);
            pen.put(&word, look.style(role)).put(&format!("  {ago} ago, on "), look.style(Role::Dim));
            pen.put(&run.name(), look.style(Role::Dim));
        }
    }
}

/// The line of the selected one as it would run, or why it cannot.
fn preview(c: &mut Canvas<'_>, area: Rect, menu: &ActionMenu) {
    let world = &c.app.world;
    let told = match menu.items.get(menu.place) {
        None => Err("no action holds these letters".to_owned()),
        Some(Item::Run(op)) => world.actions.run(op).map(|r| r.order.command.line()).ok_or_else(String::new),
        Some(Item::Action(index)) => match world.actions.configured.get(*index) {
            Some(action) if !action.inputs.is_empty() => Ok("asks for its inputs first".to_owned()),
            Some(action) => many::preview(c, menu, action),
            None => Err(String::new()),
        },
        Some(Item::Set(id)) => Ok(world.actions.set(id).map(|s| s.name()).unwrap_or_default()),
    };
    let (text, role) = match told {
        Ok(line) => (format!("$ {line}"), Role::Text),
        Err(why) => (why, Role::ErrorText),
    };
    let rows = shown(&text, area, role);
    let cut = rows.len() > PREVIEW;
    let mut rows: Vec<_> = rows.into_iter().take(PREVIEW).collect();
    if let (true, Some(last)) = (cut, rows.last_mut()) {
        *last = ("…".into(), Role::Dim);
    }
    paragraphs(c, area, &rows);
}

/// Made harmless, and wrapped.
fn shown(text: &str, area: Rect, role: Role) -> Vec<(String, Role)> {
    let columns = usize::from(area.width.max(2)) - 1;
    wrap(SafeText::new(text).shown(), columns).into_iter().map(|l| (l, role)).collect()
}

fn plan(c: &mut Canvas<'_>, area: Rect, form: &PlanForm) -> Caret {
    let inside = Rect { width: WIDTH.min(area.width).saturating_sub(4), ..area };
    let lot = form.lot(&c.app.world, c.app.now);
    let mut rows = told(c, inside, form, &lot);
    let fields = form.fields.len();
    let room = usize::from(area.height).saturating_sub(fields + 4);
    let more = rows.len().saturating_sub(room + form.scroll);
    rows.drain(..form.scroll.min(rows.len().saturating_sub(room)));
    rows.truncate(room);
    let height = u16::try_from(rows.len() + fields + 4).unwrap_or(u16::MAX);
    let title = format!("run {} on {}", form.name().line(), form.on());
    let inner = c.dialog(area, (WIDTH, height), &title);
    paragraphs(c, inner, &rows);
    let mut line = u16::try_from(rows.len()).unwrap_or(0);
    let mut caret = Caret::default();
    for at in 0..fields {
        let row = Rect { y: inner.y + line, height: 1, ..inner };
        let drawn = field(c, row, form, at);
        if at == form.focus {
            caret = drawn;
        }
        line += 1;
    }
    let ask = match (&lot, more) {
        (Err(why), _) => (why.clone(), Role::ErrorText),
        (Ok(_), 1..) => {
            let page = c.key(Asked::FormPageDown);
            (format!("{more} more lines below: {page}; {} runs all of it", c.key(Asked::FormSend)), Role::Accent)
        }
        (Ok(_), 0) => {
            (format!("{} runs it; {} leaves", c.key(Asked::FormSend), c.key(Asked::FormCancel)), Role::Accent)
        }
    };
    Pen::new(c.buf, inner, line + 1).put(&ask.0, c.look.style(ask.1));
    caret
}

/// What will be run, in full.
fn told(c: &Canvas<'_>, area: Rect, form: &PlanForm, lot: &Result<Lot, String>) -> Vec<(String, Role)> {
    let mut rows = Vec::new();
    let mut say = |text: &str, role: Role| rows.extend(shown(text, area, role));
    match &form.what {
        What::Action(action) if !action.description.is_empty() => say(action.description.shown(), Role::Dim),
        What::Action(_) => {}
        What::Script { shell, .. } => {
            say(&format!("a command of the runbook, for {shell}; read all of it"), Role::Warning)
        }
    }
    let Ok(lot) = lot else { return rows };
    if form.targets.len() > 1 {
        many::commands(c, lot, &mut say);
    }
    let Some((_, first)) = lot.ready.first() else { return rows };
    if form.targets.len() == 1 {
        line(first, &mut say);
    }
    if let Some(cwd) = &first.cwd {
        say(&format!("in {}", cwd.display()), Role::Dim);
    }
    let each = if lot.ready.len() > 1 { "one after the other, each " } else { "" };
    let limit = duration::long(first.timeout);
    say(&format!("{each}at most {limit}; it gets no input; kept in the timeline with what it says"), Role::Dim);
    if c.app.world.journal_fault.is_some() {
        say("the journal cannot be written: it will not run", Role::ErrorText);
    }
    rows
}

/// One command, with what is particular to it.
fn line(command: &Command, say: &mut impl FnMut(&str, Role)) {
    say(&format!("$ {}", command.line()), Role::Text);
    command.env.iter().for_each(|(name, value)| say(&format!("with {name}={value}"), Role::Dim));
    command.doubts.iter().for_each(|doubt| say(doubt, Role::Warning));
}

fn field(c: &mut Canvas<'_>, area: Rect, form: &PlanForm, at: usize) -> Caret {
    let label = match form.action().and_then(|a| a.inputs.get(at)) {
        Some(input) if !input.choices.is_empty() => format!("{} (Left/Right): ", input.prompt.line()),
        Some(input) => format!("{}: ", input.prompt.line()),
        None => format!("dangerous: type `{}` to run it: ", form.name().line()),
    };
    input(c, area, &label, &form.fields[at])
}

/// What an entry of an action says, on one line.
pub(crate) fn sentence(entry: &Entry, title: &str) -> String {
    let name = entry.body.more.get("action").and_then(Value::as_str).map(SafeText::new);
    let name = name.map_or_else(|| "an action".to_owned(), |n| n.line().into_owned());
    let text = entry.body.text.as_ref().map(|t| t.line().into_owned()).unwrap_or_default();
    let by = entry.actor.line();
    match entry.kind {
        Kind::ActionStarted => format!("{name} on {title} by {by}: {text}"),
        _ => format!("{name} on {title}: {text}"),
    }
}

/// The lines of an entry beyond its text: the command and what it said.
pub(crate) fn lines(entry: &Entry) -> Vec<(&'static str, SafeText)> {
    let more = &entry.body.more;
    let argv: Option<Vec<String>> = more
        .get("argv")
        .and_then(Value::as_array)
        .map(|a| a.iter().filter_map(|v| Some(v.as_str()?.to_owned())).collect());
    let line = argv.map(|argv| SafeText::new(&crate::domain::action::command::line(&argv)));
    let output = more.get("output").and_then(Value::as_str).filter(|o| !o.is_empty()).map(SafeText::new);
    [line.map(|l| ("command", l)), output.map(|o| ("output", o))].into_iter().flatten().collect()
}

/// How a run stands, in a word.
pub(super) fn phase_word(phase: &RunPhase) -> (String, Role) {
    match phase {
        RunPhase::Waiting => ("waits for its turn".into(), Role::Dim),
        RunPhase::Recording => ("writing it down".into(), Role::Dim),
        RunPhase::Running { stopping: true, .. } => ("stopping".into(), Role::Warning),
        RunPhase::Running { .. } => ("runs".into(), Role::Accent),
        RunPhase::Ended(ended) if ended.how.is_good() => (ended.line(), Role::Ok),
        RunPhase::Ended(ended) => (ended.line(), Role::ErrorText),
    }
}
