//! Actions and runbooks: what reaches a program, how it ends, what is kept of it, what a person sees.

mod looks;
mod many;
mod reads;
mod runs;
mod stories;

use std::path::Path;

use watchfire::{
    config::{self, Config, Request},
    domain::{
        action::{Action, Command, Scope, Target, Template, target::AlertFacts},
        alert::AlertId,
        label::{Fingerprint, Labels},
        source::SourceName,
        text::SafeText,
    },
};

/// A configuration of this text.
fn configured(toml: &str) -> Config {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, toml).unwrap();
    load(&path)
}

fn load(path: &Path) -> Config {
    let request = Request { explicit: Some(path.to_owned()), ..Request::from_process() };
    config::load(&request).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// What the demonstration has.
fn demo() -> Config {
    config::demo(&Request::from_process()).unwrap()
}

/// An alert with these labels.
fn target(labels: &[(&str, &str)]) -> Target {
    let id = AlertId { source: SourceName::new("prod"), fingerprint: Fingerprint::new("3f0a") };
    let labels: Labels = labels.iter().map(|(n, v)| (SafeText::new(n), SafeText::new(v))).collect();
    Target { alert: Some(AlertFacts { id, labels, annotations: Labels::default() }), ..Target::of_watch("ana") }
}

fn action(run: &[&str]) -> Action {
    Action {
        name: SafeText::new("a"),
        description: SafeText::default(),
        run: run.iter().map(|t| Template::parse(t).unwrap()).collect(),
        shell: false,
        on: vec![Scope::Alert],
        scope: None,
        confirm: true,
        dangerous: false,
        refuses_dashes: false,
        inputs: Vec::new(),
        timeout: chrono::Duration::minutes(5),
        env: Vec::new(),
        cwd: None,
        output_max: 64 * 1024,
    }
}

fn command(argv: &[&str]) -> Command {
    action(argv).fill(&target(&[]), &Default::default()).unwrap()
}
