//! `watchfire action run`: the plan, the question, the run, what it said.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        action::{Action, Command, Ended, Order, Output},
        entry::NewEntry,
        text::SafeText,
    },
    runtime::action::{self, Stop},
};

use super::{
    super::{
        answer::Answer,
        args::{Global, Output as Form},
        ask::Journalled,
        confirm,
        exit::{self, Exit},
        timeline,
    },
    Ground, ground,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Its name in the configuration
    name: String,
    /// On what: FILTER words or the ID of one alert, slo:ID or incident:ID; left out, on nothing in particular
    #[arg(long, value_name = "FILTER|ID", num_args = 1..)]
    on: Vec<String>,
    /// One of its inputs; the others have their defaults
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    input: Vec<(String, String)>,
    /// Show what would be run, and run nothing
    #[arg(long)]
    dry_run: bool,
    /// Run it without asking
    #[arg(long, short = 'y')]
    yes: bool,
    /// With --yes, for one that is dangerous: its name once more
    #[arg(long, value_name = "NAME", requires = "yes")]
    word: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is no NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What was run, or would be.
#[derive(Debug, Serialize)]
struct RunAnswer<'a> {
    action: &'a SafeText,
    subject: String,
    outcome: &'static str,
    argv: &'a [String],
    #[serde(flatten)]
    ended: serde_json::Map<String, serde_json::Value>,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let wants = if args.dry_run { Journalled::Read } else { Journalled::Write };
    let mut ground = ground(global, &args.on, wants).await?;
    let action = chosen(&ground, &args.name)?;
    let inputs = inputs(&action, &args.input)?;
    let command = ground.world.command_of_action(&action, &ground.target, &inputs);
    let command =
        command.map_err(|why| exit::misused(format_args!("`{}` cannot be run: {why}", action.name.line())))?;
    if args.dry_run {
        say(global, &ground, &action, (&command, None))?;
        return Ok(Exit::Done);
    }
    agree(&ground, &action, &command, args)?;
    let (order, entries) = written(&mut ground, &action, command)?;
    keep(&ground, entries).await?;
    let ended = watched(&order, global.output).await;
    let entry = ground.world.ended_entry(ground.clock.now(), &order, &ended);
    let kept = keep(&ground, vec![entry]).await;
    say(global, &ground, &action, (&order.command, Some(&ended)))?;
    exit::tell(format_args!("watchfire: {}: {}", action.name.line(), ended.line()));
    kept?;
    Ok(if ended.how.is_good() { Exit::Done } else { Exit::Failed })
}

fn chosen(ground: &Ground, name: &str) -> Result<Action, Exit> {
    let Ground { world, target, clock, .. } = ground;
    let all = &world.actions.configured;
    let Some(at) = all.iter().position(|a| a.name == *name) else {
        let names: Vec<_> = all.iter().map(|a| a.name.line()).collect();
        let there =
            if names.is_empty() { "none is configured".into() } else { format!("there are {}", names.join(", ")) };
        return Err(exit::misused(format_args!("no action is called `{}`; {there}", SafeText::new(name).line())));
    };
    if !world.actions_on(target, clock.now()).contains(&at) {
        let on: Vec<_> = all[at].on.iter().map(|s| s.as_str()).collect();
        let scope = all[at].scope.as_ref().map(|s| format!(", its scope is `{s}`")).unwrap_or_default();
        let what =
            format!("`{name}` is not for {}: it is on {}{scope}; --on says on which", target.name(), on.join(", "));
        return Err(exit::misused(what));
    }
    Ok(all[at].clone())
}

fn inputs(action: &Action, given: &[(String, String)]) -> Result<BTreeMap<String, String>, Exit> {
    if let Some((name, _)) = given.iter().find(|(name, _)| !action.inputs.iter().any(|i| i.name == *name)) {
        let known: Vec<&str> = action.inputs.iter().map(|i| i.name.as_str()).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        return Err(exit::misused(format_args!("`{}` has no input `{name}`; {known}", action.name.line())));
    }
    let default = |name: &str, default: &Option<String>| Some((name.to_owned(), default.clone()?));
    let mut inputs: BTreeMap<_, _> = action.inputs.iter().filter_map(|i| default(&i.name, &i.default)).collect();
    inputs.extend(given.iter().cloned());
    Ok(inputs)
}

