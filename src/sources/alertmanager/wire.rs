//! Alertmanager's JSON, API v2, as 0.25 to 0.34 and their relatives write it. Nothing outside this folder sees it.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        label::{Fingerprint, Labels},
        matcher::{MatchOp, Matcher},
        silence::{Silence, SilenceDraft, SilenceState},
        text::SafeText,
    },
    sources::intern::{Interner, Pairs, Set, Text},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireAlert<'a> {
    #[serde(borrow)]
    labels: Pairs<'a>,
    annotations: Option<Pairs<'a>>,
    fingerprint: Option<Text<'a>>,
    starts_at: Time,
    updated_at: Option<Time>,
    status: Option<AlertStatus<'a>>,
    receivers: Option<Vec<Receiver<'a>>>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Receiver<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AlertStatus<'a> {
    #[serde(borrow)]
    state: Option<Text<'a>>,
    silenced_by: Option<Vec<Text<'a>>>,
    inhibited_by: Option<Vec<Text<'a>>>,
}

/// When a server last heard of a thing, and the thing.
pub(super) type Dated<T> = (Time, T);

impl WireAlert<'_> {
    pub(super) fn read(self, texts: &mut Interner) -> Dated<Alert> {
        let status = self.status.unwrap_or_default();
        let labels = texts.labels(Set::Labels, &self.labels);
        let alert = Alert {
            fingerprint: self.fingerprint.map_or_else(|| labels.fingerprint(), |f| Fingerprint::new(&f.0)),
            labels,
            annotations: self.annotations.map(|a| texts.labels(Set::Annotations, &a)).unwrap_or_default(),
            state: state(status.state.as_ref().map(|s| &*s.0)),
            starts_at: self.starts_at,
            silenced_by: status.silenced_by.into_iter().flatten().map(|id| texts.text(&id.0)).collect(),
            inhibited_by: status.inhibited_by.into_iter().flatten().map(|f| Fingerprint::new(&f.0)).collect(),
            receivers: {
                let names = self.receivers.into_iter().flatten().map(|r| texts.text(&r.name.0)).collect();
                texts.few(names)
            },
            fires_at: None,
            source_url: self.generator_url.filter(|u| !u.0.is_empty()).map(|u| texts.text(&u.0)),
            held: None,
        };
        (self.updated_at.unwrap_or(self.starts_at), alert)
    }
}

