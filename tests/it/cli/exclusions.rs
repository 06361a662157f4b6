//! `[[slo_exclusion]]`: planned maintenance in what the commands answer, and mistakes in it.

use super::slos;
use crate::support::real::Real;

fn write(home: &super::Home, plan: &str) {
    let text = std::fs::read_to_string(home.path("config.toml")).unwrap();
    std::fs::write(home.path("config.toml"), text + plan).unwrap();
}

#[tokio::test]
async fn what_was_planned_is_told_beside_what_was_counted() {
    let server = Real::prometheus("groups: []\n", &slos::samples()).await;
    let home = slos::home(&server.url());
    write(&home, "[[slo_exclusion]]\nname = \"move\"\nservice = \"shop\"\nevery = \"daily 00:00\"\nfor = \"24h\"\n");
    let slo = home.run(&["slo", "list", "-o", "json"]).await.ends_with(0).json()["slos"][0].clone();
    assert_eq!(slo["state"], "exhausted", "the raw number stays: {slo}");
    assert_eq!(slo["adjusted"]["because"], serde_json::json!(["move"]));
    assert_eq!(slo["adjusted"]["total"], slo["total"], "all of every day");
    let table = home.run(&["slo", "list"]).await.ends_with(0);
    assert!(table.out.contains("(adjusted 100.0%)"), "{}", table.out);
    let shown = home.run(&["slo", "show", "checkout", "--axis"]).await.ends_with(0).out;
    assert!(shown.contains("; maintenance move at "), "{shown}");
    assert!(shown.contains("axis from ") && shown.contains("no alert is known of it"), "{shown}");
    let plain = home.run(&["--plain"]).await.ends_with(0).out;
    assert!(plain.contains("; maintenance move at "), "{plain}");
    for (verb, told) in [("show", "adjusted"), ("explain", "adjusted = 100.0 %")] {
        let ran = home.run(&["slo", verb, "checkout"]).await.ends_with(0);
        assert!(ran.out.contains(told) && ran.out.contains("move"), "{verb}: {}", ran.out);
    }
    let frozen = home.run(&["slo", "gate", "checkout"]).await.ends_with(2);
    assert!(frozen.out.contains(", 100.0 % without move"), "{}", frozen.out);
    write(&home, "[slo.policy]\nadjusted = true\n");
    let open = home.run(&["slo", "gate", "checkout"]).await.ends_with(0);
    assert!(open.out.contains("100.0 % of the budget left without move, "), "{}", open.out);
}

#[tokio::test]
async fn a_span_that_is_supposed_not_to_count_takes_its_errors_and_its_traffic_with_it() {
    let server = Real::prometheus("groups: []\n", &slos::samples()).await;
    let home = slos::home(&server.url());
    let ran = home.run(&["slo", "what-if", "checkout", "--exclude", "30d..now"]).await.ends_with(0);
    assert!(ran.out.contains("bad            0;"), "{}", ran.out);
    let wrong = home.run(&["slo", "what-if", "checkout", "--exclude", "now..1h"]).await.ends_with(2);
    assert!(wrong.err.contains("ends before it begins"), "{}", wrong.err);
}

#[tokio::test]
async fn a_plan_that_cannot_be_read_says_where_and_what_was_meant() {
    for (plan, told) in [
        ("name = \"a\"", "does not say when it is"),
        ("name = \"a\"\nfrom = \"2026-11-20T22:00:00Z\"\nto = \"2026-11-20T21:00:00Z\"", "ends before it begins"),
        ("name = \"a\"\nfrom = \"yesterday\"\nto = \"2026-11-20T21:00:00Z\"", "`yesterday` is no moment"),
        ("name = \"a\"\nevery = \"Sunday at two\"\nfor = \"2h\"", "write it like `Sun 02:00`"),
        ("name = \"a\"\nevery = \"Sun 02:00\"\nfor = \"2h\"\nzone = \"Berlin\"", "`Berlin` is no time zone"),
        ("every = \"Sun 02:00\"\nfor = \"2h\"", "has no `name`"),
        ("name = \"a\"\nevry = \"Sun 02:00\"", "every"),
    ] {
        let home = slos::home("http://127.0.0.1:1");
        write(&home, &format!("[[slo_exclusion]]\n{plan}\n"));
        let ran = home.run(&["slo", "list"]).await.ends_with(2);
        assert!(ran.err.contains(told) && ran.err.contains("config.toml:"), "{plan}: {}", ran.err);
    }
}
