//! `config`, `completions` and help: the way in.

use super::{Home, texts};

#[tokio::test]
async fn a_configuration_is_begun_and_never_overwritten() {
    let home = Home::with("");
    let path = home.path("deep/own.toml");
    let file = path.to_str().unwrap();
    let init = |more: &'static [&'static str]| [&["config", "init", "--config", file][..], more].concat();
    let ran = home.run(&init(&["--url", "http://am.example:9093"])).await.ends_with(0);
    assert_eq!(ran.out, format!("{file}\n"));
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains("url = \"http://am.example:9093\""), "{written}");
    home.run(&["config", "check", "--config", file]).await.ends_with(0);
    let ran = home.run(&init(&[])).await.ends_with(1);
    assert!(ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    home.run(&init(&["--force"])).await.ends_with(0);
    assert_ne!(std::fs::read_to_string(&path).unwrap(), written);
    home.run(&init(&["--force", "--url", "am.example"])).await.ends_with(2);
    assert_eq!(home.run(&["config", "path", "--config", file]).await.ends_with(0).out, format!("{file}\n"));
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_begun_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::with("");
    let path = home.path("own.toml");
    home.run(&["config", "init", "--config", path.to_str().unwrap()]).await.ends_with(0);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn every_mistake_is_told_with_its_place() {
    let home = Home::with("[[source]]\nname = \"a\"\nkind = \"nagios\"\nurll = \"http://x\"\n");
    let ran = home.run(&["config", "check"]).await.ends_with(2);
    assert!(ran.err.contains("config.toml:5:") && ran.err.contains("config.toml:6:"), "{}", ran.err);
    assert_eq!(ran.out, "");
    let answer = home.run(&["config", "check", "-o", "json"]).await.ends_with(2).json();
    let lines: Vec<_> = answer["mistakes"].as_array().unwrap().iter().map(|m| m["line"].as_u64().unwrap()).collect();
    assert!(lines.contains(&5) && lines.contains(&6), "{answer}");
}

const PYRRA: &str = "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {name: up}\nspec:\n  \
                     target: \"99\"\n  window: 1w\n  indicator: {bool_gauge: {metric: up}}\n";

#[tokio::test]
async fn every_mistake_in_the_files_of_slos_is_told_with_its_place_too() {
    let home = Home::with("[slo]\nfiles = [\"*.yaml\"]\nsloth_period = \"28d\"\n");
    std::fs::write(home.path("a.yaml"), PYRRA).unwrap();
    let ran = home.run(&["config", "check"]).await.ends_with(0);
    assert!(ran.out.contains("no mistake, 0 sources, one SLO") && ran.err.is_empty(), "{}{}", ran.out, ran.err);
    std::fs::write(home.path("b.yaml"), "version: prometheus/v1\nservice: s\nsloss: []\n").unwrap();
    std::fs::write(home.path("c.yaml"), PYRRA.replace("name: up}", "name: low}").replace("\"99\"", "\"0.99\""))
        .unwrap();
    let ran = home.run(&["config", "check"]).await.ends_with(2);
    assert_eq!(ran.out, "");
    let wanted = [
        "b.yaml:3: unknown key `sloss` in the document; did you mean `slos`?",
        "one mistake in the files of [slo]; 2 SLOs",
    ];
    assert!(wanted.iter().all(|w| ran.err.contains(w)), "{}", ran.err);
    assert!(ran.err.contains("warning: ") && ran.err.contains("c.yaml:5: SLO `low`: less than 1 %"), "{}", ran.err);
    let answer = home.run(&["config", "check", "-o", "json"]).await.ends_with(2).json();
    let mistakes = &answer["mistakes"];
    assert_eq!(texts(mistakes, "severity"), ["error", "warning"], "{answer}");
    assert_eq!((&mistakes[0]["line"], &mistakes[0]["hint"]), (&3.into(), &"did you mean `slos`?".into()));
}

#[tokio::test]
async fn what_is_in_force_is_shown_with_its_origin_and_without_secrets() {
    let home = Home::on("http://127.0.0.1:1", "headers = { \"X-Scope-OrgID\" = \"tenant-of-ours\" }");
    let table = home.run(&["config", "show"]).await.ends_with(0).out;
    assert!(table.contains("user.name") && table.contains("config.toml:2"), "{table}");
    assert!(!table.contains("tenant-of-ours"), "{table}");
    let answer = home.run(&["config", "show", "-o", "json"]).await.ends_with(0).json();
    assert!(texts(&answer["settings"], "key").contains(&"source.prod.url"), "{answer}");
    assert!(!answer.to_string().contains("tenant-of-ours"));
}

#[tokio::test]
async fn every_shell_has_its_completions() {
    let home = Home::with("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&["completions", shell]).await.ends_with(0).out;
        assert!(script.contains("doctor") && script.contains("allow-partial"), "{shell}");
    }
    home.run(&["completions", "tcsh"]).await.ends_with(2);
}

#[tokio::test]
async fn every_command_has_help_on_standard_output() {
    let home = Home::with("");
    let help = home.run(&["--help"]).await.ends_with(0).out;
    let commands = "alerts ack unack note slo timeline journal status doctor config completions snapshot demo";
    for command in commands.split(' ') {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        let own = home.run(&[command, "--help"]).await.ends_with(0).out;
        assert!(own.contains("Usage: watchfire"), "{own}");
    }
    assert!(help.contains("--plain") && help.contains("screen readers"), "{help}");
    home.run(&["no-such-command"]).await.ends_with(2);
}

#[tokio::test]
async fn the_keys_in_force_are_told_with_where_each_came_from() {
    let home =
        Home::with("[keys]\npreset = \"vim\"\n\"alerts.ack\" = \"f6\"\n[keys.in.timeline]\n\"note.add\" = \"a\"\n");
    let answer = home.run(&["config", "keys", "-o", "json"]).await.ends_with(0).json();
    let all = answer["keys"].as_array().unwrap();
    let of = |command: &str| all.iter().filter(|k| k["command"] == command).collect::<Vec<_>>();
    assert_eq!((of("alerts.ack").len(), &of("alerts.ack")[0]["keys"]), (1, &"F6".into()));
    assert!(of("alerts.ack")[0]["from"].as_str().unwrap().ends_with("config.toml:5"), "{}", of("alerts.ack")[0]);
    assert_eq!((&of("move.top")[0]["keys"], &of("move.top")[0]["from"]), (&"g g".into(), &"preset vim".into()));
    assert_eq!(of("move.down")[0]["from"], "default");
    assert_eq!(of("note.add").len(), 2);
    assert_eq!(of("note.add")[1]["in"], serde_json::json!(["timeline"]));
    let table = home.run(&["config", "keys", "--preset", "k9s", "--in", "silences"]).await.ends_with(0).out;
    assert!(table.contains("silence.extend") && !table.contains("slo.drill"), "{table}");
    let form = home.run(&["config", "keys", "--in", "form"]).await.ends_with(0).out;
    let row = form.lines().find(|line| line.contains("form.send")).unwrap();
    assert!(row.starts_with("Enter") && row.contains(" form ") && row.contains("default"), "{form}");
    assert!(form.contains("text.cut_word") && !form.contains("alerts.ack"), "{form}");
    home.run(&["config", "keys", "--preset", "emacs"]).await.ends_with(2);
    home.run(&["config", "keys", "--in", "kitchen"]).await.ends_with(2);
}

#[tokio::test]
async fn strange_keys_are_warned_of_with_their_place_and_wrong_ones_are_mistakes() {
    let home = Home::with("[keys]\n\"alerts.ack\" = \"ctrl-b\"\n");
    let ran = home.run(&["config", "check"]).await.ends_with(0);
    assert!(ran.err.contains("config.toml:4:16: `Ctrl-b`: tmux takes Ctrl-b for itself"), "{}", ran.err);
    let answer = home.run(&["config", "check", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(answer["mistakes"][0]["severity"], "warning");
    assert_eq!((&answer["mistakes"][0]["line"], &answer["mistakes"][0]["column"]), (&4.into(), &16.into()));
    for (keys, said) in [
        ("\"alerts.ack\" = \"ctrl-i\"", "Ctrl-i is Tab to a terminal; write Tab"),
        ("\"alerts.ack\" = \"ctrl-shift-a\"", "no terminal tells Shift"),
        ("\"alerts.ack\" = \"n\"", "`n` is `note.add` by default already"),
        ("\"alerts.ack\" = \"j k\"", "can never be finished"),
        ("preset = \"nano\"", "unknown preset `nano`"),
        ("in.kitchen = { open = \"f6\" }", "unknown place `kitchen`"),
    ] {
        let home = Home::with(&format!("[keys]\n{keys}\n"));
        let ran = home.run(&["config", "check"]).await.ends_with(2);
        assert!(ran.err.contains(said) && ran.err.contains("config.toml:4:"), "{keys}: {}", ran.err);
    }
}
