//! A contract as a silence carries it: annotations that another tool's user can read, and that any Watchfire reads back.

use super::{Contract, condition};
use crate::domain::{
    Time,
    alert::Severity,
    label::{Fingerprint, Labels},
    matcher::{MatchOp, Matcher},
    silence::{Silence, SilenceDraft},
    text::SafeText,
};

const OWNER: &str = "watchfire.owner";
const REASON: &str = "watchfire.reason";
const BREAKS_ON: &str = "watchfire.breaks_on";
const AT: &str = "watchfire.at";
const ALERT: &str = "watchfire.alert";
const SEVERITY: &str = "watchfire.severity";
const STARTS_AT: &str = "watchfire.starts_at";
const ROUTE: &str = "watchfire.route";
const GROUP: &str = "watchfire.group";
const MEMBERS: &str = "watchfire.members";

impl Contract {
    /// As annotations of the silence that carries the ack. Its labels are the silence's matchers.
    pub fn annotations(&self, owner: &str, reason: &str) -> Labels {
        let members: Vec<&str> = self.members.iter().map(Fingerprint::as_str).collect();
        let all = [
            (OWNER, owner.to_owned()),
            (REASON, reason.to_owned()),
            (BREAKS_ON, condition::text(&self.breaks_on)),
            (AT, self.at.to_rfc3339()),
            (ALERT, self.alert.as_str().to_owned()),
            (SEVERITY, self.severity.as_str().to_owned()),
            (STARTS_AT, self.starts_at.to_rfc3339()),
            (ROUTE, self.route.as_ref().map_or_else(String::new, |r| r.raw().to_owned())),
            (GROUP, serde_json::to_string(&self.group).unwrap_or_default()),
            (MEMBERS, members.join(" ")),
        ];
        // An empty annotation says nothing, and not every server would keep it.
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Reads back what a silence carries; none where it carries no contract, or one that somebody garbled.
    pub fn of(silence: &Silence) -> Option<Self> {
        Self::read(&silence.annotations, silence.created_by.raw(), &silence.matchers)
    }

    /// The same of a silence that is to be made.
    pub fn noted_on(draft: &SilenceDraft) -> Option<Self> {
        Self::read(&draft.annotations, &draft.created_by, &draft.matchers)
    }

    fn read(annotations: &Labels, owner: &str, matchers: &[Matcher]) -> Option<Self> {
        let told = |name: &str| annotations.value(name);
        let moment = |name: &str| told(name).parse::<Time>().ok();
        told(OWNER).eq(owner).then_some(())?;
        let group: Labels =
            if told(GROUP).is_empty() { Labels::default() } else { serde_json::from_str(told(GROUP)).ok()? };
        let equal = matchers.iter().filter(|m| m.op == MatchOp::Equal);
        Some(Self {
            breaks_on: condition::BreakOn::read_all(told(BREAKS_ON)).ok()?,
            at: moment(AT)?,
            alert: Fingerprint::new(told(ALERT)),
            labels: equal.map(|m| (m.name.as_str(), m.value.as_str())).collect(),
            severity: Severity::read(told(SEVERITY)),
            starts_at: moment(STARTS_AT)?,
            route: Some(SafeText::new(told(ROUTE))).filter(|r| !r.is_empty()),
            group,
            members: told(MEMBERS).split_whitespace().map(Fingerprint::new).collect(),
        })
    }
}
