//! `config init` for who cannot be asked: sources in arguments, other programs' files, and what is shown and not written.

use super::{Home, Ran, alertmanager};

/// A home where nothing is configured yet.
struct New(Home);

impl New {
    fn home() -> Self {
        let home = Home::with("");
        std::fs::remove_file(home.path("config.toml")).unwrap();
        Self(home)
    }

    async fn init(&self, arguments: &[&str]) -> Ran {
        self.0.run(&[&["config", "init"], arguments].concat()).await
    }

    fn written(&self) -> String {
        std::fs::read_to_string(self.0.path("config.toml")).unwrap()
    }

    fn nothing_is_written(&self) -> bool {
        !self.0.path("config.toml").exists() && !self.0.path("secrets").exists()
    }
}

#[tokio::test]
async fn sources_in_arguments_are_tested_and_written() {
    let server = alertmanager().await;
    let new = New::home();
    let source = format!("kind=alertmanager,url={}", server.url());
    let ran = new.init(&["--source", &source]).await.ends_with(0);
    assert!(ran.err.contains("3 alerts") && ran.err.contains("It lets you write silences"), "{}", ran.err);
    assert_eq!(ran.out, format!("{}\n", new.0.path("config.toml").display()));
    assert_eq!(server.get("/api/v2/silences").await, serde_json::json!([]), "a trial changes nothing");
    let ran = new.0.run(&["alerts", "-o", "json"]).await.ends_with(0);
    assert_eq!(ran.json()["sources"][0]["name"], "alertmanager");
    // What is there is left alone, and kept where it is replaced.
    new.init(&["--source", &source]).await.ends_with(1);
    let before = new.written();
    new.init(&["--source", "kind=prometheus,url=http://127.0.0.1:1", "--force", "--no-test"]).await.ends_with(0);
    assert_eq!(std::fs::read_to_string(new.0.path("config.toml.bak")).unwrap(), before);
}

#[tokio::test]
async fn a_source_that_does_not_answer_is_written_and_told() {
    let new = New::home();
    let ran = new.init(&["--source", "kind=prometheus,url=http://127.0.0.1:1,name=eu"]).await.ends_with(3);
    assert!(ran.err.contains("cannot connect") && ran.err.contains("What to do"), "{}", ran.err);
    assert!(new.written().contains("name = \"eu\""));
}

#[tokio::test]
async fn the_wrong_kind_is_recognised() {
    let server = alertmanager().await;
    let new = New::home();
    let ran = new.init(&["--source", &format!("kind=prometheus,url={}", server.url()), "--print"]).await.ends_with(3);
    assert!(ran.err.contains("its kind is alertmanager"), "{}", ran.err);
}

#[tokio::test]
async fn what_is_shown_is_not_written_and_no_secret_is_shown() {
    let new = New::home();
    std::fs::create_dir_all(new.0.path(".config/amtool")).unwrap();
    let text = "alertmanager.url: http://ana:hunter2@127.0.0.1:1\nauthor: Ana\n";
    std::fs::write(new.0.path(".config/amtool/config.yml"), text).unwrap();
    let ran = new.init(&["--from", "amtool", "--no-test", "--print"]).await.ends_with(0);
    assert!(ran.out.contains("username = \"ana\"") && ran.out.contains("name = \"Ana\""), "{}", ran.out);
    assert!(!format!("{}{}", ran.out, ran.err).contains("hunter2"));
    assert!(new.nothing_is_written());
    new.init(&["--from", "amtool", "--no-test"]).await.ends_with(0);
    assert!(!new.written().contains("hunter2"));
    assert_eq!(std::fs::read_to_string(new.0.path("secrets/alertmanager")).unwrap(), "hunter2\n");
}

