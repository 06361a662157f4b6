//! A drill in words, before it begins: what is well, what is believed, what will be broken, what is asked.

use chrono::Duration;

use super::{Experiment, Injected};
use crate::domain::{duration, matcher::Matcher, text::SafeText};

/// What a brief is told of beside the experiment.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub name: &'a SafeText,
    pub title: &'a SafeText,
    pub story: &'a SafeText,
}

/// The brief, in lines; headings begin with `#`.
pub fn brief(told: Told<'_>, experiment: Option<&Experiment>) -> String {
    let mut out = format!("# {}: {}\n\n{}\n", told.name.line(), told.title.line(), told.story.shown());
    let Some(experiment) = experiment else {
        out.push_str("\nThis scenario has no [experiment]: it is played, and only what was done is told.\n");
        return out;
    };
    section(&mut out, "Steady state", experiment.steady_state.shown());
    section(&mut out, "Hypothesis", experiment.hypothesis.shown());
    if !experiment.faults.is_empty() {
        let faults: Vec<String> = experiment.faults.iter().map(fault).collect();
        section(&mut out, "What is injected", &faults.join("\n"));
    }
    section(&mut out, "What is asked", &asked(experiment));
    out
}

fn section(out: &mut String, head: &str, text: &str) {
    out.push_str(&format!("\n## {head}\n\n{}\n", text.trim_end()));
}

/// `at 9m`; what lies before the scenario has a sign.
fn moment(at: Duration) -> String {
    if at < Duration::zero() { format!("{} before it", duration::long(-at)) } else { duration::long(at) }
}

fn fault(fault: &Injected) -> String {
    let until = fault.until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
    let mut out = format!("- at {}{until}: {}", moment(fault.at), fault.what.line());
    if !fault.rollback.is_empty() {
        out.push_str(&format!("\n  rollback: {}", fault.rollback.line()));
    }
    out
}

fn asked(experiment: &Experiment) -> String {
    let within = experiment.within;
    let by = |limit: Option<Duration>| limit.map(|l| format!(" within {}", duration::long(l))).unwrap_or_default();
    let mut out = Vec::new();
    if experiment.own.is_empty() {
        out.push("- nothing asks for an owner: the best act is none".to_owned());
    } else {
        out.push(format!("- own what pages{}: {}", by(within.own), listed(&experiment.own)));
        out.push(format!("- write a note{}", by(within.note)));
    }
    if experiment.incident {
        out.push(format!("- declare an incident{}", by(within.declare)));
    }
    if experiment.faults.iter().any(|f| f.action.is_some()) {
        out.push(format!("- roll back{}", by(within.mitigate)));
    }
    if !experiment.unrelated.is_empty() {
        out.push(format!("- leave alone: {}", listed(&experiment.unrelated)));
    }
    if let Some(end) = experiment.ends_at {
        out.push(format!("- it ends at {}, or when you quit", moment(end)));
    }
    out.join("\n")
}

fn listed(all: &[Vec<Matcher>]) -> String {
    let one = |matchers: &Vec<Matcher>| {
        let name = matchers.iter().find(|m| m.name == "alertname").map(|m| m.value.clone());
        name.unwrap_or_else(|| matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    let all: Vec<String> = all.iter().map(|m| SafeText::from(one(m)).line().into_owned()).collect();
    all.join(", ")
}
