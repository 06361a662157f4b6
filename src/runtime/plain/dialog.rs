//! A form, field by field, and a plan that is read whole before it is said yes to. Nothing is done that was not read out:
//! only `yes` sends, and a number where a silence is broad.

use std::{collections::BTreeMap, io};

use crate::{
    app::{
        App,
        desk::{
            layer::Layer,
            requests::{self, AskSheet},
            running::Sheet,
        },
        msg::Msg,
    },
    config::keymap::Command,
    ui,
};

use super::{
    Plain,
    fields::{self, Field, Kind},
};

/// What was given with the command, by the names of the fields.
pub type Given = BTreeMap<&'static str, String>;

/// A layer that asks.
#[derive(Debug, Default)]
pub struct Dialog {
    /// Which layer.
    of: String,
    asked: Vec<String>,
    /// What the command gave already; then no field that may stay as it is is asked for.
    given: Option<Given>,
    waits: Option<Waits>,
    /// The matchers of a silence were asked for as one text.
    turned: bool,
}

/// What the next line answers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Waits {
    Field(Field),
    Yes,
    /// How many alerts a broad silence mutes.
    Number,
    Note,
    /// Another text for a note whose text has so many characters.
    Correction(usize),
    Place(usize),
    Name,
}

impl Plain {
    /// Asks what the open layer wants to know next, once.
    pub(super) fn ask(&mut self, app: &App, layer: &Layer) -> io::Result<()> {
        let name = fields::name(layer);
        if self.dialog.as_ref().is_none_or(|d| d.of != name) {
            self.dialog = Some(Dialog { of: name, given: self.given.take(), ..Dialog::default() });
        }
        if self.dialog.as_ref().is_some_and(|d| d.waits.is_some()) {
            return Ok(());
        }
        match (fields::kind(app, layer), layer) {
            (Kind::Note, Layer::Note(form)) if form.corrects.is_some() => self.ask_correction(app, form.text.as_str()),
            (Kind::Note, Layer::Note(form)) => self.ask_note(app, form.text.as_str()),
            (Kind::Menu, Layer::Ask(sheet)) => self.ask_way(sheet),
            (Kind::Menu, Layer::Action(sheet)) => self.ask_place(app, sheet),
            (Kind::Choice, _) => {
                self.read_out(app)?;
                self.wait("by which of these, nothing leaves:", Waits::Name)
            }
            (_, Layer::Silence(form)) if form.typed.is_some() => {
                let question = "it is broad: type the number of alerts that it mutes, anything else leaves:";
                self.wait(question, Waits::Number)
            }
            // All matchers in one line are said and typed more easily than each in its own.
            (_, Layer::Silence(form)) if form.text.is_none() && self.turns_to_text() => self.run(Command::FormAsText),
            _ => self.ask_field(app, layer),
        }
    }

    /// Once: what cannot be read stays as it is.
    fn turns_to_text(&mut self) -> bool {
        self.dialog.as_mut().is_some_and(|d| !std::mem::replace(&mut d.turned, true))
    }

    fn ask_field(&mut self, app: &App, layer: &Layer) -> io::Result<()> {
        let Some(dialog) = &mut self.dialog else { return Ok(()) };
        let Some(field) = fields::field(layer).filter(|f| !dialog.asked.contains(&f.label)) else {
            return self.ask_yes(app, layer);
        };
        dialog.asked.push(field.label.clone());
        match &mut dialog.given {
            Some(given) => match given.remove(field.label.as_str()) {
                Some(text) => self.fill(&field, &text),
                None if field.must && field.value.trim().is_empty() => self.ask_for(field),
                None => self.run(Command::FormNext),
            },
            None => {
                if dialog.asked.len() == 1 {
                    let title = ui::plain::layer(app, &self.look).into_iter().next().unwrap_or_default();
                    self.out.line(&title)?;
                    self.out
                        .line("field by field: an empty line keeps what stands there, - empties it, back goes to the field before, cancel leaves")?;
                }
                self.ask_for(field)
            }
        }
    }

    fn ask_for(&mut self, field: Field) -> io::Result<()> {
        let stands = if field.value.is_empty() { "nothing" } else { &field.value };
        let words = match (field.words.is_empty(), field.such_as) {
            (false, _) => format!(", one of {}", field.words.join(", ")),
            (true, "") => String::new(),
            (true, such_as) => format!(", {such_as}"),
        };
        let question = format!("{}{words} [{stands}]:", field.label);
        self.wait(&question, Waits::Field(field))
    }

