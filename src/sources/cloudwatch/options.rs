//! `[source.cloudwatch]` as this source needs it: what is read, and what an alarm counts as.
//!
//! Knows the words of the configuration; asks nothing.

use crate::{
    config::SourceConfig,
    domain::alert::{AlertState, Severity},
};

/// What an alarm counts as where nothing is said.
const SEVERITY: &str = "warning";

/// Every choice.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// How an alarm without data is shown; none: it is not.
    pub(super) without_data: Option<AlertState>,
    severity: String,
    severities: Vec<(String, String)>,
    pub(super) ecs: bool,
    /// Empty: all of them.
    pub(super) clusters: Vec<String>,
    pub(super) history: bool,
    pub(super) slos: bool,
    pub(super) promql: bool,
}

impl Options {
    pub(super) fn of(config: &SourceConfig) -> Self {
        let own = &config.own;
        let given = |name| own.bool(name);
        let without_data = match own.text("insufficient_data") {
            Some("hide") => None,
            Some("firing") => Some(AlertState::Firing),
            _ => Some(AlertState::Unknown),
        };
        Self {
            without_data,
            severity: own.text("severity").unwrap_or(SEVERITY).to_owned(),
            severities: own.texts("severity_by_name").to_vec(),
            ecs: given("ecs").unwrap_or(true),
            clusters: own.list("clusters").to_vec(),
            history: given("history").unwrap_or(false),
            slos: given("slos").unwrap_or(false),
            promql: given("promql").unwrap_or(false),
        }
    }

    /// The word for an alarm of this name: that of the first pattern that fits.
    pub(super) fn severity(&self, alarm: &str) -> &str {
        let found = self.severities.iter().find(|(pattern, _)| fits(pattern, alarm));
        let word = found.map_or(self.severity.as_str(), |(_, word)| word);
        if Severity::read(word) == Severity::Unknown { SEVERITY } else { word }
    }
}

/// `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(name) = name.strip_prefix(head) else { return false };
    name.char_indices().map(|(i, _)| &name[i..]).chain([""]).any(|tail| fits(rest, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_a_name() {
        for (pattern, name, wanted) in [
            ("prod-*", "prod-web", true),
            ("prod-*", "stage-prod-web", false),
            ("*5xx*", "web-5xx-rate", true),
            ("*-page", "web-page", true),
            ("*-page", "web-pages", false),
            ("*", "", true),
            ("web", "web", true),
            ("ü*ü", "üü", true),
        ] {
            assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
        }
    }
}
