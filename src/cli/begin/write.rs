//! The file and its secrets onto the disk: all of it or nothing, readable by this user alone, and what was there is kept.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use tempfile::NamedTempFile;

use crate::{
    config::KeyringEntry,
    sources::keyring::{self, Trouble},
};

use super::{
    credentials::entry,
    draft::{Draft, Keep, SecretDraft},
    talk,
    text::{self, Secrets},
};

/// The directory beside the configuration that holds secrets.
const SECRETS: &str = "secrets";
/// How many names are tried for a copy or a secret.
const NAMES: u32 = 1_000;

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// A copy of the file that was there.
    pub copy: Option<PathBuf>,
}

/// What must be undone where the file cannot be written in the end.
#[derive(Default)]
struct Kept {
    files: Vec<PathBuf>,
    entries: Vec<KeyringEntry>,
}

/// Writes a draft. Where anything fails, the file is as it was and no secret is left behind.
///
/// # Errors
/// What could not be written.
pub async fn all(path: &Path, draft: &mut Draft) -> Result<Written, String> {
    let (path, dir) = place(path);
    let cannot = |e: io::Error| format!("{} cannot be written: {e}", path.display());
    fs::create_dir_all(&dir).map_err(cannot)?;
    // Shows a full disk or a directory of somebody else's before any secret is kept.
    drop(filled(&dir, &text::file(draft, Secrets::Hidden)).map_err(cannot)?);
    let mut kept = Kept::default();
    let written = match secrets(&dir, draft, &mut kept).await {
        Ok(()) => replace(&path, &dir, &text::file(draft, Secrets::Written)).map_err(cannot),
        Err(why) => Err(why),
    };
    if written.is_err() {
        kept.undo().await;
    }
    written
}

/// Writes a text that holds no secret.
///
/// # Errors
/// Where it cannot be written; the file is as it was then.
pub fn plain(path: &Path, text: &str) -> Result<Written, String> {
    let (path, dir) = place(path);
    let cannot = |e: io::Error| format!("{} cannot be written: {e}", path.display());
    fs::create_dir_all(&dir).map_err(cannot)?;
    replace(&path, &dir, text).map_err(cannot)
}

/// The file itself, where the path is a link, and its directory.
fn place(path: &Path) -> (PathBuf, PathBuf) {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    (path, dir)
}

/// A file of this directory with this text, on the disk, without a name that anybody knows.
fn filled(dir: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".watchfire-").tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn replace(path: &Path, dir: &Path, text: &str) -> io::Result<Written> {
    let file = filled(dir, text)?;
    let copy = match path.exists() {
        true => Some(copied(path)?),
        false => None,
    };
    // What somebody else wrote meanwhile is not replaced unasked.
    let kept = if copy.is_some() { file.persist(path) } else { file.persist_noclobber(path) };
    match kept {
        Ok(_) => Ok(Written { copy }),
        Err(error) => {
            copy.iter().for_each(|c| drop(fs::remove_file(c)));
            Err(error.error)
        }
    }
}

/// Keeps what is there under a name that is free, with the rights that it has.
fn copied(path: &Path) -> io::Result<PathBuf> {
    let names = (1..NAMES).map(|n| {
        let mut name = path.as_os_str().to_owned();
        name.push(if n == 1 { ".bak".to_owned() } else { format!(".bak{n}") });
        PathBuf::from(name)
    });
    for name in names {
        // A second name for the same file: never half a copy, never over another.
        match fs::hard_link(path, &name) {
            Ok(()) => return Ok(name),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) if !name.exists() => return fs::copy(path, &name).map(|_| name),
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other("there are too many copies beside it"))
}

/// Keeps every secret that was typed; the draft then says where each is.
async fn secrets(dir: &Path, draft: &mut Draft, kept: &mut Kept) -> Result<(), String> {
    let of_sources = draft.sources.iter_mut().filter_map(|s| Some((s.name.clone(), s.auth.secret_mut()?)));
    let of_later = draft.later.iter_mut().map(|l| (l.name.clone(), &mut l.token));
    let all: Vec<(String, &mut SecretDraft)> = of_sources.chain(of_later).collect();
    for (name, secret) in all {
        let place = match secret {
            SecretDraft::Here(text, Keep::Keyring) => in_keyring(dir, &name, text, kept).await?,
            SecretDraft::Here(text, Keep::File) => in_file(dir, &name, text, kept)?,
            _ => continue,
        };
        *secret = place;
    }
    Ok(())
}

