//! What is told: a title and a line, and for programs what it is about. Names, severities and counts alone, unless more was
//! asked for: a lock screen shows it to everybody.

use serde::{Deserialize, Serialize};

use super::{Rules, Ways};
use crate::domain::{
    Time,
    alert::{Alert, AlertId, Severity},
    label::Fingerprint,
    source::SourceName,
};

/// Names that stand in the line of many.
const NAMED: usize = 3;
/// Alerts that a program is told one by one.
const LISTED: usize = 20;

/// One notification.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    pub kind: NoticeKind,
    pub at: Time,
    /// The worst of what it tells.
    pub severity: Severity,
    /// How many alerts it is about.
    pub count: usize,
    pub title: String,
    pub body: String,
    /// The first of them.
    pub alerts: Vec<About>,
    #[serde(skip)]
    pub ways: Ways,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Alerts that began.
    Alerts,
    /// An ack does not hold any more.
    AckBroke,
    /// What came in quiet hours.
    WasQuiet,
    /// Somebody wants to see that it works.
    Test,
}

/// One alert in a notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Told")]
pub struct About {
    #[serde(skip)]
    pub id: AlertId,
    pub name: String,
    pub severity: Severity,
    pub source: SourceName,
    pub fingerprint: String,
    pub starts_at: Time,
    /// Where it says which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Only where details were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
}

/// As it was written down; which alert it is follows from that.
#[derive(Deserialize)]
struct Told {
    name: String,
    severity: Severity,
    source: SourceName,
    fingerprint: String,
    starts_at: Time,
    service: Option<String>,
    summary: Option<String>,
}

impl From<Told> for About {
    fn from(told: Told) -> Self {
        let Told { name, severity, source, fingerprint, starts_at, service, summary } = told;
        let id = AlertId { source: source.clone(), fingerprint: Fingerprint::new(&fingerprint) };
        Self { id, name, severity, source, fingerprint, starts_at, service, summary }
    }
}

impl About {
    pub fn new(id: &AlertId, alert: &Alert, detail: bool) -> Self {
        let service = ["service", "job", "namespace"].iter().find_map(|n| alert.labels.get(n));
        Self {
            id: id.clone(),
            name: alert.name().line().into_owned(),
            severity: alert.severity(),
            source: id.source.clone(),
            fingerprint: id.fingerprint.as_str().to_owned(),
            starts_at: alert.starts_at,
            service: service.map(|s| s.line().into_owned()),
            summary: alert.summary().filter(|_| detail).map(|s| s.line().into_owned()),
        }
    }

    fn line(&self) -> String {
        let service = self.service.as_ref().map(|s| format!("{s}, ")).unwrap_or_default();
        self.summary.clone().unwrap_or_else(|| format!("{service}{}", self.source))
    }
}

impl Notice {
    /// Alerts that began, told as one.
    pub fn alerts(at: Time, alerts: Vec<About>, rules: &Rules) -> Self {
        let (title, body) = match &alerts[..] {
            [one] => (format!("{}: {}", one.severity.as_str(), one.name), one.line()),
            many => (many_new(many), named(many)),
        };
        Self::of(NoticeKind::Alerts, at, (title, body), alerts, rules)
    }

    /// What came in quiet hours, once they are over; `burns`: how many of them still do.
    pub fn was_quiet(at: Time, alerts: Vec<About>, burns: usize, rules: &Rules) -> Self {
        let still = match burns {
            0 => "none still burns".to_owned(),
            1 => "1 still burns".to_owned(),
            n => format!("{n} still burn"),
        };
        let title = format!("while it was quiet: {}; {still}", counts(&alerts));
        let body = named(&alerts);
        Self::of(NoticeKind::WasQuiet, at, (title, body), alerts, rules)
    }

    /// Something a person must hear as they hear a critical alert.
    pub fn alarm(at: Time, title: String, body: &str, rules: &Rules) -> Self {
        let body = if rules.detail { body.to_owned() } else { String::new() };
        let ways = rules.ways(Severity::Critical);
        let severity = Severity::Critical;
        Self { kind: NoticeKind::AckBroke, at, severity, count: 1, title, body, alerts: Vec::new(), ways }
    }

    /// One that says that it is none.
    pub fn test(at: Time) -> Self {
        let (title, body) = ("watchfire: a test".to_owned(), "This is how a new alert is told.".to_owned());
        let (kind, ways) = (NoticeKind::Test, Ways::ALL);
        Self { kind, at, severity: Severity::Info, count: 0, title, body, alerts: Vec::new(), ways }
    }

    fn of(kind: NoticeKind, at: Time, (title, body): (String, String), mut alerts: Vec<About>, rules: &Rules) -> Self {
        let severity = alerts.iter().map(|a| a.severity).min().unwrap_or(Severity::Unknown);
        let ways = alerts.iter().fold(Ways::NONE, |ways, a| ways.and(rules.ways(a.severity)));
        let count = alerts.len();
        alerts.truncate(LISTED);
        Self { kind, at, severity, count, title, body, alerts, ways }
    }
}

/// `17 new critical alerts`, or `20 new alerts: 17 critical, 3 warning`.
fn many_new(many: &[About]) -> String {
    let first = many.first().map_or(Severity::Unknown, |a| a.severity);
    if many.iter().all(|a| a.severity == first) {
        return format!("{} new {} alerts", many.len(), first.as_str());
    }
    format!("{} new alerts: {}", many.len(), counts(many))
}

fn counts(many: &[About]) -> String {
    let count = |s: Severity| many.iter().filter(|a| a.severity == s).count();
    let all = Severity::ALL.into_iter().map(|s| (count(s), s)).filter(|(n, _)| *n > 0);
    all.map(|(n, s)| format!("{n} {}", s.as_str())).collect::<Vec<_>>().join(", ")
}

fn named(many: &[About]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut worst: Vec<&About> = many.iter().collect();
    worst.sort_by_key(|a| a.severity);
    for about in worst {
        if names.len() < NAMED && !names.contains(&about.name.as_str()) {
            names.push(&about.name);
        }
    }
    let others = many.iter().filter(|a| !names.contains(&a.name.as_str())).count();
    let more = if others > 0 { format!(" and {others} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}
