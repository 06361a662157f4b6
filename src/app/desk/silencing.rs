//! The form of a silence: matchers, end, comment; what it mutes stands beside them while one writes.
//!
//! The usual way is short: `s`, the comment, Enter. Nothing is sent whose preview was not on the screen.

use crate::{
    app::{
        App,
        effect::Effects,
        world::{
            World,
            silences::{Preview, SilencePlan, SilenceWish, title},
        },
    },
    config::keymap::{Key, KeyCode},
    domain::{
        Time, duration,
        label::Labels,
        matcher::{MatchOp, Matcher},
        silence::{Silence, check, end},
        source::SourceName,
    },
};

use super::{
    layer::Layer,
    text::{TextBuffer, Typed},
};

/// A silence being written.
#[derive(Clone, Debug)]
pub struct SilenceForm {
    /// Where it may be made; the first for one that is edited.
    pub sources: Vec<SourceName>,
    pub source: usize,
    pub replaces: Option<Silence>,
    pub lines: Vec<MatcherLine>,
    /// One more matcher being written.
    pub add: TextBuffer,
    /// All matchers as one text, in place of the lines.
    pub text: Option<TextBuffer>,
    pub end: TextBuffer,
    pub comment: TextBuffer,
    pub focus: Field,
    /// First line of the preview that is seen.
    pub scroll: usize,
    /// The number of alerts, being typed because the silence is broad.
    pub typed: Option<TextBuffer>,
    pub view: View,
}

/// A matcher as it stands in the form; one that is off is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct MatcherLine {
    pub on: bool,
    pub name: String,
    pub op: MatchOp,
    pub value: TextBuffer,
}

/// Where keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Source,
    Line(usize),
    Add,
    Text,
    End,
    Comment,
}

/// What the form says of what is written.
#[derive(Clone, Debug)]
pub struct View {
    pub matchers: Result<Vec<Matcher>, String>,
    pub ends_at: Result<Time, String>,
    pub preview: Preview,
    pub plan: Result<SilencePlan, String>,
}

impl Default for View {
    fn default() -> Self {
        let nothing = || "nothing is written yet".to_owned();
        Self { matchers: Err(nothing()), ends_at: Err(nothing()), preview: Preview::default(), plan: Err(nothing()) }
    }
}

impl SilenceForm {
    /// A new one on these labels, or on none.
    pub(crate) fn new(world: &World, sources: Vec<SourceName>, labels: Option<&Labels>) -> Self {
        let lasts = duration::prometheus(world.silencing.rules.lasts.num_seconds());
        let matchers: Vec<Matcher> = labels.map(crate::domain::silence::exact_matchers).unwrap_or_default();
        Self {
            sources,
            source: 0,
            replaces: None,
            lines: lines(&matchers),
            add: TextBuffer::default(),
            text: None,
            end: TextBuffer::new(&lasts),
            comment: TextBuffer::default(),
            focus: if matchers.is_empty() { Field::Add } else { Field::Comment },
            scroll: 0,
            typed: None,
            view: View::default(),
        }
    }

    /// One that is edited; an end that is left empty stays as it is.
    pub(crate) fn edit(world: &World, source: SourceName, silence: &Silence, is_over: bool) -> Self {
        let mut form = Self::new(world, vec![source], None);
        form.lines = lines(&silence.matchers);
        form.comment = TextBuffer::new(silence.comment.raw());
        form.focus = Field::End;
        if !is_over {
            form.end = TextBuffer::default();
            form.replaces = Some(silence.clone());
        }
        form
    }

    pub fn source(&self) -> Option<&SourceName> {
        self.sources.get(self.source)
    }

