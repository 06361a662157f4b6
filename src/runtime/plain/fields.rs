//! What an open layer is to who reads lines: something to listen to, a form whose fields are asked for one by one, or a plan to
//! say yes to. Reads the layers, changes none.

use crate::{
    app::App,
    app::desk::{
        incidents::form::{Form, Input},
        layer::Layer,
        requests::{self, AskForm, AskSheet},
        running::{PlanForm, Sheet},
        silence_form::{self, SilenceForm},
        strokes,
        supposing::{FIELDS, Supposition},
        terms::{self, Terms},
        view::layer::Seeing,
    },
    app::world::bulk::Doing,
    config::keymap::{Command, Context},
    domain::held::Needs,
};

/// How a layer is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is read; what is typed next are commands.
    Reading,
    /// Fields, then a plan, then a yes.
    Form,
    /// Fields whose effect is read, and nothing to confirm.
    Suppose,
    /// A text of several lines.
    Note,
    /// One of several, by its number.
    Menu,
    /// One of several, by its name.
    Choice,
}

pub fn kind(app: &App, layer: &Layer) -> Kind {
    match layer {
        Layer::Settings { .. } if app.settings.waiting.is_some() => Kind::Form,
        Layer::Ack(_) | Layer::Unack(_) | Layer::Bulk(_) | Layer::Undo { .. } => Kind::Form,
        Layer::Silence(_) | Layer::Extend(_) | Layer::Expire(_) | Layer::Tell(_) => Kind::Form,
        Layer::Seeing(Seeing::Noise(_)) => Kind::Form,
        Layer::Seeing(Seeing::Group(_)) => Kind::Choice,
        Layer::Suppose(_) => Kind::Suppose,
        Layer::Note(_) => Kind::Note,
        Layer::Ask(sheet) if sheet.is_plan() => Kind::Form,
        Layer::Ask(_) => Kind::Menu,
        Layer::Action(sheet) => match sheet.as_ref() {
            Sheet::Menu(_) => Kind::Menu,
            Sheet::Plan(_) => Kind::Form,
            Sheet::Run(_) | Sheet::Set(_) => Kind::Reading,
        },
        _ => Kind::Reading,
    }
}

/// Whether it is left as soon as another command is typed: what was read of it is all that it is for.
pub fn is_passing(layer: &Layer) -> bool {
    let listens = matches!(layer, Layer::Menu(_) | Layer::Inquiry { .. } | Layer::Settings { .. });
    listens || matches!(layer, Layer::Seeing(_) | Layer::Log(_) | Layer::Action(_))
}

/// The same layer has the same name, whatever was written in it meanwhile.
pub fn name(layer: &Layer) -> String {
    match layer {
        Layer::Alert { id, .. } => format!("alert {id}"),
        Layer::Slo { id, .. } => format!("budget {id}"),
        Layer::Inquiry { question, .. } => format!("inquiry {question:?}"),
        Layer::Suppose(form) => format!("suppose {}", form.id),
        Layer::Entry { id, .. } => format!("entry {id}"),
        Layer::Menu(_) => "menu".into(),
        Layer::Filter { .. } => "filter".into(),
        Layer::Ack(form) => format!("ack {}", form.plan.alert),
        Layer::Unack(plan) => format!("unack {}", plan.alert),
        Layer::Ask(sheet) => match sheet.as_ref() {
            AskSheet::Menu(menu) => format!("asks {}", menu.alert),
            AskSheet::Form(form) => format!("ask {:?} {}", form.plan.request.verb, form.plan.request.alert),
        },
        Layer::Note(form) => form.draft_key(),
        Layer::Seeing(seeing) => match seeing {
            Seeing::Group(_) => "group".into(),
            Seeing::Facets(_) => "facets".into(),
            Seeing::Returned { .. } => "returned".into(),
            Seeing::Noise(_) => "noise".into(),
        },
        Layer::Silence(_) => "silence".into(),
        Layer::Silences(_) => "silences".into(),
        Layer::SilenceDetail { id, .. } => format!("silence {} {}", id.0, id.1.raw()),
        Layer::Extend(_) => "extend".into(),
        Layer::Expire(_) => "expire".into(),
        Layer::Bulk(_) => "bulk".into(),
        Layer::Batch { id, .. } => format!("batch {id:?}"),
        Layer::Undo { .. } => "undo".into(),
        Layer::Log(_) => "log".into(),
        Layer::Paper(paper) => format!("paper {}", paper.title),
        Layer::OnCall { .. } => "on call".into(),
        Layer::Action(sheet) => match sheet.as_ref() {
            Sheet::Menu(_) => "actions".into(),
            Sheet::Plan(form) => format!("plan {}", form.name().raw()),
            Sheet::Run(sight) => format!("run {:?}", sight.op),
            Sheet::Set(_) => "set".into(),
        },
        Layer::Runbook(_) => "runbook".into(),
        Layer::Incidents(_) => "incidents".into(),
        Layer::Pick(_) => "pick".into(),
        Layer::Address(_) => "address".into(),
        Layer::Themes(_) => "themes".into(),
        Layer::Settings { .. } => "settings".into(),
        Layer::Incident(opened) => format!("incident {}", opened.id),
        Layer::Tell(form) => format!("tell {:?}", form.what),
    }
}

