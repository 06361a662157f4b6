//! PagerDuty's refusals of a write, as words that a person can act on.

use super::actor::{Actor, NAMELESS};
use crate::{domain::source::SourceError, sources::http::Failure};

/// What a write that failed means; what is no refusal stays what it is.
pub(super) fn told(failure: Failure, me: &Actor) -> SourceError {
    let words = failure.words.trim_end_matches([':', ' ', '.']);
    let said = if words.is_empty() { String::new() } else { format!(" (PagerDuty says: {words})") };
    let why = match (failure.status, failure.code) {
        (_, Some(2016)) => format!("PagerDuty wants to know in whose name: {NAMELESS}"),
        (_, Some(1008)) => {
            format!("PagerDuty knows no user {}: correct `from` under [source.pagerduty]{said}", me.email)
        }
        (_, Some(1028)) => format!(
            "PagerDuty does not let {} do this: `from` must be the address of an active user of this account who may act on the incident{said}",
            me.email
        ),
        (Some(403), _) => {
            let why = format!(
                "this key may only read, or {} may not act on this incident: use a key that may write, of a user who is a responder there{said}",
                me.email
            );
            return SourceError::Auth { why: why.into() };
        }
        (Some(404), _) => format!("PagerDuty does not know this incident any more{said}"),
        (Some(409), _) => format!("it was changed by somebody else at the same moment: look at it and ask again{said}"),
        (Some(413), _) => "PagerDuty takes no more than 250 incidents at once".to_owned(),
        (Some(400 | 422), _) => refused(words, failure.code),
        _ => return failure.error,
    };
    SourceError::rejected(why)
}

fn refused(words: &str, code: Option<i64>) -> String {
    let lower = words.to_ascii_lowercase();
    if lower.contains("already resolved") {
        return "the incident is resolved already; a new alert opens a new one".to_owned();
    }
    if lower.contains("already acknowledged") {
        return "the incident is acknowledged already".to_owned();
    }
    let code = code.map(|c| format!(" ({c})")).unwrap_or_default();
    format!("PagerDuty refuses it{code}: {}", if words.is_empty() { "without a word why" } else { words })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: Option<i64>, words: &str) -> SourceError {
        let me = Actor { email: "ana@example.com".into(), ..Actor::default() };
        let failure = Failure::answered(status, SourceError::rejected("as it came"), words.to_owned());
        told(Failure { code, ..failure }, &me)
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        let why = |status, code, words: &str| refusal(status, code, words).to_string();
        assert!(why(400, Some(2016), "You must specify").contains("set `from = "));
        assert!(why(400, Some(1008), "Requester User Not Found").contains("no user ana@example.com: correct `from`"));
        assert!(why(400, Some(1028), "").contains("active user"));
        assert!(why(400, Some(2001), "Invalid Input Provided: Incident Already Resolved").contains("resolved already"));
        assert!(why(400, Some(2001), "Invalid Input Provided: duration").contains("(2001): Invalid Input"));
        assert!(why(409, None, "").contains("ask again"));
        assert!(
            matches!(refusal(403, Some(2010), "Access Denied"), SourceError::Auth { why } if why.raw().contains("only read"))
        );
        assert_eq!(refusal(500, None, ""), SourceError::rejected("as it came"));
    }
}
