//! `watchfire plugin check`: does a program keep to the protocol? Tried on the program itself, twice from start to end.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};

use crate::{
    domain::Time,
    runtime::clock::Clock,
    sources::plugin::process::{Ending, Program},
};

use super::{
    super::{
        answer::Answer,
        args::Global,
        exit::{self, Exit},
        paper::Paper,
        start,
    },
    bench::{Bench, Rule},
    report::{Fault, Report},
    steps,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// What it is told at the start, as `config` of its table would
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// A secret that it may ask for, and the environment variable that holds it
    #[arg(long = "secret", value_name = "NAME=VARIABLE", value_parser = pair)]
    secret: Vec<(String, String)>,
    /// A variable that it gets beside the usual ones
    #[arg(long = "env", value_name = "VARIABLE")]
    env: Vec<String>,
    /// How long it may take to answer
    #[arg(long, default_value = "5s", value_parser = crate::domain::duration::parse)]
    patience: chrono::Duration,
    /// The program, and its arguments
    #[arg(value_name = "PROGRAM", required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What both runs need.
struct Trial {
    program: Program,
    config: Value,
    secrets: Vec<(String, String)>,
    patience: Duration,
    now: Time,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let trial = Trial::of(args)?;
    let mut report = Report::default();
    let ends = trial.whole(&mut report).await;
    match ends {
        Some(Ending::ByItself(_)) => trial.left_alone(&mut report).await,
        _ => report.skip("ends when its input is closed", "it did not come so far"),
    }
    report.hide(&trial.secrets);
    let paper = Paper::of(global, &config);
    let answer = Answer::of_ours("plugin-check", "checks", trial.now, report.rows.clone());
    answer.say(global.output, || report.table(&paper))?;
    Ok(if report.has_failed() { Exit::Failed } else { Exit::Done })
}

impl Trial {
    fn of(args: &Args) -> Result<Self, Exit> {
        let (program, arguments) = args.command.split_first().ok_or(Exit::Usage)?;
        let shown = crate::domain::text::sanitise(program);
        let program = Path::new(program)
            .canonicalize()
            .map_err(|e| exit::misused(format_args!("there is no program {shown}: {e}")))?;
        let secret = |(name, variable): &(String, String)| match std::env::var(variable) {
            Ok(secret) => Ok((name.clone(), secret)),
            Err(_) => Err(exit::misused(format_args!("the environment variable {variable} is not set"))),
        };
        let mut argv = vec![program.to_string_lossy().into_owned()];
        argv.extend(arguments.iter().cloned());
        let config: serde_json::Map<String, Value> = args.set.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
        Ok(Self {
            program: Program { argv, sha256: None, env: args.env.clone() },
            config: Value::Object(config),
            secrets: args.secret.iter().map(secret).collect::<Result<_, _>>()?,
            patience: args.patience.to_std().unwrap_or(Duration::from_secs(5)),
            now: Clock::real().now(),
        })
    }

    /// Everything, then goodbye; how it ended, where it came so far.
    async fn whole(&self, report: &mut Report) -> Option<Ending> {
        let started = Bench::start(&self.program, &self.secrets, self.patience);
        let mut bench = match started {
            Ok(bench) => bench,
            Err(fault) => {
                report.say("starts", Err(fault));
                return None;
            }
        };
        report.say("starts", Ok(String::new()));
        let hello = steps::initialize(&mut bench, &steps::hello(&self.config, &self.secrets)).await;
        let told = hello.as_ref().map(|h| format!("{} {}", h.plugin.name.line(), h.plugin.version.line()));
        report.say("says what it can", told.map_err(Clone::clone));
        if let Ok(hello) = &hello {
            steps::all(&mut bench, &hello.capabilities, self.now, report).await;
        }
        let stays = !bench.is_gone();
        report.say("is still there", if stays { Ok(String::new()) } else { Err(Fault::new("it ended by itself")) });
        let asked = bench.ask("shutdown", &json!({})).await;
        report.say("answers a shutdown", asked.map(|_| String::new()));
        let (ending, broken) = bench.close().await;
        report.say("ends when asked", ended(ending));
        for (rule, name) in Rule::ALL {
            if rule == Rule::Secret && self.secrets.is_empty() {
                report.skip(name, "none was given: --secret NAME=VARIABLE");
                continue;
            }
            report.say(name, broken.get(&rule).map_or(Ok(String::new()), |fault| Err(fault.clone())));
        }
        Some(ending).filter(|_| stays)
    }

    /// Whoever started it may die without a word.
    async fn left_alone(&self, report: &mut Report) {
        let name = "ends when its input is closed";
        let mut bench = match Bench::start(&self.program, &self.secrets, self.patience) {
            Ok(bench) => bench,
            Err(fault) => {
                report.say(name, Err(fault));
                return;
            }
        };
        let outcome = match steps::initialize(&mut bench, &steps::hello(&self.config, &self.secrets)).await {
            Ok(_) => ended(bench.close().await.0),
            Err(fault) => Err(fault),
        };
        report.say(name, outcome);
    }
}

fn ended(ending: Ending) -> Result<String, Fault> {
    match ending {
        Ending::ByItself(Some(0)) => Ok(String::new()),
        Ending::ByItself(Some(code)) => Err(Fault::new(format!("it ended with {code}, and not with 0"))),
        Ending::ByItself(None) => Err(Fault::new("it was ended by a signal that was not ours")),
        Ending::Term => Err(Fault::new("it had to be asked by SIGTERM, two seconds after its input was closed")),
        Ending::Kill => Err(Fault::new("it had to be killed: it heeds neither the end of its input nor SIGTERM")),
    }
}
