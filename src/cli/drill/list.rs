//! `watchfire drill --list`: which drills are built in, and what each is about.

use serde::Serialize;

use crate::{
    cli::{
        answer::Answer,
        args::Global,
        exit::{self, Exit},
    },
    domain::{drill::Experiment, duration},
    runtime::clock::Clock,
    sources::sim::{self, Scenario},
};

#[derive(Serialize)]
struct Row {
    name: String,
    title: String,
    opens_at_s: i64,
    ends_at_s: i64,
    steady_state: Option<String>,
    hypothesis: Option<String>,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Fault {
    what: String,
    at_s: i64,
    until_s: Option<i64>,
    rollback: String,
    action: Option<String>,
}

pub(super) fn list(global: &Global) -> Result<Exit, Exit> {
    let read = |(name, _): &(&str, &str)| sim::load(name).map_err(exit::failed);
    let all: Vec<Scenario> = sim::builtin().iter().map(read).collect::<Result<_, _>>()?;
    let rows = all.iter().map(row).collect();
    let answer = Answer::of_ours("drills", "drills", Clock::real().now(), rows);
    answer.say(global.output, || all.iter().map(lines).collect::<Vec<_>>().join("\n"))?;
    Ok(Exit::Done)
}

fn row(scenario: &Scenario) -> Row {
    let of = scenario.experiment.as_ref();
    let faults = of.map(|e| e.faults.iter()).into_iter().flatten();
    Row {
        name: scenario.name.raw().into(),
        title: scenario.title.raw().into(),
        opens_at_s: scenario.opens_at.num_seconds(),
        ends_at_s: scenario.ends_at().num_seconds(),
        steady_state: of.map(|e| e.steady_state.raw().into()),
        hypothesis: of.map(|e| e.hypothesis.raw().into()),
        faults: faults
            .map(|f| Fault {
                what: f.what.raw().into(),
                at_s: f.at.num_seconds(),
                until_s: f.until.map(|u| u.num_seconds()),
                rollback: f.rollback.raw().into(),
                action: f.action.as_ref().map(|a| a.raw().into()),
            })
            .collect(),
    }
}

fn lines(scenario: &Scenario) -> String {
    let length = duration::long(scenario.ends_at() - scenario.opens_at);
    let mut out = format!("{} ({length})\n  {}\n", scenario.name.line(), scenario.title.line());
    let Some(Experiment { steady_state, hypothesis, faults, .. }) = &scenario.experiment else { return out };
    out.push_str(&format!("  steady state  {}\n", steady_state.line()));
    out.push_str(&format!("  hypothesis    {}\n", hypothesis.line()));
    for fault in faults {
        out.push_str(&format!("  injected      {}\n", fault.what.line()));
        if !fault.rollback.is_empty() {
            out.push_str(&format!("  rollback      {}\n", fault.rollback.line()));
        }
    }
    out
}
