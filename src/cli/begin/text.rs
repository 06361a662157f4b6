//! The file as it is written: a draft to commented TOML.
//!
//! Every value is quoted by the writer of TOML; no secret is in it but one that was asked to be.

use std::fmt::Write as _;

use secrecy::ExposeSecret;

use crate::config::{
    AckMode, SourceKind,
    kinds::{self, Worth},
};

use super::{
    draft::{AuthDraft, Draft, Keep, Later, SecretDraft, SourceDraft},
    forms,
};

/// Whether secrets that stand in the file are written, or shown as stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    Written,
    Hidden,
}

/// The whole file.
pub fn file(draft: &Draft, secrets: Secrets) -> String {
    let mut text = String::from(
        "# Watchfire. `watchfire config check` says whether this file is right, `watchfire config show` what is in force.\n\n\
         # Who you are on your acks, notes and silences; left out, it is your login name.\n",
    );
    match &draft.user {
        Some(user) => text.push_str(&format!("[user]\n{}\n", pair("name", user))),
        None => text.push_str("#[user]\n#name = \"ana\"\n"),
    }
    text.push_str("\n# One [[source]] for each backend.\n");
    draft.sources.iter().for_each(|source| one(&mut text, source, secrets));
    if draft.sources.is_empty() {
        text.push_str(
            "#[[source]]\n#name = \"alerts\"\n#kind = \"alertmanager\"\n#url = \"http://localhost:9093\"\n\n",
        );
    }
    draft.later.iter().for_each(|later| unasked(&mut text, later, secrets));
    slo(&mut text, &draft.slo_files);
    text.push_str(
        "# terminal (your terminal's own colours), midnight, daylight, deuteranopia, contrast, solarized, night, mono\n\
         #[ui]\n#theme = \"terminal\"\n",
    );
    text
}

fn one(text: &mut String, source: &SourceDraft, secrets: Secrets) {
    let mut line = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    let note = forms::of(source.kind).note;
    if !note.is_empty() {
        line(format!("# {note}"));
    }
    line("[[source]]".into());
    line(pair("name", &source.name));
    line(pair("kind", source.kind.as_str()));
    if !source.url.is_empty() {
        line(pair("url", &source.url));
    }
    if let AuthDraft::Basic { user, .. } = &source.auth {
        line(pair("username", user));
    }
    if let Some((stem, secret)) = source.auth.secret() {
        line(secret_line(stem, secret, secrets));
    }
    let path = |key: &str, path: &std::path::Path| pair(key, &path.to_string_lossy());
    source.ca_file.iter().for_each(|p| line(path("ca_file", p)));
    if let Some((cert, key)) = &source.client_cert {
        line(path("client_cert", cert));
        line(path("client_key", key));
    }
    source.proxy.iter().for_each(|p| line(pair("proxy", p)));
    if !source.headers.is_empty() {
        line(format!("headers = {}", table(&source.headers)));
    }
    source.interval.iter().for_each(|i| line(pair("interval", i)));
    acks(source).into_iter().for_each(&mut line);
    own(source).into_iter().for_each(line);
    text.push('\n');
}

/// How acks are carried, where silences carry them.
fn acks(source: &SourceDraft) -> Vec<String> {
    let by_silences = kinds::usual_ack(source.kind) == AckMode::Silence;
    if by_silences && source.read_only {
        vec![
            "# These credentials may not write silences: you own an alert in the journal, and nobody is muted.".into(),
            pair("ack", "journal"),
            pair("silences", "read"),
        ]
    } else if source.kind == SourceKind::Alertmanager {
        vec![
            "# An ack is a silence that starts with ACK!. With \"journal\" you own the alert and nobody is muted."
                .into(),
            "#ack = \"silence\"".into(),
        ]
    } else {
        Vec::new()
    }
}

/// The table of its kind, and what else could stand in it.
fn own(source: &SourceDraft) -> Vec<String> {
    let kind = source.kind.as_str();
    let mut lines = Vec::new();
    if !source.own.is_empty() {
        lines.push(format!("[source.{kind}]"));
        lines.extend(source.own.told().map(|(name, worth)| format!("{name} = {}", value(&worth))));
    }
    let others: Vec<&str> = kinds::keys(source.kind).map(|(name, _)| name).filter(|n| !source.own.has(n)).collect();
    if !others.is_empty() {
        let also = if source.own.is_empty() { format!("Under [source.{kind}]") } else { "Also here".to_owned() };
        lines.push(format!("# {also}, where you need it: {}.", others.join(", ")));
    }
    lines
}

