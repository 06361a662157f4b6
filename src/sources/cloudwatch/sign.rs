//! Signature Version 4: what AWS wants beside a request so as to know who asks.
//!
//! Knows neither where keys come from nor what is asked. Its arithmetic is held to AWS' published test suite. The
//! official crate does the same and brings AWS' own HTTP types with it, for two hashes that are here already.

use ring::{digest, hmac};

use crate::domain::Time;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Signee<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// What is asked.
pub(super) struct Request<'a> {
    pub(super) method: &'a str,
    /// As it stands in the address.
    pub(super) path: &'a str,
    /// As [`query`] writes it.
    pub(super) query: &'a str,
    /// Those that are signed: lower-case names, the date among them.
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a [u8],
}

/// `20150830T123600Z`, as the `x-amz-date` header has it.
pub(super) fn stamp(at: Time) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// The value of the `Authorization` header.
pub(super) fn authorization(who: Signee<'_>, request: &Request<'_>, at: Time) -> String {
    let mut headers: Vec<(&str, String)> = request.headers.iter().map(|(n, v)| (n.as_str(), squeezed(v))).collect();
    headers.sort();
    let names = headers.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(";");
    let lines: String = headers.iter().map(|(n, v)| format!("{n}:{v}\n")).collect();
    let path = path(request.path);
    let canonical =
        [request.method, &path, request.query, &lines, &names, &hex(digest::digest(&digest::SHA256, request.body))];
    let canonical = canonical.join("\n");
    let date = at.format("%Y%m%d").to_string();
    let scope = format!("{date}/{}/{}/aws4_request", who.region, who.service);
    let hashed = hex(digest::digest(&digest::SHA256, canonical.as_bytes()));
    let text = format!("{ALGORITHM}\n{}\n{scope}\n{hashed}", stamp(at));
    let first = format!("AWS4{}", who.secret).into_bytes();
    let parts = [date.as_str(), who.region, who.service, "aws4_request", &text];
    let signature = parts.iter().fold(first, |key, part| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes()).as_ref().to_vec()
    });
    format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={}", who.id, hex(signature))
}

/// Pairs as they must stand both in the address and in what is signed: sorted, a space as `%20`.
pub(super) fn query<'a>(pairs: impl Iterator<Item = (std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>) -> String {
    let mut all: Vec<String> = pairs.map(|(n, v)| format!("{}={}", encoded(&n, false), encoded(&v, false))).collect();
    all.sort();
    all.join("&")
}

/// What stands in the address is encoded once more, as every service but S3 does it.
fn path(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { encoded(path, true) }
}

fn encoded(text: &str, keeps_slashes: bool) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b) || keeps_slashes && b == b'/';
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn squeezed(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys and the moment of AWS' published suite.
    fn signed(method: &str, query: &str, more: &[(&str, &str)], body: &str) -> String {
        let at: Time = "2015-08-30T12:36:00Z".parse().unwrap();
        let who = Signee {
            id: "AKIDEXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "service",
        };
        let mut headers =
            vec![("host".to_owned(), "example.amazonaws.com".to_owned()), ("x-amz-date".into(), stamp(at))];
        headers.extend(more.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let request = Request { method, path: "/", query, headers: &headers, body: body.as_bytes() };
        authorization(who, &request, at)
    }

    fn signature(text: &str) -> &str {
        text.rsplit('=').next().unwrap()
    }

    #[test]
    fn a_request_is_signed_as_in_the_published_suite() {
        assert_eq!(
            signed("GET", "", &[], ""),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
        let posted = signed("POST", "", &[], "");
        assert_eq!(signature(&posted), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let posted = signed("POST", "", &form, "Param1=value1");
        assert_eq!(signature(&posted), "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    }

    #[test]
    fn what_is_asked_is_sorted_before_it_is_signed() {
        let pairs = [("Param2", "value2"), ("Param1", "value1")];
        let query = query(pairs.into_iter().map(|(n, v)| (n.into(), v.into())));
        assert_eq!(query, "Param1=value1&Param2=value2");
        let got = signed("GET", &query, &[], "");
        assert_eq!(signature(&got), "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    }

    #[test]
    fn a_space_is_no_plus() {
        assert_eq!(query([("a b".into(), "ü+/~".into())].into_iter()), "a%20b=%C3%BC%2B%2F~");
        assert_eq!(path("/a%20b/c"), "/a%2520b/c");
    }
}
