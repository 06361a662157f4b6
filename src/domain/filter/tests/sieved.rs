//! A sieve says what the filter says, and a filter narrows another only if it truly does.

use proptest::prelude::*;

use super::{
    mistaken::{sound, soup},
    *,
};

pub(super) fn board() -> impl Strategy<Value = Vec<Sample>> {
    prop::collection::vec(sample(), 0..12)
}

/// Few names and values, so that they repeat and that filters made of the same pieces meet them.
fn sample() -> impl Strategy<Value = Sample> {
    let value = prop::sample::select(vec![
        "b",
        "x y",
        "ab",
        "aab",
        "c",
        "5",
        "1h30m",
        "word",
        "Checkout",
        "",
        "ΩMEGA",
        "two words 95%",
    ]);
    let pairs = prop::collection::vec(
        (prop::sample::select(vec!["a", "j", "n", "t", "cluster", "slo", "size-μ"]), value.clone()),
        0..5,
    );
    let severity = prop::sample::select(vec!["critical", "warning", "odd"]);
    let source = prop::sample::select(vec!["prod-eu", "dev"]);
    (pairs, value, severity, source, prop::sample::select(AlertState::ALL.to_vec()), any::<(bool, bool)>()).prop_map(
        |(pairs, text, severity, source, state, (stale, is_new))| {
            let labels: Labels = pairs.into_iter().chain([("severity", severity)]).collect();
            let annotations = [("summary", text)].into_iter().collect();
            Sample {
                fingerprint: labels.fingerprint(),
                labels,
                annotations,
                state,
                source: SourceName::new(source),
                stale,
                is_new,
                receivers: is_new.then(|| SafeText::new("ops")).into_iter().collect(),
                ..Sample::new()
            }
        },
    )
}

fn passing(text: &str, board: &[Sample]) -> Vec<bool> {
    let filter = Filter::parse(text).unwrap_or_else(|e| panic!("{}", e.caret(text)));
    let mut sieve = filter.sieve();
    board.iter().map(|s| sieve.passes(&s.facts())).collect()
}

#[test]
fn a_limit_lets_the_first_of_the_board_pass() {
    let board: Vec<Sample> = (0..5).map(|_| Sample::new()).collect();
    assert_eq!(passing("severity=critical @limit=2", &board), [true, true, false, false, false]);
    assert_eq!(passing("@limit=3, @limit=1", &board), [true, false, false, false, false]);
    assert_eq!(passing("severity=info @limit=2", &board), [false; 5]);
    assert_eq!(words(&["severity=info", "@limit=2"]), r#"severity="info" @limit=2"#);
    assert!(Filter::from_words(&["a=b", "or", "@limit=2"]).is_err());
    assert_eq!(Filter::parse("a=b @limit=2").unwrap().matchers(), None);
}

#[test]
fn a_word_that_got_longer_and_a_term_that_came_narrow() {
    let narrows = |new: &str, old: &str| Filter::parse(new).unwrap().narrows(&Filter::parse(old).unwrap());
    for (new, old) in
        [("che", "ch"), ("ch severity=critical", "ch"), ("a=b", ""), ("a=b che", "che or d"), ("a=b @limit=2", "a=b")]
    {
        assert!(narrows(new, old) && (new == old || !narrows(old, new)), "{new} in {old}");
    }
    for (new, old) in
        [("ch", "che"), ("a=bc", "a=b"), ("a=b", "a=b @limit=2"), ("@age>5m x", "@age>5m"), ("a or b", "a")]
    {
        assert!(!narrows(new, old), "{new} in {old}");
    }
}

proptest! {
    #[test]
    fn a_sieve_agrees_with_its_filter(board in board(), text in prop_oneof![soup(), sound()]) {
        if let Ok(filter) = Filter::parse(&text) {
            let mut sieve = filter.sieve();
            let mut left = filter.limit.unwrap_or(usize::MAX);
            for sample in &board {
                let wanted = left > 0 && filter.matches(&sample.facts());
                left -= usize::from(wanted);
                prop_assert_eq!(sieve.passes(&sample.facts()), wanted, "{}", text);
            }
        }
    }

    #[test]
    fn a_filter_that_narrows_another_passes_nothing_the_other_refused(board in board(), old in soup(), more in soup(), end in "[a-z ]{0,2}") {
        for new in [format!("{old}{end}"), format!("{old} {more}"), format!("({old}) ({more})"), more.clone()] {
            let (Ok(new), Ok(old)) = (Filter::parse(&new), Filter::parse(&old)) else { continue };
            if new.narrows(&old) {
                let (mut a, mut b) = (new.sieve(), old.sieve());
                for s in &board {
                    prop_assert!(!a.passes(&s.facts()) || b.passes(&s.facts()), "{} in {}", new, old);
                }
            }
        }
    }
}
