//! What `[source.kubernetes]` says, read once.

use chrono::Duration;

use crate::{
    config::SourceConfig,
    domain::{duration, source::SourceError},
};

use super::{resource::Resource, severity::Severities};

/// How long a pod may wait for its node or its containers, where nothing is said.
const PENDING_AFTER: Duration = Duration::minutes(5);
/// How long a running pod may be not ready, where nothing is said.
const UNREADY_AFTER: Duration = Duration::minutes(10);
/// Which events are told, where nothing is said: every event of a large cluster is too much for it and for us.
const EVENTS: &str = "type!=Normal";
/// Each namespace has connections of its own to the server.
const NAMESPACES_MAX: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) resources: Vec<Resource>,
    /// Empty: all of them.
    pub(super) namespaces: Vec<String>,
    pub(super) selector: Option<String>,
    pub(super) events: String,
    pub(super) cluster: Option<String>,
    pub(super) severities: Severities,
    pub(super) pending_after: Duration,
    pub(super) unready_after: Duration,
    pub(super) page: Option<String>,
}

impl Options {
    /// # Errors
    /// `Rejected`, naming the key whose value cannot be.
    pub(super) fn read(config: &SourceConfig) -> Result<Self, SourceError> {
        let own = &config.own;
        let namespaces = own.list("namespaces").to_vec();
        if let Some(wrong) = namespaces.iter().find(|n| !is_name(n)) {
            return Err(SourceError::rejected(format!("`namespaces` has `{wrong}`, which is no name of a namespace")));
        }
        if namespaces.len() > NAMESPACES_MAX {
            let why = format!("`namespaces` has {}, at most {NAMESPACES_MAX}", namespaces.len());
            return Err(SourceError::rejected(format!(
                "{why}: leave it out to watch all of them over fewer connections"
            )));
        }
        Ok(Self {
            resources: Resource::wanted(own.list("resources"), !namespaces.is_empty())?,
            namespaces,
            selector: own.text("selector").map(str::to_owned),
            events: own.text("events").unwrap_or(EVENTS).to_owned(),
            cluster: own.text("cluster").map(str::to_owned),
            severities: Severities::over(own.texts("severity")),
            pending_after: own.duration("pending_after").unwrap_or(PENDING_AFTER),
            unready_after: own.duration("unready_after").unwrap_or(UNREADY_AFTER),
            page: own.text("page").map(str::to_owned),
        })
    }

    /// For how long, in words.
    pub(super) fn words(length: Duration) -> String {
        duration::short(length)
    }
}

/// RFC 1123.
fn is_name(text: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len()) && text.chars().all(good) && !text.starts_with('-') && !text.ends_with('-')
}