    /// The plan as it stands, all of it, and the question.
    fn ask_yes(&mut self, app: &App, layer: &Layer) -> io::Result<()> {
        // A plan is read out once its source has made it.
        if requests::waits(app) {
            return Ok(());
        }
        self.read_out(app)?;
        if fields::kind(app, layer) == Kind::Suppose {
            return self.run(Command::FormCancel);
        }
        match fields::fault(layer) {
            None => self.wait(fields::question(layer), Waits::Yes),
            Some(why) => {
                let why = why.lines().last().unwrap_or_default().trim();
                let question =
                    format!("it cannot be sent so: {why}; back goes to the field before, anything else leaves:");
                self.wait(&question, Waits::Yes)
            }
        }
    }

    fn ask_note(&mut self, app: &App, text: &str) -> io::Result<()> {
        let given = self.dialog.as_mut().and_then(|d| d.given.take()).and_then(|mut g| g.remove("text"));
        if let (Some(given), true) = (given, text.is_empty()) {
            self.queue.push_back(Msg::Paste(given));
            return self.run(Command::FormSend);
        }
        if text.is_empty() {
            let title = ui::plain::layer(app, &self.look).into_iter().next().unwrap_or_default();
            self.out.line(&title)?;
            return self.wait("text, an empty line leaves:", Waits::Note);
        }
        for line in text.lines() {
            self.out.line(&format!("written so far: {line}"))?;
        }
        self.wait("more text, an empty line keeps the note as it is, cancel leaves it as a draft:", Waits::Note)
    }

    /// What stands there is read, and another text takes its place.
    fn ask_correction(&mut self, app: &App, stands: &str) -> io::Result<()> {
        let length = stands.chars().count();
        let given = self.dialog.as_mut().and_then(|d| d.given.take()).and_then(|mut g| g.remove("text"));
        if let Some(given) = given {
            return self.write_anew(length, &given);
        }
        let title = ui::plain::layer(app, &self.look).into_iter().next().unwrap_or_default();
        self.out.line(&title)?;
        for line in stands.lines() {
            self.out.line(&format!("it says: {line}"))?;
        }
        self.wait("the text in its place, an empty line leaves it as it is:", Waits::Correction(length))
    }

    fn write_anew(&mut self, length: usize, text: &str) -> io::Result<()> {
        self.queue.extend(std::iter::repeat_n(Msg::Asked(Command::TextBack), length));
        self.queue.push_back(Msg::Paste(text.to_owned()));
        self.run(Command::FormSend)
    }

    fn ask_place(&mut self, app: &App, sheet: &Sheet) -> io::Result<()> {
        let Sheet::Menu(menu) = sheet else { return Ok(()) };
        for (place, item) in menu.items.iter().enumerate() {
            self.out.line(&format!("{}: {}", place + 1, ui::plain::action(app, &self.look, menu, item)))?;
        }
        self.wait("which number, nothing leaves:", Waits::Place(menu.items.len()))
    }

    fn ask_way(&mut self, sheet: &AskSheet) -> io::Result<()> {
        let AskSheet::Menu(menu) = sheet else { return Ok(()) };
        for place in 0..menu.items.len() {
            self.out.line(&format!("{}: {}", place + 1, ui::plain::way(menu, place)))?;
        }
        // The list is left from the top on.
        self.queue.extend(std::iter::repeat_n(Msg::Asked(Command::Up), menu.place));
        self.wait("which number, nothing leaves:", Waits::Place(menu.items.len()))
    }

    fn read_out(&mut self, app: &App) -> io::Result<()> {
        self.said(app).iter().try_for_each(|line| self.out.line(line))
    }

    fn wait(&mut self, question: &str, waits: Waits) -> io::Result<()> {
        if let Some(dialog) = &mut self.dialog {
            dialog.waits = Some(waits);
        }
        self.out.question(question)
    }

    /// Whether something was asked that is sent by its answer.
    pub(super) fn is_unanswered(&self) -> bool {
        let waits = self.dialog.as_ref().and_then(|d| d.waits.as_ref());
        waits.is_some_and(|waits| !matches!(waits, Waits::Place(_) | Waits::Name))
    }

