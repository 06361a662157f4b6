//! The line that the log shows does what was done: a real shell splits it, a real amtool sends it.

use std::process::Command;

use proptest::prelude::*;
use serde_json::Value;
use watchfire::{
    app::world::sent::{Reach, command, quoted},
    config::{Auth, Secret, SourceKind},
    domain::{
        matcher::{MatchOp, Matcher},
        op::Act,
        silence::SilenceDraft,
        source::SourceName,
        text::SafeText,
    },
};

use super::standing;
use crate::support::{config, machine_time, real::Real};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_quoted_word_is_one_word_to_a_shell(text in "[^\\x00]{0,40}") {
        let run = Command::new("sh").arg("-c").arg(format!("printf '%s\\0' {}", quoted(&text))).output().unwrap();
        prop_assert_eq!(run.stdout, [text.as_bytes(), b"\0"].concat());
    }
}

fn draft(matchers: Vec<Matcher>, by: &str, comment: &str) -> SilenceDraft {
    SilenceDraft {
        matchers,
        created_by: by.into(),
        comment: comment.into(),
        ..SilenceDraft::ack(&Default::default(), by, "", machine_time(), machine_time() + chrono::Duration::hours(2))
    }
}

fn run(line: &str) {
    let run = Command::new("sh").arg("-c").arg(line).env("AM_TOKEN", "not needed here").output().unwrap();
    assert!(run.status.success(), "{line}\n{}", String::from_utf8_lossy(&run.stderr));
}

fn matchers_of(silence: &Value) -> Vec<Matcher> {
    let one = |m: &Value| {
        let op = match (m["isRegex"].as_bool().unwrap(), m["isEqual"].as_bool().unwrap()) {
            (false, true) => MatchOp::Equal,
            (false, false) => MatchOp::NotEqual,
            (true, true) => MatchOp::Regex,
            (true, false) => MatchOp::NotRegex,
        };
        Matcher::new(m["name"].as_str().unwrap(), op, m["value"].as_str().unwrap()).unwrap()
    };
    let mut all: Vec<Matcher> = silence["matchers"].as_array().unwrap().iter().map(one).collect();
    all.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    all
}

async fn does_the_same(server: &Real, reach: &Reach, draft: SilenceDraft, tool: &str) {
    let act = Act::PutSilence { source: SourceName::new("prod"), draft: draft.clone() };
    let line = command(reach, &act);
    assert!(line.starts_with(tool) && !line.contains(char::is_control), "{line}");
    run(&line);
    let stands = standing(server).await;
    let [made] = &stands[..] else { panic!("one silence: {stands:?}") };
    let mut wanted = draft.matchers.clone();
    wanted.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    assert_eq!(matchers_of(made), wanted, "{line}");
    assert_eq!(
        (made["createdBy"].as_str(), made["comment"].as_str()),
        (Some(&*draft.created_by), Some(&*draft.comment))
    );
    let id = SafeText::new(made["id"].as_str().unwrap());
    run(&command(reach, &Act::ExpireSilence { source: SourceName::new("prod"), id }));
    assert!(standing(server).await.is_empty());
}

fn hard_values() -> Vec<Matcher> {
    let regex = |name: &str, op, value: &str| Matcher::new(name, op, value).unwrap();
    vec![
        Matcher::equal("alertname", "Disk, \"full\" {really}"),
        Matcher::equal("path", r"C:\temp\it's $HOME `x`"),
        regex("instance", MatchOp::Regex, r"10\.0\.0\.1:9100|10\.0\.0\.2:9100"),
        regex("job", MatchOp::NotRegex, "a|b"),
        regex("team", MatchOp::NotEqual, "über"),
    ]
}

#[tokio::test]
async fn the_line_of_amtool_makes_the_same_silence() {
    let server = Real::alertmanager().await;
    let reach = Reach::of(&config(SourceKind::Alertmanager, &[server.url()]));
    does_the_same(&server, &reach, draft(hard_values(), "ana o'hara", "ACK! it's \"mine\" & $yours; \\n"), "amtool")
        .await;
    does_the_same(&server, &reach, draft(vec![Matcher::equal("a", "b")], "-x", "--comment"), "amtool").await;
}

#[tokio::test]
async fn the_line_of_curl_makes_the_same_silence_where_amtool_cannot() {
    let server = Real::alertmanager().await;
    let plain = config(SourceKind::Alertmanager, &[server.url()]);
    let reach = Reach::of(&plain);
    let wild = vec![Matcher::equal("text", "two\nlines\u{1b}[31m \u{202e}'x'")];
    does_the_same(&server, &reach, draft(wild, "ana", "ACK! a\nb"), "curl").await;
    let mut secret = plain;
    secret.auth = Auth::Bearer(Secret::Inline("hunter2".to_owned().into()));
    secret.headers = vec![("X-Api-Key".into(), "s3cret".to_owned().into())];
    let reach = Reach::of(&secret);
    does_the_same(&server, &reach, draft(hard_values(), "ana", "ACK! x"), "curl").await;
    let act = Act::ExpireSilence { source: SourceName::new("prod"), id: "x".into() };
    let line = command(&reach, &act);
    assert!(!line.contains("hunter2") && !line.contains("s3cret") && line.contains("$AM_TOKEN"), "{line}");
}
