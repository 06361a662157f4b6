//! Where a token may go: to the system it was given for, and nowhere else.
//!
//! Refuses to know what is asked there.

use url::Url;

/// Whether one address belongs to the same system as another: the same host, or beneath the same domain, and no less
/// safe to speak to.
pub(crate) fn is_of(api: &Url, other: &Url) -> bool {
    if api.scheme() == "https" && other.scheme() != "https" || !matches!(other.scheme(), "http" | "https") {
        return false;
    }
    let (Some(api), Some(other)) = (api.host_str(), other.host_str()) else { return false };
    let domain = api.split_once('.').map(|(_, domain)| domain).filter(|d| d.contains('.'));
    let named = api.parse::<std::net::IpAddr>().is_err();
    api == other || named && domain.is_some_and(|domain| other.ends_with(&format!(".{domain}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stays_within_the_systems_own_domain() {
        let is_of = |api: &str, other: &str| is_of(&Url::parse(api).unwrap(), &Url::parse(other).unwrap());
        assert!(is_of("https://api.sys.example.com", "https://uaa.sys.example.com"));
        assert!(is_of("http://127.0.0.1:80", "http://127.0.0.1:81"));
        assert!(!is_of("https://api.sys.example.com", "https://uaa.evil.com"));
        assert!(!is_of("https://api.sys.example.com", "https://uaasys.example.com"));
        assert!(!is_of("https://api.sys.example.com", "http://uaa.sys.example.com"), "no plain text after TLS");
        assert!(!is_of("https://api.com", "https://uaa.com"), "a public suffix is nobody's domain");
        assert!(!is_of("http://10.0.0.1", "http://9.0.0.1"));
    }
}
