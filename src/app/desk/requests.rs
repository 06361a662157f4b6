//! What a source can be asked to do itself: the menu of its ways, and the form of one. Nothing is sent that the source has not
//! planned in its own words.

use crate::{
    app::{
        App,
        effect::Effects,
        world::requests::{AskPlan, Choice},
    },
    config::keymap::Command,
    domain::{
        Time,
        alert::AlertId,
        held::{Needs, Request, Verb},
        silence::end::{self, Zone},
        text::SafeText,
    },
};

use super::{
    acking, forms,
    layer::Layer,
    strokes::{self, Stroke},
    text::{TextBuffer, Typed},
};

/// How long something lasts that has an end, unless a person says otherwise.
const LASTS: &str = "1h";

/// One of the layers of what a source is asked.
#[derive(Clone, Debug)]
pub enum AskSheet {
    Menu(AskMenu),
    Form(AskForm),
}

/// The ways of one alert's source.
#[derive(Clone, Debug)]
pub struct AskMenu {
    pub alert: AlertId,
    pub name: SafeText,
    pub items: Vec<Choice>,
    pub place: usize,
}

/// One request being written.
#[derive(Clone, Debug)]
pub struct AskForm {
    pub plan: AskPlan,
    pub text: TextBuffer,
    pub until: TextBuffer,
    /// The field that has the keys, by its place among those there are.
    pub focus: usize,
    /// Why it cannot be sent as it is written.
    pub error: Option<String>,
}

/// What can be written of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Until,
    Text,
}

impl AskSheet {
    /// Whether it asks before something is sent.
    pub fn is_plan(&self) -> bool {
        matches!(self, Self::Form(_))
    }
}

impl AskForm {
    fn new(plan: AskPlan) -> Self {
        let until = if plan.way.until == Needs::Must { LASTS } else { "" };
        let until = TextBuffer::new(until);
        Self { plan, text: TextBuffer::default(), until, focus: 0, error: None }
    }

    /// Those that its way has.
    pub fn fields(&self) -> Vec<Field> {
        let way = &self.plan.way;
        let all = [(Field::Until, way.until), (Field::Text, way.text)];
        all.into_iter().filter(|(_, needs)| *needs != Needs::No).map(|(field, _)| field).collect()
    }

    pub fn field(&self) -> Option<Field> {
        self.fields().get(self.focus).copied()
    }

    pub fn buffer(&self, field: Field) -> &TextBuffer {
        match field {
            Field::Until => &self.until,
            Field::Text => &self.text,
        }
    }

    fn typed(&mut self) -> Option<&mut TextBuffer> {
        match self.field()? {
            Field::Until => Some(&mut self.until),
            Field::Text => Some(&mut self.text),
        }
    }

    fn step(&mut self, on: bool) {
        let n = self.fields().len().max(1);
        self.focus = (self.focus + if on { 1 } else { n - 1 }) % n;
    }

    fn must(&self, field: Field) -> bool {
        let way = &self.plan.way;
        Needs::Must == if field == Field::Until { way.until } else { way.text }
    }

    /// What is written as an end becomes the request's.
    fn read(&mut self, now: Time, zone: &Zone) {
        if !self.fields().contains(&Field::Until) {
            self.error = None;
            return;
        }
        let text = self.until.as_str().trim();
        let read = match text {
            "" if !self.must(Field::Until) => Ok(None),
            text => ends_at(text, now, zone).map(Some),
        };
        match read {
            Ok(until) => (self.plan.request.until, self.error) = (until, None),
            Err(why) => self.error = Some(why),
        }
    }

    /// What the source is asked for a plan of; none while it could not plan it.
    fn wanted(&self) -> Option<Request> {
        let text = self.text.as_str().trim();
        let lacks = (self.must(Field::Text) && text.is_empty()) || self.error.is_some();
        (!lacks).then(|| Request { text: text.to_owned(), ..self.plan.request.clone() })
    }
}

/// An end as a person writes it: a length from now, or a time.
///
/// # Errors
/// Where it is none, is over already, or lies more than a year ahead.
pub fn ends_at(text: &str, now: Time, zone: &Zone) -> Result<Time, String> {
    let at = end::parse(text, now, zone)?;
    if at <= now {
        return Err(format!("`{text}` is over already"));
    }
    if at - now > chrono::Duration::days(365) {
        return Err(format!("`{text}` is more than a year ahead"));
    }
    Ok(at)
}

/// The ways of the source of the alert before you.
pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    let Some(alert) = forms::subject_alert(app) else { return forms::no_alert(app, now) };
    match app.world.choices(&alert) {
        Ok(items) => {
            let name = app.world.board.get(&alert).map(|r| r.name().clone()).unwrap_or_default();
            let place = items.iter().position(|i| i.refused.is_none()).unwrap_or(0);
            let menu = AskMenu { alert, name, items, place };
            app.desk.layers.push(Layer::Ask(Box::new(AskSheet::Menu(menu))));
        }
        Err(why) => app.desk.say_bad(now, why),
    }
    Vec::new()
}

pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    match app.desk.layers.last_mut() {
        Some(Layer::Ask(sheet)) => match sheet.as_mut() {
            AskSheet::Menu(_) => menu_key(app, now, stroke),
            AskSheet::Form(_) => form_key(app, now, stroke),
        },
        _ => Vec::new(),
    }
}

