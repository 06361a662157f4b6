//! A silence being written: matchers, end, comment, and what is to be said of them. Knows no keys.

use crate::{
    app::world::{
        World,
        silences::{Preview, SilencePlan, SilenceWish, title},
    },
    domain::{
        Time, duration,
        matcher::{MatchOp, Matcher},
        silence::{Silence, check, end},
        source::SourceName,
    },
};

use super::text::TextBuffer;

/// A silence being written.
#[derive(Clone, Debug)]
pub struct SilenceForm {
    /// Where it may be made; the first for one that is edited.
    pub sources: Vec<SourceName>,
    pub source: usize,
    /// Other sources on which the same silence is made with it, each telling the same alert.
    pub also: Vec<SourceName>,
    /// Sources that tell it too and get none, with the reason.
    pub left_out: Vec<String>,
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
    /// The same on the other sources.
    pub also: Vec<SilencePlan>,
}

impl Default for View {
    fn default() -> Self {
        let nothing = || "nothing is written yet".to_owned();
        Self {
            matchers: Err(nothing()),
            ends_at: Err(nothing()),
            preview: Preview::default(),
            plan: Err(nothing()),
            also: Vec::new(),
        }
    }
}

impl SilenceForm {
    /// A new one on these matchers, or on none yet.
    pub(crate) fn new(world: &World, sources: Vec<SourceName>, matchers: &[Matcher]) -> Self {
        let lasts = duration::prometheus(world.silencing.rules.lasts.num_seconds());
        Self {
            sources,
            source: 0,
            also: Vec::new(),
            left_out: Vec::new(),
            replaces: None,
            lines: lines(matchers),
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
        let mut form = Self::new(world, vec![source], &[]);
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

    /// All sources on which it is made.
    pub fn targets(&self) -> impl Iterator<Item = &SourceName> {
        self.source().into_iter().chain(&self.also)
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
    pub(crate) fn look(&self, world: &World, now: Time) -> View {
        let matchers = self.matchers();
        let ends_at = self.ends_at(world, now);
        let known = matchers.as_deref().unwrap_or_default();
        let previews = self.targets().map(|source| world.preview_silence(source, known, now));
        let preview = previews.reduce(Preview::and).unwrap_or_default();
        let plans = self.targets().map(|source| self.plan(world, source, (&matchers, &ends_at), now));
        let plans: Result<Vec<SilencePlan>, String> = plans.collect();
        let nowhere = || "there is no source whose silences may be written".to_owned();
        let also = plans.as_ref().ok().and_then(|all| all.get(1..)).unwrap_or_default().to_vec();
        let plan = plans.and_then(|all| all.into_iter().next().ok_or_else(nowhere));
        View { matchers, ends_at, preview, plan, also }
    }

    fn plan(
        &self,
        world: &World,
        source: &SourceName,
        (matchers, ends_at): (&Result<Vec<Matcher>, String>, &Result<Time, String>),
        now: Time,
    ) -> Result<SilencePlan, String> {
        let source = source.clone();
        if !self.add.is_empty() {
            return Err("a matcher is half written: add it in its line first".into());
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

    pub(crate) fn step(&mut self, by: isize) {
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
    pub(crate) fn turn(&mut self) -> Result<(), String> {
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

    pub(crate) fn add_line(&mut self) -> Result<(), String> {
        let new = check::read(self.add.as_str())?;
        self.lines.extend(lines(&new));
        self.add = TextBuffer::default();
        Ok(())
    }

    pub(crate) fn use_template(&mut self, world: &World, number: usize) -> Option<String> {
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

/// The one after it, round and round.
pub(crate) fn next_op(op: MatchOp) -> MatchOp {
    match op {
        MatchOp::Equal => MatchOp::Regex,
        MatchOp::Regex => MatchOp::NotEqual,
        MatchOp::NotEqual => MatchOp::NotRegex,
        MatchOp::NotRegex => MatchOp::Equal,
    }
}
