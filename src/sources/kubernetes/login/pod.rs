//! The service account of the pod we run in.

use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use crate::{
    config::SourceConfig,
    domain::source::SourceError,
    sources::{
        http::Reach,
        secret::{Credentials, refused},
    },
};

use super::{Login, Who, timeout};

/// Where a pod finds what it needs.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Whether this is one.
pub(super) fn is_one() -> bool {
    address().is_some() && Path::new(ACCOUNT).join("token").is_file()
}

fn address() -> Option<String> {
    let (host, port) = (std::env::var("KUBERNETES_SERVICE_HOST").ok()?, std::env::var("KUBERNETES_SERVICE_PORT").ok()?);
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    Some(format!("https://{host}:{port}"))
}

/// # Errors
/// `Auth` where this is no pod with a service account.
pub(super) async fn login(config: &SourceConfig) -> Result<Login, SourceError> {
    let none = || refused("there is no kubeconfig, and this is no pod with a service account: set `kubeconfig`");
    let url = address().filter(|_| is_one()).ok_or_else(none)?;
    let ca = Path::new(ACCOUNT).join("ca.crt");
    let authority = tokio::fs::read(&ca).await.map_err(|e| refused(&format!("cannot read {}: {e}", ca.display())))?;
    let reach = Reach {
        url,
        credentials: Credentials::None,
        authority: Some(authority),
        identity: None,
        headers: config.headers.clone(),
        proxy: config.proxy.clone(),
        timeout: timeout(config),
        requests_per_minute: config.requests_per_minute,
        server_name: None,
        insecure: false,
    };
    let who = Who::TokenFile(PathBuf::from(ACCOUNT).join("token"));
    let user = "the service account of this pod".to_owned();
    Ok(Login { reach: Some(reach), who, cluster: String::new(), user, session: Mutex::new(None) })
}
