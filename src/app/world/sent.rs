//! What was sent, as a line that another person could type: `amtool` where it can say it, else `curl`. Secrets are left out.
//!
//! Knows how a source is reached, and of its secrets only where they are kept.

use crate::{
    config::{Auth, Secret, SourceConfig},
    domain::{
        held::Request,
        matcher::{MatchOp, Matcher},
        op::{Act, Intent},
        silence::SilenceDraft,
        source::SourceName,
        text::sanitise,
    },
};

use super::World;

/// How another program reaches a source. No secret is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// The first of its addresses; none for one that has no address, such as a simulated day.
    url: Option<String>,
    /// Options of curl that stand for credentials, certificates and headers, quoted already.
    options: Vec<String>,
}

impl Reach {
    pub fn of(source: &SourceConfig) -> Self {
        let mut options = Vec::new();
        let file = |option: &str, path: &std::path::Path| format!("{option} {}", quoted(&path.to_string_lossy()));
        match &source.auth {
            Auth::None => {}
            Auth::Bearer(secret) => {
                options.push(format!("-H \"Authorization: Bearer ${}\"", variable(secret, "AM_TOKEN")));
            }
            Auth::Basic { user, password } => {
                options.push(format!("-u {}:\"${}\"", quoted(user), variable(password, "AM_PASSWORD")));
            }
        }
        // Which of them is a secret nobody here can know.
        options.extend(
            source
                .headers
                .iter()
                .map(|(name, _)| format!("-H {}\"${}\"", quoted(&format!("{name}: ")), variable_of(name))),
        );
        options.extend(source.ca_file.iter().map(|p| file("--cacert", p)));
        options.extend(source.client_cert.iter().flat_map(|(cert, key)| [file("--cert", cert), file("--key", key)]));
        options.extend(source.proxy.iter().map(|p| format!("--proxy {}", quoted(p))));
        Self { url: source.urls.first().cloned(), options }
    }

    fn url(&self) -> String {
        self.url.as_deref().map_or_else(|| "\"$AM_URL\"".to_owned(), quoted)
    }

    /// The address with something after it.
    fn below(&self, path: &str) -> String {
        match &self.url {
            Some(url) => quoted(&format!("{url}{path}")),
            None => format!("\"$AM_URL\"{}", quoted(path)),
        }
    }
}

fn variable(secret: &Secret, otherwise: &str) -> String {
    match secret {
        Secret::Env(name) => name.clone(),
        Secret::Inline(_) | Secret::File(_) | Secret::Command(_) | Secret::Keyring(_) => otherwise.to_owned(),
    }
}

fn variable_of(header: &str) -> String {
    let name: String =
        header.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("AM_{name}")
}

impl World {
    /// The line that would do what this act did.
    pub fn command(&self, act: &Act) -> String {
        let nowhere = Reach::default();
        command(self.reaches.get(act.source()).unwrap_or(&nowhere), act)
    }

    /// As [`World::command`], for an intent of the past.
    pub fn command_of(&self, intent: &Intent) -> String {
        self.command(&intent.act)
    }
}

/// The line that does an act, for a shell of POSIX. It holds no control character: it may be pasted.
pub fn command(reach: &Reach, act: &Act) -> String {
    match act {
        Act::PutSilence { draft, .. } if reach.options.is_empty() && amtool_can(draft) => amtool_add(reach, draft),
        Act::PutSilence { draft, .. } => {
            let json = quoted(&posted(draft));
            curl(reach, &format!("-X POST -H 'Content-Type: application/json' -d {json}"), "/api/v2/silences")
        }
        Act::ExpireSilence { id, .. } if reach.options.is_empty() && is_plain(id.raw()) => {
            format!("amtool --alertmanager.url={} silence expire {}", reach.url(), quoted(id.raw()))
        }
        // No other program does it: the same again is asked of Watchfire.
        Act::Ask { source, request } => asked(source, request),
        Act::ExpireSilence { id, .. } => curl(reach, "-X DELETE", &format!("/api/v2/silence/{}", encoded(id.raw()))),
    }
}

fn asked(source: &SourceName, request: &Request) -> String {
    let mut line = format!("watchfire ask {}", request.verb.as_str());
    for word in [format!("@source={source}"), format!("@fingerprint={}", request.alert.fingerprint)] {
        line.push_str(&format!(" {}", quoted(&word)));
    }
    let until = request.until.map(|at| format!(" --until {}", at.format("%Y-%m-%dT%H:%M:%SZ"))).unwrap_or_default();
    let text = Some(&request.text).filter(|t| !t.is_empty());
    let text = text.map(|t| format!(" --text {}", quoted(t))).unwrap_or_default();
    line + &until + &text
}

