//! Documents: the world is looked at in the loop, the journal is read and the text written in a task.

use std::{fs::OpenOptions, io::Write, path::PathBuf, sync::Arc};

use crate::{
    app::msg::{Msg, Written},
    domain::text::SafeText,
    runtime::{handover::Watch, journal::on_disk, terminal::Screen},
};

use super::Turning;

/// Files of one name that are tried before it is given up.
const NAMES: u32 = 100;

impl<S: Screen> Turning<'_, S> {
    pub(super) fn hand_over(&mut self) -> Option<Msg> {
        let now = self.clock.now();
        let watch = Watch::of(&self.app.world, now, self.handoff.rota.handover(now));
        let (journal, template, inbox) = (self.journal.clone(), self.handoff.template.clone(), self.inbox.clone());
        self.tasks.spawn(async move {
            let written = on_disk(async move { watch.write(&journal, template.as_deref()).await }).await;
            let written = written.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let name = format!("handoff-{}.md", now.format("%Y-%m-%d-%H%M"));
            let msg = written.map(|text| Written { name, text: text.into() }).map_err(|why| SafeText::new(&why));
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::Written(msg)).await;
        });
        None
    }

    pub(super) fn keep(&mut self, name: String, text: Arc<str>) -> Option<Msg> {
        let inbox = self.inbox.clone();
        self.tasks.spawn(async move {
            let kept = on_disk(async move { write_new(&name, &text) }).await;
            let kept = kept.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let msg = kept.map(|path| SafeText::new(&path.to_string_lossy())).map_err(|why| SafeText::new(&why));
            let _ = inbox.send(Msg::Kept(msg)).await;
        });
        None
    }
}

/// A file that is there stays as it is: the next free name is taken.
fn write_new(name: &str, text: &str) -> Result<PathBuf, String> {
    let here = std::env::current_dir().map_err(|e| format!("the directory cannot be found: {e}"))?;
    let stem = name.strip_suffix(".md").unwrap_or(name);
    for n in 1..=NAMES {
        let name = if n == 1 { format!("{stem}.md") } else { format!("{stem}-{n}.md") };
        let path = here.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(format!("{} cannot be written: {e}", path.display())),
            Ok(mut file) => {
                let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
                return written
                    .map(|()| path.clone())
                    .map_err(|e| format!("{} cannot be written: {e}", path.display()));
            }
        }
    }
    Err(format!("there are {NAMES} files of that name in {} already", here.display()))
}
