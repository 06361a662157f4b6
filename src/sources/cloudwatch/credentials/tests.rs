//! Where keys are found, and when they are fetched anew.

use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::config::{AckMode, SourceKind, kinds::Own};
use crate::domain::source::SourceName;

pub(in crate::sources::cloudwatch) fn now() -> Time {
    "2026-11-21T03:00:00Z".parse().unwrap()
}

pub(in crate::sources::cloudwatch) fn config(own: Own) -> SourceConfig {
    SourceConfig {
        name: SourceName::new("aws"),
        kind: SourceKind::Cloudwatch,
        urls: Vec::new(),
        auth: Auth::None,
        ca_file: None,
        client_cert: None,
        headers: Vec::new(),
        proxy: None,
        ack: AckMode::Journal,
        silences_writable: false,
        interval: Duration::seconds(60),
        timeout: Duration::seconds(5),
        requests_per_minute: None,
        discover: false,
        kept_in: None,
        own,
    }
}

fn wallet(own: Own, env: &[(&str, &str)], home: &Path) -> Result<Wallet, SourceError> {
    let env = Env::of(env);
    let files = Files::of(&env, Some(home.to_owned()));
    Wallet::open(&config(own), env, files)
}

async fn found(own: Own, env: &[(&str, &str)], home: &Path) -> Result<(String, String, Option<String>), SourceError> {
    let keys = wallet(own, env, home)?.keys(now()).await?;
    let token = keys.token.map(|t| t.expose_secret().to_owned());
    Ok((keys.id, keys.secret.expose_secret().to_owned(), token))
}

fn home(config: &str, credentials: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    std::fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
    home
}

const CONFIG: &str = "[default]\nregion = eu-central-1\n\n[profile ops]\nregion=us-gov-west-1\ncredential_process = printf '%s' '{\"Version\":1,\"AccessKeyId\":\"PROC\",\"SecretAccessKey\":\"sp\"}'\n[profile sso]\nsso_session = corp\nsso_account_id = 1\n[profile nested]\ns3 =\n  max = 1\nregion = x\n[services a]\nregion = y\n";
const CREDENTIALS: &str =
    "# ours\n[default]\naws_access_key_id = FILE\naws_secret_access_key = sf # no comment\naws_session_token = tf\n";

#[tokio::test]
async fn keys_are_found_in_the_order_of_awss_own_tools() {
    let home = home(CONFIG, CREDENTIALS);
    let env = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "se"), ("AWS_SESSION_TOKEN", "te")];
    let found = async |own, env: &[(&str, &str)]| found(own, env, home.path()).await.map(|k| k.0);
    assert_eq!(found(Own::default(), &env).await.unwrap(), "ENV");
    assert_eq!(found(Own::default(), &[]).await.unwrap(), "FILE");
    assert_eq!(found(Own::default(), &[("AWS_PROFILE", "ops")]).await.unwrap(), "PROC");
    assert_eq!(found(Own::default().with("profile", "ops"), &env).await.unwrap(), "PROC");
    let command = ["printf", "{\"Version\":1,\"AccessKeyId\":\"CMD\",\"SecretAccessKey\":\"s\"}"];
    assert_eq!(found(Own::default().with_list("credentials_command", &command), &env).await.unwrap(), "CMD");
}

#[tokio::test]
async fn a_file_gives_a_key_its_secret_and_its_token() {
    let home = home(CONFIG, CREDENTIALS);
    let keys = found(Own::default(), &[], home.path()).await.unwrap();
    assert_eq!(keys, ("FILE".into(), "sf".into(), Some("tf".into())));
    let files = Files::of(&Env::of(&[]), Some(home.path().to_owned())).read_now().unwrap();
    assert_eq!(files.said("ops", "region").unwrap(), "us-gov-west-1");
    assert_eq!(files.said("nested", "region").unwrap(), "x");
    assert_eq!(files.said("services a", "region"), None);
}

#[tokio::test]
async fn a_profile_that_signs_in_says_which_command_does_that() {
    let home = home(CONFIG, CREDENTIALS);
    let error = found(Own::default().with("profile", "sso"), &[], home.path()).await.unwrap_err().to_string();
    assert!(error.contains("export-credentials\", \"--profile\", \"sso\""), "{error}");
    let error = found(Own::default().with("profile", "none"), &[], home.path()).await.unwrap_err().to_string();
    assert!(error.contains("no AWS profile `none`"), "{error}");
}

