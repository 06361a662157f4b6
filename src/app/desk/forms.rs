//! The layers one writes in: ack, unack, note. Nothing is sent before its plan was on the screen.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::EditorMsg,
        world::{ops::Note, plan::UnackPlan},
    },
    config::keymap::{Command, Key, KeyCode},
    domain::{
        Time,
        alert::AlertId,
        entry::{Entry, Subject},
        held::Verb,
        incident::Corrections,
        text::SafeText,
    },
};

use super::{
    acking, filtering, incidents,
    layer::{Layer, NoteForm},
    layout::Pane,
    many, menu,
    strokes::Stroke,
    text::{TextBuffer, Typed},
    view,
};

/// Pasted text goes where text is written, and is never keys.
pub(crate) fn paste(app: &mut App, now: Time, text: &str) -> Effects {
    let one_line = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    match app.desk.layers.last_mut() {
        Some(Layer::Menu(menu)) => {
            menu.text.insert(&one_line());
            menu::narrow(app)
        }
        Some(Layer::Filter { .. }) => filtering::paste(app, &one_line()),
        Some(Layer::Ack(_)) => acking::paste(app, now, &one_line()),
        Some(Layer::Note(form)) => {
            form.text.insert(text);
            save_draft(app)
        }
        Some(Layer::Seeing(seeing)) => {
            seeing.paste(&one_line());
            Vec::new()
        }
        Some(Layer::Silence(form)) => {
            form.buffer().map(|b| b.insert(&one_line()));
            Vec::new()
        }
        Some(Layer::Ask(_)) => super::requests::paste(app, now, &one_line()),
        Some(Layer::Action(_)) => super::running::paste(app, &one_line()),
        Some(Layer::Suppose(form)) => {
            form.paste(&one_line());
            Vec::new()
        }
        Some(Layer::Tell(_)) => incidents::paste(app, &one_line()),
        Some(layer) if layer.is_of_many() => many::paste(app, now, &one_line()),
        _ => {
            app.desk.say_bad(now, "pasted text was ignored: open a note (n) or the filter (/) first");
            Vec::new()
        }
    }
}

/// The alert that a command is about: the open one, else the selected one.
pub(super) fn subject_alert(app: &App) -> Option<AlertId> {
    match app.desk.top_layer() {
        Some(Layer::Alert { id, .. }) => Some(id.clone()),
        None if app.desk.focus == Pane::Alerts => app.desk.selected_alert().cloned(),
        _ => None,
    }
}

pub(super) fn no_alert(app: &mut App, now: Time) -> Effects {
    let key = |command| app.key_of(command);
    let said = if app.desk.alerts.is_lost() {
        "the alert that was selected has gone; nothing was done".to_owned()
    } else {
        let (pane, down, up) = (key(Command::PaneAlerts), key(Command::Down), key(Command::Up));
        format!("select an alert first ({pane}, then {down} and {up})")
    };
    app.desk.say_bad(now, said);
    Vec::new()
}

pub(crate) fn open_ack(app: &mut App, now: Time) -> Effects {
    let Some(id) = subject_alert(app) else { return no_alert(app, now) };
    acking::open(app, now, &id);
    Vec::new()
}

pub(crate) fn open_unack(app: &mut App, now: Time) -> Effects {
    let Some(id) = subject_alert(app) else { return no_alert(app, now) };
    unack(app, now, &id);
    Vec::new()
}

pub(super) fn unack(app: &mut App, now: Time, id: &AlertId) {
    match app.world.plan_unack(id) {
        Ok(plan) => app.desk.layers.push(Layer::Unack(plan)),
        Err(why) => app.desk.say_bad(now, why),
    }
}

/// What its source keeps is taken back only as the source planned it, and only of the episode that was read.
fn unack_stands(app: &App, plan: &UnackPlan) -> Result<(), String> {
    app.world.may_write()?;
    let Some(request) = &plan.request else { return Ok(()) };
    app.world.plans.confirm(request)?;
    app.world.still_stands(request)
}

/// The confirmation of an unack: a yes does it, anything else leaves.
pub(crate) fn unack_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Unack(plan)) = app.desk.layers.pop() else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::QuestionYes) => match unack_stands(app, &plan) {
            Ok(()) => app.world.unack(now, &plan),
            Err(why) => {
                app.desk.say_bad(now, why);
                // Its source may yet answer.
                app.desk.layers.extend(plan.request.is_some().then_some(Layer::Unack(plan)));
                Vec::new()
            }
        },
        _ => {
            app.desk.say_good(now, "nothing was changed");
            Vec::new()
        }
    }
}

const BACK: &str = "your half-written note is back";

