//! When a token ends, as whom it speaks and for what, as it says itself: a JSON web token. Its signature is the server's business.

use serde::Deserialize;

use crate::domain::Time;

/// Longest payload that is looked into, in bytes.
const LONGEST: usize = 32 * 1024;

#[derive(Deserialize)]
struct Claims {
    exp: Option<i64>,
}

/// As whom a token speaks, and for what.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Said {
    user_name: String,
    client_id: String,
    pub(crate) scope: Vec<String>,
}

impl Said {
    /// As whom, in words.
    pub(crate) fn login(&self) -> String {
        match (self.user_name.as_str(), self.client_id.as_str()) {
            ("", "") => String::new(),
            ("", client) => format!("the client {client}"),
            (user, _) => user.to_owned(),
        }
    }
}

/// None where the token is opaque or does not say.
pub(super) fn of(token: &str) -> Option<Time> {
    Time::from_timestamp(claims::<Claims>(token)?.exp?, 0)
}

/// What it says of itself; none where it is opaque.
pub(super) fn claims<T: serde::de::DeserializeOwned>(token: &str) -> Option<T> {
    let payload = token.split('.').nth(1).filter(|p| p.len() <= LONGEST)?;
    serde_json::from_slice(&decoded(payload)?).ok()
}

/// RFC 4648's URL-safe alphabet, with or without padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_itself_when_it_ends() {
        // {"alg":"none"} . {"exp":1700000000}
        let ends = of("eyJhbGciOiJub25lIn0.eyJleHAiOjE3MDAwMDAwMDB9.x").unwrap();
        assert_eq!(ends.timestamp(), 1_700_000_000);
    }

    #[test]
    fn a_token_says_as_whom_and_for_what_it_speaks() {
        // {"user_name":"ana","client_id":"cf","scope":["bosh.admin"]}
        let said: Said =
            claims("e30.eyJ1c2VyX25hbWUiOiJhbmEiLCJjbGllbnRfaWQiOiJjZiIsInNjb3BlIjpbImJvc2guYWRtaW4iXX0.x").unwrap();
        assert_eq!((said.login().as_str(), said.scope), ("ana", vec!["bosh.admin".to_owned()]));
        let robot = Said { client_id: "watchfire".into(), ..Said::default() };
        assert_eq!((robot.login().as_str(), Said::default().login().as_str()), ("the client watchfire", ""));
        assert!(claims::<Said>("tok-1234").is_none());
    }

    #[test]
    fn an_opaque_token_says_nothing() {
        for token in ["", "abc", "a.b.c", "a.!!.c", "a.eyJleHAiOiJ4In0.c", "a.e30.c"] {
            assert_eq!(of(token), None, "{token}");
        }
    }
}
