//! The keyring of a person's desktop, over D-Bus: the Secret Service that GNOME, KDE and KeePassXC speak.
//!
//! Never waits longer than a deadline and never asks for anything to be unlocked: on a bastion nobody would see the
//! question. Every error says the way out. Knows no source.

use std::{fmt, time::Duration};

use secrecy::SecretString;

use crate::{config::KeyringEntry, domain::text::sanitise};

#[cfg(all(unix, not(target_os = "macos")))]
mod service;

/// A bus that takes a connection and never answers is given up after this.
const DEADLINE: Duration = Duration::from_secs(3);

/// Why an entry cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no session bus, as on a bastion.
    NoBus,
    /// There is a bus, and no keyring on it.
    NoKeyring,
    Mute,
    Locked,
    /// No entry has these attributes.
    Absent(KeyringEntry),
    Failed(String),
    /// Keyrings of this platform are not spoken to.
    Foreign,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const OTHERWISE: &str = "use token_env, token_file or token_command (password_…) on this machine";
        match self {
            Self::NoBus => write!(f, "no keyring: there is no session bus here, as over SSH; {OTHERWISE}"),
            Self::NoKeyring => write!(f, "no keyring answers on the session bus; start one, or {OTHERWISE}"),
            Self::Mute => write!(f, "the keyring did not answer within {DEADLINE:?}; {OTHERWISE}"),
            Self::Locked => {
                write!(f, "the keyring is locked; unlock it on the desktop and start again, or {OTHERWISE}")
            }
            Self::Absent(entry) => {
                let name = entry.to_string();
                let name = sanitise(&name);
                write!(f, "the keyring has no entry {name}; `watchfire config secret set {name}` makes it")
            }
            Self::Failed(why) => write!(f, "the keyring refused: {}; {OTHERWISE}", sanitise(why)),
            Self::Foreign => write!(
                f,
                "the keyring of this platform is not read; on macOS write token_command = [\"security\", \
                 \"find-generic-password\", \"-s\", \"SERVICE\", \"-a\", \"USERNAME\", \"-w\"]"
            ),
        }
    }
}

impl std::error::Error for Trouble {}

/// The secret of an entry, as text without its line end.
///
/// # Errors
/// Where there is none, or it cannot be had without a person.
pub async fn read(entry: &KeyringEntry) -> Result<SecretString, Trouble> {
    in_time(service::read(entry)).await
}

/// Makes the entry, or gives it another secret.
///
/// # Errors
/// Where the keyring is not there, is locked or refuses.
pub async fn store(entry: &KeyringEntry, secret: &SecretString) -> Result<(), Trouble> {
    in_time(service::store(entry, secret)).await
}

/// Removes the entry.
///
/// # Errors
/// Where it is not there, or the keyring is locked or refuses.
pub async fn remove(entry: &KeyringEntry) -> Result<(), Trouble> {
    in_time(service::remove(entry)).await
}

/// Whether a secret could be kept now, without a person unlocking anything.
///
/// # Errors
/// Says why it could not.
pub async fn ready() -> Result<(), Trouble> {
    in_time(service::ready()).await
}

async fn in_time<T>(work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(DEADLINE, work).await.unwrap_or(Err(Trouble::Mute))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod service {
    use super::{KeyringEntry, SecretString, Trouble};

    pub(super) async fn read(_: &KeyringEntry) -> Result<SecretString, Trouble> {
        Err(Trouble::Foreign)
    }

    pub(super) async fn store(_: &KeyringEntry, _: &SecretString) -> Result<(), Trouble> {
        Err(Trouble::Foreign)
    }

    pub(super) async fn remove(_: &KeyringEntry) -> Result<(), Trouble> {
        Err(Trouble::Foreign)
    }

    pub(super) async fn ready() -> Result<(), Trouble> {
        Err(Trouble::Foreign)
    }
}
