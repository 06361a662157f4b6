//! What one entry says of an incident: typed, to the body of an entry and back.
//!
//! A body that cannot be read (a newer version's, a damaged one) is no change: its entry stays in the timeline.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Cost, Level, Link, Moment, Part, Role, Status};
use crate::domain::{
    Time,
    alert::AlertId,
    deed::UNDOES,
    entry::{Body, Entry, Kind},
    op::OpId,
    text::SafeText,
};

/// One thing that was said of an incident.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Declared(Declared),
    Changed(Changed),
    Status(StatusTold),
    Role(RoleTold),
    Task(TaskTold),
    Attached(Attached),
    Detached(Detached),
    Time(TimeTold),
    /// What this act said counts no more.
    Withdrawn(OpId),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Declared {
    /// Goes as the entry's title.
    #[serde(skip)]
    pub title: SafeText,
    pub level: Level,
    pub status: Status,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<Role, SafeText>,
    #[serde(flatten)]
    pub links: Attached,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_title: Option<SafeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusTold {
    pub status: Status,
    /// What it cost until then, where it is resolved and its budgets were counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cost: Vec<Cost>,
}

impl StatusTold {
    pub fn new(status: Status) -> Self {
        Self { status, cost: Vec::new() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleTold {
    pub role: Role,
    /// None: nobody has the role any more.
    #[serde(default)]
    pub person: Option<SafeText>,
    /// A responder who goes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves: bool,
}

/// A new task, or news of one: what is none stays as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskTold {
    pub task: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<SafeText>,
    /// An empty name takes the owner away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attached {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Link>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub slos: BTreeSet<SafeText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<SafeText>,
    /// Ids of entries.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub entries: BTreeSet<SafeText>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detached {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<AlertId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub slos: BTreeSet<SafeText>,
    /// The filter goes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub filter: bool,
    /// Ids of entries.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub entries: BTreeSet<SafeText>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeTold {
    pub moment: Moment,
    /// None takes what was said back: the suggestion holds again.
    #[serde(default)]
    pub value: Option<Time>,
}

impl Attached {
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty() && self.slos.is_empty() && self.filter.is_none() && self.entries.is_empty()
    }
}

impl Detached {
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty() && self.slos.is_empty() && !self.filter && self.entries.is_empty()
    }
}

impl Change {
    /// What an entry says of its incident; none where it says nothing that can be read.
    pub fn read(entry: &Entry) -> Option<Self> {
        let Kind::Incident(part) = entry.kind else { return None };
        let more = &entry.body.more;
        Some(match part {
            Part::Declared => {
                let title = entry.body.title.clone().unwrap_or_default();
                Self::Declared(Declared { title, ..read(more)? })
            }
            Part::Changed => Self::Changed(read(more)?),
            Part::Status => Self::Status(read(more)?),
            Part::Role => Self::Role(read(more)?),
            Part::Task => Self::Task(read(more)?),
            Part::Attached => Self::Attached(read(more)?),
            Part::Detached => Self::Detached(read(more)?),
            Part::Time => Self::Time(read(more)?),
            Part::Withdrawn => Self::Withdrawn(OpId(more.get(UNDOES)?.as_str()?.to_owned())),
        })
    }

    pub fn part(&self) -> Part {
        match self {
            Self::Declared(_) => Part::Declared,
            Self::Changed(_) => Part::Changed,
            Self::Status(_) => Part::Status,
            Self::Role(_) => Part::Role,
            Self::Task(_) => Part::Task,
            Self::Attached(_) => Part::Attached,
            Self::Detached(_) => Part::Detached,
            Self::Time(_) => Part::Time,
            Self::Withdrawn(_) => Part::Withdrawn,
        }
    }

    pub fn kind(&self) -> Kind {
        Kind::Incident(self.part())
    }

    /// The body of an entry that says so; `title` is what the incident is called.
    pub fn body(&self, title: &SafeText, text: &str) -> Body {
        let more = match self {
            Self::Declared(told) => written(told),
            Self::Changed(told) => written(told),
            Self::Status(told) => written(told),
            Self::Role(told) => written(told),
            Self::Task(told) => written(told),
            Self::Attached(told) => written(told),
            Self::Detached(told) => written(told),
            Self::Time(told) => written(told),
            Self::Withdrawn(op) => Map::from_iter([(UNDOES.to_owned(), Value::String(op.0.clone()))]),
        };
        let text = Some(text.trim_end()).filter(|t| !t.trim().is_empty()).map(SafeText::new);
        Body { title: Some(title.clone()), text, more, ..Body::default() }
    }
}

fn read<T: DeserializeOwned>(more: &Map<String, Value>) -> Option<T> {
    serde_json::from_value(Value::Object(more.clone())).ok()
}

fn written<T: Serialize>(told: &T) -> Map<String, Value> {
    match serde_json::to_value(told) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
