//! Equal texts held once: label names and values repeat all over a list of alerts.
//!
//! Knows neither alerts nor vendors.

use std::{borrow::Cow, collections::HashSet, fmt, hash::BuildHasher};

use foldhash::fast::RandomState;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use crate::domain::{few::Few, label::Labels, text::SafeText};

/// A longer text is taken to be the only one of its kind, in bytes.
const SHARED_MAX: usize = 1024;
/// Fewer texts are never worth a sweep.
const SWEPT_MIN: usize = 4096;
/// Kinds of label sets that are known; more of them are begun anew.
const NAMES_MAX: usize = 4096;
/// Texts and escaped texts known again by who reads once, and escaped ones by everybody; powers of two.
const RECENT: usize = 8192;
const ESCAPED: usize = 512;

/// Where a set of labels stands in an alert: sets in the same place are alike.
#[derive(Clone, Copy)]
pub(super) enum Set {
    Labels,
    Annotations,
}

/// A text as it stands in an answer.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    /// As it is.
    Plain(&'a str),
    /// With escapes in it, and its quotes around it.
    Escaped(&'a str),
}

impl Said<'_> {
    /// Whether it is this text, as far as that can be seen without reading escapes.
    fn is(self, text: &SafeText) -> bool {
        matches!(self, Self::Plain(said) if *text == *said)
    }
}

/// The texts that somebody holds. Those that nobody holds any more are forgotten whenever their number has doubled, so
/// that values which change for ever cost no more than those of today.
pub(super) struct Interner {
    known: HashSet<SafeText, RandomState>,
    sweep_at: usize,
    /// The sets before: the next one has the same names, and often the same values, in the same places.
    last: [Labels; 2],
    /// The list before.
    few: Few<SafeText>,
    /// The names of each kind of set.
    names: HashSet<Few<SafeText>, RandomState>,
    /// The values of the set that is being read.
    values: Vec<SafeText>,
    /// Instead of `known` for who reads once: by its place, the hash and text of what came twice, which is nearly all
    /// that repeats.
    recent: Vec<(u64, SafeText)>,
    /// By its place, the hash of what came once: a text that never comes again is looked at once and kept nowhere.
    once: Vec<u64>,
    /// The last escaped text of each hash, and what it says.
    escaped: Vec<(SafeText, SafeText)>,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            known: HashSet::default(),
            sweep_at: SWEPT_MIN,
            last: Default::default(),
            few: Few::default(),
            names: HashSet::default(),
            values: Vec::new(),
            recent: Vec::new(),
            once: Vec::new(),
            escaped: Vec::new(),
        }
    }
}

impl Interner {
    /// For who reads once: most of what repeats is shared, at little cost.
    pub(super) fn of_a_look() -> Self {
        Self { recent: vec![Default::default(); RECENT], once: vec![0; RECENT], ..Self::default() }
    }

