//! `--source kind=…,url=…`: a source in one argument, for who cannot be asked.
//!
//! A secret itself is refused here: arguments stand in the list of processes and in the shell's history.

use super::{
    credentials::{whole, words},
    draft::{AuthDraft, Keep, SecretDraft, SourceDraft, kind},
};
use crate::config::{KeyringEntry, SourceKind};

/// One `--source`.
///
/// # Errors
/// Says what is wrong with it, without repeating a value.
pub fn source(text: &str) -> Result<SourceDraft, String> {
    let mut source = SourceDraft::new("", SourceKind::Alertmanager, "");
    let (mut user, mut secret, mut known) = (None, None, false);
    for pair in text.split(',').filter(|p| !p.trim().is_empty()) {
        let (key, value) =
            pair.split_once('=').ok_or("a source is written kind=prometheus,url=http://localhost:9090")?;
        let (key, value) = (key.trim(), value.trim());
        match key {
            "kind" => {
                source.kind = kind(value).ok_or("its kind is alertmanager, prometheus or pagerduty")?;
                known = true;
            }
            "url" => source.url = value.trim_end_matches('/').to_owned(),
            "name" => source.name = value.to_owned(),
            "username" => user = Some(value.to_owned()),
            "ca_file" => source.ca_file = Some(whole(value)),
            "token" | "password" => {
                return Err(format!(
                    "`{key}` would stand in the list of processes; use {key}_env, {key}_file, {key}_command or {key}_keyring"
                ));
            }
            _ => secret = Some((key.starts_with("password_"), place(key, value)?)),
        }
    }
    if !known {
        return Err("a source needs kind=alertmanager, kind=prometheus or kind=pagerduty".to_owned());
    }
    source.auth = auth(user, secret)?;
    if source.kind == SourceKind::Pagerduty && source.url.is_empty() {
        source.url = "https://api.pagerduty.com".to_owned();
    }
    source.take_user(Keep::File);
    super::address(&source.url)?;
    Ok(source)
}

fn place(key: &str, value: &str) -> Result<SecretDraft, String> {
    let way = key.strip_prefix("token_").or_else(|| key.strip_prefix("password_"));
    match way {
        Some("env") => Ok(SecretDraft::Env(value.to_owned())),
        Some("file") => Ok(SecretDraft::File(whole(value))),
        Some("command") => words(value).map(SecretDraft::Command).ok_or_else(|| format!("`{key}` names no command")),
        Some("keyring") => KeyringEntry::parse(value)
            .map(SecretDraft::Keyring)
            .ok_or_else(|| format!("`{key}` is written SERVICE/USERNAME, such as watchfire/prod-eu")),
        _ => Err(format!(
            "`{}` is no key of a source here; there are kind, url, name, username, ca_file, and token_ or password_ with \
             env, file, command or keyring",
            crate::domain::text::sanitise(key)
        )),
    }
}

fn auth(user: Option<String>, secret: Option<(bool, SecretDraft)>) -> Result<AuthDraft, String> {
    match (user, secret) {
        (None, None) => Ok(AuthDraft::None),
        (None, Some((false, token))) => Ok(AuthDraft::Token(token)),
        (Some(user), Some((true, password))) => Ok(AuthDraft::Basic { user, password }),
        (Some(_), _) => Err("username needs password_env, password_file, password_command or password_keyring".into()),
        (None, Some((true, _))) => Err("a password needs username".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_in_one_argument() {
        let one = source("kind=prometheus,url=http://p:9090/,name=eu,token_command=pass show 'prod eu'").unwrap();
        assert_eq!((one.name.as_str(), one.url.as_str()), ("eu", "http://p:9090"));
        assert!(matches!(one.auth, AuthDraft::Token(SecretDraft::Command(words)) if words.len() == 3));
        let basic = source("kind=alertmanager,url=http://a,username=ana,password_keyring=watchfire/eu").unwrap();
        assert!(matches!(basic.auth, AuthDraft::Basic { password: SecretDraft::Keyring(_), .. }));
        assert_eq!(source("kind=pagerduty,token_env=PD").unwrap().url, "https://api.pagerduty.com");
        assert!(matches!(source("kind=alertmanager,url=http://u:p@a").unwrap().auth, AuthDraft::Basic { .. }));
    }

    #[test]
    fn what_is_wrong_is_said_and_no_secret_is_repeated() {
        for wrong in [
            "url=http://a",
            "kind=nagios,url=http://a",
            "kind=prometheus",
            "kind=prometheus,url=a:9090",
            "kind=prometheus,url=http://a,token=hunter2",
            "kind=prometheus,url=http://a,username=ana",
            "kind=prometheus,url=http://a,colour=red",
            "prometheus",
        ] {
            let why = source(wrong).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
