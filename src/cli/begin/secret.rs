//! `watchfire config secret`: entries of the keyring, made, checked and removed.
//!
//! No secret is ever shown, nor taken from the command line.

use std::io::{IsTerminal, Read};

use clap::Subcommand;
use secrecy::SecretString;

use crate::{
    config::KeyringEntry,
    runtime::dialogue,
    sources::keyring::{self, Trouble},
};

use super::talk;
use crate::cli::exit::{self, Exit};

/// Most that is read of a secret, in bytes.
const LONGEST: u64 = 64 * 1024;

#[derive(Subcommand, Debug)]
pub enum Do {
    /// Keep a secret under this name; it is asked for, or read from standard input
    Set { name: String },
    /// Say whether it is there and can be read; it is not shown
    Check { name: String },
    /// Remove it from the keyring
    Remove { name: String },
}

/// # Errors
/// After the reason was told.
pub async fn run(what: &Do) -> Result<Exit, Exit> {
    let (Do::Set { name } | Do::Check { name } | Do::Remove { name }) = what;
    let entry = KeyringEntry::parse(name).ok_or_else(|| {
        exit::misused("a name is written SERVICE/USERNAME, such as watchfire/prod-eu, as in token_keyring")
    })?;
    let refused = |why: Trouble| exit::failed(why);
    match what {
        Do::Set { .. } => {
            let secret = wanted(&entry)?;
            keyring::store(&entry, &secret).await.map_err(refused)?;
            exit::tell(format_args!(
                "watchfire: kept; write token_keyring = \"{entry}\" (or password_keyring) in the [[source]]"
            ));
        }
        Do::Check { .. } => {
            keyring::read(&entry).await.map_err(refused)?;
            exit::tell(format_args!("watchfire: {entry} is there and can be read"));
        }
        Do::Remove { .. } => {
            keyring::remove(&entry).await.map_err(refused)?;
            exit::tell(format_args!("watchfire: {entry} was removed"));
        }
    }
    Ok(Exit::Done)
}

fn wanted(entry: &KeyringEntry) -> Result<SecretString, Exit> {
    if talk::is_possible() {
        dialogue::last_words("watchfire: left; nothing was kept");
        let said = talk::hidden(&format!("Secret of {entry}"));
        return said.map(SecretString::from).map_err(|_| exit::failed("left; nothing was kept"));
    }
    if std::io::stdin().is_terminal() {
        return Err(exit::misused("there is no terminal to ask on; give the secret on standard input"));
    }
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    read.map_err(|e| exit::failed(format_args!("standard input cannot be read: {e}")))?;
    match text.lines().next().map(str::trim).filter(|t| !t.is_empty() && !t.contains(char::is_control)) {
        Some(line) => Ok(SecretString::from(line)),
        None => Err(exit::misused("standard input holds no secret on its first line")),
    }
}
