//! The service account of the pod we run in.

use tokio::sync::Mutex;

use crate::{
    config::{SourceConfig, request::Env},
    domain::source::SourceError,
    sources::{
        http::Reach,
        secret::{Credentials, refused},
    },
};

use super::{Login, Surroundings, Who, timeout};

/// Where a pod finds what it needs.
pub(super) const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Whether this is one.
pub(super) fn is_one(around: &Surroundings) -> bool {
    address(&around.env).is_some() && around.account.join("token").is_file()
}

fn address(env: &Env) -> Option<String> {
    let (host, port) = (env.get("KUBERNETES_SERVICE_HOST")?, env.get("KUBERNETES_SERVICE_PORT")?);
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    Some(format!("https://{host}:{port}"))
}

/// # Errors
/// `Auth` where this is no pod with a service account.
pub(super) async fn login(config: &SourceConfig, around: &Surroundings) -> Result<Login, SourceError> {
    let none = || refused("there is no kubeconfig, and this is no pod with a service account: set `kubeconfig`");
    let url = address(&around.env).filter(|_| is_one(around)).ok_or_else(none)?;
    let ca = around.account.join("ca.crt");
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
    let who = Who::TokenFile(around.account.join("token"));
    let user = "the service account of this pod".to_owned();
    Ok(Login { reach: Some(reach), who, cluster: String::new(), user, session: Mutex::new(None) })
}