    pub(super) fn text(&mut self, text: &str) -> SafeText {
        if text.len() > SHARED_MAX {
            return SafeText::new(text);
        }
        if !self.recent.is_empty() {
            return self.recent_text(text);
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

    fn recent_text(&mut self, text: &str) -> SafeText {
        let hash = self.known.hasher().hash_one(text);
        let place = place(hash, RECENT);
        let (known_hash, known) = &mut self.recent[place];
        if *known_hash == hash && *known == *text {
            return known.clone();
        }
        let new = SafeText::new(text);
        if std::mem::replace(&mut self.once[place], hash) == hash {
            (*known_hash, *known) = (hash, new.clone());
        }
        new
    }

    /// None where its escapes mean nothing. `before` is what stood in its place in the item before.
    pub(super) fn said(&mut self, said: Said<'_>, before: Option<&SafeText>) -> Option<SafeText> {
        match said {
            Said::Plain(text) => Some(self.same_or(before, text)),
            Said::Escaped(text) if text.len() <= SHARED_MAX => self.unescaped(text),
            Said::Escaped(text) => serde_json::from_str(text).ok(),
        }
    }

    fn unescaped(&mut self, text: &str) -> Option<SafeText> {
        self.escaped.resize(ESCAPED, Default::default());
        let place = place(self.known.hasher().hash_one(text), ESCAPED);
        if self.escaped[place].0 != *text {
            let read: Text<'_> = serde_json::from_str(text).ok()?;
            self.escaped[place] = (SafeText::new(text), self.text(&read.0));
        }
        Some(self.escaped[place].1.clone())
    }

    pub(super) fn labels(&mut self, set: Set, pairs: &Pairs<'_>) -> Labels {
        let pairs = pairs.0.iter().map(|(n, v)| (Said::Plain(&n.0), Said::Plain(&v.0)));
        self.set(set, pairs).unwrap_or_default()
    }

    /// None where the escapes of one of them mean nothing.
    pub(super) fn set<'t>(&mut self, set: Set, pairs: impl Iterator<Item = (Said<'t>, Said<'t>)>) -> Option<Labels> {
        let last = std::mem::take(&mut self.last[set as usize]);
        let mut before = last.iter();
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        let mut others = Vec::new();
        let mut is_alike = true;
        for (name, value) in pairs {
            let (name_before, value_before) = before.next().unzip();
            if is_alike && !name_before.is_some_and(|n| name.is(n)) {
                is_alike = false;
                others.extend(last.names().iter().cloned().zip(values.drain(..)));
            }
            let value = self.said(value, value_before)?;
            if is_alike { values.push(value) } else { others.push((self.said(name, name_before)?, value)) }
        }
        let labels = match last.alike(&mut values).filter(|_| is_alike) {
            Some(alike) => alike,
            None => {
                others.extend(last.names().iter().cloned().zip(values.drain(..)));
                self.named(others)
            }
        };
        self.values = values;
        self.last[set as usize] = labels.clone();
        Some(labels)
    }

    /// Labels under names that are shared with all that have the same.
    fn named(&mut self, pairs: Vec<(SafeText, SafeText)>) -> Labels {
        let mut labels = Labels::from(pairs);
        if let Some(names) = self.names.get(&labels.names()[..]) {
            labels.share(names);
            return labels;
        }
        if self.names.len() >= NAMES_MAX {
            self.names.clear();
        }
        self.names.insert(labels.names().clone());
        labels
    }

    /// A list as it stands in an alert: most often the one before.
    pub(super) fn few(&mut self, texts: Vec<SafeText>) -> Few<SafeText> {
        if self.few[..] != texts[..] {
            self.few = texts.into();
        }
        self.few.clone()
    }

    fn same_or(&mut self, before: Option<&SafeText>, text: &str) -> SafeText {
        match before {
            Some(before) if *before == *text => before.clone(),
            _ => self.text(text),
        }
    }

    fn sweep(&mut self) {
        self.names.retain(|names| !names.is_alone());
        self.known.retain(|text| !text.is_alone());
        self.sweep_at = (self.known.len() * 2).max(SWEPT_MIN);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is as good as all of it")]
fn place(hash: u64, of: usize) -> usize {
    hash as usize & (of - 1)
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
    fn who_reads_once_shares_what_comes_again_and_keeps_nothing_else() {
        let mut texts = Interner::of_a_look();
        let [_, two, three] = ["web", "web", "web"].map(|text| texts.text(text));
        assert!(std::ptr::eq(two.raw(), three.raw()));
        assert!((0..3 * RECENT).all(|i| texts.text(&i.to_string()).is_alone()));
        assert!(std::ptr::eq(texts.text("web").raw(), two.raw()));
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
        let read: Vec<_> =
            texts.labels(Set::Labels, &pairs).iter().map(|(n, v)| format!("{}={}", n.raw(), v.raw())).collect();
        assert_eq!(read, ["a=x", "b=3"]);
        assert!(serde_json::from_str::<Pairs<'_>>(r#"{"a":1}"#).is_err());
        assert!(serde_json::from_str::<Pairs<'_>>(r#"{"a":"\ud800"}"#).is_err());
    }
}
