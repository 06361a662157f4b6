//! How a source is to know who asks, and where the secret for it is: asked of a person.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::{
    config::{KeyringEntry, Request, SourceKind, kinds},
    sources::{
        keyring::{self, Trouble},
        logins::{self, Known},
    },
};

use super::{
    draft::{AuthDraft, Keep, SecretDraft, SourceDraft},
    forms::{self, Gives, Way},
    talk::{self, Said},
};

/// What can be had on this machine.
pub struct Means {
    keyring: Result<(), Trouble>,
    /// Logins of other programs' command lines.
    known: Vec<(SourceKind, Vec<Known>)>,
}

impl Means {
    /// Looks whether there is a keyring, which takes a few seconds at most, and for the logins of other programs.
    pub async fn of_this_machine(request: &Request) -> Self {
        let mut known = Vec::new();
        for form in forms::ALL {
            let found = logins::of(form.kind, &request.env, request.dirs.home.clone()).await;
            known.extend((!found.is_empty()).then_some((form.kind, found)));
        }
        Self { keyring: keyring::ready().await, known }
    }

    /// Where a typed secret goes where nobody is asked.
    pub fn keep(&self) -> Keep {
        if self.keyring.is_ok() { Keep::Keyring } else { Keep::File }
    }

    pub fn known(&self, kind: SourceKind) -> &[Known] {
        self.known.iter().find(|(k, _)| *k == kind).map(|(_, known)| known.as_slice()).unwrap_or_default()
    }

    /// Everything that was found, in a few words.
    pub fn says(&self) -> Option<String> {
        let names = |known: &[Known]| known.iter().take(3).map(|k| k.name.clone()).collect::<Vec<_>>().join(", ");
        let more = |n: usize| n.checked_sub(3).filter(|n| *n > 0).map(|n| format!(" and {n} more")).unwrap_or_default();
        let each =
            self.known.iter().map(|(k, known)| format!("{} ({}{})", k.as_str(), names(known), more(known.len())));
        let all: Vec<String> = each.collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// Asks how the source is to know who asks, as far as its kind leaves a choice.
///
/// # Errors
/// Where the person leaves.
pub fn ask(source: &mut SourceDraft, means: &Means) -> Said<()> {
    let way = match forms::of(source.kind).ways {
        [] => return Ok(()),
        [one] => one,
        many => chosen(many)?,
    };
    source.auth = match way.gives {
        Gives::Nothing => AuthDraft::None,
        Gives::Token => AuthDraft::Token(secret(means, "Token")?),
        Gives::Password | Gives::Client => {
            let user = talk::something(if way.gives == Gives::Client { "Client" } else { "User" })?;
            AuthDraft::Basic { user, password: secret(means, "Password")? }
        }
    };
    source.own.drop_key("grant");
    if way.gives == Gives::Client {
        // The table of forms is held to the configuration by a test.
        let _ = source.own.take(source.kind, "grant", "client_credentials");
    }
    Ok(())
}

fn chosen(ways: &'static [Way]) -> Said<&'static Way> {
    let words: Vec<&str> = ways.iter().map(|way| way.word).collect();
    // What is usual everywhere needs no words.
    if ways[0].word != "none" {
        ways.iter().for_each(|way| talk::tell(format!("    {:<9} {}", way.word, way.says)));
    }
    let word = talk::choice("Credentials", &words, words[0])?;
    Ok(ways.iter().find(|way| way.word == word).unwrap_or(&ways[0]))
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
        match kinds::words(&talk::something("Command, without a shell")?) {
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

/// The entry of a keyring that a secret of this source is kept in.
pub fn entry(name: &str) -> KeyringEntry {
    KeyringEntry { service: "watchfire".to_owned(), username: name.to_owned() }
}
