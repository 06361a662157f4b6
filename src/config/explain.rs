//! Where each value came from, for a reader who wonders; secrets are never repeated.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    path::PathBuf,
    sync::LazyLock,
};

use super::{
    amtool::Amtool,
    document::{Node, Table, Value},
    kinds,
    layers::{Layer, Layers},
    read::Reader,
    schema::{self, Key, Kind},
    source::{has_user, web},
    types::Config,
};
use crate::domain::text::sanitise;

/// One setting as it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Like `ui.theme` or `source.prod-eu.url`.
    pub key: String,
    /// As TOML writes it; a secret is `<redacted>`.
    pub value: String,
    pub origin: Origin,
    /// A hash of the value before its secrets were left out: equal within one run where the value is.
    pub(super) print: u64,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File {
        path: PathBuf,
        line: u32,
    },
    /// As `File`, in a `[profile.NAME]`.
    Profile {
        name: String,
        path: PathBuf,
        line: u32,
    },
    Env(&'static str),
    Flag(&'static str),
    /// The operating system: the login name, the data directory.
    System,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", sanitise(&path.to_string_lossy())),
            Self::Profile { name, path, line } => {
                write!(f, "{}:{line} (profile {name})", sanitise(&path.to_string_lossy()))
            }
            Self::Env(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
            Self::System => f.write_str("system"),
        }
    }
}

const REDACTED: &str = "<redacted>";

/// Every setting in force, in the order of the reference, sources last.
pub fn explain(config: &Config) -> &[Setting] {
    &config.settings
}

pub(super) fn settings(reader: &Reader<'_>) -> Vec<Setting> {
    let mut out = Vec::new();
    let teller = Teller { reader };
    for key in schema::ROOT {
        match key.kind {
            Kind::Table(inner) => teller.table(&[key.name], inner, &mut out),
            Kind::Profiles => out.extend(teller.profile()),
            Kind::Tables(_) if key.name == "source" => teller.sources(&mut out),
            Kind::Tables(inner) => teller.tables(key.name, inner, &mut out),
            Kind::Keys => teller.keys(&mut out),
            _ => out.extend(teller.one(&[key.name], key)),
        }
    }
    out
}

/// The source that amtool's configuration names.
pub(super) fn amtool(amtool: &Amtool) -> Vec<Setting> {
    let (Some(url), Some(path)) = (&amtool.url, &amtool.path) else { return Vec::new() };
    let origin = Origin::File { path: path.clone(), line: amtool.line };
    vec![Setting::plain("source.amtool.url", quoted(url), origin)]
}

/// The user's name, where amtool's configuration says it.
pub(super) fn author((name, path, line): &(String, PathBuf, u32)) -> Setting {
    let origin = Origin::File { path: path.clone(), line: *line };
    Setting::plain("user.name", quoted(name), origin)
}

struct Teller<'a> {
    reader: &'a Reader<'a>,
}

