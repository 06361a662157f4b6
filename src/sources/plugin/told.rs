//! What watchfire knows to the shapes of the protocol: the other way round than `read`.
//!
//! Knows nothing of who asks.

use serde_json::value::RawValue;

use super::{
    able,
    frame::WireError,
    wire::{
        About, Can, CanAck, CanAct, CanAlerts, CanMetrics, CanSlos, CanSuppress, Hello, Listed, Missing, Nothing,
        PROTOCOL, Urls, Warning, Watch, WireAck, WireAlert, WireChange, WireDissent, WireDuty, WireEscalation,
        WireHeld, WireMembers, WirePast, WireSpan,
    },
};
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        held::{Applied, Duty, Held, RequestPlan},
        label::Labels,
        members::Members,
        past::{Past, Span},
        source::{AckVia, Change, Snapshot},
        text::SafeText,
    },
    sources::Source,
};

use super::wire::{Outcome, WirePlan};

/// What a source says it can.
pub(super) fn hello(source: &dyn Source) -> Hello {
    let about = source.describe();
    let can = &about.can;
    let mode = match can.ack {
        Some(AckVia::Native) => "native",
        Some(AckVia::Silence) => "suppress",
        Some(AckVia::Journal) => "journal",
        None => "none",
    };
    let act = |way: &crate::domain::held::Way| CanAct {
        verb: way.verb.as_str().to_owned(),
        words: way.words.clone(),
        text: able::word(way.text).to_owned(),
        until: able::word(way.until).to_owned(),
        undo: way.undo.map(|v| v.as_str().to_owned()),
    };
    let watch = Watch { mode: "poll".into(), floor_ms: Some(about.interval.num_milliseconds()) };
    let acts = if source.requests().is_some() { can.ways.iter().map(act).collect() } else { Vec::new() };
    let capabilities = Can {
        alerts: can.alerts.then_some(CanAlerts { watch }),
        ack: Some(CanAck { mode: mode.into() }),
        acts,
        suppress: Some(CanSuppress { write: source.silences().is_some() }),
        notes: None,
        changes: source.changes().map(|_| Nothing {}),
        timeline: None,
        oncall: source.on_call().map(|_| Nothing {}),
        reach: (!can.alerts).then_some(Nothing {}),
        details: source.details().map(|_| Nothing {}),
        past: source.past().map(|_| Nothing {}),
        slos: source.counts().map(|_| CanSlos { list: true, count: true, groups: true, recorded: true, drill: true }),
        metrics: source.signals().map(|_| CanMetrics { dialect: "native".into(), signals: true }),
        evaluates: can.evaluates,
    };
    let plugin = About { name: SafeText::new(about.kind), version: SafeText::default() };
    Hello { protocol: PROTOCOL, plugin, capabilities }
}

pub(super) fn alert(alert: &Alert) -> WireAlert {
    WireAlert {
        key: alert.fingerprint.clone().into(),
        title: None,
        state: state(alert.state).to_owned(),
        severity: None,
        native_severity: None,
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        started_at: alert.starts_at,
        fires_at: alert.fires_at,
        silenced_by: alert.silenced_by.to_vec(),
        inhibited_by: alert.inhibited_by.iter().cloned().map(SafeText::from).collect(),
        receivers: alert.receivers.to_vec(),
        urls: Urls { source: alert.source_url.clone(), runbook: None },
        held: alert.held.as_deref().map(held),
        correlate: alert.held.as_deref().map(keys).unwrap_or_default(),
    }
}

fn state(state: AlertState) -> &'static str {
    state.as_str()
}

fn held(held: &Held) -> WireHeld {
    let ack =
        held.ack.as_ref().map(|a| WireAck { by: a.by.clone(), reason: a.reason.clone(), at: a.at, until: a.until });
    let escalates = held.escalates.as_ref().map(|e| WireEscalation { at: e.at, to: e.to.clone() });
    WireHeld { word: held.word.clone(), ack, assigned: held.assigned.clone(), escalates }
}

fn keys(held: &Held) -> Labels {
    held.keys.clone().into()
}

/// What a snapshot says beside its items.
pub(super) fn listed(snapshot: &Snapshot, now: Time) -> Listed {
    let warnings = snapshot.problems.iter();
    let missing = snapshot.missing_members.iter();
    let members = (*snapshot.members != Members::default()).then(|| members(&snapshot.members));
    Listed {
        complete: Some(snapshot.complete),
        warnings: warnings.map(|p| Warning::At { at: p.at.clone(), why: p.why.clone() }).collect(),
        missing: missing.map(|(m, e)| Missing { member: m.clone(), error: WireError::of(e, now) }).collect(),
        version: snapshot.version.clone(),
        members,
        ..Listed::default()
    }
}

fn members(members: &Members) -> WireMembers {
    let dissent = members.dissent.iter();
    WireMembers {
        names: members.names.clone(),
        away: members.away,
        dissent: dissent
            .map(|d| WireDissent { key: d.fingerprint.clone().into(), told: d.told, muted: d.muted })
            .collect(),
    }
}

pub(super) fn change(change: &Change) -> WireChange {
    let Change { at, kind, title, by, text, service, id, url } = change.clone();
    WireChange { at, kind, title, by, text, service, id, url }
}

pub(super) fn past(past: &Past) -> WirePast {
    let span = |s: &Span| WireSpan { from: s.from, to: s.to, was: s.was.as_str().to_owned() };
    WirePast { since: Some(past.since), until: Some(past.until), spans: past.spans.iter().map(span).collect() }
}

pub(super) fn duty(duty: &Duty) -> WireDuty {
    let Duty { of, services, level, who, from, until } = duty.clone();
    WireDuty { of, services, level, who, from, until }
}

pub(super) fn plan(plan: RequestPlan) -> WirePlan {
    WirePlan { plan: plan.handle, effects: plan.effects, author: plan.author, affects: plan.affects }
}

pub(super) fn outcome(applied: Option<Applied>) -> Outcome {
    let status = |word: &str| Outcome { status: word.into(), ..Outcome::default() };
    match applied {
        None => status("unknown"),
        Some(Applied::Done { until, id }) => Outcome { until, id, ..status("confirmed") },
        Some(Applied::Pending { handle }) => Outcome { handle: Some(handle), ..status("pending") },
        Some(Applied::Otherwise { why }) => Outcome { why: Some(why), ..status("mismatch") },
    }
}

/// One item as it is sent; none where it cannot be written, which no item of ours is.
pub(super) fn raw(item: &impl serde::Serialize) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(item).ok()
}
