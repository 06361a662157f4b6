//! `[[source]]` tables to [`SourceConfig`]: what belongs together, what excludes each other.
//!
//! Shapes were checked beside the schema before; a value of a wrong shape is passed over here.

use std::path::PathBuf;

use chrono::Duration;

use super::{
    auth,
    document::{Entry, Node, Table},
    fault::{At, Report, nearest},
    kinds::{self, About, Own, Url},
    layers::Layers,
    place::Place,
    request::Env,
    schema,
    types::{AckMode, SourceConfig, SourceKind},
};
use crate::domain::{duration, source::SourceName};

/// What the sources are read against.
pub(super) struct Surroundings<'a> {
    /// What a source has where it says nothing.
    pub(super) base: &'a Table,
    pub(super) place: &'a Place<'a>,
    pub(super) env: &'a Env,
    /// Where what is ours is kept.
    pub(super) data: Option<PathBuf>,
    /// `[slo] discover`.
    pub(super) discover: bool,
}

/// Every `[[source]]`; less than all of them only where something was reported.
pub(super) fn sources(root: &Table, around: &Surroundings<'_>, report: &mut Report) -> Vec<SourceConfig> {
    let items = root.get("source").and_then(|e| e.node.list()).unwrap_or_default();
    unique(items, report);
    let mut found = Vec::new();
    for item in items {
        if let Some(file) = item.table() {
            found.extend(Draft { at: item.at, file, around, both: Layers { base: around.base, file } }.read(report));
        }
    }
    found
}

fn unique(items: &[Node], report: &mut Report) {
    let name = |node: &Node| node.table()?.get("name").and_then(|e| Some((e.node.at, e.node.text()?.to_owned())));
    let names: Vec<(At, String)> = items.iter().filter_map(name).collect();
    for (i, (at, name)) in names.iter().enumerate() {
        if let Some((first, _)) = names[..i].iter().find(|(_, n)| n == name) {
            report.add(*at, format!("a source named `{name}` is already on line {}", first.line));
        }
    }
}

struct Draft<'a> {
    /// The `[[source]]` line.
    at: At,
    file: &'a Table,
    around: &'a Surroundings<'a>,
    both: Layers<'a>,
}

impl<'a> Draft<'a> {
    /// Reads every part before it gives up on any, so that every mistake is reported.
    fn read(&self, report: &mut Report) -> Option<SourceConfig> {
        let place = self.around.place;
        let name = self.name(report);
        let about = self.kind(report);
        let urls = self.urls(about, report);
        let own = self.own(about, report);
        let kept_in =
            name.as_ref().zip(self.around.data.as_ref()).map(|(n, dir)| dir.join("sources").join(file_name(n)));
        let ack = self.ack(about, report);
        let silences_writable = self.silences(about, report);
        Some(SourceConfig {
            auth: auth::auth(self.file, place, report),
            ca_file: self.entry("ca_file").and_then(|e| auth::existing(e, place, report)),
            client_cert: self.client_cert(report),
            headers: auth::headers(self.file, self.around.env, report),
            proxy: self.proxy(report),
            name: name?,
            kind: about?.kind,
            urls,
            ack: ack?,
            silences_writable: silences_writable?,
            interval: self.duration("interval")?,
            timeout: self.duration("timeout")?,
            requests_per_minute: self.requests_per_minute(),
            discover: self.around.discover,
            kept_in,
            own,
        })
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.file.get(key)
    }

