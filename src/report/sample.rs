//! For tests: a shift that is written down here, with an incident, its alerts, its notes and a budget it cost.

use std::sync::Arc;

use chrono::Duration;

use crate::domain::{
    Time,
    alert::{AlertId, Severity},
    entry::{Body, Entry, Kind, Subject},
    incident::{
        Attached, CORRECTS, Change, Declared, IncidentId, Level, Link, Moment, Role, Status, StatusTold, TAG, TaskTold,
        TimeTold,
    },
    label::{Fingerprint, Labels},
    op::OpId,
    slo::{
        Bucket, BucketSpan, BudgetRow, Counted, Indicator, Objective, Slo, Window, assess::assess, history::History,
    },
    source::SourceName,
    text::SafeText,
};

/// Minutes after 10:00 on a Saturday.
pub(crate) fn at(minute: i64) -> Time {
    Time::from_timestamp(1_795_255_200, 0).unwrap_or_default() + Duration::minutes(minute)
}

pub(crate) fn id() -> IncidentId {
    IncidentId::new("INC-1121-K7QF2")
}

pub(crate) fn alert(n: u8) -> AlertId {
    AlertId { source: SourceName::new("prod"), fingerprint: Fingerprint::new(&format!("{n:016x}")) }
}

/// An entry that happened at a minute and was told some seconds later.
pub(crate) fn entry(kind: Kind, subject: Subject, (minute, later): (i64, i64), by: &str, body: Body) -> Entry {
    let count = body.op.as_ref().map_or("-", |op| op.0.as_str());
    Entry {
        id: format!("{kind}:{subject}:{minute}:{count}"),
        seq: 0,
        at: at(minute),
        recorded_at: at(minute) + Duration::seconds(later),
        actor: SafeText::new(by),
        kind,
        subject,
        body,
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

/// Something said of the incident at a minute.
pub(crate) fn told(change: &Change, minute: i64, by: &str, count: u32) -> Entry {
    let mut body = change.body(&SafeText::new("checkout is down"), "");
    body.op = Some(OpId(format!("{by}-{count}")));
    entry(change.kind(), id().subject(), (minute, 0), by, body)
}

pub(crate) fn fired(n: u8, minute: i64, name: &str, service: &str) -> Entry {
    let mut body = Body { title: Some(name.into()), severity: Some(Severity::Critical), ..Body::default() };
    body.more.insert("service".into(), service.into());
    entry(Kind::AlertFired, Subject::alert(&alert(n)), (minute, 12), "watchfire", body)
}

pub(crate) fn about(kind: Kind, n: u8, minute: i64, by: &str, text: &str) -> Entry {
    let text = Some(SafeText::new(text)).filter(|t| !t.is_empty());
    let body = Body { title: Some("CheckoutDown".into()), text, ..Body::default() };
    entry(kind, Subject::alert(&alert(n)), (minute, 0), by, body)
}

pub(crate) fn note(text: &str, (minute, later): (i64, i64), tag: Option<&str>) -> Entry {
    let mut body = Body { title: Some("checkout is down".into()), text: Some(text.into()), ..Body::default() };
    if let Some(tag) = tag {
        body.more.insert(TAG.into(), tag.into());
    }
    entry(Kind::NoteAdded, id().subject(), (minute, later), "ana", body)
}

fn declared() -> Change {
    let labels: Labels = [("service", "checkout")].into_iter().map(|(n, v)| (n, SafeText::new(v))).collect();
    let link = Link {
        alert: alert(1),
        title: "CheckoutDown".into(),
        labels,
        starts_at: Some(at(0)),
        acked_at: None,
        joined: false,
    };
    let links = Attached { alerts: vec![link], slos: [SafeText::new("checkout")].into(), ..Attached::default() };
    Change::Declared(Declared {
        title: "checkout is down".into(),
        level: Level::new("sev2"),
        roles: [(Role::Commander, SafeText::new("ana"))].into(),
        links,
        ..Declared::default()
    })
}

fn task(name: &str, what: &str, owner: Option<&str>, done: Option<bool>) -> Change {
    let (what, owner) = (Some(what.into()), owner.map(Into::into));
    Change::Task(TaskTold { task: name.into(), what, owner, done })
}

/// From the deploy to the end of it: fired at 10:00, acked at 10:03, declared at 10:05, mitigated at 10:40, over at 11:00.
pub(crate) fn story() -> Vec<Entry> {
    let deploy = Body { title: Some("checkout v7".into()), ..Body::default() };
    let status = |status| Change::Status(StatusTold::new(status));
    let started = Change::Time(TimeTold { moment: Moment::Started, value: Some(at(-2)) });
    let first = note("the pool is full", (12, 0), Some("hypothesis"));
    let mut corrected = note("the pool of the database is full", (14, 0), Some("hypothesis"));
    corrected.kind = Kind::NoteCorrected;
    corrected.actor = "bo".into();
    corrected.body.more.insert(CORRECTS.into(), first.id.clone().into());
    vec![
        entry(Kind::read("change.deploy"), Subject::watch(), (-10, 0), "ci", deploy),
        fired(1, 0, "CheckoutDown", "checkout"),
        about(Kind::AckConfirmed, 1, 3, "ana", "looking"),
        told(&declared(), 5, "ana", 1),
        first,
        corrected,
        note("customers cannot pay", (13, 0), Some("customer")),
        told(&task("t1", "roll back v7", Some("bo"), None), 15, "ana", 2),
        told(&task("t2", "raise the limit of the pool", None, None), 16, "ana", 3),
        note("rolled back", (35, 1_200), Some("decision")),
        told(&task("t1", "roll back v7", Some("bo"), Some(true)), 38, "bo", 1),
        told(&status(Status::Mitigated), 40, "ana", 4),
        note("a clock that is ahead", (45, -180), None),
        about(Kind::AlertResolved, 1, 50, "watchfire", ""),
        told(&status(Status::Resolved), 60, "ana", 5),
        told(&started, 61, "ana", 6),
    ]
}

/// A thousand requests in five minutes, one of them bad; half of them from 10:00 until 10:40. Counted until `head`.
pub(crate) fn budget(name: &str, head: i64) -> BudgetRow {
    let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
    let objective = Objective::percent("99").unwrap_or_else(|why| panic!("{why:?}"));
    let mut slo = Slo::new(name, objective, Window::rolling(7 * 86_400), indicator);
    slo.service = SafeText::new(name);
    let head = at(head).timestamp();
    let mut history = History::default();
    for step in [300, 3_600] {
        let span = BucketSpan { from: head / step * step - 8 * 86_400, to: head / step * step, step };
        let ends = (span.from / step + 1..=span.to / step).map(|k| k * step);
        let bucket = |end: i64| {
            let bad = |end: i64| if end > at(0).timestamp() && end <= at(40).timestamp() { 500.0 } else { 1.0 };
            let fives = (end - step) / 300 + 1..=end / 300;
            let count = 1_000.0 * (step / 300) as f64;
            Bucket { end, bad: Some(fives.map(|k| bad(k * 300)).sum()), total: Some(count) }
        };
        history.answer(span, ends.map(bucket).collect::<Vec<_>>());
    }
    let numbers = assess(&slo, &history, Time::from_timestamp(head, 0).unwrap_or_default());
    BudgetRow { history: Arc::new(history), ..BudgetRow::new(slo, Some(numbers)) }
}
