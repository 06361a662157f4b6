//! The post-mortem of an incident that is written down in [`crate::report::sample`].

use super::*;
use crate::{
    domain::{
        entry::Kind,
        incident::{Change, Cost, Incidents, StatusTold},
        slo::span::spent_by,
    },
    report::{
        graph,
        sample::{at, budget, id, note, story, told},
        template::POSTMORTEM,
    },
};

fn words(line: &Line<'_>) -> Words {
    let text = line.text().or(line.entry.body.title.as_ref()).map(|t| t.line().into_owned()).unwrap_or_default();
    let said = crate::domain::incident::sentence(line.entry);
    Words { what: line.entry.kind.as_str().to_owned(), text: if said.is_empty() { text } else { said } }
}

fn document(entries: &[Entry], budgets: &[BudgetRow], unknown: &[Blind]) -> PostMortem {
    let incident = Incidents::of(entries).get(&id()).unwrap().clone();
    let all: Vec<&Entry> = entries.iter().collect();
    let clues = Clues::of(&incident, entries);
    let lines = incident.story(&all, &clues, at(90));
    PostMortem::of(&Given {
        now: at(90),
        incident: &incident,
        clues: &clues,
        lines: &lines,
        budgets,
        words: &words,
        unknown,
    })
}

fn written(document: &PostMortem) -> String {
    let graphs = [("checkout".to_owned(), "INC-1121-K7QF2-checkout.svg".to_owned())];
    document.written(Template { name: "postmortem.md", text: POSTMORTEM }, &graphs).unwrap()
}

#[test]
fn the_document_reads_well() {
    let text = written(&document(&story(), &[budget("checkout", 90)], &[]));
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documents"),
        prepend_module_to_snapshot => false,
    }, { insta::assert_snapshot!("postmortem", text) });
}

#[test]
fn the_cost_is_what_the_budget_says_of_the_same_times() {
    let row = budget("checkout", 90);
    let whole = document(&story(), std::slice::from_ref(&row), &[]);
    let cost = &whole.impact[0];
    let spent = spent_by(&row, at(-2), at(60)).unwrap();
    assert_eq!((cost.share, cost.failed, cost.total), (spent.share, spent.bad, spent.total));
    // Eight stretches of five minutes with 500 of 1000, and one in a thousand around them.
    assert!((cost.failed.unwrap() - 4_004.4).abs() < 1.0, "{cost:?}");
}

#[test]
fn every_step_is_a_row_in_order_and_no_correction_stands_alone() {
    let whole = document(&story(), &[], &[]);
    assert!(whole.timeline.windows(2).all(|w| w[0].at <= w[1].at));
    let corrected = whole.timeline.iter().find(|r| r.corrected.is_some()).unwrap();
    assert_eq!(corrected.text.raw(), "the pool of the database is full");
    assert!(whole.timeline.iter().all(|r| r.kind != Kind::NoteCorrected));
    let skews: Vec<i64> = whole.timeline.iter().filter(|r| r.skewed).filter_map(|r| r.told_after_s).collect();
    assert_eq!(skews, [1_200, -180]);
}

#[test]
fn lengths_are_those_of_the_definitions() {
    let whole = document(&story(), &[], &[]);
    let wanted =
        Lengths { detect_s: Some(120), acknowledge_s: Some(180), mitigate_s: Some(42 * 60), resolve_s: Some(62 * 60) };
    assert_eq!(whole.lengths, wanted);
    assert_eq!(whole.detection.by.unwrap().raw(), "the alert CheckoutDown of prod");
}

#[test]
fn a_budget_that_was_not_counted_is_unknown_and_never_nothing() {
    let whole = document(&story(), &[], &[Blind::new("source metrics", "connection refused", None)]);
    assert!(!whole.complete);
    assert_eq!((whole.impact.len(), whole.impact[0].share), (1, None));
    let text = written(&whole);
    assert!(text.contains("**checkout**: UNKNOWN: it is linked, and was not counted."), "{text}");
    assert!(text.contains("- **source metrics**: connection refused"), "{text}");
}