pub(crate) fn open_note(app: &mut App, now: Time) -> Effects {
    let (subject, title) = note_subject(app);
    let also = note_also(app, &subject);
    let there = note_there(app, &subject).then_some(false);
    let mut form = NoteForm { subject, also, title, text: TextBuffer::default(), corrects: None, there };
    let key = form.draft_key();
    form.text = TextBuffer::new(app.desk.drafts.text(&key));
    if !form.text.is_empty() {
        app.desk.say_good(now, BACK);
    }
    app.desk.layers.push(Layer::Note(form));
    if app.desk.drafts.is_read(&key) { Vec::new() } else { vec![Effect::LoadDraft { key }] }
}

/// Whether the alert's source keeps notes, too.
fn note_there(app: &App, subject: &Subject) -> bool {
    subject.as_alert().is_some_and(|id| app.world.plan_ask(&id, Verb::Note, None).is_ok())
}

/// The form of a note with the text of one that is to be corrected: what is kept is another entry.
pub(crate) fn open_correction(app: &mut App, now: Time, note: &Entry) -> Effects {
    if let Err(why) = app.world.may_write() {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    let shown = app.world.timeline.entries.iter();
    let text = Corrections::of(shown).on(note).last().and_then(|c| c.body.text.clone()).or(note.body.text.clone());
    let (subject, title) = (note.subject.clone(), note.body.title.clone());
    let (also, corrects) = (Vec::new(), Some(note.id.clone()));
    let mut form = NoteForm { subject, also, title, text: TextBuffer::default(), corrects, there: None };
    let key = form.draft_key();
    let draft = app.desk.drafts.text(&key).to_owned();
    form.text = TextBuffer::new(if draft.is_empty() { text.as_ref().map_or("", SafeText::raw) } else { &draft });
    // There was none before: what is typed may be kept at once.
    app.desk.drafts.came(&key, "");
    app.desk.layers.push(Layer::Note(form));
    Vec::new()
}

/// The other tales of the line that a note is about.
fn note_also(app: &App, subject: &Subject) -> Vec<Subject> {
    match app.desk.alerts.selected() {
        Some(view::LineKey::Twins(ids)) if app.desk.focus == Pane::Alerts && app.desk.layers.is_empty() => {
            ids.iter().map(Subject::alert).filter(|other| other != subject).collect()
        }
        _ => Vec::new(),
    }
}

/// What a note is about: the alert, the SLO or the entry before you, else the watch.
fn note_subject(app: &App) -> (Subject, Option<SafeText>) {
    if let Some(id) = subject_alert(app) {
        let title = app.world.board.get(&id).map(|r| r.name().clone());
        return (Subject::alert(&id), title);
    }
    if let Some(Layer::Incident(opened)) = app.desk.top_layer() {
        let title = app.world.incidents.all.get(&opened.id).map(|i| i.title.clone());
        return (opened.id.subject(), title);
    }
    let slo = match app.desk.top_layer() {
        Some(Layer::Slo { id, .. }) => Some(id),
        None if app.desk.focus == Pane::Budgets => app.desk.budgets.selected(),
        _ => None,
    };
    if let Some(id) = slo {
        let title = app.world.budgets.get(id).map(|r| r.slo.title.clone());
        return (Subject::slo(id.as_str()), title);
    }
    let entry = app.desk.timeline.selected().filter(|_| app.desk.focus == Pane::Timeline);
    match entry.and_then(|id| app.world.timeline.entries.iter().find(|e| &e.id == id)) {
        Some(e) => (e.subject.clone(), e.body.title.clone()),
        None => (Subject::watch(), None),
    }
}

pub(crate) fn note_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(Layer::Note(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    let key = match stroke {
        Stroke::Types(key) => key,
        Stroke::Asks(Command::FormUp) => Key::new(KeyCode::Up),
        Stroke::Asks(Command::FormDown) => Key::new(KeyCode::Down),
        Stroke::Asks(asked) => return in_note(app, now, asked),
    };
    if form.text.key(key) == Typed::Changed { save_draft(app) } else { Vec::new() }
}

fn in_note(app: &mut App, now: Time, asked: Command) -> Effects {
    let Some(Layer::Note(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match asked {
        Command::FormCancel => leave_note(app, now),
        Command::FormNewline => newline(app),
        Command::FormEditor => open_editor(app, now),
        Command::FormSend => send_note(app, now),
        Command::FormNext | Command::FormPrevious => {
            form.there = form.there.map(|there| !there);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn newline(app: &mut App) -> Effects {
    if let Some(Layer::Note(form)) = app.desk.layers.last_mut() {
        form.text.insert("\n");
    }
    save_draft(app)
}

fn save_draft(app: &mut App) -> Effects {
    let Some(Layer::Note(form)) = app.desk.layers.last() else { return Vec::new() };
    let (key, text) = (form.draft_key(), form.text.as_str().to_owned());
    app.desk.drafts.write(&key, &text);
    if app.desk.drafts.is_read(&key) { vec![Effect::SaveDraft { key, text }] } else { Vec::new() }
}

fn leave_note(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Note(form)) = app.desk.layers.pop() else { return Vec::new() };
    if !form.text.is_empty() {
        app.desk.say_good(now, app.then("kept as a draft;", Command::Note, "brings it back"));
    }
    Vec::new()
}

/// A line that ends in a backslash goes on; else Enter keeps the note.
fn send_note(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Note(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    if form.text.before_cursor().ends_with('\\') {
        form.text.key(Key::new(KeyCode::Backspace));
        return newline(app);
    }
    if form.text.is_empty() {
        app.desk.say_bad(now, app.then("an empty note says nothing;", Command::FormCancel, "leaves"));
        return Vec::new();
    }
    if let Err(why) = app.world.may_write() {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    let key = form.draft_key();
    let note = match Note::read(form, now, &app.world.silencing.rules.zone) {
        Ok(note) => note,
        Err(why) => {
            app.desk.say_bad(now, why);
            return Vec::new();
        }
    };
    let also = form.also.clone();
    let there = form.there == Some(true);
    app.desk.layers.pop();
    app.desk.drafts.write(&key, "");
    // A draft from before that nobody has seen yet is no part of this note, and stays.
    let draft = app.desk.drafts.is_read(&key).then_some(key);
    let asked = there.then(|| (note.subject.clone(), note.text.clone()));
    let mut effects = app.world.note(now, note, &also, draft);
    if let Some((subject, text)) = asked {
        effects.extend(note_at_source(app, now, &subject, &text));
    }
    effects
}

/// The same text to the alert's source; the note here is kept whatever comes of it.
fn note_at_source(app: &mut App, now: Time, subject: &Subject, text: &str) -> Effects {
    let Some(id) = subject.as_alert() else { return Vec::new() };
    let asked = app.world.plan_ask(&id, Verb::Note, None).and_then(|plan| app.world.ask(now, &plan, text));
    asked.unwrap_or_else(|why| {
        app.desk.say_bad(now, format!("the note is kept here alone: {why}"));
        Vec::new()
    })
}

/// `$EDITOR` for the note that is open, or for a new one.
pub(crate) fn open_editor(app: &mut App, now: Time) -> Effects {
    let mut effects = Vec::new();
    if !matches!(app.desk.layers.last(), Some(Layer::Note(_))) {
        effects = open_note(app, now);
    }
    if let Some(Layer::Note(form)) = app.desk.layers.last() {
        effects.push(Effect::Edit { text: form.text.as_str().to_owned() });
    }
    effects
}

/// The editor came back: its text is in the note, and in the draft, but not sent.
pub(crate) fn edited(app: &mut App, now: Time, msg: EditorMsg) -> Effects {
    match msg {
        EditorMsg::Failed(why) => {
            app.desk.say_bad(now, format!("the editor failed, the note is as it was: {}", why.line()));
            Vec::new()
        }
        EditorMsg::Wrote(text) => {
            if let Some(Layer::Note(form)) = app.desk.layers.last_mut() {
                form.text = TextBuffer::new(text.trim_end());
            }
            save_draft(app)
        }
    }
}

/// A draft from before the terminal died comes back, before what was typed while it was read.
pub(crate) fn draft_came(app: &mut App, now: Time, key: &str, before: &str) -> Effects {
    if incidents::draft::is_one(key) {
        return incidents::draft::came(app, now, key, before);
    }
    let Some(text) = app.desk.drafts.came(key, before).map(str::to_owned) else { return Vec::new() };
    if let Some(Layer::Note(form)) = app.desk.layers.last_mut()
        && form.draft_key() == key
        && form.text.as_str() != text
    {
        form.text = TextBuffer::new(&text);
        app.desk.say_good(now, BACK);
    }
    if text == before { Vec::new() } else { vec![Effect::SaveDraft { key: key.to_owned(), text }] }
}

/// The journal did not take a note: it is before its writer again, unless something else is by now.
pub(crate) fn note_refused(app: &mut App, note: Note) {
    let text = note.written();
    let Note { subject, title, corrects, .. } = note;
    let there = note_there(app, &subject).then_some(false);
    let mut form = NoteForm { subject, also: Vec::new(), title, text: TextBuffer::default(), corrects, there };
    form.text = TextBuffer::new(app.desk.drafts.give_back(&form.draft_key(), &text));
    if !app.desk.top_layer().is_some_and(Layer::takes_text) {
        app.desk.layers.push(Layer::Note(form));
    }
}
