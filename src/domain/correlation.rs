//! Which alerts of different sources are one alert told twice: two clusters whose external labels were dropped. Or which
//! of them is the page that was sent for the other.
//!
//! Says only what they have in common; who joins what, and that a person can take it apart, is the board's business.

use std::hash::{Hash, Hasher};

use super::{label::Labels, source::SourceName, text::SafeText};

/// One `[[correlation]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    pub sources: Vec<SourceName>,
    pub by: By,
    pub link: Link,
}

/// What two alerts are to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// One alert.
    #[default]
    Same,
    /// The first source's is a page, sent for the others'.
    Page,
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

    /// Writes that in which another alert must agree to be this one; false where this one is correlated with nothing.
    pub fn write_key(&self, labels: &Labels, to: &mut impl Hasher) -> bool {
        match &self.by {
            By::Labels(names) => names.iter().all(|name| {
                let value = labels.get(name).filter(|v| !v.is_empty());
                value.into_iter().for_each(|v| v.raw().hash(to));
                value.is_some()
            }),
            By::AllBut(names) => kept(labels, names).fold(false, |_, (name, value)| {
                (name.raw(), value.raw()).hash(to);
                true
            }),
        }
    }

    /// The same as a text, of values alone; none where one of them is missing or empty.
    pub fn key(&self, labels: &Labels) -> Option<String> {
        let values: Vec<&str> = match &self.by {
            By::Labels(names) => {
                let value = |name: &String| labels.get(name).map(SafeText::raw).filter(|v| !v.trim().is_empty());
                names.iter().map(value).collect::<Option<_>>()?
            }
            By::AllBut(names) => kept(labels, names).flat_map(|(name, value)| [name.raw(), value.raw()]).collect(),
        };
        (!values.is_empty()).then(|| values.join("\u{1f}"))
    }

    /// Whether `other` is the same alert.
    pub fn is_same(&self, labels: &Labels, other: &Labels) -> bool {
        match &self.by {
            By::Labels(names) => names.iter().all(|n| labels.get(n).is_some() && labels.value(n) == other.value(n)),
            By::AllBut(names) => kept(labels, names).eq(kept(other, names)),
        }
    }
}

/// The labels that are none of these.
fn kept<'a>(labels: &'a Labels, but: &'a [String]) -> impl Iterator<Item = (&'a SafeText, &'a SafeText)> {
    labels.iter().filter(move |(n, _)| !but.iter().any(|i| i == n.raw()))
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use super::*;

    /// Of its key; none where it has none.
    fn key(by: &Correlation, labels: &Labels) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        by.write_key(labels, &mut hasher).then(|| hasher.finish())
    }

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    fn by(by: By) -> Correlation {
        Correlation { sources: vec![SourceName::new("eu"), SourceName::new("us")], by, link: Link::Same }
    }

    #[test]
    fn a_label_that_is_named_must_be_there_on_both_sides() {
        let c = by(By::Labels(vec!["alertname".into(), "instance".into()]));
        let (eu, us) = (
            labels(&[("alertname", "A"), ("instance", "a"), ("c", "eu")]),
            labels(&[("alertname", "A"), ("instance", "a")]),
        );
        assert!(c.is_same(&eu, &us) && key(&c, &eu).is_some());
        assert_eq!(key(&c, &eu), key(&c, &us));
        assert!(key(&c, &labels(&[("alertname", "A")])).is_none());
        assert!(!c.is_same(&eu, &labels(&[("alertname", "A"), ("instance", "b")])));
    }

    #[test]
    fn all_but_some_means_no_other_difference() {
        let c = by(By::AllBut(vec!["replica".into()]));
        let (a, b) = (labels(&[("alertname", "A"), ("replica", "0")]), labels(&[("alertname", "A"), ("replica", "1")]));
        assert!(c.is_same(&a, &b));
        assert_eq!(key(&c, &a), key(&c, &b));
        assert!(!c.is_same(&a, &labels(&[("alertname", "A"), ("x", "y")])));
        assert!(key(&c, &labels(&[("replica", "1")])).is_none());
    }
}
