//! Certificates, names and proxies of a kubeconfig, and the service account of a pod, against a server that speaks TLS.

use std::{path::Path, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use tempfile::TempDir;
use watchfire::{
    config::request::Env,
    domain::source::SourceError,
    sources::{
        self, Source,
        kubernetes::{Surroundings, connect_in},
    },
};

use super::{configured, fake::Fake, later, logins::kubeconfig, now};
use crate::front::{Authority, Front, Proxy};

async fn polled(server: &str, cluster: &str, user: &str, own: &str) -> Result<(), SourceError> {
    let (_dir, named) = kubeconfig(server, cluster, user);
    sources::connect(&configured("", &format!("{named}\n{own}"))).await?.poll(now()).await.map(drop)
}

fn unreachable(told: Result<(), SourceError>) -> String {
    match told {
        Err(SourceError::Unreachable { why }) => why.raw().to_owned(),
        other => panic!("{other:?}"),
    }
}

/// The value of a field that ends in `-data`.
fn data(pem: &str) -> String {
    STANDARD.encode(pem)
}

fn file(dir: &TempDir, name: &str, text: &str) -> String {
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

const HERE: &[&str] = &["127.0.0.1"];

#[tokio::test]
async fn the_authority_of_a_kubeconfig_is_believed_and_no_other() {
    let (fake, ours, theirs) = (Fake::start().await, Authority::new(), Authority::new());
    let front = Front::start(&ours, HERE, None, &fake.url()).await;
    let scratch = tempfile::tempdir().unwrap();
    let by_data = |of: &Authority| format!(", certificate-authority-data: {}", data(&of.pem()));
    let by_file = |of: &Authority| format!(", certificate-authority: {}", file(&scratch, "ca.crt", &of.pem()));
    polled(&front.url(), &by_data(&ours), "{token: tok-of-us}", "").await.unwrap();
    polled(&front.url(), &by_file(&ours), "{token: tok-of-us}", "").await.unwrap();
    let both = format!("{}{}", by_data(&ours), by_file(&theirs));
    polled(&front.url(), &both, "{token: tok-of-us}", "").await.unwrap();
    let sent = fake.world().seen.len();
    for wrong in [by_data(&theirs), by_file(&theirs), String::new()] {
        let why = unreachable(polled(&front.url(), &wrong, "{token: tok-of-us}", "").await);
        assert!(why.contains("certificate"), "{why}");
    }
    assert_eq!(fake.world().seen.len(), sent, "no token goes to who is not known");
}

#[tokio::test]
async fn a_client_certificate_is_shown_from_data_and_from_files() {
    let (fake, ours) = (Fake::start().await, Authority::new());
    let front = Front::start(&ours, HERE, Some(&ours), &fake.url()).await;
    let (me, scratch) = (ours.made(&["ana"]), tempfile::tempdir().unwrap());
    let ca = format!(", certificate-authority-data: {}", data(&ours.pem()));
    let (chain, key) = (file(&scratch, "ana.crt", &me.chain), file(&scratch, "ana.key", &me.key));
    let (chain_data, key_data) = (data(&me.chain), data(&me.key));
    for user in [
        format!("{{client-certificate-data: {chain_data}, client-key-data: {key_data}}}"),
        format!("{{client-certificate: {chain}, client-key: {key}}}"),
        format!("{{client-certificate-data: {chain_data}, client-key: {key}}}"),
    ] {
        polled(&front.url(), &ca, &user, "").await.unwrap();
    }
    let shown = front.asked();
    assert!(shown.len() >= 3 && shown.iter().all(|(_, shown)| *shown), "{shown:?}");
    assert!(fake.world().seen.iter().all(|r| !r.headers.contains_key("authorization")));
    unreachable(polled(&front.url(), &ca, "{}", "").await);
    let stranger = Authority::new().made(&["ana"]);
    let user =
        format!("{{client-certificate-data: {}, client-key-data: {}}}", data(&stranger.chain), data(&stranger.key));
    unreachable(polled(&front.url(), &ca, &user, "").await);
}

#[tokio::test]
async fn a_certificate_that_is_no_pair_with_its_key_is_told_before_any_server_is_asked() {
    let (one, ours) = (Authority::new().made(&["ana"]), Authority::new().made(&["bob"]));
    let user = |chain: &str, key: &str| {
        format!("{{client-certificate-data: {}, client-key-data: {}}}", data(chain), data(key))
    };
    let told = async |user: String| polled("https://127.0.0.1:1", "", &user, "").await.unwrap_err().to_string();
    assert!(told(user(&one.chain, "no key")).await.contains("no PEM pair"));
    assert!(told(user("no chain", &one.key)).await.contains("no PEM pair"));
    let why = told(user(&one.chain, &ours.key)).await;
    assert!(why.contains("are no pair") && !why.contains("PRIVATE"), "{why}");
}

#[tokio::test]
async fn who_is_not_verified_is_believed_only_where_it_was_said_twice() {
    let (fake, ours) = (Fake::start().await, Authority::new());
    let front = Front::start(&ours, &["elsewhere.internal"], None, &fake.url()).await;
    let skips = ", insecure-skip-tls-verify: true";
    let once = polled(&front.url(), skips, "{token: tok-of-us}", "").await;
    assert!(matches!(&once, Err(SourceError::Rejected { why }) if why.raw().contains("say it twice")), "{once:?}");
    let twice = "insecure_skip_tls_verify = true";
    polled(&front.url(), skips, "{token: tok-of-us}", twice).await.unwrap();
    let without = polled(&front.url(), "", "{token: tok-of-us}", twice).await;
    assert!(matches!(without, Err(SourceError::Unreachable { .. })), "ours alone skips nothing: {without:?}");
}

#[tokio::test]
async fn a_name_for_tls_is_what_the_certificate_must_be_for_and_no_other_host_is_asked() {
    let (fake, ours) = (Fake::start().await, Authority::new());
    let front = Front::start(&ours, &["api.internal"], None, &fake.url()).await;
    let ca = format!(", certificate-authority-data: {}", data(&ours.pem()));
    unreachable(polled(&front.url(), &ca, "{}", "").await);
    polled(&front.url(), &format!("{ca}, tls-server-name: api.internal"), "{}", "").await.unwrap();
    assert!(front.asked().iter().any(|(name, _)| name.as_deref() == Some("api.internal")), "{:?}", front.asked());
    let host = fake.world().seen.last().unwrap().headers["host"].clone();
    assert_eq!(host, format!("127.0.0.1:{}", front.port));
    unreachable(polled(&front.url(), &format!("{ca}, tls-server-name: other.internal"), "{}", "").await);
    let address = polled(&front.url(), &format!("{ca}, tls-server-name: 127.0.0.2"), "{}", "").await;
    assert!(matches!(&address, Err(SourceError::Rejected { why }) if why.raw().contains("127.0.0.2")), "{address:?}");
}

#[tokio::test]
async fn a_proxy_of_the_kubeconfig_is_gone_through_and_sees_nothing_but_the_host() {
    let (fake, ours, proxy) = (Fake::start().await, Authority::new(), Proxy::start().await);
    let front = Front::start(&ours, HERE, None, &fake.url()).await;
    let through = |user: &str| {
        let ca = data(&ours.pem());
        format!(", certificate-authority-data: {ca}, proxy-url: 'http://{user}127.0.0.1:{}'", proxy.port)
    };
    polled(&front.url(), &through("ana:pw-of-ana@"), "{token: tok-of-us}", "").await.unwrap();
    let seen = proxy.seen();
    assert!(!seen.is_empty() && seen.iter().all(|r| r.method == "CONNECT"), "{seen:?}");
    assert_eq!(seen[0].path, format!("127.0.0.1:{}", front.port));
    let headers = &seen[0].headers;
    assert_eq!(headers["proxy-authorization"], format!("Basic {}", STANDARD.encode("ana:pw-of-ana")));
    assert!(!headers.contains_key("authorization"));
    assert!(fake.world().seen.iter().all(|r| !r.headers.contains_key("proxy-authorization")));
    drop(proxy);
}

#[tokio::test]
async fn a_tunnel_of_ssh_is_gone_through_as_kubectl_does() {
    let (fake, ours, proxy) = (Fake::start().await, Authority::new(), Proxy::of_socks().await);
    let front = Front::start(&ours, HERE, None, &fake.url()).await;
    let ca = data(&ours.pem());
    let through = format!(", certificate-authority-data: {ca}, proxy-url: 'socks5://127.0.0.1:{}'", proxy.port);
    polled(&front.url(), &through, "{token: tok-of-us}", "").await.unwrap();
    let seen = proxy.seen();
    assert!(!seen.is_empty() && seen.iter().all(|r| r.path == format!("127.0.0.1:{}", front.port)), "{seen:?}");
}

#[tokio::test]
async fn a_proxy_that_is_not_there_or_of_a_kind_that_is_not_spoken_is_told_without_its_password() {
    let gone = ", proxy-url: 'http://ana:pw-of-ana@127.0.0.1:1'";
    let why = unreachable(polled("https://127.0.0.1:2", gone, "{}", "").await);
    assert!(!why.contains("pw-of-ana"), "{why}");
    let why = unreachable(polled("https://127.0.0.1:2", &gone.replace("http:", "socks5:"), "{}", "").await);
    assert!(!why.contains("pw-of-ana"), "{why}");
    for odd in ["socks4://ana:pw-of-ana@127.0.0.1:1", "ftp://127.0.0.1:1", "::"] {
        let told = polled("https://127.0.0.1:2", &format!(", proxy-url: '{odd}'"), "{}", "").await.unwrap_err();
        assert!(matches!(told, SourceError::Rejected { .. }), "{odd}: {told:?}");
        let why = told.to_string();
        assert!(why.contains("proxy") && !why.contains("pw-of-ana"), "{odd}: {why}");
    }
}

/// A pod: its service account, and the variables it finds its server by.
struct Pod {
    account: TempDir,
    around: Surroundings,
}

impl Pod {
    fn new(port: u16, ca: &str) -> Self {
        let account = tempfile::tempdir().unwrap();
        let port = port.to_string();
        let env = [("KUBERNETES_SERVICE_HOST", "127.0.0.1"), ("KUBERNETES_SERVICE_PORT", port.as_str())];
        let around = Surroundings { env: Env::of(&env), account: account.path().to_owned() };
        file(&account, "ca.crt", ca);
        file(&account, "token", "one-of-pod\n");
        Self { account, around }
    }

    async fn connect(&self) -> Result<Arc<dyn Source>, SourceError> {
        connect_in(&configured("", ""), &self.around).await
    }
}

#[tokio::test]
async fn in_a_pod_the_service_account_logs_in_and_its_token_may_turn() {
    let (fake, ours) = (Fake::start().await, Authority::new());
    fake.world().token = Some("one-of-pod".into());
    let front = Front::start(&ours, HERE, None, &fake.url()).await;
    let pod = Pod::new(front.port, &ours.pem());
    let source = pod.connect().await.unwrap();
    source.poll(now()).await.unwrap();
    // The kubelet replaces it; the server takes the old one for a while.
    file(&pod.account, "token", "two-of-pod");
    source.poll(later(30)).await.unwrap();
    fake.world().token = Some("two-of-pod".into());
    source.poll(later(45)).await.expect("one that is refused is read anew at once");
    // A file that is away while it is replaced.
    std::fs::remove_file(pod.account.path().join("token")).unwrap();
    source.poll(later(200)).await.expect("the one at hand is still good");
    fake.world().token = Some("three-of-pod".into());
    let error = source.poll(later(215)).await.unwrap_err();
    assert!(matches!(&error, SourceError::Auth { why } if why.raw().contains("token")), "{error:?}");
    file(&pod.account, "token", "three-of-pod");
    source.poll(later(230)).await.unwrap();
    let texts: Vec<String> = fake.world().seen.iter().map(|r| r.headers["authorization"].clone()).collect();
    assert!(texts.iter().all(|t| t.ends_with("-of-pod")), "{texts:?}");
}

#[tokio::test]
async fn in_a_pod_only_the_authority_of_its_account_is_believed() {
    let (fake, ours) = (Fake::start().await, Authority::new());
    let front = Front::start(&ours, HERE, None, &fake.url()).await;
    let pod = Pod::new(front.port, &Authority::new().pem());
    let error = pod.connect().await.unwrap().poll(now()).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error:?}");
    assert!(fake.world().seen.is_empty());
    std::fs::remove_file(pod.account.path().join("ca.crt")).unwrap();
    let Err(error) = pod.connect().await else { panic!("nobody is known to be the server") };
    assert!(error.to_string().contains("ca.crt"), "{error}");
}

#[tokio::test]
async fn a_kubeconfig_comes_before_the_pod_and_without_either_it_is_said_what_to_do() {
    let fake = Fake::start().await;
    let pod = Pod::new(1, &Authority::new().pem());
    let (dir, _) = kubeconfig(&fake.url(), "", "{token: tok-of-file}");
    let with = |name: &str, path: &Path| {
        let around = pod.around.env.clone();
        let (name, path) = (name.to_owned(), path.display().to_string());
        let env = Env::new(move |asked| if asked == name { Some(path.clone()) } else { around.get(asked) });
        Surroundings { env, account: pod.account.path().to_owned() }
    };
    let listed = format!("/nowhere/config:{}", dir.path().join("config").display());
    for around in [with("KUBECONFIG", &dir.path().join("config")), with("KUBECONFIG", Path::new(&listed))] {
        connect_in(&configured("", ""), &around).await.unwrap().poll(now()).await.unwrap();
    }
    std::fs::create_dir(dir.path().join(".kube")).unwrap();
    std::fs::rename(dir.path().join("config"), dir.path().join(".kube/config")).unwrap();
    connect_in(&configured("", ""), &with("HOME", dir.path())).await.unwrap().poll(now()).await.unwrap();
    assert!(fake.world().seen.iter().all(|r| r.headers["authorization"] == "Bearer tok-of-file"));
    let nothing = Surroundings { env: Env::of(&[]), account: pod.account.path().to_owned() };
    let Err(error) = connect_in(&configured("", ""), &nothing).await else { panic!("there is no server") };
    assert!(error.to_string().contains("set `kubeconfig`"), "{error}");
    let v6 = [("KUBERNETES_SERVICE_HOST", "::1"), ("KUBERNETES_SERVICE_PORT", "1")];
    let v6 = Surroundings { env: Env::of(&v6), account: pod.account.path().to_owned() };
    let error = connect_in(&configured("", ""), &v6).await.unwrap().poll(now()).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error:?}");
}
