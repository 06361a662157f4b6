//! Kubeconfigs, credential plugins and tokens that end.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use watchfire::{domain::source::SourceError, sources};

use super::{configured, fake::Fake, later, now, refused};

/// A kubeconfig in a directory of its own; `user` is YAML in flow style.
pub fn kubeconfig(server: &str, cluster: &str, user: &str) -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{{name: c, context: {{cluster: k, user: u}}}}]\n\
         clusters: [{{name: k, cluster: {{server: \"{server}\"{cluster}}}}}]\nusers:\n- name: u\n  user: {user}\n"
    );
    std::fs::write(&path, text).unwrap();
    (dir, format!("kubeconfig = \"{}\"", path.display()))
}

/// A plugin that counts its runs and prints what stands in a file.
fn plugin(dir: &Path, more: &str) -> String {
    let script = "echo run >> $DIR/runs; cat $DIR/credential.json";
    exec(&format!("[-c, '{script}']"), &format!("env: [{{name: DIR, value: {}}}]{more}", dir.display()))
}

fn exec(args: &str, more: &str) -> String {
    format!("{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: sh, args: {args}, {more}}}}}")
}

fn prints(dir: &Path, token: &str, until: &str) {
    let until = if until.is_empty() { String::new() } else { format!(r#","expirationTimestamp":"{until}""#) };
    let text = format!(
        r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"{token}"{until}}}}}"#
    );
    std::fs::write(dir.join("credential.json"), text).unwrap();
}

fn runs(dir: &Path) -> usize {
    std::fs::read_to_string(dir.join("runs")).unwrap_or_default().lines().count()
}

async fn with_plugin(fake: &Fake) -> (PathBuf, TempDir, std::sync::Arc<dyn sources::Source>) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().to_owned();
    let (dir, own) = kubeconfig(&fake.url(), "", &plugin(&path, ""));
    let source = sources::connect(&configured("", &own)).await.unwrap();
    drop(dir);
    (path, scratch, source)
}

#[tokio::test]
async fn a_plugin_runs_once_and_again_when_the_server_refuses_its_token() {
    let fake = Fake::start().await;
    fake.world().token = Some("one-token".into());
    let (dir, _kept, source) = with_plugin(&fake).await;
    prints(&dir, "one-token", "");
    assert_eq!(runs(&dir), 0, "to connect asks nobody");
    for second in [0, 15, 30] {
        assert!(source.poll(later(second)).await.unwrap().complete);
    }
    assert_eq!(runs(&dir), 1);
    fake.world().token = Some("two-token".into());
    prints(&dir, "two-token", "");
    assert!(source.poll(later(45)).await.unwrap().complete);
    assert_eq!(runs(&dir), 2);
    fake.world().token = Some("three-token".into());
    let error = source.poll(later(60)).await.unwrap_err();
    assert!(matches!(error, SourceError::Auth { .. }), "{error}");
    assert_eq!(runs(&dir), 3, "once a poll");
}

#[tokio::test]
async fn what_a_plugin_printed_is_kept_until_shortly_before_it_expires() {
    let fake = Fake::start().await;
    let (dir, _kept, source) = with_plugin(&fake).await;
    prints(&dir, "one-token", "2026-11-21T03:10:40Z");
    for (second, wanted) in [(0, 1), (569, 1), (571, 2)] {
        source.poll(later(second)).await.unwrap();
        assert_eq!(runs(&dir), wanted, "after {second}s");
    }
}

#[tokio::test]
async fn a_plugin_has_no_input_and_is_told_what_it_may_know() {
    let fake = Fake::start().await;
    let scratch = tempfile::tempdir().unwrap();
    let script = "if read x; then exit 7; fi; if (: < /dev/tty) 2>/dev/null; then exit 8; fi; echo \"$KUBERNETES_EXEC_INFO\" > $DIR/info; cat $DIR/credential.json";
    let more = format!(
        "provideClusterInfo: true, interactiveMode: IfAvailable, env: [{{name: DIR, value: {}}}]",
        scratch.path().display()
    );
    let user = exec(&format!("[-c, '{script}']"), &more);
    let (_dir, own) = kubeconfig(&fake.url(), "", &user);
    prints(scratch.path(), "tok-of-plugin", "");
    let source = sources::connect(&configured("", &own)).await.unwrap();
    source.poll(now()).await.unwrap();
    let info: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(scratch.path().join("info")).unwrap()).unwrap();
    assert_eq!((&info["kind"], &info["spec"]["interactive"]), (&"ExecCredential".into(), &false.into()));
    assert_eq!(info["spec"]["cluster"]["server"], fake.url());
    let seen = fake.world().seen.clone();
    assert!(seen.iter().all(|r| r.headers["authorization"] == "Bearer tok-of-plugin"));
}

