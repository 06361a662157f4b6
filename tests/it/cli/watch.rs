//! `status`, `doctor` and `--plain`: is all well, in a line, in checks, in words.

use super::{Home, alertmanager, texts};
use crate::support::real::Real;

#[tokio::test]
async fn the_status_ends_as_a_monitoring_plugin_does() {
    let server = Real::alertmanager().await;
    let home = Home::on(&server.url(), "");
    let calm = home.run(&["status"]).await.ends_with(0);
    assert!(calm.out.starts_with("CALM | prod live ") && calm.out.lines().count() == 1, "{}", calm.out);
    server.post("/api/v2/alerts", r#"[{"labels": {"alertname": "Slow", "severity": "warning"}}]"#).await;
    let warning = home.run(&["status"]).await.ends_with(1);
    assert!(warning.out.starts_with("WARNING 1W | prod live"), "{}", warning.out);
    server.post("/api/v2/alerts", r#"[{"labels": {"alertname": "Down", "severity": "critical"}}]"#).await;
    let critical = home.run(&["status"]).await.ends_with(2);
    assert!(critical.out.starts_with("BURNING 1C 1W | prod live"), "{}", critical.out);
    home.run(&["ack", "Down", "--reason", "on it", "--yes"]).await.ends_with(0);
    let acked = home.run(&["status"]).await.ends_with(1);
    assert!(acked.out.starts_with("WARNING 1W acked 1 | prod live"), "{}", acked.out);
    home.run(&["ack", "Slow", "--reason", "me too", "--yes"]).await.ends_with(0);
    let owned = home.run(&["status"]).await.ends_with(0);
    assert!(owned.out.starts_with("ALL ACKED acked 2 | prod live"), "{}", owned.out);
    drop(server);
    let blind = home.run(&["status"]).await.ends_with(3);
    assert_eq!(blind.out, "UNKNOWN | prod UNREACHABLE\n");
}

#[tokio::test]
async fn burning_is_critical_though_another_source_is_gone() {
    let server = alertmanager().await;
    let more = "[[source]]\nname = \"gone\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:1\"";
    let home = Home::on(&server.url(), more);
    let ran = home.run(&["status", "-o", "json"]).await.ends_with(2);
    let status = &ran.json()["status"];
    assert_eq!((&status["critical"], &status["warning"], &status["code"]), (&2.into(), &1.into(), &2.into()));
    assert!(status["text"].as_str().unwrap().ends_with("| gone UNREACHABLE"), "{status}");
}

#[tokio::test]
async fn a_status_of_nothing_is_unknown_and_never_ok() {
    let home = Home::with("");
    assert_eq!(home.run(&["status"]).await.ends_with(3).out, "UNKNOWN no source is configured\n");
    let home = Home::with("[[source]]\nkind = 7\n");
    assert!(home.run(&["status"]).await.ends_with(3).out.starts_with("UNKNOWN the configuration"));
}

#[tokio::test]
async fn the_doctor_finds_nothing_where_nothing_is_wrong() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let ran = home.run(&["doctor"]).await.ends_with(0);
    assert!(ran.out.lines().all(|l| l.starts_with("ok ")), "{}", ran.out);
    for check in ["configuration", "source prod", "clock", "journal", "terminal", "locale"] {
        assert!(ran.out.contains(check), "{check}: {}", ran.out);
    }
}

#[tokio::test]
async fn the_doctor_says_what_to_do_about_each_fault() {
    let home = Home::on("http://127.0.0.1:1", "");
    std::fs::write(home.path("data"), "a file where the directory should be").unwrap();
    let mut command = home.command(&["doctor", "-o", "json"]);
    command.env_remove("LANG").env("HTTPS_PROXY", "http://ana:secret@proxy.example:3128").env("NO_PROXY", "127.0.0.1");
    let ran = super::ran(command).await.ends_with(1);
    let checks = &ran.json()["checks"];
    let failed: Vec<_> = checks.as_array().unwrap().iter().filter(|c| c["level"] == "fail").collect();
    assert_eq!(failed.iter().map(|c| c["what"].as_str().unwrap()).collect::<Vec<_>>(), ["source prod", "journal"]);
    assert!(failed.iter().all(|c| c["advice"].is_string()), "{checks}");
    assert!(texts(checks, "said").contains(&"HTTPS_PROXY=http://<redacted>@proxy.example:3128"), "{checks}");
    assert!(!ran.out.contains("secret"));
    let locale = checks.as_array().unwrap().iter().find(|c| c["what"] == "locale").unwrap();
    assert_eq!(locale["level"], "warn");
}

#[tokio::test]
async fn the_doctor_goes_on_with_a_configuration_that_is_wrong() {
    let home = Home::with("[[source]]\nname = \"a\"\nkind = \"nagios\"\n");
    let ran = home.run(&["doctor"]).await.ends_with(1);
    assert!(ran.out.contains("FAIL  configuration") && ran.out.contains("locale"), "{}", ran.out);
}

#[tokio::test]
async fn plain_says_all_three_panes_as_lines_and_ends() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    home.run(&["note", "watch", "shift begins"]).await.ends_with(0);
    let ran = home.run(&["--plain"]).await.ends_with(0);
    let place = |text: &str| ran.out.find(text).unwrap_or_else(|| panic!("{text}: {}", ran.out));
    let order =
        ["BURNING 2C 1W", "\nalerts\n", "DiskFull", "\nbudgets: none", "\ntimeline\n", "shift begins"].map(place);
    assert!(order.is_sorted(), "{}", ran.out);
    drop(server);
    let blind = home.run(&["--plain"]).await.ends_with(3);
    assert!(blind.out.contains("alerts: UNKNOWN"), "{}", blind.out);
}
