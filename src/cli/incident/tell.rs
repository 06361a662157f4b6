//! What a command says of an incident that is there: status, notes, tasks, roles, times, its title.

use crate::{
    app::world::{incidents::Saying, ops::Note},
    cli::{
        args::Global,
        exit::{self, Exit},
        note,
    },
    domain::{
        filter::nearest,
        incident::{Change, Changed, Moment, Role, RoleTold, Status, Tag, TaskTold, TimeTold},
        text::SafeText,
    },
};

use super::{How, Which, declare, known::Known};

#[derive(clap::Args, Debug)]
pub struct StatusArgs {
    #[command(flatten)]
    which: Which,
    /// investigating, identified, mitigated or resolved
    status: String,
    /// Why: what was found, what was done
    text: Vec<String>,
}

#[derive(clap::Args, Debug)]
pub struct ResolveArgs {
    #[command(flatten)]
    which: Which,
    /// What was done
    text: Vec<String>,
}

#[derive(clap::Args, Debug)]
pub struct NoteArgs {
    #[command(flatten)]
    which: Which,
    /// The note; `-` reads standard input
    #[arg(required = true)]
    text: Vec<String>,
    /// hypothesis, decision, impact or customer
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct TaskArgs {
    #[command(flatten)]
    which: Which,
    /// What is to be done: a new task
    #[arg(required_unless_present = "task")]
    text: Vec<String>,
    /// Not a new one, but the task with this number
    #[arg(long, value_name = "NUMBER")]
    task: Option<String>,
    /// Whose it is; empty for nobody's
    #[arg(long, value_name = "PERSON")]
    owner: Option<String>,
    /// It is done
    #[arg(long, requires = "task")]
    done: bool,
    /// It is to be done again
    #[arg(long, requires = "task", conflicts_with = "done")]
    reopen: bool,
}

#[derive(clap::Args, Debug)]
pub struct RoleArgs {
    #[command(flatten)]
    which: Which,
    /// commander, scribe, liaison or responder
    role: String,
    /// Who has it; nobody where none is named
    person: Option<String>,
    /// A responder who goes
    #[arg(long, requires = "person")]
    leaves: bool,
}

#[derive(clap::Args, Debug)]
pub struct TimeArgs {
    #[command(flatten)]
    which: Which,
    /// started, detected, acknowledged, mitigated or resolved
    moment: String,
    /// When that was: 10:15, 15m (ago), 2026-11-21T10:15; `-` for what the journal suggests
    when: String,
}

#[derive(clap::Args, Debug)]
pub struct ChangeArgs {
    #[command(flatten)]
    which: Which,
    /// What users see
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// How bad it is
    #[arg(long, value_name = "WORD")]
    severity: Option<String>,
}

/// Says one change of the incident that is meant.
async fn say(global: &Global, which: &Which, change: Change, text: &str) -> Result<Exit, Exit> {
    let known = Known::of(global, !which.how.dry_run).await?;
    let incident = known.find(&which.id)?;
    let at = known.at(&which.how)?;
    let saying = Saying { text: text.to_owned(), ..Saying::new(&incident, change, at) };
    known.say(global, &which.how, saying).await
}

pub(super) async fn status(global: &Global, args: &StatusArgs) -> Result<Exit, Exit> {
    say_status(global, &args.which, declare::status(&args.status)?, &args.text.join(" ")).await
}

pub(super) async fn resolve(global: &Global, args: &ResolveArgs) -> Result<Exit, Exit> {
    say_status(global, &args.which, Status::Resolved, &args.text.join(" ")).await
}

/// That it is resolved says what it cost, as far as that can be counted now.
async fn say_status(global: &Global, which: &Which, status: Status, text: &str) -> Result<Exit, Exit> {
    let mut known = Known::of(global, !which.how.dry_run).await?;
    let incident = known.find(&which.id)?;
    let at = known.at(&which.how)?;
    if status == Status::Resolved && known.config.has_sources() {
        known.read_story(&incident).await?;
        let (rows, trouble) = known.count().await;
        known.world.budgets.rows = rows;
        for why in trouble {
            exit::tell(format_args!("watchfire: what it cost may be more than is told: {why}"));
        }
    }
    let change = Change::Status(known.world.status_told(&incident, status, at));
    let saying = Saying { text: text.to_owned(), ..Saying::new(&incident, change, at) };
    known.say(global, &which.how, saying).await
}

pub(super) async fn role(global: &Global, args: &RoleArgs) -> Result<Exit, Exit> {
    let role = one_of(&args.role, "role", &Role::ALL.map(|r| (r.as_str(), r)))?;
    if args.leaves && role != Role::Responder {
        return Err(exit::misused(format_args!("only a responder leaves; `role ID {role}` alone leaves nobody in it")));
    }
    let person = args.person.as_deref().map(str::trim).filter(|p| !p.is_empty()).map(SafeText::new);
    say(global, &args.which, Change::Role(RoleTold { role, person, leaves: args.leaves }), "").await
}

pub(super) async fn note(global: &Global, args: &NoteArgs) -> Result<Exit, Exit> {
    let tag = args.tag.as_deref().map(Tag::read).transpose().map_err(exit::misused)?;
    let text = note::text(&args.text)?;
    let known = Known::of(global, !args.which.how.dry_run).await?;
    let incident = known.find(&args.which.id)?;
    let at = known.at(&args.which.how)?;
    let at = (at != known.now).then_some(at);
    let note = Note { tag, at, ..Note::new(incident.id.subject(), Some(incident.title.clone()), &text) };
    let words = format!("{}: note: {}", incident.title.line(), SafeText::new(&text).line());
    known.act(global, &args.which.how, (&incident.id, &words), |world, now| world.note(now, note, &[], None)).await
}

pub(super) async fn task(global: &Global, args: &TaskArgs) -> Result<Exit, Exit> {
    let known = Known::of(global, !args.which.how.dry_run).await?;
    let incident = known.find(&args.which.id)?;
    let text = args.text.join(" ");
    let what = Some(text.trim()).filter(|t| !t.is_empty()).map(SafeText::new);
    let owner = args.owner.as_deref().map(SafeText::new);
    let told = match &args.task {
        None if what.is_none() => return Err(exit::misused("a task needs a text: what is to be done?")),
        None => TaskTold { task: known.world.next_task(), what, owner, done: None },
        Some(name) => {
            let task = incident.task(name).ok_or_else(|| no_task(&incident, name))?;
            let done = if args.done { Some(true) } else { args.reopen.then_some(false) };
            if what.is_none() && owner.is_none() && done.is_none() {
                return Err(exit::misused("nothing is said of the task; --done, --reopen, --owner or a new text"));
            }
            TaskTold { task: task.id.clone(), what: what.or_else(|| Some(task.text.clone())), owner, done }
        }
    };
    let at = known.at(&args.which.how)?;
    known.say(global, &args.which.how, Saying::new(&incident, Change::Task(told), at)).await
}

fn no_task(incident: &crate::domain::incident::Incident, name: &str) -> Exit {
    let all: Vec<String> = incident.tasks.iter().map(|t| format!("{} {}", t.number, t.text.line())).collect();
    let all = if all.is_empty() { "there is none yet".to_owned() } else { format!("there are: {}", all.join("; ")) };
    exit::misused(format_args!("{} has no task `{}`; {all}", incident.id, SafeText::new(name).line()))
}

pub(super) async fn time(global: &Global, args: &TimeArgs) -> Result<Exit, Exit> {
    let moment = one_of(&args.moment, "time", &Moment::ALL.map(|m| (m.as_str(), m)))?;
    let how = &args.which.how;
    if how.at.is_some() {
        return Err(exit::misused("the time itself is the last word; --at has no meaning here"));
    }
    let known = Known::of(global, !how.dry_run).await?;
    let incident = known.find(&args.which.id)?;
    let value = if args.when == "-" { None } else { Some(known.moment(&args.when)?) };
    let saying = Saying::new(&incident, Change::Time(TimeTold { moment, value }), known.now);
    known.say(global, how, saying).await
}

pub(super) async fn change(global: &Global, args: &ChangeArgs) -> Result<Exit, Exit> {
    let how: &How = &args.which.how;
    let known = Known::of(global, !how.dry_run).await?;
    let incident = known.find(&args.which.id)?;
    let level = args.severity.as_deref().map(|w| known.world.read_level(w)).transpose().map_err(exit::misused)?;
    let new_title = args.title.as_deref().map(str::trim).map(SafeText::new);
    if new_title.as_ref().is_some_and(SafeText::is_empty) {
        return Err(exit::misused("an incident needs a title: what do users see?"));
    }
    if new_title.is_none() && level.is_none() {
        return Err(exit::misused("nothing is changed; --title or --severity"));
    }
    let at = known.at(how)?;
    known.say(global, how, Saying::new(&incident, Change::Changed(Changed { new_title, level }), at)).await
}

/// The one of a few words that is meant, in any case, or by its beginning.
///
/// # Errors
/// After naming the nearest and all there are.
pub(super) fn one_of<T: Copy>(word: &str, what: &str, all: &[(&'static str, T)]) -> Result<T, Exit> {
    let lower = word.trim().to_ascii_lowercase();
    let exact = all.iter().find(|(name, _)| *name == lower);
    let begins: Vec<_> = all.iter().filter(|(name, _)| lower.len() >= 3 && name.starts_with(&lower)).collect();
    if let Some((_, one)) = exact.or(if let [one] = begins[..] { Some(one) } else { None }) {
        return Ok(*one);
    }
    let near = nearest(&lower, all.iter().map(|(name, _)| *name));
    let near = near.map(|n| format!("; did you mean {n}?")).unwrap_or_default();
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    Err(exit::misused(format_args!(
        "`{}` is no {what}{near} There are: {}",
        SafeText::new(word).line(),
        names.join(", ")
    )))
}
