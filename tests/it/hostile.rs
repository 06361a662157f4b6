//! Sources that are away, slow, refuse, redirect, lie or never end: each is an error a person can act on, in bounded
//! time and memory, and no secret leaves for where it does not belong.

use std::io::Write;

use chrono::Duration;
use watchfire::{
    config::{Auth, Secret, SourceConfig, SourceKind},
    domain::source::{SourceError, SourceState},
    sources,
};

use crate::support::{
    config, recorded_at,
    server::{Reply, Server},
};

const KINDS: [SourceKind; 2] = [SourceKind::Alertmanager, SourceKind::Prometheus];

async fn poll(config: &SourceConfig) -> SourceError {
    match sources::connect(config).await {
        Err(error) => error,
        Ok(source) => source.poll(recorded_at()).await.expect_err("it must not be taken for an answer"),
    }
}

/// What each kind of source makes of a server that gives this answer to everything.
async fn faced_with(reply: Reply) -> [SourceError; 2] {
    let server = Server::always(reply).await;
    let [one, two] = KINDS.map(|kind| config(kind, &[server.url()]));
    let errors = [poll(&one).await, poll(&two).await];
    for error in &errors {
        let text = error.to_string();
        assert!(!text.chars().any(char::is_control) && text.chars().count() < 400, "{text:?}");
    }
    errors
}

fn all_say(errors: &[SourceError], words: &str) {
    errors.iter().for_each(|e| assert!(e.to_string().contains(words), "`{words}` is not in `{e}`"));
}

