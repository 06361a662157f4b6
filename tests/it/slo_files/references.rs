//! Names that reach over files, and names that two documents have.

use watchfire::{
    config::slo::{Around, Backend, Reading, read},
    domain::source::SourceName,
};

use super::{ids, told};

const SLI: &str = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: good}\nspec: {ratioMetric: {good: {metricSource: \
                   {metricSourceRef: prom, spec: {query: g}}}, total: {metricSource: {spec: {query: t}}}}}\n";
const SLO: &str = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec:\n  service: shop\n  indicatorRef: good\n  \
                   timeWindow: [{duration: 30d, isRolling: true}]\n  objectives: [{target: 0.9}]\n";
const DATA: &str = "apiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\nspec:\n  type: Prometheus\n  \
                    connectionDetails: {url: \"http://one.example/\", password: secret}\n";
const POLICY: &str =
    "apiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: {name: wake}\nspec:\n  conditions: [{conditionRef: fast}]\n";
const CONDITION: &str = "apiVersion: openslo/v1\nkind: AlertCondition\nmetadata: {name: fast}\nspec:\n  severity: page\n  \
                         condition: {kind: burnrate, op: gt, threshold: 2, lookbackWindow: 1h}\n";

fn files(files: &[(&str, &str)], backends: &[(&str, &str)]) -> Reading {
    let backend = |(name, url): &(&str, &str)| Backend { name: SourceName::new(name), urls: vec![(*url).into()] };
    read(files, &Around { backends: backends.iter().map(backend).collect(), ..Around::default() })
}

fn source(reading: &Reading) -> Option<&str> {
    reading.slos[0].indicator.source.as_ref().map(SourceName::as_str)
}

#[test]
fn a_reference_reaches_into_another_file_in_either_order() {
    for order in [[("a", SLI), ("b", SLO)], [("b", SLO), ("a", SLI)]] {
        let reading = files(&order, &[]);
        assert_eq!((ids(&reading), told(&reading.problems)), (vec!["a"], Vec::new()));
        assert_eq!(reading.slos[0].origin.place.shown(), "b");
    }
    let policed = SLO.to_owned() + "  alertPolicies: [{alertPolicyRef: wake}]\n";
    let reading = files(&[("b", &policed), ("p", POLICY), ("a", SLI), ("c", CONDITION)], &[]);
    assert_eq!((reading.slos[0].alerting.tiers(86_400).len(), told(&reading.problems)), (1, Vec::new()));
}

#[test]
fn a_reference_to_nothing_names_the_nearest() {
    let reading = files(&[("b", &SLO.replace(": good", ": goood")), ("a", SLI)], &[]);
    assert_eq!(told(&reading.problems), ["b:6: SLO `a`: no SLI is called `goood`; did you mean `good`?"]);
    let reading = files(&[("b", SLO)], &[]);
    let none = "b:6: SLO `a`: no SLI is called `good`; none of these files defines a document of kind SLI";
    assert_eq!(told(&reading.problems), [none]);
    let policed = SLO.to_owned() + "  alertPolicies: [wakee]\n";
    let reading = files(&[("b", &policed), ("p", POLICY), ("a", SLI)], &[]);
    let wanted = [
        "b:9: SLO `a`: no AlertPolicy is called `wakee`; did you mean `wake`?",
        "p:5: AlertPolicy `wake`: no AlertCondition is called `fast`; none of these files defines a document of kind AlertCondition",
    ];
    let mut told = told(&reading.problems);
    told.sort();
    assert_eq!(
        (told, ids(&reading)),
        (wanted.map(str::to_owned).to_vec(), vec!["a"]),
        "its events are counted all the same"
    );
}

#[test]
fn a_broken_sli_is_told_where_it_stands_and_where_it_is_used() {
    let reading = files(&[("b", SLO), ("a", &SLI.replace("query: t", "q: t"))], &[]);
    let mut told = told(&reading.problems);
    told.sort();
    assert!(told[0].starts_with("a:4: SLI `good`: no query under"), "{told:?}");
    assert_eq!(told[1], "b:6: SLO `a`: the SLI `good` cannot be read; it stands in a:1");
}

#[test]
fn of_two_with_one_name_the_first_stands_whatever_their_formats() {
    let sloth = "version: prometheus/v1\nservice: shop\nslos:\n  - name: x\n    objective: 99\n    sli: {raw: {error_ratio_query: 'e[{{.window}}]'}}\n";
    let openslo = SLO.replace("name: a", "name: shop-x");
    let reading = files(&[("one", &openslo), ("two", sloth), ("three", SLI), ("four", SLI)], &[]);
    assert_eq!((ids(&reading), reading.slos[0].origin.to_string().as_str()), (vec!["shop-x"], "one (openslo)"));
    let wanted = [
        "four:1: SLI `good`: a second SLI is called `good`; the one in three:1 stands; rename one of them",
        "two:4: a second SLO has the id `shop-x`; the one in one (openslo) stands; rename one of them",
    ];
    assert_eq!(told(&reading.problems), wanted);
    let reading = files(&[("two", sloth), ("one", &openslo), ("three", SLI)], &[]);
    assert_eq!(reading.slos[0].origin.to_string(), "two (sloth)");
}

#[test]
fn a_data_source_is_the_configured_one_of_its_name_or_address_and_never_dialled() {
    let all = [("b", SLO), ("a", SLI), ("d", DATA)];
    assert_eq!(source(&files(&all, &[])), Some("prom"), "nothing is configured, the name stands");
    assert_eq!(source(&files(&all, &[("x", "http://two.example"), ("prom", "http://three.example")])), Some("prom"));
    assert_eq!(source(&files(&all, &[("x", "http://two.example"), ("y", "http://one.example")])), Some("y"));
    let reading = files(&all, &[("only", "http://two.example")]);
    assert_eq!((source(&reading), told(&reading.problems)), (None, Vec::new()));
    let what = "a:4: SLI `good`: no configured source is called `prom`; `only` is asked, the only one that counts";
    assert!(told(&reading.warnings)[0].starts_with(what), "{:?}", told(&reading.warnings));
    let reading = files(&all, &[("prom1", "http://two.example"), ("y", "http://three.example")]);
    assert_eq!(
        told(&reading.problems)[0],
        "a:4: SLI `good`: no configured source is called `prom`; did you mean `prom1`?"
    );
    let foreign = DATA.replace("type: Prometheus", "type: Datadog");
    let reading = files(&[("b", SLO), ("a", SLI), ("d", &foreign)], &[("prom", "http://two.example")]);
    assert!(told(&reading.problems)[0].contains("the DataSource `prom` is of type `Datadog`"), "{reading:?}");
}

#[test]
fn a_service_gives_its_title_and_a_misspelt_one_is_told() {
    let service = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: shop, displayName: The shop}\nspec: {}\n";
    let reading = files(&[("b", SLO), ("a", SLI), ("s", service)], &[]);
    assert_eq!(reading.slos[0].title.shown(), "The shop: a");
    let reading = files(&[("b", &SLO.replace(": shop", ": shopp")), ("a", SLI), ("s", service)], &[]);
    assert_eq!(told(&reading.warnings), ["b:5: SLO `a`: no Service is called `shopp`; did you mean `shop`?"]);
    assert_eq!(ids(&reading), ["a"]);
}