fn curl(reach: &Reach, how: &str, path: &str) -> String {
    let options: String = reach.options.iter().map(|o| format!(" {o}")).collect();
    format!("curl -fsS{options} {how} {}", reach.below(path))
}

/// amtool makes silences; one that is changed in place, and texts that it or a terminal would take wrongly, are for curl.
fn amtool_can(draft: &SilenceDraft) -> bool {
    let name = |m: &Matcher| {
        let mut chars = m.name.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    draft.id.is_none()
        && !draft.comment.is_empty()
        && is_plain(&draft.comment)
        && is_plain(&draft.created_by)
        && draft.matchers.iter().all(|m| name(m) && is_plain(&m.value))
}

/// Whether a text is shown as it is: nothing in it presses keys, hides or turns around.
fn is_plain(text: &str) -> bool {
    sanitise(text) == text && !text.contains(|c: char| c.is_control())
}

fn amtool_add(reach: &Reach, draft: &SilenceDraft) -> String {
    let end = draft.ends_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let option = |name: &str, text: &str| format!(" --{name}={}", quoted(text));
    let mut line = format!("amtool --alertmanager.url={} silence add", reach.url());
    line.push_str(&option("author", &draft.created_by));
    line.push_str(&option("comment", &draft.comment));
    line.push_str(&option("end", &end));
    draft.matchers.iter().for_each(|m| line.push_str(&format!(" {}", quoted(&matcher(m)))));
    line
}

/// As every version of amtool reads it: no escapes but those of a quote and a backslash.
fn matcher(m: &Matcher) -> String {
    let value = m.value.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{}{}\"{value}\"", m.name, m.op.as_str())
}

/// The body of a POST, in ASCII.
fn posted(draft: &SilenceDraft) -> String {
    let matchers: Vec<serde_json::Value> = draft
        .matchers
        .iter()
        .map(|m| {
            let is_equal = matches!(m.op, MatchOp::Equal | MatchOp::Regex);
            let is_regex = matches!(m.op, MatchOp::Regex | MatchOp::NotRegex);
            serde_json::json!({"name": m.name, "value": m.value, "isRegex": is_regex, "isEqual": is_equal})
        })
        .collect();
    let mut body = serde_json::json!({
        "matchers": matchers,
        "startsAt": draft.starts_at,
        "endsAt": draft.ends_at,
        "createdBy": draft.created_by,
        "comment": draft.comment,
    });
    if let Some(id) = &draft.id {
        body["id"] = id.raw().into();
    }
    ascii(&body.to_string())
}

fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            ' '..='~' => out.push(c),
            c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out
}

fn encoded(segment: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    segment.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// One word for a shell of POSIX.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::domain::{Time, label::Labels};

    fn act(labels: &[(&str, &str)], reason: &str) -> Act {
        let labels: Labels = labels.iter().copied().collect();
        let draft = SilenceDraft::ack(&labels, "ana", reason, Time::UNIX_EPOCH, Time::UNIX_EPOCH);
        Act::PutSilence { source: SourceName::new("prod"), draft }
    }

    fn at(url: &str) -> Reach {
        Reach { url: Some(url.into()), options: Vec::new() }
    }

    #[test]
    fn a_silence_is_a_line_of_amtool() {
        let line = command(&at("http://am:9093"), &act(&[("alertname", "DiskFull"), ("disk", "it's \"a\"")], "on it"));
        assert_eq!(
            line,
            "amtool --alertmanager.url=http://am:9093 silence add --author=ana --comment='ACK! on it' \
             --end=1970-01-01T00:00:00.000Z 'alertname=\"DiskFull\"' 'disk=\"it'\\''s \\\"a\\\"\"'"
        );
    }

    #[test]
    fn what_a_paste_would_press_is_sent_by_curl_with_escapes() {
        let line = command(&at("http://am"), &act(&[("a", "x\ny\u{1b}[2J\u{202e}")], "é"));
        assert!(line.starts_with("curl -fsS -X POST") && line.contains(r"x\ny\u001b[2J\u202e"), "{line}");
        assert!(line.is_ascii() && !line.contains(char::is_control));
    }

    #[test]
    fn secrets_are_left_out_and_their_places_named() {
        let secret = |text: &str| SecretString::from(text.to_owned());
        let mut reach = at("https://am");
        reach.options = vec![
            format!("-H \"Authorization: Bearer ${}\"", variable(&Secret::Inline(secret("hunter2")), "AM_TOKEN")),
            format!("-u ana:\"${}\"", variable(&Secret::Env("MINE".into()), "AM_PASSWORD")),
        ];
        let line = command(&reach, &act(&[("a", "b")], "x"));
        assert!(line.contains("Bearer $AM_TOKEN\"") && line.contains("-u ana:\"$MINE\""), "{line}");
        assert_eq!(variable_of("X-Scope-OrgID"), "AM_X_SCOPE_ORGID");
    }
}