/// Whether it grows while it lies open: a run's output, a batch, a document that is being written.
pub fn grows(layer: &Layer) -> bool {
    matches!(layer, Layer::Action(_) | Layer::Batch { .. } | Layer::Paper(_) | Layer::Runbook(_))
}

/// How a length or an end is written.
const LENGTH: &str = "such as 30m, 2h, 1d or 08:00";

/// The field that has the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub label: String,
    pub value: String,
    /// The words among which one is chosen; none where one writes.
    pub words: Vec<String>,
    /// What may be written; empty where the label says it.
    pub such_as: &'static str,
    /// Nothing can be sent while it is empty.
    pub must: bool,
}

impl Field {
    fn text(label: impl Into<String>, value: &str) -> Self {
        Self { label: label.into(), value: value.to_owned(), words: Vec::new(), such_as: "", must: false }
    }

    fn such_as(self, such_as: &'static str) -> Self {
        Self { such_as, ..self }
    }
}

/// The field of a form that is to be asked for now; none where it has none.
pub fn field(layer: &Layer) -> Option<Field> {
    match layer {
        Layer::Ack(form) => Some(of_terms(&form.terms)),
        Layer::Bulk(form) if form.plan.doing == Doing::Ack => Some(of_terms(&form.terms)),
        Layer::Silence(form) => Some(of_silence(form)),
        Layer::Tell(form) => of_form(form),
        Layer::Ask(sheet) => match sheet.as_ref() {
            AskSheet::Form(form) => of_request(form),
            AskSheet::Menu(_) => None,
        },
        Layer::Suppose(form) => Some(of_supposition(form)),
        Layer::Seeing(Seeing::Noise(form)) => Some(Field::text("why", form.why.as_str())),
        Layer::Action(sheet) => match sheet.as_ref() {
            Sheet::Plan(form) => of_plan(form),
            _ => None,
        },
        _ => None,
    }
}

fn of_terms(terms: &Terms) -> Field {
    match terms.field {
        terms::Field::Reason => Field::text("reason", terms.reason.as_str()),
        terms::Field::Lasts => Field::text("lasts", terms.lasts.as_str()).such_as(LENGTH),
        terms::Field::BreaksOn => Field::text("breaks on", terms.breaks_on.as_str())
            .such_as("any of severity, member, refire, burn>2, with commas between them"),
    }
}

fn of_request(form: &AskForm) -> Option<Field> {
    let field = form.field()?;
    let (label, needs) = match field {
        requests::Field::Until => ("for or until", form.plan.way.until),
        requests::Field::Text => ("text", form.plan.way.text),
    };
    let such_as = if field == requests::Field::Until { LENGTH } else { "" };
    Some(Field { must: needs == Needs::Must, such_as, ..Field::text(label, form.buffer(field).as_str()) })
}