    /// The matchers that are on.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn matchers(&self) -> Result<Vec<Matcher>, String> {
        let read = match &self.text {
            Some(text) => check::read(text.as_str())?,
            None => self.lines.iter().filter(|l| l.on).map(MatcherLine::read).collect::<Result<_, _>>()?,
        };
        check::matchers(&read).map(|()| read)
    }

    fn ends_at(&self, world: &World, now: Time) -> Result<Time, String> {
        match &self.replaces {
            Some(silence) if self.end.is_empty() => Ok(silence.ends_at),
            _ => end::parse(self.end.as_str(), now, &world.silencing.rules.zone),
        }
    }

    /// What is written, judged anew.
    fn look(&self, world: &World, now: Time) -> View {
        let matchers = self.matchers();
        let ends_at = self.ends_at(world, now);
        let known = matchers.as_deref().unwrap_or_default();
        let preview = self.source().map(|s| world.preview_silence(s, known, now)).unwrap_or_default();
        let plan = self.plan(world, &matchers, &ends_at, now);
        View { matchers, ends_at, preview, plan }
    }

    fn plan(
        &self,
        world: &World,
        matchers: &Result<Vec<Matcher>, String>,
        ends_at: &Result<Time, String>,
        now: Time,
    ) -> Result<SilencePlan, String> {
        let source = self.source().ok_or("there is no source whose silences may be written")?.clone();
        if !self.add.is_empty() {
            return Err("a matcher is half written: Enter in its line adds it".into());
        }
        let wish = SilenceWish {
            source,
            replaces: self.replaces.clone(),
            matchers: matchers.clone()?,
            ends_at: ends_at.clone()?,
            comment: self.comment.as_str().to_owned(),
        };
        world.plan_silence(&wish, now)
    }

    /// The fields there are, from top to bottom.
    fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        if self.sources.len() > 1 {
            fields.push(Field::Source);
        }
        match self.text {
            Some(_) => fields.push(Field::Text),
            None => fields.extend((0..self.lines.len()).map(Field::Line).chain([Field::Add])),
        }
        fields.extend([Field::End, Field::Comment]);
        fields
    }

    fn step(&mut self, by: isize) {
        let fields = self.fields();
        let at = fields.iter().position(|f| *f == self.focus).unwrap_or(0);
        let to = at.saturating_add_signed(by) % fields.len();
        self.focus = if by < 0 && at == 0 { fields[fields.len() - 1] } else { fields[to] };
    }

    /// The text that keys go to.
    pub(crate) fn buffer(&mut self) -> Option<&mut TextBuffer> {
        if let Some(typed) = &mut self.typed {
            return Some(typed);
        }
        match self.focus {
            Field::Source => None,
            Field::Line(i) => self.lines.get_mut(i).map(|l| &mut l.value),
            Field::Add => Some(&mut self.add),
            Field::Text => self.text.as_mut(),
            Field::End => Some(&mut self.end),
            Field::Comment => Some(&mut self.comment),
        }
    }

    /// From lines to one text and back; what cannot be read stays text.
    fn turn(&mut self) -> Result<(), String> {
        match &self.text {
            None => {
                let on: Vec<Matcher> =
                    self.lines.iter().filter(|l| l.on).map(MatcherLine::read).collect::<Result<_, _>>()?;
                self.text = Some(TextBuffer::new(&format!("{{{}}}", title(&on).raw())));
                self.focus = Field::Text;
            }
            Some(text) => {
                self.lines = lines(&check::read(text.as_str())?);
                self.text = None;
                self.focus = Field::Add;
            }
        }
        Ok(())
    }

    fn add_line(&mut self) -> Result<(), String> {
        let new = check::read(self.add.as_str())?;
        self.lines.extend(lines(&new));
        self.add = TextBuffer::default();
        Ok(())
    }

    fn use_template(&mut self, world: &World, number: usize) -> Option<String> {
        let template = world.silencing.rules.templates.get(number)?;
        self.lines = lines(&template.matchers);
        self.text = None;
        self.focus = Field::Comment;
        if !template.lasts.is_empty() {
            self.end = TextBuffer::new(&template.lasts);
        }
        self.comment = TextBuffer::new(&template.comment);
        Some(template.name.clone())
    }
}

impl MatcherLine {
    fn read(&self) -> Result<Matcher, String> {
        Matcher::new(self.name.clone(), self.op, self.value.as_str())
    }
}

fn lines(matchers: &[Matcher]) -> Vec<MatcherLine> {
    let line = |m: &Matcher| MatcherLine { on: true, name: m.name.clone(), op: m.op, value: TextBuffer::new(&m.value) };
    matchers.iter().map(line).collect()
}

fn next_op(op: MatchOp) -> MatchOp {
    match op {
        MatchOp::Equal => MatchOp::Regex,
        MatchOp::Regex => MatchOp::NotEqual,
        MatchOp::NotEqual => MatchOp::NotRegex,
        MatchOp::NotRegex => MatchOp::Equal,
    }
}

/// The form for the alert that is before the person.
pub(crate) fn open(app: &mut App, now: Time) -> Effects {
    let Some(id) = super::forms::subject_alert(app) else { return super::forms::no_alert(app, now) };
    let Some(row) = app.world.board.get(&id) else {
        app.desk.say_bad(now, "that alert has gone; nothing was done");
        return Vec::new();
    };
    if !app.world.source(&id.source).is_some_and(|s| s.about.can.silences) {
        app.desk.say_bad(now, format!("silences of {} cannot be written here", id.source));
        return Vec::new();
    }
    let form = SilenceForm::new(&app.world, vec![id.source.clone()], Some(&row.alert.labels));
    show(app, now, form)
}

/// Opens a form, unless nothing may be written at all.
pub(crate) fn show(app: &mut App, now: Time, form: SilenceForm) -> Effects {
    match app.world.may_write() {
        Err(why) => app.desk.say_bad(now, why),
        Ok(()) if form.sources.is_empty() => app.desk.say_bad(now, "no source here lets silences be written"),
        Ok(()) => {
            app.desk.layers.push(Layer::Silence(Box::new(form)));
            follow(app);
            return ask(app);
        }
    }
    Vec::new()
}

