//! Recordings: played twice, cut off, made on real sources, written by somebody who means harm.

use serde_json::Value;
use watchfire::runtime::recording;

use super::{Desk, HEAD, Ran, acks, end, keys, session};

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

fn step<'a>(drill: &'a Value, what: &str) -> &'a Value {
    drill["steps"].as_array().unwrap().iter().find(|s| s["what"] == what).unwrap()
}

#[test]
fn a_drill_that_is_replayed_twice_ends_in_the_same_screen_and_the_same_score() {
    let desk = Desk::new();
    let (one, two) = (desk.replay(&session(), &[]), desk.replay(&session(), &[]));
    assert_eq!((one.code, one.err.as_str()), (0, ""), "{}", one.out);
    assert_eq!(one.out, two.out);
    for seen in ["checkout is down", "INC-0302-", "drill payment-outage", "wrong acts: 0", "in time"] {
        assert!(one.out.contains(seen), "`{seen}` is missing:\n{}", one.out);
    }
    let scored = json(&desk.replay(&session(), &["-o", "json"]));
    let drill = &scored["drill"];
    assert_eq!(drill["page"]["alert"], "HighErrorRate", "{scored:#}");
    for (what, between) in [("own", 20..35), ("note", 70..80), ("declare", 130..140)] {
        let after = step(drill, what)["after_s"].as_i64().unwrap_or(-1);
        assert!(between.contains(&after) && step(drill, what)["verdict"] == "in_time", "{what}: {scored:#}");
    }
    assert_eq!((&scored["complete"], &scored["schema"]), (&true.into(), &"watchfire/drill/1".into()));
}

#[test]
fn a_drill_in_which_nothing_is_done_misses_everything_and_does_nothing_wrong() {
    let ran = Desk::new().replay(&format!("{HEAD}\n{}", end(120)), &["-o", "json"]);
    let drill = &json(&ran)["drill"];
    assert_eq!(step(drill, "own")["verdict"], "never", "{drill:#}");
    assert_eq!(drill["wrong"].as_array().map(Vec::len), Some(0));
    assert!(drill["missed"].as_array().unwrap().contains(&"nobody owned HighErrorRate".into()), "{drill:#}");
}

#[test]
fn an_ack_of_an_unrelated_alert_is_told_as_a_wrong_act() {
    let recording = format!("{HEAD}\n{}{}", acks(5.0, "CertificateExpiresSoon"), end(60));
    let ran = Desk::new().replay(&recording, &[]);
    assert!(ran.out.contains("wrong acts: 1") && ran.out.contains("CertificateExpiresSoon; "), "{}", ran.out);
}