#[test]
fn no_note_breaks_the_table_or_fills_the_page() {
    let hostile = [
        "a | b | c\n| d |",
        "`x` **y** [z](javascript:alert(1)) <img src=x onerror=y>",
        "# heading\n\n- list\n\n---",
        "\u{1b}[2J\u{202e}reversed\u{0}",
        "{{ 7 * 7 }} {% for x in y %}",
        "شاهد 结帐 🧯",
        &"m".repeat(1_000_000),
    ];
    let mut entries = story();
    let before = written(&document(&entries, &[], &[]));
    entries.extend(hostile.iter().enumerate().map(|(i, text)| note(text, (17 + i as i64, 0), None)));
    let text = written(&document(&entries, &[], &[]));
    assert_eq!(text.lines().count(), before.lines().count() + hostile.len());
    let rows: Vec<&str> = text.lines().filter(|l| l.starts_with("| 2026-11-21 10:")).collect();
    for row in rows {
        let bars = row.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 6, "{row}");
        assert!(row.len() < 4_000 && !row.contains('<') && !row.contains('\u{1b}'), "{row}");
    }
    assert!(text.contains("watchfire journal export"), "it says where the rest is");
    assert!(text.contains("{{ 7 \\* 7 }}"), "a note is no template");
}

#[test]
fn of_a_flood_people_s_words_stay_and_the_rest_is_counted() {
    let mut entries = story();
    for n in 0..3_000 {
        let mut flap = crate::report::sample::fired(1, 1, &format!("Flap{n}"), "checkout");
        flap.id = format!("flap-{n}");
        entries.push(flap);
    }
    let whole = document(&entries, &[], &[]);
    assert_eq!(whole.timeline.len(), 1_000);
    assert!(whole.left_out > 2_000);
    assert_eq!(whole.timeline.iter().filter(|r| r.kind == Kind::NoteAdded).count(), 4);
}

#[test]
fn the_graph_is_small_and_holds_the_times() {
    let row = budget("check<out>", 90);
    let svg = graph::svg(&row, (at(-2), at(60)), &[("mitigated", at(40))]).unwrap();
    assert!(svg.len() < 12_000, "{}", svg.len());
    assert!(svg.contains(">mitigated</text>") && svg.contains("check&lt;out&gt;") && svg.ends_with("</svg>\n"));
    assert!(graph::svg(&row, (at(-100_000), at(-99_000)), &[]).is_none(), "nothing was counted then");
}

/// The story, resolved with the word that it cost so much.
fn resolved_at(costs: impl Fn(&mut Cost)) -> Vec<Entry> {
    let row = budget("checkout", 90);
    let mut cost = Cost::of(&row, (at(-2), at(60))).unwrap();
    costs(&mut cost);
    let word = Change::Status(StatusTold { status: Status::Resolved, cost: vec![cost] });
    let mut entries = story();
    entries.push(told(&word, 60, "ana", 9));
    entries
}

#[test]
fn the_figure_that_was_told_stands_when_the_counts_are_gone() {
    let whole = document(&resolved_at(|_| ()), &[], &[]);
    let spent = spent_by(&budget("checkout", 90), at(-2), at(60)).unwrap();
    let cost = &whole.impact[0];
    assert_eq!((cost.share, cost.failed, cost.total, cost.aged_out), (spent.share, spent.bad, spent.total, true));
    assert!(whole.complete);
    let text = written(&whole);
    assert!(text.contains("the counts of that time are gone since") && !text.contains("UNKNOWN"), "{text}");
}

#[test]
fn one_figure_is_told_where_both_agree_and_both_where_they_differ() {
    let row = budget("checkout", 90);
    let alike = document(&resolved_at(|_| ()), std::slice::from_ref(&row), &[]);
    assert_eq!((&alike.impact[0].told, alike.impact[0].aged_out), (&None, false));
    let differ = document(&resolved_at(|cost| cost.bad += 100.0), std::slice::from_ref(&row), &[]);
    let told = differ.impact[0].told.as_ref().unwrap();
    assert!((told.cost.bad - 100.0 - differ.impact[0].failed.unwrap()).abs() < 1e-6);
    assert!(written(&differ).contains("it was told as"), "{}", written(&differ));
}
