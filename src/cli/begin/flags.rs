//! `--source kind=…,url=…`: a source in one argument, for who cannot be asked.
//!
//! A secret itself is refused here: arguments stand in the list of processes and in the shell's history.

use super::{
    credentials::whole,
    draft::{AuthDraft, Keep, SecretDraft, SourceDraft},
    forms::{self, Address},
};
use crate::config::{KeyringEntry, SourceKind, kinds};

/// The key and the value of each part.
type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// One `--source`.
///
/// # Errors
/// Says what is wrong with it, without repeating a value.
pub fn source(text: &str) -> Result<SourceDraft, String> {
    let pairs = pairs(text)?;
    let mut source = SourceDraft::new("", kind(&pairs)?, "");
    let (mut user, mut secret, mut cert) = (None, None, (None, None));
    for (key, value) in pairs {
        match key {
            "kind" => {}
            "url" => source.url = value.trim_end_matches('/').to_owned(),
            "name" => source.name = value.to_owned(),
            "username" => user = Some(value.to_owned()),
            "ca_file" => source.ca_file = Some(whole(value)),
            "client_cert" => cert.0 = Some(whole(value)),
            "client_key" => cert.1 = Some(whole(value)),
            "proxy" => source.proxy = Some(value.to_owned()),
            "interval" => source.interval = Some(value.to_owned()),
            "header" => source.headers.push(header(value)?),
            "token" | "password" => {
                return Err(format!(
                    "`{key}` would stand in the list of processes; use {key}_env, {key}_file, {key}_command or {key}_keyring"
                ));
            }
            key if kinds::keys(source.kind).any(|(name, _)| name == key) => source.take(key, value)?,
            _ => secret = Some((key.starts_with("password_"), place(source.kind, key, value)?)),
        }
    }
    source.auth = auth(user, secret)?;
    source.client_cert = match cert {
        (Some(cert), Some(key)) => Some((cert, key)),
        (None, None) => None,
        _ => return Err("client_cert and client_key belong together".to_owned()),
    };
    source.take_user(Keep::File);
    is_whole(&source)?;
    Ok(source)
}

fn pairs(text: &str) -> Result<Pairs<'_>, String> {
    let parts = text.split(',').filter(|p| !p.trim().is_empty());
    parts
        .map(|part| {
            let (key, value) =
                part.split_once('=').ok_or("a source is written kind=prometheus,url=http://localhost:9090")?;
            Ok((key.trim(), value.trim()))
        })
        .collect()
}

fn kind(pairs: &Pairs<'_>) -> Result<SourceKind, String> {
    let names = || kinds::names().collect::<Vec<_>>().join(", ");
    let word = pairs.iter().find(|(key, _)| *key == "kind").map(|(_, word)| *word);
    let word = word.ok_or_else(|| format!("a source needs its kind, as in kind=prometheus: one of {}", names()))?;
    kinds::named(word).ok_or_else(|| format!("its kind is one of {}", names()))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is written header=X-Scope-OrgID:team-a")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Whether nothing is missing that its kind cannot do without.
fn is_whole(source: &SourceDraft) -> Result<(), String> {
    let form = forms::of(source.kind);
    if !source.url.is_empty() || matches!(form.address, Address::Must(_)) {
        super::address(&source.url)?;
    }
    let missing = form.fields.iter().filter(|f| f.empty.is_none() && !f.unless.is_some_and(|key| source.own.has(key)));
    let missing = missing.filter_map(|f| match f.to {
        forms::To::Own(key) if !source.own.has(key) => Some((key, f.unless)),
        _ => None,
    });
    match missing.into_iter().next() {
        None => Ok(()),
        Some((key, None)) => Err(format!("a source of kind {} needs {key}", source.kind.as_str())),
        Some((key, Some(other))) => Err(format!("a source of kind {} needs {other} or {key}", source.kind.as_str())),
    }
}

fn place(kind: SourceKind, key: &str, value: &str) -> Result<SecretDraft, String> {
    let way = key.strip_prefix("token_").or_else(|| key.strip_prefix("password_"));
    match way {
        Some("env") => Ok(SecretDraft::Env(value.to_owned())),
        Some("file") => Ok(SecretDraft::File(whole(value))),
        Some("command") => {
            kinds::words(value).map(SecretDraft::Command).ok_or_else(|| format!("`{key}` names no command"))
        }
        Some("keyring") => KeyringEntry::parse(value)
            .map(SecretDraft::Keyring)
            .ok_or_else(|| format!("`{key}` is written SERVICE/USERNAME, such as watchfire/prod-eu")),
        _ => {
            let own: Vec<&str> = kinds::keys(kind).map(|(name, _)| name).collect();
            Err(format!(
                "`{}` is no key of a source of kind {} here; there are kind, url, name, username, ca_file, client_cert, \
                 client_key, proxy, interval, header, token_ and password_ with env, file, command or keyring{}{}",
                crate::domain::text::sanitise(key),
                kind.as_str(),
                if own.is_empty() { "" } else { ", and its own: " },
                own.join(", ")
            ))
        }
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
        assert_eq!(source("kind=pagerduty,token_env=PD").unwrap().url, "", "PagerDuty is where it is");
        assert!(matches!(source("kind=alertmanager,url=http://u:p@a").unwrap().auth, AuthDraft::Basic { .. }));
    }

    #[test]
    fn every_key_that_a_kind_has_of_its_own_can_be_given() {
        let one = source("kind=cloudfoundry,url=https://api.x,username=w,password_env=P,grant=client_credentials,organizations=shop 'the back office'").unwrap();
        assert_eq!(one.own.list("organizations"), ["shop", "the back office"]);
        assert_eq!(one.own.text("grant"), Some("client_credentials"));
        let one = source("kind=check,command=/bin/check_disk -w 10%,attempts=2,labels=service=shop").unwrap();
        assert_eq!((one.own.list("command").len(), one.own.number("attempts")), (3, Some(2)));
        let one = source("kind=prometheus,url=http://mimir/prometheus,header=X-Scope-OrgID:team-a").unwrap();
        assert_eq!(one.headers, [("X-Scope-OrgID".to_owned(), "team-a".to_owned())]);
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
            "kind=grafana,url=http://a,org=none",
            "kind=check",
            "kind=plugin",
            "kind=icinga2,username=w,password_env=P",
            "kind=icinga2,url=http://a,client_cert=x",
        ] {
            let why = source(wrong).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }
}
