//! Changes as the journal keeps them: the source's own word for what happened, and how loudly each word is told.
//!
//! Refuses to know who tells them, and on which screen.

use std::{fmt, sync::Arc};

use super::{
    Time,
    entry::{Body, Entry, Kind, NewEntry, Subject},
    source::{Change, SourceName},
    text::SafeText,
};

/// What every kind of a change begins with.
pub const PREFIX: &str = "change.";
/// Letters of a word that are kept.
const LONGEST: usize = 40;
/// What it is called where nobody gave it a name.
const NAMELESS: &str = "change";

/// What is kept of it beside its title and text.
const SERVICE: &str = "service";
const VERSION: &str = "version";
const URL: &str = "url";
const ID: &str = "id";
/// The source's word, where the kind could not keep it as it is.
const SAID: &str = "said";

/// How loudly a change is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Somebody meant it and it may break things: a marker under every graph, a suspect of every storm and budget.
    Marker,
    /// Something fell over: it has a row of its own on the axis, and is no suspect.
    Crash,
    /// What a pager says of its own pages: a row of its own on the axis, and never something that was changed.
    Paging,
    /// Worth a letter on the axis.
    Event,
    /// The timeline has it, and nothing else.
    Quiet,
}

/// Which word weighs what; a word that is not here is an event, and meant where a person or a pipeline told it by hand. The part before the first dot or dash decides where the whole
/// word is not known: `audit.app.update` is an `audit`.
const WEIGHTS: &[(Weight, &[&str])] = &[
    (
        Weight::Marker,
        &[
            "deploy",
            "deployment",
            "release",
            "rollout",
            "rollback",
            "restage",
            "flag",
            "feature",
            "feature_flag",
            "config",
            "migration",
            "scale",
            "upgrade",
            "update",
            "restart",
            "stop",
            "start",
            "change",
            "recreate",
            "stemcell",
            "failover",
        ],
    ),
    (Weight::Crash, &["crash", "oom", "oomkilled", "evicted", "backoff"]),
    (
        Weight::Paging,
        &[
            "trigger", "ack", "unack", "escalate", "unheard", "limit", "assign", "delegate", "resolve", "snooze",
            "unsnooze", "urgency", "priority",
        ],
    ),
    (
        Weight::Quiet,
        &[
            "audit",
            "log",
            "event",
            "notify",
            "notified",
            "note",
            "annotation",
            "page",
            "state",
            "cleanup",
            "alarm",
            "ssh",
        ],
    ),
];

/// The word for what happened: `deploy`, `rollback`, `crash`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word(Arc<str>);

impl Word {
    /// Of any text: lower case, and of letters, digits, `_`, `.` and `-` alone.
    pub fn new(text: &str) -> Self {
        let mut out = String::from(PREFIX);
        for c in text.trim().chars().flat_map(char::to_lowercase) {
            let fits = c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
            match fits {
                true => out.push(c),
                false if out.ends_with(['-', '.']) => {}
                false => out.push('-'),
            }
            if out.chars().count() >= PREFIX.len() + LONGEST {
                break;
            }
        }
        let word = out[PREFIX.len()..].trim_matches(['-', '.']);
        let word = if word.is_empty() { NAMELESS } else { word };
        Self(format!("{PREFIX}{word}").into())
    }

    /// Of the name of an entry's kind; none where it is no change.
    pub fn of_kind(name: &str) -> Option<Self> {
        let word = name.strip_prefix(PREFIX).filter(|w| !w.is_empty())?;
        // As it was written, whoever wrote it: a name must come back as it went.
        Some(Self(format!("{PREFIX}{word}").into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0[PREFIX.len()..]
    }

    /// The name of the entry's kind: `change.deploy`.
    pub fn kind(&self) -> &str {
        &self.0
    }

    pub fn weight(&self) -> Weight {
        let find = |word: &str| WEIGHTS.iter().find(|(_, words)| words.contains(&word)).map(|(weight, _)| *weight);
        let word = self.as_str();
        find(word).or_else(|| find(word.split(['.', '-']).next()?)).unwrap_or(Weight::Event)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&super::text::sanitise(self.as_str()))
    }
}

impl Change {
    /// What names it for ever: the source's id of it, else all that it says.
    fn once(&self, of: &str) -> String {
        match self.id.as_ref().filter(|id| !id.raw().trim().is_empty()) {
            Some(id) => format!("change:{of}:id:{}", id.raw()),
            None => {
                let service = self.service.as_ref().map_or("", SafeText::raw);
                let said = [&self.kind, &self.title, &self.by, &self.text].map(SafeText::raw).join("\u{1f}");
                let told = super::sha256::hex(format!("{service}\u{1f}{said}").as_bytes());
                format!("change:{of}:{}:{told}", self.at.timestamp_millis())
            }
        }
    }

