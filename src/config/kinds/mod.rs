//! The kinds of sources, one file each where a kind has options of its own: `[source.pagerduty]` under its `[[source]]`.
//!
//! Holds words, keys and what belongs together. Refuses to know how a source is asked.

pub(super) mod bosh;
pub(super) mod check;
pub(super) mod cloudfoundry;
pub(super) mod cloudwatch;
pub(super) mod concourse;
pub(super) mod grafana;
pub(super) mod icinga2;
pub(super) mod kubernetes;
pub(super) mod pagerduty;
pub(super) mod plugin;
pub(super) mod prometheus;
pub(super) mod statuspage;
mod typed;

use std::path::PathBuf;

use chrono::Duration;

use super::{
    document::{Node, Table, Value},
    place::Place,
    schema::{Key, Kind},
    types::{AckMode, SourceKind},
};
use crate::domain::duration;

pub use typed::{Worth, is_path, keys, words};

/// What a kind is, for whoever reads a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub(super) kind: SourceKind,
    pub(super) word: &'static str,
    pub(super) url: Url,
    /// How acks may be carried, the first where nothing is said.
    pub(super) acks: &'static [&'static str],
    /// Whether it has silences of its own that may be written.
    pub(super) silences: bool,
    /// Seconds between two polls where nothing is said; none: as every source.
    pub(super) interval_s: Option<i64>,
    /// The keys of its own table.
    pub(super) keys: &'static [Key],
    /// What to do where it does not know who asks, or who asks may not.
    pub(super) login: &'static str,
}

/// Whether a source of this kind has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Url {
    Must,
    /// It has a well-known one, or finds its own.
    May,
}

const fn reader(kind: SourceKind, word: &'static str, keys: &'static [Key]) -> About {
    let login = "check the token, user or certificate of this source in the configuration";
    About { kind, word, url: Url::Must, acks: &["journal"], silences: false, interval_s: None, keys, login }
}

pub(super) const ALL: &[About] = &[
    About { acks: &["silence", "journal"], silences: true, ..reader(SourceKind::Alertmanager, "alertmanager", &[]) },
    reader(SourceKind::Prometheus, "prometheus", prometheus::KEYS),
    About {
        url: Url::May,
        acks: &["native", "journal"],
        login: "make a user's own token in PagerDuty (My Profile, User Settings) and put it where the configuration names it",
        ..reader(SourceKind::Pagerduty, "pagerduty", pagerduty::KEYS)
    },
    About {
        acks: &["silence", "journal"],
        silences: true,
        login: "make a token for a service account with the role Viewer (Administration, Service accounts)",
        ..reader(SourceKind::Grafana, "grafana", grafana::KEYS)
    },
    About {
        url: Url::May,
        login: "see that `kubectl --context NAME get pods` works here, and bind the ClusterRole that the manual gives",
        ..reader(SourceKind::Kubernetes, "kubernetes", kubernetes::KEYS)
    },
    About {
        url: Url::May,
        interval_s: Some(60),
        login: "run `aws sso login` or `aws configure`, try `aws sts get-caller-identity`, and attach the policy that the manual gives",
        ..reader(SourceKind::Cloudwatch, "cloudwatch", cloudwatch::KEYS)
    },
    About {
        url: Url::May,
        login: "run `cf login`, or name a UAA client: username, password_env and grant = \"client_credentials\"",
        ..reader(SourceKind::Cloudfoundry, "cloudfoundry", cloudfoundry::KEYS)
    },
    About {
        login: "run `fly -t NAME login -c URL`, or set username and password_env of a local user",
        ..reader(SourceKind::Concourse, "concourse", concourse::KEYS)
    },
    About {
        url: Url::May,
        login: "run `bosh -e URL log-in`, or name a UAA client: username, password_env and grant = \"client_credentials\"",
        ..reader(SourceKind::Bosh, "bosh", bosh::KEYS)
    },
    About {
        acks: &["native", "journal"],
        login: "make an ApiUser with the permissions that the manual lists, and set username and password_env",
        ..reader(SourceKind::Icinga2, "icinga2", icinga2::KEYS)
    },
    About {
        login: "a public status page wants no token: leave it out",
        ..reader(SourceKind::Statuspage, "statuspage", statuspage::KEYS)
    },
    About {
        url: Url::May,
        login: "see that you may run the program: it runs as you",
        ..reader(SourceKind::Check, "check", check::KEYS)
    },
    About {
        url: Url::May,
        acks: &["native", "silence", "journal"],
        silences: true,
        login: "try it by itself: `watchfire plugin check PROGRAM`, with its --set and --secret",
        ..reader(SourceKind::Plugin, "plugin", plugin::KEYS)
    },
];

/// What is known of a kind.
pub(super) fn about(kind: SourceKind) -> &'static About {
    ALL.iter().find(|a| a.kind == kind).unwrap_or(&ALL[0])
}

