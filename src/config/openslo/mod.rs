//! SLO definitions in OpenSLO v1 files.
//!
//! Reads ratio SLOs over rolling windows. Everything it cannot read is a [`Problem`] with a line and a hint, and takes
//! nothing else down with it. Refuses to know where the files stand on the disk and which backend answers the queries.

mod indicator;
mod read;
mod wire;

use std::collections::BTreeMap;

use crate::domain::{slo::Slo, text::SafeText};
use wire::Node;

/// What is understood.
const API_VERSION: &str = "openslo/v1";
/// Kinds that say nothing about counting; they are left alone.
const QUIET: [&str; 5] = ["Service", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "DataSource"];

/// Something in a file that could not be read; the rest was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based.
    pub line: Option<u32>,
    pub what: SafeText,
    /// What to do about it.
    pub hint: Option<SafeText>,
}

impl Problem {
    fn new(line: u32, what: impl AsRef<str>) -> Self {
        Self { line: Some(line), what: SafeText::new(what.as_ref()), hint: None }
    }

    fn hint(self, hint: impl AsRef<str>) -> Self {
        Self { hint: Some(SafeText::new(hint.as_ref())), ..self }
    }
}

/// A problem and the file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    pub file: SafeText,
    pub problem: Problem,
}

impl std::fmt::Display for FileProblem {
    /// `slo/checkout.yaml:12: what; hint`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.problem.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.problem.what)?;
        match &self.problem.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// Reads one file on its own. `origin` is how the file is called.
pub fn read_openslo(text: &str, origin: &str) -> (Vec<Slo>, Vec<Problem>) {
    let (slos, problems) = read_files(&[(origin, text)]);
    (slos, problems.into_iter().map(|p| p.problem).collect())
}

/// Reads `(name, text)` files together: a reference may point into another file. Of two SLOs with one id the first
/// stands.
pub fn read_files<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)]) -> (Vec<Slo>, Vec<FileProblem>) {
    let mut reading = Reading::default();
    for (name, text) in files {
        reading.sort_in(&SafeText::new(name.as_ref()), text.as_ref());
    }
    reading.convert()
}

/// A document that was told apart, and its file.
struct Placed {
    file: SafeText,
    node: Node,
}

#[derive(Default)]
struct Reading {
    slos: Vec<Placed>,
    indicators: BTreeMap<String, Placed>,
    problems: Vec<FileProblem>,
}

impl Reading {
    /// First pass: which document is what.
    fn sort_in(&mut self, file: &SafeText, text: &str) {
        for document in wire::documents(text) {
            match document {
                Ok(node) => self.place(file, node),
                Err(problem) => self.report(file, problem),
            }
        }
    }

    fn place(&mut self, file: &SafeText, node: Node) {
        match kind(&node) {
            Err(problem) => self.report(file, problem),
            Ok("SLO") => self.slos.push(Placed { file: file.clone(), node }),
            Ok("SLI") => self.place_indicator(file, node),
            Ok(quiet) if QUIET.contains(&quiet) => {}
            Ok(other) => {
                let what = format!("kind `{other}` is no kind of {API_VERSION}");
                self.report(file, Problem::new(node.line, what).hint("SLO and SLI are read; kinds are case-sensitive"));
            }
        }
    }

    fn place_indicator(&mut self, file: &SafeText, node: Node) {
        let Some(name) = node.path(&["metadata", "name"]).and_then(Node::text).map(str::to_owned) else {
            return self.report(file, read::unnamed(&node, "SLI"));
        };
        if let Some(first) = self.indicators.get(&name) {
            let what = format!("a second SLI is called `{name}`; the one in {}:{} stands", first.file, first.node.line);
            return self.report(file, Problem::new(node.line, what).hint("rename one of them"));
        }
        self.indicators.insert(name, Placed { file: file.clone(), node });
    }

    fn report(&mut self, file: &SafeText, problem: Problem) {
        self.problems.push(FileProblem { file: file.clone(), problem });
    }

    /// Second pass, once every name is known.
    fn convert(mut self) -> (Vec<Slo>, Vec<FileProblem>) {
        let mut slos: Vec<Slo> = Vec::new();
        for placed in std::mem::take(&mut self.slos) {
            let (rows, problems) = read::rows(&placed.node, &placed.file, |name| self.indicator(name));
            problems.into_iter().for_each(|p| self.report(&placed.file, p));
            for row in rows {
                match slos.iter().find(|s| s.id == row.id) {
                    None => slos.push(row),
                    Some(first) => {
                        let what = format!("a second SLO has the id `{}`; the one in {} stands", row.id, first.origin);
                        self.report(&placed.file, Problem::new(placed.node.line, what).hint("rename one of them"));
                    }
                }
            }
        }
        (slos, self.problems)
    }

    fn indicator(&self, name: &str) -> Result<&Node, String> {
        match self.indicators.get(name) {
            Some(placed) => Ok(&placed.node),
            None if self.indicators.is_empty() => Err("none of these files defines an SLI".into()),
            None => {
                let known: Vec<&str> = self.indicators.keys().take(5).map(String::as_str).collect();
                Err(format!("the SLIs of these files are {}", known.join(", ")))
            }
        }
    }
}

/// The kind of a document, once it is known to be OpenSLO v1.
fn kind(node: &Node) -> Result<&str, Problem> {
    let Some(version) = node.get("apiVersion").and_then(Node::text) else {
        let what = "this is no OpenSLO document: it has no apiVersion";
        return Err(Problem::new(node.line, what).hint(format!("begin it with `apiVersion: {API_VERSION}`")));
    };
    if version != API_VERSION {
        let what = format!("apiVersion `{version}` is not supported yet");
        return Err(Problem::new(node.line, what).hint(format!("{API_VERSION} is")));
    }
    let missing = || Problem::new(node.line, "this document has no kind").hint("write `kind: SLO`");
    node.get("kind").and_then(Node::text).ok_or_else(missing)
}