    /// As the journal keeps it. Where no source told it, a person or a pipeline did.
    pub fn entry(self, source: Option<&SourceName>) -> NewEntry {
        let once = self.once(source.map_or("told", SourceName::as_str));
        let word = Word::new(self.kind.raw());
        let mut more = serde_json::Map::new();
        let mut keep = |name: &str, value: Option<&SafeText>| {
            if let Some(value) = value.filter(|v| !v.raw().trim().is_empty()) {
                more.insert(name.to_owned(), value.raw().into());
            }
        };
        keep(SERVICE, self.service.as_ref());
        keep(URL, self.url.as_ref());
        keep(ID, self.id.as_ref());
        keep(SAID, Some(&self.kind).filter(|said| said.raw() != word.as_str()));
        let service = self.service.as_ref().filter(|s| !s.raw().trim().is_empty());
        NewEntry {
            at: self.at,
            actor: self.by,
            kind: Kind::Change(word),
            subject: service.map_or_else(Subject::watch, |s| Subject::new(&format!("service:{}", s.raw()))),
            source: source.cloned(),
            body: Body {
                title: Some(self.title),
                text: Some(self.text).filter(|t| !t.raw().is_empty()),
                more,
                ..Body::default()
            },
            once: Some(once),
        }
    }
}

/// A change that a person or a pipeline tells by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub kind: String,
    pub service: Option<String>,
    pub version: Option<String>,
    pub url: Option<String>,
    pub by: String,
    pub text: String,
    /// Told twice under one id it is one change.
    pub id: Option<String>,
}

impl Said {
    /// What it is called: `checkout 2.4.1`, and where neither is told its text or its kind.
    fn title(&self) -> String {
        let named: Vec<&str> = [self.service.as_deref(), self.version.as_deref()].into_iter().flatten().collect();
        match (named.is_empty(), self.text.trim()) {
            (false, _) => named.join(" "),
            (true, "") => self.kind.clone(),
            (true, text) => text.lines().next().unwrap_or_default().to_owned(),
        }
    }

    pub fn entry(&self, at: Time) -> NewEntry {
        let title = self.title();
        let text = if title == self.text.trim() { "" } else { self.text.trim() };
        let change = Change {
            at,
            kind: SafeText::new(&self.kind),
            title: SafeText::new(&title),
            by: SafeText::new(&self.by),
            text: SafeText::new(text),
            service: self.service.as_deref().map(SafeText::new),
            id: self.id.as_deref().map(SafeText::new),
            url: self.url.as_deref().map(SafeText::new),
        };
        let mut entry = change.entry(None);
        if let Some(version) = self.version.as_deref().filter(|v| !v.trim().is_empty()) {
            entry.body.more.insert(VERSION.to_owned(), version.into());
        }
        entry
    }
}

impl Kind {
    /// The word of a change.
    pub fn change(&self) -> Option<&Word> {
        match self {
            Kind::Change(word) => Some(word),
            _ => None,
        }
    }
}

impl Entry {
    /// How loudly it is told, where it is a change. Nobody tells by hand what nobody meant, whatever it is called.
    pub fn weight(&self) -> Option<Weight> {
        match self.kind.change()?.weight() {
            Weight::Event if self.source.is_none() => Some(Weight::Marker),
            weight => Some(weight),
        }
    }

    /// Whether it is a change that somebody meant and that may break things.
    pub fn is_marker(&self) -> bool {
        self.weight() == Some(Weight::Marker)
    }

    fn kept(&self, name: &str) -> Option<SafeText> {
        self.kind.change()?;
        self.body.more.get(name)?.as_str().map(SafeText::new)
    }

