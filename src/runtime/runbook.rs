//! Reads a runbook: a file below its directory, or an address, within limits and without credentials.

use std::{error::Error, path::Path, time::Duration};

use reqwest::{Client, Response, Url, header::CONTENT_TYPE, redirect};
use tokio::io::AsyncReadExt;

use crate::domain::{
    runbook::{Place, Runbook, TEXT_MAX, parse, place},
    text::SafeText,
};

/// Longest that reading one address may take.
const DEADLINE: Duration = Duration::from_secs(10);
const REDIRECTS_MAX: usize = 5;

/// The first of these that can be read, with its name; a file that is not there gives way to the next.
///
/// # Errors
/// Why none could be, in words.
pub async fn read(places: &[Place]) -> Result<(String, Runbook), SafeText> {
    let mut why = Vec::new();
    for place in places {
        match text(place).await {
            Ok(text) if looks_like_html(&text) => why.push("it is a web page and no Markdown".to_owned()),
            Ok(text) => return Ok((place.name(), parse(&text))),
            Err(reason) => why.push(reason),
        }
    }
    why.dedup();
    Err(SafeText::new(&why.join("; ")))
}

async fn text(place: &Place) -> Result<String, String> {
    match place {
        Place::BuiltIn { text, .. } => Ok((*text).to_owned()),
        Place::File { dir, path } => file(dir, path).await,
        Place::Url(url) => {
            let read = tokio::time::timeout(DEADLINE, fetch(url));
            read.await.unwrap_or_else(|_| Err(format!("no full answer within {DEADLINE:?}")))
        }
    }
}

/// A link that leads out of the directory is not followed.
async fn file(dir: &Path, path: &Path) -> Result<String, String> {
    let said = |e: std::io::Error| format!("{}: {e}", path.display());
    let whole = tokio::fs::canonicalize(dir.join(path)).await.map_err(said)?;
    let dir = tokio::fs::canonicalize(dir).await.map_err(said)?;
    if !whole.starts_with(&dir) {
        return Err(format!("{} leads out of the directory of runbooks", path.display()));
    }
    if !tokio::fs::metadata(&whole).await.map_err(said)?.is_file() {
        return Err(format!("{} is no file", path.display()));
    }
    let mut bytes = Vec::new();
    let file = tokio::fs::File::open(&whole).await.map_err(said)?;
    // A little more than is shown, so that it is known to be cut.
    file.take(TEXT_MAX as u64 + 16).read_to_end(&mut bytes).await.map_err(said)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn fetch(url: &str) -> Result<String, String> {
    let url = Url::parse(&place::raw(url)).map_err(|e| format!("its link is no address: {e}"))?;
    let response = client(&url)?.get(url).send().await.map_err(|e| cause(&e))?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("the server answered {status}"));
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") || kind.starts_with("application/xhtml") {
        return Err("it is a web page and no Markdown".into());
    }
    let is_text = ["text/", "application/octet-stream", "application/markdown"].iter().any(|t| kind.starts_with(t));
    if !is_text && !kind.is_empty() {
        return Err(format!("it is {kind} and no Markdown"));
    }
    body(response).await
}

/// Redirects are followed, as nothing that is a secret is sent.
fn client(url: &Url) -> Result<Client, String> {
    // A second call errs and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || {
        let builder = Client::builder()
            .user_agent(concat!("watchfire/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::limited(REDIRECTS_MAX))
            .referer(false)
            .connect_timeout(DEADLINE / 3);
        if is_loopback(url) { builder.no_proxy() } else { builder }
    };
    // Without a CA bundle on the machine the first build errs, even for plain http.
    builder().build().or_else(|_| builder().tls_certs_only([]).build()).map_err(|e| cause(&e))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("").trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

async fn body(mut response: Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| cause(&e))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > TEXT_MAX {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start().get(..15).unwrap_or_default().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// The last cause: what a person can do something about.
fn cause(error: &reqwest::Error) -> String {
    let mut last: &dyn Error = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
