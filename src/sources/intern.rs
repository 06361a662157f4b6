//! Equal texts held once: label names and values repeat all over a list of alerts.
//!
//! Knows neither alerts nor vendors.

use std::{borrow::Cow, collections::HashSet, fmt};

use foldhash::fast::RandomState;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use crate::domain::{label::Labels, text::SafeText};

/// A longer text is taken to be the only one of its kind, in bytes.
const SHARED_MAX: usize = 1024;
/// Fewer texts are never worth a sweep.
const SWEPT_MIN: usize = 4096;

/// The texts that somebody holds. Those that nobody holds any more are forgotten whenever their number has doubled, so
/// that values which change for ever cost no more than those of today.
pub(super) struct Interner {
    known: HashSet<SafeText, RandomState>,
    sweep_at: usize,
    /// The label set before: the next one has the same names, and often the same values, in the same places.
    last: Labels,
}

impl Default for Interner {
    fn default() -> Self {
        Self { known: HashSet::default(), sweep_at: SWEPT_MIN, last: Labels::default() }
    }
}

impl Interner {
    pub(super) fn text(&mut self, text: &str) -> SafeText {
        if text.len() > SHARED_MAX {
            return SafeText::new(text);
        }
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        if self.known.len() >= self.sweep_at {
            self.sweep();
        }
        let new = SafeText::new(text);
        self.known.insert(new.clone());
        new
    }

    pub(super) fn labels(&mut self, pairs: &Pairs<'_>) -> Labels {
        let last = self.last.clone();
        let mut before = last.iter();
        let mut all = Vec::with_capacity(pairs.0.len());
        for (name, value) in &pairs.0 {
            let before = before.next();
            let name = self.same_or(before.map(|(n, _)| n), &name.0);
            all.push((name, self.same_or(before.map(|(_, v)| v), &value.0)));
        }
        let labels = Labels::from(all);
        // Annotations come between the labels of two alerts, and are fewer.
        if labels.len() >= last.len() {
            self.last = labels.clone();
        }
        labels
    }

    fn same_or(&mut self, before: Option<&SafeText>, text: &str) -> SafeText {
        match before {
            Some(before) if *before == *text => before.clone(),
            _ => self.text(text),
        }
    }

    fn sweep(&mut self) {
        self.known.retain(|text| !text.is_alone());
        self.sweep_at = (self.known.len() * 2).max(SWEPT_MIN);
    }
}

/// A text as it stands in an answer: copied only where it has escapes.
#[derive(Debug)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        d.deserialize_str(Read)
    }
}

/// A label set as it stands in an answer.
#[derive(Debug)]
pub(super) struct Pairs<'a>(Vec<(Text<'a>, Text<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs<'de>, M::Error> {
                let mut pairs = Vec::with_capacity(8);
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        d.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_held_once_whatever_they_are_made_harmless_from() {
        let mut texts = Interner::default();
        for text in ["checkout", "a\x1b[31m", ""] {
            let (one, two) = (texts.text(text), texts.text(text));
            assert!(std::ptr::eq(one.raw(), two.raw()) && one.raw() == text);
        }
        let long = "x".repeat(SHARED_MAX + 1);
        assert_eq!(texts.text(&long), texts.text(&long));
    }

    #[test]
    fn values_that_change_for_ever_are_forgotten_and_those_in_use_are_not() {
        let mut texts = Interner::default();
        let kept: Vec<SafeText> = (0..100).map(|i| texts.text(&format!("kept {i}"))).collect();
        for i in 0..10 * SWEPT_MIN {
            texts.text(&format!("value {i}"));
        }
        assert!(texts.known.len() <= 2 * SWEPT_MIN, "{}", texts.known.len());
        assert!(kept.iter().all(|t| std::ptr::eq(texts.text(t.raw()).raw(), t.raw())));
    }

    #[test]
    fn a_label_set_is_read_with_and_without_escapes() {
        let mut texts = Interner::default();
        let pairs: Pairs<'_> = serde_json::from_str(r#"{"b":"1\n2","a":"x","\u0062":"3"}"#).unwrap();
        let read: Vec<_> = texts.labels(&pairs).iter().map(|(n, v)| format!("{}={}", n.raw(), v.raw())).collect();
        assert_eq!(read, ["a=x", "b=3"]);
        assert!(serde_json::from_str::<Pairs<'_>>(r#"{"a":1}"#).is_err());
        assert!(serde_json::from_str::<Pairs<'_>>(r#"{"a":"\ud800"}"#).is_err());
    }
}
