//! Documents: the world is looked at in the loop, the journal is read and the text written in a task.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    app::msg::{Msg, Written},
    domain::{incident::IncidentId, text::SafeText},
    runtime::{handover::Watch, journal::on_disk, postmortem::Case, terminal::Screen},
};

use super::Turning;

/// Files of one name that are tried before it is given up.
const NAMES: u32 = 100;

/// What documents are made of, and where they are kept.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The template of the post-mortem, where the installation has its own.
    pub postmortem: Option<PathBuf>,
    /// The directory that files are written into.
    pub into: PathBuf,
}

impl Papers {
    /// Kept where the program was started.
    pub fn here(postmortem: Option<PathBuf>) -> Self {
        Self { postmortem, into: PathBuf::from(".") }
    }
}

impl<S: Screen> Turning<'_, S> {
    pub(super) fn hand_over(&mut self) -> Option<Msg> {
        let now = self.clock.now();
        let watch = Watch::of(&self.app.world, now, self.handoff.rota.handover(now));
        let (journal, template, inbox) = (self.journal.clone(), self.handoff.template.clone(), self.inbox.clone());
        self.begin(async move {
            let written = on_disk(async move { watch.write(&journal, template.as_deref()).await }).await;
            let written = written.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let name = format!("handoff-{}.md", now.format("%Y-%m-%d-%H%M"));
            let msg = written
                .map(|text| Written { name, text: text.into(), beside: Vec::new() })
                .map_err(|why| SafeText::new(&why));
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::Written(msg)).await;
        });
        None
    }

    pub(super) fn post_mortem(&mut self, id: &IncidentId) -> Option<Msg> {
        let Some(case) = Case::of(&self.app.world, id, self.clock.now()) else {
            return Some(Msg::Written(Err(SafeText::new("the journal has not written its declaration yet"))));
        };
        let (journal, template, inbox) = (self.journal.clone(), self.papers.postmortem.clone(), self.inbox.clone());
        self.begin(async move {
            let written = on_disk(async move { case.write(&journal, template.as_deref()).await }).await;
            let written = written.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let document = written.map(|(name, text, pictures)| {
                let beside = pictures.into_iter().map(|p| (p.file, p.svg)).collect();
                Written { name, text: text.into(), beside }
            });
            let _ = inbox.send(Msg::Written(document.map_err(|why| SafeText::new(&why)))).await;
        });
        None
    }

    pub(super) fn keep(&mut self, document: Arc<Written>) -> Option<Msg> {
        let (inbox, into) = (self.inbox.clone(), self.papers.into.clone());
        self.begin(async move {
            let kept = on_disk(async move { keep_all(&document, &into) }).await;
            let kept = kept.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let _ =
                inbox.send(Msg::Kept(kept.map(|said| SafeText::new(&said)).map_err(|why| SafeText::new(&why)))).await;
        });
        None
    }
}

/// Writes a document, and first what it names; says where.
fn keep_all(document: &Written, into: &Path) -> Result<String, String> {
    let here = std::path::absolute(into).map_err(|e| format!("the directory cannot be found: {e}"))?;
    for (name, text) in &document.beside {
        write(&here.join(name), text)?;
    }
    let path = match document.beside.is_empty() {
        true => write_new(&here, &document.name, &document.text)?,
        // What is beside it has its name: another name would be another document's.
        false => write(&here.join(&document.name), &document.text)?,
    };
    let graphs = match document.beside.len() {
        0 => String::new(),
        1 => ", its graph beside it".to_owned(),
        n => format!(", {n} graphs beside it"),
    };
    Ok(format!("{}{graphs}", path.display()))
}

/// Writes a new file.
fn write(path: &Path, text: &str) -> Result<PathBuf, String> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already and stays as it is", path.display()),
        _ => format!("{} cannot be written: {e}", path.display()),
    })?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map(|()| path.to_owned()).map_err(|e| format!("{} cannot be written: {e}", path.display()))
}

/// A file that is there stays as it is: the next free name is taken.
fn write_new(here: &Path, name: &str, text: &str) -> Result<PathBuf, String> {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    for n in 1..=NAMES {
        let path = here.join(if n == 1 { format!("{stem}.md") } else { format!("{stem}-{n}.md") });
        if !path.try_exists().unwrap_or(false) {
            return write(&path, text);
        }
    }
    Err(format!("there are {NAMES} files of that name in {} already", here.display()))
}
