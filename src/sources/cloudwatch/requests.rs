//! What can be done to an alarm: mute it until a time by a rule of its own, and take that rule away again.
//!
//! Never sets an alarm's state, which would run its actions, and never switches its actions off, which ends by itself
//! for nobody.

use async_trait::async_trait;
use chrono::{Duration, DurationRound};
use serde_json::{Value, json};

use super::{Cloudwatch, alert, api::Action, mutes, place::Arn, wire::Rule};
use crate::{
    domain::{
        Time,
        held::{Applied, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::Requests,
};

/// What the names of our rules begin with.
const OURS: &str = "watchfire-";
/// Longest mute that AWS takes.
const LONGEST: Duration = Duration::days(15);

/// What the source can do.
pub(super) fn ways() -> Vec<Way> {
    let way = |verb, words: &str, until, undo| Way { verb, words: SafeText::new(words), text: Needs::May, until, undo };
    let words = "makes an alarm mute rule: the alarm goes on and changes its state, and tells nobody";
    vec![
        way(Verb::Mute, words, Needs::Must, Some(Verb::Unmute)),
        way(
            Verb::Unmute,
            "deletes the mute rule that was made here: the alarm tells of its next change",
            Needs::No,
            None,
        ),
    ]
}

/// The window of a rule: whole minutes, of which the first is yet to come, for AWS knows no seconds.
struct Window {
    from: Time,
    minutes: i64,
}

impl Window {
    fn of(request: &Request, now: Time) -> Result<Self, SourceError> {
        let until = request.until.ok_or_else(|| SourceError::rejected("a mute needs an end"))?;
        let minute = Duration::minutes(1);
        let from = (now + minute).duration_trunc(minute).unwrap_or(now);
        let minutes = ((until - from).num_seconds() + 59).div_euclid(60);
        match minutes {
            ..1 => Err(SourceError::rejected("a mute lasts a minute at least")),
            _ if Duration::minutes(minutes) > LONGEST => Err(SourceError::rejected("AWS mutes for 15 days at most")),
            _ => Ok(Self { from, minutes }),
        }
    }

    fn end(&self) -> Time {
        self.from + Duration::minutes(self.minutes)
    }
}

#[async_trait]
impl Requests for Cloudwatch {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        let alarm = alarm_of(request)?;
        let effects = match request.verb {
            Verb::Mute => {
                let window = Window::of(request, now)?;
                let (from, to) = (window.from.format("%H:%M"), window.end().format("%Y-%m-%d %H:%M"));
                vec![
                    format!(
                        "makes a mute rule in {}: `{alarm}` tells nobody from {from} until {to} UTC",
                        self.region.as_str()
                    ),
                    "the alarm still changes its state; the rule ends by itself".to_owned(),
                ]
            }
            Verb::Unmute => {
                let names: Vec<String> = self.ours(&alarm, now).await?.into_iter().map(|r| r.name).collect();
                vec![format!("deletes the mute rule {}; `{alarm}` tells of its next change of state", names.join(", "))]
            }
            other => return Err(unknown(other)),
        };
        let effects = effects.iter().map(|e| SafeText::new(e)).collect();
        let author = SafeText::new("whoever the AWS keys belong to; your name stands in the description");
        Ok(RequestPlan { effects, author, affects: 1, handle: None })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let alarm = alarm_of(request)?;
        match request.verb {
            Verb::Mute => self.mute(op, request, &alarm, now).await,
            Verb::Unmute => self.unmute(&alarm, now).await,
            other => Err(unknown(other)),
        }
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        _handle: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let alarm = alarm_of(request)?;
        match request.verb {
            Verb::Mute => {
                Ok(mutes::get(&self.api, &name_of(op), now).await?.map(|rule| read_back(&rule, &alarm, request)))
            }
            // A rule that is gone cannot be told from one that never was; deleting twice does no harm.
            Verb::Unmute => Ok(None),
            other => Err(unknown(other)),
        }
    }
}

impl Cloudwatch {
    /// A rule's name is made of the act's: asked twice, it is one rule.
    async fn mute(&self, op: &OpId, request: &Request, alarm: &str, now: Time) -> Result<Applied, SourceError> {
        let name = name_of(op);
        if let Some(rule) = mutes::get(&self.api, &name, now).await? {
            return Ok(read_back(&rule, alarm, request));
        }
        let window = Window::of(request, now)?;
        self.api.tell(Action::PutAlarmMuteRule, &rule(&name, alarm, request, &window), now).await?;
        match mutes::get(&self.api, &name, now).await? {
            Some(rule) => Ok(read_back(&rule, alarm, request)),
            None => Ok(Applied::Pending { handle: SafeText::new(&name) }),
        }
    }

    async fn unmute(&self, alarm: &str, now: Time) -> Result<Applied, SourceError> {
        let mut last = None;
        for rule in self.ours(alarm, now).await? {
            self.api.tell(Action::DeleteAlarmMuteRule, &json!({ "AlarmMuteRuleName": rule.name }), now).await?;
            if mutes::get(&self.api, &rule.name, now).await?.is_some() {
                return Ok(Applied::Pending { handle: SafeText::new(&rule.name) });
            }
            last = Some(SafeText::new(&rule.name));
        }
        Ok(Applied::Done { until: None, id: last })
    }

    /// The rules that were made here and mute nothing else. Those of others are theirs.
    async fn ours(&self, alarm: &str, now: Time) -> Result<Vec<Rule>, SourceError> {
        self.mutes.read(&self.api, now).await;
        let (ours, others): (Vec<Rule>, Vec<Rule>) = self.mutes.of(alarm).into_iter().partition(|rule| {
            let alone = rule.mute_targets.as_ref().is_some_and(|t| t.alarm_names.len() == 1);
            rule.name.starts_with(OURS) && alone
        });
        match (ours.is_empty(), others.first()) {
            (false, _) => Ok(ours),
            (true, Some(rule)) => {
                let why = format!("`{}` was not made here: change it in the CloudWatch console", rule.name);
                Err(SourceError::rejected(why))
            }
            (true, None) => Err(SourceError::rejected("no mute rule of this alarm is known")),
        }
    }
}

fn name_of(op: &OpId) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    format!("{OURS}{}", op.0.chars().map(fits).take(200).collect::<String>())
}

