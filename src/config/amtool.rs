//! The configuration of `amtool`, for a start without one of our own.
//!
//! Reads what amtool reads, in its order (the first file that sets a key wins), and says what it does not take over.

use std::{collections::BTreeMap, path::PathBuf};

use super::{
    document::Node,
    layers::Layers,
    request::Request,
    source::{has_user, web},
    types::{AckMode, Auth, SourceConfig, SourceKind},
};
use crate::domain::{duration, source::SourceName};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Amtool {
    /// The file that names a server which can be used.
    pub(super) path: Option<PathBuf>,
    /// The line of `alertmanager.url` in it.
    pub(super) line: u32,
    pub(super) url: Option<String>,
    /// The name, and the file and line that say it.
    pub(super) author: Option<(String, PathBuf, u32)>,
    /// What is there and not taken over.
    pub(super) notes: Vec<String>,
    pub(super) looked_at: Vec<PathBuf>,
}

/// Where amtool looks: as its authors build it, and as Debian does.
const HOME: [&str; 2] = [".config/amtool/config.yml", ".config/prometheus/amtool.yml"];
const SYSTEM: [&str; 2] = ["amtool/config.yml", "prometheus/amtool.yml"];

/// Where it is looked for: in the home, then in `/etc`.
pub fn files(request: &Request) -> Vec<PathBuf> {
    let dirs = [(&request.dirs.home, HOME), (&request.dirs.system, SYSTEM)];
    dirs.iter().flat_map(|(dir, names)| dir.iter().flat_map(|d| names.map(|n| d.join(n)))).collect()
}

/// Reads every one of them that is there.
pub(super) fn find(request: &Request) -> Amtool {
    let mut found = Amtool::default();
    files(request).into_iter().for_each(|path| found.look_at(path));
    found
}

impl Amtool {
    fn look_at(&mut self, path: PathBuf) {
        self.looked_at.push(path.clone());
        let Ok(text) = std::fs::read_to_string(&path) else { return };
        let values: BTreeMap<String, serde_json::Value> = match serde_saphyr::from_str(&text) {
            Ok(values) => values,
            Err(_) => return self.notes.push(format!("{}: this is no YAML that amtool would read", path.display())),
        };
        let get = |key: &str| values.get(key).and_then(|v| v.as_str()).filter(|v| !v.is_empty()).map(str::to_owned);
        if let (None, Some(url)) = (&self.url, get("alertmanager.url")) {
            self.take_url(&url, path.clone(), &text);
        }
        if self.author.is_none() {
            self.author = get("author").map(|name| (name, path.clone(), line_of(&text, "author")));
        }
        if get("http.config.file").is_some() {
            let note = "http.config.file is not taken over; name the authentication in a configuration of your own";
            self.notes.push(format!("{}: {note}", path.display()));
        }
    }

    fn take_url(&mut self, url: &str, path: PathBuf, text: &str) {
        match web(url) {
            Ok(parsed) if has_user(&parsed) => {
                let note =
                    "alertmanager.url holds a user name; use basic authentication in a configuration of your own";
                self.notes.push(format!("{}: {note}", path.display()));
            }
            Ok(_) => {
                self.line = line_of(text, "alertmanager.url");
                self.url = Some(url.trim_end_matches('/').to_owned());
                self.path = Some(path);
            }
            Err(why) => self.notes.push(format!("{}: alertmanager.url: {why}", path.display())),
        }
    }

    /// The one source, with the defaults of every other.
    pub(super) fn source(&self, defaults: &Layers<'_>) -> Option<SourceConfig> {
        let text = |key: &str| defaults.read(&[key], Node::text);
        let length = |key: &str| duration::parse(text(key)?).ok();
        Some(SourceConfig {
            name: SourceName::new("amtool"),
            kind: SourceKind::Alertmanager,
            urls: vec![self.url.clone()?],
            auth: Auth::None,
            ca_file: None,
            client_cert: None,
            headers: Vec::new(),
            proxy: None,
            ack: if text("ack")? == "journal" { AckMode::Journal } else { AckMode::Silence },
            silences_writable: text("silences")? == "write",
            interval: length("interval")?,
            timeout: length("timeout")?,
            requests_per_minute: None,
            discover: false,
            kept_in: None,
            own: super::kinds::Own::default(),
        })
    }
}

fn line_of(text: &str, key: &str) -> u32 {
    let begins = |line: &str| line.trim_start().trim_start_matches(['"', '\'']).starts_with(key);
    text.lines().position(begins).and_then(|n| u32::try_from(n + 1).ok()).unwrap_or(1)
}
