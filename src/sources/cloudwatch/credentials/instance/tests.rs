//! A metadata service on loopback, asked as the real one is.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use secrecy::ExposeSecret;

use super::{
    super::{Files, Wallet, tests as around},
    *,
};
use crate::config::kinds::Own;

const TOKEN_OF_IMDS: &str = "AQAEAtoken==";
const KEYS: &str = r#"{"Code":"Success","LastUpdated":"2026-11-21T02:50:00Z","Type":"AWS-HMAC","AccessKeyId":"ASIAROLE",
    "SecretAccessKey":"s-of-role","Token":"t-of-role","Expiration":"2026-11-21T09:00:00Z"}"#;

/// What it says at each of its three addresses: a status, and a body; nothing at all where there is none.
#[derive(Clone)]
struct Imds {
    token: Option<(u16, &'static str)>,
    roles: (u16, &'static str),
    keys: (u16, &'static str),
    seen: Arc<Mutex<Vec<String>>>,
}

impl Default for Imds {
    fn default() -> Self {
        let (token, roles, keys) = (Some((200, TOKEN_OF_IMDS)), (200, "oncall-role\n"), (200, KEYS));
        Self { token, roles, keys, seen: Arc::default() }
    }
}

impl Imds {
    async fn serve(&self, listener: TcpListener) {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 8192];
            let read = stream.read(&mut bytes).await.unwrap();
            let request = String::from_utf8_lossy(&bytes[..read]).to_ascii_lowercase();
            let first = request.lines().next().unwrap_or_default().to_owned();
            self.seen.lock().unwrap().push(request.clone());
            let has_token = request.contains(&format!("{TOKEN}: {}", TOKEN_OF_IMDS.to_ascii_lowercase()));
            let answer = match first.as_str() {
                "put /latest/api/token http/1.1" if request.contains(&format!("{}: {}", TTL.0, TTL.1)) => self.token,
                _ if !has_token => Some((401, "")),
                "get /latest/meta-data/iam/security-credentials/ http/1.1" => Some(self.roles),
                "get /latest/meta-data/iam/security-credentials/oncall-role http/1.1" => Some(self.keys),
                _ => Some((404, "")),
            };
            let Some((status, body)) = answer else { std::future::pending().await };
            let head = format!("HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n", body.len());
            stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await.unwrap();
        }
    }

    /// The keys that a source finds beside it, whose own proxy is not there.
    async fn keys(&self, more: &[(&str, &str)]) -> Result<Keys, SourceError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let env = [&[(ENDPOINT, address.as_str())], more].concat();
        let home = tempfile::tempdir().unwrap();
        let env = Env::of(&env);
        let files = Files::of(&env, Some(home.path().to_owned()));
        let config = SourceConfig { proxy: Some("http://127.0.0.1:1".into()), ..around::config(Own::default()) };
        let wallet = Wallet::open(&config, env, files)?;
        tokio::select! {
            () = self.serve(listener) => unreachable!("it serves for ever"),
            keys = wallet.keys(around::now()) => keys,
        }
    }

    async fn refused(self) -> String {
        self.keys(&[]).await.unwrap_err().to_string()
    }
}

#[tokio::test]
async fn an_instance_is_handed_the_keys_of_its_role_for_a_token() {
    let imds = Imds::default();
    let keys = imds.keys(&[]).await.unwrap();
    assert_eq!((keys.id.as_str(), keys.secret.expose_secret()), ("ASIAROLE", "s-of-role"));
    assert_eq!(keys.token.unwrap().expose_secret(), "t-of-role");
    assert_eq!(keys.expires.unwrap().to_rfc3339(), "2026-11-21T09:00:00+00:00");
    let seen = imds.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3, "{seen:#?}");
    assert!(seen[0].starts_with("put ") && seen[1..].iter().all(|r| r.starts_with("get ")), "{seen:#?}");
}

#[tokio::test]
async fn every_other_place_comes_first_and_it_may_be_forbidden() {
    let imds = Imds::default();
    let env = [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", "se")];
    assert_eq!(imds.keys(&env).await.unwrap().id, "ENV");
    for word in ["true", "True"] {
        let error = imds.keys(&[(DISABLED, word)]).await.unwrap_err().to_string();
        assert!(error.contains("there are no AWS keys") && !error.contains("EC2"), "{error}");
    }
    assert!(imds.seen.lock().unwrap().is_empty());
    assert_eq!(imds.keys(&[(DISABLED, "false")]).await.unwrap().id, "ASIAROLE");
}

#[tokio::test]
async fn what_it_refuses_is_told_with_what_to_do() {
    let why = Imds { roles: (404, "not found"), ..Imds::default() }.refused().await;
    assert!(why.contains("no role: attach an instance profile"), "{why}");
    let failed = r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role oncall-role"}"#;
    let why = Imds { keys: (200, failed), ..Imds::default() }.refused().await;
    assert!(why.contains("AssumeRoleUnauthorizedAccess EC2 cannot assume"), "{why}");
    let why = Imds { roles: (200, "../../evil?x"), ..Imds::default() }.refused().await;
    assert!(why.contains("names no role"), "{why}");
    let why = Imds { keys: (200, "no JSON"), ..Imds::default() }.refused().await;
    assert!(why.contains("the keys of the role oncall-role"), "{why}");
    let why = Imds { token: Some((403, "")), ..Imds::default() }.refused().await;
    assert!(why.contains("there are no AWS keys") && why.contains("gives no token"), "{why}");
}

#[tokio::test]
async fn an_answer_that_goes_too_many_hops_is_not_waited_for_and_told_as_such() {
    let why = Imds { token: None, ..Imds::default() }.refused().await;
    assert!(why.contains("--http-put-response-hop-limit 2"), "{why}");
}

#[tokio::test]
async fn a_machine_that_is_no_instance_is_told_of_the_other_ways_first() {
    let env = Env::of(&[(ENDPOINT, "http://127.0.0.1:1")]);
    let why = keys(&env, &around::config(Own::default()), around::now()).await.unwrap_err().to_string();
    assert!(why.contains("set `profile` or credentials_command") && why.contains("no EC2 instance"), "{why}");
    for far in ["http://evil.example", "http://10.0.0.1", "nonsense"] {
        let env = Env::of(&[(ENDPOINT, far)]);
        let why = keys(&env, &around::config(Own::default()), around::now()).await.unwrap_err().to_string();
        assert!(why.contains("neither near nor encrypted"), "{far}: {why}");
    }
}

#[tokio::test]
async fn keys_that_ended_while_the_service_has_no_newer_ones_are_used_a_little_longer() {
    let ended = Box::leak(KEYS.replace("T09:", "T02:").into_boxed_str());
    let keys = Imds { keys: (200, ended), ..Imds::default() }.keys(&[]).await.unwrap();
    assert_eq!(keys.expires.unwrap(), around::now() + STRETCHED);
}
