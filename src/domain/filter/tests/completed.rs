//! What is offered can be taken, and nothing that is written breaks the offering.

use proptest::prelude::*;

use super::{
    mistaken::{sound, soup},
    *,
};
use crate::domain::filter::{Catalogue, What, spot};

fn catalogue(samples: &[Sample], text: &str) -> (Catalogue, Option<spot::Spot>) {
    let mut catalogue = Catalogue::default();
    catalogue.count_names(samples.iter().map(|s| &s.labels));
    let spot = spot(text, text.len());
    if let Some(What::Value { name, .. }) = spot.as_ref().map(|s| &s.what) {
        catalogue.count(name, samples.iter().map(Sample::facts));
    }
    (catalogue, spot)
}

fn offers(text: &str) -> Vec<String> {
    let (catalogue, spot) = catalogue(&[Sample::new()], text);
    spot.map(|s| catalogue.offer(&s)).unwrap_or_default().into_iter().map(|c| c.text).collect()
}

#[test]
fn a_name_or_value_that_needs_quotes_has_them() {
    assert_eq!(offers("size"), ["\"size-μ\"="]);
    assert_eq!(offers("\"size-μ\"="), ["ΩMEGA"]);
    assert_eq!(offers("timeout>"), ["20m"]);
    assert_eq!(offers("job>"), Vec::<String>::new());
    assert_eq!(offers("@a"), ["@age>15m", "@ack"]);
    assert_eq!(offers("@ack="), ["false", "true"]);
    assert_eq!(offers("job=api-gateway"), Vec::<String>::new());
}

proptest! {
    #[test]
    fn every_candidate_can_be_taken_and_then_the_filter_parses(
        board in sieved::board(),
        before in prop_oneof![Just(String::new()), sound().prop_map(|s| format!("{s} ")), sound().prop_map(|s| format!("{s} or "))],
        piece in prop::sample::select(vec!["", "a", "s", "@", "@s", "a=", "j=~", "n<", "t>", "\"size-μ\"=", "a!=x", "j=\"two", "@state=", "@owner!~", "@new=", "@limit=", "@age>", "o", "@slo="]),
    ) {
        let text = format!("{before}{piece}");
        let (catalogue, spot) = catalogue(&board, &text);
        let Some(spot) = spot else { return Ok(()) };
        for candidate in catalogue.offer(&spot) {
            let or_more = if candidate.text == "or" { " x" } else { "" };
            let taken = format!("{}{}{or_more}", &text[..spot.from], candidate.text);
            let parses = taken.contains("@limit") || Filter::parse(&taken).is_ok();
            // a few names need one of their values
            let needs_more = ["@state=", "@severity="].iter().any(|name| taken.ends_with(name));
            prop_assert!(parses || needs_more && !offers(&taken).is_empty(), "{}", taken);
        }
    }

    #[test]
    fn no_text_and_no_cursor_breaks_the_completion(text in prop_oneof![soup(), any::<String>()], cursor in 0_usize..80) {
        let (catalogue, spot) = catalogue(&[Sample::new()], &text);
        if let Some(spot) = spot {
            prop_assert!(spot.from <= text.len() && text.is_char_boundary(spot.from));
            catalogue.offer(&spot);
        }
        super::spot(&text, cursor);
    }
}
