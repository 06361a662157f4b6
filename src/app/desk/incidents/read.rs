//! The forms of an incident, each with what it asks; and what is meant by what is written in one.

use crate::{
    app::world::{
        World,
        incidents::{DeclarePlan, Saying, Seed, read_filter},
    },
    domain::{
        Time,
        incident::{Attached, Change, Changed, Incident, Moment, Role, RoleTold, Status, Task, TaskTold, TimeTold},
        moment,
        silence::end::Zone,
        text::SafeText,
    },
};

use super::form::{Field, Form, What};

/// What a form asks to be written.
pub enum Asked {
    Declare(DeclarePlan, Time),
    Say(Vec<Saying>),
}

const NEW: &str = "a new one";
const WHEN: &str = "now, or 10:15, or 15m ago";

pub(super) fn declare(world: &World, seed: Seed) -> Form {
    let open: Vec<String> = world.incidents.all.open().map(|i| format!("{} {}", i.id, i.title.line())).collect();
    let mut fields = Vec::new();
    if !open.is_empty() && seed != Seed::default() {
        // What already happened is mostly part of what already is: the incident that was declared last.
        let place = if seed.entries.is_empty() { 0 } else { open.len() };
        fields.push(Field::choice("incident", std::iter::once(NEW.to_owned()).chain(open).collect(), place));
    }
    let levels = &world.incidents.levels;
    let level = world.proposed_level(&seed);
    let place = levels.iter().position(|l| *l == level).unwrap_or(0);
    fields.extend([
        Field::text("title", "what do users see?", &world.proposed_title(&seed)),
        Field::choice("severity", levels.iter().map(ToString::to_string).collect(), place),
        Field::text("commander", "nobody yet", &world.user),
        Field::text("scribe", "nobody yet", ""),
        Field::text("liaison", "nobody yet", ""),
        Field::text("joined by", "a filter such as service=checkout: new alerts that match", ""),
        Field::text("as of", WHEN, ""),
    ]);
    Form::new(What::Declare(seed), None, "declare an incident".into(), fields)
}

pub(super) fn status(incident: &Incident) -> Form {
    let all = Status::ALL;
    let place = all.iter().position(|s| *s > incident.status()).unwrap_or(all.len() - 1);
    let words = all.iter().map(ToString::to_string).collect();
    let fields = vec![
        Field::choice("status", words, place),
        Field::text("as of", WHEN, ""),
        Field::text("because", "what was found, what was done", ""),
    ];
    about(What::Status, incident, "status", fields)
}

pub(super) fn role(incident: &Incident, user: &str) -> Form {
    let words = Role::ALL.iter().map(ToString::to_string).collect();
    let place = if incident.roles.commander.is_some() { Role::ALL.len() - 1 } else { 0 };
    let fields = vec![
        Field::choice("role", words, place),
        Field::text("person", "nobody; a - before the name takes a responder off", user),
    ];
    about(What::Role, incident, "role", fields)
}

pub(super) fn task(incident: &Incident) -> Form {
    let fields = vec![Field::text("task", "what is to be done?", ""), Field::text("owner", "nobody yet", "")];
    about(What::Task, incident, "new task", fields)
}

pub(super) fn edit_task(incident: &Incident, task: &Task) -> Form {
    let owner = task.owner.as_ref().map_or("", SafeText::raw);
    let fields = vec![
        Field::text("task", "what is to be done?", task.text.raw()),
        Field::text("owner", "nobody", owner),
        Field::choice("done", vec!["no".into(), "yes".into()], usize::from(task.done.is_some())),
    ];
    about(What::EditTask(task.id.clone()), incident, &format!("task {}", task.number), fields)
}

pub(super) fn time(incident: &Incident) -> Form {
    let words = Moment::ALL.iter().map(ToString::to_string).collect();
    let hint = "10:15, 15m ago, 2026-11-21T10:15; empty: as the journal suggests";
    let fields = vec![Field::choice("time", words, 0), Field::text("was at", hint, "")];
    about(What::Time, incident, "times", fields)
}