/// A person has seen it and wants it.
fn agree(ground: &Ground, action: &Action, command: &Command, args: &Args) -> Result<(), Exit> {
    ground.world.may_write().map_err(exit::failed)?;
    let name = action.name.line();
    if !args.yes {
        exit::tell(format_args!("run {name} on {}:", ground.target.name()));
        exit::tell(format_args!("  $ {}", SafeText::new(&command.line()).shown()));
        command.doubts.iter().for_each(|doubt| exit::tell(format_args!("  {doubt}")));
    }
    match (action.dangerous, args.yes, &args.word) {
        (true, false, _) => confirm::word(action.name.raw()),
        (true, true, Some(word)) if *word == *action.name.raw() => Ok(()),
        (true, true, _) => Err(exit::misused(format_args!("`{name}` is dangerous: add --word '{name}' to --yes"))),
        (false, _, _) if !action.confirm => Ok(()),
        (false, yes, _) => confirm::ask(yes),
    }
}

/// The intent, as the cockpit would write it.
fn written(ground: &mut Ground, action: &Action, command: Command) -> Result<(Order, Vec<NewEntry>), Exit> {
    let now = ground.clock.now();
    let (op, effects) = ground.world.start_action(now, action.name.clone(), &ground.target, command);
    let record =
        effects.into_iter().find_map(|e| if let Effect::Record { entries, .. } = e { Some(entries) } else { None });
    let order = |effects: Effects| {
        effects.into_iter().find_map(|e| if let Effect::RunAction(order) = e { Some(*order) } else { None })
    };
    let ready = ground.world.action_recorded(&op).and_then(order).zip(record);
    ready.ok_or_else(|| exit::failed("it could not be prepared"))
}

async fn keep(ground: &Ground, entries: Vec<NewEntry>) -> Result<(), Exit> {
    let Some(journal) = &ground.journal else {
        return Err(exit::failed("nothing is run that the journal cannot keep"));
    };
    journal.append(&entries, ground.clock.now()).await.map(drop).map_err(|e| timeline::unkept(&e))
}

/// Runs it; what it says is printed as it comes. A signal that ends us ends it first.
async fn watched(order: &Order, form: Form) -> Ended {
    let (stopper, stop) = watch::channel(None);
    let mut printer = Printer { printed: 0, prints: matches!(form, Form::Table | Form::Wide) };
    let running = action::run(order.command.clone(), stop, move |output| printer.more(&output));
    tokio::pin!(running);
    let ended = tokio::select! {
        ended = &mut running => return ended,
        () = told_to_end() => {
            stopper.send_replace(Some(Stop::Asked));
            running.await
        }
    };
    ended
}

async fn told_to_end() {
    let heard = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(mut int), Ok(mut term), Ok(mut hup)] = heard else { return std::future::pending().await };
    tokio::select! {
        _ = int.recv() => {}
        _ = term.recv() => {}
        _ = hup.recv() => {}
    }
}

/// Prints whole lines as they come, until some are left out.
struct Printer {
    printed: usize,
    prints: bool,
}

impl Printer {
    fn more(&mut self, output: &Output) {
        let whole = if output.left_out == 0 { output.head.len().saturating_sub(1) } else { output.head.len() };
        if self.prints && whole > self.printed {
            output.head[self.printed..whole].iter().for_each(|line| exit::say(&format!("{}\n", line.shown())));
            self.printed = whole;
        }
    }
}

fn say(
    global: &Global,
    ground: &Ground,
    action: &Action,
    (command, ended): (&Command, Option<&Ended>),
) -> Result<(), Exit> {
    let outcome = match ended {
        None => "planned",
        Some(ended) if ended.how.is_good() => "done",
        Some(_) => "failed",
    };
    let answer = RunAnswer {
        action: &action.name,
        subject: ground.target.subject.to_string(),
        outcome,
        argv: &command.argv,
        ended: ended.map(Ended::fields).unwrap_or_default(),
    };
    let answer = Answer::of_ours("action", "runs", ground.clock.now(), vec![answer]);
    answer.say(global.output, || match ended {
        None => format!("would run: {}\n", SafeText::new(&command.line()).shown()),
        Some(ended) => rest(&ended.output),
    })
}

/// What the printer has left: the last line, or what follows on what was left out.
fn rest(output: &Output) -> String {
    let lines = output.lines();
    let from = if output.left_out == 0 { lines.len().saturating_sub(1) } else { output.head.len() };
    lines[from..].iter().map(|line| format!("{}\n", line.shown())).collect()
}
