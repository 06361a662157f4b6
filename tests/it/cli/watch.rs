//! `status`, `doctor` and `--plain`: is all well, in a line, in checks, in words.

use watchfire::{
    app::world::paging::HOOK,
    cli::start,
    config::{self, Request},
    domain::Time,
    journal::Journal,
};

use super::{Home, alertmanager, texts};
use crate::support::{
    real::Real,
    server::{Reply, Server},
};

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

/// A Concourse whose user may look and no more, and may not see the builds; its clock is an hour behind.
async fn concourse() -> Server {
    Server::start(|request| {
        let limit = "Content-Type: application/json\r\nX-RateLimit-Limit: 100\r\nX-RateLimit-Remaining: 15\r\nX-RateLimit-Reset: 300\r\n";
        match request.path.as_str() {
            "/api/v1/builds" => Reply::status(403, "forbidden"),
            "/api/v1/user" => Reply::with(200, limit, r#"{"user_name": "w", "teams": {"main": ["viewer"]}}"#),
            "/api/v1/info" => Reply::with(200, limit, r#"{"version": "7.11.0"}"#),
            _ => Reply::with(200, limit, "[]").dated("Sat, 21 Nov 2020 20:00:00 GMT"),
        }
    })
    .await
}

#[tokio::test]
async fn the_doctor_says_as_whom_a_source_is_asked_what_that_may_not_do_and_how_much_is_left() {
    let server = concourse().await;
    let toml = format!(
        "[[source]]\nname = \"ci\"\nkind = \"concourse\"\nurl = \"{}\"\ntoken_env = \"CI_TOKEN\"\n[notify]\ncommand = [\"/nowhere/page\"]\n",
        server.url()
    );
    let home = Home::with(&toml);
    let mut command = home.command(&["doctor", "-o", "json"]);
    command.env("CI_TOKEN", "tok-1234567");
    let ran = super::ran(command).await.ends_with(1);
    let json = ran.json();
    let find = |text: &str| {
        let checks = json["checks"].as_array().unwrap();
        checks.iter().find(|c| c["said"].as_str().unwrap().contains(text)).unwrap_or_else(|| panic!("{text}: {json}"))
    };
    assert_eq!(find("asked as w, viewer of main")["level"], "ok");
    let lacking = find("may not write notes");
    assert_eq!(
        (&lacking["level"], &lacking["advice"]),
        (&"warn".into(), &"ask for the role member in the team".into())
    );
    let unread = find("changes cannot be read: not authorised");
    assert!(unread["advice"].as_str().unwrap().contains("fly -t NAME login"), "{unread}");
    assert_eq!((&unread["level"], &find("of 100 until")["level"]), (&"fail".into(), &"warn".into()));
    assert_eq!((&find("its clock is")["what"], &find("7.11.0")["what"]), (&"clock".into(), &"source ci".into()));
    assert_eq!(find("`/nowhere/page` is not there")["level"], "fail");
    assert!(!ran.out.contains("tok-1234567"));
}

#[tokio::test]
async fn the_doctor_knows_of_a_program_that_could_not_be_told() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "[notify]\ncommand = [\"/bin/true\"]\n");
    let ran = home.run(&["doctor"]).await.ends_with(0);
    assert!(ran.out.contains("nothing is known to have failed"), "{}", ran.out);
    let journal = Journal::open(&home.path("data/journal.db")).await.unwrap();
    let at: Time = "2026-11-21T20:00:00Z".parse().unwrap();
    let failed = r#"{"at": "2026-11-21T20:00:00Z", "why": "`true` failed: exit status: 1"}"#;
    journal.draft_save(HOOK, failed, at).await.unwrap();
    drop(journal);
    let ran = home.run(&["doctor"]).await.ends_with(0);
    assert!(ran.out.contains("2026-11-21 20:00 UTC it was not told: `true` failed"), "{}", ran.out);
    assert!(ran.out.contains("watchfire notify test"), "{}", ran.out);
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_hangs_in_its_handshake_holds_up_no_other_source() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    let text = "[[source]]\nname = \"slow\"\nkind = \"plugin\"\n[source.plugin]\ncommand = [\"/bin/sleep\", \"600\"]\n\
                [[source]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:1\"\n";
    std::fs::write(&file, text).unwrap();
    let request = Request { explicit: Some(file), ..Request::from_process() };
    let config = config::load(&request).unwrap();
    let began = tokio::time::Instant::now();
    let (sources, late) = start::at_once(&config).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "on the paused clock a handshake takes 5 s");
    let names: Vec<&str> = sources.iter().map(|s| s.describe().name.as_str()).collect();
    assert_eq!((names, late.len()), (vec!["slow", "am"], 1));
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