fn menu_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(menu) = menu(app) else { return Vec::new() };
    if let Some(to) = strokes::step(stroke, menu.place, menu.items.len()) {
        menu.place = to;
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Command::Open) => return choose(app, now),
        Stroke::Asks(Command::Back | Command::Quit | Command::Ask) => drop(app.desk.layers.pop()),
        _ => {}
    }
    Vec::new()
}

fn menu(app: &mut App) -> Option<&mut AskMenu> {
    match app.desk.layers.last_mut() {
        Some(Layer::Ask(sheet)) => match sheet.as_mut() {
            AskSheet::Menu(menu) => Some(menu),
            AskSheet::Form(_) => None,
        },
        _ => None,
    }
}

/// What was selected opens its form in the menu's place.
fn choose(app: &mut App, now: Time) -> Effects {
    let Some(menu) = menu(app) else { return Vec::new() };
    let Some(item) = menu.items.get(menu.place).cloned() else { return Vec::new() };
    let alert = menu.alert.clone();
    if let Some(why) = item.refused {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    app.desk.layers.pop();
    match item.way.verb {
        Verb::Ack => acking::open(app, now, &alert),
        Verb::Unack => forms::unack(app, now, &alert),
        verb => open_form(app, now, &alert, verb),
    }
    Vec::new()
}

fn open_form(app: &mut App, now: Time, alert: &AlertId, verb: Verb) {
    match app.world.plan_ask(alert, verb, None) {
        Ok(plan) => {
            let mut form = AskForm::new(plan);
            form.read(now, &app.world.silencing.rules.zone);
            app.desk.layers.push(Layer::Ask(Box::new(AskSheet::Form(form))));
        }
        Err(why) => app.desk.say_bad(now, why),
    }
}

fn form_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    let Some(form) = form(&mut app.desk.layers) else { return Vec::new() };
    match stroke {
        Stroke::Asks(Command::FormCancel) => drop(app.desk.layers.pop()),
        Stroke::Asks(Command::FormSend) => return send(app, now),
        Stroke::Asks(Command::FormNext | Command::FormDown) => form.step(true),
        Stroke::Asks(Command::FormPrevious | Command::FormUp) => form.step(false),
        Stroke::Asks(_) => {}
        Stroke::Types(key) => {
            if form.typed().is_some_and(|text| text.key(key) == Typed::Changed) {
                form.read(now, &app.world.silencing.rules.zone);
            }
        }
    }
    Vec::new()
}

fn form(layers: &mut [Layer]) -> Option<&mut AskForm> {
    match layers.last_mut() {
        Some(Layer::Ask(sheet)) => match sheet.as_mut() {
            AskSheet::Form(form) => Some(form),
            AskSheet::Menu(_) => None,
        },
        _ => None,
    }
}

/// Pasted text is what is being written.
pub(crate) fn paste(app: &mut App, now: Time, text: &str) -> Effects {
    if let Some(form) = form(&mut app.desk.layers) {
        form.typed().map(|buffer| buffer.insert(text));
        form.read(now, &app.world.silencing.rules.zone);
    }
    Vec::new()
}

fn send(app: &mut App, now: Time) -> Effects {
    let Some(form) = form(&mut app.desk.layers) else { return Vec::new() };
    let (plan, text) = (form.plan.clone(), form.text.as_str().trim().to_owned());
    if form.must(Field::Text) && text.is_empty() {
        form.error = Some(format!("{} wants a text", plan.request.alert.source));
        return Vec::new();
    }
    if form.error.is_some() {
        return Vec::new();
    }
    let sent = still_ahead(&plan.request, now)
        .and_then(|()| app.world.plans.confirm(&plan.request))
        .and_then(|()| app.world.ask(now, &plan, &text));
    match sent {
        Ok(effects) => {
            app.desk.layers.pop();
            effects
        }
        Err(why) => {
            app.desk.say_bad(now, why);
            Vec::new()
        }
    }
}

/// A form may lie open for long.
pub(super) fn still_ahead(request: &Request, now: Time) -> Result<(), String> {
    match request.until {
        Some(until) if until <= now => Err("the end that was written is over by now; nothing was sent".into()),
        _ => Ok(()),
    }
}

/// Whoever reads a plan is told what the source itself would do: it is asked as soon as the plan is open, and once.
pub(crate) fn follow(app: &mut App) -> Effects {
    if let Some(Layer::Bulk(form)) = app.desk.layers.last_mut() {
        let plans = &app.world.plans;
        form.plan.leave_out(|request| Some(plans.cannot(request)?.line().into_owned()));
    }
    let Some(wanted) = wanted(app) else {
        app.world.plans.forget();
        return Vec::new();
    };
    app.world.plans.ask(&wanted)
}

/// Whether a source has yet to say what it would do of what is on top.
pub fn waits(app: &App) -> bool {
    wanted(app).is_some_and(|all| all.iter().any(|r| app.world.plans.waits(r)))
}

/// What the source is asked to plan; none where nothing of the kind lies on top.
fn wanted(app: &App) -> Option<Vec<Request>> {
    Some(match app.desk.layers.last() {
        Some(Layer::Ack(form)) => form.plan.request.clone().into_iter().collect(),
        Some(Layer::Unack(plan)) => plan.request.clone().into_iter().collect(),
        Some(Layer::Bulk(form)) => form.plan.requests().cloned().collect(),
        Some(Layer::Ask(sheet)) => match sheet.as_ref() {
            AskSheet::Form(form) => form.wanted().into_iter().collect(),
            AskSheet::Menu(_) => Vec::new(),
        },
        _ => return None,
    })
}
