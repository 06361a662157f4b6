//! SLO definitions in files: OpenSLO, Sloth and Pyrra, told apart by what stands in them.
//!
//! Everything that cannot be read is a [`Problem`] with a line and a hint, and takes nothing else down with it. Names are
//! found over all files. Refuses to know where the files stand on the disk and which backend answers the queries.

mod format;
mod notes;
mod openslo;
mod problem;
mod pyrra;
mod shelf;
mod sloth;
mod yaml;

pub use problem::{FileProblem, Problem};

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use crate::domain::{
    slo::{Origin, OriginKind, Slo},
    source::SourceName,
    text::SafeText,
};
use format::Format;
use notes::Notes;
use shelf::Shelf;
use yaml::Node;

/// Longest file that is read, in bytes.
pub const FILE_MAX: usize = 8 * 1024 * 1024;
/// Most problems that are told of one file.
const PROBLEMS_MAX: usize = 100;
const DAY: i64 = 86_400;

/// What the configuration says that definitions leave open.
#[derive(Clone, Debug)]
pub struct Around {
    /// The configured sources that can count; none = a name is taken as it is.
    pub backends: Vec<Backend>,
    /// Seconds: the period of Sloth's objectives, which their files do not say.
    pub sloth_period_s: i64,
}

impl Default for Around {
    fn default() -> Self {
        Self { backends: Vec::new(), sloth_period_s: 30 * DAY }
    }
}

/// A configured source, as a definition may name it.
#[derive(Clone, Debug)]
pub struct Backend {
    pub name: SourceName,
    pub urls: Vec<String>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct Reading {
    pub slos: Vec<Slo>,
    /// What could not be read, or not as it was meant.
    pub problems: Vec<FileProblem>,
    /// What was read and looks wrong: unknown keys, a hundred per cent, an operator that says the opposite.
    pub warnings: Vec<FileProblem>,
}

/// Reads `(name, text)` files together: a reference may point into another file. Of two SLOs with one id the first
/// stands.
pub fn read<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)], around: &Around) -> Reading {
    let mut desk = Desk { around, documents: Vec::new(), out: Reading::default() };
    for (name, text) in files {
        desk.take_in(&SafeText::new(name.as_ref()), text.as_ref());
    }
    desk.convert();
    desk.out.cap();
    desk.out
}

/// Reads files from the disk; one that cannot be read is a problem as any other.
pub fn read_files(paths: &[PathBuf], around: &Around) -> Reading {
    let mut unread = Vec::new();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        match text_of(path) {
            Ok(text) => texts.push((name, text)),
            Err(problem) => unread.push(FileProblem { file: SafeText::new(&name), problem }),
        }
    }
    let mut reading = read(&texts, around);
    unread.append(&mut reading.problems);
    Reading { problems: unread, ..reading }
}

fn text_of(path: &Path) -> Result<String, Problem> {
    let cannot = |e: std::io::Error| Problem::of_file(format!("this file cannot be read: {e}"));
    let mut bytes = Vec::new();
    // One byte more than is read tells that there is more.
    let most = u64::try_from(FILE_MAX).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).and_then(|f| f.take(most).read_to_end(&mut bytes)).map_err(cannot)?;
    if bytes.len() > FILE_MAX {
        return Err(too_big());
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.iter().filter(|b| **b == b'\n').count() + 1;
        Problem::new(u32::try_from(line).unwrap_or(u32::MAX), "this is not UTF-8").hint("save the file as UTF-8")
    })
}

fn too_big() -> Problem {
    Problem::of_file(format!("this file has more than {} MB", FILE_MAX >> 20)).hint("split it")
}

/// A document that was told apart, and its file.
struct Document {
    file: SafeText,
    format: Format,
    node: Node,
}

impl Document {
    /// `slo/a.yaml:3`
    fn place(&self) -> String {
        format!("{}:{}", self.file.line(), self.node.line)
    }
}

/// Where the files are taken apart.
struct Desk<'a> {
    around: &'a Around,
    documents: Vec<Document>,
    out: Reading,
}

