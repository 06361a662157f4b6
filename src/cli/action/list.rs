//! `watchfire action list`: the configured actions, and what each would run.

use serde::Serialize;

use crate::domain::action::{Action, Scope};

use super::{
    super::{
        answer::Answer,
        args::Global,
        ask::Journalled,
        exit::{self, Exit},
        paper::Paper,
        table::Table,
    },
    Ground, ground,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// On what: FILTER words or the ID of one alert, slo:ID or incident:ID
    #[arg(long, value_name = "FILTER|ID", num_args = 1..)]
    on: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ActionAnswer {
    name: String,
    description: String,
    on: Vec<&'static str>,
    scope: Option<String>,
    run: Vec<String>,
    shell: bool,
    confirm: bool,
    dangerous: bool,
    inputs: Vec<String>,
    timeout_s: i64,
    /// As it would run on what was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// Why it cannot be run there.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<String>,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let Ground { config, world, clock, target, .. } = ground(global, &args.on, Journalled::Read).await?;
    let now = clock.now();
    let named = !args.on.is_empty();
    let here = world.actions_on(&target, now);
    let all = world.actions.configured.iter().enumerate().filter(|(i, _)| !named || here.contains(i));
    let answers: Vec<ActionAnswer> = all
        .map(|(_, action)| {
            let mut answer = ActionAnswer::of(action);
            if named && action.inputs.is_empty() {
                match world.command_of_action(action, &target, &Default::default()) {
                    Ok(command) => answer.line = Some(command.line()),
                    Err(why) => answer.why_not = Some(why),
                }
            }
            answer
        })
        .collect();
    if answers.is_empty() {
        let what = if config.actions.is_empty() { "no action is configured" } else { "no action is for that" };
        exit::tell(format_args!("watchfire: {what}; each is an [[action]] of the configuration"));
    }
    let paper = Paper::of(global, &config);
    Answer::of_ours("action", "actions", now, answers.clone()).say(global.output, || table(&answers, named, &paper))?;
    Ok(Exit::Done)
}

fn table(answers: &[ActionAnswer], named: bool, paper: &Paper) -> String {
    let mut table = Table::new(&["NAME", "ON", if named { "WOULD RUN" } else { "RUNS" }, "DESCRIPTION"]);
    for answer in answers {
        let line = answer.line.clone().or_else(|| answer.why_not.as_ref().map(|why| format!("({why})")));
        let line = line.unwrap_or_else(|| answer.run.join(" "));
        table.row(vec![
            answer.name.clone().into(),
            answer.on.join(",").into(),
            crate::domain::text::SafeText::new(&line).line().into_owned().into(),
            answer.description.clone().into(),
        ]);
    }
    table.render(paper)
}

impl ActionAnswer {
    fn of(action: &Action) -> Self {
        Self {
            name: action.name.line().into_owned(),
            description: action.description.line().into_owned(),
            on: action.on.iter().map(|s: &Scope| s.as_str()).collect(),
            scope: action.scope.as_ref().map(ToString::to_string),
            run: action.run.iter().map(|t| t.as_str().to_owned()).collect(),
            shell: action.shell,
            confirm: action.confirm,
            dangerous: action.dangerous,
            inputs: action.inputs.iter().map(|i| i.name.clone()).collect(),
            timeout_s: action.timeout.num_seconds(),
            line: None,
            why_not: None,
        }
    }
}
