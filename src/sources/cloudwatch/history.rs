//! What alarms did before: when one burned, and, where that is asked for, every change as a line of the timeline.
//!
//! AWS keeps two weeks, those of deleted alarms among them.

use async_trait::async_trait;
use chrono::Duration;
use serde_json::json;

use super::{
    Cloudwatch, alert,
    api::Action,
    place::Arn,
    wire::{Data, History, Item},
};
use crate::{
    domain::{
        Time,
        alert::Alert,
        past::{Past, Span, Was},
        source::{Change, SourceError},
        text::SafeText,
    },
    sources::Remembers,
};

/// How long AWS remembers.
const KEPT: Duration = Duration::days(14);

/// One change of one alarm.
#[derive(Clone, Debug)]
struct Turn {
    at: Time,
    alarm: String,
    from: String,
    to: String,
    reason: String,
}

#[async_trait]
impl Remembers for Cloudwatch {
    async fn past(&self, alert: &Alert, since: Time, now: Time) -> Result<Past, SourceError> {
        let arn = alert::arn_of(&alert.fingerprint);
        let Some(name) = Arn::read(&arn).and_then(|a| a.resource.strip_prefix("alarm:")) else {
            let unknown = Span { from: since, to: now, was: Was::Unknown };
            return Ok(Past::new(since, now, [unknown]));
        };
        let from = since.max(now - KEPT);
        let (turns, is_all) = self.turns(Some(name), from, now).await?;
        let mut spans: Vec<Span> = turns.windows(2).filter_map(|w| span(&w[0].to, w[0].at, w[1].at)).collect();
        if let Some(first) = turns.first() {
            spans.extend(span(&first.from, from, first.at));
        }
        let told = (alert.annotations.value("state"), turns.last());
        let (state, began) = told.1.map_or((told.0, alert.starts_at.max(from)), |last| (last.to.as_str(), last.at));
        spans.extend(span(state, began, now));
        let unseen = if is_all { from } else { turns.first().map_or(now, |t| t.at) };
        spans.extend((since < unseen).then_some(Span { from: since, to: unseen, was: Was::Unknown }));
        Ok(Past::new(since, now, spans))
    }
}

/// What a state was; nothing where it was well.
fn span(state: &str, from: Time, to: Time) -> Option<Span> {
    let was = match state {
        "ALARM" => Was::Firing,
        "OK" => return None,
        _ => Was::Unknown,
    };
    Some(Span { from, to, was })
}

impl Cloudwatch {
    /// Changes of state, oldest first, of one alarm or of all; and whether that is all of them.
    async fn turns(&self, alarm: Option<&str>, since: Time, now: Time) -> Result<(Vec<Turn>, bool), SourceError> {
        let mut body = json!({
            "HistoryItemType": "StateUpdate",
            "AlarmTypes": self.alarms.types(),
            "StartDate": since.timestamp(),
            "EndDate": now.timestamp(),
            "MaxRecords": 100,
            "ScanBy": "TimestampDescending",
        });
        if let Some(alarm) = alarm {
            body["AlarmName"] = json!(alarm);
        }
        let all = self.api.pages::<History>(Action::DescribeAlarmHistory, body, now).await?;
        let items = all.pages.into_iter().flat_map(|p| p.alarm_history_items.unwrap_or_default());
        let mut turns: Vec<Turn> = items.filter_map(turn).collect();
        turns.sort_by_key(|t| t.at);
        Ok((turns, all.cut.is_none()))
    }

    /// Every change of an alarm's state since then, also those between two polls.
    pub(super) async fn state_changes(&self, since: Time, now: Time) -> Result<Vec<Change>, SourceError> {
        let (turns, _) = self.turns(None, since.max(now - Duration::days(1)), now).await?;
        Ok(turns.into_iter().map(change).collect())
    }
}

fn change(turn: Turn) -> Change {
    let id = format!("{} {} {}", turn.alarm, turn.at.timestamp_millis(), turn.to);
    Change {
        at: turn.at,
        kind: "alarm".into(),
        title: SafeText::new(&format!("{}: {} -> {}", turn.alarm, turn.from, turn.to)),
        by: "CloudWatch".into(),
        text: SafeText::new(&turn.reason),
        service: None,
        id: Some(SafeText::new(&id)),
        url: None,
    }
}

/// The data, which is JSON in a text; else the summary, `Alarm updated from OK to ALARM`. What changed nothing is none.
fn turn(item: Item) -> Option<Turn> {
    let data = item.history_data.as_deref().and_then(|text| serde_json::from_str::<Data>(text).ok());
    let summary = item.history_summary.as_deref().unwrap_or_default();
    let (old, new) = summary.split_once(" from ").and_then(|(_, rest)| rest.split_once(" to ")).unwrap_or_default();
    let (old_state, new_state) = data.map(|d| (d.old_state, d.new_state)).unwrap_or_default();
    let from = old_state.and_then(|s| s.state_value).unwrap_or_else(|| old.trim().to_owned());
    let reason = new_state.as_ref().and_then(|s| s.state_reason.clone()).unwrap_or_default();
    let to = new_state.and_then(|s| s.state_value).unwrap_or_else(|| new.trim().to_owned());
    let alarm = item.alarm_name.unwrap_or_default();
    (!to.is_empty() && from != to).then_some(Turn { at: item.timestamp?, alarm, from, to, reason })
}