pub(super) fn attach(incident: &Incident) -> Form {
    let fields = vec![
        Field::text("alerts", "a filter such as service=checkout", ""),
        Field::choice("which", vec!["those that fire now".into(), "those, and new ones by themselves".into()], 0),
        Field::text("budget", "the id of a budget", ""),
    ];
    about(What::Attach, incident, "attach", fields)
}

pub(super) fn rename(world: &World, incident: &Incident) -> Form {
    let levels = &world.incidents.levels;
    let place = levels.iter().position(|l| *l == incident.level).unwrap_or(0);
    let fields = vec![
        Field::text("title", "what do users see?", incident.title.raw()),
        Field::choice("severity", levels.iter().map(ToString::to_string).collect(), place),
    ];
    about(What::Rename, incident, "title and severity", fields)
}

fn about(what: What, incident: &Incident, title: &str, fields: Vec<Field>) -> Form {
    Form::new(what, Some(&incident.id), format!("{title}: {} {}", incident.id, incident.title.line()), fields)
}

/// What a form asks, as it is written now.
///
/// # Errors
/// A sentence, where it asks nothing that can be done.
pub fn asked(form: &Form, world: &World, now: Time) -> Result<Asked, String> {
    let when = form.value("as of");
    let at = if when.is_empty() { now } else { moment::parse(when, now, zone(world))? };
    if let What::Declare(seed) = &form.what {
        return declaration(form, seed, world, (now, at));
    }
    let gone = || "that incident is not in the journal any more".to_owned();
    let incident = form.id.as_ref().and_then(|id| world.incidents.all.get(id)).ok_or_else(gone)?;
    let mut saying = Saying::new(incident, change(form, incident, world, (now, at))?, at);
    form.value("because").clone_into(&mut saying.text);
    Ok(Asked::Say(vec![saying]))
}

fn declaration(form: &Form, seed: &Seed, world: &World, (now, at): (Time, Time)) -> Result<Asked, String> {
    let roles = [(Role::Commander, "commander"), (Role::Scribe, "scribe"), (Role::Liaison, "liaison")];
    let roles = roles.map(|(role, name)| (role, form.value(name)));
    let level = world.read_level(form.value("severity"))?;
    let mut told = world.declared(seed, form.value("title"), level, &roles);
    let into = form.chosen("incident").checked_sub(1).and_then(|nth| world.incidents.all.open().nth(nth));
    if let Some(incident) = into {
        return Ok(Asked::Say(vec![Saying::new(incident, Change::Attached(told.links), at)]));
    }
    told.links.filter = Some(form.value("joined by")).filter(|f| !f.is_empty()).map(SafeText::new);
    Ok(Asked::Declare(world.plan_declare(told, now)?, at))
}

fn change(form: &Form, incident: &Incident, world: &World, (now, at): (Time, Time)) -> Result<Change, String> {
    match &form.what {
        What::Status => Ok(Change::Status(world.status_told(incident, Status::ALL[form.chosen("status")], at))),
        What::Role => role_told(form),
        What::Task => task_told(form, None, world),
        What::EditTask(id) => task_told(form, Some(id), world),
        What::Time => time_told(form, world, now),
        What::Attach => attached(form, world, now),
        What::Rename | What::Declare(_) => renamed(form, incident, world),
    }
}

fn role_told(form: &Form) -> Result<Change, String> {
    let person = form.value("person");
    let role = Role::ALL[form.chosen("role")];
    let leaves = role == Role::Responder && person.starts_with('-');
    let person = if leaves { person.trim_start_matches('-').trim() } else { person };
    if role == Role::Responder && person.is_empty() {
        return Err("which responder? - before the name takes one off".into());
    }
    let person = Some(person).filter(|p| !p.is_empty()).map(SafeText::new);
    Ok(Change::Role(RoleTold { role, person, leaves }))
}

