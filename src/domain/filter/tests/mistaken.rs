//! Filters that nobody should write: each mistake has its place, and nothing that is typed can hurt.

use proptest::prelude::*;

use super::*;

#[test]
fn each_mistake_has_its_place_and_a_way_out() {
    let cases = [
        ("team~web", "    ^", "`~` alone is no operator"),
        ("a=b or", "    ^^", "`or` needs something on both sides"),
        ("or a=b", "^^", "`or` needs something on both sides"),
        ("a=b and", "    ^^^", "`and` needs something"),
        ("(a=b", "^", "this `(` is never closed"),
        ("a=b)", "   ^", "`)` closes nothing"),
        ("(a=b}", "    ^", "`}` where `)` is due"),
        ("()", "^^", "nothing stands between"),
        ("a=\"b", "  ^^", "never closed"),
        ("a=\"b\"c", "     ^", "right behind a closing quotation mark"),
        ("a=b\"c", "  ^^^", "quotation mark inside"),
        ("a==b", " ^^", "`==` is no operator; write `=`"),
        ("=b", "^", "a name is missing"),
        ("a=~*b", "   ^^", "`*b` is no regular expression; `.*` stands for anything"),
        ("a=, ,b=c", "    ^", "`,` needs something"),
        ("a= b=\"\"", "   ^^^^", "may be a value or a matcher"),
        ("not a=b", "^^^", "there is no `not`"),
        ("replicas<lots", "         ^^^^", "neither a number nor a duration"),
        ("x @sevrity=page", "  ^^^^^^^^", "did you mean `@severity`?"),
        ("@alertmanager=x", "^^^^^^^^^^^^^", "did you mean `@source`?"),
        ("@receiver", "^^^^^^^^^", "needs a comparison; write it like @receiver"),
        ("@limit", "^^^^^^", "needs a number; write it like @limit=50"),
        ("@limit=0", "       ^", "`0` is no number of alerts"),
        ("@limit>5", "^^^^^^", "`@limit` is set with ="),
        ("a (b @limit=5)", "     ^^^^^^", "`@limit` is for the whole filter"),
        ("a=b or c=d @limit=5", "           ^^^^^^", "`@limit` is for the whole filter"),
        ("@limit=5 or x", "^^^^^^", "put it outside of `or`"),
        ("@wibble=x", "^^^^^^^", "there are @state @severity"),
        ("@state=frring", "       ^^^^^^", "did you mean `firing`?"),
        ("@severity=purple", "          ^^^^^^", "there are critical, error"),
        ("@age>15", "     ^^", "is no duration; write it like 90s"),
        ("@age=15m", "^^^^", "compared with < or >"),
        ("@ack=maybe", "     ^^^^^", "neither true nor false"),
        ("@state>firing", "^^^^^^", "compared with = != =~ or !~"),
        ("@owner", "^^^^^^", "needs a comparison"),
    ];
    for (text, marks, what) in cases {
        let shown = error(text).caret(text);
        let below = shown.lines().nth(1).unwrap_or_default();
        assert!(shown.starts_with(text) && below.starts_with(&format!("{marks} ")), "{shown}");
        assert!(below.contains(what), "{shown}");
    }
}

#[test]
fn deep_nesting_and_long_text_are_refused_not_obeyed() {
    let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert!(Filter::parse(&nested(DEPTH_MAX)).is_ok());
    assert!(error(&nested(DEPTH_MAX + 1)).what.contains("64 brackets"));
    assert!(error(&"({".repeat(4_000)).what.contains("64 brackets"));
    let long = error(&"a ".repeat(50_000));
    assert!(long.what.contains("8192 bytes") && long.at == TEXT_MAX);
    assert!(Filter::parse(&"a ".repeat(TEXT_MAX / 2)).is_ok());
    assert!(Filter::from_words(&vec!["a=b"; 50_000]).is_err());
}

/// Pieces of filters, whole and broken, in any order.
pub(super) fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "a=b", "a!=\"x y\"", "j=~(a|b).*", "j!~\"\\\\d+\"", "\"size-μ\"=ΩMEGA", "team=", "n<3", "n>=-1.5e300", "t>1h250ms",
            "@age>15m", "@ack", "@stale!=true", "@state=firing", "@owner=\"\"", "@silenced_by!~\"s.\"", "word", "\"two words\"",
            "chkt", "Chk", "ωm", "95%", "@new", "@new=false", "@slo=", "@cluster=~\"prod.*\"", "@receiver!=ops", "@incident=", "@source=prod-eu",
            "@severity=~\"crit.*\"", "@state!~\"s.*\"", "\"or\"", "\"or\"=x", "\"@age\"<3", "\"a=b\"", "\"\\u001b\\\"\"", "{}",
        ]).prop_map(str::to_owned),
        3 => prop::sample::select(vec![" or ", " ", ",", " and ", "(", ")", "{", "}"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["=", "!", "~", "<", "\"", "\\", "@", "=~", "[", "not", "é", "\n"]).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ];
    (prop::collection::vec(piece, 0..12), prop::sample::select(vec!["", " "])).prop_map(|(p, between)| p.join(between))
}

/// Only what parses: terms nested by `or`, space and brackets.
pub(super) fn sound() -> impl Strategy<Value = String> {
    let value = "\\PC{0,6}".prop_map(|v| crate::domain::matcher::quote(&v));
    let leaf = prop_oneof![
        ("[a-z_]{1,4}", value.clone()).prop_map(|(n, v)| format!("{n}={v}")),
        ("\\PC{1,4}", value).prop_map(|(n, v)| format!("{}!={v}", crate::domain::matcher::quote(&n))),
        (any::<i32>(), any::<f32>().prop_filter("finite", |f| f.is_finite()))
            .prop_map(|(a, b)| format!("x<{a} y>={b}")),
        (0..i64::from(i32::MAX)).prop_map(|ms| format!("@age>{ms}ms")),
        "\\PC{1,4}".prop_map(|w| crate::domain::matcher::quote(&w)),
        Just("{}".to_owned()),
    ];
    leaf.prop_recursive(5, 30, 4, |inner| {
        (prop::collection::vec(inner, 1..4), prop::sample::select(vec![" ", " or ", ", "]))
            .prop_map(|(parts, between)| format!("({})", parts.join(between)))
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_filter(text in prop_oneof![soup(), sound()]) {
        if let Ok(filter) = Filter::parse(&text) {
            let written = filter.to_string();
            prop_assert_eq!(Filter::parse(&written).map_err(|e| e.caret(&written)), Ok(filter));
        }
    }

    #[test]
    fn every_sound_filter_is_read(text in sound()) {
        prop_assert!(Filter::parse(&text).is_ok(), "{}", text);
    }

    #[test]
    fn no_text_breaks_the_parser_and_every_mistake_lies_in_the_text(text in prop_oneof![soup(), any::<String>()]) {
        let sample = Sample::new();
        match Filter::parse(&text) {
            Ok(filter) => { filter.matches(&sample.facts()); }
            Err(e) => {
                prop_assert!(e.at <= text.len() && e.at + e.len <= text.len() && text.is_char_boundary(e.at));
                prop_assert_eq!(e.caret(&text).lines().count(), 2);
            }
        }
    }

    #[test]
    fn no_words_break_the_parser(words in prop::collection::vec(prop_oneof![soup(), any::<String>()], 0..4)) {
        match Filter::from_words(&words) {
            Ok(filter) => prop_assert!(Filter::parse(&filter.to_string()).is_ok_and(|f| f == filter)),
            Err(e) => prop_assert_eq!(e.caret(&words.join(" ")).lines().count(), 2),
        }
    }
}
