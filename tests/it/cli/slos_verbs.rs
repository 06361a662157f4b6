//! `slo explain`, `gate`, `lint`, `what-if`, `drill` and the account of `show`: on what a real Prometheus counted.

use serde_json::Value;

use super::{
    Home, keys,
    slos::{SLO, home, samples},
    texts,
};
use crate::support::real::Real;

/// One of a hundred fails: `checkout` may have one of a thousand, `lax` every second.
async fn two() -> (Real, Home) {
    let server = Real::prometheus("groups: []\n", &samples()).await;
    let home = home(&server.url());
    let lax = SLO.replace("name: checkout", "name: lax").replace("service: shop", "service: desk");
    std::fs::write(home.path("slo.yaml"), format!("{SLO}---\n{}", lax.replace("0.999", "0.5"))).unwrap();
    (server, home)
}

#[tokio::test]
async fn the_gate_ends_by_the_policy_and_says_why_in_one_line() {
    let (_server, home) = two().await;
    let ran = home.run(&["slo", "gate", "checkout"]).await.ends_with(2);
    assert!(ran.out.starts_with("FREEZE checkout: -") && ran.out.lines().count() == 1, "{}", ran.out);
    let ran = home.run(&["slo", "gate", "--service", "desk"]).await.ends_with(0);
    assert!(ran.out.starts_with("OK lax: 98."), "{}", ran.out);
    home.run(&["slo", "gate"]).await.ends_with(2);
    let answer = home.run(&["slo", "gate", "-o", "json"]).await.ends_with(2).json();
    assert_eq!(keys(&answer["gate"]), ["code", "slos", "stance", "text"]);
    assert_eq!((&answer["gate"]["code"], &answer["gate"]["stance"]), (&2.into(), &"FREEZE".into()));
    let config = std::fs::read_to_string(home.path("config.toml")).unwrap();
    std::fs::write(home.path("config.toml"), format!("{config}[slo.policy]\nwarn_at = 0.99\n")).unwrap();
    let ran = home.run(&["slo", "gate", "lax"]).await.ends_with(1);
    assert!(ran.out.starts_with("WARN lax: 98."), "{}", ran.out);
}

#[tokio::test]
async fn a_gate_that_is_blind_is_never_open() {
    let home = home("http://127.0.0.1:1");
    for arguments in [&["slo", "gate"][..], &["slo", "gate", "checkout"], &["slo", "gate", "--service", "shop"]] {
        let ran = home.run(arguments).await.ends_with(3);
        assert!(ran.out.starts_with("UNKNOWN "), "{}", ran.out);
    }
    let (_server, home) = two().await;
    let ran = home.run(&["slo", "gate", "--service", "nobody"]).await.ends_with(3);
    assert!(ran.out.contains("no SLO is of the service `nobody`"), "{}", ran.out);
    home.run(&["slo", "gate", "lax", "nothing"]).await.ends_with(3);
    std::fs::write(home.path("config.toml"), "[slo.policy]\nfreeze_at = 7\n").unwrap();
    home.run(&["slo", "gate", "lax"]).await.ends_with(3);
}

/// With a scrape a minute, each bucket reaches back to the last scrape of the one before.
const JOINED: &str = "sum((increase(requests_total{code=\"500\"}[1h59s990ms])) * 3600 / 3659.99)";