impl Desk<'_> {
    /// First pass: which document is what.
    fn take_in(&mut self, file: &SafeText, text: &str) {
        if text.len() > FILE_MAX {
            return self.tell(file, [too_big()]);
        }
        let documents = yaml::documents(text);
        if documents.is_empty() {
            let empty = Problem::of_file("this file defines nothing").hint("fill it, or take it out of [slo] files");
            self.warn(file, [empty]);
        }
        for document in documents {
            match document {
                Ok(node) => self.sort_in(file, node),
                Err(problem) => self.tell(file, [problem]),
            }
        }
    }

    fn sort_in(&mut self, file: &SafeText, node: Node) {
        if let Some(items) = format::items(&node) {
            return items.iter().for_each(|item| self.sort_in(file, item.clone()));
        }
        match format::tell(&node) {
            Ok(format) => self.documents.push(Document { file: file.clone(), format, node }),
            Err(problem) => self.tell(file, [problem]),
        }
    }

    /// Second pass, once every name is known.
    fn convert(&mut self) {
        let documents = std::mem::take(&mut self.documents);
        let library = openslo::Library::of(&documents, self);
        let windows = sloth::windows(&documents, self);
        for document in &documents {
            let mut notes = Notes::default();
            let (kind, rows) = match document.format {
                Format::OpenSlo(version, openslo::Kind::Slo) => {
                    (OriginKind::OpenSlo, openslo::slo::rows(&document.node, version, &library, &mut notes))
                }
                Format::OpenSlo(..) | Format::SlothWindows => continue,
                Format::Sloth(style) => (OriginKind::Sloth, sloth::rows(&document.node, style, &windows, &mut notes)),
                Format::Pyrra => (OriginKind::Pyrra, pyrra::rows(&document.node, &mut notes)),
            };
            for (line, row) in rows {
                let origin = Origin { kind, place: document.file.clone() };
                self.stand(line, Slo { origin, ..row }, &mut notes);
            }
            self.report(&document.file, notes);
        }
    }

    fn stand(&mut self, line: u32, row: Slo, notes: &mut Notes) {
        match self.out.slos.iter().find(|s| s.id == row.id) {
            None => self.out.slos.push(row),
            Some(first) => {
                let what = format!("a second SLO has the id `{}`; the one in {} stands", row.id, first.origin);
                notes.problems.push(Problem::new(line, what).hint("rename one of them"));
            }
        }
    }

    fn report(&mut self, file: &SafeText, notes: Notes) {
        let notes = notes.settled();
        self.tell(file, notes.problems);
        self.warn(file, notes.warnings);
    }

    fn tell(&mut self, file: &SafeText, problems: impl IntoIterator<Item = Problem>) {
        self.out.problems.extend(problems.into_iter().map(|problem| FileProblem { file: file.clone(), problem }));
    }

    fn warn(&mut self, file: &SafeText, problems: impl IntoIterator<Item = Problem>) {
        self.out.warnings.extend(problems.into_iter().map(|problem| FileProblem { file: file.clone(), problem }));
    }

    /// The documents of one kind, by their names; each is read once, and its mistakes are told where it stands.
    fn shelf<T>(
        &mut self,
        documents: &[Document],
        kind: openslo::Kind,
        mut read: impl FnMut(&Node, openslo::Version, &mut Notes) -> Option<T>,
    ) -> Shelf<T> {
        let mut shelf = Shelf::new(kind.as_str());
        for document in documents {
            let Format::OpenSlo(version, its) = document.format else { continue };
            if its != kind {
                continue;
            }
            let mut notes = Notes::default();
            if let Some(name) = openslo::name(&document.node, kind, &mut notes) {
                let read = read(&document.node, version, &mut notes);
                shelf.put(name, document.place(), document.node.line, read, &mut notes);
            }
            self.report(&document.file, notes);
        }
        shelf
    }
}

impl Reading {
    /// In the order of the files and their lines; of a file that is wrong throughout, not every line.
    fn cap(&mut self) {
        for told in [&mut self.problems, &mut self.warnings] {
            let mut files: Vec<(SafeText, Vec<FileProblem>)> = Vec::new();
            for one in std::mem::take(told) {
                match files.iter_mut().find(|(file, _)| *file == one.file) {
                    Some((_, of_file)) => of_file.push(one),
                    None => files.push((one.file.clone(), vec![one])),
                }
            }
            for (file, mut of_file) in files {
                of_file.sort_by_key(|p| p.problem.line);
                let more = of_file.len().saturating_sub(PROBLEMS_MAX);
                of_file.truncate(PROBLEMS_MAX);
                told.append(&mut of_file);
                if more > 0 {
                    told.push(FileProblem { file, problem: Problem::of_file(format!("and {more} more")) });
                }
            }
        }
    }
}