#[test]
fn a_recording_that_was_cut_off_is_played_as_far_as_it_goes_and_says_so() {
    let whole = format!("{HEAD}\n{}", acks(40.0, "HighErrorRate"));
    let cut = format!("{whole}{{\"at\":60.0,\"ke");
    for text in [whole, cut] {
        let ran = Desk::new().replay(&text, &["-o", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("it was cut off after 8 keys, pastes, sizes and acts of the mouse"), "{}", ran.err);
        let scored = json(&ran);
        assert_eq!(scored["complete"], false);
        assert!(step(&scored["drill"], "own")["after_s"].is_i64(), "{scored:#}");
    }
}

#[test]
fn what_the_mouse_did_is_played_again_on_what_stood_there() {
    let mouse = |at: f64, hand: &str, row: u16| format!("{{\"at\":{at},\"mouse\":[\"{hand}\",20,{row}]}}\n");
    let (desk, head) = (Desk::new(), HEAD.replace("drill\",\"began", "demo\",\"began"));
    let ran = desk.replay(&format!("{head}\n{}", end(60)), &["--format", "text"]);
    let is_it = |line: &str| line.contains("CertificateExp") && line.contains("firing");
    let row = ran.out.lines().position(is_it).unwrap_or_else(|| panic!("{}", ran.out));
    let row = u16::try_from(row).unwrap();
    assert!(ran.out.contains("2 budgets"), "{}", ran.out);
    // The first press selects the line, the second opens it.
    let pressed: String =
        [58.0, 58.5].iter().map(|at| mouse(*at, "press", row) + &mouse(*at, "release", row)).collect();
    let ran = desk.replay(&format!("{head}\n{pressed}{}", end(60)), &["--format", "text"]);
    assert!(ran.out.contains("CertificateExpiresSoon") && ran.out.contains("Esc back"), "it is not open:\n{}", ran.out);
    assert!(!ran.out.contains("2 budgets"), "{}", ran.out);
    // The wheel goes down in what is under it.
    let still = desk.replay(&format!("{head}\n{}", end(60)), &["--format", "ansi"]);
    let rolled = desk.replay(&format!("{head}\n{}{}", mouse(58.0, "wheeldown", row), end(60)), &["--format", "ansi"]);
    assert_ne!(still.out, rolled.out, "the wheel moved nothing");
}

#[test]
fn a_replay_runs_no_command_and_opens_no_editor() {
    let desk = Desk::new();
    let evil = desk.write("evil.sh", "touch $(dirname $0)/was-run\n");
    let head = HEAD.replace("drill\",\"began", "demo\",\"began");
    let moves = keys(30.0, "j x") + &keys(32.0, "Enter") + &keys(34.0, "Enter") + &keys(36.0, "Esc Esc n Ctrl-e e");
    let path = desk.write("session.ndjson", &format!("{head}\n{moves}{}", end(60)));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_watchfire"));
    command.args(["replay", path.to_str().unwrap()]).env("EDITOR", format!("sh {}", evil.display()));
    let ran = command.env_remove("VISUAL").output().unwrap();
    assert!(ran.status.success());
    assert!(!desk.0.path().join("was-run").exists());
}

#[test]
fn a_recording_of_real_sources_is_played_on_a_scenario_that_is_named_and_on_no_other() {
    let head = r#"{"watchfire":"recording","version":1,"of":"cockpit","began":"2026-03-02T20:12:00Z","size":[100,30],"sources":["prod-eu"]}"#;
    let text = format!("{head}\n{}{}", keys(3.0, "j j"), end(10));
    let desk = Desk::new();
    let ran = desk.replay(&text, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("real sources (prod-eu)") && ran.err.contains("--scenario NAME"), "{}", ran.err);
    let ran = desk.replay(&text, &["--scenario", "payment-outage", "--format", "text"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("CertificateExpiresSoon") && ran.out.lines().all(|l| l.chars().count() <= 100),
        "{}",
        ran.out
    );
}

#[test]
fn a_picture_of_the_last_screen_is_a_picture_and_nothing_else() {
    let ran = Desk::new().replay(&format!("{HEAD}\n{}", end(5)), &["--format", "svg"]);
    assert!(ran.out.starts_with("<svg") && ran.out.trim_end().ends_with("</svg>"), "{}", ran.out);
    assert!(ran.err.contains("drill payment-outage"), "{}", ran.err);
}

#[test]
fn every_mistake_in_a_recording_has_its_line() {
    let key = r#"{"at":1.0,"key":"j"}"#;
    let with = |line: &str| format!("{HEAD}\n{key}\n{line}\n{key}\n");
    let head = |from: &str, to: &str| HEAD.replace(from, to) + "\n";
    for (text, wanted) in [
        (String::new(), "f:1: it is empty"),
        ("hello\n".into(), "f:1: no head of a recording, which is JSON"),
        ("{\"a\":1}\n".into(), "f:1: no head of a recording: it has no"),
        (head("\"version\":1", "\"version\":3"), "f:1: a newer watchfire wrote it (format 3"),
        (head("\"version\":1,", ""), "f:1: its head has no version"),
        (head("[120,40]", "[0,40]"), "f:1: 0x40 is no size"),
        (head("[120,40]", "[60000,60000]"), "f:1: 60000x60000 is no size"),
        (head("[120,40]", "[-1,40]"), "f:1: the head: invalid value"),
        (head("\"speed\":1.0", "\"speed\":1e300"), "f:1: the speed must lie"),
        (head("2026-03-02T20:12:00Z", "yesterday"), "f:1: the head: "),
        (with("{\"at\":2,\"key\":\"hyper-\\u001b[2J\"}"), "f:3: `hyper-"),
        (with("{\"at\":0.5,\"key\":\"j\"}"), "f:3: 0.5s lies before the line above it"),
        (with("{\"at\":-1,\"key\":\"j\"}"), "f:3: `at` is -1"),
        (with("{\"at\":1e300,\"key\":\"j\"}"), "f:3: `at` is"),
        (with("{\"at\":2,\"size\":[9000,9000]}"), "f:3: 9000x9000 is no size"),
        (with("{\"at\":2,\"key\":\"j\",\"paste\":\"x\"}"), "f:3: a line has one of"),
        (with("{\"at\":2,\"exec\":\"rm\"}"), "f:3: no line of a recording: unknown field"),
        (with("{\"at\":2}"), "f:3: a line has one of"),
        (with("{\"at\":2,\"mouse\":[\"press\",9000,1]}"), "f:3: column 9000, row 1 is on no screen"),
        (with("{\"at\":2,\"mouse\":[\"hit\",1,1]}"), "f:3: no line of a recording: unknown variant"),
        (with("\u{1b}]0;x\u{7}"), "f:3: no line of a recording"),
        (with("{\"at\":2,\"end\":\"quit\"}"), "f:4: something after the end"),
    ] {
        let why = recording::read("f", &text).unwrap_err();
        assert!(why.starts_with(wanted), "{text}: {why}");
        assert!(!why.chars().any(char::is_control), "{why:?}");
    }
}

#[test]
fn a_file_that_is_no_recording_ends_with_two_and_its_line() {
    let desk = Desk::new();
    let ran = desk.replay("{}\n", &[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("session.ndjson:1: no head of a recording"), "{}", ran.err);
    let path = desk.0.path().join("latin.ndjson");
    std::fs::write(&path, [HEAD.as_bytes(), b"\n{\"at\":1,\"paste\":\"\xff\"}\n"].concat()).unwrap();
    let ran = desk.run(&["replay", path.to_str().unwrap()]);
    assert!(ran.code == 2 && ran.err.contains("latin.ndjson:2: no UTF-8"), "{}", ran.err);
}
