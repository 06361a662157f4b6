//! The first run, as a new user types it: the questions of `config init` against real servers, and what a hostile one,
//! a wrong key or a change of mind leaves behind.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{
    harness::{PATIENCE, Start, Terminal},
    support::real::Real,
};

/// It never fires, so the Alertmanager never hears of its Prometheus.
const RULES: &str = "groups: [{name: g, rules: [{alert: Always, expr: vector(1), for: 10h}]}]\n";
/// A source that never answers is given up after eight seconds; here the machine may be busy.
const LONG: Duration = Duration::from_secs(60);

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join(".config/watchfire/config.toml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    /// At 100x40, so that nothing that is looked for breaks at the edge.
    fn begin(&self, arguments: &[&str]) -> Terminal {
        let arguments = [&["config", "init"], arguments].concat();
        Start::watchfire(&arguments).home(self.path()).size(100, 40).open()
    }

    /// What is left, beside what the test put there.
    fn is_untouched(&self) -> bool {
        !self.path().join(".config").exists()
    }
}

/// Answers one question.
fn says(terminal: &mut Terminal, question: &str, answer: &str) {
    terminal.sees(question);
    terminal.write(answer.as_bytes());
    terminal.write(b"\r");
}

/// Name, kind, address and name of the first source.
fn enters(terminal: &mut Terminal, kind: &str, url: &str) {
    says(terminal, "Your name", "");
    says(terminal, "Kind of source", kind);
    says(terminal, "Address", url);
    says(terminal, "Name, as the screen calls it", "prod");
}

/// A Prometheus that has just begun looks for its Alertmanagers for a while.
async fn knows_one(prometheus: &Real) {
    let mut look = tokio::time::interval(Duration::from_millis(100));
    let known = async {
        while prometheus.get("/api/v1/alertmanagers").await["data"]["activeAlertmanagers"] == serde_json::json!([]) {
            look.tick().await;
        }
    };
    tokio::time::timeout(LONG, known).await.unwrap();
}

#[test]
fn a_new_user_comes_from_nothing_to_a_cockpit_on_two_real_servers() {
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let (alertmanager, prometheus) = tokio.block_on(async {
        let alertmanager = Real::alertmanager().await;
        let config = format!(
            "global: {{evaluation_interval: 1s}}\nrule_files: [rules.yml]\n\
             alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{}']}}]}}]}}\n",
            alertmanager.address()
        );
        let prometheus = Real::prometheus_with(&config, RULES, "").await;
        knows_one(&prometheus).await;
        (alertmanager, prometheus)
    });
    let home = Home::new();
    let mut terminal = home.begin(&[]);
    enters(&mut terminal, "pr", &prometheus.url());
    says(&mut terminal, "Credentials", "");
    terminal.sees("It answers: prometheus 2.");
    terminal.sees("1 rule.");
    terminal.sees("Its clock agrees");
    terminal.sees(&format!("alertmanager at {}", alertmanager.url()));
    says(&mut terminal, "Add it as a source, too?", "");
    terminal.sees("It answers: alertmanager 0.");
    terminal.sees("It lets you write silences");
    says(&mut terminal, "Another source?", "");
    says(&mut terminal, "Write this to", "");
    assert_eq!(terminal.ends(PATIENCE), 0);
    assert!(home.text().contains(&alertmanager.url()) && home.text().contains("name = \"prod\""), "{}", home.text());
    // Nobody made a silence.
    assert_eq!(tokio.block_on(alertmanager.get("/api/v2/silences")), serde_json::json!([]));

    let mut terminal = Start::watchfire(&[]).home(home.path()).open();
    terminal.sees("prod");
    terminal.sees("Always");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
}

