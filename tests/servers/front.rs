//! What stands before an API server: certificates of an authority that the test makes, a TLS end that hands on what comes
//! in, and a proxy that tunnels.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer},
        server::WebPkiClientVerifier,
    },
};

use crate::support::server::{Request, read};

/// Who makes certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
pub struct Pair {
    pub chain: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for these names and addresses.
    pub fn made(&self, names: &[&str]) -> Pair {
        let (chain, key) = self.pair(names);
        Pair { chain: chain.pem(), key: key.serialize_pem() }
    }

    fn pair(&self, names: &[&str]) -> (rcgen::Certificate, KeyPair) {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        (CertificateParams::new(names).unwrap().signed_by(&key, &self.0).unwrap(), key)
    }

    /// Ends TLS for these names; `clients` must have made the certificate of whoever calls.
    fn ends(&self, names: &[&str], clients: Option<&Self>) -> ServerConfig {
        let (chain, key) = self.pair(names);
        let provider = Arc::new(default_provider());
        let builder =
            ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add(clients.0.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
                builder.with_client_cert_verifier(verifier)
            }
        };
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        builder.with_single_cert(vec![chain.der().clone()], key).unwrap()
    }
}

/// The name that was asked for, and the certificate that was shown.
type Caller = (Option<String>, Option<CertificateDer<'static>>);

/// A TLS end before a plain server.
pub struct Front {
    pub port: u16,
    /// By which name each caller asked for it, and what it showed.
    seen: Arc<Mutex<Vec<Caller>>>,
    task: JoinHandle<()>,
}

impl Front {
    #[allow(clippy::disallowed_methods, reason = "a server is a task of its own")]
    pub async fn start(by: &Authority, names: &[&str], clients: Option<&Authority>, behind: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(by.ends(names, clients)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, behind) = (seen.clone(), behind.trim_start_matches("http://").to_owned());
        let task = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, log, behind) = (acceptor.clone(), log.clone(), behind.clone());
                open.spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let about = stream.get_ref().1;
                    let shown = about.peer_certificates().map(|c| c[0].clone().into_owned());
                    log.lock().unwrap().push((about.server_name().map(str::to_owned), shown));
                    let Ok(mut there) = TcpStream::connect(behind).await else { return };
                    let _ = copy_bidirectional(&mut stream, &mut there).await;
                });
            }
        });
        Self { port, seen, task }
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Every name by which it was asked for, and whether a certificate was shown.
    pub fn asked(&self) -> Vec<(Option<String>, bool)> {
        self.seen.lock().unwrap().iter().map(|(name, shown)| (name.clone(), shown.is_some())).collect()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A proxy that tunnels, and nothing else.
pub struct Proxy {
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// By `CONNECT`.
    pub async fn start() -> Self {
        Self::by(false).await
    }

    /// As `ssh -D` opens one.
    pub async fn of_socks() -> Self {
        Self::by(true).await
    }

    #[allow(clippy::disallowed_methods, reason = "a server is a task of its own")]
    async fn by(socks: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let task = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(tunnel(stream, socks, log.clone()));
            }
        });
        Self { port, seen, task }
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn tunnel(mut stream: TcpStream, socks: bool, log: Arc<Mutex<Vec<Request>>>) {
    let asked = if socks { by_socks(&mut stream).await } else { read(&mut stream).await };
    let Some(request) = asked else { return };
    let to = request.path.clone();
    log.lock().unwrap().push(request);
    let Ok(mut there) = TcpStream::connect(to).await else { return };
    let good: &[u8] = match socks {
        true => &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        false => b"HTTP/1.1 200 Connection established\r\n\r\n",
    };
    if stream.write_all(good).await.is_ok() {
        let _ = copy_bidirectional(&mut stream, &mut there).await;
    }
}

/// RFC 1928, without a login, to an address of four bytes.
async fn by_socks(stream: &mut TcpStream) -> Option<Request> {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await.ok()?;
    let mut ways = vec![0; usize::from(greeting[1])];
    stream.read_exact(&mut ways).await.ok()?;
    stream.write_all(&[5, 0]).await.ok()?;
    let mut asked = [0; 10];
    stream.read_exact(&mut asked).await.ok()?;
    assert_eq!(asked[..4], [5, 1, 0, 1], "a connection to an IPv4 address");
    let [a, b, c, d] = [asked[4], asked[5], asked[6], asked[7]];
    let port = u16::from_be_bytes([asked[8], asked[9]]);
    Some(Request { path: format!("{a}.{b}.{c}.{d}:{port}"), ..Request::default() })
}