impl Teller<'_> {
    fn one(&self, path: &[&str], key: &Key) -> Option<Setting> {
        let name = path.join(".");
        if let Some(setting) = self.given_elsewhere(&name) {
            return Some(setting);
        }
        let (node, layer) = self.reader.layers.get(path)?;
        Some(Setting {
            key: name,
            value: shown(node, key),
            origin: self.origin(node, layer),
            print: print(&plain(node)),
        })
    }

    fn table(&self, path: &[&str], keys: &[Key], out: &mut Vec<Setting>) {
        for key in keys {
            let path: Vec<&str> = path.iter().copied().chain([key.name]).collect();
            match key.kind {
                Kind::Table(inner) => self.table(&path, inner, out),
                _ => out.extend(self.one(&path, key)),
            }
        }
    }

    /// Which profile is in force, and who asked for it.
    fn profile(&self) -> Option<Setting> {
        let asked = self.reader.request.profile()?;
        let by_flag = asked.by == "--profile";
        let origin = if by_flag { Origin::Flag(asked.by) } else { Origin::Env(asked.by) };
        self.reader.laid.profile.as_ref().map(|p| Setting::plain("profile", quoted(p.name.raw()), origin))
    }

    /// Values that stand in no file: flags, the environment, the system.
    fn given_elsewhere(&self, name: &str) -> Option<Setting> {
        let request = self.reader.request;
        let says = |path: &[&str]| matches!(self.reader.layers.get(path), Some((_, Layer::File)));
        let (value, origin) = match name {
            "ui.theme" => (quoted(request.flags.theme.as_ref()?), Origin::Flag("--theme")),
            "ui.colors" if request.flags.colors.is_some() => {
                (quoted(request.flags.colors.as_ref()?), Origin::Flag("--colors"))
            }
            "read_only" if request.flags.read_only => ("true".to_owned(), Origin::Flag("--read-only")),
            "ui.low_bandwidth" if request.flags.low_bandwidth => ("true".to_owned(), Origin::Flag("--low-bandwidth")),
            "ui.mouse" if request.flags.mouse => ("true".to_owned(), Origin::Flag("--mouse")),
            "user.name" if !says(&["user", "name"]) => (quoted(&request.login), Origin::System),
            "journal.url" if self.reader.text(&["journal", "url"])? == "sqlite" => {
                let path = self.reader.own(request.data_dir())?.join("journal.db");
                let moved = request.env.get("WATCHFIRE_DATA_DIR").is_some();
                let origin = if moved { Origin::Env("WATCHFIRE_DATA_DIR") } else { Origin::System };
                (quoted(&format!("sqlite:{}", path.display())), origin)
            }
            _ => return None,
        };
        Some(Setting::plain(name, value, origin))
    }

    fn origin(&self, node: &Node, layer: Layer) -> Origin {
        match layer {
            Layer::Default => Origin::Default,
            Layer::File => {
                let (path, line) = (self.reader.file().to_owned(), node.at.line);
                match self.reader.laid.profile.as_ref().filter(|_| self.reader.laid.places.contains(&node.at)) {
                    Some(profile) => Origin::Profile { name: profile.name.line().into_owned(), path, line },
                    None => Origin::File { path, line },
                }
            }
        }
    }

    fn sources(&self, out: &mut Vec<Setting>) {
        let list = self.reader.layers.file.get("source").and_then(|e| e.node.list()).unwrap_or_default();
        for table in list.iter().filter_map(Node::table) {
            let both = Layers { base: self.reader.source_base, file: table };
            let text = |key: &str| table.get(key).and_then(|e| e.node.text());
            let name = text("name").unwrap_or("?");
            let about = text("kind").and_then(kinds::read);
            // A kind that has no silences gives these two no meaning and no default.
            let idle = |key: &Key| about.is_some_and(|a| !a.silences) && ["ack", "silences"].contains(&key.name);
            for key in schema::SOURCE.iter().filter(|k| !idle(k)) {
                out.extend(both.get(&[key.name]).map(|(node, layer)| Setting {
                    key: sanitise(&format!("source.{name}.{}", key.name)).into_owned(),
                    value: shown(node, key),
                    origin: self.origin(node, layer),
                    print: print(&plain(node)),
                }));
            }
        }
    }

    /// Named tables that have no defaults.
    fn tables(&self, noun: &str, keys: &[Key], out: &mut Vec<Setting>) {
        let list = self.reader.layers.file.get(noun).and_then(|e| e.node.list()).unwrap_or_default();
        for table in list.iter().filter_map(Node::table) {
            let name = table.get("name").and_then(|e| e.node.text()).unwrap_or("?");
            for (key, entry) in keys.iter().filter_map(|k| Some((k, table.get(k.name)?))) {
                out.push(Setting {
                    key: sanitise(&format!("{noun}.{name}.{}", key.name)).into_owned(),
                    value: shown(&entry.node, key),
                    origin: self.origin(&entry.node, Layer::File),
                    print: print(&plain(&entry.node)),
                });
            }
        }
    }

    fn keys(&self, out: &mut Vec<Setting>) {
        let Some(table) = self.reader.layers.file.get("keys").and_then(|e| e.node.table()) else { return };
        for (name, entry) in super::keymap::flat(table) {
            let key = format!("keys.{name}");
            let origin = self.origin(&entry.node, Layer::File);
            out.push(Setting::plain(&sanitise(&key), plain(&entry.node), origin));
        }
    }
}

impl Setting {
    /// One without a secret in it.
    fn plain(key: &str, value: String, origin: Origin) -> Self {
        Self { key: key.to_owned(), print: print(&value), value, origin }
    }
}

/// Nothing can be learnt from it outside this run.
fn print(value: &str) -> u64 {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEYS.hash_one(value)
}

/// A value without its secrets.
fn shown(node: &Node, key: &Key) -> String {
    match (key.kind, &node.value) {
        (Kind::Secret, _) => REDACTED.to_owned(),
        (Kind::Headers, Value::Table(headers)) => headers_shown(headers),
        (Kind::Texts, Value::Table(texts)) if key.name == "env" => headers_shown(texts),
        _ if hides_user(node) => REDACTED.to_owned(),
        _ => plain(node),
    }
}

fn hides_user(node: &Node) -> bool {
    node.texts().iter().any(|(_, text)| web(text).is_ok_and(|url| has_user(&url)))
}

/// Names, and where values come from; no value, as nobody can tell a tenant from a token.
fn headers_shown(headers: &Table) -> String {
    let value = |node: &Node| if node.table().is_some() { plain(node) } else { REDACTED.to_owned() };
    let pairs: Vec<String> = headers.0.iter().map(|h| format!("{} = {}", sanitise(&h.key), value(&h.node))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn quoted(text: &str) -> String {
    toml::Value::String(sanitise(text).into_owned()).to_string()
}

fn plain(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Integer(text) | Value::Float(text) | Value::Date(text) => text.clone(),
        Value::Bool(b) => b.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let pairs: Vec<String> =
                table.0.iter().map(|e| format!("{} = {}", sanitise(&e.key), plain(&e.node))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}