/// What is written is judged anew: something changed, here or at a source.
pub(crate) fn follow(app: &mut App) {
    let (world, now) = (&app.world, app.now);
    if let Some(Layer::Silence(form)) = app.desk.layers.last_mut() {
        form.view = form.look(world, now);
    }
}

/// Asks the sources of metrics, once for each set of matchers; not at every letter of one.
fn ask(app: &mut App) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last() else { return Vec::new() };
    let Ok(matchers) = form.matchers() else { return Vec::new() };
    app.world.ask_beyond(matchers).into_iter().collect()
}

pub(crate) fn key(app: &mut App, now: Time, key: Key) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match key.code {
        KeyCode::Esc if form.typed.is_some() => form.typed = None,
        KeyCode::Esc => drop(app.desk.layers.pop()),
        KeyCode::Enter => return enter(app, now),
        KeyCode::PageDown => form.scroll = (form.scroll + 3).min(form.view.preview.mutes.len()),
        KeyCode::PageUp => form.scroll = form.scroll.saturating_sub(3),
        _ if form.typed.is_some() => drop(form.buffer().map(|b| b.key(key))),
        KeyCode::Down | KeyCode::Tab => form.step(1),
        KeyCode::Up | KeyCode::BackTab => form.step(-1),
        KeyCode::Char('t') if key.ctrl => return turn(app, now),
        KeyCode::Char(digit @ '1'..='9') if key.alt => return template(app, now, digit),
        _ if is_typed(form, key) => return Vec::new(),
        _ => {}
    }
    ask(app)
}

/// Whether the key changed a text; whoever types is not asked about at every letter.
fn is_typed(form: &mut SilenceForm, key: Key) -> bool {
    match (form.focus, key.code) {
        (Field::Line(i), KeyCode::Char(' ')) => {
            form.lines.get_mut(i).into_iter().for_each(|l| l.on = !l.on);
            false
        }
        (Field::Line(i), KeyCode::Char('o')) if key.ctrl => {
            form.lines.get_mut(i).into_iter().for_each(|l| l.op = next_op(l.op));
            false
        }
        (Field::Source, KeyCode::Right | KeyCode::Char(' ')) => {
            form.source = (form.source + 1) % form.sources.len().max(1);
            false
        }
        (Field::Source, KeyCode::Left) => {
            form.source = (form.source + form.sources.len().max(1) - 1) % form.sources.len().max(1);
            false
        }
        _ => form.buffer().is_some_and(|b| b.key(key) != Typed::Ignored),
    }
}

fn turn(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    if let Err(why) = form.turn() {
        app.desk.say_bad(now, why.lines().last().unwrap_or_default().trim().to_owned());
    }
    ask(app)
}

fn template(app: &mut App, now: Time, digit: char) -> Effects {
    let number = digit.to_digit(10).map_or(0, |d| d as usize).saturating_sub(1);
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    match form.use_template(&app.world, number) {
        Some(name) => app.desk.say_good(now, format!("template {name}: read what it mutes, Enter sends it")),
        None => app.desk.say_bad(now, format!("there is no template {digit}; each is a [[silence_template]]")),
    }
    ask(app)
}

fn enter(app: &mut App, now: Time) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    if form.focus == Field::Add && !form.add.is_empty() {
        if let Err(why) = form.add_line() {
            app.desk.say_bad(now, why.lines().last().unwrap_or_default().trim().to_owned());
        }
        return ask(app);
    }
    let view = form.look(&app.world, now);
    let seen = std::mem::replace(&mut form.view, view);
    match form.view.plan.clone() {
        Err(why) => app.desk.say_bad(now, why.lines().last().unwrap_or_default().trim().to_owned()),
        Ok(plan) if plan.preview.mutes != seen.preview.mutes => {
            app.desk.say_bad(now, "what it mutes changed while you wrote: read it again, Enter sends it");
        }
        Ok(plan) => return confirm(app, now, &plan),
    }
    Vec::new()
}

/// A broad silence asks for the number of alerts that it mutes; any other goes.
fn confirm(app: &mut App, now: Time, plan: &SilencePlan) -> Effects {
    let Some(Layer::Silence(form)) = app.desk.layers.last_mut() else { return Vec::new() };
    let mutes = plan.preview.mutes.len();
    match &mut form.typed {
        _ if plan.preview.objections.is_empty() => {}
        None => {
            form.typed = Some(TextBuffer::default());
            return ask(app);
        }
        Some(typed) if typed.as_str().trim() != mutes.to_string() => {
            *typed = TextBuffer::default();
            app.desk.say_bad(now, format!("that is not the number of alerts; it mutes {mutes} now"));
            return Vec::new();
        }
        Some(_) => {}
    }
    app.desk.layers.pop();
    app.world.put_silence(now, plan)
}
