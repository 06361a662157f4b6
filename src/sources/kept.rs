//! What a source must remember beyond its process: one JSON file in a directory of its own, written whole or not at all.
//!
//! Knows no vendor, and not what the file is for.

use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};

/// The file; none where the platform has no place for it.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Option<PathBuf>);

impl Kept {
    pub(super) fn in_dir(dir: Option<&Path>, name: &str) -> Self {
        Self(dir.map(|dir| dir.join(name)))
    }

    /// A file that cannot be read is as none.
    pub(super) async fn read<T: DeserializeOwned + Default>(&self) -> T {
        let Some(file) = &self.0 else { return T::default() };
        let text = tokio::fs::read(file).await.unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// # Errors
    /// Why it cannot be kept, as a sentence's end.
    pub(super) async fn write<T: Serialize>(&self, what: &T) -> Result<(), String> {
        let Some(file) = &self.0 else { return Ok(()) };
        let text = serde_json::to_vec(what).map_err(|e| e.to_string())?;
        replace(file, &text).await.map_err(|e| format!("cannot be kept in {}: {e}", file.display()))
    }
}

async fn replace(file: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(dir) = file.parent() {
        tokio::fs::create_dir_all(dir).await?;
    }
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    tokio::fs::write(&beside, text).await?;
    tokio::fs::rename(&beside, file).await
}
