//! What is said of an incident: of the whole of it by a word, of a part of it by the word and the part's number.

use std::io;

use crate::{
    app::{
        App,
        desk::{incidents::opened::Spot, layer::Layer, naming::Naming},
    },
    config::keymap::Command,
    domain::{
        entry::Kind,
        incident::{Incident, IncidentId, Line},
        slo::SloId,
    },
    ui::timeline,
};

use super::{Plain, dialog::Given, orders::About, words};

impl Plain {
    /// `incident i1 status`, `incident i1 detach 3`; `incident 3` opens the one that an alert belongs to.
    pub(super) fn incident(&mut self, app: &App, about: &About<'_>) -> io::Result<()> {
        let (word, rest) = first(about.rest);
        let command = words::OF_INCIDENT.iter().find(|(known, _)| *known == word).map(|(_, command)| *command);
        match (about.pick(), command) {
            (Some(pick), None) if word.is_empty() => self.open_incident(pick),
            (None, None) if word == "declare" => self.declare(about),
            (Some(Naming::Incident(id)), Some(command)) => self.say_of(app, &id, command, rest),
            (None, Some(command)) => match app.desk.top_layer() {
                Some(Layer::Incident(opened)) => self.say_of(app, &opened.id.clone(), command, rest),
                _ => self.say_which_incident(),
            },
            _ => self.say_which_incident(),
        }
    }

    fn say_which_incident(&mut self) -> io::Result<()> {
        let known: Vec<&str> = words::OF_INCIDENT.iter().map(|(word, _)| *word).collect();
        let known = known.join(", ");
        self.refuse(&format!("say which and what: `incident i1 status`; the words are {known}"))
    }

    fn open_incident(&mut self, pick: Naming) -> io::Result<()> {
        let opens_itself = matches!(pick, Naming::Incident(_));
        self.name(pick);
        if opens_itself { Ok(()) } else { self.run(Command::Incident) }
    }

    fn say_of(&mut self, app: &App, id: &IncidentId, command: Command, rest: &str) -> io::Result<()> {
        let Some(incident) = app.world.incidents.all.get(id) else {
            return self.refuse("the journal has not written its declaration yet; ask again in a moment");
        };
        let spot = match command {
            Command::Mark | Command::Open => Some(task(incident, first(rest).0)),
            Command::IncidentDetach | Command::IncidentCorrect => Some(self.part(first(rest).0)),
            _ => None,
        };
        // What was said of it is told; the incident is not read out again.
        self.mute = true;
        self.unanswered = Some(self.out.count());
        match spot {
            None => self.name(Naming::Incident(id.clone())),
            Some(Some(spot)) => self.name(Naming::Part(id.clone(), spot)),
            Some(None) => return self.tell_parts(app, incident, command),
        }
        let text = first(rest).1;
        if command == Command::IncidentCorrect && !text.is_empty() {
            self.given = Some(Given::from([("text", text.to_owned())]));
        }
        self.run(command)
    }

    /// The part with this number.
    fn part(&self, number: &str) -> Option<Spot> {
        match self.numbers.named(number)?.ok()? {
            Naming::Alerts(ids) => ids.into_iter().next().map(Spot::Alert),
            Naming::Budget(id) => Some(Spot::Slo(id)),
            Naming::Entry(id) => Some(Spot::Entry(id)),
            _ => None,
        }
    }

    /// Which parts the word can be about, with their numbers.
    fn tell_parts(&mut self, app: &App, incident: &Incident, command: Command) -> io::Result<()> {
        (self.mute, self.unanswered) = (false, None);
        let (word, example) = match command {
            Command::Mark => ("tick", "incident i1 tick 2"),
            Command::Open => ("change", "incident i1 change 2"),
            Command::IncidentDetach => ("detach", "incident i1 detach 3"),
            _ => ("correct", "incident i1 correct e2 what was meant"),
        };
        let parts = match command {
            Command::Mark | Command::Open => tasks(incident),
            Command::IncidentDetach => self.detachable(app, incident),
            _ => self.notes(app, incident),
        };
        if parts.is_empty() {
            return self.refuse(&format!("there is nothing in {} to {word}", incident.id));
        }
        parts.iter().try_for_each(|line| self.out.line(line))?;
        if !app.world.incidents.is_read(&incident.id) {
            self.out.line("these are in memory; open the incident, then ask again: the journal may have more")?;
        }
        self.refuse(&format!("say which of these by its number, such as `{example}`"))
    }

    fn detachable(&mut self, app: &App, incident: &Incident) -> Vec<String> {
        let alerts = incident.alerts.values();
        let mut parts: Vec<String> =
            alerts.map(|l| format!("{}, alert {}", self.numbers.alert(&l.alert), l.title.line())).collect();
        let slos = incident.slos.iter();
        parts.extend(slos.map(|s| format!("{}, budget {}", self.numbers.budget(&SloId::new(s.raw())), s.line())));
        parts.extend(self.entries(app, incident, |line| IncidentId::of(&line.entry.subject).is_none()));
        parts
    }

    fn notes(&mut self, app: &App, incident: &Incident) -> Vec<String> {
        self.entries(app, incident, |line| line.entry.kind == Kind::NoteAdded)
    }

    fn entries(&mut self, app: &App, incident: &Incident, wanted: fn(&Line<'_>) -> bool) -> Vec<String> {
        let lines = app.world.story(incident, app.now).into_iter().filter(wanted);
        lines.map(|line| format!("{}, {}", self.numbers.entry(&line.entry.id), timeline::told(&line))).collect()
    }
}

fn first(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim())
}

fn task(incident: &Incident, number: &str) -> Option<Spot> {
    incident.task(number).map(|task| Spot::Task(task.id.clone()))
}

fn tasks(incident: &Incident) -> Vec<String> {
    let done = |is: bool| if is { ", done" } else { "" };
    incident.tasks.iter().map(|t| format!("{}, {}{}", t.number, t.text.line(), done(t.done.is_some()))).collect()
}
