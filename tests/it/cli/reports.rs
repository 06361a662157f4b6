//! `handoff`, `incident export`, `incident stats`: documents of a journal and of what a real Prometheus counted.

use super::{
    Home, Ran,
    slos::{home, samples},
};
use crate::support::real::Real;

/// An incident that began two hours ago, costs the budget, and is over.
async fn lived(home: &Home) -> String {
    let said = home
        .run(&[
            "incident",
            "declare",
            "checkout",
            "is",
            "down",
            "--severity",
            "sev2",
            "--slo",
            "checkout",
            "--at",
            "110m",
            "-o",
            "json",
        ])
        .await
        .ends_with(0)
        .json();
    let id = said["acts"][0]["incident"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned();
    let run = async |arguments: &[&str]| home.run(&[&["incident"], arguments].concat()).await.ends_with(0);
    run(&["time", &id, "started", "120m"]).await;
    run(&["note", &id, "a | pipe and `ticks`", "--tag", "hypothesis", "--at", "100m"]).await;
    run(&["task", &id, "raise the limit", "--owner", "bo"]).await;
    run(&["status", &id, "mitigated", "--at", "70m"]).await;
    run(&["resolve", &id, "--at", "60m"]).await;
    id
}

#[tokio::test]
async fn the_export_holds_what_the_journal_has_and_costs_what_the_budget_says() {
    let server = Real::prometheus("groups: []\n", &samples()).await;
    let home = home(&server.url());
    let id = lived(&home).await;
    let answer = home.run(&["incident", "export", &id, "-o", "json"]).await.ends_with(0).json();
    let document = &answer["postmortem"];
    let cost = &document["impact"][0];
    let span = |key: &str| cost[key].as_str().unwrap().to_owned();
    let shown =
        home.run(&["slo", "show", "checkout", "--from", &span("from"), "--to", &span("to"), "-o", "json"]).await;
    let shown = shown.ends_with(0).json();
    let spent = &shown["slos"][0]["span"];
    for (ours, theirs) in [("failed", "bad"), ("total", "total")] {
        let (a, b) = (cost[ours].as_f64().unwrap(), spent[theirs].as_f64().unwrap());
        assert!((a - b).abs() < 1e-6 * b.max(1.0), "{ours}: {cost} {spent}");
    }
    let (a, b) = (cost["share"].as_f64().unwrap(), spent["share"].as_f64().unwrap());
    assert!((a - b).abs() < 0.02 * b, "the window moves on between two commands, and no more: {a} {b}");
    assert!((cost["failed"].as_f64().unwrap() - 60.0).abs() < 3.0, "a failure a minute for an hour: {cost}");
    // Two commands say "an hour ago" a moment apart.
    assert!((3_600..3_660).contains(&document["lengths"]["resolve_s"].as_i64().unwrap()), "{}", document["lengths"]);
    let timeline = home.run(&["incident", "show", &id, "-o", "json"]).await.ends_with(0).json();
    let entries = timeline["incidents"][0]["timeline"].as_array().unwrap();
    let ids: Vec<&str> = entries.iter().map(|e| e["id"].as_str().unwrap()).collect();
    let rows: Vec<&str> =
        document["timeline"].as_array().unwrap().iter().map(|r| r["entry"].as_str().unwrap()).collect();
    assert_eq!(rows, ids);
}

#[tokio::test]
async fn the_document_and_its_graph_stand_beside_each_other_and_are_never_written_over() {
    let server = Real::prometheus("groups: []\n", &samples()).await;
    let home = home(&server.url());
    let id = lived(&home).await;
    let told = home.run(&["incident", "export", &id, "--out", "morning/"]).await.ends_with(0);
    let text = std::fs::read_to_string(home.path(&format!("morning/{id}.md"))).unwrap();
    let svg = std::fs::read_to_string(home.path(&format!("morning/{id}-checkout.svg"))).unwrap();
    assert!(
        text.contains(&format!("({id}-checkout.svg)")) && text.contains("| 1 | raise the limit | bo | no |"),
        "{text}"
    );
    assert!(text.contains("**hypothesis** a \\| pipe and \\`ticks\\`"), "{text}");
    assert!(svg.starts_with("<svg ") && svg.contains(">mitigated</text>"), "{svg}");
    assert!(told.out.is_empty() && told.err.contains("written to"), "{}", told.err);
    let again = home.run(&["incident", "export", &id, "--out", "morning/"]).await.ends_with(1);
    assert!(again.err.contains("stays as it is"), "{}", again.err);
}

#[tokio::test]
async fn a_mistake_in_a_template_names_file_and_line_and_is_one_of_usage() {
    let server = Real::prometheus("groups: []\n", &samples()).await;
    let home = home(&server.url());
    let id = lived(&home).await;
    std::fs::write(home.path("own.md"), "# {{ title }}\n\n{{ severty }}\n").unwrap();
    for arguments in [vec!["incident", "export", &id], vec!["handoff"]] {
        let wrong: Ran = home.run(&[&arguments[..], &["--template", "own.md"]].concat()).await.ends_with(2);
        let line = if arguments[0] == "handoff" { "own.md:1: " } else { "own.md:3: there is no such name here" };
        assert!(wrong.err.contains(line) && wrong.out.is_empty(), "{}", wrong.err);
    }
    let none = home.run(&["handoff", "--template", "missing.md"]).await.ends_with(2);
    assert!(none.err.contains("missing.md cannot be read"), "{}", none.err);
}

#[tokio::test]
async fn the_handoff_of_a_source_that_is_down_is_incomplete_and_says_so() {
    let home = home("http://127.0.0.1:1");
    let cut = home.run(&["handoff", "-o", "markdown"]).await.ends_with(3);
    assert!(cut.out.contains("**UNKNOWN: what nobody could see.") && cut.out.contains("source metrics"), "{}", cut.out);
    assert!(!cut.out.contains("\nNone.\n\n## Owned"), "{}", cut.out);
    home.run(&["handoff", "--allow-partial"]).await.ends_with(0);
    let answer = home.run(&["handoff", "-o", "json"]).await.ends_with(3).json();
    assert_eq!((&answer["complete"], &answer["handoff"]["complete"]), (&false.into(), &false.into()));
    let other = home.run(&["timeline", "-o", "markdown"]).await.ends_with(2);
    assert!(other.err.contains("-o markdown is for"), "{}", other.err);
}

#[tokio::test]
async fn statistics_are_of_the_journal_alone_and_say_their_definitions() {
    let home = Home::with("[shift]\nstarts = [\"06:00\", \"18:00\"]\nzone = \"UTC\"\n");
    lived(&home).await;
    let stats = home.run(&["incident", "stats", "-o", "json"]).await.ends_with(0).json();
    let stats = &stats["stats"]["incidents"];
    assert_eq!((&stats["count"], &stats["resolve"]["median"]), (&1.into(), &3_600.0.into()));
    let table = home.run(&["incident", "stats"]).await.ends_with(0);
    assert!(
        table.out.contains("MTTR resolve") && table.out.contains("Shifts begin at 06:00, 18:00 in UTC"),
        "{}",
        table.out
    );
    let markdown = home.run(&["incident", "stats", "-o", "markdown"]).await.ends_with(0);
    assert!(markdown.out.contains("| Incident: to resolve (MTTR) | 1h | 1h | 1h | 1 | 0 |"), "{}", markdown.out);
    let wrong = Home::with("[shift]\nstarts = [\"25:00\"]\nzone = \"Europe/Berln\"\nworking_days = [\"Funday\"]\n");
    let wrong = wrong.run(&["incident", "stats"]).await.ends_with(2);
    for what in ["`25:00` is no time of day", "did you mean `Europe/Berlin`?", "`Funday` is no day"] {
        assert!(wrong.err.contains(what), "{what}: {}", wrong.err);
    }
}
