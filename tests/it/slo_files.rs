//! OpenSLO files as people write them, right and wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use watchfire::{
    config::slo::{Around, FileProblem, Problem, read},
    domain::slo::{Counted, Indicator, Measure, Slo},
};

const CHECKOUT: &str = include_str!("../fixtures/slo/checkout.yaml");
const MIXED: &str = include_str!("../fixtures/slo/mixed.yaml");

fn read_openslo(text: &str, name: &str) -> (Vec<Slo>, Vec<Problem>) {
    let (slos, problems) = read_files(&[(name, text)]);
    (slos, problems.into_iter().map(|p| p.problem).collect())
}

fn read_files(files: &[(&str, &str)]) -> (Vec<Slo>, Vec<FileProblem>) {
    let reading = read(files, &Around::default());
    (reading.slos, reading.problems)
}

fn whats(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|p| format!("{}: {}", p.line.unwrap_or(0), p.what.shown())).collect()
}

fn ids(slos: &[Slo]) -> Vec<&str> {
    slos.iter().map(|s| s.id.as_str()).collect()
}

/// A valid SLO with some lines exchanged: the shortest way to one mistake.
fn with(from: &str, to: &str) -> (Vec<Slo>, Vec<Problem>) {
    let text = CHECKOUT.split("---\n").nth(2).unwrap();
    assert!(text.contains(from), "{from}");
    let sli = CHECKOUT.split("---\n").nth(1).unwrap();
    read_openslo(&format!("{sli}---\n{}", text.replace(from, to)), "t.yaml")
}

#[test]
fn a_referenced_ratio_becomes_an_slo_with_every_digit_of_its_target() {
    let (slos, problems) = read_openslo(CHECKOUT, "slo/checkout.yaml");
    assert_eq!(whats(&problems), [""; 0]);
    assert_eq!(ids(&slos), ["checkout-availability", "checkout-speed-fast", "checkout-speed-2"]);
    let slo = &slos[0];
    assert_eq!((slo.service.shown(), slo.title.shown()), ("checkout", "Checkout answers"));
    assert_eq!((slo.objective.as_percent(), slo.window.seconds()), ("99.95", 28 * 86_400));
    assert_eq!(slo.origin.place.shown(), "slo/checkout.yaml");
    assert_eq!(slo.indicator.source.as_ref().map(|s| s.as_str()), Some("metrics"));
    let bad = Counted::Bad("sum(http_requests_total{job=\"checkout\",code=~\"5..\"})".into());
    let events = Indicator::events(bad, "sum(http_requests_total{job=\"checkout\"})", true);
    assert_eq!(slo.indicator.measure, events.measure);
    assert_eq!(slos[1].objective.as_percent(), "99");
    assert_eq!((slos[2].objective.as_percent(), slos[2].title.shown()), ("99.9", "checkout-speed (2)"));
    assert!(matches!(slos[2].indicator.measure, Measure::Events { counted: Counted::Good(_), counter: false, .. }));
}

#[test]
fn a_top_level_sequence_and_json_are_documents_too() {
    let one = r#"{"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "NAME"}, "spec": {"service": "s",
        "indicator": {"metadata": {"name": "i"}, "spec": {"ratioMetric": {"counter": true,
            "good": {"metricSource": {"type": "Prometheus", "spec": {"promql": "g"}}},
            "total": {"metricSource": {"spec": {"expr": "t"}}}}}},
        "timeWindow": [{"duration": "1M", "isRolling": true}], "budgetingMethod": "Occurrences",
        "objectives": [{"targetPercent": 99.50, "op": "gt", "value": 1}]}}"#;
    let list = format!("[{}, {}, {{\"kind\": 3}}]", one.replace("NAME", "a"), one.replace("NAME", "b"));
    let (slos, problems) = read_openslo(&list, "list.json");
    assert_eq!(ids(&slos), ["a", "b"]);
    assert_eq!((slos[0].objective.as_percent(), slos[0].window.seconds()), ("99.5", 30 * 86_400));
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_broken_document_hides_no_other_and_says_its_line() {
    let (slos, problems) = read_openslo(MIXED, "mixed.yaml");
    assert_eq!(ids(&slos), ["first", "last"]);
    let told = whats(&problems);
    assert!(told[0].starts_with("23: this document cannot be read"), "{told:?}");
    assert!(told[1].contains("`openslo/v1alpha` is not supported yet"), "{told:?}");
    assert!(told[2].contains("is no OpenSLO document"), "{told:?}");
    assert!(told[3].contains("kind `slo` is no kind"), "{told:?}");
    assert!(told[4].contains("a second SLO has the id `first`"), "{told:?}");
    assert_eq!(told.len(), 5, "{told:?}");
}

#[test]
fn a_reference_reaches_into_another_file_in_either_order() {
    let parts: Vec<&str> = CHECKOUT.split("---\n").collect();
    for files in [[("a", parts[1]), ("b", parts[2])], [("b", parts[2]), ("a", parts[1])]] {
        let (slos, problems) = read_files(&files);
        assert_eq!(ids(&slos), ["checkout-availability"]);
        assert!(problems.is_empty(), "{problems:?}");
    }
    let (slos, problems) = read_files(&[("b", parts[2])]);
    assert!(slos.is_empty());
    assert!(problems[0].to_string().starts_with("b:8: SLO `checkout-availability`: no SLI is called"), "{problems:?}");
    let (slos, problems) = read_files(&[("a", CHECKOUT), ("b", CHECKOUT)]);
    assert_eq!((slos.len(), problems.len()), (3, 4));
    assert!(slos.iter().all(|s| s.origin.place.shown() == "a"));
}