fn of_silence(form: &SilenceForm) -> Field {
    match form.focus {
        silence_form::Field::Source => {
            let words = form.sources.iter().map(ToString::to_string).collect();
            let value = form.source().map(ToString::to_string).unwrap_or_default();
            Field { words, ..Field::text("source", &value) }
        }
        silence_form::Field::End => Field::text("for or until", form.end.as_str()).such_as(LENGTH),
        silence_form::Field::Comment => Field { must: true, ..Field::text("comment", form.comment.as_str()) },
        silence_form::Field::Text | silence_form::Field::Line(_) | silence_form::Field::Add => {
            let text = form.text.as_ref().map_or("", |text| text.as_str());
            Field { must: true, such_as: "such as team=\"web\", env=~\"a|b\"", ..Field::text("matchers", text) }
        }
    }
}

fn of_form(form: &Form) -> Option<Field> {
    let field = form.fields.get(form.focus)?;
    let label = if field.hint.is_empty() { field.name.to_owned() } else { format!("{}, {}", field.name, field.hint) };
    let words = match &field.input {
        Input::Choice { words, .. } => words.clone(),
        Input::Text(_) => Vec::new(),
    };
    Some(Field { words, ..Field::text(label, field.value()) })
}

fn of_supposition(form: &Supposition) -> Field {
    let such_as = ["such as 99.95", "such as 28d", "such as 30m@100%"];
    Field::text(FIELDS[form.focus], form.fields[form.focus].as_str()).such_as(such_as[form.focus])
}

/// Where its name must be typed, that is the last field.
fn of_plan(form: &PlanForm) -> Option<Field> {
    let text = form.fields.get(form.focus)?;
    let input = form.action().and_then(|a| a.inputs.get(form.focus));
    let word = form.word().map(|(word, _)| format!("type {} to run it", word.line()));
    let label = input.map(|i| format!("{}, {}", i.name, i.prompt.line())).or(word)?;
    // A choice may be written as well; the plan says what is none.
    let choices = input.filter(|i| !i.choices.is_empty()).map(|i| format!(", one of {}", i.choices.join(", ")));
    Some(Field::text(label + &choices.unwrap_or_default(), text.as_str()))
}

/// The question under a plan.
pub fn question(layer: &Layer) -> &'static str {
    match layer {
        Layer::Ack(_) | Layer::Silence(_) | Layer::Ask(_) => "yes sends it, anything else leaves:",
        Layer::Bulk(form) if form.plan.doing == Doing::Ack => "yes sends all, anything else leaves:",
        Layer::Extend(_) => "yes gives the later end, anything else leaves:",
        Layer::Expire(_) => "yes ends them, anything else leaves:",
        Layer::Action(_) => "yes runs it, anything else leaves:",
        Layer::Settings { .. } => "yes takes it up, anything else leaves things as they are:",
        Layer::Tell(_) | Layer::Seeing(_) => "yes keeps it, anything else leaves:",
        _ => "yes takes it back, anything else leaves:",
    }
}

/// Why a form cannot be sent as it is written.
pub fn fault(layer: &Layer) -> Option<&str> {
    match layer {
        Layer::Ack(form) => form.terms.error.as_deref(),
        Layer::Bulk(form) => form.terms.error.as_deref(),
        Layer::Tell(form) => form.error.as_deref(),
        Layer::Silence(form) => form.view.plan.as_ref().err().map(String::as_str),
        _ => None,
    }
}

/// What leaves it, and what says yes to it or takes what is selected.
pub fn ways_out(layer: &Layer) -> (Command, Command) {
    match layer {
        Layer::Settings { .. } => strokes::ways_out(Context::Question),
        layer => layer.place().map_or((Command::Back, Command::Open), strokes::ways_out),
    }
}

/// What closes it once it was read.
pub fn closes(layer: &Layer) -> Command {
    if matches!(layer, Layer::Settings { .. }) { Command::Back } else { ways_out(layer).0 }
}

/// What goes one line down in a menu.
pub fn down(layer: &Layer) -> Command {
    if layer.place() == Some(Context::Menu) { Command::MenuNext } else { Command::Down }
}

/// What says yes to it in full.
pub fn yes(layer: &Layer) -> Vec<Command> {
    let (_, yes) = ways_out(layer);
    let times = match layer {
        Layer::Action(sheet) => match sheet.as_ref() {
            // It goes over the fields first.
            Sheet::Plan(form) => form.fields.len().saturating_sub(form.focus).max(1),
            _ => 1,
        },
        _ => 1,
    };
    vec![yes; times]
}
