//! The ways to log in, and what becomes of a login that ends.

use std::{os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use serde_json::{Value, json};
use watchfire::domain::source::SourceError;

use super::super::sources::{self, Source};

use super::{at, crashing, fake::Fake, source};
use crate::support::{server::Server, source_of};

fn logins(server: &Server) -> Vec<String> {
    server.seen().into_iter().filter(|r| r.path == "/oauth/token").map(|r| r.body).collect()
}

#[tokio::test]
async fn a_token_is_renewed_by_its_refresh_token_and_by_the_password_once_that_has_ended() {
    let (fake, server) = crashing().await;
    let source = source(&server, "").await;
    source.poll(at(0)).await.unwrap();
    fake.with(|s| s.now = at(580));
    source.poll(at(580)).await.unwrap();
    fake.with(|s| {
        s.now = at(1_200);
        s.refreshes = vec!["another".to_owned()];
    });
    source.poll(at(1_200)).await.unwrap();
    let kinds: Vec<String> = logins(&server).iter().map(|b| b.split('&').next().unwrap().to_owned()).collect();
    assert_eq!(
        kinds,
        ["grant_type=password", "grant_type=refresh_token", "grant_type=refresh_token", "grant_type=password"]
    );
}

#[tokio::test]
async fn a_robot_logs_in_as_a_client() {
    let (_fake, server) = crashing().await;
    let url = server.url();
    let file = format!(
        "[[source]]\nname = \"cf\"\nkind = \"cloudfoundry\"\nurl = \"{url}\"\nusername = \"robot\"\npassword = \"s3cret-robot\"\n[source.cloudfoundry]\ngrant = \"client_credentials\"\n"
    );
    let source = sources::connect(&source_of(&file)).await.unwrap();
    source.poll(at(0)).await.unwrap();
    assert_eq!(logins(&server), ["grant_type=client_credentials"]);
}

fn config_of_cf(dir: &Path, target: &str) -> std::path::PathBuf {
    let path = dir.join("config.json");
    let file = json!({
        "ConfigVersion": 4, "Target": target, "AccessToken": "bearer old-access-token", "RefreshToken": "ref-of-cf",
        "UAAOAuthClient": "cf", "UAAOAuthClientSecret": "", "SpaceFields": {"Name": "prod"},
    });
    std::fs::write(&path, file.to_string()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

async fn with_login(server: &Server, path: &Path, url: &str) -> Result<Arc<dyn Source>, SourceError> {
    let _ = server;
    let file = format!(
        "[[source]]\nname = \"cf\"\nkind = \"cloudfoundry\"\n{url}\n[source.cloudfoundry]\ncf_config = \"{}\"\n",
        path.display()
    );
    sources::connect(&source_of(&file)).await
}

async fn cf() -> (Fake, Server) {
    let (fake, server) = crashing().await;
    fake.with(|s| s.refreshes = vec!["ref-of-cf".to_owned()]);
    (fake, server)
}

#[tokio::test]
async fn the_login_of_the_cf_cli_is_used_and_its_file_left_as_it_is() {
    let (_fake, server) = cf().await;
    let dir = tempfile::tempdir().unwrap();
    let path = config_of_cf(dir.path(), &server.url());
    let before = std::fs::read(&path).unwrap();
    let source = with_login(&server, &path, "").await.unwrap();
    let snapshot = source.poll(at(0)).await.unwrap();
    assert_eq!(snapshot.alerts.len(), 2);
    assert_eq!(logins(&server), ["grant_type=refresh_token&refresh_token=ref-of-cf"]);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_refresh_token_that_changed_is_written_back_and_said() {
    let (fake, server) = cf().await;
    fake.with(|s| s.rotates = true);
    let dir = tempfile::tempdir().unwrap();
    let path = config_of_cf(dir.path(), &server.url());
    let source = with_login(&server, &path, "").await.unwrap();
    let snapshot = source.poll(at(0)).await.unwrap();
    let problem = snapshot.problems.iter().find(|p| p.at == "login").unwrap();
    assert!(problem.why.raw().contains("the new one was written to"), "{}", problem.why);
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(file["RefreshToken"], fake.with(|s| s.refreshes[0].clone()));
    assert_eq!(file["SpaceFields"]["Name"], "prod", "everything else is as it was");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let said = format!("{snapshot:?}");
    assert!(!said.contains("ref-") && !said.contains("tok-"), "a secret is in a text: {said}");
}

#[tokio::test]
async fn a_login_for_another_api_is_never_sent_there() {
    let (_fake, server) = cf().await;
    let dir = tempfile::tempdir().unwrap();
    let path = config_of_cf(dir.path(), "https://api.other.example");
    let source = with_login(&server, &path, &format!("url = \"{}\"", server.url())).await.unwrap();
    let error = source.poll(at(0)).await.unwrap_err();
    assert!(matches!(&error, SourceError::Auth { why } if why.raw().contains("cf login -a")), "{error}");
    assert!(server.seen().iter().all(|r| !r.headers.contains_key("authorization")));
}

#[tokio::test]
async fn a_login_that_has_ended_says_what_to_do_and_is_not_tried_again_and_again() {
    let (fake, server) = cf().await;
    fake.with(|s| s.refreshes.clear());
    let dir = tempfile::tempdir().unwrap();
    let path = config_of_cf(dir.path(), &server.url());
    let source = with_login(&server, &path, "").await.unwrap();
    for seconds in [0, 15, 30] {
        let error = source.poll(at(seconds)).await.unwrap_err();
        assert!(error.to_string().contains("run `cf login -a"), "{error}");
    }
    assert_eq!(logins(&server).len(), 1);
    // Somebody logged in again.
    fake.with(|s| s.refreshes = vec!["ref-of-cf2".to_owned()]);
    let text = std::fs::read_to_string(&path).unwrap().replace("ref-of-cf", "ref-of-cf2");
    std::fs::write(&path, text).unwrap();
    source.poll(at(45)).await.unwrap();
}
