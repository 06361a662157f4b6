//! What the bosh CLI's variables and its file say, to a director that speaks TLS with a certificate of its own authority.

use watchfire::{config::request::Env, domain::source::SourceError, sources::bosh::connect_in};

use super::{at, failing};
use crate::{
    front::{Authority, Front},
    support::source_of,
};

const NOTHING: &str = "[[source]]\nname = \"bosh\"\nkind = \"bosh\"\n";

async fn polled(file: &str, env: &[(&str, &str)]) -> Result<usize, SourceError> {
    let source = connect_in(&source_of(file), &Env::of(env)).await?;
    Ok(source.poll(at(0)).await?.alerts.len())
}

#[tokio::test]
async fn the_variables_of_the_cli_find_a_director_trust_it_and_log_in() {
    let (fake, server) = failing().await;
    let ours = Authority::new();
    let front = Front::start(&ours, &["127.0.0.1"], None, &server.url()).await;
    fake.with(|s| s.uaa = Some(front.url()));
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("ca.pem");
    std::fs::write(&file, ours.pem()).unwrap();
    let (pem, path, url) = (ours.pem(), file.display().to_string(), front.url());
    let login = [("BOSH_ENVIRONMENT", url.as_str()), ("BOSH_CLIENT", "ops"), ("BOSH_CLIENT_SECRET", "s3cret-ops")];
    for ca in [&pem, &path] {
        let env = [&login[..], &[("BOSH_CA_CERT", ca.as_str())]].concat();
        assert_eq!(polled(NOTHING, &env).await.unwrap(), 2);
    }
    // The token was had over TLS too.
    assert!(fake.with(|s| s.tokens.len()) == 2 && server.seen().iter().any(|r| r.path == "/oauth/token"));
    let without = polled(NOTHING, &login).await;
    assert!(matches!(without, Err(SourceError::Unreachable { .. })), "{without:?}");
    let stranger = Authority::new().pem();
    let env = [&login[..], &[("BOSH_CA_CERT", stranger.as_str())]].concat();
    let told = polled(NOTHING, &env).await;
    assert!(matches!(told, Err(SourceError::Unreachable { .. })), "{told:?}");
}

#[tokio::test]
async fn an_alias_of_the_file_has_its_address_its_authority_and_its_login() {
    let (fake, server) = failing().await;
    let ours = Authority::new();
    let front = Front::start(&ours, &["127.0.0.1"], None, &server.url()).await;
    fake.with(|s| s.uaa = Some(front.url()));
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".bosh")).unwrap();
    let pem = ours.pem().replace('\n', "\n    ");
    let text = format!(
        "environments:\n- url: {}\n  alias: prod\n  refresh_token: ref-of-bosh\n  ca_cert: |\n    {pem}\n",
        front.url()
    );
    std::fs::write(home.path().join(".bosh/config"), text).unwrap();
    let home = home.path().display().to_string();
    let env = [("HOME", home.as_str()), ("BOSH_ENVIRONMENT", "prod")];
    assert_eq!(polled(NOTHING, &env).await.unwrap(), 2);
    // An authority of our own configuration is the only one beside the machine's.
    let scratch = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(scratch.path(), Authority::new().pem()).unwrap();
    let own = format!("{NOTHING}ca_file = \"{}\"\n", scratch.path().display());
    let told = polled(&own, &env).await;
    assert!(matches!(told, Err(SourceError::Unreachable { .. })), "{told:?}");
    let nowhere = polled(NOTHING, &[]).await.unwrap_err().to_string();
    assert!(nowhere.contains("BOSH_ENVIRONMENT"), "{nowhere}");
}
