//! How a source is to know who asks, and where the secret for it is: asked of a person.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::{
    config::KeyringEntry,
    sources::keyring::{self, Trouble},
};

use super::{
    draft::{AuthDraft, Keep, SecretDraft},
    talk::{self, Said},
};

/// What can be had on this machine.
pub struct Means {
    keyring: Result<(), Trouble>,
}

impl Means {
    /// Looks whether there is a keyring; that takes a few seconds at most.
    pub async fn of_this_machine() -> Self {
        Self { keyring: keyring::ready().await }
    }

    /// Where a typed secret goes where nobody is asked.
    pub fn keep(&self) -> Keep {
        if self.keyring.is_ok() { Keep::Keyring } else { Keep::File }
    }
}

/// Asks for all of it.
///
/// # Errors
/// Where the person leaves.
pub fn ask(means: &Means) -> Said<AuthDraft> {
    match talk::choice("Credentials", &["none", "token", "password"], "none")? {
        "token" => Ok(AuthDraft::Token(secret(means, "Token")?)),
        "password" => {
            let user = talk::something("User")?;
            Ok(AuthDraft::Basic { user, password: secret(means, "Password")? })
        }
        _ => Ok(AuthDraft::None),
    }
}

fn secret(means: &Means, what: &str) -> Said<SecretDraft> {
    talk::tell(format!("  Where is the {} to come from, at every start?", what.to_lowercase()));
    match &means.keyring {
        Ok(()) => talk::tell("    keyring   you type it now; the keyring of this desktop keeps it"),
        Err(why) => talk::tell(format!("    (not the keyring: {why})")),
    }
    talk::tell("    file      you type it now; a file that only you can read keeps it");
    talk::tell("    command   a program prints it: pass show prod, op read, vault kv get, ...");
    talk::tell("    env       a variable of the environment holds it");
    talk::tell("    path      a file that is there already holds it");
    talk::tell("    inline    you type it now; it stands in the configuration itself");
    const WITHOUT: &[&str] = &["file", "command", "env", "path", "inline"];
    const WITH: &[&str] = &["keyring", "file", "command", "env", "path", "inline"];
    let words = if means.keyring.is_ok() { WITH } else { WITHOUT };
    match talk::choice(what, words, words[0])? {
        "command" => command(),
        "env" => variable(),
        "path" => Ok(SecretDraft::File(whole(&talk::something("Path")?))),
        "keyring" => typed(what, Keep::Keyring),
        "inline" => typed(what, Keep::Inline),
        _ => typed(what, Keep::File),
    }
}

/// A path that means the same wherever it is read.
pub fn whole(text: &str) -> PathBuf {
    let home = directories::BaseDirs::new();
    let path = match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(text),
    };
    std::path::absolute(&path).unwrap_or(path)
}

fn typed(what: &str, keep: Keep) -> Said<SecretDraft> {
    Ok(SecretDraft::Here(SecretString::from(talk::hidden(what)?), keep))
}

fn command() -> Said<SecretDraft> {
    loop {
        match words(&talk::something("Command, without a shell")?) {
            Some(words) => return Ok(SecretDraft::Command(words)),
            None => talk::tell("  A quotation mark is not closed; please type it again."),
        }
    }
}

fn variable() -> Said<SecretDraft> {
    loop {
        let name = talk::something("Name of the variable")?;
        let name = name.trim_start_matches('$');
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Ok(SecretDraft::Env(name.to_owned()));
        }
        talk::tell("  That is no name of a variable; write it like AM_TOKEN.");
    }
}

/// The words of a line, as a shell would see them without its expansions: blanks part, quotation marks hold together.
/// None where a mark is not closed.
pub fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(mark), c) if c == mark => quote = None,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    (quote.is_none() && !words.is_empty()).then_some(words)
}

/// The entry of a keyring that a secret of this source is kept in.
pub fn entry(name: &str) -> KeyringEntry {
    KeyringEntry { service: "watchfire".to_owned(), username: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_parted_at_blanks_and_held_together_by_marks() {
        assert_eq!(words("pass show 'prod eu'").unwrap(), ["pass", "show", "prod eu"]);
        assert_eq!(words("  a  b\"c d\"e ").unwrap(), ["a", "bc de"]);
        assert_eq!(words("echo ''").unwrap(), ["echo", ""]);
        assert!(words("pass 'show").is_none() && words("   ").is_none());
    }
}
