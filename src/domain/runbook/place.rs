//! Where the runbook of an alert is: a file below a directory of ours, or an address.

use std::path::{Component, Path, PathBuf};

/// One place to read a runbook from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Below a directory that holds it in; `path` is relative to it.
    File { dir: PathBuf, path: PathBuf },
    /// http or https.
    Url(String),
    /// Built in, for the demonstration; named by its address.
    BuiltIn { url: String, text: &'static str },
}

impl Place {
    /// Names it in the journal and on the screen.
    pub fn name(&self) -> String {
        match self {
            Self::File { path, .. } => path.to_string_lossy().into_owned(),
            Self::Url(url) | Self::BuiltIn { url, .. } => url.clone(),
        }
    }
}

/// A path that stays below its directory: no root, no `..`.
pub fn is_below(path: &Path) -> bool {
    path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) && path.file_name().is_some()
}

/// The address of the text itself, where a forge shows it on a page (GitHub and GitLab `blob` pages).
pub fn raw(url: &str) -> String {
    if let Some(rest) = url.strip_prefix("https://github.com/")
        && let Some((repository, path)) = rest.split_once("/blob/")
    {
        return format!("https://raw.githubusercontent.com/{repository}/{path}");
    }
    url.replacen("/-/blob/", "/-/raw/", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_its_directory() {
        assert!(is_below(Path::new("a/b.md")) && is_below(Path::new("./b.md")));
        for bad in ["../b.md", "/etc/passwd", "a/../../b", "", "a/.."] {
            assert!(!is_below(Path::new(bad)), "{bad}");
        }
    }

    #[test]
    fn a_page_of_a_forge_is_read_as_its_text() {
        let page = "https://github.com/acme/runbooks/blob/main/a.md";
        assert_eq!(raw(page), "https://raw.githubusercontent.com/acme/runbooks/main/a.md");
        assert_eq!(raw("https://git.example/a/b/-/blob/main/c.md"), "https://git.example/a/b/-/raw/main/c.md");
        assert_eq!(raw("https://example/blob/x"), "https://example/blob/x");
    }
}
