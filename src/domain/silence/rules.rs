//! What a configuration says of silences: the guard against the over-broad one, templates, lengths.
//!
//! The guard only tells why a silence deserves a second look; what is asked of the person then is others' business.

use chrono::Duration;

use super::{check, end::Zone};
use crate::domain::{
    filter::Filter,
    matcher::{MatchOp, Matcher},
};

/// Fewer muted alerts than this are never too large a share of a board.
pub const SHARE_FROM: usize = 5;

/// `[silence]` and `[[silence_template]]`, every default filled in.
#[derive(Clone, Debug)]
pub struct Rules {
    /// How long a new silence lasts where nothing else is said.
    pub lasts: Duration,
    /// What an extension adds; none: as long as the silence was made for, at least an hour.
    pub extend_by: Option<Duration>,
    /// From then on a silence is about to end.
    pub ends_soon: Duration,
    pub comment_required: bool,
    pub guard: Guard,
    pub templates: Vec<Template>,
    pub zone: Zone,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            lasts: Duration::hours(2),
            extend_by: None,
            ends_soon: Duration::minutes(30),
            comment_required: true,
            guard: Guard { share: 0.2, alerts: 50, filters: Vec::new() },
            templates: Vec::new(),
            zone: Zone::UTC,
        }
    }
}

impl Rules {
    /// What one extension adds to a silence that was made for this long.
    pub fn extension(&self, made_for: Duration) -> Duration {
        self.extend_by.unwrap_or_else(|| made_for.max(Duration::hours(1)))
    }
}

/// A silence that is made often.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    pub name: String,
    pub matchers: Vec<Matcher>,
    /// As it is written in the form: `2h`, `08:00`.
    pub lasts: String,
    pub comment: String,
}

/// When a silence is too broad to be sent with one key.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Share of the alerts of its source, in [0, 1].
    pub share: f64,
    /// Alerts that it mutes now.
    pub alerts: usize,
    /// Views that no silence should cover by accident.
    pub filters: Vec<Filter>,
}

/// What a silence would do now, for the guard.
#[derive(Clone, Copy, Debug)]
pub struct Breadth<'a> {
    pub matchers: &'a [Matcher],
    pub mutes: usize,
    /// Alerts of its source.
    pub of: usize,
    /// For each of the guard's filters: how many alerts of the source it shows, and how many of those are muted.
    pub views: &'a [(usize, usize)],
}

impl Guard {
    /// Why this silence is too broad; empty where it is not.
    pub fn objections(&self, breadth: &Breadth<'_>) -> Vec<String> {
        let mut why = Vec::new();
        let Breadth { matchers, mutes, of, views } = *breadth;
        #[allow(clippy::cast_precision_loss, reason = "counts of alerts are far below 2^52")]
        let share = mutes as f64 / of.max(1) as f64;
        if mutes >= SHARE_FROM && share > self.share {
            why.push(format!("it mutes {:.0} % of the alerts of its source", share * 100.0));
        }
        if mutes > self.alerts {
            why.push(format!("it mutes more than {} alerts", self.alerts));
        }
        if !matchers.iter().any(|m| m.op == MatchOp::Equal && !m.value.is_empty()) {
            why.push("no matcher names a value exactly".into());
        }
        for (filter, (shown, muted)) in self.filters.iter().zip(views) {
            if (*shown > 1 && shown == muted) || covers(matchers, filter) {
                why.push(format!("it covers all of `{filter}`"));
            }
        }
        why
    }
}

/// Whether every alert that a filter shows is muted, whatever fires: each matcher holds where the filter's hold.
fn covers(matchers: &[Matcher], filter: &Filter) -> bool {
    let Some(shown) = filter.matchers().filter(|shown| !shown.is_empty()) else { return false };
    let implied = |m: &Matcher| {
        shown.iter().any(|s| s == m || (s.name == m.name && s.op == MatchOp::Equal && m.matches_value(&s.value)))
    };
    check::matchers(matchers).is_ok() && matchers.iter().all(implied)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objections(matchers: &str, mutes: usize, of: usize, views: &[(usize, usize)]) -> Vec<String> {
        let filters = vec![Filter::parse("env=prod").unwrap()];
        let guard = Guard { share: 0.2, alerts: 50, filters };
        guard.objections(&Breadth { matchers: &check::read(matchers).unwrap(), mutes, of, views })
    }

    #[test]
    fn a_narrow_silence_is_nobodys_concern() {
        assert_eq!(objections(r#"alertname="A", env="prod""#, 3, 4, &[(9, 3)]), [""; 0]);
        assert_eq!(objections(r#"alertname="A""#, 20, 100, &[(9, 3)]), [""; 0]);
    }

    #[test]
    fn each_way_of_being_too_broad_is_named() {
        assert_eq!(objections(r#"a="b""#, 21, 100, &[]), ["it mutes 21 % of the alerts of its source"]);
        assert_eq!(objections(r#"a="b""#, 51, 1000, &[]), ["it mutes more than 50 alerts"]);
        assert_eq!(objections(r#"a=~"b""#, 0, 9, &[]), ["no matcher names a value exactly"]);
        assert_eq!(objections(r#"a="b""#, 2, 90, &[(2, 2)]), [r#"it covers all of `env="prod"`"#]);
        assert_eq!(objections(r#"env=~"prod|dev", env!="""#, 0, 9, &[(0, 0)]).len(), 2);
        assert_eq!(objections(r#"env="prod", x="1""#, 0, 9, &[(0, 0)]), [""; 0]);
    }

    #[test]
    fn an_extension_is_as_long_as_the_silence_was_unless_configured() {
        let mut rules = Rules::default();
        assert_eq!(rules.extension(Duration::minutes(5)), Duration::hours(1));
        assert_eq!(rules.extension(Duration::hours(8)), Duration::hours(8));
        rules.extend_by = Some(Duration::minutes(20));
        assert_eq!(rules.extension(Duration::hours(8)), Duration::minutes(20));
    }
}
