//! Rules of inhibition: an alert that burns keeps others silent where both agree in some labels.

use crate::domain::{
    label::Labels,
    matcher::{Matcher, all_match},
    text::SafeText,
};

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct InhibitRule {
    pub source: Vec<Matcher>,
    pub target: Vec<Matcher>,
    /// Labels in which both must agree; a label that both lack agrees.
    pub equal: Vec<SafeText>,
}

impl InhibitRule {
    /// Whether the rule may keep this label set silent at all.
    pub fn aims_at(&self, labels: &Labels) -> bool {
        all_match(&self.target, labels)
    }

    /// Whether `source`, burning, keeps `target` silent. What matches both sides is never silenced by its like.
    pub fn holds(&self, source: &Labels, target: &Labels) -> bool {
        self.equal.iter().all(|n| source.value(n.raw()) == target.value(n.raw()))
            && all_match(&self.source, source)
            && self.aims_at(target)
            && !(all_match(&self.source, target) && self.aims_at(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(equal: &[&str]) -> InhibitRule {
        InhibitRule {
            source: vec![Matcher::equal("severity", "critical")],
            target: vec![Matcher::equal("team", "web")],
            equal: equal.iter().map(|n| SafeText::new(n)).collect(),
        }
    }

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    #[test]
    fn a_label_that_both_lack_agrees() {
        let (loud, quiet) = (labels(&[("severity", "critical")]), labels(&[("team", "web")]));
        assert!(rule(&["cluster"]).holds(&loud, &quiet));
        assert!(!rule(&["severity"]).holds(&loud, &quiet));
        assert!(!rule(&[]).holds(&quiet, &loud));
    }

    #[test]
    fn what_matches_both_sides_does_not_silence_its_like() {
        let both = labels(&[("severity", "critical"), ("team", "web")]);
        let loud = labels(&[("severity", "critical")]);
        assert!(!rule(&[]).holds(&both, &both));
        assert!(rule(&[]).holds(&loud, &both), "a source that is no target silences it all the same");
    }
}
