//! What a backend answered, how it is, and what a person can do about it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Time,
    alert::Alert,
    held::{Verb, Way},
    members::Members,
    silence::Silence,
    text::SafeText,
};

/// The configured name of a source; unique in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceName(Arc<str>);

impl SourceName {
    pub fn new(name: &str) -> Self {
        Self(super::text::sanitise(name).as_ref().into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SourceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// How a source carries an ack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AckVia {
    /// The backend knows acks itself.
    Native,
    /// A silence whose comment starts with `ACK!`.
    Silence,
    /// Owner, reason and expiry in the journal; nobody is muted.
    Journal,
}

/// What a source can do; a `None` greys the key and says why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it lists alerts at all.
    pub alerts: bool,
    pub ack: Option<AckVia>,
    /// Whether silences may be written.
    pub silences: bool,
    /// Whether it can count good and bad events for budgets.
    pub counts: bool,
    /// Whether it evaluates rules itself, so that another source may tell the same alert once it was delivered.
    pub evaluates: bool,
    /// What it can be asked to do itself; an ack of its own is among them.
    pub ways: Vec<Way>,
    /// Whether it tells who is on call.
    pub on_call: bool,
    /// Whether it tells what was changed.
    pub changes: bool,
}

impl Capabilities {
    /// How it does something itself, where it can.
    pub fn way(&self, verb: Verb) -> Option<&Way> {
        self.ways.iter().find(|w| w.verb == verb)
    }
}

/// A source as it was configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub name: SourceName,
    pub kind: &'static str,
    pub can: Capabilities,
    /// Polling interval.
    pub interval: chrono::Duration,
}

/// One thing in an answer that could not be read; the rest was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where: `alerts[3]`.
    pub at: SafeText,
    pub why: SafeText,
}

/// What one source answered at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// When it was asked: an ack accepted before this must show in it.
    pub requested_at: Time,
    /// Whether absence means resolved. False while a member is away or its cluster is settling.
    pub complete: bool,
    pub alerts: Vec<Arc<Alert>>,
    pub silences: Vec<Silence>,
    pub problems: Vec<Problem>,
    /// Members that did not answer, by address, with the reason.
    pub missing_members: Vec<(SafeText, SourceError)>,
    /// What its members tell differently.
    pub members: Arc<Members>,
    pub version: Option<SafeText>,
}

impl Snapshot {
    pub fn empty(requested_at: Time) -> Self {
        Self {
            requested_at,
            complete: true,
            alerts: Vec::new(),
            silences: Vec::new(),
            problems: Vec::new(),
            missing_members: Vec::new(),
            members: Arc::default(),
            version: None,
        }
    }
}

/// Something that was done to a system, or happened in it, and is not an alert: a deploy, a flag, a build, a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub at: Time,
    /// The source's word for what it was: `deploy`, `rollback`, `flag`.
    pub kind: SafeText,
    pub title: SafeText,
    pub by: SafeText,
    pub text: SafeText,
    pub service: Option<SafeText>,
    /// The backend's own id of it: what was told once is told once for ever. None where it has none.
    pub id: Option<SafeText>,
    /// Its page, where it has one.
    pub url: Option<SafeText>,
}

/// One more thing a source says about an alert, beyond the alert itself: its route, its rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    pub name: SafeText,
    pub value: SafeText,
}

impl Detail {
    pub fn new(name: &str, value: impl Into<SafeText>) -> Self {
        Self { name: SafeText::new(name), value: value.into() }
    }

    /// How many alerts are told together.
    pub fn of_group(size: usize) -> Self {
        Self::new("in the group", if size == 1 { "1 alert".to_owned() } else { format!("{size} alerts") })
    }

    /// What of an answer could not be read, where there is such: the first, and how many more.
    pub fn unread(problems: &[Problem]) -> Option<Self> {
        let first = problems.first()?;
        let more = if problems.len() > 1 { format!(" (and {} more)", problems.len() - 1) } else { String::new() };
        Some(Self::new("not read", format!("{}: {}{more}", first.at.raw(), first.why.raw())))
    }
}

/// Why a part of what a source tells could not be read, and until when it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub since: super::Time,
    pub error: SourceError,
}

/// What went wrong, named by what a person can do. Every text inside is scrubbed of secrets and safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum SourceError {
    /// 401, 403, or a login page where JSON was due.
    Auth { why: SafeText },
    /// 429; do not ask again before `until`.
    RateLimited { until: Time },
    /// No connection, no answer in time, or 5xx.
    Unreachable { why: SafeText },
    /// The request was understood and refused (4xx), with the server's own words.
    Rejected { why: SafeText },
    /// An answer that is none: HTML, broken JSON, endless, too large.
    Malformed { why: SafeText },
    /// A redirect, which is never followed; names the target's host.
    Redirected { to: SafeText },
    /// A defect of ours while reading; the source is asked again.
    Crashed { why: SafeText },
}

impl SourceError {
    pub fn unreachable(why: impl AsRef<str>) -> Self {
        Self::Unreachable { why: SafeText::new(why.as_ref()) }
    }

    pub fn malformed(why: impl AsRef<str>) -> Self {
        Self::Malformed { why: SafeText::new(why.as_ref()) }
    }

    pub fn rejected(why: impl AsRef<str>) -> Self {
        Self::Rejected { why: SafeText::new(why.as_ref()) }
    }

    /// The state that a source with this error is in.
    pub fn state(&self) -> SourceState {
        match self {
            Self::Auth { .. } => SourceState::Unauthorized,
            Self::RateLimited { .. } | Self::Unreachable { .. } | Self::Rejected { .. } => SourceState::Unreachable,
            Self::Malformed { .. } | Self::Redirected { .. } | Self::Crashed { .. } => SourceState::Malformed,
        }
    }

    /// What a person can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Auth { .. } => "check the token, user or certificate of this source in the configuration",
            Self::RateLimited { .. } => "wait; if it lasts, poll less often (interval) or share one agent",
            Self::Unreachable { .. } => {
                "check that the server runs and that this machine reaches it (VPN, proxy, firewall)"
            }
            Self::Rejected { .. } => "read the server's words; the address may lack a prefix such as /alertmanager",
            Self::Malformed { .. } => "check that the address is the API and not a login page or another server",
            Self::Redirected { .. } => {
                "redirects are never followed: put the final address, or a token the login proxy takes"
            }
            Self::Crashed { .. } => "this is a defect in watchfire: the log has the details, please report it",
        }
    }
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auth { why } => write!(f, "not authorised: {why}"),
            Self::RateLimited { until } => write!(f, "rate limited until {} UTC", until.format("%H:%M:%S")),
            Self::Unreachable { why } => write!(f, "unreachable: {why}"),
            Self::Rejected { why } => write!(f, "refused: {why}"),
            Self::Malformed { why } => write!(f, "unreadable answer: {why}"),
            Self::Redirected { to } => write!(f, "redirects to {to}, which is not followed"),
            Self::Crashed { why } => write!(f, "reading it failed inside watchfire: {why}"),
        }
    }
}

impl std::error::Error for SourceError {}

/// The state on the trust line and in `sources` of every JSON answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    Live,
    /// Answered once, but not within two intervals.
    Stale,
    Unreachable,
    Unauthorized,
    Malformed,
}

impl SourceState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Unreachable => "unreachable",
            Self::Unauthorized => "unauthorized",
            Self::Malformed => "malformed",
        }
    }
}