#[tokio::test]
async fn every_number_has_its_formula_its_values_and_its_query() {
    let (_server, home) = two().await;
    let ran = home.run(&["slo", "explain", "checkout", "remaining"]).await.ends_with(0);
    for wanted in ["R = 1 - B / A", JOINED, "remaining = -"] {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
    let answer = home.run(&["slo", "explain", "checkout", "-o", "json"]).await.ends_with(0).json();
    let names = texts(&answer["numbers"], "name");
    for wanted in ["objective", "sli", "allowed", "burn_5m", "burn_3d", "tier_1", "runs_out", "coverage", "quantum"] {
        assert!(names.contains(&wanted), "{names:?}");
    }
    let burn = answer["numbers"].as_array().unwrap().iter().find(|n| n["name"] == "burn_1h").unwrap();
    let wanted = ["back", "counts_good", "formula", "name", "query", "result", "step", "total_query", "values"];
    assert_eq!(keys(burn), wanted);
    let total = "sum((increase(requests_total[5m59s990ms])) * 300 / 359.99)";
    assert_eq!((&burn["total_query"], &burn["step"]), (&total.into(), &300.into()));
    let ran = home.run(&["slo", "explain", "checkout", "happiness"]).await.ends_with(2);
    assert!(ran.err.contains("there are objective, total"), "{}", ran.err);
}

#[tokio::test]
async fn lint_tells_what_can_never_fire_and_is_quiet_where_nothing_is_wrong() {
    let (_server, home) = two().await;
    let answer = home.run(&["slo", "lint", "-o", "json"]).await.ends_with(1).json();
    let of = |id: &str| -> Vec<Value> {
        answer["findings"].as_array().unwrap().iter().filter(|f| f["id"] == id).cloned().collect()
    };
    let lax = of("lax");
    assert!(lax.iter().any(|f| f["rule"] == "unreachable"), "a full outage burns twice: {answer}");
    assert_eq!(keys(&lax[0]), ["advice", "id", "rule", "what"]);
    assert!(of("checkout").iter().all(|f| f["rule"] == "factor_below_one" || f["rule"] == "quantum"), "{answer}");
    let config = std::fs::read_to_string(home.path("slo.yaml")).unwrap();
    std::fs::write(
        home.path("slo.yaml"),
        config.replace("duration: 7d", "duration: 30d").replace("0.999", "0.99").replace("0.5", "0.99"),
    )
    .unwrap();
    home.run(&["slo", "lint"]).await.ends_with(0);
}

#[tokio::test]
async fn what_if_counts_anew_and_replays_the_alerts() {
    let (_server, home) = two().await;
    let run = async |more: &[&str]| {
        let arguments = [&["slo", "what-if", "checkout", "-o", "json"], more].concat();
        home.run(&arguments).await.ends_with(0).json()["what_if"].clone()
    };
    let same = run(&[]).await;
    assert_eq!(same["remaining"], same["remaining_as_it_is"], "nothing changed is what is");
    let lax = run(&["--objective", "90", "--window", "1d", "--outage", "30m@100%"]).await;
    assert!((lax["remaining"].as_f64().unwrap() - 0.9).abs() < 0.02, "{lax}");
    assert!(lax["outage"]["share"].as_f64().unwrap() > 1.0, "half an hour of three is more than a tenth: {lax}");
    assert_eq!((&lax["window"], &lax["page"]["calls"]), (&86_400.into(), &0.into()));
    let healed = run(&["--without", "4h..now"]).await;
    assert!(healed["remaining"].as_f64().unwrap() > same["remaining"].as_f64().unwrap(), "{healed}");
    let ran = home.run(&["slo", "what-if", "checkout", "--without", "soon"]).await.ends_with(2);
    assert!(ran.err.contains("write FROM..TO"), "{}", ran.err);
    let ran = home.run(&["slo", "what-if", "checkout", "--objective", "99"]).await.ends_with(0);
    assert!(ran.out.contains("would have paged"), "{}", ran.out);
}

#[tokio::test]
async fn a_label_is_ranked_by_its_share_of_the_bad_and_its_lift() {
    let (_server, home) = two().await;
    let answer = home.run(&["slo", "drill", "checkout", "--by", "code", "-o", "json"]).await.ends_with(0).json();
    let first = &answer["portions"][0];
    assert_eq!(keys(first), ["bad", "label", "lift", "share", "total", "value"]);
    assert_eq!((&first["label"], &first["value"]), (&"code".into(), &"500".into()));
    assert!((first["share"].as_f64().unwrap() - 1.0).abs() < 1e-6 && first["lift"].as_f64().unwrap() > 50.0, "{first}");
    home.run(&["slo", "drill", "checkout", "--by", "a) or vector(1"]).await.ends_with(1);
    let ran = home.run(&["slo", "drill", "checkout"]).await.ends_with(0);
    assert!(ran.err.contains("no label tells them apart"), "the definition selects by code itself: {}", ran.err);
}

#[tokio::test]
async fn show_says_what_burned_it_and_the_parts_sum_to_the_whole() {
    let (_server, home) = two().await;
    let answer = home.run(&["slo", "show", "checkout", "-o", "json"]).await.ends_with(0).json();
    let account = &answer["slos"][0]["account"];
    let wanted = ["burned", "burning", "consumed", "distances", "policy", "returns", "unattributed"];
    assert_eq!(keys(account), wanted);
    let number = |v: &Value| v.as_f64().unwrap();
    let gross: f64 = account["burned"].as_array().unwrap().iter().map(|c| number(&c["gross"])).sum();
    let consumed = number(&account["consumed"]);
    assert!((gross + number(&account["unattributed"]) - consumed).abs() < 1e-6, "{account}");
    assert!((consumed - number(&answer["slos"][0]["consumed"])).abs() < 1e-6, "{answer}");
    let back: f64 = account["returns"].as_array().unwrap().iter().map(|r| number(&r["share"])).sum();
    assert!((back - consumed).abs() < 0.02 * consumed, "what was consumed comes back: {back} of {consumed}");
    assert_eq!(account["policy"]["stance"], "FREEZE");
    let ran = home.run(&["slo", "show", "checkout"]).await.ends_with(0);
    for wanted in ["what burned it", "what comes back", "burning ", "policy       FREEZE since"] {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
}

#[tokio::test]
async fn plain_tells_the_budgets_in_sentences_and_of_one_that_burns_what_its_graph_shows() {
    let (_server, home) = two().await;
    let ran = home.run(&["--plain"]).await.ends_with(0);
    let budgets: Vec<&str> = ran.out.lines().skip_while(|l| *l != "budgets").take_while(|l| !l.is_empty()).collect();
    let burning =
        budgets.iter().position(|l| l.starts_with("checkout: PAGE, -9")).unwrap_or_else(|| panic!("{}", ran.out));
    let calm = budgets.iter().position(|l| l.starts_with("lax: 98.")).unwrap_or_else(|| panic!("{}", ran.out));
    assert!(budgets[burning].contains("burns 10.0x over 1h") && budgets[burning].contains("policy FREEZE"));
    let told = budgets[burning..calm].join("\n");
    for wanted in
        ["\n  line: 100", "\n  not counted: ", "\n  page 6h/30m: FIRING", "\n  happened: nothing that is known"]
    {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert_eq!(calm + 1, budgets.len(), "of what is well one sentence is enough: {}", ran.out);
    let shown = home.run(&["slo", "show", "checkout"]).await.ends_with(0);
    assert!(shown.out.contains("graph\n  line") && shown.out.contains("not counted"), "{}", shown.out);
}