#[tokio::test]
async fn a_plugin_that_fails_is_told_in_its_own_words() {
    let said = async |user: String| {
        let (_dir, own) = kubeconfig("https://127.0.0.1:1", "", &user);
        refused("", &own).await.to_string()
    };
    let why = said(exec("[-c, 'echo Error: run aws sso login >&2; exit 255']", "")).await;
    assert!(why.contains("`sh` failed (exit status: 255): Error: run aws sso login"), "{why}");
    let why = said(exec("[-c, 'echo hello']", "")).await;
    assert!(why.contains("no ExecCredential") && !why.contains("hello"), "{why}");
    let wrong =
        r#"[-c, "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\"}'"]"#;
    assert!(said(exec(wrong, "")).await.contains("asked was `client.authentication.k8s.io/v1`"));
    let none = "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin, installHint: install it from x}}";
    let why = said(none.to_owned()).await;
    assert!(why.contains("`no-such-plugin`") && why.contains("install it from x"), "{why}");
    let why = said(exec("[]", "interactiveMode: Always")).await;
    assert!(why.contains("wants a terminal"), "{why}");
    let old = "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: sh}}";
    assert!(said(old.to_owned()).await.contains("not known"));
    assert!(said("{auth-provider: {name: gcp}}".to_owned()).await.contains("auth-provider"));
}

#[tokio::test]
async fn a_token_in_a_file_is_read_again() {
    let fake = Fake::start().await;
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("token");
    std::fs::write(&file, "one-token\n").unwrap();
    let (_dir, own) = kubeconfig(&fake.url(), "", &format!("{{tokenFile: {}}}", file.display()));
    let source = sources::connect(&configured("", &own)).await.unwrap();
    source.poll(now()).await.unwrap();
    std::fs::write(&file, "two-token\n").unwrap();
    source.poll(later(61)).await.unwrap();
    let seen = fake.world().seen.clone();
    let sent = |n: usize| seen[n].headers["authorization"].as_str();
    assert_eq!((sent(0), sent(seen.len() - 1)), ("Bearer one-token", "Bearer two-token"));
}

#[tokio::test]
async fn a_server_that_is_not_verified_must_be_wanted_twice() {
    let (_dir, own) = kubeconfig("https://127.0.0.1:1", ", insecure-skip-tls-verify: true", "{token: s3cret-token}");
    let error = refused("", &own).await;
    assert!(matches!(&error, SourceError::Rejected { why } if why.raw().contains("say it twice")), "{error}");
    let error = refused("", &format!("{own}\ninsecure_skip_tls_verify = true")).await;
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_context_names_cluster_user_and_the_label_of_the_rows() {
    let fake = Fake::start().await;
    fake.put(super::PODS, super::pod("web-5d4-a", super::crashing(3)));
    let (_dir, own) = kubeconfig(&fake.url(), "", "{username: ana, password: pw-of-ana, as: bob, as-groups: [ops]}");
    let source = sources::connect(&configured("", &format!("{own}\ncontext = \"c\""))).await.unwrap();
    let told = source.poll(now()).await.unwrap();
    assert_eq!(super::only(&told).labels.value("cluster"), "k");
    let seen = fake.world().seen.clone();
    assert_eq!(seen[0].headers["authorization"], "Basic YW5hOnB3LW9mLWFuYQ==");
    assert_eq!((&*seen[0].headers["impersonate-user"], &*seen[0].headers["impersonate-group"]), ("bob", "ops"));
    let error = refused("", &format!("{own}\ncontext = \"d\"")).await.to_string();
    assert!(error.contains("no context `d`; it has: c"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_any_server_is_asked() {
    let said = async |common: &str, own: &str| refused(common, own).await.to_string();
    assert!(said("url = \"http://127.0.0.1:1\"", "context = \"c\"").await.contains("both `url` and a kubeconfig"));
    assert!(said("", "kubeconfig = \"/nowhere/config\"").await.contains("/nowhere/config"));
    let url = "url = \"http://127.0.0.1:1\"";
    assert!(said(url, "resources = [\"pots\"]").await.contains("pods, deployments"));
    assert!(said(url, "namespaces = [\"../x\"]").await.contains("no name of a namespace"));
    let (_dir, own) = kubeconfig("https://127.0.0.1:1", ", certificate-authority-data: '%%%'", "{}");
    assert!(said("", &own).await.contains("no base64"));
    let (_dir, own) = kubeconfig("https://127.0.0.1:1", "", "{client-certificate-data: YQ==}");
    assert!(said("", &own).await.contains("without a key"));
    let both = ", tls-server-name: api.internal, proxy-url: 'http://127.0.0.1:1'";
    let (_dir, own) = kubeconfig("https://127.0.0.1:1", both, "{}");
    assert!(said("", &own).await.contains("through a proxy"));
}
