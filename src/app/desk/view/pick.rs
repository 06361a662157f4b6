//! The question by which labels to group: every label with how many values it has, those that split best first.

use crate::{
    app::{
        App,
        desk::{
            finding,
            layer::Layer,
            strokes::{self, Stroke},
            text::{TextBuffer, Typed},
        },
        effect::Effects,
        world::World,
    },
    config::keymap::{Command, Key},
};

use super::{
    act,
    counting::Counting,
    layer::Seeing,
    routed::{self, ROUTE},
};

/// The layer.
#[derive(Clone, Debug)]
pub struct GroupPick {
    pub text: TextBuffer,
    choices: Vec<Choice>,
    /// The labels that were chosen, in that order.
    pub chosen: Vec<String>,
    pub place: usize,
    counting: Option<Counting>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    OneByOne,
    /// As the sources route them; of how many that is a guess.
    AsRouted(usize),
    /// A label, and how many values it has.
    Label(String, usize),
}

impl Choice {
    pub fn word(&self) -> String {
        match self {
            Self::OneByOne => "one by one".into(),
            Self::AsRouted(0) => "as routed: by the route of each alert".into(),
            Self::AsRouted(n) => format!("as routed: a guess for {n} of the sources"),
            Self::Label(name, _) => name.clone(),
        }
    }
}

impl GroupPick {
    /// How many alerts are counted of how many, while the labels are not known yet.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.counting.as_ref().map(Counting::progress)
    }

    pub(crate) fn has_more(&self) -> bool {
        self.counting.is_some()
    }

    /// The next step; at the end the labels stand before the other answers.
    pub(super) fn count_on(&mut self, world: &World) {
        let Some(counting) = &mut self.counting else { return };
        counting.step(world);
        if counting.is_over() {
            let facets = counting.facets();
            let labels = facets.into_iter().map(|f| Choice::Label(f.name.raw().to_owned(), f.distinct));
            self.choices.splice(0..0, labels);
            self.counting = None;
        }
    }

    /// The answers that hold what was typed.
    pub fn found(&self) -> Vec<&Choice> {
        let words: Vec<String> = self.text.as_str().split_whitespace().map(str::to_lowercase).collect();
        let holds = |c: &&Choice| words.iter().all(|w| c.word().to_lowercase().contains(w.as_str()));
        self.choices.iter().filter(holds).collect()
    }

    pub(super) fn narrow(&mut self, change: impl FnOnce(&mut TextBuffer) -> Typed) {
        if change(&mut self.text) == Typed::Changed {
            self.place = 0;
        }
    }

    fn turn(&mut self) {
        let Some(Choice::Label(name, _)) = self.found().get(self.place).map(|c| (*c).clone()) else { return };
        match self.chosen.iter().position(|l| *l == name) {
            Some(at) => drop(self.chosen.remove(at)),
            None => self.chosen.push(name),
        }
    }

    /// The labels to group by: those chosen, else the one that is selected.
    fn answer(&self) -> Option<Vec<String>> {
        match self.found().get(self.place) {
            Some(Choice::OneByOne) => Some(Vec::new()),
            Some(Choice::AsRouted(_)) => Some(vec![ROUTE.to_owned()]),
            _ if !self.chosen.is_empty() => Some(self.chosen.clone()),
            Some(Choice::Label(name, _)) => Some(vec![name.clone()]),
            None => None,
        }
    }
}

pub(crate) fn open(app: &mut App) -> Effects {
    finding::to_the_end(app);
    let routed = Choice::AsRouted(app.world.routes.unread().count());
    let counting = Some(Counting::over(&app.desk.visible));
    let choices = vec![routed, Choice::OneByOne];
    let mut pick = GroupPick { text: TextBuffer::default(), choices, chosen: Vec::new(), place: 0, counting };
    pick.count_on(&app.world);
    app.desk.layers.push(Layer::Seeing(Seeing::Group(pick)));
    Vec::new()
}

/// What is typed waits for no count; what chooses does.
pub(super) fn key(app: &mut App, stroke: Stroke) -> Effects {
    let Some(Layer::Seeing(Seeing::Group(pick))) = app.desk.layers.last_mut() else { return Vec::new() };
    let turns = matches!(stroke, Stroke::Asks(Command::MenuTake)) || stroke == Stroke::Types(Key::char(' '));
    if turns || matches!(stroke, Stroke::Asks(_)) {
        while pick.has_more() {
            pick.count_on(&app.world);
        }
    }
    if let Some(to) = strokes::step(stroke, pick.place, pick.found().len()) {
        pick.place = to;
        return Vec::new();
    }
    match stroke {
        _ if turns => pick.turn(),
        Stroke::Asks(Command::MenuChoose) => {
            if let Some(labels) = pick.answer() {
                app.desk.layers.pop();
                act::group_by(app, labels);
                say_doubts(app);
            }
        }
        Stroke::Asks(_) => {}
        Stroke::Types(key) => pick.narrow(|text| text.key(key)),
    }
    Vec::new()
}

/// Groups that are a guess are not shown without a word.
fn say_doubts(app: &mut App) {
    let doubts = if app.desk.view.is_routed() { routed::doubts(&app.world) } else { Vec::new() };
    match doubts.as_slice() {
        [] => {}
        [one] => app.desk.say_bad(app.now, one),
        [first, more @ ..] => app.desk.say_bad(app.now, format!("{first} (and {} more)", more.len())),
    }
}
