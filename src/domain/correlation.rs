//! Which alerts of different sources are one alert told twice: two clusters whose external labels were dropped.
//!
//! Says only what they have in common; who joins what, and that a person can take it apart, is the board's business.

use super::{label::Labels, matcher::Matcher, source::SourceName};

/// One `[[correlation]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    pub sources: Vec<SourceName>,
    pub by: By,
}

/// In what two alerts must agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// In these labels, which both must have.
    Labels(Vec<String>),
    /// In every label but these.
    AllBut(Vec<String>),
}

impl Correlation {
    pub fn joins(&self, source: &SourceName) -> bool {
        self.sources.contains(source)
    }

    /// What another alert must match to be this one; none where this one is correlated with nothing.
    pub fn key(&self, labels: &Labels) -> Option<Vec<Matcher>> {
        let key: Option<Vec<Matcher>> = match &self.by {
            By::Labels(names) => names
                .iter()
                .map(|n| labels.get(n).filter(|v| !v.is_empty()).map(|v| Matcher::equal(n, v.raw())))
                .collect(),
            By::AllBut(names) => {
                let kept = labels.iter().filter(|(n, _)| !names.iter().any(|i| i == n.raw()));
                Some(kept.map(|(n, v)| Matcher::equal(n.raw(), v.raw())).collect())
            }
        };
        key.filter(|k| !k.is_empty())
    }

    /// Whether `other`, which matches the key of `labels`, is the same alert.
    pub fn is_same(&self, labels: &Labels, other: &Labels) -> bool {
        match &self.by {
            By::Labels(names) => names.iter().all(|n| labels.get(n).is_some() && labels.value(n) == other.value(n)),
            By::AllBut(names) => {
                let kept = |l: &Labels| -> Labels {
                    l.iter()
                        .filter(|(n, _)| !names.iter().any(|i| i == n.raw()))
                        .map(|(n, v)| (n.clone(), v.clone()))
                        .collect()
                };
                kept(labels) == kept(other)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    fn by(by: By) -> Correlation {
        Correlation { sources: vec![SourceName::new("eu"), SourceName::new("us")], by }
    }

    #[test]
    fn a_label_that_is_named_must_be_there_on_both_sides() {
        let c = by(By::Labels(vec!["alertname".into(), "instance".into()]));
        let (eu, us) = (
            labels(&[("alertname", "A"), ("instance", "a"), ("c", "eu")]),
            labels(&[("alertname", "A"), ("instance", "a")]),
        );
        assert!(c.is_same(&eu, &us) && c.key(&eu).is_some());
        assert!(c.key(&labels(&[("alertname", "A")])).is_none());
        assert!(!c.is_same(&eu, &labels(&[("alertname", "A"), ("instance", "b")])));
    }

    #[test]
    fn all_but_some_means_no_other_difference() {
        let c = by(By::AllBut(vec!["replica".into()]));
        let (a, b) = (labels(&[("alertname", "A"), ("replica", "0")]), labels(&[("alertname", "A"), ("replica", "1")]));
        assert!(c.is_same(&a, &b));
        assert!(!c.is_same(&a, &labels(&[("alertname", "A"), ("x", "y")])));
        assert!(c.key(&labels(&[("replica", "1")])).is_none());
    }
}