#[test]
fn a_password_in_an_address_is_moved_to_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt;
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let alertmanager = tokio.block_on(Real::alertmanager());
    let home = Home::new();
    let mut terminal = home.begin(&[]);
    enters(&mut terminal, "a", &format!("http://ana:hunter2@{}/", alertmanager.address()));
    terminal.sees("were taken out of the address");
    says(&mut terminal, "Another source?", "");
    says(&mut terminal, "Write this to", "y");
    assert_eq!(terminal.ends(PATIENCE), 0);
    let text = home.text();
    assert!(text.contains("password_file = \"secrets/prod\"") && !text.contains("hunter2"), "{text}");
    let secret = home.file().with_file_name("secrets").join("prod");
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), "hunter2\n");
    assert_eq!(secret.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_token_is_typed_unseen_and_control_characters_are_refused() {
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let alertmanager = tokio.block_on(Real::alertmanager());
    let home = Home::new();
    let mut terminal = home.begin(&[]);
    says(&mut terminal, "Your name", "a\x1b[31mb");
    says(&mut terminal, "holds control characters", "Ana B");
    says(&mut terminal, "Kind of source", "nagios");
    says(&mut terminal, "Please answer one of", "alertmanager");
    says(&mut terminal, "Address", "am:9093");
    terminal.sees("That is no address");
    terminal.write(format!("{}\r", alertmanager.url()).as_bytes());
    says(&mut terminal, "Name, as the screen", "");
    says(&mut terminal, "Credentials", "token");
    terminal.sees("not the keyring: no keyring: there is no session bus");
    says(&mut terminal, "Token (file", "");
    terminal.sees("Token (not shown):");
    // What a paste brings after its first line answers no other question.
    terminal.write(b"hunter3x\x7f\rn\r");
    says(&mut terminal, "Another source?", "n");
    says(&mut terminal, "Write this to", "y");
    assert_eq!(terminal.ends(PATIENCE), 0);
    assert!(!terminal.screen().contains("hunter3"), "{}", terminal.screen());
    assert!(terminal.is_cooked());
    assert!(home.text().contains("name = \"Ana B\""), "{}", home.text());
    assert_eq!(
        std::fs::read_to_string(home.file().with_file_name("secrets").join("alertmanager")).unwrap(),
        "hunter3\n"
    );
}

#[test]
fn a_server_that_hangs_or_refuses_is_told_and_can_be_left_out() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new();
    let mut terminal = home.begin(&[]);
    enters(&mut terminal, "a", &format!("http://{}", silent.local_addr().unwrap()));
    says(&mut terminal, "Credentials", "");
    terminal.shows_within("the end of the trial", LONG, |screen| screen.contains("What to do:"));
    terminal.sees("unreachable");
    let page = page();
    says(&mut terminal, "What now", "change");
    terminal.shows("the kinds again", |screen| screen.matches("Kind of source [alertmanager]").count() == 2);
    terminal.write(b"\r");
    says(&mut terminal, &format!("Address [http://{}]", silent.local_addr().unwrap()), &page);
    terminal.shows("the second question for credentials", |screen| screen.matches("Credentials (").count() == 2);
    terminal.write(b"\r");
    terminal.sees("a login page where JSON was due");
    terminal.shows("the second choice", |screen| screen.matches("What now (").count() == 2);
    terminal.write(b"leave\r");
    says(&mut terminal, "No source yet. Enter one?", "n");
    says(&mut terminal, "Write this to", "n");
    assert_eq!(terminal.ends(PATIENCE), 1);
    assert!(home.is_untouched());
}

/// Serves a login page, for ever.
fn page() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let body = "<html><title>Sign in</title>password</html>";
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
            let _ = stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    });
    url
}

/// A Concourse that lets nobody in until it is opened.
fn concourse(is_open: &Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let is_open = is_open.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let body = match head.split(' ').nth(1).unwrap_or_default().split('?').next() {
                Some("/api/v1/info") => r#"{"version": "7.11.0"}"#,
                Some("/api/v1/user") => r#"{"user_name": "ana", "teams": {"main": ["viewer"]}}"#,
                _ => "[]",
            };
            let (status, body) = if is_open.load(Relaxed) { (200, body) } else { (401, "not authorized") };
            let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n");
            let _ = stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    });
    url
}

#[test]
fn the_login_of_fly_is_offered_and_a_refused_one_is_tried_again_once_it_is_mended() {
    let is_open = Arc::new(AtomicBool::new(false));
    let (home, url) = (Home::new(), concourse(&is_open));
    let flyrc =
        format!("targets:\n  ci:\n    api: {url}\n    team: main\n    token: {{type: bearer, value: tok-1234}}\n");
    std::fs::write(home.path().join(".flyrc"), flyrc).unwrap();
    let mut terminal = home.begin(&[]);
    says(&mut terminal, "Your name", "");
    terminal.sees("Logins of other programs are here: concourse (ci)");
    says(&mut terminal, "Kind of source", "conc");
    says(&mut terminal, "Which of these logins", "");
    says(&mut terminal, "Name, as the screen calls it [ci]", "");
    says(&mut terminal, "Teams, with blanks between", "main");
    terminal.sees("this login has ended: run `fly -t ci login`");
    terminal.sees("What to do: run `fly -t NAME login");
    is_open.store(true, Relaxed);
    says(&mut terminal, "What now", "again");
    terminal.sees("It answers: concourse 7.11.0, no alerts");
    terminal.sees("It is asked as ana, viewer of main.");
    terminal.sees("It does not let you pause jobs");
    says(&mut terminal, "Another source?", "");
    says(&mut terminal, "Write this to", "");
    assert_eq!(terminal.ends(PATIENCE), 0);
    let text = home.text();
    assert!(text.contains("target = \"ci\"") && text.contains("teams = [\"main\"]"), "{text}");
    assert!(!text.contains("tok-1234"), "{text}");
}

