//! `$EDITOR` for a long note. The terminal is its own while it runs; what it wrote comes back as text, unsent.

use std::{io::Write, process::Stdio};

use crate::{app::msg::EditorMsg, domain::text::SafeText};

/// Runs the editor on a private file holding `text`.
pub async fn edit(text: String) -> EditorMsg {
    match run(&text).await {
        Ok(text) => EditorMsg::Wrote(text),
        Err(why) => EditorMsg::Failed(SafeText::new(&why)),
    }
}

async fn run(text: &str) -> Result<String, String> {
    let mut file = tempfile::Builder::new().prefix("watchfire-note-").suffix(".md").tempfile().map_err(said)?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(said)?;
    let path = file.into_temp_path();
    let command = command();
    let mut words = command.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let mut editor = tokio::process::Command::new(program);
    editor.args(words).arg(&path).stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let status = editor.status().await.map_err(|e| format!("{program}: {e}; set $EDITOR"))?;
    if !status.success() {
        return Err(format!("{program} ended with {status}"));
    }
    std::fs::read_to_string(&path).map_err(said)
}

/// `$VISUAL`, `$EDITOR`, else `vi`.
fn command() -> String {
    let named = |name| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".into())
}

fn said(error: std::io::Error) -> String {
    error.to_string()
}