/// A keyring that was there and is not any more is no reason to lose what was typed.
async fn in_keyring(dir: &Path, name: &str, secret: &SecretString, kept: &mut Kept) -> Result<SecretDraft, String> {
    match free_entry(name, secret).await {
        Ok((entry, is_there)) => {
            let stored = if is_there { Ok(()) } else { keyring::store(&entry, secret).await };
            match stored {
                Ok(()) => {
                    if !is_there {
                        kept.entries.push(entry.clone());
                    }
                    return Ok(SecretDraft::Keyring(entry));
                }
                Err(why) => talk::tell(format!("The secret of {name} goes to a file: {why}.")),
            }
        }
        Err(why) => talk::tell(format!("The secret of {name} goes to a file: {why}.")),
    }
    in_file(dir, name, secret, kept)
}

/// An entry that is free, or that holds this secret already: the copy of an older file may name another.
async fn free_entry(name: &str, secret: &SecretString) -> Result<(KeyringEntry, bool), Trouble> {
    for n in 1..NAMES {
        let entry = entry(&if n == 1 { name.to_owned() } else { format!("{name}-{n}") });
        match keyring::read(&entry).await {
            Err(Trouble::Absent(_)) => return Ok((entry, false)),
            Ok(there) if there.expose_secret() == secret.expose_secret() => return Ok((entry, true)),
            Ok(_) => {}
            Err(why) => return Err(why),
        }
    }
    Err(Trouble::Failed("too many entries have this name".into()))
}

fn in_file(dir: &Path, name: &str, secret: &SecretString, kept: &mut Kept) -> Result<SecretDraft, String> {
    let home = dir.join(SECRETS);
    let cannot = |e: io::Error| format!("the secret of {name} cannot be kept in {}: {e}", home.display());
    fs::create_dir_all(&home).map_err(cannot)?;
    let text = format!("{}\n", secret.expose_secret());
    for n in 1..NAMES {
        let name = if n == 1 { bare(name) } else { format!("{}-{n}", bare(name)) };
        let path = home.join(&name);
        if path.exists() {
            continue;
        }
        match filled(&home, &text).map_err(cannot)?.persist_noclobber(&path) {
            Ok(_) => {
                kept.files.push(path);
                // Relative to the configuration: both can be moved together.
                return Ok(SecretDraft::File(Path::new(SECRETS).join(name)));
            }
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(cannot(e.error)),
        }
    }
    Err(cannot(io::Error::other("too many files have its name")))
}

/// A name that is a file's and nothing else.
fn bare(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect();
    if name.is_empty() { "source".to_owned() } else { name }
}

impl Kept {
    async fn undo(self) {
        for file in self.files {
            let _ = fs::remove_file(file);
        }
        for entry in self.entries {
            if let Err(why) = keyring::remove(&entry).await {
                talk::tell(format!("{entry} stays in the keyring: {why}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::{
        cli::begin::draft::{AuthDraft, SourceDraft},
        config::SourceKind,
    };

    fn draft(name: &str) -> Draft {
        let mut source = SourceDraft::new(name, SourceKind::Alertmanager, "http://am");
        source.auth = AuthDraft::Token(SecretDraft::Here("hunter2".into(), Keep::File));
        Draft { sources: vec![source], ..Draft::default() }
    }

    #[tokio::test]
    async fn a_secret_is_in_a_file_of_its_own_that_nobody_else_can_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/config.toml");
        all(&path, &mut draft("prod/eu")).await.unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("token_file = \"secrets/prod-eu\"") && !text.contains("hunter2"), "{text}");
        let secret = dir.path().join("deep/secrets/prod-eu");
        assert_eq!(fs::read_to_string(&secret).unwrap(), "hunter2\n");
        for path in [&path, &secret] {
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn what_was_there_is_kept_and_its_secret_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        fs::write(&path, "mine").unwrap();
        for n in 1..=2 {
            let written = all(&path, &mut draft("am")).await.unwrap();
            assert!(written.copy.unwrap().exists(), "{n}");
        }
        assert_eq!(fs::read_to_string(dir.path().join("config.toml.bak")).unwrap(), "mine");
        let second = fs::read_to_string(dir.path().join("config.toml.bak2")).unwrap();
        assert!(second.contains("secrets/am\"") && fs::read_to_string(&path).unwrap().contains("secrets/am-2\""));
    }

    #[tokio::test]
    async fn where_the_file_cannot_be_written_no_secret_is_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        // A directory of this name cannot be replaced by a file.
        let path = dir.path().join("config.toml");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("x"), "").unwrap();
        let why = all(&path, &mut draft("am")).await.unwrap_err();
        assert!(why.contains("cannot be written"), "{why}");
        assert_eq!(fs::read_dir(dir.path().join("secrets")).unwrap().count(), 0);
        let below_a_file = dir.path().join("file/config.toml");
        fs::write(dir.path().join("file"), "").unwrap();
        assert!(all(&below_a_file, &mut draft("am")).await.is_err());
    }
}
