//! `note --kind`, `changes` and `oncall`.

use super::{Home, texts};

const DEPLOY: [&str; 13] = [
    "note",
    "--kind",
    "deploy",
    "--service",
    "checkout",
    "--version",
    "2.4.1",
    "--by",
    "ci",
    "--id",
    "build-7",
    "--url",
    "https://ci.example/7",
];

#[tokio::test]
async fn a_pipeline_tells_a_deploy_once_however_often_it_tries() {
    let home = Home::with("");
    home.run(&DEPLOY).await.ends_with(0);
    let again = home.run(&DEPLOY).await.ends_with(0);
    assert!(again.err.contains("told before") && again.out.is_empty(), "{}{}", again.out, again.err);
    home.run(&["note", "--kind", "Flag", "new basket", "at 50 %"]).await.ends_with(0);
    let answer = home.run(&["changes", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(answer["schema"], "watchfire/changes/1");
    assert_eq!(texts(&answer["changes"], "kind"), ["change.deploy", "change.flag"]);
    assert_eq!(texts(&answer["changes"], "title"), ["checkout 2.4.1", "new basket at 50 %"]);
    let deploy = &answer["changes"][0];
    assert_eq!(
        (&deploy["by"], &deploy["version"], &deploy["url"]),
        (&"ci".into(), &"2.4.1".into(), &"https://ci.example/7".into())
    );
    let one = home.run(&["changes", "--kind", "deploy", "--service", "checkout"]).await.ends_with(0);
    assert!(one.out.contains("checkout 2.4.1") && !one.out.contains("basket"), "{}", one.out);
    let timeline = home.run(&["timeline"]).await.ends_with(0);
    assert!(timeline.out.contains("deploy    checkout 2.4.1 by ci"), "{}", timeline.out);
}

#[tokio::test]
async fn a_change_that_says_nothing_is_refused_and_a_dry_run_writes_nothing() {
    let home = Home::with("");
    for arguments in [
        &["note", "--kind", "!"][..],
        &["note", "--kind", "deploy", "--service", " "],
        &["note", "--kind", "deploy", "--url", "javascript:alert(1)"],
        &["note", "--service", "checkout", "watch", "x"],
        &["note", "--kind", "deploy", "--at", "yesterdayish"],
    ] {
        let ran = home.run(arguments).await.ends_with(2);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{arguments:?}");
    }
    let dry = home.run(&["note", "--kind", "deploy", "--service", "checkout", "--dry-run"]).await.ends_with(0);
    assert!(dry.err.contains("would write change.deploy of service:checkout"), "{}", dry.err);
    let none = home.run(&["changes"]).await.ends_with(0);
    assert!(none.out.is_empty() && none.err.contains("no change since"), "{}", none.err);
}

#[tokio::test]
async fn where_no_source_tells_who_is_on_call_that_is_said() {
    let ran = Home::on("http://127.0.0.1:1", "").run(&["oncall"]).await.ends_with(1);
    assert!(ran.err.contains("no source tells who is on call"), "{}", ran.err);
}