    /// A line for the layer that asks.
    pub(super) fn answer(&mut self, layer: &Layer, line: &str) -> io::Result<()> {
        let Some(waits) = self.dialog.as_mut().and_then(|d| d.waits.take()) else { return Ok(()) };
        let line = line.trim();
        if self.script.is_some() {
            // No terminal shows what a script answers.
            self.out.line(line)?;
        }
        match waits {
            _ if line.eq_ignore_ascii_case("cancel") => self.leave(layer),
            waits if line.eq_ignore_ascii_case("back") => self.go_back(waits),
            Waits::Field(field) => self.answer_field(field, line),
            Waits::Yes if line.eq_ignore_ascii_case("yes") => {
                if fields::fault(layer).is_some() {
                    self.failed();
                }
                self.queue.extend(fields::yes(layer).into_iter().map(Msg::Asked));
                Ok(())
            }
            Waits::Yes => self.leave(layer),
            Waits::Number | Waits::Name if !line.is_empty() => {
                // What the groups are is heard in the list.
                self.lists_then = waits == Waits::Name;
                self.queue.push_back(Msg::Paste(line.to_owned()));
                self.run(fields::ways_out(layer).1)
            }
            Waits::Note => self.answer_note(layer, line),
            Waits::Correction(length) if !line.is_empty() => self.write_anew(length, line),
            Waits::Place(of) => self.answer_place(layer, of, line),
            Waits::Number | Waits::Name | Waits::Correction(_) => self.leave(layer),
        }
    }

    fn answer_field(&mut self, field: Field, line: &str) -> io::Result<()> {
        match line {
            "" => self.run(Command::FormNext),
            "-" => self.fill(&field, ""),
            text if !field.words.is_empty() && !field.words.iter().any(|w| w == text) => {
                self.out.line(&format!("{text} is none of them"))?;
                self.ask_for(field)
            }
            text => self.fill(&field, text),
        }
    }

    /// Puts a text, or a choice, in the place of what stands there, and goes on.
    fn fill(&mut self, field: &Field, text: &str) -> io::Result<()> {
        let place = |word: &str| field.words.iter().position(|w| w == word);
        if let (Some(from), Some(to)) = (place(&field.value), place(text)) {
            let steps = (to + field.words.len() - from) % field.words.len();
            self.queue.extend(std::iter::repeat_n(Msg::Asked(Command::TextRight), steps));
        } else {
            self.run(Command::TextEnd)?;
            self.run(Command::TextLine)?;
            if !text.is_empty() {
                self.queue.push_back(Msg::Paste(text.to_owned()));
            }
        }
        self.run(Command::FormNext)
    }

    fn answer_note(&mut self, layer: &Layer, line: &str) -> io::Result<()> {
        let Layer::Note(form) = layer else { return Ok(()) };
        match (line.is_empty(), form.text.is_empty()) {
            (true, true) => return self.leave(layer),
            (true, false) => {}
            (false, _) => self.queue.push_back(Msg::Paste(line.to_owned())),
        }
        self.run(Command::FormSend)
    }

    fn answer_place(&mut self, layer: &Layer, of: usize, line: &str) -> io::Result<()> {
        match line.parse::<usize>() {
            Ok(number) if (1..=of).contains(&number) => {
                self.queue.extend(std::iter::repeat_n(Msg::Asked(fields::down(layer)), number - 1));
                self.run(fields::ways_out(layer).1)
            }
            _ => self.leave(layer),
        }
    }

    /// To the field that was asked before: from a field, or from the question under the plan.
    fn go_back(&mut self, waits: Waits) -> io::Result<()> {
        let Some(dialog) = &mut self.dialog else { return Ok(()) };
        let is_field = matches!(waits, Waits::Field(_));
        let first = dialog.asked.len() <= usize::from(is_field);
        if first || !(is_field || waits == Waits::Yes) {
            dialog.waits = Some(waits);
            return self.out.question("there is no field before this one; answer it, or cancel leaves:");
        }
        dialog.given = None;
        dialog.asked.truncate(dialog.asked.len() - 1 - usize::from(is_field));
        self.run(Command::FormPrevious)
    }

    /// Out of the layer; where a number is asked for, out of that first.
    fn leave(&mut self, layer: &Layer) -> io::Result<()> {
        self.out.line("left, nothing was done")?;
        self.leaving = true;
        self.run(fields::ways_out(layer).0)
    }
}
