//! Texts that stand under one another and are too long for their column, cut so that two that differ look different.
//! Knows texts and columns of the terminal, not what they name.

use std::{borrow::Cow, collections::HashMap};

use unicode_segmentation::UnicodeSegmentation;

use super::text::{clip, clip_middle, head, width};

/// A part of a word that is shorter than this says nothing.
const LEAST: usize = 6;

/// What a text is cut to where nothing else looks like it.
pub type Cut = fn(&str, usize) -> Cow<'_, str>;

/// Each text in at most its columns. Those that would look the same and are not are cut before and after what tells them
/// apart.
pub fn apart(texts: &[(Cow<'_, str>, usize)], cut: Cut) -> Vec<String> {
    let mut shown: Vec<String> = texts.iter().map(|(text, max)| cut(text, *max).into_owned()).collect();
    let mut alike: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, text) in shown.iter().enumerate() {
        alike.entry(text).or_default().push(i);
    }
    let alike: Vec<Vec<usize>> = alike.into_values().filter(|all| all.len() > 1).collect();
    for places in alike {
        let all: Vec<&str> = places.iter().map(|i| texts[*i].0.as_ref()).collect();
        if all.windows(2).all(|two| two[0] == two[1]) {
            continue;
        }
        let (before, after) = shared(&all);
        for i in places {
            let (text, max) = &texts[i];
            shown[i] = around(text, before, after, *max);
        }
    }
    shown
}

/// Bytes that all of them begin with, and bytes that all end with; no part of a word that differs.
fn shared(all: &[&str]) -> (usize, usize) {
    let Some((first, others)) = all.split_first() else { return (0, 0) };
    let same = |a: &str, b: &str| -> usize {
        a.graphemes(true).zip(b.graphemes(true)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum()
    };
    let before = others.iter().map(|other| same(first, other)).min().unwrap_or(first.len());
    let before = first[..before].rfind(|c: char| !c.is_alphanumeric()).map_or(0, |at| {
        let sign = first[at..].chars().next().map_or(0, char::len_utf8);
        at + sign
    });
    let same_end = |a: &str, b: &str| -> usize {
        let pairs = a.graphemes(true).rev().zip(b.graphemes(true).rev());
        pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum()
    };
    let rest = |text: &str| text.len() - before;
    let after = others.iter().map(|other| same_end(first, other).min(rest(other))).min().unwrap_or(0);
    let end = &first[first.len() - after.min(rest(first))..];
    // Up to where a word begins: half of one is no landmark.
    let after = end.find(|c: char| !c.is_alphanumeric()).map_or(0, |at| end.len() - at);
    (before, after)
}

/// A text whose first and last bytes others have, too.
fn around(text: &str, before: usize, after: usize, max: usize) -> String {
    let after = after.min(text.len() - before);
    let (start, rest) = text.split_at(before);
    let (core, end) = rest.split_at(rest.len() - after);
    let (start_width, core_width, end_width) = (width(start), width(core), width(end));
    if start_width + core_width < max {
        return clip(text, max).into_owned();
    }
    if core_width + end_width < max {
        return format!("{}…{core}{end}", beginning(start, max - 1 - core_width - end_width));
    }
    let room = max.saturating_sub(2);
    if room < LEAST {
        return clip(core, max).into_owned();
    }
    let core = clip_middle(core, room);
    let free = room - width(&core);
    let start = beginning(start, free / 2);
    let end = head(end, free - width(start));
    format!("{start}…{core}{end}…")
}

/// A few letters of a beginning that all share say less than none.
fn beginning(start: &str, room: usize) -> &str {
    if room < LEAST { "" } else { head(start, room) }
}

/// A sentence in at most `max` columns, its end given away. The name of a machine that would be torn there is cut in the
/// middle: its end is what tells it from the next.
pub fn clip_sentence(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max || width(text) <= max {
        return Cow::Borrowed(text);
    }
    let kept = head(text, max.saturating_sub(1)).len();
    let begins = text[..kept].rfind(' ').map_or(0, |at| at + 1);
    let word = text[begins..].split(' ').next().unwrap_or_default();
    let room = max.saturating_sub(width(&text[..begins]));
    if !is_of_a_machine(word) || room < LEAST + 1 || width(word) < room {
        return clip(text, max);
    }
    Cow::Owned(format!("{}{}", &text[..begins], clip_middle(word, room)))
}

/// `payment-7d9f6c5b8-47rt8`, `ip-10-0-12-233.eu-west-1`: letters or figures in parts, and a figure among them.
fn is_of_a_machine(word: &str) -> bool {
    let parts = word.split(['-', '.', ':', '/', '_']).filter(|part| !part.is_empty()).count();
    parts > 1 && word.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(texts: &[&str], max: usize, how: Cut) -> Vec<String> {
        apart(&texts.iter().map(|t| (Cow::Borrowed(*t), max)).collect::<Vec<_>>(), how)
    }

    #[test]
    fn what_tells_two_instances_apart_stays_wherever_it_stands() {
        let eu = ["ip-10-0-12-233.eu-west-1.compute.internal", "ip-10-0-12-234.eu-west-1.compute.internal"];
        assert_eq!(cut(&eu, 20, clip_middle), ["ip-10-0-12-233.eu-w…", "ip-10-0-12-234.eu-w…"]);
        assert_eq!(cut(&eu, 12, clip_middle), ["…233.eu-wes…", "…234.eu-wes…"]);
        let pods = ["payment-7d9f6c5b8-47rt8", "payment-7d9f6c5b8-x8fgh"];
        assert_eq!(cut(&pods, 14, clip_middle), ["payment…-47rt8", "payment…-x8fgh"]);
        let cities = ["Nobody can buy from dublin: it fails", "Nobody can buy from oslo: it fails"];
        assert_eq!(cut(&cities, 18, clip), ["…dublin: it fails", "…oslo: it fails"].map(|t| t.to_owned()));
    }

    #[test]
    fn a_text_that_looks_like_no_other_is_cut_as_ever() {
        assert_eq!(cut(&["checkout-7d9f-eu-west-1:9100", "short"], 12, clip_middle), ["checko…:9100", "short"]);
        assert_eq!(cut(&["the same long text", "the same long text"], 10, clip), ["the same …", "the same …"]);
    }

    #[test]
    fn a_sentence_keeps_the_end_of_the_machine_that_it_names() {
        assert_eq!(clip_sentence("payment-7d9f6c5b8-47rt8: calls fail", 18), "payment-7…8-47rt8:");
        assert_eq!(clip_sentence("calls to payment-7d9f6c5b8-47rt8 fail", 22), "calls to paymen…-47rt8");
        assert_eq!(clip_sentence("Nobody can buy from dublin", 18), "Nobody can buy fr…");
    }

    #[test]
    fn wide_and_combining_characters_are_never_torn() {
        let texts = [
            "火山-東京-一号機-冷却装置",
            "火山-東京-二号機-冷却装置",
            "cafe\u{301}-e\u{301}e\u{301}-1",
            "cafe\u{301}-e\u{301}e\u{301}-2",
        ];
        for max in 1..30 {
            for text in cut(&texts, max, clip_middle) {
                assert!(width(&text) <= max && !text.starts_with('\u{301}'), "{max} {text}");
                assert!(!text.contains("…\u{301}"), "{max} {text}");
            }
        }
        assert_ne!(cut(&texts, 12, clip_middle)[0], cut(&texts, 12, clip_middle)[1]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_its_column(texts in proptest::collection::vec("[a-c火é. -]{0,40}", 1..6), max in 1_usize..24) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            for how in [clip_middle as Cut, clip, clip_sentence] {
                for text in cut(&texts, max, how) {
                    prop_assert!(width(&text) <= max, "{text} in {max}");
                }
            }
        }
    }
}