fn task_told(form: &Form, id: Option<&SafeText>, world: &World) -> Result<Change, String> {
    let (text, owner) = (form.value("task"), form.value("owner"));
    if text.is_empty() {
        return Err("a task needs a text: what is to be done?".into());
    }
    let done = id.map(|_| form.chosen("done") == 1);
    let task = id.cloned().unwrap_or_else(|| world.next_task());
    Ok(Change::Task(TaskTold {
        task,
        what: Some(SafeText::new(text)),
        owner: (id.is_some() || !owner.is_empty()).then(|| SafeText::new(owner)),
        done,
    }))
}

fn time_told(form: &Form, world: &World, now: Time) -> Result<Change, String> {
    let text = form.value("was at");
    let value = if text.is_empty() { None } else { Some(moment::parse(text, now, zone(world))?) };
    Ok(Change::Time(TimeTold { moment: Moment::ALL[form.chosen("time")], value }))
}

fn attached(form: &Form, world: &World, now: Time) -> Result<Change, String> {
    let (filter, slo) = (form.value("alerts"), form.value("budget"));
    let mut told = Attached::default();
    if !filter.is_empty() {
        let filter = read_filter(filter)?;
        told.alerts = world.links_of(&filter, now);
        told.filter = (form.chosen("which") == 1).then(|| SafeText::new(form.value("alerts")));
    }
    if !slo.is_empty() {
        told.slos.insert(world.read_slo(slo)?);
    }
    if told.is_empty() {
        return Err(match (filter, slo) {
            ("", "") => "write a filter of alerts or the id of a budget".into(),
            _ => "no alert on the board matches; choose \"new ones by themselves\" to wait for some".into(),
        });
    }
    Ok(Change::Attached(told))
}

fn renamed(form: &Form, incident: &Incident, world: &World) -> Result<Change, String> {
    let (title, level) = (form.value("title"), world.read_level(form.value("severity"))?);
    if title.is_empty() {
        return Err("an incident needs a title: what do users see?".into());
    }
    let told = Changed {
        new_title: (incident.title != title).then(|| SafeText::new(title)),
        level: (incident.level != level).then_some(level),
    };
    if told == Changed::default() { Err("nothing is changed".into()) } else { Ok(Change::Changed(told)) }
}

/// What would be written, a sentence each, or why nothing can be.
///
/// # Errors
/// As [`asked`].
pub fn plan(form: &Form, world: &World, now: Time) -> Result<Vec<String>, String> {
    let mut lines = match asked(form, world, now)? {
        Asked::Say(sayings) => sayings.iter().map(|s| format!("{}{}", s.in_words(), as_of(world, s.at, now))).collect(),
        Asked::Declare(plan, at) => declared(&plan, &as_of(world, at, now)),
    };
    lines.push("an entry in the journal: nothing is sent to any source, u takes it back".into());
    Ok(lines)
}

fn as_of(world: &World, at: Time, now: Time) -> String {
    if at == now { String::new() } else { format!(", as of {}", zone(world).show_both(at)) }
}

/// The clock by which times are written.
pub fn zone(world: &World) -> &Zone {
    &world.silencing.rules.zone
}

/// What the time in a field means: in its zone and in UTC. None where it is no field of a time, or nothing is written.
pub fn meant(field: &Field, world: &World, now: Time) -> Option<Result<String, String>> {
    let text = Some(field.value()).filter(|t| !t.is_empty() && is_time(field))?;
    Some(moment::parse(text, now, zone(world)).map(|at| zone(world).show_both(at)))
}

pub fn is_time(field: &Field) -> bool {
    matches!(field.name, "as of" | "was at")
}

fn declared(plan: &DeclarePlan, as_of: &str) -> Vec<String> {
    let words = crate::domain::incident::in_words(&Change::Declared(plan.told.clone()));
    let mut lines = vec![format!("{words}{as_of}")];
    if plan.told.links.filter.is_some() {
        let now = plan.join_now.iter().take(3).map(|n| n.line().into_owned()).collect::<Vec<_>>().join(", ");
        let now = if now.is_empty() { String::new() } else { format!(": {now}") };
        lines.push(format!("{} on the board join at once{now}", plan.join_now.len()));
    }
    for (name, id) in plan.taken.iter().take(3) {
        lines.push(format!("{} belongs to {id} already; it will belong to both", name.line()));
    }
    lines
}