#[tokio::test]
async fn without_keys_it_says_how_to_have_some() {
    let home = tempfile::tempdir().unwrap();
    let no_instance = [("AWS_EC2_METADATA_DISABLED", "true")];
    let error = found(Own::default(), &no_instance, home.path()).await.unwrap_err().to_string();
    assert!(error.contains("there are no AWS keys") && error.contains("credentials_command"), "{error}");
}

#[tokio::test]
async fn what_a_command_prints_is_never_told() {
    let home = tempfile::tempdir().unwrap();
    let own = Own::default().with_list("credentials_command", &["printf", "s3cr3t and no JSON"]);
    let error = found(own, &[], home.path()).await.unwrap_err().to_string();
    assert!(error.contains("printed no AWS keys") && !error.contains("s3cr3t"), "{error}");
}

/// A command whose n-th run prints the n-th text, and fails when there is none left.
fn in_turn(home: &Path, texts: &[String]) -> Own {
    for (n, text) in texts.iter().enumerate() {
        std::fs::write(home.join(format!("keys.{n}")), text).unwrap();
    }
    let script = "n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) > n; cat keys.$n";
    let script = format!("cd '{}'; {script}", home.display());
    Own::default().with_list("credentials_command", &["sh", "-c", &script])
}

fn keys_until(id: &str, minutes: i64) -> String {
    let end = (now() + Duration::minutes(minutes)).to_rfc3339();
    format!("{{\"AccessKeyId\":\"{id}\",\"SecretAccessKey\":\"secret-{id}\",\"Expiration\":\"{end}\"}}")
}

#[tokio::test]
async fn keys_are_fetched_anew_before_they_end_and_the_old_ones_last_as_long_as_they_do() {
    let home = tempfile::tempdir().unwrap();
    let own = in_turn(home.path(), &[keys_until("A", 60), keys_until("B", 120)]);
    let wallet = wallet(own, &[], home.path()).unwrap();
    let at = async |minutes| wallet.keys(now() + Duration::minutes(minutes)).await.map(|k| k.id);
    assert_eq!(at(0).await.unwrap(), "A");
    assert_eq!(at(54).await.unwrap(), "A");
    assert_eq!(at(56).await.unwrap(), "B", "five minutes before they end");
    assert_eq!(at(118).await.unwrap(), "B", "no others can be had, and these are still good");
    assert!(at(121).await.is_err());
    let secrets = wallet.secrets.lock().unwrap().clone();
    assert_eq!(secrets, ["secret-B", "secret-A"], "an answer may quote those before");
}

#[tokio::test]
async fn keys_that_were_refused_are_fetched_anew() {
    let home = tempfile::tempdir().unwrap();
    let wallet = wallet(in_turn(home.path(), &[keys_until("A", 60), keys_until("B", 60)]), &[], home.path()).unwrap();
    assert_eq!(wallet.keys(now()).await.unwrap().id, "A");
    wallet.forget().await;
    assert_eq!(wallet.keys(now()).await.unwrap().id, "B");
}

#[tokio::test]
async fn a_container_is_handed_its_roles_keys_by_who_is_near() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = vec![0; 4096];
        let read = stream.read(&mut seen).await.unwrap();
        let body = "{\"AccessKeyId\":\"TASK\",\"SecretAccessKey\":\"st\",\"Token\":\"tt\",\"Expiration\":\"2026-11-21T09:00:00Z\"}";
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        String::from_utf8_lossy(&seen[..read]).into_owned()
    };
    let home = tempfile::tempdir().unwrap();
    let url = format!("http://{address}/v2/keys?role=a");
    let env =
        [("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token")];
    let (seen, keys) = futures_util::future::join(serve, found(Own::default(), &env, home.path())).await;
    assert_eq!(keys.unwrap(), ("TASK".into(), "st".into(), Some("tt".into())));
    assert!(seen.starts_with("GET /v2/keys?role=a ") && seen.contains("authorization: pod-token"), "{seen}");
    let env = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://evil.example/keys")];
    let error = found(Own::default(), &env, home.path()).await.unwrap_err().to_string();
    assert!(error.contains("neither near nor encrypted"), "{error}");
}

#[test]
fn a_line_is_taken_apart_as_a_shell_would() {
    let words = process::words(r#"aws-vault  "my profile" 'a "b"' c\ d """#);
    assert_eq!(words, ["aws-vault", "my profile", "a \"b\"", "c d", ""]);
}