#[tokio::test]
async fn a_secret_in_an_argument_or_a_program_that_is_not_there_is_refused() {
    let new = New::home();
    let ran = new.init(&["--source", "kind=prometheus,url=http://a,token=hunter2"]).await.ends_with(2);
    assert!(ran.err.contains("token_env") && !ran.err.contains("hunter2"), "{}", ran.err);
    let ran = new.init(&["--from", "karma"]).await.ends_with(2);
    assert!(ran.err.contains("karma.yaml"), "{}", ran.err);
    let ran = new.init(&["--from", "/nowhere"]).await.ends_with(2);
    assert!(ran.err.contains("amtool, karma, nagstamon, pagerduty"), "{}", ran.err);
    assert!(new.nothing_is_written());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_leaves_neither_a_file_nor_a_secret() {
    let new = New::home();
    std::fs::write(new.0.path("karma.yaml"), KARMA).unwrap();
    let file = new.0.path("config.toml").display().to_string();
    // A file may hold nothing, as where there is no room; the signal for it is an error then.
    let script = "ulimit -f 0; trap '' XFSZ; exec \"$@\"";
    let mut command = tokio::process::Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_watchfire"), "config", "init"]);
    command.args(["--config", &file, "--from", "karma", "--no-test"]).current_dir(new.0.path(""));
    command.env("HOME", new.0.path("")).env_remove("DBUS_SESSION_BUS_ADDRESS").stdin(std::process::Stdio::null());
    let ran = super::ran(command).await.ends_with(1);
    assert!(ran.err.contains("cannot be written"), "{}", ran.err);
    assert!(new.nothing_is_written());
}

/// A source of each kind in one argument, and lines that stand in the file then.
const EVERY_KIND: &[(&str, &[&str])] = &[
    ("kind=alertmanager,url=http://127.0.0.1:1,token_env=AM", &["token_env = \"AM\"", "#ack = \"silence\""]),
    (
        "kind=prometheus,url=http://127.0.0.1:1/prometheus,header=X-Scope-OrgID:team-a,rules_url=none",
        &["headers = { X-Scope-OrgID = \"team-a\" }", "[source.prometheus]", "rules_url = \"none\""],
    ),
    (
        "kind=pagerduty,token_command=pass show 'pager duty',region=eu,urgencies=high",
        &["token_command = [\"pass\", \"show\", \"pager duty\"]", "region = \"eu\"", "urgencies = [\"high\"]"],
    ),
    ("kind=grafana,url=https://grafana.example,token_env=G,org=2", &["[source.grafana]", "org = 2"]),
    (
        "kind=kubernetes,context=prod-eu,namespaces=shop search,pending_after=2m",
        &["context = \"prod-eu\"", "namespaces = [\"shop\", \"search\"]", "pending_after = \"2m\""],
    ),
    (
        "kind=cloudwatch,region=eu-central-1,credentials_command=aws configure export-credentials,ecs=false",
        &["credentials_command = [\"aws\", \"configure\", \"export-credentials\"]", "ecs = false"],
    ),
    (
        "kind=cloudfoundry,url=https://api.example,username=w,password_env=P,grant=client_credentials",
        &["username = \"w\"", "grant = \"client_credentials\""],
    ),
    ("kind=concourse,url=https://ci.example,target=ci,teams=main", &["target = \"ci\"", "teams = [\"main\"]"]),
    ("kind=bosh,url=https://10.0.0.6:25555,username=w,password_env=P", &["kind = \"bosh\"", "# Under [source.bosh]"]),
    (
        "kind=icinga2,url=https://icinga.example:5665,username=w,password_env=P,vars=team",
        &["vars = [\"team\"]", "An ack is Icinga's own"],
    ),
    (
        "kind=statuspage,url=https://www.githubstatus.com,components='Git Operations' Actions",
        &["interval = \"1m\"", "components = [\"Git Operations\", \"Actions\"]"],
    ),
    (
        "kind=check,command=/bin/true -v,labels=service=shop,attempts=2",
        &["labels = { service = \"shop\" }", "attempts = 2"],
    ),
    ("kind=plugin,command=/bin/cat,config=dir=/var/lib", &["config = { dir = \"/var/lib\" }"]),
];

#[tokio::test]
async fn a_source_of_every_kind_is_written_by_flags_and_found_right() {
    let new = New::home();
    let mut arguments = vec!["--no-test"];
    EVERY_KIND.iter().for_each(|(source, _)| arguments.extend(["--source", source]));
    new.init(&arguments).await.ends_with(0);
    let text = new.written();
    for (source, lines) in EVERY_KIND {
        for line in *lines {
            assert!(text.contains(line), "{source}: {line}\n{text}");
        }
    }
    assert_eq!(text.matches("\n[[source]]\n").count(), 13, "{text}");
    new.0.run(&["config", "check"]).await.ends_with(0);
}

#[tokio::test]
async fn a_program_is_tried_as_it_is_entered_whatever_its_kind() {
    let new = New::home();
    let ran = new.init(&["--source", "kind=check,command=sh -c 'echo DISK LOW; exit 2'"]).await.ends_with(0);
    assert!(ran.err.contains("It answers: check, 1 alert.") && ran.err.contains("run 1 program"), "{}", ran.err);
    let ran = new.init(&["--source", "kind=check,command=/nowhere/check_disk", "--print"]).await.ends_with(3);
    assert!(ran.err.contains("What to do:"), "{}", ran.err);
}

const KARMA: &str =
    "alertmanager: {servers: [{name: eu, uri: 'http://127.0.0.1:1', headers: {Authorization: Bearer x}}]}\n";
