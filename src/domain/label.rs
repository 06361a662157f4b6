//! Label sets, sorted by name, and the fingerprint Alertmanager gives them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::{few::Few, text::SafeText};

/// A label set: names are unique and sorted. Clones share it, and sets that are alike share their names.
#[derive(Clone, Default, Eq)]
pub struct Labels {
    names: Few<SafeText>,
    values: Arc<[SafeText]>,
}

impl Labels {
    /// Other values under the same names; takes them out of where they are. None where they are not as many.
    pub(crate) fn alike(&self, values: &mut Vec<SafeText>) -> Option<Self> {
        (values.len() == self.len()).then(|| Self { names: self.names.clone(), values: values.drain(..).collect() })
    }

    /// The names, in order.
    pub(crate) fn names(&self) -> &Few<SafeText> {
        &self.names
    }

    /// Shares the names of others, where they are the same.
    pub(crate) fn share(&mut self, names: &Few<SafeText>) {
        if self.names == *names {
            self.names = names.clone();
        }
    }

    pub fn get(&self, name: &str) -> Option<&SafeText> {
        let at = self.names.binary_search_by(|n| n.raw().cmp(name)).ok()?;
        self.values.get(at)
    }

    /// The raw value, or `""`: to Alertmanager an absent label is an empty one.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).map_or("", SafeText::raw)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&SafeText, &SafeText)> {
        self.names.iter().zip(&*self.values)
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether every label here stands in `other` with the same value.
    pub fn is_subset_of(&self, other: &Labels) -> bool {
        self.iter().all(|(n, v)| other.get(n.raw()).is_some_and(|o| o.raw() == v.raw()))
    }

    /// The 64-bit FNV-1a over `name 0xff value 0xff` in name order, as 16 hexadecimal digits:
    /// the fingerprint of prometheus/common's `LabelSet`, which Alertmanager shows.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut sum = Fnv::new();
        for (name, value) in self.iter() {
            sum.add(name.raw().as_bytes());
            sum.add(&[0xff]);
            sum.add(value.raw().as_bytes());
            sum.add(&[0xff]);
        }
        Fingerprint::new(&format!("{:016x}", sum.0))
    }
}

struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.values, &other.values) || self.values == other.values) && self.names == other.names
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<N: Into<SafeText>, V: Into<SafeText>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect::<Vec<_>>().into()
    }
}

/// Of a name that stands twice, the last value counts.
impl From<Vec<(SafeText, SafeText)>> for Labels {
    fn from(mut pairs: Vec<(SafeText, SafeText)>) -> Self {
        if !pairs.is_sorted_by(|a, b| a.0 < b.0) {
            pairs.reverse();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            pairs.dedup_by(|later, first| later.0 == first.0);
        }
        let (names, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        Self { names: names.into(), values: values.into() }
    }
}

impl From<BTreeMap<SafeText, SafeText>> for Labels {
    fn from(map: BTreeMap<SafeText, SafeText>) -> Self {
        map.into_iter().collect()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Labels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Labels, M::Error> {
                let mut pairs = Vec::with_capacity(map.size_hint().unwrap_or(0).min(64));
                while let Some(pair) = map.next_entry::<SafeText, SafeText>()? {
                    pairs.push(pair);
                }
                Ok(pairs.into())
            }
        }
        d.deserialize_map(Pairs)
    }
}

/// What a source calls one label set; 16 hexadecimal digits where it is Alertmanager's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "SafeText", into = "SafeText")]
pub struct Fingerprint(Digits);

/// A board of 100,000 alerts holds each fingerprint several times over: the usual kind needs no memory of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Digits {
    Usual([u8; 16]),
    Other(SafeText),
}

impl Fingerprint {
    pub fn new(text: &str) -> Self {
        match <[u8; 16]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_hexdigit) => Self(Digits::Usual(digits)),
            _ => Self(Digits::Other(SafeText::new(text))),
        }
    }

    pub fn as_str(&self) -> &str {
        match &self.0 {
            Digits::Usual(digits) => std::str::from_utf8(digits).unwrap_or_default(),
            Digits::Other(text) => text.raw(),
        }
    }

    /// Whether it looks like Alertmanager's: 16 hexadecimal digits.
    pub fn is_usual(&self) -> bool {
        matches!(self.0, Digits::Usual(_))
    }
}

impl From<SafeText> for Fingerprint {
    fn from(text: SafeText) -> Self {
        Self::new(text.raw())
    }
}

impl From<Fingerprint> for SafeText {
    fn from(fingerprint: Fingerprint) -> Self {
        match fingerprint.0 {
            Digits::Other(text) => text,
            Digits::Usual(_) => Self::new(fingerprint.as_str()),
        }
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Digits::Usual(_) => f.pad(self.as_str()),
            Digits::Other(text) => text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_the_one_alertmanager_gave() {
        // recorded from Alertmanager 0.25.0, 0.28.1 and 0.33.1
        let labels: Labels = [
            ("alertname", "TargetDown"),
            ("cluster", "lab"),
            ("instance", "127.0.0.1:19299"),
            ("job", "dead"),
            ("severity", "critical"),
            ("team", "platform"),
        ]
        .into_iter()
        .collect();
        assert_eq!(labels.fingerprint().as_str(), "bd031b9ec7a4de4d");
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_value_counts() {
        let labels: Labels = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
        assert_eq!(serde_json::to_string(&labels).unwrap(), r#"{"a":"2","b":"3"}"#);
        let read: Labels = serde_json::from_str(r#"{"b":"1","a":"2","b":"3"}"#).unwrap();
        assert_eq!(read, labels);
        assert!(serde_json::from_str::<Labels>(r#"{"a":1}"#).is_err());
    }

    #[test]
    fn an_absent_label_reads_as_empty() {
        let labels: Labels = [("b", "2"), ("a", "1")].into_iter().collect();
        assert_eq!((labels.value("a"), labels.value("b"), labels.value("c")), ("1", "2", ""));
    }
}