#[test]
fn leaving_in_the_middle_writes_nothing_and_gives_the_terminal_back() {
    let home = Home::new();
    let mut terminal = home.begin(&[]);
    says(&mut terminal, "Your name", "Ana");
    terminal.sees("Kind of source");
    terminal.type_keys("ctrl-c");
    terminal.sees("left; nothing was written");
    assert!(home.is_untouched() && terminal.is_cooked());

    let mut terminal = home.begin(&[]);
    enters(&mut terminal, "a", "http://127.0.0.1:1");
    says(&mut terminal, "Credentials", "t");
    says(&mut terminal, "Token (file", "file");
    terminal.sees("(not shown)");
    terminal.write(b"half a tok\x03");
    assert_eq!(terminal.ends(PATIENCE), 1);
    assert!(terminal.screen().contains("left; nothing was written"));
    assert!(home.is_untouched() && terminal.is_cooked());
}

#[test]
fn a_directory_that_cannot_be_written_is_told_and_no_secret_is_left() {
    let home = Home::new();
    // Not even root can make a directory below a file.
    std::fs::write(home.path().join("file"), "").unwrap();
    let wanted = home.path().join("file/config.toml");
    let mut terminal = home.begin(&["--config", wanted.to_str().unwrap()]);
    enters(&mut terminal, "a", "http://ana:hunter2@127.0.0.1:1");
    terminal.sees("cannot connect");
    says(&mut terminal, "What now", "keep");
    says(&mut terminal, "Another source?", "n");
    says(&mut terminal, "Write this to", "y");
    assert_eq!(terminal.ends(PATIENCE), 1);
    terminal.sees("cannot be written");
    assert!(home.is_untouched());
}

#[test]
fn what_amtool_knows_is_offered_and_an_old_file_is_kept_as_a_copy() {
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let alertmanager = tokio.block_on(Real::alertmanager());
    let home = Home::new();
    std::fs::create_dir_all(home.path().join(".config/amtool")).unwrap();
    let amtool = home.path().join(".config/amtool/config.yml");
    let url = alertmanager.url();
    std::fs::write(&amtool, format!("alertmanager.url: {url}\nauthor: ana@example\n")).unwrap();
    std::fs::create_dir_all(home.file().parent().unwrap()).unwrap();
    std::fs::write(home.file(), "# mine\n").unwrap();
    std::fs::write(home.path().join(".pd.yml"), "authtoken: s3cret\n").unwrap();
    let mut terminal = home.begin(&[]);
    says(&mut terminal, "Write another in its place?", "y");
    says(&mut terminal, "[ana@example]", "");
    terminal.sees(&format!("alertmanager at {url}."));
    says(&mut terminal, "Import it? [Y/n]", "");
    terminal.sees("It answers: alertmanager");
    terminal.sees("a token for pagerduty");
    terminal.write(b"\r");
    says(&mut terminal, "Another source?", "n");
    says(&mut terminal, "Write this to", "y");
    assert_eq!(terminal.ends(PATIENCE), 0);
    let text = home.text();
    assert!(text.contains("\nkind = \"pagerduty\"") && text.contains("\ntoken_file = \"secrets/pagerduty\""), "{text}");
    assert!(!text.contains("s3cret") && text.contains("name = \"ana@example\""), "{text}");
    assert_eq!(std::fs::read_to_string(home.file().with_file_name("config.toml.bak")).unwrap(), "# mine\n");
}

#[test]
fn a_token_of_the_pagerduty_tools_is_taken_over_into_a_file_of_its_own_and_needs_no_other_source() {
    let home = Home::new();
    let tokens = "authtoken: s3cret\ndefault_from: ana@example.org\n";
    std::fs::write(home.path().join(".pd.yml"), tokens).unwrap();
    let mut terminal = home.begin(&[]);
    says(&mut terminal, "Your name", "ana");
    says(&mut terminal, "Import it? [Y/n]", "");
    says(&mut terminal, "Another source?", "n");
    says(&mut terminal, "Write this to", "y");
    assert_eq!(terminal.ends(PATIENCE), 0, "{}", terminal.screen());
    let text = home.text();
    for line in ["kind = \"pagerduty\"", "token_file = \"secrets/pagerduty\"", "from = \"ana@example.org\""] {
        assert!(text.contains(line), "{line} is not in it:\n{text}");
    }
    assert!(!text.contains("s3cret") && !terminal.screen().contains("s3cret"), "{text}");
    let secret = home.file().with_file_name("secrets").join("pagerduty");
    assert_eq!(std::fs::read_to_string(&secret).unwrap().trim(), "s3cret");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&secret).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "others can read it");
    assert_eq!(std::fs::read_to_string(home.path().join(".pd.yml")).unwrap(), tokens, "what is imported stays");
}

#[test]
fn who_starts_without_a_configuration_is_offered_the_demo_and_the_questions() {
    let home = Home::new();
    let mut terminal = Start::watchfire(&[]).home(home.path()).open();
    terminal.sees("no configuration was found");
    says(&mut terminal, "What now (demo, init, quit)", "d");
    terminal.sees("J tour");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();

    let mut terminal = Start::watchfire(&[]).home(home.path()).open();
    says(&mut terminal, "What now (demo, init, quit)", "i");
    terminal.sees("question by question");
    terminal.type_keys("ctrl-d");
    assert_eq!(terminal.ends(PATIENCE), 1);
    assert!(home.is_untouched());
}
