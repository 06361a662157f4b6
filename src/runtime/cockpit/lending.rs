//! Texts and links leave the cockpit: to the clipboard of the terminal, to a file beside the journal, to the desktop's
//! browser. Where there is no browser here, the person gets the link itself.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{process::Command, time::timeout};

use crate::{
    app::msg::Msg,
    config::request::Env,
    domain::text::SafeText,
    runtime::{
        journal::on_disk,
        terminal::{Screen, clipboard, host::Host},
    },
};

use super::Turning;

/// What holds the text that was copied last, where it was long.
const FILE: &str = "copied.txt";
/// An opener that has not failed by then has opened it.
const OPENS_WITHIN: Duration = Duration::from_secs(2);

impl<S: Screen> Turning<'_, S> {
    pub(super) fn copy(&mut self, text: &str) -> Option<Msg> {
        let text = clipboard::clean(text);
        let letters = text.chars().count();
        let sent = letters > 0 && self.screen.copy(&text);
        self.leaves_now();
        if text.len() < clipboard::FILED {
            return Some(Msg::Copied { letters, sent, file: None });
        }
        let (inbox, path) = (self.inbox.clone(), self.journal.with_file_name(FILE));
        self.begin(async move {
            let kept = on_disk(async move { keep(&path, &text) }).await;
            let file = kept.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let file = file.map(|p| SafeText::new(&p.display().to_string())).map_err(|why| SafeText::new(&why));
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::Copied { letters, sent, file: Some(file) }).await;
        });
        None
    }

    pub(super) fn open_link(&mut self, url: String) -> Option<Msg> {
        let host = Host::of(&Env::from_process());
        let why = match (host.ssh, host.desktop) {
            (true, _) => "this runs on another machine than your screen",
            (false, false) => "there is no desktop here",
            (false, true) => {
                let inbox = self.inbox.clone();
                self.begin(async move {
                    let opened = browse(&url).await;
                    let _ = inbox.send(Msg::LinkTold { url, opened }).await;
                });
                return None;
            }
        };
        Some(Msg::LinkTold { url, opened: Err(SafeText::new(why)) })
    }
}

/// Nobody else may read it; what was there is replaced as a whole.
fn keep(path: &Path, text: &str) -> Result<PathBuf, String> {
    let wrong = |e: std::io::Error| format!("{}: {e}", path.display());
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("."))).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    file.persist(path).map_err(|e| wrong(e.error))?;
    Ok(path.to_owned())
}

/// The address is one argument that begins with its scheme: nothing in it is an option or a command.
async fn browse(url: &str) -> Result<SafeText, SafeText> {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(opener);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let failed = |why: String| Err(SafeText::new(&why));
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return failed(format!("{opener} cannot be started: {error}")),
    };
    match timeout(OPENS_WITHIN, child.wait()).await {
        Ok(Ok(status)) if !status.success() => failed(format!("{opener} failed ({status})")),
        Ok(Err(error)) => failed(format!("{opener}: {error}")),
        // It may be the browser itself by now.
        Ok(Ok(_)) | Err(_) => Ok(SafeText::new(opener)),
    }
}