fn value(worth: &Worth<'_>) -> String {
    match worth {
        Worth::Text(text) => quoted(text),
        Worth::Bare(bare) => bare.clone(),
        Worth::List(words) => list(words),
        Worth::Table(pairs) => table(pairs),
    }
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|w| quoted(w)).collect();
    format!("[{}]", words.join(", "))
}

fn table(pairs: &[(String, String)]) -> String {
    let is_bare = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let name = |name: &str| if is_bare(name) { name.to_owned() } else { quoted(name) };
    let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{} = {}", name(n), quoted(v))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn unasked(text: &mut String, later: &Later, secrets: Secrets) {
    let Later { name, kind, token, from } = later;
    let _ = writeln!(text, "# Taken over and not asked yet: `watchfire doctor` says what it is.");
    for line in ["[[source]]".to_owned(), pair("name", name), pair("kind", kind), secret_line("token", token, secrets)]
    {
        let _ = writeln!(text, "{line}");
    }
    if let Some(from) = from {
        let _ = writeln!(text, "[source.{kind}]\n{}", pair("from", from));
    }
    text.push('\n');
}

fn slo(text: &mut String, files: &[String]) {
    text.push_str("# SLOs, counted by a source of kind prometheus.\n");
    if files.is_empty() {
        text.push_str("#[slo]\n#files = [\"slo/*.yaml\"]\n\n");
        return;
    }
    let _ = writeln!(text, "[slo]\nfiles = {}\n", list(files));
}

/// Where a secret is, as a line. One that was typed must have been kept before; until then it is shown as it will be.
pub fn secret_line(stem: &str, secret: &SecretDraft, secrets: Secrets) -> String {
    match secret {
        SecretDraft::Env(name) => pair(&format!("{stem}_env"), name),
        SecretDraft::File(path) => pair(&format!("{stem}_file"), &path.to_string_lossy()),
        SecretDraft::Keyring(entry) => pair(&format!("{stem}_keyring"), &entry.to_string()),
        SecretDraft::Command(words) => format!("{stem}_command = {}", list(words)),
        SecretDraft::Here(secret, Keep::Inline) if secrets == Secrets::Written => pair(stem, secret.expose_secret()),
        SecretDraft::Here(_, Keep::Inline) => format!("{stem} = \"***\""),
        SecretDraft::Here(_, keep) => {
            let place = if *keep == Keep::Keyring { "keyring" } else { "file" };
            format!("{stem}_{place} = \"...\"")
        }
    }
}

fn pair(key: &str, value: &str) -> String {
    format!("{key} = {}", quoted(value))
}

/// A string of TOML on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_leave_its_quotation_marks() {
        for text in ["a\"b", "a\\", "a\nb = 1", "\u{1b}[31m", "\u{7f}"] {
            let line = pair("name", text);
            let read: toml::Table = line.parse().unwrap_or_else(|e| panic!("{line}: {e}"));
            assert_eq!(read["name"].as_str(), Some(text));
            assert_eq!(line.lines().count(), 1);
        }
    }

    #[test]
    fn a_draft_without_anything_is_a_file_without_mistakes() {
        let text = file(&Draft::default(), Secrets::Written);
        assert_eq!(text.parse::<toml::Table>().unwrap(), toml::Table::new());
    }

    #[test]
    fn a_secret_in_the_file_is_hidden_where_the_file_is_shown() {
        let mut source = SourceDraft::new("am", SourceKind::Alertmanager, "http://am");
        source.auth = AuthDraft::Token(SecretDraft::Here("hunter2".into(), Keep::Inline));
        let draft = Draft { sources: vec![source], ..Draft::default() };
        assert!(!file(&draft, Secrets::Hidden).contains("hunter2"));
        assert!(file(&draft, Secrets::Written).contains("token = \"hunter2\""));
    }
}