#[test]
fn what_cannot_be_counted_is_refused_in_words() {
    let cases = [
        ("isRolling: true", "isRolling: false", "calendar windows are not supported yet"),
        ("budgetingMethod: Occurrences", "budgetingMethod: Timeslices", "`Timeslices` is not supported yet"),
        ("duration: 28d", "duration: 1m", "a window of 1m is not between"),
        ("duration: 28d", "duration: 28D", "duration `28D` is none"),
        ("duration: 28d", "duration: 99999999999999999Y", "is none"),
        ("duration: 28d", "duration: é", "is none"),
        ("target: 0.99950", "target: 99.95", "no ratio above 0"),
        ("target: 0.99950", "target: 0.99999999999999999999", "no ratio above 0"),
        ("target: 0.99950", "target: .nan", "no ratio above 0"),
        ("target: 0.99950", "targetPercent: 99,95", "no percentage above 0"),
        ("target: 0.99950", "op: gt", "has no target"),
        ("isRolling: true", "isRolling: no", "calendar windows are not supported yet"),
        ("objectives:\n    - displayName: Foo\n      target: 0.99950", "objectives: []", "has no spec.objectives"),
        ("target: 0.99950", "target: 0.99\n      targetPercent: 98", "differ"),
        ("indicatorRef: checkout-errors", "indicatorRef: chekout", "no SLI is called `chekout`"),
        ("indicatorRef: checkout-errors", "x: y", "neither indicator nor indicatorRef"),
        ("service: checkout", "team: checkout", "has no spec.service"),
        ("name: checkout-availability", "label: x", "has no metadata.name"),
    ];
    for (from, to, what) in cases {
        let (slos, problems) = with(from, to);
        let told = whats(&problems);
        assert!(slos.is_empty() && told.len() == 1 && told[0].contains(what), "{to}: {told:?}");
        assert!(problems[0].line.is_some_and(|line| line > 1), "{to}: {told:?}");
    }
}

#[test]
fn metrics_that_are_no_ratio_of_counts_are_refused() {
    let slo = |sli: &str| {
        format!(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: a}}\nspec:\n  service: s\n  objectives: [{{target: 0.9}}]\n  \
             timeWindow: [{{duration: 7d, isRolling: true}}]\n  indicator: {{spec: {sli}}}\n"
        )
    };
    let half = "{metricSource: {spec: {query: q}}}";
    let cases = [
        (format!("{{thresholdMetric: {half}}}"), "threshold metrics"),
        (format!("{{ratioMetric: {{raw: {half}, rawType: success}}}}"), "(raw)"),
        (format!("{{ratioMetric: {{good: {half}}}}}"), "has no total"),
        (format!("{{ratioMetric: {{total: {half}}}}}"), "neither good nor bad"),
        (format!("{{ratioMetric: {{total: {half}, good: {half}, bad: {half}}}}}"), "both good and bad"),
        (format!("{{ratioMetric: {{total: {half}, good: {{metricSource: {{spec: {{sql: q}}}}}}}}}}"), "no query under"),
        (
            format!(
                "{{ratioMetric: {{total: {half}, good: {{metricSource: {{type: New Relic, spec: {{query: q}}}}}}}}}}"
            ),
            "`New Relic` is not supported",
        ),
    ];
    for (sli, what) in cases {
        let (slos, problems) = read_openslo(&slo(&sli), "t");
        let told = whats(&problems);
        assert!(slos.is_empty() && told.len() == 1 && told[0].contains(what), "{sli}: {told:?}");
    }
}

#[test]
fn bombs_end_in_a_problem() {
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for k in 1..9 {
        let before = format!("*a{}", k - 1);
        laughs.push_str(&format!("a{k}: &a{k} [{}]\n", vec![before; 10].join(",")));
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for bomb in [laughs, deep, "a: b: c\n".into(), "\u{0}".into(), "- &a [*a]".into(), "? [a]\n: b".into()] {
        let (slos, problems) = read_openslo(&bomb, "bomb");
        assert!(slos.is_empty() && problems.len() == 1, "{problems:?}");
    }
    let (slos, problems) = read_openslo("# nothing\n---\n...\n%YAML 1.2\n---\n", "empty");
    assert!(slos.is_empty() && problems.is_empty(), "{problems:?}");
}

#[test]
fn every_mistake_of_a_document_is_told_at_once() {
    let text = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec:\n  budgetingMethod: Timeslices\n  \
                timeWindow: [{duration: 5x}]\n  indicatorRef: gone\n  objectives:\n    - target: 99\n    - value: 1\n";
    let (slos, problems) = read_openslo(text, "t");
    let lines: Vec<_> = problems.iter().filter_map(|p| p.line).collect();
    assert!(slos.is_empty());
    assert_eq!(lines, [5, 5, 6, 7, 9, 10], "{:?}", whats(&problems));
}
