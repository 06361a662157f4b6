//! The names of objects: as identities here, as links there, and as text inside of a filter.
//!
//! A service is `host!service`, a host its name. An identity holds no slash and no space, so that a journal and a command
//! line can name it; what a name holds beyond that is written as `%2F`.

use url::Url;

use crate::domain::{label::Fingerprint, text::SafeText};

/// Characters of an identity that stand for themselves.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "!-_.:@+".contains(c)
}

/// The identity of the object of this name.
pub(super) fn identity(object: &str) -> Fingerprint {
    let mut text = String::with_capacity(object.len());
    for c in object.chars() {
        if is_plain(c) {
            text.push(c);
        } else {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|b| text.push_str(&format!("%{b:02X}")));
        }
    }
    Fingerprint::new(&text)
}

/// The object that an identity names; none where it is no identity of ours.
pub(super) fn object(identity: &Fingerprint) -> Option<String> {
    let mut bytes = Vec::new();
    let mut left = identity.as_str().as_bytes();
    while let Some((first, rest)) = left.split_first() {
        left = rest;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(left.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        left = &left[2..];
    }
    String::from_utf8(bytes).ok().filter(|name| !name.is_empty())
}

/// Host, and service where it is one.
pub(super) fn parts(object: &str) -> (&str, Option<&str>) {
    match object.split_once('!') {
        Some((host, service)) => (host, Some(service)),
        None => (object, None),
    }
}

/// A text of the filter language; none where it holds what no name does.
pub(super) fn quoted(text: &str) -> Option<String> {
    let is_text = !text.chars().any(char::is_control);
    is_text.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The object's page in Icinga Web, where it is known where that is.
pub(super) fn page(web: Option<&str>, object: &str) -> Option<SafeText> {
    let mut url = Url::parse(web?).ok()?;
    let (host, service) = parts(object);
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["icingadb", if service.is_some() { "service" } else { "host" }]);
    match service {
        Some(service) => url.query_pairs_mut().append_pair("name", service).append_pair("host.name", host),
        None => url.query_pairs_mut().append_pair("name", host),
    };
    Some(SafeText::new(url.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_a_name_without_slash_and_space_and_the_way_back() {
        for (name, identity_of) in
            [("h1", "h1"), ("h1!http", "h1!http"), ("h1!disk /", "h1!disk%20%2F"), ("ä!100%", "ä!100%25")]
        {
            assert_eq!(identity(name).as_str(), identity_of);
            assert_eq!(object(&identity(name)).as_deref(), Some(name));
        }
        for none in ["", "a%", "a%2", "a%zz", "%ff"] {
            assert_eq!(object(&Fingerprint::new(none)), None, "{none}");
        }
    }

    #[test]
    fn a_name_in_a_filter_stays_a_text() {
        assert_eq!(quoted(r#"a" || true || "\"#).as_deref(), Some(r#""a\" || true || \"\\""#));
        assert_eq!(quoted("a\nb"), None);
    }

    #[test]
    fn a_page_is_one_of_icinga_web_where_that_is_known() {
        let at = |object| page(Some("https://icinga.example/icingaweb2/"), object).unwrap();
        assert_eq!(
            at("h1!disk /").raw(),
            "https://icinga.example/icingaweb2/icingadb/service?name=disk+%2F&host.name=h1"
        );
        assert_eq!(at("h1").raw(), "https://icinga.example/icingaweb2/icingadb/host?name=h1");
        assert_eq!(page(None, "h1"), None);
    }
}