/// `active`, `unprocessed` and any word of a newer server fire: nothing is hidden that was not said to be.
pub(super) fn state(word: Option<&str>) -> AlertState {
    match word {
        Some("suppressed") => AlertState::Suppressed,
        _ => AlertState::Firing,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireSilence {
    id: SafeText,
    status: SilenceStatus,
    matchers: Vec<WireMatcher>,
    starts_at: Time,
    ends_at: Time,
    updated_at: Option<Time>,
    #[serde(default)]
    created_by: SafeText,
    #[serde(default)]
    comment: SafeText,
    /// Since 0.32.
    annotations: Option<Labels>,
}

#[derive(Deserialize)]
struct SilenceStatus {
    state: SilenceState,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireMatcher {
    name: String,
    value: String,
    is_regex: bool,
    /// Absent before 0.22, where every matcher was positive.
    #[serde(default = "positive")]
    is_equal: bool,
}

fn positive() -> bool {
    true
}

impl WireSilence {
    pub(super) fn read(self) -> Result<Dated<Silence>, String> {
        let silence = Silence {
            id: self.id,
            matchers: self.matchers.into_iter().map(WireMatcher::read).collect::<Result<_, _>>()?,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            created_by: self.created_by,
            comment: self.comment,
            annotations: self.annotations.unwrap_or_default(),
            state: self.status.state,
        };
        Ok((self.updated_at.unwrap_or(self.starts_at), silence))
    }
}

impl WireMatcher {
    fn read(self) -> Result<Matcher, String> {
        let op = match (self.is_equal, self.is_regex) {
            (true, false) => MatchOp::Equal,
            (false, false) => MatchOp::NotEqual,
            (true, true) => MatchOp::Regex,
            (false, true) => MatchOp::NotRegex,
        };
        Matcher::new(self.name, op, self.value)
    }

    fn write(matcher: &Matcher) -> Self {
        Self {
            name: matcher.name.clone(),
            value: matcher.value.clone(),
            is_regex: matches!(matcher.op, MatchOp::Regex | MatchOp::NotRegex),
            is_equal: matches!(matcher.op, MatchOp::Equal | MatchOp::Regex),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostedSilence<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    matchers: Vec<WireMatcher>,
    starts_at: Time,
    ends_at: Time,
    created_by: &'a str,
    comment: &'a str,
    /// Before 0.32 dropped without a word.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    annotations: &'a Labels,
}

/// The body that makes or changes a silence. The start goes out as it came in: another one would make a new silence.
pub(super) fn posted(draft: &SilenceDraft) -> Result<String, String> {
    let posted = PostedSilence {
        id: draft.id.as_ref().map(SafeText::raw).filter(|id| !id.is_empty()),
        matchers: draft.matchers.iter().map(WireMatcher::write).collect(),
        starts_at: draft.starts_at,
        ends_at: draft.ends_at,
        created_by: &draft.created_by,
        comment: &draft.comment,
        annotations: &draft.annotations,
    };
    serde_json::to_string(&posted).map_err(|e| e.to_string())
}

#[derive(Deserialize)]
pub(super) struct PutAnswer {
    #[serde(rename = "silenceID")]
    pub(super) silence_id: SafeText,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireStatus {
    cluster: Option<ClusterStatus>,
    version_info: Option<VersionInfo>,
}

#[derive(Deserialize)]
struct ClusterStatus {
    status: Option<String>,
}

#[derive(Deserialize)]
struct VersionInfo {
    version: Option<SafeText>,
}

impl WireStatus {
    /// A member that has just started answers before it has heard from the others.
    pub(super) fn is_settled(&self) -> bool {
        self.cluster.as_ref().and_then(|c| c.status.as_deref()) != Some("settling")
    }

    pub(super) fn version(self) -> Option<SafeText> {
        self.version_info?.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(json: &str) -> Result<Dated<Alert>, String> {
        let wire: WireAlert<'_> = serde_json::from_str(json).map_err(|e| e.to_string())?;
        Ok(wire.read(&mut Interner::default()))
    }

    #[test]
    fn the_least_an_alert_can_be_is_labels_and_a_start() {
        let (updated, a) =
            alert(r#"{"labels":{"alertname":"A"},"annotations":null,"startsAt":"2026-11-21T02:00:22Z"}"#).unwrap();
        assert_eq!((a.state, a.fingerprint.as_str().len(), updated), (AlertState::Firing, 16, a.starts_at));
        assert!(alert(r#"{"labels":{"alertname":"A"}}"#).is_err());
        assert!(alert(r#"{"labels":{"alertname":1},"startsAt":"2026-11-21T02:00:22Z"}"#).is_err());
    }

    #[test]
    fn a_state_of_a_newer_server_fires() {
        let of = |s: &str| {
            let json = format!(
                r#"{{"labels":{{}},"startsAt":"2026-11-21T02:00:22Z","status":{{"state":"{s}","silencedBy":null}}}}"#
            );
            alert(&json).unwrap().1.state
        };
        assert_eq!(of("unprocessed"), AlertState::Firing);
        assert_eq!(of("muted-by-moon"), AlertState::Firing);
        assert_eq!(of("suppressed"), AlertState::Suppressed);
    }

    #[test]
    fn a_matcher_without_is_equal_is_positive_and_survives_the_round_trip() {
        let wire: WireMatcher = serde_json::from_str(r#"{"name":"a","value":"b|c","isRegex":true}"#).unwrap();
        let matcher = wire.read().unwrap();
        assert_eq!(matcher.op, MatchOp::Regex);
        for op in [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex] {
            let matcher = Matcher::new("a", op, "b").unwrap();
            assert_eq!(WireMatcher::write(&matcher).read().unwrap(), matcher);
        }
    }

    #[test]
    fn the_start_of_a_silence_goes_out_exactly_as_it_came_in() {
        let start: Time = "2026-11-21T02:01:11.636Z".parse().unwrap();
        let draft = SilenceDraft {
            id: Some("x".into()),
            matchers: vec![Matcher::equal("a", "b")],
            starts_at: start,
            ends_at: start,
            created_by: "ana".into(),
            comment: "c".into(),
            annotations: Labels::default(),
        };
        let json: serde_json::Value = serde_json::from_str(&posted(&draft).unwrap()).unwrap();
        assert_eq!(json["startsAt"], "2026-11-21T02:01:11.636Z");
        assert_eq!(json["matchers"][0]["isEqual"], true);
        let new: serde_json::Value =
            serde_json::from_str(&posted(&SilenceDraft { id: None, ..draft }).unwrap()).unwrap();
        assert!(new.get("id").is_none());
    }

    #[test]
    fn what_a_server_keeps_of_the_annotations_is_told_by_reading_back() {
        let start: Time = "2026-11-21T02:01:11.636Z".parse().unwrap();
        let bare = SilenceDraft::ack(&[("a", "b")].into_iter().collect(), "ana", "", start, start);
        assert!(!posted(&bare).unwrap().contains("annotations"), "an older server is sent nothing it does not know");
        let draft = SilenceDraft { annotations: [("owner", "ana")].into_iter().collect(), ..bare };
        let sent: serde_json::Value = serde_json::from_str(&posted(&draft).unwrap()).unwrap();
        assert_eq!(sent["annotations"]["owner"], "ana");
        let answered = |annotations: &str| {
            let text = format!(
                r#"{{"id":"x","status":{{"state":"active"}},"matchers":[],"startsAt":"2026-11-21T02:01:11.636Z",
                    "endsAt":"2026-11-21T03:01:11.636Z","comment":"ACK!"{annotations}}}"#
            );
            serde_json::from_str::<WireSilence>(&text).unwrap().read().unwrap().1
        };
        assert!(draft.is_noted_on(&answered(r#","annotations":{"owner":"ana","ticket":"1"}"#)));
        assert!(!draft.is_noted_on(&answered("")) && !draft.is_noted_on(&answered(r#","annotations":null"#)));
        assert!(!draft.is_noted_on(&answered(r#","annotations":{"owner":"bob"}"#)));
    }
}