#[tokio::test]
async fn an_unreachable_source_says_so() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for kind in KINDS {
        let error = poll(&config(kind, &[format!("http://{closed}")])).await;
        assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
        all_say(&[error], "refused");
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_unreachable() {
    let error = poll(&config(KINDS[0], &["http://watchfire-test.invalid:9093".into()])).await;
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_takes_the_connection_and_says_nothing_is_given_up() {
    let errors = faced_with(Reply::silence()).await;
    all_say(&errors, "no full answer within 10s");
    assert!(errors.iter().all(|e| e.state() == SourceState::Unreachable));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_drips_is_given_up_at_the_same_deadline() {
    all_say(&faced_with(Reply::drip()).await, "no full answer within 10s");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let errors = faced_with(Reply::flood()).await;
    all_say(&errors[..1], "a gap in the list is larger than 4 MiB");
    all_say(&errors[1..], "larger than 64 MiB");
    assert!(errors.iter().all(|e| e.state() == SourceState::Malformed));
}

#[tokio::test]
async fn an_item_without_end_is_cut_off() {
    let long = format!(r#"[{{"labels":{{"alertname":"{}"#, "x".repeat(5 << 20));
    let server = Server::always(Reply::json(long)).await;
    let error = poll(&config(SourceKind::Alertmanager, &[server.url()])).await;
    assert_eq!(error.state(), SourceState::Malformed);
    all_say(&[error], "an item of the list is larger than 4 MiB; it begins with: [{");
}

#[tokio::test]
async fn a_small_answer_that_inflates_to_a_huge_one_is_cut_off() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..80).for_each(|_| bomb.write_all(&vec![b' '; 1 << 20]).unwrap());
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 20, "it is small on the wire");
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let server = Server::always(Reply::raw([head.as_bytes(), &bomb].concat())).await;
    all_say(&[poll(&config(SourceKind::Prometheus, &[server.url()])).await], "larger than 64 MiB");
}

#[tokio::test]
async fn a_refused_token_is_a_matter_of_authorisation() {
    for status in [401, 403] {
        let errors = faced_with(Reply::status(status, "Unauthorized")).await;
        assert!(errors.iter().all(|e| e.state() == SourceState::Unauthorized), "{errors:?}");
        all_say(&errors, "Unauthorized");
    }
}

#[tokio::test]
async fn a_rate_limit_says_until_when() {
    let errors = faced_with(Reply::with(429, "Retry-After: 42\r\n", "slow down")).await;
    let until = recorded_at() + Duration::seconds(42);
    assert_eq!(errors, [SourceError::RateLimited { until }, SourceError::RateLimited { until }]);
}

#[tokio::test]
async fn a_failing_server_is_unreachable_with_its_own_words() {
    for status in [500, 502, 503] {
        let errors = faced_with(Reply::status(status, r#"{"code":1,"message":"disk is full"}"#)).await;
        assert!(errors.iter().all(|e| matches!(e, SourceError::Unreachable { .. })), "{errors:?}");
        all_say(&errors, "disk is full");
    }
}

#[tokio::test]
async fn a_login_page_is_a_matter_of_authorisation_and_any_other_page_is_not_the_api() {
    let errors = faced_with(Reply::page("<html><title>Sign in \u{1b}[31m</title><input type=password>")).await;
    assert!(errors.iter().all(|e| e.state() == SourceState::Unauthorized), "{errors:?}");
    all_say(&errors, "Sign in ^[[31m");
    let errors = faced_with(Reply::page("<html><title>Welcome to nginx!</title></html>")).await;
    assert!(errors.iter().all(|e| e.state() == SourceState::Malformed), "{errors:?}");
    all_say(&errors, "Welcome to nginx!");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_target_receives_nothing() {
    for status in [301, 302, 307, 308] {
        let target = Server::always(Reply::json("[]")).await;
        let server = Server::always(Reply::redirect(status, &format!("{}/login?next=secret", target.url()))).await;
        for kind in KINDS {
            let mut config = config(kind, &[server.url()]);
            config.auth = Auth::Bearer(Secret::Inline("tok-a1b2c3".into()));
            let error = poll(&config).await;
            assert_eq!(error, SourceError::Redirected { to: target.address().into() });
        }
        assert!(target.seen().is_empty());
        assert!(server.seen().iter().all(|r| r.headers["authorization"] == "Bearer tok-a1b2c3"));
    }
}

#[tokio::test]
async fn garbage_is_unreadable() {
    for garbage in ["SSH-2.0-OpenSSH_9.2\r\n", "\u{0}\u{1}\u{2}\u{1b}]0;x\u{7}", "HTTP/9.9 ok\r\n\r\n"] {
        let errors = faced_with(Reply::raw(garbage)).await;
        assert!(errors.iter().all(|e| matches!(e, SourceError::Malformed { .. })), "{garbage:?} {errors:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_json_that_was_due_is_unreadable() {
    let deep = "[".repeat(200_000);
    let bodies = ["", "null", "{}", "[{\"labels\":{\"a\":\"b\"", "hello \u{1b}[2J", "[NaN]", "7", "\u{feff}[]", &deep];
    for body in bodies {
        let errors = faced_with(Reply::json(body)).await;
        let head: String = body.chars().take(20).collect();
        assert!(
            errors.iter().all(|e| matches!(e, SourceError::Malformed { .. } | SourceError::Rejected { .. })),
            "{head}: {errors:?}"
        );
    }
    all_say(&faced_with(Reply::json("hello \u{1b}[2J")).await, "it begins with: hello ^[[2J");
}

#[tokio::test]
async fn a_body_that_is_cut_short_is_no_answer() {
    let short = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n[]";
    let errors = faced_with(Reply::raw(short)).await;
    assert!(errors.iter().all(|e| matches!(e, SourceError::Unreachable { .. })), "{errors:?}");
}

#[tokio::test]
async fn a_body_in_a_broken_encoding_is_unreadable() {
    let errors = faced_with(Reply::with(200, "Content-Encoding: gzip\r\n", "this is not gzip at all")).await;
    assert!(errors.iter().all(|e| matches!(e, SourceError::Malformed { .. })), "{errors:?}");
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n[]", "x".repeat(4 << 20));
    let errors = faced_with(Reply::raw(head)).await;
    assert!(errors.iter().all(|e| e.state() != SourceState::Live), "{errors:?}");
    let many: String = (0..20_000).map(|i| format!("X-{i}: y\r\n")).collect();
    let errors = faced_with(Reply::raw(format!("HTTP/1.1 200 OK\r\n{many}\r\n[]"))).await;
    assert!(errors.iter().all(|e| e.state() != SourceState::Live), "{errors:?}");
}

#[tokio::test]
async fn no_secret_is_in_any_error_even_if_the_server_repeats_it() {
    // base64 of `ana:hunter22`
    let (token, basic, password) = ("tok-a1b2c3", "YW5hOmh1bnRlcjIy", "hunter22");
    let echo = format!("you sent {token} {basic} {password} key-99887");
    let inline = |text: &str| Secret::Inline(text.into());
    let auths = [Auth::Bearer(inline(token)), Auth::Basic { user: "ana".into(), password: inline(password) }];
    for reply in [Reply::status(401, &echo), Reply::status(400, &echo), Reply::json(&echo), Reply::page(&echo)] {
        let server = Server::always(reply).await;
        for (auth, hidden) in auths.iter().zip([vec![token], vec![basic, password]]) {
            let mut config = config(SourceKind::Prometheus, &[server.url()]);
            config.auth = auth.clone();
            config.headers = vec![("X-Api-Key".into(), "key-99887".into())];
            let text = format!("{:?}", poll(&config).await);
            assert!(text.contains("***") && !text.contains("key-99887"), "{text}");
            assert!(hidden.iter().all(|h| !text.contains(h)), "{text}");
        }
        assert!(server.seen().iter().all(|r| r.headers["x-api-key"] == "key-99887"));
        assert_eq!(server.seen().last().unwrap().headers["authorization"], format!("Basic {basic}"));
    }
}

#[tokio::test]
async fn a_secret_in_an_address_is_in_no_error() {
    let url = "http://ana:hunter22@127.0.0.1:1/?key=abcdef".to_owned();
    let text = format!("{:?}", poll(&config(SourceKind::Alertmanager, &[url])).await);
    assert!(!text.contains("hunter22") && !text.contains("abcdef"), "{text}");
}

#[tokio::test]
async fn what_is_wrong_in_the_configuration_is_said_before_anything_is_sent() {
    let server = Server::always(Reply::json("[]")).await;
    let base = config(SourceKind::Alertmanager, &[server.url()]);
    let auth = |secret| SourceConfig { auth: Auth::Bearer(secret), ..base.clone() };
    let nowhere = || std::path::PathBuf::from("/nowhere/ca.pem");
    let not_pem = tempfile::NamedTempFile::new().unwrap();
    let wrong = [
        (auth(Secret::Env("WATCHFIRE_TEST_UNSET".into())), "WATCHFIRE_TEST_UNSET is not set"),
        (auth(Secret::File("/nowhere/token".into())), "/nowhere/token"),
        (auth(Secret::Inline("tok\nen".into())), "characters that HTTP does not allow"),
        (SourceConfig { ca_file: Some(nowhere()), ..base.clone() }, "/nowhere/ca.pem"),
        (SourceConfig { ca_file: Some(not_pem.path().into()), ..base.clone() }, "no PEM certificate"),
        (SourceConfig { client_cert: Some((not_pem.path().into(), not_pem.path().into())), ..base.clone() }, "no PEM"),
        (SourceConfig { proxy: Some("::".into()), ..base.clone() }, "proxy"),
        (SourceConfig { headers: vec![("a b".into(), "x".into())], ..base.clone() }, "`a b`"),
        (SourceConfig { urls: vec!["ftp://x".into()], ..base.clone() }, "no http(s) address"),
        (SourceConfig { urls: vec!["am.example".into()], ..base.clone() }, "no http(s) address"),
    ];
    for (config, words) in wrong {
        let error = sources::connect(&config).await.err().unwrap_or_else(|| panic!("`{words}` was due"));
        all_say(&[error], words);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_unreachable() {
    let server = Server::always(Reply::raw("hello")).await;
    let error = poll(&config(SourceKind::Alertmanager, &[server.url().replace("http:", "https:")])).await;
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}
