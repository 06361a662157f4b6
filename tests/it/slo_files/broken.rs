//! What is wrong in a file is told with its line and with what was meant, and nothing else falls with it.

use super::{ids, of, told};

const OPENSLO: &str = "\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: a
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {spec: {query: bad}}}
        total: {metricSource: {spec: {query: all}}}
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
";
const THRESHOLD: &str = "\
apiVersion: openslo/v1
kind: SLO
metadata: {name: t}
spec:
  service: shop
  indicator: {spec: {thresholdMetric: {metricSource: {spec: {query: age}}}}}
  timeWindow:
    - duration: 1M
      isRolling: false
      calendar:
        startTime: 2026-01-01 00:00:00
        timeZone: Europe/Berlin
  budgetingMethod: Timeslices
  objectives:
    - target: 0.99
      op: lte
      value: 5
      timeSliceTarget: 0.9
      timeSliceWindow: 5m
";
const ALPHA: &str = "\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: old}
spec:
  service: shop
  timeWindows:
    - unit: Day
      count: 30
      isRolling: true
  objectives:
    - target: 0.99
      ratioMetrics:
        good: {source: prometheus, queryType: promql, query: good}
        total: {source: prometheus, queryType: promql, query: all}
";
const COMPOSITE: &str = "\
apiVersion: openslo.com/v2alpha
kind: SLO
metadata: {name: whole}
spec:
  service: shop
  timeWindow: [{duration: 30d, isRolling: true}]
  objectives:
    - target: 0.99
      compositeWeight: 2
      sli: {spec: {ratioMetric: {good: {spec: {query: g}}, total: {spec: {query: t}}}}}
    - target: 0.9
      sli: {spec: {ratioMetric: {bad: {spec: {query: b}}, total: {spec: {query: t}}}}}
";
const CONDITION: &str = "\
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast}
spec:
  severity: page
  condition:
    kind: burnrate
    op: gte
    threshold: 14.4
    lookbackWindow: 1h
    alertAfter: 5m
";
const SLOTH: &str = "\
version: prometheus/v1
service: pay
slos:
  - name: ok
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(e[{{.window}}]))
        total_query: sum(rate(t[{{.window}}]))
    alerting:
      name: X
      page_alert:
        disable: false
";
const SLOTH_RESOURCE: &str = "\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: x}
spec:
  service: pay
  slos:
    - name: ok
      objective: 99.9
      sli:
        raw:
          errorRatioQuery: e[{{.window}}]
