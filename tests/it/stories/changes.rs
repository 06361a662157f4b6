//! What a pipeline tells with one command, as the one before the cockpit sees it.

use watchfire::domain::change::Said;

use crate::support::cockpit::{Opening, Story};

/// As `watchfire note --kind KIND --service checkout --version VERSION --id ID` on the same journal.
async fn told(c: &Story, kind: &str, version: &str, id: &str) -> usize {
    let said = Said {
        kind: kind.into(),
        service: Some("checkout".into()),
        version: Some(version.into()),
        by: "ci".into(),
        text: "from the pipeline".into(),
        id: Some(id.into()),
        ..Said::default()
    };
    c.work(move |journal, now| async move { journal.append(&[said.entry(now)], now).await }).await.len()
}

/// The row of the axis with this name.
fn row(c: &Story, name: &str) -> String {
    let is = |line: &&str| line.trim_start().starts_with(name) && line.trim_start().len() > name.len();
    c.screen().lines().find(is).map(str::to_owned).unwrap_or_else(|| panic!("no row {name}:\n{}", c.screen()))
}

#[tokio::test(start_paused = true)]
async fn a_deploy_of_a_pipeline_stands_on_the_timeline_and_on_the_markers_of_the_budget() {
    let mut c = Opening::of("trials-of-changes").at("20m").open().await;
    c.sees("Checkout succeeds").await;
    assert_eq!(told(&c, "deploy", "6.0.0", "build-9").await, 1);
    assert_eq!(told(&c, "deploy", "6.0.0", "build-9").await, 0, "told twice under one id it is one change");
    c.sees("deploy    checkout 6.0.0 by ci").await;
    c.keys("2 enter").await.sees("burn-down Checkout succeeds").await.sees("deploy checkout 6.0.0").await;
    // A letter on the strip under the graph.
    assert!(c.screen().lines().any(|l| l.trim() == "D"), "{}", c.screen());
}

#[tokio::test(start_paused = true)]
async fn a_flag_and_any_other_word_are_markers_too_and_the_next_alert_shows_the_nearest_first() {
    let mut c = Opening::of("trials-of-changes").at("20m").open().await;
    c.sees("Checkout succeeds").await;
    told(&c, "feature-flag", "new-basket on", "flag-1").await;
    c.at("21m").await;
    told(&c, "terraform", "dns", "tf-1").await;
    c.sees("feature-").await.sees("terraform").await;
    c.keys("3 f").await.sees("deploys and other changes alone (f)").await.sees("checkout new-basket on").await;
    c.at("25m").await.keys("1").await.sees("SlowCheckout").await.keys("enter").await;
    c.sees("changed before it").await;
    let screen = c.screen();
    let (near, far) = (screen.find("terraform of checkout dns"), screen.find("feature-flag of checkout"));
    assert!(near.is_some() && near < far, "the nearest stands first:\n{screen}");
    assert_eq!(row(&c, "changes").matches('D').count(), 2, "{screen}");
}