    fn must(&self, key: &str, report: &mut Report) -> Option<&'a Entry> {
        let entry = self.entry(key);
        if entry.is_none() && !self.misspelt(key) {
            report.add(self.at, format!("this [[source]] has no `{key}`"));
        }
        entry
    }

    /// Whether an unknown key was reported as probably meaning this one.
    fn misspelt(&self, key: &str) -> bool {
        let known: Vec<&str> = schema::SOURCE.iter().map(|k| k.name).collect();
        let unknown = self.file.0.iter().filter(|e| !known.contains(&e.key.as_str()));
        unknown.into_iter().any(|e| nearest(&e.key, &known) == Some(key))
    }

    fn name(&self, report: &mut Report) -> Option<SourceName> {
        let node = &self.must("name", report)?.node;
        let name = node.text()?;
        if name.contains(|c: char| c.is_control()) {
            report.add(node.at, "a name may not hold control characters");
        }
        Some(SourceName::new(name))
    }

    fn kind(&self, report: &mut Report) -> Option<&'static About> {
        let node = &self.must("kind", report)?.node;
        let word = node.text().filter(|w| !w.is_empty())?;
        let found = kinds::read(word);
        if found.is_none() {
            let words: Vec<&str> = kinds::ALL.iter().map(|a| a.word).collect();
            report.unknown(node.at, &format!("unknown kind `{word}`"), word, &words);
        }
        found
    }

    /// The table of the kind's own keys. That of another kind would be a promise that nothing keeps.
    fn own(&self, about: Option<&'static About>, report: &mut Report) -> Own {
        let Some(about) = about else { return Own::default() };
        for other in kinds::ALL.iter().filter(|o| o.word != about.word) {
            if let Some(entry) = self.entry(other.word) {
                let what = format!("`[source.{}]` says nothing of a source of kind `{}`", other.word, about.word);
                report.hint(entry.at, what, "leave it out, or put it under its own [[source]]");
            }
        }
        let table = self.entry(about.word).and_then(|e| e.node.table());
        table.map(|t| Own::read(t, about.keys, self.around.place)).unwrap_or_default()
    }

    fn urls(&self, about: Option<&'static About>, report: &mut Report) -> Vec<String> {
        match (self.entry("url"), self.entry("urls")) {
            (Some(one), Some(many)) => {
                report.hint(one.at.max(many.at), "both `url` and `urls`", "keep one; `urls` is for one HA cluster");
            }
            (None, None) if about.is_some_and(|a| a.url == Url::May) => {}
            (None, None) if !self.misspelt("url") && !self.misspelt("urls") => {
                report.hint(self.at, "this [[source]] has no `url`", "or `urls`, the members of one HA cluster");
            }
            (None, Some(many)) if many.node.list().is_some_and(<[Node]>::is_empty) => {
                report.add(many.node.at, "`urls` names no server");
            }
            _ => {}
        }
        let given = [self.entry("url"), self.entry("urls")];
        let nodes = given.into_iter().flatten().flat_map(|e| e.node.texts());
        nodes.filter_map(|(at, text)| server(at, text, report)).collect()
    }

    fn ack(&self, about: Option<&'static About>, report: &mut Report) -> Option<AckMode> {
        let about = about?;
        let asked = self.entry("ack").and_then(|e| Some((e.node.at, e.node.text()?)));
        if let Some((at, word)) = asked.filter(|(_, word)| !about.acks.contains(word)) {
            // A file that says otherwise would be promising what cannot be.
            let what = format!("a source of kind `{}` does not carry acks by `{word}`", about.word);
            report.hint(at, what, format!("write {}, or leave `ack` out", about.acks.join(" or ")));
        }
        let default = || match about.kind {
            SourceKind::Alertmanager => self.both.read(&["ack"], Node::text),
            _ => about.acks.first().copied(),
        };
        match asked.map(|(_, word)| word).or_else(default)? {
            "journal" => Some(AckMode::Journal),
            "native" => Some(AckMode::Native),
            _ => Some(AckMode::Silence),
        }
    }

    fn silences(&self, about: Option<&'static About>, report: &mut Report) -> Option<bool> {
        let about = about?;
        if about.silences {
            return self.both.read(&["silences"], Node::text).map(|word| word == "write");
        }
        if let Some(entry) = self.entry("silences").filter(|e| e.node.text() == Some("write")) {
            let what = format!("a source of kind `{}` has no silences", about.word);
            report.hint(entry.node.at, what, "leave `silences` out");
        }
        Some(false)
    }

    fn client_cert(&self, report: &mut Report) -> Option<(std::path::PathBuf, std::path::PathBuf)> {
        let place = self.around.place;
        let (cert, key) = (self.entry("client_cert"), self.entry("client_key"));
        match (cert, key) {
            (Some(one), None) => report.add(one.at, "`client_cert` without `client_key`"),
            (None, Some(one)) => report.add(one.at, "`client_key` without `client_cert`"),
            _ => {}
        }
        let cert = cert.and_then(|e| auth::existing(e, place, report));
        cert.zip(key.and_then(|e| auth::existing(e, place, report)))
    }

    fn proxy(&self, report: &mut Report) -> Option<String> {
        let node = &self.entry("proxy")?.node;
        let text = node.text().filter(|t| !t.is_empty())?;
        match web(text) {
            Ok(url) if has_user(&url) => {
                report.hint(
                    node.at,
                    "a URL with a user name or password in it would be shown and logged",
                    "set HTTPS_PROXY instead",
                );
            }
            Ok(_) => {}
            Err(why) => report.hint(node.at, why, "write it like http://proxy.example:3128"),
        }
        Some(text.to_owned())
    }

    fn requests_per_minute(&self) -> Option<u32> {
        u32::try_from(self.entry("requests_per_minute")?.node.integer()?).ok()
    }

    fn duration(&self, key: &str) -> Option<Duration> {
        self.both.read(&[key], |node| duration::parse(node.text()?).ok())
    }
}

/// A name of a directory: what may not stand in one is a dash.
fn file_name(name: &SourceName) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    name.as_str().chars().map(plain).collect()
}

/// A server's address without its trailing slash.
fn server(at: At, text: &str, report: &mut Report) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let url = web(text).map_err(|why| report.hint(at, why, "write it like https://am.example:9093")).ok()?;
    if has_user(&url) {
        let hint = "use `username` and `password_env`, `password_file` or `password_command`";
        report.hint(at, "a URL with a user name or password in it would be shown and logged", hint);
    }
    if url.query().is_some() || url.fragment().is_some() {
        report.hint(at, "a server's URL ends with its path", "leave out what follows `?` or `#`");
    }
    Some(text.trim_end_matches('/').to_owned())
}

/// An absolute http or https URL. The text itself is not repeated: it may hold a password.
pub(super) fn web(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|e| format!("this is no URL: {e}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        "http" | "https" => Err("this URL names no host".to_owned()),
        _ => Err("this is no http or https URL".to_owned()),
    }
}

pub(super) fn has_user(url: &url::Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}