";
const CATALOGUE: &str = "\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 2, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 10, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 10, shortWindow: 6h, longWindow: 3d}
";
const PYRRA: &str = "\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: p
spec:
  target: \"99.9\"
  window: 4w
  indicator:
    latency:
      success:
        metric: b{le=\"0.2\"}
      total:
        metric: c
  alerting:
    burnrates: true
";

/// A good document with something exchanged; the line, what is wrong, and what was meant.
type Case = (&'static str, &'static str, &'static [(u32, &'static str, &'static str)]);

fn each(good: &str, cases: &[Case]) {
    assert_eq!(told(&of(good).problems), [""; 0]);
    let bystander = "---\n".to_owned() + &PYRRA.replace("name: p\n", "name: bystander\n");
    for (from, to, wanted) in cases {
        assert!(good.contains(from), "{from}");
        let reading = of(&(good.replacen(from, to, 1) + &bystander));
        let told = told(&reading.problems);
        assert_eq!(told.len(), wanted.len(), "{to}: {told:#?}");
        for (said, (line, what, hint)) in told.iter().zip(*wanted) {
            assert!(
                said.starts_with(&format!("{line}: ")) && said.contains(what) && said.contains(hint),
                "{to}: {said}"
            );
        }
        assert!(ids(&reading).contains(&"bystander"), "{to}");
    }
}

#[test]
fn a_broken_openslo_document_says_the_line_and_what_was_meant() {
    let cases: [Case; 30] = [
        ("openslo/v1", "openslo/v2", &[(1, "apiVersion `openslo/v2` is none", "did you mean `openslo/v1`?")]),
        ("apiVersion:", "apiversion:", &[(1, "unknown key `apiversion`", "did you mean `apiVersion`?")]),
        ("kind: SLO", "kind: slo", &[(2, "kind `slo` is no kind of openslo/v1", "did you mean `SLO`?")]),
        ("kind: SLO", "kind: AlertPolcy", &[(2, "kind `AlertPolcy` is no kind", "did you mean `AlertPolicy`?")]),
        ("kind: SLO\n", "", &[(1, "has no kind", "one of SLO, SLI")]),
        ("name: a", "nome: a", &[(4, "this SLO has no metadata.name", "unique")]),
        ("spec:\n  service", "spce:\n  service", &[(1, "SLO `a`: it has no spec", "")]),
        ("service: shop", "servise: shop", &[(6, "unknown key `servise`", "did you mean `service`?")]),
        ("service: shop", "service: [shop]", &[(6, "`service` is a list, not a text", "")]),
        ("service: shop", "service:", &[(6, "`service` is empty", "give it one")]),
        ("  indicator:", "  indicater:", &[(6, "neither indicator nor indicatorRef", "by `indicater`?")]),
        ("  indicator:\n", "  indicatorRef: x\n  indicator:\n", &[(7, "both given", "keep one")]),
        ("ratioMetric:", "ratioMetrics:", &[(9, "unknown key `ratioMetrics`", "did you mean `ratioMetric`?")]),
        (
            "bad: {",
            "good: {metricSource: {spec: {query: g}}}\n        bad: {",
            &[(12, "both good and bad", "keep one")],
        ),
        ("        bad: {", "        bat: {", &[(10, "neither good nor bad", "total and good or bad")]),
        ("{query: bad}", "{sql: bad}", &[(11, "no query under query, promql, expr", "spec: {query")]),
        ("{spec: {query: bad}}", "{type: New Relic, spec: {query: b}}", &[(11, "`New Relic` is not supported", "")]),
        ("counter: true", "counter: perhaps", &[(10, "`counter` is neither true nor false", "")]),
        ("timeWindow:", "timeWindows:", &[(13, "unknown key `timeWindows`", "did you mean `timeWindow`?")]),
        ("duration: 30d", "duration: 1m", &[(14, "a window of 1m is not between", "1 month write `1M`")]),
        ("duration: 30d", "duration: 30D", &[(14, "duration `30D` is none", "28d, 4w or 1M")]),
        ("duration: 30d", "duration: 401d", &[(14, "not between one hour and 400 days", "")]),
        ("duration: 30d", "duratoin: 30d", &[(14, "unknown key `duratoin`", "did you mean `duration`?")]),
        ("isRolling: true", "isRolling: false", &[(14, "not rolling needs a calendar", "timeZone")]),
        ("Occurrences", "occurences", &[(16, "budgetingMethod `occurences` is none", "`Occurrences`?")]),
        ("Occurrences", "Timeslices", &[(18, "no `timeSliceWindow`", "1m"), (18, "no `timeSliceTarget`", "0.95")]),
        ("target: 0.999", "target: 99.9", &[(18, "target `99.9` is no ratio above 0", "")]),
        ("target: 0.999", "traget: 0.999", &[(18, "unknown key `traget`", "did you mean `target`?")]),
        ("target: 0.999", "target: 0.99\n      targetPercent: 98", &[(19, "differ", "keep one")]),
        ("    - target: 0.999", "    []", &[(6, "has no spec.objectives", "- target: 0.999")]),
    ];
    each(OPENSLO, &cases);
}

#[test]
fn a_broken_threshold_calendar_or_slice_says_the_line_and_what_was_meant() {
    let cases: [Case; 14] = [
        ("op: lte", "op: at most", &[(16, "op `at most` is none", "lt, lte, gt or gte")]),
        ("      op: lte\n", "", &[(15, "has no `op`", "how a good value compares")]),
        ("value: 5", "value: .inf", &[(17, "value `.inf` is no number", "")]),
        ("value: 5", "valu: 5", &[(17, "unknown key `valu`", "did you mean `value`?")]),
        ("timeSliceWindow: 5m", "timeSliceWindow: 0", &[(19, "a slice of 0 is not between", "minutes")]),
        ("timeSliceWindow: 5m", "timeSliceWindow: 5s", &[(19, "duration `5s` is none", "minutes")]),
        ("timeSliceTarget: 0.9", "timeSliceTarget: 90", &[(18, "timeSliceTarget: target `90` is no ratio", "")]),
        ("timeZone: Europe/Berlin", "timeZone: Berlin", &[(12, "timeZone `Berlin` is none", "IANA")]),
        ("startTime: 2026-01-01 00", "startTime: 2026-13-01 00", &[(11, "is no time", "write it like")]),
        ("startTime: 2026", "startTime: 9999", &[(11, "is no time", "write it like")]),
        ("startTime:", "startTme:", &[(11, "unknown key `startTme`", "did you mean `startTime`?")]),
        ("duration: 1M", "duration: 0M", &[(8, "a window of 0M is not between", "")]),
        ("{query: age}", "{}", &[(6, "no query under", "")]),
        ("thresholdMetric:", "tresholdMetric:", &[(6, "no `ratioMetric`", "good or bad")]),
    ];
    each(THRESHOLD, &cases);
}

#[test]
fn a_broken_v1alpha_document_says_the_line_and_what_was_meant() {
    let cases: [Case; 8] = [
        ("unit: Day", "unit: Fortnight", &[(8, "unit `Fortnight` is none", "")]),
        ("unit: Day", "unit: Second", &[(8, "30 seconds are no whole minutes", "")]),
        ("count: 30", "count: -1", &[(8, "count `-1` is no whole number", "")]),
        ("timeWindows:", "timeWindow:", &[(6, "unknown key `timeWindow`", "did you mean `timeWindows`?")]),
        ("ratioMetrics:", "ratioMetric:", &[(12, "unknown key `ratioMetric`", "did you mean `ratioMetrics`?")]),
        ("        good:", "        goood:", &[(13, "unknown key `goood`", "did you mean `good`?")]),
        ("{source: prometheus,", "{source: datadog,", &[(13, "`datadog` is not supported", "Prometheus")]),
        ("query: all", "qurey: all", &[(14, "unknown key `qurey`", "did you mean `query`?")]),
    ];
    each(ALPHA, &cases);
}

#[test]
fn a_composite_that_lacks_a_part_is_told_and_its_other_parts_stand() {
    let reading = of(&COMPOSITE.replace("query: b", "q: b"));
    assert_eq!(ids(&reading), ["whole-1"]);
    let told = told(&reading.problems);
    assert!(
        told[0].starts_with("1: SLO `whole`: a composite needs every part; the parts that can be read"),
        "{told:?}"
    );
    assert!(told[1].starts_with("12: SLO `whole`: no query under query") && told.len() == 2, "{told:?}");
    let cases: [Case; 3] = [
        (
            "compositeWeight: 2",
            "compositeWeight: 0",
            &[(1, "a composite needs every part", ""), (9, "compositeWeight `0` is no number above 0", "")],
        ),
        (
            "  objectives:",
            "  sliRef: x\n  objectives:",
            &[(7, "sli stands both here and in the objectives", "every objective")],
        ),
        (
            "      sli: {spec: {ratioMetric: {bad",
            "      slii: {spec: {ratioMetric: {bad",
            &[(1, "a composite needs every part", ""), (11, "neither sli nor sliRef", "by `slii`?")],
        ),
    ];
    each(COMPOSITE, &cases);
}

#[test]
fn a_broken_alert_condition_says_the_line_and_what_was_meant() {
    let cases: [Case; 6] = [
        ("kind: burnrate", "kind: budget", &[(7, "kind `budget` is none", "burnrate")]),
        ("threshold: 14.4", "threshold: much", &[(9, "threshold `much` is no number above 0", "")]),
        ("threshold: 14.4", "treshold: 14.4", &[(9, "unknown key `treshold`", "did you mean `threshold`?")]),
        ("lookbackWindow: 1h", "lookbackWindow: 1 hour", &[(10, "duration `1 hour` is none", "")]),
        ("lookbackWindow: 1h", "lookbackWindow: 0h", &[(7, "a lookbackWindow of no length", "1h")]),
        ("alertAfter: 5m", "alertAfter: soon", &[(11, "duration `soon` is none", "")]),
    ];
    each(CONDITION, &cases);
}

#[test]
fn a_broken_sloth_file_says_the_line_and_what_was_meant() {
    let cases: [Case; 15] = [
        ("prometheus/v1", "prometheus/v2", &[(1, "version `prometheus/v2` of Sloth", "did you mean `prometheus/v1`?")]),
        ("version: prometheus/v1\n", "", &[(1, "looks like a definition of Sloth", "begin it with")]),
        ("service: pay", "sevice: pay", &[(2, "unknown key `sevice`", "did you mean `service`?")]),
        ("slos:", "slo:", &[(3, "unknown key `slo`", "did you mean `slos`?")]),
        ("name: ok", "nam: ok", &[(4, "unknown key `nam`", "did you mean `name`?")]),
        ("objective: 99.9", "objectve: 99.9", &[(5, "unknown key `objectve`", "did you mean `objective`?")]),
        ("objective: 99.9", "objective: 0", &[(5, "objective `0` is no percentage", "percentages")]),
        ("objective: 99.9", "objective: 100.1", &[(5, "objective `100.1` is no percentage", "percentages")]),
        ("events:", "event:", &[(7, "unknown key `event`", "did you mean `events`?")]),
        ("error_query:", "errorQuery:", &[(8, "unknown key `errorQuery`", "did you mean `error_query`?")]),
        (
            "total_query: sum(rate(t[{{.window}}]))",
            "total_query: t",
            &[(9, "`total_query` reads no range", "{{.window}}")],
        ),
        ("total_query: sum(rate(t[{{.window}}]))", "total_query:", &[(9, "`total_query` is empty", "PromQL")]),
        (
            "    alerting:",
            "      raw: {error_ratio_query: 'r[{{.window}}]'}\n    alerting:",
            &[(7, "more than one kind", "exactly one")],
        ),
        ("disable: false", "disable: nope", &[(13, "`disable` is neither true nor false", "")]),
        ("sli:\n", "sli: []\n    x:\n", &[(6, "sli is a list, not a mapping", "")]),
    ];
    each(SLOTH, &cases);
    let cases: [Case; 5] = [
        ("PrometheusServiceLevel", "PrometheusServiceLevels", &[(2, "is no kind", "`PrometheusServiceLevel`?")]),
        (
            "sloth.slok.dev/v1",
            "sloth.slok.dev/v2beta3",
            &[(1, "`sloth.slok.dev/v2beta3` is none", "`sloth.slok.dev/v1`?")],
        ),
        ("errorRatioQuery:", "error_ratio_query:", &[(11, "unknown key `error_ratio_query`", "`errorRatioQuery`?")]),
        ("spec:\n", "spek:\n", &[(4, "unknown key `spek`", "did you mean `spec`?")]),
        ("  slos:\n", "  slos: []\n  x:\n", &[(6, "`slos` is empty", "at least one SLO")]),
    ];
    each(SLOTH_RESOURCE, &cases);
}

#[test]
fn a_broken_catalogue_of_windows_says_the_line_and_what_was_meant() {
    let cases: [Case; 6] = [
        ("sloPeriod: 30d", "sloPeriod: 30 days", &[(4, "`30 days` is no duration", "")]),
        ("sloPeriod:", "sloPeriode:", &[(4, "unknown key `sloPeriode`", "did you mean `sloPeriod`?")]),
        ("Percent: 2,", "Percent: 0,", &[(6, "`0` is no percentage", "")]),
        ("shortWindow: 5m", "shortWindow: 5h", &[(6, "shortWindow is longer than longWindow", "")]),
        ("longWindow: 1h", "longWindow: 0s", &[(6, "no time at all", "")]),
        ("  ticket:\n", "  tickets:\n", &[(8, "unknown key `tickets`", "did you mean `ticket`?")]),
    ];
    each(CATALOGUE, &cases);
}

#[test]
fn a_broken_pyrra_document_says_the_line_and_what_was_meant() {
    let cases: [Case; 14] = [
        ("v1alpha1", "v1", &[(1, "`pyrra.dev/v1` is none", "did you mean `pyrra.dev/v1alpha1`?")]),
        ("ServiceLevelObjective", "servicelevelobjectiv", &[(2, "is no kind", "`ServiceLevelObjective`?")]),
        ("  name: p", "  label: p", &[(4, "no metadata.name", "unique")]),
        ("target: \"99.9\"", "traget: \"99.9\"", &[(6, "unknown key `traget`", "did you mean `target`?")]),
        ("target: \"99.9\"", "target: high", &[(6, "objective `high` is no percentage", "percentages")]),
        ("target: \"99.9\"", "target: \"100.5\"", &[(6, "objective `100.5` is no percentage", "")]),
        ("window: 4w", "window: 4 weeks", &[(7, "`4 weeks` is no duration", "")]),
        ("window: 4w", "window: 5m", &[(7, "a window of 5m is not between", "")]),
        ("latency:", "latancy:", &[(9, "no indicator", "did you mean `latency`?")]),
        (
            "    latency:",
            "    bool_gauge: {metric: up}\n    latency:",
            &[(9, "latency and bool_gauge are given", "exactly one")],
        ),
        ("b{le=\"0.2\"}", "b", &[(11, "the success metric has no `le`", "_bucket")]),
        ("metric: c", "metric: rate(c[5m])", &[(13, "`rate(c[5m])` is no bare selector", "without functions")]),
        ("metric: c", "metrics: c", &[(13, "unknown key `metrics`", "did you mean `metric`?")]),
        ("burnrates: true", "burnrates: sure", &[(15, "`burnrates` is neither true nor false", "")]),
    ];
    each(PYRRA, &cases);
}

#[test]
fn what_is_no_definition_is_named_as_such() {
    let known = "OpenSLO (openslo/v1, openslo/v1alpha, openslo.com/v2alpha), Sloth";
    let cases = [
        ("just words\n", "1: this document is a text, no definition of an SLO", known),
        ("a: 1\n", "1: this is in no format that is known", known),
        ("groups: []\n", "1: these are rules of Prometheus", "take the file out of [slo] files"),
        ("\n\napiVersion: v1\nkind: ConfigMap\n", "3: apiVersion `v1` is none that is read here", known),
        ("- - 1\n", "1: this document is a list", known),
    ];
    for (text, what, hint) in cases {
        let told = told(&of(text).problems);
        assert!(
            told.iter().any(|t| t.starts_with(what) || what == "2: ") && told[0].contains(hint),
            "{text}: {told:?}"
        );
    }
    for empty in ["", "\n\n", "# words only\n", "---\n---\n...\n", "%YAML 1.2\n---\n", "null\n"] {
        let reading = of(empty);
        assert!(reading.problems.is_empty() && told(&reading.warnings)[0].contains("defines nothing"), "{empty:?}");
    }
}

#[test]
fn what_only_looks_wrong_is_a_warning_and_the_objective_stands() {
    let cases = [
        (
            OPENSLO,
            "counter: true",
            "counter: true\n        unit: requests",
            "11: SLO `a`: unknown key `unit` in the ratioMetric",
            "known: counter",
        ),
        (
            OPENSLO,
            "  budgetingMethod",
            "  budgetingMetod",
            "16: SLO `a`: unknown key `budgetingMetod`",
            "`budgetingMethod`?",
        ),
        (OPENSLO, "target: 0.999", "target: 1", "18: SLO `a`: an objective of 100 %", "less than 1"),
        (OPENSLO, "target: 0.999", "op: gt\n      target: 0.999", "18: SLO `a`: op and value are ignored", "ratio"),
        (THRESHOLD, "Timeslices", "Occurrences", "15: SLO `t`: a value has no events", "timeSliceWindow"),
        (
            CONDITION,
            "op: gte",
            "op: lt",
            "8: AlertCondition `fast`: `op: lt` would alert while all is well",
            "read as gt",
        ),
        (SLOTH, "objective: 99.9", "objective: 0.999", "5: SLO `pay-ok`: less than 1 % need be good", "percentages"),
        (SLOTH, "    alerting:", "    aleting:", "10: SLO `pay-ok`: unknown key `aleting`", "`alerting`?"),
        (SLOTH, "sum(rate(e[{{.window}}]))", "e[5m]", "8: SLO `pay-ok`: `error_query` has no `{{.window}}`", ""),
        (
            CATALOGUE,
            "sloPeriod: 30d",
            "sloPeriod: 7d",
            "1: AlertWindows: this catalogue is for 7d",
            "sloth_period = \"7d\"",
        ),
        (PYRRA, "\"99.9\"", "\"0.999\"", "6: SLO `p`: less than 1 % need be good", "percentages"),
        (PYRRA, "  alerting:", "  alertng:", "14: SLO `p`: unknown key `alertng`", "`alerting`?"),
    ];
    for (good, from, to, what, hint) in cases {
        assert!(good.contains(from), "{from}");
        let reading = of(&good.replacen(from, to, 1));
        assert_eq!((reading.slos.len(), told(&reading.problems)), (of(good).slos.len(), Vec::new()), "{to}");
        let told = told(&reading.warnings);
        assert!(told.len() == 1 && told[0].starts_with(what) && told[0].contains(hint), "{to}: {told:?}");
    }
}