    /// What a change was done to. Older journals keep it in the subject alone.
    pub fn changed_service(&self) -> Option<SafeText> {
        let of_subject = || Some(SafeText::new(self.subject.as_str().strip_prefix("service:")?));
        self.kind.change()?;
        self.kept(SERVICE).or_else(of_subject)
    }

    pub fn changed_to(&self) -> Option<SafeText> {
        self.kept(VERSION)
    }

    /// The page of a change.
    pub fn changed_url(&self) -> Option<SafeText> {
        self.kept(URL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: &str, id: Option<&str>) -> Change {
        Change {
            at: Time::UNIX_EPOCH,
            kind: kind.into(),
            title: "checkout 4".into(),
            by: "ben".into(),
            text: "".into(),
            service: Some("checkout".into()),
            id: id.map(SafeText::new),
            url: Some("https://ci.example/1".into()),
        }
    }

    #[test]
    fn a_word_keeps_what_the_source_says() {
        for (said, word) in [
            ("deploy", "deploy"),
            ("Rollback", "rollback"),
            ("audit.app.process.crash", "audit.app.process.crash"),
            ("pod killed!", "pod-killed"),
            ("  ", "change"),
            ("../..", "change"),
            ("Größe", "größe"),
        ] {
            assert_eq!(Word::new(said).as_str(), word, "{said}");
            assert_eq!(Kind::read(Word::new(said).kind()), Kind::Change(Word::new(said)), "{said}");
        }
        assert!(Word::new(&"x".repeat(500)).as_str().len() <= LONGEST);
        assert_eq!(Kind::read("change."), Kind::Other("change.".into()), "it names nothing");
    }

    #[test]
    fn a_deploy_is_a_marker_and_noise_is_not() {
        let weight = |word: &str| Word::new(word).weight();
        assert_eq!(weight("deploy"), Weight::Marker);
        assert_eq!(weight("flag"), Weight::Marker);
        assert_eq!(weight("crash"), Weight::Crash);
        assert_eq!(weight("audit.app.update"), Weight::Quiet, "the part before the dot decides");
        assert_eq!(weight("never-heard-of"), Weight::Event);
        assert_eq!(weight("feature-flag"), Weight::Marker);
        assert_eq!(weight("escalate"), Weight::Paging, "what a pager does changes nothing");
    }

    #[test]
    fn one_id_is_one_change_whatever_else_is_told_of_it() {
        let of = |c: Change| c.entry(Some(&SourceName::new("ci"))).once;
        let told_anew = Change { title: "checkout 4 (finished)".into(), ..change("deploy", Some("7")) };
        assert_eq!(of(change("deploy", Some("7"))), of(told_anew));
        assert_ne!(of(change("deploy", Some("7"))), of(change("deploy", Some("8"))));
        assert_eq!(of(change("deploy", None)), of(change("deploy", None)), "without an id its words are it");
        assert_ne!(of(change("deploy", None)), of(change("crash", None)));
        assert_eq!(of(change("deploy", Some(" "))), of(change("deploy", None)), "an empty id is none");
    }

    #[test]
    fn an_entry_keeps_service_link_and_the_word_as_it_was_said() {
        let entry = change("Pod Killed", Some("7")).entry(None);
        assert_eq!(entry.kind.as_str(), "change.pod-killed");
        assert_eq!(entry.subject.as_str(), "service:checkout");
        assert_eq!(entry.body.more["said"], "Pod Killed");
        assert_eq!(entry.body.more["url"], "https://ci.example/1");
    }

    #[test]
    fn what_is_said_by_hand_is_named_by_what_is_told() {
        let said = Said { kind: "deploy".into(), by: "ci".into(), ..Said::default() };
        let title = |said: &Said| said.entry(Time::UNIX_EPOCH).body.title.unwrap().raw().to_owned();
        assert_eq!(title(&said), "deploy");
        assert_eq!(title(&Said { text: "new vault\nand more".into(), ..said.clone() }), "new vault");
        let named = Said { service: Some("checkout".into()), version: Some("2.4.1".into()), ..said };
        assert_eq!(title(&named), "checkout 2.4.1");
        assert_eq!(named.entry(Time::UNIX_EPOCH).body.more["version"], "2.4.1");
    }
}
