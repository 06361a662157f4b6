//! What the terminal tells of itself goes to the desk, and a theme that a person keeps into the configuration.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use toml_edit::{DocumentMut, Item, Table};

use crate::{
    app::msg::{Msg, Trait},
    domain::text::SafeText,
    runtime::{
        journal::on_disk,
        terminal::{Screen, hear::Told},
    },
};

use super::Turning;

impl<S: Screen> Turning<'_, S> {
    pub(super) fn on_told(&mut self, told: Told) {
        match told {
            Told::Ground(ground) => self.update(Msg::Terminal(Trait::Ground(ground))),
            Told::Name(name) => self.update(Msg::Terminal(Trait::Name(SafeText::new(&name)))),
            Told::Fence => {}
        }
    }

    pub(super) fn keep_theme(&mut self, file: PathBuf, theme: String) -> Option<Msg> {
        let inbox = self.inbox.clone();
        self.begin(async move {
            let kept = on_disk(async move { keep(&file, &theme).map(|()| file.display().to_string()) }).await;
            let kept = kept.unwrap_or_else(|| Err("writing it failed inside watchfire".to_owned()));
            let kept = kept.map(|file| SafeText::new(&file)).map_err(|why| SafeText::new(&why));
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::ThemeKept(kept)).await;
        });
        None
    }
}

/// Names a theme in a configuration; whatever else stands there stays as it is, comments and order among it.
fn keep(file: &Path, theme: &str) -> Result<(), String> {
    let said = |e: std::io::Error| format!("{} cannot be written: {e}", file.display());
    // A link keeps pointing where it points.
    let file = &std::fs::canonicalize(file).map_err(said)?;
    let text = std::fs::read_to_string(file).map_err(said)?;
    let text = named(&text, theme).map_err(|why| format!("{}: {why}", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(said)?;
    let mode = std::fs::metadata(file).map_err(said)?.permissions();
    beside.write_all(text.as_bytes()).and_then(|()| beside.as_file().sync_all()).map_err(said)?;
    std::fs::set_permissions(beside.path(), mode).map_err(said)?;
    beside.persist(file).map(|_| ()).map_err(|e| said(e.error))
}

/// The text of a configuration with another theme.
fn named(text: &str, theme: &str) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|_| "it cannot be read any more; mend it first".to_owned())?;
    let ui = document.entry("ui").or_insert_with(|| Item::Table(Table::new()));
    let inline = ui.is_inline_table();
    if let Some(inline) = ui.as_inline_table_mut().filter(|table| !table.contains_key("theme")) {
        // The blank before its brace belongs behind what stands last, which is the theme from now on.
        inline.iter_mut().for_each(|(_, value)| value.decor_mut().set_suffix(""));
    }
    let ui = ui.as_table_like_mut().ok_or("`ui` is no table")?;
    match ui.get_mut("theme").and_then(Item::as_value_mut) {
        Some(before) => {
            let mut after = toml_edit::Value::from(theme);
            *after.decor_mut() = before.decor().clone();
            *before = after;
        }
        None => {
            let mut named = toml_edit::Value::from(theme);
            if inline {
                named.decor_mut().set_suffix(" ");
            }
            ui.insert("theme", Item::Value(named));
        }
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_theme_is_named_and_every_comment_stays() {
        let before =
            "# mine\n[ui]\n# nice\ntheme = \"mono\" # for now\nglyphs = \"ascii\"\n\n[[source]]\nname = \"a\"\n";
        assert_eq!(named(before, "night").unwrap(), before.replace("mono", "night"));
        let inline = "ui = { glyphs = \"ascii\" } # short\nread_only = true\n";
        assert_eq!(named(inline, "night").unwrap(), inline.replace("\"ascii\" }", "\"ascii\", theme = \"night\" }"));
        let none = "# mine\nread_only = true\n";
        assert_eq!(named(none, "night").unwrap(), format!("{none}\n[ui]\ntheme = \"night\"\n"));
        assert_eq!(named("", "night").unwrap(), "[ui]\ntheme = \"night\"\n");
        assert!(named("ui = 3", "night").is_err() && named("[ui", "night").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_link_its_end() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.toml"), folder.path().join("config.toml"));
        std::fs::write(&file, "[ui]\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        keep(&link, "night").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[ui]\ntheme = \"night\"\n");
    }
}
