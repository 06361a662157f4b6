//! Files of SLOs as people write them, right and wrong, in every format.

mod broken;
mod documents;
mod hostile;
mod references;
mod said;

use watchfire::config::slo::{Around, FileProblem, Reading, read};

/// What `text` defines where nothing is configured.
fn of(text: &str) -> Reading {
    read(&[("t.yaml", text)], &Around::default())
}

fn ids(reading: &Reading) -> Vec<&str> {
    reading.slos.iter().map(|s| s.id.as_str()).collect()
}

/// `12: what; hint`
fn told(problems: &[FileProblem]) -> Vec<String> {
    problems.iter().map(|p| p.to_string().trim_start_matches("t.yaml:").to_owned()).collect()
}
