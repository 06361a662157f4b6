//! How a source knows who is asking: one way of authentication, one place of its secret, and the headers beside it.
//!
//! Names secrets and judges whether they may stand where they stand; reads none but header values from the environment.

use secrecy::SecretString;

use super::{
    document::{Entry, Node, Table},
    fault::Report,
    place::Place,
    request::Env,
    types::{Auth, KeyringEntry, Secret},
};

/// A source's credentials; what is wrong with them is reported, and then there are none.
pub(super) fn auth(table: &Table, place: &Place<'_>, report: &mut Report) -> Auth {
    let token = secret(table, "token", place, report);
    let password = secret(table, "password", place, report);
    let user = table.get("username");
    let authorization = header_named(table, "authorization");
    let ways = [token.as_ref().map(|t| t.0), user.or(password.as_ref().map(|p| p.0)), authorization];
    let mut given: Vec<&Entry> = ways.into_iter().flatten().collect();
    given.sort_by_key(|e| e.at);
    if let [first, second, ..] = given[..] {
        let what = format!("`{}` and `{}` are two ways of authentication", first.key, second.key);
        report.hint(second.at, what, "keep one");
        return Auth::None;
    }
    match (token, user, password) {
        (Some((_, token)), ..) => Auth::Bearer(token),
        (None, Some(user), Some((_, password))) => {
            Auth::Basic { user: user.node.text().unwrap_or_default().to_owned(), password }
        }
        (None, Some(user), None) => {
            report.hint(
                user.at,
                "`username` without a password",
                "add password_env, password_file, password_command or password_keyring",
            );
            Auth::None
        }
        (None, None, Some((entry, _))) => {
            report.hint(entry.at, format!("`{}` without a user name", entry.key), "add username, or use a token");
            Auth::None
        }
        (None, None, None) => Auth::None,
    }
}

/// What a secret's key ends with, by where the secret is.
const WAYS: [&str; 5] = ["", "_env", "_file", "_command", "_keyring"];

/// The one of `stem`, `stem_env`, `stem_file`, `stem_command` and `stem_keyring` that is given.
fn secret<'a>(table: &'a Table, stem: &str, place: &Place<'_>, report: &mut Report) -> Option<(&'a Entry, Secret)> {
    let given = |entry: &&Entry| entry.key.strip_prefix(stem).is_some_and(|r| WAYS.contains(&r));
    let found: Vec<&Entry> = table.0.iter().filter(given).collect();
    for second in found.iter().skip(1) {
        report.hint(second.at, format!("both `{}` and `{}`", found[0].key, second.key), "keep one");
    }
    let entry = found.first()?;
    Some((entry, secret_at(entry, &entry.key[stem.len()..], place, report)?))
}

fn secret_at(entry: &Entry, way: &str, place: &Place<'_>, report: &mut Report) -> Option<Secret> {
    let node = &entry.node;
    match way {
        "_env" => env_name(node, report).map(Secret::Env),
        "_file" => existing(entry, place, report).map(Secret::File),
        "_command" => command(entry, report).map(Secret::Command),
        "_keyring" => keyring(node, report).map(Secret::Keyring),
        _ => {
            report.secrets.push((node.at, entry.key.clone()));
            node.text().map(|text| Secret::Inline(SecretString::from(text)))
        }
    }
}

fn env_name(node: &Node, report: &mut Report) -> Option<String> {
    let name = node.text()?;
    if name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        report.hint(node.at, "this is no name of an environment variable", "write the name alone, without $");
        return None;
    }
    Some(name.to_owned())
}

fn keyring(node: &Node, report: &mut Report) -> Option<KeyringEntry> {
    let entry = KeyringEntry::parse(node.text()?);
    if entry.is_none() {
        report.hint(node.at, "this names no entry of a keyring", "write SERVICE/USERNAME, such as watchfire/prod-eu");
    }
    entry
}

fn command(entry: &Entry, report: &mut Report) -> Option<Vec<String>> {
    let words = entry.node.list()?;
    if words.is_empty() {
        report.hint(entry.node.at, format!("`{}` is empty", entry.key), "name a program and its arguments");
    }
    words.iter().map(|w| w.text().map(str::to_owned)).collect()
}

/// A path to something that is there.
pub(super) fn existing(entry: &Entry, place: &Place<'_>, report: &mut Report) -> Option<std::path::PathBuf> {
    let text = entry.node.text().filter(|t| !t.trim().is_empty())?;
    let path = place.path(text);
    if !path.exists() {
        report.add(entry.node.at, format!("`{}`: there is no file {}", entry.key, path.display()));
    }
    Some(path)
}

/// The headers of a source, with the values of the environment.
pub(super) fn headers(table: &Table, env: &Env, report: &mut Report) -> Vec<(String, SecretString)> {
    let entries = table.get("headers").and_then(|e| e.node.table()).map(|t| &t.0[..]).unwrap_or_default();
    entries.iter().filter_map(|e| header(e, env, report)).collect()
}

fn header_named<'a>(table: &'a Table, name: &str) -> Option<&'a Entry> {
    table.get("headers")?.node.table()?.0.iter().find(|e| e.key.eq_ignore_ascii_case(name))
}

fn header(entry: &Entry, env: &Env, report: &mut Report) -> Option<(String, SecretString)> {
    let name_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if entry.key.is_empty() || !entry.key.chars().all(name_char) {
        report.add(entry.at, format!("`{}` is no name of a header", entry.key));
    }
    let value = match entry.node.table().and_then(|t| t.get("env")) {
        Some(variable) => from_env(&variable.node, env, report)?,
        None => entry.node.text()?.to_owned(),
    };
    if value.contains(|c: char| c.is_control() && c != '\t') {
        report.add(entry.node.at, format!("header `{}` holds a line break or another control character", entry.key));
    }
    if entry.node.text().is_some() && sounds_secret(&entry.key) {
        report.secrets.push((entry.node.at, entry.key.clone()));
    }
    Some((entry.key.clone(), SecretString::from(value)))
}

fn from_env(node: &Node, env: &Env, report: &mut Report) -> Option<String> {
    let name = env_name(node, report)?;
    let value = env.get(&name);
    if value.is_none() {
        report.add(node.at, format!("the environment variable `{name}` is not set"));
    }
    value
}

/// Headers that usually carry a credential; others, like a tenant, may be seen.
fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "cookie", "token", "key", "secret", "password", "assertion", "signature"]
        .iter()
        .any(|word| name.contains(word))
}

/// One error where the file holds secrets and others may read it.
pub(super) fn judge_mode(mode: Option<u32>, report: &mut Report) {
    let Some(mode) = mode.filter(|m| m & 0o077 != 0) else { return };
    let Some((at, key)) = report.secrets.iter().min_by_key(|(at, _)| *at).cloned() else { return };
    let what = format!("`{key}` is a secret, and others can read this file (mode {mode:04o})");
    let hint = format!(
        "run `chmod 600 {}`, or name the secret's place instead (_env, _file, _command, _keyring)",
        report.file().display()
    );
    report.hint(at, what, hint);
}