/// What to do where a source of this kind does not know who asks, or who asks may not.
pub fn login_advice(kind: SourceKind) -> &'static str {
    about(kind).login
}

/// How acks of this kind are carried where nothing is said.
pub fn usual_ack(kind: SourceKind) -> AckMode {
    match about(kind).acks.first() {
        Some(&"native") => AckMode::Native,
        Some(&"journal") => AckMode::Journal,
        _ => AckMode::Silence,
    }
}

/// The kind of this word.
pub fn named(word: &str) -> Option<SourceKind> {
    read(word).map(|about| about.kind)
}

/// The words of all kinds.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|about| about.word)
}

/// The kind that a word names.
pub(super) fn read(word: &str) -> Option<&'static About> {
    ALL.iter().find(|a| a.word == word)
}

/// What a source has that other kinds do not: the values of its own table, whose shapes were checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own(Vec<(&'static str, Given)>);

#[derive(Clone, Debug, PartialEq)]
enum Given {
    Text(String),
    Path(PathBuf),
    Bool(bool),
    Number(i64),
    Duration(Duration),
    List(Vec<String>),
    Texts(Vec<(String, String)>),
}

impl Own {
    /// Of a table beside its keys; what was reported as wrong is left out.
    pub(super) fn read(table: &Table, keys: &'static [Key], place: &Place<'_>) -> Self {
        let value = |key: &'static Key| Some((key.name, given(&table.get(key.name)?.node, key.kind, place)?));
        Self(keys.iter().filter_map(value).collect())
    }

    /// As a file would give it: for what is configured without one.
    pub fn with(mut self, name: &'static str, text: &str) -> Self {
        self.0.push((name, Given::Text(text.to_owned())));
        self
    }

    /// The same for a list.
    pub fn with_list(mut self, name: &'static str, items: &[&str]) -> Self {
        self.0.push((name, Given::List(items.iter().map(|&i| i.to_owned()).collect())));
        self
    }

    /// The same for a path.
    pub fn with_path(mut self, name: &'static str, path: &std::path::Path) -> Self {
        self.0.push((name, Given::Path(path.to_owned())));
        self
    }

    /// The same for a number.
    pub fn with_number(mut self, name: &'static str, number: i64) -> Self {
        self.0.push((name, Given::Number(number)));
        self
    }

    /// The same for a length of time.
    pub fn with_duration(mut self, name: &'static str, length: Duration) -> Self {
        self.0.push((name, Given::Duration(length)));
        self
    }

    /// The same for a truth.
    pub fn with_bool(mut self, name: &'static str, value: bool) -> Self {
        self.0.push((name, Given::Bool(value)));
        self
    }

    /// The same for a table of texts.
    pub fn with_texts(mut self, name: &'static str, texts: &[(&str, &str)]) -> Self {
        let texts = texts.iter().map(|&(n, t)| (n.to_owned(), t.to_owned())).collect();
        self.0.push((name, Given::Texts(texts)));
        self
    }

    fn get(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|(n, _)| *n == name).map(|(_, given)| given)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        if let Given::Text(text) = self.get(name)? { Some(text) } else { None }
    }

    pub fn path(&self, name: &str) -> Option<&PathBuf> {
        if let Given::Path(path) = self.get(name)? { Some(path) } else { None }
    }

    pub fn bool(&self, name: &str) -> Option<bool> {
        if let Given::Bool(b) = self.get(name)? { Some(*b) } else { None }
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        if let Given::Number(n) = self.get(name)? { Some(*n) } else { None }
    }

    pub fn duration(&self, name: &str) -> Option<Duration> {
        if let Given::Duration(d) = self.get(name)? { Some(*d) } else { None }
    }

    /// Empty where it is not given.
    pub fn list(&self, name: &str) -> &[String] {
        if let Some(Given::List(list)) = self.get(name) { list } else { &[] }
    }

    /// A table of texts, in the order of the file; empty where it is not given.
    pub fn texts(&self, name: &str) -> &[(String, String)] {
        if let Some(Given::Texts(texts)) = self.get(name) { texts } else { &[] }
    }
}

fn given(node: &Node, kind: Kind, place: &Place<'_>) -> Option<Given> {
    Some(match kind {
        Kind::Bool => Given::Bool(node.bool()?),
        Kind::Number(..) => Given::Number(node.integer()?),
        Kind::Duration(..) => Given::Duration(duration::parse(node.text()?).ok()?),
        Kind::Path => Given::Path(place.path(node.text()?)),
        Kind::List => Given::List(node.texts().into_iter().map(|(_, t)| t.to_owned()).collect()),
        Kind::Texts => Given::Texts(texts(node)?),
        _ => Given::Text(node.text()?.to_owned()),
    })
}

fn texts(node: &Node) -> Option<Vec<(String, String)>> {
    let Value::Table(table) = &node.value else { return None };
    Some(table.0.iter().filter_map(|e| Some((e.key.clone(), e.node.text()?.to_owned()))).collect())
}