fn rule(name: &str, alarm: &str, request: &Request, window: &Window) -> Value {
    let by = SafeText::new(&request.actor);
    let text = SafeText::new(&request.text);
    let description: String = format!("{}: {} (watchfire)", by.line(), text.line()).chars().take(1_000).collect();
    json!({
        "Name": name,
        "Description": description,
        "Rule": { "Schedule": {
            "Expression": format!("at({})", window.from.format("%Y-%m-%dT%H:%M")),
            "Duration": format!("PT{}M", window.minutes),
            "Timezone": "UTC",
        } },
        "MuteTargets": { "AlarmNames": [alarm] },
    })
}

/// Whether the rule is what was asked for.
fn read_back(rule: &Rule, alarm: &str, request: &Request) -> Applied {
    let names = rule.mute_targets.as_ref().map(|t| t.alarm_names.as_slice()).unwrap_or_default();
    if names.len() != 1 || names[0] != alarm {
        return Applied::Otherwise { why: SafeText::new(&format!("it mutes {}", names.join(", "))) };
    }
    let schedule = rule.rule.as_ref().and_then(|r| r.schedule.as_ref());
    let is_once = schedule.and_then(|s| s.expression.as_deref()).is_some_and(|e| e.starts_with("at("));
    if !is_once || schedule.and_then(|s| s.duration.as_deref()).is_none() {
        return Applied::Otherwise { why: SafeText::new("its window is not the one that was asked for") };
    }
    if rule.status.as_deref() == Some("EXPIRED") {
        return Applied::Otherwise { why: SafeText::new("it has expired already") };
    }
    Applied::Done { until: rule.expire_date.or(request.until), id: Some(SafeText::new(&rule.name)) }
}

/// The name of the alarm, where the alert is one.
fn alarm_of(request: &Request) -> Result<String, SourceError> {
    let arn = alert::arn_of(&request.alert.fingerprint);
    let name = Arn::read(&arn).and_then(|arn| arn.resource.strip_prefix("alarm:")).map(str::to_owned);
    name.ok_or_else(|| SourceError::rejected("only alarms can be muted; this is told of ECS"))
}

fn unknown(verb: Verb) -> SourceError {
    SourceError::rejected(format!("CloudWatch knows no {}", verb.as_str()))
}
